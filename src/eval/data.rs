//! Photos with holes from a folder: either a board (`images/` and `masks/` with the same names), or any pictures with
//! holes drawn at random.

use std::path::{Path, PathBuf};

use image::imageops::{self, FilterType};
use image::{GrayImage, RgbImage};

use super::EvalError;
use super::picture::rgb8;
use crate::control;
use crate::imaging::holes::{HoleKind, draw_holes};
use crate::imaging::io::{Limits, read, read_mask};
use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::mask_ops::{components, distance_inside};
use crate::imaging::{ColorModel, FileFormat, Frame, Plane, Samples, Size};

/// How photos and holes are made of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Draw holes of this kind instead of reading masks.
    pub holes: Option<HoleKind>,
    /// Of the drawn holes. A photo's holes depend on the seed and its name only.
    pub seed: u64,
    /// Cut out the middle square and resize it to this side.
    pub side: Option<u32>,
    /// Take only so many photos, the first by name.
    pub limit: Option<usize>,
    /// Leave holes as they are in the photo unless a disc of more than this diameter in pixels fits into them.
    pub min_hole: u32,
}

/// The photos of a folder, by name.
#[derive(Clone, Debug)]
pub struct DataSet {
    photos: Vec<PathBuf>,
    masks: PathBuf,
    options: Options,
}

/// A photo with holes.
#[derive(Clone, Debug)]
pub struct Item {
    /// The file's name without extension.
    pub stem: String,
    /// 8-bit colours.
    pub photo: Frame,
    /// `true` is hole; neither none nor all.
    pub holes: Plane<bool>,
}

impl DataSet {
    /// Lists the pictures in `folder/images`, or in `folder` where there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no pictures, and when it has no masks although none are to be drawn.
    pub fn open(folder: &Path, options: Options) -> Result<Self, EvalError> {
        let (images, masks) = (folder.join("images"), folder.join("masks"));
        let images = if images.is_dir() { images } else { folder.to_owned() };
        let mut photos = pictures(&images)?;
        if photos.is_empty() {
            return Err(EvalError::NoPictures { path: images });
        }
        if options.holes.is_none() && !masks.is_dir() {
            return Err(EvalError::NoMasks { path: masks });
        }
        photos.truncate(options.limit.unwrap_or(usize::MAX));
        Ok(Self { photos, masks, options })
    }

    /// The photos' files, sorted.
    #[must_use]
    pub fn photos(&self) -> &[PathBuf] {
        &self.photos
    }

    /// Reads one of [`DataSet::photos`].
    ///
    /// # Errors
    /// When the photo or its mask is missing or unreadable, their sizes differ, or the mask marks nothing or everything.
    pub fn load(&self, path: &Path) -> Result<Item, EvalError> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let limits = Limits::default();
        let whole = rgb8(&read(path, &limits)?.frame);
        let photo = self.options.side.map_or_else(|| whole.clone(), |side| middle_square(&whole, side));
        let holes = if let Some(kind) = self.options.holes {
            let stream = u64::from(crc32fast::hash(stem.as_bytes()));
            draw_holes(kind, photo.size(), &mut control::rng(self.options.seed, stream))
        } else {
            let missing = || EvalError::MissingMask { stem: stem.clone(), path: self.masks.clone() };
            let path = named(&self.masks, &stem).ok_or_else(missing)?;
            let mask = read_mask(&path, whole.size(), &limits)?;
            holes_of(&mask.plane(whole.size().rect()), self.options.side)
        };
        let least = self.options.min_hole;
        let has_hole = holes.data().contains(&true);
        let holes = if least > 0 { wide_holes(&holes, least) } else { holes };
        match holes.data().iter().filter(|&&hole| hole).count() {
            0 if has_hole => Err(EvalError::NoWideHole { least }),
            0 => Err(EvalError::NoHole),
            count if count == holes.data().len() => Err(EvalError::AllHole),
            _ => Ok(Item { stem, photo, holes }),
        }
    }
}

/// The picture named `stem` in `folder`, as 8-bit colours, of the size `size`.
///
/// # Errors
/// When there is none, it cannot be read, or it is of another size.
pub fn read_result(folder: &Path, stem: &str, size: Size) -> Result<Frame, EvalError> {
    let missing = || EvalError::MissingResult { stem: stem.to_owned(), path: folder.to_owned() };
    let path = named(folder, stem).ok_or_else(missing)?;
    let result = rgb8(&read(&path, &Limits::default())?.frame);
    if result.size() != size {
        return Err(EvalError::ResultSize { result: result.size(), photo: size, path });
    }
    Ok(result)
}

