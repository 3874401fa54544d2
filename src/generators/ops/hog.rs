//! Histograms of oriented gradients as a differentiable layer, for edges that a generated picture should have.
//!
//! Source: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, 2016; bins, cells and the missing block
//! normalisation as in its released program. Its hard threshold gives flat regions no gradient at all; here a softplus
//! stands in its place.

mod bins;

use candle_core::{DType, Device, Result, Tensor};

use super::check::{image_dims, refuse};
use crate::compute::{Conv, Epilogue, Fir, Weight, conv2d, upfirdn2d};
use bins::bins;

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
    let channels = xs.dim(1)?;
    // Black is 0 from here on, which is also what lies around the picture; the mean over channels is in the weights.
    let weight = Weight::live(sobel(channels, xs.dtype(), xs.device())?);
    let slopes = conv2d(&(xs + 1.0)?, &weight, Conv::padded(1), Epilogue::default())?;
    pool(&bins(&slopes, settings.sharpness)?, settings.cell, &bilinear_taps(settings.cell))
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

/// `[2, channels, 3, 3]`: a quarter of Sobel's kernels, along x and along y, of the grey picture in 0..1.
fn sobel(channels: usize, dtype: DType, device: &Device) -> Result<Tensor> {
    const ALONG_X: [f64; 9] = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    let gain = 0.25 * 0.5 / channels as f64;
    let along_x = (0..channels).flat_map(|_| ALONG_X);
    let along_y = (0..channels).flat_map(|_| (0..9).map(|at| ALONG_X[at % 3 * 3 + at / 3]));
    let kernels = along_x.chain(along_y).map(|value| gain * value);
    Tensor::from_iter(kernels, device)?.reshape((2, channels, 3, 3))?.to_dtype(dtype)
}

/// Weights of a cell's pixels: a triangle over twice the cell.
fn bilinear_taps(cell: usize) -> Vec<f64> {
    (0..2 * cell).map(|at| 1.0 - (at as f64 + 0.5 - cell as f64).abs() / cell as f64).collect()
}

fn pool(xs: &Tensor, cell: usize, taps: &[f64]) -> Result<Tensor> {
    let pad = (cell / 2) as isize;
    upfirdn2d(xs, taps, Fir::new(1, cell, (pad, pad)))
}
