//! `StyleGAN2` (Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020) with the keys of the PyTorch port
//! by rosinality, in which converted checkpoints circulate (`g_ema`).

mod discriminator;
mod model;
mod synthesis;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::pyramid::Pyramid;
use super::styled::{Mapping, Noise, same_for_all_layers};
pub use discriminator::Discriminator;
pub use model::Model;
pub use synthesis::Synthesis;

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
    /// Config F of the paper: 512 channels up to 64 px, then 256, 128, 64, 32.
    #[must_use]
    pub const fn config_f(side: usize) -> Self {
        Self {
            side,
            style_dim: 512,
            n_mapping: 8,
            base_channels: 32_768,
            max_channels: 512,
            judge_base_channels: None,
            judge_max_channels: None,
        }
    }

    /// A light network for the CPU: 128 channels up to 16 px, then 2048 by the side; 40 ms for 128 px on two cores.
    #[must_use]
    pub const fn lite(side: usize) -> Self {
        Self { style_dim: 128, n_mapping: 4, base_channels: 2048, max_channels: 128, ..Self::config_f(side) }
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

    /// Channels at `side` pixels.
    #[must_use]
    pub fn channels(&self, side: usize) -> usize {
        self.pyramid().channels(side)
    }

    /// Styles that a picture takes.
    #[must_use]
    pub fn n_layers(&self) -> usize {
        self.pyramid().n_layers()
    }

    /// Multiplications of the convolutions for one picture.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        self.pyramid().synthesis_macs()
    }

    /// Refuses what no network has, before anything is computed from it.
    pub(super) fn check(&self) -> Result<()> {
        let sizes = [("style_dim", self.style_dim, 4096), ("n_mapping", self.n_mapping, 32), ("side", self.side, 1024)];
        self.pyramid().check("stylegan2", &sizes)?;
        self.judge_pyramid().check("stylegan2", &[])
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
    /// Reads `style.{1..}`, `input.input`, `conv1`, `to_rgb1`, `convs.{i}`, `to_rgbs.{i}` and `noises.noise_{i}`. The blur's
    /// kernels, which the files hold too, are always the same and not read.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.pyramid().check_side("stylegan2")?;
        // The pixel norm is layer 0.
        let places = (1..=config.n_mapping).map(|at| vb.pp("style").pp(at));
        Ok(Self {
            mapping: Mapping::new(config.style_dim, None, places)?,
            synthesis: Synthesis::new(config, vb)?,
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
