"""Makes what is beside this file: three small models by the scripts in packaging/examples, what PyTorch says with them,
and files that must be refused. Run from the root of the sources: python tests/data/models/make.py"""

import json
import math
import pathlib
import subprocess
import sys
import torch

HERE = pathlib.Path(__file__).parent
EXAMPLES = HERE.parents[2] / "packaging" / "examples"


def examples():
    for kind in ["image", "audio", "text"]:
        script = EXAMPLES / f"{kind}_classifier.py"
        subprocess.run([sys.executable, "-B", script.name, "--out", str((HERE / kind).resolve())], cwd=EXAMPLES, check=True)


def said():
    """What the models say about inputs that the tests make too."""
    from tokenizers import Tokenizer

    image = torch.jit.load(str(HERE / "image/model.pt"))
    levels = torch.tensor([[[(x * 9 + y * 5 + c * 40) % 256 for x in range(16)] for y in range(16)] for c in range(3)])
    audio = torch.jit.load(str(HERE / "audio/model.pt"))
    tone = torch.tensor([0.3 * math.sin(i * 0.07) + 0.1 * math.sin(i * 0.5) for i in range(8000)])
    tone = (tone - tone.mean()) / (tone.var(unbiased=False) + 1e-7).sqrt()
    text = torch.jit.load(str(HERE / "text/model.pt"))
    sentence = "Where is the BASKET, and who made it?"
    ids = Tokenizer.from_file(str(HERE / "text/tokenizer.json")).encode(sentence).ids
    padded = torch.tensor([ids + [0] * (32 - len(ids))])
    mask = torch.tensor([[1] * len(ids) + [0] * (32 - len(ids))])
    shares = lambda logits: logits.softmax(1)[0].tolist()
    with torch.no_grad():
        golden = {
            "image": shares(image((levels[None] / 255 - 0.5) / 0.5)),
            "audio": shares(audio(tone[None])),
            "text": {"sentence": sentence, "ids": ids, "shares": shares(text(padded, mask))},
        }
    (HERE / "said.json").write_text(json.dumps(golden, indent=1), encoding="utf-8")


class Forever(torch.nn.Module):
    def forward(self, x):
        while bool(x.sum() < 1e30):
            x = x * 1.0
        return x


class Greedy(torch.nn.Module):
    def forward(self, x):
        return torch.zeros([200_000, 100_000], dtype=torch.float32)[:1, :2] + x.sum()


class Fickle(torch.nn.Module):
    def forward(self, x):
        return torch.rand([1, 2]) + x.sum() * 0.0


class NoNumber(torch.nn.Module):
    def forward(self, x):
        return torch.log(x.flatten(1)[:, :2] * 0.0 - 1.0)


class Three(torch.nn.Module):
    def forward(self, x):
        return x.flatten(1)[:, :3]


class Reaches(torch.nn.Module):
    def forward(self, x):
        return torch.from_file("fieldgloss-was-here", True, 2)[None] + x.sum() * 0.0


class Places(torch.nn.Module):
    """Two points of a picture of 16 × 16, always the same."""

    def forward(self, x):
        return torch.tensor([[[4.0, 8.0], [16.0, 0.0]]]) + x.sum() * 0.0


class Boxes(torch.nn.Module):
    """Three boxes: the second label twice, and one too unsure."""

    def forward(self, x):
        rows = [[0.0, 0.0, 8.0, 8.0, 0.7, 1.0], [4.0, 4.0, 12.0, 12.0, 0.9, 1.0], [0.0, 0.0, 1.0, 1.0, 0.1, 0.0]]
        return torch.tensor([rows]) + x.sum() * 0.0


class Letters(torch.nn.Module):
    """Says "ab" to any sound, as CTC does: a, a, blank, b."""

    def forward(self, x):
        steps = [[0.0, 5.0, 0.0], [0.0, 5.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 5.0]]
        return torch.tensor([steps]) + x.sum() * 0.0


def others():
    for module in [Places, Boxes, Letters]:
        torch.jit.save(torch.jit.script(module()), str(HERE / f"{module.__name__.lower()}.pt"))


def refused():
    for module in [Forever, Greedy, Fickle, NoNumber, Three, Reaches]:
        torch.jit.save(torch.jit.script(module()), str(HERE / f"{module.__name__.lower()}.pt"))


examples()
said()
others()
refused()