/// The files in `folder` whose extension is a picture's, sorted; hidden ones left out.
fn pictures(folder: &Path) -> Result<Vec<PathBuf>, EvalError> {
    let fails = |error: std::io::Error| EvalError::Folder { reason: error.kind().to_string(), path: folder.to_owned() };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fails)? {
        let path = entry.map_err(fails)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let extension = path.extension().and_then(std::ffi::OsStr::to_str);
        if !is_hidden && extension.and_then(FileFormat::from_extension).is_some() && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The picture file in `folder` that is called `stem` with any extension, a lossless one first.
fn named(folder: &Path, stem: &str) -> Option<PathBuf> {
    let extensions = ["png", "tif", "tiff", "bmp", "webp", "jpg", "jpeg", "PNG", "JPG"];
    extensions.iter().map(|extension| folder.join(format!("{stem}.{extension}"))).find(|path| path.is_file())
}

/// The largest square in the middle, with sides of `side` pixels.
fn middle_square(frame: &Frame, side: u32) -> Frame {
    let size = frame.size();
    let samples = match frame.samples() {
        Samples::U8(samples) => samples.clone(),
        Samples::U16(_) => Vec::new(),
    };
    let resized = RgbImage::from_raw(size.width, size.height, samples).map(|image| squared(&image, side));
    let samples = resized.map(|image| Samples::U8(image.into_raw()));
    let square = samples.and_then(|samples| Frame::new(Size::new(side, side), ColorModel::Rgb, samples));
    square.unwrap_or_else(|| frame.clone())
}

/// Where the coverage is 128 or more, after the same cut and change of size as the photo's.
fn holes_of(coverage: &Plane<u8>, side: Option<u32>) -> Plane<bool> {
    let size = coverage.size();
    let image = side.and_then(|_| GrayImage::from_raw(size.width, size.height, coverage.data().to_vec()));
    let (size, values) = match (image, side) {
        (Some(image), Some(side)) => (Size::new(side, side), squared(&image, side).into_raw()),
        _ => (size, coverage.data().to_vec()),
    };
    let mut holes = Plane::filled(size, false);
    for (hole, value) in holes.data_mut().iter_mut().zip(values) {
        *hole = value >= HOLE_THRESHOLD;
    }
    holes
}

/// The connected holes into which a disc of more than `least` pixels in diameter fits.
fn wide_holes(holes: &Plane<bool>, least: u32) -> Plane<bool> {
    let mut coverage = Plane::filled(holes.size(), 0);
    for (to, &hole) in coverage.data_mut().iter_mut().zip(holes.data()) {
        *to = if hole { u8::MAX } else { 0 };
    }
    let (found, labels) = components(&coverage, HOLE_THRESHOLD);
    let depths = distance_inside(&coverage, least as f32 + 1.0);
    let mut widest = vec![0.0_f32; found.len() + 1];
    for (&label, &depth) in labels.data().iter().zip(depths.data()) {
        widest[label as usize] = widest[label as usize].max(depth);
    }
    let mut wide = Plane::filled(holes.size(), false);
    for (to, &label) in wide.data_mut().iter_mut().zip(labels.data()) {
        // From centre to centre: a hole of 3 pixels is 2 pixels deep in its middle.
        *to = label > 0 && 2.0 * widest[label as usize] - 1.0 > least as f32;
    }
    wide
}

fn squared<P: image::Pixel<Subpixel = u8> + 'static>(
    image: &image::ImageBuffer<P, Vec<u8>>,
    side: u32,
) -> image::ImageBuffer<P, Vec<u8>> {
    let least = image.width().min(image.height());
    let (left, top) = ((image.width() - least) / 2, (image.height() - least) / 2);
    let square = imageops::crop_imm(image, left, top, least, least).to_image();
    imageops::resize(&square, side, side, FilterType::Triangle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wide_holes_remain() {
        let mut holes = Plane::filled(Size::new(40, 20), false);
        for (x, y) in (2..11).flat_map(|x| (3..12).map(move |y| (x, y))).chain((20..38).map(|x| (x, 5))) {
            holes.set(x, y, true);
        }
        let count = |least| wide_holes(&holes, least).data().iter().filter(|hole| **hole).count();
        assert_eq!([count(1), count(8), count(9)], [81, 81, 0], "a line of 1 pixel and a square of 9");
        let none = Plane::filled(Size::new(4, 3), false);
        assert_eq!(wide_holes(&none, 5), none, "nothing to leave out");
    }
}
