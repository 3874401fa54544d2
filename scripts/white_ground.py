#!/usr/bin/env python3
"""Keeps of a tar of pictures those whose object stands on a white ground.

    white_ground.py IN.tar OUT.tar [--least 0.4] [--white 215]

The picture's content may be set on white of its own (a letter box): its box is found first, then at least the given share of
a ring a little inside of it must be whiter than the limit in all channels. What is kept is brightened until its ground is white. Needs: pillow, numpy
"""
import argparse
import io
import os
import tarfile

import numpy as np
from PIL import Image


def on_white(picture, least, white):
    """The picture with its ground made white, or None where it has another."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    inside = (pixels < 250).any(2)
    if not inside.any():
        return None
    rows, columns = np.where(inside.any(1))[0], np.where(inside.any(0))[0]
    box = pixels[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1].min(2)
    # The border itself is blurred into the letter box's white, and the object may touch it.
    inner = box[5:-5, 5:-5]
    if min(inner.shape, default=0) < 16:
        return None
    ring = np.concatenate([inner[:3].ravel(), inner[-3:].ravel(), inner[:, :3].ravel(), inner[:, -3:].ravel()])
    if (ring >= white).mean() < least:
        return None
    ground = np.percentile(ring[ring >= white], 20)
    return Image.fromarray(np.clip(pixels * (255 / ground), 0, 255).round().astype(np.uint8))


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
            picture = on_white(Image.open(io.BytesIO(data)), args.least, args.white)
            if picture:
                kept += 1
                out = io.BytesIO()
                picture.save(out, "WEBP", quality=95)
                info = tarfile.TarInfo(os.path.splitext(member.name)[0] + ".webp")
                info.size = out.tell()
                out.seek(0)
                target.addfile(info, out)
    print(f"{kept} of {total} pictures are kept")


if __name__ == "__main__":
    main()
