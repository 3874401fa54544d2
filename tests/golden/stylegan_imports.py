#!/usr/bin/env python3
"""Writes checkpoints of StyleGANs as other projects have them, with random weights, and what PyTorch makes of them.

    python3 tests/golden/stylegan_imports.py          needs torch, safetensors

    stylegan_imports.safetensors         latents and pictures
    checkpoints/stylegan2_converted.pt   by rosinality from the published weights: 256 pixels, few channels, all 135 keys
    checkpoints/stylegan2_run.pth        by rosinality in training: optimisers and options beside the networks, no mean style
    checkpoints/stylegan2_ada.safetensors  StyleGAN2-ADA's state dict
    checkpoints/stylegan1.model          StyleGAN by rosinality in training, grown to 16 pixels

Weights are rounded to half precision, so that a model that is stored so gives the same picture.
"""
import argparse
import math
import pathlib
from collections import OrderedDict

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from plain import (KERNEL, SOFT, channels, judge_logits, judge_shapes, nearest, random_like, sides_of, soft, stylegan2_draw,
                   stylegan2_mapping, stylegan2_shapes)

torch.manual_seed(19)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "checkpoints"
OUT = {}


def keep(network, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{network}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def halved(state):
    return {name: tensor.half().float() for name, tensor in state.items()}


def with_kernels(p, side):
    """The generator's state dict with the blur's kernels in it, which are buffers there."""
    state = OrderedDict(p)
    for at in range(len(sides_of(side))):
        state[f"convs.{2 * at}.conv.blur.kernel"] = KERNEL * 4
        state[f"to_rgbs.{at}.upsample.kernel"] = KERNEL * 4
    return state


def drawn(p, side, z):
    w = stylegan2_mapping(p, z)
    return stylegan2_draw(p, side, w[:, None].repeat(1, 2 + 2 * len(sides_of(side)), 1))


def converted():
    """All maps of noise are views of one storage, so that the file stays small."""
    side, dim = 256, 8
    p = halved(random_like(stylegan2_shapes(side, dim, deep=8, base=512)))
    numbers = torch.randn(side * side).half()
    for at, name in enumerate([name for name in p if name.startswith("noises.")]):
        r = p[name].shape[-1]
        # Those of one size are each other's mirror image.
        map = numbers[-r * r:].view(1, 1, r, r)
        p[name] = map.transpose(2, 3) if at % 2 else map
    state = with_kernels(p, side)
    assert len(state) == 135, len(state)
    z, mean = torch.randn(2, dim), torch.randn(dim).half().float()
    torch.save({"g_ema": state, "latent_avg": mean}, FOLDER / "stylegan2_converted.pt")
    picture = drawn({name: tensor.float() for name, tensor in p.items()}, side, z)
    # The whole picture, smaller, and the middle of it as it is.
    keep("converted", z=z, mean=mean, small=F.avg_pool2d(picture, 16), middle=picture[:, :, 112:144, 112:144])


def judge_state(p, side):
    """The discriminator's state dict by rosinality."""
    state = OrderedDict()

    def layer(at, ours, first=0):
        state[f"{at}.{first}.weight"] = p[f"{ours}.weight"]
        if f"{ours}.bias" in p:
            state[f"{at}.{first + 1}.bias"] = p[f"{ours}.bias"]

    layer("convs.0", f"b{side}.fromrgb")
    for at, r in enumerate(reversed(sides_of(side))):
        block = f"convs.{at + 1}"
        layer(f"{block}.conv1", f"b{r}.conv0")
        state[f"{block}.conv2.0.kernel"] = state[f"{block}.skip.0.kernel"] = KERNEL
        layer(f"{block}.conv2", f"b{r}.conv1", 1)
        layer(f"{block}.skip", f"b{r}.skip", 1)
    layer("final_conv", "b4.conv")
    for at, name in enumerate(("fc", "out")):
        state[f"final_linear.{at}.weight"], state[f"final_linear.{at}.bias"] = p[f"b4.{name}.weight"], p[f"b4.{name}.bias"]
    return state


def trained():
    side, dim = 16, 6
    p, judge = halved(random_like(stylegan2_shapes(side, dim))), halved(random_like(judge_shapes(side, 3)))
    other = {name: tensor + 1 for name, tensor in p.items()}
    moments = lambda state: {"state": {at: {"step": 7, "exp_avg_sq": torch.zeros(2)} for at, _ in enumerate(state)},
                             "param_groups": [{"lr": 2e-3, "betas": (0, .99), "params": list(range(len(state)))}]}
    run = {"g": with_kernels(other, side), "d": judge_state(judge, side), "g_ema": with_kernels(p, side),
           "g_optim": moments(p), "d_optim": moments(judge), "ada_aug_p": torch.tensor(.25),
           "args": argparse.Namespace(path="pictures", iter=800_000, r1=10., augment=True, ckpt=None, channel_multiplier=2)}
    torch.save(run, FOLDER / "stylegan2_run.pth", _use_new_zipfile_serialization=False)
    z, image = torch.randn(2, dim), torch.rand(4, 3, side, side) * 2 - 1
    alone = torch.cat([judge_logits(judge, side, image[at:at + 1]) for at in range(4)])
    keep("run", z=z, output=drawn(p, side, z), image=image, alone=alone)


def ada():
    """The same networks under other names: no leading 1, noise as planes, its strength a bare number."""
    side, dim = 16, 6
    p = halved(random_like(stylegan2_shapes(side, dim)))
    state = {"mapping.w_avg": torch.randn(dim).half().float(), "synthesis.b4.const": p["input.input"][0]}
    for at in (0, 1):
        for leaf in ("weight", "bias"):
            state[f"mapping.fc{at}.{leaf}"] = p[f"style.{at + 1}.{leaf}"]

    def styled(theirs, ours, noise):
        state[f"{theirs}.weight"], state[f"{theirs}.bias"] = p[f"{ours}.conv.weight"][0], p[f"{ours}.activate.bias"]
        state[f"{theirs}.noise_const"] = p[f"noises.noise_{noise}"][0, 0]
        state[f"{theirs}.noise_strength"] = p[f"{ours}.noise.weight"][0]
        affine(theirs, ours)

    def affine(theirs, ours):
        for leaf in ("weight", "bias"):
            state[f"{theirs}.affine.{leaf}"] = p[f"{ours}.conv.modulation.{leaf}"]

    def rgb(theirs, ours):
        state[f"{theirs}.weight"], state[f"{theirs}.bias"] = p[f"{ours}.conv.weight"][0], p[f"{ours}.bias"].flatten()
        affine(theirs, ours)

    styled("synthesis.b4.conv1", "conv1", 0)
    rgb("synthesis.b4.torgb", "to_rgb1")
    for at, r in enumerate(sides_of(side)):
        styled(f"synthesis.b{r}.conv0", f"convs.{2 * at}", 2 * at + 1)
        styled(f"synthesis.b{r}.conv1", f"convs.{2 * at + 1}", 2 * at + 2)
        rgb(f"synthesis.b{r}.torgb", f"to_rgbs.{at}")
        state[f"synthesis.b{r}.resample_filter"] = state[f"synthesis.b{r}.conv0.resample_filter"] = KERNEL
    save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, FOLDER / "stylegan2_ada.safetensors")
    z = torch.randn(2, dim)
    keep("ada", z=z, mean=state["mapping.w_avg"], output=drawn(p, side, z))


