#!/usr/bin/env python3
"""Times steps of training in PyTorch and in pentimento: the same networks, losses and batches, by turns, on the same cores.

    scripts/training_speed.py [--threads 2] [--rounds 3] [--cpu] [--json] [--ours target/release/pentimento] [--only comodgan]

Two recipes: recipes/comodgan-photos-64.toml (one batch of fills, the discriminator's step, the generator's, lazy R1, Adam,
moving average) and recipes/context-encoder-photos-128.toml (adversary's step, generator's, Adam, moving average). Sizes and
batch are read from the recipes. Ours is the whole program, `pentimento train`, timed by its own log; it also cuts its
pictures and draws its holes, while PyTorch is handed ready batches. PyTorch runs in whichever memory layout is faster here,
with fused Adam. What counts is the best round of each, in pictures a second.

Needs: torch numpy pillow
"""
import argparse
import json
import math
import os
import pathlib
import resource
import subprocess
import tempfile
import time
import tomllib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPES = {"comodgan": "comodgan-photos-64", "context-encoder": "context-encoder-photos-128"}
TAPS = torch.tensor([1., 3, 3, 1])
BLUR = TAPS[:, None] * TAPS[None, :] / 64


# --- CoModGAN -------------------------------------------------------------------------------------------------------------

def blurred(x, gain, pad):
    c = x.shape[1]
    return F.conv2d(F.pad(x, (pad[0], pad[1]) * 2), (BLUR * gain)[None, None].expand(c, 1, 4, 4), groups=c)


def doubled(x):
    n, c, h, w = x.shape
    z = F.pad(x.view(n, c, h, 1, w, 1), (0, 1, 0, 0, 0, 1)).view(n, c, 2 * h, 2 * w)
    return blurred(z, 4, (2, 1))


def lrelu(x):
    return F.leaky_relu(x, .2) * math.sqrt(2)


class Dense(nn.Module):
    def __init__(self, i, o, rate=1., start=0., act=lrelu):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(o, i) / rate)
        self.bias = nn.Parameter(torch.full((o,), start))
        self.rate, self.act = rate, act

    def forward(self, x):
        return self.act(F.linear(x, self.weight * (self.rate / math.sqrt(self.weight.shape[1])), self.bias * self.rate))


def same(x):
    return x


