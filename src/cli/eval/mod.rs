//! `pentimento eval`: how good a method's fills are on photos of which the truth is known.

mod method;
mod report;

use std::collections::BTreeSet;
use std::path::Path;

use strum::IntoEnumIterator as _;

use super::args::{Common, EvalArgs};
use super::errors::CliError;
use super::report::Bar;
use super::{device, raw};
use crate::control::Progress;
use crate::eval::data::{DataSet, Item, Options};
use crate::eval::{Board, EvalError, FeatureTrunk, Metric};
use crate::imaging::Frame;
use method::Method;
use report::{Report, Skipped};

/// Measures what `args` says.
pub(super) fn run(args: &EvalArgs, common: &Common) -> Result<(), CliError> {
    let metrics = metrics(args)?;
    let device = device::open(common.device)?;
    let mut methods = method::all(args, &raw::networks(common.weights.as_deref(), device.clone()))?;
    let EvalArgs { holes, seed, side, min_hole, .. } = *args;
    let options = Options { holes, seed, side, limit: args.limit.map(Into::into), min_hole };
    let data = DataSet::open(&args.data, options)?;
    let trunk = args.features.as_deref().map(|path| FeatureTrunk::open(path, &device)).transpose()?;
    let names = methods.iter().map(|method| method.name.clone());
    let mut evaluation = Evaluation {
        board: Board::new(metrics, names, trunk, args.seed)?,
        skipped: Vec::new(),
        holes_hash: crc32fast::Hasher::new(),
    };
    let bar = Bar::new("evaluating");
    for (at, path) in data.photos().iter().enumerate() {
        bar.set(Progress { fraction: at as f32 / data.photos().len() as f32, stage: "" });
        evaluation.photo(&data, path, &mut methods);
    }
    drop(bar);
    if evaluation.board.n_photos() == 0 {
        return Err(none_left(&evaluation.skipped));
    }
    Report::new(args, &methods, evaluation).print(common.json)
}

/// What has been measured so far.
struct Evaluation {
    board: Board,
    skipped: Vec<Skipped>,
    /// Of the holes of all photos, so that two runs can be known to have had the same.
    holes_hash: crc32fast::Hasher,
}

impl Evaluation {
    /// Fills and measures one photo with all methods; a photo at which anything fails is left out for all of them.
    fn photo(&mut self, data: &DataSet, path: &Path, methods: &mut [Method]) {
        let filled = data.load(path).map_err(CliError::from).and_then(|item| Ok((fill(&item, methods)?, item)));
        let added = filled.and_then(|((fills, seconds), item)| {
            self.board.add(&item.photo, &item.holes, &fills)?;
            Ok((seconds, item))
        });
        match added {
            Ok((seconds, item)) => {
                let holes: Vec<u8> = item.holes.data().iter().map(|&hole| u8::from(hole)).collect();
                self.holes_hash.update(&holes);
                for (method, seconds) in methods.iter_mut().zip(seconds) {
                    method.seconds.extend(seconds);
                }
            }
            Err(error) => {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
                tracing::warn!("{file} is left out: {reason}");
                self.skipped.push(Skipped { file, reason });
            }
        }
    }
}

/// What each method makes of a photo, and the seconds it took where it was run.
fn fill(item: &Item, methods: &[Method]) -> Result<(Vec<Frame>, Vec<Option<f64>>), CliError> {
    let fills = methods.iter().map(|method| method.fill(item)).collect::<Result<Vec<_>, _>>()?;
    Ok(fills.into_iter().unzip())
}

/// What is asked for; everything that needs no file when nothing is.
fn metrics(args: &EvalArgs) -> Result<BTreeSet<Metric>, CliError> {
    let mut metrics: BTreeSet<Metric> = args.metrics.iter().copied().collect();
    if metrics.is_empty() {
        metrics.extend(Metric::iter().filter(|&metric| metric != Metric::Frechet || args.features.is_some()));
    }
    if metrics.contains(&Metric::Frechet) && args.features.is_none() {
        return Err(CliError::NoFeatures);
    }
    Ok(metrics)
}

fn none_left(skipped: &[Skipped]) -> CliError {
    let first = skipped.first().map_or(String::new(), |first| format!("; {}: {}", first.file, first.reason));
    CliError::NothingEvaluated { count: skipped.len(), first }
}

impl From<EvalError> for CliError {
    fn from(error: EvalError) -> Self {
        match error {
            EvalError::Photo(error) => Self::Photo(error),
            error => Self::Eval(error),
        }
    }
}
