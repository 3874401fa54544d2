//! The stepper of a projection.

use std::sync::Arc;

use candle_core::Tensor;

use super::loss::{Loss, Target};
use super::{Attempt, Method, ProjectError, ProjectOptions, Projection};
use crate::control::{Progress, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::latent::lbfgs::{Lbfgs, Limits};
use crate::latent::pixels::draw;
use crate::latent::space::Space;
use crate::latent::{Latent, LatentError, Picture};

/// Separates its random numbers from those of others.
const STREAM: u64 = 0x9120;
/// Evaluations after which the worse half of the runs is given up, each time.
const RUNGS: [usize; 2] = [20, 60];
/// Multiplications and additions of one step, the gradient included: about 40 ms at 100 GFLOP/s.
const MACS_A_STEP: u64 = 2_000_000_000;

/// What is worth showing of a projection under way.
#[derive(Clone, Debug)]
pub struct ProjectUpdate {
    /// How far it is.
    pub progress: Progress,
    /// The best latent so far and its picture, when it is a new one.
    pub found: Option<(Latent, Picture)>,
    /// Its mean squared difference to the wanted one, both in -1..1; infinite while there is none.
    pub mse: f64,
}

/// A projection under way.
///
/// The optimisation is L-BFGS on the variable y of [`crate::latent::space`], with
///
/// ```text
/// mean over pixels (G(z) - x)²  +  w · mean over layers [ mean (D_l(G(z)) - D_l(x))² / mean D_l(x)² ]
/// ```
///
/// where `D_l` are the layers of the model's discriminator. The paper has a layer of a network that classifies photos in their
/// place, and w = 0.002; the discriminator is at hand, and knows the model's own subject. Its layers differ in size, so each is
/// measured in its own mean square. On `dcgan-cats-128` that term took three times as long, and with w from 0.002 to 0.3 neither
/// the error nor the picture was better, so w is 0 unless it is asked for. With a normal prior a term is added that keeps latents from growing longer than any that the
/// prior draws; a uniform prior's y needs none.
pub struct ProjectJob {
    manifold: Arc<dyn Manifold>,
    wanted: Picture,
    method: Method,
    options: ProjectOptions,
    /// With the variable that is optimised.
    target: Option<(Target, Space)>,
    runs: Vec<Run>,
    next: usize,
    rungs: usize,
    best: Option<Best>,
    others: Vec<Attempt>,
}

/// One start of the optimisation.
struct Run {
    search: Lbfgs,
    is_given_up: bool,
}

/// What has been seen, with the lowest loss.
struct Best {
    total: f64,
    mse: f64,
}

impl Run {
    const fn is_going(&self) -> bool {
        !self.is_given_up && self.search.ending().is_none()
    }
}

impl ProjectJob {
    /// Projects `wanted`, a picture of the manifold's side.
    ///
    /// # Errors
    /// When the picture has another side, the method needs a predictor that the model lacks, or there are no starts or steps.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        wanted: Picture,
        method: Method,
        options: ProjectOptions,
    ) -> Result<Self, ProjectError> {
        if wanted.side() != manifold.side() {
            return Err(ProjectError::WrongSize { given: wanted.side(), side: manifold.side() });
        }
        if options.starts == 0 || options.iterations == 0 {
            return Err(ProjectError::NoWork);
        }
        Ok(Self {
            manifold,
            wanted,
            method,
            options,
            target: None,
            runs: Vec::new(),
            next: 0,
            rungs: 0,
            best: None,
            others: Vec::new(),
        })
    }

    /// The first step: the wanted picture's features, the prediction, the starts.
    fn begin(&mut self) -> Result<Step<ProjectUpdate, Projection>, ProjectError> {
        let picture = self.wanted.to_tensor()?;
        let predicted = match self.method {
            Method::Optimize => None,
            Method::Hybrid | Method::Network => self.predict(&picture)?,
        };
        let space = Space::of(self.manifold.as_ref(), self.options.styles)?;
        let mut rng = rng(self.options.seed, STREAM);
        let mut starts = space.draw_start(self.manifold.as_ref(), self.options.starts, &mut rng)?;
        let mut shown = None;
        match (predicted, self.method) {
            (Some(attempt), Method::Network) => {
                return Ok(Step::Done(Projection { best: attempt, others: Vec::new() }));
            }
            (None, Method::Network) => return Err(ProjectError::NoPredictor),
            (Some(attempt), _) => {
                shown = Some(((Latent::clone(&attempt.latent), attempt.picture.clone()), attempt.mse));
                starts.insert(0, Latent::clone(&attempt.latent));
                starts.truncate(self.options.starts);
                self.others.push(attempt);
            }
            (None, Method::Hybrid) => self.method = Method::Optimize,
            (None, Method::Optimize) => {}
        }
        self.runs = starts.iter().map(|start| self.run(&space, start)).collect();
        let target = Target::new(self.manifold.as_ref(), picture, self.options.feature_weight)?;
        self.target = Some((target, space));
        let (found, mse) = shown.map_or((None, f64::INFINITY), |(found, mse)| (Some(found), mse));
        Ok(Step::More(ProjectUpdate { progress: self.progress(), found, mse }))
    }

    fn run(&self, space: &Space, start: &Latent) -> Run {
        let y = space.y_of(start).into_iter().map(f64::from).collect();
        let iterations = self.options.iterations;
        let limits = Limits { iterations, evaluations: iterations + iterations / 4 + 1, ..Limits::default() };
        Run { search: Lbfgs::new(y, limits), is_given_up: false }
    }

    /// The predictor's answer, if there is a predictor.
    fn predict(&self, picture: &Tensor) -> Result<Option<Attempt>, ProjectError> {
        let Some(latents) = self.manifold.predict(picture)? else { return Ok(None) };
        let latent: Latent = latents.flatten_all()?.to_vec1::<f32>()?.into();
        self.attempt(Method::Network, latent, 0).map(Some)
    }

    /// What `latent` draws, measured.
    fn attempt(&self, method: Method, latent: Latent, evaluations: usize) -> Result<Attempt, ProjectError> {
        let pictures = draw(self.manifold.as_ref(), std::slice::from_ref(&latent))?;
        let picture = pictures.into_iter().next().ok_or(LatentError::NothingFinite { count: 1 })?;
        let mse = difference(&picture, &self.wanted);
        Ok(Attempt { method, latent, picture, mse, evaluations })
    }

    /// Evaluates the next few runs, and tells them.
    fn advance(&mut self) -> Result<Step<ProjectUpdate, Projection>, ProjectError> {
        let Some((target, space)) = &self.target else { return self.begin() };
        let count = (MACS_A_STEP / (2 * self.manifold.macs()).max(1)).max(1) as usize;
        let going: Vec<usize> = (0..self.runs.len()).filter(|&at| self.runs[at].is_going()).collect();
        if going.is_empty() {
            return self.end();
        }
        // In turns, so that all runs are equally far.
        let first = going.iter().position(|&at| at >= self.next).unwrap_or(0);
        let now: Vec<usize> = going[first..].iter().copied().take(count).collect();
        self.next = now.last().map_or(0, |last| last + 1);
        let rows: Vec<&[f64]> = now.iter().map(|&at| self.runs[at].search.asks()).collect();
        let (losses, pictures) = target.evaluate(self.manifold.as_ref(), space, &rows)?;
        let mut better = None;
        let latent_of = |row: &[f64]| space.latent_of(&row.iter().map(|&value| value as f32).collect::<Vec<f32>>());
        for (row, (at, loss)) in now.iter().zip(&losses).enumerate() {
            let Loss { total, gradient, mse } = loss;
            let search = &mut self.runs[*at].search;
            if total.is_finite() && self.best.as_ref().is_none_or(|best| *total < best.total) {
                self.best = Some(Best { total: *total, mse: *mse });
                better = Some((row, latent_of(search.asks())));
            }
            search.tell(*total, gradient);
        }
        self.give_up_on_some();
        let mut found = None;
        if let Some((row, latent)) = better {
            found = Picture::all_of(&pictures.narrow(0, row, 1)?)?.into_iter().next().map(|picture| (latent, picture));
        }
        let mse = self.best.as_ref().map_or(f64::INFINITY, |best| best.mse);
        Ok(Step::More(ProjectUpdate { progress: self.progress(), found, mse }))
    }

    /// Successive halving (Jamieson and Talwalkar 2016): at each rung the worse half of the runs ends.
    fn give_up_on_some(&mut self) {
        let Some(&rung) = RUNGS.get(self.rungs) else { return };
        let is_there = |run: &Run| !run.is_going() || run.search.evaluations() >= rung;
        if !self.runs.iter().all(is_there) {
            return;
        }
        self.rungs += 1;
        // The prediction is often behind at first and ahead in the end, so it stays.
        let first = usize::from(self.method == Method::Hybrid);
        let mut order: Vec<usize> = (first..self.runs.len()).filter(|&at| !self.runs[at].is_given_up).collect();
        order.sort_by(|&a, &b| self.runs[a].search.value().total_cmp(&self.runs[b].search.value()));
        for &at in &order[order.len().div_ceil(2)..] {
            self.runs[at].is_given_up = true;
        }
    }

    fn end(&mut self) -> Result<Step<ProjectUpdate, Projection>, ProjectError> {
        let Some((_, space)) = &self.target else { return self.begin() };
        let best = self.runs.iter().min_by(|a, b| a.search.value().total_cmp(&b.search.value()));
        let found = best.filter(|run| run.search.value().is_finite());
        let Some(run) = found else {
            return Err(LatentError::NothingFinite { count: self.runs.len() }.into());
        };
        let y: Vec<f32> = run.search.best().iter().map(|&value| value as f32).collect();
        let evaluations = self.runs.iter().map(|run| run.search.evaluations()).sum();
        let best = self.attempt(self.method, space.latent_of(&y), evaluations)?;
        Ok(Step::Done(Projection { best, others: std::mem::take(&mut self.others) }))
    }

    fn progress(&self) -> Progress {
        let going = self.runs.iter().filter(|run| run.is_going());
        let done = going.map(|run| run.search.iterations() as f32 / self.options.iterations as f32).fold(0.0, f32::max);
        Progress { fraction: done, stage: "project" }
    }
}

/// Mean squared difference of two pictures of one size, both in -1..1.
fn difference(a: &Picture, b: &Picture) -> f64 {
    let squares = a.rgb().iter().zip(b.rgb()).map(|(a, b)| (f64::from(a.abs_diff(*b)) / 127.5).powi(2));
    squares.sum::<f64>() / a.rgb().len().max(1) as f64
}

impl Stepper for ProjectJob {
    type Preview = ProjectUpdate;
    type Output = Projection;
    type Error = ProjectError;

    fn step(&mut self) -> Result<Step<ProjectUpdate, Projection>, ProjectError> {
        self.advance()
    }
}
