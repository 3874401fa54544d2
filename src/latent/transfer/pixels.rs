//! A photo's own samples as colors in 0..=1, at whole pixels and between them.

use super::picture::cubic_weights;
use crate::imaging::Frame;

/// A photo's samples. Grey is repeated; alpha is left out.
pub(super) struct Pixels<'a, T> {
    samples: &'a [T],
    width: usize,
    height: usize,
    channels: usize,
    is_gray: bool,
}

impl<'a, T: Sample> Pixels<'a, T> {
    /// `samples` are those of `frame`.
    pub(super) fn new(samples: &'a [T], frame: &Frame) -> Self {
        let (size, model) = (frame.size(), frame.model());
        Self {
            samples,
            width: size.width as usize,
            height: size.height as usize,
            channels: model.channels(),
            is_gray: model.color_channels() == 1,
        }
    }

    /// The color of a pixel, which must be inside.
    #[inline(always)]
    pub(super) fn color(&self, x: usize, y: usize) -> [f32; 3] {
        let at = (y * self.width + x) * self.channels;
        if self.is_gray {
            return [self.samples[at].unit(); 3];
        }
        let pixel = &self.samples[at..at + 3];
        [pixel[0].unit(), pixel[1].unit(), pixel[2].unit()]
    }

    /// The color at `(x, y)`, where `(0, 0)` is the middle of the first pixel, by linear interpolation.
    #[inline(always)]
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
    pub(super) fn cubic(&self, x: f32, y: f32) -> [f32; 3] {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (columns, rows) = (cubic_weights(x - left as f32), cubic_weights(y - top as f32));
        let clamped = |at: usize, step: usize, length: usize| (at + step).saturating_sub(1).min(length - 1);
        let xs = [0, 1, 2, 3].map(|step| clamped(left, step, self.width));
        let mut sum = [0.0; 3];
        for (step, row_weight) in rows.iter().enumerate() {
            let y = clamped(top, step, self.height);
            let taps = xs.map(|x| self.color(x, y));
            for c in 0..3 {
                let row = columns[0] * taps[0][c]
                    + columns[1] * taps[1][c]
                    + columns[2] * taps[2][c]
                    + columns[3] * taps[3][c];
                sum[c] += row_weight * row;
            }
        }
        sum
    }

    /// Writes `color` to the first samples of `to`, a pixel of the same model.
    #[inline(always)]
    pub(super) fn write(&self, to: &mut [T], color: [f32; 3]) {
        if self.is_gray {
            to[0] = T::of_unit(0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]);
        } else {
            for c in 0..3 {
                to[c] = T::of_unit(color[c]);
            }
        }
    }
}

impl Sample for u8 {
    #[inline(always)]
    fn unit(self) -> f32 {
        f32::from(self) * (1.0 / 255.0)
    }

    #[inline(always)]
    fn of_unit(value: f32) -> Self {
        (value * 255.0 + 0.5) as Self
    }
}

impl Sample for u16 {
    #[inline(always)]
    fn unit(self) -> f32 {
        f32::from(self) * (1.0 / 65535.0)
    }

    #[inline(always)]
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
