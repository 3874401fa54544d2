//! A factor for each channel of each sample, and the sums that are its gradient: two operations that are closed under
//! differentiation.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::check::{check_operand, image_dims, is_own};
use crate::compute::element::{Element, for_each_plane, only_floats, values};

/// `xs` `[n, c, h, w]` times `factors` `[n, c]` or `[c]`.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn scale_channels(xs: &Tensor, factors: &Tensor) -> Result<Tensor> {
    let (n, c, ..) = image_dims("scale_channels", xs)?;
    check_operand("scale_channels", xs, "factor", factors, &[&[n, c], &[c]])?;
    let factors = factors.broadcast_as((n, c))?;
    if is_own(xs.device()) {
        return scale(&xs.contiguous()?, &factors.contiguous()?);
    }
    xs.broadcast_mul(&factors.reshape((n, c, 1, 1))?)
}

/// [`scale_channels`] of contiguous tensors on the CPU.
pub(super) fn scale(xs: &Tensor, factors: &Tensor) -> Result<Tensor> {
    xs.apply_op2(factors, ScaleOp)
}

/// `[n, c]`: for each plane, the sum of the products of two contiguous `[n, c, h, w]` on the CPU.
pub(super) fn dot(xs: &Tensor, ys: &Tensor) -> Result<Tensor> {
    xs.apply_op2(ys, DotOp)
}

#[derive(Debug)]
struct ScaleOp;

impl ScaleOp {
    fn run<T: Element>(xs: (&CpuStorage, &Layout), factors: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let (xs, plane) = (values::<T>("scale_channels", xs.0, xs.1)?, plane_of(xs.1));
        let factors = values::<T>("scale_channels", factors.0, factors.1)?;
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let factor = factors[at];
            out.iter_mut().zip(&xs[at * plane..]).for_each(|(y, x)| *y = factor * *x);
        });
        Ok(T::to_cpu_storage_owned(out))
    }
}

/// Values in one channel of one sample.
pub(super) fn plane_of(layout: &Layout) -> usize {
    layout.dims().iter().skip(2).product()
}

impl CustomOp2 for ScaleOp {
    fn name(&self) -> &'static str {
        "scale_channels"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => Self::run::<f32>((s1, l1), (s2, l2))?,
            CpuStorage::F64(_) => Self::run::<f64>((s1, l1), (s2, l2))?,
            _ => return Err(only_floats("scale_channels", s1)),
        };
        Ok((out, l1.shape().clone()))
    }

    fn bwd(
        &self,
        xs: &Tensor,
        factors: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let to_xs = xs.track_op().then(|| scale(&grad, factors)).transpose()?;
        let to_factors = factors.track_op().then(|| dot(xs, &grad)).transpose()?;
        Ok((to_xs, to_factors))
    }
}

#[derive(Debug)]
struct DotOp;

impl DotOp {
    fn run<T: Element>(xs: (&CpuStorage, &Layout), ys: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let plane = plane_of(xs.1);
        let (xs, ys) = (values::<T>("channel_dot", xs.0, xs.1)?, values::<T>("channel_dot", ys.0, ys.1)?);
        let pairs = xs.par_chunks(plane).zip(ys.par_chunks(plane)).with_min_len((16 * 1024 / plane).max(1));
        Ok(T::to_cpu_storage_owned(pairs.map(|(xs, ys)| T::from_f64(dot_of(xs, ys))).collect()))
    }
}

/// `[n, c]`: the sum of each plane of a contiguous `[n, c, …]` on the CPU.
pub(super) fn sum_planes(xs: &Tensor) -> Result<Tensor> {
    xs.apply_op1(SumOp)
}

#[derive(Debug)]
struct SumOp;

impl SumOp {
    fn run<T: Element>(storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let plane = plane_of(layout);
        let planes = values::<T>("channel_sum", storage, layout)?.par_chunks(plane);
        let sum = |xs: &[T]| T::from_f64(xs.chunks(2048).map(|block| block_sum(block).to_f64()).sum());
        Ok(T::to_cpu_storage_owned(planes.with_min_len((16 * 1024 / plane).max(1)).map(sum).collect()))
    }
}

impl CustomOp1 for SumOp {
    fn name(&self) -> &'static str {
        "channel_sum"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => Self::run::<f32>(storage, layout)?,
            CpuStorage::F64(_) => Self::run::<f64>(storage, layout)?,
            _ => return Err(only_floats("channel_sum", storage)),
        };
        Ok((out, Shape::from((layout.dims()[0], layout.dims()[1]))))
    }

    fn bwd(&self, xs: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(scale(&xs.ones_like()?, &grad.contiguous()?)?))
    }
}

/// Independent sums that a block is summed in: as many as fill the vector units.
pub(super) const LANES: usize = 32;

/// The sum of a block.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn block_sum<T: Element>(xs: &[T]) -> T {
    let (body, rest) = xs.as_chunks::<LANES>();
    let mut lanes = [T::zero(); LANES];
    for xs in body {
        for lane in 0..LANES {
            lanes[lane] += xs[lane];
        }
    }
    rest.iter().fold(sum_of_lanes(lanes), |sum, x| sum + *x)
}

pub(super) fn sum_of_lanes<T: Element>(lanes: [T; LANES]) -> T {
    lanes.into_iter().fold(T::zero(), |sum, lane| sum + lane)
}

/// The sum of products: blocks in the tensors' own precision, the blocks in f64.
fn dot_of<T: Element>(xs: &[T], ys: &[T]) -> f64 {
    let blocks = xs.chunks(1024).zip(ys.chunks(1024));
    blocks.map(|(xs, ys)| block_dot(xs, ys).to_f64()).sum()
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block_dot<T: Element>(xs: &[T], ys: &[T]) -> T {
    let (body_x, rest_x) = xs.as_chunks::<LANES>();
    let (body_y, rest_y) = ys.as_chunks::<LANES>();
    let mut lanes = [T::zero(); LANES];
    for (xs, ys) in body_x.iter().zip(body_y) {
        for lane in 0..LANES {
            lanes[lane] += xs[lane] * ys[lane];
        }
    }
    rest_x.iter().zip(rest_y).fold(sum_of_lanes(lanes), |sum, (x, y)| sum + *x * *y)
}

impl CustomOp2 for DotOp {
    fn name(&self) -> &'static str {
        "channel_dot"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => Self::run::<f32>((s1, l1), (s2, l2))?,
            CpuStorage::F64(_) => Self::run::<f64>((s1, l1), (s2, l2))?,
            _ => return Err(only_floats("channel_dot", s1)),
        };
        Ok((out, Shape::from((l1.dims()[0], l1.dims()[1]))))
    }

    fn bwd(&self, xs: &Tensor, ys: &Tensor, _: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let to_xs = xs.track_op().then(|| scale(ys, &grad)).transpose()?;
        let to_ys = ys.track_op().then(|| scale(xs, &grad)).transpose()?;
        Ok((to_xs, to_ys))
    }
}
