//! Fixed resampling by two and blurs, all by way of one differentiable filter.

use candle_core::{Result, Tensor};

use super::check::{image_dims, is_own, refuse};
use super::pad::{Sides, replication_pad2d};
use crate::compute::{Fir, upfirdn2d};

/// StyleGAN2's filter, before it is scaled to the sum 1.
pub const BLUR_TAPS: [f64; 4] = [1.0, 3.0, 3.0, 1.0];

/// The taps scaled to the sum `gain`.
pub(super) fn scaled(op: &str, xs: &Tensor, taps: &[f64], gain: f64) -> Result<Vec<f64>> {
    let sum: f64 = taps.iter().sum();
    if taps.is_empty() || sum.abs() < 1e-12 || !sum.is_finite() {
        return refuse(op, xs, &format!("the taps {taps:?} cannot be scaled to a sum of {gain}"));
    }
    Ok(taps.iter().map(|tap| tap * gain / sum).collect())
}

/// Twice as large: `xs` `[n, c, h, w]` to `[n, c, 2h, 2w]`, zeros between the samples, then the filter with gain 4.
///
/// Padding as in StyleGAN2 (Karras et al. 2020, appendix B): `k - 2` zeros shared out, one more on the left.
///
/// # Errors
/// One sentence with the shape when the rank is not 4 or the input empty.
pub fn upsample_2x(xs: &Tensor, taps: &[f64]) -> Result<Tensor> {
    image_dims("upsample_2x", xs)?;
    let taps = scaled("upsample_2x", xs, taps, 2.0)?;
    let spare = taps.len() as isize - 2;
    upfirdn2d(xs, &taps, Fir::new(2, 1, ((spare + 1).div_euclid(2) + 1, spare.div_euclid(2))))
}

/// Half as large: `xs` `[n, c, h, w]` to `[n, c, h/2, w/2]`, the filter with gain 1, then every second sample.
///
/// # Errors
/// As [`upsample_2x`]; both sides must be even.
pub fn downsample_2x(xs: &Tensor, taps: &[f64]) -> Result<Tensor> {
    let (_, _, h, w) = image_dims("downsample_2x", xs)?;
    if h % 2 + w % 2 > 0 {
        return refuse("downsample_2x", xs, "both sides must be even");
    }
    let taps = scaled("downsample_2x", xs, taps, 1.0)?;
    let spare = taps.len() as isize - 2;
    upfirdn2d(xs, &taps, Fir::new(1, 2, ((spare + 1).div_euclid(2), spare.div_euclid(2))))
}

/// The filter with gain 1 at the same size; with an even number of taps the result lies half a pixel to the right.
///
/// # Errors
/// As [`upsample_2x`].
pub fn blur(xs: &Tensor, taps: &[f64]) -> Result<Tensor> {
    image_dims("blur", xs)?;
    let taps = scaled("blur", xs, taps, 1.0)?;
    let k = taps.len() as isize;
    upfirdn2d(xs, &taps, Fir::new(1, 1, (k / 2, (k - 1) / 2)))
}

/// Each pixel four times: `xs` `[n, c, h, w]` to `[n, c, 2h, 2w]`.
///
/// # Errors
/// As [`upsample_2x`].
pub fn nearest_2x(xs: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = image_dims("nearest_2x", xs)?;
    if is_own(xs.device()) {
        return upfirdn2d(xs, &[1.0, 1.0], Fir::new(2, 1, (1, 0)));
    }
    xs.reshape((n, c, h, 1, w, 1))?.broadcast_as((n, c, h, 2, w, 2))?.reshape((n, c, 2 * h, 2 * w))
}

/// Bilinear interpolation to `[n, c, 2h, 2w]` with pixel centres at halves (PyTorch's `align_corners=false`): weights
/// 3/4 and 1/4, the border repeated.
///
/// # Errors
/// As [`upsample_2x`].
pub fn bilinear_2x(xs: &Tensor) -> Result<Tensor> {
    image_dims("bilinear_2x", xs)?;
    let padded = replication_pad2d(xs, Sides::all(1))?;
    // Two pixels of the result belong to each pixel of border.
    upfirdn2d(&padded, &[0.25, 0.75, 0.75, 0.25], Fir::new(2, 1, (0, -1)))
}

/// Means of blocks of `factor` by `factor` pixels: `[n, c, h, w]` to `[n, c, h / factor, w / factor]`.
///
/// # Errors
/// As [`upsample_2x`]; both sides must be multiples of `factor`.
pub fn area_down(xs: &Tensor, factor: usize) -> Result<Tensor> {
    let (_, _, h, w) = image_dims("area_down", xs)?;
    if factor == 0 || h % factor + w % factor > 0 {
        return refuse("area_down", xs, &format!("both sides must be multiples of the factor {factor}"));
    }
    upfirdn2d(xs, &vec![1.0 / factor as f64; factor], Fir::new(1, factor, (0, 0)))
}
