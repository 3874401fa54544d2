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
    let (width, height) = (holes.size().width as usize, holes.size().height as usize);
    let mut is_outside = vec![false; width * height];
    let mut open: Vec<usize> = (0..width).flat_map(|x| [x, (height - 1) * width + x]).collect();
    open.extend((0..height).flat_map(|y| [y * width, y * width + width - 1]));
    while let Some(at) = open.pop() {
        if is_outside[at] || holes.data()[at] {
            continue;
        }
        is_outside[at] = true;
        let (x, y) = (at % width, at / width);
        open.extend((x > 0).then(|| at - 1));
        open.extend((x + 1 < width).then_some(at + 1));
        open.extend((y > 0).then(|| at - width));
        open.extend((y + 1 < height).then_some(at + width));
    }
    for (hole, outside) in holes.data_mut().iter_mut().zip(is_outside) {
        *hole = !outside;
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
