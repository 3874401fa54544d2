//! Bias and activation after a layer, fused into one pass on the CPU.

use candle_core::{Result, Tensor};

use super::check::{check_filled, check_operand, is_own, refuse};
use super::pointwise::Pointwise;
use super::tracked_pass::tracked_pass;
use crate::compute::Activation;

/// `gain (x >= 0 ? x : slope x)` for any shape.
///
/// # Errors
/// When `xs` is empty.
pub fn leaky_relu(xs: &Tensor, slope: f64, gain: f64) -> Result<Tensor> {
    check_filled("leaky_relu", xs)?;
    let activation = Activation::LeakyRelu { slope, gain };
    if xs.rank() > 1 {
        return bias_act(xs, None, activation);
    }
    // The pass wants a dimension of channels.
    bias_act(&xs.reshape((1, ()))?, None, activation)?.reshape(xs.dims())
}

/// `activation(xs + bias)`: `xs` `[n, c]` or `[n, c, h, w]`, `bias` `[c]` or `[n, c]`.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn bias_act(xs: &Tensor, bias: Option<&Tensor>, activation: Activation) -> Result<Tensor> {
    scale_bias_act(xs, None, bias, activation)
}

/// `activation(scale xs + bias)`: `xs` `[n, c]` or `[n, c, h, w]`, `scale` and `bias` each `[c]` or `[n, c]`.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn scale_bias_act(
    xs: &Tensor,
    scale: Option<&Tensor>,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<Tensor> {
    run("bias_act", xs, Operands { scale, noise: None, bias }, activation)
}

/// `activation(scale xs + noise + bias)`: `xs` `[n, c, h, w]`, `noise` `[n, 1, h, w]` or `[1, 1, h, w]` with its strength
/// already in it, `scale` and `bias` as in [`scale_bias_act`].
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn noise_bias_act(
    xs: &Tensor,
    scale: Option<&Tensor>,
    noise: Option<&Tensor>,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<Tensor> {
    run("noise_bias_act", xs, Operands { scale, noise, bias }, activation)
}

#[derive(Clone, Copy)]
struct Operands<'a> {
    scale: Option<&'a Tensor>,
    noise: Option<&'a Tensor>,
    bias: Option<&'a Tensor>,
}

fn run(op: &str, xs: &Tensor, operands: Operands<'_>, activation: Activation) -> Result<Tensor> {
    check_filled(op, xs)?;
    let &[n, c, ref sides @ ..] = xs.dims() else {
        return refuse(op, xs, "the input needs a dimension of channels, [n, c, ...]");
    };
    let Operands { scale, noise, bias } = operands;
    for (name, operand) in [("scale", scale), ("bias", bias)] {
        operand.map(|operand| check_operand(op, xs, name, operand, &[&[c], &[n, c]])).transpose()?;
    }
    let one_plane = |count: usize| [&[count, 1], sides].concat();
    noise.map(|noise| check_operand(op, xs, "noise", noise, &[&one_plane(1), &one_plane(n)])).transpose()?;
    if is_own(xs.device()) {
        return fused(xs, operands, activation);
    }
    let per_channel = |operand: &Tensor| {
        let dims = [&[operand.elem_count() / c, c], vec![1; sides.len()].as_slice()].concat();
        operand.reshape(dims)
    };
    let mut ys = xs.clone();
    if let Some(scale) = scale {
        ys = ys.broadcast_mul(&per_channel(scale)?)?;
    }
    if let Some(noise) = noise {
        ys = ys.broadcast_add(noise)?;
    }
    if let Some(bias) = bias {
        ys = ys.broadcast_add(&per_channel(bias)?)?;
    }
    activation.apply(&ys)
}

/// One pass, and another operation where more than the bias is tracked.
fn fused(xs: &Tensor, operands: Operands<'_>, activation: Activation) -> Result<Tensor> {
    let xs = xs.contiguous()?;
    let Operands { scale, noise, bias } = operands;
    if [scale, noise].into_iter().flatten().any(Tensor::track_op) {
        return tracked_pass(&xs, scale, noise, bias, activation);
    }
    let constant = |operand: Option<&Tensor>| operand.map(Tensor::contiguous).transpose();
    let op = Pointwise { scale: constant(scale)?, noise: constant(noise)?, bias: None, activation };
    match bias {
        Some(bias) if bias.track_op() => xs.apply_op2(&bias.contiguous()?, op),
        bias => xs.apply_op1(Pointwise { bias: constant(bias)?, ..op }),
    }
}
