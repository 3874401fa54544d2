//! Drawings as points on thin lines, and those lines on a small grid where distances are measured.

use std::borrow::Borrow;
use std::sync::{Arc, OnceLock};

use super::distance::distances;
use crate::imaging::edges::thin;
use crate::imaging::ink::{Sample, Stroke, Tool};
use crate::imaging::{Plane, Size};

/// Points lie this far apart at most, in sides of the paper.
const SPACING: f32 = 1.0 / 1024.0;

/// Side of the grid on which erasers take away.
const ERASED_SIDE: u32 = 512;

/// Side of the grid on which drawings are compared.
pub(super) const SIDE: u32 = 256;

/// A drawing reaches this close to the grid's border, in its cells.
const BORDER: f32 = 2.0;

/// From this much on a pixel of a picture belongs to a line.
const DARK: f32 = 0.35;

/// A drawing smaller than this is not enlarged to the whole grid, in sides of the paper.
const SMALLEST: f32 = 1.0 / 64.0;

/// The most points of one drawing: a hundred times what covers the paper in lines.
const MAX_POINTS: usize = 4_000_000;

/// What is left of the ink of a drawing, as points along its lines. Coordinates are on the paper, 0..=1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ink {
    points: Vec<(f32, f32)>,
}

impl Ink {
    /// The ink of one layer's strokes, oldest first: pens leave it, erasers take away what is older, hints leave none.
    /// Parts outside of the paper are not kept.
    #[must_use]
    pub fn of_strokes<S: Borrow<Stroke>>(strokes: &[S]) -> Self {
        let mut ink = Self::default();
        let mut erased = None;
        // Newest first, so that an eraser finds only what came before it.
        for stroke in strokes.iter().rev().map(Borrow::borrow) {
            match stroke.tool {
                Tool::Hint => {}
                Tool::Pen => ink.draw(stroke, erased.as_ref()),
                Tool::Eraser => erase(
                    erased.get_or_insert_with(|| Plane::filled(Size::new(ERASED_SIDE, ERASED_SIDE), false)),
                    stroke,
                ),
            }
        }
        ink
    }

    /// The ink of several layers; erasers reach their own layer only.
    #[must_use]
    pub fn of_layers(layers: &[&[Arc<Stroke>]]) -> Self {
        let mut ink = Self::default();
        for layer in layers {
            ink.points.extend(Self::of_strokes(layer).points);
        }
        ink
    }

    /// The lines of a picture in which 1 is ink and 0 is paper; the longer side is the paper's, the picture in its middle.
    #[must_use]
    pub fn of_picture(picture: &Plane<f32>) -> Self {
        let Size { width, height } = picture.size();
        let dark = picture.data().iter().map(|&ink| u8::from(ink >= DARK)).collect();
        let Some(dark) = Plane::from_vec(picture.size(), dark) else { return Self::default() };
        let lines = thin(&dark);
        let side = width.max(height) as f32;
        let (left, top) = ((side - width as f32) / 2.0, (side - height as f32) / 2.0);
        let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let on_line = cells.filter(|&(x, y)| lines.at(x, y) != 0);
        Self { points: on_line.map(|(x, y)| ((x as f32 + 0.5 + left) / side, (y as f32 + 0.5 + top) / side)).collect() }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The smallest and the largest x and y: left, top, right, bottom; `None` without ink.
    #[must_use]
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let first = *self.points.first()?;
        Some(self.points.iter().fold([first.0, first.1, first.0, first.1], |[left, top, right, bottom], &(x, y)| {
            [left.min(x), top.min(y), right.max(x), bottom.max(y)]
        }))
    }

    fn draw(&mut self, stroke: &Stroke, erased: Option<&Plane<bool>>) {
        along(&stroke.samples, |x, y| {
            let is_on_paper = (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y);
            let cell = |v: f32| (v * ERASED_SIDE as f32) as u32;
            let is_left = || erased.is_none_or(|erased| !erased.at(cell(x), cell(y)));
            if is_on_paper && self.points.len() < MAX_POINTS && is_left() {
                self.points.push((x, y));
            }
        });
    }
}

