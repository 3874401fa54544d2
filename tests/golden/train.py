#!/usr/bin/env python3
"""Writes train.safetensors: what training computes on tiny networks, in PyTorch and double precision.

    python3 tests/golden/train.py          needs torch, safetensors

Context Encoder (values in both modes, gradients), CoModGAN's discriminator, the penalties R1 and path length with their
gradients, and whole training steps. Keys of weights are those that the program reads.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from draws import Rng, U64, seeded_normal, seeded_uniform
from plain import comodgan_fill, comodgan_judge, comodgan_judge_shapes, comodgan_mapping, comodgan_shapes, sides_of
from steps import (Adam, copies, gradients, keep, keep_all, keep_step, lazy, live, pictures, r1, randn, rounded, save, sizes)

torch.manual_seed(11)

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


def step_comodgan():
    n, step, seed, path_mean = 4, 32, 5, .3
    deep, style_seed = 8, 0xA24BAED4963EE407
    before_g, before_d = live(comodgan_shapes(SIDE, DIM, WIDE, deep)), live(comodgan_judge_shapes(SIDE))
    image, known = scenes(n)
    is_trained = lambda name: not name.endswith(("noise_const", "w_avg"))
    numbers = {}

    def run(g, d, moments_g, moments_d):
        rng = Rng(seed ^ step * style_seed & U64, 11)
        trained = {name: tensor for name, tensor in g.items() if is_trained(name)}
        adam_g = Adam(g, moments_g, *lazy(.002, 0., .99, 4), 100)
        adam_d = Adam(d, moments_d, *lazy(.001, 0., .99, 16), 200)
        found = {}

        def draw(n):
            z, _ = [seeded_normal((n, DIM), rng.u64(), "z") for _ in range(2)]
            w = comodgan_mapping(g, z)
            numbers["mean_style"] = .995 * numbers["mean_style"] + .005 * w.detach().mean(0)
            noise_sides = [4, *[r for r in sides_of(SIDE) for _ in range(2)]]
            noises = [seeded_normal((n, 1, r, r), rng.u64(), "noise") for r in noise_sides]
            dropout = torch.tensor([0. if rng.f64() < .5 else 2. for _ in range(n * WIDE)]).view(n, WIDE)
            return w[:, None].repeat(1, 6, 1), noises, dropout

        def fill(n, ws, noises, dropout):
            return comodgan_fill(g, SIDE, image[:n], known[:n], ws, None, dropout, noises)

        numbers["mean_style"] = torch.zeros(DIM)
        fake = fill(n, *draw(n))
        score = lambda image: comodgan_judge(d, SIDE, image, known)
        numbers["discriminator"] = (F.softplus(score(fake.detach())) + F.softplus(-score(image))).mean()
        found["d"] = gradients(numbers["discriminator"], d)
        adam_d.step(found["d"])
        leaf = image.clone().requires_grad_()
        numbers["r1"] = r1(score(leaf), leaf, 2.)
        adam_d.step(gradients(16 * numbers["r1"], d))
        numbers["generator"] = F.softplus(-score(fake)).mean()
        numbers["l1"] = (fake - image).abs().mean() / (1 - known.mean())
        numbers["border-l1"] = border_l1(fake, 2, 4)
        found["g"] = gradients(numbers["generator"] + .5 * numbers["l1"] + .25 * numbers["border-l1"], trained)
        adam_g.step(found["g"])
        ws, noises, dropout = draw(n // 2)
        fake = fill(n // 2, ws, noises, dropout)
        directions = seeded_normal(tuple(fake.shape), rng.u64(), "path") / SIDE
        slope = torch.autograd.grad((fake * directions).sum(), ws, create_graph=True)[0]
        lengths = slope.square().sum(2).mean(1).sqrt()
        target = path_mean + .01 * (lengths.mean().item() - path_mean)
        numbers["path_mean"] = torch.tensor(target)
        numbers["path-length"] = 2 * (lengths - target).square().mean()
        adam_g.step(gradients(4 * numbers["path-length"], trained))
        return sizes(found["g"]), sizes(found["d"])

    def border_l1(fake, width, block):
        """Hole pixels count as much as there are known ones around them; differences are averaged over blocks."""
        wide = 2 * width + 1
        share = F.conv2d(known, torch.full((1, 1, wide, wide), 1 / wide ** 2), padding=width) * (1 - known)
        share, difference = F.avg_pool2d(share, block), F.avg_pool2d(fake - image, block)
        return (difference.abs() * share).sum() / (3 * share.sum() + 1e-6)

    moments = run(copies(before_g), copies(before_d), {}, {})
    g, d = copies(before_g), copies(before_d)
    run(g, d, *moments)
    group = "step_comodgan"
    keep(group, image=image, known=known)
    keep_all(group, "numbers", numbers)
    keep_step(group, "generator", before_g, g, moments[0])
    keep_step(group, "discriminator", before_d, d, moments[1])


def step_context(group, side, painted):
    g, d = start(Encoder(side, painted, 5)).train(), start(Adversary(painted)).train()
    before_g, before_d = state(g), state(d)
    image = pictures(4, side)
    known = torch.ones(1, 1, side, side)
    overlap = side // 32
    if painted < side:
        inner = slice(side // 4 + overlap, -(side // 4 + overlap))
        known[:, :, inner, inner] = 0
        weight, target = torch.full((painted, painted), 10.), image[:, :, side // 4:-(side // 4), side // 4:-(side // 4)]
        weight[overlap:-overlap, overlap:-overlap] = 1
    else:
        known = torch.ones(4, 1, side, side)
        for at in range(4):
            known[at, :, 5 + at:17 + at, 3:9 + 2 * at] = 0
        # Known pixels within the overlap of a hole.
        near = F.max_pool2d(1 - known, 2 * overlap + 1, 1, overlap) * known
        weight, target = 1 + 9 * near, image
    mean = torch.tensor([117., 104, 123]).view(1, 3, 1, 1) / 255 * 2 - 1
    painted_over = image * known + mean * (1 - known)
    parameters = lambda net: dict(net.named_parameters())
    numbers = {}

    def run(moments_g, moments_d):
        adam_g = Adam(parameters(g), moments_g, .002, .5, .999, 100)
        adam_d = Adam(parameters(d), moments_d, .0002, .5, .999, 100)
        fake = g(painted_over)
        real_scores = d(target)
        fake_scores = d(fake)
        bce = F.binary_cross_entropy_with_logits
        ones = torch.ones_like(real_scores)
        numbers["discriminator"] = bce(real_scores, ones) + bce(fake_scores, 0 * ones)
        numbers["generator"] = bce(fake_scores, ones)
        numbers["l2"] = (weight * (fake - target).square()).mean()
        loss = .001 * numbers["generator"] + .999 * numbers["l2"]
        grads_g = torch.autograd.grad(loss, parameters(g).values(), retain_graph=True)
        grads_g = dict(zip(parameters(g), grads_g))
        # The adversary's loss does not reach the generator's parameters.
        grads_d = dict(zip(parameters(d), torch.autograd.grad(numbers["discriminator"], parameters(d).values())))
        adam_d.step(grads_d)
        adam_g.step(grads_g)
        return sizes(grads_g), sizes(grads_d)

    moments = run({}, {})
    g.load_state_dict(before_g, strict=False)
    d.load_state_dict(before_d, strict=False)
    run(*moments)
    keep(group, image=image, known=known)
    keep_all(group, "numbers", numbers)
    keep_step(group, "generator", before_g, state(g), moments[0])
    keep_step(group, "discriminator", before_d, state(d), moments[1])


class DcganPainter(nn.Module):
    """PyTorch's form for 16 pixels: 8 channels at 4 pixels, 4 at 8."""

    def __init__(self, n_latent):
        super().__init__()
        self.project = nn.ConvTranspose2d(n_latent, 8, 4, bias=False)
        self.project_norm = nn.BatchNorm2d(8)
        self.deconv = nn.ModuleList([nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False)])
        self.deconv_norm = nn.ModuleList([nn.BatchNorm2d(4)])
        self.to_image = nn.ConvTranspose2d(4, 3, 4, 2, 1, bias=False)

    def forward(self, z):
        x = F.relu(self.project_norm(self.project(z[:, :, None, None])))
        for deconv, norm in zip(self.deconv, self.deconv_norm):
            x = F.relu(norm(deconv(x)))
        return torch.tanh(self.to_image(x))


