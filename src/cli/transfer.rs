//! `pentimento transfer`: an edit on a manifold, from one latent to another, carried over to a photo.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::{Common, parse_share};
use super::erase::{check_output, elapsed, is_same_file, warn_of_losses};
use super::errors::CliError;
use super::manifold::{LatentSource, open};
use super::project::parse_place;
use super::report::{Bar, peak_memory_bytes, print_json, print_line};
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::imaging::io::{self, Encoding, JpegQuality, Limits};
use crate::imaging::{Place, Size};
use crate::latent::interpolate::{Interpolation, between};
use crate::latent::transfer::{Transfer, TransferJob, TransferOptions, TransferReport, TransferRequest};
use crate::latent::{Frames, FramesJob, Picture};

#[derive(Debug, Args)]
pub(super) struct TransferArgs {
    /// The photo
    photo: PathBuf,

    /// The model that the edit was made with
    #[arg(long, value_name = "NAME")]
    model: String,

    /// Where the edit begins, the photo's projection: a safetensors file with a latent, or a seed
    #[arg(long, value_name = "LATENT|SEED", value_parser = |text: &str| Ok::<_, Infallible>(LatentSource::from(text)))]
    from: LatentSource,

    /// Where it ends
    #[arg(long, value_name = "LATENT|SEED", value_parser = |text: &str| Ok::<_, Infallible>(LatentSource::from(text)))]
    to: LatentSource,

    /// The square of the photo that was projected: its left and upper edge and its side, and how far it is turned clockwise
    /// [default: the largest in the middle]
    #[arg(long, value_name = "X,Y,SIDE[,DEGREES]", value_parser = parse_place, allow_hyphen_values = true)]
    place: Option<Place>,

    /// A picture of the photo's size; what is white in it (128 or more) keeps its bits
    #[arg(long, value_name = "MASK")]
    keep: Option<PathBuf>,

    /// Pictures of the morph that motion and color are followed through
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=256))]
    frames: u16,

    /// Along the arc between the latents instead of the line
    #[arg(long)]
    spherical: bool,

    /// How much of the edit, 0 to 1
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = parse_share)]
    at: f32,

    /// The file to write; its extension names the format
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// JPEG quality, 1 to 100 [default: as the photo's file, else 92]
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
}

/// What `--json` tells.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    family: String,
    output: String,
    /// Of the photo.
    size: Size,
    place: Place,
    /// Of the model's pictures.
    side: usize,
    frames: usize,
    interpolation: Interpolation,
    at: f32,
    /// What motion and color do not explain, the confidence, and the mean motion in pixels of the photo.
    #[serde(flatten)]
    fit: TransferReport,
    milliseconds: Milliseconds,
    peak_memory_bytes: Option<u64>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Milliseconds {
    decode: f64,
    load: f64,
    draw: f64,
    search: f64,
    render: f64,
    encode: f64,
    total: f64,
}

/// Carries over what `args` says.
pub(super) fn run(args: &TransferArgs, common: &Common) -> Result<(), CliError> {
    let mut clock = Clock::new();
    let mut times = Milliseconds::default();
    let format = check_output(&args.output)?;
    let mut photo = io::read(&args.photo, &Limits::default())?;
    if is_same_file(&args.photo, &args.output) {
        return Err(CliError::OverSource { path: args.output.clone() });
    }
    warn_of_losses(&photo.frame, format);
    let size = photo.frame.size();
    let keep = args.keep.as_ref().map(|path| io::read_mask(path, size, &Limits::default())).transpose()?;
    times.decode = clock.lap();
    let (entry, manifold) = open(&args.model, common)?;
    let side = manifold.side();
    times.load = clock.lap();
    let interpolation = if args.spherical { Interpolation::Spherical } else { Interpolation::Linear };
    let frames = draw(args, interpolation, manifold)?;
    times.draw = clock.lap();
    let place = args.place.unwrap_or_else(|| Place::middle(size));
    let (n_frames, options) = (frames.len(), TransferOptions::default());
    let transfer = search(TransferRequest { frames, photo: photo.frame.clone(), place, keep, options })?;
    times.search = clock.lap();
    transfer.at(args.at).apply(&mut photo.frame, 1.0);
    times.render = clock.lap();
    let encoding = Encoding { format, jpeg: args.quality.map_or(JpegQuality::AsSource, JpegQuality::Quality) };
    io::write_atomic(&args.output, &io::encode(&photo.frame, &photo.metadata, encoding)?)?;
    times.encode = clock.lap();
    times.total = elapsed(clock.start);
    let report = Report {
        model: &entry.name,
        family: entry.family.to_string(),
        output: args.output.display().to_string(),
        size,
        place,
        side,
        frames: n_frames,
        interpolation,
        at: args.at,
        fit: transfer.report(),
        milliseconds: times,
        peak_memory_bytes: peak_memory_bytes(),
    };
    report.print(common.json)
}

/// The morph's pictures.
fn draw(
    args: &TransferArgs,
    interpolation: Interpolation,
    manifold: Arc<dyn Manifold>,
) -> Result<Vec<Picture>, CliError> {
    let (from, to) = (args.from.read(manifold.as_ref())?, args.to.read(manifold.as_ref())?);
    let latents = between(&from, &to, args.frames.into(), interpolation, manifold.prior());
    let mut job = FramesJob::new(manifold, Frames::new(latents, &Frames::default()), 0.0);
    let bar = Bar::new("drawing");
    loop {
        match job.step().map_err(|error| CliError::other(&error))? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(frames) => return Ok(frames.pictures().iter().flatten().cloned().collect()),
        }
    }
}

/// Finds motion and color.
fn search(request: TransferRequest) -> Result<Transfer, CliError> {
    let mut job = TransferJob::new(request).map_err(|error| CliError::other(&error))?;
    let bar = Bar::new("following the edit");
    loop {
        match job.step().map_err(|error| CliError::other(&error))? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(transfer) => return Ok(transfer),
        }
    }
}

impl Report<'_> {
    fn print(&self, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return print_json(self);
        }
        print_line(&self.output)?;
        let Milliseconds { draw, search, render, .. } = self.milliseconds;
        let seconds = (draw + search + render) / 1000.0;
        let (percent, motion) = (100.0 * self.fit.confidence, self.fit.motion);
        print_line(&format!(
            "{} pixels moved by {motion:.1} on average in {seconds:.2} s; motion and color explain {percent:.0} % of the edit",
            self.size
        ))
    }
}

/// Times one stage after the other.
struct Clock {
    start: Instant,
    last: Instant,
}

impl Clock {
    fn new() -> Self {
        let now = Instant::now();
        Self { start: now, last: now }
    }

    /// Milliseconds since the last call.
    fn lap(&mut self) -> f64 {
        let past = elapsed(self.last);
        self.last = Instant::now();
        past
    }
}
