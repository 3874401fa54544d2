#!/usr/bin/env python3
"""A checkpoint of StyleGAN2 at 256 pixels as rosinality's program writes it, imported and drawn by us and by PyTorch.

    python3 scripts/stylegan2_checkpoint.py --binary target/release/pentimento       needs torch, safetensors, pillow

Config F with random weights: all 135 tensors, 30,034,338 parameters, beside a mean style. Pictures are files of eight bits: a pixel
may be half a level off by rounding, and beyond that 1e-3 of the range from -1 to 1, as f32 sums in another order.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch
from PIL import Image
from safetensors.torch import save_file

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tests/golden"))
from plain import KERNEL, random_like, sides_of, stylegan2_draw, stylegan2_mapping, stylegan2_shapes  # noqa: E402

SIDE, DIM, TOLERANCE = 256, 512, 1e-3


def weights():
    """As they are initialised, with colors of a size that stays within -1..1, rounded to half precision."""
    p = random_like(stylegan2_shapes(SIDE, DIM, deep=8, base=32768, most=512))
    for name, tensor in p.items():
        if name.startswith("to_rgb") and name.endswith("conv.weight"):
            tensor *= 0.05
        p[name] = tensor.half().float()
    return p


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default="target/release/pentimento")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the checkpoint and both pictures")
    args = parser.parse_args()
    torch.manual_seed(5)
    p = weights()
    state = dict(p)
    for at in range(len(sides_of(SIDE))):
        state[f"convs.{2 * at}.conv.blur.kernel"] = state[f"to_rgbs.{at}.upsample.kernel"] = KERNEL * 4
    parameters = sum(tensor.numel() for name, tensor in p.items() if not name.startswith("noises."))
    assert (len(state), parameters) == (135, 30_034_338), (len(state), parameters)
    z = torch.randn(1, DIM)
    with torch.inference_mode():
        w = stylegan2_mapping(p, z)
        picture = stylegan2_draw(p, SIDE, w[:, None].repeat(1, 14, 1))[0]
    folder = args.keep or pathlib.Path(tempfile.mkdtemp())
    (folder / "weights").mkdir(parents=True, exist_ok=True)
    torch.save({"g_ema": state, "latent_avg": w[0]}, folder / "checkpoint.pt")
    save_file({"z": z[0].contiguous()}, folder / "z.safetensors")
    line = [args.binary, "--weights", folder / "weights"]
    subprocess.run([*line, "models", "import", folder / "checkpoint.pt", "--as", "stylegan2", "--name", "whole"], check=True)
    subprocess.run([*line, "generate", "--model", "whole", "--latent", folder / "z.safetensors", "-o", folder], check=True)
    levels = torch.frombuffer(bytearray(Image.open(folder / "z.png").tobytes()), dtype=torch.uint8)
    levels = levels.view(SIDE, SIDE, 3).permute(2, 0, 1).float()
    wanted = ((picture + 1) * 127.5).clamp(0, 255)
    apart = ((levels - wanted).abs().max().item() - 0.5) / 127.5
    print(f"at most {max(apart, 0):.1e} apart beyond rounding, {(picture.abs() < 1).float().mean():.0%} of the values within -1..1")
    sys.exit(apart > TOLERANCE)


if __name__ == "__main__":
    main()
