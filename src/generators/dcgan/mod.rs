//! DCGAN (Radford et al., Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks, 2016)
//! in two forms: iGAN's with kernels of 5x5 (Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, 2016)
//! and PyTorch's with kernels of 4x4.
//!
//! A generator, a discriminator and a predictor, which finds the latent of a picture: three networks of one [`Config`]. Where
//! nothing is trained, batch norm is folded into the weights, so that a network is a handful of affine layers.

mod discriminator;
mod generator;
mod model;
mod predictor;
mod trunk;

use candle_core::Result;
use serde::{Deserialize, Serialize};

use super::manifold::Prior;
use crate::compute::{Conv, ConvTranspose};
pub use discriminator::Discriminator;
pub use generator::Generator;
pub use model::Model;
pub use predictor::Predictor;

/// Side of the picture after the generator's first layer and before the discriminator's last one.
const FIRST_SIDE: usize = 4;

/// What the numbers of a picture mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paint {
    /// Light, in -1..1: the generator ends in tanh.
    #[default]
    Light,
    /// Ink on white paper, in 0..1: the generator ends in a sigmoid (iGAN's networks of one channel).
    Ink,
}

/// What follows the discriminator's convolutions, all but the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscriminatorNorm {
    /// Batch norm; no layer has a bias.
    #[default]
    Batch,
    /// Nothing, but every convolution has a bias: for R1, which wants each picture to be judged by itself. Weights begin as
    /// He et al. (Delving Deep into Rectifiers, 2015, §2.2) have it, so that signals keep their size without a norm.
    None,
}

/// Sizes of the three networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Numbers in a latent.
    pub n_latent: usize,
    /// Channels before the generator's last layer; each layer towards 4x4 pixels has twice as many.
    pub width: usize,
    /// Transposed convolutions before the last one.
    pub n_layers: usize,
    /// Channels of a picture: 3 or 1.
    pub c_out: usize,
    /// Side of the kernels: 5 as iGAN, whose first layer is fully connected with a norm for each number, or 4 as the paper
    /// and PyTorch's example, whose first layer is a transposed convolution from one pixel with a norm for each channel.
    #[serde(default = "five")]
    pub kernel: usize,
    /// How latents are distributed. Uniform ones are cut to -1..1.
    #[serde(default)]
    pub prior: Prior,
    /// What batch norm adds to the variance: 1e-8 in iGAN, 1e-5 in PyTorch.
    #[serde(default = "igan_eps")]
    pub eps: f64,
    /// What the numbers of a picture mean.
    #[serde(default)]
    pub paint: Paint,
    /// What normalises the discriminator; the predictor always has batch norm.
    #[serde(default)]
    pub norm: DiscriminatorNorm,
}

const fn five() -> usize {
    5
}

const fn igan_eps() -> f64 {
    1e-8
}

impl Config {
    /// iGAN's for 64 px: 1024, 512, 256, 128 channels.
    #[must_use]
    pub const fn px_64() -> Self {
        Self {
            n_latent: 100,
            width: 128,
            n_layers: 3,
            c_out: 3,
            kernel: five(),
            prior: Prior::Uniform,
            eps: igan_eps(),
            paint: Paint::Light,
            norm: DiscriminatorNorm::Batch,
        }
    }

    /// iGAN's for 128 px: 1024, 512, 256, 128, 64 channels.
    #[must_use]
    pub const fn px_128() -> Self {
        Self { width: 64, n_layers: 4, ..Self::px_64() }
    }

    /// iGAN's for sketches of 64 px: one channel of ink.
    #[must_use]
    pub const fn sketch_64() -> Self {
        Self { c_out: 1, paint: Paint::Ink, ..Self::px_64() }
    }

    /// PyTorch's example for 64 px: 512, 256, 128, 64 channels, 4x4 kernels, normally distributed latents.
    #[must_use]
    pub const fn pytorch_64() -> Self {
        Self { width: 64, kernel: 4, prior: Prior::Normal, eps: 1e-5, ..Self::px_64() }
    }

    /// Height and width of a picture.
    #[must_use]
    pub const fn side(&self) -> usize {
        FIRST_SIDE << (self.n_layers + 1)
    }

