#!/usr/bin/env python3
"""Runs the published networks, in their own runtime, over the sample photograph and writes what they say as numbers for the worker's tests.

    python pipeline.py [--cache DIR] [--draw FILE.png]

Decoding and cropping are written here a second time, in numpy, from the rules in the cards: the worker is tested against this and
against boxes marked by hand, never against itself.
"""

import argparse
import json
import math
import pathlib
import tomllib

import numpy as np
from PIL import Image, ImageDraw

import sources
from build import ASSETS, HERE
from verify import PHOTOGRAPH, reference

OUT = HERE.parents[1] / "src" / "worker" / "tests" / "reference" / "astronaut.json"


def sample(image, centre, side, angle, out):
    """A square turned by `angle`: output pixel p comes from c + R(angle) (p - out/2) side/out, pixel centres at +0.5. Black outside.

    Where the square shrinks more than fourfold, each output pixel averages several samples.
    """
    taps = min(max(int(side / out / 2), 1), 4)
    fine = sample_fine(image, centre, side, angle, out * taps)
    return fine.reshape(1, out, taps, out, taps, 3).mean((2, 4)).astype(np.float32)


def sample_fine(image, centre, side, angle, out):
    """One bilinear sample a pixel."""
    steps = (np.arange(out) + 0.5 - out / 2) * side / out
    dx, dy = np.meshgrid(steps, steps)
    x = centre[0] + dx * math.cos(angle) - dy * math.sin(angle) - 0.5
    y = centre[1] + dx * math.sin(angle) + dy * math.cos(angle) - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    height, width, _ = image.shape

    def at(column, row):
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        value = image[row.clip(0, height - 1), column.clip(0, width - 1)].astype(np.float32)
        return value * inside[..., None]

    top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
    bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
    return top * (1 - fy) + bottom * fy


def back(points, centre, side, angle, out):
    """From the crop's pixels to the picture's."""
    delta = (points - out / 2) * side / out
    x = centre[0] + delta[:, 0] * math.cos(angle) - delta[:, 1] * math.sin(angle)
    y = centre[1] + delta[:, 0] * math.sin(angle) + delta[:, 1] * math.cos(angle)
    return np.stack([x, y], 1)


def anchors(size, layers):
    """Anchor centres in input pixels: for each (stride, count) the cells row by row."""
    found = []
    for stride, count in layers:
        cells = size // stride
        for row in range(cells):
            for column in range(cells):
                found += [((column + 0.5) * stride, (row + 0.5) * stride)] * count
    return np.array(found)


def best(candidates, size, layers, square):
    """The strongest candidate: score, box (x, y, width, height) and points in picture pixels."""
    k = int(candidates[:, 0].argmax())
    anchor = anchors(size, layers)[k]
    row = candidates[k]
    scale, origin = square[1] / size, np.array(square[0]) - square[1] / 2
    centre = (row[1:3] + anchor) * scale + origin
    extent = row[3:5] * scale
    points = (row[5:].reshape(-1, 2) + anchor) * scale + origin
    return 1 / (1 + math.exp(-row[0])), [*(centre - extent / 2), *extent], points


class Networks:
    def __init__(self, cache):
        self.cache = cache

    def __call__(self, name, picture):
        card = tomllib.loads((ASSETS / name / "card.toml").read_text())
        outputs = reference(sources.fetch(card["source"]["package"], self.cache), card, picture)
        return {output["name"]: value for output, value in zip(card["output"], outputs, strict=True)}


def shares(card_name, values):
    """Label → share."""
    labels = tomllib.loads((ASSETS / card_name / "card.toml").read_text())["labels"]
    return {label: round(float(value), 5) for label, value in zip(labels, values, strict=True)}


def rounded(points):
    return [[round(float(value), 2) for value in point] for point in points]


