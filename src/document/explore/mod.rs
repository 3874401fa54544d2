//! An exploration: what a person did on a generator's manifold, with or without a photo. Plain values made of shared
//! parts, saved and undone like a [`Document`](super::Document).
//!
//! Positions on the manifold's picture are fractions of its side, so strokes survive a model of another size. Latents are
//! z-vectors, or the styles of all layers where a generator has styles: numbers of one length; what lies between two of them is
//! computed elsewhere.

mod action;
mod helm;
mod operations;
mod photo;
mod slider;
mod steer;
mod stroke;
#[cfg(test)]
mod tests;
mod undo;
mod validate;

use std::sync::Arc;

pub use action::ExploreAction;
pub use helm::Helm;
pub use operations::{MAX_KEYS, MAX_POINTS, MAX_STROKES, MAX_VISITED};
pub use photo::{PhotoWork, ProjectMethod, Projection, Transferred};
pub use slider::{End, Fixed, Interpolation, KeyFrame, Latent, MAX_FRAMES, Pick, Slider};
pub use steer::{Direction, Edit, MAX_EDITS, MAX_LAYERS, MAX_NAME, Noise, NoiseSource, Steering, StyleSpace};
pub use stroke::{PicturePos, Stroke, StrokeId, StrokeTool};
pub use validate::{InvalidExploration, MAX_STARTS};

/// Everything a person decided while exploring. Cloning copies a few pointers.
#[derive(Clone, Debug, PartialEq)]
pub struct Exploration {
    /// The name of the weights; empty while none is chosen.
    pub model: String,
    /// What all starts are drawn from.
    pub seed: u64,
    /// Latents that a search begins with, 1..=[`MAX_STARTS`].
    pub starts: u32,
    /// Oldest first; a newer color lies over an older one.
    pub strokes: Vec<Arc<Stroke>>,
    /// The next unused [`StrokeId`].
    pub next_id: u64,
    /// The candidate that shows.
    pub chosen: Option<Arc<Pick>>,
    /// The walk from before to after.
    pub slider: Slider,
    /// The strip, by rising time.
    pub keys: Vec<KeyFrame>,
    /// Where *Fix* was pressed: searches begin there and are drawn back to it.
    pub fixed: Option<Fixed>,
    /// Latents that were shown, oldest first: the breadcrumbs of the map.
    pub visited: Vec<Latent>,
    /// The photo that is edited by way of the manifold.
    pub photo: Option<PhotoWork>,
    /// What belongs to generators with styles.
    pub helm: Helm,
}

impl Exploration {
    /// Starts of a new exploration.
    pub const DEFAULT_STARTS: u32 = 64;

    /// Nothing done yet on the manifold of `model`.
    #[must_use]
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            seed: 0,
            starts: Self::DEFAULT_STARTS,
            strokes: Vec::new(),
            next_id: 1,
            chosen: None,
            slider: Slider::default(),
            keys: Vec::new(),
            fixed: None,
            visited: Vec::new(),
            photo: None,
            helm: Helm::default(),
        }
    }

    /// The stroke named `id`.
    #[must_use]
    pub fn stroke(&self, id: StrokeId) -> Option<&Arc<Stroke>> {
        self.strokes.iter().find(|stroke| stroke.id == id)
    }

    /// The strokes that count, oldest first: those that are visible, complete and weigh anything.
    pub fn active_strokes(&self) -> impl Iterator<Item = &Arc<Stroke>> {
        self.strokes.iter().filter(|stroke| stroke.is_active())
    }

    /// The strokes that count and say what stays: on the picture, and on a photo that an edit is carried onto.
    pub fn keeps(&self) -> impl Iterator<Item = &Arc<Stroke>> {
        self.active_strokes().filter(|stroke| matches!(stroke.tool, StrokeTool::Keep { .. }))
    }

    /// The pairs of points that a drag follows, oldest first: those that are visible.
    pub fn pairs(&self) -> impl Iterator<Item = (StrokeId, PicturePos, PicturePos)> {
        self.strokes.iter().filter(|stroke| stroke.is_visible).filter_map(|stroke| match stroke.tool {
            StrokeTool::Drag { from, to } => Some((stroke.id, from, to)),
            _ => None,
        })
    }

    /// The strokes that say where a drag may change the picture: those that are visible.
    pub fn movable(&self) -> impl Iterator<Item = &Arc<Stroke>> {
        self.strokes.iter().filter(|stroke| stroke.is_visible && stroke.tool == StrokeTool::Movable)
    }

    /// Numbers in each latent; `None` while there is no latent.
    #[must_use]
    pub fn latent_dim(&self) -> Option<usize> {
        self.latents().next().map(|latent| latent.len())
    }

    /// Every latent there is, some more than once.
    pub fn latents(&self) -> impl Iterator<Item = &Latent> {
        let chosen = self.chosen.iter().flat_map(|pick| [&pick.latent, &pick.start]);
        let ends = [&self.slider.from, &self.slider.to].into_iter().flatten();
        let keys = self.keys.iter().map(|key| &key.latent);
        let fixed = self.fixed.iter().map(|fixed| &fixed.latent);
        let photo = self.photo.iter().flat_map(PhotoWork::latents);
        let steered = self.helm.steering.base.iter();
        chosen.chain(ends).chain(keys).chain(fixed).chain(&self.visited).chain(photo).chain(steered)
    }

    /// Whether both are made of the very same parts: a look at pointers, never at pixels.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_strokes = self.strokes.iter().zip(&other.strokes).all(|(a, b)| Arc::ptr_eq(a, b));
        let same_photo = match (&self.photo, &other.photo) {
            (Some(a), Some(b)) => a.is_same(b),
            (None, None) => true,
            _ => false,
        };
        let rest = |one: &Self| (one.model.clone(), one.seed, one.starts, one.next_id, one.strokes.len());
        rest(self) == rest(other)
            && same_strokes
            && same_photo
            // Of the many latents that were visited most are the very same.
            && self.chosen == other.chosen
            && self.slider == other.slider
            && self.keys == other.keys
            && self.fixed == other.fixed
            && self.helm.is_same(&other.helm)
            && self.visited.len() == other.visited.len()
            && self.visited.iter().zip(&other.visited).all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
    }
}
