//! Writing the frames along a way to files.

use super::super::super::exploring::ExportFrames;
use super::super::super::manifolds::Loaded;
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::{Memory, frame_of, path_of};
use crate::control::{Progress, Step, Stepper as _};
use crate::imaging::Frame;
use crate::imaging::animation::{AnimationError, AnimationJob, AnimationOptions};
use crate::latent::{Latent, Playback, batch, draw};

/// No export has more frames.
const MOST_FRAMES: usize = 10_000;

/// The share of drawing in the progress.
const DRAWING: f32 = 0.6;

/// Draws all frames, then encodes and writes them.
pub(in super::super) struct ExportJob {
    asked: ExportFrames,
    memory: Memory,
    stage: Stage,
}

enum Stage {
    Asked,
    Drawing { loaded: Box<Loaded>, latents: Vec<Latent>, frames: Vec<Frame> },
    Writing(Box<AnimationJob>),
}

impl ExportJob {
    pub(in super::super) const fn new(asked: ExportFrames, memory: Memory) -> Self {
        Self { asked, memory, stage: Stage::Asked }
    }

    fn start(&self) -> Result<Stage, Failure> {
        let loaded = self.memory.manifolds.load(&self.asked.model)?.with_noise(self.asked.noise)?;
        let path = path_of(&self.asked.way, loaded.manifold.prior())?;
        let count = self.asked.frames.clamp(1, MOST_FRAMES);
        loaded.has_room(Burden { drawn: 1, kept: count, ..Burden::default() })?;
        Ok(Stage::Drawing { loaded: Box::new(loaded), latents: path.sample(count), frames: Vec::new() })
    }

    fn encoder(&self, frames: Vec<Frame>) -> Result<AnimationJob, Failure> {
        let ExportFrames { path, format, playback, rate, scale, .. } = &self.asked;
        let rate = if rate.is_finite() { rate.clamp(0.1, 100.0) } else { 10.0 };
        let options = AnimationOptions {
            format: *format,
            frame_millis: (1000.0 / rate).round() as u32,
            rounds: u16::from(*playback == Playback::Once),
            scale: *scale,
        };
        let order = playback.order(frames.len());
        Ok(AnimationJob::new(path, frames, order, options)?)
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        match &mut self.stage {
            Stage::Asked => self.stage = self.start()?,
            Stage::Drawing { loaded, latents, frames } if frames.len() < latents.len() => {
                let done = frames.len();
                let next = &latents[done..(done + batch(&*loaded.manifold)).min(latents.len())];
                frames.extend(draw(loaded.manifold.as_ref(), next)?.iter().map(frame_of));
                let fraction = DRAWING * frames.len() as f32 / latents.len() as f32;
                context.progress(Progress { fraction, stage: "frames" });
            }
            Stage::Drawing { frames, .. } => {
                let frames = std::mem::take(frames);
                self.stage = Stage::Writing(Box::new(self.encoder(frames)?));
            }
            Stage::Writing(job) => match job.step()? {
                Step::More(Progress { fraction, stage }) => {
                    let fraction = (1.0 - DRAWING).mul_add(fraction, DRAWING);
                    context.progress(Progress { fraction, stage });
                }
                Step::Done(written) => {
                    let done =
                        Done::FramesExported { path: written.path, frames: written.frames, bytes: written.bytes };
                    return Ok(JobStep::Done(done));
                }
            },
        }
        Ok(JobStep::More)
    }
}

impl Job for ExportJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl From<AnimationError> for Failure {
    fn from(error: AnimationError) -> Self {
        match error {
            AnimationError::Photo(error) => error.into(),
            other => Self::from_error("error-animation", &other),
        }
    }
}