class Conv(nn.Module):
    def __init__(self, i, o, k=3, down=False, bias=True, act=lrelu):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(o, i, k, k))
        self.bias = nn.Parameter(torch.zeros(o)) if bias else None
        self.scale, self.pad, self.down, self.act = 1 / math.sqrt(i * k * k), k // 2, down, act

    def forward(self, x):
        w = self.weight * self.scale
        if not self.down:
            return self.act(F.conv2d(x, w, self.bias, padding=self.pad))
        total = 2 + 2 * self.pad
        return self.act(F.conv2d(blurred(x, 1, ((total + 1) // 2, total // 2)), w, self.bias, stride=2))


class Styled(nn.Module):
    """Modulated convolution: the style on the input, the demodulation on the output, one convolution for the batch."""

    def __init__(self, i, o, n_style, k=3, up=False, is_rgb=False):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(o, i, k, k)), nn.Parameter(torch.zeros(o))
        self.affine = Dense(n_style, i, start=1., act=same)
        self.strength = None if is_rgb else nn.Parameter(torch.zeros(()))
        self.scale, self.up, self.is_rgb = 1 / math.sqrt(i * k * k), up, is_rgb

    def forward(self, x, u):
        s, w = self.affine(u), self.weight * self.scale
        x = x * s[:, :, None, None]
        if self.up:
            x = blurred(F.conv_transpose2d(x, w.transpose(0, 1), stride=2), 4, (1, 1))
        else:
            x = F.conv2d(x, w, padding=w.shape[2] // 2)
        bias = self.bias[None, :, None, None]
        if self.is_rgb:
            return x + bias
        d = torch.rsqrt(s.square() @ w.square().sum((2, 3)).T + 1e-8)
        noise = torch.randn(x.shape[0], 1, *x.shape[2:]) * self.strength
        return lrelu(x * d[:, :, None, None] + noise + bias)


class Fill(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.side, dim, wide = size["side"], size["style_dim"], size["global_dim"]
        self.c = lambda r: min(size["base_channels"] // r, size["max_channels"])
        c, n_style = self.c, dim + wide
        self.sides = [1 << log for log in range(3, int(math.log2(self.side)) + 1)]
        self.mapping = nn.Sequential(*[Dense(dim, dim, .01) for _ in range(8)])
        self.from_rgb = Conv(4, c(self.side), 1)
        self.down = nn.ModuleList(nn.ModuleList([Conv(c(r), c(r)), Conv(c(r), c(r // 2), down=True)])
                                  for r in reversed(self.sides))
        self.last, self.wide = Conv(c(4), c(4)), Dense(c(4) * 16, wide)
        self.start = Dense(wide, c(4) * 16)
        self.first, self.first_rgb = Styled(c(4), c(4), n_style), Styled(c(4), 3, n_style, 1, is_rgb=True)
        self.up = nn.ModuleList(nn.ModuleList([
            Styled(c(r // 2), c(r), n_style, up=True), Styled(c(r), c(r), n_style),
            Styled(c(r), 3, n_style, 1, is_rgb=True)]) for r in self.sides)

    def styles(self, z):
        return self.mapping(z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8))

    def forward(self, image, known, ws):
        kept, x = [], self.from_rgb(torch.cat([known - .5, image * known], 1))
        for keep, halve in self.down:
            kept.append(keep(x))
            x = halve(kept[-1])
        x = self.last(x)
        g = F.dropout(self.wide(x.flatten(1)), .5)
        u = lambda at: torch.cat([ws[:, at], g], 1)
        x = self.first(self.start(g).view(-1, self.c(4), 4, 4) + x, u(0))
        y = self.first_rgb(x, u(1))
        for at, (up, keep, rgb) in enumerate(self.up):
            x = keep(up(x, u(2 * at + 1)) + kept[-1 - at], u(2 * at + 2))
            y = doubled(y) + rgb(x, u(2 * at + 3))
        return y * (1 - known) + image * known


class Judge(nn.Module):
    def __init__(self, size):
        super().__init__()
        base, most = (size.get(f"discriminator_{key}", size[key]) for key in ("base_channels", "max_channels"))
        c = lambda r: min(base // r, most)
        self.from_rgb = Conv(4, c(size["side"]), 1)
        sides = [1 << log for log in range(int(math.log2(size["side"])), 2, -1)]
        self.blocks = nn.ModuleList(nn.ModuleList([
            Conv(c(r), c(r)), Conv(c(r), c(r // 2), down=True),
            Conv(c(r), c(r // 2), 1, down=True, bias=False, act=same)]) for r in sides)
        self.last, self.fc = Conv(c(4) + 1, c(4)), Dense(c(4) * 16, c(4))
        self.out = Dense(c(4), 1, act=same)

    def forward(self, image, known):
        x = self.from_rgb(torch.cat([known - .5, image], 1))
        for keep, halve, skip in self.blocks:
            x = (halve(keep(x)) + skip(x)) * math.sqrt(.5)
        n, c, h, w = x.shape
        y = x.reshape(min(4, n), -1, c, h, w)
        deviation = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
        x = torch.cat([x, deviation.repeat(min(4, n))[:, None, None, None].expand(n, 1, h, w)], 1)
        return self.out(self.fc(self.last(x).flatten(1)))


class Average:
    """The moving average of a network's parameters."""

    def __init__(self, net):
        self.live = list(net.parameters())
        self.kept = [p.detach().clone() for p in self.live]

    @torch.no_grad()
    def follow(self, share):
        torch._foreach_lerp_(self.kept, self.live, share)


def adam(net, recipe, rate):
    o = recipe["optimizer"]
    return torch.optim.Adam(net.parameters(), o[rate], (o["beta1"], o["beta2"]), fused=True)


class Comodgan:
    def __init__(self, recipe, layout):
        torch.manual_seed(0)
        self.recipe, self.loss = recipe, recipe["loss"]
        self.g = Fill(recipe["network"]).to(memory_format=layout)
        self.d = Judge(recipe["network"]).to(memory_format=layout)
        self.adam_g, self.adam_d = adam(self.g, recipe, "lr_generator"), adam(self.d, recipe, "lr_discriminator")
        self.average, self.layout = Average(self.g), layout
        self.every = self.loss["r1_every"]

    def styles(self, n):
        dim, n_layers = self.recipe["network"]["style_dim"], 2 + 2 * len(self.g.sides)
        first, second = self.g.styles(torch.randn(n, dim)), self.g.styles(torch.randn(n, dim))
        cut = torch.where(torch.rand(n) < self.loss["style_mixing"], torch.randint(1, n_layers, (n,)), n_layers)
        is_second = torch.arange(n_layers)[None, :, None] >= cut[:, None, None]
        return torch.where(is_second, second[:, None], first[:, None])

    def step(self, at):
        n, side = self.recipe["batch"], self.recipe["network"]["side"]
        image = (torch.rand(n, 3, side, side) * 2 - 1).contiguous(memory_format=self.layout)
        known = (torch.rand(n, 1, side, side) > .3).float().contiguous(memory_format=self.layout)
        fake = self.g(image, known, self.styles(n))
        (F.softplus(self.d(fake.detach(), known)).mean() + F.softplus(-self.d(image, known)).mean()).backward()
        self.end(self.adam_d)
        if at % self.every == 0:
            leaf = image.clone().requires_grad_()
            slope = torch.autograd.grad(self.d(leaf, known).sum(), leaf, create_graph=True)[0]
            (self.loss["r1_gamma"] / 2 * self.every * slope.square().sum((1, 2, 3)).mean()).backward()
            self.end(self.adam_d)
        self.d.requires_grad_(False)
        coarse = F.avg_pool2d(fake - image, self.loss["l1_block"]).abs().mean() / (1 - known.mean())
        (F.softplus(-self.d(fake, known)).mean() + self.loss["l1_weight"] * coarse).backward()
        self.d.requires_grad_(True)
        self.end(self.adam_g)
        self.average.follow(.001)

    @staticmethod
    def end(optimizer):
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)


# --- Context Encoder ------------------------------------------------------------------------------------------------------

def block(conv, act):
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels), act)


def halvings(side, width):
    """side -> 4"""
    at = lambda r: width * min(max(32 // r, 1), 8)
    layers, r = [nn.Conv2d(3, at(side // 2), 4, 2, 1, bias=False), nn.LeakyReLU(.2)], side // 2
    while r > 4:
        layers.append(block(nn.Conv2d(at(r), at(r // 2), 4, 2, 1, bias=False), nn.LeakyReLU(.2)))
        r //= 2
    return layers


class ContextEncoder:
    every = 1

    def __init__(self, recipe, layout):
        torch.manual_seed(0)
        self.recipe, self.loss, self.layout = recipe, recipe["loss"], layout
        size = recipe["network"]
        side, width, deep = size["side"], size["max_channels"] // 8, size["bottleneck"]
        at = lambda r: width * min(max(32 // r, 1), 8)
        ups, r = [block(nn.ConvTranspose2d(deep, at(4), 4, bias=False), nn.ReLU())], 4
        while 4 * r < side:
            ups.append(block(nn.ConvTranspose2d(at(r), at(2 * r), 4, 2, 1, bias=False), nn.ReLU()))
            r *= 2
        self.g = nn.Sequential(*halvings(side, width), block(nn.Conv2d(at(4), deep, 4, bias=False), nn.LeakyReLU(.2)),
                               *ups, nn.ConvTranspose2d(at(r), 3, 4, 2, 1, bias=False), nn.Tanh())
        self.d = nn.Sequential(*halvings(side // 2, width), nn.Conv2d(at(4), 1, 4, bias=False), nn.Flatten(0))
        self.g, self.d = self.g.to(memory_format=layout), self.d.to(memory_format=layout)
        self.adam_g, self.adam_d = adam(self.g, recipe, "lr_generator"), adam(self.d, recipe, "lr_discriminator")
        self.average = Average(self.g)
        self.weight = torch.full((side // 2, side // 2), self.loss["overlap_weight"])
        self.weight[4:-4, 4:-4] = 1

    def step(self, _):
        n, side = self.recipe["batch"], self.recipe["network"]["side"]
        image = (torch.rand(n, 3, side, side) * 2 - 1).contiguous(memory_format=self.layout)
        middle = slice(side // 4, -(side // 4))
        target = image[:, :, middle, middle].contiguous(memory_format=self.layout)
        fake = self.g(image)
        leaf = fake.detach().requires_grad_()
        real_scores, fake_scores = self.d(target), self.d(leaf)
        # The generator learns from the adversary as it was before its own step.
        slope = torch.autograd.grad(F.softplus(-fake_scores).mean(), leaf, retain_graph=True)[0]
        (F.softplus(fake_scores).mean() + F.softplus(-real_scores).mean()).backward()
        Comodgan.end(self.adam_d)
        difference = (self.weight * (fake - target).square()).mean()
        (self.loss["l2_weight"] * difference + self.loss["adversarial_weight"] * (fake * slope).sum()).backward()
        Comodgan.end(self.adam_g)
        self.average.follow(.001)


# --- Timing ---------------------------------------------------------------------------------------------------------------

def of_torch(trainee, steps, clock):
    """Seconds for `steps` steps; one before them does not count."""
    trainee.step(1)
    start = clock()
    for at in range(steps):
        trainee.step(at)
    return clock() - start


def run_ours(args, recipe, pictures, steps, log_every):
    """The lines of the log and the processor's seconds of the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "run")
        command = [args.ours, "train", recipe, "--data", pictures, "--out", out, "--threads", str(args.threads), "--steps",
                   str(steps), "--held-out", "4", "--log-every", str(log_every), "--sample-every", "0", "--measure-every",
                   "0", "--save-minutes", "1000", "--weights", folder, "--name", "timed", "--device", "cpu"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env={**os.environ, "XDG_DATA_HOME": folder})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(f"{args.ours}: {done.stderr.decode()[-300:]}")
        lines = {line["step"]: line for line in map(json.loads, open(os.path.join(out, "log.jsonl")))}
    return lines, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def of_ours(args, recipe, pictures, steps):
    """As of_torch: the first `steps` steps warm up, the next ones count."""
    lines, seconds = run_ours(args, recipe, pictures, 2 * steps, steps)
    if args.cpu:
        return seconds - run_ours(args, recipe, pictures, steps, steps)[1]
    return lines[2 * steps]["seconds"] - lines[steps]["seconds"]


def write_pictures(folder, count=96, side=160):
    noise = np.random.RandomState(0)
    for at in range(count):
        small = Image.fromarray(noise.randint(0, 256, (8, 8, 3), np.uint8))
        small.resize((side, side), Image.BICUBIC).save(os.path.join(folder, f"{at:03}.png"))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--threads", type=int, default=os.cpu_count()); ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--json", action="store_true"); ap.add_argument("--ours", default="target/release/pentimento")
    ap.add_argument("--only", choices=RECIPES)
    ap.add_argument("--cpu", action="store_true", help="count the processor's seconds instead of the clock's, with one thread: "
                    "for a machine that does other things too")
    args = ap.parse_args()
    args.threads = 1 if args.cpu else args.threads
    clock = time.process_time if args.cpu else time.perf_counter
    torch.set_num_threads(args.threads)
    table = {}
    with tempfile.TemporaryDirectory() as pictures:
        write_pictures(pictures)
        for family, stem in RECIPES.items():
            if args.only not in (None, family):
                continue
            path = ROOT / "recipes" / f"{stem}.toml"
            recipe = tomllib.loads(path.read_text())
            make = {"comodgan": Comodgan, "context-encoder": ContextEncoder}[family]
            peers = {"nchw": make(recipe, torch.contiguous_format), "nhwc": make(recipe, torch.channels_last)}
            # A round is as many steps as R1 has its turn in, or four.
            steps = max(next(iter(peers.values())).every, 4)
            rows = {"ours": [], **{name: [] for name in peers}}
            for _ in range(args.rounds):
                images = steps * recipe["batch"]
                rows["ours"].append(images / of_ours(args, str(path), pictures, steps))
                for name, trainee in peers.items():
                    rows[name].append(images / of_torch(trainee, steps, clock))
            best = {name: max(values) for name, values in rows.items()}
            best["ratio"] = best["ours"] / max(best[name] for name in peers)
            table[stem] = {**best, "rounds": rows}
    if args.json:
        print(json.dumps({"threads": args.threads, "rows": table}))
        return
    for stem, row in table.items():
        print(f"{stem:28} ours {row['ours']:7.2f} pictures/s   PyTorch {row['nchw']:7.2f} (NCHW) {row['nhwc']:7.2f} (NHWC)"
              f"   ours / PyTorch {row['ratio']:.2f}")


if __name__ == "__main__":
    main()
