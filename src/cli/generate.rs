//! `pentimento generate`: pictures from seeds or a latent.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::drawing::{Drawing, Target};
use super::errors::CliError;
use super::manifold::{LatentSource, Style, open};

/// The most seeds of one call.
const MOST_SEEDS: u64 = 100_000;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("latents").args(["seeds", "latent"]).required(true))]
pub(super) struct GenerateArgs {
    /// The model that draws
    #[arg(long, value_name = "NAME")]
    model: String,

    /// Seeds of the latents, such as 7, 0-15 or 1,4,8-11
    #[arg(long, value_name = "SEEDS", value_parser = parse_seeds)]
    seeds: Option<Seeds>,

    /// A safetensors file with the latent z, or of models with styles w or `w_plus`
    #[arg(long, value_name = "FILE")]
    latent: Option<PathBuf>,

    #[command(flatten)]
    style: Style,

    #[command(flatten)]
    target: Target,
}

/// Seeds in the order in which they were named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Seeds(pub(super) Vec<u64>);

pub(super) fn parse_seeds(text: &str) -> Result<Seeds, String> {
    let mut seeds = Vec::new();
    for part in text.split(',') {
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_other| format!("\"{part}\" is no seed"));
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        if last < first {
            return Err(format!("{part} runs backwards"));
        }
        if last - first >= MOST_SEEDS - seeds.len() as u64 {
            return Err(format!("more than {MOST_SEEDS} seeds"));
        }
        seeds.extend(first..=last);
    }
    Ok(Seeds(seeds))
}

/// Draws what `args` says.
pub(super) fn run(args: &GenerateArgs, common: &Common) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Details {
        seeds: Seeds,
    }
    let start = Instant::now();
    let (entry, manifold) = open(&args.model, common)?;
    let manifold = args.style.apply(&entry, manifold)?;
    let seeds = args.seeds.clone().unwrap_or_default();
    let mut sources: Vec<(String, LatentSource)> =
        seeds.0.iter().map(|seed| (format!("seed{seed:04}"), LatentSource::Seed(*seed))).collect();
    sources.extend(args.latent.as_ref().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, LatentSource::File(path.clone()))
    }));
    let read = |(name, source): (String, LatentSource)| {
        Ok::<_, CliError>((name, args.style.read(&source, manifold.as_ref())?))
    };
    let latents = sources.into_iter().map(read).collect::<Result<_, _>>()?;
    let drawing = Drawing { entry: &entry, manifold, latents, details: Details { seeds }, export: None, start };
    args.target.draw(drawing, common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_numbers_and_ranges() {
        assert_eq!(parse_seeds("7").unwrap().0, [7]);
        assert_eq!(parse_seeds("0-3,9,4 - 5").unwrap().0, [0, 1, 2, 3, 9, 4, 5]);
        for (text, part) in
            [("", "no seed"), ("a", "no seed"), ("3-1", "backwards"), ("-1", "no seed"), ("0-99999999999", "more than")]
        {
            let told = parse_seeds(text).unwrap_err();
            assert!(told.contains(part), "{text}: {told}");
        }
        assert!(parse_seeds("0-18446744073709551615").is_err(), "all seeds there are");
    }
}
