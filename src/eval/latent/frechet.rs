//! The Fréchet distance between real pictures and a generator's, on the features of a lens. Not FID, which is of Inception-v3.

use std::sync::Arc;

use serde::Serialize;

use super::super::frechet_distance;
use super::painter::Painter;
use super::{Lens, MeasureError, MeasureUpdate};
use crate::control::{Progress, Rng, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::latent::Picture;

const STREAM: u64 = 0xF12E;
/// Fewer pictures say nothing.
const LEAST: usize = 8;

/// A Fréchet distance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frechet {
    /// The lens.
    pub features: String,
    /// Real pictures, and as many drawn ones.
    pub pictures: usize,
    /// What latents were drawn from.
    pub seed: u64,
    /// The distance.
    pub distance: f64,
}

/// A distance under way.
pub struct FrechetJob {
    painter: Painter,
    lens: Arc<Lens>,
    seed: u64,
    rng: Rng,
    real: Vec<Picture>,
    ours: Vec<Vec<f32>>,
    theirs: Vec<Vec<f32>>,
}

impl FrechetJob {
    /// Compares `real` pictures of the model's side with as many drawn ones.
    ///
    /// # Errors
    /// When there are too few pictures, or one has another side.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        lens: Arc<Lens>,
        real: Vec<Picture>,
        seed: u64,
    ) -> Result<Self, MeasureError> {
        if real.len() < LEAST {
            return Err(MeasureError::TooFew { what: "pictures", given: real.len(), least: LEAST });
        }
        if real.iter().any(|picture| picture.side() != manifold.side()) {
            return Err(MeasureError::Labels { why: "they have not the side of the model's pictures".to_owned() });
        }
        let (ours, theirs) = (Vec::new(), Vec::new());
        Ok(Self { painter: Painter { manifold }, lens, seed, rng: rng(seed, STREAM), real, ours, theirs })
    }
}

impl Stepper for FrechetJob {
    type Preview = MeasureUpdate;
    type Output = Frechet;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, Frechet>, MeasureError> {
        let (all, manifold) = (self.real.len(), self.painter.manifold.as_ref());
        if self.theirs.len() < all {
            let picture = self.real[self.theirs.len()].to_tensor()?;
            self.theirs.extend(self.lens.pooled(manifold, &picture)?);
        } else if self.ours.len() < all {
            let n = self.painter.batch().min(all - self.ours.len());
            let zs = self.painter.tensor(&self.painter.zs(n, &mut self.rng))?;
            self.ours.extend(self.lens.pooled(manifold, &self.painter.pictures_of(&zs)?)?);
        } else {
            let distance = frechet_distance(&self.theirs, &self.ours).ok_or(MeasureError::NotFinite)?;
            return Ok(Step::Done(Frechet { features: self.lens.name(), pictures: all, seed: self.seed, distance }));
        }
        let fraction = (self.theirs.len() + self.ours.len()) as f32 / (2 * all) as f32;
        Ok(Step::More(MeasureUpdate { progress: Progress { fraction, stage: "measure" } }))
    }
}
