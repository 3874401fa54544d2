#!/usr/bin/env python3
"""Trains what tells the themes of drawings apart and writes it to lessons/looks.json.

    for theme in cats robots faces shoes space motorbikes; do
        hand_drawings.py $theme SOURCE drawings/$theme.json --names training-names.txt --count 220 --seed 101
    done
    train_recognition.py drawings/*.json

The drawings are of pictures that tests/hand_drawings does not have: everything but the names there, or newly composed ones with
other seeds. With them come their mirror images and the lessons, a little turned and squashed. What is learned is one layer (logistic
regression) over what `src/school/score/looks.rs` computes too: which way lines run in 6 x 6 parts of the drawing's box, how much
ink and how much emptiness there is, how wide it is for its height. Needs: numpy, scipy
"""
import json
import math
import os
import random
import sys

import numpy as np
from scipy.ndimage import distance_transform_edt

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
THEMES = ["cats", "robots", "faces", "shoes", "space", "motorbikes"]
SIDE, PARTS, WAYS = 64, 6, 8


def points(lines):
    """At most 1/1024 of the paper apart."""
    out = []
    for line in lines:
        line = np.array(line, float).reshape(-1, 2) / 1000
        for a, b in zip(line, line[1:]):
            n = max(1, math.ceil(math.dist(a, b) * 1024))
            out.append(a + (b - a) * (np.arange(n + 1)[:, None] / n))
    out = np.vstack(out)
    return out[((out >= 0) & (out < 1)).all(1)]


def looks(lines):
    found = points(lines)
    low, high = found.min(0), found.max(0)
    wide, tall = high - low
    scale = (SIDE - 4) / max(wide, tall, 1 / 64)
    cells = np.clip((found * scale + SIDE / 2 - scale * (low + high) / 2).astype(int), 0, SIDE - 1)
    grid = np.zeros((SIDE, SIDE), bool)
    grid[cells[:, 1], cells[:, 0]] = True
    far = distance_transform_edt(~grid)
    down, right = np.gradient(far)
    ys, xs = np.nonzero((far < 4) & (np.hypot(right, down) > .3))
    way = (np.arctan2(down[ys, xs], right[ys, xs]) / math.pi * WAYS + WAYS + .5).astype(int) % WAYS
    runs = np.zeros((PARTS, PARTS, WAYS))
    np.add.at(runs, (ys * PARTS // SIDE, xs * PARTS // SIDE, way), (PARTS / SIDE) ** 2)
    empty = [(far > least).mean() for least in (2, 4, 8, 12)]
    return np.concatenate([np.sqrt(runs.ravel()), [grid.sum() / SIDE / 8, (wide - tall) / max(wide, tall, 1 / 64), *empty]])


def mirrored(lines):
    return [[v if at % 2 else 1000 - v for at, v in enumerate(line)] for line in lines]


def by_hand(lines, rng):
    angle, shear = rng.gauss(0, .05), rng.gauss(0, .05)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turn = turn @ np.array([[1 + rng.gauss(0, .06), shear], [0, 1 + rng.gauss(0, .06)]])
    moved = lambda line: (np.array(line, float).reshape(-1, 2) - 500) @ turn.T + 500 + [rng.gauss(0, 6), rng.gauss(0, 6)]
    return [moved(line).ravel() for line in lines]


def samples(files):
    """Looks, theme, weight."""
    rng = random.Random(1)
    for path in files:
        with open(path) as file:
            drawings = json.load(file)
        for drawing in drawings["drawings"]:
            for lines in (drawing["strokes"], mirrored(drawing["strokes"])):
                yield looks(lines), THEMES.index(drawings["theme"]), 1
    for theme, lines in lessons():
        for _ in range(12):
            yield looks(by_hand(lines, rng)), theme, .5


def lessons():
    for at, theme in enumerate(THEMES):
        with open(f"{ROOT}/lessons/{theme}.json") as file:
            for lesson in json.load(file)["lessons"]:
                yield at, [line for step in lesson["steps"] for line in step["lines"]]


def fit(xs, ys, weights, decay=.01, steps=600):
    """Logistic regression with each theme as heavy as any other: weights and biases for what was not normalised."""
    mean, deviation = xs.mean(0), xs.std(0) + 1e-3
    xs = np.c_[(xs - mean) / deviation, np.ones(len(xs))]
    wanted = np.eye(len(THEMES))[ys]
    weights = weights / np.array([weights[ys == at].sum() for at in range(len(THEMES))])[ys] / len(THEMES)
    found, speed = np.zeros((xs.shape[1], len(THEMES))), 0
    for _ in range(steps):
        sums = xs @ found
        likely = np.exp(sums - sums.max(1, keepdims=True))
        slope = xs.T @ ((likely / likely.sum(1, keepdims=True) - wanted) * weights[:, None])
        slope[:-1] += decay * found[:-1]
        speed = .9 * speed - .3 * slope
        found = found + speed
    factors = found[:-1] / deviation[:, None]
    return factors, found[-1] - mean @ factors


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    xs, ys, weights = map(np.array, zip(*samples(sys.argv[1:])))
    factors, biases = fit(xs, ys, weights)
    print(f"{len(xs)} drawings, {(np.argmax(xs @ factors + biases, 1) == ys).mean():.3f} of them told")
    for at, theme in enumerate(THEMES):
        with open(f"{ROOT}/tests/hand_drawings/{theme}.json") as file:
            held_out = [looks(drawing["strokes"]) for drawing in json.load(file)["drawings"]]
        told = np.argmax(np.array(held_out) @ factors + biases, 1) == at
        print(f"held out: {theme} {told.sum()} of {len(told)}")
    themes = [json.dumps({"theme": theme, "bias": round(float(biases[at]), 4),
                          "weights": [round(float(value), 4) for value in factors[:, at]]}, separators=(",", ":"))
              for at, theme in enumerate(THEMES)]
    with open(f"{ROOT}/lessons/looks.json", "w") as out:
        out.write("[" + ",\n".join(themes) + "]\n")


if __name__ == "__main__":
    main()
