//! How far the styles of a generator lie apart: measured once for each generator.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Result, Tensor, TensorId};

use crate::control::{normal, rng};
use crate::generators::manifold::Styles;

/// Latents that are mapped to measure.
const SAMPLES: usize = 1024;
/// Keeps their numbers apart from what other code draws.
const STREAM: u64 = 0x59EAD;
/// Generators that are remembered.
const MOST_KNOWN: usize = 8;

/// The distribution of a generator's mapped latents, as far as a search needs it.
#[derive(Debug)]
pub struct Spread {
    mean: Vec<f32>,
    deviation: f32,
    reach: f32,
}

/// By the mean style's tensor, whose name is never used twice. The newest last.
static KNOWN: Mutex<VecDeque<(TensorId, Arc<Spread>)>> = Mutex::new(VecDeque::new());

impl Spread {
    /// Measures `styles`, or remembers what was measured of the same generator. The first time takes some ten milliseconds.
    ///
    /// # Errors
    /// When the mapping network fails.
    pub fn of(styles: &dyn Styles) -> Result<Arc<Self>> {
        let name = styles.mean_style().id();
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, spread)) = known().iter().find(|(other, _)| *other == name) {
            return Ok(Arc::clone(spread));
        }
        let spread = Arc::new(Self::measured(styles)?);
        let mut known = known();
        if known.len() >= MOST_KNOWN {
            known.pop_front();
        }
        known.push_back((name, Arc::clone(&spread)));
        Ok(spread)
    }

    fn measured(styles: &dyn Styles) -> Result<Self> {
        let mean = styles.mean_style().to_device(&Device::Cpu)?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
        let values = sample(styles, SAMPLES, STREAM)?.flatten_all()?.to_vec1::<f32>()?;
        let squares: Vec<f64> = values
            .chunks_exact(mean.len())
            .map(|w| w.iter().zip(&mean).map(|(w, mean)| f64::from(w - mean).powi(2)).sum())
            .collect();
        let deviation = (squares.iter().sum::<f64>() / (squares.len() * mean.len()) as f64).sqrt().max(1e-6);
        let longest = squares.iter().copied().fold(0.0, f64::max).sqrt() / deviation;
        Ok(Self { mean, deviation: deviation as f32, reach: longest as f32 })
    }

    /// The mean style.
    #[must_use]
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The root of the mean squared difference of a style's number to that of the mean style.
    #[must_use]
    pub const fn deviation(&self) -> f32 {
        self.deviation
    }

    /// How far from the mean style, in deviations, the farthest of a thousand mapped latents lies.
    #[must_use]
    pub const fn reach(&self) -> f32 {
        self.reach
    }
}

/// The styles `[count, style_dim]` of latents drawn from `seed`, on the CPU in f32.
///
/// # Errors
/// When the mapping network fails.
pub fn sample(styles: &dyn Styles, count: usize, seed: u64) -> Result<Tensor> {
    let dim = styles.style_dim();
    let zs = normal(&mut rng(seed, STREAM), count * dim, 0.0, 1.0);
    let zs = Tensor::from_vec(zs, (count, dim), &Device::Cpu)?;
    mapped(styles, &zs)
}

/// The styles of latents `[n, style_dim]` on the CPU, on the CPU in f32, wherever the generator computes.
///
/// # Errors
/// When the mapping network fails.
pub fn mapped(styles: &dyn Styles, zs: &Tensor) -> Result<Tensor> {
    let zs = zs.to_device(styles.mean_style().device())?;
    styles.map(&zs)?.to_device(&Device::Cpu)?.to_dtype(DType::F32)
}
