//! The CPU's kernels: one piece of work in, one buffer out.

pub(super) mod reference;

use std::sync::Arc;

use candle_core::{Error, Result};

use super::epilogue::Activation;
use super::op::Direction;
use super::shape::ConvShape;
use super::weight::FrozenId;

/// One convolution: contiguous operands in NCHW order.
///
/// `first` and `second` are (wide, weights), (narrow, weights) or (wide, narrow), as the direction says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a, T> {
    pub(super) shape: ConvShape,
    pub(super) first: &'a [T],
    pub(super) second: &'a [T],
    pub(super) bias: Option<&'a [T]>,
    pub(super) residual: Option<&'a [T]>,
    pub(super) activation: Activation,
    pub(super) frozen: Option<&'a Arc<FrozenId>>,
}

/// Computes in f32 with the fastest kernel that this machine and these sizes allow.
pub(super) fn run(work: &Work<'_, f32>, direction: Direction) -> Result<Vec<f32>> {
    reference::run(work, direction)
}

/// The sentence for a result with NaN or infinity in it.
fn not_finite<T>(work: &Work<'_, T>, direction: Direction) -> Error {
    let ConvShape { .. } = work.shape;
    let input = if direction == Direction::Scatter { work.shape.narrow_dims() } else { work.shape.wide_dims() };
    let name = match direction {
        Direction::Gather => "conv2d",
        Direction::Scatter => "conv_transpose2d",
        Direction::Weight => "the weight gradient of conv2d",
    };
    let weight = work.shape.weight_dims();
    Error::Msg(format!("{name} of {input:?} with weights {weight:?}: the result is not finite (NaN or infinity)"))
}
