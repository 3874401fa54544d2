//! Measuring what a model's latent space is like.

mod given;
mod writing;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use candle_core::Device;

use super::super::super::exploring::{PathLength, Survey, Surveyed};
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::{Memory, blank};
use crate::control::{Progress, Step, Stepper};
use crate::eval::FeatureTrunk;
use crate::eval::latent::{
    FrechetJob, Lens, MeasureError, MeasureUpdate, MixingJob, NoiseJob, NoiseShare, PathLengthJob, PathOptions,
    PathSpace, Sampling, SeparabilityJob, TruncationJob,
};
use crate::generators::manifold::Manifold;
use crate::imaging::{ColorModel, Frame, Samples};
use given::{Given, READING};
pub(in super::super) use writing::FindingsJob;

/// How much brighter than it is the noise is drawn.
const NOISE_GAIN: f32 = 4.0;

/// Drives the measurement that is asked for.
pub(in super::super) struct SurveyJob {
    model: String,
    what: Survey,
    trunk: Option<PathBuf>,
    memory: Memory,
    running: Option<Running>,
}

enum Running {
    Paths { job: Box<PathLengthJob>, next: VecDeque<PathLengthJob>, done: Vec<PathLength> },
    Truncation(Box<TruncationJob>),
    Mixing(Box<MixingJob>),
    Noise(Box<NoiseJob>),
    Given(Box<Given>),
    Separability(Box<SeparabilityJob>),
    Pictures(Box<FrechetJob>),
}

impl SurveyJob {
    pub(in super::super) const fn new(model: String, what: Survey, trunk: Option<PathBuf>, memory: Memory) -> Self {
        Self { model, what, trunk, memory, running: None }
    }

    fn start(&self) -> Result<Running, Failure> {
        let loaded = self.memory.manifolds.load(&self.model)?;
        loaded.has_room(Burden { drawn: 2, ..Burden::default() })?;
        let manifold = loaded.manifold;
        let lens = || {
            let trunk = self.trunk.as_deref().map(|path| FeatureTrunk::open(path, &Device::Cpu)).transpose();
            let trunk = trunk.map_err(|error| Failure::from_error("error-trunk", &error))?;
            Ok::<_, Failure>(Arc::new(Lens::of(manifold.as_ref(), trunk)?))
        };
        let model = || Arc::clone(&manifold);
        Ok(match &self.what {
            Survey::Paths { pairs, sampling } => {
                let mut jobs = path_jobs(&manifold, &lens()?, *pairs, *sampling)?;
                let Some(job) = jobs.pop_front() else { return Err(MeasureError::NotFinite.into()) };
                Running::Paths { job: Box::new(job), next: jobs, done: Vec::new() }
            }
            Survey::Truncation(samples) => {
                let job = TruncationJob::new(model(), lens()?, &TruncationJob::PSIS, *samples, 0)?;
                Running::Truncation(Box::new(job))
            }
            Survey::Mixing(pairs) => Running::Mixing(Box::new(MixingJob::new(model(), lens()?, *pairs, 0)?)),
            Survey::Noise(samples) => Running::Noise(Box::new(NoiseJob::new(model(), *samples, 0)?)),
            Survey::Separability { folder, labelled, samples } => {
                Running::Given(Box::new(Given::labelled(model(), lens()?, folder, *labelled, *samples)?))
            }
            Survey::Pictures { folder, count } => {
                Running::Given(Box::new(Given::pictures(model(), lens()?, folder, *count)?))
            }
        })
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        let (running, surveyed) = match running {
            Running::Paths { mut job, next, done } => match advance(job.as_mut(), context, 0.0)? {
                None => (Some(Running::Paths { job, next, done }), None),
                Some(length) => further(length, next, done),
            },
            Running::Truncation(mut job) => {
                let done = advance(job.as_mut(), context, 0.0)?.map(Surveyed::Truncation);
                (Some(Running::Truncation(job)), done)
            }
            Running::Mixing(mut job) => {
                let done = advance(job.as_mut(), context, 0.0)?.map(Surveyed::Mixing);
                (Some(Running::Mixing(job)), done)
            }
            Running::Noise(mut job) => {
                let done = advance(job.as_mut(), context, 0.0)?;
                (Some(Running::Noise(job)), done.map(|share| Surveyed::Noise(share.clone(), noise_of(&share))))
            }
            Running::Given(given) => (Some(given.go_on(context)?), None),
            Running::Separability(mut job) => {
                let done = advance(job.as_mut(), context, READING)?.map(Surveyed::Separability);
                (Some(Running::Separability(job)), done)
            }
            Running::Pictures(mut job) => {
                let done = advance(job.as_mut(), context, READING)?.map(Surveyed::Pictures);
                (Some(Running::Pictures(job)), done)
            }
        };
        self.running = running;
        Ok(surveyed.map_or(JobStep::More, |surveyed| JobStep::Done(Done::Surveyed(Box::new(surveyed)))))
    }
}

impl Job for SurveyJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

/// One for each space that the model has.
fn path_jobs(
    manifold: &Arc<dyn Manifold>,
    lens: &Arc<Lens>,
    pairs: usize,
    sampling: Sampling,
) -> Result<VecDeque<PathLengthJob>, MeasureError> {
    let spaces: &[PathSpace] =
        if manifold.styles().is_some() { &[PathSpace::Z, PathSpace::W] } else { &[PathSpace::Z] };
    let job = |space: &PathSpace| {
        let options = PathOptions { space: *space, pairs, sampling, ..PathOptions::default() };
        PathLengthJob::new(Arc::clone(manifold), Arc::clone(lens), options)
    };
    spaces.iter().map(job).collect()
}

/// The next path length, or all of them.
fn further(
    length: PathLength,
    mut next: VecDeque<PathLengthJob>,
    mut done: Vec<PathLength>,
) -> (Option<Running>, Option<Surveyed>) {
    done.push(length);
    match next.pop_front() {
        Some(job) => (Some(Running::Paths { job: Box::new(job), next, done }), None),
        None => (None, Some(Surveyed::Paths(done))),
    }
}

/// One step of a measurement that begins when the part `before` of all work is done; what it has come to at its end.
fn advance<J>(job: &mut J, context: &mut Context<'_>, before: f32) -> Result<Option<J::Output>, MeasureError>
where
    J: Stepper<Preview = MeasureUpdate, Error = MeasureError>,
{
    Ok(match job.step()? {
        Step::More(update) => {
            let fraction = (1.0 - before).mul_add(update.progress.fraction, before);
            context.progress(Progress { stage: "measure", fraction });
            None
        }
        Step::Done(output) => Some(output),
    })
}

/// Where pixels vary, as the window takes it.
fn noise_of(share: &NoiseShare) -> Frame {
    let bright = |value: &f32| [(value * NOISE_GAIN).round().clamp(0.0, 255.0) as u8; 3];
    let samples: Vec<u8> = share.map.data().iter().flat_map(bright).collect();
    let size = share.map.size();
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap_or_else(|| blank(size.width))
}

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Self {
        let key = match error {
            MeasureError::NoStyles { .. } | MeasureError::NoNoise => "error-no-styles-to-measure",
            MeasureError::NoLens | MeasureError::NoCrop => "error-no-lens",
            MeasureError::NotFinite => "error-not-finite",
            MeasureError::TooFew { .. }
            | MeasureError::Labels { .. }
            | MeasureError::Untold { .. }
            | MeasureError::Eval(_) => "error-measure",
            MeasureError::Compute(_) => "error-network",
        };
        Self::from_error(key, &error)
    }
}
