//! What the commands of the room do.

use std::sync::Arc;

use super::easel::{Easel, Shows, SketchHistory};
use super::files::ExportKind;
use super::strip::COUNT;
use crate::document::sketch::{SketchKey, SketchResult};
use crate::document::{Sketch, SketchAction};
use crate::imaging::ink::{Background, Mirror};
use crate::ui::app::App;
use crate::ui::commands::{Command, Room};
use crate::ui::dialogs::Dialog;
use crate::ui::file_dialog::Purpose;
use crate::ui::notifications::Kind;
use crate::worker::Request;
use crate::worker::sketching::{Quality, SketchRequest};

impl App {
    /// Does what `command` says in the room Sketch. Returns whether it is one of this room.
    pub(in crate::ui) fn perform_sketching(&mut self, ctx: &egui::Context, command: Command) -> bool {
        if command == Command::RoomSketch {
            self.enter(Room::Sketch);
            return true;
        }
        if self.room != Room::Sketch {
            return false;
        }
        if let Some(kind) = ExportKind::of(command) {
            self.ask_for_path(ctx, Purpose::Sketch(kind));
            return true;
        }
        match command {
            Command::ChooseTheme => {
                self.look_for_themes();
                self.dialog = Some(Dialog::Themes);
            }
            Command::SaveAs => self.ask_for_path(ctx, Purpose::Sketch(ExportKind::Result)),
            Command::SaveToPath => {
                let purpose = Purpose::Sketch(ExportKind::Result);
                self.dialog = Some(Dialog::path(purpose, self.suggestion(purpose)));
            }
            Command::OpenUnder => self.ask_for_path(ctx, Purpose::Under),
            Command::PaintNow => self.paint_now(),
            Command::ShowVariants => {
                let has_strip = self.easel.as_mut().is_some_and(|easel| {
                    easel.looks.has_strip = !easel.looks.has_strip;
                    easel.looks.has_strip && !easel.variants_fit()
                });
                if has_strip {
                    self.ask_for_variants(1);
                }
            }
            Command::MoreVariants => {
                let next = self.easel.as_ref().map_or(1, |easel| easel.variants.next_seed.max(1));
                self.ask_for_variants(next);
            }
            Command::AddLayer => {
                let Some(easel) = &self.easel else { return true };
                let name = self.layer_name(usize::try_from(easel.sketch().next_id).unwrap_or(usize::MAX));
                if let Some(easel) = &mut self.easel {
                    easel.history.commit(SketchAction::AddLayer, |sketch| {
                        sketch.add_layer(name);
                    });
                }
            }
            Command::ClearPaper => {
                let Some(easel) = &mut self.easel else { return true };
                easel.clear();
                self.notifications.show(Kind::Info, self.text.get("toast-cleared"), String::new());
            }
            _ => {
                let Some(easel) = &mut self.easel else { return false };
                if let Some(tool) = command.draw_tool() {
                    easel.pick(tool);
                    return true;
                }
                return easel.perform_on_view(command)
                    || easel.perform_on_paper(command)
                    || easel.perform_on_layer(command);
            }
        }
        true
    }

    /// Makes a picture at full size whatever the scheduler thinks.
    fn paint_now(&mut self) {
        let Some(easel) = &mut self.easel else { return };
        easel.live.retry();
        let sketch = easel.drawn();
        let request = SketchRequest::Paint { sketch, quality: Quality::Full };
        let ticket = self.submit(Request::Sketch(request), String::new());
        let themes = self.themes.as_deref().unwrap_or_default();
        if let Some(easel) = &mut self.easel {
            let scene = easel.scene(themes, 0.0);
            easel.live.sent(ticket, &scene, Quality::Full);
        }
    }

    /// Asks for pictures with seeds from `first` on.
    pub(super) fn ask_for_variants(&mut self, first: u64) {
        let Some(easel) = &mut self.easel else { return };
        easel.looks.has_strip = true;
        let seeds: Vec<u64> = (first..first + COUNT as u64).collect();
        let sketch = easel.sketch().clone();
        let variants = &mut easel.variants;
        (variants.of, variants.wanted) = (Some(plain_key(&sketch)), seeds.len());
        variants.next_seed = first + COUNT as u64;
        variants.shown.clear();
        let request = SketchRequest::Variants { sketch, seeds };
        let ticket = self.submit(Request::Sketch(request), String::new());
        if let Some(easel) = &mut self.easel {
            easel.variants.out = Some(ticket);
        }
    }
}

/// Tells the drawing from others whatever its seed.
fn plain_key(sketch: &Sketch) -> SketchKey {
    let mut plain = sketch.clone();
    plain.set_seed(Sketch::STEADY);
    plain.key()
}

