//! The frames of a slider: those that an earlier request has drawn are not drawn again.

use super::super::super::exploring::{FrameShown, Way};
use super::super::super::manifolds::ModelKey;
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::{Memory, frame_of, path_of};
use crate::control::{Step, Stepper as _};
use crate::document::explore::Noise;
use crate::latent::{Frames, FramesJob, Path, Picture};

/// No way has more frames.
const MOST_FRAMES: usize = 10_000;

/// The frames of the last request, as far as they were drawn.
pub(super) struct Kept {
    model: ModelKey,
    frames: Frames,
}

/// What is asked for.
pub(in super::super) struct Asked {
    pub(in super::super) model: String,
    pub(in super::super) way: Way,
    pub(in super::super) count: usize,
    pub(in super::super) focus: f32,
    pub(in super::super) noise: Noise,
}

/// Draws the frames along a way.
pub(in super::super) struct FramesRequestJob {
    asked: Asked,
    memory: Memory,
    running: Option<Running>,
}

struct Running {
    model: ModelKey,
    path: Path,
    job: FramesJob,
}

impl FramesRequestJob {
    pub(in super::super) const fn new(asked: Asked, memory: Memory) -> Self {
        Self { asked, memory, running: None }
    }

    /// Sets out, and shows what is there already.
    fn start(&self, context: &mut Context<'_>) -> Result<Running, Failure> {
        let loaded = self.memory.manifolds.load(&self.asked.model)?.with_noise(self.asked.noise)?;
        let path = path_of(&self.asked.way, loaded.manifold.prior())?;
        let count = self.asked.count.clamp(1, MOST_FRAMES);
        loaded.has_room(Burden { drawn: 1, kept: count, ..Burden::default() })?;
        let kept = self.memory.frames.lock().take();
        let before = kept.filter(|kept| kept.model == loaded.key).map(|kept| kept.frames).unwrap_or_default();
        let frames = Frames::new(path.sample(count), &before);
        for (index, picture) in frames.pictures().iter().enumerate() {
            if let Some(picture) = picture {
                context.preview(Preview::Frame(frame_shown(&frames, &path, index, picture)));
            }
        }
        let job = FramesJob::new(loaded.manifold, frames, self.asked.focus);
        Ok(Running { model: loaded.key, path, job })
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        if self.running.is_none() {
            self.running = Some(self.start(context)?);
        }
        let Some(Running { path, job, model }) = &mut self.running else { return Ok(JobStep::More) };
        match job.step()? {
            Step::More(update) => {
                context.progress(update.progress);
                for (index, picture) in &update.drawn {
                    context.preview(Preview::Frame(frame_shown(job.frames(), path, *index, picture)));
                }
                Ok(JobStep::More)
            }
            Step::Done(frames) => {
                let all = frames.pictures().iter().enumerate();
                let shown = all.filter_map(|(at, picture)| Some(frame_shown(&frames, path, at, picture.as_ref()?)));
                let shown = shown.collect();
                *self.memory.frames.lock() = Some(Kept { model: model.clone(), frames });
                self.running = None;
                Ok(JobStep::Done(Done::Frames(shown)))
            }
        }
    }
}

impl Job for FramesRequestJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Drop for FramesRequestJob {
    fn drop(&mut self) {
        if let Some(Running { model, job, .. }) = self.running.take() {
            *self.memory.frames.lock() = Some(Kept { model, frames: job.frames().clone() });
        }
    }
}

fn frame_shown(frames: &Frames, path: &Path, index: usize, picture: &Picture) -> FrameShown {
    let latents = frames.latents();
    let latent = latents.get(index).cloned().unwrap_or_default();
    FrameShown { index, at: path.position(index, latents.len()), latent, picture: frame_of(picture) }
}
