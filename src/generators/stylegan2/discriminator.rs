//! The discriminator of `StyleGAN2` (Karras et al. 2020, §4).

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use crate::generators::residual::Residual;

/// Pictures to scores.
#[derive(Debug, Clone)]
pub struct Discriminator(Residual);

impl Discriminator {
    /// Reads `b{side}.fromrgb`, `b{side}.{conv0,conv1,skip}` from the picture's side down to 8 (`skip` has no bias),
    /// `b4.{conv,fc,out}`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        Residual::new(config.judge_pyramid(), 3, vb).map(Self)
    }

    /// Pictures `[n, 3, side, side]` in -1..1 to scores `[n, 1]`, high for real ones. `n` must be at most 4 or a multiple of 4,
    /// whose deviation is looked at together.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        self.0.forward(pictures)
    }

    /// As [`Self::forward`] for any `n`: each picture is judged as if it were alone.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn forward_alone(&self, pictures: &Tensor) -> Result<Tensor> {
        self.0.forward_alone(pictures)
    }

    /// What each block makes of the pictures, finest first: `[n, c, side / 2, side / 2]` down to 4 pixels.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.0.features(pictures)
    }
}
