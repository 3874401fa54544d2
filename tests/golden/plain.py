"""StyleGAN2's operations and networks and CoModGAN's as functions of a dictionary of tensors, for the scripts beside this file.

Plain definitions, written from the descriptions of the networks: every sample of a modulated convolution gets weights of its
own, resampling inserts zeros and convolves with the whole 4x4 kernel. In whatever precision torch's default is.
"""
import math

import torch
import torch.nn.functional as F

TAPS = torch.tensor([1., 3, 3, 1])
KERNEL = TAPS[:, None] * TAPS[None, :] / 64


def upfirdn(x, kernel, up=1, down=1, pad=(0, 0)):
    n, c, h, w = x.shape
    if up > 1:
        z = x.new_zeros(n, c, h * up, w * up)
        z[:, :, ::up, ::up] = x
        x = z
    x = F.pad(x, (pad[0], pad[1], pad[0], pad[1]))
    weight = kernel.to(x).flip(0, 1)[None, None].repeat(c, 1, 1, 1)
    return F.conv2d(x, weight, groups=c)[:, :, ::down, ::down]


def lrelu(x):
    return F.leaky_relu(x, .2) * math.sqrt(2)


def dense(x, w, b, lr=1.):
    return x @ (w * (lr / math.sqrt(w.shape[1]))).T + b * lr


