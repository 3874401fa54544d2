//! The grid of candidates: a click chooses, a drag carries one to an end of the slider or to the strip, arrow keys walk.

use egui::{EventFilter, Image, Key, RichText, Sense, Stroke, StrokeKind, Ui, vec2};

use super::studio::Studio;
use super::wish::Wish;
use crate::ui::commands::Command;
use crate::ui::intent::{Intent, View};
use crate::ui::{theme, widgets};
use crate::worker::exploring::CandidateShown;

/// Columns of the grid.
const COLUMNS: usize = 4;
/// Points between two pictures.
const GAP: f32 = 6.0;
/// The widest picture in points.
const WIDEST: f32 = 128.0;

/// A candidate that is dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dragged(pub u64);

/// Draws the grid.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    head_ui(ui, view, studio);
    let side = ((ui.available_width() - 4.0 - GAP * (COLUMNS - 1) as f32) / COLUMNS as f32).clamp(32.0, WIDEST).floor();
    let candidates: Vec<&CandidateShown> = studio.search.candidates().collect();
    if candidates.is_empty() {
        let key = if studio.search.is_running() { "explore-searching" } else { "explore-no-picks" };
        ui.label(RichText::new(view.text.get(key)).color(theme::colors(ui.visuals()).weak));
        return;
    }
    let chosen = studio.candidate().map(|candidate| candidate.id);
    let grid = ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for (row, candidates) in candidates.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                ui.add_space(2.0);
                for (column, candidate) in candidates.iter().enumerate() {
                    let number = row * COLUMNS + column + 1;
                    candidate_ui(ui, view, (candidate, number), side, chosen == Some(candidate.id));
                }
            });
        }
    });
    let is_over = ui.rect_contains_pointer(grid.response.rect);
    if is_over != studio.is_choosing {
        view.wish(Wish::Choosing(is_over));
    }
}

fn head_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    ui.horizontal(|ui| {
        widgets::section(ui, &view.text.get("part-picks"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let side = theme::ICON_BUTTON;
            widgets::command_button(ui, view, Command::RandomLatents, side, false);
            widgets::command_button(ui, view, Command::ShadowMode, side, studio.looks.is_shadow);
            widgets::command_button(ui, view, Command::AverageMode, side, studio.looks.is_average);
        });
    });
}

fn candidate_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    (candidate, number): (&CandidateShown, usize),
    side: f32,
    is_chosen: bool,
) {
    let colors = theme::colors(ui.visuals());
    // Named by the candidate, not by its place: a drag and the focus go with it when ranks change.
    let response =
        ui.push_id(candidate.id, |ui| ui.allocate_exact_size(vec2(side, side), Sense::click_and_drag())).inner;
    let (rect, response) = response;
    let name = view.text.with("explore-pick", &[("number", number.into())]);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
    let texture = view.pictures.get(ui.ctx(), &candidate.picture);
    Image::new(&texture).corner_radius(3).paint_at(ui, rect);
    let stroke = match (is_chosen, response.hovered() || response.has_focus()) {
        (true, _) => Stroke::new(2.5, colors.accent),
        (false, true) => Stroke::new(2.0, colors.strong),
        (false, false) => Stroke::new(1.0, colors.line),
    };
    ui.painter().rect_stroke(rect, 3.0, stroke, StrokeKind::Outside);
    response.dnd_set_drag_payload(Dragged(candidate.id));
    if response.dragged() {
        ghost_ui(ui, &texture);
    }
    if response.has_focus() {
        walk(ui, view, &response);
    }
    let cost = format!("{:.4}", candidate.cost);
    let tip = view.text.with("explore-pick-tip", &[("number", number.into()), ("cost", (&cost).into())]);
    let clicked = response.clicked();
    let response = response.on_hover_text(tip);
    if clicked {
        response.request_focus();
        view.wish(Wish::Choose(candidate.id));
    }
}

/// The picture that is dragged, at the pointer.
fn ghost_ui(ui: &Ui, texture: &egui::TextureHandle) {
    let Some(pointer) = ui.ctx().pointer_interact_pos() else { return };
    let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("dragged candidate"));
    let rect = egui::Rect::from_center_size(pointer, vec2(56.0, 56.0));
    let uv = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
    ui.ctx().layer_painter(layer).image(texture.id(), rect, uv, egui::Color32::WHITE.gamma_multiply(0.85));
}

/// Arrow keys go to the candidates around.
fn walk(ui: &Ui, view: &mut View<'_>, response: &egui::Response) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let presses = |key| ui.input_mut(|input| input.count_and_consume_key(egui::Modifiers::NONE, key)) as isize;
    let steps = presses(Key::ArrowRight) - presses(Key::ArrowLeft)
        + COLUMNS as isize * (presses(Key::ArrowDown) - presses(Key::ArrowUp));
    if steps != 0 {
        view.ask(Intent::Explore(Wish::Walk(steps)));
    }
}
