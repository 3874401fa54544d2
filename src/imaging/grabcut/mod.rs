//! Object select: a rough loop or scribble grows to the object's outline.
//!
//! GrabCut, after Rother, Kolmogorov and Blake, "GrabCut: Interactive Foreground Extraction using Iterated Graph Cuts"
//! (2004): colours of object and background as Gaussian mixtures, learned and cut in turns on a reduced window around
//! the mark, then the outline alone cut again at each finer scale. As what is selected will be erased, a cut in doubt
//! takes more rather than less, notches are closed and the soft edge is added. It returns coverage and never changes a
//! mask.

mod cut;
mod gmm;
mod mincut;
mod refine;
mod whole;
mod window;

use std::sync::Arc;

use thiserror::Error;

use self::cut::{Coarse, Models, OBJECT};
use self::window::Source;
use super::mask::HOLE_THRESHOLD;
use super::{Frame, Mask, Patch, PixelRect, Plane, Size};
use crate::control::{CancelToken, Progress, Step, Stepper};

/// Turns of cutting and learning, at most; they end when nearly nothing changes.
const TURNS: u32 = 5;

/// Turns end when no more than this part of the window changes sides.
const SETTLED: f32 = 0.001;

/// A mark of fewer pixels says nothing about colours.
const LEAST_MARK: usize = 8;

/// A loop with a shorter side holds nothing to be found.
const LEAST_LOOP_SIDE: u32 = 6;

/// An object that fills less or more of its loop than this was not found; the loop itself is the better answer.
const SANE_PART: std::ops::Range<f32> = 0.03..0.985;

/// Nats by which every pixel at the outline of what a loop holds is rather the object's: in case of doubt it is erased.
const LOOP_BIAS: f32 = 1.0;

/// A scribble comes near the photo's border when it is closer than one so many-th of the window's side.
const NEAR_BORDER: u32 = 16;

/// Why no outline was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SelectError {
    /// No pixel is marked.
    #[error("nothing is marked: draw a loop around the object or a stroke across it")]
    EmptyMark,
    /// Too few pixels are marked.
    #[error("the mark is too small to tell the object by: draw a larger loop or a longer stroke")]
    TooSmall,
    /// No pixel is left to learn the background from.
    #[error("everything is marked: leave some background around the object, to tell it by")]
    EverythingMarked,
    /// The mark is no mark for this photo.
    #[error("the mark is {mark} pixels but the photo is {photo}: both must have the same size")]
    SizeMismatch {
        /// Of the mark.
        mark: Size,
        /// Of the photo.
        photo: Size,
    },
    /// The token was cancelled.
    #[error("selecting the object was cancelled")]
    Cancelled,
}

impl SelectError {
    /// The key of the sentence in the text table.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::EmptyMark => "error-select-empty",
            Self::TooSmall => "error-select-small",
            Self::EverythingMarked => "error-select-everything",
            Self::SizeMismatch { .. } => "error-size-mismatch",
            Self::Cancelled => "error-cancelled",
        }
    }
}

/// Finds the object that `rough` marks (coverage >= 128: inside of a loop around it, or a scribble on it) in `frame`,
/// which has the same size and is a window with some background around the object. Returns its anti-aliased coverage;
/// `None` when nothing can be found or when cancelled.
#[must_use]
pub fn select_object(frame: &Frame, rough: &Plane<u8>, is_loop: bool, cancel: &CancelToken) -> Option<Plane<u8>> {
    if frame.size() != rough.size() {
        return None;
    }
    let window = frame.size().rect();
    let mut job =
        Job::in_window(Source::new(frame, &[], window), window, rough.clone(), is_loop, cancel.clone()).ok()?;
    loop {
        if let Step::Done((_, coverage)) = job.step().ok()? {
            return Some(coverage);
        }
    }
}

/// Finds the object that a person marked in a photo, step by step.
pub struct Job {
    source: Source,
    window: PixelRect,
    /// The mark inside of the window.
    rough: Plane<u8>,
    is_loop: bool,
    /// Which sides of the window are background when a scribble marks the object: left, top, right, bottom.
    is_border_known: [bool; 4],
    cancel: CancelToken,
    coarse_scale: u32,
    state: State,
}

