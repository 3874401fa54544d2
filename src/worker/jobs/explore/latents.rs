//! Pictures of single latents: key frames, breadcrumbs, ends of the slider.

use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::{Memory, frame_of};
use crate::control::Progress;
use crate::document::explore::{Latent, Noise};
use crate::imaging::Frame;
use crate::latent::{batch, draw};

/// Draws pictures of latents.
pub(in super::super) struct LatentsJob {
    model: String,
    latents: Vec<Latent>,
    noise: Noise,
    memory: Memory,
    drawn: Vec<(Latent, Frame)>,
}

impl LatentsJob {
    pub(in super::super) const fn new(model: String, latents: Vec<Latent>, noise: Noise, memory: Memory) -> Self {
        Self { model, latents, noise, memory, drawn: Vec::new() }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let loaded = self.memory.manifolds.load(&self.model)?.with_noise(self.noise)?;
        let done = self.drawn.len();
        loaded.has_room(Burden { drawn: 1, kept: self.latents.len(), ..Burden::default() })?;
        let next = &self.latents[done..(done + batch(&*loaded.manifold)).min(self.latents.len())];
        let pictures = draw(loaded.manifold.as_ref(), next)?;
        self.drawn.extend(next.iter().cloned().zip(pictures.iter().map(frame_of)));
        if self.drawn.len() >= self.latents.len() {
            return Ok(JobStep::Done(Done::Latents(std::mem::take(&mut self.drawn))));
        }
        let fraction = self.drawn.len() as f32 / self.latents.len() as f32;
        context.progress(Progress { fraction, stage: "frames" });
        Ok(JobStep::More)
    }
}

impl Job for LatentsJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}
