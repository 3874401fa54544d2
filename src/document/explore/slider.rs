//! Latents and the ways between them: the slider, the strip of key frames, the origin of *Fix*.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A z-vector, or the styles of all layers one after the other.
pub type Latent = Arc<[f32]>;

/// The most frames of a slider; an export may have more.
pub const MAX_FRAMES: u32 = 600;

/// How the way from one latent to another runs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Interpolation {
    /// Straight.
    #[default]
    Linear,
    /// Along a great circle.
    Spherical,
}

/// An end of the slider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Before.
    From,
    /// After.
    To,
}

/// A candidate of a search that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Its stable name within the search.
    pub id: u64,
    /// Where it is.
    pub latent: Latent,
    /// Where it came from.
    pub start: Latent,
    /// What it cost when it was chosen.
    pub cost: f32,
}

/// The walk from before to after.
#[derive(Clone, Debug, PartialEq)]
pub struct Slider {
    /// Before.
    pub from: Option<Latent>,
    /// After.
    pub to: Option<Latent>,
    /// Where it stands, 0..=1.
    pub at: f32,
    /// Frames on the way, both ends included: 2..=[`MAX_FRAMES`].
    pub frames: u32,
    /// The kind of way.
    pub interpolation: Interpolation,
}

impl Slider {
    /// Frames of a new slider.
    pub const DEFAULT_FRAMES: u32 = 16;

    /// The latents of both ends, when both are there.
    #[must_use]
    pub fn ends(&self) -> Option<(&Latent, &Latent)> {
        self.from.as_ref().zip(self.to.as_ref())
    }
}

impl Default for Slider {
    fn default() -> Self {
        Self { from: None, to: None, at: 1.0, frames: Self::DEFAULT_FRAMES, interpolation: Interpolation::default() }
    }
}

/// A latent at a time on the strip.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyFrame {
    /// 0..=1 of the strip; no two key frames share one.
    pub time: f32,
    /// What shows then.
    pub latent: Latent,
}

/// The origin that *Fix* made.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// Where searches begin.
    pub latent: Latent,
    /// How strongly they are drawn back to it (the weight of the prior), 0..=[`Fixed::MAX_SMOOTHNESS`].
    pub smoothness: f32,
}

impl Fixed {
    /// iGAN's weight of the prior after *Fix*.
    pub const SMOOTHNESS: f32 = 5.0;

    /// No prior is stronger.
    pub const MAX_SMOOTHNESS: f32 = 1000.0;
}
