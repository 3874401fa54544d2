//! The discriminator of `CoModGAN`: `StyleGAN2`'s, which also sees the mask.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use crate::generators::residual::Residual;

/// Pictures with their masks to scores.
#[derive(Debug, Clone)]
pub struct Discriminator(Residual);

impl Discriminator {
    /// Reads `b{side}.fromrgb`, `b{side}.{conv0,conv1,skip}` from the picture's side down to 8 (`skip` has no bias),
    /// `b4.{conv,fc,out}`; its widths are those of the generator's encoder.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        Residual::new(config.pyramid(), 4, vb).map(Self)
    }

    /// `image` `[n, 3, side, side]` in -1..1 and `known` `[n, 1, side, side]` (1 is known, 0 a hole) to scores `[n, 1]`, high
    /// for photos. `n` must be at most 4 or a multiple of 4.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, image: &Tensor, known: &Tensor) -> Result<Tensor> {
        self.0.forward(&Tensor::cat(&[&(known - 0.5)?, image], 1)?)
    }
}
