//! One erasure, driven step by step.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::assign::{Assigned, Seen, assign};
use super::compose::{self, Target};
use super::grain::grain;
use super::network::explain::explanation;
use super::window::{Sources, Window, cut_window, group_holes};
use super::{Base, Engine, EraseError, EraseRequest, Explanation, Fill, Origin, StageTimes};
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
    /// What is to be said of the widest of its groups.
    told: Option<Told>,
    times: StageTimes,
    work: Option<Work>,
}

/// A group being filled.
struct Work {
    window: Arc<Window>,
    assigned: Assigned,
    fraction: f32,
}

/// How a group was filled.
struct Told {
    width: f32,
    origin: Origin,
    explanation: Option<Arc<Explanation>>,
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
        if let Engine::Network(name) = &request.engine {
            request.networks.find(name)?;
        }
        let groups = group_holes(&request.holes);
        let unseen = (0..groups.len()).collect();
        let times = StageTimes::default();
        let (fills, patches) = (Vec::new(), Vec::new());
        Ok(Self { request, cancel, groups, unseen, fills, patches, told: None, times, work: None })
    }

    fn target(&self) -> Target {
        Target { model: self.request.base.photo.model(), bits: self.request.base.photo.bits() }
    }

    /// The photo with the groups in `filled` filled.
    fn base(&self, filled: usize) -> Base {
        let mut base = self.request.base.clone();
        base.under.extend(self.patches.iter().take(filled).map(|patch| (Arc::clone(patch), 1.0)));
        base
    }

    /// Cuts the window of a group, with the groups in `filled` known already.
    fn cut(&mut self, group: usize, filled: usize) -> Window {
        let start = Instant::now();
        let base = self.base(filled);
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
        let count = self.patches.len();
        let window = Arc::new(self.cut(count, count));
        let start = Instant::now();
        let base = self.base(count);
        let seen = Seen { base: &base, filled: &self.groups[..count], window: &window };
        let assigned = assign(&self.request, &seen, self.fills.len(), &self.cancel)?;
        self.times.crop_ms += milliseconds(start);
        self.work = Some(Work { window, assigned, fraction: 0.0 });
        Ok(())
    }

    fn advance(&mut self, mut work: Work) -> Result<EraseUpdate, EraseError> {
        let start = Instant::now();
        let Some(inpainter) = &mut work.assigned.inpainter else {
            // No patch to copy from, or none wanted: a smooth fill is what remains.
            let grain = grain(&work.window, self.request.seeds[self.fills.len()]);
            let feather = compose::feather(&self.request.settings);
            let patch = compose::patch_of_membrane(&work.window, Some(&grain), feather, self.target());
            self.times.membrane_ms += milliseconds(start);
            return Ok(self.finish_group(work, patch));
        };
        let step = inpainter.step()?;
        self.times.synthesis_ms += milliseconds(start);
        match step {
            Step::Done(fill) => {
                let start = Instant::now();
                let patch =
                    compose::patch_of_fill(&work.window, &fill, &self.request.settings, self.target(), &self.cancel);
                self.times.compose_ms += milliseconds(start);
                Ok(self.finish_group(work, patch))
            }
            Step::More(shown) => {
                let preview = compose::patch_of_progress(&work.window, &shown, self.target());
                work.fraction = shown.fraction;
                self.work = Some(work);
                Ok(self.update("synthesis", preview, None))
            }
        }
    }

    fn finish_group(&mut self, work: Work, patch: Option<Patch>) -> EraseUpdate {
        self.tell(work, patch.as_ref());
        let patch = patch.map(Arc::new);
        self.patches.extend(patch.clone());
        let is_complete = self.patches.len() >= self.groups.len();
        let told = if is_complete { self.told.take() } else { None };
        let finished = told.map(|told| Fill {
            seed: self.request.seeds[self.fills.len()],
            patches: std::mem::take(&mut self.patches),
            origin: told.origin,
            explanation: told.explanation,
            times: std::mem::take(&mut self.times),
        });
        let mut update = self.update("compose", None, finished);
        update.preview = patch;
        self.fills.extend(update.finished.clone());
        update
    }

    /// Notes how a group was filled, if it is the widest one so far.
    fn tell(&mut self, mut work: Work, patch: Option<&Patch>) {
        let width = work.window.hole_width();
        if self.told.as_ref().is_some_and(|told| told.width > width) {
            return;
        }
        let painting = work.assigned.inpainter.as_mut().and_then(|inpainter| inpainter.painting());
        let origin = work.assigned.origin(painting.as_ref());
        let explanation = painting.zip(patch).and_then(|(painting, patch)| explanation(painting, patch)).map(Arc::new);
        self.told = Some(Told { width, origin, explanation });
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
        Ok(Step::More(self.advance(work)?))
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
