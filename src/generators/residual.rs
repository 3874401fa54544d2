//! `StyleGAN2`'s residual discriminator (Karras et al. 2020, §4), which `CoModGAN` judges with too.

use std::f64::consts::FRAC_1_SQRT_2;

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::layers::{EqualWeight, NORMAL, Sizes};
use super::ops::{BLUR_TAPS, EqualLinear, conv2d_down, minibatch_stddev};
use super::pyramid::Pyramid;
use super::styled::{LEAKY, clamped};
use crate::compute::{Activation, Conv, Epilogue, conv2d};

/// Leaky ReLU with the gain of a layer, divided by the square root of 2.
const LEAKY_HALF: Activation = Activation::leaky(0.2);

/// Samples whose deviation is looked at together.
const GROUP: usize = 4;

/// A convolution with bias and activation, as encoder and discriminator stack them. Keys: `weight` `[c_out, c_in, k, k]` and
/// `bias` `[c_out]`.
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

/// One size: refined, halved, with a short cut.
#[derive(Debug, Clone)]
struct Block {
    same: Layer,
    halve: Layer,
    /// A 1x1 convolution without bias or activation.
    skip: EqualWeight,
}

impl Block {
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        // The sum is divided by the square root of 2: so are its summands, whose factors cost nothing.
        let skip = conv2d_down(xs, &self.skip.scaled()?, &BLUR_TAPS, Epilogue::default())?;
        self.halve.halve(&self.same.forward(xs)?, LEAKY_HALF)? + skip
    }
}

/// Pictures of some channels to scores.
#[derive(Debug, Clone)]
pub(super) struct Residual {
    from_rgb: Layer,
    /// Largest first.
    blocks: Vec<Block>,
    last: Layer,
    fc: EqualLinear,
    out: EqualLinear,
}

impl Residual {
    /// Reads `b{side}.fromrgb`, which sees `seen` channels, `b{side}.{conv0,conv1,skip}` from the picture's side down to 8
    /// (`skip` has no bias), `b4.{conv,fc,out}`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn new(sizes: Pyramid, seen: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let layer = |c_in, c_out, kernel, vb: &VarBuilder<'_>| Layer::new(Sizes { c_in, c_out, kernel }, None, vb);
        let blocks = sizes.sides().rev().map(|side| -> Result<Block> {
            let (c, c_half, vb) = (sizes.channels(side), sizes.channels(side / 2), vb.pp(format!("b{side}")));
            Ok(Block {
                same: layer(c, c, 3, &vb.pp("conv0"))?,
                halve: layer(c, c_half, 3, &vb.pp("conv1"))?,
                skip: EqualWeight::new(Sizes { c_in: c, c_out: c_half, kernel: 1 }, FRAC_1_SQRT_2, &vb.pp("skip"))?,
            })
        });
        let (first, last, b4) = (sizes.channels(sizes.side), sizes.channels(4), vb.pp("b4"));
        let linear = |name: &str, c_in: usize, c_out: usize, activation: Activation| {
            let vb = b4.pp(name);
            let weight = vb.get_with_hints((c_out, c_in), "weight", NORMAL)?;
            let bias = vb.get_with_hints(c_out, "bias", Init::Const(0.0))?;
            EqualLinear::new(weight, Some(bias), 1.0, activation)
        };
        Ok(Self {
            from_rgb: layer(seen, first, 1, &vb.pp(format!("b{}", sizes.side)).pp("fromrgb"))?,
            blocks: blocks.collect::<Result<_>>()?,
            last: layer(last + 1, last, 3, &b4.pp("conv"))?,
            fc: linear("fc", last * 16, last, LEAKY)?,
            out: linear("out", last, 1, Activation::Identity)?,
        })
    }

    /// `xs` `[n, seen, side, side]` to scores `[n, 1]`, high for what is real. `n` must be at most 4 or a multiple of 4.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let mut xs = self.from_rgb.forward(xs)?;
        for block in &self.blocks {
            xs = block.forward(&xs)?;
        }
        self.answer(&xs, GROUP)
    }

    /// As [`Self::forward`], but each picture is judged as if it were alone, for any `n`.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub(super) fn forward_alone(&self, xs: &Tensor) -> Result<Tensor> {
        match self.features(xs)?.last() {
            Some(last) => self.answer(last, 1),
            None => candle_core::bail!("a discriminator has at least one block"),
        }
    }

    /// What each block makes of `xs` `[n, seen, side, side]`, finest first: `[n, c, side / 2, side / 2]` down to 4 pixels.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub(super) fn features(&self, xs: &Tensor) -> Result<Vec<Tensor>> {
        let mut levels: Vec<Tensor> = Vec::with_capacity(self.blocks.len());
        let first = self.from_rgb.forward(xs)?;
        for block in &self.blocks {
            levels.push(block.forward(levels.last().unwrap_or(&first))?);
        }
        Ok(levels)
    }

    /// From 4 pixels to a score.
    fn answer(&self, xs: &Tensor, group: usize) -> Result<Tensor> {
        let xs = self.last.forward(&minibatch_stddev(xs, group)?)?;
        self.out.forward(&self.fc.forward(&xs.flatten_from(1)?)?)
    }
}
