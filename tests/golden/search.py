#!/usr/bin/env python3
"""Writes search.safetensors: a tiny DCGAN, constraints on its pictures, and what PyTorch makes of them: costs, gradients in y,
and Adam's steps.

    python3 tests/golden/search.py          needs torch, safetensors

Plain definitions, written from the description of iGAN's objective. Keys of weights are those of our generator.
"""
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(11)
torch.set_num_threads(1)
N_LATENT, WIDTH, N_LAYERS, SIDE, CELL, SHARPNESS, LAMBDA, REALISM = 6, 3, 2, 32, 8, 10.0, 5.0, 0.7
OUT = {}


def keep(**tensors):
    for name, tensor in tensors.items():
        OUT[f"search/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


class Dcgan(nn.Module):
    def __init__(self):
        super().__init__()
        first = WIDTH << N_LAYERS
        self.first = first
        self.project = nn.Linear(N_LATENT, first * 16, bias=False)
        self.project_norm = nn.BatchNorm1d(first * 16, eps=1e-8)
        deconv = lambda i, o: nn.ConvTranspose2d(i, o, 5, 2, 2, 1, bias=False)
        self.deconv = nn.ModuleList(deconv(first >> i, first >> i + 1) for i in range(N_LAYERS))
        self.deconv_norm = nn.ModuleList(nn.BatchNorm2d(first >> i + 1, eps=1e-8) for i in range(N_LAYERS))
        self.to_image = deconv(WIDTH, 3)

    def forward(self, z):
        x = F.relu(self.project_norm(self.project(z))).view(-1, self.first, 4, 4)
        for deconv, norm in zip(self.deconv, self.deconv_norm):
            x = F.relu(norm(deconv(x)))
        return torch.tanh(self.to_image(x))


def hog(x):
    grey = ((x + 1) / 2).mean(1, keepdim=True)
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
    gx = F.conv2d(grey, sobel[None, None], padding=1)
    gy = F.conv2d(grey, sobel.T[None, None], padding=1)
    m, a = (gx**2 + gy**2 + 1e-3).sqrt(), math.cos(math.pi / 8)
    bins = []
    for k in range(8):
        h = (math.cos(k * math.pi / 8) * gx + math.sin(k * math.pi / 8) * gy).abs()
        bins.append(F.softplus((h - a * m) / (1 - a), beta=SHARPNESS))
    taps = torch.tensor([1 - abs(j - (2 * CELL + 1) / 2) / CELL for j in range(1, 2 * CELL + 1)])
    kernel = torch.outer(taps, taps).expand(8, 1, -1, -1)
    return F.conv2d(torch.cat(bins, 1), kernel, stride=CELL, padding=CELL // 2, groups=8)


def cells(mask):
    ones = torch.ones(1, 1, 2 * CELL, 2 * CELL)
    return (F.conv2d(mask[None, None], ones, stride=CELL, padding=CELL // 2) > 1e-5).float()


def masked(x, target, mask):
    return ((x - target) ** 2 * mask).mean((1, 2, 3)) / (mask.mean() + 1e-5)


net = Dcgan()
with torch.no_grad():
    for norm in (net.project_norm, *net.deconv_norm):
        norm.weight.uniform_(0.7, 1.3)
        norm.bias.normal_(0, 0.3)
        norm.running_mean.normal_(0, 0.3)
        norm.running_var.uniform_(0.5, 1.5)
    net.to_image.weight.mul_(4)
    for deconv in net.deconv:
        deconv.weight.mul_(2)
net.eval()
keep(**{f"weights/generator.{name}": tensor for name, tensor in net.state_dict().items() if "num_batches" not in name})

ramp = torch.arange(SIDE) / (SIDE - 1)
color_mask = torch.zeros(SIDE, SIDE)
color_mask[4:14, 6:20] = torch.linspace(0.2, 1, 14)
color = torch.tensor([0.8, -0.4, 0.1])[:, None, None].expand(3, SIDE, SIDE).contiguous()
edge_mask = torch.zeros(SIDE, SIDE)
edge_mask[10:28, 14:24] = 1
ink = torch.zeros(SIDE, SIDE)
for at in range(10, 28):
    ink[at, 14 + (at - 10) // 2] = 1
kept_mask = torch.zeros(SIDE, SIDE)
kept_mask[24:, :] = 1
kept = torch.stack([ramp.expand(SIDE, SIDE) * 2 - 1, ramp.expand(SIDE, SIDE).T * 2 - 1, torch.zeros(SIDE, SIDE)])
# A square of 12 pixels around (8, 9) goes to (21, 12); the snapshot moves with it, its border repeated.
snapshot = torch.tanh(torch.randn(3, SIDE, SIDE))
rows = (torch.arange(SIDE) - 3).clamp(0, SIDE - 1)
columns = (torch.arange(SIDE) - 13).clamp(0, SIDE - 1)
shifted = snapshot[:, rows][:, :, columns]
warp_mask = torch.zeros(SIDE, SIDE)
warp_mask[6:18, 15:27] = 1
origin = torch.rand(N_LATENT) * 1.6 - 0.8
weights = torch.tensor([1.0, 1.5, 0.5, 0.8])
keep(color_mask=color_mask, color=color, edge_mask=edge_mask, ink=ink, kept_mask=kept_mask, kept=kept, snapshot=snapshot,
     origin=origin, weights=weights)


def terms(y):
    z = torch.tanh(y)
    x = net(z)
    h = hog(x)
    costs = torch.stack([
        masked(x, color, color_mask),
        0.2 * masked(h, hog((ink * 2 - 1)[None, None]), cells(edge_mask)),
        masked(x, shifted, warp_mask) + 0.2 * masked(h, hog(shifted[None]), cells(warp_mask)),
        # The kept rows 24.. are not touched by the warp's squares.
        masked(x, kept, kept_mask),
    ], 1)
    smooth = LAMBDA / N_LATENT * ((origin - z) ** 2).sum(1)
    logits = 3 * x.mean((1, 2, 3))
    unreal = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits), reduction="none")
    return costs, costs @ weights + smooth + REALISM * unreal


z = torch.rand(3, N_LATENT) * 1.8 - 0.9
y = torch.atanh(z).requires_grad_(True)
costs, totals = terms(y)
totals.sum().backward()
keep(z=z, y=y, costs=costs, totals=totals, slope=y.grad)

adam = torch.optim.Adam([y], lr=0.1, betas=(0.9, 0.999), eps=1e-8)
for step in range(1, 4):
    adam.zero_grad()
    terms(y)[1].sum().backward()
    adam.step()
    if step in (1, 3):
        state = adam.state[y]
        keep(**{f"y{step}": y, f"first{step}": state["exp_avg"], f"second{step}": state["exp_avg_sq"]})

save_file(OUT, pathlib.Path(__file__).with_suffix(".safetensors"))
