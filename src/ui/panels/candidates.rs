//! The strip under the canvas: all ways in which the selected erasure was filled.

use std::sync::Arc;

use egui::{Align, Button, Image, Layout, Panel, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use crate::document::{Candidate, Erasure};
use crate::ui::commands::Command;
use crate::ui::intent::{Intent, View};
use crate::ui::session::Session;
use crate::ui::{icons, origin_words, theme, widgets};

/// Draws the strip. It keeps its place while it is empty, so that the photo does not jump.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some(session) = view.session else { return };
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 8));
    let panel = Panel::bottom("candidates").exact_size(theme::STRIP_HEIGHT).frame(frame);
    panel.show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            if session.erasing.is_filling() {
                filling_ui(ui, view, session);
            } else if let Some(erasure) = session.selected().cloned() {
                legend_ui(ui, view, &erasure);
                list_ui(ui, view, session, &erasure);
            } else {
                let words = RichText::new(view.text.get("strip-empty")).color(theme::colors(ui.visuals()).weak);
                ui.centered_and_justified(|ui| ui.label(words));
            }
        });
    });
}

fn filling_ui(ui: &mut Ui, view: &View<'_>, session: &Session) {
    let (_, total) = session.erasing.counts();
    ui.vertical(|ui| {
        ui.set_width(128.0);
        ui.add_space(16.0);
        widgets::section(ui, &view.text.get("strip-title"));
        ui.label(RichText::new(view.text.get("strip-filling")).color(theme::colors(ui.visuals()).weak));
    });
    for _ in 0..total {
        waiting_ui(ui, view);
    }
}

fn legend_ui(ui: &mut Ui, view: &mut View<'_>, erasure: &Erasure) {
    ui.vertical(|ui| {
        ui.set_width(128.0);
        ui.add_space(4.0);
        widgets::section(ui, &view.text.get("strip-title"));
        let args = [("number", (erasure.chosen + 1).into()), ("total", erasure.candidates.len().into())];
        ui.label(RichText::new(view.text.with("strip-count", &args)).color(theme::colors(ui.visuals()).weak));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for command in [Command::PreviousCandidate, Command::NextCandidate, Command::Reroll] {
                widgets::command_button(ui, view, command, 28.0, false);
            }
        });
    });
}

fn list_ui(ui: &mut Ui, view: &mut View<'_>, session: &Session, erasure: &Arc<Erasure>) {
    ScrollArea::horizontal().id_salt("candidates").auto_shrink([false, true]).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            // Room for the frame of the first one.
            ui.add_space(3.0);
            for (index, candidate) in erasure.candidates.iter().enumerate() {
                candidate_ui(ui, view, session, erasure, index, candidate);
            }
            for _ in 0..session.erasing.missing_for(erasure.id) {
                waiting_ui(ui, view);
            }
            more_ui(ui, view);
        });
    });
}

fn candidate_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    session: &Session,
    erasure: &Erasure,
    index: usize,
    candidate: &Arc<Candidate>,
) {
    let colors = theme::colors(ui.visuals());
    let side = theme::CANDIDATE_SIDE;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
    let name = view.text.with("strip-candidate", &[("number", (index + 1).into())]);
    let is_chosen = index == erasure.chosen;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
    let picture = view.thumbnails.candidate(ui.ctx(), session, erasure.id, candidate);
    let painter = ui.painter();
    painter.rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    if let Some(picture) = picture {
        Image::new(&picture).corner_radius(theme::WIDGET_RADIUS).paint_at(ui, rect);
    }
    let stroke = match (is_chosen, response.hovered() || response.has_focus()) {
        (true, _) => Stroke::new(2.5, colors.accent),
        (false, true) => Stroke::new(2.0, colors.strong),
        (false, false) => Stroke::new(1.0, colors.line),
    };
    ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, stroke, StrokeKind::Outside);
    let seed = candidate.seed.to_string();
    let tip = view.text.with("strip-candidate-tip", &[("number", (index + 1).into()), ("seed", (&seed).into())]);
    let label = candidate.origin.as_ref().map(|origin| origin_words::label(view.text, origin));
    let tip = label.map_or_else(|| tip.clone(), |label| format!("{tip}\n{label}"));
    if response.on_hover_text(tip).clicked() && !is_chosen {
        view.ask(Intent::Choose(erasure.id, index));
    }
}

/// The place of a candidate that is still being made.
fn waiting_ui(ui: &mut Ui, view: &View<'_>) {
    let colors = theme::colors(ui.visuals());
    let side = theme::CANDIDATE_SIDE;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, Stroke::new(1.0, colors.line), StrokeKind::Outside);
    let font = egui::FontId::proportional(22.0);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icons::HOURGLASS, font, colors.weak);
    response.on_hover_text(view.text.get("strip-waiting"));
}

fn more_ui(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.text.get("strip-more");
    let colors = theme::colors(ui.visuals());
    let icon = RichText::new(icons::PLUS).size(24.0).color(colors.weak);
    let side = theme::CANDIDATE_SIDE;
    let button = Button::new(icon).fill(colors.panel).stroke(Stroke::new(1.0, colors.line)).min_size(vec2(side, side));
    let response = ui.add_enabled(Command::Reroll.is_enabled(view.now), button);
    if widgets::named(response, &name).clicked() {
        view.run(Command::Reroll);
    }
}
