//! Frames as a moving picture: what `interpolate --export` does.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use strum::VariantNames as _;

use super::errors::CliError;
use super::report::Bar;
use crate::control::{Step, Stepper as _};
use crate::imaging::Frame;
use crate::imaging::animation::{AnimationFormat, AnimationJob, AnimationOptions, MAX_SCALE, Written};
use crate::latent::{Frames, Picture, Playback};

/// The moving picture to write beside the single ones.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Also write a moving picture: a .gif, a .webp, or a folder of PNG files in the order of playing
    #[arg(long = "export", id = "export", value_name = "FILE|DIR")]
    path: Option<PathBuf>,

    /// How long a frame of it shows, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 80, requires = "export", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    frame_ms: u32,

    /// How it is played
    #[arg(long, value_name = "ORDER", default_value_t = Playback::Loop, requires = "export", value_parser = playback())]
    playback: Playback,

    /// The side of the square that each of its pixels becomes
    #[arg(long, value_name = "N", default_value_t = 1, requires = "export", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SCALE)))]
    scale: u32,
}

fn playback() -> impl clap::builder::TypedValueParser<Value = Playback> {
    PossibleValuesParser::new(Playback::VARIANTS).try_map(|word| word.parse::<Playback>())
}

impl Export {
    /// Refuses a name that tells of no format, before anything is drawn.
    pub(super) fn check(&self) -> Result<(), CliError> {
        self.format().map(|_format| ())
    }

    fn format(&self) -> Result<Option<(&PathBuf, AnimationFormat)>, CliError> {
        let Some(path) = &self.path else { return Ok(None) };
        let format = AnimationFormat::of(path).ok_or_else(|| CliError::NoAnimation { path: path.clone() })?;
        Ok(Some((path, format)))
    }

    /// Writes `frames`, if it was asked for.
    pub(super) fn write(&self, frames: &Frames) -> Result<Option<Written>, CliError> {
        let Some((path, format)) = self.format()? else { return Ok(None) };
        let pictures: Vec<Frame> = frames.pictures().iter().flatten().filter_map(Picture::to_frame).collect();
        let order = self.playback.order(pictures.len());
        let rounds = u16::from(self.playback == Playback::Once);
        let options = AnimationOptions { format, frame_millis: self.frame_ms, rounds, scale: self.scale };
        let mut job = AnimationJob::new(path, pictures, order, options)?;
        let bar = Bar::new("encoding");
        loop {
            match job.step()? {
                Step::More(progress) => bar.set(progress),
                Step::Done(written) => return Ok(Some(written)),
            }
        }
    }
}
