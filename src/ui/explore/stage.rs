//! The canvas of the room: the picture that shows, strokes over it, the pointer; or the photo and its square.
//!
//! It changes the exploration only through gestures and by its history.

use std::sync::Arc;

use egui::{Key, Painter, Rect, Response, Sense, TextureHandle, TextureOptions, Ui, WidgetInfo, pos2, vec2};

use super::brush::Brush;
use super::crop::{self, Grip};
use super::enlarge::enlarged;
use super::gesture::{Gesture, GestureContext};
use super::ink::ink;
use super::kept::{self, Keeping};
use super::marks;
use super::pictures::{address, image};
use super::portrait::View;
use super::studio::Studio;
use crate::document::ExploreAction;
use crate::document::explore::StrokeTool;
use crate::imaging::{DisplayPyramid, Frame, ImagePos, PixelRect, Place, Size};
use crate::ui::canvas::budget::UploadBudget;
use crate::ui::canvas::input::{Held, Parts, PointerRouter, gesture_keys};
use crate::ui::canvas::navigation::{Scrolling, Wheel};
use crate::ui::canvas::overlay::{MaskKind, Overlay};
use crate::ui::canvas::tiles::{Layer, TileCache};
use crate::ui::canvas::{BrushSettings, CanvasLabels, CompareMode, ViewState, compare};
use crate::ui::theme::canvas as theme;
use crate::ui::tools::ToolEvent;

/// The canvas and all that it remembers between frames.
pub struct Stage {
    /// Zoom and position.
    pub view: ViewState,
    /// Whether the photo is compared with what became of it.
    pub compare: CompareMode,
    pub(super) gesture: Gesture,
    scrolling: Scrolling,
    pub(super) pointer: PointerRouter,
    pub(super) hover: Option<ImagePos>,
    crop: Option<Grip>,
    pub(super) keeping: Option<Keeping>,
    /// What keeps its bits.
    masks: Overlay,
    tiles: TileCache,
    shown: Option<Upload>,
    before: Option<Upload>,
    draft: Option<(usize, TextureHandle)>,
    ink: Option<(u64, Option<TextureHandle>)>,
    /// What is shown was another size before: the view is fitted then.
    size: Size,
}

/// A picture on the graphics card.
struct Upload {
    of: usize,
    is_sharp: bool,
    // Held, so that no address is used twice.
    _frame: Frame,
    texture: TextureHandle,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            view: ViewState::for_small_pictures(),
            compare: CompareMode::Off,
            gesture: Gesture::default(),
            scrolling: Scrolling::default(),
            pointer: PointerRouter::default(),
            hover: None,
            crop: None,
            keeping: None,
            masks: Overlay::default(),
            tiles: TileCache::default(),
            shown: None,
            before: None,
            draft: None,
            ink: None,
            size: Size::new(0, 0),
        }
    }
}

impl Stage {
    /// Whether a stroke or a drag is unfinished: then Enter and Escape belong to the canvas.
    #[must_use]
    pub const fn is_drawing(&self) -> bool {
        self.gesture.is_drawing() || self.crop.is_some() || self.keeping.is_some()
    }

    /// Where on the picture or the photo the pointer is.
    #[must_use]
    pub const fn hover(&self) -> Option<ImagePos> {
        self.hover
    }
}

/// Where the manifold's picture lies in what the canvas shows.
#[must_use]
pub(super) fn place_of(studio: &Studio, side: u32) -> Place {
    match (studio.portrait.view, &studio.exploration().photo) {
        (View::Crop | View::Photo, Some(photo)) => photo.place,
        _ => Place::upright(0.0, 0.0, side as f32),
    }
}

/// Draws the canvas into all that is left of `ui` and handles its input. `side` is that of the model's pictures.
pub fn ui(ui: &mut Ui, studio: &mut Studio, side: u32, labels: &CanvasLabels) {
    let response = ui.allocate_rect(ui.available_rect_before_wrap(), Sense::click_and_drag());
    let words = labels.canvas.clone();
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, &words));
    meet(studio, side);
    studio.stage.view.set_viewport(response.rect, ui.pixels_per_point());
    let wheel =
        if studio.brush.has_width() && studio.portrait.view != View::Crop { Wheel::SizesBrush } else { Wheel::Zooms };
    if studio.portrait.view == View::Crop {
        crop_keys(ui, studio);
    }
    let Studio { stage, brush, palette, .. } = studio;
    let notches = stage.scrolling.navigate(ui, &response, &mut stage.view, wheel);
    if notches != 0.0 {
        palette.widen(*brush, notches);
    }
    let events = hear(ui, &response, studio, side);
    if studio.portrait.view == View::Crop {
        for event in events {
            crop_event(studio, event, ui);
        }
    } else {
        draw_strokes(studio, events, side);
    }
    if ui.is_rect_visible(response.rect) {
        draw(ui, &response, studio, side, labels);
    }
}

