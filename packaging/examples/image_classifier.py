"""A classifier of pictures of faces, from folders of pictures: PICTURES/label/*.png.

    python image_classifier.py --pictures PICTURES --out warm-or-cold

Without --pictures it makes up warm and cold noise, so that you can try the way before you have pictures.
"""

import argparse
import pathlib
import torch
from common import save, train

SIDE = 16

CARD = """name = "{name}"
version = "1"
task = "Tells {labels} apart in the picture of a face"
licence = "CC0-1.0"
source = "packaging/examples/image_classifier.py"
trained_on = "{trained_on}"
limits = "An example: it knows colours and nothing else"
labels = [{quoted}]

[input]
kind = "image"
of = "{of}"
width = {side}
height = {side}
colour = "rgb"
layout = "channels-first"
range = [0.0, 1.0]
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]
widen = 1.0

[output]
kind = "labels"
activation = "softmax"
threshold = 0.6
shortest = 0.3
"""


def made_up():
    torch.manual_seed(1)
    noise = torch.rand(200, 3, SIDE, SIDE)
    tint = torch.tensor([1.0, 0.8, 0.5]).view(1, 3, 1, 1)
    warm, cold = noise[:100] * tint, noise[100:] * tint.flip(1)
    return torch.cat([warm, cold]), torch.arange(2).repeat_interleave(100), ["warm", "cold"]


def from_folder(folder):
    from PIL import Image
    import numpy

    labels = sorted(sub.name for sub in pathlib.Path(folder).iterdir() if sub.is_dir())
    pictures, targets = [], []
    for number, label in enumerate(labels):
        for path in sorted((pathlib.Path(folder) / label).iterdir()):
            picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.BICUBIC)
            pictures.append(torch.from_numpy(numpy.asarray(picture).copy()).permute(2, 0, 1) / 255)
            targets.append(number)
    return torch.stack(pictures), torch.tensor(targets), labels


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures")
    arguments.add_argument("--name", default="warm-or-cold")
    arguments.add_argument("--of", default="face", choices=["face", "body", "frame"])
    arguments.add_argument("--out", required=True)
    given = arguments.parse_args()
    pictures, targets, labels = from_folder(given.pictures) if given.pictures else made_up()
    torch.manual_seed(2)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, stride=2, padding=1),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(16, len(labels)),
    )
    ready = (pictures - 0.5) / 0.5
    train(model, ready, targets)
    card = CARD.format(
        name=given.name,
        of=given.of,
        labels=" and ".join(labels),
        quoted=", ".join(f'"{label}"' for label in labels),
        trained_on=given.pictures or "made-up noise, warm and cold",
        side=SIDE,
    )
    save(model, ready[:1], given.out, card)


main()
