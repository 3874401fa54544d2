#!/usr/bin/env python3
"""Writes stylegan.safetensors: what training StyleGANs computes on tiny networks, in PyTorch and double precision.

    python3 tests/golden/stylegan.py          needs torch, safetensors

StyleGAN2: the discriminator with its gradients, R1, the path length, a whole training step. StyleGAN: both networks with their
gradients, whole and growing, R1, a whole training step. Keys of weights are those that the program reads.
"""
import torch
import torch.nn.functional as F

from draws import Rng, U64, seeded_normal
from plain import (comodgan_mapping, judge_logits, judge_shapes, nearest, sides_of, stylegan1_draw, stylegan1_judge_shapes,
                   stylegan1_logits, stylegan1_shapes, stylegan2_draw, stylegan2_mapping, stylegan2_shapes)
from steps import (Adam, copies, gradients, keep, keep_all, keep_step, lazy, live, pictures, r1, randn, save, sizes)

torch.manual_seed(17)
SIDE, DIM = 16, 6


def spread(w):
    """One style for all layers."""
    return w[:, None].repeat(1, 2 + 2 * len(sides_of(SIDE)), 1)


def judge(p):
    image, seed = pictures(8, SIDE).requires_grad_(), randn(8)
    logits = judge_logits(p, SIDE, image)
    loss = (logits * seed).sum()
    keep_all("judge", "weights", p)
    keep("judge", image=image, seed=seed, output=logits, input_grad=gradients(loss, {"x": image})["x"])
    keep("judge", alone=torch.cat([judge_logits(p, SIDE, image[at:at + 1]) for at in range(8)]))
    keep_all("judge", "grads", gradients((judge_logits(p, SIDE, image) * seed).sum(), p))


def gradient_penalty(p):
    image = pictures(4, SIDE).requires_grad_()
    penalty = r1(judge_logits(p, SIDE, image), image, 10)
    keep("r1", image=image, penalty=penalty)
    keep_all("r1", "grads", gradients(penalty, p))


def path_length(p):
    z, noise, target = randn(2, DIM), randn(2, 3, SIDE, SIDE), .7
    ws = spread(stylegan2_mapping(p, z))
    slope = torch.autograd.grad((stylegan2_draw(p, SIDE, ws) * noise).sum() / SIDE, ws, create_graph=True)[0]
    lengths = slope.square().sum(2).mean(1).sqrt()
    penalty = 2 * (lengths - target).square().mean()
    keep_all("path", "weights", p)
    keep("path", z=z, noise=noise, lengths=lengths, penalty=penalty)
    trained = {name: tensor for name, tensor in p.items() if not name.startswith("noises.")}
    keep_all("path", "grads", gradients(penalty, trained))


