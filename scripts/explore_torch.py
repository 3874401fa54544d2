#!/usr/bin/env python3
"""The search's loop in PyTorch beside ours: same network, starts, steps and terms, on the same cores, in turns.

    python3 scripts/explore_torch.py --binary target/release/pentimento --threads 2       needs torch

The network is iGAN's for 64 px with random weights. In its favour, PyTorch's batch norms are folded into the convolutions as
ours are, weights ask for no gradient, and the costs are computed on the batch as a whole. Rounds of both alternate, so that
whatever else the machine does meets both; the best round of each counts.
"""
import argparse
import json
import math
import subprocess
import time

import torch
import torch.nn.functional as F

SIDE, CELL, WIDTH, N_LAYERS, N_LATENT, STEPS = 64, 8, 128, 3, 100, 5


def network():
    first = WIDTH << N_LAYERS
    project, shift = torch.randn(first * 16, N_LATENT) * 0.02, torch.zeros(first * 16)
    kernels = [torch.randn(first >> i, first >> i + 1, 5, 5) * 0.02 for i in range(N_LAYERS)]
    shifts = [torch.zeros(first >> i + 1) for i in range(N_LAYERS)]
    last = torch.randn(WIDTH, 3, 5, 5) * 0.02

    def draw(z):
        x = F.relu(F.linear(z, project, shift)).view(-1, first, 4, 4)
        for kernel, bias in zip(kernels, shifts):
            x = F.relu(F.conv_transpose2d(x, kernel, bias, stride=2, padding=2, output_padding=1), inplace=True)
        return torch.tanh(F.conv_transpose2d(x, last, stride=2, padding=2, output_padding=1))

    return draw


class Hog:
    def __init__(self):
        sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
        self.sobel = torch.stack([sobel, sobel.T])[:, None]
        angles = torch.arange(8) * math.pi / 8
        self.turn = torch.stack([angles.cos(), angles.sin()], 1)[:, :, None, None]
        taps = torch.tensor([1 - abs(j - (2 * CELL + 1) / 2) / CELL for j in range(1, 2 * CELL + 1)])
        self.pool = torch.outer(taps, taps).expand(8, 1, -1, -1).contiguous()
        self.a = math.cos(math.pi / 8)

    def __call__(self, x):
        slopes = F.conv2d(((x + 1) / 2).mean(1, keepdim=True), self.sobel, padding=1)
        m = (slopes.square().sum(1, keepdim=True) + 1e-3).sqrt()
        excess = (F.conv2d(slopes, self.turn).abs() - self.a * m) / (1 - self.a)
        return F.conv2d(F.softplus(excess, beta=10.0), self.pool, stride=CELL, padding=CELL // 2, groups=8)


def objective(draw):
    hog = Hog()
    grid = torch.arange(SIDE) / SIDE
    v, u = torch.meshgrid(grid, grid, indexing="ij")
    painted = ((u >= 0.25) & (u < 0.75) & (v >= 0.4) & (v < 0.55)).float()
    line = ((u >= 0.3) & (u < 0.4) & (v >= 0.6) & (v < 0.9)).float()
    ink = line * (torch.arange(SIDE) == SIDE * 35 // 100).float()
    color = torch.tensor([0.6, -0.1, -0.5])[:, None, None]
    wanted = hog((ink * 2 - 1)[None, None])
    box = torch.ones(1, 1, 2 * CELL, 2 * CELL)
    cells = (F.conv2d(line[None, None], box, stride=CELL, padding=CELL // 2) > 1e-5).float()

    def totals(y):
        x = draw(torch.tanh(y))
        by_color = ((x - color).square() * painted).mean((1, 2, 3)) / (painted.mean() + 1e-5)
        by_edges = ((hog(x) - wanted).square() * cells).mean((1, 2, 3)) / (cells.mean() + 1e-5)
        return by_color + 0.2 * by_edges

    return totals


def run(totals, starts):
    y = torch.atanh(torch.rand(starts, N_LATENT) * 1.98 - 0.99).requires_grad_(True)
    adam = torch.optim.Adam([y], lr=0.1, betas=(0.9, 0.999), eps=1e-8)
    began = time.perf_counter()
    for _ in range(STEPS):
        adam.zero_grad()
        totals(y).sum().backward()
        adam.step()
    return 1e3 * (time.perf_counter() - began) / STEPS


def ours(binary, threads):
    line = [binary, "bench", "--suite", "explore", "--layer", "igan-64 loop b16", "--rounds", "1", "--json", "--threads", str(threads)]
    return json.loads(subprocess.run(line, check=True, capture_output=True).stdout)["rows"][0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default="target/release/pentimento")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--starts", type=int, default=16, help="of PyTorch's loop; ours has 16")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    totals = objective(network())
    run(totals, args.starts)
    theirs, best = [], None
    for _ in range(args.rounds):
        theirs.append(run(totals, args.starts))
        row = ours(args.binary, args.threads)
        best = row if best is None or row["ms"] < best["ms"] else best
    flops = best["gflops"] * best["ms"] * 1e6
    for name, ms in (("pentimento", best["ms"]), (f"PyTorch {torch.__version__}", min(theirs))):
        print(f"{name:20} {ms:8.1f} ms a step of {args.starts} starts, {flops * args.starts / 16 / ms / 1e6:6.1f} GFLOP/s")
    print(f"ours is {min(theirs) / best['ms'] * 16 / args.starts:.2f} times as fast, on {args.threads} threads")


if __name__ == "__main__":
    main()
