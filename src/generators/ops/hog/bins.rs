//! From a picture's slopes to its response in each orientation: one pass on the CPU, and one for the gradient.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor, Var};
use candle_nn::ops::sigmoid;
use rayon::prelude::*;

use super::N_BINS;
use crate::compute::element::{Element, only_floats, values};
use crate::generators::ops::check::is_own;

/// Under the root of the magnitude, so that flat pixels have a gradient.
const FLOOR: f64 = 1e-3;

/// Slopes `[n, 2, h, w]` (along x and along y) to responses `[n, 8, h, w]`: the softplus of `(h_k - a m) / (1 - a)`.
///
/// Differentiable to second order.
///
/// # Errors
/// When candle cannot make the tensors.
pub(super) fn bins(slopes: &Tensor, sharpness: f64) -> Result<Tensor> {
    if is_own(slopes.device()) {
        return slopes.contiguous()?.apply_op1(BinsOp { sharpness });
    }
    let Composed { excess, .. } = Composed::of(slopes)?;
    let tail = (excess.abs()?.affine(-sharpness, 0.0)?.exp()? + 1.0)?.log()?.affine(1.0 / sharpness, 0.0)?;
    excess.relu()? + tail
}

/// `cos(pi / 8)`: how much of the magnitude a slope may lose before its bin is empty.
fn aligned() -> f64 {
    (std::f64::consts::PI / N_BINS as f64).cos()
}

/// Cosine and sine of each bin's direction.
fn directions() -> [(f64, f64); N_BINS] {
    std::array::from_fn(|bin| {
        let (sin, cos) = (std::f64::consts::PI * bin as f64 / N_BINS as f64).sin_cos();
        (cos, sin)
    })
}

/// The same in candle's operations: what lies before the softplus.
struct Composed {
    /// `[n, 1, h, w]`.
    magnitude: Tensor,
    /// `[n, 8, h, w]`: slopes along each bin's direction, with their sign.
    along: Tensor,
    /// `[n, 8, h, w]`.
    excess: Tensor,
    /// `[8, 2]`.
    turn: Tensor,
}

impl Composed {
    fn of(slopes: &Tensor) -> Result<Self> {
        let (n, _, h, w) = slopes.dims4()?;
        let turn = Tensor::from_iter(directions().into_iter().flat_map(|(cos, sin)| [cos, sin]), slopes.device())?;
        let turn = turn.reshape((N_BINS, 2))?.to_dtype(slopes.dtype())?;
        let magnitude = (slopes.sqr()?.sum_keepdim(1)? + FLOOR)?.sqrt()?;
        let along = turn.broadcast_left(n)?.contiguous()?.matmul(&slopes.reshape((n, 2, h * w))?)?;
        let along = along.reshape((n, N_BINS, h, w))?;
        let excess = along.abs()?.broadcast_sub(&magnitude.affine(aligned(), 0.0)?)?;
        Ok(Self { excess: excess.affine(1.0 / (1.0 - aligned()), 0.0)?, magnitude, along, turn })
    }

    /// The gradient of [`bins`] from that of its result, as an expression that can be differentiated once more.
    fn gradient(slopes: &Tensor, grad: &Tensor, sharpness: f64) -> Result<Tensor> {
        let (n, _, h, w) = slopes.dims4()?;
        let Self { magnitude, along, excess, turn } = Self::of(slopes)?;
        let open = (sigmoid(&excess.affine(sharpness, 0.0)?)? * grad)?.affine(1.0 / (1.0 - aligned()), 0.0)?;
        let signed = (&open * along.detach().sign()?)?.reshape((n, N_BINS, h * w))?;
        let turned = turn.t()?.broadcast_left(n)?.contiguous()?.matmul(&signed)?.reshape((n, 2, h, w))?;
        let total = open.sum_keepdim(1)?.affine(aligned(), 0.0)?;
        turned - slopes.broadcast_mul(&(total / magnitude)?)?
    }
}

#[derive(Debug, Clone, Copy)]
struct BinsOp {
    sharpness: f64,
}

impl BinsOp {
    fn run<T: Soft>(self, slopes: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let (n, plane) = sizes(slopes.1);
        let slopes = values::<T>("hog", slopes.0, slopes.1)?;
        let mut out = vec![T::zero(); n * N_BINS * plane];
        let pictures = out.par_chunks_mut(N_BINS * plane).zip(slopes.par_chunks(2 * plane));
        pictures.for_each(|(out, slopes)| respond(out, slopes, self.sharpness));
        Ok(T::to_cpu_storage_owned(out))
    }
}

