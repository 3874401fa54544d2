//! `pentimento directions`: directions in which a model's styles differ, each with a strip of pictures along it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde::Serialize;
use strum::VariantNames as _;

use super::args::Common;
use super::erase::elapsed;
use super::errors::CliError;
use super::generate::{Seeds, parse_seeds};
use super::manifold::{draw_all, open, psi, styles_of, write_table};
use super::mix::Layers;
use super::report::{Bar, print_json, print_line};
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::latent::Latent;
use crate::latent::steer::{Direction, PcaJob, PcaOptions, Start, Steering, Truncation, factorized, strip};
use crate::weights::{SavedDirection, write_direction};

/// Steps of a strip, in deviations.
const STEPS: [f32; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];

/// How directions are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display, strum::EnumString, strum::VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
enum Method {
    /// Principal components of sampled styles.
    Pca,
    /// Eigenvectors of the weights.
    Factorize,
}

#[derive(Debug, Args)]
pub(super) struct DirectionsArgs {
    /// The model that draws; one with styles
    #[arg(long, value_name = "NAME")]
    model: String,

    /// How directions are found: pca samples styles, factorize looks at the weights
    #[arg(long, value_name = "METHOD", default_value_t = Method::Pca, value_parser = method())]
    method: Method,

    /// How many directions
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=512))]
    count: u16,

    /// Latents that pca maps
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(2..=10_000_000))]
    samples: u32,

    /// Seeds of the pictures that are moved along each direction, one row each
    #[arg(long, value_name = "SEEDS", default_value = "0-2", value_parser = parse_seeds)]
    seeds: Seeds,

    /// Layers that are moved: coarse, middle, fine, all, or from-to, counted from 0
    #[arg(long, value_name = "RANGE", default_value = "all", value_parser = Layers::parse)]
    layers: Layers,

    /// How far from the average picture the seeds are: 1 is all the way
    #[arg(long, value_name = "PSI", default_value_t = 0.7, value_parser = psi, allow_negative_numbers = true)]
    psi: f32,

    /// Folder for the strips, and for the directions in directions/MODEL: copy that into the folder of your models
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

fn method() -> impl clap::builder::TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::VARIANTS).try_map(|word| word.parse::<Method>())
}

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    method: Method,
    directions: Vec<Row>,
    /// What finding them took.
    find_milliseconds: f64,
    milliseconds: f64,
}

#[derive(Serialize)]
struct Row {
    name: String,
    sigma: f32,
    strip: String,
    direction: String,
}

/// Finds, draws and saves what `args` asks for.
pub(super) fn run(args: &DirectionsArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    let finding = Instant::now();
    let directions = find(args, &manifold)?;
    let find_milliseconds = elapsed(finding);
    std::fs::create_dir_all(&args.output)
        .map_err(|error| CliError::UnwritableFolder { path: args.output.clone(), reason: error.kind().to_string() })?;
    let rows = directions.iter().enumerate().map(|(at, direction)| {
        let path = args.output.join(format!("direction{:02}.png", at + 1));
        write_strip(args, &manifold, direction, &path)?;
        let Direction { name, vector, sigma } = direction;
        let saved = SavedDirection { name: name.clone(), vector: vector.to_vec(), sigma: *sigma };
        let file = write_direction(&args.output, &entry.name, &saved)?;
        let (strip, direction) = (path.display().to_string(), file.display().to_string());
        Ok::<_, CliError>(Row { name: name.clone(), sigma: *sigma, strip, direction })
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let (model, method, milliseconds) = (entry.name.as_str(), args.method, elapsed(start));
    let report = Report { model, method, directions: rows, find_milliseconds, milliseconds };
    if common.json {
        return print_json(&report);
    }
    for row in &report.directions {
        print_line(&format!("{}: sigma {:.3}, {}", row.name, row.sigma, row.strip))?;
    }
    print_line(&format!("{} directions of {model} in {:.2} s", report.directions.len(), find_milliseconds / 1000.0))
}

fn find(args: &DirectionsArgs, manifold: &Arc<dyn Manifold>) -> Result<Vec<Direction>, CliError> {
    let styles = styles_of(&**manifold)?;
    let count = usize::from(args.count).min(styles.style_dim());
    if args.method == Method::Factorize {
        return Ok(factorized(styles, count)?);
    }
    let options = PcaOptions { samples: args.samples as usize, count, ..PcaOptions::default() };
    let mut job = PcaJob::new(Arc::clone(manifold), options)?;
    let bar = Bar::new("sampling");
    loop {
        match job.step()? {
            Step::More(progress) => bar.set(progress),
            Step::Done(found) => return Ok(found),
        }
    }
}

/// A row for each seed, a column for each step.
fn write_strip(
    args: &DirectionsArgs,
    manifold: &Arc<dyn Manifold>,
    direction: &Direction,
    path: &std::path::Path,
) -> Result<(), CliError> {
    let styles = styles_of(&**manifold)?;
    let layers = args.layers.of(styles.n_layers());
    let mut latents: Vec<Latent> = Vec::new();
    for seed in &args.seeds.0 {
        let (start, truncation) = (Start::Latent(manifold.latent_of_seed(*seed)?.into()), Truncation::all(args.psi));
        let latent = Steering { start, truncation, mix: None, edits: Vec::new() }.latent(styles)?;
        latents.extend(strip(&latent, direction, layers.clone(), &STEPS)?);
    }
    let pictures = draw_all(manifold, latents, "drawing")?;
    write_table(path, &pictures.iter().map(Some).collect::<Vec<_>>(), STEPS.len())
}
