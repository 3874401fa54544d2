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
    /// Features of the mean style's picture.
    mean: Option<Vec<Tensor>>,
    psis: Vec<f64>,
    /// At the place under way: distances to the mean picture, between pictures, and the features of the last picture.
    to_mean: Vec<f64>,
    apart: Vec<f64>,
    last: Option<Vec<Tensor>>,
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
        Ok(Self {
            painter,
            lens,
            samples,
            seed,
            ws,
            mean: None,
            psis,
            to_mean: Vec::new(),
            apart: Vec::new(),
            last: None,
            points: Vec::new(),
        })
    }

    /// The pictures `[n, 3, side, side]` of styles `[n, dim]` pulled to the mean style.
    fn pictures(&self, ws: &Tensor, psi: f64) -> Result<Tensor, MeasureError> {
        let styles = self.painter.styles("a truncation curve")?;
        let mean = styles.mean_style().to_device(&Device::Cpu)?;
        let ws = truncated(&same_for_all_layers(ws, styles.n_layers())?, &mean, psi)?;
        self.painter.pictures_of_layers(&ws)
    }

    fn progress(&self) -> MeasureUpdate {
        let here = self.points.len() as f32 + 0.9 * self.to_mean.len() as f32 / self.samples as f32;
        MeasureUpdate { progress: Progress { fraction: here / (self.psis.len() as f32 + 1.0), stage: "measure" } }
    }

    /// Draws some more pictures at `psi` and compares them with the mean picture and with each other.
    fn look_at_more(&mut self, psi: f64, mean: &[Tensor]) -> Result<(), MeasureError> {
        let done = self.to_mean.len();
        let n = self.painter.batch().min(self.samples - done);
        let pictures = self.pictures(&self.ws.narrow(0, done, n)?.contiguous()?, psi)?;
        let levels = self.lens.levels(self.painter.manifold.as_ref(), &pictures)?;
        self.to_mean.extend(self.lens.between(&levels, mean)?);
        // Each with the one before it, the last of the pictures before included.
        let chain = match self.last.take() {
            Some(last) => last.iter().zip(&levels).map(|(last, level)| Tensor::cat(&[last, level], 0)).collect(),
            None => Ok(levels),
        };
        let chain: Vec<Tensor> = chain?;
        let count = chain.first().map_or(Ok(0), |level| level.dim(0))?;
        if count > 1 {
            let (before, after) = (part(&chain, 0, count - 1)?, part(&chain, 1, count - 1)?);
            self.apart.extend(self.lens.between(&before, &after)?);
        }
        self.last = Some(part(&chain, count - 1, 1)?);
        Ok(())
    }

    /// Ends the place of the curve at `psi`.
    fn close(&mut self, psi: f64) {
        let both = Interval::of(&self.to_mean).zip(Interval::of(&self.apart));
        self.points.extend(both.map(|(to_mean, apart)| TruncationPoint { psi, to_mean, apart }));
        self.to_mean.clear();
        self.apart.clear();
        self.last = None;
    }
}

/// Features of `n` pictures from the picture `at` on.
fn part(levels: &[Tensor], at: usize, n: usize) -> candle_core::Result<Vec<Tensor>> {
    levels.iter().map(|level| level.narrow(0, at, n)?.contiguous()).collect()
}

impl Stepper for TruncationJob {
    type Preview = MeasureUpdate;
    type Output = Truncation;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, Truncation>, MeasureError> {
        let Some(mean) = self.mean.clone() else {
            let picture = self.pictures(&self.ws.narrow(0, 0, 1)?, 0.0)?;
            self.mean = Some(self.lens.levels(self.painter.manifold.as_ref(), &picture)?);
            return Ok(Step::More(self.progress()));
        };
        let Some(&psi) = self.psis.get(self.points.len()) else {
            let (features, points) = (self.lens.name(), std::mem::take(&mut self.points));
            return Ok(Step::Done(Truncation { features, samples: self.samples, seed: self.seed, points }));
        };
        if self.to_mean.len() < self.samples {
            self.look_at_more(psi, &mean)?;
        } else {
            self.close(psi);
        }
        Ok(Step::More(self.progress()))
    }
}
