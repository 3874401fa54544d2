//! Pictures as the metrics see them.

use crate::imaging::{ColorModel, Frame, Plane, Samples};

/// Red, green and blue of each pixel on the scale 0..=255.
pub type Picture = Plane<[f32; 3]>;

/// Weights of red, green and blue in the luminance (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The colours of `frame`, without alpha.
#[must_use]
pub fn picture(frame: &Frame) -> Picture {
    let size = frame.size();
    let mut picture = Plane::filled(size, [0.0; 3]);
    for y in 0..size.height {
        for (x, pixel) in (0..size.width).zip(picture.row_mut(y)) {
            *pixel = frame.rgb_at(x, y);
        }
    }
    picture
}

/// A frame of 8-bit colours without alpha: what is measured, whatever was in the file.
#[must_use]
pub fn rgb8(frame: &Frame) -> Frame {
    if frame.model() == ColorModel::Rgb && frame.bits() == 8 {
        return frame.clone();
    }
    frame_of(&picture(frame))
}

/// The colours of `picture`, rounded to 8 bits.
#[must_use]
pub fn frame_of(picture: &Picture) -> Frame {
    let samples = picture.data().iter().flatten().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
    #[expect(clippy::expect_used, reason = "three samples a pixel were just made")]
    Frame::new(picture.size(), ColorModel::Rgb, Samples::U8(samples)).expect("three samples a pixel")
}

/// The luminance of each pixel, 0..=255.
pub(super) fn luma(picture: &Picture) -> Plane<f32> {
    let mut luma = Plane::filled(picture.size(), 0.0);
    for (value, rgb) in luma.data_mut().iter_mut().zip(picture.data()) {
        *value = luma_of(*rgb);
    }
    luma
}

/// The luminance of one colour.
pub(super) fn luma_of(rgb: [f32; 3]) -> f32 {
    LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2]
}

/// The index that `at` has in a row of `length` pixels which is mirrored at the centres of its first and last pixel.
pub(super) fn mirrored(at: i64, length: usize) -> usize {
    let last = length as i64 - 1;
    if last <= 0 {
        return 0;
    }
    let at = at.rem_euclid(2 * last);
    at.min(2 * last - at) as usize
}

/// The mean of `values`; `None` of none.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}