impl Easel {
    /// Whether the variants in the strip belong to what is drawn.
    pub(super) fn variants_fit(&self) -> bool {
        self.variants.of == Some(plain_key(self.sketch()))
    }

    /// The network's plain answer to what is drawn, if it was seen.
    pub(super) fn plain_picture(&self) -> Option<&Arc<SketchResult>> {
        let key = plain_key(self.sketch());
        let mut known = self.sketch().result.iter().chain(&self.variants.plain);
        known.find(|result| result.of == key && result.is_full)
    }

    /// Takes up another tool. A curve that is not finished ends as it is.
    pub(super) fn pick(&mut self, tool: super::tool::DrawTool) {
        if let Some((action, stroke)) = self.paper.finish(self.tool, &self.kit) {
            self.add(action, stroke);
        }
        self.tool = tool;
    }

    fn clear(&mut self) {
        self.history.commit(SketchAction::Clear, |sketch| {
            sketch.clear();
        });
        self.newest = None;
    }

    fn perform_on_view(&mut self, command: Command) -> bool {
        let Self { looks, paper, kit, tool, .. } = self;
        let toggled = |to: Shows| if looks.shows == to { Shows::Beside } else { to };
        match command {
            Command::ShowBeside => looks.shows = Shows::Beside,
            Command::ShowOver => looks.shows = toggled(Shows::Over),
            Command::HideResult => looks.shows = toggled(Shows::Nowhere),
            Command::TogglePainting => looks.is_painting = !looks.is_painting,
            Command::ToggleTransparent => {
                let is_kept = looks.background == Background::Keep;
                looks.background = if is_kept { Background::White } else { Background::Keep };
            }
            Command::ToggleUnder => looks.has_under = !looks.has_under,
            Command::ToggleSmoothing => kit.toggle_smoothing(),
            Command::BrushSmaller => kit.widen(*tool, -1.0),
            Command::BrushLarger => kit.widen(*tool, 1.0),
            Command::HintColor => self.pick(super::tool::DrawTool::Hint),
            Command::Fit => paper.view.fit(),
            Command::ActualSize => paper.view.zoom_100(),
            Command::ZoomIn => paper.view.zoom_in(),
            Command::ZoomOut => paper.view.zoom_out(),
            _ => return false,
        }
        true
    }

    fn perform_on_paper(&mut self, command: Command) -> bool {
        match command {
            Command::Undo => {
                self.travel(SketchHistory::undo);
            }
            Command::Redo => {
                self.travel(SketchHistory::redo);
            }
            Command::ToggleMirror => {
                let mirror = if self.mirror().is_some() { None } else { Some(Mirror::MIDDLE) };
                self.set_mirror(mirror);
            }
            Command::TurnMirror => {
                let mirror = match self.mirror() {
                    Some(Mirror::Upright(_)) => Mirror::Level(0.5),
                    Some(Mirror::Level(_)) | None => Mirror::MIDDLE,
                };
                self.set_mirror(Some(mirror));
            }
            Command::DropUnder => {
                self.history.commit(SketchAction::ChangeUnderDrawing, |sketch| {
                    sketch.set_under_drawing(None);
                });
            }
            Command::NextVariant | Command::PreviousVariant => {
                let steps = if command == Command::NextVariant { 1 } else { -1 };
                self.walk_variants(steps);
            }
            _ => return false,
        }
        true
    }

    fn set_mirror(&mut self, mirror: Option<Mirror>) {
        self.history.commit(SketchAction::ChangeMirror, |sketch| {
            sketch.set_mirror(mirror);
        });
    }

    /// Goes `steps` places on in the strip, whose first place is the network's plain answer.
    fn walk_variants(&mut self, steps: isize) {
        let count = self.variants.shown.len() + 1;
        let seed = self.sketch().seed;
        let at = self.variants.shown.iter().position(|variant| variant.seed == seed).map_or(0, |at| at + 1);
        let next = (at + count).saturating_add_signed(steps) % count;
        self.choose_variant(next.checked_sub(1));
    }

    fn perform_on_layer(&mut self, command: Command) -> bool {
        let (active, at) = (self.sketch().active, self.active_place());
        match command {
            Command::DeleteLayer => self.delete_layer(active),
            Command::RenameLayer => self.begin_rename(active),
            Command::LayerAbove => self.activate_at(at + 1),
            Command::LayerBelow => self.activate_at(at.saturating_sub(1)),
            Command::LayerUp => self.move_layer(active, at + 1),
            Command::LayerDown => self.move_layer(active, at.saturating_sub(1)),
            Command::ToggleLayer => self.toggle_layer(active),
            Command::SoloLayer => self.solo_layer(active),
            _ => return false,
        }
        true
    }
}
