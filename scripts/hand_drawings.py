#!/usr/bin/env python3
"""Makes tests/hand_drawings/THEME.json: drawings as a hand would make them, of pictures that no network was trained on.

    hand_drawings.py THEME SOURCE OUT.json [--names held-out.txt] [--count 24] [--seed 1] [--sheet sheet.png]

SOURCE is a tar of pictures (with --names the list of held-out ones that training writes into its run's folder) or a folder of
RoboHash's layers, of which new pictures are composed. Needs: numpy, opencv, pillow

How: not by an edge detector, as in training, but as somebody would who sees areas and draws around them. The picture is
flattened by mean shift, its colors are sorted into a few (k-means), and the areas of each color are outlined by polygons of few
corners. A hand then draws each outline through the corners as a smooth curve in one to four strokes, leaves out what runs along a
line that is there already and most of what is small, and errs: the whole drawing is a little turned, sheared and of wrong
proportions, every stroke is displaced, every corner is misplaced, ends fall short or run over, some strokes are drawn twice.
A drawing is a list of strokes, a stroke a flat list x, y, x, y ... in thousandths of the paper's side.
"""
import argparse
import io
import json
import math
import os
import random
import tarfile

import cv2
import numpy as np
from PIL import Image

SIDE = 256


def layers(folder):
    names = sorted((n for n in os.listdir(folder) if "#" in n), key=lambda n: n.split("#")[-1])
    return [[os.path.join(folder, n, f) for f in sorted(os.listdir(os.path.join(folder, n))) if f.endswith(".png")]
            for n in names]


def composed(folder, rng):
    base = folder if any("#" in n for n in os.listdir(folder)) else os.path.join(folder, rng.choice(sorted(os.listdir(folder))))
    picture = Image.new("RGBA", (SIDE, SIDE), "white")
    for choices in layers(base):
        picture.alpha_composite(Image.open(rng.choice(choices)).convert("RGBA").resize((SIDE, SIDE), Image.LANCZOS))
    return picture.convert("RGB")


def pictures(source, names, rng):
    """Name and picture, without end."""
    if os.path.isdir(source):
        at = 0
        while True:
            yield f"composed {at}", composed(source, rng)
            at += 1
    with tarfile.open(source) as tar:
        members = {m.name: m for m in tar.getmembers() if m.isfile()}
        wanted = names or sorted(members)
        while True:
            for name in wanted:
                picture = Image.open(io.BytesIO(tar.extractfile(members[name]).read())).convert("RGB")
                yield name, picture.resize((SIDE, SIDE), Image.LANCZOS)


def areas(picture, n_colors, seed):
    flat = cv2.pyrMeanShiftFiltering(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), 10, 28)
    lab = cv2.cvtColor(flat, cv2.COLOR_BGR2LAB).reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0)
    _, labels, _ = cv2.kmeans(lab, n_colors, None, stop, 2, cv2.KMEANS_PP_CENTERS)
    return labels.reshape(SIDE, SIDE).astype(np.uint8)


def outlines(labels, n_colors, smallest):
    found = []
    for color in range(n_colors):
        mask = cv2.medianBlur((labels == color).astype(np.uint8) * 255, 5)
        contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            area = cv2.contourArea(contour)
            if area >= smallest:
                found.append((area, cv2.approxPolyDP(contour, SIDE * .011, True).reshape(-1, 2).astype(float)))
    # Large areas first, as people draw.
    found.sort(key=lambda item: -item[0])
    return [polygon for _, polygon in found if len(polygon) >= 3]


def new_parts(polygon, drawn):
    """Runs of corners that are neither on the picture's border nor along what is drawn already."""
    closed = np.vstack([polygon, polygon[:1]])
    runs, run = [], []
    for a, b in zip(closed, closed[1:]):
        n = max(int(math.dist(a, b)), 1)
        points = [(a + (b - a) * t / n).astype(int) for t in range(n + 1)]
        edge = sum(min(x, y, SIDE - 1 - x, SIDE - 1 - y) < 3 for x, y in points)
        known = sum(drawn[min(y, SIDE - 1), min(x, SIDE - 1)] > 0 for x, y in points)
        if edge * 2 > len(points) or known * 2 > len(points):
            if len(run) > 1:
                runs.append(np.array(run))
            run = []
        else:
            run = run or [a]
            run.append(b)
    if len(run) > 1:
        runs.append(np.array(run))
    if len(runs) > 1 and np.array_equal(runs[0][0], runs[-1][-1]):
        runs[0] = np.vstack([runs.pop(), runs[0][1:]])
    return runs


