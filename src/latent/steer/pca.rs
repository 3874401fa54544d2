//! Directions in which mapped latents differ most: principal components of the styles (Härkönen et al. 2020, section 2.1).

use std::sync::Arc;

use candle_core::{DType, Device};

use super::eigen::leading;
use super::{Direction, SteerError};
use crate::control::{Progress, Step, Stepper};
use crate::generators::manifold::{Manifold, Styles};
use crate::latent::space::sample;

/// Latents that are mapped in one step.
const A_STEP: usize = 500;

/// How components are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcaOptions {
    /// Latents that are mapped.
    pub samples: usize,
    /// Directions that are wanted.
    pub count: usize,
    /// Decides the latents.
    pub seed: u64,
}

impl Default for PcaOptions {
    fn default() -> Self {
        Self { samples: 20_000, count: 10, seed: 1 }
    }
}

/// Principal components of the styles of a generator, sampled a few hundred latents at a time.
pub struct PcaJob {
    manifold: Arc<dyn Manifold>,
    options: PcaOptions,
    done: usize,
    /// Sums of differences to the mean style, and of their products.
    sums: Vec<f64>,
    products: Vec<f64>,
}

impl PcaJob {
    /// For the styles of `manifold`.
    ///
    /// # Errors
    /// When it has none, or nothing is asked for.
    pub fn new(manifold: Arc<dyn Manifold>, options: PcaOptions) -> Result<Self, SteerError> {
        let dim = manifold.styles().ok_or(SteerError::NoStyles)?.style_dim();
        if options.samples < 2 || options.count == 0 {
            let given = format!("{} of {} samples", options.count, options.samples);
            let wanted = "at least 1 of 2 samples".to_owned();
            return Err(SteerError::OutOfRange { what: "the number of directions", given, wanted });
        }
        Ok(Self { manifold, options, done: 0, sums: vec![0.0; dim], products: vec![0.0; dim * dim] })
    }

    fn add(&mut self) -> Result<(), SteerError> {
        let styles = styles_of(&*self.manifold)?;
        let count = A_STEP.min(self.options.samples - self.done);
        let seed = self.options.seed.wrapping_mul(1_000_003).wrapping_add((self.done / A_STEP) as u64);
        let mean = styles.mean_style().to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
        let ws = sample(styles, count, seed)?.broadcast_sub(&mean)?;
        let sums = ws.sum(0)?.to_vec1::<f32>()?;
        let products = ws.t()?.contiguous()?.matmul(&ws)?.flatten_all()?.to_vec1::<f32>()?;
        self.sums.iter_mut().zip(sums).for_each(|(all, new)| *all += f64::from(new));
        self.products.iter_mut().zip(products).for_each(|(all, new)| *all += f64::from(new));
        self.done += count;
        Ok(())
    }

    fn directions(&self) -> Vec<Direction> {
        let (dim, n) = (self.sums.len(), self.done as f64);
        let covariance =
            |(at, product): (usize, &f64)| (product - self.sums[at / dim] * self.sums[at % dim] / n) / (n - 1.0);
        let covariances: Vec<f64> = self.products.iter().enumerate().map(covariance).collect();
        let found = leading(&covariances, dim, self.options.count);
        let named = found.into_iter().enumerate().map(|(at, (vector, variance))| Direction {
            name: format!("component {}", at + 1),
            vector,
            sigma: variance.max(0.0).sqrt() as f32,
        });
        named.collect()
    }
}

impl Stepper for PcaJob {
    type Preview = Progress;
    type Output = Vec<Direction>;
    type Error = SteerError;

    fn step(&mut self) -> Result<Step<Progress, Vec<Direction>>, SteerError> {
        if self.done >= self.options.samples {
            return Ok(Step::Done(self.directions()));
        }
        self.add()?;
        let fraction = self.done as f32 / self.options.samples as f32;
        Ok(Step::More(Progress { fraction, stage: "directions" }))
    }
}

fn styles_of(manifold: &dyn Manifold) -> Result<&dyn Styles, SteerError> {
    manifold.styles().ok_or(SteerError::NoStyles)
}