def step():
    n, step, seed, path_mean = 4, 32, 6, .3
    before_g, before_d = live(stylegan2_shapes(SIDE, DIM)), live(judge_shapes(SIDE, 3))
    image = pictures(n, SIDE)
    numbers = {}

    def run(g, d, moments_g, moments_d):
        rng = Rng(seed ^ step * 0xA24BAED4963EE407 & U64, 13)
        trained = {name: tensor for name, tensor in g.items() if not name.startswith("noises.")}
        adam_g = Adam(g, moments_g, *lazy(.002, 0., .99, 4), 100)
        adam_d = Adam(d, moments_d, *lazy(.001, 0., .99, 16), 200)
        found = {}

        def draw(n):
            z, _ = [seeded_normal((n, DIM), rng.u64(), "z") for _ in range(2)]
            w = stylegan2_mapping(g, z)
            numbers["mean_style"] = .995 * numbers["mean_style"] + .005 * w.detach().mean(0)
            noise_sides = [4, *[r for r in sides_of(SIDE) for _ in range(2)]]
            return spread(w), [seeded_normal((n, 1, r, r), rng.u64(), "noise") for r in noise_sides]

        numbers["mean_style"] = torch.zeros(DIM)
        ws, noises = draw(n)
        fake = stylegan2_draw(g, SIDE, ws, noises)
        score = lambda image: judge_logits(d, SIDE, image)
        numbers["discriminator"] = (F.softplus(score(fake.detach())) + F.softplus(-score(image))).mean()
        found["d"] = gradients(numbers["discriminator"], d)
        adam_d.step(found["d"])
        leaf = image.clone().requires_grad_()
        numbers["r1"] = r1(score(leaf), leaf, 2.)
        adam_d.step(gradients(16 * numbers["r1"], d))
        numbers["generator"] = F.softplus(-score(fake)).mean()
        found["g"] = gradients(numbers["generator"], trained)
        adam_g.step(found["g"])
        ws, noises = draw(n // 2)
        fake = stylegan2_draw(g, SIDE, ws, noises)
        directions = seeded_normal(tuple(fake.shape), rng.u64(), "path") / SIDE
        slope = torch.autograd.grad((fake * directions).sum(), ws, create_graph=True)[0]
        lengths = slope.square().sum(2).mean(1).sqrt()
        target = path_mean + .01 * (lengths.mean().item() - path_mean)
        numbers["path_mean"] = torch.tensor(target)
        numbers["path-length"] = 2 * (lengths - target).square().mean()
        adam_g.step(gradients(4 * numbers["path-length"], trained))
        return sizes(found["g"]), sizes(found["d"])

    moments = run(copies(before_g), copies(before_d), {}, {})
    g, d = copies(before_g), copies(before_d)
    run(g, d, *moments)
    group = "step_stylegan2"
    keep(group, image=image, known=torch.ones(1, 1, SIDE, SIDE))
    keep_all(group, "numbers", numbers)
    keep_step(group, "generator", before_g, g, moments[0])
    keep_step(group, "discriminator", before_d, d, moments[1])


def generator1(p):
    z, ws = randn(2, DIM), randn(2, 6, DIM)
    picture = stylegan1_draw(p, SIDE, ws)
    seed = randn(*picture.shape)
    keep_all("generator1", "weights", p)
    keep("generator1", z=z, style=comodgan_mapping(p, z), styles=ws, output=picture, seed=seed,
         faded=stylegan1_draw(p, 8, ws, .25), first=stylegan1_draw(p, 4, ws))
    trained = {name: tensor for name, tensor in p.items() if not name.endswith("noise_const")}
    keep_all("generator1", "grads", gradients((picture * seed).sum(), trained))


def judge1(p):
    image, small, seed = pictures(8, SIDE).requires_grad_(), pictures(4, 8), randn(8)
    logits = stylegan1_logits(p, image)
    loss = (logits * seed).sum()
    keep_all("judge1", "weights", p)
    keep("judge1", image=image, small=small, seed=seed, output=logits, input_grad=gradients(loss, {"x": image})["x"])
    keep("judge1", faded=stylegan1_logits(p, small, .25))
    keep("judge1", alone=torch.cat([stylegan1_logits(p, image[at:at + 1]) for at in range(8)]))
    keep_all("judge1", "grads", gradients((stylegan1_logits(p, image) * seed).sum(), p))
    image = pictures(4, SIDE).requires_grad_()
    penalty = r1(stylegan1_logits(p, image), image, 10)
    keep("r1_1", image=image, penalty=penalty)
    keep_all("r1_1", "grads", gradients(penalty, p))


def step1():
    """Pictures of 8 pixels, three quarters faded in."""
    n, step, seed, fade = 4, 32, 8, .75
    before_g, before_d = live(stylegan1_shapes(SIDE, DIM)), live(stylegan1_judge_shapes(SIDE))
    image = pictures(n, SIDE)
    real = F.avg_pool2d(image, 2)
    real = fade * real + (1 - fade) * nearest(F.avg_pool2d(real, 2))
    numbers = {}

    def run(g, d, moments_g, moments_d):
        rng = Rng(seed ^ step * 0xA24BAED4963EE407 & U64, 15)
        trained = {name: tensor for name, tensor in g.items() if not name.endswith("noise_const")}
        adam_g = Adam(g, moments_g, .002, 0., .99, 100)
        adam_d = Adam(d, moments_d, *lazy(.001, 0., .99, 16), 200)
        z, _ = [seeded_normal((n, DIM), rng.u64(), "z") for _ in range(2)]
        w = comodgan_mapping(g, z)
        numbers["mean_style"] = .005 * w.detach().mean(0)
        noises = [seeded_normal((n, 1, r, r), rng.u64(), "noise") for r in (4, 4, 8, 8)]
        fake = stylegan1_draw(g, 8, spread(w), fade, noises)
        score = lambda image: stylegan1_logits(d, image, fade)
        numbers["discriminator"] = (F.softplus(score(fake.detach())) + F.softplus(-score(real))).mean()
        grads_d = gradients(numbers["discriminator"], d)
        adam_d.step(grads_d)
        leaf = real.clone().requires_grad_()
        numbers["r1"] = r1(score(leaf), leaf, 2.)
        adam_d.step(gradients(16 * numbers["r1"], d))
        numbers["generator"], numbers["side"] = F.softplus(-score(fake)).mean(), torch.tensor(8.)
        grads_g = gradients(numbers["generator"], trained)
        adam_g.step(grads_g)
        return sizes(grads_g), sizes(grads_d)

    moments = run(copies(before_g), copies(before_d), {}, {})
    g, d = copies(before_g), copies(before_d)
    run(g, d, *moments)
    group = "step_stylegan1"
    keep(group, image=image, known=torch.ones(1, 1, SIDE, SIDE))
    keep_all(group, "numbers", numbers)
    keep_step(group, "generator", before_g, g, moments[0])
    keep_step(group, "discriminator", before_d, d, moments[1])


weights = live(judge_shapes(SIDE, 3))
judge(weights)
gradient_penalty(weights)
path_length(live(stylegan2_shapes(SIDE, DIM)))
step()
generator1(live(stylegan1_shapes(SIDE, DIM)))
judge1(live(stylegan1_judge_shapes(SIDE)))
step1()
save(__file__)
