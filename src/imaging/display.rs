//! What a screen shows of a photo or patch: 8-bit sRGB with alpha, in halving levels.

use rayon::prelude::*;

use super::color::DisplayTransform;
use super::{Frame, Metadata, Patch, Photo, Plane, Size};

/// The last level of a pyramid fits in a square of this side.
const LAST_SIDE: u32 = 256;

/// Rows that one task of the thread pool handles.
const BAND: usize = 16;

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

impl DisplayPyramid {
    /// The picture of a photo, in the colours that its profile names.
    #[must_use]
    pub fn of_photo(photo: &Photo) -> Self {
        Self::of_frame(&photo.frame, &photo.metadata)
    }

    /// The picture of a frame that belongs to a photo with `metadata`.
    #[must_use]
    pub fn of_frame(frame: &Frame, metadata: &Metadata) -> Self {
        Self::from_level(base_level(frame, metadata, None))
    }

    /// The picture of a patch for a photo with `metadata`, transparent by the patch's coverage (but not by the photo's
    /// own alpha, which an erasure leaves alone).
    #[must_use]
    pub fn of_patch(patch: &Patch, metadata: &Metadata) -> Self {
        Self::from_level(base_level(patch.pixels(), metadata, Some(patch.coverage())))
    }

    /// A pyramid over `level`, which has full size.
    #[must_use]
    pub fn from_level(level: DisplayLevel) -> Self {
        let mut levels = vec![level];
        while let Some(last) = levels.last().filter(|last| last.size.width.max(last.size.height) > LAST_SIDE) {
            let half = halved(last);
            levels.push(half);
        }
        Self { levels }
    }

    /// The whole picture in at most `max_side` (at least 1) pixels on its longer side; never enlarged.
    #[must_use]
    pub fn thumbnail(&self, max_side: u32) -> DisplayLevel {
        let max_side = max_side.max(1);
        let long_side = |level: &DisplayLevel| level.size.width.max(level.size.height);
        let source =
            self.levels.iter().rev().find(|level| long_side(level) >= max_side).or_else(|| self.levels.first());
        let Some(source) = source else { return DisplayLevel { size: Size::new(0, 0), rgba: Vec::new() } };
        let long = long_side(source);
        if long <= max_side {
            return source.clone();
        }
        let scaled =
            |side: u32| ((u64::from(side) * u64::from(max_side) + u64::from(long) / 2) / u64::from(long)).max(1);
        shrunk(source, Size::new(scaled(source.size.width) as u32, scaled(source.size.height) as u32))
    }
}

fn base_level(frame: &Frame, metadata: &Metadata, coverage: Option<&Plane<u8>>) -> DisplayLevel {
    let size = frame.size();
    let transform = DisplayTransform::for_photo(metadata, frame.model());
    let mut rgba = vec![0; size.area() * 4];
    let row_len = size.width as usize * 4;
    if row_len > 0 {
        rgba.par_chunks_mut(row_len * BAND).enumerate().for_each(|(band, rows)| {
            for (at, row) in rows.chunks_exact_mut(row_len).enumerate() {
                let y = (band * BAND + at) as u32;
                transform.convert_row(frame, y, row);
                if let Some(coverage) = coverage {
                    replace_alpha(row, coverage.row(y));
                }
                premultiply(row);
            }
        });
    }
    DisplayLevel { size, rgba }
}

fn replace_alpha(row: &mut [u8], coverage: &[u8]) {
    for (pixel, &alpha) in row.chunks_exact_mut(4).zip(coverage) {
        pixel[3] = alpha;
    }
}

fn premultiply(row: &mut [u8]) {
    if row.chunks_exact(4).all(|pixel| pixel[3] == 255) {
        return;
    }
    for pixel in row.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for value in &mut pixel[..3] {
            *value = ((u32::from(*value) * alpha + 127) / 255) as u8;
        }
    }
}

/// The next level: each pixel is the mean of up to four, fewer at the right and lower edge of odd sizes.
fn halved(level: &DisplayLevel) -> DisplayLevel {
    let size = Size::new(level.size.width.div_ceil(2), level.size.height.div_ceil(2));
    let mut rgba = vec![0; size.area() * 4];
    let (from_len, to_len) = (level.size.width as usize * 4, size.width as usize * 4);
    if to_len > 0 {
        rgba.par_chunks_mut(to_len * BAND).enumerate().for_each(|(band, rows)| {
            for (at, row) in rows.chunks_exact_mut(to_len).enumerate() {
                let y = (band * BAND + at) * 2;
                let upper = &level.rgba[y * from_len..][..from_len];
                let lower = level.rgba.get((y + 1) * from_len..(y + 2) * from_len).unwrap_or(upper);
                halve_rows(upper, lower, row);
            }
        });
    }
    DisplayLevel { size, rgba }
}

fn halve_rows(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    let pairs = upper.chunks_exact(8).zip(lower.chunks_exact(8));
    for (to, (upper, lower)) in out.chunks_exact_mut(4).zip(pairs) {
        for c in 0..4 {
            let sum = u16::from(upper[c]) + u16::from(upper[c + 4]) + u16::from(lower[c]) + u16::from(lower[c + 4]);
            to[c] = ((sum + 2) >> 2) as u8;
        }
    }
    if upper.len() % 8 == 4 {
        let (start, end) = (upper.len() - 4, out.len() - 4);
        for c in 0..4 {
            out[end + c] = ((u16::from(upper[start + c]) + u16::from(lower[start + c]) + 1) >> 1) as u8;
        }
    }
}