class StyleGan1:
    """The port's arithmetic: tensors called weight_orig are scaled by sqrt(2 / fan in), whatever they are."""

    def __init__(self, side, dim):
        p = self.p = OrderedDict()
        self.side, draw = side, lambda *shape, sd=1., mean=0.: (torch.randn(shape) * sd + mean).half().float()
        for at in (1, 3):
            p[f"style.{at}.linear.weight_orig"], p[f"style.{at}.linear.bias"] = draw(dim, dim), draw(dim, sd=.3)
        width = lambda r: max(channels(r), 1)
        for at in range(9):
            r, name = 4 << at, f"generator.progression.{at}"
            c, half = width(r), width(r // 2)
            if at == 0:
                p[f"{name}.conv1.input"] = draw(1, c, 4, 4)
            elif r == side:
                p[f"{name}.conv1.0.weight"], p[f"{name}.conv1.0.bias"] = draw(half, c, 3, 3), draw(c, sd=.3)
                p[f"{name}.conv1.1.weight"] = p[f"{name}.conv1.1.weight_flip"] = SOFT.repeat(c, 1, 1, 1)
            else:
                p[f"{name}.conv1.1.conv.weight_orig"], p[f"{name}.conv1.1.conv.bias"] = draw(c, half, 3, 3), draw(c, sd=.3)
                p[f"{name}.conv1.2.weight"] = p[f"{name}.conv1.2.weight_flip"] = SOFT.repeat(c, 1, 1, 1)
            p[f"{name}.conv2.conv.weight_orig"], p[f"{name}.conv2.conv.bias"] = draw(c, c, 3, 3), draw(c, sd=.3)
            for number in (1, 2):
                p[f"{name}.noise{number}.weight_orig"] = draw(1, c, 1, 1)
                p[f"{name}.adain{number}.style.linear.weight_orig"] = draw(2 * c, dim, sd=.3)
                p[f"{name}.adain{number}.style.linear.bias"] = torch.cat([draw(c, mean=1., sd=.2), draw(c, sd=.2)])
            p[f"generator.to_rgb.{at}.conv.weight_orig"] = draw(3, c, 1, 1)
            # Sizes that it has not grown to are as they were made.
            p[f"generator.to_rgb.{at}.conv.bias"] = draw(3, sd=.3) if r <= side else torch.zeros(3)

    def equal(self, key):
        w = self.p[key]
        return w * math.sqrt(2 / (w.shape[1] * w[0][0].numel()))

    def __call__(self, z, noises):
        p, w = self.p, z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for at in (1, 3):
            w = F.leaky_relu(F.linear(w, self.equal(f"style.{at}.linear.weight_orig"), p[f"style.{at}.linear.bias"]), .2)
        for at, noise in enumerate(noises):
            name = f"generator.progression.{at}"
            conv = lambda x, at: F.conv2d(x, self.equal(f"{at}.weight_orig"), p[f"{at}.bias"], padding=1)
            if at == 0:
                x = p[f"{name}.conv1.input"].repeat(len(z), 1, 1, 1)
            elif f"{name}.conv1.0.weight" in p:
                k = p[f"{name}.conv1.0.weight"]
                k = F.pad(k * math.sqrt(2 / (k.shape[0] * 9)), (1, 1, 1, 1))
                k = (k[:, :, 1:, 1:] + k[:, :, :-1, 1:] + k[:, :, 1:, :-1] + k[:, :, :-1, :-1]) / 4
                x = soft(F.conv_transpose2d(x, k, p[f"{name}.conv1.0.bias"], stride=2, padding=1))
            else:
                x = soft(conv(nearest(x), f"{name}.conv1.1.conv"))
            for number in (1, 2):
                if number == 2:
                    x = conv(x, f"{name}.conv2.conv")
                x = F.leaky_relu(x + self.equal(f"{name}.noise{number}.weight_orig") * noise, .2)
                style = f"{name}.adain{number}.style.linear"
                style = F.linear(w, self.equal(f"{style}.weight_orig"), p[f"{style}.bias"])[:, :, None, None]
                factor, summand = style.chunk(2, 1)
                x = factor * F.instance_norm(x, eps=1e-5) + summand
        return F.conv2d(x, self.equal(f"generator.to_rgb.{at}.conv.weight_orig"), p[f"generator.to_rgb.{at}.conv.bias"])


def grown():
    side, dim = 16, 6
    net, z = StyleGan1(side, dim), torch.randn(2, dim)
    noises = [torch.randn(1, 1, r, r).half().float() for r in (4, 8, 16)]
    other = OrderedDict((name, tensor + 1) for name, tensor in net.p.items())
    torch.save({"generator": other, "discriminator": {"linear.bias": torch.zeros(1)}, "g_running": net.p},
               FOLDER / "stylegan1.model")
    keep("stylegan1", z=z, output=net(z, noises), **{f"noise{n.shape[-1]}": n[0, 0] for n in noises})


converted()
trained()
ada()
grown()
save_file(OUT, HERE / "stylegan_imports.safetensors")
for path in [HERE / "stylegan_imports.safetensors", *sorted(FOLDER.glob("stylegan*"))]:
    print(f"{path.name}: {path.stat().st_size} bytes")
