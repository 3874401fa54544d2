//! The convolution as a candle operation whose gradients are convolutions again.
//!
//! Three directions are closed under differentiation: *gather* (a convolution), *scatter* (a transposed one) and *weight*
//! (the weights' gradient). So second derivatives need no code of their own.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Error, Layout, Result, Shape, Tensor};

use super::backend::leaves_variables;
use super::cpu;
use super::direction::Direction;
use super::epilogue::{Activation, Epilogue};
use super::shape::ConvShape;
use super::weight::{FrozenId, Weight};

/// Runs one convolution on the CPU, on the graph if anything is tracked; a residual must not be tracked.
pub(super) fn convolve(
    shape: ConvShape,
    direction: Direction,
    xs: &Tensor,
    weight: &Weight,
    epilogue: Epilogue<'_>,
) -> Result<Tensor> {
    let op = ConvOp {
        shape,
        direction,
        activation: epilogue.activation,
        residual: epilogue.residual.map(|residual| residual.detach().contiguous()).transpose()?,
        frozen: weight.frozen_id(),
    };
    let (xs, weight) = (xs.contiguous()?, weight.tensor().contiguous()?);
    match epilogue.bias {
        Some(bias) => xs.apply_op3(&weight, &bias.contiguous()?, op),
        None => xs.apply_op2(&weight, op),
    }
}

/// One convolution on the CPU.
#[derive(Debug, Clone)]
struct ConvOp {
    shape: ConvShape,
    direction: Direction,
    activation: Activation,
    residual: Option<Tensor>,
    /// Names the weights' values where they never change.
    frozen: Option<Arc<FrozenId>>,
}

impl ConvOp {
    const fn plain(&self, direction: Direction) -> Self {
        Self { shape: self.shape, direction, activation: Activation::Identity, residual: None, frozen: None }
    }

    fn out_dims(&self) -> [usize; 4] {
        match self.direction {
            Direction::Gather => self.shape.narrow_dims(),
            Direction::Scatter => self.shape.wide_dims(),
            Direction::Weight => self.shape.weight_dims(),
        }
    }

    fn forward(
        &self,
        first: (&CpuStorage, &Layout),
        second: (&CpuStorage, &Layout),
        bias: Option<(&CpuStorage, &Layout)>,
    ) -> Result<(CpuStorage, Shape)> {
        let residual = self.residual.as_ref().map(Tensor::storage_and_layout);
        let residual = match &residual {
            Some((storage, layout)) => match &**storage {
                candle_core::Storage::Cpu(storage) => Some((storage, *layout)),
                _ => return Err(Error::Msg(format!("{}: the residual is on another device", self.direction.name()))),
            },
            None => None,
        };
        let out = match (first.0, second.0) {
            (CpuStorage::F32(_), CpuStorage::F32(_)) => {
                let work = cpu::Work {
                    shape: self.shape,
                    first: slice_f32(first)?,
                    second: slice_f32(second)?,
                    bias: bias.map(slice_f32).transpose()?,
                    residual: residual.map(slice_f32).transpose()?,
                    activation: self.activation,
                    frozen: self.frozen.as_ref(),
                };
                CpuStorage::F32(cpu::run(&work, self.direction)?)
            }
            (CpuStorage::F64(_), CpuStorage::F64(_)) => {
                let work = cpu::Work {
                    shape: self.shape,
                    first: slice_f64(first)?,
                    second: slice_f64(second)?,
                    bias: bias.map(slice_f64).transpose()?,
                    residual: residual.map(slice_f64).transpose()?,
                    activation: self.activation,
                    frozen: None,
                };
                CpuStorage::F64(cpu::reference::run(&work, self.direction)?)
            }
            _ => return Err(Error::Msg(format!("{}: only f32 and f64", self.direction.name()))),
        };
        Ok((out, Shape::from(self.out_dims().to_vec())))
    }

    /// Gradients of both operands from the gradient of the plain convolution's result.
    fn backward(&self, first: &Tensor, second: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let (opposite, of_first, of_second): (_, [&Tensor; 2], [&Tensor; 2]) = match self.direction {
            Direction::Gather => (Direction::Scatter, [&grad, second], [first, &grad]),
            Direction::Scatter => (Direction::Gather, [&grad, second], [&grad, first]),
            Direction::Weight => {
                // The wide side from the narrow one and the gradient as weights, and the other way round.
                let wide = first.track_op().then(|| second.apply_op2(&grad, self.plain(Direction::Scatter)));
                let narrow = second.track_op().then(|| first.apply_op2(&grad, self.plain(Direction::Gather)));
                return Ok((wide.transpose()?, narrow.transpose()?));
            }
        };
        let op = Self { frozen: self.frozen.clone(), ..self.plain(opposite) };
        let to_first = first.track_op().then(|| of_first[0].apply_op2(of_first[1], op));
        let is_wanted = second.track_op() && !(second.is_variable() && leaves_variables());
        let to_second = is_wanted.then(|| of_second[0].apply_op2(of_second[1], self.plain(Direction::Weight)));
        Ok((to_first.transpose()?, to_second.transpose()?))
    }
}

impl CustomOp2 for ConvOp {
    fn name(&self) -> &'static str {
        self.direction.name()
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        self.forward((s1, l1), (s2, l2), None)
    }

    fn bwd(
        &self,
        arg1: &Tensor,
        arg2: &Tensor,
        res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        self.backward(arg1, arg2, &self.activation.apply_derivative(grad, res)?)
    }
}

impl CustomOp3 for ConvOp {
    fn name(&self) -> &'static str {
        self.direction.name()
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.forward((s1, l1), (s2, l2), Some((s3, l3)))
    }

    fn bwd(
        &self,
        arg1: &Tensor,
        arg2: &Tensor,
        arg3: &Tensor,
        res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = self.activation.apply_derivative(grad, res)?;
        let (to_first, to_second) = self.backward(arg1, arg2, &grad)?;
        let to_bias = arg3.track_op().then(|| sum_of_channels(&grad));
        Ok((to_first, to_second, to_bias.transpose()?))
    }
}

/// The sum over images and pixels, `[c]`: the planes first, which candle sums in one run each.
fn sum_of_channels(xs: &Tensor) -> Result<Tensor> {
    xs.contiguous()?.flatten_from(2)?.sum(2)?.sum(0)
}

fn slice_f32<'a>((storage, layout): (&'a CpuStorage, &Layout)) -> Result<&'a [f32]> {
    contiguous(storage.as_slice::<f32>()?, layout)
}

fn slice_f64<'a>((storage, layout): (&'a CpuStorage, &Layout)) -> Result<&'a [f64]> {
    contiguous(storage.as_slice::<f64>()?, layout)
}

fn contiguous<'a, T>(values: &'a [T], layout: &Layout) -> Result<&'a [T]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg(format!("a convolution was handed a tensor with strides {:?}", layout.stride())));
    };
    Ok(&values[start..end])
}
