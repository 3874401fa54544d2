//! The methods of projection beside each other, on held-out pictures.

use std::time::Instant;

use serde::Serialize;
use strum::IntoEnumIterator as _;

use super::{ProjectArgs, project, square};
use crate::cli::args::Common;
use crate::cli::erase::elapsed;
use crate::cli::errors::CliError;
use crate::cli::manifold::open;
use crate::cli::report::{Bar, print_json, print_line};
use crate::control::Progress;
use crate::latent::Method;
use crate::latent::project::{ProjectError, psnr};
use crate::train::{Source, held_out_order};

/// Projects every picture by every method.
pub(super) fn run(args: &ProjectArgs, common: &Common) -> Result<(), CliError> {
    let source = Source::open(&args.photo)?;
    let (entry, manifold) = open(&args.model, common)?;
    let (order, limit) = match args.held_out {
        Some(n) => (held_out_order(source.len()), Some(n)),
        None => ((0..source.len()).collect(), args.limit),
    };
    let count = limit.map_or(source.len(), |limit| source.len().min(limit.into()));
    let mut table = Table { model: entry.name, rows: Vec::new() };
    let bar = Bar::new("projecting");
    for (done, &at) in order.iter().take(count).enumerate() {
        let frame = match source.decode(at) {
            Ok(frame) => frame,
            Err(reason) => {
                tracing::warn!("{} is left out: {reason}", source.name(at));
                continue;
            }
        };
        let (wanted, _) = square(&frame, args.place, &manifold)?;
        for method in Method::iter() {
            let start = Instant::now();
            let found = match project(&manifold, &wanted, method, args.options(), |_| {}) {
                // A model without one has no row of it.
                Err(ProjectError::NoPredictor) => continue,
                found => found?,
            };
            let milliseconds = elapsed(start);
            let picture = source.name(at).to_owned();
            table.rows.push(Row { at, picture, method, mse: found.best.mse, milliseconds });
        }
        bar.set(Progress { fraction: (done + 1) as f32 / count as f32, stage: "project" });
    }
    drop(bar);
    if table.rows.is_empty() {
        return Err(CliError::NothingProjected { path: args.photo.clone() });
    }
    table.print(common.json)
}

struct Table {
    model: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// Its number: composed pictures all have the same name.
    at: usize,
    picture: String,
    method: Method,
    /// Mean squared error, pixels in -1..1.
    mse: f64,
    milliseconds: f64,
}

/// One method over all pictures.
#[derive(Serialize)]
struct Line {
    method: Method,
    /// The mean of the errors: of the hybrid, the `projection-mse` of a manifest.
    mse: f64,
    /// Of the mean error, in dB.
    psnr: f64,
    median_mse: f64,
    /// The mean time of a picture.
    milliseconds: f64,
}

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    pictures: usize,
    methods: Vec<Line>,
    /// Pictures for which the hybrid is at least as near as the better of the other two.
    hybrid_is_best: usize,
    /// Whether its mean error is below those of both others.
    hybrid_wins: bool,
    rows: &'a [Row],
}

impl Table {
    fn of(&self, method: Method) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.method == method)
    }

    fn line(&self, method: Method) -> Line {
        let mut errors: Vec<f64> = self.of(method).map(|row| row.mse).collect();
        errors.sort_by(f64::total_cmp);
        let mean = |sum: f64| if errors.is_empty() { f64::INFINITY } else { sum / errors.len() as f64 };
        let mse = mean(errors.iter().sum());
        let milliseconds = mean(self.of(method).map(|row| row.milliseconds).sum());
        let median_mse = errors.get(errors.len() / 2).copied().unwrap_or(f64::INFINITY);
        Line { method, mse, psnr: psnr(mse), median_mse, milliseconds }
    }

    fn report(&self) -> Report<'_> {
        let [hybrid, optimize, network] =
            [Method::Hybrid, Method::Optimize, Method::Network].map(|method| self.line(method));
        let best = self
            .of(Method::Hybrid)
            .filter(|row| self.rows.iter().all(|other| other.at != row.at || row.mse <= other.mse));
        Report {
            model: &self.model,
            pictures: self.of(Method::Hybrid).count(),
            hybrid_is_best: best.count(),
            hybrid_wins: hybrid.mse < optimize.mse.min(network.mse),
            methods: [network, optimize, hybrid].into_iter().filter(|line| line.mse.is_finite()).collect(),
            rows: &self.rows,
        }
    }

    fn print(&self, is_json: bool) -> Result<(), CliError> {
        let report = self.report();
        if is_json {
            return print_json(&report);
        }
        print_line(&format!("| {} | error | PSNR (dB) | median error | time (s) |", report.model))?;
        print_line("|---|---|---|---|---|")?;
        for Line { method, mse, psnr, median_mse, milliseconds } in &report.methods {
            let seconds = milliseconds / 1000.0;
            print_line(&format!("| {method} | {mse:.4} | {psnr:.2} | {median_mse:.4} | {seconds:.2} |"))?;
        }
        print_line(&format!("{} pictures; hybrid is best for {}", report.pictures, report.hybrid_is_best))
    }
}
