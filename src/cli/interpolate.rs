//! `pentimento interpolate`: the pictures on the way from one latent to another.

use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::animate::Export;
use super::args::Common;
use super::drawing::{Drawing, Target};
use super::errors::CliError;
use super::manifold::{LatentSource, Style, open};
use crate::latent::interpolate::{DEFAULT_FRAMES, Interpolation};
use crate::latent::path::{Path, paced};

#[derive(Debug, Args)]
pub(super) struct InterpolateArgs {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    model: String,

    /// Where to begin: a seed, or a safetensors file with a latent
    #[arg(long, value_name = "SEED|LATENT")]
    from: LatentSource,

    /// Where to end
    #[arg(long, value_name = "SEED|LATENT")]
    to: LatentSource,

    /// Where to pass through, in this order; the way is a smooth curve then
    #[arg(long, value_name = "SEED|LATENT")]
    via: Vec<LatentSource>,

    /// Lead back to the beginning
    #[arg(long)]
    closed: bool,

    /// How many pictures, both ends included; of a closed way the end is the beginning and left out
    #[arg(long, value_name = "N", default_value_t = DEFAULT_FRAMES as u32, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    frames: u32,

    /// Along the arc between the latents instead of the line
    #[arg(long)]
    spherical: bool,

    #[command(flatten)]
    style: Style,

    #[command(flatten)]
    export: Export,

    #[command(flatten)]
    target: Target,
}

/// Draws what `args` says.
pub(super) fn run(args: &InterpolateArgs, common: &Common) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Details {
        interpolation: Interpolation,
        key_frames: usize,
    }
    let start = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    let manifold = args.style.apply(&entry, manifold)?;
    let read = |source: &LatentSource| args.style.read(source, manifold.as_ref());
    let keys = std::iter::once(&args.from).chain(&args.via).chain([&args.to]).map(read);
    let keys = paced(&keys.collect::<Result<Vec<_>, _>>()?);
    let interpolation = if args.spherical { Interpolation::Spherical } else { Interpolation::Linear };
    let details = Details { interpolation, key_frames: keys.len() };
    let path = Path::new(keys, interpolation, manifold.prior())?;
    let path = if args.closed { path.closed() } else { path };
    let latents = path.sample(args.frames as usize);
    let latents = latents.into_iter().enumerate().map(|(at, latent)| (format!("frame{at:04}"), latent)).collect();
    let drawing = Drawing { entry: &entry, manifold, latents, details, export: Some(&args.export), start };
    args.target.draw(drawing, common)
}
