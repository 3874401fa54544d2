//! A convolution split in two: one filter for each channel, then a mixture of channels.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use crate::compute::{Conv, Epilogue, Weight, conv2d};
use crate::generators::layers::{NORMAL, SMALL_NORMAL};
use crate::generators::ops::{BLUR_TAPS, downsample_2x, noise_bias_act, upsample_2x};
use crate::generators::styled::{LEAKY, clamped};

/// What happens to the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resample {
    Same,
    /// Halved between the two convolutions.
    Down,
    /// Doubled after the second.
    Up,
}

/// What a separable convolution is built from beside its keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) c_in: usize,
    pub(super) c_out: usize,
    pub(super) resample: Resample,
    /// The side of its map of noise.
    pub(super) noise: Option<usize>,
}

/// Depthwise 3x3 with bias and activation, then pointwise, noise and activation.
#[derive(Debug, Clone)]
pub(super) struct Separable {
    deep: Weight,
    bias: Tensor,
    wide: Weight,
    /// Map `[1, 1, h, w]` and strength.
    noise: Option<(Tensor, Tensor)>,
    resample: Resample,
    clamp: Option<f64>,
}

impl Separable {
    /// Keys: `conv1.weight` `[c_in, 1, 3, 3]`, `conv1.bias`, `conv2.weight` `[c_out, c_in, 1, 1]`, and with noise
    /// `noise_const` `[side, side]` and `noise_strength` (one number).
    pub(super) fn new(shape: &Shape, clamp: Option<f64>, vb: &VarBuilder<'_>) -> Result<Self> {
        let &Shape { c_in, c_out, resample, noise } = shape;
        let noise = noise.map(|side| -> Result<(Tensor, Tensor)> {
            let map = vb.get_with_hints((side, side), "noise_const", NORMAL)?.detach();
            let strength = vb.get_with_hints((), "noise_strength", Init::Const(0.0))?;
            Ok((map.reshape((1, 1, side, side))?, strength.reshape((1, 1, 1, 1))?))
        });
        let deep = vb.pp("conv1").get_with_hints((c_in, 1, 3, 3), "weight", SMALL_NORMAL)?;
        let wide = vb.pp("conv2").get_with_hints((c_out, c_in, 1, 1), "weight", SMALL_NORMAL)?;
        Ok(Self {
            deep: Weight::new(&deep)?,
            bias: vb.pp("conv1").get_with_hints(c_in, "bias", Init::Const(0.0))?,
            wide: Weight::new(&wide)?,
            noise: noise.transpose()?,
            resample,
            clamp,
        })
    }

    /// `xs` `[n, c_in, h, w]` to `[n, c_out, …]` of the same, half or double size.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let deep = Conv { stride: 1, padding: 1, groups: self.bias.elem_count() };
        let mut xs = clamped(conv2d(xs, &self.deep, deep, Epilogue::new(Some(&self.bias), LEAKY))?, self.clamp)?;
        if self.resample == Resample::Down {
            xs = downsample_2x(&xs, &BLUR_TAPS)?;
        }
        let wide = Conv::padded(0);
        if self.noise.is_none() && self.resample != Resample::Up {
            return clamped(conv2d(&xs, &self.wide, wide, Epilogue::new(None, LEAKY))?, self.clamp);
        }
        xs = conv2d(&xs, &self.wide, wide, Epilogue::default())?;
        if self.resample == Resample::Up {
            xs = upsample_2x(&xs, &BLUR_TAPS)?;
        }
        let noise = self.noise.as_ref().map(|(map, strength)| map.broadcast_mul(strength)).transpose()?;
        clamped(noise_bias_act(&xs, None, noise.as_ref(), None, LEAKY)?, self.clamp)
    }
}
