//! Whether a picture is one that the model could have drawn.

use crate::latent::Picture;

/// The metric of a manifest that says how far held-out pictures of the model's own kind are from their projections: the mean of
/// their mean squared errors, pixels in -1..1, as `project --held-out` tells it of the hybrid.
pub const TYPICAL_ERROR: &str = "projection-mse";
/// A picture counts as unfamiliar above this many times the model's typical error. Errors of held-out pictures are skewed to
/// the right; two and a half times the mean is beyond nearly all of them.
const TIMES_TYPICAL: f64 = 2.5;
/// Without a typical error: the share of the picture's own variance that a familiar picture's projection leaves unexplained at
/// most. A grey card of the picture's mean color leaves 1.
const UNEXPLAINED: f64 = 0.5;

/// How well a model knows a picture.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Familiarity {
    /// Mean squared error of the projection, pixels in -1..1.
    pub mse: f64,
    /// The error above which the picture is taken to be off the manifold.
    pub threshold: f64,
    /// Whether the error is above the threshold: then say what the model knows.
    pub is_off: bool,
}

/// Judges a projection of `picture` (of the model's side) with the error `mse` by the model's mean error on held-out pictures
/// of its own kind ([`TYPICAL_ERROR`] among the metrics of its manifest); without one, by how much of the picture it explains.
#[must_use]
pub fn familiarity(picture: &Picture, mse: f64, typical: Option<f64>) -> Familiarity {
    let known = typical.filter(|typical| typical.is_finite() && *typical > 0.0);
    let threshold = known.map_or_else(|| UNEXPLAINED * variance(picture), |typical| TIMES_TYPICAL * typical);
    Familiarity { mse, threshold, is_off: mse > threshold || mse.is_nan() }
}

/// The peak signal-to-noise ratio in dB of an error on pixels in -1..1.
#[must_use]
pub fn psnr(mse: f64) -> f64 {
    10.0 * (4.0 / mse.max(1e-10)).log10()
}

/// The mean over the channels of the variance of the pixels in -1..1.
fn variance(picture: &Picture) -> f64 {
    let pixels = picture.rgb().as_chunks::<3>().0;
    let count = pixels.len().max(1) as f64;
    let of_channel = |channel: usize| {
        let values = || pixels.iter().map(|pixel| f64::from(pixel[channel]) / 127.5 - 1.0);
        let mean = values().sum::<f64>() / count;
        values().map(|value| (value - mean).powi(2)).sum::<f64>() / count
    };
    (0..3).map(of_channel).sum::<f64>() / 3.0
}
