//! What lies over and under the paper: the picture that was made, and the one that is drawn after.

use serde::{Deserialize, Serialize};

use crate::imaging::Frame;
use crate::imaging::drawing::digest_of;

/// Tells ink, theme and settings from others: see [`Sketch::key`](super::Sketch::key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SketchKey(pub u64);

/// What a network made of a sketch.
#[derive(Clone, Debug, PartialEq)]
pub struct SketchResult {
    /// Square, 8-bit RGB.
    pub picture: Frame,
    /// What it was made of.
    pub of: SketchKey,
    /// The weights that made it.
    pub network: String,
    /// Whether it was made at full quality rather than as a preview while the pen moved.
    pub is_full: bool,
}

impl SketchResult {
    /// Pixels on a side.
    #[must_use]
    pub const fn side(&self) -> u32 {
        self.picture.size().width
    }
}

/// A picture below the paper. It is fitted into the paper as a whole, never squashed.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderDrawing {
    /// 8-bit RGB of any size.
    pub picture: Frame,
    /// 0..=1. While the pen is down it shows fainter; that is the window's affair.
    pub opacity: f32,
    /// Kept, since [`Sketch::key`](super::Sketch::key) is asked for in every frame.
    digest: u64,
}

impl UnderDrawing {
    /// How strongly a new one shows.
    pub const OPACITY: f32 = 0.4;

    /// `picture`, 8-bit RGB of any size, below the paper.
    #[must_use]
    pub fn new(picture: Frame, opacity: f32) -> Self {
        let digest = digest_of(&picture);
        Self { picture, opacity, digest }
    }

    /// Tells the picture from others; how strongly it shows does not count.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }
}
