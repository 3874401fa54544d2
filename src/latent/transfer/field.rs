//! What a moment of the morph does to the picture it began with: motion, color and doubt for each pixel.

use super::color::apply;
use super::flow::Slopes;
use super::pair::{Matched, flatten, warped};
use super::raster::Raster;

/// Numbers a pixel: two of motion, twelve of color, one of doubt, one that is always 0 and rounds them to whole vectors.
pub(super) const SORTS: usize = 16;

/// Where the color's map begins.
pub(super) const COLOR: usize = 2;

/// Where the doubt stands.
pub(super) const DOUBT: usize = 14;

/// The squared difference of colors, on the scale 0..=1, at which confidence has fallen to 1/e.
const DOUBTFUL: f32 = 0.06;

/// Half of the side of the window in which colors are compared.
const REACH: usize = 2;

/// A square grid of the manifold's side. The motion is in pixels of the manifold, from where a pixel is to where it was.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) side: usize,
    pub(super) values: Vec<[f32; SORTS]>,
}

/// How well a field explains a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Root mean square of the colors' difference, on the scale 0..=1.
    pub(super) residual: f32,
    /// Mean of 1 less the doubt.
    pub(super) confidence: f32,
    /// Mean length of the motion in sides of the square.
    pub(super) motion: f32,
}

impl Field {
    /// Nothing moves, no color changes, nothing is doubted.
    pub(super) fn still(side: usize) -> Self {
        Self { side, values: vec![[0.0; SORTS]; side * side] }
    }

    /// What leads from picture `first` to picture `later`, and how well it does.
    pub(super) fn of(matched: &Matched, later: &Raster, first: &Slopes) -> (Self, Fit) {
        let side = matched.side;
        let seen = warped(first, &matched.flow);
        let left = |at: usize| {
            let (got, want) = (apply(&matched.colors[at], seen[at]), later.pixels[at]);
            [0, 1, 2].map(|c| got[c] - want[c])
        };
        let left: Vec<[f32; 3]> = (0..side * side).map(left).collect();
        let square = |of: [f32; 3]| of.iter().map(|v| v * v).sum::<f32>();
        let value = |at: usize| {
            let mut value = [0.0; SORTS];
            value[..COLOR].copy_from_slice(&matched.flow[at]);
            value[COLOR..DOUBT].copy_from_slice(&flatten(&matched.colors[at]));
            value[DOUBT] = 1.0 - (-square(around(&left, side, at)) / DOUBTFUL).exp();
            value
        };
        let field = Self { side, values: (0..side * side).map(value).collect() };
        let mean = |of: &dyn Fn(usize) -> f32| {
            (0..side * side).map(|at| f64::from(of(at))).sum::<f64>() / (side * side) as f64
        };
        let fit = Fit {
            residual: (mean(&|at| square(left[at])) / 3.0).sqrt() as f32,
            confidence: mean(&|at| 1.0 - field.values[at][DOUBT]) as f32,
            motion: mean(&|at| field.values[at][0].hypot(field.values[at][1]) / side as f32) as f32,
        };
        (field, fit)
    }

    /// The field that is `share` of the way from this one to `next`.
    pub(super) fn towards(&self, next: &Self, share: f32) -> Self {
        let mix = |(a, b): (&[f32; SORTS], &[f32; SORTS])| {
            let mut out = *a;
            for at in 0..SORTS {
                out[at] += share * (b[at] - a[at]);
            }
            out
        };
        Self { side: self.side, values: self.values.iter().zip(&next.values).map(mix).collect() }
    }
}

/// The mean over a window: differences of both signs along an edge that is a fraction of a pixel off cancel, and only a color
/// that is really missing is left.
fn around(values: &[[f32; 3]], side: usize, at: usize) -> [f32; 3] {
    let (x, y) = (at % side, at / side);
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for j in y.saturating_sub(REACH)..(y + REACH + 1).min(side) {
        for i in x.saturating_sub(REACH)..(x + REACH + 1).min(side) {
            for c in 0..3 {
                sum[c] += values[j * side + i][c];
            }
            count += 1.0;
        }
    }
    sum.map(|v| v / count)
}
