//! Instance normalisation (Ulyanov, Vedaldi and Lempitsky 2016): each channel of each sample to mean 0 and variance 1.
//!
//! On the CPU a set of three operations is closed under differentiation. With `y` the normalised plane of `N` values, `r` the
//! inverse deviation and bars for means over the plane:
//! *gradient* `F(g, x) = r (g - mean(g) - y mean(g y))`, linear and symmetric in `g`; of the inverse deviation
//! `dr/dx = -r^2 y / N`; and for the second order, with `S = <v, F(g, x)>`,
//! `d<v, F(g, x)>/dx = -r (y S / N + mean(g y) F(v, x) + mean(v y) F(g, x))`.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, D, Layout, Result, Shape, Tensor};

use super::check::{check_operand, image_dims, is_own, refuse};
use super::pointwise::vector;
use super::scale::{LANES, block_sum, dot, plane_of, scale, sum_of_lanes};
use super::{bias_act, scale_bias_act};
use crate::compute::Activation;
use crate::compute::element::{Element, for_each_plane, only_floats, values};

/// What follows a normalisation: `weight y + bias`, each `[c]`, or `[n, c]` where every sample has its own (StyleGAN's
/// adaptive instance norm).
#[derive(Debug, Clone, Copy)]
pub struct Affine<'a> {
    /// Factor.
    pub weight: &'a Tensor,
    /// Summand.
    pub bias: &'a Tensor,
}

/// `activation(weight (x - mean) / sqrt(variance + eps) + bias)` with the statistics of each plane of `xs` `[n, c, h, w]`
/// (biased variance); PyTorch's `eps` is 1e-5.
///
/// # Errors
/// One sentence with the shapes when they do not fit, or when `eps` is not above 0.
pub fn instance_norm(xs: &Tensor, affine: Option<Affine<'_>>, eps: f64, activation: Activation) -> Result<Tensor> {
    let op = "instance_norm";
    let (n, c, ..) = image_dims(op, xs)?;
    if eps.is_nan() || eps <= 0.0 {
        return refuse(op, xs, &format!("eps is {eps}, not above 0"));
    }
    if let Some(Affine { weight, bias }) = affine {
        check_operand(op, xs, "weight", weight, &[&[c], &[n, c]])?;
        check_operand(op, xs, "bias", bias, &[&[c], &[n, c]])?;
    }
    let finish = |ys: &Tensor| match (affine, activation) {
        (None, Activation::Identity) => Ok(ys.clone()),
        (None, activation) => bias_act(ys, None, activation),
        (Some(Affine { weight, bias }), activation) => scale_bias_act(ys, Some(weight), Some(bias), activation),
    };
    if !is_own(xs.device()) {
        return finish(&composed(xs, eps)?);
    }
    let xs = xs.contiguous()?;
    let is_affine_tracked = affine.is_some_and(|affine| affine.weight.track_op() || affine.bias.track_op());
    if xs.track_op() || is_affine_tracked {
        return finish(&normalized(&xs, eps)?);
    }
    let constant = |tensor: Option<&Tensor>| tensor.map(Tensor::contiguous).transpose();
    let (weight, bias) = (constant(affine.map(|affine| affine.weight))?, constant(affine.map(|affine| affine.bias))?);
    xs.apply_op1_no_bwd(&NormOp { eps, weight, bias, activation })
}

pub(super) fn normalized(xs: &Tensor, eps: f64) -> Result<Tensor> {
    xs.apply_op1(NormOp { eps, weight: None, bias: None, activation: Activation::Identity })
}

fn composed(xs: &Tensor, eps: f64) -> Result<Tensor> {
    let (n, c, ..) = xs.dims4()?;
    let planes = xs.reshape((n, c, ()))?;
    let centered = planes.broadcast_sub(&planes.mean_keepdim(D::Minus1)?)?;
    let variance = centered.sqr()?.mean_keepdim(D::Minus1)?;
    centered.broadcast_div(&(variance + eps)?.sqrt()?)?.reshape(xs.dims())
}

/// Mean and deviation of one plane, or of a channel over the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statistics {
    pub(super) mean: f64,
    /// With the count in the denominator.
    pub(super) variance: f64,
    pub(super) inverse_deviation: f64,
}

