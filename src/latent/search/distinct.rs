//! Near-duplicates: pictures that nobody would tell apart take the place of others.

use std::collections::VecDeque;
use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::super::Picture;
use super::super::objective::numbers;
use super::state::{Runner, Seen};
use crate::generators::manifold::Manifold;

/// Side of the pictures that are compared.
const SIDE: usize = 16;

/// Pictures whose coarse pixels differ less than this in the mean square (of 0..255) are the same where there are no features.
const SAME_PIXELS: f32 = 8.0;

/// Pictures farther apart than this are different, whatever their features.
const SUSPECT_PIXELS: f32 = 20.0;

/// Features that differ by less than this share of their length are the same.
const SAME_FEATURES: f32 = 0.15;

/// A choice of runners no two of which look alike, made a few looks at a time: features are as dear as half a step.
pub(super) struct Choice {
    waiting: VecDeque<Runner>,
    keep: usize,
    kept: Vec<Runner>,
    looks: Vec<Look>,
    rest: Vec<Runner>,
}

impl Choice {
    /// To choose the first `keep` of `runners`, which are in order.
    pub(super) fn new(runners: Vec<Runner>, keep: usize) -> Self {
        Self { waiting: runners.into(), keep, kept: Vec::new(), looks: Vec::new(), rest: Vec::new() }
    }

    /// Goes on until about `budget` pictures' features were computed. The chosen and the rest, both in order, once all are
    /// divided; where there are fewer that differ, the chosen are fewer than asked for.
    ///
    /// # Errors
    /// When the model fails.
    pub(super) fn go_on(
        &mut self,
        manifold: &dyn Manifold,
        budget: usize,
    ) -> Result<Option<(Vec<Runner>, Vec<Runner>)>> {
        let mut dear = 0;
        while let Some(runner) = self.waiting.pop_front() {
            self.place(runner, manifold, &mut dear)?;
            if dear >= budget.max(1) {
                return Ok(None);
            }
        }
        Ok(Some((std::mem::take(&mut self.kept), std::mem::take(&mut self.rest))))
    }

    fn place(&mut self, runner: Runner, manifold: &dyn Manifold, dear: &mut usize) -> Result<()> {
        let Some(seen) = runner.seen.as_ref().filter(|_| self.kept.len() < self.keep) else {
            self.rest.push(runner);
            return Ok(());
        };
        let mut look = Look::of(seen);
        for other in &mut self.looks {
            if look.is_like(other, manifold, dear)? {
                self.rest.push(runner);
                return Ok(());
            }
        }
        self.looks.push(look);
        self.kept.push(runner);
        Ok(())
    }
}

/// How a picture looks.
struct Look {
    picture: Picture,
    coarse: Vec<f32>,
    /// Computed when it is first needed: as dear as half a step.
    features: Option<Arc<[Vec<f32>]>>,
}

impl Look {
    fn of(seen: &Seen) -> Self {
        Self { coarse: coarse(&seen.picture), picture: seen.picture.clone(), features: None }
    }

    fn is_like(&mut self, other: &mut Self, manifold: &dyn Manifold, dear: &mut usize) -> Result<bool> {
        let apart = distance(&self.coarse, &other.coarse);
        if apart >= SUSPECT_PIXELS {
            return Ok(false);
        }
        let (own, others) = (self.features(manifold, dear)?, other.features(manifold, dear)?);
        if own.is_empty() {
            return Ok(apart < SAME_PIXELS);
        }
        let levels = own.iter().zip(others.iter()).map(|(a, b)| relative_distance(a, b));
        Ok(levels.sum::<f32>() / (own.len() as f32) < SAME_FEATURES)
    }

    fn features(&mut self, manifold: &dyn Manifold, dear: &mut usize) -> Result<Arc<[Vec<f32>]>> {
        if let Some(features) = &self.features {
            return Ok(Arc::clone(features));
        }
        *dear += 1;
        let levels = manifold.features(&self.picture.to_tensor()?)?;
        let features: Arc<[Vec<f32>]> = levels.iter().map(|level: &Tensor| numbers(level)).collect::<Result<_>>()?;
        self.features = Some(Arc::clone(&features));
        Ok(features)
    }
}

/// The picture averaged to 16 x 16 pixels, or all pixels of a smaller one, in 0..255.
fn coarse(picture: &Picture) -> Vec<f32> {
    let side = picture.side();
    let small = SIDE.min(side);
    let mut sums = vec![0.0; 3 * small * small];
    let mut counts = vec![0.0; small * small];
    for (at, pixel) in picture.rgb().chunks_exact(3).enumerate() {
        let cell = at / side * small / side * small + at % side * small / side;
        counts[cell] += 1.0;
        pixel.iter().enumerate().for_each(|(channel, value)| sums[3 * cell + channel] += f32::from(*value));
    }
    sums.iter().enumerate().map(|(at, sum)| sum / counts[at / 3]).collect()
}

/// The root of the mean squared difference.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    let squares: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (squares / a.len().max(1) as f32).sqrt()
}

/// The length of the difference by the root of the sum of both squared lengths.
fn relative_distance(a: &[f32], b: &[f32]) -> f32 {
    let (mut apart, mut total) = (0.0, 1e-12);
    for (a, b) in a.iter().zip(b) {
        apart += (a - b).powi(2);
        total += a * a + b * b;
    }
    (apart / total).sqrt()
}
