//! Projection of a picture onto a manifold: the latent whose picture is nearest to it.
//!
//! Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, 2016, section 3: a network predicts the latent, or
//! an optimisation finds it, or the optimisation starts from the prediction, which is best.

mod job;
mod loss;
mod verdict;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, VariantNames};

pub use job::{ProjectJob, ProjectUpdate};
pub use verdict::{Familiarity, TYPICAL_ERROR, familiarity, psnr};

use super::space::StyleSpace;
use super::{Latent, LatentError, Picture};

/// How the latent is found.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Method {
    /// The predictor's answer, improved by optimisation; optimisation alone for a model without a predictor.
    #[default]
    Hybrid,
    /// L-BFGS from random latents.
    Optimize,
    /// The predictor's answer.
    Network,
}

/// How a projection is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProjectOptions {
    /// Of the random starts.
    pub seed: u64,
    /// Latents that the optimisation starts from; the worse half is given up twice on the way. Of the hybrid's one is the
    /// prediction.
    pub starts: usize,
    /// Steps of L-BFGS at most.
    pub iterations: usize,
    /// What is searched where the model has styles.
    pub styles: StyleSpace,
    /// How much the discriminator's features count beside the pixels: see [`ProjectJob`].
    pub feature_weight: f64,
}

impl Default for ProjectOptions {
    fn default() -> Self {
        Self { seed: 0, starts: 4, iterations: 200, styles: StyleSpace::WPlus, feature_weight: 0.0 }
    }
}

/// A latent that one method found.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The method.
    pub method: Method,
    /// The latent.
    pub latent: Latent,
    /// Its picture.
    pub picture: Picture,
    /// Mean squared difference of its picture to the wanted one, both in -1..1.
    pub mse: f64,
    /// Evaluations of the network with its gradient that it took.
    pub evaluations: usize,
}

/// What a projection found.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The latent to go on with: the asked method's.
    pub best: Attempt,
    /// What else was tried on the way: of the hybrid the prediction alone.
    pub others: Vec<Attempt>,
}

/// Why there is no projection.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The network failed.
    #[error(transparent)]
    Latent(#[from] LatentError),
    /// A picture of another size than the model's.
    #[error("the picture has {given} x {given} pixels, but the model's pictures have {side} x {side}")]
    WrongSize {
        /// Its side.
        given: usize,
        /// The model's.
        side: usize,
    },
    /// A model without a predictor.
    #[error("this model has no predictor: use the method optimize or hybrid")]
    NoPredictor,
    /// Numbers of starts or steps that are 0.
    #[error("a projection needs at least one start and one step")]
    NoWork,
}

impl From<candle_core::Error> for ProjectError {
    fn from(error: candle_core::Error) -> Self {
        Self::Latent(error.into())
    }
}

#[cfg(test)]
mod tests;
