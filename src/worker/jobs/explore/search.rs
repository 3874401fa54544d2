//! The search for pictures that satisfy strokes, which the picture's chasing of the brush is made of.
//!
//! Each movement of the brush is a request of its own, with the newest strokes; the search behind it goes on where the last one
//! was. A request's first step does everything up to the first picture, so even one that is replaced at once has moved on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::super::super::exploring::{CandidateShown, SearchShown};
use super::super::super::manifolds::ModelKey;
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::steer::style_space_of;
use super::strokes::constraint_of;
use super::{Memory, frame_of};
use crate::control::{Step, Stepper as _};
use crate::document::Exploration;
use crate::document::explore::{Fixed, Latent, Stroke, StrokeId};
use crate::imaging::{ColorModel, Frame, Samples, Size};
use crate::latent::{
    Budget, Candidate, Constraint, LatentError, Picture, SearchJob, SearchOptions, SearchPreview, SearchState,
    StyleSpace, Verdict,
};

/// Pictures of candidates that the window keeps, so that undo brings them back at once.
const KEPT_PICTURES: usize = 24 * 16;

/// Rasters of this many strokes are kept for the next movement of the brush.
const MOST_RASTERS: usize = 200;

/// What the next search goes on from.
pub(super) struct Kept {
    origin: Origin,
    state: SearchState,
    rasters: Rasters,
    pictures: Pictures,
}

/// Pictures with their frames: one that has not changed is not made anew, so the window need not upload it again.
type Pictures = Vec<(Picture, Frame)>;

/// Rasters of strokes, the newest last; the strokes are held, so that their addresses stay theirs.
type Rasters = VecDeque<(Arc<Stroke>, Constraint)>;

/// What a search began from: one with another origin cannot go on from it.
#[derive(Clone, PartialEq)]
struct Origin {
    model: ModelKey,
    seed: u64,
    starts: u32,
    styles: StyleSpace,
    /// What was fixed, or where the photo lies.
    center: Option<Latent>,
}

/// Drives a [`SearchJob`] and shows what it gives.
pub(in super::super) struct SearchStrokesJob {
    exploration: Exploration,
    is_warm: bool,
    memory: Memory,
    running: Option<Running>,
}

struct Running {
    job: SearchJob,
    origin: Origin,
    rasters: Rasters,
    pictures: Pictures,
    /// Of the constraints, in their order.
    strokes: Vec<StrokeId>,
    /// Steps that a search makes.
    of: usize,
    step_millis: f32,
    /// Whether the last step came to its end: what a panic leaves behind is not gone on from.
    is_sound: bool,
}

impl SearchStrokesJob {
    pub(in super::super) const fn new(exploration: Exploration, is_warm: bool, memory: Memory) -> Self {
        Self { exploration, is_warm, memory, running: None }
    }

    fn start(&self) -> Result<Running, Failure> {
        let exploration = &self.exploration;
        let loaded = self.memory.manifolds.load(&exploration.model)?.with_noise(exploration.helm.noise)?;
        let pulled = exploration.fixed.as_ref().map(|fixed| (fixed.latent.clone(), fixed.smoothness));
        let projected = || {
            let projection = exploration.photo.as_ref()?.projection.as_ref()?;
            Some((projection.latent.clone(), Fixed::SMOOTHNESS))
        };
        let (center, smoothness) = pulled.or_else(projected).unzip();
        let (seed, starts) = (exploration.seed, exploration.starts);
        loaded.has_room(Burden { sloped: 1, kept: starts as usize + KEPT_PICTURES, ..Burden::default() })?;
        let styles = style_space_of(exploration.helm.search);
        let origin = Origin { model: loaded.key.clone(), seed, starts, styles, center };
        let kept = self.memory.search.lock().take();
        let kept = kept.filter(|kept| kept.origin.model == origin.model);
        let (state, known, pictures) = match kept {
            Some(kept) if self.is_warm && kept.origin == origin => (Some(kept.state), kept.rasters, kept.pictures),
            Some(kept) => (None, kept.rasters, Pictures::new()),
            None => (None, Rasters::new(), Pictures::new()),
        };
        let side = loaded.manifold.side() as u32;
        let strokes: Vec<&Arc<Stroke>> = exploration.active_strokes().collect();
        let (constraints, rasters) = rasterize(&strokes, known, side);
        let options = SearchOptions {
            starts: starts as usize,
            seed,
            origin: origin.center.clone(),
            styles,
            smoothness: smoothness.unwrap_or(0.0),
            chosen: exploration.chosen.as_ref().map(|pick| pick.id),
            budget: Budget::PATIENT,
            ..SearchOptions::default()
        };
        let of = options.steps;
        let job = SearchJob::new(loaded.manifold, &constraints, options, state)?;
        let strokes = strokes.iter().map(|stroke| stroke.id).collect();
        Ok(Running { job, origin, rasters, pictures, strokes, of, step_millis: 0.0, is_sound: true })
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        if self.running.is_none() {
            self.running = Some(self.start()?);
        }
        let Some(running) = &mut self.running else { return Ok(JobStep::More) };
        let (began, is_due) = (Instant::now(), context.wants_level());
        running.is_sound = false;
        let step = running.job.step()?;
        running.is_sound = true;
        running.step_millis = began.elapsed().as_secs_f32() * 1000.0;
        match step {
            Step::More(preview) => {
                context.progress(preview.progress);
                if is_due && !preview.candidates.is_empty() {
                    context.preview(Preview::Search(Box::new(running.shown(&preview, false))));
                }
                Ok(JobStep::More)
            }
            Step::Done(preview) => Ok(JobStep::Done(Done::Explored(Box::new(running.shown(&preview, true))))),
        }
    }
}

