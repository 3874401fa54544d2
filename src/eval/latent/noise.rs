//! What the noise decides: how far each pixel's color varies when only the noise changes (Karras et al. 2019, figure 4).

use std::sync::Arc;

use candle_core::{Device, Tensor};
use serde::Serialize;

use super::painter::{Painter, finite, mapped};
use super::{MeasureError, MeasureUpdate};
use crate::control::{Progress, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::generators::{Noise, same_for_all_layers, seeded_normal};
use crate::imaging::{Plane, Size};

const STREAM: u64 = 0x4015;
/// A deviation needs so many.
const LEAST: usize = 2;

/// How far colors vary with the noise alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoiseShare {
    /// Pictures, each with other noise.
    pub samples: usize,
    /// Of the latent, and of the noise.
    pub seed: u64,
    /// The mean of the map.
    pub mean: f64,
    /// Its largest value.
    pub most: f64,
    /// The deviation of each pixel's light on the scale 0..=255.
    #[serde(skip)]
    pub map: Plane<f32>,
}

/// A measurement under way.
pub struct NoiseJob {
    painter: Painter,
    samples: usize,
    seed: u64,
    /// `[1, n_layers, dim]`
    ws: Tensor,
    /// Light of each pixel: sums and sums of squares.
    sums: Vec<(f64, f64)>,
    done: usize,
}

impl NoiseJob {
    /// Draws the latent of `seed` with `samples` noises.
    ///
    /// # Errors
    /// When the model has no styles or no noise, or there are too few samples.
    pub fn new(manifold: Arc<dyn Manifold>, samples: usize, seed: u64) -> Result<Self, MeasureError> {
        let painter = Painter { manifold };
        let styles = painter.styles("the share of the noise")?;
        if !styles.has_noise()? {
            return Err(MeasureError::NoNoise);
        }
        if samples < LEAST {
            return Err(MeasureError::TooFew { what: "samples", given: samples, least: LEAST });
        }
        let zs = painter.tensor(&painter.zs(1, &mut rng(seed, STREAM)))?;
        let ws = same_for_all_layers(&mapped(styles, &zs)?, styles.n_layers())?;
        let side = painter.manifold.side();
        Ok(Self { painter, samples, seed, ws, sums: vec![(0.0, 0.0); side * side], done: 0 })
    }

    fn draw(&mut self) -> Result<(), MeasureError> {
        let styles = self.painter.styles("the share of the noise")?;
        let device = styles.mean_style().device().clone();
        let (n, first) = (self.painter.batch().min(self.samples - self.done), self.done);
        let map = |(at, &side): (usize, &usize)| -> candle_core::Result<Tensor> {
            let name = format!("noise share {at} {first}");
            seeded_normal((n, 1, side, side), self.seed, &name)?.to_device(&device)
        };
        let maps: Vec<Tensor> = styles.noise_sides().iter().enumerate().map(map).collect::<candle_core::Result<_>>()?;
        let (_, n_layers, dim) = self.ws.dims3()?;
        let ws = self.ws.broadcast_as((n, n_layers, dim))?.contiguous()?;
        let pictures = finite(&styles.synthesize(&ws, Noise::Maps(&maps))?)?;
        let light = pictures.to_device(&Device::Cpu)?.mean(1)?.affine(127.5, 127.5)?.clamp(0.0, 255.0)?;
        for picture in light.flatten_from(1)?.to_vec2::<f32>()? {
            for ((sum, squares), light) in self.sums.iter_mut().zip(picture) {
                let light = f64::from(light);
                *sum += light;
                *squares = light.mul_add(light, *squares);
            }
        }
        self.done += n;
        Ok(())
    }

    fn result(&self) -> NoiseShare {
        let n = self.done as f64;
        let deviation = |&(sum, squares): &(f64, f64)| ((squares - sum * sum / n) / (n - 1.0)).max(0.0).sqrt() as f32;
        let values: Vec<f32> = self.sums.iter().map(deviation).collect();
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / values.len().max(1) as f64;
        let most = values.iter().copied().fold(0.0, f32::max).into();
        let side = self.painter.manifold.side() as u32;
        let size = Size::new(side, side);
        let map = Plane::from_vec(size, values).unwrap_or_else(|| Plane::filled(size, 0.0));
        NoiseShare { samples: self.done, seed: self.seed, mean, most, map }
    }
}

impl Stepper for NoiseJob {
    type Preview = MeasureUpdate;
    type Output = NoiseShare;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, NoiseShare>, MeasureError> {
        self.draw()?;
        if self.done >= self.samples {
            return Ok(Step::Done(self.result()));
        }
        let progress = Progress { fraction: self.done as f32 / self.samples as f32, stage: "measure" };
        Ok(Step::More(MeasureUpdate { progress }))
    }
}
