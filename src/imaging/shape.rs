//! Rectangles and polygons to coverage, anti-aliased. The lasso is a polygon with many corners.
//!
//! Like the brush it runs between two frames of the window and so never uses the thread pool.

use super::mask::Paint;
use super::{ImagePos, Mask, PixelRect};

/// Lines on which each row of pixels is sampled; along a line the coverage is exact.
const LINES: u32 = 8;

/// Corners further away than this are moved here.
const FAR: f64 = 1.0e7;

/// Paints the axis-aligned rectangle between two opposite corners, with exact coverage at its edges, and returns the
/// rectangle of pixels outside of which nothing changed. A corner that is not finite paints nothing.
pub fn rectangle(mask: &mut Mask, a: ImagePos, b: ImagePos, paint: Paint) -> PixelRect {
    if ![a.x, a.y, b.x, b.y].iter().all(|v| v.is_finite()) {
        return PixelRect::default();
    }
    let clamp = |v: f32| f64::from(v).clamp(-FAR, FAR);
    let (left, right) = (clamp(a.x.min(b.x)), clamp(a.x.max(b.x)));
    let (top, bottom) = (clamp(a.y.min(b.y)), clamp(a.y.max(b.y)));
    let rect = pixels_around(left, top, right, bottom).intersect(mask.size().rect());
    if rect.is_empty() {
        return PixelRect::default();
    }
    let overlap = |at: i32, low: f64, high: f64| (high.min(f64::from(at) + 1.0) - low.max(f64::from(at))).max(0.0);
    let columns: Vec<f64> = (rect.x0..rect.x1).map(|x| overlap(x, left, right) * 255.0).collect();
    for y in rect.y0..rect.y1 {
        let height = overlap(y, top, bottom);
        let row: Vec<u8> = columns.iter().map(|&cover| (cover * height).round() as u8).collect();
        mask.paint_row(rect.x0, y, &row, paint);
    }
    mask.drop_empty_tiles(rect);
    rect
}

/// Paints the closed polygon through `points` (what it winds around at least once is inside) and returns the rectangle
/// outside of which nothing changed. Points that are not finite are left out; fewer than three paint nothing.
pub fn polygon(mask: &mut Mask, points: &[ImagePos], paint: Paint) -> PixelRect {
    let clamp = |v: f32| f64::from(v).clamp(-FAR, FAR);
    let points: Vec<(f64, f64)> =
        points.iter().filter(|p| p.x.is_finite() && p.y.is_finite()).map(|p| (clamp(p.x), clamp(p.y))).collect();
    let rect = bounds(&points).intersect(mask.size().rect());
    if points.len() < 3 || rect.is_empty() {
        return PixelRect::default();
    }
    let mut scan = Scan::new(&points, rect);
    for y in rect.y0..rect.y1 {
        mask.paint_row(rect.x0, y, scan.row(y), paint);
    }
    mask.drop_empty_tiles(rect);
    rect
}

fn bounds(points: &[(f64, f64)]) -> PixelRect {
    let fold =
        |pick: fn(&(f64, f64)) -> f64, start: f64, join: fn(f64, f64) -> f64| points.iter().map(pick).fold(start, join);
    if points.is_empty() {
        return PixelRect::default();
    }
    pixels_around(
        fold(|p| p.0, f64::INFINITY, f64::min),
        fold(|p| p.1, f64::INFINITY, f64::min),
        fold(|p| p.0, f64::NEG_INFINITY, f64::max),
        fold(|p| p.1, f64::NEG_INFINITY, f64::max),
    )
}

fn pixels_around(left: f64, top: f64, right: f64, bottom: f64) -> PixelRect {
    PixelRect::new(left.floor() as i32, top.floor() as i32, right.ceil() as i32, bottom.ceil() as i32)
}

/// An edge that is not level, from its upper to its lower end.
struct Edge {
    top: f64,
    bottom: f64,
    x_at_top: f64,
    slope: f64,
    winding: i32,
}

impl Edge {
    fn between(a: (f64, f64), b: (f64, f64)) -> Option<Self> {
        let (upper, lower, winding) = if a.1 < b.1 { (a, b, 1) } else { (b, a, -1) };
        let slope = (lower.0 - upper.0) / (lower.1 - upper.1);
        (lower.1 > upper.1).then_some(Self { top: upper.1, bottom: lower.1, x_at_top: upper.0, slope, winding })
    }
}

/// Walks down a polygon row by row.
struct Scan {
    rect: PixelRect,
    /// By their upper ends.
    edges: Vec<Edge>,
    /// How many edges have begun.
    begun: usize,
    /// Indices of the edges that cross the current line.
    active: Vec<usize>,
    crossings: Vec<(f64, i32)>,
    /// Differences of neighbouring coverages, so that a span costs two entries however long it is.
    steps: Vec<f32>,
    row: Vec<u8>,
}

impl Scan {
    fn new(points: &[(f64, f64)], rect: PixelRect) -> Self {
        let ends = points.iter().zip(points.iter().cycle().skip(1));
        let mut edges: Vec<Edge> = ends.filter_map(|(&a, &b)| Edge::between(a, b)).collect();
        edges.sort_by(|a, b| a.top.total_cmp(&b.top));
        let width = rect.width() as usize;
        Self {
            rect,
            edges,
            begun: 0,
            active: Vec::new(),
            crossings: Vec::new(),
            steps: vec![0.0; width + 2],
            row: vec![0; width],
        }
    }

