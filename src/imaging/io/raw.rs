//! What the decoders hand over before orientation and EXIF are dealt with, and conversions that several formats share.

use std::borrow::Cow;

use image::ImageError;
use image::error::LimitErrorKind;

use super::PhotoError;
use crate::imaging::{ColorModel, FileFormat, Frame, JpegCoding, Samples, Size};

/// A decoded file: samples as stored, metadata as found.
pub(super) struct Raw {
    pub(super) format: FileFormat,
    pub(super) size: Size,
    pub(super) model: ColorModel,
    pub(super) samples: Samples,
    pub(super) icc: Option<Vec<u8>>,
    /// May start with `Exif\0\0`; orientation and thumbnail untouched.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
    pub(super) density: Option<(f32, f32)>,
    pub(super) jpeg: Option<JpegCoding>,
    /// Where the file says it outside of the EXIF block.
    pub(super) orientation: Option<u8>,
}

impl Raw {
    pub(super) const fn new(format: FileFormat, size: Size, model: ColorModel, samples: Samples) -> Self {
        Self {
            format,
            size,
            model,
            samples,
            icc: None,
            exif: None,
            xmp: None,
            density: None,
            jpeg: None,
            orientation: None,
        }
    }
}

/// Rounds a 16-bit sample to 8 bit.
#[inline]
pub(crate) const fn narrow(value: u16) -> u8 {
    // The nearest of value * 255 / 65535: dividing by 257 in fixed point, exact over the whole range.
    ((value as u32 * 255 + 32_895) >> 16) as u8
}

/// The samples at 8 bit. Without `keep_alpha` the picture is laid over white and the alpha channel left out.
pub(super) fn samples8(frame: &Frame, keep_alpha: bool) -> Cow<'_, [u8]> {
    let samples = match frame.samples() {
        Samples::U8(samples) => Cow::Borrowed(samples.as_slice()),
        Samples::U16(samples) => Cow::Owned(samples.iter().map(|&value| narrow(value)).collect()),
    };
    match frame.model() {
        ColorModel::GrayAlpha if !keep_alpha => Cow::Owned(over_white::<2>(&samples)),
        ColorModel::Rgba if !keep_alpha => Cow::Owned(over_white::<4>(&samples)),
        _ => samples,
    }
}

fn over_white<const CHANNELS: usize>(samples: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len() / CHANNELS * (CHANNELS - 1));
    for pixel in samples.as_chunks::<CHANNELS>().0 {
        let alpha = u32::from(pixel[CHANNELS - 1]);
        let blend = |&value: &u8| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        out.extend(pixel[..CHANNELS - 1].iter().map(blend));
    }
    out
}

/// What an error of the `image` crate means to the user.
pub(super) fn image_error(error: &ImageError, format: FileFormat) -> PhotoError {
    match error {
        ImageError::IoError(error) => PhotoError::from_decoder_io(error, format),
        ImageError::Unsupported(error) => PhotoError::Unsupported { format, what: error.to_string() },
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            PhotoError::Damaged { format, detail: "it asks for more memory than its size needs".to_owned() }
        }
        other => PhotoError::Damaged { format, detail: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_rounds_to_the_nearest() {
        for value in 0..=u16::MAX {
            let wanted = (f64::from(value) * 255.0 / 65535.0).round() as u8;
            assert_eq!(narrow(value), wanted, "of {value}");
        }
    }

    #[test]
    fn transparency_becomes_white() {
        let samples = Samples::U8(vec![10, 20, 30, 0, 10, 20, 30, 255]);
        let frame = Frame::new(Size::new(2, 1), ColorModel::Rgba, samples).unwrap();
        assert_eq!(samples8(&frame, false).as_ref(), &[255, 255, 255, 10, 20, 30], "white, then the color");
    }
}
