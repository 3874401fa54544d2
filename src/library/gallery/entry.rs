//! What a gallery holds.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::GalleryError;
use crate::imaging::ink::{MAX_STROKES, Stroke};

/// The largest picture, in bytes.
const MAX_PNG: usize = 64 << 20;

/// Tells profiles apart; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProfileId(pub u64);

/// Tells drawings apart; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DrawingId(pub u64);

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for DrawingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Somebody who draws and looks at drawings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub id: ProfileId,
    /// What they are called.
    pub name: String,
    /// What getting better and being liked has earned.
    pub points: u64,
    /// When they came, in seconds since 1970.
    pub made_secs: u64,
}

/// A drawing in the gallery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Which.
    pub id: DrawingId,
    /// Who drew it.
    pub profile: ProfileId,
    /// Of what: a theme's name.
    pub theme: Arc<str>,
    /// The lesson that it follows, if any.
    pub lesson: Option<Arc<str>>,
    /// What it was scored with, if it was.
    pub stars: Option<u8>,
    /// When, in seconds since 1970.
    pub made_secs: u64,
}

/// What belongs to a drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingFiles {
    /// Its strokes; none when it came as a picture.
    pub strokes: Vec<Arc<Stroke>>,
    /// The drawing as a PNG file.
    pub sketch_png: Vec<u8>,
    /// What a network made of it, as a PNG file.
    pub picture_png: Option<Vec<u8>>,
}

impl DrawingFiles {
    /// Whether it can be kept.
    pub(super) fn check(&self) -> Result<(), GalleryError> {
        let is_png = |bytes: &[u8]| bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() <= MAX_PNG;
        if !is_png(&self.sketch_png) || self.picture_png.as_deref().is_some_and(|png| !is_png(png)) {
            return Err(GalleryError::NoPng { most: MAX_PNG >> 20 });
        }
        if self.strokes.len() > MAX_STROKES || !self.strokes.iter().all(|stroke| stroke.is_sound()) {
            return Err(GalleryError::BadStrokes { most: MAX_STROKES });
        }
        Ok(())
    }
}

/// A drawing to be hung up.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDrawing {
    /// Who drew it.
    pub profile: ProfileId,
    /// Of what: a theme's name.
    pub theme: Arc<str>,
    /// The lesson that it follows, if any.
    pub lesson: Option<Arc<str>>,
    /// What it was scored with, if it was.
    pub stars: Option<u8>,
    /// When, in seconds since 1970.
    pub made_secs: u64,
    /// What belongs to it.
    pub files: DrawingFiles,
}
