//! Histograms of oriented gradients as a differentiable layer, for edges that a generated picture should have.
//!
//! Source: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, 2016; bins, cells and the missing block
//! normalisation as in its released program. Its hard threshold gives flat regions no gradient at all; here a softplus
//! stands in its place.

use candle_core::{DType, Device, Result, Tensor};

use super::check::{image_dims, refuse};
use crate::compute::{Conv, Epilogue, Fir, Weight, conv2d, upfirdn2d};

/// Unsigned orientations.
const N_BINS: usize = 8;

/// The layer's settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hog {
    /// Pixels from one cell to the next: 8, or 4 for drawings; even. A cell gathers from twice as many.
    pub cell: usize,
    /// The softplus is `ln(1 + exp(sharpness u)) / sharpness`; large values come near to the hard threshold.
    pub sharpness: f64,
}

impl Default for Hog {
    fn default() -> Self {
        Self { cell: 8, sharpness: 10.0 }
    }
}

/// `xs` `[n, c, h, w]` in -1..1 to `[n, 8, h / cell, w / cell]` (for sides that are multiples of the cell).
///
/// With the grey picture's Sobel gradients `g` and `a = cos(pi / 8)`, bin `k` responds with the softplus of
/// `(h_k - a m) / (1 - a)`, `h_k = |cos(k pi / 8) g_x + sin(k pi / 8) g_y|`, `m = sqrt(g_x^2 + g_y^2 + 1e-3)`: `m` where the
/// gradient points along the bin, near 0 from 22.5 degrees on. Responses are pooled with bilinear weights.
///
/// # Errors
/// One sentence with the shape when the rank is not 4, the input empty or smaller than a cell, or a setting out of range.
pub fn hog(xs: &Tensor, settings: Hog) -> Result<Tensor> {
    check("hog", xs, settings)?;
    let grey = xs.mean_keepdim(1)?.affine(0.5, 0.5)?;
    let weight = Weight::live(oriented_sobel(xs.dtype(), xs.device())?);
    let slopes = conv2d(&grey, &weight, Conv::padded(1), Epilogue::default())?;
    // Bins 0 and 4 are the horizontal and the vertical gradient.
    let squares = (slopes.narrow(1, 0, 1)?.sqr()? + slopes.narrow(1, N_BINS / 2, 1)?.sqr()?)?;
    let magnitude = (squares + 1e-3)?.sqrt()?;
    let aligned = (std::f64::consts::PI / N_BINS as f64).cos();
    let excess = slopes.abs()?.broadcast_sub(&magnitude.affine(aligned, 0.0)?)?.affine(1.0 / (1.0 - aligned), 0.0)?;
    pool(&softplus(&excess, settings.sharpness)?, settings.cell, &bilinear_taps(settings.cell))
}

/// Where edges were asked for: `mask` `[n, 1, h, w]` of 0..1 to `[n, 1, h / cell, w / cell]`, 1 where a cell gathers from any
/// pixel of the mask, else 0.
///
/// # Errors
/// As [`hog`].
pub fn hog_mask(mask: &Tensor, settings: Hog) -> Result<Tensor> {
    check("hog_mask", mask, settings)?;
    let sums = pool(mask, settings.cell, &vec![1.0; 2 * settings.cell])?;
    sums.gt(1e-5)?.to_dtype(mask.dtype())
}

fn check(op: &str, xs: &Tensor, Hog { cell, sharpness }: Hog) -> Result<()> {
    let (_, _, h, w) = image_dims(op, xs)?;
    if cell < 2 || cell % 2 > 0 || h < cell || w < cell {
        return refuse(op, xs, &format!("cells of {cell} pixels must be even and no larger than the image"));
    }
    if !sharpness.is_finite() || sharpness <= 0.0 {
        return refuse(op, xs, &format!("the sharpness is {sharpness}, not above 0"));
    }
    Ok(())
}

/// `[8, 1, 3, 3]`: Sobel's kernels, a quarter of them, turned to each bin.
fn oriented_sobel(dtype: DType, device: &Device) -> Result<Tensor> {
    const ALONG_X: [f64; 9] = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    let kernels = (0..N_BINS).flat_map(|bin| {
        let (sin, cos) = (std::f64::consts::PI * bin as f64 / N_BINS as f64).sin_cos();
        (0..9).map(move |at| (cos * ALONG_X[at] + sin * ALONG_X[at % 3 * 3 + at / 3]) / 4.0)
    });
    Tensor::from_iter(kernels, device)?.reshape((N_BINS, 1, 3, 3))?.to_dtype(dtype)
}

/// Weights of a cell's pixels: a triangle over twice the cell.
fn bilinear_taps(cell: usize) -> Vec<f64> {
    (0..2 * cell).map(|at| 1.0 - (at as f64 + 0.5 - cell as f64).abs() / cell as f64).collect()
}

fn pool(xs: &Tensor, cell: usize, taps: &[f64]) -> Result<Tensor> {
    let pad = (cell / 2) as isize;
    upfirdn2d(xs, taps, Fir::new(1, cell, (pad, pad)))
}

/// `ln(1 + exp(b u)) / b`, safe for any `u`.
fn softplus(xs: &Tensor, sharpness: f64) -> Result<Tensor> {
    let tail = (xs.abs()?.affine(-sharpness, 0.0)?.exp()? + 1.0)?.log()?.affine(1.0 / sharpness, 0.0)?;
    xs.relu()? + tail
}
