//! `pentimento mix`: a sheet of mixed styles (Karras et al. 2019, figure 3).

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::erase::elapsed;
use super::errors::CliError;
use super::generate::{Seeds, parse_seeds};
use super::manifold::{draw_all, open, psi, styles_of, write_table};
use super::report::{print_json, print_line};
use crate::latent::steer::{Part, Truncation, sheet};

/// The most pictures of a sheet.
const MOST_PICTURES: usize = 10_000;

#[derive(Debug, Args)]
pub(super) struct MixArgs {
    /// The model that draws; one with styles
    #[arg(long, value_name = "NAME")]
    model: String,

    /// Seeds of the rows, such as 7, 0-3 or 1,4,8-11: they give all other layers
    #[arg(long, value_name = "SEEDS", value_parser = parse_seeds)]
    rows: Seeds,

    /// Seeds of the columns: they give the layers of --layers
    #[arg(long, value_name = "SEEDS", value_parser = parse_seeds)]
    cols: Seeds,

    /// Which layers come from the column: coarse, middle, fine, or from-to, counted from 0
    #[arg(long, value_name = "RANGE", default_value = "coarse", value_parser = Layers::parse)]
    layers: Layers,

    /// How far from the average picture: 1 is all the way
    #[arg(long, value_name = "PSI", default_value_t = 0.7, value_parser = psi, allow_negative_numbers = true)]
    psi: f32,

    /// The file for the sheet, a PNG
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// A range of layers as it is named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layers {
    /// All there are.
    All,
    /// By what they decide.
    Part(Part),
    /// From one to another, both included.
    Range(usize, usize),
}

impl Layers {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Ok(part) = text.parse() {
            return Ok(Self::Part(part));
        }
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let range = number(first).zip(number(last)).filter(|(first, last)| first <= last);
        range
            .map(|(first, last)| Self::Range(first, last))
            .ok_or_else(|| "neither coarse, middle, fine or all nor a range such as 0-3".to_owned())
    }

    /// Those of a model with `n_layers`; a range that ends beyond them is left as it is, to be refused.
    pub(super) fn of(&self, n_layers: usize) -> std::ops::Range<usize> {
        match self {
            Self::All => 0..n_layers,
            Self::Part(part) => part.layers(n_layers),
            Self::Range(first, last) => *first..last.saturating_add(1),
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    rows: &'a Seeds,
    cols: &'a Seeds,
    /// First and last layer that come from the column.
    layers: (usize, usize),
    psi: f32,
    output: String,
    milliseconds: f64,
}

/// Draws the sheet that `args` asks for.
pub(super) fn run(args: &MixArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    let (rows, columns) = (&args.rows.0, &args.cols.0);
    if (rows.len() + 1) * (columns.len() + 1) > MOST_PICTURES {
        return Err(CliError::other(&format!("the sheet has more than {MOST_PICTURES} pictures: take fewer seeds")));
    }
    let (entry, manifold) = open(&args.model, common)?;
    let styles = styles_of(&*manifold)?;
    let layers = args.layers.of(styles.n_layers());
    let latents = sheet(styles, rows, columns, layers.clone(), &Truncation::all(args.psi))?;
    let pictures = draw_all(&manifold, latents, "mixing")?;
    // The corner stays empty.
    let cells: Vec<_> = std::iter::once(None).chain(pictures.iter().map(Some)).collect();
    write_table(&args.output, &cells, columns.len() + 1)?;
    let report = Report {
        model: &entry.name,
        rows: &args.rows,
        cols: &args.cols,
        layers: (layers.start, layers.end.saturating_sub(1)),
        psi: args.psi,
        output: args.output.display().to_string(),
        milliseconds: elapsed(start),
    };
    if common.json { print_json(&report) } else { print_line(&report.output) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_named_or_counted() {
        assert_eq!(Layers::parse("coarse").unwrap().of(12), 0..4);
        assert_eq!(Layers::parse("fine").unwrap().of(12), 8..12);
        assert_eq!(Layers::parse("all").unwrap().of(10), 0..10);
        assert_eq!(Layers::parse("2-5").unwrap().of(12), 2..6);
        assert_eq!(Layers::parse("7").unwrap().of(12), 7..8);
        for wrong in ["", "a", "5-2", "-1", "1-"] {
            assert!(Layers::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
