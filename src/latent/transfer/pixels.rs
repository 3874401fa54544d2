//! A photo's own samples as colors in 0..=1, at whole pixels and between them.

use super::raster::cubic_weights;
use crate::imaging::Size;

/// A photo's samples, `C` of them a pixel. Grey is repeated; alpha is left out.
pub(super) struct Pixels<'a, T, const C: usize> {
    samples: &'a [[T; C]],
    width: usize,
    height: usize,
}

/// Numbers of colors among `C` samples.
const fn n_colors(channels: usize) -> usize {
    if channels < 3 { 1 } else { 3 }
}

impl<'a, T: Sample, const C: usize> Pixels<'a, T, C> {
    /// `samples` are those of a photo of `size`.
    pub(super) fn new(samples: &'a [T], size: Size) -> Self {
        Self { samples: samples.as_chunks().0, width: size.width as usize, height: size.height as usize }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled for the vector units of who calls it")]
    fn of(pixel: &[T; C]) -> [f32; 3] {
        if n_colors(C) == 1 { [pixel[0].unit(); 3] } else { [0, 1, 2].map(|c| pixel[c.min(C - 1)].unit()) }
    }

    /// The color of a pixel, which must be inside.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled for the vector units of who calls it")]
    pub(super) fn color(&self, x: usize, y: usize) -> [f32; 3] {
        Self::of(&self.samples[y * self.width + x])
    }

    /// The color at `(x, y)`, where `(0, 0)` is the middle of the first pixel, by linear interpolation.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled for the vector units of who calls it")]
    pub(super) fn linear(&self, x: f32, y: f32) -> [f32; 3] {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (a, b) = (self.color(left, top), self.color(right, top));
        let (c, d) = (self.color(left, bottom), self.color(right, bottom));
        [0, 1, 2].map(|k| {
            let (upper, lower) = (a[k] + (b[k] - a[k]) * fx, c[k] + (d[k] - c[k]) * fx);
            upper + (lower - upper) * fy
        })
    }

    /// As [`Pixels::linear`] by cubic interpolation (Catmull and Rom); exactly the pixel's color at whole positions.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled for the vector units of who calls it")]
    pub(super) fn cubic(&self, x: f32, y: f32) -> [f32; 3] {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (columns, rows) = (cubic_weights(x - left as f32), cubic_weights(y - top as f32));
        let is_inner = left > 0 && top > 0 && left + 2 < self.width && top + 2 < self.height;
        let clamped = |at: usize, step: usize, length: usize| (at + step).saturating_sub(1).min(length - 1);
        let mut sum = [0.0; 3];
        for (step, weight) in rows.iter().enumerate() {
            let taps = if is_inner {
                let start = (top + step - 1) * self.width + left - 1;
                let row = &self.samples[start..start + 4];
                [Self::of(&row[0]), Self::of(&row[1]), Self::of(&row[2]), Self::of(&row[3])]
            } else {
                let y = clamped(top, step, self.height);
                [0, 1, 2, 3].map(|step| self.color(clamped(left, step, self.width), y))
            };
            for c in 0..3 {
                let row = columns[0] * taps[0][c]
                    + columns[1] * taps[1][c]
                    + columns[2] * taps[2][c]
                    + columns[3] * taps[3][c];
                sum[c] += weight * row;
            }
        }
        sum
    }
}

/// Writes `color` to the first samples of a pixel; alpha stays.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of who calls it")]
pub(super) fn write<T: Sample, const C: usize>(to: &mut [T; C], color: [f32; 3]) {
    if n_colors(C) == 1 {
        to[0] = T::of_unit(0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]);
    } else {
        for (to, value) in to.iter_mut().zip(color) {
            *to = T::of_unit(value);
        }
    }
}

impl Sample for u8 {
    #[inline]
    fn unit(self) -> f32 {
        f32::from(self) * (1.0 / 255.0)
    }

    #[inline]
    fn of_unit(value: f32) -> Self {
        (value * 255.0 + 0.5) as Self
    }
}

impl Sample for u16 {
    #[inline]
    fn unit(self) -> f32 {
        f32::from(self) * (1.0 / 65535.0)
    }

    #[inline]
    fn of_unit(value: f32) -> Self {
        (value * 65535.0 + 0.5) as Self
    }
}

/// A sample of either depth. Values out of range become the nearest that is in it.
pub(super) trait Sample: Copy + Send + Sync {
    /// On the scale 0..=1.
    fn unit(self) -> f32;

    /// The nearest sample.
    fn of_unit(value: f32) -> Self;
}
