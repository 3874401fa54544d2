//! Between two latents: along the chord, or along the arc.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantNames};

use super::Latent;
use crate::generators::manifold::Prior;

/// Frames of a slider unless more are asked for (iGAN, Zhu et al. 2016).
pub const DEFAULT_FRAMES: usize = 16;
/// Vectors whose angle has a smaller sine are taken as parallel: an arc between them is a line, or is not defined.
const PARALLEL: f64 = 1e-4;

/// The way from one latent to another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Interpolation {
    /// The straight line in z (iGAN's default).
    #[default]
    Linear,
    /// The arc of constant angular speed (Shoemake, Animating Rotation with Quaternion Curves, 1985): the angle is that of
    /// the unit vectors, the weights are applied to the vectors as they are. Lengths between those of the ends are kept, so
    /// latents with a normal prior stay where the network was trained. (Nearly) parallel vectors are joined by a line.
    Spherical,
}

impl Interpolation {
    /// The latent at `t` on the way from `from` to `to`: 0 and 1 are exactly the ends, other numbers outside of 0..=1 go on
    /// beyond them. Inside of the prior's range if it has one. Of vectors of different length the shorter counts.
    #[must_use]
    pub fn at(self, from: &[f32], to: &[f32], t: f64, prior: Prior) -> Latent {
        let values = self.mix(&widened(from), &widened(to), t);
        values.into_iter().map(|value| within(prior, value as f32)).collect()
    }

    /// As [`Self::at`] in double precision and without the prior's range.
    pub(super) fn mix(self, from: &[f64], to: &[f64], t: f64) -> Vec<f64> {
        let (a, b) = match self {
            Self::Linear => (1.0 - t, t),
            Self::Spherical => arc_weights(from, to, t),
        };
        from.iter().zip(to).map(|(&from, &to)| a * from + b * to).collect()
    }
}

/// `n` latents from `from` to `to`, both included and evenly spaced; of one frame, `from`. As [`Interpolation::at`].
#[must_use]
pub fn between(from: &Latent, to: &Latent, n: usize, way: Interpolation, prior: Prior) -> Vec<Latent> {
    let last = n.saturating_sub(1).max(1) as f64;
    (0..n).map(|at| way.at(from, to, at as f64 / last, prior)).collect()
}

/// `value` cut to the range of `prior`.
pub(super) fn within(prior: Prior, value: f32) -> f32 {
    match prior {
        Prior::Uniform => value.clamp(-1.0, 1.0),
        Prior::Normal => value,
    }
}

pub(super) fn widened(latent: &[f32]) -> Vec<f64> {
    latent.iter().map(|&value| f64::from(value)).collect()
}

/// sin((1 - t) w) / sin w and sin(t w) / sin w for the angle w between the vectors.
fn arc_weights(from: &[f64], to: &[f64], t: f64) -> (f64, f64) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let lengths = (dot(from, from) * dot(to, to)).sqrt();
    let angle = (dot(from, to) / lengths).clamp(-1.0, 1.0).acos();
    let sine = angle.sin();
    // Also where a vector is zero or not finite, and its angle not a number.
    if sine.is_nan() || sine <= PARALLEL {
        return (1.0 - t, t);
    }
    (((1.0 - t) * angle).sin() / sine, (t * angle).sin() / sine)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn latent(values: &[f32]) -> Latent {
        values.into()
    }

    fn length(values: &[f32]) -> f32 {
        values.iter().map(|value| value * value).sum::<f32>().sqrt()
    }

    #[test]
    fn lines_are_evenly_spaced_and_end_exactly() {
        let (from, to) = (latent(&[0.1, -0.7, 0.3]), latent(&[-0.9, 0.2, 0.3]));
        let frames = between(&from, &to, 16, Interpolation::Linear, Prior::Uniform);
        assert_eq!((frames.len(), &frames[0], &frames[15]), (16, &from, &to), "both ends, bit for bit");
        assert!((frames[5][0] - (0.1 - 1.0 / 3.0)).abs() < 1e-6, "a third of the way: {:?}", frames[5]);
        assert_eq!(between(&from, &to, 1, Interpolation::Linear, Prior::Uniform), [from], "one frame");
    }

    #[test]
    fn arcs_follow_the_formula() {
        // Unit vectors at 90 degrees: cos and sin of the angle so far.
        let (from, to) = (latent(&[1.0, 0.0]), latent(&[0.0, 1.0]));
        for t in [0.0, 0.2, 0.5, 0.9, 1.0_f64] {
            let at = Interpolation::Spherical.at(&from, &to, t, Prior::Normal);
            let angle = t * std::f64::consts::FRAC_PI_2;
            assert!((f64::from(at[0]) - angle.cos()).abs() < 1e-6, "cosine at {t}: {at:?}");
            assert!((f64::from(at[1]) - angle.sin()).abs() < 1e-6, "sine at {t}: {at:?}");
        }
        // Lengths 2 and 1 at 60 degrees; halfway both weights are sin 30 / sin 60 = 0.57735.
        let (from, to) = (latent(&[2.0, 0.0]), latent(&[0.5, 3.0_f32.sqrt() / 2.0]));
        let half = Interpolation::Spherical.at(&from, &to, 0.5, Prior::Normal);
        assert!((half[0] - 1.443_376).abs() < 1e-5 && (half[1] - 0.5).abs() < 1e-5, "{half:?}");
    }

    #[test]
    fn what_has_no_angle_is_joined_by_a_line() {
        for (from, to) in [([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0], [-1.0, -2.0]), ([0.0, 0.0], [1.0, 1.0])] {
            let (from, to) = (latent(&from), latent(&to));
            let arc = Interpolation::Spherical.at(&from, &to, 0.25, Prior::Normal);
            assert_eq!(arc, Interpolation::Linear.at(&from, &to, 0.25, Prior::Normal), "{from:?} to {to:?}");
        }
    }

    proptest! {
        #[test]
        fn arcs_keep_lengths_and_ranges(
            from in prop::collection::vec(-1.0f32..1.0, 20), to in prop::collection::vec(-1.0f32..1.0, 20), t in 0.0f64..1.0,
        ) {
            let at = Interpolation::Spherical.at(&from, &to, t, Prior::Uniform);
            prop_assert!(at.iter().all(|value| (-1.0..=1.0).contains(value)), "inside of the prior");
            let unit = |values: &[f32]| -> Vec<f32> { values.iter().map(|value| value / length(values)).collect() };
            let at = Interpolation::Spherical.at(&unit(&from), &unit(&to), t, Prior::Normal);
            prop_assert!((length(&at) - 1.0).abs() < 1e-4, "length {}", length(&at));
            prop_assert_eq!(&*Interpolation::Spherical.at(&from, &to, 0.0, Prior::Uniform), &*from, "starts at its start");
            prop_assert_eq!(&*Interpolation::Spherical.at(&from, &to, 1.0, Prior::Uniform), &*to, "ends at its end");
        }
    }
}
