//! What each wish of a panel of the room does.

use std::sync::Arc;

use super::easel::{Easel, Variants};
use super::wish::SketchWish;
use crate::document::sketch::LayerId;
use crate::document::{Sketch, SketchAction};
use crate::imaging::ink::Mirror;
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::intent::Phase;
use crate::worker::sketching::VariantShown;

impl App {
    /// Does what a panel of the room asks for.
    pub(in crate::ui) fn fulfil_sketch(&mut self, wish: SketchWish) {
        match wish {
            SketchWish::Theme(name) => self.sketch_with(&name),
            SketchWish::LookForThemes => self.look_for_themes(),
            wish => {
                let Some(easel) = &mut self.easel else { return };
                let _is_known = easel.fulfil_on_looks(&wish) || easel.fulfil_on_layer(&wish) || easel.fulfil(&wish);
            }
        }
    }

    /// Draws with theme `name`: the strokes stay.
    fn sketch_with(&mut self, name: &Arc<str>) {
        self.enter(Room::Sketch);
        let Some(easel) = &mut self.easel else { return };
        if easel.sketch().theme == *name {
            return;
        }
        if !easel.history.can_undo() && easel.sketch().stroke_count() == 0 {
            // Nothing has been drawn: there is nothing to go back to.
            easel.amend_unsaved(|sketch| {
                sketch.set_theme(Arc::clone(name));
            });
            easel.forget_variants();
            return;
        }
        easel.history.commit(SketchAction::ChangeTheme, |sketch| {
            sketch.set_theme(Arc::clone(name));
            sketch.set_seed(Sketch::STEADY);
        });
        easel.forget_variants();
    }

    /// Begins a drawing of `theme` on an empty paper; what was drawn comes back by undoing one step.
    pub(in crate::ui) fn begin_drawing(&mut self, theme: &Arc<str>) {
        let Some(easel) = self.easel.as_mut().filter(|easel| easel.sketch().stroke_count() > 0) else {
            self.sketch_with(theme);
            return;
        };
        easel.history.commit(SketchAction::Clear, |sketch| {
            sketch.clear();
            sketch.set_theme(Arc::clone(theme));
            sketch.set_seed(Sketch::STEADY);
        });
        easel.forget_variants();
        self.enter(Room::Sketch);
    }
}

impl Variants {
    /// A picture with another seed has come.
    pub(super) fn take(&mut self, variant: VariantShown) {
        match self.shown.iter_mut().find(|known| known.seed == variant.seed) {
            Some(known) => *known = variant,
            None => self.shown.push(variant),
        }
        self.shown.sort_by_key(|variant| variant.index);
    }
}

impl Easel {
    /// Forgets pictures with other seeds: they are of something else.
    pub(super) fn forget_variants(&mut self) {
        self.variants = Variants::default();
        self.looks.has_strip = false;
        (self.millis, self.remark, self.newest) = (None, None, None);
    }

    fn fulfil(&mut self, wish: &SketchWish) -> bool {
        match *wish {
            SketchWish::Size(tool, size) => self.kit.set_size(tool, size),
            SketchWish::Smoothing(smoothing) => self.kit.set_smoothing(smoothing),
            SketchWish::Color(color) => self.kit.color = color,
            SketchWish::Variant(at) => self.choose_variant(Some(at)),
            SketchWish::Steady => self.choose_variant(None),
            SketchWish::JumpTo(position) => {
                self.travel(|history| {
                    history.jump_to(position);
                    true
                });
            }
            SketchWish::Refinement(refinement, phase) => {
                self.gesture(SketchAction::ChangeRefinement, phase, |sketch| {
                    sketch.set_refinement(refinement);
                });
            }
            SketchWish::MirrorAt(at, phase) => {
                self.gesture(SketchAction::ChangeMirror, phase, |sketch| {
                    let moved = sketch.mirror.map(|mirror| match mirror {
                        Mirror::Upright(_) => Mirror::Upright(at),
                        Mirror::Level(_) => Mirror::Level(at),
                    });
                    sketch.set_mirror(moved);
                });
            }
            SketchWish::UnderOpacity(opacity, phase) => {
                self.gesture(SketchAction::ChangeUnderDrawing, phase, |sketch| {
                    let under = sketch.under_drawing.clone();
                    sketch.set_under_drawing(under.map(|mut under| {
                        under.opacity = opacity.clamp(0.0, 1.0);
                        under
                    }));
                });
            }
            _ => return false,
        }
        true
    }

