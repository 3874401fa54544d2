//! `pentimento project`: the latent whose picture is nearest to a photo.

mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde::Serialize;
use strum::VariantNames as _;

use super::args::Common;
use super::erase::elapsed;
use super::errors::CliError;
use super::manifold::{open, style_space, write_file};
use super::report::{Bar, print_json, print_line};
use crate::control::{Progress, Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::imaging::io::{self, Encoding, Limits};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Place, Samples, Size, cut};
use crate::latent::project::{Attempt, Familiarity, ProjectError, TYPICAL_ERROR, familiarity, psnr};
use crate::latent::{Method, Picture, ProjectJob, ProjectOptions, Projection, StyleSpace};
use crate::weights::Entry;

#[derive(Debug, Args)]
pub(super) struct ProjectArgs {
    /// The photo; or a folder or tar archive of pictures, to compare the methods on
    pub(super) photo: PathBuf,

    /// The model
    #[arg(long, value_name = "NAME")]
    pub(super) model: String,

    /// How the latent is found
    #[arg(long, value_name = "METHOD", default_value_t = Method::Hybrid, value_parser = method())]
    pub(super) method: Method,

    /// The square of the photo to take: its left and upper edge and its side, and how far it is turned clockwise
    /// [default: the largest in the middle]
    #[arg(long, value_name = "X,Y,SIDE[,DEGREES]", value_parser = parse_place, allow_hyphen_values = true)]
    pub(super) place: Option<Place>,

    /// Seed of the random starts
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,

    /// Latents that the optimisation starts from
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) starts: u16,

    /// Steps of the optimisation at most
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) steps: u16,

    /// What is searched of a model with styles: w, one style for all layers, or w+, one for each
    #[arg(long, value_name = "SPACE", default_value_t = StyleSpace::WPlus, value_parser = style_space())]
    pub(super) styles: StyleSpace,

    /// How much the discriminator's features count beside the pixels, such as 0.002; 0 leaves them out
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0, value_parser = parse_weight)]
    pub(super) features: f64,

    /// The file to write the latent to
    #[arg(short, long, value_name = "LATENT")]
    pub(super) output: Option<PathBuf>,

    /// Also write the photo's square and its projection, side by side
    #[arg(long, value_name = "FILE")]
    pub(super) picture: Option<PathBuf>,

    /// Take only the first N pictures of a folder
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) limit: Option<u16>,

    /// Take only the N pictures of a folder that training with `held_out = N` leaves out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "limit")]
    pub(super) held_out: Option<u16>,
}

fn method() -> impl clap::builder::TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::VARIANTS).try_map(|word| word.parse::<Method>())
}

fn parse_weight(text: &str) -> Result<f64, String> {
    let weight: Option<f64> = text.parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
    weight.ok_or_else(|| "not a number from 0 on".to_owned())
}

/// A square from `X,Y,SIDE` or `X,Y,SIDE,DEGREES`.
pub(super) fn parse_place(text: &str) -> Result<Place, String> {
    let numbers: Result<Vec<f32>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let place = match numbers.as_deref() {
        Ok(&[x, y, side]) => Some(Place::upright(x, y, side)),
        Ok(&[x, y, side, degrees]) => Some(Place { rotation: degrees.to_radians(), ..Place::upright(x, y, side) }),
        _ => None,
    };
    place.filter(|place| place.is_sound()).ok_or_else(|| "not X,Y,SIDE with a side of at least one pixel".to_owned())
}

impl ProjectArgs {
    fn options(&self) -> ProjectOptions {
        ProjectOptions {
            seed: self.seed,
            starts: self.starts.into(),
            iterations: self.steps.into(),
            styles: self.styles,
            feature_weight: self.features,
        }
    }
}

/// Projects what `args` says.
pub(super) fn run(args: &ProjectArgs, common: &Common) -> Result<(), CliError> {
    if args.photo.is_dir() || args.photo.extension().is_some_and(|extension| extension == "tar") {
        return table::run(args, common);
    }
    let start = Instant::now();
    let Some(output) = &args.output else { return Err(CliError::NoLatentFile) };
    let pair = args.picture.as_deref().map(|path| Ok::<_, CliError>((path, format_of(path)?))).transpose()?;
    let photo = io::read(&args.photo, &Limits::default())?.frame;
    let mut milliseconds = Milliseconds { decode: elapsed(start), ..Milliseconds::default() };
    let loading = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    milliseconds.load = elapsed(loading);
    let (wanted, place) = square(&photo, args.place, &manifold)?;
    let projecting = Instant::now();
    let bar = Bar::new("projecting");
    let found = project(&manifold, &wanted, args.method, args.options(), |progress| bar.set(progress))?;
    drop(bar);
    milliseconds.project = elapsed(projecting);
    write_file(output, &found.best.latent, manifold.as_ref())?;
    if let Some((path, format)) = pair {
        write_pair(path, format, &wanted, &found.best.picture)?;
    }
    let verdict = familiarity(&wanted, found.best.mse, entry.metrics.get(TYPICAL_ERROR).copied());
    milliseconds.total = elapsed(start);
    Report::new(args, &entry, &found, place, verdict, milliseconds).print(common.json)
}

