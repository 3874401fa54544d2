//! The frames of a slider, drawn one after the other in the order in which they are of use.
//!
//! First the frame under the slider, then the ends, then always the one that is farthest from all that are there, so the
//! slider has something near to show wherever it goes, long before the last frame is drawn.

use std::sync::Arc;

use super::pixels::draw;
use super::{Latent, LatentError, Picture};
use crate::control::{Progress, Step, Stepper};
use crate::generators::manifold::Manifold;

/// Multiplications and additions that a step may take: 25 ms at 100 GFLOP/s.
const MACS_A_STEP: u64 = 1_250_000_000;
/// More at once would not be faster.
const MOST_A_STEP: u64 = 4;

/// Latents along a way, and their pictures as far as they are drawn.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    latents: Vec<Latent>,
    pictures: Vec<Option<Picture>>,
}

impl Frames {
    /// `latents` without pictures, but for those that `before` has drawn already.
    #[must_use]
    pub fn new(latents: Vec<Latent>, before: &Self) -> Self {
        let known = |(at, latent): (usize, &Latent)| {
            let is_same = |other: &usize| before.latents.get(*other).is_some_and(|known| known == latent);
            let other = Some(at).filter(is_same).or_else(|| (0..before.latents.len()).find(is_same))?;
            before.pictures.get(other).cloned().flatten()
        };
        let pictures = latents.iter().enumerate().map(known).collect();
        Self { latents, pictures }
    }

    /// The latents.
    #[must_use]
    pub fn latents(&self) -> &[Latent] {
        &self.latents
    }

    /// The pictures; `None` where one is not drawn yet.
    #[must_use]
    pub fn pictures(&self) -> &[Option<Picture>] {
        &self.pictures
    }

    /// How many pictures are there.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.pictures.iter().flatten().count()
    }

    /// The picture nearest to `position` in 0..=1 and its number, of those that are drawn.
    #[must_use]
    pub fn nearest(&self, position: f32) -> Option<(usize, &Picture)> {
        let wanted = place_of(position, self.latents.len());
        let drawn = self.pictures.iter().enumerate().filter_map(|(at, picture)| Some((at, picture.as_ref()?)));
        drawn.min_by(|(a, _), (b, _)| (*a as f32 - wanted).abs().total_cmp(&(*b as f32 - wanted).abs()))
    }

    /// Sets picture `at`; one beyond the end is dropped.
    pub fn set(&mut self, at: usize, picture: Picture) {
        if let Some(slot) = self.pictures.get_mut(at) {
            *slot = Some(picture);
        }
    }
}

/// The frame to draw next where `is_there` says which ones are drawn, for a slider at `position` in 0..=1 that may have been
/// `is_moved` since the last one; `None` when all are there.
fn next(is_there: &[bool], position: f32, is_moved: bool) -> Option<usize> {
    let count = is_there.len();
    let missing = || (0..count).filter(|&at| !is_there[at]);
    let wanted = place_of(position, count);
    let from_slider = |at: usize| (at as f32 - wanted).abs();
    let nearest = |a: &usize, b: &usize| from_slider(*a).total_cmp(&from_slider(*b));
    if is_moved {
        return missing().min_by(nearest);
    }
    if let Some(end) = missing().find(|&at| at == 0 || at + 1 == count) {
        return Some(end);
    }
    let from_drawn = |at: usize| {
        let drawn = (0..count).filter(|&other| is_there[other]);
        drawn.map(|other| other.abs_diff(at)).min().unwrap_or(count)
    };
    let farthest = missing().map(from_drawn).max()?;
    missing().filter(|&at| from_drawn(at) == farthest).min_by(nearest)
}

/// `position` in 0..=1 as a number among `count` frames.
fn place_of(position: f32, count: usize) -> f32 {
    let position = if position.is_finite() { position.clamp(0.0, 1.0) } else { 0.0 };
    position * count.saturating_sub(1) as f32
}

/// What a step has drawn.
#[derive(Clone, Debug)]
pub struct FramesUpdate {
    /// The new pictures by their numbers.
    pub drawn: Vec<(usize, Picture)>,
    /// Of all frames.
    pub progress: Progress,
}

/// Pictures that are drawn at once so that other work need not wait for long.
#[must_use]
pub fn batch(manifold: &dyn Manifold) -> usize {
    (MACS_A_STEP / manifold.macs().max(1)).clamp(1, MOST_A_STEP) as usize
}

/// Draws the frames of a slider. A step draws one picture at first and a small batch later, for at most about 50 ms.
pub struct FramesJob {
    manifold: Arc<dyn Manifold>,
    frames: Frames,
    position: f32,
    is_moved: bool,
    batch: usize,
}

impl FramesJob {
    /// Draws what is missing of `frames`, first for a slider at `position` in 0..=1.
    #[must_use]
    pub fn new(manifold: Arc<dyn Manifold>, frames: Frames, position: f32) -> Self {
        let batch = batch(&*manifold);
        Self { manifold, frames, position, is_moved: true, batch }
    }

    /// What is drawn so far.
    #[must_use]
    pub const fn frames(&self) -> &Frames {
        &self.frames
    }

    fn progress(&self) -> Progress {
        let fraction = self.frames.drawn() as f32 / self.frames.latents.len().max(1) as f32;
        Progress { fraction, stage: "frames" }
    }
}

impl Stepper for FramesJob {
    type Preview = FramesUpdate;
    type Output = Frames;
    type Error = LatentError;

