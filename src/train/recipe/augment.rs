//! The table `augment` of a recipe.

use clap::Args;
use serde::{Deserialize, Serialize};

/// Against learning few pictures by heart: what the discriminator sees is changed at random, more as it grows surer of real
/// pictures (Karras et al., Training Generative Adversarial Networks with Limited Data, 2020, §3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Augment {
    /// Mean sign of the scores of real pictures that is aimed at; 0 switches augmentation off
    #[arg(long = "augment-target", value_name = "R")]
    pub target: f64,
    /// Thousands of pictures in which the probability could rise from 0 to 1
    #[arg(long = "augment-kimg", value_name = "KIMG")]
    pub kimg: f64,
    /// The largest probability
    #[arg(long = "augment-max", value_name = "P")]
    pub max: f64,
}

impl Default for Augment {
    fn default() -> Self {
        Self { target: 0.6, kimg: 100.0, max: 0.8 }
    }
}
