//! The square of a photo as a model would see it, cut from the picture that the canvas shows: nobody waits for the worker.

use crate::imaging::{ColorModel, DisplayLevel, DisplayPyramid, Frame, ImagePos, Place, Samples, Size};

/// The square at `place` with `side` rows and columns; `None` of a picture without pixels.
pub(super) fn cut(display: &DisplayPyramid, place: Place, side: u32) -> Option<Frame> {
    let full = display.levels.first()?;
    let factor = |level: &DisplayLevel| level.size.width as f32 / full.size.width.max(1) as f32;
    // The smallest level that has a pixel for each of the result's: nothing aliases.
    let is_enough = |level: &&DisplayLevel| place.side * factor(level) >= side as f32;
    let level = display.levels.iter().rev().find(is_enough).unwrap_or(full);
    if level.size.area() == 0 || side == 0 {
        return None;
    }
    let place = place.scaled(factor(level));
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let unit = |at: u32| (at as f32 + 0.5) / side as f32;
    let pixels = places.flat_map(|(x, y)| pixel_at(level, place.photo_from_unit(ImagePos::new(unit(x), unit(y)))));
    Frame::new(Size::new(side, side), ColorModel::Rgb, Samples::U8(pixels.collect()))
}

/// Between the four pixels around `at`; beyond the edge the pixels there go on.
fn pixel_at(level: &DisplayLevel, at: ImagePos) -> [u8; 3] {
    let (columns, rows) = (level.size.width as usize, level.size.height as usize);
    let split = |at: f32, count: usize| {
        let at = (at - 0.5).clamp(0.0, (count - 1) as f32);
        let low = at as usize;
        (low, (low + 1).min(count - 1), at - low as f32)
    };
    let ((left, right, x), (upper, lower, y)) = (split(at.x, columns), split(at.y, rows));
    let value = |column: usize, row: usize, channel: usize| {
        f32::from(level.rgba.get((row * columns + column) * 4 + channel).copied().unwrap_or_default())
    };
    [0, 1, 2].map(|channel| {
        let row = |row: usize| egui::lerp(value(left, row, channel)..=value(right, row, channel), x);
        egui::lerp(row(upper)..=row(lower), y).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red grows to the right, green downwards.
    fn slope(width: u32, height: u32) -> DisplayPyramid {
        let pixel = |x: u32, y: u32| [(x * 256 / width) as u8, (y * 256 / height) as u8, 9, 255];
        let rgba = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        DisplayPyramid::from_level(DisplayLevel { size: Size::new(width, height), rgba })
    }

    #[test]
    fn a_square_of_a_large_photo_is_cut_where_it_lies() {
        let display = slope(1024, 768);
        for (place, from, to) in [
            (Place::upright(0.0, 0.0, 512.0), [2, 2], [126, 169]),
            (Place::upright(512.0, 256.0, 512.0), [130, 87], [254, 254]),
            (Place::upright(256.0, 192.0, 20.0), [64, 64], [68, 70]),
        ] {
            let frame = cut(&display, place, 32).unwrap();
            assert_eq!((frame.size(), frame.rgb_at(0, 0)[2]), (Size::new(32, 32), 9.0), "its size and blue");
            for (at, wanted) in [(0, from), (31, to)] {
                let pixel = frame.rgb_at(at, at);
                let is_near = (0..2).all(|axis| (pixel[axis] - wanted[axis] as f32).abs() <= 2.5);
                assert!(is_near, "{pixel:?} at {at} of {place:?}, not {wanted:?}");
            }
        }
        assert!(cut(&slope(0, 0), Place::upright(0.0, 0.0, 4.0), 8).is_none(), "of nothing");
    }
}