impl Statistics {
    /// One pass over memory: each block's mean and squares while it lies in the first cache, joined in f64
    /// (Chan, Golub and LeVeque 1979).
    pub(super) fn of<'a, T: Element>(runs: impl IntoIterator<Item = &'a [T]>, eps: f64) -> Self {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for block in runs.into_iter().flat_map(|run| run.chunks(2048)) {
            let len = block.len() as f64;
            let block_mean = block_sum(block).to_f64() / len;
            // The rounded mean is not the exact one; its square is taken back.
            let rounded = T::from_f64(block_mean);
            let off = block_mean - rounded.to_f64();
            let block_squares = block_squares(block, rounded).to_f64() - len * off * off;
            let (delta, total) = (block_mean - mean, count + len);
            squares += block_squares + delta * delta * count * len / total;
            mean += delta * len / total;
            count = total;
        }
        let variance = squares / count;
        Self { mean, variance, inverse_deviation: (variance + eps).sqrt().recip() }
    }

    /// The mean in the tensor's precision, and what the exact one is above it.
    pub(super) fn rounded_mean<T: Element>(&self) -> (T, f64) {
        let rounded = T::from_f64(self.mean);
        (rounded, self.mean - rounded.to_f64())
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block_squares<T: Element>(xs: &[T], mean: T) -> T {
    let (body, rest) = xs.as_chunks::<LANES>();
    let mut lanes = [T::zero(); LANES];
    for xs in body {
        for lane in 0..LANES {
            let off = xs[lane] - mean;
            lanes[lane] += off * off;
        }
    }
    rest.iter().fold(sum_of_lanes(lanes), |sum, x| sum + (*x - mean) * (*x - mean))
}

/// The forward pass: statistics, then one pass that writes. Only without affine and activation is it differentiable.
#[derive(Debug, Clone)]
struct NormOp {
    eps: f64,
    /// `[c]` or `[n, c]`.
    weight: Option<Tensor>,
    bias: Option<Tensor>,
    activation: Activation,
}

impl NormOp {
    fn run<T: Element>(&self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let (xs, plane) = (values::<T>("instance_norm", storage, layout)?, plane_of(layout));
        let (weight, bias) = (vector::<T>(self.weight.as_ref())?, vector::<T>(self.bias.as_ref())?);
        let (above, below) = match self.activation {
            Activation::Identity => (1.0, 1.0),
            Activation::LeakyRelu { slope, gain } => (gain, gain * slope),
        };
        let slopes = (T::from_f64(above), T::from_f64(below));
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let xs = &xs[at * plane..][..plane];
            let statistics = Statistics::of([xs], self.eps);
            let of_channel =
                |list: &Option<Vec<T>>, other: f64| list.as_ref().map_or(other, |list| list[at % list.len()].to_f64());
            let factor = statistics.inverse_deviation * of_channel(&weight, 1.0);
            // The mean is taken off first: folded into the bias it would cancel badly where it is large. Only what rounding
            // took from it goes there.
            let (mean, off) = statistics.rounded_mean();
            let bias = T::from_f64(of_channel(&bias, 0.0) - off * factor);
            write_normalized(out, xs, (mean, T::from_f64(factor), bias), slopes);
        });
        Ok(T::to_cpu_storage_owned(out))
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn write_normalized<T: Element>(
    out: &mut [T],
    xs: &[T],
    (mean, factor, bias): (T, T, T),
    (above, below): (T, T),
) {
    let zero = T::zero();
    for (y, x) in out.iter_mut().zip(xs) {
        let value = (*x - mean) * factor + bias;
        *y = value * if value >= zero { above } else { below };
    }
}

impl CustomOp1 for NormOp {
    fn name(&self) -> &'static str {
        "instance_norm"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>(storage, layout)?,
            CpuStorage::F64(_) => self.run::<f64>(storage, layout)?,
            _ => return Err(only_floats("instance_norm", storage)),
        };
        Ok((out, layout.shape().clone()))
    }

    fn bwd(&self, xs: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(grad.contiguous()?.apply_op2(xs, NormGradient { eps: self.eps })?))
    }
}

/// `[n, c]`: the inverse deviation of each plane.
#[derive(Debug, Clone, Copy)]
struct DeviationOp {
    eps: f64,
}

impl DeviationOp {
    fn run<T: Element>(self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let (xs, plane) = (values::<T>("inverse_deviation", storage, layout)?, plane_of(layout));
        let of_plane = |xs| T::from_f64(Statistics::of([xs], self.eps).inverse_deviation);
        Ok(T::to_cpu_storage_owned(xs.chunks(plane).map(of_plane).collect()))
    }
}

