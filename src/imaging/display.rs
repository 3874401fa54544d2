//! What a screen shows of a photo or patch: 8-bit sRGB with alpha, in halving levels.

use super::Size;

/// One level: interleaved red, green, blue, alpha, **premultiplied**, sRGB-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayLevel {
    /// Width and height.
    pub size: Size,
    /// `size.area() * 4` values.
    pub rgba: Vec<u8>,
}

/// A picture for the screen. Level 0 has full size, each next one half of it (rounded up), the last fits in 256 pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayPyramid {
    /// At least one.
    pub levels: Vec<DisplayLevel>,
}
