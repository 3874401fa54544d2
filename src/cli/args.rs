//! What may be typed: a contract that scripts depend on.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use strum::VariantNames;

use super::bench::Suite;
use crate::eval::Metric;
use crate::imaging::holes::HoleKind;
use crate::weights::{Family, MaskPolarity};

/// Erases objects from photos at full resolution, offline.
#[derive(Debug, Parser)]
#[command(name = "pentimento", version, about, long_about = None, max_term_width = 100)]
pub(super) struct Cli {
    /// A photo or session file to open in the window
    pub(super) photo: Option<PathBuf>,

    /// Print what a frame of the window costs
    #[arg(long, hide = true)]
    pub(super) frame_stats: bool,

    #[command(flatten)]
    pub(super) common: Common,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const COMMON: &str = "Common options";

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Where to compute
    #[arg(long, global = true, help_heading = COMMON, value_enum, default_value_t = Device::Auto, value_name = "DEVICE")]
    pub(super) device: Device,

    /// CPU threads to compute with [default: all cores]
    #[arg(long, global = true, help_heading = COMMON, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// Folder with the weights of networks
    #[arg(long, global = true, help_heading = COMMON, value_name = "DIR")]
    pub(super) weights: Option<PathBuf>,

    /// Print one JSON object on stdout
    #[arg(long, global = true, help_heading = COMMON)]
    pub(super) json: bool,

    /// Tell more on stderr
    #[arg(long, global = true, help_heading = COMMON)]
    pub(super) verbose: bool,
}

/// Where to compute. Plain comments, for help that fits on a line an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Device {
    // The best one there is.
    Auto,
    // The processor.
    Cpu,
    // An NVIDIA graphics card.
    Cuda,
    // An Apple graphics processor.
    Metal,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Erase an object from bundled sample photos and show the result
    Demo(DemoArgs),
    /// Erase what a mask covers from a photo
    Erase(Box<EraseArgs>),
    /// Draw pictures with a generator
    Generate(super::generate::GenerateArgs),
    /// Draw the pictures between two latents
    Interpolate(super::interpolate::InterpolateArgs),
    /// Draw a sheet of mixed styles
    Mix(super::mix::MixArgs),
    /// Find directions in which a generator's pictures differ
    Directions(super::directions::DirectionsArgs),
    /// Find pictures of a generator that satisfy drawings
    Explore(Box<super::explore::ExploreArgs>),
    /// Turn a drawing into a picture
    Sketch(Box<super::sketch::SketchArgs>),
    /// Train a network on your pictures
    Train(TrainArgs),
    /// Measure how good fills are, on photos with holes of which the truth is known; or, by its commands, what a generator's
    /// latent space is like
    Eval(EvalCommand),
    /// Measure a network that paints drawings: on held-out pictures' lines, and on hand-like drawings
    EvalSketch(super::eval_sketch::SketchEvalArgs),
    /// Time convolutions and networks on this machine
    Bench(BenchArgs),
    /// Find the latent whose picture is nearest to a photo
    Project(super::project::ProjectArgs),
    /// Draw points of a generator's picture to where they belong
    Drag(Box<super::drag::DragArgs>),
    /// Carry an edit over to a photo: what moves and changes color from one latent to another
    Transfer(super::transfer::TransferArgs),
    /// List what can be learned to draw, or show one lesson step by step
    Lessons(super::lessons::LessonsArgs),
    /// Say how well a drawing meets a lesson, and why
    Score(super::score::ScoreArgs),
    /// Show, export or delete drawings, records and profiles that are kept
    Gallery {
        /// What to do
        #[command(subcommand)]
        command: super::gallery::GalleryCommand,
    },
    /// Turn drawings into pictures for other programs, over HTTP
    #[cfg(feature = "serve")]
    Serve(super::serve::ServeArgs),
    /// Show, check and import the methods that can fill a hole, and the generators that draw
    Models {
        /// What to do [default: list]
        #[command(subcommand)]
        command: Option<ModelsCommand>,
    },
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Folder to write the results to
    #[arg(short, long, value_name = "DIR", default_value = "pentimento-demo")]
    pub(super) output: PathBuf,

    /// Do not open the window
    #[arg(long)]
    pub(super) no_window: bool,
}

