//! The strip of key frames: latents at times, with a smooth path through them.

use egui::{Image, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::gallery::Dragged;
use super::studio::Studio;
use super::tool_column::is_on;
use super::wish::Wish;
use crate::document::explore::KeyFrame;
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};

/// Side of a key frame's picture.
const SIDE: f32 = 44.0;
/// Height of the strip.
const HEIGHT: f32 = 56.0;

/// Draws the strip.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for command in [Command::AddKeyFrame, Command::DeleteKeyFrame, Command::SmoothPath] {
            widgets::command_button(ui, view, command, 28.0, is_on(command, studio));
        }
        rail_ui(ui, view, studio);
    });
}

fn rail_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    let rail = rect.shrink2(vec2(SIDE / 2.0 + 4.0, 0.0));
    let keys = &studio.exploration().keys;
    if keys.is_empty() {
        let words = view.text.get("strip-no-keys");
        let font = egui::TextStyle::Small.resolve(ui.style());
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, words, font, colors.weak);
    } else {
        ui.painter().hline(rail.x_range(), rail.center().y, Stroke::new(1.0, colors.line));
    }
    for (at, key) in keys.iter().enumerate() {
        key_ui(ui, view, studio, (at, key), rail);
    }
    if studio.looks.is_path && keys.len() >= 2 {
        let x = egui::lerp(rail.x_range(), studio.slider_at());
        ui.painter().vline(x, rect.y_range(), Stroke::new(2.0, colors.accent));
    }
    if response.dnd_hover_payload::<Dragged>().is_some() {
        ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, Stroke::new(1.5, colors.accent), StrokeKind::Inside);
    }
    if let (Some(dragged), Some(pointer)) =
        (response.dnd_release_payload::<Dragged>(), ui.input(|input| input.pointer.latest_pos()))
    {
        view.wish(Wish::CandidateToKey(dragged.0, time_at(pointer.x, rail)));
    }
}

/// A key frame: dragged to another time, clicked to be selected.
fn key_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, (at, key): (usize, &KeyFrame), rail: egui::Rect) {
    let colors = theme::colors(ui.visuals());
    let center = pos2(egui::lerp(rail.x_range(), key.time), rail.center().y);
    let rect = egui::Rect::from_center_size(center, vec2(SIDE, SIDE));
    let response = ui.interact(rect, ui.scope_id().with(("key frame", at)), Sense::click_and_drag());
    let is_selected = studio.key == Some(at);
    let percent = format!("{:.0}", key.time * 100.0);
    let name = view.text.with("key-frame", &[("number", (at + 1).into()), ("percent", (&percent).into())]);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if let Some(picture) = studio.picture_of(&key.latent) {
        let texture = view.pictures.get(ui.ctx(), picture);
        Image::new(&texture).corner_radius(4).paint_at(ui, rect);
    } else {
        ui.painter().rect_filled(rect, 4.0, colors.button);
        let icon = RichText::new(icons::KEY_FRAME).size(18.0).color(colors.weak);
        ui.put(rect, egui::Label::new(icon).selectable(false));
    }
    let (width, line) = if is_selected {
        (2.5, colors.accent)
    } else if response.hovered() || response.has_focus() {
        (2.0, colors.strong)
    } else {
        (1.0, colors.line)
    };
    ui.painter().rect_stroke(rect, 4.0, Stroke::new(width, line), StrokeKind::Outside);
    if response.clicked() {
        view.wish(Wish::SelectKey(at));
    }
    if response.drag_started() {
        view.wish(Wish::SelectKey(at));
    }
    let pointer = response.interact_pointer_pos();
    // The widget is named by its place, and a key frame that is dragged past another takes that one's: the one that the
    // pointer holds is the selected one.
    if let Some(pointer) = pointer.filter(|_| response.dragged()) {
        view.wish(Wish::MoveKey(time_at(pointer.x, rail), Phase::Drag));
    }
    let held = studio.key.and_then(|held| studio.exploration().keys.get(held));
    if let Some(held) = held.filter(|_| response.drag_stopped()) {
        view.wish(Wish::MoveKey(held.time, Phase::End));
    }
    response.on_hover_text(name);
}

fn time_at(x: f32, rail: egui::Rect) -> f32 {
    ((x - rail.left()) / rail.width().max(1.0)).clamp(0.0, 1.0)
}
