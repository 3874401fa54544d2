//! How much a file may ask for. Checked on the header's words, before any memory is taken for pixels.

use super::PhotoError;
use crate::imaging::{ColorModel, Size};

/// Upper bounds for one photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels.
    pub max_pixels: u64,
    /// Columns and rows.
    pub max_side: u32,
    /// Bytes of decoded samples.
    pub max_bytes: u64,
    /// Bytes of the file itself.
    pub max_file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 400_000_000, max_side: 65_500, max_bytes: 2 << 30, max_file_bytes: 2 << 30 }
    }
}

impl Limits {
    /// The size of a picture whose header claims `width` by `height`, if that is not 0 and within the limits.
    pub(super) fn check(&self, width: u64, height: u64) -> Result<Size, PhotoError> {
        if width == 0 || height == 0 {
            return Err(PhotoError::ZeroSize { width, height });
        }
        let max_side = u64::from(self.max_side);
        if width > max_side || height > max_side || width * height > self.max_pixels {
            let (max_pixels, max_side) = (self.max_pixels, self.max_side);
            return Err(PhotoError::TooLarge { width, height, max_pixels, max_side });
        }
        Ok(Size::new(width as u32, height as u32))
    }

    /// The number of samples of a picture, if they fit into the memory allowed at `bytes_each` (1 or 2) bytes.
    pub(super) fn sample_count(&self, size: Size, model: ColorModel, bytes_each: usize) -> Result<usize, PhotoError> {
        let count = size.area() * model.channels();
        let bytes = (count * bytes_each) as u64;
        if bytes > self.max_bytes {
            return Err(PhotoError::TooManyBytes { bytes, max_bytes: self.max_bytes });
        }
        Ok(count)
    }

    /// What a decoder may allocate in one piece: the decoded samples and some room for profiles and texts.
    pub(super) fn decoder_bytes(&self) -> usize {
        usize::try_from(self.max_bytes.saturating_add(16 << 20)).unwrap_or(usize::MAX)
    }
}
