"""Expected numbers for tests/generator_ops.rs, computed by PyTorch in f64 on odd shapes: run it to write ops.safetensors."""

import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
out = {}


def put(name, **tensors):
    for key, tensor in tensors.items():
        out[f"{name}.{key}"] = tensor.detach().contiguous()


def upfirdn(x, taps, up, down, pads):
    """Definition by zero insertion; pads are left, right, top, bottom."""
    n, c, h, w = x.shape
    z = torch.zeros(n, c, h, up, w, up)
    z[:, :, :, 0, :, 0] = x
    z = F.pad(z.reshape(n, c, h * up, w * up), pads)
    taps = torch.tensor(taps).flip(0)
    kernel = torch.outer(taps, taps).expand(c, 1, len(taps), len(taps))
    return F.conv2d(z, kernel, groups=c)[:, :, ::down, ::down]


def norm(taps, gain):
    return [t * gain / sum(taps) for t in taps]


x = torch.randn(2, 3, 7, 5)
put("image", x=x)
ODD = [1.0, 2.0, 4.0, 7.0, -3.0]
put("fir_up", y=upfirdn(x, ODD, 2, 1, [3, -1, 2, 1]))
put("fir_down", y=upfirdn(x, ODD, 1, 2, [-1, 3, 4, 0]))
put("fir_both", y=upfirdn(x, ODD, 3, 2, [2, 2, -2, 5]))
put("fir_same", y=upfirdn(x, ODD, 1, 1, [2, 2, 2, 2]))
BLUR = [1.0, 3.0, 3.0, 1.0]
put("upsample_2x", y=upfirdn(x, norm(BLUR, 2), 2, 1, [2, 1, 2, 1]))
put("blur", y=upfirdn(x, norm(BLUR, 1), 1, 1, [2, 1, 2, 1]))
put("nearest_2x", y=F.interpolate(x, scale_factor=2, mode="nearest"))
put("bilinear_2x", y=F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
put("reflection_pad2d", y=F.pad(x, [4, 1, 2, 6], mode="reflect"))
put("replication_pad2d", y=F.pad(x, [4, 1, 2, 6], mode="replicate"))

even = torch.randn(3, 2, 6, 12)
put("even", x=even)
put("downsample_2x", y=upfirdn(even, norm(BLUR, 1), 1, 2, [1, 1, 1, 1]))
put("area_down", y=F.avg_pool2d(even, 3))

weight, bias = torch.randn(3), torch.randn(3)
put("affine", weight=weight, bias=bias)
offset = x * 2 + 5
put("instance_norm", y=F.leaky_relu(F.instance_norm(offset, weight=weight, bias=bias, eps=1e-5), 0.2))
bn = torch.nn.BatchNorm2d(3, eps=1e-5, momentum=0.1)
with torch.no_grad():
    bn.weight.copy_(weight), bn.bias.copy_(bias)
put("batch_norm_train", y=bn(offset), mean=bn.running_mean, variance=bn.running_var)
bn.eval()
put("batch_norm", y=bn(x))
put("pixel_norm", y=x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8))

many = torch.randn(6, 2, 3, 3)
group = many.reshape(3, 2, 2, 3, 3)
stddev = (group.var(0, unbiased=False) + 1e-8).sqrt().mean([1, 2, 3]).reshape(2, 1, 1, 1)
put("minibatch_stddev", x=many, y=torch.cat([many, stddev.repeat(3, 1, 3, 3)], 1))

noise = torch.randn(2, 1, 7, 5)
put(
    "noise_bias_act",
    noise=noise,
    y=F.leaky_relu(x * weight[None, :, None, None] + noise + bias[None, :, None, None], 0.2) * math.sqrt(2),
)


def modulated(x, weight, styles, demodulate, mode):
    """One grouped convolution with each sample's own weights."""
    n, c_in, h, w = x.shape
    c_out, _, k, _ = weight.shape
    own = weight[None] / math.sqrt(c_in * k * k) * styles[:, None, :, None, None]
    if demodulate:
        own = own * torch.rsqrt(own.square().sum([2, 3, 4], keepdim=True) + 1e-8)
    results = []
    for sample, kernel in zip(x, own):
        sample = sample[None]
        if mode == "same":
            y = F.conv2d(sample, kernel, padding=k // 2)
        elif mode == "up":
            y = F.conv_transpose2d(sample, kernel.transpose(0, 1), stride=2)
            y = upfirdn(y, norm(BLUR, 2), 1, 1, [1, 1, 1, 1])
        else:
            y = F.conv2d(upfirdn(sample, norm(BLUR, 1), 1, 1, [2, 2, 2, 2]), kernel, stride=2)
        results.append(y)
    return torch.cat(results)


kernel, styles = torch.randn(4, 3, 3, 3), torch.randn(2, 3) + 1
kernel1, thin = torch.randn(2, 3, 1, 1), torch.randn(2, 3, 4, 6)
put("modulated", weight=kernel, styles=styles, weight1=kernel1, thin=thin)
put("modulated_same", y=modulated(x, kernel, styles, True, "same"))
put("modulated_up", y=modulated(x, kernel, styles, True, "up"))
put("modulated_down", y=modulated(thin, kernel, styles, True, "down"))
put("modulated_rgb", y=modulated(x, kernel1, styles, False, "same") + bias[None, :2, None, None])

latent, full, shift = torch.randn(3, 5), torch.randn(4, 5), torch.randn(4)
lr = 0.01
put(
    "linear",
    x=latent,
    weight=full,
    bias=shift,
    y=F.leaky_relu(F.linear(latent, full * lr / math.sqrt(5), shift * lr), 0.2) * math.sqrt(2),
)


def hog(x, cell, sharpness):
    grey = ((x + 1) / 2).mean(1, keepdim=True)
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
    gx = F.conv2d(grey, sobel[None, None], padding=1)
    gy = F.conv2d(grey, sobel.T[None, None], padding=1)
    m, a = (gx**2 + gy**2 + 1e-3).sqrt(), math.cos(math.pi / 8)
    bins = []
    for k in range(8):
        h = (math.cos(k * math.pi / 8) * gx + math.sin(k * math.pi / 8) * gy).abs()
        bins.append(F.softplus((h - a * m) / (1 - a), beta=sharpness))
    taps = torch.tensor([1 - abs(j - (2 * cell + 1) / 2) / cell for j in range(1, 2 * cell + 1)])
    kernel = torch.outer(taps, taps).expand(8, 1, -1, -1)
    return F.conv2d(torch.cat(bins, 1), kernel, stride=cell, padding=cell // 2, groups=8)


drawing = torch.tanh(torch.randn(2, 3, 12, 20))
put("hog", x=drawing, y=hog(drawing, 4, 10.0))

grid = torch.rand(2, 3, 4, 2) * 3 - 1.5
for border in ["zeros", "border"]:
    y = F.grid_sample(x, grid, mode="bilinear", padding_mode=border, align_corners=False)
    put(f"grid_sample_{border}", y=y)
put("grid_sample", grid=grid)

save_file(out, pathlib.Path(__file__).with_suffix(".safetensors"))
