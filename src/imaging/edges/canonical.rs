//! One form for all lines, and how much of a drawing is taken at its word.
//!
//! Refinement follows Yang et al., Deep Plastic Surgery (2020), §3.2: the network is shown wider lines the less the exact place
//! of a line shall count, and in training the lines are moved about as far as they are wide.

use serde::{Deserialize, Serialize};

use super::{Line, draw, is_closed, join, length, smoothed, thin, trace};
use crate::imaging::{Plane, Size};

/// From this much ink on a pixel belongs to a line.
const INK: f32 = 0.2;
/// On a larger paper a pixel of so much ink belongs to one however thin it is: averaging would lose it.
const SURE: f32 = 0.5;
/// The pen's radius as a share of the side at refinement 0 and 1.
const RADIUS: [f32; 2] = [0.0035, 0.024];
/// And at least so many pixels.
const LEAST_RADIUS: f32 = 0.6;
/// Points along a line that are averaged, in shares of the side.
const SMOOTH: [f32; 2] = [0.005, 0.02];
/// Ends this near to each other are joined, in shares of the side.
const GAP: [f32; 2] = [0.006, 0.03];
/// Twigs shorter than this are what thinning leaves of a wide pen.
const TWIG: [f32; 2] = [0.014, 0.03];
/// The cosine of the largest turn where lines are joined.
const TURN: f32 = 0.5;

/// How much a drawing is forgiven, 0..=1: 0 follows the lines, 1 takes them as a rough idea.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Refinement(f32);

impl Refinement {
    /// Follows the lines.
    pub const FAITHFUL: Self = Self(0.0);

    /// `level` within 0..=1; what is no number is 0.
    #[must_use]
    pub const fn new(level: f32) -> Self {
        if level.is_nan() { Self(0.0) } else { Self(level.clamp(0.0, 1.0)) }
    }

    /// In 0..=1.
    #[must_use]
    pub const fn level(self) -> f32 {
        self.0
    }

    /// The radius in pixels of the pen that lines are drawn with on paper of `side` pixels.
    #[must_use]
    pub fn radius(self, side: u32) -> f32 {
        self.between(RADIUS, side).max(LEAST_RADIUS)
    }

    fn between(self, [low, high]: [f32; 2], side: u32) -> f32 {
        (high - low).mul_add(self.0, low) * side as f32
    }
}

impl From<f32> for Refinement {
    fn from(level: f32) -> Self {
        Self::new(level)
    }
}

impl From<Refinement> for f32 {
    fn from(refinement: Refinement) -> Self {
        refinement.0
    }
}

/// `ink` (1 is ink, 0 paper, any size) as a network sees it on square paper of `side` pixels: brought to that size without being
/// squashed, thinned, traced, cleaned of what thinning leaves, smoothed and drawn again with one pen. The same lines drawn
/// with another pen or on a larger canvas give nearly the same result; the same input gives the same bits.
#[must_use]
pub fn canonical(ink: &Plane<f32>, side: u32, refinement: Refinement) -> Plane<f32> {
    let paper = fitted(ink, side);
    let is_ink = paper.data().iter().map(|&value| u8::from(value >= INK)).collect();
    let size = Size::new(side, side);
    let Some(mut is_ink) = Plane::from_vec(size, is_ink) else { return Plane::filled(size, 0.0) };
    mark_thin_lines(ink, &mut is_ink);
    redrawn(trace(&thin(&is_ink)), side, refinement)
}

/// The second half of [`canonical()`], from thin lines on: joined, cleaned, smoothed, drawn.
#[must_use]
pub fn redrawn(lines: Vec<Line>, side: u32, refinement: Refinement) -> Plane<f32> {
    let lines = without_twigs(lines, refinement.between(TWIG, side));
    let lines = join(&lines, refinement.between(GAP, side).max(1.6), TURN);
    let sigma = refinement.between(SMOOTH, side);
    let lines: Vec<Line> = lines.iter().map(|line| smoothed(line, sigma)).collect();
    draw(&lines, Size::new(side, side), refinement.radius(side))
}

