"""A classifier of texts with a tokenizer of its own, from a table: label, tab, text on each line.

    python text_classifier.py --table TEXTS.tsv --out question-or-not

Without --table it uses a few English sentences, so that you can try the way before you have texts.
Needs the package tokenizers beside PyTorch.
"""

import argparse
import pathlib
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from common import save, train

LONGEST = 32

CARD = """name = "{name}"
version = "1"
task = "Tells {labels} apart in a line of text"
licence = "CC0-1.0"
source = "packaging/examples/text_classifier.py"
trained_on = "{trained_on}"
limits = "An example: it knows the words it has seen and nothing of their order"
labels = [{quoted}]

[input]
kind = "text"
tokenizer = "tokenizer.json"
longest = 32
fill = true
filler = 0
mask = true

[output]
kind = "labels"
activation = "softmax"
threshold = 0.6
"""

SENTENCES = [
    ("question", "Where did you go yesterday?"), ("question", "What is her name?"),
    ("question", "Who made this basket?"), ("question", "When will they come back?"),
    ("question", "Why is the river so high?"), ("question", "How do you weave it?"),
    ("statement", "We went to the river."), ("statement", "Her name is Mary."),
    ("statement", "My mother made this basket."), ("statement", "They came back at night."),
    ("statement", "The river is high today."), ("statement", "You weave it with care."),
]


class Reader(torch.nn.Module):
    """The mean of the words' vectors, and a line between the classes."""

    def __init__(self, words, classes):
        super().__init__()
        self.words = torch.nn.Embedding(words, 8)
        self.head = torch.nn.Linear(8, classes)

    def forward(self, ids, mask):
        weight = mask.unsqueeze(2).to(torch.float32)
        mean = (self.words(ids) * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        return self.head(mean)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--table")
    arguments.add_argument("--name", default="question-or-not")
    arguments.add_argument("--out", required=True)
    given = arguments.parse_args()
    rows = SENTENCES
    if given.table:
        lines = pathlib.Path(given.table).read_text(encoding="utf-8").splitlines()
        rows = [tuple(line.split("\t", 1)) for line in lines if "\t" in line]
    labels = sorted({label for label, _ in rows})
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[PAD]", "[UNK]"], show_progress=False)
    tokenizer.train_from_iterator([text for _, text in rows], trainer)
    ids = torch.zeros(len(rows), LONGEST, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for number, (_, text) in enumerate(rows):
        encoded = tokenizer.encode(text).ids[:LONGEST]
        ids[number, : len(encoded)] = torch.tensor(encoded)
        mask[number, : len(encoded)] = 1
    targets = torch.tensor([labels.index(label) for label, _ in rows])
    torch.manual_seed(2)
    model = Reader(tokenizer.get_vocab_size(), len(labels))
    train(model, (ids, mask), targets)
    folder = pathlib.Path(given.out)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    card = CARD.format(
        name=given.name,
        labels=" and ".join(labels),
        quoted=", ".join(f'"{label}"' for label in labels),
        trained_on=given.table or "twelve English sentences",
    )
    save(model, (ids[:1], mask[:1]), folder, card)


main()
