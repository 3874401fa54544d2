//! Structural similarity (Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment", 2004, section III B): a Gaussian
//! window of 11 x 11 with deviation 1.5, only where it fits into the picture, for each channel on its own.

use super::Picture;
use super::picture::mean;
use crate::imaging::Plane;

const RADIUS: usize = 5;
const SIDE: usize = 2 * RADIUS + 1;
const DEVIATION: f64 = 1.5;
const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);

/// Means of the similarity, at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ssim {
    /// Over all pixels.
    pub whole: f64,
    /// Over the hole's pixels; `None` when none is 5 pixels away from the border.
    pub hole: Option<f64>,
}

/// Compares `fill` with `photo`; `None` when a side is below 11 pixels. All three must be of one size.
#[must_use]
pub fn ssim(photo: &Picture, holes: &Plane<bool>, fill: &Picture) -> Option<Ssim> {
    let (width, height) = (photo.size().width as usize, photo.size().height as usize);
    if width < SIDE || height < SIDE {
        return None;
    }
    let kernel = gaussian();
    let mut map = vec![0.0; (width - 2 * RADIUS) * (height - 2 * RADIUS)];
    for c in 0..3 {
        let channel = |picture: &Picture| picture.data().iter().map(|rgb| f64::from(rgb[c])).collect::<Vec<f64>>();
        for (sum, value) in map.iter_mut().zip(similarity(&channel(photo), &channel(fill), width, &kernel)) {
            *sum += value / 3.0;
        }
    }
    let is_hole = |at: usize| {
        let columns = width - 2 * RADIUS;
        holes.data()[(at / columns + RADIUS) * width + at % columns + RADIUS]
    };
    let hole = mean(map.iter().enumerate().filter(|(at, _)| is_hole(*at)).map(|(_, value)| *value));
    Some(Ssim { whole: mean(map)?, hole })
}

fn similarity(a: &[f64], b: &[f64], width: usize, kernel: &[f64; SIDE]) -> Vec<f64> {
    let blur = |value: &dyn Fn(usize) -> f64| blurred(&(0..a.len()).map(value).collect::<Vec<f64>>(), width, kernel);
    let (mean_a, mean_b) = (blur(&|at| a[at]), blur(&|at| b[at]));
    let (square_a, square_b) = (blur(&|at| a[at] * a[at]), blur(&|at| b[at] * b[at]));
    let product = blur(&|at| a[at] * b[at]);
    (0..mean_a.len())
        .map(|at| {
            let (ma, mb) = (mean_a[at], mean_b[at]);
            let (va, vb, cov) = (square_a[at] - ma * ma, square_b[at] - mb * mb, product[at] - ma * mb);
            (2.0 * ma * mb + C1) * (2.0 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2))
        })
        .collect()
}

/// The weighted means around all pixels at which the window fits, row by row.
fn blurred(values: &[f64], width: usize, kernel: &[f64; SIDE]) -> Vec<f64> {
    let columns = width - 2 * RADIUS;
    let weighted = |at: usize, step: usize, from: &[f64]| -> f64 {
        kernel.iter().enumerate().map(|(k, weight)| weight * from[at + k * step]).sum()
    };
    let across: Vec<f64> = values
        .chunks_exact(width)
        .flat_map(|row| (0..columns).map(|x| weighted(x, 1, row)).collect::<Vec<f64>>())
        .collect();
    (0..across.len() - 2 * RADIUS * columns).map(|at| weighted(at, columns, &across)).collect()
}

fn gaussian() -> [f64; SIDE] {
    let weights: [f64; SIDE] =
        std::array::from_fn(|at| (-(at as f64 - RADIUS as f64).powi(2) / (2.0 * DEVIATION * DEVIATION)).exp());
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}
