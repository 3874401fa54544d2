//! Samples that are computed: lines, curves and closed figures, for the tools that draw them.

use std::f32::consts::TAU;

use super::Sample;

/// Neighboring samples are not further apart than this.
const STEP: f32 = 1.0 / 128.0;

/// The most samples of a figure.
const MOST: f32 = 4000.0;

/// Milliseconds between two samples: as a pen would have drawn it.
const MILLIS: u32 = 8;

/// A position on the paper.
pub type Point = (f32, f32);

/// A straight line.
#[must_use]
pub fn line(from: Point, to: Point) -> Vec<Sample> {
    sampled(distance(from, to), |t| mix(from, to, t))
}

/// A cubic Bézier curve from the first point to the last one.
#[must_use]
pub fn bezier([a, b, c, d]: [Point; 4]) -> Vec<Sample> {
    sampled(distance(a, b) + distance(b, c) + distance(c, d), |t| {
        let (ab, bc, cd) = (mix(a, b, t), mix(b, c, t), mix(c, d, t));
        mix(mix(ab, bc, t), mix(bc, cd, t), t)
    })
}

/// A smooth curve through all `points` (Catmull and Rom 1974); closed, it comes back to the first one.
#[must_use]
pub fn curve(points: &[Point], is_closed: bool) -> Vec<Sample> {
    let count = points.len();
    let pieces = if is_closed { count } else { count.saturating_sub(1) };
    let at = |index: isize| {
        if is_closed {
            points[index.rem_euclid(count as isize) as usize]
        } else {
            points[index.clamp(0, count as isize - 1) as usize]
        }
    };
    if count < 3 {
        return match *points {
            [from, to] => line(from, to),
            [only] => line(only, only),
            _ => Vec::new(),
        };
    }
    let mut positions = Vec::new();
    for piece in 0..pieces as isize {
        let [a, b, c, d] = [-1, 0, 1, 2].map(|more| at(piece + more));
        let tangent = |from: Point, to: Point| ((to.0 - from.0) / 6.0, (to.1 - from.1) / 6.0);
        let (leave, arrive) = (tangent(a, c), tangent(b, d));
        let handles = [b, (b.0 + leave.0, b.1 + leave.1), (c.0 - arrive.0, c.1 - arrive.1), c];
        positions.extend(bezier(handles).iter().skip(usize::from(piece > 0)).map(|sample| (sample.x, sample.y)));
    }
    timed(positions.into_iter())
}

/// An ellipse around `center`, clockwise from its right end.
#[must_use]
pub fn ellipse(center: Point, radii: (f32, f32)) -> Vec<Sample> {
    sampled(TAU * radii.0.abs().max(radii.1.abs()), |t| {
        let (sine, cosine) = (TAU * t).sin_cos();
        (center.0 + radii.0 * cosine, center.1 + radii.1 * sine)
    })
}

fn sampled(length: f32, at: impl Fn(f32) -> Point) -> Vec<Sample> {
    let steps = (length / STEP).ceil().clamp(1.0, MOST);
    timed((0..=steps as u32).map(|step| at(step as f32 / steps)))
}

fn timed(positions: impl Iterator<Item = Point>) -> Vec<Sample> {
    positions.enumerate().map(|(at, (x, y))| Sample::new(x, y, at as u32 * MILLIS)).collect()
}

fn mix(a: Point, b: Point, t: f32) -> Point {
    // In this form both ends are met exactly.
    (a.0 * (1.0 - t) + b.0 * t, a.1 * (1.0 - t) + b.1 * t)
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}