def curve(points):
    """A smooth curve through points (centripetal would be finer; a hand is not)."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    out = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:]):
        n = max(int(math.dist(p1, p2) / 5), 1)
        for t in np.arange(n) / n:
            out.append(.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t
                             + (3 * p1 - p0 - 3 * p2 + p3) * t ** 3))
    out.append(points[-1])
    return np.array(out)


def strokes(run, rng):
    """A run of corners in one to four strokes, split where it turns most."""
    turn = lambda i: -abs(math.remainder(
        math.atan2(*(run[i + 1] - run[i])[::-1]) - math.atan2(*(run[i] - run[i - 1])[::-1]), 2 * math.pi))
    corners = sorted(range(1, len(run) - 1), key=turn)[:rng.randint(0, 3)]
    cuts = [0, *sorted(corners), len(run) - 1]
    return [run[a:b + 1] for a, b in zip(cuts, cuts[1:]) if b > a]


def hand(parts, rng, strength):
    """Errors of a hand, in pixels."""
    angle, shear = rng.gauss(0, .04) * strength, rng.gauss(0, .03) * strength
    sx, sy = 1 + rng.gauss(0, .04) * strength, 1 + rng.gauss(0, .04) * strength
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    matrix = matrix @ np.array([[sx, shear], [0, sy]])
    center = np.array([SIDE / 2, SIDE / 2])
    out = []
    for part in parts:
        points = (part - center) @ matrix.T + center
        points = points + np.array([rng.gauss(0, 1.6), rng.gauss(0, 1.6)]) * strength
        for _ in range(2 if rng.random() < .08 else 1):
            own = points + np.array([[rng.gauss(0, 1.3), rng.gauss(0, 1.3)] for _ in points]) * strength
            line = curve(own)
            if rng.random() < .35 and len(line) > 12:
                line = line[rng.randint(0, len(line) // 12):len(line) - rng.randint(0, len(line) // 12)]
            if rng.random() < .25:
                ahead = line[-1] - line[max(-6, -len(line))]
                line = np.vstack([line, line[-1] + ahead * rng.uniform(.2, 1)])
            out.append(line)
    return out


def drawing(picture, seed):
    rng = random.Random(seed)
    n_colors = rng.randint(3, 6)
    labels = areas(picture, n_colors, seed)
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    parts = []
    for polygon in outlines(labels, n_colors, SIDE * SIDE * rng.choice([.0012, .003, .006])):
        for run in new_parts(polygon, drawn):
            if np.linalg.norm(np.diff(run, axis=0), axis=1).sum() >= SIDE * .05:
                parts += strokes(run, rng)
        cv2.polylines(drawn, [polygon.astype(np.int32)], True, 255, 11)
    return hand(parts[:rng.randint(14, 45)], rng, rng.uniform(.6, 1.4))


def compact(lines):
    return [[int(v) for v in np.clip(np.round(line * 1000 / SIDE), 0, 1000).reshape(-1)] for line in lines if len(line) > 1]


def sheet(entries, path):
    page = np.full((SIDE * ((len(entries) + 5) // 6), SIDE * 12, 3), 255, np.uint8)
    for at, (picture, lines) in enumerate(entries):
        y, x = at // 6 * SIDE, at % 6 * 2 * SIDE
        page[y:y + SIDE, x:x + SIDE] = np.asarray(picture)
        paper = np.full((SIDE, SIDE, 3), 255, np.uint8)
        for line in lines:
            points = np.array(line).reshape(-1, 1, 2) * SIDE / 1000
            cv2.polylines(paper, [np.round(points).astype(np.int32)], False, (0, 0, 0), 2, cv2.LINE_AA)
        page[y:y + SIDE, x + SIDE:x + 2 * SIDE] = paper
    Image.fromarray(page).resize((page.shape[1] // 2, page.shape[0] // 2), Image.LANCZOS).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("theme")
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--names")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet")
    args = parser.parse_args()
    names = open(args.names).read().splitlines() if args.names else None
    rng = random.Random(args.seed)
    found, entries = [], []
    for at, (name, picture) in enumerate(pictures(args.source, names, rng)):
        lines = compact(drawing(picture, args.seed * 1000 + at))
        if len(lines) >= 3:
            found.append({"of": os.path.basename(name), "strokes": lines})
            entries.append((picture, lines))
        if len(found) == args.count or at > 20 * args.count:
            break
    with open(args.out, "w") as out:
        out.write('{"theme":' + json.dumps(args.theme) + ',"drawings":[\n')
        out.write(",\n".join(json.dumps(d, separators=(",", ":")) for d in found) + "\n]}\n")
    if args.sheet:
        sheet(entries, args.sheet)
    print(f"{args.out}: {len(found)} drawings, {os.path.getsize(args.out)} bytes")


if __name__ == "__main__":
    main()
