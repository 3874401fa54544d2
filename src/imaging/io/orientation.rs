//! The eight EXIF orientations, applied to samples.

use crate::imaging::{Frame, Samples, Size};

/// Whether `orientation` (1..=8) exchanges width and height.
pub(super) const fn swaps_sides(orientation: u8) -> bool {
    matches!(orientation, 5..=8)
}

/// The picture as it is meant to be seen, given the EXIF `orientation` of its samples; others than 2..=8 change nothing.
pub(super) fn upright(frame: Frame, orientation: u8) -> Frame {
    if !matches!(orientation, 2..=8) {
        return frame;
    }
    let (size, model) = (frame.size(), frame.model());
    let turned = if swaps_sides(orientation) { Size::new(size.height, size.width) } else { size };
    let samples = match frame.samples() {
        Samples::U8(v) => Samples::U8(turn_samples(v, size, model.channels(), orientation)),
        Samples::U16(v) => Samples::U16(turn_samples(v, size, model.channels(), orientation)),
    };
    Frame::new(turned, model, samples).unwrap_or(frame)
}

fn turn_samples<T: Copy>(samples: &[T], size: Size, channels: usize, orientation: u8) -> Vec<T> {
    match channels {
        1 => turn::<T, 1>(samples, size, orientation),
        2 => turn::<T, 2>(samples, size, orientation),
        3 => turn::<T, 3>(samples, size, orientation),
        _ => turn::<T, 4>(samples, size, orientation),
    }
}

/// Moves whole pixels. Works in square tiles, so that a quarter turn of a large photo stays in the cache.
fn turn<T: Copy, const CHANNELS: usize>(samples: &[T], size: Size, orientation: u8) -> Vec<T> {
    const SIDE: usize = 32;
    let pixels = samples.as_chunks::<CHANNELS>().0;
    let Some(&first) = pixels.first() else { return Vec::new() };
    let (w, h) = (size.width as isize, size.height as isize);
    // The source pixel of the target's origin, and the steps in the source for one column and one row of the target.
    let (start, column, row) = match orientation {
        2 => (w - 1, -1, w),
        3 => (w * h - 1, -1, -w),
        4 => ((h - 1) * w, 1, -w),
        5 => (0, w, 1),
        6 => ((h - 1) * w, -w, 1),
        7 => (w * h - 1, -w, -1),
        8 => (w - 1, w, -1),
        _ => (0, 1, w),
    };
    let (width, height) = if swaps_sides(orientation) { (h as usize, w as usize) } else { (w as usize, h as usize) };
    let mut out = vec![first; pixels.len()];
    for y0 in (0..height).step_by(SIDE) {
        for x0 in (0..width).step_by(SIDE) {
            for y in y0..(y0 + SIDE).min(height) {
                let mut from = start + y as isize * row + x0 as isize * column;
                for to in &mut out[y * width + x0..y * width + (x0 + SIDE).min(width)] {
                    *to = pixels[from as usize];
                    from += column;
                }
            }
        }
    }
    out.into_flattened()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ColorModel;

    #[test]
    fn every_orientation_turns_an_asymmetric_picture_upright() {
        // Stored so that the upright picture is 1 2 3 / 4 5 6.
        let stored: [(u8, u32, [u8; 6]); 8] = [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, width, samples) in stored {
            let size = Size::new(width, 6 / width);
            let frame = Frame::new(size, ColorModel::Gray, Samples::U8(samples.to_vec())).unwrap();
            let frame = upright(frame, orientation);
            assert_eq!(frame.size(), Size::new(3, 2), "size at {orientation}");
            assert_eq!(frame.samples(), &Samples::U8(vec![1, 2, 3, 4, 5, 6]), "samples at {orientation}");
        }
    }

    #[test]
    fn pixels_stay_whole_across_tiles() {
        let size = Size::new(70, 41);
        let samples: Vec<u16> = (0..size.area() as u16 * 3).collect();
        let frame = Frame::new(size, ColorModel::Rgb, Samples::U16(samples)).unwrap();
        for (orientation, back) in [(2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7), (8, 6)] {
            assert_eq!(upright(upright(frame.clone(), orientation), back), frame, "{orientation} and back");
        }
    }
}
