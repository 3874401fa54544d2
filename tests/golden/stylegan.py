#!/usr/bin/env python3
"""Writes stylegan.safetensors: what training StyleGANs computes on tiny networks, in PyTorch and double precision.

    python3 tests/golden/stylegan.py          needs torch, safetensors

StyleGAN2: the discriminator with its gradients, R1, the path length, a whole training step. Keys of weights are those that the
program reads.
"""
import torch
import torch.nn.functional as F

from draws import Rng, U64, seeded_normal
from plain import judge_logits, judge_shapes, sides_of, stylegan2_draw, stylegan2_mapping, stylegan2_shapes
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


weights = live(judge_shapes(SIDE, 3))
judge(weights)
gradient_penalty(weights)
path_length(live(stylegan2_shapes(SIDE, DIM)))
step()
save(__file__)
