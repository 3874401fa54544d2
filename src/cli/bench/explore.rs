//! The `explore` suite: a search's step beside the peak, and how long somebody waits for pictures after a stroke.

use std::sync::Arc;
use std::time::Instant;

use candle_core::{DType, Device, Result, Tensor, Var};
use serde::Serialize;

use super::super::errors::CliError;
use super::{Clock, percent};
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::generators::ops::Hog;
use crate::generators::{catalog, dcgan, seeded_uniform, seeded_weights};
use crate::imaging::{Plane, Size};
use crate::latent::objective::{Objective, Pull};
use crate::latent::{Budget, Constraint, SearchJob, SearchOptions, SearchPreview, SearchState, Verdict};
use crate::weights::Entry;

/// Seed of weights and starts.
const SEED: u64 = 0;

/// Adam's steps in one timed round of the loop that is set beside PyTorch's (`scripts/explore_torch.py`).
const LOOP_STEPS: usize = 5;

/// One thing to time.
#[derive(Clone)]
pub(super) enum Case {
    /// Costs and gradients of so many starts on iGAN's network for 64 px with random weights.
    Step(usize),
    /// Five steps of the whole loop with 16 starts on the same network, Adam included.
    Loop,
    /// A search as the window runs it, on a model that is installed.
    Search(Box<Entry>),
}

/// A step or the loop.
#[derive(Serialize)]
pub(super) struct StepRow {
    name: String,
    /// The best round, for one step.
    ms: f64,
    /// Rate of the convolutions alone, as if they were computed by the definition; the time is the whole step's.
    pub(super) gflops: f64,
    /// That rate as a share of the peak.
    pub(super) peak_share: Option<f64>,
}

/// A search.
#[derive(Serialize)]
pub(super) struct SearchRow {
    name: String,
    /// From the beginning to the first picture.
    first_ms: f64,
    /// From one more stroke to the first picture that follows it.
    changed_ms: f64,
    /// From that stroke until the pictures have settled.
    settled_ms: f64,
    /// The longest of the slices between which other work may run.
    slice_ms: f64,
    /// Adam's steps until then.
    steps: usize,
    candidates: usize,
    /// Of the best candidate, before the stroke was followed and in the end.
    cost_before: f32,
    cost: f32,
    verdicts: Vec<Verdict>,
}

pub(super) const STEP_HEADING: &str = "step                                    ms   GFLOP/s    of peak";
pub(super) const SEARCH_HEADING: &str =
    "search                      first ms  changed ms  settled ms    slice ms   steps   kept        cost";

impl StepRow {
    pub(super) fn line(&self) -> String {
        let Self { name, ms, gflops, peak_share } = self;
        format!("{name:30}{ms:>12.3}{gflops:>10.1}{:>11}", percent(*peak_share))
    }
}

impl SearchRow {
    pub(super) fn line(&self) -> String {
        let Self { name, first_ms, changed_ms, settled_ms, slice_ms, steps, candidates, cost, .. } = self;
        format!(
            "{name:24}{first_ms:>12.1}{changed_ms:>12.1}{settled_ms:>12.1}{slice_ms:>12.1}{steps:>8}{candidates:>7}{cost:>12.4}"
        )
    }
}

/// What is timed: steps, and a search on each model that can be explored.
pub(super) fn suite(entries: &[Entry]) -> Vec<Case> {
    let models = entries.iter().filter(|entry| entry.family.is_manifold());
    let searches = models.map(|entry| Case::Search(Box::new(entry.clone())));
    [Case::Step(1), Case::Step(4), Case::Step(16), Case::Loop].into_iter().chain(searches).collect()
}

impl Case {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Step(starts) => format!("igan-64 step b{starts}"),
            Self::Loop => "igan-64 loop b16".to_owned(),
            Self::Search(entry) => entry.name.clone(),
        }
    }
}

/// Times one step, or one of the loop.
pub(super) fn time_step(clock: &Clock, starts: Option<usize>, name: String) -> std::result::Result<StepRow, CliError> {
    let manifold = seeded()?;
    let objective = objective(&*manifold)?;
    let count = starts.unwrap_or(16);
    let ys = seeded_uniform((count, manifold.latent_dim()), SEED, "starts")?;
    let ms = if starts.is_some() {
        clock.best_ms(|| slopes(&objective, &*manifold, &ys))?
    } else {
        clock.best_ms(|| run_loop(&objective, &*manifold, &ys))? / LOOP_STEPS as f64
    };
    // The gradient of each layer's input costs as much as the layer.
    let gflops = 4.0 * (count as u64 * manifold.macs()) as f64 / ms / 1e6;
    Ok(StepRow { name, ms, gflops, peak_share: None })
}

/// Runs a search on a model, and one that follows it after one more stroke.
pub(super) fn time_search(entry: &Entry, device: &Device) -> std::result::Result<SearchRow, CliError> {
    let manifold = catalog::manifold(entry, device)?;
    // Packs the weights, which happens once.
    let warmed = Var::zeros((1, manifold.latent_dim()), DType::F32, &Device::Cpu)?;
    manifold.draw(&warmed)?.sum_all()?.backward()?;
    let mut strokes = constraints(manifold.side());
    let edges = strokes.pop();
    let cold = run(&manifold, strokes.clone(), None, None)?;
    let chosen = cold.last.candidates.first().map(|candidate| candidate.id);
    strokes.extend(edges);
    let warm = run(&manifold, strokes, Some(cold.state), chosen)?;
    Ok(SearchRow {
        name: entry.name.clone(),
        first_ms: cold.first_ms,
        changed_ms: warm.first_ms,
        settled_ms: warm.settled_ms,
        slice_ms: cold.slice_ms.max(warm.slice_ms),
        steps: warm.last.step,
        candidates: warm.last.candidates.len(),
        cost_before: warm.first_cost,
        cost: warm.last.candidates.first().map_or(f32::NAN, |candidate| candidate.cost),
        verdicts: warm.last.verdicts,
    })
}

