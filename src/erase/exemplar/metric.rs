//! How different two patches are: the sum of squared differences of their bytes.

#![expect(clippy::inline_always, reason = "the search is compiled for several vector units, and so must this be")]

use super::level::Sample;

/// The largest supported patch radius (side 15).
pub(crate) const MAX_RADIUS: usize = 7;

/// The sum of squared differences of the patches of side `2 * radius + 1` around pixels `a` and `b` of one picture of
/// `width` pixels a row, over four channels. Stops early and returns some larger value once it exceeds `limit`.
/// Both patches must lie inside.
#[inline(always)]
pub(crate) fn patch_distance(bytes: &[[u8; 4]], width: usize, radius: usize, a: usize, b: usize, limit: u32) -> u32 {
    match radius {
        1 => rows::<3>(bytes, width, a, b, limit),
        2 => rows::<5>(bytes, width, a, b, limit),
        3 => rows::<7>(bytes, width, a, b, limit),
        4 => rows::<9>(bytes, width, a, b, limit),
        5 => rows::<11>(bytes, width, a, b, limit),
        6 => rows::<13>(bytes, width, a, b, limit),
        _ => rows::<15>(bytes, width, a, b, limit),
    }
}

#[inline(always)]
fn rows<const SIDE: usize>(bytes: &[[u8; 4]], width: usize, a: usize, b: usize, limit: u32) -> u32 {
    let back = (SIDE / 2) * (width + 1);
    let (a, b) = (a - back, b - back);
    let mut sum = 0;
    for row in 0..SIDE {
        sum += row_distance::<SIDE>(&bytes[a + row * width..], &bytes[b + row * width..]);
        if sum > limit {
            return sum;
        }
    }
    sum
}

#[inline(always)]
fn row_distance<const SIDE: usize>(a: &[[u8; 4]], b: &[[u8; 4]]) -> u32 {
    let (Some(a), Some(b)) = (a.first_chunk::<SIDE>(), b.first_chunk::<SIDE>()) else { return u32::MAX / 64 };
    let (a, b) = (a.as_flattened(), b.as_flattened());
    let mut sum = 0i32;
    for (&x, &y) in a.iter().zip(b) {
        let difference = i16::from(x) - i16::from(y);
        sum += i32::from(difference) * i32::from(difference);
    }
    sum as u32
}

/// A patch of which only some pixels are known, each with a weight.
pub(crate) struct PartlyKnown {
    /// Where the pixel is relative to the centre, in row order, its weight and its value.
    pixels: Vec<(isize, f32, Sample)>,
    /// Turns the sum over the known pixels into one that compares with [`patch_distance`].
    scale: f32,
}

impl PartlyKnown {
    /// The patch of `radius` around pixel `center`; pixels of weight 0 are left out.
    pub(crate) fn new(exact: &[Sample], weights: &[f32], width: usize, radius: usize, center: usize) -> Self {
        let side = 2 * radius + 1;
        let first = center - radius * (width + 1);
        let inside = (0..side).flat_map(|row| (0..side).map(move |column| first + row * width + column));
        let known = inside.filter(|&at| weights[at] > 0.0);
        let pixels: Vec<_> = known.map(|at| (at as isize - center as isize, weights[at], exact[at])).collect();
        let total: f32 = pixels.iter().map(|pixel| pixel.1).sum();
        Self { pixels, scale: if total > 0.0 { (side * side) as f32 / total } else { 0.0 } }
    }

    /// The weighted sum of squared differences to the patch around `source`, scaled to the whole patch. Stops early and
    /// returns some larger value once it exceeds `limit`.
    #[inline(always)]
    pub(crate) fn distance(&self, exact: &[Sample], source: usize, limit: f32) -> f32 {
        if self.scale <= 0.0 {
            return f32::MAX;
        }
        let limit = limit / self.scale;
        let mut sum = 0.0;
        for run in self.pixels.chunks(16) {
            for &(offset, weight, value) in run {
                let other = exact[source.wrapping_add_signed(offset)];
                let mut square = 0.0;
                for c in 0..4 {
                    square += (value[c] - other[c]) * (value[c] - other[c]);
                }
                sum += weight * square;
            }
            if sum > limit {
                break;
            }
        }
        sum * self.scale
    }
}