impl Job for SearchStrokesJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Drop for SearchStrokesJob {
    fn drop(&mut self) {
        if let Some(Running { job, origin, rasters, pictures, is_sound: true, .. }) = self.running.take() {
            *self.memory.search.lock() = Some(Kept { origin, state: job.into_state(), rasters, pictures });
        }
    }
}

impl Running {
    fn shown(&mut self, preview: &SearchPreview, has_ended: bool) -> SearchShown {
        self.pictures = preview.candidates.iter().map(|one| self.frame(&one.picture)).collect();
        let with = |wanted: Verdict| {
            let verdicts = self.strokes.iter().zip(&preview.verdicts);
            verdicts.filter(|(_, verdict)| **verdict == wanted).map(|(id, _)| *id).collect::<Vec<_>>()
        };
        let candidates: Vec<CandidateShown> =
            preview.candidates.iter().zip(&self.pictures).map(|one| self.candidate(one)).collect();
        SearchShown {
            average: average(&candidates),
            candidates,
            unmet: if has_ended { with(Verdict::Missed) } else { Vec::new() },
            empty: with(Verdict::Empty),
            step: preview.step,
            of: self.of,
            dropped: preview.dropped,
            step_millis: self.step_millis,
        }
    }

    fn frame(&self, picture: &Picture) -> (Picture, Frame) {
        let known = self.pictures.iter().find(|(known, _)| std::ptr::eq(known.rgb(), picture.rgb()));
        known.cloned().unwrap_or_else(|| (picture.clone(), frame_of(picture)))
    }

    fn candidate(&self, (candidate, (_, picture)): (&Candidate, &(Picture, Frame))) -> CandidateShown {
        // From an origin the way is walked, not from the places around it where candidates began.
        let start = self.origin.center.as_ref().unwrap_or(&candidate.start);
        CandidateShown {
            id: candidate.id,
            latent: candidate.latent.clone(),
            start: start.clone(),
            picture: picture.clone(),
            cost: candidate.cost,
            costs: self.strokes.iter().copied().zip(candidate.costs.iter().copied()).collect(),
            share: candidate.share,
        }
    }
}

/// The constraints of `strokes`, and the rasters to be kept for the next time.
fn rasterize(strokes: &[&Arc<Stroke>], mut known: Rasters, side: u32) -> (Vec<Constraint>, Rasters) {
    let constraints: Vec<Constraint> = strokes
        .iter()
        .map(|stroke| {
            let found = known.iter().position(|(of, _)| Arc::ptr_eq(of, stroke));
            let found = found.and_then(|at| known.remove(at));
            let entry = found.unwrap_or_else(|| (Arc::clone(stroke), constraint_of(stroke, side)));
            let constraint = entry.1.clone();
            known.push_back(entry);
            constraint
        })
        .collect();
    // Undo and redo find them again.
    let surplus = known.len().saturating_sub(MOST_RASTERS.max(strokes.len()));
    known.drain(..surplus);
    (constraints, known)
}

/// The pictures mixed by their shares.
fn average(candidates: &[CandidateShown]) -> Option<Frame> {
    let side = candidates.first()?.picture.size().width;
    let mut sums = vec![0.0f32; Size::new(side, side).area() * 3];
    for candidate in candidates {
        let Samples::U8(samples) = candidate.picture.samples() else { continue };
        for (sum, &sample) in sums.iter_mut().zip(samples) {
            *sum += candidate.share * f32::from(sample);
        }
    }
    let samples = sums.into_iter().map(|sum| (sum + 0.5) as u8).collect();
    Frame::new(Size::new(side, side), ColorModel::Rgb, Samples::U8(samples))
}

impl From<LatentError> for Failure {
    fn from(error: LatentError) -> Self {
        let key = match error {
            LatentError::WrongSize { .. } | LatentError::OutOfRange { .. } | LatentError::Options { .. } => {
                "error-search"
            }
            LatentError::WrongLatent { .. } => "error-latent",
            LatentError::NothingFinite { .. } => "error-not-finite",
            LatentError::Compute(_) => "error-network",
        };
        Self::from_error(key, &error)
    }
}
