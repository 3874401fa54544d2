#!/usr/bin/env python3
"""Writes nets.safetensors: tiny networks with random weights, their inputs, and what PyTorch makes of them.

    python3 tests/golden/nets.py          needs torch, safetensors

Plain definitions, written from the descriptions of the networks (those of StyleGAN2's kind in plain.py). Keys of weights are
those of the files in circulation.
"""
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

from plain import (comodgan_fill, comodgan_mapping, comodgan_shapes, random_like, stylegan2_draw, stylegan2_mapping,
                   stylegan2_shapes)

torch.manual_seed(7)
torch.set_num_threads(1)
OUT = {}


def keep(network, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{network}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def weights(network, state):
    keep(network, **{f"weights/{name}": tensor for name, tensor in state.items()})


# --- ResNet ---------------------------------------------------------------------------------------------------------------

class Crop(nn.Module):
    def forward(self, x):
        return x[:, :, :-1, :-1]


class Block(nn.Module):
    def __init__(self, c, norm, bias):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm(c), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm(c))

    def forward(self, x):
        return x + self.conv_block(x)


def resnet(c_in, w, blocks):
    norm = nn.InstanceNorm2d
    return nn.Sequential(
        nn.ReflectionPad2d(3), nn.Conv2d(c_in, w, 7), norm(w), nn.ReLU(),
        nn.Conv2d(w, 2 * w, 3, 2, 1), norm(2 * w), nn.ReLU(),
        nn.Conv2d(2 * w, 4 * w, 3, 2, 1), norm(4 * w), nn.ReLU(),
        *[Block(4 * w, norm, True) for _ in range(blocks)],
        nn.ConvTranspose2d(4 * w, 2 * w, 3, 2, 1, 1), norm(2 * w), nn.ReLU(),
        nn.ConvTranspose2d(2 * w, w, 3, 2, 1, 1), norm(w), nn.ReLU(),
        nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7), nn.Tanh())


def service(w, blocks):
    """The TensorFlow dialect; the result is (modules, names as the PyTorch dialect would number them)."""
    def norm(c):
        layer = nn.InstanceNorm2d(c, eps=1e-3, affine=True)
        nn.init.normal_(layer.weight, 1, .3)
        nn.init.normal_(layer.bias, 0, .3)
        return layer
    down = lambda i, o: [nn.ReflectionPad2d(1), nn.Conv2d(i, o, 3, 2, bias=False), norm(o), nn.ReLU()]
    up = lambda i, o: [nn.ConvTranspose2d(i, o, 3, 2, bias=False), Crop(), norm(o), nn.ReLU()]
    net = nn.Sequential(
        nn.ReflectionPad2d(3), nn.Conv2d(1, w, 7, bias=False), norm(w), nn.ReLU(),
        *down(w, 2 * w), *down(2 * w, 4 * w),
        *[Block(4 * w, norm, False) for _ in range(blocks)],
        *up(4 * w, 2 * w), *up(2 * w, w),
        nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7), nn.Tanh())
    theirs = [i for i, layer in enumerate(net) if any(True for _ in layer.parameters())]
    n = 10 + blocks
    ours = [1, 2, 4, 5, 7, 8, *range(10, n), n, n + 1, n + 3, n + 4, n + 7]
    return net, dict(zip(theirs, ours, strict=True))


def resnets():
    net, x = resnet(3, 4, 2), torch.randn(2, 3, 16, 20)
    weights("resnet", {f"model.{k}": v for k, v in net.state_dict().items()})
    keep("resnet", input=x, output=net(x))
    net, names = service(4, 1)
    x = torch.rand(1, 1, 16, 12)
    state = {}
    for key, value in net.state_dict().items():
        at, rest = key.split(".", 1)
        state[f"model.{names[int(at)]}.{rest}"] = value
    weights("service", state)
    keep("service", input=x, output=net(x))


# --- DCGAN ----------------------------------------------------------------------------------------------------------------

class Dcgan(nn.Module):
    def __init__(self, n_latent, width, n_layers, c_out):
        super().__init__()
        first = width << n_layers
        self.first = first
        self.project = nn.Linear(n_latent, first * 16, bias=False)
        self.project_norm = nn.BatchNorm1d(first * 16, eps=1e-8)
        deconv = lambda i, o: nn.ConvTranspose2d(i, o, 5, 2, 2, 1, bias=False)
        self.deconv = nn.ModuleList(deconv(first >> i, first >> i + 1) for i in range(n_layers))
        self.deconv_norm = nn.ModuleList(nn.BatchNorm2d(first >> i + 1, eps=1e-8) for i in range(n_layers))
        self.to_image = deconv(width, c_out)
        self.end = torch.tanh if c_out == 3 else torch.sigmoid

    def forward(self, z):
        x = F.relu(self.project_norm(self.project(z.clamp(-1, 1)))).view(-1, self.first, 4, 4)
        for deconv, norm in zip(self.deconv, self.deconv_norm):
            x = F.relu(norm(deconv(x)))
        return self.end(self.to_image(x))


def dcgans():
    for name, c_out in (("dcgan", 3), ("sketch", 1)):
        net = Dcgan(6, 3, 2, c_out)
        for layer in net.modules():
            if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
                nn.init.normal_(layer.weight, 1, .3)
                nn.init.normal_(layer.bias, 0, .3)
                layer.running_mean.normal_(0, .2)
                layer.running_var.uniform_(.1, .5)
        state = {k: v.clone() for k, v in net.state_dict().items() if "num_batches" not in k}
        weights(name, state)
        z = (1.5 * torch.randn(3, 6)).requires_grad_()
        out = net.eval()(z)
        seed = torch.randn_like(out)
        (out * seed).sum().backward()
        keep(name, input=z, output=out, seed=seed, input_grad=z.grad)
        net.train()
        keep(name, trained=net(z))
        keep(name, **{"running_mean": net.project_norm.running_mean, "running_var": net.deconv_norm[1].running_var})


# --- StyleGAN2 and CoModGAN -----------------------------------------------------------------------------------------------

def stylegan2():
    side, dim = 16, 6
    p = random_like(stylegan2_shapes(side, dim))
    z = torch.randn(2, dim)
    w = stylegan2_mapping(p, z)
    ws = torch.randn(2, 6, dim)
    weights("stylegan2", p)
    keep("stylegan2", input=z, style=w, output=stylegan2_draw(p, side, w[:, None].repeat(1, ws.shape[1], 1)))
    keep("stylegan2", styles=ws, output_of_styles=stylegan2_draw(p, side, ws))


def comodgan(group, is_vgg):
    side, dim, wide = 16, 6, 5
    p = random_like(comodgan_shapes(side, dim, wide, is_vgg=is_vgg))
    z, image = torch.randn(2, dim), torch.rand(2, 3, side, side) * 2 - 1
    known = (torch.rand(2, 1, side, side) > .5).float()
    w = comodgan_mapping(p, z)
    ws = torch.randn(2, 6, dim)
    dropout = torch.tensor([[0., 2, 2, 0, 2]])
    weights(group, p)
    net = lambda limit, dropout: comodgan_fill(p, side, image, known, ws, limit, dropout)
    keep(group, input=z, style=w, image=image, known=known, styles=ws, dropout=dropout,
         output=net(None, torch.ones(1, wide)), clamped=net(1.5, dropout))


resnets()
dcgans()
stylegan2()
comodgan("comodgan", False)
comodgan("comodgan_vgg", True)
path = pathlib.Path(__file__).with_suffix(".safetensors")
save_file(OUT, path)
print(f"{path}: {len(OUT)} tensors, {path.stat().st_size} bytes")
