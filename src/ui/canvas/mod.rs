//! The canvas: the photo with its patches and marks, the view onto it, and the tools that draw on it.
//!
//! It changes a document only through the tools and only by [`History`]. It never sends requests: what follows from a
//! gesture is the window's decision, reported as [`CanvasEvent`]s.

pub(super) mod budget;
pub(super) mod compare;
mod cursor;
pub(super) mod input;
pub(super) mod navigation;
pub(super) mod overlay;
mod preview;
mod scene;
pub(super) mod tiles;
mod view_state;

#[cfg(test)]
mod tests;

pub use super::tools::{BrushSettings, ToolKind};
pub use scene::{CanvasEvent, CanvasLabels, CompareMode, OverlayStyle, PatchDisplays, Scene};
pub use view_state::{MAX_ZOOM, ViewState};

use std::sync::{Arc, Weak};
use std::time::Duration;

use egui::{Color32, Key, Painter, Rect, Response, Sense, Shape, TextureHandle, TextureOptions, Ui, WidgetInfo, pos2};

use self::budget::UploadBudget;
use self::cursor::Intent;
use self::input::{Held, Parts, PointerRouter};
use self::navigation::{Scrolling, Wheel};
use self::overlay::{MaskKind, Overlay};
use self::preview::PreviewFade;
use self::tiles::{Layer, TileCache};
use super::theme::canvas as theme;
use super::tools::{ToolContext, ToolEvent, ToolOutcome, Tools};
use crate::document::{Document, History};
use crate::imaging::{DisplayPyramid, ImagePos, PixelRect};

/// Seconds of one pulse of the marks while a fill is awaited.
const PULSE_SECS: f64 = 1.2;
/// Time between two frames of the pulse.
const PULSE_FRAME: Duration = Duration::from_millis(33);

/// The canvas and all that it remembers between frames.
#[derive(Default)]
pub struct Canvas {
    /// Zoom and position.
    pub view: ViewState,
    /// What the pointer does.
    pub tool: ToolKind,
    /// The round brush.
    pub brush: BrushSettings,
    /// Whether and how the result is compared with the photo.
    pub compare: CompareMode,
    /// How marks show.
    pub overlay: OverlayStyle,
    /// The words on the canvas.
    pub labels: CanvasLabels,
    tools: Tools,
    /// The tool that has the gesture.
    drawing_tool: ToolKind,
    pointer: PointerRouter,
    scrolling: Scrolling,
    hover: Option<ImagePos>,
    photo: Weak<DisplayPyramid>,
    tiles: TileCache,
    masks: Overlay,
    preview: PreviewFade,
    board: Option<TextureHandle>,
}