/// Takes note of the size of what is shown.
fn meet(studio: &mut Studio, side: u32) {
    let photo = studio.exploration().photo.as_ref().map(|photo| photo.photo.frame.size());
    if photo.is_none() {
        studio.portrait.view = View::Manifold;
    }
    let size = match studio.portrait.view {
        View::Manifold => Size::new(side, side),
        View::Crop | View::Photo => photo.unwrap_or_else(|| Size::new(side, side)),
    };
    if size != studio.stage.size {
        studio.stage.size = size;
        studio.stage.view.set_image_size(size);
        studio.stage.view.fit();
    }
}

/// What the pointer and the keys of an unfinished gesture say.
fn hear(ui: &Ui, response: &Response, studio: &mut Studio, side: u32) -> Vec<ToolEvent> {
    let place_side = place_of(studio, side).side;
    let Studio { stage, brush, palette, portrait, .. } = studio;
    let keys = if stage.is_drawing() { gesture_keys(ui) } else { Vec::new() };
    let width = palette.width(*brush);
    let mut size = BrushSettings { size: width.unwrap_or(0.1) * place_side, hardness: 1.0, has_pressure: false };
    let is_cropping = portrait.view == View::Crop;
    let mut parts = Parts {
        view: &mut stage.view,
        brush: &mut size,
        compare: &mut stage.compare,
        has_brush: width.is_some() && !is_cropping,
        is_panning: *brush == Brush::Pan && !is_cropping,
    };
    let heard = stage.pointer.handle(ui, response, &mut parts);
    if matches!(stage.pointer.held(), Some(Held::Adjust(..))) {
        palette.set_width(*brush, size.size / place_side);
    }
    if heard.iter().any(|event| matches!(event, ToolEvent::Press(_))) {
        // The keys belong to the canvas now, not to a slider that was used before.
        ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
    }
    keys.into_iter().chain(heard).collect()
}

fn draw_strokes(studio: &mut Studio, events: Vec<ToolEvent>, side: u32) {
    if events.is_empty() {
        return;
    }
    let (picture, place) = (studio.picture().cloned(), place_of(studio, side));
    if events.iter().any(|event| matches!(event, ToolEvent::Press(_))) {
        studio.player.stop();
        // A stroke goes on from where the search is, whatever the slider showed.
        studio.looks.shows_edits = true;
    }
    let Studio { stage, history, brush, palette, selected, portrait, .. } = studio;
    for event in events {
        if portrait.view == View::Photo && *brush == Brush::Keep {
            let width = palette.width(Brush::Keep).unwrap_or(0.1);
            kept::handle(stage, history, event, width * place.side / 2.0);
            continue;
        }
        let mut ctx = GestureContext { history, brush: *brush, palette, picture: picture.as_ref(), place, selected };
        stage.gesture.handle(event, &mut ctx);
    }
}

fn crop_keys(ui: &Ui, studio: &mut Studio) {
    if ui.ctx().text_edit_focused() || ui.memory(|memory| memory.focused().is_some()) {
        return;
    }
    let Some(photo) = &studio.exploration().photo else { return };
    let (place, size) = (photo.place, photo.photo.frame.size());
    if let Some(place) = crop::keyed(ui, place) {
        studio.history.commit(ExploreAction::Place, |exploration| {
            exploration.set_place(crop::held(place, size));
        });
    }
}

fn crop_event(studio: &mut Studio, event: ToolEvent, ui: &Ui) {
    let Some((place, size)) = studio.exploration().photo.as_ref().map(|p| (p.place, p.photo.frame.size())) else {
        return;
    };
    let Studio { stage, history, .. } = studio;
    match event {
        ToolEvent::Press(press) => {
            let pos = stage.view.ui_from_image(press.at.pos);
            stage.crop = crop::grip_at(place, pos, press.at.pos, |at| stage.view.ui_from_image(at));
            if stage.crop.is_some() {
                history.begin(ExploreAction::Place);
            }
        }
        ToolEvent::Move(at) | ToolEvent::Release(at) => {
            if let Some(grip) = stage.crop {
                let place = crop::held(crop::dragged(place, grip, at.pos, at.is_shift), size);
                history.edit(|exploration| {
                    exploration.set_place(place);
                });
            }
            if matches!(event, ToolEvent::Release(_)) && stage.crop.take().is_some() {
                history.end();
            }
        }
        ToolEvent::Abort => {
            if stage.crop.take().is_some() {
                history.abort();
            }
        }
        ToolEvent::Confirm | ToolEvent::StepBack => {}
    }
    ui.ctx().request_repaint();
}