/// A search that ran to its end.
struct Ran {
    first_ms: f64,
    settled_ms: f64,
    slice_ms: f64,
    first_cost: f32,
    last: SearchPreview,
    state: SearchState,
}

fn run(
    manifold: &Arc<dyn Manifold>,
    strokes: Vec<Constraint>,
    warm: Option<SearchState>,
    chosen: Option<u64>,
) -> std::result::Result<Ran, CliError> {
    let began = Instant::now();
    let ms = |since: Instant| 1e3 * since.elapsed().as_secs_f64();
    let options = SearchOptions { chosen, budget: Budget::PATIENT, seed: SEED, ..Default::default() };
    let mut job =
        SearchJob::new(Arc::clone(manifold), strokes, options, warm).map_err(|error| CliError::other(&error))?;
    let (mut first_ms, mut first_cost, mut slice_ms) = (None, f32::NAN, 0.0_f64);
    loop {
        let slice = Instant::now();
        let step = job.step().map_err(|error| CliError::other(&error))?;
        slice_ms = slice_ms.max(ms(slice));
        match step {
            Step::More(preview) => {
                let fresh = preview.candidates.iter().find(|candidate| !candidate.costs.is_empty());
                if let Some(fresh) = fresh.filter(|_| first_ms.is_none()) {
                    (first_ms, first_cost) = (Some(ms(began)), fresh.cost);
                }
            }
            Step::Done(last) => {
                let settled_ms = ms(began);
                let first_ms = first_ms.unwrap_or(settled_ms);
                return Ok(Ran { first_ms, settled_ms, slice_ms, first_cost, last, state: job.into_state() });
            }
        }
    }
}

fn seeded() -> Result<Arc<dyn Manifold>> {
    let weights = seeded_weights(SEED, DType::F32, &Device::Cpu);
    Ok(Arc::new(dcgan::Model::new(&dcgan::Config::px_64(), &weights)?))
}

/// A stroke of colour and a line of edges.
fn constraints(side: usize) -> Vec<Constraint> {
    let size = Size::new(side as u32, side as u32);
    let (mut mask, mut line, mut ink) = (Plane::filled(size, 0.0), Plane::filled(size, 0.0), Plane::filled(size, 0.0));
    for y in 0..side {
        for x in 0..side {
            let (u, v) = (x as f32 / side as f32, y as f32 / side as f32);
            let is_painted = (0.25..0.75).contains(&u) && (0.4..0.55).contains(&v);
            let is_near_line = (0.3..0.4).contains(&u) && (0.6..0.9).contains(&v);
            mask.set(x as u32, y as u32, f32::from(u8::from(is_painted)));
            line.set(x as u32, y as u32, f32::from(u8::from(is_near_line)));
            ink.set(x as u32, y as u32, f32::from(u8::from(is_near_line && x == side * 35 / 100)));
        }
    }
    vec![
        Constraint::Color { mask, color: Plane::filled(size, [0.6, -0.1, -0.5]), weight: 1.0 },
        Constraint::Edges { mask: line, ink, weight: 1.0 },
    ]
}

fn objective(manifold: &dyn Manifold) -> std::result::Result<Objective, CliError> {
    let side = manifold.side();
    Objective::new(&constraints(side), side, Hog::default(), Pull::default()).map_err(|error| CliError::other(&error))
}

fn slopes(objective: &Objective, manifold: &dyn Manifold, ys: &Tensor) -> Result<Vec<f32>> {
    let ys = Var::from_tensor(ys)?;
    let mut slopes = objective.terms(manifold, &ys)?.totals.sum_all()?.backward()?;
    slopes.remove(&ys).map_or_else(|| Ok(Vec::new()), |slopes| slopes.flatten_all()?.to_vec1())
}

/// Adam as in [`crate::latent::search`], on all starts at once.
fn run_loop(objective: &Objective, manifold: &dyn Manifold, ys: &Tensor) -> Result<Vec<f32>> {
    let dims = ys.dims2()?;
    let mut ys: Vec<f32> = ys.flatten_all()?.to_vec1()?;
    let (mut first, mut second) = (vec![0.0_f32; ys.len()], vec![0.0_f32; ys.len()]);
    for step in 1..=LOOP_STEPS as i32 {
        let slopes = slopes(objective, manifold, &Tensor::from_slice(&ys, dims, &Device::Cpu)?)?;
        for (at, slope) in slopes.into_iter().enumerate() {
            first[at] = 0.9_f32.mul_add(first[at], 0.1 * slope);
            second[at] = 0.999_f32.mul_add(second[at], 0.001 * slope * slope);
            let (grown_1, grown_2) = (1.0 - 0.9_f32.powi(step), 1.0 - 0.999_f32.powi(step));
            ys[at] -= 0.1 / grown_1 * first[at] / ((second[at] / grown_2).sqrt() + 1e-8);
        }
    }
    Ok(ys)
}
