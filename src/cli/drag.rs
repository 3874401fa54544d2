//! `pentimento drag`: handles on a generator's picture are drawn to their targets.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::drag_trial;
use super::erase::elapsed;
use super::errors::CliError;
use super::manifold::{LatentSource, Style, open, psi, style_space, write_file, write_picture, write_sheet};
use super::report::{Bar, print_json, print_line, write_result};
use super::scribble::Scribble;
use crate::control::{Step, Stepper as _};
use crate::imaging::Plane;
use crate::latent::drag::{DragPoint, Dragged, Ending, Pair};
use crate::latent::{DragJob, DragOptions, Picture, StyleSpace};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").args(["seed", "latent", "random"]).required(true))]
pub(super) struct DragArgs {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    pub(super) model: String,

    /// The seed of the picture to drag on
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// A safetensors file with the latent of the picture to drag on
    #[arg(long, value_name = "FILE")]
    pub(super) latent: Option<PathBuf>,

    /// What is taken hold of, in pixels of the picture; may be given again
    #[arg(long, value_name = "X,Y", value_parser = parse_point, allow_hyphen_values = true)]
    pub(super) handle: Vec<Point>,

    /// Where it shall come, one for each handle, in the same order
    #[arg(long, value_name = "X,Y", value_parser = parse_point, allow_hyphen_values = true)]
    pub(super) target: Vec<Point>,

    /// A square picture, white where something may move [default: everywhere]
    #[arg(long, value_name = "PNG")]
    pub(super) mask: Option<PathBuf>,

    /// Steps at most
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) steps: u16,

    /// What moves: w, one style for all layers, or w+, one for each
    #[arg(long, value_name = "SPACE", default_value_t = StyleSpace::WPlus, value_parser = style_space())]
    pub(super) styles: StyleSpace,

    /// How many of the first layers' styles move [default: up to 6]
    #[arg(long, value_name = "N")]
    pub(super) layers: Option<usize>,

    /// The side of the features that are followed [default: follows the picture's]
    #[arg(long, value_name = "PIXELS")]
    pub(super) features: Option<usize>,

    /// How far a step goes, in deviations of a style's numbers
    #[arg(long, value_name = "RATE", default_value_t = DragOptions::default().rate)]
    pub(super) rate: f32,

    /// How much it counts that what may not move stays
    #[arg(long, value_name = "WEIGHT", default_value_t = DragOptions::default().hold)]
    pub(super) hold: f32,

    /// Instead of given handles: drag one random handle on each of the pictures of the seeds 0 to N-1, and count how many come
    /// within 3 pixels
    #[arg(long, value_name = "N", conflicts_with_all = ["handle", "target", "mask"], value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) random: Option<u16>,

    /// How far random handles are dragged, in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 12.0, requires = "random")]
    pub(super) distance: f32,

    /// How far from the average picture the drag begins: 1 is all the way, 0 the average [default: 0.7 for seeds, 1 for files]
    #[arg(long, value_name = "PSI", value_parser = psi, allow_negative_numbers = true)]
    pub(super) psi: Option<f32>,

    /// Folder for the pictures before and after, the latent and result.json
    #[arg(short, long, value_name = "DIR", required_unless_present = "random")]
    pub(super) output: Option<PathBuf>,
}

/// A place on a picture.
pub(super) type Point = [f32; 2];

fn parse_point(text: &str) -> Result<Point, String> {
    let numbers: Result<Vec<f32>, _> = text.split(',').map(|part| part.trim().parse::<f32>()).collect();
    match numbers.as_deref() {
        Ok(&[x, y]) if x.is_finite() && y.is_finite() => Ok([x, y]),
        _ => Err("not X,Y".to_owned()),
    }
}

impl DragArgs {
    pub(super) fn options(&self) -> DragOptions {
        DragOptions {
            steps: self.steps.into(),
            space: self.styles,
            layers: self.layers,
            features: self.features,
            rate: self.rate,
            hold: self.hold,
            tolerance: None,
        }
    }

    fn pairs(&self) -> Result<Vec<Pair>, CliError> {
        if self.handle.len() != self.target.len() {
            return Err(CliError::Pairs { handles: self.handle.len(), targets: self.target.len() });
        }
        let both = self.handle.iter().zip(&self.target);
        Ok(both.map(|(&handle, &target)| Pair { handle, target }).collect())
    }
}