fn draw(ui: &Ui, response: &Response, studio: &mut Studio, side: u32, labels: &CanvasLabels) {
    let painter = ui.painter().with_clip_rect(response.rect);
    let mut budget = UploadBudget::for_frame();
    let place = place_of(studio, side);
    match studio.portrait.view {
        View::Manifold => draw_manifold(ui, &painter, studio, place),
        View::Crop | View::Photo => draw_photo(&painter, studio, &mut budget),
    }
    if studio.portrait.view == View::Photo && studio.looks.shows_edits {
        draw_kept(ui, &painter, studio, &mut budget);
    }
    if let CompareMode::Divider { at } = studio.stage.compare {
        draw_before(&painter, studio, (at, response.rect), &mut budget);
        compare::draw(&painter, at, response.rect, labels);
    }
    if studio.portrait.view == View::Crop {
        marks::crop(&painter, &studio.stage.view, place);
    } else {
        if studio.looks.shows_edits {
            draw_edits(ui, &painter, studio, place);
        }
        marks::pointer(ui, response, &painter, studio, place);
    }
    studio.stage.tiles.end_frame();
    if budget.is_starved() {
        ui.ctx().request_repaint();
    }
}

fn draw_manifold(ui: &Ui, painter: &Painter, studio: &mut Studio, place: Place) {
    let Some(picture) = studio.picture().cloned() else { return };
    let is_sharp = studio.looks.is_sharp;
    let Stage { shown, view, .. } = &mut studio.stage;
    upload(shown, ui, &picture, is_sharp);
    if let Some(upload) = shown {
        marks::quad(painter, view, place, &upload.texture, egui::Color32::WHITE);
    }
    if studio.looks.is_shadow
        && let Some(pointer) = ui.input(|input| input.pointer.latest_pos())
    {
        marks::fog(painter, studio.stage.view.ui_rect(), pointer);
    }
}

/// Brings `frame` to the graphics card, enlarged for the eye unless squares are wanted.
fn upload(slot: &mut Option<Upload>, ui: &Ui, frame: &Frame, is_sharp: bool) {
    let of = address(frame);
    if slot.as_ref().is_some_and(|upload| upload.of == of && upload.is_sharp == is_sharp) {
        return;
    }
    let large = if is_sharp { None } else { enlarged(frame) };
    let pixels = image(large.as_ref().unwrap_or(frame));
    let options = if is_sharp { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
    let texture = match slot.take() {
        Some(Upload { mut texture, .. }) => {
            texture.set(pixels, options);
            texture
        }
        None => ui.ctx().load_texture("manifold", pixels, options),
    };
    *slot = Some(Upload { of, is_sharp, _frame: frame.clone(), texture });
}

fn draw_photo(painter: &Painter, studio: &mut Studio, budget: &mut UploadBudget) {
    let Studio { stage, portrait, history, .. } = studio;
    let Some(photo) = &history.value().photo else { return };
    let Some(display) = portrait.display_of(&photo.photo.frame) else { return };
    layer(stage, painter, (display, photo.photo.frame.size().rect()), budget);
    if portrait.view == View::Crop {
        return;
    }
    if let Some(draft) = portrait.draft.as_ref().filter(|_| portrait.is_morphing) {
        let rect = stage.view.ui_rect_from_image(draft.rect);
        if let Some(texture) = draft_texture(&mut stage.draft, painter, &draft.shown.display) {
            let uv = Rect::from_min_size(pos2(0.0, 0.0), vec2(1.0, 1.0));
            painter.image(texture.id(), rect, uv, egui::Color32::WHITE);
        }
    } else if let Some(result) = &photo.result
        && let Some(display) = portrait.patches.get(&result.patch)
    {
        layer(stage, painter, (display, result.patch.rect()), budget);
    }
}

fn layer(
    stage: &mut Stage,
    painter: &Painter,
    (picture, rect): (&Arc<DisplayPyramid>, PixelRect),
    budget: &mut UploadBudget,
) {
    let layer = Layer { picture, rect, tint: theme::opacity(1.0) };
    stage.tiles.draw(painter, &stage.view, &layer, budget);
}

fn draft_texture<'a>(
    slot: &'a mut Option<(usize, TextureHandle)>,
    painter: &Painter,
    display: &Arc<DisplayPyramid>,
) -> Option<&'a TextureHandle> {
    let level = display.levels.first()?;
    let of = Arc::as_ptr(display).addr();
    if slot.as_ref().is_none_or(|(held, _)| *held != of) {
        let size = [level.size.width as usize, level.size.height as usize];
        let pixels = egui::ColorImage::from_rgba_premultiplied(size, &level.rgba);
        *slot = Some((of, painter.ctx().load_texture("draft", pixels, TextureOptions::LINEAR)));
    }
    slot.as_ref().map(|(_, texture)| texture)
}