enum State {
    Start,
    Coarse {
        segmentation: Box<Coarse>,
        turn: u32,
    },
    Fine {
        labels: Plane<u8>,
        models: Models,
        scale: u32,
    },
    /// Cut at every scale that is worth it.
    Cut {
        labels: Plane<u8>,
        scale: u32,
    },
    /// Complete; only its soft edge is still missing.
    Whole {
        coverage: Plane<u8>,
    },
}

impl Job {
    /// Checks the mark `rough` (of the photo's size; coverage >= 128 is the inside of a loop or a scribble) on the photo
    /// `frame` as it looks with the patches `under` it. The token is asked inside of steps too.
    #[expect(clippy::needless_pass_by_value, reason = "a job owns its snapshot, wherever it is stepped")]
    pub fn new(
        frame: Frame,
        under: Vec<(Arc<Patch>, f32)>,
        rough: Mask,
        is_loop: bool,
        cancel: CancelToken,
    ) -> Result<Self, SelectError> {
        if rough.size() != frame.size() {
            return Err(SelectError::SizeMismatch { mark: rough.size(), photo: frame.size() });
        }
        let mark = rough.bounds(HOLE_THRESHOLD);
        if mark.is_empty() {
            return Err(SelectError::EmptyMark);
        }
        let window = window::window_around(mark, is_loop, frame.size());
        let mut job =
            Self::in_window(Source::new(&frame, &under, window), window, rough.plane(window), is_loop, cancel)?;
        job.is_border_known = known_borders(window, mark, frame.size());
        Ok(job)
    }

    fn in_window(
        source: Source,
        window: PixelRect,
        rough: Plane<u8>,
        is_loop: bool,
        cancel: CancelToken,
    ) -> Result<Self, SelectError> {
        let mark = rough.bounds(|v| v >= HOLE_THRESHOLD);
        let marked = rough.data().iter().filter(|&&v| v >= HOLE_THRESHOLD).count();
        if marked == 0 {
            return Err(SelectError::EmptyMark);
        }
        if marked + LEAST_MARK > window.size().area() {
            return Err(SelectError::EverythingMarked);
        }
        if marked < LEAST_MARK || is_loop && mark.width().min(mark.height()) < LEAST_LOOP_SIDE {
            return Err(SelectError::TooSmall);
        }
        let coarse_scale = source.coarse_scale();
        let is_border_known = known_borders(window, mark.translate(window.x0, window.y0), window.size());
        Ok(Self { source, window, rough, is_loop, is_border_known, cancel, coarse_scale, state: State::Start })
    }

    fn start(&self) -> Result<State, SelectError> {
        let colors = self.source.reduced(self.coarse_scale);
        let rough = window::reduced_by_maximum(&self.rough, self.coarse_scale);
        let segmentation = if self.is_loop {
            Coarse::from_loop(colors, &rough)
        } else {
            Coarse::from_scribble(colors, &rough, self.is_border_known)
        };
        let segmentation = Box::new(segmentation.ok_or(SelectError::EverythingMarked)?);
        Ok(State::Coarse { segmentation, turn: 0 })
    }

    fn next(&self, state: State) -> Result<Result<State, Plane<u8>>, SelectError> {
        match state {
            State::Start => self.start().map(Ok),
            State::Coarse { mut segmentation, turn } => {
                let changed = segmentation.iterate(&self.cancel).ok_or(SelectError::Cancelled)?;
                let size = self.source.size_at(self.coarse_scale);
                if turn + 1 < TURNS && changed as f32 > size.area() as f32 * SETTLED {
                    return Ok(Ok(State::Coarse { segmentation, turn: turn + 1 }));
                }
                let (mut labels, models) = segmentation.into_parts();
                self.tidy(&mut labels, self.coarse_scale);
                Ok(Ok(State::Fine { labels, models, scale: self.coarse_scale }))
            }
            State::Fine { labels, models, scale } => {
                if scale > 1 && refine::is_affordable(self.source.size_at(scale / 2)) {
                    let bias = if self.is_loop { LOOP_BIAS } else { 0.0 };
                    let certain = |x, y| self.certain(x, y);
                    let labels = refine::refine(&self.source, &labels, scale, &models, bias, certain, &self.cancel);
                    let labels = labels.ok_or(SelectError::Cancelled)?;
                    return Ok(Ok(State::Fine { labels, models, scale: scale / 2 }));
                }
                Ok(Ok(State::Cut { labels, scale }))
            }
            State::Cut { labels, scale } => Ok(self.complete(labels, scale)),
            State::Whole { coverage } => Ok(Err(whole::grown(&coverage))),
        }
    }

