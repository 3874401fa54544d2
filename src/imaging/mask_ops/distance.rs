//! Exact Euclidean distance transforms, after Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled
//! Functions" (2012): nearest seed in each column first, then the lower envelope of parabolas in each row.

use rayon::prelude::*;

use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::{Plane, Size};

/// Says that a column has no seed; far enough from every row, and its square still fits.
const NO_ROW: i32 = -(1 << 29);

/// The seed that is nearest to a pixel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearest {
    /// Distance between the centres in pixels.
    pub(super) distance: f32,
    /// Column of the seed.
    pub(super) x: u32,
    /// Row of the seed.
    pub(super) y: u32,
}

/// The distance in pixels of each pixel to the nearest hole (coverage >= 128), between centres: 0 on holes, at most
/// `limit`, and `limit` everywhere when there is no hole. What lies outside of the plane is not looked at.
#[must_use]
pub fn distance_outside(holes: &Plane<u8>, limit: f32) -> Plane<f32> {
    distance_to(holes, limit, |v| v >= HOLE_THRESHOLD)
}

/// The distance in pixels of each hole (coverage >= 128) to the nearest pixel that is none, between centres: 0 outside
/// of holes, at most `limit`, and `limit` everywhere when all is hole.
#[must_use]
pub fn distance_inside(holes: &Plane<u8>, limit: f32) -> Plane<f32> {
    distance_to(holes, limit, |v| v < HOLE_THRESHOLD)
}

fn distance_to(plane: &Plane<u8>, limit: f32, is_seed: impl Fn(u8) -> bool) -> Plane<f32> {
    let limit = if limit >= 0.0 { limit } else { 0.0 };
    nearest_seeds(plane, is_seed, limit, |_, _, nearest| nearest.map_or(limit, |n| n.distance.min(limit)))
}

/// Gives `value` of each pixel's column, row and nearest seed, which is `None` when it is further away than `limit`.
pub(super) fn nearest_seeds<T: Copy + Default + Send>(
    plane: &Plane<u8>,
    is_seed: impl Fn(u8) -> bool,
    limit: f32,
    value: impl Fn(u32, u32, Option<Nearest>) -> T + Sync,
) -> Plane<T> {
    let size = plane.size();
    let mut out = Plane::filled(size, T::default());
    if size.area() == 0 {
        return out;
    }
    let seed_rows = nearest_in_columns(plane, is_seed);
    let width = size.width as usize;
    let rows = out.data_mut().par_chunks_mut(width).zip(seed_rows.par_chunks(width)).enumerate();
    rows.for_each_init(Envelope::default, |envelope, (y, (out, seed_rows))| {
        envelope.build(seed_rows, y as i32, limit);
        envelope.walk(width as u32, limit, |x, found| {
            let nearest =
                found.map(|(column, distance)| Nearest { distance, x: column, y: seed_rows[column as usize] as u32 });
            out[x as usize] = value(x, y as u32, nearest);
        });
    });
    out
}

/// For each pixel the row of the nearest seed in its column, or [`NO_ROW`].
fn nearest_in_columns(plane: &Plane<u8>, is_seed: impl Fn(u8) -> bool) -> Vec<i32> {
    let Size { width, height } = plane.size();
    let width = width as usize;
    let mut rows = vec![NO_ROW; plane.size().area()];
    for y in 0..height as usize {
        let (above, here) = rows.split_at_mut(y * width);
        let above = above.get(above.len().saturating_sub(width)..).unwrap_or_default();
        let here = &mut here[..width];
        if y > 0 {
            here.copy_from_slice(above);
        }
        for (row, &v) in here.iter_mut().zip(plane.row(y as u32)) {
            *row = if is_seed(v) { y as i32 } else { *row };
        }
    }
    for y in (0..height as usize).rev().skip(1) {
        let (here, below) = rows.split_at_mut((y + 1) * width);
        let y_now = y as i32;
        for (row, &candidate) in here[y * width..].iter_mut().zip(&below[..width]) {
            *row = if (candidate - y_now).abs() < (*row - y_now).abs() { candidate } else { *row };
        }
    }
    rows
}