fn sizes(layout: &Layout) -> (usize, usize) {
    (layout.dims()[0], layout.dims().iter().skip(2).product())
}

impl CustomOp1 for BinsOp {
    fn name(&self) -> &'static str {
        "hog"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>((storage, layout))?,
            CpuStorage::F64(_) => self.run::<f64>((storage, layout))?,
            _ => return Err(only_floats("hog", storage)),
        };
        let &[n, _, h, w] = layout.dims() else { return Err(only_floats("hog", storage)) };
        Ok((out, Shape::from((n, N_BINS, h, w))))
    }

    fn bwd(&self, slopes: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(slopes.apply_op2(&grad.contiguous()?, GradientOp(*self))?))
    }
}

/// The gradient of [`BinsOp`]: slopes and the gradient of the responses.
struct GradientOp(BinsOp);

impl GradientOp {
    fn run<T: Soft>(&self, slopes: (&CpuStorage, &Layout), grad: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let plane = sizes(slopes.1).1;
        let (slopes, grad) = (values::<T>("hog", slopes.0, slopes.1)?, values::<T>("hog", grad.0, grad.1)?);
        let mut out = vec![T::zero(); slopes.len()];
        let pictures = out.par_chunks_mut(2 * plane).zip(slopes.par_chunks(2 * plane));
        let pictures = pictures.zip(grad.par_chunks(N_BINS * plane));
        pictures.for_each(|((out, slopes), grad)| respond_backward(out, slopes, grad, self.0.sharpness));
        Ok(T::to_cpu_storage_owned(out))
    }
}

impl CustomOp2 for GradientOp {
    fn name(&self) -> &'static str {
        "hog_gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => self.run::<f32>((s1, l1), (s2, l2))?,
            CpuStorage::F64(_) => self.run::<f64>((s1, l1), (s2, l2))?,
            _ => return Err(only_floats("hog_gradient", s1)),
        };
        Ok((out, l1.shape().clone()))
    }

    /// Second derivatives are rare: they are taken of the same thing in candle's operations.
    fn bwd(&self, slopes: &Tensor, grad: &Tensor, _: &Tensor, up: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (slopes, grad) = (Var::from_tensor(&slopes.detach())?, Var::from_tensor(&grad.detach())?);
        let product = (Composed::gradient(&slopes, &grad, self.0.sharpness)? * up.detach())?.sum_all()?;
        let mut grads = product.backward()?;
        Ok((grads.remove(&slopes), grads.remove(&grad)))
    }
}

