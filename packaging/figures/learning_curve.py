#!/usr/bin/env python3
"""Draws the learning curve from the benchmark's numbers.

    FIELDGLOSS_GLOSS_CSV=curve.csv cargo xtask bench -- gloss curve
    learning_curve.py curve.csv assets/screenshots/gloss-learning.png

A panel a language: words right (full lines) and keystrokes saved (broken lines) after so many sentences, by the
glosser and by a lookup of each word's most frequent gloss. The numbers drawn last are kept in learning_curve.csv.
Needs Pillow.
"""
import csv
import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

NAMES = {"ddo": "Tsez", "git": "Gitksan", "lez": "Lezgi", "ntu": "Natügu", "nyb": "Nyangbo", "usp": "Uspanteko"}
STOPS = [10, 30, 100, 300, 1000]
SCALE = 3  # drawn larger, then made smaller: smooth lines
WIDTH, HEIGHT = 900, 560
INK, MUTED, LINE, OURS, LOOKUP = "#1f2328", "#6b7280", "#e3e5e9", "#3657c9", "#9a7b4f"
FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts"


def font(size):
    return ImageFont.truetype(str(FONT / "Inter-Regular.otf"), size * SCALE)


def broken(draw, a, b, color, width):
    length = math.dist(a, b)
    dash, at = 6 * SCALE, 0.0
    while at < length:
        ends = [at / length, min(at + dash, length) / length]
        draw.line([tuple(a[k] + (b[k] - a[k]) * t for k in (0, 1)) for t in ends], fill=color, width=width)
        at += 2 * dash


def panel(draw, box, name, rows):
    left, top, right, bottom = (v * SCALE for v in box)
    small = font(11)
    draw.text((left, top - 24 * SCALE), name, font=font(14), fill=INK)

    def place(sentences, share):
        x = left + (right - left) * math.log(sentences / 10) / math.log(100)
        return x, bottom - (bottom - top) * share

    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = place(10, share)[1]
        draw.line([(left, y), (right, y)], fill=LINE, width=SCALE)
        draw.text((left - 6 * SCALE, y), f"{share * 100:.0f}", font=small, fill=MUTED, anchor="rm")
    for stop in STOPS:
        draw.text((place(stop, 0)[0], bottom + 6 * SCALE), f"{stop:,}", font=small, fill=MUTED, anchor="mt")
    for column, color, dashed in (
        ("lookup", LOOKUP, False),
        ("lookup_keystrokes_saved", LOOKUP, True),
        ("accuracy", OURS, False),
        ("keystrokes_saved", OURS, True),
    ):
        points = [place(int(row["sentences"]), float(row[column])) for row in rows]
        for a, b in zip(points, points[1:]):
            if dashed:
                broken(draw, a, b, color, 2 * SCALE)
            else:
                draw.line([a, b], fill=color, width=2 * SCALE)
        for x, y in points:
            r = 2.5 * SCALE
            draw.ellipse([x - r, y - r, x + r, y + r], fill=color)


def main(source, target):
    rows = list(csv.DictReader(open(source, encoding="utf-8")))
    picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    draw = ImageDraw.Draw(picture)
    for number, (code, name) in enumerate(NAMES.items()):
        column, line = number % 3, number // 3
        left, top = 44 + column * 296, 62 + line * 250
        panel(draw, (left, top, left + 240, top + 180), name, [r for r in rows if r["language"] == code])
    x = 44 * SCALE
    for text, color, dashed in (
        ("Fieldgloss, words right %", OURS, False),
        ("keystrokes saved %", OURS, True),
        ("lookup, words right %", LOOKUP, False),
        ("keystrokes saved %", LOOKUP, True),
    ):
        y = 18 * SCALE
        ends = ((x, y), (x + 26 * SCALE, y))
        broken(draw, *ends, color, 2 * SCALE) if dashed else draw.line(ends, fill=color, width=2 * SCALE)
        draw.text((x + 32 * SCALE, y), text, font=font(12), fill=INK, anchor="lm")
        x += 212 * SCALE
    draw.text((WIDTH * SCALE - 14 * SCALE, (HEIGHT - 12) * SCALE), "sentences learnt from", font=font(11), fill=MUTED,
              anchor="rm")
    picture = picture.resize((WIDTH, HEIGHT), Image.LANCZOS).quantize(64)
    picture.save(target, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
