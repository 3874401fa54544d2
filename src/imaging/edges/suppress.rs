//! From a soft map of edges, such as a network's, to thin lines (after the toolbox of Dollár and Zitnick, Fast Edge Detection Using Structured
//! Forests, 2015, restated from its description).

use super::filter::{derivative, separable};
use super::thin::{thin, without_specks};
use crate::imaging::{Plane, Size};

/// What becomes a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suppression {
    /// From here on an edge counts, 0..1; pix2pix's authors use 25 of 255.
    pub threshold: f32,
    /// Connected pixels of fewer than this are no line.
    pub least: usize,
    /// Edges fade this many pixels from the picture's border.
    pub border: u32,
}

impl Default for Suppression {
    fn default() -> Self {
        Self { threshold: 25.0 / 255.0, least: 5, border: 5 }
    }
}

/// Half of a triangle's taps: `(r + 1 - |i|) / (r + 1)^2` with the radius 4.
const TRIANGLE: [f32; 9] = [0.04, 0.08, 0.12, 0.16, 0.2, 0.16, 0.12, 0.08, 0.04];
/// An edge may be a little fainter than what is beside it.
const SLACK: f32 = 1.01;

/// Lines one pixel thin, 1 on them, else 0, where `edges` in 0..=1 has its ridges.
#[must_use]
pub fn thin_edges(edges: &Plane<f32>, options: Suppression) -> Plane<u8> {
    let size = edges.size();
    let ridges = ridges(edges, options.border);
    let threshold = options.threshold.max(f32::EPSILON);
    let is_edge = ridges.data().iter().map(|&value| u8::from(value >= threshold)).collect();
    let Some(is_edge) = Plane::from_vec(size, is_edge) else { return Plane::filled(size, 0) };
    without_specks(&thin(&is_edge), options.least)
}

/// `edges` where no neighbour across the edge is stronger, else 0; faded at the border.
fn ridges(edges: &Plane<f32>, border: u32) -> Plane<f32> {
    let soft = separable(edges, &TRIANGLE);
    let (dx, dy) = (derivative(&soft, false), derivative(&soft, true));
    let (dxx, dxy, dyy) = (derivative(&dx, false), derivative(&dx, true), derivative(&dy, true));
    let Size { width, height } = edges.size();
    let mut out = Plane::filled(edges.size(), 0.0);
    for y in 0..height {
        for x in 0..width {
            let (xx, xy, yy) = (dxx.at(x, y), dxy.at(x, y), dyy.at(x, y));
            let across = (yy * sign(-xy) / (xx + 1e-5)).atan().rem_euclid(std::f32::consts::PI);
            let (sine, cosine) = across.sin_cos();
            let at = |direction: f32| interpolated(edges, direction * cosine + x as f32, direction * sine + y as f32);
            let here = edges.at(x, y);
            if here * SLACK >= at(1.0) && here * SLACK >= at(-1.0) {
                let inside = [x, y, width - 1 - x, height - 1 - y].into_iter().min().unwrap_or(0);
                let fade = if inside < border { inside as f32 / border as f32 } else { 1.0 };
                out.set(x, y, here * fade);
            }
        }
    }
    out
}

/// -1, 0 or 1.
fn sign(value: f32) -> f32 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

fn interpolated(plane: &Plane<f32>, x: f32, y: f32) -> f32 {
    let Size { width, height } = plane.size();
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (x0, y0) = (x as u32, y as u32);
    let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let mix = |a: f32, b: f32, share: f32| share * (b - a) + a;
    mix(mix(plane.at(x0, y0), plane.at(x1, y0), fx), mix(plane.at(x0, y1), plane.at(x1, y1), fx), fy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A soft ridge along a line through the middle at an angle.
    fn ridge(angle: f32) -> Plane<f32> {
        let mut plane = Plane::filled(Size::new(64, 64), 0.0);
        let (sine, cosine) = angle.sin_cos();
        for y in 0..64 {
            for x in 0..64 {
                let off = (x as f32 - 32.0) * sine - (y as f32 - 32.0) * cosine;
                plane.set(x, y, (-off * off / 8.0).exp());
            }
        }
        plane
    }

    #[test]
    fn a_soft_ridge_becomes_one_line_in_its_middle() {
        for angle in [0.0, 0.4, 0.8, 1.2, 1.57, 2.0, 2.6] {
            let lines = thin_edges(&ridge(angle), Suppression::default());
            let (sine, cosine) = angle.sin_cos();
            let pixels: Vec<(u32, u32)> =
                (0..64).flat_map(|y| (0..64).map(move |x| (x, y))).filter(|&(x, y)| lines.at(x, y) == 1).collect();
            assert!((38..80).contains(&pixels.len()), "{} pixels at {angle}", pixels.len());
            let far = pixels
                .iter()
                .filter(|&&(x, y)| ((x as f32 - 32.0) * sine - (y as f32 - 32.0) * cosine).abs() > 1.5)
                .count();
            assert!(far * 12 <= pixels.len(), "{far} of {} pixels lie off the ridge at {angle}", pixels.len());
        }
    }

    #[test]
    fn borders_fade_and_specks_go() {
        let mut plane = Plane::filled(Size::new(40, 40), 0.0);
        (0..40).for_each(|at| plane.set(0, at, 1.0));
        plane.set(20, 20, 1.0);
        assert!(thin_edges(&plane, Suppression::default()).data().iter().all(|&value| value == 0));
    }
}
