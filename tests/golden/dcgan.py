#!/usr/bin/env python3
"""Writes tiny DCGANs with random weights, what PyTorch makes of them, and checkpoints of them as other projects have them.

    python3 tests/golden/dcgan.py          needs torch, numpy, safetensors

    dcgan.safetensors                    pictures, logits, latents, gradients, with batch norm's running and own statistics
    checkpoints/dcgan_*.pt, *.pth        PyTorch's example: zip and the format before 1.6, wrapped, from several GPUs, a discriminator
    checkpoints/igan*.dcgan_theano       iGAN's table of lists of arrays, as Python 2 and Python 3 write it

Plain definitions, written from the descriptions of the networks. Weights are rounded to half precision, so that a model that
is stored so gives the same picture.
"""
import pathlib
import pickle
import struct
import sys
import types
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(23)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "checkpoints"
OUT = {}
NZ, WIDTH, LAYERS = 5, 2, 2
FIRST = WIDTH << LAYERS
SIDE = 4 << LAYERS + 1


def keep(group, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{group}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def keep_all(group, folder, tensors):
    keep(group, **{f"{folder}/{name}": tensor for name, tensor in tensors.items()})


# --- The networks ---------------------------------------------------------------------------------------------------------

def deconv(i, o, k):
    return nn.ConvTranspose2d(i, o, k, 2, 2 if k == 5 else 1, 1 if k == 5 else 0, bias=False)


def conv(i, o, k, bias):
    return nn.Conv2d(i, o, k, 2, 2 if k == 5 else 1, bias=bias)


class Generator(nn.Module):
    def __init__(self, k, c, eps, ink, uniform):
        super().__init__()
        self.k, self.ink, self.uniform = k, ink, uniform
        if k == 5:
            self.project, self.project_norm = nn.Linear(NZ, FIRST * 16, bias=False), nn.BatchNorm1d(FIRST * 16, eps)
        else:
            self.project, self.project_norm = nn.ConvTranspose2d(NZ, FIRST, 4, bias=False), nn.BatchNorm2d(FIRST, eps)
        self.deconv = nn.ModuleList(deconv(FIRST >> i, FIRST >> i + 1, k) for i in range(LAYERS))
        self.deconv_norm = nn.ModuleList(nn.BatchNorm2d(FIRST >> i + 1, eps) for i in range(LAYERS))
        self.to_image = deconv(WIDTH, c, k)

    def forward(self, z):
        z = z.clamp(-1, 1) if self.uniform else z
        x = self.project(z if self.k == 5 else z[:, :, None, None])
        x = F.relu(self.project_norm(x)).view(-1, FIRST, 4, 4)
        for layer, norm in zip(self.deconv, self.deconv_norm):
            x = F.relu(norm(layer(x)))
        x = self.to_image(x)
        return torch.sigmoid(x) if self.ink else torch.tanh(x)


class Block(nn.Module):
    def __init__(self, i, o, k, eps, normed, bias):
        super().__init__()
        self.conv = conv(i, o, k, bias)
        if normed:
            self.norm = nn.BatchNorm2d(o, eps)

    def forward(self, x):
        x = self.conv(x)
        return F.leaky_relu(self.norm(x) if hasattr(self, "norm") else x, .2)


class Trunk(nn.Module):
    """Discriminator or predictor: its last layer is called `head`."""

    def __init__(self, k, c, eps, normed, head, n):
        super().__init__()
        self.layers = nn.ModuleList(
            Block(c if i == 0 else WIDTH << i - 1, WIDTH << i, k, eps, normed and i > 0, not normed)
            for i in range(LAYERS + 1))
        self.head = head
        setattr(self, head, nn.Conv2d(FIRST, n, 4, bias=False))

    def forward(self, x):
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return getattr(self, self.head)(x).flatten(1), features


def randomize(net):
    for name, tensor in list(net.named_parameters()) + list(net.named_buffers()):
        if "num_batches" in name:
            continue
        with torch.no_grad():
            if name.endswith("running_var"):
                tensor.uniform_(.1, .5)
            elif "norm" in name and name.endswith("weight"):
                tensor.normal_(1, .3)
            elif tensor.dim() > 1:
                tensor.normal_(0, 1.5 / (tensor[0].numel()) ** .5)
            else:
                tensor.normal_(0, .3)
            tensor.copy_(tensor.half().float())
    return net


def state(net):
    return {key: value.clone() for key, value in net.state_dict().items() if "num_batches" not in key}


def grads(net):
    return {name: parameter.grad for name, parameter in net.named_parameters()}


def trained(group, folder, net, x, index=None):
    """The result with the batch's own statistics, the gradients of a product with fixed numbers, the running statistics."""
    before = state(net)
    net.train()
    net.zero_grad()
    y = net(x) if index is None else net(x)[index]
    seed = torch.randn_like(y)
    (y * seed).sum().backward()
    keep(group, **{f"{folder}_trained": y, f"{folder}_trained_seed": seed})
    keep_all(group, f"{folder}_grads", grads(net))
    keep_all(group, f"{folder}_running", {key: value for key, value in state(net).items() if "running" in key})
    net.load_state_dict(before, strict=False)
    net.eval()


def group(name, k, c, eps, ink=False, uniform=True, normed=True, n=3):
    g = randomize(Generator(k, c, eps, ink, uniform)).eval()
    d = randomize(Trunk(k, c, eps, normed, "to_logit", 1)).eval()
    p = randomize(Trunk(k, c, eps, True, "to_latent", NZ)).eval()
    for network, net in (("generator", g), ("discriminator", d), ("predictor", p)):
        keep_all(name, "weights", {f"{network}.{key}": value for key, value in state(net).items()})
    z = (1.2 * torch.randn(n, NZ)).requires_grad_()
    pictures = g(z)
    seed = torch.randn_like(pictures)
    (pictures * seed).sum().backward()
    keep(name, latents=z, pictures=pictures, seed=seed, latents_grad=z.grad)
    x = (torch.rand(n, c, SIDE, SIDE) * (1 if ink else 2) - (0 if ink else 1)).requires_grad_()
    logits, features = d(x)
    logits.sum().backward()
    keep(name, seen=x, logits=logits.flatten(), seen_grad=x.grad)
    keep(name, **{f"features/{at}": feature for at, feature in enumerate(features)})
    found = p(x)[0]
    keep(name, predicted=found.tanh() if uniform else found)
    trained(name, "generator", g, z.detach())
    trained(name, "discriminator", d, x.detach(), 0)
    trained(name, "predictor", Tanh(p) if uniform else p, x.detach(), None if uniform else 0)
    if not normed:
        d.zero_grad()
        x = x.detach().requires_grad_()
        slope, = torch.autograd.grad(d(x)[0].sum(), x, create_graph=True)
        slope.square().sum((1, 2, 3)).mean().backward()
        keep_all(name, "r1_grads", grads(d))
    return g, d, p


class Tanh(nn.Module):
    """A predictor of uniform latents, under the predictor's own names."""

    def __init__(self, net):
        super().__init__()
        self.layers, self.to_latent = net.layers, net.to_latent
        self.net = [net]

    def forward(self, x):
        return self.net[0](x)[0].tanh()


# --- PyTorch's example ----------------------------------------------------------------------------------------------------

def example(g):
    """The same generator as one Sequential, `main`."""
    net = nn.Module()
    layers = [g.project, g.project_norm, nn.ReLU()]
    for layer, norm in zip(g.deconv, g.deconv_norm):
        layers += [layer, norm, nn.ReLU()]
    net.main = nn.Sequential(*layers, g.to_image, nn.Tanh())
    return net


def example_discriminator():
    net = nn.Module()
    net.main = nn.Sequential(
        nn.Conv2d(3, 2, 4, 2, 1, bias=False), nn.LeakyReLU(.2),
        nn.Conv2d(2, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.LeakyReLU(.2),
        nn.Conv2d(4, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), nn.LeakyReLU(.2),
        nn.Conv2d(8, 1, 4, bias=False), nn.Sigmoid())
    return net


def examples(g):
    g, d = example(g).state_dict(), example_discriminator().state_dict()
    old = dict(_use_new_zipfile_serialization=False)
    torch.save({"netG_state_dict": g, "netD_state_dict": d, "epoch": 5}, FOLDER / "dcgan_both.pt")
    torch.save(OrderedDict((f"module.{key}", value) for key, value in g.items()), FOLDER / "dcgan_gpus.pth", **old)
    torch.save(g, FOLDER / "dcgan_plain.pth", **old)
    torch.save(d, FOLDER / "dcgan_judge.pth", **old)


# --- iGAN -----------------------------------------------------------------------------------------------------------------

def true_conv(x, w):
    """A convolution as mathematics has it: out(p) = sum over q of w(q) x(p - q), at every second pixel."""
    flipped = torch.from_numpy(w.numpy()[:, :, ::-1, ::-1].copy())
    return F.conv2d(F.pad(x, (2, 2, 2, 2)), flipped, stride=2)


def true_deconv(x, w):
    """Its adjoint, found by differentiating it."""
    side = 2 * x.shape[-1]
    image = torch.zeros(x.shape[0], w.shape[1], side, side, requires_grad=True)
    return torch.autograd.grad((true_conv(image, w) * x).sum(), image)[0]


def normed(x, gain, bias, mean, variance):
    at = (1, -1) + (1,) * (x.dim() - 2)
    return (x - mean.view(at)) / (variance.view(at) + 1e-8).sqrt() * gain.view(at) + bias.view(at)


def igan(name, c, ink):
    half = lambda *shape, mean=0., sd=1.: (torch.randn(shape) * sd + mean).half().float()
    def norms(channels):
        return [half(channels, mean=1, sd=.3), half(channels, sd=.3)], half(channels, sd=.2), (half(channels).abs() + .1).half().float()

    def generator():
        params, means, variances = [half(NZ, FIRST * 16, sd=.5)], [], []
        for at in range(LAYERS + 1):
            pair, mean, variance = norms(FIRST * 16 if at == 0 else FIRST >> at)
            params += pair
            means.append(mean)
            variances.append(variance)
            params.append(half(FIRST >> at, FIRST >> at + 1 if at < LAYERS else c, 5, 5, sd=.3))
        return params, means + variances

    def trunk(n):
        params, means, variances = [half(WIDTH, c, 5, 5, sd=.3)], [], []
        for at in range(LAYERS):
            pair, mean, variance = norms(WIDTH << at + 1)
            params += [half(WIDTH << at + 1, WIDTH << at, 5, 5, sd=.3), *pair]
            means.append(mean)
            variances.append(variance)
        return params + [half(FIRST * 16, n, sd=.2)], means + variances

    def draw(z, params, stats):
        x = z.clamp(-1, 1) @ params[0]
        for at in range(LAYERS + 1):
            gain, bias, w = params[3 * at + 1:3 * at + 4]
            x = F.relu(normed(x, gain, bias, stats[at], stats[at + LAYERS + 1]))
            x = true_deconv(x.reshape(-1, FIRST, 4, 4) if at == 0 else x, w)
        return x.sigmoid() if ink else x.tanh()

    def look(x, params, stats):
        x = F.leaky_relu(true_conv(x, params[0]), .2)
        for at in range(LAYERS):
            w, gain, bias = params[3 * at + 1:3 * at + 4]
            x = F.leaky_relu(normed(true_conv(x, w), gain, bias, stats[at], stats[at + LAYERS]), .2)
        return x.flatten(1) @ params[-1]

    (g, gs), (d, ds), (p, ps) = generator(), trunk(1), trunk(NZ)
    z = 1.2 * torch.randn(3, NZ)
    painted = draw(z, g, gs)
    keep(name, latents=z, pictures=painted, logits=look(painted, d, ds).flatten(), predicted=look(painted, p, ps).tanh())
    lists = {"gen_params": g, "gen_batchnorm": gs, "disc_params": d, "disc_batchnorm": ds, "predict_params": p,
             "predict_batchnorm": ps}
    return {key: [tensor.numpy() for tensor in tensors] for key, tensors in lists.items()}


class Python2:
    """Pickles tables, lists and arrays as Python 2's cPickle does at protocol 2: numbers as strings of bytes."""

    def __init__(self):
        self.out = bytearray(b"\x80\x02")
        self.n_memo = 0

    def put(self):
        self.out += b"q" + bytes([self.n_memo]) if self.n_memo < 256 else b"r" + struct.pack("<I", self.n_memo)
        self.n_memo += 1

    def string(self, data):
        self.out += b"U" + bytes([len(data)]) + data if len(data) < 256 else b"T" + struct.pack("<I", len(data)) + data
        self.put()

    def number(self, n):
        self.out += b"K" + bytes([n]) if 0 <= n < 256 else b"M" + struct.pack("<H", n) if 0 <= n < 65536 else b"J" + struct.pack("<i", n)

    def shape(self, dims):
        if len(dims) > 3:
            self.out += b"("
        for n in dims:
            self.number(n)
        self.out += b"t" if len(dims) > 3 else bytes([0x84 + len(dims)]) if dims else b")"
        self.put()

    def array(self, array):
        self.out += b"cnumpy.core.multiarray\n_reconstruct\n"
        self.put()
        self.out += b"cnumpy\nndarray\n"
        self.put()
        self.shape((0,))
        self.string(b"b")
        self.out += b"\x87"
        self.put()
        self.out += b"R"
        self.put()
        self.out += b"("
        self.number(1)
        self.shape(array.shape)
        self.out += b"cnumpy\ndtype\n"
        self.put()
        self.string(array.dtype.str[1:].encode())
        self.number(0)
        self.number(1)
        self.out += b"\x87"
        self.put()
        self.out += b"R"
        self.put()
        self.out += b"("
        self.number(3)
        self.string(b"<")
        self.out += b"NNN"
        self.number(-1)
        self.number(-1)
        self.number(0)
        self.out += b"t"
        self.put()
        fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        self.out += b"b\x88" if fortran else b"b\x89"
        self.string(array.tobytes(order="F" if fortran else "C"))
        self.out += b"t"
        self.put()
        self.out += b"b"

    def value(self, value):
        if isinstance(value, np.ndarray):
            return self.array(value)
        self.out += b"]" if isinstance(value, list) else b"}"
        self.put()
        self.out += b"("
        for item in value.items() if isinstance(value, dict) else value:
            if isinstance(value, dict):
                self.string(item[0].encode())
                item = item[1]
            self.value(item)
        self.out += b"u" if isinstance(value, dict) else b"e"

    def dumps(self, value):
        self.value(value)
        self.out += b"."
        return bytes(self.out)


class OnGpu:
    """An array that Theano kept on a GPU pickles itself as a call of Theano's with the array."""

    def __init__(self, array):
        self.array = array

    def __reduce__(self):
        module = types.ModuleType("theano.sandbox.cuda.type")
        def CudaNdarray_unpickler(array):
            return array
        CudaNdarray_unpickler.__module__, CudaNdarray_unpickler.__qualname__ = module.__name__, "CudaNdarray_unpickler"
        module.CudaNdarray_unpickler = CudaNdarray_unpickler
        for name in ("theano", "theano.sandbox", "theano.sandbox.cuda"):
            sys.modules.setdefault(name, types.ModuleType(name))
        sys.modules[module.__name__] = module
        return CudaNdarray_unpickler, (self.array,)


def igans():
    table = igan("igan", 3, False)
    path = lambda name: FOLDER / f"{name}.dcgan_theano"
    path("igan").write_bytes(Python2().dumps(table))
    for protocol in (2, 4, 5):
        path(f"igan_python3_{protocol}").write_bytes(pickle.dumps(table, protocol))
    old = {
        "gen_params": [OnGpu(np.asfortranarray(array)) for array in table["gen_params"]],
        "disc_params": table["disc_params"],
        "postlearn_params": [table["disc_batchnorm"], table["gen_batchnorm"]],
        "predict_params": table["predict_params"],
        "postlearn_predict_params": table["predict_batchnorm"],
    }
    path("igan_old").write_bytes(pickle.dumps(old, 2))
    path("igan_sketch").write_bytes(Python2().dumps(igan("igan_sketch", 1, True)))


group("igan_form", 5, 3, 1e-8)
group("ink_form", 5, 1, 1e-8, ink=True)
generator, _, _ = group("pytorch_form", 4, 3, 1e-5, uniform=False)
examples(generator)
group("plain_form", 4, 3, 1e-5, uniform=False, normed=False)
igans()
path = pathlib.Path(__file__).with_suffix(".safetensors")
save_file(OUT, path)
print(f"{path}: {len(OUT)} tensors, {path.stat().st_size} bytes")
