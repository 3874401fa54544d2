//! Convolutions as layers hold them: weights, bias, and how they move.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};

/// Weights of plain networks begin as `N(0, 0.02)` (Radford et al., DCGAN, 2016, §4).
pub(super) const SMALL_NORMAL: Init = Init::Randn { mean: 0.0, stdev: 0.02 };
/// Weights of networks with the equalised learning rate begin as `N(0, 1)`.
pub(super) const NORMAL: Init = Init::Randn { mean: 0.0, stdev: 1.0 };

/// Channels in, channels out, and the side of the square kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) c_in: usize,
    pub(super) c_out: usize,
    pub(super) kernel: usize,
}

/// Whether a layer has a bias of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bias {
    With,
    Without,
}

impl Bias {
    fn get(self, c_out: usize, vb: &VarBuilder<'_>) -> Result<Option<Tensor>> {
        (self == Self::With).then(|| vb.get_with_hints(c_out, "bias", Init::Const(0.0))).transpose()
    }
}

/// A convolution: keys `weight` `[c_out, c_in, k, k]` and `bias` `[c_out]`.
#[derive(Debug, Clone)]
pub(super) struct ConvLayer {
    weight: Weight,
    bias: Option<Tensor>,
    conv: Conv,
}

impl ConvLayer {
    pub(super) fn new(sizes: Sizes, conv: Conv, bias: Bias, vb: &VarBuilder<'_>) -> Result<Self> {
        let Sizes { c_in, c_out, kernel } = sizes;
        let weight = Weight::new(&vb.get_with_hints((c_out, c_in, kernel, kernel), "weight", SMALL_NORMAL)?)?;
        Ok(Self { weight, bias: bias.get(c_out, vb)?, conv })
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.forward_with(xs, Activation::Identity)
    }

    /// The convolution and what follows it in one pass.
    pub(super) fn forward_with(&self, xs: &Tensor, activation: Activation) -> Result<Tensor> {
        conv2d(xs, &self.weight, self.conv, Epilogue::new(self.bias.as_ref(), activation))
    }
}

/// A transposed convolution: keys `weight` `[c_in, c_out, k, k]` and `bias` `[c_out]`.
#[derive(Debug, Clone)]
pub(super) struct ConvTransposeLayer {
    weight: Weight,
    bias: Option<Tensor>,
    conv: ConvTranspose,
}

impl ConvTransposeLayer {
    pub(super) fn new(sizes: Sizes, conv: ConvTranspose, bias: Bias, vb: &VarBuilder<'_>) -> Result<Self> {
        let Sizes { c_in, c_out, kernel } = sizes;
        let weight = Weight::new(&vb.get_with_hints((c_in, c_out, kernel, kernel), "weight", SMALL_NORMAL)?)?;
        Ok(Self { weight, bias: bias.get(c_out, vb)?, conv })
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        conv_transpose2d(xs, &self.weight, self.conv, Epilogue::new(self.bias.as_ref(), Activation::Identity))
    }
}

/// Weights of a convolution with the equalised learning rate: stored with deviation 1 and scaled by `1 / sqrt(c_in k^2)` at
/// run time (Karras et al., Progressive Growing of GANs, 2018, §4.1). Frozen ones are scaled once.
#[derive(Debug, Clone)]
pub(super) struct EqualWeight {
    weight: Weight,
    /// What remains to be applied at each call.
    gain: f64,
}

impl EqualWeight {
    /// Reads the key `weight`, `[c_out, c_in, k, k]`; `gain` is one more factor.
    pub(super) fn new(sizes: Sizes, gain: f64, vb: &VarBuilder<'_>) -> Result<Self> {
        let Sizes { c_in, c_out, kernel } = sizes;
        let weight = vb.get_with_hints((c_out, c_in, kernel, kernel), "weight", NORMAL)?;
        let gain = gain / ((c_in * kernel * kernel) as f64).sqrt();
        if weight.track_op() {
            return Ok(Self { weight: Weight::live(weight), gain });
        }
        Ok(Self { weight: Weight::frozen(&weight.affine(gain, 0.0)?)?, gain: 1.0 })
    }

    /// The weights to convolve with now.
    pub(super) fn scaled(&self) -> Result<Weight> {
        if self.weight.tensor().track_op() {
            return Ok(Weight::live(self.weight.tensor().affine(self.gain, 0.0)?));
        }
        Ok(self.weight.clone())
    }
}
