//! The discriminator of `StyleGAN`: Progressive GAN's with a blur before it halves (Karras et al. 2018 and 2019).

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::wide::Wide;
use super::{Config, Stage, TAPS};
use crate::compute::{Activation, Epilogue};
use crate::generators::layers::{NORMAL, Sizes};
use crate::generators::ops::{EqualLinear, area_down, blur, minibatch_stddev};
use crate::generators::residual::Layer;
use crate::generators::styled::LEAKY;

/// Samples whose deviation is looked at together.
const GROUP: usize = 4;

/// One size: refined and halved.
#[derive(Debug, Clone)]
struct Block {
    from_rgb: Layer,
    same: Layer,
    halve: Wide,
    bias: Tensor,
}

impl Block {
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let same = blur(&self.same.forward(xs)?, &TAPS)?;
        self.halve.halve(&same, Epilogue::new(Some(&self.bias), LEAKY))
    }
}

/// Pictures to scores.
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// From 8 pixels on.
    blocks: Vec<Block>,
    first: Layer,
    last: Layer,
    fc: EqualLinear,
    out: EqualLinear,
}

impl Discriminator {
    /// Reads `b{side}.{fromrgb,conv0,conv1}` from 8 pixels on and `b4.{fromrgb,conv,fc,out}`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let sizes = config.judge_pyramid();
        let layer = |c_in, c_out, kernel, vb: &VarBuilder<'_>| Layer::new(Sizes { c_in, c_out, kernel }, None, vb);
        let blocks = sizes.sides().map(|side| -> Result<Block> {
            let (c, c_half, vb) = (sizes.channels(side), sizes.channels(side / 2), vb.pp(format!("b{side}")));
            Ok(Block {
                from_rgb: layer(3, c, 1, &vb.pp("fromrgb"))?,
                same: layer(c, c, 3, &vb.pp("conv0"))?,
                halve: Wide::halving(c, c_half, &vb.pp("conv1"))?,
                bias: vb.pp("conv1").get_with_hints(c_half, "bias", Init::Const(0.0))?,
            })
        });
        let (c, b4) = (sizes.channels(4), vb.pp("b4"));
        let linear = |name: &str, c_in: usize, c_out: usize, activation: Activation| {
            let vb = b4.pp(name);
            let weight = vb.get_with_hints((c_out, c_in), "weight", NORMAL)?;
            let bias = vb.get_with_hints(c_out, "bias", Init::Const(0.0))?;
            EqualLinear::new(weight, Some(bias), 1.0, activation)
        };
        Ok(Self {
            blocks: blocks.collect::<Result<_>>()?,
            first: layer(3, c, 1, &b4.pp("fromrgb"))?,
            last: layer(c + 1, c, 3, &b4.pp("conv"))?,
            fc: linear("fc", c * 16, c, LEAKY)?,
            out: linear("out", c, 1, Activation::Identity)?,
        })
    }

    /// Pictures `[n, 3, side, side]` in -1..1 of the stage's side to scores `[n, 1]`, high for real ones. `n` must be at most 4
    /// or a multiple of 4, whose deviation is looked at together.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward_at(&self, pictures: &Tensor, stage: Stage) -> Result<Tensor> {
        match self.levels(pictures, stage)?.last() {
            Some(last) => self.answer(last, GROUP),
            None => self.answer(&self.first.forward(pictures)?, GROUP),
        }
    }

    /// As [`Self::forward_at`] of the whole network for any `n`: each picture is judged as if it were alone.
    ///
    /// # Errors
    /// As [`Self::forward_at`].
    pub fn forward_alone(&self, pictures: &Tensor) -> Result<Tensor> {
        match self.features(pictures)?.last() {
            Some(last) => self.answer(last, 1),
            None => candle_core::bail!("a discriminator has at least one block"),
        }
    }

    /// What each block makes of the pictures, finest first: `[n, c, side / 2, side / 2]` down to 4 pixels.
    ///
    /// # Errors
    /// As [`Self::forward_at`].
    pub fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.levels(pictures, Stage::full(4 << self.blocks.len()))
    }

    fn levels(&self, pictures: &Tensor, stage: Stage) -> Result<Vec<Tensor>> {
        let n_blocks = stage.levels(self.blocks.len() + 1)? - 1;
        let mut levels: Vec<Tensor> = Vec::with_capacity(n_blocks);
        for (at, block) in self.blocks.iter().take(n_blocks).enumerate().rev() {
            let next = if let Some(xs) = levels.last() { block.forward(xs)? } else { self.begin(at, pictures, stage)? };
            levels.push(next);
        }
        Ok(levels)
    }

    /// What the block `at`, the first that sees the pictures, makes of them, with what the one before would see while it is
    /// faded in.
    fn begin(&self, at: usize, pictures: &Tensor, stage: Stage) -> Result<Tensor> {
        let block = &self.blocks[at];
        let ys = block.forward(&block.from_rgb.forward(pictures)?)?;
        if stage.fade >= 1.0 {
            return Ok(ys);
        }
        let coarse = if at > 0 { &self.blocks[at - 1].from_rgb } else { &self.first };
        let coarse = coarse.forward(&area_down(pictures, 2)?)?;
        (ys * stage.fade)? + (coarse * (1.0 - stage.fade))?
    }

    /// From 4 pixels to a score.
    fn answer(&self, xs: &Tensor, group: usize) -> Result<Tensor> {
        let xs = self.last.forward(&minibatch_stddev(xs, group)?)?;
        self.out.forward(&self.fc.forward(&xs.flatten_from(1)?)?)
    }
}