/// Without short lines that hang on another with one end only.
fn without_twigs(lines: Vec<Line>, shortest: f32) -> Vec<Line> {
    use std::collections::BTreeMap;
    let cell = |at: [f32; 2]| at.map(f32::to_bits);
    let mut meeting: BTreeMap<[u32; 2], u32> = BTreeMap::new();
    for line in &lines {
        for end in [line.first(), line.last()].into_iter().flatten() {
            *meeting.entry(cell(*end)).or_default() += 1;
        }
    }
    let hangs = |line: &Line| {
        let [Some(first), Some(last)] = [line.first(), line.last()] else { return false };
        let others = |at: &[f32; 2]| meeting.get(&cell(*at)).copied().unwrap_or(0) > 1;
        !is_closed(line) && others(first) != others(last)
    };
    lines.into_iter().filter(|line| !(length(line) < shortest && hangs(line))).collect()
}

/// Ink on square paper of `side` pixels: as large as fits, in the middle. Pixels are averaged where it becomes smaller.
fn fitted(ink: &Plane<f32>, side: u32) -> Plane<f32> {
    let Size { width, height } = ink.size();
    let paper = Size::new(side, side);
    if ink.size() == paper {
        return ink.clone();
    }
    let longest = width.max(height).max(1);
    let scale = side as f32 / longest as f32;
    let offset = |length: u32| 0.5 * (side as f32 - scale * length as f32);
    let columns = shares(side, width, scale, offset(width));
    let rows = shares(side, height, scale, offset(height));
    let mut narrow = vec![0.0; side as usize * height as usize];
    for y in 0..height {
        let row = ink.row(y);
        for (to, list) in narrow[(y * side) as usize..][..side as usize].iter_mut().zip(&columns) {
            *to = list.iter().map(|&(at, weight)| weight * row[at]).sum();
        }
    }
    let mut out = Plane::filled(paper, 0.0);
    for (y, list) in rows.iter().enumerate() {
        let row = out.row_mut(y as u32);
        for &(at, weight) in list {
            let from = &narrow[at * side as usize..][..side as usize];
            row.iter_mut().zip(from).for_each(|(to, value)| *to += weight * value);
        }
    }
    out
}

/// Marks where on a smaller paper a pixel of `ink` lies that belongs to a line by itself.
fn mark_thin_lines(ink: &Plane<f32>, marks: &mut Plane<u8>) {
    let (Size { width, height }, side) = (ink.size(), marks.size().width);
    let longest = width.max(height);
    if longest <= side {
        return;
    }
    let scale = side as f32 / longest as f32;
    let to = |at: u32, length: u32| {
        let offset = 0.5 * (side as f32 - scale * length as f32);
        ((at as f32 + 0.5).mul_add(scale, offset) as u32).min(side - 1)
    };
    let columns: Vec<u32> = (0..width).map(|x| to(x, width)).collect();
    for y in 0..height {
        let row = to(y, height);
        let sure = ink.row(y).iter().zip(&columns).filter(|(value, _)| **value >= SURE);
        sure.for_each(|(_, &column)| marks.set(column, row, 1));
    }
}

