#!/usr/bin/env python3
"""Writes painters.safetensors: tiny U-Nets, judges and ResNets with random weights, their inputs, and what PyTorch makes of
them; then one step of training.

    python3 tests/golden/painters.py      needs torch, safetensors

Plain definitions, written from the descriptions of the networks; keys of weights are those of the files in circulation.
"""
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(11)
torch.set_num_threads(1)
OUT = {}


def keep(group, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{group}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def weights(group, state):
    keep(group, **{f"weights/{name}": t for name, t in state.items() if "num_batches" not in name})


def norm_layer(kind, channels, eps=1e-5):
    if kind == "batch":
        layer = nn.BatchNorm2d(channels, eps=eps)
        layer.running_mean.normal_(0, .2)
        layer.running_var.uniform_(.3, 1.5)
    else:
        layer = nn.InstanceNorm2d(channels, eps=eps, affine=kind == "affine")
    if kind != "instance":
        nn.init.normal_(layer.weight, 1, .3)
        nn.init.normal_(layer.bias, 0, .3)
    return layer


class Level(nn.Module):
    """One level of the U-Net with those inside of it."""

    def __init__(self, outer, inner, kind, inside=None, c_in=None, is_outermost=False):
        super().__init__()
        bias = kind == "instance"
        down = nn.Conv2d(c_in or outer, inner, 4, 2, 1, bias=bias)
        wide = inner * (2 if inside else 1)
        up = nn.ConvTranspose2d(wide, outer, 4, 2, 1, bias=bias or is_outermost)
        self.is_outermost = is_outermost
        if is_outermost:
            parts = [down, inside, nn.ReLU(), up, nn.Tanh()]
        elif inside is None:
            parts = [nn.LeakyReLU(.2), down, nn.ReLU(), up, norm_layer(kind, outer)]
        else:
            parts = [nn.LeakyReLU(.2), down, norm_layer(kind, inner), inside, nn.ReLU(), up, norm_layer(kind, outer)]
        self.model = nn.Sequential(*parts)

    def forward(self, x):
        return self.model(x) if self.is_outermost else torch.cat([x, self.model(x)], 1)


class UNet(nn.Module):
    def __init__(self, c_in, width, n_levels, kind):
        super().__init__()
        channels = [min(1 << at, 8) * width for at in range(n_levels)]
        level = Level(channels[-2], channels[-1], kind)
        for at in range(n_levels - 2, 0, -1):
            level = Level(channels[at - 1], channels[at], kind, level)
        self.model = Level(3, channels[0], kind, level, c_in, True)

    def forward(self, x):
        return self.model(x)


class Mirror(nn.Module):
    def forward(self, x):
        return F.pad(x, (1, 1, 1, 1), mode="reflect")


def judge(c_in, width, kind, is_mirrored, n=3):
    """The judge; mirrored borders are modules of their own, so names are returned too."""
    eps = 1e-3 if is_mirrored else 1e-5
    pad = 0 if is_mirrored else 1
    layers, names = [], []

    def conv(i, o, stride, bias, name):
        if is_mirrored:
            layers.append(Mirror())
            names.append(None)
        layers.append(nn.Conv2d(i, o, 4, stride, pad, bias=bias))
        names.append(name)

    conv(c_in, width, 2, True, 0)
    layers.append(nn.LeakyReLU(.2))
    names.append(None)
    for at in range(1, n + 1):
        i, o = width * min(1 << at - 1, 8), width * min(1 << at, 8)
        conv(i, o, 2 if at < n else 1, kind == "instance", 3 * at - 1)
        layers += [norm_layer(kind, o, eps), nn.LeakyReLU(.2)]
        names += [3 * at, None]
    conv(width * min(1 << n, 8), 1, 1, True, 3 * n + 2)
    return nn.Sequential(*layers), names


def named(net, names):
    state = {}
    for key, value in net.state_dict().items():
        at, rest = key.split(".", 1)
        state[f"model.{names[int(at)]}.{rest}"] = value
    return state


class Block(nn.Module):
    def __init__(self, c, kind):
        super().__init__()
        bias = kind == "instance"
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm_layer(kind, c), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm_layer(kind, c))

    def forward(self, x):
        return x + self.conv_block(x)


def resnet(c_in, w, blocks, kind):
    bias = kind == "instance"
    conv = lambda i, o: nn.Conv2d(i, o, 3, 2, 1, bias=bias)
    up = lambda i, o: nn.ConvTranspose2d(i, o, 3, 2, 1, 1, bias=bias)
    return nn.Sequential(
        nn.ReflectionPad2d(3), nn.Conv2d(c_in, w, 7, bias=bias), norm_layer(kind, w), nn.ReLU(),
        conv(w, 2 * w), norm_layer(kind, 2 * w), nn.ReLU(), conv(2 * w, 4 * w), norm_layer(kind, 4 * w), nn.ReLU(),
        *[Block(4 * w, kind) for _ in range(blocks)],
        up(4 * w, 2 * w), norm_layer(kind, 2 * w), nn.ReLU(), up(2 * w, w), norm_layer(kind, w), nn.ReLU(),
        nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7), nn.Tanh())