/// The lower envelope of one row's parabolas.
#[derive(Default)]
struct Envelope {
    /// Column and height of each parabola's tip, from left to right.
    tips: Vec<(u32, f64)>,
    /// Where each one begins to be the lowest.
    starts: Vec<f64>,
}

impl Envelope {
    fn build(&mut self, seed_rows: &[i32], y: i32, limit: f32) {
        self.tips.clear();
        self.starts.clear();
        for (column, &seed_row) in seed_rows.iter().enumerate() {
            let dy = f64::from(seed_row) - f64::from(y);
            if seed_row == NO_ROW || dy.abs() > f64::from(limit) {
                continue;
            }
            let (x, height) = (column as f64, dy * dy);
            let start = loop {
                let Some(&(other, other_height)) = self.tips.last() else { break f64::NEG_INFINITY };
                let other = f64::from(other);
                let crossing = ((height + x * x) - (other_height + other * other)) / (2.0 * (x - other));
                if self.starts.last().is_some_and(|&start| crossing > start) {
                    break crossing;
                }
                self.tips.pop();
                self.starts.pop();
            };
            self.tips.push((column as u32, height));
            self.starts.push(start);
        }
    }

    /// Gives `visit` for each column that of the nearest seed and its distance, unless it is above `limit`.
    fn walk(&self, width: u32, limit: f32, mut visit: impl FnMut(u32, Option<(u32, f32)>)) {
        let mut at = 0;
        for x in 0..width {
            while self.starts.get(at + 1).is_some_and(|&start| start < f64::from(x)) {
                at += 1;
            }
            let found = self.tips.get(at).and_then(|&(column, height)| {
                let dx = f64::from(x) - f64::from(column);
                let distance = (dx * dx + height).sqrt() as f32;
                (distance <= limit).then_some((column, distance))
            });
            visit(x, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brute_force(holes: &Plane<u8>, x: u32, y: u32, limit: f32) -> f32 {
        let mut best = limit;
        for sy in 0..holes.size().height {
            for sx in 0..holes.size().width {
                if holes.at(sx, sy) >= HOLE_THRESHOLD {
                    best = best.min((sx as f32 - x as f32).hypot(sy as f32 - y as f32));
                }
            }
        }
        best
    }

    #[test]
    fn planes_without_pixels_or_seeds_are_fine() {
        let none = Plane::filled(Size::new(0, 5), 0);
        assert_eq!(distance_outside(&none, 3.0).size(), Size::new(0, 5), "no pixel");
        let keep = Plane::filled(Size::new(4, 3), 0);
        assert!(distance_outside(&keep, 3.0).data().iter().all(|&d| d == 3.0), "no hole: the limit everywhere");
        assert!(distance_inside(&keep, 3.0).data().iter().all(|&d| d == 0.0), "no hole: 0 inside");
        assert!(distance_outside(&keep, f32::NAN).data().iter().all(|&d| d == 0.0), "no limit is 0");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn equals_brute_force(
            (size, data) in (1u32..24, 1u32..24).prop_flat_map(|(w, h)| {
                let pixels = prop::collection::vec(prop_oneof![9 => Just(0u8), 1 => Just(200u8)], (w * h) as usize);
                (Just(Size::new(w, h)), pixels)
            }),
            limit in prop_oneof![Just(f32::INFINITY), 0.0f32..20.0],
        ) {
            let holes = Plane::from_vec(size, data).unwrap();
            let outside = distance_outside(&holes, limit);
            let inverse = Plane::from_vec(size, holes.data().iter().map(|v| 255 - v).collect()).unwrap();
            let inside = distance_inside(&inverse, limit);
            for y in 0..size.height {
                for x in 0..size.width {
                    let (got, want) = (outside.at(x, y), brute_force(&holes, x, y, limit));
                    prop_assert!(got == want || (got - want).abs() < 1e-4, "{got} instead of {want} at {x}, {y}");
                    prop_assert_eq!(inside.at(x, y), got, "the inverse's inside");
                }
            }
        }
    }
}
