//! The Context Encoder's random regions (Pathak et al., CVPR 2016, section 3.3): coarse uniform noise, enlarged with a
//! bicubic filter and cut off at a quarter of its range. A picture is 7.68 cells of the noise wide, as a crop of 128
//! pixels is of noise enlarged from 600 to 10,000.

use rand::Rng as _;

use super::{draw_until, short_side};
use crate::control::Rng;
use crate::imaging::{Plane, Size};

const CELLS: f32 = 7.68;
const THRESHOLD: f32 = 0.25;
const FRACTIONS: std::ops::RangeInclusive<f64> = 0.2..=0.3;

/// A cloudy region of 20 to 30 % of the picture.
pub(super) fn draw(size: Size, rng: &mut Rng) -> Plane<bool> {
    let cell = short_side(size) / CELLS;
    draw_until(size, |fraction| FRACTIONS.contains(&fraction), |holes| threshold(holes, cell, rng))
}

fn threshold(holes: &mut Plane<bool>, cell: f32, rng: &mut Rng) {
    let Size { width, height } = holes.size();
    let columns = Taps::along(width, cell, rng.random());
    let rows = Taps::along(height, cell, rng.random());
    let stretched: Vec<Vec<f32>> = (0..count(&rows))
        .map(|_| {
            let noise: Vec<f32> = (0..count(&columns)).map(|_| rng.random()).collect();
            columns.iter().map(|taps| taps.sum(|at| noise[at])).collect()
        })
        .collect();
    for (y, taps) in rows.iter().enumerate() {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| &stretched[taps.first + at][..width as usize]);
        let [wa, wb, wc, wd] = taps.weights;
        for (x, hole) in holes.row_mut(y as u32).iter_mut().enumerate() {
            *hole = wa * a[x] + wb * b[x] + wc * c[x] + wd * d[x] < THRESHOLD;
        }
    }
}

fn count(taps: &[Taps]) -> usize {
    taps.last().map_or(0, |last| last.first + 4)
}

/// Which four neighbours a position lies between, and how much of each it takes.
struct Taps {
    first: usize,
    weights: [f32; 4],
}

impl Taps {
    fn along(side: u32, cell: f32, phase: f32) -> Vec<Self> {
        (0..side).map(|at| Self::at((at as f32 + 0.5) / cell + phase)).collect()
    }

    /// Catmull and Rom's cubic.
    fn at(position: f32) -> Self {
        let t = position.fract();
        let weights = [
            ((2.0 - t) * t - 1.0) * t * 0.5,
            ((3.0 * t - 5.0) * t * t + 2.0) * 0.5,
            ((4.0 - 3.0 * t) * t + 1.0) * t * 0.5,
            (t - 1.0) * t * t * 0.5,
        ];
        Self { first: position as usize, weights }
    }

    fn sum(&self, value: impl Fn(usize) -> f32) -> f32 {
        (0..4).map(|at| self.weights[at] * value(self.first + at)).sum()
    }
}
