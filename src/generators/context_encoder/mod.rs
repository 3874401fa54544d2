//! Context Encoder (Pathak et al., Context Encoders: Feature Learning by Inpainting, 2016): an encoder of the surroundings, a
//! narrow passage, and a decoder that paints what is missing.
//!
//! Convolutions have no bias: the original resets theirs to 0 at every step. Batch norm is folded into the weights where
//! nothing is trained. The picture's side is 128; others (powers of two from 32 on) serve tests.

mod adversary;
mod block;
mod hole;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::layers::SMALL_NORMAL;
use super::ops::{BatchStatistics, tanh};
use crate::compute::{Activation, Epilogue, Weight, conv_transpose2d};
pub use adversary::Adversary;
use block::{Block, DOUBLE, FIRST_SIDE, KERNEL, LEAKY, Motion, Trunk, channels, n_halvings, trunk_macs};
pub use hole::{PAINT, center_known, paint_hole};

/// What the generator paints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// The square in the middle, half as wide as the picture.
    Center,
    /// The whole picture, for holes anywhere.
    Anywhere,
}

/// Sizes of a generator and its adversary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Height and width of the picture: a power of two, at least 32; 128 in the paper.
    pub side: usize,
    /// Channels at 32 pixels and more; eight times as many at 4.
    pub width: usize,
    /// Channels of the one pixel between encoder and decoder.
    pub bottleneck: usize,
    /// What is painted.
    pub region: Region,
}

impl Config {
    /// The paper's bottleneck: nine tenths of the parameters are in the two layers around it.
    pub const BOTTLENECK: usize = 4000;

    /// The paper's sizes for a hole in the middle: 128 px in, 64 px out.
    #[must_use]
    pub const fn center(bottleneck: usize) -> Self {
        Self { side: 128, width: 64, bottleneck, region: Region::Center }
    }

    /// The paper's sizes for holes anywhere: 128 px in and out.
    #[must_use]
    pub const fn anywhere(bottleneck: usize) -> Self {
        Self { side: 128, width: 64, bottleneck, region: Region::Anywhere }
    }

    /// Height and width of what is painted, which is also what the adversary sees.
    #[must_use]
    pub const fn painted_side(&self) -> usize {
        match self.region {
            Region::Center => self.side / 2,
            Region::Anywhere => self.side,
        }
    }

    /// Pixels on each side of the painted square that the generator also sees: 4 at 128. There it learns to meet the photo.
    #[must_use]
    pub const fn overlap(&self) -> usize {
        match self.region {
            Region::Center => self.side / 32,
            Region::Anywhere => 0,
        }
    }

    /// Height and width of the square in the middle that the generator does not see: 56 at 128.
    #[must_use]
    pub const fn hole_side(&self) -> usize {
        self.side / 2 - 2 * (self.side / 32)
    }

    /// The batch norms of the generator, in the order in which [`Generator::forward_train`] returns their statistics:
    /// `encoder.1.norm`, …, whose running statistics have the keys `{name}.running_mean` and `{name}.running_var`.
    #[must_use]
    pub fn generator_norms(&self) -> Vec<String> {
        let encoder = (1..=n_halvings(self.side)).map(|at| format!("encoder.{at}.norm"));
        let decoder = (0..n_halvings(self.painted_side())).map(|at| format!("decoder.{at}.norm"));
        encoder.chain(decoder).collect()
    }

    /// As [`Self::generator_norms`], of the adversary.
    #[must_use]
    pub fn adversary_norms(&self) -> Vec<String> {
        (1..n_halvings(self.painted_side())).map(|at| format!("layers.{at}.norm")).collect()
    }

