//! The definition of each direction, written out: slow, exact in f64, and what the fast kernels are held against.

use candle_core::{Result, WithDType};

use super::super::direction::Direction;
use super::super::epilogue::Activation;
use super::super::shape::ConvShape;
use super::{Work, not_finite};

/// Computes in the operands' own precision, one channel plane after the other.
pub(crate) fn run<T: WithDType + Real>(work: &Work<'_, T>, direction: Direction) -> Result<Vec<T>> {
    let mut out = match direction {
        Direction::Gather => gather(work),
        Direction::Scatter => scatter(work),
        Direction::Weight => weight(work),
    };
    let plane = match direction {
        Direction::Scatter => work.shape.wide.0 * work.shape.wide.1,
        Direction::Gather | Direction::Weight => work.shape.narrow.0 * work.shape.narrow.1,
    };
    finish(work, &mut out, plane);
    if out.iter().any(|value| !value.to_f64().is_finite()) {
        return Err(not_finite(work, direction));
    }
    Ok(out)
}

/// The arithmetic that the definition needs.
pub(crate) trait Real: Copy + std::ops::AddAssign + std::ops::Mul<Output = Self> + PartialOrd {}
impl Real for f32 {}
impl Real for f64 {}

/// Calls `visit(wide index, narrow index, weight index)` for each product of the convolution.
fn for_each_product(shape: &ConvShape, mut visit: impl FnMut(usize, usize, usize)) {
    let ConvShape { c_wide, c_narrow, wide, narrow, kernel, stride, padding, groups, .. } = *shape;
    let per_group = c_wide / groups;
    let wide_place = |at: usize, k: usize, len: usize| (at * stride + k).checked_sub(padding).filter(|at| *at < len);
    for pair in 0..shape.batch * c_narrow * per_group {
        let (n, co, ci) = (pair / per_group / c_narrow, pair / per_group % c_narrow, pair % per_group);
        let wide_plane = n * c_wide + if groups == 1 { ci } else { co };
        for (y, ky) in (0..narrow.0).flat_map(|y| (0..kernel.0).map(move |ky| (y, ky))) {
            let Some(wy) = wide_place(y, ky, wide.0) else { continue };
            let wide_row = (wide_plane * wide.0 + wy) * wide.1;
            let narrow_row = ((n * c_narrow + co) * narrow.0 + y) * narrow.1;
            let weight_row = ((co * per_group + ci) * kernel.0 + ky) * kernel.1;
            for x in 0..narrow.1 {
                for kx in 0..kernel.1 {
                    if let Some(wx) = wide_place(x, kx, wide.1) {
                        visit(wide_row + wx, narrow_row + x, weight_row + kx);
                    }
                }
            }
        }
    }
}

fn gather<T: WithDType + Real>(work: &Work<'_, T>) -> Vec<T> {
    let mut out = vec![T::zero(); work.shape.narrow_dims().iter().product()];
    for_each_product(&work.shape, |wide, narrow, weight| out[narrow] += work.first[wide] * work.second[weight]);
    out
}

fn scatter<T: WithDType + Real>(work: &Work<'_, T>) -> Vec<T> {
    let mut out = vec![T::zero(); work.shape.wide_dims().iter().product()];
    for_each_product(&work.shape, |wide, narrow, weight| out[wide] += work.first[narrow] * work.second[weight]);
    out
}

fn weight<T: WithDType + Real>(work: &Work<'_, T>) -> Vec<T> {
    let mut out = vec![T::zero(); work.shape.weight_dims().iter().product()];
    for_each_product(&work.shape, |wide, narrow, weight| out[weight] += work.first[wide] * work.second[narrow]);
    out
}

fn finish<T: WithDType + Real>(work: &Work<'_, T>, out: &mut [T], plane: usize) {
    if let Some(bias) = work.bias {
        for (at, row) in out.chunks_mut(plane).enumerate() {
            let value = bias[at % bias.len()];
            for y in row {
                *y += value;
            }
        }
    }
    if let Some(residual) = work.residual {
        out.iter_mut().zip(residual).for_each(|(y, r)| *y += *r);
    }
    if let Activation::LeakyRelu { slope, gain } = work.activation {
        let (above, below) = (T::from_f64(gain), T::from_f64(gain * slope));
        let zero = T::zero();
        for y in &mut *out {
            *y = *y * if *y >= zero { above } else { below };
        }
    }
}
