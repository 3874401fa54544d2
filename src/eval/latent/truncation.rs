//! The truncation curve: what pictures lose of their difference to the mean picture, and of their difference to each other, as
//! their styles are pulled to the mean style (Karras et al. 2019, appendix B).

use std::sync::Arc;

use candle_core::{Device, Tensor};
use serde::Serialize;

use super::painter::{Painter, mapped};
use super::{Interval, Lens, MeasureError, MeasureUpdate};
use crate::control::{Progress, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::generators::{same_for_all_layers, truncated};

const STREAM: u64 = 0x7217;
/// Fewer samples say nothing.
const LEAST: usize = 4;

/// The curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truncation {
    /// The lens.
    pub features: String,
    /// Styles at each place of the curve.
    pub samples: usize,
    /// What they were drawn from.
    pub seed: u64,
    /// By rising psi.
    pub points: Vec<TruncationPoint>,
}

/// A place of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TruncationPoint {
    /// How far from the mean style, 1 is all the way.
    pub psi: f64,
    /// The mean distance to the picture of the mean style.
    pub to_mean: Interval,
    /// The mean distance of pictures to each other.
    pub apart: Interval,
}

/// A curve under way.
pub struct TruncationJob {
    painter: Painter,
    lens: Arc<Lens>,
    samples: usize,
    seed: u64,
    /// Mapped latents `[samples, dim]`.
    ws: Tensor,
    mean_picture: Option<Tensor>,
    psis: Vec<f64>,
    /// Pictures of the place under way.
    drawn: Vec<Tensor>,
    points: Vec<TruncationPoint>,
}

impl TruncationJob {
    /// Where the curve is measured unless other places are asked for.
    pub const PSIS: [f64; 9] = [0.0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2];

    /// Measures `samples` styles at each of `psis`.
    ///
    /// # Errors
    /// When the model has no styles, there are too few samples, or no psi.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        lens: Arc<Lens>,
        psis: &[f64],
        samples: usize,
        seed: u64,
    ) -> Result<Self, MeasureError> {
        let painter = Painter { manifold };
        let styles = painter.styles("a truncation curve")?;
        if samples < LEAST {
            return Err(MeasureError::TooFew { what: "samples", given: samples, least: LEAST });
        }
        let mut psis: Vec<f64> = psis.iter().copied().filter(|psi| psi.is_finite()).collect();
        psis.sort_by(f64::total_cmp);
        if psis.is_empty() {
            return Err(MeasureError::TooFew { what: "values of psi", given: 0, least: 1 });
        }
        let zs = painter.tensor(&painter.zs(samples, &mut rng(seed, STREAM)))?;
        let ws = mapped(styles, &zs)?;
        Ok(Self { painter, lens, samples, seed, ws, mean_picture: None, psis, drawn: Vec::new(), points: Vec::new() })
    }

    /// The pictures `[n, 3, side, side]` of styles `[n, dim]` pulled to the mean style.
    fn pictures(&self, ws: &Tensor, psi: f64) -> Result<Tensor, MeasureError> {
        let styles = self.painter.styles("a truncation curve")?;
        let mean = styles.mean_style().to_device(&Device::Cpu)?;
        let ws = truncated(&same_for_all_layers(ws, styles.n_layers())?, &mean, psi)?;
        self.painter.pictures_of_layers(&ws)
    }

    fn point(&self, psi: f64, mean: &Tensor) -> Result<Option<TruncationPoint>, MeasureError> {
        let manifold = self.painter.manifold.as_ref();
        let (mut to_mean, mut apart) = (Vec::new(), Vec::new());
        let mut before: Option<&Tensor> = None;
        for pictures in &self.drawn {
            let n = pictures.dim(0)?;
            for at in 0..n {
                let one = pictures.narrow(0, at, 1)?.contiguous()?;
                to_mean.extend(self.lens.distances(manifold, &one, mean)?);
            }
            for at in 1..n {
                let (a, b) = (pictures.narrow(0, at - 1, 1)?.contiguous()?, pictures.narrow(0, at, 1)?.contiguous()?);
                apart.extend(self.lens.distances(manifold, &a, &b)?);
            }
            if let Some(before) = before {
                let last = before.narrow(0, before.dim(0)? - 1, 1)?.contiguous()?;
                apart.extend(self.lens.distances(manifold, &last, &pictures.narrow(0, 0, 1)?.contiguous()?)?);
            }
            before = Some(pictures);
        }
        let both = Interval::of(&to_mean).zip(Interval::of(&apart));
        Ok(both.map(|(to_mean, apart)| TruncationPoint { psi, to_mean, apart }))
    }
}

impl Stepper for TruncationJob {
    type Preview = MeasureUpdate;
    type Output = Truncation;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, Truncation>, MeasureError> {
        let Some(mean) = self.mean_picture.clone() else {
            self.mean_picture = Some(self.pictures(&self.ws.narrow(0, 0, 1)?, 0.0)?);
            return Ok(Step::More(MeasureUpdate {
                progress: Progress { fraction: 0.0, stage: "measure" },
                value: None,
            }));
        };
        let Some(&psi) = self.psis.get(self.points.len()) else {
            let (features, points) = (self.lens.name(), std::mem::take(&mut self.points));
            return Ok(Step::Done(Truncation { features, samples: self.samples, seed: self.seed, points }));
        };
        let done = self.drawn.iter().map(|pictures| pictures.dim(0)).sum::<candle_core::Result<usize>>()?;
        if done < self.samples {
            let n = self.painter.batch().min(self.samples - done);
            self.drawn.push(self.pictures(&self.ws.narrow(0, done, n)?.contiguous()?, psi)?);
        } else {
            self.points.extend(self.point(psi, &mean)?);
            self.drawn.clear();
        }
        let drawn = self.drawn.iter().map(|pictures| pictures.dim(0)).sum::<candle_core::Result<usize>>()?;
        let here = self.points.len() as f32 + 0.9 * drawn as f32 / self.samples as f32;
        let progress = Progress { fraction: here / (self.psis.len() as f32 + 1.0), stage: "measure" };
        let value = self.points.last().map(|point| point.to_mean.mean);
        Ok(Step::More(MeasureUpdate { progress, value }))
    }
}