    /// Multiplications of the generator for one picture.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let passage = 2 * self.bottleneck * channels(self.width, FIRST_SIDE) * KERNEL * KERNEL;
        // The decoder's doublings are the encoder's halvings backwards.
        (trunk_macs(self.side, self.width) + passage + trunk_macs(self.painted_side(), self.width)) as u64
    }

    fn check(&self) -> Result<()> {
        if !self.side.is_power_of_two() || self.side < 32 {
            candle_core::bail!("context encoder: the side is {}, not a power of two from 32 on", self.side);
        }
        if self.width == 0 || self.bottleneck == 0 {
            let Self { width, bottleneck, .. } = self;
            candle_core::bail!("context encoder: a width of {width} and a bottleneck of {bottleneck} leave nothing");
        }
        Ok(())
    }
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    config: Config,
    encoder: Trunk,
    gather: Block,
    spread: Block,
    doublings: Vec<Block>,
    to_image: Weight,
}

impl Generator {
    /// Reads `encoder.{i}.conv.weight` `[c_out, c_in, 4, 4]` (the last one leads to the bottleneck),
    /// `decoder.{i}.conv.weight` `[c_in, c_out, 4, 4]` (the first one leads out of it), `encoder.{i}.norm.*` (from 1 on) and
    /// `decoder.{i}.norm.*` with PyTorch's four names, and `to_image.weight` `[c, 3, 4, 4]`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let &Config { side, width, bottleneck, .. } = config;
        let (encoder, decoder, c_first) = (vb.pp("encoder"), vb.pp("decoder"), channels(width, FIRST_SIDE));
        let doublings = (1..n_halvings(config.painted_side())).map(|at| {
            let c = |at: usize| channels(width, FIRST_SIDE << at);
            Block::new(Motion::Double, (c(at - 1), c(at)), Activation::RELU, &decoder.pp(at))
        });
        let c_last = channels(width, config.painted_side() / 2);
        let to_image = vb.pp("to_image").get_with_hints((c_last, 3, KERNEL, KERNEL), "weight", SMALL_NORMAL)?;
        Ok(Self {
            config: config.clone(),
            encoder: Trunk::new(side, width, &encoder)?,
            gather: Block::new(Motion::Gather, (c_first, bottleneck), LEAKY, &encoder.pp(n_halvings(side)))?,
            spread: Block::new(Motion::Spread, (bottleneck, c_first), Activation::RELU, &decoder.pp(0))?,
            doublings: doublings.collect::<Result<_>>()?,
            to_image: Weight::new(&to_image)?,
        })
    }

    /// The sizes it was built with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Pictures `[n, 3, side, side]` in -1..1, their holes painted over (see [`paint_hole`]), to what belongs there:
    /// `[n, 3, painted_side, painted_side]` in -1..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, painted: &Tensor) -> Result<Tensor> {
        self.check_input(painted)?;
        let seen = self.spread.forward(&self.gather.forward(&self.encoder.forward(painted)?)?)?;
        self.paint(&self.doublings.iter().try_fold(seen, |xs, block| block.forward(&xs))?)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned for
    /// [`super::ops::update_running`] in the order of [`Config::generator_norms`].
    ///
    /// # Errors
    /// As [`Self::forward`], for a single picture (one value has no deviation), and when the network was built from plain
    /// tensors.
    pub fn forward_train(&self, painted: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        self.check_input(painted)?;
        let mut all = Vec::new();
        let seen = self.encoder.forward_train(painted, &mut all)?;
        let seen = self.gather.forward_train(&seen, &mut all)?;
        let seen = self.spread.forward_train(&seen, &mut all)?;
        let xs = self.doublings.iter().try_fold(seen, |xs, block| block.forward_train(&xs, &mut all))?;
        Ok((self.paint(&xs)?, all))
    }

    fn paint(&self, xs: &Tensor) -> Result<Tensor> {
        tanh(&conv_transpose2d(xs, &self.to_image, DOUBLE, Epilogue::default())?)
    }

    fn check_input(&self, painted: &Tensor) -> Result<()> {
        let side = self.config.side;
        if !matches!(painted.dims(), [_, 3, h, w] if (*h, *w) == (side, side)) {
            candle_core::bail!("context encoder: the pictures are {:?}, not [n, 3, {side}, {side}]", painted.dims());
        }
        Ok(())
    }
}
