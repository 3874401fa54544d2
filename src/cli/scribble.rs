//! Scribbles from files, at the side of a model's pictures.

use std::path::Path;

use super::errors::CliError;
use crate::imaging::io::{self, Limits};
use crate::imaging::{Frame, Plane, Size};

/// A square picture of any size, brought to the side that is wanted by averaging.
pub(super) struct Scribble {
    side: usize,
    frame: Frame,
}

impl Scribble {
    /// Reads a picture for a model whose pictures have this side.
    ///
    /// # Errors
    /// One sentence when it cannot be read or is not square: stretching would move strokes.
    pub(super) fn read(path: &Path, side: usize) -> Result<Self, CliError> {
        let frame = io::read(path, &Limits::default())?.frame;
        let Size { width, height } = frame.size();
        if width != height {
            return Err(CliError::NotSquare { width, height, side, path: path.to_owned() });
        }
        Ok(Self { side, frame })
    }

    /// Red, green and blue in -1..1.
    pub(super) fn colors(&self) -> Plane<[f32; 3]> {
        let channels: [Vec<f32>; 3] =
            std::array::from_fn(|channel| self.resampled(|x, y| self.frame.rgb_at(x, y)[channel] / 127.5 - 1.0));
        let mut plane = Plane::filled(self.size(), [0.0; 3]);
        for (at, pixel) in plane.data_mut().iter_mut().enumerate() {
            *pixel = std::array::from_fn(|channel| channels[channel][at].clamp(-1.0, 1.0));
        }
        plane
    }

    /// How bright it is, in 0..1.
    pub(super) fn light(&self) -> Plane<f32> {
        self.shares(|x, y| self.frame.rgb_at(x, y).iter().sum::<f32>() / (3.0 * 255.0))
    }

    /// Where it is not transparent, in 0..1.
    pub(super) fn coverage(&self) -> Plane<f32> {
        self.shares(|x, y| self.frame.alpha_at(x, y))
    }

    fn size(&self) -> Size {
        Size::new(self.side as u32, self.side as u32)
    }

    fn shares(&self, value: impl Fn(u32, u32) -> f32) -> Plane<f32> {
        let mut plane = Plane::filled(self.size(), 0.0);
        for (share, value) in plane.data_mut().iter_mut().zip(self.resampled(value)) {
            *share = value.clamp(0.0, 1.0);
        }
        plane
    }

    /// The mean of `value` over the part of the drawing that each pixel covers.
    fn resampled(&self, value: impl Fn(u32, u32) -> f32) -> Vec<f32> {
        let from = self.frame.size().width as usize;
        let covers = covers(from, self.side);
        let rows = (0..from).flat_map(|y| {
            let row: Vec<f32> = (0..from).map(|x| value(x as u32, y as u32)).collect();
            covers.iter().map(move |cover| cover.iter().map(|(at, share)| share * row[*at]).sum()).collect::<Vec<f32>>()
        });
        let rows: Vec<f32> = rows.collect();
        let pixel = |y: usize, x: usize| covers[y].iter().map(|(at, share)| share * rows[at * self.side + x]).sum();
        (0..self.side * self.side).map(|at| pixel(at / self.side, at % self.side)).collect()
    }
}

/// For each of `to` pixels in a row, which of `from` it covers, with shares that sum to 1.
fn covers(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let step = from as f64 / to as f64;
    let cover = |pixel: usize| {
        let (start, end) = (pixel as f64 * step, (pixel + 1) as f64 * step);
        let last = (end.ceil() as usize).min(from);
        let share = |at: usize| ((at + 1) as f64).min(end) - (at as f64).max(start);
        (start as usize..last).map(|at| (at, (share(at).max(0.0) / step) as f32)).collect()
    };
    (0..to).map(cover).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, Samples};

    #[test]
    fn sizes_change_and_means_stay() {
        for (from, to) in [(7, 3), (3, 7), (4, 4), (512, 64), (1, 8)] {
            let mut total = vec![0.0; from];
            for cover in covers(from, to) {
                assert!((cover.iter().map(|(_, share)| share).sum::<f32>() - 1.0).abs() < 1e-5, "{from} to {to}");
                for (at, share) in &cover {
                    total[*at] += share;
                }
            }
            let wanted = to as f32 / from as f32;
            assert!(total.iter().all(|total| (total - wanted).abs() < 1e-4), "{from} to {to}: {total:?}");
        }
    }

    #[test]
    fn a_drawing_is_read_in_its_three_ways() {
        let samples = vec![255, 0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 128, 0, 0, 0, 255];
        let frame = Frame::new(Size::new(2, 2), ColorModel::Rgba, Samples::U8(samples)).unwrap();
        let drawing = Scribble { side: 2, frame };
        assert_eq!(drawing.colors().at(0, 0), [1.0, -1.0, -1.0], "red");
        assert_eq!(drawing.light().data(), [1.0 / 3.0, 0.0, 1.0, 0.0], "brightness");
        let coverage = drawing.coverage();
        assert!((coverage.at(0, 1) - 128.0 / 255.0).abs() < 1e-6 && coverage.at(1, 0) == 0.0, "{coverage:?}");
    }
}