/// Which source pixels make up each pixel of an axis, and with which weights.
fn weights(from: u32, to: u32) -> Vec<(usize, Vec<f32>)> {
    let scale = f64::from(from) / f64::from(to);
    let cell = |at: u32| {
        let (start, end) = (f64::from(at) * scale, (f64::from(at + 1) * scale).min(f64::from(from)));
        let overlap = |x: u32| ((end.min(f64::from(x + 1)) - start.max(f64::from(x))) / (end - start)) as f32;
        (start as usize, (start as u32..end.ceil() as u32).map(overlap).collect())
    };
    (0..to).map(cell).collect()
}

/// The level in a smaller size, each pixel the mean of what it covers.
fn shrunk(level: &DisplayLevel, size: Size) -> DisplayLevel {
    let (columns, rows) = (weights(level.size.width, size.width), weights(level.size.height, size.height));
    let mut rgba = Vec::with_capacity(size.area() * 4);
    for (top, row_weights) in &rows {
        for (left, column_weights) in &columns {
            let mut sum = [0.0f32; 4];
            for (y, row_weight) in row_weights.iter().enumerate() {
                let start = ((top + y) * level.size.width as usize + left) * 4;
                for (pixel, weight) in level.rgba[start..].chunks_exact(4).zip(column_weights) {
                    for (sum, &value) in sum.iter_mut().zip(pixel) {
                        *sum += f32::from(value) * weight * row_weight;
                    }
                }
            }
            rgba.extend(sum.map(|v| v.round() as u8));
        }
    }
    DisplayLevel { size, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, FileFormat, Samples};

    fn bare() -> Metadata {
        Metadata::bare(FileFormat::Png)
    }

    fn level(width: u32, height: u32, rgba: Vec<u8>) -> DisplayLevel {
        DisplayLevel { size: Size::new(width, height), rgba }
    }

    #[test]
    fn every_depth_and_model_is_shown() {
        let size = Size::new(2, 1);
        let cases = [
            (ColorModel::Gray, Samples::U8(vec![7, 9]), vec![7, 7, 7, 255, 9, 9, 9, 255]),
            (ColorModel::GrayAlpha, Samples::U8(vec![200, 128, 9, 0]), vec![100, 100, 100, 128, 0, 0, 0, 0]),
            (ColorModel::Rgb, Samples::U16(vec![0, 257, 65535, 128, 129, 386]), vec![0, 1, 255, 255, 0, 1, 2, 255]),
            (ColorModel::Rgba, Samples::U8(vec![1, 2, 3, 255, 50, 100, 200, 51]), vec![1, 2, 3, 255, 10, 20, 40, 51]),
        ];
        for (model, samples, want) in cases {
            let frame = Frame::new(size, model, samples).unwrap();
            assert_eq!(DisplayPyramid::of_frame(&frame, &bare()).levels, [level(2, 1, want)], "{model:?}");
        }
    }

    #[test]
    fn a_patch_is_premultiplied_by_its_coverage_alone() {
        let size = Size::new(2, 1);
        let pixels = Frame::new(size, ColorModel::Rgba, Samples::U8(vec![255, 100, 0, 9, 8, 8, 8, 200])).unwrap();
        let patch = Patch::new(size.rect(), pixels, Plane::from_vec(size, vec![51, 0]).unwrap()).unwrap();
        let shown = DisplayPyramid::of_patch(&patch, &bare());
        assert_eq!(shown.levels[0].rgba, [51, 20, 0, 51, 0, 0, 0, 0], "coverage is the alpha");
    }

    #[test]
    fn odd_sizes_average_what_is_there() {
        let pixel = |v: u8| [v, v, v, v];
        let rgba = [10, 20, 100, 30, 40, 200, 7, 9, 60].into_iter().flat_map(pixel).collect();
        let half = halved(&level(3, 3, rgba));
        assert_eq!(half, level(2, 2, [25, 150, 8, 60].into_iter().flat_map(pixel).collect()), "means of 4, 2, 2 and 1");
    }

    #[test]
    fn levels_halve_down_to_256() {
        let frame = Frame::new(Size::new(1025, 3), ColorModel::Gray, Samples::U8(vec![77; 3075])).unwrap();
        let photo = Photo { frame, metadata: std::sync::Arc::new(bare()) };
        let pyramid = DisplayPyramid::of_photo(&photo);
        let sizes: Vec<_> = pyramid.levels.iter().map(|level| (level.size.width, level.size.height)).collect();
        assert_eq!(sizes, [(1025, 3), (513, 2), (257, 1), (129, 1)], "rounded up");
        let is_flat = |level: &DisplayLevel| level.rgba.chunks(4).all(|pixel| pixel == [77, 77, 77, 255]);
        assert!(pyramid.levels.iter().all(is_flat), "a flat picture stays flat");
        let thumbnail = pyramid.thumbnail(100);
        assert_eq!(thumbnail.size, Size::new(100, 1), "kept in shape");
        assert!(is_flat(&thumbnail), "and flat");
    }

    #[test]
    fn thumbnails_never_enlarge_and_small_pictures_are_fine() {
        let small = DisplayPyramid::from_level(level(5, 2, vec![9; 40]));
        assert_eq!(small.thumbnail(64), small.levels[0], "as it is");
        assert_eq!(small.thumbnail(0).size, Size::new(1, 1), "at least a pixel");
        let none = DisplayPyramid::from_level(level(0, 0, Vec::new()));
        assert_eq!(none.thumbnail(10).size, Size::new(0, 0), "no pixel");
        let wide = DisplayPyramid::from_level(level(3, 1, [0, 90, 255].iter().flat_map(|&v| [v; 4]).collect()));
        assert_eq!(wide.thumbnail(2).rgba, [30, 30, 30, 30, 200, 200, 200, 200], "weighted by area");
    }
}
