//! The loop: steps, lines of losses, samples, measurements, checkpoints, and an orderly end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::Device;

use super::checkpoint::{self, Checkpoints, State};
use super::comodgan::Comodgan;
use super::context_encoder::ContextEncoder;
use super::curves;
use super::data::{Batch, Loader, Sampler, Source};
use super::dcgan::{Dcgan, Inversion};
use super::error::TrainError;
use super::observer::{Ended, Observer, Outcome, Progress};
use super::parameters::Tensors;
use super::pix2pix::Pix2pix;
use super::recipe::{Family, Network, Recipe};
use super::report::{self, Line, Log, Means};
use super::stylegan1::Stylegan;
use super::stylegan2::Stylegan2;
use super::trainee::{Measured, Scalar, Trainee};
use crate::control::CancelToken;
use crate::imaging::io::{PhotoError, write_atomic};

/// Held-out pictures shown in a picture of samples.
const SHOWN: usize = 6;

/// Where a run reads and writes, and when it ends.
#[derive(Debug, Clone)]
pub struct Order {
    /// Folder or tar archive of pictures.
    pub data: PathBuf,
    /// The run's folder.
    pub out: PathBuf,
    /// Go on from the last checkpoint.
    pub is_resumed: bool,
    /// Time to train for now, at most.
    pub limit: Option<Duration>,
    /// Where to compute.
    pub device: Device,
}

/// Trains as `recipe` says.
///
/// # Errors
/// One sentence; the last good checkpoint stays.
pub fn fit(
    recipe: &Recipe,
    order: &Order,
    cancel: &CancelToken,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    recipe.check()?;
    let checkpoints = Checkpoints::of(&order.out);
    let resumed = open_folder(order, &checkpoints)?;
    let sampler = Arc::new(Sampler::new(Source::open(&order.data)?, recipe)?);
    let mut trainee = trainee(recipe, &order.device)?;
    let mut state = State { architecture: architecture(recipe), ..State::default() };
    if let Some(path) = resumed {
        state = restore(trainee.as_mut(), recipe, &path)?;
    }
    write_atomic(&order.out.join("recipe.toml"), recipe.documented().as_bytes())?;
    // So that others can be measured on them too: `tar xf PHOTOS.tar -T RUN/held-out.txt`.
    write_atomic(&order.out.join("held-out.txt"), sampler.held_out_names().as_bytes())?;
    let log = Log::open(&order.out, state.step)?;
    let held_out = sampler.held_out(recipe.data.held_out.max(1))?;
    let means = Means::default();
    let mut run = Run { recipe, order, checkpoints, trainee, state, log, means, held_out, observer, pool: pool()? };
    let ended = run.go(&sampler, cancel)?;
    run.finish(ended, &sampler)
}

/// What a run of `recipe` had come to when `checkpoint` was written, as if it had ended there: its figures on the held-out pictures of
/// `order.data`, and the weights to ship. Nothing is trained or written.
///
/// # Errors
/// One sentence: no such checkpoint, one of other networks, or no pictures.
pub fn export(recipe: &Recipe, order: &Order, checkpoint: &Path) -> Result<Outcome, TrainError> {
    recipe.check()?;
    let sampler = Sampler::new(Source::open(&order.data)?, recipe)?;
    let mut trainee = trainee(recipe, &order.device)?;
    let state = restore(trainee.as_mut(), recipe, checkpoint)?;
    let held_out = sampler.held_out(recipe.data.held_out.max(1))?;
    let measured = trainee.measure(&held_out).map_err(|error| TrainError::at_step(state.step, &error))?;
    Ok(Outcome {
        ended: Ended::Complete,
        step: state.step,
        images: state.step * recipe.batch as u64,
        seconds: state.seconds,
        measured: named(measured),
        skipped: sampler.broken(),
        checkpoint: checkpoint.to_owned(),
        grown_side: trainee.grown_side(),
        weights: trainee.export()?,
    })
}

fn named(measured: Measured) -> BTreeMap<String, f64> {
    measured.scalars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Gives `trainee` the state that was saved at `path`.
fn restore(trainee: &mut dyn Trainee, recipe: &Recipe, path: &Path) -> Result<State, TrainError> {
    let (saved, tensors) = checkpoint::read(path)?;
    let refuse = |reason: String| TrainError::Checkpoint { path: path.to_owned(), reason };
    if !is_same_architecture(&saved.architecture, recipe) {
        return Err(refuse(format!("it holds {}, the recipe wants {}", saved.architecture, architecture(recipe))));
    }
    trainee.restore(&saved, &tensors).map_err(|error| refuse(first_line(&error)))?;
    Ok(saved)
}

/// As many threads as there would be without it.
fn pool() -> Result<rayon::ThreadPool, TrainError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads());
    let named = pool.thread_name(|at| format!("training-{at}"));
    Ok(named.build().map_err(candle_core::Error::wrap)?)
}

