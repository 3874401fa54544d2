//! A convolution with bias and activation, as encoder and discriminator stack them.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use crate::compute::{Activation, Conv, Epilogue, conv2d};
use crate::generators::layers::{EqualWeight, Sizes};
use crate::generators::ops::{BLUR_TAPS, conv2d_down};
use crate::generators::styled::{LEAKY, clamped};

/// Keys: `weight` `[c_out, c_in, k, k]` and `bias` `[c_out]`.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    weight: EqualWeight,
    bias: Tensor,
    clamp: Option<f64>,
}

impl Layer {
    pub(super) fn new(sizes: Sizes, clamp: Option<f64>, vb: &VarBuilder<'_>) -> Result<Self> {
        let bias = vb.get_with_hints(sizes.c_out, "bias", Init::Const(0.0))?;
        Ok(Self { weight: EqualWeight::new(sizes, 1.0, vb)?, bias, clamp })
    }

    /// At the same size.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let weight = self.weight.scaled()?;
        let padding = weight.tensor().dim(3)? / 2;
        clamped(conv2d(xs, &weight, Conv::padded(padding), Epilogue::new(Some(&self.bias), LEAKY))?, self.clamp)
    }

    /// To half the size, after a blur.
    pub(super) fn halve(&self, xs: &Tensor, activation: Activation) -> Result<Tensor> {
        let epilogue = Epilogue::new(Some(&self.bias), activation);
        clamped(conv2d_down(xs, &self.weight.scaled()?, &BLUR_TAPS, epilogue)?, self.clamp)
    }
}
