//! `pentimento interpolate`: the pictures on the way from one latent to another.

use std::convert::Infallible;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::drawing::{Drawing, Target};
use super::errors::CliError;
use super::manifold::{LatentSource, open};
use crate::latent::interpolate::{DEFAULT_FRAMES, Interpolation, between};

#[derive(Debug, Args)]
pub(super) struct InterpolateArgs {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    model: String,

    /// Where to begin: a seed, or a safetensors file with a latent
    #[arg(long, value_name = "SEED|LATENT", value_parser = parse_source)]
    from: LatentSource,

    /// Where to end
    #[arg(long, value_name = "SEED|LATENT", value_parser = parse_source)]
    to: LatentSource,

    /// How many pictures, both ends included
    #[arg(long, value_name = "N", default_value_t = DEFAULT_FRAMES as u32, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    frames: u32,

    /// Along the arc between the latents instead of the line
    #[arg(long)]
    spherical: bool,

    #[command(flatten)]
    target: Target,
}

fn parse_source(text: &str) -> Result<LatentSource, Infallible> {
    Ok(text.into())
}

/// Draws what `args` says.
pub(super) fn run(args: &InterpolateArgs, common: &Common) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Details {
        interpolation: Interpolation,
    }
    let start = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    let (from, to) = (args.from.read(manifold.as_ref())?, args.to.read(manifold.as_ref())?);
    let interpolation = if args.spherical { Interpolation::Spherical } else { Interpolation::Linear };
    let latents = between(&from, &to, args.frames as usize, interpolation, manifold.prior());
    let latents = latents.into_iter().enumerate().map(|(at, latent)| (format!("frame{at:04}"), latent)).collect();
    let drawing = Drawing { entry: &entry, manifold, latents, details: Details { interpolation }, start };
    args.target.draw(drawing, common)
}
