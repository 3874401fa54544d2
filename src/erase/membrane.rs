//! A smooth fill by pull-push: known values are averaged into coarser and coarser levels until every pixel has one
//! (pull), then unknown pixels take the interpolated value of the next coarser level (push).
//!
//! Source: Gortler, Grzeszczuk, Szeliski and Cohen, "The Lumigraph", SIGGRAPH 1996, section 3.4.

use rayon::prelude::*;

use crate::imaging::Size;

/// Values of `N` channels with a weight each: 0 is unknown, 1 fully known.
#[derive(Clone, Debug)]
pub(crate) struct Weighted<const N: usize> {
    /// Width and height.
    pub(crate) size: Size,
    /// Values, row by row; meaningless where the weight is 0.
    pub(crate) values: Vec<[f32; N]>,
    /// Weights in 0..=1.
    pub(crate) weights: Vec<f32>,
}

/// Gives every pixel a value: known ones (weight 1) keep theirs, the others get a smooth continuation.
/// All zero where nothing is known at all.
pub(crate) fn pull_push<const N: usize>(finest: Weighted<N>) -> Vec<[f32; N]> {
    let mut levels = vec![finest];
    while let Some(last) = levels.last()
        && last.size.area() > 1
    {
        let next = pulled(last);
        levels.push(next);
    }
    let Some(coarsest) = levels.pop() else { return Vec::new() };
    let (mut size, mut values) = (coarsest.size, coarsest.values);
    while let Some(level) = levels.pop() {
        values = pushed(&level, size, &values);
        size = level.size;
    }
    values
}

fn pulled<const N: usize>(fine: &Weighted<N>) -> Weighted<N> {
    let size = Size::new(fine.size.width.div_ceil(2), fine.size.height.div_ceil(2));
    let mut values = vec![[0.0; N]; size.area()];
    let mut weights = vec![0.0; size.area()];
    let width = size.width as usize;
    let fine_width = fine.size.width as usize;
    let rows = values.par_chunks_mut(width).zip(weights.par_chunks_mut(width)).enumerate();
    rows.with_min_len(16).for_each(|(y, (values, weights))| {
        for x in 0..width {
            let (mut sum, mut total) = ([0.0; N], 0.0);
            for fy in (2 * y..2 * y + 2).take_while(|&fy| fy < fine.size.height as usize) {
                for fx in (2 * x..2 * x + 2).take_while(|&fx| fx < fine_width) {
                    let at = fy * fine_width + fx;
                    let weight = fine.weights[at];
                    total += weight;
                    for c in 0..N {
                        sum[c] += weight * fine.values[at][c];
                    }
                }
            }
            if total > 0.0 {
                for c in 0..N {
                    values[x][c] = sum[c] / total;
                }
            }
            weights[x] = total.min(1.0);
        }
    });
    Weighted { size, values, weights }
}

fn pushed<const N: usize>(fine: &Weighted<N>, coarse_size: Size, coarse: &[[f32; N]]) -> Vec<[f32; N]> {
    let width = fine.size.width as usize;
    let mut out = vec![[0.0; N]; fine.size.area()];
    out.par_chunks_mut(width).enumerate().with_min_len(16).for_each(|(y, row)| {
        for (x, value) in row.iter_mut().enumerate() {
            let at = y * width + x;
            let weight = fine.weights[at];
            if weight >= 1.0 {
                *value = fine.values[at];
                continue;
            }
            let smooth = bilinear(coarse_size, coarse, x, y);
            for c in 0..N {
                value[c] = smooth[c] + (fine.values[at][c] - smooth[c]) * weight;
            }
        }
    });
    out
}

/// The coarse level at the centre of fine pixel `(x, y)`: weights 3:1 on each axis, clamped at the border.
fn bilinear<const N: usize>(size: Size, coarse: &[[f32; N]], x: usize, y: usize) -> [f32; N] {
    let near = |v: usize, limit: u32| {
        let far = if v.is_multiple_of(2) { (v / 2).saturating_sub(1) } else { v / 2 + 1 };
        (v / 2, far.min(limit as usize - 1))
    };
    let ((x0, x1), (y0, y1)) = (near(x, size.width), near(y, size.height));
    let width = size.width as usize;
    let mut out = [0.0; N];
    for (cy, wy) in [(y0, 0.75), (y1, 0.25)] {
        for (cx, wx) in [(x0, 0.75), (x1, 0.25)] {
            let value = coarse[cy * width + cx];
            for c in 0..N {
                out[c] += wx * wy * value[c];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_stay_and_holes_stay_between_their_neighbours() {
        let size = Size::new(33, 21);
        let value = |x: u32| [x as f32];
        let is_hole = |x: u32, y: u32| (10..20).contains(&x) && (5..15).contains(&y);
        let at = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        let values = at.clone().map(|(x, y)| if is_hole(x, y) { [999.0] } else { value(x) }).collect();
        let weights = at.clone().map(|(x, y)| if is_hole(x, y) { 0.0 } else { 1.0 }).collect();
        let filled = pull_push(Weighted { size, values, weights });
        for ((x, y), got) in at.zip(filled) {
            if is_hole(x, y) {
                assert!((8.0..=21.0).contains(&got[0]), "hole at {x}, {y} is {}", got[0]);
            } else {
                assert_eq!(got, value(x), "known at {x}, {y}");
            }
        }
    }

    #[test]
    fn one_pixel_and_nothing_known_are_harmless() {
        let one = Weighted { size: Size::new(1, 1), values: vec![[3.0]], weights: vec![1.0] };
        assert_eq!(pull_push(one), vec![[3.0]], "one known pixel");
        let none = Weighted { size: Size::new(5, 3), values: vec![[7.0]; 15], weights: vec![0.0; 15] };
        assert!(pull_push(none).iter().all(|v| v[0] == 0.0), "nothing known");
    }
}