/// The run's folder, made if need be, and the checkpoint to go on from.
fn open_folder(order: &Order, checkpoints: &Checkpoints) -> Result<Option<PathBuf>, TrainError> {
    let last = checkpoints.last();
    match (order.is_resumed, &last) {
        (true, None) => return Err(TrainError::NoCheckpoint { path: order.out.clone() }),
        (false, Some(_)) => return Err(TrainError::Occupied { path: order.out.clone() }),
        _ => {}
    }
    fs::create_dir_all(&order.out).map_err(|error| TrainError::Write(PhotoError::from_write(&error, &order.out)))?;
    let is_inside = |out: PathBuf, data: PathBuf| data.is_dir() && out.starts_with(data);
    if let (Ok(out), Ok(data)) = (order.out.canonicalize(), order.data.canonicalize())
        && is_inside(out, data)
    {
        return Err(TrainError::RunAmongData { path: order.out.clone() });
    }
    Ok(last)
}

fn trainee(recipe: &Recipe, device: &Device) -> Result<Box<dyn Trainee + Send>, TrainError> {
    let start = recipe.start.as_deref().map(read_start).transpose()?;
    match recipe.family {
        Family::Comodgan => Ok(Box::new(Comodgan::new(recipe, start.as_ref(), device)?)),
        Family::ContextEncoder => Ok(Box::new(ContextEncoder::new(recipe, start.as_ref(), device)?)),
        Family::Dcgan => Ok(Box::new(Dcgan::new(recipe, start.as_ref(), device)?)),
        Family::DcganPredictor => Ok(Box::new(Inversion::new(recipe, start.as_ref(), device)?)),
        Family::Pix2pix => Ok(Box::new(Pix2pix::new(recipe, start.as_ref(), device)?)),
        Family::Stylegan => Ok(Box::new(Stylegan::new(recipe, start.as_ref(), device)?)),
        Family::Stylegan2 => Ok(Box::new(Stylegan2::new(recipe, start.as_ref(), device)?)),
    }
}

/// Weights to start from.
fn read_start(path: &Path) -> Result<Tensors, TrainError> {
    let fail = |reason: String| TrainError::Checkpoint { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(|error| fail(error.to_string()))?;
    let tensors =
        candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| fail(first_line(&error)))?;
    Ok(tensors.into_iter().collect())
}

/// What must be the same for a checkpoint to fit a recipe.
fn architecture(recipe: &Recipe) -> String {
    let network = toml::to_string(&recipe.network).unwrap_or_default();
    format!("{:?} {}", recipe.family, network.trim().replace('\n', ", "))
}

/// Whether `saved` was made of a recipe for the same networks. What it does not name has its default: there were fewer things
/// to choose once.
fn is_same_architecture(saved: &str, recipe: &Recipe) -> bool {
    let Some((family, network)) = saved.split_once(' ') else { return false };
    let network = toml::from_str::<Network>(&network.replace(", ", "\n"));
    family == format!("{:?}", recipe.family) && network.is_ok_and(|network| network == recipe.network)
}

fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or("no reason given").to_owned()
}

/// A run under way.
struct Run<'a> {
    recipe: &'a Recipe,
    order: &'a Order,
    checkpoints: Checkpoints,
    trainee: Box<dyn Trainee + Send>,
    state: State,
    log: Log,
    means: Means,
    held_out: Batch,
    observer: &'a mut dyn Observer,
    /// Where steps are computed: a step in a thread of the pool hands nothing over to another thread and waits for it. A pool
    /// of the run's own, because candle keeps settings with its threads.
    pool: rayon::ThreadPool,
}

