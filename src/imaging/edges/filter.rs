//! Blur and gradients of planes; beyond the border the picture is mirrored.

use crate::imaging::{Plane, Size};

/// Convolved with a Gaussian of `sigma` pixels, rows then columns.
pub(super) fn gaussian(plane: &Plane<f32>, sigma: f32) -> Plane<f32> {
    if sigma < 0.2 {
        return plane.clone();
    }
    let reach = (3.0 * sigma).ceil() as i32;
    let taps: Vec<f32> = (-reach..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
    let total: f32 = taps.iter().sum();
    separable(plane, &taps.iter().map(|tap| tap / total).collect::<Vec<_>>())
}

/// Convolved with an odd number of taps along rows and along columns.
pub(super) fn separable(plane: &Plane<f32>, taps: &[f32]) -> Plane<f32> {
    let Size { width, height } = plane.size();
    let (w, h) = (width as usize, height as usize);
    let reach = taps.len() / 2;
    let mut rows = vec![0.0_f32; w * h];
    let mut padded = vec![0.0; w + 2 * reach];
    for y in 0..h {
        let row = &plane.data()[y * w..][..w];
        for (at, value) in padded.iter_mut().enumerate() {
            *value = row[mirrored(at as isize - reach as isize, w)];
        }
        let out = &mut rows[y * w..][..w];
        for (at, tap) in taps.iter().enumerate() {
            out.iter_mut().zip(&padded[at..]).for_each(|(sum, value)| *sum += tap * value);
        }
    }
    let mut out = Plane::filled(plane.size(), 0.0);
    for y in 0..h {
        let row = out.row_mut(y as u32);
        for (at, tap) in taps.iter().enumerate() {
            let from = mirrored((y + at) as isize - reach as isize, h);
            row.iter_mut().zip(&rows[from * w..][..w]).for_each(|(sum, value)| *sum += tap * value);
        }
    }
    out
}

/// Where `at` falls in a row of `n` that is mirrored with its border pixels repeated.
fn mirrored(at: isize, n: usize) -> usize {
    let n = n as isize;
    let at = at.rem_euclid(2 * n);
    at.min(2 * n - 1 - at) as usize
}

/// The derivative along rows, or along columns: half of the difference of both neighbours, at borders that to the only one.
pub(super) fn derivative(plane: &Plane<f32>, is_vertical: bool) -> Plane<f32> {
    let Size { width, height } = plane.size();
    let mut out = Plane::filled(plane.size(), 0.0);
    for y in 0..height {
        for x in 0..width {
            let (at, n) = if is_vertical { (y, height) } else { (x, width) };
            let (low, high) = (at.saturating_sub(1), (at + 1).min(n.saturating_sub(1)));
            let pick = |at: u32| if is_vertical { plane.at(x, at) } else { plane.at(at, y) };
            if high > low {
                out.set(x, y, (pick(high) - pick(low)) / (high - low) as f32);
            }
        }
    }
    out
}

/// Sobel's gradient along rows and along columns, in units of values a pixel.
pub(super) fn sobel(plane: &Plane<f32>) -> (Plane<f32>, Plane<f32>) {
    let (w, h) = (plane.size().width as usize, plane.size().height as usize);
    let (mut dx, mut dy) = (Plane::filled(plane.size(), 0.0), Plane::filled(plane.size(), 0.0));
    let data = plane.data();
    for y in 0..h {
        let [above, here, below] = [y.saturating_sub(1), y, (y + 1).min(h - 1)].map(|y| &data[y * w..][..w]);
        for x in 0..w {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let along = |row: &[f32]| row[right] - row[left];
            let across = |x: usize| below[x] - above[x];
            let at = y * w + x;
            dx.data_mut()[at] = (along(above) + 2.0 * along(here) + along(below)) / 8.0;
            dy.data_mut()[at] = (across(left) + 2.0 * across(x) + across(right)) / 8.0;
        }
    }
    (dx, dy)
}

/// The threshold between two groups of `values` in 0..=`most` whose means are furthest apart (Otsu 1979).
pub(super) fn otsu(values: impl Iterator<Item = f32>, most: f32) -> f32 {
    const BINS: usize = 256;
    let mut counts = [0.0_f64; BINS];
    for value in values {
        counts[((value / most.max(1e-9)) * (BINS - 1) as f32).clamp(0.0, (BINS - 1) as f32) as usize] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(at, count)| at as f64 * count).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 0));
    for (at, count) in counts.iter().enumerate() {
        below += count;
        sum_below += at as f64 * count;
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum_below / below - (sum - sum_below) / above;
            let spread = below * above * apart * apart;
            if spread > best.0 {
                best = (spread, at);
            }
        }
    }
    (best.1 as f32 + 0.5) / (BINS - 1) as f32 * most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_the_mean_and_a_ramp_its_slope() {
        let data: Vec<f32> = (0..32 * 32).map(|at| (at % 32) as f32).collect();
        let ramp = Plane::from_vec(Size::new(32, 32), data).expect("a plane");
        let soft = gaussian(&ramp, 2.0);
        let mean = |plane: &Plane<f32>| plane.data().iter().sum::<f32>() / 1024.0;
        assert!((mean(&soft) - mean(&ramp)).abs() < 1e-3);
        let (dx, dy) = sobel(&ramp);
        assert!((dx.at(10, 10) - 1.0).abs() < 1e-5 && dy.at(10, 10).abs() < 1e-5);
        assert!((derivative(&soft, false).at(16, 5) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn two_groups_are_told_apart() {
        let values = (0..100).map(|at| if at < 70 { 0.1 + 0.001 * at as f32 } else { 0.8 });
        let threshold = otsu(values, 1.0);
        assert!((0.16..0.8).contains(&threshold), "{threshold}");
    }
}