/// What lies in `place` as a picture of the model's side, and the place.
fn square(photo: &Frame, place: Option<Place>, manifold: &Arc<dyn Manifold>) -> Result<(Picture, Place), CliError> {
    let place = place.unwrap_or_else(|| Place::middle(photo.size()));
    let picture = Picture::from_frame(&cut(photo, place, manifold.side() as u32));
    Ok((picture.ok_or_else(|| CliError::other(&"the photo has no pixels"))?, place))
}

/// Steps a projection to its end.
fn project(
    manifold: &Arc<dyn Manifold>,
    wanted: &Picture,
    method: Method,
    options: ProjectOptions,
    mut tell: impl FnMut(Progress),
) -> Result<Projection, ProjectError> {
    let mut job = ProjectJob::new(Arc::clone(manifold), wanted.clone(), method, options)?;
    loop {
        match job.step()? {
            Step::More(update) => tell(update.progress),
            Step::Done(found) => return Ok(found),
        }
    }
}

/// The format that the name of `path` tells of.
fn format_of(path: &Path) -> Result<FileFormat, CliError> {
    let format = path.extension().and_then(|extension| FileFormat::from_extension(extension.to_str()?));
    format.ok_or_else(|| CliError::UnknownExtension { path: path.to_owned() })
}

/// Both pictures side by side.
fn write_pair(path: &Path, format: FileFormat, left: &Picture, right: &Picture) -> Result<(), CliError> {
    let side = left.side();
    let rows = left.rgb().chunks(side * 3).zip(right.rgb().chunks(side * 3));
    let samples = rows.flat_map(|(left, right)| [left, right].concat()).collect();
    let size = Size::new(2 * side as u32, side as u32);
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(samples));
    let frame = frame.ok_or_else(|| CliError::other(&"the pictures differ in size"))?;
    let bytes = io::encode(&frame, &Metadata::bare(format), Encoding::new(format))?;
    Ok(io::write_atomic(path, &bytes)?)
}

/// What `--json` tells of a projection.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    /// The method that gave the latent.
    method: Method,
    seed: u64,
    output: String,
    picture: Option<String>,
    /// The square of the photo, in its pixels.
    place: Place,
    /// Mean squared error, pixels in -1..1.
    mse: f64,
    /// In dB.
    psnr: f64,
    evaluations: usize,
    /// What else was tried on the way.
    others: Vec<Other>,
    /// The error above which the photo is taken to be none of what the model knows.
    threshold: f64,
    is_off_manifold: bool,
    /// What the model was trained on.
    knows: &'a str,
    milliseconds: Milliseconds,
}

#[derive(Serialize)]
struct Other {
    method: Method,
    mse: f64,
    psnr: f64,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Milliseconds {
    decode: f64,
    load: f64,
    project: f64,
    total: f64,
}

impl<'a> Report<'a> {
    fn new(
        args: &'a ProjectArgs,
        entry: &'a Entry,
        found: &Projection,
        place: Place,
        verdict: Familiarity,
        milliseconds: Milliseconds,
    ) -> Self {
        let other = |attempt: &Attempt| Other { method: attempt.method, mse: attempt.mse, psnr: psnr(attempt.mse) };
        let name = |path: &PathBuf| path.display().to_string();
        Self {
            model: &entry.name,
            method: found.best.method,
            seed: args.seed,
            output: args.output.as_ref().map(name).unwrap_or_default(),
            picture: args.picture.as_ref().map(name),
            place,
            mse: found.best.mse,
            psnr: psnr(found.best.mse),
            evaluations: found.best.evaluations,
            others: found.others.iter().map(other).collect(),
            threshold: verdict.threshold,
            is_off_manifold: verdict.is_off,
            knows: entry.knows(),
            milliseconds,
        }
    }

    fn print(&self, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return print_json(self);
        }
        print_line(&self.output)?;
        if let Some(picture) = &self.picture {
            print_line(picture)?;
        }
        for other in &self.others {
            print_line(&format!("{}: {:.1} dB (error {:.4})", other.method, other.psnr, other.mse))?;
        }
        let seconds = self.milliseconds.project / 1000.0;
        print_line(&format!("{}: {:.1} dB (error {:.4}) in {seconds:.2} s", self.method, self.psnr, self.mse))?;
        if !self.is_off_manifold {
            return Ok(());
        }
        let knows = if self.knows.is_empty() { "other pictures" } else { self.knows };
        let threshold = self.threshold;
        print_line(&format!("the photo is unlike what this model knows ({knows}): the error is above {threshold:.4}"))
    }
}
