//! Masks as picture files: white is hole.

use std::path::Path;

use super::{Encoding, Limits, PhotoError, encode, read};
use crate::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, Plane, Samples, Size};

/// Reads holes from any picture of `photo_size`, upright.
///
/// The luminance is the coverage, so 128 and above is hole (32768 in 16 bit). In a picture with alpha, pixels that are
/// more transparent than not are kept; if such a picture has one single color, its alpha alone is the coverage.
pub fn read_mask(path: &Path, photo_size: Size, limits: &Limits) -> Result<Mask, PhotoError> {
    let frame = read(path, limits)?.frame;
    if frame.size() != photo_size {
        let mismatch = PhotoError::SizeMismatch { mask: frame.size(), photo: photo_size };
        return Err(mismatch.in_file(path));
    }
    Ok(mask_from_frame(&frame))
}

/// Encodes the coverage as an 8-bit grey PNG.
pub fn write_mask(mask: &Mask) -> Result<Vec<u8>, PhotoError> {
    let size = mask.size();
    let coverage = mask.plane(size.rect());
    let frame = Frame::new(size, ColorModel::Gray, Samples::U8(coverage.data().to_vec()));
    let Some(frame) = frame.filter(|_| size.area() > 0) else {
        return Err(PhotoError::ZeroSize { width: size.width.into(), height: size.height.into() });
    };
    encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))
}

/// The coverage that a picture stands for; see [`read_mask`].
#[must_use]
pub fn mask_from_frame(frame: &Frame) -> Mask {
    let coverage = match frame.samples() {
        Samples::U8(samples) => coverage(samples, frame.model(), |v| v as u8),
        Samples::U16(samples) => coverage(samples, frame.model(), |v| (v >> 8) as u8),
    };
    Plane::from_vec(frame.size(), coverage).map_or_else(|| Mask::empty(frame.size()), |plane| Mask::from_plane(&plane))
}

fn coverage<T: Copy + PartialEq + Into<u32>>(samples: &[T], model: ColorModel, narrow: impl Fn(u32) -> u8) -> Vec<u8> {
    let pixels = samples.chunks_exact(model.channels());
    let colors = model.color_channels();
    let alpha = |pixel: &[T]| pixel.get(colors).map(|&alpha| narrow(alpha.into()));
    let mut is_one_color = true;
    let mut is_one_alpha = true;
    let first = samples.get(..model.channels()).unwrap_or_default();
    for pixel in pixels.clone() {
        is_one_color &= pixel.get(..colors) == first.get(..colors);
        is_one_alpha &= pixel.get(colors..) == first.get(colors..);
    }
    if is_one_color && !is_one_alpha {
        return pixels.filter_map(alpha).collect();
    }
    pixels
        .map(|pixel| match alpha(pixel) {
            Some(0..128) => 0,
            _ => narrow(luminance(pixel, colors)),
        })
        .collect()
}

fn luminance<T: Copy + Into<u32>>(pixel: &[T], colors: usize) -> u32 {
    match (colors, pixel) {
        (3, &[r, g, b, ..]) => (2126 * r.into() + 7152 * g.into() + 722 * b.into() + 5000) / 10_000,
        (_, &[value, ..]) => value.into(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(model: ColorModel, samples: Samples) -> Vec<u8> {
        let size = Size::new((samples.len() / model.channels()) as u32, 1);
        let mask = mask_from_frame(&Frame::new(size, model, samples).unwrap());
        mask.plane(size.rect()).data().to_vec()
    }

    #[test]
    fn luminance_decides() {
        assert_eq!(holes(ColorModel::Gray, Samples::U8(vec![127, 128, 255])), [127, 128, 255], "grey");
        assert_eq!(holes(ColorModel::Gray, Samples::U16(vec![32767, 32768, 65535])), [127, 128, 255], "deep grey");
        let colors = Samples::U8(vec![255, 255, 255, 0, 255, 0, 255, 0, 0]);
        assert_eq!(holes(ColorModel::Rgb, colors), [255, 182, 54], "white, green, red");
        let deep = Samples::U16(vec![65535, 65535, 65535, 32768, 32768, 32768]);
        assert_eq!(holes(ColorModel::Rgb, deep), [255, 128], "deep color");
    }

    #[test]
    fn alpha_decides_only_where_color_says_nothing() {
        assert_eq!(holes(ColorModel::GrayAlpha, Samples::U8(vec![0, 255, 0, 10])), [255, 10], "alpha alone");
        assert_eq!(holes(ColorModel::GrayAlpha, Samples::U8(vec![0, 255, 0, 255])), [0, 0], "opaque black keeps");
        assert_eq!(holes(ColorModel::GrayAlpha, Samples::U8(vec![255, 255, 200, 9])), [255, 0], "clear white keeps");
    }
}