    /// What the person has said about a pixel of the window.
    fn certain(&self, x: u32, y: u32) -> Option<u8> {
        match (self.is_loop, self.rough.at(x, y) >= HOLE_THRESHOLD) {
            (true, false) => Some(0),
            (false, true) => Some(OBJECT),
            _ => None,
        }
    }

    fn tidy(&self, labels: &mut Plane<u8>, scale: u32) {
        let certain = (!self.is_loop).then(|| window::reduced_by_maximum(&self.rough, scale));
        refine::tidy(labels, certain.as_ref());
    }

    /// Leaves no gaps in the object; the loop itself when the object was not found.
    fn complete(&self, mut labels: Plane<u8>, scale: u32) -> Result<State, Plane<u8>> {
        self.tidy(&mut labels, scale);
        whole::close(&mut labels, self.is_loop);
        let mut coverage = refine::coverage(&labels, scale, self.window.size());
        if self.is_loop {
            limit(&mut coverage, &self.rough);
            let count = |plane: &Plane<u8>| plane.data().iter().filter(|&&v| v >= HOLE_THRESHOLD).count();
            let part = count(&coverage) as f32 / count(&self.rough).max(1) as f32;
            if !SANE_PART.contains(&part) {
                return Err(self.rough.clone());
            }
        }
        Ok(State::Whole { coverage })
    }

    fn progress(&self) -> Progress {
        let levels = self.coarse_scale.trailing_zeros() + 1;
        let done = match &self.state {
            State::Start => 0,
            State::Coarse { turn, .. } => 1 + turn,
            State::Fine { scale, .. } => 1 + TURNS + levels.saturating_sub(scale.trailing_zeros() + 1),
            State::Cut { .. } => 1 + TURNS + levels,
            State::Whole { .. } => 2 + TURNS + levels,
        };
        Progress { fraction: done as f32 / (3 + TURNS + levels) as f32, stage: "select" }
    }
}

/// Keeps `coverage` from exceeding that of a loop's inside.
fn limit(coverage: &mut Plane<u8>, inside: &Plane<u8>) {
    coverage.data_mut().iter_mut().zip(inside.data()).for_each(|(value, &most)| *value = (*value).min(most));
}

/// The sides of `window` that are not object: those where the photo of `size` goes on, as the window was chosen wide
/// enough, and those of the photo that `mark` does not come near, as it would where an object is cut off.
fn known_borders(window: PixelRect, mark: PixelRect, size: Size) -> [bool; 4] {
    let near = (window.width().max(window.height()) / NEAR_BORDER) as i32;
    [
        window.x0 > 0 || mark.x0 > window.x0 + near,
        window.y0 > 0 || mark.y0 > window.y0 + near,
        window.x1 < size.width as i32 || mark.x1 < window.x1 - near,
        window.y1 < size.height as i32 || mark.y1 < window.y1 - near,
    ]
}

impl Stepper for Job {
    type Preview = Progress;
    type Output = (PixelRect, Plane<u8>);
    type Error = SelectError;

    fn step(&mut self) -> Result<Step<Progress, (PixelRect, Plane<u8>)>, SelectError> {
        if self.cancel.is_cancelled() {
            return Err(SelectError::Cancelled);
        }
        let state = std::mem::replace(&mut self.state, State::Start);
        match self.next(state)? {
            Ok(state) => {
                self.state = state;
                Ok(Step::More(self.progress()))
            }
            Err(coverage) => Ok(Step::Done((self.window, coverage))),
        }
    }
}

#[cfg(test)]
mod tests;