#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    /// The photo
    pub(super) photo: PathBuf,

    /// A picture of the photo's size; where it is white (128 or more) is erased
    pub(super) mask: PathBuf,

    /// The file to write; its extension names the format
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: PathBuf,

    /// The method that fills the hole: auto, exemplar, membrane, or a network
    #[arg(long, value_name = "NAME", default_value = "exemplar")]
    pub(super) model: String,

    /// Whether a network's fill only guides, and the photo gives the detail
    #[arg(long, value_enum, default_value_t = Switch::On, value_name = "SWITCH")]
    pub(super) detail: Switch,

    /// How much a network's fill counts as a guide
    #[arg(long, value_name = "STRENGTH", default_value_t = 1.0, value_parser = parse_guide)]
    pub(super) guide: f32,

    /// A fill between those of two seeds; --at says where
    #[arg(long, num_args = 2, value_names = ["SEED", "SEED"], requires = "at", conflicts_with_all = ["candidates", "seed", "raw"])]
    pub(super) between: Vec<u64>,

    /// Where between the two seeds, 0 to 1
    #[arg(long, value_name = "T", requires = "between", value_parser = parse_share)]
    pub(super) at: Option<f32>,

    /// The network alone on a photo of its own size: no crop, no refinement, no blending
    #[arg(long, conflicts_with_all = ["candidates", "grow", "feather", "sample_from", "never_from"])]
    pub(super) raw: bool,

    /// A safetensors file with the latent z for --raw [default: drawn from the seed]
    #[arg(long, value_name = "FILE", requires = "raw", conflicts_with = "seed")]
    pub(super) latent: Option<PathBuf>,

    /// Make K different fills, written to OUT-1 to OUT-K
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=99))]
    pub(super) candidates: u16,

    /// Seed of the first fill; each next one takes the next number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,

    /// A mask of where texture may be taken from
    #[arg(long, value_name = "MASK")]
    pub(super) sample_from: Option<PathBuf>,

    /// A mask of where texture must not be taken from
    #[arg(long, value_name = "MASK")]
    pub(super) never_from: Option<PathBuf>,

    /// Pixels to grow the mask by [default: follows the photo's size]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=256))]
    pub(super) grow: Option<u32>,

    /// Pixels over which the fill fades into the photo [default: none, the fill meets the photo]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=12))]
    pub(super) feather: Option<u32>,

    /// JPEG quality, 1 to 100 [default: as the photo's file, else 92]
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(super) quality: Option<u8>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

/// A number from 0 to 1.
pub(super) fn parse_share(text: &str) -> Result<f32, String> {
    in_range(text, 0.0, 1.0)
}

fn parse_guide(text: &str) -> Result<f32, String> {
    in_range(text, 0.0, 4.0)
}

fn in_range(text: &str, least: f32, most: f32) -> Result<f32, String> {
    let value: Option<f32> = text.parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| format!("not a number from {least} to {most}"))
}

#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    /// The recipe, a TOML file [default: a light CoModGAN for pictures of 256 pixels; with --family pix2pix a theme as those that ship]
    pub(super) recipe: Option<PathBuf>,

    /// Folder or tar archive of pictures
    #[arg(long, value_name = "DIR|TAR")]
    pub(super) data: Option<PathBuf>,

    /// Folder of the run: checkpoints, losses, samples
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,

    /// Go on from the last checkpoint
    #[arg(long)]
    pub(super) resume: bool,

    /// Stop after this time
    #[arg(long, value_name = "M")]
    pub(super) minutes: Option<f64>,

    /// Train no further: install the model as this checkpoint has it, RUN/checkpoints/best.safetensors for example
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "minutes"])]
    pub(super) export: Option<PathBuf>,

    /// Print the recipe with everything that can be set, and end
    #[arg(long)]
    pub(super) print_recipe: bool,

    #[command(flatten)]
    pub(super) overrides: super::train::Overrides,
}

/// Fills, or a generator.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct EvalCommand {
    #[command(flatten)]
    pub(super) fills: Option<EvalArgs>,

    /// What of a generator
    #[command(subcommand)]
    pub(super) space: Option<super::eval_space::Measure>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").args(["model", "results"]).required(true).multiple(true))]