def unets():
    for kind, c_in, levels in (("batch", 3, 5), ("instance", 1, 4), ("affine", 5, 5)):
        net = UNet(c_in, 2, levels, kind)
        side = 1 << levels
        x = torch.randn(1, c_in, 2 * side, side)
        group = f"unet_{kind}"
        weights(group, net.state_dict())
        keep(group, input=x, output=net.eval()(x))
        if kind == "batch":
            before = {k: v.clone() for k, v in net.state_dict().items()}
            two = torch.randn(2, c_in, side, side)
            keep(group, pictures=two, trained=net.train()(two))
            # Batch statistics of a single picture, as the authors' test program runs it (without dropout here).
            net.load_state_dict(before)
            keep(group, faithful=net(x))


def unet_file():
    """A checkpoint as the authors' program of 2017 wrote it: the old format, counts of batches, dropout without weights."""
    net = UNet(3, 1, 4, "batch")
    x = torch.randn(1, 3, 16, 16)
    state = net.state_dict()
    torch.save(state, pathlib.Path(__file__).parent / "checkpoints/pix2pix_unet.pth", _use_new_zipfile_serialization=False)
    keep("unet_file", input=x, output=net.train()(x))


def judges():
    for group, c_in, kind, is_mirrored in (("judge_pytorch", 6, "batch", False), ("judge_service", 4, "affine", True),
                                           ("judge_instance", 3, "instance", False)):
        net, names = judge(c_in, 3, kind, is_mirrored)
        x = torch.randn(2, c_in, 48, 40)
        weights(group, named(net, names))
        keep(group, input=x, output=net.eval()(x))


def resnets():
    for kind in ("batch", "affine"):
        net = resnet(3, 3, 2, kind)
        x = torch.randn(1, 3, 16, 20)
        group = f"resnet_{kind}"
        weights(group, {f"model.{k}": v for k, v in net.state_dict().items()})
        keep(group, input=x, output=net.eval()(x))


def step():
    """One step of both networks: judge on the detached picture, then the painter with the new judge."""
    for group, adversarial in (("step_lsgan", "lsgan"), ("step_vanilla", "vanilla")):
        painter = UNet(1, 2, 4, "affine")
        critic, names = judge(4, 2, "affine", False)
        ink, real = (torch.rand(2, 1, 32, 32) > .8).float(), torch.rand(2, 3, 32, 32) * 2 - 1
        keep(group, **{f"painter_before/{k}": v for k, v in painter.state_dict().items()})
        keep(group, **{f"judge_before/{k}": v for k, v in named(critic, names).items()})
        keep(group, ink=ink, real=real)
        x = 1 - 2 * ink
        adam = lambda net: torch.optim.Adam(net.parameters(), lr=2e-4, betas=(.5, .999), eps=1e-8)
        for_painter, for_judge = adam(painter), adam(critic)

        def loss(scores, target):
            if adversarial == "lsgan":
                return ((scores - target) ** 2).mean()
            return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))

        for at in range(2):
            fake = painter(x)
            judged = .5 * (loss(critic(torch.cat([x, real], 1)), 1.) + loss(critic(torch.cat([x, fake.detach()], 1)), 0.))
            for_judge.zero_grad()
            judged.backward()
            for_judge.step()
            deceived = loss(critic(torch.cat([x, fake], 1)), 1.)
            l1 = (fake - real).abs().mean()
            for_painter.zero_grad()
            (deceived + 10 * l1).backward()
            for_painter.step()
            keep(group, **{f"losses_{at}": torch.stack([judged, deceived, l1])})
        keep(group, **{f"painter_after/{k}": v for k, v in painter.state_dict().items()})
        keep(group, **{f"judge_after/{k}": v for k, v in named(critic, names).items()})


def hed():
    """The edge detector: five side outputs, enlarged between the middles of pixels, mixed."""
    widths, layers = [2, 3, 4, 4, 4], [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]]
    p, c = {}, 3
    for width, block in zip(widths, layers):
        for at in block:
            p[f"features.{at}.weight"] = torch.randn(width, c, 3, 3) * (2 / (9 * c)) ** .5
            p[f"features.{at}.bias"] = torch.randn(width) * .1
            c = width
    for at, width in enumerate(widths, 1):
        p[f"side.{at}.weight"], p[f"side.{at}.bias"] = torch.randn(1, width, 1, 1) * .02, torch.randn(1) * .1
    p["fuse.weight"], p["fuse.bias"] = torch.randn(1, 5, 1, 1) * .5, torch.randn(1) * .1
    image = torch.rand(1, 3, 48, 32) * 2 - 1
    x = (image.flip(1) * 127.5 + 127.5) - torch.tensor([104.00699, 116.66877, 122.67892]).view(1, 3, 1, 1)
    sides = []
    for at, block in enumerate(layers):
        x = F.max_pool2d(x, 2) if at else x
        for layer in block:
            x = F.relu(F.conv2d(x, p[f"features.{layer}.weight"], p[f"features.{layer}.bias"], padding=1))
        side = F.conv2d(x, p[f"side.{at + 1}.weight"], p[f"side.{at + 1}.bias"])
        sides.append(F.interpolate(side, image.shape[2:], mode="bilinear", align_corners=False))
    out = torch.sigmoid(F.conv2d(torch.cat(sides, 1), p["fuse.weight"], p["fuse.bias"]))
    weights("hed", p)
    keep("hed", input=image, output=out)


unets()
unet_file()
judges()
hed()
resnets()
step()
path = pathlib.Path(__file__).with_suffix(".safetensors")
save_file(OUT, path)
print(f"{path}: {len(OUT)} tensors, {path.stat().st_size} bytes")
