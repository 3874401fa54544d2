//! The last pass over a layer's result: `activation(scale x + noise + bias)`, read once and written once.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Error, Layout, Result, Shape, Storage, Tensor};

use super::scale::{plane_of, scale, sum_planes};
use crate::compute::Activation;
use crate::compute::element::{Element, for_each_plane, only_floats, values};

/// The pass; what it holds is outside of every gradient graph, contiguous, and on the CPU.
#[derive(Debug, Clone)]
pub(super) struct Pointwise {
    /// `[n, c]` or `[c]`.
    pub(super) scale: Option<Tensor>,
    /// `[n or 1, 1, h, w]`.
    pub(super) noise: Option<Tensor>,
    /// `[n, c]` or `[c]`; the second operand stands for it where there is one.
    pub(super) bias: Option<Tensor>,
    pub(super) activation: Activation,
}

/// One plane's operands.
pub(super) struct Plane<'a, T> {
    pub(super) scale: T,
    pub(super) bias: T,
    pub(super) noise: Option<&'a [T]>,
    /// Factors above and below zero.
    pub(super) above: T,
    pub(super) below: T,
}

/// Factors above and below zero.
pub(super) fn slopes(activation: Activation) -> (f64, f64) {
    match activation {
        Activation::Identity => (1.0, 1.0),
        Activation::LeakyRelu { slope, gain } => (gain, gain * slope),
    }
}

impl Pointwise {
    fn run<T: Element>(
        &self,
        xs: (&CpuStorage, &Layout),
        bias: Option<(&CpuStorage, &Layout)>,
    ) -> Result<(CpuStorage, Shape)> {
        let name = "bias_act";
        let (plane, channels) = (plane_of(xs.1), xs.1.dims()[1]);
        let shape = xs.1.shape().clone();
        let xs = values::<T>(name, xs.0, xs.1)?;
        let (scale, noise) = (vector::<T>(self.scale.as_ref())?, vector::<T>(self.noise.as_ref())?);
        let own_bias = vector::<T>(self.bias.as_ref())?;
        let bias = match bias {
            Some((storage, layout)) => Some(values::<T>(name, storage, layout)?),
            None => own_bias.as_deref(),
        };
        let (above, below) = slopes(self.activation);
        let (above, below) = (T::from_f64(above), T::from_f64(below));
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let noise = noise.as_ref().map(|noise| {
                let start = at / channels * plane % noise.len();
                &noise[start..start + plane]
            });
            let scale = scale.as_ref().map_or_else(T::one, |scale| scale[at % scale.len()]);
            let bias = bias.map_or_else(T::zero, |bias| bias[at % bias.len()]);
            finish(out, &xs[at * plane..][..plane], &Plane { scale, bias, noise, above, below });
        });
        Ok((T::to_cpu_storage_owned(out), shape))
    }

    fn dispatch(
        &self,
        xs: (&CpuStorage, &Layout),
        bias: Option<(&CpuStorage, &Layout)>,
    ) -> Result<(CpuStorage, Shape)> {
        match xs.0 {
            CpuStorage::F32(_) => self.run::<f32>(xs, bias),
            CpuStorage::F64(_) => self.run::<f64>(xs, bias),
            _ => Err(only_floats("bias_act", xs.0)),
        }
    }

    /// Gradients before the activation, and of the input.
    fn backward(&self, res: &Tensor, grad: &Tensor) -> Result<(Tensor, Tensor)> {
        let grad = through_activation(self.activation, res, &grad.contiguous()?)?;
        let Some(factors) = &self.scale else { return Ok((grad.clone(), grad)) };
        let (n, c) = (grad.dim(0)?, grad.dim(1)?);
        let to_xs = scale(&grad, &factors.broadcast_as((n, c))?.contiguous()?)?;
        Ok((grad, to_xs))
    }
}

