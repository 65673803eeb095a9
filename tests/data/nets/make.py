"""What Pillow and OpenCV make of small pictures that the tests make too. Needs pillow, numpy, opencv-contrib-python."""

import json
import pathlib
import cv2
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent


def resized():
    width, height = 40, 30
    levels = np.fromfunction(lambda y, x, c: (x * 7 + y * 13 + c * 50 + (x * y) % 17 * 5) % 256, (height, width, 3))
    picture = Image.fromarray(levels.astype(np.uint8)).crop((3, 2, 37, 28))
    sizes = {"smaller": (11, 9), "larger": (50, 41)}
    made = {name: np.asarray(picture.resize(size, Image.BICUBIC)).flatten().tolist() for name, size in sizes.items()}
    return {"sizes": sizes, **made}


def scene(x, y):
    wave = lambda a, b, c: np.sin(a * x + b * y + c)
    return 127 + 40 * wave(0.31, 0.12, 0.4) + 35 * wave(-0.17, 0.29, 1.3) + 30 * wave(0.07, -0.11, 2.0)


def flow():
    y, x = np.mgrid[0:64, 0:72].astype(np.float64)
    # A swelling in the middle: each point of the first picture came from (x - dx, y - dy).
    bump = np.exp(-((x - 36) ** 2 + (y - 32) ** 2) / 250)
    first, second = scene(x, y), scene(x - 1.8 * bump, y + 1.2 * bump)
    grey = lambda a: np.clip(np.rint(a), 0, 255).astype(np.uint8)
    found = cv2.optflow.createOptFlow_DualTVL1().calc(grey(first), grey(second), None)
    every = found[::4, ::4]
    return {"shape": list(every.shape), "flow": [round(float(v), 4) for v in every.flatten()]}


(HERE / "pillow.json").write_text(json.dumps(resized()))
(HERE / "tvl1.json").write_text(json.dumps(flow()))
