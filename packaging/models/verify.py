#!/usr/bin/env python3
"""Compares every model of the pack with the runtime it was published for, and writes the result into its card.

    npm install        # in this folder: the published runtime, pinned in package.json
    python verify.py [--cache DIR]

Pictures: even noise, and the sample photograph (for hands, that of the two players) cut to where the model would look. In every output the largest difference must stay
under a ten-thousandth of the output's largest value (or of 1, where that is larger). The photograph and the original's answers to it are
kept beside the model as reference.safetensors.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile
import tomllib

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file

import sources
from build import ASSETS, HERE
from speech import NETWORKS

PHOTOGRAPH = HERE.parents[1] / "assets" / "sample" / "astronaut.png"
FACE = (160, 40, 290, 170)
PLAYERS = HERE.parents[1] / "src" / "worker" / "tests" / "pictures" / "two-players.png"
HAND = (99, 112, 171, 184)


def pictures(name, shape):
    """Test pictures in the model's shape, RGB 0..255."""
    rng = np.random.default_rng(7)
    photograph = Image.open(PLAYERS if name == "hands" else PHOTOGRAPH).convert("RGB")
    if name.startswith(("expression", "face-mesh", "faceprint")):
        photograph = photograph.crop(FACE)
    if name == "hands":
        photograph = photograph.crop(HAND)
    photograph = photograph.resize((shape[2], shape[1]), Image.Resampling.BILINEAR)
    yield "noise", rng.uniform(0, 255, shape).astype(np.float32)
    yield "photograph", np.asarray(photograph, np.float32)[None]


def reference(package, card, picture):
    """The published runtime's outputs, flat."""
    with tempfile.TemporaryDirectory() as folder:
        stem = pathlib.Path(folder) / "out"
        card_path, input_path = stem.with_suffix(".json"), stem.with_suffix(".in")
        card_path.write_text(json.dumps(card))
        input_path.write_bytes(picture.astype("<f4").tobytes())
        command = ["node", "reference.mjs", str(package), str(card_path), str(input_path), str(stem)]
        environment = os.environ | {"NODE_PATH": str(HERE / "node_modules")}
        subprocess.run(command, cwd=HERE, env=environment, check=True, stdout=subprocess.DEVNULL)
        return [np.fromfile(f"{stem}.{index}.f32", "<f4") for index in range(len(card["output"]))]


def verify(name, cache):
    folder = ASSETS / name
    text = (folder / "card.toml").read_text()
    card = tomllib.loads(text)
    package = sources.fetch(card["source"]["package"], cache)
    module = torch.jit.load(str(folder / "model.pt"))
    worst, relative = 0.0, 0.0
    for label, picture in pictures(name, card["input"]["shape"]):
        with torch.no_grad():
            ours = [output.numpy().reshape(-1) for output in module(torch.from_numpy(picture))]
        original = reference(package, card, picture)
        if label == "photograph":
            # What `fieldgloss models verify` compares with, on every machine.
            kept = {f"out.{k}": values for k, values in enumerate(original)} | {"in.0": picture.astype(np.uint8)}
            save_file(kept, folder / "reference.safetensors")
        for output, mine, theirs in zip(card["output"], ours, original, strict=True):
            if mine.shape != theirs.shape or mine.size != np.prod(output["shape"]):
                raise SystemExit(f"{name}: {output['name']} has {mine.size} values, the original {theirs.size}")
            difference = float(np.abs(mine - theirs).max())
            print(f"{name:20} {label:11} {output['name']:14} {difference:.2e} of {np.abs(theirs).max():.3g}")
            worst = max(worst, difference)
            relative = max(relative, difference / max(float(np.abs(theirs).max()), 1.0))
    if not relative < 1e-4:
        raise SystemExit(f"{name}: differs from the original by {worst} ({relative} of the output's largest value)")
    runtime = "face-api 1.7.15 on tfjs 4.22.0" if "face-api" in card["source"]["package"] else "tfjs 4.22.0"
    text = re.sub(r"\n\[verified\].*", "", text, flags=re.DOTALL)
    text += f'\n[verified]\nhow = "{runtime}, processor backend, on noise and on a photograph (packaging/models/verify.py)"\n'
    text += f"max_difference = {worst:.2g}\nmax_relative_difference = {relative:.2g}\n"
    (folder / "card.toml").write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "fieldgloss-models")
    arguments = parser.parse_args()
    # Those that hear have a reference of their own: reference_speech.py.
    for name in arguments.only or sorted(path.name for path in ASSETS.iterdir() if path.name not in NETWORKS):
        verify(name, arguments.cache)


if __name__ == "__main__":
    main()