/// What is written to `result.json`, and told with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    seed: Option<u64>,
    latent: Option<String>,
    side: usize,
    styles: StyleSpace,
    pairs: Vec<Pair>,
    /// Where the handles are.
    points: Vec<DragPoint>,
    steps: usize,
    ending: Ending,
    /// The same in words.
    sentence: &'static str,
    /// The distances of all handles before each step, in pixels.
    distances: &'a [Vec<f32>],
    /// How far colors have changed where nothing may move, on the scale 0..=255.
    drift: Option<f32>,
    before: &'static str,
    after: &'static str,
    result: &'static str,
    milliseconds: Milliseconds,
}

#[derive(Serialize)]
struct Milliseconds {
    load: f64,
    drag: f64,
    step: f64,
    total: f64,
}

const BEFORE: &str = "before.png";
const AFTER: &str = "after.png";
const LATENT: &str = "after.safetensors";

/// Drags as `args` says.
pub(super) fn run(args: &DragArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    let pairs = args.pairs()?;
    let (entry, manifold) = open(&args.model, common)?;
    if let Some(count) = args.random {
        return drag_trial::run(args, count, &entry.name, &manifold, common);
    }
    let source =
        args.seed.map_or_else(|| LatentSource::File(args.latent.clone().unwrap_or_default()), LatentSource::Seed);
    let latent = Style::of_psi(args.psi).read(&source, manifold.as_ref())?;
    let movable = args.mask.as_deref().map(|path| Scribble::read(path, manifold.side())).transpose()?;
    let movable: Option<Plane<f32>> = movable.map(|mask| mask.light());
    let load = elapsed(start);
    let job = DragJob::new(Arc::clone(&manifold), &latent, &pairs, movable, args.options())?;
    let dragging = Instant::now();
    let Run { dragged, distances, before } = drag(job)?;
    let drag = elapsed(dragging);
    let Some(folder) = &args.output else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| CliError::UnwritableFolder { path: folder.clone(), reason: error.kind().to_string() })?;
    write_picture(&folder.join(AFTER), &dragged.picture)?;
    if let Some(before) = &before {
        write_picture(&folder.join(BEFORE), before)?;
        write_sheet(&folder.join("both.png"), &[before, &dragged.picture])?;
    }
    write_file(&folder.join(LATENT), &dragged.styles, manifold.as_ref())?;
    let step = drag / (dragged.steps + 1) as f64;
    let report = Report {
        model: &entry.name,
        seed: args.seed,
        latent: args.latent.as_ref().map(|path| path.display().to_string()),
        side: manifold.side(),
        styles: args.styles,
        pairs,
        points: dragged.points,
        steps: dragged.steps,
        ending: dragged.ending,
        sentence: dragged.ending.sentence(),
        distances: &distances,
        drift: dragged.drift,
        before: BEFORE,
        after: AFTER,
        result: LATENT,
        milliseconds: Milliseconds { load, drag, step, total: elapsed(start) },
    };
    write_result(folder, &report)?;
    if common.json { print_json(&report) } else { report.print() }
}

/// A drag from its beginning to its end.
pub(super) struct Run {
    pub(super) dragged: Dragged,
    /// Of all handles before each step, and at the end.
    distances: Vec<Vec<f32>>,
    /// The first picture.
    before: Option<Picture>,
}

/// Steps a drag to its end.
pub(super) fn drag(mut job: DragJob) -> Result<Run, CliError> {
    let bar = Bar::new("dragging");
    let (mut distances, mut before) = (Vec::new(), None);
    let all = |points: &[DragPoint]| points.iter().map(|point| point.distance).collect::<Vec<_>>();
    loop {
        match job.step()? {
            Step::More(update) => {
                bar.set(update.progress);
                distances.push(all(&update.points));
                before = before.or(update.picture);
            }
            Step::Done(dragged) => {
                distances.push(all(&dragged.points));
                return Ok(Run { dragged, distances, before });
            }
        }
    }
}

impl Report<'_> {
    fn print(&self) -> Result<(), CliError> {
        for (number, point) in self.points.iter().enumerate() {
            let DragPoint { at: [x, y], distance, .. } = point;
            print_line(&format!("point {}: at {x:.1}, {y:.1}, {distance:.1} pixels from its target", number + 1))?;
        }
        if let Some(drift) = self.drift {
            print_line(&format!("what may not move has changed by {drift:.2} of 255"))?;
        }
        let (steps, millis) = (self.steps, self.milliseconds.step);
        print_line(&format!("{steps} steps of {millis:.0} ms: {}", self.sentence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_two_numbers() {
        assert_eq!(parse_point("3, 4.5"), Ok([3.0, 4.5]));
        assert_eq!(parse_point("-3,4"), Ok([-3.0, 4.0]), "off the picture: told when the picture is known");
        for text in ["", "3", "1,2,3", "a,b", "nan,1", "inf,2"] {
            assert!(parse_point(text).is_err(), "{text}");
        }
    }
}
