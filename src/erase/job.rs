//! One erasure, driven step by step.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::compose::{self, Target};
use super::exemplar::{Exemplar, Options};
use super::grain::grain;
use super::inpainter::Inpainter;
use super::window::{Sources, Window, cut_window, group_holes};
use super::{Base, Engine, EraseError, EraseRequest, Fill, StageTimes};
use crate::control::{CancelToken, Progress, Step, Stepper};
use crate::imaging::{Patch, PixelRect};

/// What an [`EraseJob`] shows between two steps.
#[derive(Clone, Debug)]
pub struct EraseUpdate {
    /// How far all candidates together are.
    pub progress: Progress,
    /// Index into the request's seeds of the candidate at work.
    pub candidate: usize,
    /// What a hole looks like by now, coarse at first.
    pub preview: Option<Arc<Patch>>,
    /// A candidate that has just been completed.
    pub finished: Option<Fill>,
}

/// Fills the holes of one request, candidate by candidate, group of holes by group of holes.
pub struct EraseJob {
    request: EraseRequest,
    cancel: CancelToken,
    groups: Vec<PixelRect>,
    /// Membrane previews that are still to be shown: groups not yet seen on the screen.
    unseen: VecDeque<usize>,
    /// Finished candidates.
    fills: Vec<Fill>,
    /// The candidate at work: patches of its finished groups.
    patches: Vec<Arc<Patch>>,
    times: StageTimes,
    work: Option<Work>,
}

/// A group being filled.
struct Work {
    window: Window,
    inpainter: Option<Box<dyn Inpainter>>,
    fraction: f32,
}

impl EraseJob {
    /// Checks the request. The token is asked inside of steps too, so a cancel takes effect within about 50 ms; the
    /// owner must not step a cancelled job again.
    pub fn new(request: EraseRequest, cancel: CancelToken) -> Result<Self, EraseError> {
        let (mask, photo) = (request.holes.size(), request.base.photo.size());
        if mask != photo {
            return Err(EraseError::SizeMismatch { mask, photo });
        }
        if request.seeds.is_empty() {
            return Err(EraseError::NoCandidate);
        }
        match request.holes.hole_count() {
            0 => return Err(EraseError::EmptyMask),
            count if count == photo.area() => return Err(EraseError::FullMask),
            _ => {}
        }
        let groups = group_holes(&request.holes);
        let unseen = (0..groups.len()).collect();
        let times = StageTimes::default();
        Ok(Self { request, cancel, groups, unseen, fills: Vec::new(), patches: Vec::new(), times, work: None })
    }

    fn target(&self) -> Target {
        Target { model: self.request.base.photo.model(), bits: self.request.base.photo.bits() }
    }

    /// Cuts the window of a group, with the groups in `filled` known already.
    fn cut(&mut self, group: usize, filled: usize) -> Window {
        let start = Instant::now();
        let mut base = Base { photo: self.request.base.photo.clone(), under: self.request.base.under.clone() };
        base.under.extend(self.patches.iter().take(filled).map(|patch| (Arc::clone(patch), 1.0)));
        let sources = Sources { from: self.request.sample_from.as_ref(), never: self.request.sample_never.as_ref() };
        let done = &self.groups[..filled];
        let window = cut_window(&base, &self.request.holes, done, self.groups[group], sources, &self.request.settings);
        self.times.crop_ms += milliseconds(start);
        window
    }

    /// Shows the membrane of the next group that has nothing to show yet.
    fn show_membrane(&mut self, group: usize) -> EraseUpdate {
        let window = self.cut(group, 0);
        let start = Instant::now();
        let preview = compose::patch_of_membrane(&window, None, 0, self.target());
        self.times.membrane_ms += milliseconds(start);
        self.update("membrane", preview, None)
    }

