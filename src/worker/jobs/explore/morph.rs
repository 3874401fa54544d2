//! Writing the morph of a photo to files: the photo itself, at full size, at each moment of the way to its edit.

use super::super::super::exploring::ExportMorph;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::Memory;
use super::transfer::Finder;
use crate::control::{Progress, Step, Stepper as _};
use crate::imaging::Size;
use crate::imaging::animation::{AnimationJob, AnimationOptions};
use crate::latent::Playback;

/// No export has more frames.
const MOST_FRAMES: usize = 10_000;

/// Finds the edit, then draws, encodes and writes one frame after the other: no more than one is held.
pub(in super::super) struct ExportMorphJob {
    asked: ExportMorph,
    finder: Finder,
    encoder: Option<Box<AnimationJob>>,
    drawn: usize,
}

impl ExportMorphJob {
    pub(in super::super) fn new(asked: ExportMorph, memory: Memory) -> Self {
        let finder = Finder::new(asked.exploration.clone(), memory);
        Self { asked, finder, encoder: None, drawn: 0 }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some((edit, transfer)) = self.finder.step(context)? else { return Ok(JobStep::More) };
        let count = self.asked.frames.clamp(1, MOST_FRAMES);
        let Some(encoder) = &mut self.encoder else {
            self.encoder = Some(Box::new(encoder(&self.asked, edit.photo.frame.size(), count)?));
            return Ok(JobStep::More);
        };
        if encoder.wants_frame() {
            let at = self.drawn as f32 / (count - 1).max(1) as f32;
            let mut frame = edit.photo.frame.clone();
            transfer.at(at).apply(&mut frame, 1.0);
            self.drawn += 1;
            encoder.add(frame)?;
            return Ok(JobStep::More);
        }
        match encoder.step()? {
            Step::More(Progress { fraction, stage }) => {
                context.progress(Progress { fraction, stage });
                Ok(JobStep::More)
            }
            Step::Done(written) => {
                let (path, frames, bytes) = (written.path, written.frames, written.bytes);
                Ok(JobStep::Done(Done::FramesExported { path, frames, bytes }))
            }
        }
    }
}

impl Job for ExportMorphJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

fn encoder(asked: &ExportMorph, size: Size, count: usize) -> Result<AnimationJob, Failure> {
    let ExportMorph { path, format, playback, rate, .. } = asked;
    let rate = if rate.is_finite() { rate.clamp(0.1, 100.0) } else { 10.0 };
    let options = AnimationOptions {
        format: *format,
        frame_millis: (1000.0 / rate).round() as u32,
        rounds: u16::from(*playback == Playback::Once),
        scale: 1,
    };
    Ok(AnimationJob::begin(path, (size, count), playback.order(count), options)?)
}