    /// The batch norms of the generator, in the order in which [`Generator::forward_train`] returns their statistics; the
    /// running ones have the keys `{name}.running_mean` and `{name}.running_var`.
    #[must_use]
    pub fn generator_norms(&self) -> Vec<String> {
        let deconvs = (0..self.n_layers).map(|at| format!("deconv_norm.{at}"));
        std::iter::once("project_norm".to_owned()).chain(deconvs).collect()
    }

    /// As [`Self::generator_norms`], of the discriminator; none with [`DiscriminatorNorm::None`].
    #[must_use]
    pub fn discriminator_norms(&self) -> Vec<String> {
        match self.norm {
            DiscriminatorNorm::Batch => self.predictor_norms(),
            DiscriminatorNorm::None => Vec::new(),
        }
    }

    /// As [`Self::generator_norms`], of the predictor.
    #[must_use]
    pub fn predictor_norms(&self) -> Vec<String> {
        (1..=self.n_layers).map(|at| format!("layers.{at}.norm")).collect()
    }

    /// Multiplications of the generator's layers for one latent.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let rest = (0..=self.n_layers).map(|at| {
            let ((c_in, c_out), side) = (self.channels(at), FIRST_SIDE << at);
            c_in * c_out * self.kernel * self.kernel * side * side
        });
        (self.n_latent * self.features() + rest.sum::<usize>()) as u64
    }

    /// Numbers in the results of the generator's layers for one latent.
    #[must_use]
    pub fn activations(&self) -> u64 {
        let layer = |at: usize| self.channels(at).1 * ((2 * FIRST_SIDE) << at).pow(2);
        (self.features() + (0..=self.n_layers).map(layer).sum::<usize>()) as u64
    }

    /// Channels at 4x4 pixels.
    const fn first_channels(&self) -> usize {
        self.width << self.n_layers
    }

    /// Numbers at 4x4 pixels.
    const fn features(&self) -> usize {
        self.first_channels() * FIRST_SIDE * FIRST_SIDE
    }

    /// Channels into and out of the generator's layer `at`, the last one included.
    const fn channels(&self, at: usize) -> (usize, usize) {
        let c_in = self.first_channels() >> at;
        (c_in, if at == self.n_layers { self.c_out } else { c_in / 2 })
    }

    /// How the generator doubles a picture.
    const fn double(&self) -> ConvTranspose {
        ConvTranspose { stride: 2, padding: self.padding(), output_padding: self.kernel % 2, groups: 1 }
    }

    /// How the discriminator halves one.
    const fn halve(&self) -> Conv {
        Conv::strided(2, self.padding())
    }

    const fn padding(&self) -> usize {
        (self.kernel - 1) / 2
    }

    /// Refuses what no network has, before anything is computed from it.
    pub(super) fn check(&self) -> Result<()> {
        let Self { n_latent, width, n_layers, c_out, kernel, eps, .. } = *self;
        for (name, value, most) in [("n_latent", n_latent, 4096), ("width", width, 1024), ("n_layers", n_layers, 6)] {
            if !(1..=most).contains(&value) {
                candle_core::bail!("dcgan: {name} is {value}, not 1 to {most}");
            }
        }
        if !matches!(c_out, 1 | 3) {
            candle_core::bail!("dcgan: a picture has 3 channels or 1, not {c_out}");
        }
        if !matches!(kernel, 4 | 5) {
            candle_core::bail!("dcgan: kernels are 4 or 5 pixels wide, not {kernel}");
        }
        if self.paint == Paint::Ink && c_out != 1 {
            candle_core::bail!("dcgan: ink has one channel, not {c_out}");
        }
        if !(eps > 0.0 && eps <= 1.0) {
            candle_core::bail!("dcgan: eps is {eps}, not above 0 and at most 1");
        }
        Ok(())
    }

    /// Refuses pictures that are not `[n, c_out, side, side]`.
    fn check_pictures(&self, pictures: &candle_core::Tensor) -> Result<()> {
        let (c_out, side) = (self.c_out, self.side());
        if !matches!(*pictures.dims(), [_, c, h, w] if (c, h, w) == (c_out, side, side)) {
            candle_core::bail!("dcgan: the pictures are {:?}, not [n, {c_out}, {side}, {side}]", pictures.dims());
        }
        Ok(())
    }
}
