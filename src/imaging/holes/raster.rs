//! Filling boxes, thick lines and polygons into a plane of booleans, a row of pixels at a time, without anti-aliasing.
//! A pixel is inside when its centre is.

use crate::imaging::{ImagePos, PixelRect, Plane};

/// Fills `rect`, clipped to the plane.
pub(super) fn fill_rect(holes: &mut Plane<bool>, rect: PixelRect) {
    let rect = rect.intersect(holes.size().rect());
    if rect.is_empty() {
        return;
    }
    for y in rect.y0..rect.y1 {
        holes.row_mut(y as u32)[rect.x0 as usize..rect.x1 as usize].fill(true);
    }
}

/// Fills the points at most `radius` from the line between `a` and `b`: a line of that thickness with round ends.
pub(super) fn fill_capsule(holes: &mut Plane<bool>, a: ImagePos, b: ImagePos, radius: f32) {
    let length = a.distance(b);
    let (dx, dy) = if length > 0.0 { ((b.x - a.x) / length, (b.y - a.y) / length) } else { (0.0, 0.0) };
    let side = |p: ImagePos, sign: f32| ImagePos::new(p.x - sign * dy * radius, p.y + sign * dx * radius);
    let band = [side(a, 1.0), side(b, 1.0), side(b, -1.0), side(a, -1.0)];
    for y in rows_between(holes, a.y.min(b.y) - radius, a.y.max(b.y) + radius) {
        let center = y as f32 + 0.5;
        let mut span = Span::EMPTY;
        for end in [a, b] {
            let below = radius * radius - (center - end.y).powi(2);
            if below >= 0.0 {
                span.add(end.x - below.sqrt());
                span.add(end.x + below.sqrt());
            }
        }
        for at in 0..4 {
            span.add_edge(band[at], band[(at + 1) % 4], center);
        }
        span.fill(holes.row_mut(y));
    }
}

/// Fills a closed polygon by the even-odd rule.
pub(super) fn fill_polygon(holes: &mut Plane<bool>, corners: &[ImagePos]) {
    let (top, bottom) = corners.iter().fold((f32::MAX, f32::MIN), |(lo, hi), p| (lo.min(p.y), hi.max(p.y)));
    let mut crossings: Vec<f32> = Vec::new();
    for y in rows_between(holes, top, bottom) {
        let center = y as f32 + 0.5;
        crossings.clear();
        for (at, &p) in corners.iter().enumerate() {
            let q = corners[(at + 1) % corners.len()];
            if (p.y <= center) != (q.y <= center) {
                crossings.push(p.x + (q.x - p.x) * (center - p.y) / (q.y - p.y));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            Span { left: pair[0], right: pair[1] }.fill(holes.row_mut(y));
        }
    }
}

/// Fills what the holes enclose: every pixel from which the border cannot be reached over known pixels side by side.
pub(super) fn fill_enclosed(holes: &mut Plane<bool>) {
    let bounds = holes.bounds(|hole| hole);
    let (width, height) = (bounds.width() as usize, bounds.height() as usize);
    let mut is_reached = vec![false; width * height];
    // Whatever is known at the edge of the bounds is connected to the outside.
    let mut open: Vec<(usize, usize)> = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]).collect();
    open.extend((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
    let is_hole = |x: usize, y: usize| holes.at(bounds.x0 as u32 + x as u32, bounds.y0 as u32 + y as u32);
    while let Some((x, y)) = open.pop() {
        if is_reached[y * width + x] || is_hole(x, y) {
            continue;
        }
        is_reached[y * width + x] = true;
        open.extend((x > 0).then(|| (x - 1, y)));
        open.extend((x + 1 < width).then_some((x + 1, y)));
        open.extend((y > 0).then(|| (x, y - 1)));
        open.extend((y + 1 < height).then_some((x, y + 1)));
    }
    for (y, row) in is_reached.chunks_exact(width.max(1)).enumerate() {
        let inside = &mut holes.row_mut(bounds.y0 as u32 + y as u32)[bounds.x0 as usize..bounds.x1 as usize];
        for (hole, &reached) in inside.iter_mut().zip(row) {
            *hole = !reached;
        }
    }
}

/// The rows whose centres lie in `top..=bottom`.
fn rows_between(holes: &Plane<bool>, top: f32, bottom: f32) -> std::ops::Range<u32> {
    let height = holes.size().height as f32;
    let first = (top - 0.5).ceil().clamp(0.0, height);
    let end = ((bottom - 0.5).floor() + 1.0).clamp(first, height);
    first as u32..end as u32
}

/// An interval on a row, empty when `left > right`.
struct Span {
    left: f32,
    right: f32,
}

impl Span {
    const EMPTY: Self = Self { left: f32::MAX, right: f32::MIN };

    fn add(&mut self, x: f32) {
        self.left = self.left.min(x);
        self.right = self.right.max(x);
    }

    /// Adds where the line from `p` to `q` crosses the height `y`, if it does.
    fn add_edge(&mut self, p: ImagePos, q: ImagePos, y: f32) {
        if (p.y <= y) != (q.y <= y) {
            self.add(p.x + (q.x - p.x) * (y - p.y) / (q.y - p.y));
        }
    }

    fn fill(&self, row: &mut [bool]) {
        let width = row.len() as f32;
        let first = (self.left - 0.5).ceil().clamp(0.0, width) as usize;
        let end = ((self.right - 0.5).floor() + 1.0).clamp(0.0, width) as usize;
        if first < end {
            row[first..end].fill(true);
        }
    }
}
