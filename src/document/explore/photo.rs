//! The photo that is edited by way of a manifold: the square that the manifold shows, its latent, and what came back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Latent;
use crate::imaging::{Frame, Mask, Patch, Photo, Place};

/// How a photo is brought onto the manifold.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum ProjectMethod {
    /// The model's predictor alone: at once.
    Network,
    /// Optimisation from random starts.
    Optimize,
    /// Optimisation from the predictor's answer.
    #[default]
    Hybrid,
}

/// A photo's place on the manifold.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Where the picture nearest to the photo lies.
    pub latent: Latent,
    /// How it was found.
    pub method: ProjectMethod,
    /// Mean squared difference of colors in -1..1 between the photo's square and the picture.
    pub error: f32,
}

/// An edit carried onto the photo: a layer over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transferred {
    /// The new pixels in the photo's own depth and channels.
    pub patch: Arc<Patch>,
    /// The latent that looks like the photo.
    pub from: Latent,
    /// The latent of the edit.
    pub to: Latent,
    /// How far along the way between them, 0..=1.
    pub at: f32,
}

/// A photo and what an exploration did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoWork {
    /// As opened; its buffer is never changed.
    pub photo: Photo,
    /// The square of the photo that the manifold's picture shows. It may be turned and may hang over the edge.
    pub place: Place,
    /// What keeps its bits whatever is carried back: marked is kept. Of the photo's size.
    pub kept: Arc<Mask>,
    /// Its latent, once it is projected.
    pub projection: Option<Arc<Projection>>,
    /// What came back.
    pub result: Option<Arc<Transferred>>,
}

impl PhotoWork {
    /// `photo` with the largest upright square in its middle as place.
    #[must_use]
    pub fn new(photo: Photo) -> Self {
        let size = photo.frame.size();
        let (place, kept) = (Place::middle(size), Arc::new(Mask::empty(size)));
        Self { photo, place, kept, projection: None, result: None }
    }

    /// Every latent there is.
    pub fn latents(&self) -> impl Iterator<Item = &Latent> {
        let projection = self.projection.iter().map(|projection| &projection.latent);
        projection.chain(self.result.iter().flat_map(|result| [&result.from, &result.to]))
    }

    /// Whether `patch` can lie over the photo: inside of it, with its depth and channels.
    #[must_use]
    pub fn takes_patch(&self, patch: &Patch) -> bool {
        let (photo, pixels) = (&self.photo.frame, patch.pixels());
        !patch.rect().is_empty()
            && photo.size().rect().contains_rect(patch.rect())
            && pixels.model() == photo.model()
            && pixels.bits() == photo.bits()
    }

    /// The photo with what came back applied: what is exported. Untouched samples keep their bits.
    #[must_use]
    pub fn flatten(&self) -> Frame {
        let mut frame = self.photo.frame.clone();
        if let Some(result) = &self.result {
            result.patch.apply(&mut frame, 1.0);
        }
        frame
    }

    /// Whether both are made of the very same parts.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_result = match (&self.result, &other.result) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        self.photo.frame.is_same_buffer(&other.photo.frame)
            && Arc::ptr_eq(&self.photo.metadata, &other.photo.metadata)
            && self.place == other.place
            && Arc::ptr_eq(&self.kept, &other.kept)
            && self.projection == other.projection
            && same_result
    }
}