    fn start_group(&mut self) -> Result<(), EraseError> {
        let window = self.cut(self.patches.len(), self.patches.len());
        let seed = self.request.seeds[self.fills.len()];
        if !window.source.data().contains(&true) {
            return Err(EraseError::NoSource);
        }
        let inpainter = match self.request.engine {
            Engine::Membrane => None,
            Engine::Exemplar => {
                let radius = self.radius(self.fills.len());
                let engine = Exemplar::new(
                    &window,
                    Options { seed, radius, ring: compose::feather(&self.request.settings) },
                    self.cancel.clone(),
                );
                engine.map(|engine| Box::new(engine) as Box<dyn Inpainter>)
            }
        };
        self.work = Some(Work { window, inpainter, fraction: 0.0 });
        Ok(())
    }

    /// The patch radius of a candidate: as set, or varied among candidates.
    fn radius(&self, candidate: usize) -> usize {
        const AUTOMATIC: [usize; 4] = [5, 4, 6, 3];
        match self.request.settings.patch {
            Some(side) => (side.clamp(5, 15) / 2) as usize,
            None => AUTOMATIC[candidate % AUTOMATIC.len()],
        }
    }

    fn advance(&mut self, mut work: Work) -> EraseUpdate {
        let start = Instant::now();
        let Some(inpainter) = &mut work.inpainter else {
            // No patch to copy from, or none wanted: a smooth fill is what remains.
            let grain = grain(&work.window, self.request.seeds[self.fills.len()]);
            let patch = compose::patch_of_membrane(
                &work.window,
                Some(&grain),
                compose::feather(&self.request.settings),
                self.target(),
            );
            self.times.membrane_ms += milliseconds(start);
            return self.finish_group(patch);
        };
        let step = inpainter.step();
        self.times.synthesis_ms += milliseconds(start);
        match step {
            Step::Done(fill) => {
                let start = Instant::now();
                let patch =
                    compose::patch_of_fill(&work.window, &fill, &self.request.settings, self.target(), &self.cancel);
                self.times.compose_ms += milliseconds(start);
                self.finish_group(patch)
            }
            Step::More(shown) => {
                let preview = compose::patch_of_progress(&work.window, &shown, self.target());
                work.fraction = shown.fraction;
                self.work = Some(work);
                self.update("synthesis", preview, None)
            }
        }
    }

    fn finish_group(&mut self, patch: Option<Patch>) -> EraseUpdate {
        let patch = patch.map(Arc::new);
        self.patches.extend(patch.clone());
        let finished = (self.patches.len() >= self.groups.len()).then(|| Fill {
            seed: self.request.seeds[self.fills.len()],
            patches: std::mem::take(&mut self.patches),
            times: std::mem::take(&mut self.times),
        });
        let mut update = self.update("compose", None, finished);
        update.preview = patch;
        self.fills.extend(update.finished.clone());
        update
    }

    fn update(&self, stage: &'static str, preview: Option<Patch>, finished: Option<Fill>) -> EraseUpdate {
        let within = self.work.as_ref().map_or(0.0, |work| work.fraction);
        let groups = self.groups.len() as f32;
        let candidate = (self.patches.len() as f32 + within) / groups;
        let done = self.fills.len() as f32 + if finished.is_some() { 1.0 } else { candidate };
        EraseUpdate {
            progress: Progress { fraction: done / self.request.seeds.len() as f32, stage },
            candidate: self.fills.len(),
            preview: preview.map(Arc::new),
            finished,
        }
    }
}

impl Stepper for EraseJob {
    type Preview = EraseUpdate;
    type Output = Vec<Fill>;
    type Error = EraseError;

    fn step(&mut self) -> Result<Step<EraseUpdate, Vec<Fill>>, EraseError> {
        if self.cancel.is_cancelled() {
            return Ok(Step::More(self.update("cancelled", None, None)));
        }
        if let Some(group) = self.unseen.pop_front() {
            return Ok(Step::More(self.show_membrane(group)));
        }
        if self.fills.len() >= self.request.seeds.len() {
            return Ok(Step::Done(std::mem::take(&mut self.fills)));
        }
        if self.work.is_none() {
            self.start_group()?;
        }
        let Some(work) = self.work.take() else { return Ok(Step::Done(std::mem::take(&mut self.fills))) };
        Ok(Step::More(self.advance(work)))
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