def modulated(x, weight, style, up=False, demodulate=True):
    """weight [O, I, k, k], style [N, I]: one sample after the other, with weights of its own."""
    o, i, k, _ = weight.shape
    out = []
    for sample, s in zip(x, style):
        w = weight / math.sqrt(i * k * k) * s[None, :, None, None]
        if demodulate:
            w = w * torch.rsqrt(w.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        if up:
            y = F.conv_transpose2d(sample[None], w.transpose(0, 1), stride=2)
            out.append(upfirdn(y, KERNEL * 4, pad=(1, 1)))
        else:
            out.append(F.conv2d(sample[None], w, padding=k // 2))
    return torch.cat(out)


def mapping(z, layers):
    w = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
    for weight, bias in layers:
        w = lrelu(dense(w, weight, bias, .01))
    return w


def random_like(shapes):
    state = {}
    for name, (shape, mean, sd) in shapes.items():
        state[name] = torch.randn(shape) * sd + mean
    return state


def channels(side, base=64, most=8):
    return min(base // side, most)


def sides_of(side):
    """8, 16, ... up to the picture's."""
    return [1 << log for log in range(3, int(math.log2(side)) + 1)]


def comodgan_shapes(side, dim, wide, deep=2, is_vgg=False):
    """Shape, mean and deviation of every tensor of the generator, in the files' order; with either encoder."""
    sides = sides_of(side)
    shapes = {"mapping.w_avg": ((dim,), 0, 1)}
    for i in range(deep):
        shapes[f"mapping.fc{i}.weight"], shapes[f"mapping.fc{i}.bias"] = ((dim, dim), 0, 100), ((dim,), 0, 30)

    def plain(at, i, o, k=3):
        shapes[f"{at}.weight"], shapes[f"{at}.bias"] = ((o, i, k, k), 0, 1), ((o,), 0, .3)

    def styled(at, i, o, r):
        plain(at, i, o)
        shapes[f"{at}.affine.weight"], shapes[f"{at}.affine.bias"] = ((i, dim + wide), 0, 1), ((i,), 1, .2)
        shapes[f"{at}.noise_const"], shapes[f"{at}.noise_strength"] = ((r, r), 0, 1), ((), 0, 1)

    def rgb(at, i):
        plain(at, i, 3, 1)
        shapes[f"{at}.affine.weight"], shapes[f"{at}.affine.bias"] = ((i, dim + wide), 0, 1), ((i,), 1, .2)

    if not is_vgg:
        plain(f"encoder.b{side}.fromrgb", 4, channels(side), 1)
    for r in sides:
        plain(f"encoder.b{r}.conv0", channels(r) if not is_vgg else 4 if r == side else channels(2 * r), channels(r))
        plain(f"encoder.b{r}.conv1", channels(r), channels(r if is_vgg else r // 2))
        styled(f"synthesis.b{r}.conv0", channels(r // 2), channels(r), r)
        styled(f"synthesis.b{r}.conv1", channels(r), channels(r), r)
        rgb(f"synthesis.b{r}.torgb", channels(r))
    if is_vgg:
        plain("encoder.b4.conv0", channels(8), channels(4))
        plain("encoder.b4.conv1", channels(4), channels(4))
    else:
        plain("encoder.b4.conv", channels(4), channels(4))
    shapes["encoder.b4.fc.weight"], shapes["encoder.b4.fc.bias"] = ((wide, channels(4) * 16), 0, 1), ((wide,), 0, .3)
    shapes["synthesis.b4.fc.weight"] = ((channels(4) * 16, wide), 0, 1)
    shapes["synthesis.b4.fc.bias"] = ((channels(4) * 16,), 0, .3)
    styled("synthesis.b4.conv", channels(4), channels(4), 4)
    rgb("synthesis.b4.torgb", channels(4))
    return shapes


def comodgan_mapping(p, z):
    layers = [name[:-len(".weight")] for name in p if name.startswith("mapping.fc") and name.endswith(".weight")]
    return mapping(z, [(p[f"{at}.weight"], p[f"{at}.bias"]) for at in layers])


def equal_conv(p, at, x, down=False, act=lrelu):
    """A convolution with the equalised learning rate; a bias where there is one."""
    w = p[f"{at}.weight"]
    w = w / math.sqrt(w[0].numel())
    k = w.shape[2]
    if down:
        # The blur's padding and the convolution's together; the convolution itself adds none.
        total = 2 + (k - 1)
        x = F.conv2d(upfirdn(x, KERNEL, pad=((total + 1) // 2, total // 2)), w, stride=2)
    else:
        x = F.conv2d(x, w, padding=k // 2)
    b = p.get(f"{at}.bias")
    return act(x if b is None else x + b[None, :, None, None])


def comodgan_fill(p, side, image, known, ws, limit=None, dropout=1., noises=None):
    """noises: one map for each convolution with noise, smallest first; else the constant ones."""
    left = None if noises is None else iter(noises)
    cut = lambda x: x if limit is None else x.clamp(-limit, limit)

    def conv(at, x, down=False):
        return cut(equal_conv(p, at, x, down))

    def style(at, u):
        return dense(u, p[f"{at}.affine.weight"], p[f"{at}.affine.bias"])

    def layer(at, x, u, up=False):
        y = modulated(x, p[f"{at}.weight"], style(at, u), up)
        noise = p[f"{at}.noise_const"] if left is None else next(left)
        y = y + noise * p[f"{at}.noise_strength"] + p[f"{at}.bias"][None, :, None, None]
        return cut(lrelu(y))

    def painted(at, x, u):
        y = modulated(x, p[f"{at}.weight"], style(at, u), demodulate=False)
        return y + p[f"{at}.bias"][None, :, None, None]

    x, kept = torch.cat([known - .5, image * known], 1), {}
    if "encoder.b4.conv.weight" in p:
        x = conv(f"encoder.b{side}.fromrgb", x)
        for r in reversed(sides_of(side)):
            kept[r] = conv(f"encoder.b{r}.conv0", x)
            x = conv(f"encoder.b{r}.conv1", kept[r], down=True)
        kept[4] = conv("encoder.b4.conv", x)
    else:
        # As VGG: two convolutions a size, means of 2 x 2 pixels between sizes.
        for r in [*reversed(sides_of(side)), 4]:
            kept[r] = conv(f"encoder.b{r}.conv1", conv(f"encoder.b{r}.conv0", x))
            x = F.avg_pool2d(kept[r], 2)
    g = cut(lrelu(dense(kept[4].flatten(1), p["encoder.b4.fc.weight"], p["encoder.b4.fc.bias"]))) * dropout
    u = lambda at: torch.cat([ws[:, at], g], 1)
    x = cut(lrelu(dense(g, p["synthesis.b4.fc.weight"], p["synthesis.b4.fc.bias"])))
    x = layer("synthesis.b4.conv", x.view(-1, channels(4), 4, 4) + kept[4], u(0))
    y = painted("synthesis.b4.torgb", x, u(1))
    for r in sides_of(side):
        at = 2 * int(math.log2(r)) - 5
        x = layer(f"synthesis.b{r}.conv0", x, u(at), up=True) + kept[r]
        x = layer(f"synthesis.b{r}.conv1", x, u(at + 1))
        y = upfirdn(y, KERNEL * 4, up=2, pad=(2, 1)) + painted(f"synthesis.b{r}.torgb", x, u(at + 2))
    return y * (1 - known) + image * known


def judge_shapes(side, seen):
    """As comodgan_shapes, of StyleGAN2's discriminator for pictures of so many channels."""
    shapes = {}

    def plain(at, i, o, k, bias=True):
        shapes[f"{at}.weight"] = ((o, i, k, k), 0, 1)
        if bias:
            shapes[f"{at}.bias"] = ((o,), 0, .3)

    plain(f"b{side}.fromrgb", seen, channels(side), 1)
    for r in sides_of(side):
        plain(f"b{r}.conv0", channels(r), channels(r), 3)
        plain(f"b{r}.conv1", channels(r), channels(r // 2), 3)
        plain(f"b{r}.skip", channels(r), channels(r // 2), 1, bias=False)
    plain("b4.conv", channels(4) + 1, channels(4), 3)
    for name, i, o in (("fc", 16 * channels(4), channels(4)), ("out", channels(4), 1)):
        shapes[f"b4.{name}.weight"], shapes[f"b4.{name}.bias"] = ((o, i), 0, 1), ((o,), 0, .3)
    return shapes


def comodgan_judge_shapes(side):
    """It sees the mask too."""
    return judge_shapes(side, 4)


def judge_logits(p, side, x):
    """Logits [n] of what the discriminator sees."""
    x = equal_conv(p, f"b{side}.fromrgb", x)
    for r in reversed(sides_of(side)):
        main = equal_conv(p, f"b{r}.conv1", equal_conv(p, f"b{r}.conv0", x), down=True)
        x = (main + equal_conv(p, f"b{r}.skip", x, down=True, act=lambda x: x)) / math.sqrt(2)
    return last_logits(p, x)


def last_logits(p, x):
    """From 4 pixels on, with the deviation over groups of samples."""
    n, c, h, w = x.shape
    group = min(4, n)
    y = x.view(group, -1, c, h, w)
    deviation = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    x = torch.cat([x, deviation.repeat(group)[:, None, None, None].expand(n, 1, h, w)], 1)
    x = equal_conv(p, "b4.conv", x).flatten(1)
    x = lrelu(dense(x, p["b4.fc.weight"], p["b4.fc.bias"]))
    return dense(x, p["b4.out.weight"], p["b4.out.bias"]).squeeze(1)


def comodgan_judge(p, side, image, known):
    """Logits [n]: the discriminator sees the mask and the whole picture."""
    return judge_logits(p, side, torch.cat([known - .5, image], 1))


# --- StyleGAN2 ------------------------------------------------------------------------------------------------------------

def stylegan2_shapes(side, dim, deep=2, base=64, most=8):
    """Shape, mean and deviation of every tensor of the generator, in the files' order."""
    shapes, at_side = {}, lambda r: channels(r, base, most)
    for i in range(1, deep + 1):
        shapes[f"style.{i}.weight"], shapes[f"style.{i}.bias"] = ((dim, dim), 0, 100), ((dim,), 0, 30)
    shapes["input.input"] = ((1, at_side(4), 4, 4), 0, 1)

    def conv(at, i, o):
        shapes[f"{at}.conv.weight"] = ((1, o, i, 3, 3), 0, 1)
        shapes[f"{at}.conv.modulation.weight"] = ((i, dim), 0, 1)
        shapes[f"{at}.conv.modulation.bias"] = ((i,), 1, .2)
        shapes[f"{at}.noise.weight"] = ((1,), 0, 1)
        shapes[f"{at}.activate.bias"] = ((o,), 0, .3)

    def rgb(at, i):
        shapes[f"{at}.conv.weight"] = ((1, 3, i, 1, 1), 0, 1)
        shapes[f"{at}.conv.modulation.weight"] = ((i, dim), 0, 1)
        shapes[f"{at}.conv.modulation.bias"] = ((i,), 1, .2)
        shapes[f"{at}.bias"] = ((1, 3, 1, 1), 0, .3)

    conv("conv1", at_side(4), at_side(4))
    rgb("to_rgb1", at_side(4))
    shapes["noises.noise_0"] = ((1, 1, 4, 4), 0, 1)
    for j, r in enumerate(sides_of(side)):
        conv(f"convs.{2 * j}", at_side(r // 2), at_side(r))
        conv(f"convs.{2 * j + 1}", at_side(r), at_side(r))
        rgb(f"to_rgbs.{j}", at_side(r))
        for at in (2 * j + 1, 2 * j + 2):
            shapes[f"noises.noise_{at}"] = ((1, 1, r, r), 0, 1)
    return shapes


def stylegan2_mapping(p, z):
    layers = [name[:-len(".weight")] for name in p if name.startswith("style.") and name.endswith(".weight")]
    return mapping(z, [(p[f"{at}.weight"], p[f"{at}.bias"]) for at in layers])


def stylegan2_draw(p, side, ws, noises=None):
    """noises: one map for each convolution with noise, smallest first; else the constant ones."""
    noise = lambda at: p[f"noises.noise_{at}"] if noises is None else noises[at]

    def styled(at, x, w, noise, up=False):
        style = dense(w, p[f"{at}.conv.modulation.weight"], p[f"{at}.conv.modulation.bias"])
        y = modulated(x, p[f"{at}.conv.weight"][0], style, up)
        y = y + noise * p[f"{at}.noise.weight"] + p[f"{at}.activate.bias"][None, :, None, None]
        return lrelu(y)

    def painted(at, x, w):
        style = dense(w, p[f"{at}.conv.modulation.weight"], p[f"{at}.conv.modulation.bias"])
        return modulated(x, p[f"{at}.conv.weight"][0], style, demodulate=False) + p[f"{at}.bias"]

    x = styled("conv1", p["input.input"].repeat(len(ws), 1, 1, 1), ws[:, 0], noise(0))
    y = painted("to_rgb1", x, ws[:, 1])
    for j in range(len(sides_of(side))):
        x = styled(f"convs.{2 * j}", x, ws[:, 2 * j + 1], noise(2 * j + 1), up=True)
        x = styled(f"convs.{2 * j + 1}", x, ws[:, 2 * j + 2], noise(2 * j + 2))
        y = painted(f"to_rgbs.{j}", x, ws[:, 2 * j + 3]) + upfirdn(y, KERNEL * 4, up=2, pad=(2, 1))
    return y


# --- StyleGAN -------------------------------------------------------------------------------------------------------------

SOFT = torch.tensor([1., 2, 1])[:, None] * torch.tensor([1., 2, 1])[None, :] / 16


def soft(x):
    return upfirdn(x, SOFT, pad=(1, 1))


def nearest(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def stylegan1_shapes(side, dim, deep=2):
    """Shape, mean and deviation of every tensor of the generator."""
    shapes = {}
    for i in range(deep):
        shapes[f"mapping.fc{i}.weight"], shapes[f"mapping.fc{i}.bias"] = ((dim, dim), 0, 100), ((dim,), 0, 30)
    for r in [4, *sides_of(side)]:
        c, at = channels(r), f"synthesis.b{r}"
        if r == 4:
            shapes[f"{at}.const"] = ((1, c, 4, 4), 0, 1)
        else:
            shapes[f"{at}.conv0.weight"] = ((channels(r // 2), c, 3, 3), 0, 1)
        shapes[f"{at}.conv1.weight"] = ((c, c, 3, 3), 0, 1)
        for layer in ("conv0", "conv1"):
            shapes[f"{at}.{layer}.bias"], shapes[f"{at}.{layer}.noise_const"] = ((c,), 0, .3), ((r, r), 0, 1)
            shapes[f"{at}.{layer}.noise_strength"] = ((c,), 0, .5)
            shapes[f"{at}.{layer}.style.weight"], shapes[f"{at}.{layer}.style.bias"] = ((2 * c, dim), 0, .5), ((2 * c,), 0, .3)
        shapes[f"{at}.torgb.weight"], shapes[f"{at}.torgb.bias"] = ((3, c, 1, 1), 0, 1), ((3,), 0, .3)
    return shapes


def stylegan1_draw(p, side, ws, fade=1., noises=None):
    """Pictures of `side` pixels, that size faded in by so much."""
    def layer(at, y, w, number):
        noise = p[f"{at}.noise_const"] if noises is None else noises[number]
        y = lrelu(y + noise * p[f"{at}.noise_strength"][None, :, None, None])
        y = F.instance_norm(y, eps=1e-5)
        style = dense(w, p[f"{at}.style.weight"], p[f"{at}.style.bias"])
        factor, summand = style.chunk(2, 1)
        return y * (factor + 1)[:, :, None, None] + summand[:, :, None, None]

    def equal(w):
        return w / math.sqrt(w.shape[1] * w.shape[2] * w.shape[3])

    def rgb(r, x):
        return F.conv2d(x, equal(p[f"synthesis.b{r}.torgb.weight"]), p[f"synthesis.b{r}.torgb.bias"])

    x = before = None
    for level, r in enumerate([4, *sides_of(side)] if side > 4 else [4]):
        at, before = f"synthesis.b{r}", x
        if r == 4:
            y = (p[f"{at}.const"] + p[f"{at}.conv0.bias"][None, :, None, None]).repeat(len(ws), 1, 1, 1)
        else:
            # A transposed convolution's weights, turned round.
            w = equal(p[f"{at}.conv0.weight"].transpose(0, 1).flip(2, 3))
            y = soft(F.conv2d(nearest(x), w, p[f"{at}.conv0.bias"], padding=1))
        x = layer(f"{at}.conv0", y, ws[:, 2 * level], 2 * level)
        y = F.conv2d(x, equal(p[f"{at}.conv1.weight"]), p[f"{at}.conv1.bias"], padding=1)
        x = layer(f"{at}.conv1", y, ws[:, 2 * level + 1], 2 * level + 1)
    return rgb(r, x) if fade == 1 else fade * rgb(r, x) + (1 - fade) * nearest(rgb(r // 2, before))


def stylegan1_judge_shapes(side):
    shapes = {}

    def plain(at, i, o, k):
        shapes[f"{at}.weight"], shapes[f"{at}.bias"] = ((o, i, k, k), 0, 1), ((o,), 0, .3)

    for r in [4, *sides_of(side)]:
        plain(f"b{r}.fromrgb", 3, channels(r), 1)
        if r > 4:
            plain(f"b{r}.conv0", channels(r), channels(r), 3)
            plain(f"b{r}.conv1", channels(r), channels(r // 2), 3)
    plain("b4.conv", channels(4) + 1, channels(4), 3)
    for name, i, o in (("fc", 16 * channels(4), channels(4)), ("out", channels(4), 1)):
        shapes[f"b4.{name}.weight"], shapes[f"b4.{name}.bias"] = ((o, i), 0, 1), ((o,), 0, .3)
    return shapes


def stylegan1_logits(p, image, fade=1.):
    """Logits [n] of pictures of the size that the networks have grown to."""
    side = image.shape[3]
    x = equal_conv(p, f"b{side}.fromrgb", image)
    for r in reversed(sides_of(side)):
        w = p[f"b{r}.conv1.weight"]
        y = F.conv2d(soft(equal_conv(p, f"b{r}.conv0", x)), w / math.sqrt(w[0].numel()), padding=1)
        x = lrelu(F.avg_pool2d(y, 2) + p[f"b{r}.conv1.bias"][None, :, None, None])
        if r == side and fade != 1:
            x = fade * x + (1 - fade) * equal_conv(p, f"b{r // 2}.fromrgb", F.avg_pool2d(image, 2))
    return last_logits(p, x)
