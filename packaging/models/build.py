#!/usr/bin/env python3
"""Builds the model pack: assets/models/NAME/{model.pt, card.toml, LICENSE} for every card in cards/.

    pip install -r requirements.txt
    python build.py [--only NAME ...] [--cache DIR]
    python verify.py                      # compares with the original runtime and writes the result into the cards

The cards are written by hand and say what to convert; this adds size and checksum. Needs node with npm.
"""

import argparse
import hashlib
import io
import multiprocessing
import pathlib
import shutil
import tomllib
import warnings
import zipfile

import torch

import sources
import speech
import tfgraph
from faceapi import ExpressionNet
from torchgraph import TorchGraph

HERE = pathlib.Path(__file__).resolve().parent
ASSETS = HERE.parents[1] / "assets" / "models"


class Prepared(torch.nn.Module):
    """Takes RGB 0..255 NHWC and brings it into the range the network was trained on."""

    def __init__(self, network, scale, offset, grey=None):
        super().__init__()
        self.network, self.scale, self.offset = network, scale, offset
        if grey:
            self.register_buffer("grey", torch.tensor(grey))
        self.is_grey = bool(grey)

    def forward(self, image):
        if self.is_grey:
            image = (image * self.grey).sum(3, keepdim=True)
        if (self.scale, self.offset) != (1.0, 0.0):
            image = image * self.scale + self.offset
        return self.network(image)


def network(card, package):
    """The torch module that a card describes."""
    path = package / card["source"]["file"]
    if card["source"]["package"] == "@vladmandic/face-api":
        return ExpressionNet(path)
    grey = card["input"].get("grey")
    shape = list(card["input"]["shape"])
    if grey:
        shape[3] = 1
    outputs = [output["node"] for output in card["output"]]
    graph = TorchGraph(tfgraph.read(path), torch.zeros(shape), outputs)
    return Prepared(graph, card["input"]["scale"], card["input"]["offset"], grey)


def trace(module, shape):
    """TorchScript by running once on noise; the picture may come in any batch where the graph allows."""
    example = torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 255
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        return torch.jit.trace(module.eval(), example, check_trace=False)


def scripted(module):
    """TorchScript from the source, for inputs of any length; weights in half precision but those the module names, the
    spectra's tables in full."""
    for name, parameter in module.named_parameters():
        if not any(kept in name for kept in getattr(module, "KEPT", ())):
            parameter.data = parameter.data.half()
        else:
            parameter.data = parameter.data.clone()  # out of the storage it shared
        parameter.requires_grad = False
    return torch.jit.script(module.eval())


def write(script, path):
    """Saves without debug records (they hold the builder's paths) and with fixed dates, so that builds agree."""
    buffer = io.BytesIO()
    torch.jit.save(script, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for entry in sorted(source.namelist()):
            if entry.endswith(".debug_pkl") or entry.endswith(".data/serialization_id"):
                continue
            info = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, source.read(entry))


def build(name, cache):
    text = (HERE / "cards" / f"{name}.toml").read_text()
    card = tomllib.loads(text)
    package = sources.fetch(card["source"]["package"], cache)
    folder = ASSETS / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.pt"
    if name in speech.NETWORKS:
        write(scripted(speech.NETWORKS[name](package)), path)
    else:
        write(trace(network(card, package), card["input"]["shape"]), path)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    text += f'\n[file]\nname = "model.pt"\nbytes = {path.stat().st_size}\nsha256 = "{checksum}"\n'
    (folder / "card.toml").write_text(text)
    shutil.copyfile(licence(package, card), folder / "LICENSE")
    print(f"{name:20} {path.stat().st_size / 1e6:6.2f} MB  {checksum[:12]}")


def licence(package, card):
    """The licence's text in the package; Apache-2.0, where a wheel only names it, from the project's own copy."""
    beside = sorted(package.parent.glob("*.dist-info/**/LICENSE")) if card["source"]["package"] in sources.WHEELS else []
    found = [package / "LICENSE", *beside]
    return next((path for path in found if path.exists()), HERE.parent / "licences" / "LICENSE-APACHE")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", help="build these cards only")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "fieldgloss-models")
    arguments = parser.parse_args()
    names = arguments.only or sorted(path.stem for path in (HERE / "cards").glob("*.toml"))
    # A process a model: torch numbers the classes of later traces in one process, and builds would not agree.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        pool.starmap(build, [(name, arguments.cache) for name in names], chunksize=1)


if __name__ == "__main__":
    main()
