#!/usr/bin/env python3
"""Writes train.safetensors: what training computes on tiny networks, in PyTorch and double precision.

    python3 tests/golden/train.py          needs torch, safetensors

Context Encoder (values in both modes, gradients), CoModGAN's discriminator, the penalties R1 and path length with their
gradients, and whole training steps. Keys of weights are those that the program reads.
"""
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

from plain import (comodgan_fill, comodgan_judge, comodgan_judge_shapes, comodgan_mapping, comodgan_shapes, random_like)

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
torch.set_num_threads(1)
OUT = {}


def keep(group, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{group}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def keep_all(group, folder, state):
    keep(group, **{f"{folder}/{name}": tensor for name, tensor in state.items()})


def rounded(tensor):
    """The value that the program reads."""
    return tensor.to(torch.float32).to(torch.float64)


def randn(*shape):
    return rounded(torch.randn(*shape))


def pictures(n, side):
    return rounded(torch.rand(n, 3, side, side) * 2 - 1)


def gradients(loss, parameters, create_graph=False):
    """By name; 0 where the loss does not depend on a parameter."""
    found = torch.autograd.grad(loss, parameters.values(), create_graph=create_graph, allow_unused=True)
    return {name: torch.zeros_like(parameters[name]) if grad is None else grad for name, grad in
            zip(parameters, found)}


# --- Context Encoder ------------------------------------------------------------------------------------------------------

def width_at(side, width=2):
    return width * min(max(32 // side, 1), 8)


class Block(nn.Module):
    def __init__(self, conv, act):
        super().__init__()
        self.conv, self.act = conv, act
        self.norm = nn.BatchNorm2d(conv.out_channels)

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class First(nn.Module):
    """Without batch norm."""

    def __init__(self, conv, act):
        super().__init__()
        self.conv, self.act = conv, act

    def forward(self, x):
        return self.act(self.conv(x))


def leaky(x):
    return F.leaky_relu(x, .2)


def halvings(side):
    """side -> 4"""
    conv = lambda i, o: nn.Conv2d(i, o, 4, 2, 1, bias=False)
    layers, at = [First(conv(3, width_at(side // 2)), leaky)], side // 2
    while at > 4:
        layers.append(Block(conv(width_at(at), width_at(at // 2)), leaky))
        at //= 2
    return layers


class Encoder(nn.Module):
    def __init__(self, side, painted, bottleneck):
        super().__init__()
        last = Block(nn.Conv2d(width_at(4), bottleneck, 4, bias=False), leaky)
        self.encoder = nn.Sequential(*halvings(side), last)
        ups, at = [Block(nn.ConvTranspose2d(bottleneck, width_at(4), 4, bias=False), F.relu)], 4
        while 2 * at < painted:
            ups.append(Block(nn.ConvTranspose2d(width_at(at), width_at(2 * at), 4, 2, 1, bias=False), F.relu))
            at *= 2
        self.decoder = nn.Sequential(*ups)
        self.to_image = nn.ConvTranspose2d(width_at(at), 3, 4, 2, 1, bias=False)

    def forward(self, x):
        return torch.tanh(self.to_image(self.decoder(self.encoder(x))))


class Adversary(nn.Module):
    def __init__(self, painted):
        super().__init__()
        self.layers = nn.Sequential(*halvings(painted))
        self.to_logit = nn.Conv2d(width_at(4), 1, 4, bias=False)

    def forward(self, x):
        return self.to_logit(self.layers(x)).flatten()


def start(net, gain=1.):
    """Random weights of a size that makes gradients of the same order everywhere."""
    for layer in net.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0, gain / math.sqrt(layer.weight[0].numel()))
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1, .3)
            nn.init.normal_(layer.bias, 0, .3)
            layer.running_mean.normal_(0, .2)
            layer.running_var.uniform_(.1, .5)
    for tensor in [*net.parameters(), *net.buffers()]:
        tensor.data = rounded(tensor.data) if tensor.is_floating_point() else tensor.data
    return net


def state(net):
    return {name: tensor.clone() for name, tensor in net.state_dict().items() if "num_batches" not in name}


def both_modes(group, net, x):
    keep_all(group, "weights", state(net))
    x = x.requires_grad_()
    out = net.eval()(x)
    seed = randn(*out.shape)
    parameters = dict(net.named_parameters())
    keep(group, input=x, output=out, seed=seed, input_grad=torch.autograd.grad((out * seed).sum(), x)[0])
    trained = net.train()(x)
    keep(group, trained=trained)
    keep_all(group, "grads", gradients((trained * seed).sum(), parameters))
    keep_all(group, "running", {k: v for k, v in state(net).items() if "running" in k})


def context_encoders():
    for name, side, painted in (("context_center", 32, 16), ("context_anywhere", 32, 32)):
        both_modes(name, start(Encoder(side, painted, 5)), pictures(3, side))
    for name, painted in (("adversary_center", 16), ("adversary_anywhere", 32)):
        both_modes(name, start(Adversary(painted)), pictures(3, painted))


# --- CoModGAN -------------------------------------------------------------------------------------------------------------

SIDE, DIM, WIDE = 16, 6, 5


def live(shapes):
    return {name: rounded(tensor).requires_grad_() for name, tensor in random_like(shapes).items()}


def scenes(n):
    known = (torch.rand(n, 1, SIDE, SIDE) > .5).to(torch.float64)
    return pictures(n, SIDE), known


def judge(p):
    (image, known), seed = scenes(8), randn(8)
    image.requires_grad_()
    logits = comodgan_judge(p, SIDE, image, known)
    loss = (logits * seed).sum()
    keep_all("judge", "weights", p)
    keep("judge", image=image, known=known, seed=seed, output=logits, input_grad=gradients(loss, {"x": image})["x"])
    logits = comodgan_judge(p, SIDE, image, known)
    keep_all("judge", "grads", gradients((logits * seed).sum(), p))


def r1(logits, image, gamma):
    """gamma / 2 times the mean over the batch of the squared gradient of the logits."""
    grad = torch.autograd.grad(logits.sum(), image, create_graph=True)[0]
    return gamma / 2 * grad.square().sum((1, 2, 3)).mean()


def gradient_penalty(p):
    image, known = scenes(4)
    image.requires_grad_()
    penalty = r1(comodgan_judge(p, SIDE, image, known), image, 10)
    keep("r1", image=image, known=known, penalty=penalty)
    keep_all("r1", "grads", gradients(penalty, p))


def path_length(p):
    (image, known), z = scenes(2), randn(2, DIM)
    noise, before = randn(2, 3, SIDE, SIDE), torch.tensor(.7)
    ws = comodgan_mapping(p, z)[:, None].repeat(1, 6, 1)
    fake = comodgan_fill(p, SIDE, image, known, ws)
    slope = torch.autograd.grad((fake * noise).sum() / SIDE, ws, create_graph=True)[0]
    lengths = slope.square().sum(2).mean(1).sqrt()
    after = before + .01 * (lengths.mean() - before)
    # The moving average is a target, not a function of the weights.
    penalty = 2 * (lengths - after.detach()).square().mean()
    keep_all("path", "weights", p)
    keep("path", image=image, known=known, z=z, noise=noise, before=before, after=after, lengths=lengths, penalty=penalty)
    trained = {name: tensor for name, tensor in p.items() if not name.endswith(("noise_const", "w_avg"))}
    keep_all("path", "grads", gradients(penalty, trained))


context_encoders()
discriminator = live(comodgan_judge_shapes(SIDE))
judge(discriminator)
gradient_penalty(discriminator)
path_length(live(comodgan_shapes(SIDE, DIM, WIDE)))
path = pathlib.Path(__file__).with_suffix(".safetensors")
save_file(OUT, path)
print(f"{path}: {len(OUT)} tensors, {path.stat().st_size} bytes")
