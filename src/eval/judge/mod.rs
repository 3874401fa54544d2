//! A linear judge of small patches: can it tell patches of fills from patches of the photos at the same places?
//!
//! U-IDS and P-IDS (Zhao et al., `CoModGAN`, ICLR 2021, section 4) train a linear support vector machine on Inception's
//! features of 10,000 pictures and score it on the same ones. With a few dozen photos and no such network, this one sees
//! hand-made features of patches inside of the holes, reduced to 40 principal components, and is scored on photos that it
//! was not trained on. The two scales must never be mixed: in-sample scores come out 11 to 27 points lower.

mod components;
mod features;
pub(super) mod svm;

use rand::seq::SliceRandom as _;
use rayon::prelude::*;

use crate::control;
use components::Components;
pub use features::{FilterBank, PATCH, Patches, patch_places};

/// Groups of photos that are held out in turn.
const FOLDS: usize = 5;
/// With fewer photos or places no score is given.
const MIN_PHOTOS: usize = 6;
const MIN_PLACES: usize = 60;
/// Principal components; fewer when there are less than five samples for each.
const COMPONENTS: usize = 40;
/// Price of a patch on the wrong side.
const PRICE: f64 = 0.1;
/// How often the photos are drawn into groups: on 27 photos the figure of one draw alone is off by some three points.
const DRAWS: u64 = 5;
/// Separates the draw of the folds from other uses of a seed.
const FOLD_STREAM: u64 = 0x666F_6C64;

/// What the judge makes of patches that it has not seen, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Patches judged wrongly: 50 when fills cannot be told from photos.
    pub u_ids: f64,
    /// Places at which the fill seems more real than the photo.
    pub p_ids: f64,
}

/// Trains on four fifths of the photos and judges the rest, in turn; the mean of five such rounds. `real[i]` and `fake[i]`
/// are features of the same place and `photos[i]` is its photo's number. `None` when there are fewer than 6 photos or 60
/// places.
#[must_use]
pub fn judge(real: &[Vec<f32>], fake: &[Vec<f32>], photos: &[usize], seed: u64) -> Option<Verdict> {
    let mut ids = photos.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < MIN_PHOTOS || real.len() < MIN_PLACES || real.len() != fake.len() || real.len() != photos.len() {
        return None;
    }
    let draws = (0..DRAWS).into_par_iter().map(|draw| {
        let mut ids = ids.clone();
        ids.shuffle(&mut control::rng(seed, FOLD_STREAM + draw));
        let fold_of = |photo: &usize| ids.iter().position(|id| id == photo).unwrap_or(0) % FOLDS;
        judge_in_folds(real, fake, &photos.iter().map(fold_of).collect::<Vec<usize>>())
    });
    let verdicts = draws.collect::<Option<Vec<Verdict>>>()?;
    let average = |value: fn(&Verdict) -> f64| verdicts.iter().map(value).sum::<f64>() / DRAWS as f64;
    Some(Verdict { u_ids: average(|verdict| verdict.u_ids), p_ids: average(|verdict| verdict.p_ids) })
}

/// As [`judge`] with given folds: places with the same number are judged together, by what the others taught.
#[must_use]
pub fn judge_in_folds(real: &[Vec<f32>], fake: &[Vec<f32>], folds: &[usize]) -> Option<Verdict> {
    let (mut wrong, mut fooled) = (0_u64, 0_u64);
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|&at| folds[at] == fold);
        if test.is_empty() {
            continue;
        }
        let samples: Vec<&[f32]> = [real, fake].iter().flat_map(|set| train.iter().map(|&at| &set[at][..])).collect();
        let components = Components::of(&samples, COMPONENTS.min(samples.len() / 5))?;
        let points: Vec<Vec<f64>> = samples.iter().map(|sample| components.project(sample)).collect();
        let labels: Vec<f64> = (0..points.len()).map(|at| if at < train.len() { 1.0 } else { -1.0 }).collect();
        let plane = svm::train(&points, &labels, PRICE);
        let decide = |sample: &[f32]| svm::decide(&plane, &components.project(sample));
        for &at in &test {
            let (of_real, of_fake) = (decide(&real[at]), decide(&fake[at]));
            wrong += u64::from(of_real <= 0.0) + u64::from(of_fake > 0.0);
            fooled += u64::from(of_fake > of_real);
        }
    }
    let places = folds.len().max(1) as f64;
    Some(Verdict { u_ids: 100.0 * wrong as f64 / (2.0 * places), p_ids: 100.0 * fooled as f64 / places })
}
