"""Expected numbers for tests/eval.rs, computed by numpy, OpenCV, scikit-learn and PyTorch: run it to write eval.safetensors."""

import pathlib

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
rng = np.random.default_rng(11)
out = {}


def put(case, **values):
    for name, value in values.items():
        out[f"{case}/{name}"] = np.ascontiguousarray(value)


def texture(width, height):
    """Soft blobs with some noise, so that gradients are neither flat nor all noise."""
    coarse = rng.uniform(0, 255, (height // 6 + 2, width // 6 + 2, 3)).astype(np.float32)
    soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.rint(soft + rng.normal(0, 8, soft.shape)), 0, 255).astype(np.uint8)


# Single pictures


def gradient_energy(image, core):
    y = image.astype(np.float32) @ LUMA
    return np.hypot(cv2.Sobel(y, cv2.CV_32F, 1, 0), cv2.Sobel(y, cv2.CV_32F, 0, 1))[core].astype(np.float64).mean()


def gradient_ratio(photo, hole, fill):
    core = cv2.erode(hole.astype(np.uint8), np.ones((7, 7))) > 0
    return gradient_energy(fill, core) / gradient_energy(photo, core) if core.any() else np.nan


def seam_ratio(hole, fill):
    y = fill.astype(np.float32) @ LUMA
    ring = cv2.dilate(hole.astype(np.uint8), np.ones((17, 17))) > 0
    across, near = [], []
    for a, b in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        difference = np.abs(y[a].astype(np.float64) - y[b])
        across.append(difference[hole[a] ^ hole[b]])
        near.append(difference[~hole[a] & ~hole[b] & ring[a] & ring[b]])
    return np.concatenate(across).mean() / np.concatenate(near).mean()


def ssim(photo, fill):
    blur = lambda v: cv2.GaussianBlur(v, (11, 11), 1.5)[5:-5, 5:-5]
    a, b = photo.astype(np.float64), fill.astype(np.float64)
    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return ((2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))).mean(2)


def rim(photo, hole, fill):
    touched = np.argwhere((photo != fill).any(2) & ~hole)
    holes = np.argwhere(hole)
    return max((np.sqrt(((holes - t) ** 2).sum(1).min()) for t in touched), default=0.0)


