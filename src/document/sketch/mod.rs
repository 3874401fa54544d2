//! A sketch: layers of strokes, a theme, and the picture that a network made of them. Plain values made of shared parts,
//! saved and undone like a [`Document`](super::Document).
//!
//! A picture belongs to the ink it was made of: [`Sketch::key`] tells both. One that arrives late goes to every state of the
//! history with that key ([`Timeline::amend`](super::Timeline::amend) with [`Sketch::take_result`]), so that one undo takes
//! back a stroke and its picture.

mod action;
mod layer;
mod operations;
mod result;
#[cfg(test)]
mod tests;
mod undo;
mod validate;

use std::sync::Arc;

pub use action::SketchAction;
pub use layer::{Layer, LayerId};
pub use operations::{MAX_LAYERS, MAX_STROKES};
pub use result::{SketchKey, SketchResult, UnderDrawing};
pub use validate::InvalidSketch;
pub(super) use validate::{MAX_RESULT_SIDE, MAX_UNDER_SIDE};

use crate::imaging::ink::{Mirror, Stroke, Tool, mix};

/// Everything a person decided while sketching. Cloning copies a few pointers.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// What the strokes become a picture of; empty while none is chosen.
    pub theme: Arc<str>,
    /// Bottom first; at least one.
    pub layers: Vec<Arc<Layer>>,
    /// The layer that is drawn on.
    pub active: LayerId,
    /// The next unused [`LayerId`].
    pub next_id: u64,
    /// Every stroke is also drawn on the other side of it.
    pub mirror: Option<Mirror>,
    /// A picture below the paper to draw after.
    pub under_drawing: Option<UnderDrawing>,
    /// 0 follows the lines, 1 forgives the drawing.
    pub refinement: f32,
    /// Which variant; [`Sketch::STEADY`] is the network's plain answer.
    pub seed: u64,
    /// The newest picture, maybe of older ink: compare [`SketchResult::of`] with [`Sketch::key`].
    pub result: Option<Arc<SketchResult>>,
}

impl Sketch {
    /// The seed of the network's plain answer, without any noise.
    pub const STEADY: u64 = 0;

    /// An empty paper with one layer.
    #[must_use]
    pub fn new(theme: impl Into<Arc<str>>, layer: impl Into<String>) -> Self {
        let first = LayerId(1);
        Self {
            theme: theme.into(),
            layers: vec![Arc::new(Layer::new(first, layer))],
            active: first,
            next_id: 2,
            mirror: None,
            under_drawing: None,
            refinement: 0.0,
            seed: Self::STEADY,
            result: None,
        }
    }

    /// The layer called `id`.
    #[must_use]
    pub fn layer(&self, id: LayerId) -> Option<&Arc<Layer>> {
        self.layers.iter().find(|layer| layer.id == id)
    }

    /// The layers that count, bottom first: the soloed ones if there are any, otherwise the visible ones.
    pub fn counting_layers(&self) -> impl Iterator<Item = &Arc<Layer>> {
        let has_solo = self.layers.iter().any(|layer| layer.is_solo);
        self.layers.iter().filter(move |layer| if has_solo { layer.is_solo } else { layer.is_visible })
    }

    /// The strokes of each layer that counts, bottom layer first: what [`imaging::ink`](crate::imaging::ink) rasters. Erasers
    /// reach their own layer only.
    #[must_use]
    pub fn counting_strokes(&self) -> Vec<&[Arc<Stroke>]> {
        self.counting_layers().map(|layer| layer.strokes()).collect()
    }

    /// Whether no layer that counts has a stroke that leaves ink.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        !self.counting_layers().any(|layer| layer.strokes().iter().any(|stroke| stroke.tool == Tool::Pen))
    }

    /// All strokes of all layers, hidden ones too.
    #[must_use]
    pub fn stroke_count(&self) -> usize {
        self.layers.iter().map(|layer| layer.strokes().len()).sum()
    }

    /// Tells apart whatever could make another picture: theme, seed, refinement, the strokes that count, and the picture below the
    /// paper, which themes that change photos look at. The same in every run of the program; quick, because layers keep their digests.
    #[must_use]
    pub fn key(&self) -> SketchKey {
        let theme = self.theme.bytes().fold(self.theme.len() as u64, |digest, byte| mix(digest, u64::from(byte)));
        let settings = mix(mix(theme, self.seed), u64::from(self.refinement.to_bits()));
        let used = self.counting_layers().filter(|layer| !layer.strokes().is_empty());
        let drawn = used.fold(settings, |digest, layer| mix(digest, layer.digest()));
        SketchKey(self.under_drawing.iter().fold(drawn, |digest, under| mix(digest, under.digest())))
    }

    /// Whether the picture that shows was made of what is drawn now.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.result.as_ref().is_some_and(|result| result.of == self.key())
    }

    /// Whether both are made of the very same parts: a look at pointers, never at strokes or pixels.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_layers = self.layers.len() == other.layers.len()
            && self.layers.iter().zip(&other.layers).all(|(a, b)| Arc::ptr_eq(a, b));
        let same_result = match (&self.result, &other.result) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        let same_below = match (&self.under_drawing, &other.under_drawing) {
            (Some(a), Some(b)) => a.opacity == b.opacity && a.picture.is_same_buffer(&b.picture),
            (None, None) => true,
            _ => false,
        };
        let rest = |one: &Self| (one.active, one.next_id, one.mirror, one.refinement, one.seed);
        same_layers && same_result && same_below && self.theme == other.theme && rest(self) == rest(other)
    }
}
