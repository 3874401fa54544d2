#!/usr/bin/env python3
"""Writes checkpoints as other projects have them, tiny and with random weights, and what PyTorch makes of them.

    python3 tests/golden/imports.py          needs torch, safetensors

    imports.safetensors    inputs and pictures of the three networks
    checkpoints/*.pt       `torch.save` in the zip format, *.pth in the format before PyTorch 1.6

Plain definitions, written from the descriptions of the networks. Weights are rounded to half precision, so that a model that
is stored so gives the same picture.
"""
import math
import os
import pathlib
import pickle
from collections import OrderedDict

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(11)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "checkpoints"
FOLDER.mkdir(exist_ok=True)
OUT = {}
SIDE, SIDES, DIM, WIDE = 16, (8, 16), 6, 5
TAPS = torch.tensor([1., 3, 3, 1])
KERNEL = TAPS[:, None] * TAPS[None, :] / 64


def keep(network, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{network}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def channels(side, base=64, most=8):
    return min(base // side, most)


def draw(shape, mean=0., sd=1.):
    return (torch.randn(shape) * sd + mean).half().float()


def upfirdn(x, kernel, up=1, pad=(0, 0)):
    n, c, h, w = x.shape
    if up > 1:
        z = torch.zeros(n, c, h * up, w * up)
        z[:, :, ::up, ::up] = x
        x = z
    x = F.pad(x, (pad[0], pad[1], pad[0], pad[1]))
    return F.conv2d(x, kernel.flip(0, 1)[None, None].repeat(c, 1, 1, 1), groups=c)


def doubled(x):
    return upfirdn(x, KERNEL * 4, up=2, pad=(2, 1))


def lrelu(x, limit):
    x = F.leaky_relu(x, .2) * math.sqrt(2)
    return x if limit is None else x.clamp(-limit, limit)


def dense(x, w, b, lr=1.):
    return x @ (w * (lr / math.sqrt(w.shape[1]))).T + b * lr


def per_channel(b):
    return b.reshape(1, -1, 1, 1)


# --- CoModGAN, either naming ----------------------------------------------------------------------------------------------

class Ada:
    """Keys after StyleGAN2-ADA: MI-GAN's and SH-GAN's CoModGAN. Activations are cut to 256."""
    limit = 256.

    def __init__(self):
        p = self.p = OrderedDict()
        for i in range(2):
            p[f"mapping.fc{i}.weight"], p[f"mapping.fc{i}.bias"] = draw((DIM, DIM), sd=100), draw(DIM, sd=30)
        p["mapping.w_avg"] = draw(DIM)
        top = channels(SIDE)
        p[f"encoder.b{SIDE}.fromrgb.weight"], p[f"encoder.b{SIDE}.fromrgb.bias"] = draw((top, 4, 1, 1)), draw(top, sd=.3)
        for r in reversed(SIDES):
            for name, i, o in (("conv0", channels(r), channels(r)), ("conv1", channels(r), channels(r // 2))):
                p[f"encoder.b{r}.{name}.weight"], p[f"encoder.b{r}.{name}.bias"] = draw((o, i, 3, 3)), draw(o, sd=.3)
            p[f"encoder.b{r}.conv1.resample_filter"] = KERNEL
        last = channels(4)
        p["encoder.b4.conv.weight"], p["encoder.b4.conv.bias"] = draw((last, last, 3, 3)), draw(last, sd=.3)
        p["encoder.b4.fc.weight"], p["encoder.b4.fc.bias"] = draw((WIDE, last * 16)), draw(WIDE, sd=.3)
        p["synthesis.b4.fc.weight"], p["synthesis.b4.fc.bias"] = draw((last * 16, WIDE)), draw(last * 16, sd=.3)
        self.layer("synthesis.b4.conv", last, last, 4)
        self.layer("synthesis.b4.torgb", last, 3, None)
        p["synthesis.b4.conv.resample_filter"] = KERNEL
        for r in SIDES:
            self.layer(f"synthesis.b{r}.conv0", channels(r // 2), channels(r), r)
            self.layer(f"synthesis.b{r}.conv1", channels(r), channels(r), r)
            self.layer(f"synthesis.b{r}.torgb", channels(r), 3, None)
            p[f"synthesis.b{r}.conv0.resample_filter"] = KERNEL
            p[f"synthesis.b{r}.resample_filter"] = KERNEL

    def layer(self, at, i, o, noise):
        k = 3 if noise else 1
        self.p[f"{at}.weight"], self.p[f"{at}.bias"] = draw((o, i, k, k)), draw(o, sd=.3)
        self.p[f"{at}.affine.weight"], self.p[f"{at}.affine.bias"] = draw((i, DIM + WIDE)), draw(i, 1, .2)
        if noise:
            self.p[f"{at}.noise_const"], self.p[f"{at}.noise_strength"] = draw((noise, noise)), draw(())

    def mapping(self, i):
        return self.p[f"mapping.fc{i}.weight"], self.p[f"mapping.fc{i}.bias"]

    def plain(self, part, r, name):
        at = f"encoder.b{r}.{name}"
        return self.p[f"{at}.weight"], self.p[f"{at}.bias"]

    def first(self):
        return self.p["synthesis.b4.fc.weight"], self.p["synthesis.b4.fc.bias"]

    def styled(self, r, name):
        """weight, bias, affine weight and bias, noise."""
        at = f"synthesis.b{r}.{name}"
        noise = self.p.get(f"{at}.noise_const")
        noise = 0 if noise is None else noise * self.p[f"{at}.noise_strength"]
        return [self.p[f"{at}.{leaf}"] for leaf in ("weight", "bias", "affine.weight", "affine.bias")] + [noise]


class Port:
    """Keys of the PyTorch ports of the official code. Noise is drawn anew there; here it is kept beside the checkpoint."""
    limit = None
    names = {"conv": "Conv", "conv0": "Conv0_up", "conv1": "Conv1", "torgb": "ToRGB"}

    def __init__(self):
        p, self.noise = OrderedDict(), {}
        self.p = p
        for i in range(2):
            at = f"G_mapping.G_mapping.Dense{i}"
            p[f"{at}.weight"], p[f"{at}.bias"] = draw((DIM, DIM), sd=100), draw(DIM, sd=30)
        e, last = "G_synthesis.E", channels(4)
        top = channels(SIDE)
        p[f"{e}.{SIDE}x{SIDE}_0.FromRGB.0.weight"] = draw((top, 4, 1, 1))
        p[f"{e}.{SIDE}x{SIDE}_0.FromRGB.1.bias"] = draw(top, sd=.3)
        for r in reversed(SIDES):
            c, half = channels(r), channels(r // 2)
            p[f"{e}.{r}x{r}.Conv0.0.weight"], p[f"{e}.{r}x{r}.Conv0.1.bias"] = draw((c, c, 3, 3)), draw(c, sd=.3)
            p[f"{e}.{r}x{r}.Conv1_down.0.kernel"] = KERNEL
            p[f"{e}.{r}x{r}.Conv1_down.1.weight"] = draw((half, c, 3, 3))
            p[f"{e}.{r}x{r}.Conv1_down.2.bias"] = draw(half, sd=.3)
        p[f"{e}.4x4.Conv.0.weight"], p[f"{e}.4x4.Conv.1.bias"] = draw((last, last, 3, 3)), draw(last, sd=.3)
        p[f"{e}.4x4.Dense0.weight"], p[f"{e}.4x4.Dense0.bias"] = draw((WIDE, last * 16)), draw(WIDE, sd=.3)
        g = "G_synthesis.G_4x4"
        p[f"{g}.Dense.weight"], p[f"{g}.Dense.bias"] = draw((last * 16, WIDE)), draw(last * 16, sd=.3)
        self.layer(4, "conv", last, last)
        self.layer(4, "torgb", last, 3)
        for r in SIDES:
            self.layer(r, "conv0", channels(r // 2), channels(r))
            p[f"G_synthesis.G_{r}x{r}.Conv0_up.conv.blur.kernel"] = KERNEL * 4
            self.layer(r, "conv1", channels(r), channels(r))
            self.layer(r, "torgb", channels(r), 3)
            p[f"G_synthesis.G_{r}x{r}.ToRGB.upsample.kernel"] = KERNEL * 4

    def layer(self, r, name, i, o):
        at, k = f"G_synthesis.G_{r}x{r}.{self.names[name]}", 1 if name == "torgb" else 3
        self.p[f"{at}.conv.weight"] = draw((1, o, i, k, k))
        self.p[f"{at}.conv.modulation.weight"] = draw((i, DIM + WIDE))
        self.p[f"{at}.conv.modulation.bias"] = draw(i, 1, .2)
        if name == "torgb":
            self.p[f"{at}.bias"] = draw((1, 3, 1, 1), sd=.3)
        else:
            self.p[f"{at}.noise.weight"], self.p[f"{at}.activate.bias"] = draw(1), draw(o, sd=.3)
            self.noise[f"synthesis.b{r}.{name}.noise_const"] = draw((r, r))

    def mapping(self, i):
        at = f"G_mapping.G_mapping.Dense{i}"
        return self.p[f"{at}.weight"], self.p[f"{at}.bias"]

    def plain(self, part, r, name):
        at = {"fromrgb": f"{r}x{r}_0.FromRGB", "conv0": f"{r}x{r}.Conv0", "conv1": f"{r}x{r}.Conv1_down",
              "conv": "4x4.Conv", "fc": "4x4.Dense0"}[name]
        found = [v for k, v in self.p.items() if k.startswith(f"G_synthesis.E.{at}.") and not k.endswith("kernel")]
        return tuple(found)

    def first(self):
        return self.p["G_synthesis.G_4x4.Dense.weight"], self.p["G_synthesis.G_4x4.Dense.bias"]

    def styled(self, r, name):
        at = f"G_synthesis.G_{r}x{r}.{self.names[name]}"
        bias = self.p[f"{at}.bias"] if name == "torgb" else self.p[f"{at}.activate.bias"]
        noise = 0 if name == "torgb" else self.noise[f"synthesis.b{r}.{name}.noise_const"] * self.p[f"{at}.noise.weight"]
        weight = self.p[f"{at}.conv.weight"][0]
        return [weight, bias, self.p[f"{at}.conv.modulation.weight"], self.p[f"{at}.conv.modulation.bias"], noise]


def modulated(x, weight, s, up=False, demodulate=True):
    w = weight / math.sqrt(weight[0].numel()) * s[0][None, :, None, None]
    if demodulate:
        w = w * torch.rsqrt(w.square().sum((1, 2, 3), keepdim=True) + 1e-8)
    if up:
        return upfirdn(F.conv_transpose2d(x, w.transpose(0, 1), stride=2), KERNEL * 4, pad=(1, 1))
    return F.conv2d(x, w, padding=w.shape[2] // 2)


def comodgan(net, z, image, known):
    """One picture, by whichever net's weights."""
    w = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
    for i in range(2):
        w = lrelu(dense(w, *net.mapping(i), .01), net.limit)

    def conv(x, r, name, down=False):
        weight, bias = net.plain("encoder", r, name)
        weight = weight / math.sqrt(weight[0].numel())
        if down:
            x = F.conv2d(upfirdn(x, KERNEL, pad=(2, 2)), weight, stride=2)
        else:
            x = F.conv2d(x, weight, padding=weight.shape[2] // 2)
        return lrelu(x + per_channel(bias), net.limit)

    x, kept = conv(torch.cat([known - .5, image * known], 1), SIDE, "fromrgb"), {}
    for r in reversed(SIDES):
        kept[r] = conv(x, r, "conv0")
        x = conv(kept[r], r, "conv1", down=True)
    kept[4] = conv(x, 4, "conv")
    g = lrelu(dense(kept[4].flatten(1), *net.plain("encoder", 4, "fc")), net.limit)
    u = torch.cat([w, g], 1)

    def layer(x, r, name, up=False):
        weight, bias, a, b, noise = net.styled(r, name)
        return lrelu(modulated(x, weight, dense(u, a, b), up) + noise + per_channel(bias), net.limit)

    def painted(x, r):
        weight, bias, a, b, _ = net.styled(r, "torgb")
        return modulated(x, weight, dense(u, a, b), demodulate=False) + per_channel(bias)

    x = lrelu(dense(g, *net.first()), net.limit).view(1, channels(4), 4, 4)
    x = layer(x + kept[4], 4, "conv")
    y = painted(x, 4)
    for r in SIDES:
        x = layer(layer(x, r, "conv0", up=True) + kept[r], r, "conv1")
        y = doubled(y) + painted(x, r)
    return y * (1 - known) + image * known


# --- MI-GAN ---------------------------------------------------------------------------------------------------------------

class MiGan:
    limit = 256.

    def __init__(self):
        p = self.p = OrderedDict()
        top, last = channels(SIDE), channels(4)
        p[f"encoder.b{SIDE}.fromrgb.weight"], p[f"encoder.b{SIDE}.fromrgb.bias"] = draw((top, 4, 1, 1)), draw(top, sd=.3)
        for r in reversed(SIDES):
            c, half = channels(r), channels(r // 2)
            self.separable(f"encoder.b{r}.conv1", c, c)
            self.separable(f"encoder.b{r}.conv2", c, half)
            p[f"encoder.b{r}.conv2.downsample.filter.weight"] = KERNEL.repeat(c, 1, 1, 1)
        for part in ("encoder", "synthesis"):
            self.separable(f"{part}.b4.conv1", last, last)
            self.separable(f"{part}.b4.conv2", last, last)
        self.rgb(4)
        zeros = torch.tensor([[1., 0], [0, 0]])
        for r in SIDES:
            c, half = channels(r), channels(r // 2)
            self.separable(f"synthesis.b{r}.conv1", half, c, r)
            self.separable(f"synthesis.b{r}.conv2", c, c, r)
            p[f"synthesis.b{r}.conv1.upsample.insert_zeros.weight"] = zeros.repeat(c, 1, 1, 1)
            p[f"synthesis.b{r}.conv1.upsample.filter.weight"] = (KERNEL * 4).repeat(c, 1, 1, 1)
            # As later exports have it: the pattern at the whole size.
            p[f"synthesis.b{r}.upsample.filter_const"] = zeros.repeat(1, 1, r // 2, r // 2)
            p[f"synthesis.b{r}.upsample.filter.weight"] = (KERNEL * 4).repeat(3, 1, 1, 1)
            self.rgb(r)

    def separable(self, at, i, o, noise=None):
        self.p[f"{at}.conv1.weight"], self.p[f"{at}.conv1.bias"] = draw((i, 1, 3, 3), sd=.4), draw(i, sd=.3)
        self.p[f"{at}.conv2.weight"] = draw((o, i, 1, 1), sd=.4)
        if noise:
            self.p[f"{at}.noise_const"], self.p[f"{at}.noise_strength"] = draw((noise, noise)), draw(())

    def rgb(self, r):
        at = f"synthesis.b{r}.torgb"
        self.p[f"{at}.weight"], self.p[f"{at}.bias"] = draw((3, channels(r), 1, 1)), draw(3, sd=.3)

    def conv(self, at, x, down=False, up=False):
        p = self.p
        x = F.conv2d(x, p[f"{at}.conv1.weight"], p[f"{at}.conv1.bias"], padding=1, groups=x.shape[1])
        x = lrelu(x, self.limit)
        if down:
            x = upfirdn(x, KERNEL, pad=(1, 1))[:, :, ::2, ::2]
        x = F.conv2d(x, p[f"{at}.conv2.weight"])
        if up:
            x = doubled(x)
        if f"{at}.noise_const" in p:
            x = x + p[f"{at}.noise_const"] * p[f"{at}.noise_strength"]
        return lrelu(x, self.limit)

    def __call__(self, image, known):
        p, kept = self.p, {}
        x = torch.cat([known - .5, image * known], 1)
        x = lrelu(F.conv2d(x, p[f"encoder.b{SIDE}.fromrgb.weight"], p[f"encoder.b{SIDE}.fromrgb.bias"]), self.limit)
        for r in (*reversed(SIDES), 4):
            kept[r] = self.conv(f"encoder.b{r}.conv1", x)
            x = self.conv(f"encoder.b{r}.conv2", kept[r], down=r > 4)
        rgb = lambda r, x: F.conv2d(x, p[f"synthesis.b{r}.torgb.weight"], p[f"synthesis.b{r}.torgb.bias"])
        x = self.conv("synthesis.b4.conv2", self.conv("synthesis.b4.conv1", x) + kept[4])
        y = rgb(4, x)
        for r in SIDES:
            x = self.conv(f"synthesis.b{r}.conv2", self.conv(f"synthesis.b{r}.conv1", x, up=True) + kept[r])
            y = doubled(y) + rgb(r, x)
        return y * (1 - known) + image * known


# --- files ----------------------------------------------------------------------------------------------------------------

def save(name, value, zipped):
    torch.save(value, FOLDER / name, _use_new_zipfile_serialization=zipped)


class Harm:
    """Unpickling this would make a file."""
    def __reduce__(self):
        return os.system, ("touch pentimento-was-here",)


z, image = torch.randn(1, DIM), torch.rand(1, 3, SIDE, SIDE) * 2 - 1
known = (torch.rand(1, 1, SIDE, SIDE) > .5).float()
keep("input", z=z, image=image, known=known)

ada = Ada()
keep("ada", output=comodgan(ada, z, image, known))
save("ada.pt", ada.p, True)
# As a whole training run is saved: other networks, counters, and the averaged weights in a table and with a prefix.
other = {name: tensor + 1 for name, tensor in ada.p.items()}
run = {"iteration": 25_000, "lr": 2e-3, "g": other, "d": {"b16.conv.weight": torch.zeros(2, 2)}, "names": ["a", "b"],
       "g_ema": OrderedDict((f"module.{name}", tensor) for name, tensor in ada.p.items())}
save("ada_run.pth", run, False)
ada.limit = 1.5
keep("ada", clamped=comodgan(ada, z, image, known))

port = Port()
keep("port", output=comodgan(port, z, image, known), **port.noise)
save("port.pth", port.p, False)
save("port_state.pt", {"state_dict": OrderedDict((k, torch.nn.Parameter(v)) for k, v in port.p.items())}, True)

migan = MiGan()
keep("migan", output=migan(image, known))
migan.limit = 1.5
keep("migan", clamped=migan(image, known))
migan.limit = 256.
save("migan.pt", migan.p, True)
half = OrderedDict((k, v.half() if v.ndim else v) for k, v in migan.p.items())
# Rows and columns exchanged in memory, and many tensors in one storage.
flat = torch.cat([v.flatten() for v in half.values() if v.ndim == 4])
at = 0
for k, v in half.items():
    if v.ndim == 4:
        half[k] = flat[at:at + v.numel()].view(v.shape)
        at += v.numel()
    elif v.ndim == 2:
        half[k] = v.t().contiguous().t()
save("migan_views.pth", half, False)

save("harm.pt", OrderedDict([("harm", Harm())]), True)
save("harm.pth", OrderedDict([("harm", Harm())]), False)

save_file(OUT, HERE / "imports.safetensors")
for path in [HERE / "imports.safetensors", *sorted(FOLDER.iterdir())]:
    print(f"{path}: {path.stat().st_size} bytes")
