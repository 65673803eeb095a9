"""A classifier of half a second of sound, from folders of WAV files: SOUNDS/label/*.wav (16 kHz, mono).

    python audio_classifier.py --sounds SOUNDS --out voiced-or-noisy

Without --sounds it makes up tones and noise, so that you can try the way before you have recordings.
"""

import argparse
import pathlib
import torch
from common import save, train

RATE, WINDOW = 16000, 8000

CARD = """name = "{name}"
version = "1"
task = "Tells {labels} apart in half a second of sound"
licence = "CC0-1.0"
source = "packaging/examples/audio_classifier.py"
trained_on = "{trained_on}"
limits = "An example: it knows tones from noise and nothing else"
labels = [{quoted}]

[input]
kind = "audio"
rate = 16000
seconds = 0.5
hop = 0.25
level = "standard"

[output]
kind = "labels"
activation = "softmax"
threshold = 0.6
shortest = 0.2
"""


class Ear(torch.nn.Module):
    """A bank of eight filters, their loudness, and a line between the classes."""

    def __init__(self, classes):
        super().__init__()
        self.filters = torch.nn.Conv1d(1, 8, 64, stride=32, bias=False)
        self.head = torch.nn.Linear(8, classes)

    def forward(self, samples):
        loud = self.filters(samples.unsqueeze(1)).square().mean(2)
        return self.head(torch.log(loud + 1e-4))


def standard(samples):
    return (samples - samples.mean(1, keepdim=True)) / (samples.var(1, unbiased=False, keepdim=True) + 1e-7).sqrt()


def made_up():
    torch.manual_seed(1)
    time = torch.arange(WINDOW) / RATE
    hertz = torch.rand(100, 1) * 200 + 100
    voiced = sum(torch.sin(6.28318 * hertz * time * k) / k for k in range(1, 6)) + 0.05 * torch.randn(100, WINDOW)
    return torch.cat([voiced, torch.randn(100, WINDOW)]), torch.arange(2).repeat_interleave(100), ["voiced", "noisy"]


def from_folder(folder):
    import wave

    labels = sorted(sub.name for sub in pathlib.Path(folder).iterdir() if sub.is_dir())
    sounds, targets = [], []
    for number, label in enumerate(labels):
        for path in sorted((pathlib.Path(folder) / label).glob("*.wav")):
            with wave.open(str(path)) as file:
                if file.getframerate() != RATE or file.getnchannels() != 1 or file.getsampwidth() != 2:
                    raise SystemExit(f"{path}: 16 kHz, mono, 16 bits are needed")
                samples = torch.frombuffer(bytearray(file.readframes(file.getnframes())), dtype=torch.int16) / 32768
            for piece in samples.split(WINDOW):
                if len(piece) == WINDOW:
                    sounds.append(piece)
                    targets.append(number)
    return torch.stack(sounds), torch.tensor(targets), labels


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sounds")
    arguments.add_argument("--name", default="voiced-or-noisy")
    arguments.add_argument("--out", required=True)
    given = arguments.parse_args()
    sounds, targets, labels = from_folder(given.sounds) if given.sounds else made_up()
    torch.manual_seed(2)
    model, ready = Ear(len(labels)), standard(sounds)
    train(model, ready, targets)
    card = CARD.format(
        name=given.name,
        labels=" and ".join(labels),
        quoted=", ".join(f'"{label}"' for label in labels),
        trained_on=given.sounds or "made-up tones and noise",
    )
    save(model, ready[:1], given.out, card)


main()