/// Visits points along the way through `samples`, at most [`SPACING`] apart, each sample among them.
fn along(samples: &[Sample], mut visit: impl FnMut(f32, f32)) {
    let Some(first) = samples.first() else { return };
    visit(first.x, first.y);
    for pair in samples.windows(2) {
        let [from, to] = pair else { continue };
        let steps = ((to.x - from.x).hypot(to.y - from.y) / SPACING).ceil().max(1.0) as u32;
        for step in 1..=steps {
            let t = step as f32 / steps as f32;
            visit(t.mul_add(to.x - from.x, from.x), t.mul_add(to.y - from.y, from.y));
        }
    }
}

/// Marks all cells that the eraser's discs reach.
fn erase(erased: &mut Plane<bool>, stroke: &Stroke) {
    let side = ERASED_SIDE as f32;
    let reach = (stroke.size / 2.0 * side).max(0.5);
    let mut last: Option<(f32, f32)> = None;
    along(&stroke.samples, |x, y| {
        let (x, y) = (x * side, y * side);
        // Discs a quarter of their radius apart leave no ridges worth a cell.
        if last.is_some_and(|(a, b)| (a - x).hypot(b - y) < reach / 4.0) {
            return;
        }
        last = Some((x, y));
        let range =
            |at: f32| ((at - reach).floor().clamp(0.0, side) as u32)..((at + reach).ceil().clamp(0.0, side) as u32);
        for row in range(y) {
            for column in range(x) {
                if (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y) <= reach {
                    erased.set(column, row, true);
                }
            }
        }
    });
}

/// Where the paper lies on the grid: a position p becomes `scale * p + (dx, dy)` cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    scale: f32,
    dx: f32,
    dy: f32,
}

impl Frame {
    /// The paper on a grid of `side` cells.
    #[must_use]
    pub const fn paper(side: u32) -> Self {
        Self { scale: side as f32, dx: 0.0, dy: 0.0 }
    }

    /// `ink` in the middle of a grid of `side` cells and as large as it can be; the paper where there is none.
    #[must_use]
    pub fn fitted(ink: &Ink, side: u32) -> Self {
        let Some([left, top, right, bottom]) = ink.bounds() else { return Self::paper(side) };
        let scale = BORDER.mul_add(-2.0, side as f32) / (right - left).max(bottom - top).max(SMALLEST);
        let middle = side as f32 / 2.0;
        Self { scale, dx: middle - scale * (left + right) / 2.0, dy: middle - scale * (top + bottom) / 2.0 }
    }

    /// The cell of a grid of `side` cells at a position on the paper; the nearest one for positions outside.
    #[must_use]
    pub fn cell(&self, (x, y): (f32, f32), side: u32) -> (u32, u32) {
        let at = |v: f32, d: f32| (self.scale.mul_add(v, d).max(0.0) as u32).min(side.saturating_sub(1));
        (at(x, self.dx), at(y, self.dy))
    }

    /// How many cells the paper's side is long.
    #[must_use]
    pub const fn scale(&self) -> f32 {
        self.scale
    }
}

/// Lines on a grid: which cells they pass, and how far each cell is from them.
#[derive(Clone, Debug, PartialEq)]
pub struct LineMap {
    side: u32,
    cells: Vec<(u32, u32)>,
    /// Made when it is first asked for: often the cells are enough.
    near: OnceLock<Plane<u32>>,
}

impl LineMap {
    /// `ink` on a grid of `side` by `side` cells that lies at `frame`; what falls outside is not kept.
    #[must_use]
    pub fn new(ink: &Ink, frame: Frame, side: u32) -> Self {
        let mut set = Plane::filled(Size::new(side, side), false);
        let mut cells = Vec::new();
        for &(x, y) in &ink.points {
            let (x, y) = (frame.scale.mul_add(x, frame.dx), frame.scale.mul_add(y, frame.dy));
            let range = 0.0..side as f32;
            if range.contains(&x) && range.contains(&y) && !set.at(x as u32, y as u32) {
                set.set(x as u32, y as u32, true);
                cells.push((x as u32, y as u32));
            }
        }
        Self { side, cells, near: OnceLock::new() }
    }

    /// Each cell that a line passes, once.
    #[must_use]
    pub fn cells(&self) -> &[(u32, u32)] {
        &self.cells
    }

    /// The squared distance from a cell, which must be inside, to the nearest line in cells; `FAR` when there is no line.
    #[must_use]
    pub fn squared_distance(&self, (x, y): (u32, u32)) -> u32 {
        self.near().at(x, y)
    }