/// A small operand's values.
pub(super) fn vector<T: Element>(tensor: Option<&Tensor>) -> Result<Option<Vec<T>>> {
    let Some(tensor) = tensor else { return Ok(None) };
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(Some(values::<T>("bias_act", storage, layout)?.to_vec())),
        _ => Err(Error::Msg("bias_act: an operand is on another device".to_owned())),
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn finish<T: Element>(out: &mut [T], xs: &[T], plane: &Plane<'_, T>) {
    let &Plane { scale, bias, noise, above, below } = plane;
    let zero = T::zero();
    match noise {
        None => {
            for (y, x) in out.iter_mut().zip(xs) {
                let sum = *x * scale + bias;
                *y = sum * if sum >= zero { above } else { below };
            }
        }
        Some(noise) => {
            for ((y, x), noise) in out.iter_mut().zip(xs).zip(noise) {
                let sum = *x * scale + *noise + bias;
                *y = sum * if sum >= zero { above } else { below };
            }
        }
    }
}

impl CustomOp1 for Pointwise {
    fn name(&self) -> &'static str {
        "bias_act"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        self.dispatch((storage, layout), None)
    }

    fn bwd(&self, _xs: &Tensor, res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(self.backward(res, grad)?.1))
    }
}

impl CustomOp2 for Pointwise {
    fn name(&self) -> &'static str {
        "bias_act"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        self.dispatch((s1, l1), Some((s2, l2)))
    }

    fn bwd(&self, xs: &Tensor, bias: &Tensor, res: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (grad, to_xs) = self.backward(res, grad)?;
        let to_bias = bias.track_op().then(|| sum_like(&grad, bias)).transpose()?;
        Ok((xs.track_op().then_some(to_xs), to_bias))
    }
}

/// Sums `grad` `[n, c, …]` to the shape of `bias`, `[c]` or `[n, c]`.
fn sum_like(grad: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let sums = sum_planes(&grad.contiguous()?)?;
    if bias.rank() == 1 { sums.sum(0) } else { Ok(sums) }
}

/// The gradient before the activation, from the one after it; `res` is the activation's result.
pub(super) fn through_activation(activation: Activation, res: &Tensor, grad: &Tensor) -> Result<Tensor> {
    match activation {
        Activation::Identity => Ok(grad.clone()),
        Activation::LeakyRelu { .. } => grad.apply_op2(&res.detach(), SlopeOp { activation }),
    }
}

/// The first operand times the activation's slope, by the sign of the second; no gradient flows into the second.
#[derive(Debug, Clone, Copy)]
struct SlopeOp {
    activation: Activation,
}

impl SlopeOp {
    fn run<T: Element>(self, xs: (&CpuStorage, &Layout), signs: (&CpuStorage, &Layout)) -> Result<CpuStorage> {
        let name = "activation_gradient";
        let (xs, signs) = (values::<T>(name, xs.0, xs.1)?, values::<T>(name, signs.0, signs.1)?);
        let (above, below) = slopes(self.activation);
        let (above, below) = (T::from_f64(above), T::from_f64(below));
        let block = 4096;
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, block, |at, out| {
            apply_slopes(out, &xs[at * block..], &signs[at * block..], (above, below));
        });
        Ok(T::to_cpu_storage_owned(out))
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn apply_slopes<T: Element>(out: &mut [T], xs: &[T], signs: &[T], (above, below): (T, T)) {
    let zero = T::zero();
    for ((y, x), sign) in out.iter_mut().zip(xs).zip(signs) {
        *y = *x * if *sign > zero { above } else { below };
    }
}

impl CustomOp2 for SlopeOp {
    fn name(&self) -> &'static str {
        "activation_gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => self.run::<f32>((s1, l1), (s2, l2))?,
            CpuStorage::F64(_) => self.run::<f64>((s1, l1), (s2, l2))?,
            _ => return Err(only_floats("activation_gradient", s1)),
        };
        Ok((out, l1.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, signs: &Tensor, _: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(grad.contiguous()?.apply_op2(&signs.detach(), *self)?), None))
    }
}
