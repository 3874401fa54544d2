//! How much patches change a photo: the number of touched pixels and a picture of the difference.

use std::sync::Arc;

use rayon::prelude::*;

use super::{DisplayLevel, DisplayPyramid, Frame, Patch, PixelRect, Samples};

/// Rows compared at once; only this much of the photo is copied at a time by each thread.
const BAND: i32 = 64;

/// How many times larger than it is a difference is shown.
const GAIN: f32 = 8.0;

/// What patches change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Pixels of which any sample differs from the photo's.
    pub touched: u64,
    /// The smallest rectangle around them; empty when nothing differs.
    pub rect: PixelRect,
    /// The absolute difference inside of `rect`, eight times amplified, opaque. `None` unless asked for, and when
    /// nothing differs.
    pub picture: Option<DisplayPyramid>,
}

/// Compares `photo` with itself under `patches` (bottom first, each with its opacity in 0..=1). The cost follows the
/// patches, not the photo.
#[must_use]
pub fn difference(photo: &Frame, patches: &[(Arc<Patch>, f32)], with_picture: bool) -> Measurement {
    let bounds = patches.iter().fold(PixelRect::default(), |all, (patch, _)| all.union(patch.rect()));
    let bounds = bounds.intersect(photo.size().rect());
    let counted: Vec<(u64, PixelRect)> =
        bands(bounds).into_par_iter().map(|band| count(photo, patches, band)).collect();
    let touched = counted.iter().map(|(touched, _)| touched).sum();
    let rect = counted.iter().fold(PixelRect::default(), |all, (_, rect)| all.union(*rect));
    let picture = (with_picture && !rect.is_empty()).then(|| picture(photo, patches, rect));
    Measurement { touched, rect, picture }
}

fn bands(rect: PixelRect) -> Vec<PixelRect> {
    if rect.is_empty() {
        return Vec::new();
    }
    let starts = (rect.y0..rect.y1).step_by(BAND as usize);
    starts.map(|y| PixelRect::new(rect.x0, y, rect.x1, (y + BAND).min(rect.y1))).collect()
}

/// The parts of `band` that patches overlap, each pixel in one part only.
fn parts(patches: &[(Arc<Patch>, f32)], band: PixelRect) -> Vec<PixelRect> {
    let overlaps = patches.iter().map(|(patch, _)| patch.rect().intersect(band));
    let mut overlaps: Vec<PixelRect> = overlaps.filter(|rect| !rect.is_empty()).collect();
    overlaps.sort_by_key(|rect| rect.x0);
    let mut parts: Vec<PixelRect> = Vec::new();
    for rect in overlaps {
        match parts.last_mut().filter(|last| rect.x0 <= last.x1) {
            Some(last) => *last = last.union(rect),
            None => parts.push(rect),
        }
    }
    parts
}

/// The photo inside of `part`, before and after.
fn before_and_after(photo: &Frame, patches: &[(Arc<Patch>, f32)], part: PixelRect) -> (Frame, Frame) {
    let before = photo.crop(part);
    let mut after = before.clone();
    for (patch, opacity) in patches {
        if !patch.rect().intersect(part).is_empty() {
            patch.apply_at(&mut after, part, *opacity);
        }
    }
    (before, after)
}

fn count(photo: &Frame, patches: &[(Arc<Patch>, f32)], band: PixelRect) -> (u64, PixelRect) {
    let (mut touched, mut bounds) = (0, PixelRect::default());
    for part in parts(patches, band) {
        let (before, after) = before_and_after(photo, patches, part);
        let row_len = part.width() as usize * photo.model().channels();
        for y in part.y0..part.y1 {
            let start = (y - part.y0) as usize * row_len;
            let (count, first, last) = match (before.samples(), after.samples()) {
                (Samples::U8(a), Samples::U8(b)) => compare(&a[start..], &b[start..], row_len, photo),
                (Samples::U16(a), Samples::U16(b)) => compare(&a[start..], &b[start..], row_len, photo),
                _ => (0, 0, 0),
            };
            if count > 0 {
                touched += count;
                bounds = bounds.union(PixelRect::new(part.x0 + first, y, part.x0 + last + 1, y + 1));
            }
        }
    }
    (touched, bounds)
}

/// How many pixels of a row differ, and the first and last of them.
fn compare<T: PartialEq>(a: &[T], b: &[T], row_len: usize, photo: &Frame) -> (u64, i32, i32) {
    let (a, b) = (&a[..row_len], &b[..row_len]);
    if a == b {
        return (0, 0, 0);
    }
    let channels = photo.model().channels();
    let pixels = a.chunks_exact(channels).zip(b.chunks_exact(channels)).enumerate();
    let differing = pixels.filter(|(_, (a, b))| a != b).map(|(x, _)| x as i32);
    differing.fold((0, i32::MAX, 0), |(count, first, _), x| (count + 1, first.min(x), x))
}

