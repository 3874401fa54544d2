//! What the commands around generators share: the model, latents, pictures as files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::args::Common;
use super::errors::CliError;
use super::{device, models};
use crate::generators::catalog;
use crate::generators::manifold::Manifold;
use crate::imaging::io::{self, Encoding, JpegQuality};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use crate::latent::{Latent, Picture};
use crate::weights::{Entry, read_latent};

/// Pixels between the pictures of a contact sheet.
const GAP: usize = 2;

/// The options that only some families of generators understand.
#[derive(Debug, Args)]
pub(super) struct Style {
    /// How far from the average picture: 1 is all the way [families with a truncation only]
    #[arg(long, value_name = "PSI", value_parser = finite, allow_negative_numbers = true)]
    psi: Option<f32>,

    /// The generator's own noise: const, none, or a seed [families with noise only]
    #[arg(long, value_name = "NOISE", value_parser = noise)]
    noise: Option<String>,
}

fn finite(text: &str) -> Result<f32, String> {
    let value: Option<f32> = text.parse().ok().filter(|value: &f32| value.is_finite());
    value.ok_or_else(|| "not a number".to_owned())
}

fn noise(text: &str) -> Result<String, String> {
    let is_known = ["const", "none"].contains(&text) || text.parse::<u64>().is_ok();
    if is_known { Ok(text.to_owned()) } else { Err("neither const, none nor a seed".to_owned()) }
}

impl Style {
    /// Refuses what the family of `entry` does not have. What changes nothing is accepted.
    pub(super) fn check(&self, entry: &Entry) -> Result<(), CliError> {
        let refuse = |option, what| CliError::NotOfFamily { option, what, family: entry.family.to_string() };
        if self.psi.is_some_and(|psi| psi != 1.0) {
            return Err(refuse("--psi", "average picture to go towards"));
        }
        if self.noise.as_deref().is_some_and(|noise| noise != "none") {
            return Err(refuse("--noise", "noise of their own"));
        }
        Ok(())
    }
}

/// A latent as it is named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LatentSource {
    /// The one that belongs to a seed.
    Seed(u64),
    /// That of a safetensors file.
    File(PathBuf),
}

impl From<&str> for LatentSource {
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|_no_number| Self::File(text.into()), Self::Seed)
    }
}

impl LatentSource {
    /// The latent, for `manifold`.
    pub(super) fn read(&self, manifold: &dyn Manifold) -> Result<Latent, CliError> {
        let dim = manifold.latent_dim();
        Ok(match self {
            Self::Seed(seed) => manifold.prior().latent_of_seed(dim, *seed).into(),
            Self::File(path) => read_latent(path, dim)?.into(),
        })
    }
}

/// The model that is called `name`, or the first of the family of that name.
pub(super) fn open(name: &str, common: &Common) -> Result<(Entry, Arc<dyn Manifold>), CliError> {
    let catalog = models::catalog(common)?;
    let by_family = || catalog.entries().iter().find(|entry| <&str>::from(entry.family) == name);
    let Some(entry) = catalog.find(name).or_else(by_family) else {
        let drawing = catalog.entries().iter().filter(|entry| entry.family.is_manifold());
        let known: Vec<&str> = drawing.map(|entry| entry.name.as_str()).collect();
        let known = if known.is_empty() { "none, as no such model is installed".to_owned() } else { known.join(", ") };
        return Err(CliError::UnknownModel { name: name.to_owned(), known });
    };
    let manifold = catalog::manifold(entry, &device::open(common.device)?)?;
    Ok((entry.clone(), manifold))
}

/// Writes a picture as PNG: a whole file or none.
pub(super) fn write_picture(path: &Path, picture: &Picture) -> Result<(), CliError> {
    let frame = picture.to_frame().ok_or_else(|| CliError::other(&"the picture could not be made"))?;
    write_png(path, &frame)
}

fn write_png(path: &Path, frame: &Frame) -> Result<(), CliError> {
    let encoding = Encoding { format: FileFormat::Png, jpeg: JpegQuality::AsSource };
    Ok(io::write_atomic(path, &io::encode(frame, &Metadata::bare(FileFormat::Png), encoding)?)?)
}

/// Writes all pictures, of one size, beside and below each other on white, as near to a square as can be.
pub(super) fn write_sheet(path: &Path, pictures: &[&Picture]) -> Result<(), CliError> {
    let frame = sheet(pictures).ok_or_else(|| CliError::other(&"the contact sheet could not be made"))?;
    write_png(path, &frame)
}

fn sheet(pictures: &[&Picture]) -> Option<Frame> {
    let columns = (pictures.len() as f64).sqrt().ceil() as usize;
    let rows = pictures.len().div_ceil(columns.max(1));
    let side = pictures.first()?.side();
    let length = |count: usize| count * (side + GAP) + GAP;
    let (width, height) = (length(columns), length(rows));
    let mut rgb = vec![255; 3 * width * height];
    for (at, picture) in pictures.iter().enumerate() {
        let (left, top) = (length(at % columns), length(at / columns));
        for (y, row) in picture.rgb().chunks_exact(3 * side).enumerate() {
            let start = 3 * ((top + y) * width + left);
            rgb.get_mut(start..start + row.len())?.copy_from_slice(row);
        }
    }
    Frame::new(Size::new(width as u32, height as u32), ColorModel::Rgb, Samples::U8(rgb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_holds_every_picture_in_its_place() {
        let pictures: Vec<Picture> = (0..5_u8).map(|at| Picture::new(4, vec![40 * at; 48]).unwrap()).collect();
        let frame = sheet(&pictures.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(frame.size(), Size::new(20, 14), "three columns, two rows");
        for (at, (x, y)) in [(2, 2), (8, 2), (14, 2), (2, 8), (8, 8)].into_iter().enumerate() {
            assert_eq!(frame.rgb_at(x, y), [40.0 * at as f32; 3], "the first pixel of picture {at}");
            assert_eq!(frame.rgb_at(x + 3, y + 3), [40.0 * at as f32; 3], "the last pixel of picture {at}");
        }
        assert_eq!(frame.rgb_at(15, 9), [255.0; 3], "no picture, white");
    }

    #[test]
    fn a_number_is_a_seed_and_all_else_a_file() {
        assert_eq!(LatentSource::from("17"), LatentSource::Seed(17));
        assert_eq!(LatentSource::from("a.safetensors"), LatentSource::File("a.safetensors".into()));
        assert_eq!(LatentSource::from("-1"), LatentSource::File("-1".into()));
    }
}
