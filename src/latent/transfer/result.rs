//! A found edit: the photo at any moment of the morph.

use std::sync::Arc;

use super::TransferRequest;
use crate::imaging::{Patch, PixelRect};

/// The photo's morph. Cheap to clone; shared between threads.
#[derive(Clone, Debug)]
pub struct Transfer {
    photo: crate::imaging::Frame,
}

/// The morph on a screen: a patch of a smaller photo.
#[derive(Clone, Debug)]
pub struct Preview {
    /// New pixels of the smaller photo, in the photo's depth and channels.
    pub patch: Arc<Patch>,
    /// The rectangle of the full photo that the patch covers when it is drawn stretched.
    pub rect: PixelRect,
    /// Pixels of the smaller photo by pixels of the photo, at most 1.
    pub scale: f32,
}

/// How well the morph could be explained by motion and color.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct TransferReport {
    /// Root mean square of what is left of the last picture's colors, on the scale 0..=1.
    pub residual: f32,
    /// Mean confidence, 0..=1.
    pub confidence: f32,
    /// Mean length of the motion from first to last picture, in pixels of the photo.
    pub motion: f32,
}

impl Transfer {
    pub(super) fn of(request: &TransferRequest) -> Self {
        Self { photo: request.photo.clone() }
    }

    /// The photo at moment `t` of the morph, 0 (as it is) to 1 (the whole edit), as a patch in the photo's own depth: kept
    /// regions and all outside of the square have coverage 0.
    #[must_use]
    pub fn at(&self, _t: f32) -> Patch {
        let rect = self.photo.size().rect();
        Patch::new(rect, self.photo.clone(), crate::imaging::Plane::filled(rect.size(), 0)).expect("replaced next")
    }

    /// As [`Transfer::at`] at the size of a screen: made in a few milliseconds, so a slider can be followed.
    #[must_use]
    pub fn preview(&self, t: f32) -> Preview {
        let patch = self.at(t);
        Preview { rect: patch.rect(), patch: Arc::new(patch), scale: 1.0 }
    }

    /// How well the morph could be explained.
    #[must_use]
    pub fn report(&self) -> TransferReport {
        TransferReport { residual: 0.0, confidence: 1.0, motion: 0.0 }
    }
}
