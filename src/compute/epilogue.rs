//! What is done to a convolution's result before it is written: bias, residual, activation.

use candle_core::{Result, Tensor};

use super::gate::gate;

/// The last step of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Activation {
    /// `y = x`
    #[default]
    Identity,
    /// `y = gain * (x >= 0 ? x : slope * x)`; slope 0 is ReLU. With `slope >= 0` the result's sign tells the input's.
    LeakyRelu {
        /// Factor below zero, at least 0.
        slope: f64,
        /// Factor on both sides, above 0 (StyleGAN2 uses the square root of 2).
        gain: f64,
    },
}

impl Activation {
    /// Rectified linear unit.
    pub const RELU: Self = Self::LeakyRelu { slope: 0.0, gain: 1.0 };

    /// Leaky ReLU without gain.
    #[must_use]
    pub const fn leaky(slope: f64) -> Self {
        Self::LeakyRelu { slope, gain: 1.0 }
    }

    /// Applies the activation (differentiable, on every device).
    pub fn apply(self, xs: &Tensor) -> Result<Tensor> {
        self.apply_derivative(xs, xs)
    }

    /// `grad` times the derivative, which is read off the input or the result: both have the same sign. No gradient flows
    /// into `signs`.
    pub(super) fn apply_derivative(self, grad: &Tensor, signs: &Tensor) -> Result<Tensor> {
        match self {
            Self::Identity => Ok(grad.clone()),
            Self::LeakyRelu { slope, gain } => gate(grad, signs, gain, gain * slope),
        }
    }
}

/// Bias, residual and activation of one layer: `activation(convolution + bias + residual)`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// One value for each output channel, `[c_out]`.
    pub bias: Option<&'a Tensor>,
    /// Added before the activation; has the result's shape.
    pub residual: Option<&'a Tensor>,
    /// Applied last.
    pub activation: Activation,
}

impl<'a> Epilogue<'a> {
    /// Bias and activation, no residual.
    #[must_use]
    pub const fn new(bias: Option<&'a Tensor>, activation: Activation) -> Self {
        Self { bias, residual: None, activation }
    }

    /// The same as separate operations, each differentiable.
    pub(super) fn apply(&self, xs: Tensor) -> Result<Tensor> {
        let biased = match self.bias {
            None => xs,
            Some(bias) => xs.broadcast_add(&bias.reshape((1, (), 1, 1))?)?,
        };
        let summed = match self.residual {
            None => biased,
            Some(residual) => (biased + residual)?,
        };
        self.activation.apply(&summed)
    }
}
