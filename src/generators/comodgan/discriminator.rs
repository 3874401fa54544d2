//! The discriminator of `CoModGAN`: `StyleGAN2`'s residual one (Karras et al. 2020, §4), which also sees the mask.

use std::f64::consts::FRAC_1_SQRT_2;

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use super::layer::Layer;
use crate::compute::{Activation, Epilogue};
use crate::generators::layers::{EqualWeight, NORMAL, Sizes};
use crate::generators::ops::{BLUR_TAPS, EqualLinear, conv2d_down, minibatch_stddev};
use crate::generators::styled::LEAKY;

/// Leaky ReLU with the gain of a layer, divided by the square root of 2.
const LEAKY_HALF: Activation = Activation::leaky(0.2);

/// Samples whose deviation is looked at together.
const GROUP: usize = 4;

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

/// Pictures with their masks to scores.
#[derive(Debug, Clone)]
pub struct Discriminator {
    from_rgb: Layer,
    /// Largest first.
    blocks: Vec<Block>,
    last: Layer,
    fc: EqualLinear,
    out: EqualLinear,
}

impl Discriminator {
    /// Reads `b{side}.fromrgb`, `b{side}.{conv0,conv1,skip}` from the picture's side down to 8 (`skip` has no bias),
    /// `b4.{conv,fc,out}`; its widths are those of the generator's encoder.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let layer = |c_in, c_out, kernel, vb: &VarBuilder<'_>| Layer::new(Sizes { c_in, c_out, kernel }, None, vb);
        let blocks = config.sides().rev().map(|side| -> Result<Block> {
            let (c, c_half, vb) = (config.channels(side), config.channels(side / 2), vb.pp(format!("b{side}")));
            Ok(Block {
                same: layer(c, c, 3, &vb.pp("conv0"))?,
                halve: layer(c, c_half, 3, &vb.pp("conv1"))?,
                skip: EqualWeight::new(Sizes { c_in: c, c_out: c_half, kernel: 1 }, FRAC_1_SQRT_2, &vb.pp("skip"))?,
            })
        });
        let (first, last, b4) = (config.channels(config.side), config.channels(4), vb.pp("b4"));
        let linear = |name: &str, c_in: usize, c_out: usize, activation: Activation| {
            let vb = b4.pp(name);
            let weight = vb.get_with_hints((c_out, c_in), "weight", NORMAL)?;
            let bias = vb.get_with_hints(c_out, "bias", Init::Const(0.0))?;
            EqualLinear::new(weight, Some(bias), 1.0, activation)
        };
        Ok(Self {
            from_rgb: layer(4, first, 1, &vb.pp(format!("b{}", config.side)).pp("fromrgb"))?,
            blocks: blocks.collect::<Result<_>>()?,
            last: layer(last + 1, last, 3, &b4.pp("conv"))?,
            fc: linear("fc", last * 16, last, LEAKY)?,
            out: linear("out", last, 1, Activation::Identity)?,
        })
    }

    /// `image` `[n, 3, side, side]` in -1..1 and `known` `[n, 1, side, side]` (1 is known, 0 a hole) to scores `[n, 1]`, high
    /// for photos. `n` must be at most 4 or a multiple of 4.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, image: &Tensor, known: &Tensor) -> Result<Tensor> {
        let mut xs = self.from_rgb.forward(&Tensor::cat(&[&(known - 0.5)?, image], 1)?)?;
        for block in &self.blocks {
            xs = block.forward(&xs)?;
        }
        let xs = self.last.forward(&minibatch_stddev(&xs, GROUP)?)?;
        self.out.forward(&self.fc.forward(&xs.flatten_from(1)?)?)
    }
}
