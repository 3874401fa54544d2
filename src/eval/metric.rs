//! The names of what is measured.

use serde::{Deserialize, Serialize};

/// What can be measured of fills.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::Display,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Metric {
    /// Known pixels that differ from the photo, in percent: 0 outside of the rim is the promise.
    Changed,
    /// The largest distance in pixels from the hole at which a known pixel differs.
    Rim,
    /// Gradient energy in the hole, fill by photo: 1 is right, smooth fills have 0.1 to 0.3.
    Gradient,
    /// Differences across the hole's edge by those in a ring of known pixels: 1 is invisible.
    Seam,
    /// Cross-validated patch U-IDS in percent: 50 when a linear judge cannot tell fill from photo.
    UIds,
    /// How often the same judge takes the fill for more real than the photo, in percent.
    PIds,
    /// Peak signal-to-noise ratio in the hole, in dB, on the scale 0..=255.
    Psnr,
    /// Mean absolute difference in the hole, in percent of the range.
    L1,
    /// Structural similarity of the whole pictures: flattered by the known part.
    Ssim,
    /// Structural similarity at the hole's pixels.
    SsimHole,
    /// Fréchet distance between the features of photos and of fills on a trunk that the user names. Not FID.
    Frechet,
}

impl Metric {
    /// Digits behind the point that mean something.
    #[must_use]
    pub const fn decimals(self) -> usize {
        match self {
            Self::Ssim | Self::SsimHole => 3,
            _ => 2,
        }
    }

    /// Whether it is a figure of all photos together, not a mean over photos.
    #[must_use]
    pub const fn is_of_the_set(self) -> bool {
        matches!(self, Self::UIds | Self::PIds | Self::Frechet)
    }
}
