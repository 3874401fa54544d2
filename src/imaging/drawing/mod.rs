//! Drawings as files: SVG, QuickDraw's ndjson, strokes as JSON, OpenRaster; and pictures that are drawings.
//!
//! Reading is total: whatever the bytes are, the answer is a drawing of sound strokes or one sentence.

mod error;
mod frames;
mod lines;
mod open_raster;
mod pooled;
mod quickdraw;
mod strokes;
mod svg;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub use error::DrawingError;
pub use frames::{colors_of, digest_of, fitted, fitted_with_border, ink_frame, inked, side_by_side};
pub use lines::{ink_of, lines_of};
pub use open_raster::{OraLayer, open_raster};
pub use quickdraw::quickdraw;
pub use strokes::{fit, strokes_json};
pub use svg::{SvgLayer, svg};

use super::Frame;
use super::Plane;
use super::ink::Stroke;
use super::io::{self, Limits};

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// Strokes.
    Strokes {
        /// Oldest first, all of them sound.
        strokes: Vec<Arc<Stroke>>,
        /// What the file says it shows.
        word: Option<String>,
    },
    /// A picture.
    Picture {
        /// 8-bit RGB of at most [`MAX_SIDE`] pixels on a side, laid over white.
        picture: Frame,
        /// Its lines on square paper: 1 is ink. Of a photo its edges.
        ink: Plane<f32>,
        /// Whether it is a photo rather than a drawing.
        is_photo: bool,
    },
}

/// Larger pictures are made smaller.
pub const MAX_SIDE: u32 = 2048;

/// No text of strokes is longer.
const MAX_TEXT: u64 = 256 << 20;

/// Reads the drawing at `path`; what it is its content tells, not its name.
///
/// # Errors
/// One sentence, the path last.
pub fn read(path: &Path, limits: &Limits) -> Result<Drawing, DrawingError> {
    let limits = Limits { max_file_bytes: limits.max_file_bytes.min(MAX_TEXT), ..*limits };
    let bytes = io::read_bytes(path, limits.max_file_bytes)?;
    decode(&bytes, &limits).map_err(|error| error.in_file(path))
}

/// As [`read`] from memory.
///
/// # Errors
/// One sentence.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Drawing, DrawingError> {
    if io::sniff(bytes).is_some() {
        let photo = io::decode(bytes, limits)?;
        let whole = colors_of(&photo.frame, u32::MAX);
        let (ink, is_photo) = ink_of(&whole);
        return Ok(Drawing::Picture { picture: frames::smaller(whole, MAX_SIDE), ink, is_photo });
    }
    let text = std::str::from_utf8(bytes).map_err(|_not_text| DrawingError::Unknown)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.as_bytes().first() {
        Some(b'<') => Ok(Drawing::Strokes { strokes: svg::parse(text)?, word: None }),
        Some(b'{' | b'[') => strokes::parse(text),
        _ => Err(DrawingError::Unknown),
    }
}
