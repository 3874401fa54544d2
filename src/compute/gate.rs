//! A leaky ReLU's slope, applied where another tensor says so: one pass, for the activation and for its gradient.

use candle_core::{CpuStorage, CustomOp2, DType, Layout, Result, Shape, Tensor};

use super::backend::serves;
use super::element::{Element, for_each_plane, only_floats, values};

/// `xs * (signs > 0 ? above : below)`, element by element; no gradient flows into `signs`. Both have the same shape.
pub(super) fn gate(xs: &Tensor, signs: &Tensor, above: f64, below: f64) -> Result<Tensor> {
    let signs = signs.detach();
    if serves(xs.device()) && matches!(xs.dtype(), DType::F32 | DType::F64) {
        return xs.contiguous()?.apply_op2(&signs.contiguous()?, Gate { above, below });
    }
    let is_above = signs.gt(0.0)?.to_dtype(xs.dtype())?;
    xs.mul(&is_above.affine(above - below, below)?)
}

struct Gate {
    above: f64,
    below: f64,
}

/// Values that one thread takes at a time.
const RUN: usize = 4096;

impl Gate {
    fn run<T: Element>(&self, xs: &[T], signs: &[T]) -> Vec<T> {
        let (above, below, zero) = (T::from_f64(self.above), T::from_f64(self.below), T::zero());
        let mut out = vec![zero; xs.len()];
        for_each_plane(&mut out, RUN, |at, run| {
            let range = at * RUN..at * RUN + run.len();
            write(run, &xs[range.clone()], &signs[range], (above, below));
        });
        out
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn write<T: Element>(out: &mut [T], xs: &[T], signs: &[T], (above, below): (T, T)) {
    let zero = T::zero();
    for ((y, x), sign) in out.iter_mut().zip(xs).zip(signs) {
        *y = *x * if *sign > zero { above } else { below };
    }
}

impl CustomOp2 for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let name = self.name();
        let out = match s1 {
            CpuStorage::F32(_) => CpuStorage::F32(self.run::<f32>(values(name, s1, l1)?, values(name, s2, l2)?)),
            CpuStorage::F64(_) => CpuStorage::F64(self.run::<f64>(values(name, s1, l1)?, values(name, s2, l2)?)),
            other => return Err(only_floats(name, other)),
        };
        Ok((out, l1.shape().clone()))
    }

    fn bwd(&self, xs: &Tensor, signs: &Tensor, _: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let to_xs = xs.track_op().then(|| gate(grad, signs, self.above, self.below)).transpose()?;
        Ok((to_xs, None))
    }
}