impl Canvas {
    /// Draws the canvas into all that is left of `ui` and handles its input.
    pub fn ui(&mut self, ui: &mut Ui, history: &mut History, scene: &Scene<'_>) -> Vec<CanvasEvent> {
        self.meet(scene.photo, history);
        let response = ui.allocate_rect(ui.available_rect_before_wrap(), Sense::click_and_drag());
        let words = (self.labels.canvas.clone(), ui.is_enabled());
        response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Canvas, words.1, &words.0));
        self.view.set_viewport(response.rect, ui.pixels_per_point());
        self.scrolling.navigate(ui, &response, &mut self.view, Wheel::Zooms);
        let events = self.handle_input(ui, &response, history);
        if ui.is_rect_visible(response.rect) {
            self.draw(ui, &response, history.document(), scene);
        }
        events
    }

    /// Shows the whole photo.
    pub fn fit(&mut self) {
        self.view.fit();
    }

    /// Shows one pixel of the photo as one pixel of the screen.
    pub fn zoom_100(&mut self) {
        self.view.zoom_100();
    }

    /// One step larger.
    pub fn zoom_in(&mut self) {
        self.view.zoom_in();
    }

    /// One step smaller.
    pub fn zoom_out(&mut self) {
        self.view.zoom_out();
    }

    /// A larger brush.
    pub fn brush_larger(&mut self) {
        self.brush.grow();
    }

    /// A smaller brush.
    pub fn brush_smaller(&mut self) {
        self.brush.shrink();
    }

    /// Whether a tool is in the middle of a gesture: then Enter, Escape and Backspace belong to the canvas.
    #[must_use]
    pub const fn is_drawing(&self) -> bool {
        self.tools.is_drawing()
    }

    /// Where on the photo the pointer is.
    #[must_use]
    pub const fn hover(&self) -> Option<ImagePos> {
        self.hover
    }

    /// Takes note of which photo is shown; another one starts afresh.
    fn meet(&mut self, photo: &Arc<DisplayPyramid>, history: &mut History) {
        self.view.set_image_size(history.document().photo.frame.size());
        if Weak::as_ptr(&self.photo) != Arc::as_ptr(photo) {
            self.photo = Arc::downgrade(photo);
            self.tools.abort(history);
            self.masks.clear();
            self.preview.clear();
            self.view.fit();
        }
    }

    fn handle_input(&mut self, ui: &Ui, response: &Response, history: &mut History) -> Vec<CanvasEvent> {
        if self.tool != self.drawing_tool {
            if self.tools.is_drawing() {
                self.tools.abort(history);
            }
            self.drawing_tool = self.tool;
        }
        let keys = if self.tools.is_drawing() { input::gesture_keys(ui) } else { Vec::new() };
        let Self { view, brush, compare, tool, .. } = self;
        let mut parts = Parts { view, brush, compare, has_brush: tool.has_brush(), is_panning: *tool == ToolKind::Pan };
        let heard = self.pointer.handle(ui, response, &mut parts);
        if heard.iter().any(|event| matches!(event, ToolEvent::Press(_))) {
            // The keys belong to the canvas now, not to a slider that was used before.
            ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        }
        let points_per_pixel = self.view.points_per_pixel();
        let mut events = Vec::new();
        for event in keys.into_iter().chain(heard) {
            let mut ctx = ToolContext { history, brush: &self.brush, points_per_pixel };
            events.extend(self.tools.handle(self.tool, event, &mut ctx).map(|outcome| match outcome {
                ToolOutcome::Marked => CanvasEvent::StrokeFinished,
                ToolOutcome::Rough { mask, is_loop } => CanvasEvent::SelectObject { rough: mask, is_loop },
            }));
        }
        events
    }

    fn draw(&mut self, ui: &Ui, response: &Response, document: &Document, scene: &Scene<'_>) {
        let painter = ui.painter().with_clip_rect(response.rect);
        let mut budget = UploadBudget::for_frame();
        let now = ui.input(|input| input.time);
        self.preview.update(scene.preview, now);
        let marks = self.mark_shapes(ui, document, scene, &mut budget);
        if document.photo.frame.model().has_alpha() {
            self.draw_board(&painter);
        }
        let whole = document.photo.frame.size().rect();
        match self.compare {
            CompareMode::Original => self.draw_picture(&painter, (scene.photo, whole, 1.0), &mut budget),
            CompareMode::Difference => self.draw_difference(&painter, scene, &mut budget),
            CompareMode::Off => {
                self.draw_picture(&painter, (scene.photo, whole, 1.0), &mut budget);
                self.draw_result(&painter, marks, (document, scene, now), &mut budget);
            }
            CompareMode::Divider { at } => {
                self.draw_picture(&painter, (scene.photo, whole, 1.0), &mut budget);
                let after = painter.with_clip_rect(compare::after_side(at, response.rect));
                self.draw_result(&after, marks, (document, scene, now), &mut budget);
                compare::draw(&painter, at, response.rect, &self.labels);
            }
        }
        self.draw_pointer(ui, response, &painter);
        self.tiles.end_frame();
        self.masks.end_frame();
        if budget.is_starved() {
            ui.ctx().request_repaint();
        }
    }

    fn draw_picture(
        &mut self,
        painter: &Painter,
        (picture, rect, opacity): (&Arc<DisplayPyramid>, PixelRect, f32),
        budget: &mut UploadBudget,
    ) {
        let layer = Layer { picture, rect, tint: theme::opacity(opacity) };
        self.tiles.draw(painter, &self.view, &layer, budget);
    }

    /// Draws patches, marks and what a running job has filled so far.
    fn draw_result(
        &mut self,
        painter: &Painter,
        marks: Vec<Shape>,
        (document, scene, now): (&Document, &Scene<'_>, f64),
        budget: &mut UploadBudget,
    ) {
        for (patch, opacity) in document.visible_patches() {
            if let Some(picture) = scene.patches.get(&patch) {
                self.draw_picture(painter, (picture, patch.rect(), opacity), budget);
            }
        }
        painter.extend(marks);
        if self.preview.draw(&mut self.tiles, (painter, &self.view), now, budget) {
            painter.ctx().request_repaint();
        }
    }

    fn draw_difference(&mut self, painter: &Painter, scene: &Scene<'_>, budget: &mut UploadBudget) {
        painter.rect_filled(self.view.ui_rect(), 0.0, theme::DIFFERENCE_GROUND);
        if let Some(difference) = scene.difference {
            self.draw_picture(painter, (&difference.display, difference.rect, 1.0), budget);
        }
    }

    /// The shapes of all masks. The holes pulse while a fill is awaited.
    fn mark_shapes(
        &mut self,
        ui: &Ui,
        document: &Document,
        scene: &Scene<'_>,
        budget: &mut UploadBudget,
    ) -> Vec<Shape> {
        let mut shapes = Vec::new();
        if matches!(self.compare, CompareMode::Original | CompareMode::Difference) {
            return shapes;
        }
        let view = (ui.ctx(), &self.view);
        let opacity = self.overlay.opacity;
        let pulse = if scene.is_busy && self.preview.is_empty() { pulse(ui.input(|input| input.time)) } else { 1.0 };
        let holes = theme::overlay(self.overlay.color, opacity * pulse);
        self.masks.shapes(view, (MaskKind::Holes, &document.holes, holes), budget, &mut shapes);
        if pulse < 1.0 && !shapes.is_empty() {
            ui.ctx().request_repaint_after(PULSE_FRAME);
        }
        let from = theme::overlay(theme::SAMPLE_FROM, opacity);
        self.masks.shapes(view, (MaskKind::SampleFrom, &document.sample_from, from), budget, &mut shapes);
        let never = theme::overlay(theme::SAMPLE_NEVER, opacity);
        self.masks.shapes(view, (MaskKind::SampleNever, &document.sample_never, never), budget, &mut shapes);
        shapes
    }

    /// The board that shows through transparent photos.
    fn draw_board(&mut self, painter: &Painter) {
        let texture = self.board.get_or_insert_with(|| {
            let [light, dark] = theme::BOARD;
            let image = egui::ColorImage::new([2, 2], vec![light, dark, dark, light]);
            painter.ctx().load_texture("board", image, TextureOptions::NEAREST_REPEAT)
        });
        let rect = self.view.ui_rect().intersect(painter.clip_rect());
        let uv = Rect::from_min_max(pos2(0.0, 0.0), (rect.size() / theme::BOARD_SQUARE / 2.0).to_pos2());
        painter.image(texture.id(), rect, uv, Color32::WHITE);
    }

    fn draw_pointer(&mut self, ui: &Ui, response: &Response, painter: &Painter) {
        let pointer = ui.input(|input| input.pointer.latest_pos()).filter(|_| response.contains_pointer());
        let size = self.view.image_size();
        self.hover = pointer.map(|pos| self.view.image_from_ui(pos));
        let inside = |pos: &ImagePos| size.rect().contains(pos.x.floor() as i32, pos.y.floor() as i32);
        if let Some(outline) = self.tools.outline(self.hover) {
            let marks = theme::overlay(self.overlay.color, self.overlay.opacity);
            cursor::draw_outline(painter, &self.view, &outline, marks);
        }
        self.hover = self.hover.filter(inside);
        let held = self.pointer.held();
        let Some(pointer) = pointer.or_else(|| ui.input(|input| input.pointer.latest_pos()).filter(|_| held.is_some()))
        else {
            return;
        };
        let wants_pan = ui.input(|input| input.key_down(Key::Space)) && !ui.ctx().text_edit_focused();
        let intent = if wants_pan {
            Intent::Pan
        } else if compare::is_on_divider(self.compare, response.rect, pointer) {
            Intent::Divide
        } else {
            Intent::Tool
        };
        ui.ctx().set_cursor_icon(cursor::icon(self.tool, held, intent));
        let center = match held {
            Some(Held::Adjust(start, _)) => start,
            Some(Held::Tool) => pointer,
            None if intent == Intent::Tool => pointer,
            _ => return,
        };
        if self.tool.has_brush() {
            cursor::draw_brush(painter, &self.view, &self.brush, center, self.tool != ToolKind::ObjectSelect);
        }
    }
}

/// How strongly marks show at `now`, in 0..1.
fn pulse(now: f64) -> f32 {
    let phase = (now / PULSE_SECS * std::f64::consts::TAU).sin() as f32;
    0.6 + 0.35 * phase
}