impl Run<'_> {
    fn go(&mut self, sampler: &Arc<Sampler>, cancel: &CancelToken) -> Result<Ended, TrainError> {
        let (recipe, start, before) = (self.recipe, Instant::now(), self.state.seconds);
        let mut loader = Loader::new(sampler, self.state.step, recipe.batch, recipe.data.loaders);
        let (mut saved, mut pace) = (Instant::now(), Pace::new(recipe.batch));
        if self.state.step == 0 && recipe.start.is_some() {
            // What it starts from is what the result will be compared with.
            self.measure()?;
            self.write_line()?;
            self.write_samples()?;
        }
        loop {
            if self.state.step >= recipe.steps {
                return Ok(Ended::Complete);
            }
            if self.order.limit.is_some_and(|limit| start.elapsed() >= limit) {
                return Ok(Ended::TimeOver);
            }
            if cancel.is_cancelled() {
                return Ok(Ended::Stopped);
            }
            let batch = loader.take()?;
            let scalars = self.step(&batch)?;
            self.state.seconds = before + start.elapsed().as_secs_f64();
            self.after_step(&scalars, pace.tick(), start)?;
            if saved.elapsed().as_secs_f64() >= recipe.report.save_minutes * 60.0 {
                self.save(None)?;
                saved = Instant::now();
            }
        }
    }

    fn step(&mut self, batch: &Batch) -> Result<Vec<Scalar>, TrainError> {
        let step = self.state.step;
        let kept = || self.checkpoints.last().unwrap_or_else(|| self.order.out.clone());
        let trainee = &mut self.trainee;
        let scalars = self.pool.install(|| trainee.step(batch, step)).map_err(|error| TrainError::StepFailed {
            step,
            reason: first_line(&error),
            kept: kept(),
        })?;
        if let Some((loss, value)) = scalars.iter().find(|(_, value)| !value.is_finite()) {
            let checkpoint = kept();
            return Err(TrainError::NotFinite { loss: (*loss).to_owned(), value: *value, step, checkpoint });
        }
        self.state.step += 1;
        Ok(scalars)
    }

    fn after_step(&mut self, scalars: &[Scalar], images_per_second: f64, start: Instant) -> Result<(), TrainError> {
        let (step, report) = (self.state.step, &self.recipe.report);
        self.means.add(scalars);
        let is_due = |every: u64| every > 0 && step.is_multiple_of(every);
        let (samples, measures) = (is_due(report.sample_every), is_due(report.measure_every));
        let measured = measures.then(|| self.measure()).transpose()?;
        if is_due(report.log_every) || measured.is_some() {
            self.write_line()?;
        }
        if samples {
            self.write_samples()?;
        }
        if let Some(measured) = measured
            && self.state.best.is_none_or(|best| measured.score < f64::from_bits(best))
        {
            self.save(Some(&measured))?;
        }
        let left = (self.recipe.steps - step) as f64 * self.recipe.batch as f64 / images_per_second.max(1e-6);
        let mut remaining = Duration::from_secs_f64(left.min(1e9));
        if let Some(limit) = self.order.limit {
            remaining = remaining.min(limit.saturating_sub(start.elapsed()));
        }
        let steps = self.recipe.steps;
        self.observer.progress(&Progress { step, steps, images_per_second, remaining, scalars });
        Ok(())
    }

    fn measure(&mut self) -> Result<Measured, TrainError> {
        let measured = self.trainee.measure(&self.held_out);
        let measured = measured.map_err(|error| TrainError::at_step(self.state.step, &error))?;
        self.means.add(&measured.scalars);
        Ok(measured)
    }

    fn images(&self) -> u64 {
        self.state.step * self.recipe.batch as u64
    }

    fn write_line(&mut self) -> Result<(), TrainError> {
        let (step, images, seconds) = (self.state.step, self.images(), self.state.seconds);
        self.log.write(&Line { step, images, seconds, values: self.means.take() })
    }

    fn write_samples(&mut self) -> Result<(), TrainError> {
        let n = SHOWN.min(self.held_out.images.dim(0)?);
        let shown = self.held_out.part(0, n)?;
        let picture = report::samples(self.trainee.as_ref(), &shown)?;
        let path = self.order.out.join("samples").join(format!("{:09}.png", self.state.step));
        report::write_png(&picture, &path)?;
        self.observer.wrote("samples", &path);
        Ok(())
    }

    fn save(&mut self, best: Option<&Measured>) -> Result<PathBuf, TrainError> {
        if let Some(measured) = best {
            self.state.best = Some(measured.score.to_bits());
        }
        let tensors = self.trainee.save(&mut self.state)?;
        let path = self.checkpoints.save(&self.state, &tensors, best.is_some())?;
        self.observer.wrote("checkpoint", &path);
        Ok(path)
    }

    fn finish(mut self, ended: Ended, sampler: &Sampler) -> Result<Outcome, TrainError> {
        let checkpoint = self.save(None)?;
        let measured = self.measure()?;
        self.write_line()?;
        self.write_samples()?;
        let curves = self.order.out.join("curves.png");
        report::write_png(&curves::draw(&report::read_lines(&self.order.out)), &curves)?;
        self.observer.wrote("curves", &curves);
        Ok(Outcome {
            ended,
            step: self.state.step,
            images: self.images(),
            seconds: self.state.seconds,
            measured: named(measured),
            skipped: sampler.broken(),
            checkpoint,
            grown_side: self.trainee.grown_side(),
            weights: self.trainee.export()?,
        })
    }
}

/// Pictures a second, of late.
struct Pace {
    batch: usize,
    last: Instant,
    /// Seconds a step, a moving mean.
    seconds: Option<f64>,
}

impl Pace {
    fn new(batch: usize) -> Self {
        Self { batch, last: Instant::now(), seconds: None }
    }

    fn tick(&mut self) -> f64 {
        let seconds = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        let mean = self.seconds.map_or(seconds, |mean| 0.95 * mean + 0.05 * seconds);
        self.seconds = Some(mean);
        self.batch as f64 / mean.max(1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_from_before_there_was_a_choice_still_fit() {
        let recipe = Recipe::default();
        let early = "Comodgan side = 256, base_channels = 4096, max_channels = 128, global_dim = 512, style_dim = 256, \
                     bottleneck = 4000";
        assert!(is_same_architecture(early, &recipe), "what it does not name has its default");
        assert!(is_same_architecture(&architecture(&recipe), &recipe), "its own");
        let other = Recipe { network: Network { style_dim: 128, ..Network::default() }, ..Recipe::default() };
        assert!(!is_same_architecture(early, &other), "another size");
        assert!(!is_same_architecture("something else", &recipe), "nothing that can be read");
    }
}