class DcganJudge(nn.Module):
    """No norms; biases instead."""

    def __init__(self):
        super().__init__()
        convs = [nn.Conv2d(3, 4, 4, 2, 1), nn.Conv2d(4, 8, 4, 2, 1)]
        self.layers = nn.ModuleList([nn.ModuleDict({"conv": conv}) for conv in convs])
        self.to_logit = nn.Conv2d(8, 1, 4, bias=False)

    def forward(self, x):
        for layer in self.layers:
            x = leaky(layer["conv"](x))
        return self.to_logit(x).flatten()


def step_dcgan():
    n, step, seed, n_latent = 4, 32, 7, 5
    g, d = start(DcganPainter(n_latent), 1.5).train(), start(DcganJudge(), 1.5).train()
    before_g, before_d = state(g), state(d)
    image = pictures(n, SIDE)
    parameters = lambda net: dict(net.named_parameters())
    numbers = {}

    def run(moments_g, moments_d):
        rng = Rng(seed ^ step * 0xA24BAED4963EE407 & U64, 12)
        adam_g = Adam(parameters(g), moments_g, .002, 0., .99, 100)
        adam_d = Adam(parameters(d), moments_d, *lazy(.001, 0., .99, 16), 200)
        fake = g(seeded_uniform((n, n_latent), rng.u64(), "z"))
        real_scores, fake_scores = d(image), d(fake)
        numbers["discriminator"] = (F.softplus(fake_scores) + F.softplus(-real_scores)).mean()
        numbers["generator"] = F.softplus(-fake_scores).mean()
        grads = lambda loss, net: dict(zip(parameters(net), torch.autograd.grad(loss, parameters(net).values(), retain_graph=True)))
        # Both are of the discriminator before its step.
        grads_g, grads_d = grads(numbers["generator"], g), grads(numbers["discriminator"], d)
        adam_d.step(grads_d)
        leaf = image.clone().requires_grad_()
        numbers["r1"] = r1(d(leaf), leaf, 2.)
        penalty = torch.autograd.grad(16 * numbers["r1"], parameters(d).values(), allow_unused=True)
        adam_d.step({name: grad for name, grad in zip(parameters(d), penalty) if grad is not None})
        adam_g.step(grads_g)
        return sizes(grads_g), sizes(grads_d)

    moments = run({}, {})
    g.load_state_dict(before_g, strict=False)
    d.load_state_dict(before_d, strict=False)
    run(*moments)
    keep("step_dcgan", image=image, known=torch.ones(1, 1, SIDE, SIDE))
    keep_all("step_dcgan", "numbers", numbers)
    keep_step("step_dcgan", "generator", before_g, state(g), moments[0])
    keep_step("step_dcgan", "discriminator", before_d, state(d), moments[1])


context_encoders()
discriminator = live(comodgan_judge_shapes(SIDE))
judge(discriminator)
gradient_penalty(discriminator)
path_length(live(comodgan_shapes(SIDE, DIM, WIDE)))
step_comodgan()
step_context("step_center", 32, 16)
step_context("step_anywhere", 32, 32)
step_dcgan()
save(__file__)
