//! `StyleGAN` (Karras et al., A Style-Based Generator Architecture for Generative Adversarial Networks, 2019): a mapping network,
//! adaptive instance norm, a constant input, noise at each layer, and networks that grow from small pictures to large ones.
//!
//! As the PyTorch port by rosinality has it, a layer's bias comes before the blur; the networks keep keys of their own.

mod discriminator;
mod model;
mod synthesis;
mod wide;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::pyramid::{Pyramid, macs};
use super::styled::{Mapping, Noise, same_for_all_layers};
pub use discriminator::Discriminator;
pub use model::Model;
pub use synthesis::Synthesis;

/// The filter of both networks, before it is scaled to the sum 1.
const TAPS: [f64; 3] = [1.0, 2.0, 1.0];

/// Sizes of generator and discriminator, as a manifest of weights keeps them too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Height and width of the picture: a power of two, at least 8.
    pub side: usize,
    /// Numbers in a latent and in a style.
    pub style_dim: usize,
    /// Layers of the mapping network.
    pub n_mapping: usize,
    /// At `r` pixels there are `base_channels / r` channels …
    pub base_channels: usize,
    /// … but no more than this.
    pub max_channels: usize,
    /// The discriminator's `base_channels`, where they are not the generator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge_base_channels: Option<usize>,
    /// The discriminator's `max_channels`, where they are not the generator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge_max_channels: Option<usize>,
}

impl Config {
    /// The published sizes: 512 channels up to 32 px, then 256, 128, 64, 32, 16.
    #[must_use]
    pub const fn official(side: usize) -> Self {
        Self {
            side,
            style_dim: 512,
            n_mapping: 8,
            base_channels: 16_384,
            max_channels: 512,
            judge_base_channels: None,
            judge_max_channels: None,
        }
    }

    /// A light network for the CPU: 128 channels up to 16 px, then 2048 by the side.
    #[must_use]
    pub const fn lite(side: usize) -> Self {
        Self { style_dim: 128, n_mapping: 8, base_channels: 2048, max_channels: 128, ..Self::official(side) }
    }

    /// The generator's sizes.
    #[must_use]
    pub const fn pyramid(&self) -> Pyramid {
        Pyramid { side: self.side, base_channels: self.base_channels, max_channels: self.max_channels }
    }

    /// The discriminator's sizes.
    #[must_use]
    pub fn judge_pyramid(&self) -> Pyramid {
        self.pyramid().or(self.judge_base_channels, self.judge_max_channels)
    }

    /// Styles that a picture takes: one for each convolution, the constant's too.
    #[must_use]
    pub fn n_layers(&self) -> usize {
        self.pyramid().n_layers()
    }

    /// Multiplications of the convolutions for one picture of the whole network.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let sizes = self.pyramid();
        let levels = sizes.sides().map(|side| {
            let (c_half, c) = (sizes.channels(side / 2), sizes.channels(side));
            // A doubling has 4x4 weights for each pixel before it.
            macs(c_half, c, 4, side / 2) + macs(c, c, 3, side)
        });
        let (first, last) = (sizes.channels(4), sizes.channels(self.side));
        macs(first, first, 3, 4) + levels.sum::<u64>() + macs(last, 3, 1, self.side)
    }

    /// The side of each layer's noise, smallest first.
    #[must_use]
    pub fn noise_sides(&self) -> Vec<usize> {
        std::iter::once(4).chain(self.pyramid().sides()).flat_map(|side| [side; 2]).collect()
    }

    /// Refuses what no network has, before anything is computed from it.
    pub(super) fn check(&self) -> Result<()> {
        let sizes = [("style_dim", self.style_dim, 4096), ("n_mapping", self.n_mapping, 32), ("side", self.side, 1024)];
        self.pyramid().check("stylegan", &sizes)?;
        self.judge_pyramid().check("stylegan", &[])
    }
}

/// How far a network has grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Height and width of the pictures now: a power of two from 4 to the network's side.
    pub side: usize,
    /// How much of the newest size is seen, 0..=1; the rest is the size before.
    pub fade: f64,
}

impl Stage {
    /// All of `side`.
    #[must_use]
    pub const fn full(side: usize) -> Self {
        Self { side, fade: 1.0 }
    }

    /// The side of the newest pictures of which at least half is seen; no less than 8, the smallest network.
    #[must_use]
    pub fn settled_side(self) -> usize {
        if self.fade < 0.5 { (self.side / 2).max(8) } else { self.side.max(8) }
    }

    /// How many of `most` sizes from 4 pixels on there are now.
    fn levels(self, most: usize) -> Result<usize> {
        let levels = (self.side / 4).trailing_zeros() as usize + 1;
        if !self.side.is_power_of_two() || self.side < 4 || levels > most {
            candle_core::bail!("stylegan: the network has no pictures of {0} x {0} pixels", self.side);
        }
        Ok(levels)
    }
}

/// The generator: latents to styles, styles to pictures.
#[derive(Debug, Clone)]
pub struct Generator {
    config: Config,
    /// Latents to styles.
    pub mapping: Mapping,
    /// Styles to pictures.
    pub synthesis: Synthesis,
}

impl Generator {
    /// Reads `mapping.fc{i}` and `synthesis.b{side}`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.pyramid().check_side("stylegan")?;
        let mapping = vb.pp("mapping");
        let places = (0..config.n_mapping).map(|at| mapping.pp(format!("fc{at}")));
        Ok(Self {
            mapping: Mapping::new(config.style_dim, None, places)?,
            synthesis: Synthesis::new(config, &vb.pp("synthesis"))?,
            config: config.clone(),
        })
    }

    /// The sizes it was built with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// `zs` `[n, style_dim]`, normally distributed, to pictures `[n, 3, side, side]`, nominally in -1..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, zs: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        let ws = same_for_all_layers(&self.mapping.forward(zs)?, self.config.n_layers())?;
        self.synthesis.forward(&ws, noise)
    }
}
