//! How a command ends: exit codes, and one plain line on stderr.

use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::erase::EraseError;
use crate::eval::EvalError;
use crate::imaging::io::PhotoError;
use crate::weights::WeightsError;

/// Why a command did not do what it was asked. Each is one sentence.
#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Erase(#[from] EraseError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error("{bad} of {all} models are not as they should be (pentimento models verify)")]
    BadWeights { bad: usize, all: usize },
    #[error("the system names no folder of the user's own: pass --weights DIR")]
    NoUserFolder,
    #[error(transparent)]
    Train(#[from] crate::train::TrainError),
    #[error(transparent)]
    Project(#[from] crate::latent::project::ProjectError),
    #[error(transparent)]
    Drag(#[from] crate::latent::drag::DragError),
    #[error("each handle needs a target: there are {handles} handles and {targets} targets")]
    Pairs { handles: usize, targets: usize },
    #[error("the picture of seed {seed} has no place that could be dragged by {distance:.0} pixels")]
    NoRandomHandle { seed: u64, distance: f32 },
    #[error(transparent)]
    Measure(#[from] crate::eval::latent::MeasureError),
    #[error(
        "there is nothing to evaluate: name fills with --model or --results and --data, or a measure (pentimento eval --help)"
    )]
    NothingToEvaluate,
    #[error("{model} has no discriminator that could say what looks real: leave --realism out")]
    NoDiscriminator { model: String },
    #[error("the pictures have no labels: composed pictures have, and folders of pictures in folders: {path}", path = .path.display())]
    NoLabels { path: PathBuf },
    #[error("training needs pictures and a folder for the run: pass --data and --out")]
    NoTrainingFolders,
    #[error("the weights to start from are neither a file nor the name of a model (pentimento models list): {start}", start = .start.display())]
    NoStart { start: PathBuf },
    #[error(transparent)]
    Eval(EvalError),
    #[error("the Fréchet distance needs a network for its features: name a file with --features FILE")]
    NoFeatures,
    #[error("none of the {count} photos could be evaluated{first}")]
    NothingEvaluated { count: usize, first: String },
    #[error("there is no such folder: {path}", path = .path.display())]
    NoSuchFolder { path: PathBuf },
    #[error("no model is named \"{name}\": choose one of {known} (pentimento models list)")]
    UnknownModel { name: String, known: String },
    #[error(
        "the network alone (--raw) needs a network, and {name} is none: name one with --model (pentimento models list)"
    )]
    RawNeedsNetwork { name: String },
    #[error("models of the family {family} have no {what}: leave {option} out")]
    NotOfFamily { option: &'static str, what: &'static str, family: String },
    #[error("the network {name} has no latents: leave --latent out")]
    NoLatents { name: String },
    #[error(
        "a fill between two seeds needs a network, and {name} is none: name one with --model (pentimento models list)"
    )]
    BetweenNeedsNetwork { name: String },
    #[error("the drawing is {width} x {height} pixels, but must be square, best {side} x {side}: {path}", path = .path.display())]
    NotSquare { width: u32, height: u32, side: usize, path: PathBuf },
    #[error(transparent)]
    Gallery(#[from] crate::library::gallery::GalleryError),
    #[error(transparent)]
    Sketch(#[from] crate::sketch::SketchError),
    #[error(transparent)]
    Drawing(#[from] crate::imaging::drawing::DrawingError),
    #[error("{what} are computed on the CPU: leave --device out")]
    CpuOnly { what: &'static str },
    #[error("there is no line in the drawing: {path}", path = .path.display())]
    BlankDrawing { path: PathBuf },
    #[error(transparent)]
    Animation(#[from] crate::imaging::animation::AnimationError),
    #[error(transparent)]
    Path(#[from] crate::latent::path::PathError),
    #[error(transparent)]
    Steer(#[from] crate::latent::steer::SteerError),
    #[error("a moving picture is a .gif, a .webp, or a folder of PNG files (a name without extension): {path}", path = .path.display())]
    NoAnimation { path: PathBuf },
    #[error("the latent needs a file: name one with -o LATENT.safetensors")]
    NoLatentFile,
    #[error("there is no picture to project in {path}", path = .path.display())]
    NothingProjected { path: PathBuf },
    #[error("the output's name does not end in a known format: use .jpg, .png, .webp, .tif or .bmp: {path}", path = .path.display())]
    UnknownExtension { path: PathBuf },
    #[error("the output's folder cannot be written to ({reason}): {path}", path = .path.display())]
    UnwritableFolder { path: PathBuf, reason: String },
    #[error("the output is a folder: give it the name of a file: {path}", path = .path.display())]
    OutputIsFolder { path: PathBuf },
    #[error("the output is the photo itself, which is never overwritten: choose another name: {path}", path = .path.display())]
    OverSource { path: PathBuf },
    #[error("there is no such file: {path}", path = .path.display())]
    NoSuchFile { path: PathBuf },
    #[error("--weights is not a folder: {path}", path = .path.display())]
    NoWeightsFolder { path: PathBuf },
    #[error("this build computes on the CPU only, not on {name}: leave --device out or pass --device cpu")]
    NoSuchDevice { name: &'static str },
    #[error("the {name} device cannot be used ({reason}): leave --device out or pass --device cpu")]
    DeviceFails { name: &'static str, reason: String },
    #[error("nothing to time has \"{part}\" in its name: choose a part of one of {known}")]
    NoSuchLayer { part: String, known: String },
    #[cfg(not(feature = "gui"))]
    #[error("this build has no window: use the commands (pentimento --help) or build it with the feature gui")]
    NoWindow,
    #[error("a photo to open and a command exclude each other: leave one of them out")]
    PhotoAndCommand,
    #[error("the threads cannot be started: {reason}")]
    Threads { reason: String },
    #[error("computing failed: {}", first_line(.0))]
    Compute(#[from] candle_core::Error),
    #[error("the result cannot be printed: {0}")]
    Print(#[from] std::io::Error),
    #[error("{sentence}")]
    Other { sentence: String },
}

impl CliError {
    /// An error of another layer that is one sentence already.
    pub(super) fn other(error: &dyn std::fmt::Display) -> Self {
        Self::Other { sentence: error.to_string() }
    }

    /// Tells the error and gives the exit code.
    #[expect(clippy::print_stderr, reason = "the command line's one place for errors")]
    pub(super) fn report(&self) -> ExitCode {
        if matches!(self, Self::Print(error) if error.kind() == std::io::ErrorKind::BrokenPipe) {
            // The reader (`head`, a pager) has seen enough; that is no error.
            return ExitCode::SUCCESS;
        }
        let sentence = self.to_string();
        eprintln!("pentimento: {}", sentence.lines().next().unwrap_or("an unknown error"));
        let causes = std::iter::successors(std::error::Error::source(self), |cause| cause.source());
        for cause in causes {
            tracing::debug!("caused by: {}", cause.to_string().lines().next().unwrap_or_default());
        }
        ExitCode::from(if matches!(self, Self::PhotoAndCommand | Self::NoSuchLayer { .. }) { 2 } else { 1 })
    }
}

/// candle's sentence without the backtrace that it may hold.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or("no reason given").to_owned()
}
