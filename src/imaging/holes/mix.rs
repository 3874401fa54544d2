//! A weighted list of kinds of holes.

use rand::Rng as _;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{HoleKind, draw_holes};
use crate::control::Rng;
use crate::imaging::{Plane, Size};

/// One kind of a [`HoleMix`] and how often it comes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoleShare {
    /// The kind.
    pub kind: HoleKind,
    /// How often, relative to the other weights; at least 0.
    pub weight: f64,
}

/// Kinds of holes, each drawn as often as its weight says. Written as a list: `[{ kind = "thick", weight = 0.5 }, …]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<HoleShare>", into = "Vec<HoleShare>")]
pub struct HoleMix(Vec<HoleShare>);

/// Why a list of kinds is no mix.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum HoleMixError {
    /// No kind can ever be drawn.
    #[error("the mix of holes has no kind with a weight above 0")]
    Empty,
    /// A weight is negative or not a number.
    #[error("the weight {weight} of holes of kind {kind} must be a number of at least 0")]
    Weight {
        /// Whose.
        kind: HoleKind,
        /// What it is.
        weight: f64,
    },
}

impl HoleMix {
    /// The mix of `shares`.
    ///
    /// # Errors
    /// When a weight is negative or not finite, or none is above 0.
    pub fn new(shares: Vec<HoleShare>) -> Result<Self, HoleMixError> {
        if let Some(share) = shares.iter().find(|share| !share.weight.is_finite() || share.weight < 0.0) {
            return Err(HoleMixError::Weight { kind: share.kind, weight: share.weight });
        }
        if shares.iter().all(|share| share.weight == 0.0) {
            return Err(HoleMixError::Empty);
        }
        Ok(Self(shares))
    }

    /// Only holes of `kind`.
    #[must_use]
    pub fn only(kind: HoleKind) -> Self {
        Self(vec![HoleShare { kind, weight: 1.0 }])
    }

    /// The kinds with their weights.
    #[must_use]
    pub fn shares(&self) -> &[HoleShare] {
        &self.0
    }

    /// A kind, as often as its weight says.
    pub fn draw_kind(&self, rng: &mut Rng) -> HoleKind {
        let total: f64 = self.0.iter().map(|share| share.weight).sum();
        let mut left = rng.random::<f64>() * total;
        for share in &self.0 {
            left -= share.weight;
            if left < 0.0 {
                return share.kind;
            }
        }
        // Rounding can leave a rest: the last kind that may come at all.
        self.0.iter().rfind(|share| share.weight > 0.0).map_or(HoleKind::FreeForm, |share| share.kind)
    }

    /// Holes for a picture of `size`, `true` is hole: see [`draw_holes`].
    #[must_use]
    pub fn draw(&self, size: Size, rng: &mut Rng) -> Plane<bool> {
        draw_holes(self.draw_kind(rng), size, rng)
    }
}

/// What an eraser should be trained with: half free-form, half strokes and silhouettes.
impl Default for HoleMix {
    fn default() -> Self {
        let share = |kind, weight| HoleShare { kind, weight };
        Self(vec![
            share(HoleKind::FreeForm, 0.5),
            share(HoleKind::Medium, 0.125),
            share(HoleKind::Thick, 0.125),
            share(HoleKind::Silhouette, 0.25),
        ])
    }
}

impl TryFrom<Vec<HoleShare>> for HoleMix {
    type Error = HoleMixError;

    fn try_from(shares: Vec<HoleShare>) -> Result<Self, HoleMixError> {
        Self::new(shares)
    }
}

impl From<HoleMix> for Vec<HoleShare> {
    fn from(mix: HoleMix) -> Self {
        mix.0
    }
}