def run(cache):
    image = np.asarray(Image.open(PHOTOGRAPH).convert("RGB"))
    height, width, _ = image.shape
    whole = ((width / 2, height / 2), float(max(width, height)))
    networks, result = Networks(cache), {"picture": "astronaut.png", "size": [width, height]}

    near = networks("face-detect-near", sample(image, *whole, 0, 128))["candidates"].reshape(-1, 17)
    far = networks("face-detect-far", sample(image, *whole, 0, 192))["candidates"].reshape(-1, 17)
    score, box, points = best(near, 128, [(8, 2), (16, 6)], whole)
    result["near"] = {"score": score, "box": rounded([box])[0], "points": rounded(points)}
    score, far_box, far_points = best(far, 192, [(4, 1)], whole)
    result["far"] = {"score": score, "box": rounded([far_box])[0], "points": rounded(far_points)}

    centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    angle = math.atan2(points[1][1] - points[0][1], points[1][0] - points[0][0])
    crop = (centre, 1.5 * max(box[2], box[3]), angle)
    mesh = networks("face-mesh", sample(image, *crop, 192))
    coarse = back(mesh["mesh"].reshape(-1, 3)[:, :2], *crop, 192)
    result["mesh"] = {
        "crop": {"centre": [float(value) for value in centre], "side": crop[1], "angle": angle},
        "presence": float(mesh["presence"][0]),
        "coarse": rounded(coarse),
        **{key: rounded(back(mesh[key].reshape(-1, 2), *crop, 192)) for key in mesh if key not in ("mesh", "presence")},
    }

    # The expression crop: around the mesh, level with its outer eye corners (points 33 and 263, which lead the refined eyes).
    coarse = coarse.copy()
    for point, key in ((33, "left_eye"), (263, "right_eye")):
        coarse[point] = back(mesh[key].reshape(-1, 2), *crop, 192)[0]
    eyes = coarse[263] - coarse[33]
    angle = math.atan2(eyes[1], eyes[0])
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    level = coarse @ turn.T
    low, high = level.min(0), level.max(0)
    centre = (low + high) / 2 @ turn
    crop = (tuple(centre), 1.1 * float((high - low).max()), angle)
    logits = networks("expression-faceapi", sample(image, *crop, 112))["logits"]
    exponent = np.exp(logits - logits.max())
    result["expression"] = {
        "crop": {"centre": [float(value) for value in centre], "side": crop[1], "angle": angle},
        "faceapi": shares("expression-faceapi", exponent / exponent.sum()),
        "human": shares("expression-human", networks("expression-human", sample(image, *crop, 64))["probabilities"]),
    }

    people = networks("pose-detect", sample(image, *whole, 0, 224))["candidates"].reshape(-1, 13)
    score, box, points = best(people, 224, [(8, 2), (16, 2), (32, 6)], whole)
    result["person"] = {"score": score, "box": rounded([box])[0], "points": rounded(points)}
    dx, dy = points[1] - points[0]
    crop = (tuple(points[0]), 2 * 1.25 * math.hypot(dx, dy), math.atan2(dy, dx) + math.pi / 2)
    pose = networks("pose", sample(image, *crop, 256))
    body = pose["image_points"].reshape(39, 5)
    result["pose"] = {
        "crop": {"centre": [float(value) for value in crop[0]], "side": crop[1], "angle": crop[2]},
        "presence": float(pose["presence"][0]),
        "points": rounded(back(body[:, :2], *crop, 256)),
        "visibility": [round(1 / (1 + math.exp(-value)), 4) for value in body[:, 3]],
        "metres": rounded(pose["world_points"].reshape(39, 3)),
    }
    fast = networks("pose-fast", sample(image, *whole, 0, 192))["keypoints"].reshape(17, 3)
    result["fast"] = {"points": rounded(back(fast[:, 1::-1] * 192, *whole, 0, 192)), "scores": [round(float(s), 4) for s in fast[:, 2]]}
    return result


def draw(result, path):
    """The result on the picture, to look at."""
    picture = Image.open(PHOTOGRAPH).convert("RGB").resize((1536, 1536))
    pen = ImageDraw.Draw(picture)

    def dots(points, colour, size=2):
        for x, y in points:
            pen.ellipse([3 * x - size, 3 * y - size, 3 * x + size, 3 * y + size], fill=colour)

    for key, colour in (("near", "yellow"), ("far", "orange"), ("person", "cyan")):
        x, y, w, h = result[key]["box"]
        pen.rectangle([3 * x, 3 * y, 3 * (x + w), 3 * (y + h)], outline=colour, width=3)
        dots(result[key]["points"], colour, 6)
    dots(result["mesh"]["coarse"], "white", 1)
    for key, colour in (("lips", "red"), ("left_eye", "lime"), ("right_eye", "blue"), ("left_iris", "lime"), ("right_iris", "blue")):
        dots(result["mesh"][key], colour, 2)
    dots(result["pose"]["points"], "magenta", 7)
    dots(result["fast"]["points"], "white", 5)
    picture.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "fieldgloss-models")
    parser.add_argument("--draw", type=pathlib.Path)
    arguments = parser.parse_args()
    result = run(arguments.cache)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result) + "\n")
    if arguments.draw:
        draw(result, arguments.draw)
    for key in ("near", "far", "person"):
        print(key, round(result[key]["score"], 4), result[key]["box"])
    print("mesh", result["mesh"]["presence"], "pose", result["pose"]["presence"], result["expression"])


if __name__ == "__main__":
    main()