    fn fulfil_on_looks(&mut self, wish: &SketchWish) -> bool {
        match *wish {
            SketchWish::Shows(shows) => self.looks.shows = shows,
            SketchWish::Opacity(opacity) => self.looks.opacity = opacity.clamp(0.0, 1.0),
            SketchWish::Background(background) => self.looks.background = background,
            _ => return false,
        }
        true
    }

    fn fulfil_on_layer(&mut self, wish: &SketchWish) -> bool {
        match wish {
            SketchWish::Layer(id) => self.activate(*id),
            SketchWish::ToggleLayer(id) => self.toggle_layer(*id),
            SketchWish::SoloLayer(id) => self.solo_layer(*id),
            SketchWish::DeleteLayer(id) => self.delete_layer(*id),
            SketchWish::MoveLayer(id, to) => self.move_layer(*id, *to),
            SketchWish::BeginRename(id) => self.begin_rename(*id),
            SketchWish::TypeName(name) => {
                if let Some((_, typed)) = &mut self.renaming {
                    typed.clone_from(name);
                }
            }
            SketchWish::EndRename(is_kept) => self.end_rename(*is_kept),
            _ => return false,
        }
        true
    }

    /// Adopts a variant of the strip, or the network's plain answer: one step, with its picture.
    pub(super) fn choose_variant(&mut self, at: Option<usize>) {
        let chosen = at.and_then(|at| self.variants.shown.get(at));
        if at.is_some() && chosen.is_none() {
            return;
        }
        let seed = chosen.map_or(Sketch::STEADY, |variant| variant.seed);
        let result = chosen.map(|variant| Arc::clone(&variant.result)).or_else(|| self.plain_picture().cloned());
        if seed == self.sketch().seed {
            return;
        }
        self.variants.plain = self.plain_picture().cloned();
        self.history.commit(SketchAction::ChangeSeed, |sketch| {
            sketch.set_seed(seed);
            if let Some(result) = &result {
                sketch.take_result(result);
            }
        });
        self.newest = None;
    }

    /// Draws on another layer. It is no step: nothing that was drawn changes.
    fn activate(&mut self, id: LayerId) {
        self.amend_unsaved(|sketch| {
            sketch.activate(id);
        });
    }

    pub(super) fn activate_at(&mut self, place: usize) {
        if let Some(id) = self.sketch().layers.get(place).map(|layer| layer.id) {
            self.activate(id);
        }
    }

    pub(super) fn toggle_layer(&mut self, id: LayerId) {
        self.history.commit(SketchAction::ToggleLayer, |sketch| {
            sketch.toggle_layer(id);
        });
    }

    pub(super) fn solo_layer(&mut self, id: LayerId) {
        self.history.commit(SketchAction::ToggleLayer, |sketch| {
            sketch.toggle_solo(id);
        });
    }

    pub(super) fn delete_layer(&mut self, id: LayerId) {
        self.history.commit(SketchAction::RemoveLayer, |sketch| {
            sketch.remove_layer(id);
        });
    }

    pub(super) fn move_layer(&mut self, id: LayerId, to: usize) {
        self.history.commit(SketchAction::MoveLayer, |sketch| {
            sketch.move_layer(id, to);
        });
    }

    pub(super) fn begin_rename(&mut self, id: LayerId) {
        self.renaming = self.sketch().layer(id).map(|layer| (id, layer.name.clone()));
    }

    fn end_rename(&mut self, is_kept: bool) {
        let Some((id, name)) = self.renaming.take() else { return };
        let name = name.trim().to_owned();
        if is_kept && !name.is_empty() {
            self.history.commit(SketchAction::RenameLayer, |sketch| {
                sketch.rename_layer(id, name);
            });
        }
    }

    /// Part of a drag: the whole drag is one step.
    fn gesture(&mut self, action: SketchAction, phase: Phase, change: impl FnOnce(&mut Sketch)) {
        if !self.history.is_in_gesture() {
            self.history.begin(action);
        }
        self.history.edit(change);
        if phase == Phase::End {
            self.history.end();
        }
    }
}