    /// The coverage of row `y`; rows must be asked for from top to bottom.
    fn row(&mut self, y: i32) -> &[u8] {
        self.steps.fill(0.0);
        for line in 0..LINES {
            self.add_line(f64::from(y) + (f64::from(line) + 0.5) / f64::from(LINES));
        }
        let mut cover = 0.0;
        for (value, step) in self.row.iter_mut().zip(&self.steps) {
            cover += step;
            *value = (cover * (255.0 / LINES as f32) + 0.5) as u8;
        }
        &self.row
    }

    fn add_line(&mut self, y: f64) {
        while self.edges.get(self.begun).is_some_and(|edge| edge.top <= y) {
            self.active.push(self.begun);
            self.begun += 1;
        }
        let edges = &self.edges;
        self.active.retain(|&at| edges[at].bottom > y);
        self.crossings.clear();
        self.crossings.extend(self.active.iter().map(|&at| {
            let edge = &edges[at];
            (edge.x_at_top + (y - edge.top) * edge.slope, edge.winding)
        }));
        self.crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut winding, mut start) = (0, 0.0);
        for at in 0..self.crossings.len() {
            let (x, turn) = self.crossings[at];
            if winding == 0 {
                start = x;
            }
            winding += turn;
            if winding == 0 {
                self.add_step(start, 1.0);
                self.add_step(x, -1.0);
            }
        }
    }

    /// Raises the coverage to the right of `x` by `height`, in part for the pixel that holds `x`.
    fn add_step(&mut self, x: f64, height: f32) {
        let x = (x - f64::from(self.rect.x0)).clamp(0.0, f64::from(self.rect.width()));
        let (at, part) = (x as usize, x.fract() as f32);
        self.steps[at] += height * (1.0 - part);
        self.steps[at + 1] += height * part;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::imaging::Size;

    fn area(mask: &Mask) -> f64 {
        mask.plane(mask.size().rect()).data().iter().map(|&v| f64::from(v) / 255.0).sum()
    }

    #[test]
    fn a_rectangle_has_exact_edges() {
        let mut mask = Mask::empty(Size::new(40, 40));
        let rect = rectangle(&mut mask, ImagePos::new(20.0, 10.5), ImagePos::new(9.75, 30.0), Paint::Add);
        assert_eq!(rect, PixelRect::new(9, 10, 20, 30), "the pixels touched");
        assert_eq!(
            (mask.coverage_at(9, 15), mask.coverage_at(15, 10), mask.coverage_at(15, 15)),
            (64, 128, 255),
            "edges"
        );
        rectangle(&mut mask, ImagePos::new(0.0, 0.0), ImagePos::new(1e30, 1e30), Paint::Subtract);
        assert_eq!(mask.byte_len(), 0, "all taken away");
    }

    #[test]
    fn what_is_wound_twice_or_backwards_is_inside() {
        let at = |x: f32, y: f32| ImagePos::new(x, y);
        let square = [at(10.0, 10.0), at(30.0, 10.0), at(30.0, 30.0), at(10.0, 30.0)];
        let twice: Vec<_> = square.iter().chain(&square).copied().collect();
        let eight = [at(10.0, 10.0), at(30.0, 30.0), at(30.0, 10.0), at(10.0, 30.0)];
        for (points, want) in [(&square[..], 400.0), (&twice, 400.0), (&eight, 200.0)] {
            let mut mask = Mask::empty(Size::new(40, 40));
            let reversed: Vec<_> = points.iter().rev().copied().collect();
            polygon(&mut mask, points, Paint::Add);
            assert!((area(&mask) - want).abs() < want * 0.01, "{} instead of {want}", area(&mask));
            polygon(&mut mask, &reversed, Paint::Subtract);
            assert_eq!(mask.hole_count(), 0, "the same shape taken away");
        }
    }

    #[test]
    fn wild_points_do_no_harm() {
        let mut mask = Mask::empty(Size::new(64, 64));
        let wild = [f32::NAN, f32::INFINITY, 1e30, -1e30, 0.0, 64.0, 1e-30];
        let points: Vec<_> = (0..60).map(|i| ImagePos::new(wild[i % 7], wild[i * i % 7])).collect();
        polygon(&mut mask, &points, Paint::Add);
        assert!(polygon(&mut mask, &points[..2], Paint::Add).is_empty(), "no area");
        assert!(rectangle(&mut mask, points[0], points[1], Paint::Add).is_empty(), "no number");
        assert!(polygon(&mut mask, &[], Paint::Add).is_empty(), "no point");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_star_shaped_polygon_has_its_analytic_area(
            radii in prop::collection::vec(30.0f64..140.0, 3..40),
            center in (145.0f64..155.0, 145.0f64..155.0),
        ) {
            // Corners at random distances around a centre never cross each other.
            let corners: Vec<(f64, f64)> = radii.iter().enumerate().map(|(i, r)| {
                let (sin, cos) = (i as f64 / radii.len() as f64 * std::f64::consts::TAU).sin_cos();
                (center.0 + r * cos, center.1 + r * sin)
            }).collect();
            let next = corners.iter().cycle().skip(1);
            let want = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0;
            let points: Vec<_> = corners.iter().map(|&(x, y)| ImagePos::new(x as f32, y as f32)).collect();
            let mut mask = Mask::empty(Size::new(300, 300));
            let rect = polygon(&mut mask, &points, Paint::Add);
            prop_assert!((area(&mask) - want).abs() < want * 0.01, "{} instead of {want}", area(&mask));
            prop_assert!(rect.contains_rect(mask.bounds(1)), "inside of the rectangle");
        }
    }
}