/// For each pixel of the result, the pixels of the source and their weights: those that it covers, or the two between which it
/// lies where it is the smaller one.
fn shares(side: u32, length: u32, scale: f32, offset: f32) -> Vec<Vec<(usize, f32)>> {
    (0..side)
        .map(|at| {
            let (low, high) = ((at as f32 - offset) / scale, (at as f32 + 1.0 - offset) / scale);
            let (middle, half) = (0.5 * (low + high), 0.5 * (high - low).max(1.0));
            let (low, high) = (middle - half, middle + half);
            let first = low.floor().max(0.0) as usize;
            let last = high.ceil().clamp(0.0, length as f32) as usize;
            let overlap = |at: usize| (high.min(at as f32 + 1.0) - low.max(at as f32)).max(0.0);
            (first..last).map(|at| (at, overlap(at) / (2.0 * half))).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(side: f32, radius: f32) -> Plane<f32> {
        let ring = |x: f32, y: f32, r: f32| -> Line {
            (0..=60)
                .map(|at| (at as f32 / 60.0 * std::f32::consts::TAU).sin_cos())
                .map(|(b, a)| [(x + r * a) * side, (y + r * b) * side])
                .collect()
        };
        let lines = [
            ring(0.5, 0.5, 0.35),
            ring(0.4, 0.45, 0.06),
            ring(0.6, 0.45, 0.06),
            vec![[0.4 * side, 0.7 * side], [0.6 * side, 0.7 * side]],
        ];
        draw(&lines, Size::new(side as u32, side as u32), radius)
    }

    fn apart(a: &Plane<f32>, b: &Plane<f32>) -> f32 {
        let difference: f32 = a.data().iter().zip(b.data()).map(|(a, b)| (a - b).abs()).sum();
        difference / a.data().iter().sum::<f32>()
    }

    #[test]
    fn the_pen_and_the_canvas_do_not_matter() {
        let usual = canonical(&face(256.0, 1.0), 256, Refinement::FAITHFUL);
        for (other, what) in
            [(face(256.0, 2.5), "a wider pen"), (face(512.0, 2.0), "a larger canvas"), (face(900.0, 6.0), "both")]
        {
            let found = canonical(&other, 256, Refinement::FAITHFUL);
            let difference = apart(&found, &usual);
            assert!(difference < 0.45, "{what}: {difference} of the ink lies elsewhere");
            let near = canonical(&other, 256, Refinement::new(0.5));
            let usual = canonical(&face(256.0, 1.0), 256, Refinement::new(0.5));
            let difference = apart(&near, &usual);
            assert!(difference < 0.1, "{what}, forgiven: {difference} of the ink lies elsewhere");
        }
    }

    #[test]
    fn lines_grow_with_refinement_and_blank_paper_stays_blank() {
        let ink = |level: f32| canonical(&face(256.0, 1.5), 256, Refinement::new(level)).data().iter().sum::<f32>();
        assert!(ink(0.0) * 1.5 < ink(0.4) && ink(0.4) * 1.2 < ink(1.0), "{} {} {}", ink(0.0), ink(0.4), ink(1.0));
        let blank = canonical(&Plane::filled(Size::new(300, 200), 0.0), 128, Refinement::new(0.3));
        assert!(blank.data().iter().all(|&value| value == 0.0));
    }

    #[test]
    fn oblong_paper_is_not_squashed() {
        let mut ink = Plane::filled(Size::new(400, 200), 0.0);
        (0..400).for_each(|x| (98..102).for_each(|y| ink.set(x, y, 1.0)));
        let out = canonical(&ink, 100, Refinement::FAITHFUL);
        assert!(out.at(50, 50) > 0.5 || out.at(50, 49) > 0.5, "the line is in the middle");
        assert!((0..100).all(|x| out.at(x, 20) == 0.0 && out.at(x, 80) == 0.0), "and nowhere else");
    }

    #[test]
    fn odd_sizes_and_full_paper_do_no_harm() {
        for size in [Size::new(1, 1), Size::new(3, 700), Size::new(64, 64)] {
            let out = canonical(&Plane::filled(size, 1.0), 64, Refinement::new(1.0));
            assert!(out.data().iter().all(|value| (0.0..=1.0).contains(value)));
        }
        let noise = Plane::from_vec(Size::new(64, 64), vec![f32::NAN; 64 * 64]).expect("a plane");
        assert!(canonical(&noise, 64, Refinement::FAITHFUL).data().iter().all(|value| value.is_finite()));
    }
}
