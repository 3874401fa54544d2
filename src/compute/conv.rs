//! `conv2d` and `conv_transpose2d`: the door to the convolution core.

use candle_core::{DType, Error, Result, Tensor};

use super::asked::Asked;
use super::backend::serves;
use super::direction::Direction;
use super::epilogue::{Activation, Epilogue};
use super::op::convolve;
use super::shape::ConvShape;
use super::weight::Weight;

/// How a convolution moves over its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Step between two places of the kernel, in pixels, both ways.
    pub stride: usize,
    /// Zeros on every side, in pixels.
    pub padding: usize,
    /// 1, or the number of channels (depthwise).
    pub groups: usize,
}

impl Conv {
    /// Stride 1, one group.
    #[must_use]
    pub const fn padded(padding: usize) -> Self {
        Self { stride: 1, padding, groups: 1 }
    }

    /// One group.
    #[must_use]
    pub const fn strided(stride: usize, padding: usize) -> Self {
        Self { stride, padding, groups: 1 }
    }
}

/// How a transposed convolution moves over its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvTranspose {
    /// Step between two places of the kernel, in output pixels, both ways.
    pub stride: usize,
    /// Rows and columns cut off on every side of the output.
    pub padding: usize,
    /// Rows and columns added at the bottom and on the right; below the stride.
    pub output_padding: usize,
    /// 1, or the number of channels (depthwise).
    pub groups: usize,
}

impl ConvTranspose {
    /// No output padding, one group.
    #[must_use]
    pub const fn strided(stride: usize, padding: usize) -> Self {
        Self { stride, padding, output_padding: 0, groups: 1 }
    }
}

/// Cross-correlation as networks know it: `xs` `[n, c_in, h, w]`, weights `[c_out, c_in / groups, k_h, k_w]`, result
/// `[n, c_out, (h + 2 padding - k_h) / stride + 1, …]`, with the epilogue applied.
///
/// Differentiable to second order in the input, the weights, the bias and the residual; the weights' gradient is computed
/// only where it is tracked. f32 (and, slowly and exactly, f64) on the CPU; candle's kernels and types elsewhere.
///
/// # Errors
/// One sentence with the operation and the shapes: wrong ranks, channels that do not match, empty tensors, a kernel larger
/// than the padded input, and, on the CPU, a result that is not finite (a Winograd tile also reads pixels right beside those
/// that the kernel reaches).
pub fn conv2d(xs: &Tensor, weight: &Weight, conv: Conv, epilogue: Epilogue<'_>) -> Result<Tensor> {
    let Conv { stride, padding, groups } = conv;
    let asked = Asked { op: "conv2d", input: xs.dims(), weight: weight.tensor().dims(), stride, padding, groups };
    let shape = asked.forward()?;
    run(&Call { shape, direction: Direction::Gather, op: asked.op }, xs, weight, epilogue)
}

/// The transposed convolution: `xs` `[n, c_in, h, w]`, weights `[c_in, c_out / groups, k_h, k_w]`, result
/// `[n, c_out, (h - 1) stride - 2 padding + k_h + output_padding, …]`, with the epilogue applied.
///
/// # Errors
/// As [`conv2d`].
pub fn conv_transpose2d(xs: &Tensor, weight: &Weight, conv: ConvTranspose, epilogue: Epilogue<'_>) -> Result<Tensor> {
    let ConvTranspose { stride, padding, output_padding, groups } = conv;
    let asked =
        Asked { op: "conv_transpose2d", input: xs.dims(), weight: weight.tensor().dims(), stride, padding, groups };
    let shape = asked.transposed(output_padding)?;
    run(&Call { shape, direction: Direction::Scatter, op: asked.op }, xs, weight, epilogue)
}

struct Call {
    shape: ConvShape,
    direction: Direction,
    op: &'static str,
}

fn run(call: &Call, xs: &Tensor, weight: &Weight, epilogue: Epilogue<'_>) -> Result<Tensor> {
    check(call, xs, weight.tensor(), &epilogue)?;
    if !serves(xs.device()) {
        return epilogue.apply(candle_convolve(call, xs, weight.tensor())?);
    }
    // A residual that is tracked is added by candle, which knows its gradient.
    match epilogue.residual {
        Some(residual) if residual.track_op() || xs.track_op() || weight.tensor().track_op() => {
            let plain = Epilogue { residual: None, activation: Activation::Identity, ..epilogue };
            let ys = convolve(call.shape, call.direction, xs, weight, plain)?;
            epilogue.activation.apply(&(ys + residual)?)
        }
        _ => convolve(call.shape, call.direction, xs, weight, epilogue),
    }
}

fn check(call: &Call, xs: &Tensor, weight: &Tensor, epilogue: &Epilogue<'_>) -> Result<()> {
    let Call { shape, direction, op } = call;
    let refuse =
        |why: String| Err(Error::Msg(format!("{op} of {:?} with weights {:?}: {why}", xs.dims(), weight.dims())));
    let (c_out, out) = match direction {
        Direction::Scatter => (shape.c_wide, shape.wide_dims()),
        Direction::Gather | Direction::Weight => (shape.c_narrow, shape.narrow_dims()),
    };
    if let Some(bias) = epilogue.bias.filter(|bias| bias.dims() != [c_out]) {
        return refuse(format!("the bias is {:?}, not [{c_out}]", bias.dims()));
    }
    if let Some(residual) = epilogue.residual.filter(|residual| residual.dims() != out) {
        return refuse(format!("the residual is {:?}, the result {out:?}", residual.dims()));
    }
    if let Activation::LeakyRelu { slope, gain } = epilogue.activation
        && !(slope >= 0.0 && gain > 0.0 && slope.is_finite() && gain.is_finite())
    {
        return refuse(format!("a leaky ReLU with slope {slope} and gain {gain} does not keep signs"));
    }
    let dtype = xs.dtype();
    let others = [Some(weight), epilogue.bias, epilogue.residual];
    if let Some(other) = others.into_iter().flatten().find(|other| other.dtype() != dtype) {
        return refuse(format!("the input is {dtype:?}, another operand {:?}", other.dtype()));
    }
    if serves(xs.device()) && !matches!(dtype, DType::F32 | DType::F64) {
        return refuse(format!("the CPU computes in f32, not {dtype:?}; widen the tensors when they are loaded"));
    }
    Ok(())
}

/// candle's own operation, on any device.
fn candle_convolve(call: &Call, xs: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let ConvShape { stride, padding, groups, .. } = call.shape;
    if call.direction == Direction::Gather {
        return xs.conv2d(weight, padding, stride, 1, groups);
    }
    let spare = |side: usize, narrow: usize, kernel: usize| side + 2 * padding - (narrow - 1) * stride - kernel;
    let extra = spare(call.shape.wide.0, call.shape.narrow.0, call.shape.kernel.0);
    if groups == 1 {
        return xs.contiguous()?.conv_transpose2d(weight, padding, extra, stride, 1);
    }
    // candle has no grouped transposed convolution: one channel after the other.
    let channels = (0..groups).map(|at| {
        let (xs, weight) = (xs.narrow(1, at, 1)?.contiguous()?, weight.narrow(0, at, 1)?);
        xs.conv_transpose2d(&weight, padding, extra, stride, 1)
    });
    Tensor::cat(&channels.collect::<Result<Vec<_>>>()?, 1)
}
