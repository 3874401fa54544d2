//! Losses: each a named function of tensors with its formula and source. All return one number.

use candle_core::{Result, Tensor, Var};

use crate::compute::{Fir, upfirdn2d};
use crate::generators::ops::area_down;
use crate::generators::vgg::Trunk;

/// `log(1 + exp(x))`, without overflow: `max(x, 0) + log(1 + exp(-|x|))`.
///
/// # Errors
/// When candle cannot compute.
pub fn softplus(xs: &Tensor) -> Result<Tensor> {
    xs.relu()? + (xs.abs()?.neg()?.exp()? + 1.0)?.log()?
}

/// The generator's non-saturating loss: `mean softplus(-D(fake))` (Goodfellow et al., Generative Adversarial Nets, 2014, §3).
///
/// # Errors
/// When candle cannot compute.
pub fn generator_logistic(fake: &Tensor) -> Result<Tensor> {
    softplus(&fake.neg()?)?.mean_all()
}

/// The discriminator's logistic loss: `mean softplus(D(fake)) + mean softplus(-D(real))`.
///
/// # Errors
/// When candle cannot compute.
pub fn discriminator_logistic(real: &Tensor, fake: &Tensor) -> Result<Tensor> {
    softplus(fake)?.mean_all()? + softplus(&real.neg()?)?.mean_all()?
}

/// The generator's least-squares loss: `mean (D(fake) - 1)^2` (Mao et al., Least Squares Generative Adversarial Networks,
/// 2017, equation 9).
///
/// # Errors
/// When candle cannot compute.
pub fn generator_least_squares(fake: &Tensor) -> Result<Tensor> {
    (fake - 1.0)?.sqr()?.mean_all()
}

/// The discriminator's least-squares loss: `(mean (D(real) - 1)^2 + mean D(fake)^2) / 2`.
///
/// # Errors
/// When candle cannot compute.
pub fn discriminator_least_squares(real: &Tensor, fake: &Tensor) -> Result<Tensor> {
    ((real - 1.0)?.sqr()?.mean_all()? + fake.sqr()?.mean_all()?)? * 0.5
}

/// `mean |a - b|`.
///
/// # Errors
/// When the shapes differ.
pub fn l1(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a - b)?.abs()?.mean_all()
}

/// `mean |a - b|` of pictures `[n, c, h, w]` whose sides were divided by `factor`, blocks averaged: what should be where,
/// with no say in how the texture looks.
///
/// # Errors
/// When the shapes differ or the factor does not divide the sides.
pub fn coarse_l1(a: &Tensor, b: &Tensor, factor: usize) -> Result<Tensor> {
    if factor <= 1 {
        return l1(a, b);
    }
    area_down(&(a - b)?, factor)?.abs()?.mean_all()
}

/// The mean of `|a - b|` over the holes, weighted by the share of known pixels within `width` pixels both ways: a fill must
/// meet what is around it, while the inside may be anything plausible (after the spatially discounted loss of Yu et al.,
/// Generative Image Inpainting with Contextual Attention, 2018, §3.2). `a`, `b` `[n, c, h, w]`, `known` `[n, 1, h, w]`.
///
/// Differences are averaged over blocks of `block` pixels first: with single pixels (1) the safest answer is a smooth one, and a
/// band of `width` pixels without texture is what a network learns; blocks leave texture to the discriminator.
///
/// # Errors
/// When the shapes do not fit or the blocks do not divide the sides.
pub fn border_l1(a: &Tensor, b: &Tensor, known: &Tensor, (width, block): (usize, usize)) -> Result<Tensor> {
    let taps = vec![1.0 / (2 * width + 1) as f64; 2 * width + 1];
    let share = upfirdn2d(known, &taps, Fir::new(1, 1, (width as isize, width as isize)))?;
    let weight = (share * known.affine(-1.0, 1.0)?)?.detach();
    let in_blocks = |xs: Tensor| if block <= 1 { Ok(xs) } else { area_down(&xs, block) };
    let (weight, difference) = (in_blocks(weight)?, in_blocks((a - b)?)?);
    let total = weight.sum_all()?.affine(a.dim(1)? as f64, 1e-6)?;
    difference.abs()?.broadcast_mul(&weight)?.sum_all()? / total
}

