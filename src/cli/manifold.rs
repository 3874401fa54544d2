//! What the commands around generators share: the model, latents, pictures as files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::Tensor;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::VariantNames as _;

use super::args::Common;
use super::errors::CliError;
use super::report::Bar;
use super::{device, models};
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::{Manifold, Styles};
use crate::generators::{NoiseChoice, WithNoise, catalog, same_for_all_layers, truncated};
use crate::imaging::io::{self, Encoding, JpegQuality};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use crate::latent::steer::{LEAST_PSI, MOST_PSI, SteerError};
use crate::latent::{Frames, FramesJob, Latent, Picture, StyleSpace};
use crate::weights::{Entry, LatentFile, LatentKind, read_latent, write_latent};

/// Pixels between the pictures of a contact sheet.
const GAP: usize = 2;

/// How far seeds' pictures are from the average one where nothing is asked: likelier ones than the network learned from.
const DEFAULT_PSI: f32 = 0.7;

/// The options that only some families of generators understand.
#[derive(Debug, Args)]
pub(super) struct Style {
    /// How far from the average picture: 1 is all the way, 0 the average [default: 0.7 for seeds, 1 for files; families with styles only]
    #[arg(long, value_name = "PSI", value_parser = psi, allow_negative_numbers = true)]
    psi: Option<f32>,

    /// The generator's own noise: const, none, or a seed [default: const; families with noise only]
    #[arg(long, value_name = "NOISE", value_parser = noise)]
    noise: Option<NoiseChoice>,
}

/// A truncation psi.
pub(super) fn psi(text: &str) -> Result<f32, String> {
    exact_psi(text).map(|psi| psi as f32)
}

/// [`psi`] where figures are told beside it.
pub(super) fn exact_psi(text: &str) -> Result<f64, String> {
    let range = f64::from(LEAST_PSI)..=f64::from(MOST_PSI);
    let value: Option<f64> = text.parse().ok().filter(|psi| range.contains(psi));
    value.ok_or_else(|| format!("not a number from {LEAST_PSI} to {MOST_PSI}"))
}

fn noise(text: &str) -> Result<NoiseChoice, String> {
    match text {
        "const" => Ok(NoiseChoice::Constant),
        "none" => Ok(NoiseChoice::None),
        seed => seed.parse().map(NoiseChoice::Seed).map_err(|_other| "neither const, none nor a seed".to_owned()),
    }
}

impl Style {
    /// What a command asks for that draws with the noise kept with the weights.
    pub(super) const fn of_psi(psi: Option<f32>) -> Self {
        Self { psi, noise: None }
    }

    /// Refuses what the family of `entry` does not have (what changes nothing is accepted), and gives `manifold` the noise that
    /// is asked for.
    pub(super) fn apply(&self, entry: &Entry, manifold: Arc<dyn Manifold>) -> Result<Arc<dyn Manifold>, CliError> {
        let refuse = |option, what| CliError::NotOfFamily { option, what, family: entry.family.to_string() };
        let has_styles = manifold.styles().is_some();
        if self.psi.is_some_and(|psi| psi != 1.0) && !has_styles {
            return Err(refuse("--psi", "average picture to go towards"));
        }
        if self.noise.is_some_and(|noise| noise != NoiseChoice::None) && !has_styles {
            return Err(refuse("--noise", "noise of their own"));
        }
        Ok(WithNoise::wrap(manifold, self.noise.unwrap_or_default())?)
    }

    /// The latent of `source`, as far from the average as is asked for.
    pub(super) fn read(&self, source: &LatentSource, manifold: &dyn Manifold) -> Result<Latent, CliError> {
        let latent = source.read(manifold)?;
        let usual = if matches!(source, LatentSource::Seed(_)) { DEFAULT_PSI } else { 1.0 };
        let psi = self.psi.unwrap_or(usual);
        let Some(styles) = manifold.styles().filter(|_| psi != 1.0) else { return Ok(latent) };
        let mean = styles.mean_style();
        let ws = Tensor::from_slice(&latent, (1, styles.n_layers(), styles.style_dim()), mean.device())?;
        Ok(truncated(&ws, mean, psi.into())?.flatten_all()?.to_vec1::<f32>()?.into())
    }
}