    fn step(&mut self) -> Result<Step<FramesUpdate, Frames>, LatentError> {
        // The frame under the hand is not kept waiting for others.
        let count = if self.is_moved { 1 } else { self.batch };
        let mut wanted = Vec::with_capacity(count);
        let mut is_there: Vec<bool> = self.frames.pictures.iter().map(Option::is_some).collect();
        while wanted.len() < count
            && let Some(at) = next(&is_there, self.position, std::mem::take(&mut self.is_moved))
        {
            wanted.push(at);
            is_there[at] = true;
        }
        if wanted.is_empty() {
            return Ok(Step::Done(std::mem::take(&mut self.frames)));
        }
        let latents: Vec<Latent> = wanted.iter().map(|&at| Latent::clone(&self.frames.latents[at])).collect();
        let pictures = draw(self.manifold.as_ref(), &latents)?;
        let drawn: Vec<(usize, Picture)> = wanted.into_iter().zip(pictures).collect();
        for (at, picture) in &drawn {
            self.frames.set(*at, picture.clone());
        }
        Ok(Step::More(FramesUpdate { drawn, progress: self.progress() }))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Result, Tensor};

    use super::*;
    use crate::generators::manifold::Prior;

    /// Latents of one number, which is the light of all pixels.
    struct Light;

    impl Manifold for Light {
        fn side(&self) -> usize {
            2
        }
        fn latent_dim(&self) -> usize {
            1
        }
        fn prior(&self) -> Prior {
            Prior::Uniform
        }
        fn macs(&self) -> u64 {
            MACS_A_STEP / 3
        }
        fn draw(&self, latents: &Tensor) -> Result<Tensor> {
            latents.reshape(((), 1, 1, 1))?.broadcast_as((latents.dim(0)?, 3, 2, 2))?.contiguous()
        }
        fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
            Ok(None)
        }
        fn features(&self, _: &Tensor) -> Result<Vec<Tensor>> {
            Ok(Vec::new())
        }
        fn judge(&self, _: &Tensor) -> Result<Option<Tensor>> {
            Ok(None)
        }
    }

    fn latents(values: impl IntoIterator<Item = f32>) -> Vec<Latent> {
        values.into_iter().map(|value| [value].into()).collect()
    }

    fn job(values: impl IntoIterator<Item = f32>, position: f32) -> FramesJob {
        FramesJob::new(Arc::new(Light), Frames::new(latents(values), &Frames::default()), position)
    }

    /// The numbers that a step draws.
    fn drawn(job: &mut FramesJob) -> Vec<usize> {
        match job.step().unwrap() {
            Step::More(update) => update.drawn.iter().map(|(at, _)| *at).collect(),
            Step::Done(_) => Vec::new(),
        }
    }

    #[test]
    fn the_slider_comes_first_then_the_ends_then_halves() {
        let mut job = job((0..17).map(|at| at as f32 / 16.0), 0.3);
        assert_eq!(drawn(&mut job), [5], "under the hand, alone");
        assert_eq!(drawn(&mut job), [0, 16, 10], "both ends, and the middle of the widest gap");
        let halves = drawn(&mut job);
        assert!(halves.iter().all(|at| [2, 3, 7, 8, 13].contains(at)), "middles of gaps: {halves:?}");
        let mut job = FramesJob::new(Arc::new(Light), job.frames().clone(), 0.94);
        assert_eq!(drawn(&mut job), [15], "the hand has moved");
        assert_eq!(job.frames().nearest(0.9).map(|(at, _)| at), Some(15), "something near to show");
        while !drawn(&mut job).is_empty() {}
    }

    #[test]
    fn all_frames_are_drawn_once_and_told_as_they_come() {
        let mut job = job((0..16).map(|at| at as f32 / 15.0), 1.0);
        let (mut seen, mut last) = (Vec::new(), 0.0);
        let frames = loop {
            match job.step().unwrap() {
                Step::More(update) => {
                    assert!(update.progress.fraction > last, "further");
                    last = update.progress.fraction;
                    seen.extend(update.drawn.iter().map(|(at, _)| *at));
                }
                Step::Done(frames) => break frames,
            }
        };
        assert_eq!((seen[0], last, frames.drawn()), (15, 1.0, 16), "from the slider to all");
        seen.sort_unstable();
        assert_eq!(seen, (0..16).collect::<Vec<_>>(), "each once");
        let light = |at: usize| frames.pictures()[at].as_ref().map(|picture| picture.rgb()[0]);
        assert_eq!((light(0), light(15)), (Some(128), Some(255)), "each its own");
    }

    #[test]
    fn what_is_drawn_already_is_not_drawn_again() {
        let mut first = job([0.0, 0.5, 1.0], 0.0);
        while !drawn(&mut first).is_empty() {}
        let mut before = Frames::new(latents([0.0, 0.5, 1.0]), &Frames::default());
        for (at, picture) in draw(&Light, &latents([0.0, 0.5, 1.0])).unwrap().into_iter().enumerate() {
            before.set(at, picture);
        }
        let frames = Frames::new(latents([0.0, 0.25, 0.5, 0.75, 1.0]), &before);
        assert_eq!(frames.drawn(), 3, "three are known, at other places too");
        let mut job = FramesJob::new(Arc::new(Light), frames, 0.0);
        let mut seen: Vec<usize> = (0..3).flat_map(|_| drawn(&mut job)).collect();
        seen.sort_unstable();
        assert_eq!(seen, [1, 3], "only the others");
    }

    #[test]
    fn odd_input_is_survived() {
        assert!(drawn(&mut job([], 0.5)).is_empty(), "no frames");
        assert_eq!(drawn(&mut job([0.1], f32::NAN)), [0], "no position");
        let wrong = Frames::new(vec![[0.0, 0.0].into()], &Frames::default());
        let error = FramesJob::new(Arc::new(Light), wrong, 0.0).step().unwrap_err();
        assert!(matches!(error, LatentError::WrongLatent { given: 2, wanted: 1 }), "{error}");
        assert!(job([f32::NAN], 0.0).step().is_err(), "no number");
    }
}
