//! `pentimento explore`: pictures of a generator that satisfy drawings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::erase::elapsed;
use super::errors::CliError;
use super::manifold::{LatentSource, open, style_space, write_file, write_picture, write_sheet};
use super::report::{Bar, print_json, print_line, write_result};
use super::scribble::Scribble;
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::imaging::{Plane, Size};
use crate::latent::{
    Budget, Candidate, Constraint, Latent, SearchJob, SearchOptions, SearchPreview, StyleSpace, Verdict,
};

#[derive(Debug, Args)]
pub(super) struct ExploreArgs {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    model: String,

    /// A square picture of colors that shall be there
    #[arg(long, value_name = "PNG")]
    color: Option<PathBuf>,

    /// Where they count: white [default: where the picture of colors is not transparent]
    #[arg(long, value_name = "PNG", requires = "color")]
    color_mask: Option<PathBuf>,

    /// A square drawing of edges that shall be there, white on black
    #[arg(long, value_name = "PNG")]
    edges: Option<PathBuf>,

    /// A region that shall stay as it is in --keep-from: white
    #[arg(long, value_name = "PNG", requires = "keep_from")]
    keep: Option<PathBuf>,

    /// The picture to begin near: a seed, or a safetensors file with its latent
    #[arg(long, value_name = "SEED|LATENT")]
    keep_from: Option<String>,

    /// How much a candidate's distance from --keep-from costs; iGAN's is 5
    #[arg(long, value_name = "W", default_value_t = 0.0, value_parser = weight, requires = "keep_from")]
    smoothness: f32,

    /// How much a picture costs that the model's discriminator finds unreal
    #[arg(long, value_name = "W", default_value_t = 0.0, value_parser = weight)]
    realism: f32,

    /// Steps of each candidate that is kept
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    steps: u16,

    /// Random starts
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    starts: u16,

    /// The most candidates to keep
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    top: u16,

    /// Stop after about so many seconds, with fewer starts and steps [default: all of them; the same at every run]
    #[arg(long, value_name = "S", value_parser = seconds)]
    seconds: Option<f32>,

    /// Decides the starts
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// What is searched of a model with styles: w, one style for all layers, or w+, one for each
    #[arg(long, value_name = "SPACE", default_value_t = StyleSpace::W, value_parser = style_space())]
    styles: StyleSpace,

    /// Folder for the pictures, their latents and result.json
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

fn weight(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|value: &f32| value.is_finite() && *value >= 0.0);
    value.ok_or_else(|| "not a number from 0 on".to_owned())
}

fn seconds(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|value: &f32| value.is_finite() && *value > 0.0);
    value.ok_or_else(|| "not a number above 0".to_owned())
}

/// What is written to `result.json`, and told with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    family: String,
    side: usize,
    seed: u64,
    starts: u16,
    steps: usize,
    /// Candidates dropped because their numbers were not finite.
    dropped: usize,
    constraints: Vec<Told>,
    candidates: Vec<Row>,
    milliseconds: Milliseconds,
}

/// One constraint.
#[derive(Serialize)]
struct Told {
    kind: &'static str,
    verdict: Verdict,
}

/// One candidate.
#[derive(Serialize)]
struct Row {
    /// The number of its start.
    id: u64,
    picture: String,
    latent: String,
    cost: f32,
    /// One for each constraint.
    costs: Vec<f32>,
    share: f32,
}

/// What took how long.
#[derive(Default, Serialize)]
struct Milliseconds {
    load: f64,
    /// From the search's beginning to the first picture.
    first: f64,
    search: f64,
    total: f64,
}

/// Searches as `args` says.
pub(super) fn run(args: &ExploreArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    let origin = args.keep_from.as_deref().map(|text| LatentSource::from(text).read(&*manifold)).transpose()?;
    if args.realism > 0.0 && !has_discriminator(&*manifold)? {
        return Err(CliError::NoDiscriminator { model: entry.name });
    }
    let constraints = constraints(args, &*manifold, origin.as_ref())?;
    std::fs::create_dir_all(&args.output)
        .map_err(|error| CliError::UnwritableFolder { path: args.output.clone(), reason: error.kind().to_string() })?;
    let mut milliseconds = Milliseconds { load: elapsed(start), ..Milliseconds::default() };
    let (side, kinds) = (manifold.side(), constraints.iter().map(kind_of).collect::<Vec<_>>());
    let job = SearchJob::new(Arc::clone(&manifold), constraints, options(args, origin), None)
        .map_err(|error| CliError::other(&error))?;
    let result = search(job, &mut milliseconds)?;
    let candidates = write(&result.candidates, &args.output, manifold.as_ref())?;
    milliseconds.total = elapsed(start);
    let report = Report {
        model: &entry.name,
        family: entry.family.to_string(),
        side,
        seed: args.seed,
        starts: args.starts,
        steps: result.step,
        dropped: result.dropped,
        constraints: kinds.into_iter().zip(result.verdicts).map(|(kind, verdict)| Told { kind, verdict }).collect(),
        candidates,
        milliseconds,
    };
    write_result(&args.output, &report)?;
    if common.json { print_json(&report) } else { report.print(&args.output) }
}

