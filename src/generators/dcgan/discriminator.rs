//! The discriminator: how real a picture looks.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use super::trunk::{Head, Trunk};
use crate::generators::ops::BatchStatistics;

/// Tells pictures of the generator from those that it learns from.
#[derive(Debug, Clone)]
pub struct Discriminator {
    config: Config,
    trunk: Trunk,
    to_logit: Head,
}

impl Discriminator {
    /// Reads `layers.{i}.conv.weight` `[c_out, c_in, k, k]`, with batch norm `layers.{i}.norm.*` (from 1 on), else
    /// `layers.{i}.conv.bias`, and `to_logit.weight` `[1, c, 4, 4]`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        Ok(Self {
            trunk: Trunk::new(config, config.norm, &vb.pp("layers"))?,
            to_logit: Head::new(config, 1, &vb.pp("to_logit"))?,
            config: config.clone(),
        })
    }

    /// Pictures `[n, c_out, side, side]`, as the generator paints them, to logits `[n]`: their sigmoid is the probability
    /// that a picture is real.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let features = self.features(pictures)?;
        let Some(last) = features.last() else { candle_core::bail!("dcgan: a discriminator without layers") };
        self.to_logit.forward(last)?.flatten_all()
    }

    /// What each convolution makes of the pictures, `[n, c, side / 2, side / 2]` first and `[n, c, 4, 4]` last.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.config.check_pictures(pictures)?;
        self.trunk.forward(pictures)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned for
    /// [`crate::generators::ops::update_running`] in the order of [`Config::discriminator_norms`].
    ///
    /// # Errors
    /// As [`Self::forward`], and when the network has batch norm and was built from plain tensors.
    pub fn forward_train(&self, pictures: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        self.config.check_pictures(pictures)?;
        let (xs, statistics) = self.trunk.forward_train(pictures)?;
        Ok((self.to_logit.forward(&xs)?.flatten_all()?, statistics))
    }
}
