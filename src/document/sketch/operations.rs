//! What can be done to a sketch: small pure changes, each a no-op that says so when it does not apply.
//!
//! Commands and tools call these inside of a gesture of history; nothing here remembers or undoes.

use std::sync::Arc;

use super::{Layer, LayerId, Sketch, SketchResult, UnderDrawing};
use crate::imaging::ink::{Mirror, Stroke};

/// The most layers of a sketch.
pub const MAX_LAYERS: usize = 64;

pub use crate::imaging::ink::MAX_STROKES;

/// Strokes.
impl Sketch {
    /// Adds a stroke to the active layer, and its mirror image where there is a mirror. `false`, and no change, when a number
    /// is out of range, the layer is hidden, or there is no room.
    pub fn add_stroke(&mut self, stroke: impl Into<Arc<Stroke>>) -> bool {
        let stroke = stroke.into();
        let mirrored = self.mirror.map(|mirror| Arc::new(stroke.mirrored(mirror)));
        self.add_strokes([Some(stroke), mirrored].into_iter().flatten())
    }

    /// Adds strokes to the active layer, oldest first, without a look at the mirror. `false`, and no change, as in
    /// [`Sketch::add_stroke`].
    pub fn add_strokes(&mut self, strokes: impl IntoIterator<Item = Arc<Stroke>>) -> bool {
        let strokes: Vec<_> = strokes.into_iter().collect();
        let is_full = self.stroke_count() + strokes.len() > MAX_STROKES;
        if strokes.is_empty() || is_full || !strokes.iter().all(|stroke| stroke.is_sound()) {
            return false;
        }
        let next =
            self.layers.iter().filter_map(|layer| layer.turns().last()).max().map_or(1, |last| last.saturating_add(1));
        self.change_layer(self.active, |layer| {
            if layer.is_visible {
                for (stroke, turn) in strokes.into_iter().zip((0..).map(|at| next.saturating_add(at))) {
                    layer.push(stroke, turn);
                }
            }
            layer.is_visible
        })
    }

    /// Rubs out every stroke of the active layer that is `hit`. Returns how many are gone.
    pub fn rub_out(&mut self, hit: impl Fn(&Stroke) -> bool) -> usize {
        let mut gone = 0;
        if self.layer(self.active).is_some_and(|layer| layer.strokes().iter().any(|stroke| hit(stroke))) {
            self.change_layer(self.active, |layer| {
                gone = layer.retain(|stroke| !hit(stroke));
                true
            });
        }
        gone
    }

    /// Removes all strokes of all layers. `false` when there is none.
    pub fn clear(&mut self) -> bool {
        let had_some = self.stroke_count() > 0;
        for layer in self.layers.iter_mut().filter(|layer| !layer.strokes().is_empty()) {
            Arc::make_mut(layer).retain(|_| false);
        }
        had_some
    }
}

/// Layers.
impl Sketch {
    /// Adds an empty layer over the active one and makes it the active one. `None` when there is no room.
    pub fn add_layer(&mut self, name: impl Into<String>) -> Option<LayerId> {
        if self.layers.len() >= MAX_LAYERS {
            return None;
        }
        let id = LayerId(self.next_id);
        self.next_id = self.next_id.checked_add(1)?;
        let at = self.place_of(self.active).map_or(self.layers.len(), |at| at + 1);
        self.layers.insert(at, Arc::new(Layer::new(id, name)));
        self.active = id;
        Some(id)
    }

    /// Removes a layer; the one below it becomes the active one if it was that. `false` when there is none, or it is the last.
    pub fn remove_layer(&mut self, id: LayerId) -> bool {
        let Some(at) = self.place_of(id).filter(|_| self.layers.len() > 1) else { return false };
        self.layers.remove(at);
        if self.active == id {
            self.active = self.layers[at.saturating_sub(1)].id;
        }
        true
    }

    /// Renames a layer. `false` when there is none.
    pub fn rename_layer(&mut self, id: LayerId, name: impl Into<String>) -> bool {
        self.change_layer(id, |layer| {
            layer.name = name.into();
            true
        })
    }

    /// Moves a layer to place `to`, bottom is 0; clamped. `false` when there is none or it lies there.
    pub fn move_layer(&mut self, id: LayerId, to: usize) -> bool {
        let Some(at) = self.place_of(id) else { return false };
        let to = to.min(self.layers.len() - 1);
        let layer = self.layers.remove(at);
        self.layers.insert(to, layer);
        at != to
    }

    /// Hides a shown layer, shows a hidden one. `false` when there is none.
    pub fn toggle_layer(&mut self, id: LayerId) -> bool {
        self.change_layer(id, |layer| {
            layer.is_visible = !layer.is_visible;
            true
        })
    }

    /// Solos a layer, or no longer. `false` when there is none.
    pub fn toggle_solo(&mut self, id: LayerId) -> bool {
        self.change_layer(id, |layer| {
            layer.is_solo = !layer.is_solo;
            true
        })
    }

    /// Draws on another layer. `false` when there is none or it is the active one.
    pub fn activate(&mut self, id: LayerId) -> bool {
        let is_new = self.active != id && self.layer(id).is_some();
        if is_new {
            self.active = id;
        }
        is_new
    }

    fn place_of(&self, id: LayerId) -> Option<usize> {
        self.layers.iter().position(|layer| layer.id == id)
    }

    fn change_layer(&mut self, id: LayerId, change: impl FnOnce(&mut Layer) -> bool) -> bool {
        let found = self.layers.iter_mut().find(|layer| layer.id == id);
        found.is_some_and(|layer| change(Arc::make_mut(layer)))
    }
}

/// Settings and the picture.
impl Sketch {
    /// Sets the mirror or takes it away. `false` when it lies outside of the paper.
    pub fn set_mirror(&mut self, mirror: Option<Mirror>) -> bool {
        let is_sound = mirror.is_none_or(Mirror::is_sound);
        if is_sound {
            self.mirror = mirror;
        }
        is_sound
    }

    /// Lays a picture under the paper or takes it away. `false` when it cannot be used.
    pub fn set_under_drawing(&mut self, under_drawing: Option<UnderDrawing>) -> bool {
        let is_sound = under_drawing.as_ref().is_none_or(UnderDrawing::is_sound);
        if is_sound {
            self.under_drawing = under_drawing;
        }
        is_sound
    }

    /// Sets how far the lines are followed, clamped to 0..=1. `false` when it is not a number.
    pub fn set_refinement(&mut self, refinement: f32) -> bool {
        if !refinement.is_nan() {
            self.refinement = refinement.clamp(0.0, 1.0);
        }
        !refinement.is_nan()
    }

    /// Another variant. `false` when it is that already.
    pub fn set_seed(&mut self, seed: u64) -> bool {
        std::mem::replace(&mut self.seed, seed) != seed
    }

    /// Another theme; the strokes stay. `false` when it is that already.
    pub fn set_theme(&mut self, theme: impl Into<Arc<str>>) -> bool {
        let theme = theme.into();
        std::mem::replace(&mut self.theme, Arc::clone(&theme)) != theme
    }

    /// Takes a picture that was made of this ink, unless a better one of the same is there. `false`, and no change, when it
    /// belongs to other ink.
    pub fn take_result(&mut self, result: &Arc<SketchResult>) -> bool {
        let is_better = |old: &SketchResult| old.of == result.of && old.is_full && !result.is_full;
        let is_taken = result.of == self.key() && !self.result.as_deref().is_some_and(is_better);
        if is_taken {
            self.result = Some(Arc::clone(result));
        }
        is_taken
    }
}
