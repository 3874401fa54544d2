//! Normalisation over the batch or over channels, and the batch's deviation as a feature.

use candle_core::{D, Result, Tensor};

use super::batch_norm::{fused, one_image};
use super::check::{check_filled, check_operand, image_dims, is_own, refuse};
use super::instance_norm::{Affine, instance_norm};
use super::scale_bias_act;
use crate::compute::Activation;

/// Added to the variance by instance and batch norm unless a network says otherwise.
pub const NORM_EPS: f64 = 1e-5;

/// Mean and variance of each channel over a batch, `[c]`, detached from any gradient graph.
#[derive(Debug, Clone)]
pub struct BatchStatistics {
    /// Mean.
    pub mean: Tensor,
    /// Variance with `count - 1` in the denominator, as running statistics keep it.
    pub variance: Tensor,
}

/// Batch norm of training (Ioffe and Szegedy 2015): `xs` `[n, c]` or `[n, c, h, w]` with the batch's own statistics, then
/// the affine step and the activation. The statistics are returned for [`update_running`].
///
/// # Errors
/// One sentence with the shapes when they do not fit or when there is only one value for each channel.
pub fn batch_norm_train(
    xs: &Tensor,
    affine: Option<Affine<'_>>,
    eps: f64,
    activation: Activation,
) -> Result<(Tensor, BatchStatistics)> {
    let op = "batch_norm";
    let (n, c, h, w) = batch_dims(op, xs)?;
    let count = n * h * w;
    if count < 2 {
        return refuse(op, xs, "the statistics of one value for each channel mean nothing");
    }
    let weight =
        affine.map_or_else(|| Tensor::ones(c, xs.dtype(), xs.device()), |affine| affine.weight.contiguous())?;
    let bias = affine.map_or_else(|| Tensor::zeros(c, xs.dtype(), xs.device()), |affine| affine.bias.contiguous())?;
    check_operand(op, xs, "weight", &weight, &[&[c]])?;
    check_operand(op, xs, "bias", &bias, &[&[c]])?;
    if is_own(xs.device()) {
        return fused(&xs.contiguous()?, &weight, &bias, eps, activation);
    }
    let planes = one_image(xs)?;
    let normed = instance_norm(&planes, None, eps, Activation::Identity)?;
    let ys = normed.reshape((c, n, h * w))?.transpose(0, 1)?.reshape(xs.dims())?;
    let flat = planes.detach().reshape((c, count))?;
    let mean = flat.mean_keepdim(1)?;
    let squares = flat.broadcast_sub(&mean)?.sqr()?.sum(1)?;
    let statistics = BatchStatistics { mean: mean.reshape(c)?, variance: (squares / (count - 1) as f64)? };
    Ok((scale_bias_act(&ys, Some(&weight), Some(&bias), activation)?, statistics))
}

/// Running statistics after one more batch: `running + momentum (batch - running)`; PyTorch's momentum is 0.1.
///
/// # Errors
/// When the shapes differ.
pub fn update_running(running: &BatchStatistics, batch: &BatchStatistics, momentum: f64) -> Result<BatchStatistics> {
    let step = |old: &Tensor, new: &Tensor| -> Result<Tensor> {
        Ok((old.affine(1.0 - momentum, 0.0)? + new.affine(momentum, 0.0)?)?.detach())
    };
    Ok(BatchStatistics { mean: step(&running.mean, &batch.mean)?, variance: step(&running.variance, &batch.variance)? })
}

/// Batch norm of inference, folded to one factor and one summand for each channel.
#[derive(Debug, Clone)]
pub struct BatchNorm {
    /// `weight / sqrt(variance + eps)`, `[c]`.
    pub scale: Tensor,
    /// `bias - mean scale`, `[c]`.
    pub shift: Tensor,
}

impl BatchNorm {
    /// Folds running statistics and the affine step; iGAN's networks use an `eps` of 1e-8, others [`NORM_EPS`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn folded(statistics: &BatchStatistics, affine: Option<Affine<'_>>, eps: f64) -> Result<Self> {
        let inverse = (&statistics.variance + eps)?.sqrt()?.recip()?;
        let (scale, shift) = match affine {
            None => (inverse.clone(), (&statistics.mean * &inverse)?.neg()?),
            Some(Affine { weight, bias }) => {
                let scale = (weight * inverse)?;
                let shift = (bias - (&statistics.mean * &scale)?)?;
                (scale, shift)
            }
        };
        Ok(Self { scale, shift })
    }
}

/// `activation(scale xs + shift)`: `xs` `[n, c]` or `[n, c, h, w]`.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn batch_norm(xs: &Tensor, norm: &BatchNorm, activation: Activation) -> Result<Tensor> {
    let (_, c, ..) = batch_dims("batch_norm", xs)?;
    check_operand("batch_norm", xs, "scale", &norm.scale, &[&[c]])?;
    scale_bias_act(xs, Some(&norm.scale), Some(&norm.shift), activation)
}

fn batch_dims(op: &str, xs: &Tensor) -> Result<(usize, usize, usize, usize)> {
    match *xs.dims() {
        [n, c] => check_filled(op, xs).map(|()| (n, c, 1, 1)),
        [..] if xs.rank() == 4 => image_dims(op, xs),
        _ => refuse(op, xs, "the input needs two or four dimensions, [n, c] or [n, c, h, w]"),
    }
}

/// `x / sqrt(mean of x^2 over dimension 1 + 1e-8)`: `xs` `[n, c, …]` (Karras et al., Progressive Growing of GANs, 2018, §4.2).
///
/// # Errors
/// When there is no dimension of channels or nothing in the tensor.
pub fn pixel_norm(xs: &Tensor) -> Result<Tensor> {
    check_filled("pixel_norm", xs)?;
    if xs.rank() < 2 {
        return refuse("pixel_norm", xs, "the input needs a dimension of channels, [n, c, ...]");
    }
    let mean = xs.sqr()?.mean_keepdim(1)?;
    xs.broadcast_div(&(mean + 1e-8)?.sqrt()?)
}

/// Appends one channel with the deviation over groups of samples, averaged over channels and pixels: `xs` `[n, c, h, w]` to
/// `[n, c + 1, h, w]` (Progressive Growing of GANs, §3; StyleGAN2 uses groups of 4).
///
/// A group has `min(group_size, n)` samples, those whose index agrees modulo the number of groups.
///
/// # Errors
/// One sentence with the shape when the rank is not 4, the input empty, or `n` not a multiple of the group.
pub fn minibatch_stddev(xs: &Tensor, group_size: usize) -> Result<Tensor> {
    let op = "minibatch_stddev";
    let (n, c, h, w) = image_dims(op, xs)?;
    let group = group_size.min(n);
    if group == 0 || n % group > 0 {
        return refuse(op, xs, &format!("{n} samples cannot be shared out into groups of {group}"));
    }
    let groups = n / group;
    let ys = xs.reshape((group, groups, c * h * w))?;
    let centered = ys.broadcast_sub(&ys.mean_keepdim(0)?)?;
    let deviation = (centered.sqr()?.mean(0)? + 1e-8)?.sqrt()?;
    let mean = deviation.mean(D::Minus1)?.reshape((1, groups, 1, 1, 1))?;
    let channel = mean.broadcast_as((group, groups, 1, h, w))?.reshape((n, 1, h, w))?;
    Tensor::cat(&[xs, &channel], 1)
}
