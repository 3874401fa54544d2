//! Dark lines and the dark side of edges, as a pencil would have them (Winnemöller, Kyprianidis and Olsen, an extended
//! difference-of-Gaussians compendium, 2012).

use super::filter::gaussian;
use crate::imaging::Plane;

/// Weights of the two blurs and the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Xdog {
    /// The finer blur in pixels.
    pub sigma: f32,
    /// How many times as far the coarser one reaches.
    pub ratio: f32,
    /// How much the difference counts beside the brightness.
    pub sharpness: f32,
    /// Below this there is ink.
    pub threshold: f32,
    /// How suddenly ink ends above the threshold.
    pub steepness: f32,
}

impl Default for Xdog {
    fn default() -> Self {
        Self { sigma: 0.8, ratio: 2.5, sharpness: 19.0, threshold: 0.01, steepness: 60.0 }
    }
}

/// Ink in 0..=1 for brightness in 0..1: with `S = (1 + p) G_sigma - p G_(k sigma)`, 1 where `S` is below the threshold (turned
/// around: 0 is paper), else `-tanh(phi (S - threshold))` above -1.
#[must_use]
pub fn xdog(brightness: &Plane<f32>, options: Xdog) -> Plane<f32> {
    let fine = gaussian(brightness, options.sigma);
    let coarse = gaussian(brightness, options.sigma * options.ratio);
    let ink = |(&fine, &coarse): (&f32, &f32)| {
        let s = options.sharpness * (fine - coarse) + fine;
        if s < options.threshold { 1.0 } else { 1.0 - (options.steepness * (s - options.threshold)).tanh() }
    };
    let data = fine.data().iter().zip(coarse.data()).map(ink).collect();
    Plane::from_vec(brightness.size(), data).unwrap_or_else(|| Plane::filled(brightness.size(), 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    #[test]
    fn a_dark_line_is_ink_and_an_even_grey_is_paper() {
        let mut plane = Plane::filled(Size::new(40, 40), 0.7);
        (0..40).for_each(|x| (19..21).for_each(|y| plane.set(x, y, 0.1)));
        let ink = xdog(&plane, Xdog::default());
        assert!(ink.at(20, 19) > 0.9 && ink.at(20, 20) > 0.9, "the line");
        assert!(ink.at(20, 5) < 0.1 && ink.at(20, 34) < 0.1, "the paper");
    }
}
