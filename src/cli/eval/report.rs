//! What an evaluation tells: a table, or one JSON object.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::args::EvalArgs;
use super::super::errors::CliError;
use super::super::report::{print_json, print_line};
use super::Evaluation;
use super::method::Method;
use crate::eval::Metric;
use crate::imaging::holes::HoleKind;

/// What `--json` tells.
#[derive(Serialize)]
pub(super) struct Report {
    data: String,
    photos: usize,
    /// Patches that U-IDS and P-IDS rest on.
    hole_patches: usize,
    /// How holes were drawn; `null` when masks were read.
    holes: Option<HoleKind>,
    /// Of all holes together: equal figures mean equal holes.
    holes_crc32: String,
    seed: u64,
    side: Option<u32>,
    /// The network of the Fréchet distance.
    features: Option<String>,
    rows: Vec<Row>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    kind: &'static str,
    /// Median of the photos.
    seconds: Option<f64>,
    metrics: BTreeMap<Metric, Option<f64>>,
}

/// A photo that was left out.
#[derive(Serialize)]
pub(super) struct Skipped {
    pub(super) file: String,
    pub(super) reason: String,
}

impl Report {
    pub(super) fn new(args: &EvalArgs, methods: &[Method], evaluation: Evaluation) -> Self {
        let Evaluation { board, skipped, holes_hash } = evaluation;
        let rows = board.rows().into_iter().zip(methods).map(|(row, method)| Row {
            name: row.name,
            kind: method.kind(),
            seconds: method.median_seconds(),
            metrics: row.values,
        });
        Self {
            data: args.data.display().to_string(),
            photos: board.n_photos(),
            hole_patches: board.n_patches(),
            holes: args.holes,
            holes_crc32: format!("{:08x}", holes_hash.finalize()),
            seed: args.seed,
            side: args.side,
            features: board.trunk_name().map(str::to_owned),
            rows: rows.collect(),
            skipped,
        }
    }

    pub(super) fn print(&self, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return print_json(self);
        }
        let skipped =
            if self.skipped.is_empty() { String::new() } else { format!(", {} left out", self.skipped.len()) };
        print_line(&format!("{} photos, {} hole patches{skipped}", self.photos, self.hole_patches))?;
        for line in self.table() {
            print_line(&line)?;
        }
        Ok(())
    }

    /// A heading and a line for each row, in aligned columns; a dash where nothing can be told.
    fn table(&self) -> Vec<String> {
        let name_width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let metrics: Vec<Metric> = self.rows.first().map_or(Vec::new(), |row| row.metrics.keys().copied().collect());
        let mut headings: Vec<String> = metrics.iter().map(|metric| self.heading(*metric)).collect();
        headings.push("seconds".to_owned());
        let line = |name: &str, cells: Vec<String>| {
            let cells = cells.iter().zip(&headings).map(|(cell, heading)| {
                let width = heading.chars().count().max(8) + 2;
                format!("{cell:>width$}")
            });
            format!("{name:name_width$}{}", cells.collect::<String>())
        };
        let cell =
            |value: Option<f64>, decimals: usize| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.decimals$}"));
        let mut lines = vec![line("", headings.clone())];
        for row in &self.rows {
            let mut cells: Vec<String> =
                row.metrics.iter().map(|(metric, value)| cell(*value, metric.decimals())).collect();
            cells.push(cell(row.seconds, 2));
            lines.push(line(&row.name, cells));
        }
        lines
    }

    fn heading(&self, metric: Metric) -> String {
        match (metric, &self.features) {
            (Metric::Frechet, Some(name)) => format!("Fréchet distance ({name})"),
            (metric, _) => metric.to_string(),
        }
    }
}
