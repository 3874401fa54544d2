//! Batch norm's statistics for averaged weights: those that were gathered in training belong to other weights.

use std::collections::BTreeMap;

use candle_core::{Device, Result, Tensor};

use super::seeded_latents;
use crate::generators::dcgan::{Config, Generator};
use crate::generators::ops::BatchStatistics;
use crate::train::parameters::{Parameters, Tensors};

/// Batches that are drawn, and pictures in each.
const BATCHES: u64 = 16;
const BATCH: usize = 32;

/// Replaces the running statistics among a generator's `weights` by those of random latents (iGAN's training does so at its
/// end, over 1000 batches of 128).
///
/// # Errors
/// When candle cannot compute.
pub(super) fn calibrate(config: &Config, weights: &mut Tensors, device: &Device) -> Result<()> {
    let parameters = Parameters::new(0, device);
    let generator = Generator::new(config, &parameters.tracked())?;
    parameters.adopt(weights)?;
    let mut sums: Vec<Option<Moments>> = config.generator_norms().iter().map(|_| None).collect();
    for seed in 0..BATCHES {
        let (_, batch) = generator.forward_train(&seeded_latents(config, BATCH, seed, device)?)?;
        for (sum, batch) in sums.iter_mut().zip(&batch) {
            let moments = Moments::of(batch)?;
            *sum = Some(match sum.take() {
                None => moments,
                Some(sum) => sum.plus(&moments)?,
            });
        }
    }
    let named = config.generator_norms().into_iter().zip(sums);
    for (name, moments) in named.filter_map(|(name, sum)| Some((name, sum?))) {
        weights.extend(moments.statistics(&name)?);
    }
    Ok(())
}

/// Sums over batches of the mean and the mean square.
struct Moments {
    mean: Tensor,
    square: Tensor,
}

impl Moments {
    fn of(batch: &BatchStatistics) -> Result<Self> {
        let (mean, variance) = (batch.mean.detach(), batch.variance.detach());
        Ok(Self { square: (mean.sqr()? + variance)?, mean })
    }

    fn plus(&self, other: &Self) -> Result<Self> {
        Ok(Self { mean: (&self.mean + &other.mean)?, square: (&self.square + &other.square)? })
    }

    /// Under the names of layer `name`.
    fn statistics(&self, name: &str) -> Result<BTreeMap<String, Tensor>> {
        let (mean, square) = ((&self.mean / BATCHES as f64)?, (&self.square / BATCHES as f64)?);
        let variance = (square - mean.sqr()?)?.relu()?;
        Ok(BTreeMap::from([(format!("{name}.running_mean"), mean), (format!("{name}.running_var"), variance)]))
    }
}