def picture_case(name, width, height, draw):
    photo, fill = texture(width, height), texture(width, height)
    hole = np.zeros((height, width), np.uint8)
    draw(hole)
    hole = hole > 0
    fill = np.where(hole[..., None], fill, photo)
    # A rim of changed pixels on one side of the hole.
    rim_of = cv2.dilate(hole.astype(np.uint8), np.ones((5, 5))) > 0
    rim_of[:, : width // 2] = False
    fill = np.where((rim_of & ~hole)[..., None], 255 - fill, fill)
    error = (fill.astype(np.float64) - photo)[hole]
    similarity = ssim(photo, fill)
    changed = (photo != fill).any(2) & ~hole
    values = dict(
        psnr=10 * np.log10(255**2 / (error**2).mean()), l1=np.abs(error).mean() / 2.55,
        gradient=gradient_ratio(photo, hole, fill), seam=seam_ratio(hole, fill),
        ssim=similarity.mean(), ssim_hole=similarity[hole[5:-5, 5:-5]].mean(),
        changed=100 * changed.sum() / (~hole).sum(), rim=rim(photo, hole, fill),
    )
    put(name, photo=photo, hole=hole.astype(np.uint8), fill=fill, **{k: np.float64(v) for k, v in values.items()})


def blobs(hole):
    cv2.circle(hole, (30, 26), 14, 1, -1)
    cv2.rectangle(hole, (56, 0), (71, 20), 1, -1)


picture_case("blobs", 72, 66, blobs)
picture_case("stroke", 40, 31, lambda hole: cv2.line(hole, (4, 5), (33, 27), 1, 4))


# The judge


def features(patch, bank):
    x, values = patch.astype(np.float32) / 127.5 - 1, []
    for _ in range(3):
        r = np.abs(np.stack([sum(cv2.filter2D(x[..., c], -1, w[..., c]) for c in range(3)) for w in bank], -1))
        values += [r.mean((0, 1)), r.std((0, 1))]
        x = cv2.resize(x, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    g = patch.astype(np.float64) @ LUMA / 255
    f = np.abs(np.fft.fftshift(np.fft.fft2(g - g.mean())))
    yy, xx = np.mgrid[:64, :64] - 32
    ring = np.hypot(yy, xx).astype(int)
    values.append(np.log1p(np.bincount(ring.ravel(), f.ravel()) / np.bincount(ring.ravel()))[1:32])
    return np.concatenate(values)


bank = rng.normal(size=(48, 5, 5, 3)).astype(np.float32)
unit = bank - bank.mean((1, 2, 3), keepdims=True)
unit /= np.sqrt((unit**2).sum((1, 2, 3), keepdims=True))
patch = texture(70, 68)
put("features", bank=bank.reshape(48, 75), photo=patch, expected=features(patch[3:67, 5:69], unit).astype(np.float32))

N, DIMS = 90, 24
folds = np.arange(N) // 10 % 5
real = rng.normal(size=(N, DIMS)) @ rng.normal(size=(DIMS, DIMS))
fake = real * 0.6 + 0.4 * rng.normal(size=(N, DIMS)) @ rng.normal(size=(DIMS, DIMS)) + 0.5
real[:, 3] = fake[:, 3] = 2.0  # a feature that never varies
real, fake = real.astype(np.float32), fake.astype(np.float32)
wrong = fooled = 0
for fold in range(5):
    test = folds == fold
    x = np.r_[real[~test], fake[~test]].astype(np.float64)
    y = np.r_[np.ones((~test).sum()), np.zeros((~test).sum())]
    scale = StandardScaler().fit(x)
    pca = PCA(min(40, len(x) // 5, DIMS), svd_solver="full").fit(scale.transform(x))
    svm = LinearSVC(dual=False, C=0.1, tol=1e-10, max_iter=100000).fit(pca.transform(scale.transform(x)), y)
    judge = lambda v: svm.decision_function(pca.transform(scale.transform(v.astype(np.float64))))
    a, b = judge(real[test]), judge(fake[test])
    wrong += (a <= 0).sum() + (b > 0).sum()
    fooled += (b > a).sum()
put("judge", real=real, fake=fake, folds=folds.astype(np.uint32), u_ids=np.float64(100 * wrong / (2 * N)), p_ids=np.float64(100 * fooled / N))


# Features of whole pictures


def frechet(a, b):
    (ma, mb), (ca, cb) = (v.mean(0) for v in (a, b)), (np.cov(v.T) for v in (a, b))
    return ((ma - mb) ** 2).sum() + np.trace(ca + cb - 2 * sqrtm(ca @ cb).real)


for name, (n_a, n_b, dims) in {"many": (60, 50, 6), "few": (7, 9, 12)}.items():
    a = (rng.normal(size=(n_a, dims)) * rng.uniform(0.5, 2, dims)).astype(np.float32)
    b = (rng.normal(size=(n_b, dims)) @ rng.normal(size=(dims, dims)) + 0.3).astype(np.float32)
    put(f"frechet_{name}", a=a, b=b, expected=np.float64(frechet(a.astype(np.float64), b.astype(np.float64))))

torch.manual_seed(5)
x = torch.rand(1, 3, 37, 50) * 2 - 1
put("vgg", x=x.numpy())
mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
x = ((x * 0.5 + 0.5) - mean.view(1, 3, 1, 1)) / deviation.view(1, 3, 1, 1)
channels = 3
for width, block in zip((3, 4, 5, 6, 7), ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28))):
    if block[0]:
        x = F.max_pool2d(x, 2)
    for at in block:
        weight, bias = torch.randn(width, channels, 3, 3) * (2 / (9 * channels)) ** 0.5, torch.randn(width) * 0.1
        put("weights", **{f"features.{at}.weight": weight.numpy(), f"features.{at}.bias": bias.numpy()})
        x, channels = F.relu(F.conv2d(x, weight, bias, padding=1)), width
    put("vgg", **{f"level{block[0]}": x.numpy()})
put("vgg", pooled=x.mean((2, 3)).numpy())

save_file(out, pathlib.Path(__file__).with_suffix(".safetensors"))
