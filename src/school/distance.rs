//! The exact Euclidean distance transform in time linear in the pixels.

use crate::imaging::{Plane, Size};

/// The squared distance to nothing at all.
pub const FAR: u32 = u32::MAX;

/// The squared distance from each pixel to the nearest one that is set, exact; [`FAR`] everywhere when none is. Sides must be
/// below 32768.
///
/// Columns first, then the lower envelope of one parabola a column along each row, all in integers (Meijster, Roerdink and
/// Hesselink, A General Algorithm for Computing Distance Transforms in Linear Time, 2000).
#[must_use]
pub fn distances(set: &Plane<bool>) -> Plane<u32> {
    let Size { width, height } = set.size();
    debug_assert!(width < 32768 && height < 32768, "squares of sides fit");
    let mut result = Plane::filled(set.size(), FAR);
    if !set.data().contains(&true) {
        return result;
    }
    let columns = along_columns(set);
    let (mut hulls, mut starts) = (vec![0_i64; width as usize], vec![0_i64; width as usize]);
    for y in 0..height {
        along_row(columns.row(y), result.row_mut(y), &mut hulls, &mut starts);
    }
    result
}

/// How far the nearest set pixel of the same column is; a column without one says `None` by a large number.
fn along_columns(set: &Plane<bool>) -> Plane<u32> {
    let Size { width, height } = set.size();
    let none = width + height;
    let mut near = Plane::filled(set.size(), none);
    for y in 0..height {
        for x in 0..width {
            let above = if y > 0 { near.at(x, y - 1) } else { none };
            near.set(x, y, if set.at(x, y) { 0 } else { (above + 1).min(none) });
        }
    }
    for y in (0..height.saturating_sub(1)).rev() {
        for x in 0..width {
            let through = near.at(x, y + 1) + 1;
            if through < near.at(x, y) {
                near.set(x, y, through);
            }
        }
    }
    near
}

/// The lower envelope of `(x - i)² + columns[i]²` at each x.
fn along_row(columns: &[u32], row: &mut [u32], hulls: &mut [i64], starts: &mut [i64]) {
    let squared = |at: i64| i64::from(columns[at as usize]).pow(2);
    let height = |x: i64, at: i64| (x - at).pow(2) + squared(at);
    // The last x at which the parabola of `left` is not above that of `right`.
    let meeting = |left: i64, right: i64| {
        (right * right - left * left + squared(right) - squared(left)).div_euclid(2 * (right - left))
    };
    let mut top = 0_usize;
    (hulls[0], starts[0]) = (0, 0);
    for at in 1..columns.len() as i64 {
        let mut is_empty = false;
        while height(starts[top], hulls[top]) > height(starts[top], at) {
            if top == 0 {
                is_empty = true;
                break;
            }
            top -= 1;
        }
        if is_empty {
            (hulls[0], starts[0]) = (at, 0);
            continue;
        }
        let start = 1 + meeting(hulls[top], at);
        if start < columns.len() as i64 {
            top += 1;
            (hulls[top], starts[top]) = (at, start);
        }
    }
    for x in (0..columns.len() as i64).rev() {
        row[x as usize] = u32::try_from(height(x, hulls[top])).unwrap_or(FAR);
        if x == starts[top] && top > 0 {
            top -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition written out.
    fn slow(set: &Plane<bool>) -> Plane<u32> {
        let Size { width, height } = set.size();
        let mut result = Plane::filled(set.size(), FAR);
        let all = || (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        for (x, y) in all() {
            let near =
                all().filter(|&(a, b)| set.at(a, b)).map(|(a, b)| a.abs_diff(x).pow(2) + b.abs_diff(y).pow(2)).min();
            result.set(x, y, near.unwrap_or(FAR));
        }
        result
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn it_is_exact(width in 1_u32..24, height in 1_u32..24, seed in any::<u64>(), one_in in 1_u64..60) {
            let mut state = seed;
            let set = (0..width * height).map(|_| {
                state = crate::imaging::ink::mix(state, 1);
                state.is_multiple_of(one_in)
            });
            let set = Plane::from_vec(Size::new(width, height), set.collect()).unwrap();
            prop_assert_eq!(distances(&set), slow(&set));
        }
    }

    #[test]
    fn nothing_is_far_and_a_point_is_near() {
        assert!(distances(&Plane::filled(Size::new(5, 3), false)).data().iter().all(|&d| d == FAR), "nothing");
        let mut one = Plane::filled(Size::new(300, 200), false);
        one.set(299, 199, true);
        assert_eq!(distances(&one).at(0, 0), 299 * 299 + 199 * 199, "corner to corner");
    }
}
