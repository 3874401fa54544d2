//! The table `optimizer` of a recipe.

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::train::adam::AdamConfig;

/// Rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizer {
    /// Learning rate of the generator
    #[arg(long, value_name = "RATE")]
    pub lr_generator: f64,
    /// Learning rate of the discriminator
    #[arg(long, value_name = "RATE")]
    pub lr_discriminator: f64,
    /// Decay of Adam's first moment
    #[arg(long, value_name = "BETA")]
    pub beta1: f64,
    /// Decay of Adam's second moment
    #[arg(long, value_name = "BETA")]
    pub beta2: f64,
    /// Added to Adam's denominator
    #[arg(long, value_name = "EPS")]
    pub eps: f64,
    /// Half-life of the generator's moving average, in thousands of pictures
    #[arg(long, value_name = "KIMG")]
    pub ema_kimg: f64,
    /// The average follows faster at the beginning: its half-life is at most this share of the pictures seen; 0 is off
    #[arg(long, value_name = "SHARE")]
    pub ema_rampup: f64,
    /// From this share of the steps on the rates fall to 0, linearly (pix2pix); 1 is never
    #[arg(long, value_name = "SHARE")]
    pub decay_from: f64,
}

impl Default for Optimizer {
    fn default() -> Self {
        Self {
            lr_generator: 0.002,
            lr_discriminator: 0.002,
            beta1: 0.0,
            beta2: 0.99,
            eps: 1e-8,
            ema_kimg: 10.0,
            ema_rampup: 0.05,
            decay_from: 1.0,
        }
    }
}

impl Optimizer {
    /// Adam of the generator.
    #[must_use]
    pub const fn generator(&self) -> AdamConfig {
        AdamConfig { lr: self.lr_generator, beta1: self.beta1, beta2: self.beta2, eps: self.eps }
    }

    /// Adam of the discriminator.
    #[must_use]
    pub const fn discriminator(&self) -> AdamConfig {
        AdamConfig { lr: self.lr_discriminator, ..self.generator() }
    }

    /// What is left of the rates in `step`, counted from 0, of `steps`.
    #[must_use]
    pub fn decay(&self, step: u64, steps: u64) -> f64 {
        let start = (self.decay_from * steps as f64).floor();
        let rest = (steps as f64 - start).max(0.0);
        1.0 - (step as f64 + 1.0 - start).max(0.0) / (rest + 1.0)
    }

    /// How much of the average is kept in a step of `batch` pictures, after `seen` pictures.
    #[must_use]
    pub fn ema_beta(&self, batch: usize, seen: u64) -> f64 {
        let mut half_life = self.ema_kimg * 1000.0;
        if self.ema_rampup > 0.0 {
            half_life = half_life.min(seen as f64 * self.ema_rampup);
        }
        0.5_f64.powf(batch as f64 / half_life.max(1e-8))
    }
}