/// Reads the name of a space of styles.
pub(super) fn style_space() -> impl TypedValueParser<Value = StyleSpace> {
    PossibleValuesParser::new(StyleSpace::VARIANTS).try_map(|word| word.parse::<StyleSpace>())
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
        match self {
            Self::Seed(seed) => Ok(manifold.latent_of_seed(*seed)?.into()),
            Self::File(path) => read_file(path, manifold),
        }
    }
}

/// The latent of a file: z, or for a generator with styles one of z, w and `w_plus`.
fn read_file(path: &Path, manifold: &dyn Manifold) -> Result<Latent, CliError> {
    let Some(styles) = manifold.styles() else { return Ok(read_latent(path, manifold.latent_dim())?.into()) };
    let (n_layers, dim) = (styles.n_layers(), styles.style_dim());
    let file = LatentFile::read(path)?;
    let row = || Tensor::from_slice(&file.values, (1, dim), styles.mean_style().device());
    let ws = match (file.kind, file.dims.as_slice()) {
        (LatentKind::Z, [length]) if *length == dim => styles.map(&row()?)?,
        (LatentKind::W, [length]) if *length == dim => row()?,
        (LatentKind::WPlus, [rows, length]) if (*rows, *length) == (n_layers, dim) => return Ok(file.values.into()),
        (LatentKind::WPlus, _) => {
            return Err(file.does_not_fit(&format!("{n_layers} x {dim} numbers"), path).into());
        }
        _ => return Err(file.does_not_fit(&format!("{dim} numbers"), path).into()),
    };
    Ok(same_for_all_layers(&ws, n_layers)?.flatten_all()?.to_vec1::<f32>()?.into())
}

/// Writes a latent of `manifold` for [`LatentSource::read`]: z, or for a generator with styles `w_plus`.
pub(super) fn write_file(path: &Path, latent: &[f32], manifold: &dyn Manifold) -> Result<(), CliError> {
    let Some(styles) = manifold.styles() else { return Ok(write_latent(path, latent)?) };
    let dims = vec![styles.n_layers(), styles.style_dim()];
    Ok(LatentFile { kind: LatentKind::WPlus, dims, values: latent.to_vec() }.write(path)?)
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

/// The styles of a model that has some.
pub(super) fn styles_of(manifold: &dyn Manifold) -> Result<&dyn Styles, CliError> {
    Ok(manifold.styles().ok_or(SteerError::NoStyles)?)
}

/// The pictures of `latents`, with a bar called `label`.
pub(super) fn draw_all(
    manifold: &Arc<dyn Manifold>,
    latents: Vec<Latent>,
    label: &'static str,
) -> Result<Vec<Picture>, CliError> {
    let mut job = FramesJob::new(Arc::clone(manifold), Frames::new(latents, &Frames::default()), 0.0);
    let bar = Bar::new(label);
    loop {
        match job.step().map_err(|error| CliError::other(&error))? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(frames) => return Ok(frames.pictures().iter().flatten().cloned().collect()),
        }
    }
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
    let cells: Vec<_> = pictures.iter().copied().map(Some).collect();
    write_table(path, &cells, (pictures.len() as f64).sqrt().ceil() as usize)
}

/// Writes pictures of one size in rows of `columns` on white; nothing where there is none.
pub(super) fn write_table(path: &Path, cells: &[Option<&Picture>], columns: usize) -> Result<(), CliError> {
    let frame = sheet(cells, columns).ok_or_else(|| CliError::other(&"the contact sheet could not be made"))?;
    write_png(path, &frame)
}

fn sheet(cells: &[Option<&Picture>], columns: usize) -> Option<Frame> {
    let rows = cells.len().div_ceil(columns.max(1));
    let side = cells.iter().flatten().next()?.side();
    let length = |count: usize| count * (side + GAP) + GAP;
    let (width, height) = (length(columns), length(rows));
    let mut rgb = vec![255; 3 * width * height];
    for (at, picture) in cells.iter().enumerate().filter_map(|(at, cell)| Some((at, (*cell)?))) {
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
        let frame = sheet(&pictures.iter().map(Some).collect::<Vec<_>>(), 3).unwrap();
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