fn options(args: &ExploreArgs, origin: Option<Latent>) -> SearchOptions {
    SearchOptions {
        starts: args.starts.into(),
        kept: args.top.into(),
        steps: args.steps.into(),
        seed: args.seed,
        origin,
        styles: args.styles,
        smoothness: args.smoothness,
        realism: args.realism,
        budget: args.seconds.map_or(Budget::Full, Budget::Seconds),
        ..SearchOptions::default()
    }
}

fn has_discriminator(manifold: &dyn Manifold) -> Result<bool, CliError> {
    let side = manifold.side();
    let gray = Tensor::zeros((1, 3, side, side), DType::F32, &Device::Cpu)?;
    Ok(manifold.judge(&gray)?.is_some())
}

/// The drawings as constraints.
fn constraints(
    args: &ExploreArgs,
    manifold: &dyn Manifold,
    origin: Option<&Latent>,
) -> Result<Vec<Constraint>, CliError> {
    let (side, weight) = (manifold.side(), 1.0);
    let read = |path: &Path| Scribble::read(path, side);
    let mut constraints = Vec::new();
    if let Some((path, origin)) = args.keep.as_deref().zip(origin) {
        let picture = picture_of(manifold, origin)?;
        constraints.push(Constraint::Keep { mask: read(path)?.light(), picture, weight });
    }
    if let Some(path) = &args.color {
        let drawing = read(path)?;
        let mask = args.color_mask.as_deref().map(|path| Ok::<_, CliError>(read(path)?.light())).transpose()?;
        let mask = mask.unwrap_or_else(|| drawing.coverage());
        constraints.push(Constraint::Color { mask, color: drawing.colors(), weight });
    }
    if let Some(path) = &args.edges {
        // The ink is its own mask: nothing is said about edges elsewhere.
        let ink = read(path)?.light();
        constraints.push(Constraint::Edges { mask: ink.clone(), ink, weight });
    }
    Ok(constraints)
}

const fn kind_of(constraint: &Constraint) -> &'static str {
    match constraint {
        Constraint::Color { .. } => "color",
        Constraint::Edges { .. } => "edges",
        Constraint::Warp { .. } => "warp",
        Constraint::Keep { .. } => "keep",
    }
}

/// The picture of a latent, in -1..1.
fn picture_of(manifold: &dyn Manifold, latent: &Latent) -> Result<Plane<[f32; 3]>, CliError> {
    let side = manifold.side();
    let latent = Tensor::new(&**latent, &Device::Cpu)?.unsqueeze(0)?;
    // Generators with styles end without a tanh.
    let values = manifold.draw(&latent)?.clamp(-1.0, 1.0)?.flatten_all()?.to_vec1::<f32>()?;
    let mut plane = Plane::filled(Size::new(side as u32, side as u32), [0.0; 3]);
    for (at, pixel) in plane.data_mut().iter_mut().enumerate() {
        *pixel = std::array::from_fn(|channel| values[channel * side * side + at]);
    }
    Ok(plane)
}

fn search(mut job: SearchJob, milliseconds: &mut Milliseconds) -> Result<SearchPreview, CliError> {
    let start = Instant::now();
    let bar = Bar::new("exploring");
    loop {
        match job.step().map_err(|error| CliError::other(&error))? {
            Step::More(preview) => {
                if milliseconds.first == 0.0 {
                    milliseconds.first = elapsed(start);
                }
                bar.set(preview.progress);
            }
            Step::Done(preview) => {
                milliseconds.search = elapsed(start);
                return Ok(preview);
            }
        }
    }
}

/// Writes pictures, latents and a sheet of all pictures.
fn write(candidates: &[Candidate], folder: &Path, manifold: &dyn Manifold) -> Result<Vec<Row>, CliError> {
    let mut rows = Vec::with_capacity(candidates.len());
    for (rank, candidate) in candidates.iter().enumerate() {
        let name = |extension: &str| format!("candidate{:02}.{extension}", rank + 1);
        let (picture, latent) = (name("png"), name("safetensors"));
        write_picture(&folder.join(&picture), &candidate.picture)?;
        write_file(&folder.join(&latent), &candidate.latent, manifold)?;
        let Candidate { id, cost, share, .. } = *candidate;
        rows.push(Row { id, picture, latent, cost, costs: candidate.costs.to_vec(), share });
    }
    let pictures: Vec<_> = candidates.iter().map(|candidate| &candidate.picture).collect();
    write_sheet(&folder.join("candidates.png"), &pictures)?;
    Ok(rows)
}

impl Report<'_> {
    fn print(&self, folder: &Path) -> Result<(), CliError> {
        for Told { kind, verdict } in &self.constraints {
            match verdict {
                Verdict::Met => {}
                Verdict::Missed => print_line(&format!("no candidate satisfies the constraint \"{kind}\""))?,
                Verdict::Empty => print_line(&format!("the constraint \"{kind}\" has no pixel"))?,
            }
        }
        let (count, best) = (self.candidates.len(), self.candidates.first().map_or(f32::NAN, |row| row.cost));
        let (model, steps, ms) = (self.model, self.steps, self.milliseconds.search);
        let folder = folder.display();
        print_line(&format!(
            "{count} candidates of {model} after {steps} steps in {ms:.0} ms, the best costs {best:.3}: {folder}"
        ))
    }
}