impl CustomOp1 for DeviationOp {
    fn name(&self) -> &'static str {
        "inverse_deviation"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>(storage, layout)?,
            CpuStorage::F64(_) => self.run::<f64>(storage, layout)?,
            _ => return Err(only_floats("inverse_deviation", storage)),
        };
        Ok((out, Shape::from((layout.dims()[0], layout.dims()[1]))))
    }

    fn bwd(&self, xs: &Tensor, res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let factor = (grad * res.sqr()?)?.affine(-1.0 / count_of(xs)?, 0.0)?;
        Ok(Some(scale(&normalized(xs, self.eps)?, &factor)?))
    }
}

/// Values in a plane.
fn count_of(xs: &Tensor) -> Result<f64> {
    let (_, _, h, w) = xs.dims4()?;
    Ok((h * w) as f64)
}

/// `F(g, x)` of the module's text for contiguous tensors on the CPU.
pub(super) fn normalized_gradient(grad: &Tensor, xs: &Tensor, eps: f64) -> Result<Tensor> {
    grad.apply_op2(xs, NormGradient { eps })
}

#[derive(Debug, Clone, Copy)]
struct NormGradient {
    eps: f64,
}

impl NormGradient {
    fn run<T: Element>(self, grad: (&CpuStorage, &Layout), xs: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let (name, plane) = ("instance_norm_gradient", plane_of(grad.1));
        let (grad, xs) = (values::<T>(name, grad.0, grad.1)?, values::<T>(name, xs.0, xs.1)?);
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let (grad, xs) = (&grad[at * plane..][..plane], &xs[at * plane..][..plane]);
            let statistics = Statistics::of([xs], self.eps);
            let (inverse, (mean, off)) = (statistics.inverse_deviation, statistics.rounded_mean());
            let (mut sum, mut product) = (0.0, 0.0);
            for (grad, xs) in grad.chunks(2048).zip(xs.chunks(2048)) {
                sum += block_sum(grad).to_f64();
                product += block_product(grad, xs, mean).to_f64();
            }
            let count = plane as f64;
            let along = (product - off * sum) * inverse * inverse / count;
            let [mean_g, along, inverse] = [sum / count - along * off, along, inverse].map(T::from_f64);
            out.copy_from_slice(grad);
            write_gradient(out, xs, [mean_g, mean, along, inverse]);
        });
        Ok(T::to_cpu_storage_owned(out))
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block_product<T: Element>(grad: &[T], xs: &[T], mean: T) -> T {
    let ((body_g, rest_g), (body_x, rest_x)) = (grad.as_chunks::<LANES>(), xs.as_chunks::<LANES>());
    let mut lanes = [T::zero(); LANES];
    for (grad, xs) in body_g.iter().zip(body_x) {
        for lane in 0..LANES {
            lanes[lane] += grad[lane] * (xs[lane] - mean);
        }
    }
    rest_g.iter().zip(rest_x).fold(sum_of_lanes(lanes), |sum, (g, x)| sum + *g * (*x - mean))
}

/// `r (g - mean(g) - along (x - mean))` in place of `g`.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn write_gradient<T: Element>(grad: &mut [T], xs: &[T], [mean_g, mean_x, along, inverse]: [T; 4]) {
    for (g, x) in grad.iter_mut().zip(xs) {
        *g = inverse * ((*g - mean_g) - along * (*x - mean_x));
    }
}

impl CustomOp2 for NormGradient {
    fn name(&self) -> &'static str {
        "instance_norm_gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => self.run::<f32>((s1, l1), (s2, l2))?,
            CpuStorage::F64(_) => self.run::<f64>((s1, l1), (s2, l2))?,
            _ => return Err(only_floats("instance_norm_gradient", s1)),
        };
        Ok((out, l1.shape().clone()))
    }

    fn bwd(&self, grad: &Tensor, xs: &Tensor, res: &Tensor, v: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let v = v.contiguous()?;
        let of_v = v.apply_op2(xs, *self)?;
        if !xs.track_op() {
            return Ok((Some(of_v), None));
        }
        let per_value = 1.0 / count_of(xs)?;
        let ys = normalized(xs, self.eps)?;
        let inverse = xs.apply_op1(DeviationOp { eps: self.eps })?;
        let along_y = (dot(&v, res)? * per_value)?;
        let (mean_gy, mean_vy) = ((dot(grad, &ys)? * per_value)?, (dot(&v, &ys)? * per_value)?);
        let sum = ((scale(&ys, &along_y)? + scale(&of_v, &mean_gy)?)? + scale(res, &mean_vy)?)?;
        let to_xs = scale(&sum, &inverse.neg()?)?;
        Ok((grad.track_op().then_some(of_v), Some(to_xs)))
    }
}
