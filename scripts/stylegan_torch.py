#!/usr/bin/env python3
"""Frames of StyleGAN2 in PyTorch beside ours: same sizes and styles, on the same cores, in turns.

    python3 scripts/stylegan_torch.py --binary target/release/pentimento --threads 2       needs torch

Networks with random weights, from styles to a picture of one batch, eager. In PyTorch's favour weights are shared by scaling
inputs and outputs, and the sums of squares that demodulation needs are computed once. Rounds of both alternate, so that whatever
else the machine does meets both; the best round of each counts.
"""
import argparse
import json
import math
import subprocess
import time

import torch
import torch.nn.functional as F

# Side, width of a style, base and most channels, by the name of our row.
CASES = {"stylegan2-128-lite b1": (128, 128, 2048, 128), "stylegan2-256 b1": (256, 512, 32768, 512)}
TAPS = torch.tensor([1.0, 3, 3, 1])
KERNEL = torch.outer(TAPS, TAPS) / 16


def fir(x, up=1, pad=(0, 0)):
    """With gain 4."""
    n, c, h, w = x.shape
    if up > 1:
        x = F.pad(x[:, :, :, None, :, None], (0, up - 1, 0, 0, 0, up - 1)).reshape(n, c, h * up, w * up)
    x = F.pad(x, (pad[0], pad[1], pad[0], pad[1]))
    return F.conv2d(x, KERNEL.expand(c, 1, 4, 4), groups=c)


class Conv:
    def __init__(self, c_in, c_out, dim, side=None, up=False, kernel=3):
        weight = torch.randn(c_out, c_in, kernel, kernel) / math.sqrt(c_in * kernel * kernel)
        self.squares = weight.square().sum((2, 3)).T.contiguous() if side else None
        self.weight = weight.transpose(0, 1).contiguous() if up else weight
        self.affine, self.shift = torch.randn(c_in, dim) / math.sqrt(dim), torch.ones(c_in)
        self.bias, self.up, self.pad = torch.zeros(1, c_out, 1, 1), up, kernel // 2
        self.noise = torch.randn(1, 1, side, side) * 0.1 if side else None

    def __call__(self, x, w):
        style = F.linear(w, self.affine, self.shift)
        x = x * style[:, :, None, None]
        if self.up:
            x = fir(F.conv_transpose2d(x, self.weight, stride=2), pad=(1, 1))
        else:
            x = F.conv2d(x, self.weight, padding=self.pad)
        if self.noise is None:
            return x + self.bias
        x = x * torch.rsqrt(style.square() @ self.squares + 1e-8)[:, :, None, None]
        return F.leaky_relu((x + self.noise).add_(self.bias), 0.2, inplace=True).mul_(math.sqrt(2))


class Synthesis:
    def __init__(self, side, dim, base, most):
        width = lambda r: min(base // r, most)
        self.constant = torch.randn(1, width(4), 4, 4)
        self.first, self.first_rgb = Conv(width(4), width(4), dim, 4), Conv(width(4), 3, dim, kernel=1)
        self.levels, r = [], 8
        while r <= side:
            self.levels.append((Conv(width(r // 2), width(r), dim, r, up=True), Conv(width(r), width(r), dim, r),
                                Conv(width(r), 3, dim, kernel=1)))
            r *= 2
        self.n_layers = 2 + 2 * len(self.levels)

    def __call__(self, ws):
        x = self.first(self.constant, ws[:, 0])
        y = self.first_rgb(x, ws[:, 1])
        for at, (up, same, rgb) in enumerate(self.levels):
            x = same(up(x, ws[:, 2 * at + 1]), ws[:, 2 * at + 2])
            y = rgb(x, ws[:, 2 * at + 3]) + fir(y, up=2, pad=(2, 1))
        return y


def theirs(synthesis, ws):
    began = time.perf_counter()
    with torch.inference_mode():
        synthesis(ws)
    return 1e3 * (time.perf_counter() - began)


def ours(binary, threads, name):
    line = [binary, "bench", "--suite", "stylegan", "--layer", name, "--rounds", "3", "--json", "--threads", str(threads)]
    rows = json.loads(subprocess.run(line, check=True, capture_output=True).stdout)["rows"]
    return next(row for row in rows if row["name"] == name)["ms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default="target/release/pentimento")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    for name, (side, dim, base, most) in CASES.items():
        synthesis = Synthesis(side, dim, base, most)
        ws = torch.randn(1, synthesis.n_layers, dim)
        theirs(synthesis, ws)
        pairs = [(min(theirs(synthesis, ws) for _ in range(3)), ours(args.binary, args.threads, name)) for _ in range(args.rounds)]
        torch_ms, our_ms = (min(column) for column in zip(*pairs))
        print(f"{name:24} pentimento {our_ms:8.1f} ms, PyTorch {torch.__version__} {torch_ms:8.1f} ms: "
              f"{torch_ms / our_ms:.2f} times as fast, on {args.threads} threads")


if __name__ == "__main__":
    main()
