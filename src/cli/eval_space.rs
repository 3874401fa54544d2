//! `pentimento eval ppl`, `truncation`, `mixing`, `noise`, `separability`, `pictures`: what a generator's latent space is like.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, Subcommand};
use strum::VariantNames as _;

use super::args::{Common, names};
use super::device;
use super::erase::elapsed;
use super::errors::CliError;
use super::eval_space_report::{Report, Told};
use super::manifold::{exact_psi, open};
use super::report::Bar;
use crate::control::{Step, Stepper};
use crate::eval::FeatureTrunk;
use crate::eval::latent::{
    FrechetJob, Labelled, Lens, MeasureError, MeasureUpdate, MixingJob, NoiseJob, PathLengthJob, PathOptions,
    PathSpace, Sampling, SeparabilityJob, TruncationJob,
};
use crate::generators::manifold::Manifold;
use crate::latent::Picture;
use crate::train::{Reading, Source, Square};

/// What can be measured of a generator.
#[derive(Debug, Subcommand)]
pub(super) enum Measure {
    /// Path length: how much pictures change on a short step between two latents
    Ppl(PplArgs),
    /// What pulling styles to their mean does to pictures
    Truncation(TruncationArgs),
    /// How much pictures change with the style of each layer
    Mixing(MixingArgs),
    /// How far pixels vary with the noise alone, as a number and a picture
    Noise(NoiseArgs),
    /// How well labels can be told from latents by planes
    Separability(SeparabilityArgs),
    /// How far the model's pictures are from real ones: the Fréchet distance
    Pictures(PicturesArgs),
}

/// The generator, and what pictures are compared by.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    model: String,

    /// VGG16's convolutions to compare pictures by, a safetensors file; with LPIPS's linear layers the published distance
    /// [default: the model's own discriminator]
    #[arg(long, value_name = "FILE")]
    trunk: Option<PathBuf>,

    /// What latents are drawn from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[derive(Debug, Args)]
pub(super) struct PplArgs {
    #[command(flatten)]
    subject: Subject,

    /// Where ways run [default: z, and w where there are styles]
    #[arg(long, value_name = "SPACE", value_parser = names::<PathSpace>(PathSpace::VARIANTS))]
    space: Option<PathSpace>,

    /// Which places of the ways count
    #[arg(long, value_name = "PLACES", default_value_t = Sampling::Full, value_parser = names::<Sampling>(Sampling::VARIANTS))]
    sampling: Sampling,

    /// Pairs of latents: 256 for a first impression, 2000 to compare, 10000 for a table
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(8..=1_000_000))]
    pairs: u32,

    /// Look at the middle of aligned faces only
    #[arg(long)]
    crop: bool,
}

#[derive(Debug, Args)]
pub(super) struct TruncationArgs {
    #[command(flatten)]
    subject: Subject,

    /// Pictures at each place of the curve
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(4..=100_000))]
    samples: u32,

    /// Places of the curve, such as 0,0.5,1
    #[arg(long, value_name = "PSI,...", value_delimiter = ',', value_parser = exact_psi, allow_negative_numbers = true)]
    psi: Vec<f64>,
}

#[derive(Debug, Args)]
pub(super) struct MixingArgs {
    #[command(flatten)]
    subject: Subject,

    /// Pairs of latents
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(4..=100_000))]
    pairs: u32,
}

#[derive(Debug, Args)]
pub(super) struct NoiseArgs {
    #[command(flatten)]
    subject: Subject,

    /// Pictures of one latent, each with other noise
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    samples: u32,

    /// A PNG of where it varies, four times as bright as it is
    #[arg(short, long, value_name = "PNG")]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SeparabilityArgs {
    #[command(flatten)]
    subject: Subject,

    /// Folder of layers that pictures are composed of, or of folders of pictures: what labels come from
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Labelled pictures to learn from
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(40..=100_000))]
    labelled: u32,

    /// Pictures to draw
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(40..=1_000_000))]
    samples: u32,
}

#[derive(Debug, Args)]
pub(super) struct PicturesArgs {
    #[command(flatten)]
    subject: Subject,

    /// Folder or tar archive of real pictures
    #[arg(long, value_name = "DIR|TAR")]
    data: PathBuf,

    /// Real pictures, and as many drawn ones
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(8..=100_000))]
    count: u32,
}

impl Measure {
    const fn subject(&self) -> &Subject {
        match self {
            Self::Ppl(args) => &args.subject,
            Self::Truncation(args) => &args.subject,
            Self::Mixing(args) => &args.subject,
            Self::Noise(args) => &args.subject,
            Self::Separability(args) => &args.subject,
            Self::Pictures(args) => &args.subject,
        }
    }
}

