//! Dragging the exploration's pairs of points.

use super::super::super::exploring::{DragHow, DragShown, HandleShown};
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::steer::style_space_of;
use super::strokes::movable;
use super::{Memory, frame_of};
use crate::control::{Step, Stepper as _};
use crate::document::Exploration;
use crate::document::explore::{Latent, PicturePos, StrokeId};
use crate::latent::drag::{DragError, DragPoint, Pair};
use crate::latent::{DragJob, DragOptions};

/// Drives a [`DragJob`] and shows what it gives.
pub(in super::super) struct DragPointsJob {
    exploration: Exploration,
    latent: Latent,
    how: DragHow,
    memory: Memory,
    running: Option<Running>,
}

struct Running {
    job: DragJob,
    ids: Vec<StrokeId>,
    side: f32,
}

impl DragPointsJob {
    pub(in super::super) const fn new(exploration: Exploration, latent: Latent, how: DragHow, memory: Memory) -> Self {
        Self { exploration, latent, how, memory, running: None }
    }

    fn start(&self) -> Result<Running, Failure> {
        let loaded = self.memory.manifolds.load(&self.exploration.model)?.with_noise(self.exploration.helm.noise)?;
        loaded.has_room(Burden { sloped: 1, ..Burden::default() })?;
        let side = loaded.manifold.side();
        let pixels = |at: PicturePos| [at.x * side as f32, at.y * side as f32];
        let pair = |(id, from, to): (StrokeId, PicturePos, PicturePos)| {
            (id, Pair { handle: pixels(from), target: pixels(to) })
        };
        let (ids, pairs): (Vec<StrokeId>, Vec<Pair>) = self.exploration.pairs().map(pair).unzip();
        let movable = movable(self.exploration.movable(), side as u32);
        let DragHow { space, steps, rate, hold } = self.how;
        let space = style_space_of(space);
        let options = DragOptions { space, steps: steps as usize, rate, hold, ..DragOptions::default() };
        let job = DragJob::new(loaded.manifold, &self.latent, &pairs, movable, options)?;
        Ok(Running { job, ids, side: side as f32 })
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(running) = &mut self.running else {
            self.running = Some(self.start()?);
            return Ok(JobStep::More);
        };
        if context.wants_level() {
            running.job.draw_next();
        }
        let (of, from) = (self.how.steps as usize, Latent::clone(&self.latent));
        match running.job.step()? {
            Step::More(update) => {
                context.progress(update.progress);
                let handles = running.handles(&update.points);
                if let Some(picture) = update.picture.as_ref().map(frame_of) {
                    let (step, latent) = (update.step, update.styles.into());
                    let shown = DragShown { step, of, handles, picture, from, latent, ending: None, drift: None };
                    context.preview(Preview::Drag(Box::new(shown)));
                }
                Ok(JobStep::More)
            }
            Step::Done(dragged) => {
                let (handles, picture) = (running.handles(&dragged.points), frame_of(&dragged.picture));
                let (latent, ending, drift) = (dragged.styles.into(), Some(dragged.ending), dragged.drift);
                let shown = DragShown { step: dragged.steps, of, handles, picture, from, latent, ending, drift };
                Ok(JobStep::Done(Done::Dragged(Box::new(shown))))
            }
        }
    }
}

impl Job for DragPointsJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Running {
    fn handles(&self, points: &[DragPoint]) -> Vec<HandleShown> {
        let place = |[x, y]: [f32; 2]| PicturePos::new(x / self.side, y / self.side);
        let handle = |(id, point): (&StrokeId, &DragPoint)| HandleShown {
            id: *id,
            at: place(point.at),
            target: place(point.target),
            distance: point.distance,
        };
        self.ids.iter().zip(points).map(handle).collect()
    }
}

impl From<DragError> for Failure {
    fn from(error: DragError) -> Self {
        let key = match error {
            DragError::NoStyles => "error-no-styles",
            DragError::NoHandles => "error-no-handles",
            DragError::OffPicture { .. } => "error-off-picture",
            DragError::NothingMovable => "error-nothing-movable",
            DragError::NotFinite { .. } => "error-not-finite",
            DragError::WrongRegion { .. }
            | DragError::WrongStart { .. }
            | DragError::NoSuchFeatures { .. }
            | DragError::Options { .. } => "error-search",
            DragError::Compute(_) => "error-network",
        };
        Self::from_error(key, &error)
    }
}