/// Left of the divider: the photo as it was, or the part of it that the manifold's picture stands for.
fn draw_before(painter: &Painter, studio: &mut Studio, (at, viewport): (f32, Rect), budget: &mut UploadBudget) {
    let after = compare::after_side(at, viewport);
    let left = painter.with_clip_rect(Rect::from_min_max(viewport.min, pos2(after.left(), viewport.bottom())));
    let target = studio.projection().and_then(|known| known.target.cloned());
    let Studio { stage, portrait, history, .. } = studio;
    if portrait.view == View::Manifold {
        let Some(target) = target else { return };
        let side = stage.view.image_size().width as f32;
        let ui_ctx = painter.ctx().clone();
        if stage.before.as_ref().is_none_or(|upload| upload.of != address(&target)) {
            let texture = ui_ctx.load_texture("target", image(&target), TextureOptions::LINEAR);
            stage.before = Some(Upload { of: address(&target), is_sharp: false, _frame: target, texture });
        }
        if let Some(upload) = &stage.before {
            marks::quad(&left, &stage.view, Place::upright(0.0, 0.0, side), &upload.texture, egui::Color32::WHITE);
        }
        return;
    }
    let Some(photo) = &history.value().photo else { return };
    if let Some(display) = portrait.display_of(&photo.photo.frame) {
        layer(stage, &left, (display, photo.photo.frame.size().rect()), budget);
    }
}

/// What keeps its bits on the photo.
fn draw_kept(ui: &Ui, painter: &Painter, studio: &mut Studio, budget: &mut UploadBudget) {
    let Studio { stage, history, .. } = studio;
    let Some(photo) = &history.value().photo else { return };
    let mut shapes = Vec::new();
    let tint = theme::overlay(crate::ui::theme::explore::KEPT, 0.4);
    stage.masks.shapes((ui.ctx(), &stage.view), (MaskKind::Holes, &photo.kept, tint), budget, &mut shapes);
    painter.extend(shapes);
    stage.masks.end_frame();
}

fn draw_edits(ui: &Ui, painter: &Painter, studio: &mut Studio, place: Place) {
    let Studio { stage, history, selected, drag, .. } = studio;
    let revision = history.revision();
    if stage.ink.as_ref().is_none_or(|(of, _)| *of != revision) {
        let texture = ink(&history.value().strokes).map(|image| match stage.ink.take() {
            Some((_, Some(mut texture))) => {
                texture.set(image, TextureOptions::LINEAR);
                texture
            }
            _ => ui.ctx().load_texture("ink", image, TextureOptions::LINEAR),
        });
        stage.ink = Some((revision, texture));
    }
    if let Some((_, Some(texture))) = &stage.ink {
        marks::quad(painter, &stage.view, place, texture, theme::opacity(0.55));
    }
    for stroke in history.value().strokes.iter().filter(|stroke| stroke.is_visible) {
        let is_selected = *selected == Some(stroke.id);
        match (&stroke.tool, drag.handle(stroke.id)) {
            (StrokeTool::Drag { to, .. }, Some(at)) => {
                marks::pair(painter, (&stage.view, place), (at, *to), is_selected);
            }
            _ => marks::stroke(painter, &stage.view, place, stroke, is_selected),
        }
    }
}

/// Whether the view is to be moved by the next drag: space is held.
pub(super) fn wants_pan(ui: &Ui) -> bool {
    ui.input(|input| input.key_down(Key::Space)) && !ui.ctx().text_edit_focused()
}