/// Measures what `measure` says.
pub(super) fn run(measure: &Measure, common: &Common) -> Result<(), CliError> {
    let subject = measure.subject();
    let (entry, manifold) = open(&subject.model, common)?;
    let start = Instant::now();
    let told = match measure {
        Measure::Noise(args) => {
            let share = drive(NoiseJob::new(manifold, args.samples as usize, subject.seed)?)?;
            Told::noise(share, args.output.as_deref())?
        }
        measure => {
            let device = device::open(common.device)?;
            let trunk = subject.trunk.as_deref().map(|path| FeatureTrunk::open(path, &device)).transpose()?;
            by_lens(measure, &manifold, &Arc::new(Lens::of(manifold.as_ref(), trunk)?))?
        }
    };
    Report { model: &entry.name, measured: told, milliseconds: elapsed(start) }.print(common.json)
}

/// What needs pictures to be compared.
fn by_lens(measure: &Measure, manifold: &Arc<dyn Manifold>, lens: &Arc<Lens>) -> Result<Told, CliError> {
    let (model, seed) = (|| Arc::clone(manifold), measure.subject().seed);
    Ok(match measure {
        Measure::Ppl(args) => Told::Ppl(path_lengths(args, manifold, lens)?),
        Measure::Truncation(args) => {
            let psis = if args.psi.is_empty() { &TruncationJob::PSIS[..] } else { &args.psi };
            Told::Truncation(drive(TruncationJob::new(model(), Arc::clone(lens), psis, args.samples as usize, seed)?)?)
        }
        Measure::Mixing(args) => {
            Told::Mixing(drive(MixingJob::new(model(), Arc::clone(lens), args.pairs as usize, seed)?)?)
        }
        Measure::Separability(args) => {
            let labelled = labelled(&args.data, args.labelled as usize, manifold.side())?;
            let job = SeparabilityJob::new(model(), Arc::clone(lens), labelled, args.samples as usize, seed)?;
            Told::Separability(drive(job)?)
        }
        Measure::Pictures(args) => {
            let reading = Reading::first(Source::open(&args.data)?, args.count as usize, manifold.side() as u32);
            let real = read(reading).into_iter().map(|(picture, _)| picture).collect();
            Told::Pictures(drive(FrechetJob::new(model(), Arc::clone(lens), real, seed)?)?)
        }
        Measure::Noise(_) => return Err(CliError::NothingToEvaluate),
    })
}

fn path_lengths(
    args: &PplArgs,
    manifold: &Arc<dyn Manifold>,
    lens: &Arc<Lens>,
) -> Result<Vec<crate::eval::latent::PathLength>, CliError> {
    let all = if manifold.styles().is_some() { vec![PathSpace::Z, PathSpace::W] } else { vec![PathSpace::Z] };
    let PplArgs { sampling, crop, ref subject, .. } = *args;
    let measured = args.space.map_or(all, |space| vec![space]).into_iter().map(|space| {
        let options = PathOptions { space, sampling, pairs: args.pairs as usize, seed: subject.seed, crop };
        drive(PathLengthJob::new(Arc::clone(manifold), Arc::clone(lens), options)?)
    });
    measured.collect()
}

/// Steps a measurement to its end.
fn drive<J>(mut job: J) -> Result<J::Output, CliError>
where
    J: Stepper<Preview = MeasureUpdate, Error = MeasureError>,
{
    let bar = Bar::new("measuring");
    loop {
        match job.step()? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(output) => return Ok(output),
        }
    }
}

/// What is read, as pictures that a model can be compared with. What cannot be read is left out and told of.
fn read(reading: Reading) -> Vec<(Picture, Vec<usize>)> {
    let square = |square: Result<Square, String>| match square {
        Ok(Square { frame, classes }) => Some((Picture::from_frame(&frame)?, classes)),
        Err(reason) => {
            tracing::warn!("{reason}");
            None
        }
    };
    reading.filter_map(square).collect()
}

fn labelled(path: &Path, count: usize, side: usize) -> Result<Labelled, CliError> {
    let reading = Reading::spread(Source::open(path)?, count, side as u32);
    let groups = reading.groups().to_vec();
    if groups.is_empty() {
        return Err(CliError::NoLabels { path: path.to_owned() });
    }
    let (pictures, labels) = read(reading).into_iter().unzip();
    Ok(Labelled { groups, pictures, labels })
}
