//! How different two patches are: the sum of squared differences of their bytes.

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

/// As [`patch_distance`], each pixel weighted by `weights` at the target patch `a`, divided by the weights' sum and
/// multiplied by the number of pixels, so that it compares with the unweighted distance.
pub(crate) fn weighted_distance(
    bytes: &[[u8; 4]],
    weights: &[f32],
    width: usize,
    radius: usize,
    a: usize,
    b: usize,
) -> f32 {
    let side = 2 * radius + 1;
    let back = radius * (width + 1);
    let (a, b) = (a - back, b - back);
    let (mut sum, mut total) = (0.0, 0.0);
    for row in 0..side {
        for k in row * width..row * width + side {
            let weight = weights[a + k];
            if weight > 0.0 {
                total += weight;
                let difference = |c: usize| f32::from(bytes[a + k][c]) - f32::from(bytes[b + k][c]);
                sum += weight * (0..4).map(|c| difference(c) * difference(c)).sum::<f32>();
            }
        }
    }
    if total > 0.0 { sum / total * (side * side) as f32 } else { f32::MAX }
}