    fn near(&self) -> &Plane<u32> {
        self.near.get_or_init(|| {
            let mut set = Plane::filled(Size::new(self.side, self.side), false);
            self.cells.iter().for_each(|&(x, y)| set.set(x, y, true));
            distances(&set)
        })
    }

    /// How many of the cells of `other` have a line of this map within `reach` cells.
    #[must_use]
    pub fn count_near(&self, other: &Self, reach: f32) -> usize {
        let reach = (reach * reach) as u32;
        other.cells.iter().filter(|&&cell| self.squared_distance(cell) <= reach).count()
    }

    /// The share of the cells of `other` within `reach` cells of this map's lines, 0..=1; 0 when `other` has none.
    #[must_use]
    pub fn share_near(&self, other: &Self, reach: f32) -> f32 {
        if other.cells.is_empty() { 0.0 } else { self.count_near(other, reach) as f32 / other.cells.len() as f32 }
    }

    /// The mean distance from the cells of `other` to this map's lines, each at most `most` cells, as a share of it: 0..=1.
    #[must_use]
    pub fn mean_distance(&self, other: &Self, most: f32) -> f32 {
        if other.cells.is_empty() || self.cells.is_empty() {
            return 1.0;
        }
        let sum: f32 = other.cells.iter().map(|&cell| (self.squared_distance(cell) as f32).sqrt().min(most)).sum();
        sum / (most * other.cells.len() as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tool: Tool, points: &[(f32, f32)]) -> Stroke {
        Stroke::computed(tool, points.iter().map(|&(x, y)| Sample::new(x, y, 0)).collect::<Vec<_>>())
    }

    #[test]
    fn an_eraser_takes_what_is_older() {
        let pen = line(Tool::Pen, &[(0.1, 0.5), (0.9, 0.5)]);
        let eraser = line(Tool::Eraser, &[(0.5, 0.0), (0.5, 1.0)]);
        let (whole, cut) = (Ink::of_strokes(&[&eraser, &pen]), Ink::of_strokes(&[&pen, &eraser]));
        let lost = (whole.points.len() - cut.points.len()) as f32 * SPACING;
        assert!((lost - Stroke::ERASER_SIZE).abs() < 0.006, "as much as the eraser is wide, not {lost}");
        assert!(Ink::of_strokes(&[line(Tool::Hint, &[(0.1, 0.1), (0.3, 0.3)])]).is_empty(), "hints are no ink");
        assert!(Ink::of_strokes(&[line(Tool::Pen, &[(2.0, 2.0), (3.0, 3.0)])]).is_empty(), "beside the paper");
    }

    #[test]
    fn a_picture_and_its_strokes_are_the_same_lines() {
        let mut picture = Plane::filled(Size::new(200, 100), 0.0);
        for y in 48..52 {
            picture.row_mut(y)[20..180].fill(1.0);
        }
        let (drawn, seen) = (Ink::of_strokes(&[line(Tool::Pen, &[(0.1, 0.5), (0.9, 0.5)])]), Ink::of_picture(&picture));
        let maps = [&drawn, &seen].map(|ink| LineMap::new(ink, Frame::paper(SIDE), SIDE));
        assert!(maps[0].share_near(&maps[1], 2.0) > 0.99 && maps[1].share_near(&maps[0], 3.0) > 0.97, "one line");
    }

    #[test]
    fn a_drawing_fills_the_grid() {
        let ink = Ink::of_strokes(&[line(Tool::Pen, &[(0.40, 0.40), (0.50, 0.45)])]);
        let map = LineMap::new(&ink, Frame::fitted(&ink, 64), 64);
        let columns = map.cells().iter().map(|cell| cell.0);
        let (first, last) = (columns.clone().min(), columns.max());
        assert!(matches!((first, last), (Some(1..=2), Some(61..=62))), "from border to border: {first:?} {last:?}");
        let dot = Ink::of_strokes(&[line(Tool::Pen, &[(0.4, 0.4)])]);
        assert_eq!(LineMap::new(&dot, Frame::fitted(&dot, 64), 64).cells(), [(32, 32)], "a dot lies in the middle");
        let none = LineMap::new(&Ink::default(), Frame::fitted(&Ink::default(), 64), 64);
        assert_eq!(none.mean_distance(&map, 4.0), 1.0, "nothing is far away");
    }
}