/// `mean_l mean |F_l(a) - F_l(b)|` over the blocks `l` of a trunk of features (Johnson et al., Perceptual Losses for Real-Time
/// Style Transfer and Super-Resolution, 2016, §3.2, with absolute differences). Pictures `[n, 3, h, w]` in -1..1.
///
/// # Errors
/// When the pictures are too small for the trunk.
pub fn perceptual(trunk: &Trunk, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = (trunk.levels(a)?, trunk.levels(&b.detach())?);
    let count = a.len() as f64;
    let differences = a.iter().zip(&b).map(|(a, b)| l1(a, b)).collect::<Result<Vec<_>>>()?;
    Tensor::stack(&differences, 0)?.sum_all()? / count
}

/// `mean weight (a - b)^2`; `weight` broadcasts against the others (Pathak et al., Context Encoders, 2016, §3.2: ten times
/// the weight where the prediction overlaps the known border).
///
/// # Errors
/// When the shapes do not fit.
pub fn weighted_l2(a: &Tensor, b: &Tensor, weight: &Tensor) -> Result<Tensor> {
    (a - b)?.sqr()?.broadcast_mul(weight)?.mean_all()
}

/// `1 / (mean |x_i - x_j| / mean |z_i - z_j|)` over neighbours `i`, `j` in the batch: small where other latents give other
/// pictures (Mao et al., Mode Seeking Generative Adversarial Networks for Diverse Image Synthesis, 2019, §3.2). `pictures`
/// `[n, c, h, w]` of the latents `zs` `[n, d]`; one picture has no neighbour and gives 0.
///
/// # Errors
/// When the shapes do not fit.
pub fn mode_seeking(pictures: &Tensor, zs: &Tensor) -> Result<Tensor> {
    let n = pictures.dim(0)?;
    if n < 2 {
        return Tensor::zeros((), pictures.dtype(), pictures.device());
    }
    let apart = |xs: &Tensor| l1(&xs.narrow(0, 0, n - 1)?, &xs.narrow(0, 1, n - 1)?);
    apart(&zs.detach())? / (apart(pictures)? + 1e-5)?
}

/// `R1`: `gamma / 2 mean_n ||d D(x) / d x||^2` at real pictures (Mescheder et al., Which Training Methods for GANs do
/// actually Converge?, 2018, equation 9). `score` is the discriminator as a function of the pictures `[n, …]`.
///
/// Needs gradients that stay on their graph: `compute::keep_gradient_graphs`.
///
/// # Errors
/// When candle cannot compute, or the discriminator does not see the pictures.
pub fn r1(pictures: &Tensor, gamma: f64, score: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let pictures = Var::from_tensor(pictures)?;
    let grads = score(pictures.as_tensor())?.sum_all()?.backward()?;
    let Some(grad) = grads.get(&pictures) else {
        candle_core::bail!("the scores do not depend on the pictures: there is no gradient to penalise");
    };
    grad.sqr()?.sum_all()? * (gamma / 2.0 / pictures.dim(0)? as f64)
}

/// Lengths of the gradients of `sum(pictures noise)` with respect to the styles `[n, n_layers, dim]`, `[n]`: the root of the
/// mean over layers of the squared norm (Karras et al. 2020, §3.2). `noise` is normal, divided by the root of the number
/// of pixels.
///
/// Needs gradients that stay on their graph: `compute::keep_gradient_graphs`.
///
/// # Errors
/// When candle cannot compute, or the pictures do not depend on the styles.
pub fn path_lengths(pictures: &Tensor, styles: &Tensor, noise: &Tensor) -> Result<Tensor> {
    let grads = (pictures * noise)?.sum_all()?.backward()?;
    let Some(grad) = grads.get(styles) else {
        candle_core::bail!("the pictures do not depend on the styles: there is no path length");
    };
    grad.sqr()?.sum(2)?.mean(1)?.sqrt()
}

/// `weight mean_n (length - target)^2`: `lengths` `[n]` of [`path_lengths`], `target` their moving average.
///
/// # Errors
/// When candle cannot compute.
pub fn path_length_penalty(lengths: &Tensor, target: f64, weight: f64) -> Result<Tensor> {
    (lengths - target)?.sqr()?.mean_all()? * weight
}