/// Pixels that are computed at a time: their magnitudes stay in registers or the nearest cache.
const RUN: usize = 64;

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn respond<T: Soft>(out: &mut [T], slopes: &[T], sharpness: f64) {
    let plane = slopes.len() / 2;
    let (xs, ys) = slopes.split_at(plane);
    let (a, gain) = (T::from_f64(aligned()), T::from_f64(1.0 / (1.0 - aligned())));
    let (sharp, blunt) = (T::from_f64(sharpness), T::from_f64(1.0 / sharpness));
    let directions = directions().map(|(cos, sin)| (T::from_f64(cos), T::from_f64(sin)));
    for start in (0..plane).step_by(RUN) {
        let len = RUN.min(plane - start);
        let (xs, ys) = (&xs[start..][..len], &ys[start..][..len]);
        let mut magnitudes = [T::zero(); RUN];
        for ((m, x), y) in magnitudes.iter_mut().zip(xs).zip(ys) {
            *m = a * (*x * *x + *y * *y + T::from_f64(FLOOR)).root();
        }
        for (bin, (cos, sin)) in directions.iter().enumerate() {
            let out = &mut out[bin * plane + start..][..len];
            for (((out, x), y), m) in out.iter_mut().zip(xs).zip(ys).zip(&magnitudes) {
                let excess = gain * ((*cos * *x + *sin * *y).size() - *m);
                let above = if excess > T::zero() { excess } else { T::zero() };
                *out = above + blunt * (sharp * excess.size()).decay().log_of_one_more();
            }
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn respond_backward<T: Soft>(out: &mut [T], slopes: &[T], grad: &[T], sharpness: f64) {
    let plane = slopes.len() / 2;
    let (xs, ys) = slopes.split_at(plane);
    let (to_x, to_y) = out.split_at_mut(plane);
    let (a, gain) = (T::from_f64(aligned()), T::from_f64(1.0 / (1.0 - aligned())));
    let (sharp, zero, one) = (T::from_f64(sharpness), T::zero(), T::one());
    let directions = directions().map(|(cos, sin)| (T::from_f64(cos), T::from_f64(sin)));
    for start in (0..plane).step_by(RUN) {
        let len = RUN.min(plane - start);
        let (xs, ys) = (&xs[start..][..len], &ys[start..][..len]);
        let (to_x, to_y) = (&mut to_x[start..][..len], &mut to_y[start..][..len]);
        let (mut magnitudes, mut totals) = ([zero; RUN], [zero; RUN]);
        for ((m, x), y) in magnitudes.iter_mut().zip(xs).zip(ys) {
            *m = (*x * *x + *y * *y + T::from_f64(FLOOR)).root();
        }
        for (bin, &(cos, sin)) in directions.iter().enumerate() {
            let grad = &grad[bin * plane + start..][..len];
            for at in 0..len {
                let along = cos * xs[at] + sin * ys[at];
                let excess = gain * (along.size() - a * magnitudes[at]);
                let faded = (sharp * excess.size()).decay();
                // The sigmoid of the excess: the softplus' slope.
                let open = gain * grad[at] * (if excess > zero { one } else { faded }) / (one + faded);
                let signed = if along > zero { open } else { zero - open };
                to_x[at] += cos * signed;
                to_y[at] += sin * signed;
                totals[at] += open;
            }
        }
        for at in 0..len {
            let share = a * totals[at] / magnitudes[at];
            to_x[at] -= share * xs[at];
            to_y[at] -= share * ys[at];
        }
    }
}

/// What the softplus needs, in a form that compilers turn into vectors.
trait Soft: Element + Send + Sync {
    /// `exp(-self)` for numbers from 0 on.
    fn decay(self) -> Self;
    /// `ln(1 + self)` for numbers in 0..1.
    fn log_of_one_more(self) -> Self;
    fn root(self) -> Self;
    fn size(self) -> Self;
}

impl Soft for f32 {
    /// By powers of two and a polynomial: within 2e-7 of the true value.
    #[inline]
    fn decay(self) -> Self {
        /// Adding it rounds to whole numbers, which then stand in the lowest bits.
        const ROUNDER: f32 = 12_582_912.0;
        let power = (self * -std::f32::consts::LOG2_E).max(-126.0);
        let shifted = power + ROUNDER;
        // What is left is within half a power of two; the series of exp ends below 1e-7 there.
        let rest = (power - (shifted - ROUNDER)) * std::f32::consts::LN_2;
        let series = 1.0
            + rest
                * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
        let scale = Self::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
        // NaN must stay NaN: the maximum above would hide it.
        if self.is_nan() { self } else { series * scale }
    }

    /// `2 artanh(x / (2 + x))`, whose series has a ratio of at most 1/9.
    #[inline]
    fn log_of_one_more(self) -> Self {
        let t = self / (2.0 + self);
        let s = t * t;
        let series =
            1.0 + s * (1.0 / 3.0 + s * (0.2 + s * (1.0 / 7.0 + s * (1.0 / 9.0 + s * (1.0 / 11.0 + s / 13.0)))));
        2.0 * t * series
    }

    #[inline]
    fn root(self) -> Self {
        self.sqrt()
    }

    #[inline]
    fn size(self) -> Self {
        self.abs()
    }
}

impl Soft for f64 {
    fn decay(self) -> Self {
        (-self).exp()
    }

    fn log_of_one_more(self) -> Self {
        self.ln_1p()
    }

    fn root(self) -> Self {
        self.sqrt()
    }

    fn size(self) -> Self {
        self.abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_functions_are_those_of_the_library() {
        for at in 0..2000_i16 {
            let x = f32::from(at) * 0.06;
            let (quick, exact) = (x.decay(), f64::from(-x).exp());
            // The exponent's own rounding counts as often as it is large.
            let allowed = (3e-7 + 1.2e-7 * f64::from(x)) * exact + 1e-37;
            assert!((f64::from(quick) - exact).abs() <= allowed, "exp(-{x}) is {exact}, not {quick}");
            let x = f32::from(at) / 2000.0;
            let (quick, exact) = (x.log_of_one_more(), f64::from(x).ln_1p());
            assert!((f64::from(quick) - exact).abs() <= 3e-7 * exact, "ln(1 + {x}) is {exact}, not {quick}");
        }
        assert!(f32::NAN.decay().is_nan() && f32::NAN.log_of_one_more().is_nan(), "NaN is not hidden");
        assert!(f32::INFINITY.decay() < 1e-37, "a large number leaves nothing");
    }
}
