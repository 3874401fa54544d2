//! A decoded photo: its samples and everything beside them that must survive to the saved file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Frame;

/// A file format that can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileFormat {
    /// JPEG, 8 bit, lossy.
    Jpeg,
    /// PNG, 8 or 16 bit.
    Png,
    /// WebP; always written lossless.
    WebP,
    /// TIFF, 8 or 16 bit.
    Tiff,
    /// Windows bitmap, 8 bit.
    Bmp,
}

impl FileFormat {
    /// All formats, in the order menus show them.
    pub const ALL: [Self; 5] = [Self::Jpeg, Self::Png, Self::WebP, Self::Tiff, Self::Bmp];

    /// The file extension, lower case, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Tiff => "tif",
            Self::Bmp => "bmp",
        }
    }

    /// The most bits a sample can have.
    #[must_use]
    pub const fn max_bits(self) -> u32 {
        match self {
            Self::Png | Self::Tiff => 16,
            Self::Jpeg | Self::WebP | Self::Bmp => 8,
        }
    }

    /// Whether it can hold transparency.
    #[must_use]
    pub const fn holds_alpha(self) -> bool {
        !matches!(self, Self::Jpeg)
    }

    /// The format that `extension` (any case, without the dot) names.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::WebP),
            "tif" | "tiff" => Some(Self::Tiff),
            "bmp" | "dib" => Some(Self::Bmp),
            _ => None,
        }
    }
}

/// How a source JPEG was compressed, so that a saved copy loses as little as the source did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JpegCoding {
    /// The quantisation tables of luminance and chrominance in natural (not zigzag) order.
    pub tables: [Vec<u16>; 2],
    /// Horizontal and vertical sampling factors of luminance relative to chrominance: (2, 2) is 4:2:0.
    pub sampling: (u8, u8),
}

/// What a file holds beside its samples. Orientation has been applied to the samples already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The format the photo was read from.
    pub format: FileFormat,
    /// The ICC profile's bytes, unchanged.
    pub icc: Option<Vec<u8>>,
    /// The EXIF block (a TIFF structure, without any `Exif\0\0` prefix) with orientation 1 and without thumbnail.
    pub exif: Option<Vec<u8>>,
    /// The XMP packet, as long as it came, with orientation 1 and without thumbnail.
    pub xmp: Option<Vec<u8>>,
    /// Horizontal and vertical pixels per inch.
    pub density: Option<(f32, f32)>,
    /// For a photo read from JPEG.
    pub jpeg: Option<JpegCoding>,
}

impl Metadata {
    /// Nothing beside the samples, to be saved as `format`.
    #[must_use]
    pub const fn bare(format: FileFormat) -> Self {
        Self { format, icc: None, exif: None, xmp: None, density: None, jpeg: None }
    }
}

/// A photo as opened. Cheap to clone; never changed after it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// The samples, upright.
    pub frame: Frame,
    /// What else the file held.
    pub metadata: Arc<Metadata>,
}
