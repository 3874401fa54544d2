//! Photos and masks from files and to files, with everything beside the samples kept.
//!
//! The format is found by content, never by name. Decoding trusts nothing: sizes are checked before memory is taken,
//! and whatever a third-party decoder does with a hostile file, the caller gets a photo or a [`PhotoError`].
//! This module decides nothing about what is done with a photo, and never shows one.

mod atomic;
mod bmp;
mod error;
mod exif;
mod ifd;
mod jpeg;
mod jpeg_header;
mod limits;
mod mask_file;
mod orientation;
mod png;
pub(crate) mod raw;
mod tiff;
mod tiff_write;
mod webp;
mod xmp;

use std::fs::File;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

pub(crate) use atomic::replace;
pub use atomic::{write_atomic, write_atomic_with};
pub use error::PhotoError;
pub use limits::Limits;
pub use mask_file::{mask_from_frame, read_mask, write_mask};

use super::{FileFormat, Frame, JpegCoding, Metadata, Photo};
use raw::Raw;

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// The format.
    pub format: FileFormat,
    /// For JPEG.
    pub jpeg: JpegQuality,
}

impl Encoding {
    /// `format`, and for JPEG the source's own quality.
    #[must_use]
    pub const fn new(format: FileFormat) -> Self {
        Self { format, jpeg: JpegQuality::AsSource }
    }
}

/// How strongly a JPEG file is compressed. The source's subsampling is kept in both cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JpegQuality {
    /// With the quantisation tables of the source; quality 92 where there are none.
    AsSource,
    /// 1..=100.
    Quality(u8),
}

/// Reads the photo at `path`.
pub fn read(path: &Path, limits: &Limits) -> Result<Photo, PhotoError> {
    let bytes = read_bytes(path, limits.max_file_bytes)?;
    decode(&bytes, limits).map_err(|error| error.in_file(path))
}

/// Decodes a photo: the first picture of a file, upright, in its own depth, with its metadata.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    let format = sniff(bytes).ok_or(PhotoError::NotAPhoto)?;
    finish(decode_contained(bytes, format, limits)?)
}

/// The format that the first bytes of a file tell of.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<FileFormat> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(FileFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(FileFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(FileFormat::WebP),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(FileFormat::Tiff),
        [b'B', b'M', ..] => Some(FileFormat::Bmp),
        _ => None,
    }
}

/// Encodes `frame` with `metadata`, as far as the format can hold it. Orientation is 1, there is no thumbnail.
///
/// JPEG, WebP and BMP have 8 bits a sample and JPEG has no alpha: deeper samples are rounded, transparency is laid
/// over white.
pub fn encode(frame: &Frame, metadata: &Metadata, encoding: Encoding) -> Result<Vec<u8>, PhotoError> {
    let size = frame.size();
    if size.area() == 0 {
        return Err(PhotoError::ZeroSize { width: size.width.into(), height: size.height.into() });
    }
    match encoding.format {
        FileFormat::Jpeg => jpeg::encode(frame, metadata, encoding.jpeg),
        FileFormat::Png => png::encode(frame, metadata),
        FileFormat::WebP => webp::encode(frame, metadata),
        FileFormat::Tiff => tiff_write::encode(frame, metadata),
        FileFormat::Bmp => bmp::encode(frame, metadata),
    }
}

pub(super) fn read_bytes(path: &Path, max_bytes: u64) -> Result<Vec<u8>, PhotoError> {
    let failed = |error: std::io::Error| PhotoError::from_read(&error, path);
    let too_large = |bytes| PhotoError::FileTooLarge { bytes, max_bytes }.in_file(path);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(PhotoError::Unreadable { reason: "it is a folder".to_owned(), path: path.to_path_buf() });
    }
    if metadata.len() > max_bytes {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // A pipe or a growing file tells no true length.
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

/// Decodes with panics caught: the decoders are other people's work and some mutated files make them panic rather
/// than fail. They only read `bytes`, so nothing half-changed is left behind.
fn decode_contained(bytes: &[u8], format: FileFormat, limits: &Limits) -> Result<Raw, PhotoError> {
    let decode = || match format {
        FileFormat::Jpeg => jpeg::decode(bytes, limits),
        FileFormat::Png => png::decode(bytes, limits),
        FileFormat::WebP => webp::decode(bytes, limits),
        FileFormat::Tiff => tiff::decode(bytes, limits),
        FileFormat::Bmp => bmp::decode(bytes, limits),
    };
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(PhotoError::Damaged { format, detail: "the decoder panicked".to_owned() }))
}

/// Turns the picture upright and cleans the EXIF block.
fn finish(raw: Raw) -> Result<Photo, PhotoError> {
    let format = raw.format;
    let detail = || "an unexpected number of samples".to_owned();
    let frame =
        Frame::new(raw.size, raw.model, raw.samples).ok_or_else(|| PhotoError::Damaged { format, detail: detail() })?;
    let cleaned = raw.exif.and_then(|block| {
        let cleaned = exif::clean(&block);
        if cleaned.is_none() {
            tracing::warn!("the photo's EXIF data cannot be read and will not be saved");
        }
        cleaned
    });
    let asked = cleaned.as_ref().map(|cleaned| cleaned.orientation);
    let orientation = raw.orientation.or(asked).unwrap_or(1);
    let frame = orientation::upright(frame, orientation);
    let mut metadata = Metadata {
        format,
        icc: raw.icc.filter(|icc| !icc.is_empty()),
        density: raw.density.or_else(|| cleaned.as_ref().and_then(|cleaned| cleaned.density)),
        exif: cleaned.map(|cleaned| cleaned.bytes),
        xmp: raw.xmp.filter(|xmp| !xmp.is_empty()).map(xmp::clean),
        jpeg: raw.jpeg,
    };
    if orientation::swaps_sides(orientation) {
        metadata.density = metadata.density.map(|(x, y)| (y, x));
        metadata.jpeg = metadata.jpeg.map(transposed);
        if let Some(block) = &mut metadata.exif {
            exif::set_size(block, frame.size());
        }
    }
    Ok(Photo { frame, metadata: Arc::new(metadata) })
}

/// The coding of a picture after a quarter turn: its rows are columns now, in the tables too.
fn transposed(coding: JpegCoding) -> JpegCoding {
    let turn = |table: Vec<u16>| (0..64).filter_map(|at| table.get(at % 8 * 8 + at / 8).copied()).collect();
    let [luma, chroma] = coding.tables;
    JpegCoding { tables: [turn(luma), turn(chroma)], sampling: (coding.sampling.1, coding.sampling.0) }
}
