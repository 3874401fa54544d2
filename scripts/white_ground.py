#!/usr/bin/env python3
"""Keeps of a tar of pictures those whose object stands on a white ground.

    white_ground.py IN.tar OUT.tar [--least 0.4] [--white 215]

The picture's content may be set on white of its own (a letter box): its box is found first, then at least the given share of
a ring a little inside of it must be whiter than the limit in all channels. Needs: pillow, numpy
"""
import argparse
import io
import tarfile

import numpy as np
from PIL import Image


def is_on_white(picture, least, white):
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    inside = (pixels < 250).any(2)
    if not inside.any():
        return False
    rows, columns = np.where(inside.any(1))[0], np.where(inside.any(0))[0]
    box = pixels[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1].min(2)
    # The border itself is blurred into the letter box's white, and the object may touch it.
    inner = box[5:-5, 5:-5]
    if min(inner.shape, default=0) < 16:
        return False
    ring = np.concatenate([inner[:3].ravel(), inner[-3:].ravel(), inner[:, :3].ravel(), inner[:, -3:].ravel()])
    return (ring >= white).mean() >= least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--least", type=float, default=0.4)
    parser.add_argument("--white", type=int, default=215)
    args = parser.parse_args()
    kept = total = 0
    with tarfile.open(args.source) as source, tarfile.open(args.target, "w") as target:
        for member in source:
            if not member.isfile():
                continue
            total += 1
            data = source.extractfile(member).read()
            if is_on_white(Image.open(io.BytesIO(data)), args.least, args.white):
                kept += 1
                target.addfile(member, io.BytesIO(data))
    print(f"{kept} of {total} pictures are kept")


if __name__ == "__main__":
    main()
