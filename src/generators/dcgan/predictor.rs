//! The predictor P (Zhu et al. 2016, §3.1): from a picture to the latent that the generator would draw it from.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::trunk::{Head, Trunk};
use super::{Config, DiscriminatorNorm, Prior};
use crate::generators::ops::BatchStatistics;

/// Pictures to latents: the discriminator's layers with another end.
#[derive(Debug, Clone)]
pub struct Predictor {
    config: Config,
    trunk: Trunk,
    to_latent: Head,
}

impl Predictor {
    /// Reads `layers.{i}.conv.weight` `[c_out, c_in, k, k]`, `layers.{i}.norm.*` (from 1 on) and `to_latent.weight`
    /// `[n_latent, c, 4, 4]`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        Ok(Self {
            trunk: Trunk::new(config, DiscriminatorNorm::Batch, &vb.pp("layers"))?,
            to_latent: Head::new(config, config.n_latent, &vb.pp("to_latent"))?,
            config: config.clone(),
        })
    }

    /// Pictures `[n, c_out, side, side]`, as the generator paints them, to latents `[n, n_latent]`: in -1..1 where the prior
    /// is uniform.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        self.config.check_pictures(pictures)?;
        let features = self.trunk.forward(pictures)?;
        let Some(last) = features.last() else { candle_core::bail!("dcgan: a predictor without layers") };
        self.latents(last)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned for
    /// [`crate::generators::ops::update_running`] in the order of [`Config::predictor_norms`].
    ///
    /// # Errors
    /// As [`Self::forward`], and when the network was built from plain tensors.
    pub fn forward_train(&self, pictures: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        self.config.check_pictures(pictures)?;
        let (xs, statistics) = self.trunk.forward_train(pictures)?;
        Ok((self.latents(&xs)?, statistics))
    }

    fn latents(&self, xs: &Tensor) -> Result<Tensor> {
        let ys = self.to_latent.forward(xs)?;
        match self.config.prior {
            Prior::Uniform => ys.tanh(),
            Prior::Normal => Ok(ys),
        }
    }
}