fn picture(photo: &Frame, patches: &[(Arc<Patch>, f32)], rect: PixelRect) -> DisplayPyramid {
    let row_len = rect.width() as usize * 4;
    let mut rgba = vec![0; rect.size().area() * 4];
    rgba.par_chunks_mut(row_len * BAND as usize).zip(bands(rect)).for_each(|(rows, band)| {
        rows.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
        for part in parts(patches, band) {
            let (before, after) = before_and_after(photo, patches, part);
            for y in 0..part.height() {
                let start = ((part.y0 - band.y0) as usize + y as usize) * row_len + (part.x0 - rect.x0) as usize * 4;
                for (x, pixel) in (0..part.width()).zip(rows[start..].chunks_exact_mut(4)) {
                    let (old, new) = (before.rgb_at(x, y), after.rgb_at(x, y));
                    for c in 0..3 {
                        // Rounded up, so that the least difference of 16-bit samples is not lost.
                        pixel[c] = ((new[c] - old[c]).abs() * GAIN).ceil() as u8;
                    }
                }
            }
        }
    });
    DisplayPyramid::from_level(DisplayLevel { size: rect.size(), rgba })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, Plane, Size};

    fn patch(rect: PixelRect, value: u8, coverage: u8) -> (Arc<Patch>, f32) {
        let samples = Samples::U8(vec![value; rect.size().area() * 3]);
        let pixels = Frame::new(rect.size(), ColorModel::Rgb, samples).unwrap();
        (Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), coverage)).unwrap()), 1.0)
    }

    fn photo() -> Frame {
        let size = Size::new(400, 300);
        let samples = (0..size.area() * 3).map(|at| (at / 3 % 7) as u8).collect();
        Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap()
    }

    /// The slow way: flatten everything and look at each pixel.
    fn flattened(photo: &Frame, patches: &[(Arc<Patch>, f32)]) -> u64 {
        let mut after = photo.clone();
        for (patch, opacity) in patches {
            patch.apply(&mut after, *opacity);
        }
        let (Samples::U8(a), Samples::U8(b)) = (photo.samples(), after.samples()) else { return 0 };
        a.chunks(3).zip(b.chunks(3)).filter(|(a, b)| a != b).count() as u64
    }

    #[test]
    fn overlaps_count_once_and_equal_pixels_not_at_all() {
        let patches = [
            patch(PixelRect::new(10, 10, 110, 150), 3, 255),
            patch(PixelRect::new(60, 100, 200, 290), 5, 200),
            patch(PixelRect::new(300, 20, 320, 40), 3, 0),
            patch(PixelRect::new(390, 295, 450, 330), 90, 255),
        ];
        let measured = difference(&photo(), &patches, true);
        assert_eq!(measured.touched, flattened(&photo(), &patches), "as many as by brute force");
        assert_eq!(measured.rect, PixelRect::new(10, 10, 400, 300), "around what differs");
        let shown = &measured.picture.unwrap().levels[0];
        assert_eq!(shown.size, measured.rect.size(), "of that rectangle");
        let lit = shown.rgba.chunks(4).filter(|pixel| pixel[..3] != [0, 0, 0]).count() as u64;
        assert_eq!(lit, measured.touched, "every touched pixel shows");
        assert!(shown.rgba.chunks(4).all(|pixel| pixel[3] == 255), "opaque");
    }

    #[test]
    fn the_difference_is_eight_times_amplified() {
        let gray = |v| Frame::new(Size::new(2, 1), ColorModel::Gray, Samples::U16(v)).unwrap();
        let rect = Size::new(2, 1).rect();
        let patch = Patch::new(rect, gray(vec![2570, 101]), Plane::filled(rect.size(), 255)).unwrap();
        let measured = difference(&gray(vec![0, 100]), &[(Arc::new(patch), 1.0)], true);
        assert_eq!(measured.picture.unwrap().levels[0].rgba, [80, 80, 80, 255, 1, 1, 1, 255], "10 x 8, and not lost");
    }

    #[test]
    fn nothing_is_nothing() {
        let none = Measurement { touched: 0, rect: PixelRect::default(), picture: None };
        assert_eq!(difference(&photo(), &[], true), none, "no patch");
        let mut hidden = patch(PixelRect::new(10, 10, 50, 50), 200, 255);
        hidden.1 = 0.0;
        assert_eq!(difference(&photo(), &[hidden], true), none, "not to be seen");
        let beyond = patch(PixelRect::new(500, 10, 550, 50), 200, 255);
        assert_eq!(difference(&photo(), &[beyond], true), none, "outside");
    }
}
