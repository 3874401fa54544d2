//! `StyleGAN2` (Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020) with the keys of the PyTorch port
//! by rosinality, in which converted checkpoints circulate (`g_ema`).

mod synthesis;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::styled::{Mapping, Noise, same_for_all_layers};
pub use synthesis::Synthesis;

/// Sizes of a generator.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Config {
    /// Config F of the paper: 512 channels up to 64 px, then 256, 128, 64, 32.
    #[must_use]
    pub const fn config_f(side: usize) -> Self {
        Self { side, style_dim: 512, n_mapping: 8, base_channels: 32_768, max_channels: 512 }
    }

    /// Channels at `side` pixels.
    #[must_use]
    pub fn channels(&self, side: usize) -> usize {
        (self.base_channels / side).min(self.max_channels)
    }

    /// Sides after the first 4 pixels: 8, 16, … up to the picture's.
    fn sides(&self) -> impl Iterator<Item = usize> {
        (3..=self.side.trailing_zeros()).map(|log| 1 << log)
    }

    /// Styles that a picture takes: two for the first size, two more for each doubling.
    #[must_use]
    pub fn n_layers(&self) -> usize {
        2 + 2 * self.sides().count()
    }

    /// Multiplications of the convolutions for one picture.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let macs = |c_in: usize, c_out: usize, kernel: usize, side: usize| c_in * c_out * kernel * kernel * side * side;
        let first = self.channels(4);
        let levels = self.sides().map(|side| {
            let (c_in, c_out) = (self.channels(side / 2), self.channels(side));
            macs(c_in, c_out, 3, side / 2) + macs(c_out, c_out, 3, side) + macs(c_out, 3, 1, side)
        });
        (macs(first, first, 3, 4) + macs(first, 3, 1, 4) + levels.sum::<usize>()) as u64
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
        if !config.side.is_power_of_two() || config.side < 8 {
            candle_core::bail!("stylegan2: the side is {}, not a power of two from 8 on", config.side);
        }
        // The pixel norm is layer 0.
        let places = (1..=config.n_mapping).map(|at| vb.pp("style").pp(at));
        Ok(Self {
            mapping: Mapping::new(config.style_dim, None, places)?,
            synthesis: Synthesis::new(config, vb)?,
            config: config.clone(),
        })
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