pub(super) struct EvalArgs {
    /// What to measure [default: all that needs no further file]
    #[arg(value_name = "METRIC", value_parser = named::<Metric>())]
    pub(super) metrics: Vec<Metric>,

    /// A method to run; may be given again
    #[arg(long, value_name = "NAME")]
    pub(super) model: Vec<String>,

    /// A folder of finished pictures with the photos' names; may be given again
    #[arg(long, value_name = "DIR")]
    pub(super) results: Vec<PathBuf>,

    /// The folder with images/ and masks/ (white is hole), or any folder of pictures with --holes
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,

    /// Draw holes of this kind instead of reading masks
    #[arg(long, value_name = "KIND", value_parser = named::<HoleKind>())]
    pub(super) holes: Option<HoleKind>,

    /// Seed of drawn holes, of the method and of the judge's draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,

    /// Take the middle square of each photo, resized to N pixels
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=8192))]
    pub(super) side: Option<u32>,

    /// Take only the first N photos
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) limit: Option<u16>,

    /// Take only holes into which a disc wider than N pixels fits; photos without one are left out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) min_hole: u32,

    /// VGG16's convolutions for the Fréchet distance, a safetensors file
    #[arg(long, value_name = "FILE")]
    pub(super) features: Option<PathBuf>,

    /// Pixels to grow the holes by before filling [default: follows the photo's size]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=256))]
    pub(super) grow: Option<u32>,

    /// Whether a network's fill only guides, and the photo gives the detail
    #[arg(long, value_enum, default_value_t = Switch::On, value_name = "SWITCH")]
    pub(super) detail: Switch,

    /// Networks alone on photos of their own size (see --side): no crop, no refinement, no blending
    #[arg(long, conflicts_with_all = ["grow", "detail"])]
    pub(super) raw: bool,

    /// Keep the pictures of each model in DIR/NAME
    #[arg(long, value_name = "DIR")]
    pub(super) keep: Option<PathBuf>,
}

/// Reads one of the names of `T`, and lists them in the help.
fn named<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantNames + FromStr<Err = strum::ParseError> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::VARIANTS).try_map(|name| name.parse::<T>())
}

#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    /// What to time
    #[arg(long, value_enum, default_value_t = Suite::All, value_name = "SUITE")]
    pub(super) suite: Suite,

    /// How often each is timed; the best counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) rounds: u16,

    /// Only what has this in its name
    #[arg(long, value_name = "SUBSTRING")]
    pub(super) layer: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ModelsCommand {
    /// All of them
    List,
    /// One of them
    Info {
        /// Its name
        name: String,
    },
    /// Check that weights are what their manifests say
    Verify {
        /// Its name [default: all]
        name: Option<String>,
    },
    /// Make a model of a checkpoint (PyTorch, safetensors, arrays of numpy), into --weights or the user's own folder
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The checkpoint: .pt, .pth, .safetensors or a pickle of iGAN
    pub(super) file: PathBuf,

    /// The kind of network that it holds [default: what its keys tell]
    #[arg(long = "as", value_name = "FAMILY", value_parser = names::<Family>(Family::VARIANTS))]
    pub(super) family: Option<Family>,

    /// What it shall be called
    #[arg(long, value_name = "NAME")]
    pub(super) name: String,

    /// What 1 meant in the mask that it was trained with
    #[arg(long, value_name = "MEANING", default_value = "known", value_parser = names::<MaskPolarity>(MaskPolarity::VARIANTS))]
    pub(super) mask: MaskPolarity,

    /// Under which terms it may be used
    #[arg(long, value_name = "TEXT", default_value = "not told; ask where the file came from")]
    pub(super) licence: String,

    /// What it was trained on
    #[arg(long, value_name = "TEXT", default_value = "not told")]
    pub(super) data: String,

    /// What its pictures show, in a word or two: faces
    #[arg(long, value_name = "WORDS")]
    pub(super) subject: Option<String>,
}

/// A parser of one of `known` words.
pub(super) fn names<T>(known: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    PossibleValuesParser::new(known).try_map(|word| word.parse())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn common_options_stand_before_and_after_the_command() {
        for line in ["pentimento --json models list", "pentimento models list --json", "pentimento models --json"] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert!(cli.common.json && cli.photo.is_none(), "{line}");
        }
    }
}
