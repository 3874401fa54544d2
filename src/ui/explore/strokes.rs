//! The list of strokes, the newest first: each with its weight and what it costs.

use std::sync::Arc;

use egui::{Response, RichText, Sense, Slider, Ui, UiBuilder, vec2};

use super::brush::Brush;
use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::{Stroke, StrokeTool};
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};

/// The most that the slider of a weight reaches.
const MOST_WEIGHT: f32 = 10.0;
/// A cost that fills the bar.
const FULL_COST: f32 = 2.0;

/// Draws the list.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let strokes = &studio.exploration().strokes;
    if strokes.is_empty() {
        let words = RichText::new(view.text.get("strokes-none")).color(theme::colors(ui.visuals()).weak);
        ui.add(egui::Label::new(words).wrap());
        return;
    }
    for (place, stroke) in strokes.iter().enumerate().rev() {
        ui.push_id(stroke.id.0, |ui| card_ui(ui, view, studio, stroke, place + 1));
    }
}

fn card_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, stroke: &Arc<Stroke>, number: usize) -> Response {
    let is_selected = studio.selected == Some(stroke.id);
    let kind = view.text.get(&Brush::of(stroke).key());
    let name = view.text.with("strokes-name", &[("number", number.into()), ("kind", (&kind).into())]);
    let builder = UiBuilder::new().sense(Sense::click());
    let card = ui.scope_builder(builder, |ui| {
        theme::card_frame(ui.visuals(), is_selected).inner_margin(6).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(6.0, 3.0);
            head_ui(ui, view, stroke, &name);
            // Points and where they may move ask no search for anything.
            if !matches!(stroke.tool, StrokeTool::Drag { .. } | StrokeTool::Movable) {
                weight_ui(ui, view, stroke, &name);
                cost_ui(ui, view, studio, stroke);
            }
        });
    });
    let response = card.response;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if response.clicked() {
        view.wish(Wish::SelectStroke(stroke.id));
    }
    response
}

fn head_ui(ui: &mut Ui, view: &mut View<'_>, stroke: &Stroke, name: &str) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        let color = if stroke.is_visible { colors.strong } else { colors.weak };
        ui.label(RichText::new(Brush::of(stroke).icon()).size(16.0).color(color));
        if let StrokeTool::Color { rgb } = stroke.tool {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
            ui.painter().rect_filled(rect, 3.0, theme::explore::ink(rgb));
        }
        ui.add(egui::Label::new(RichText::new(name).color(color)).truncate().selectable(false));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let side = theme::ICON_BUTTON;
            let words = view.text.with("strokes-delete", &[("name", name.into())]);
            if widgets::icon_button(ui, icons::TRASH, &words, side).clicked() {
                view.wish(Wish::DeleteStroke(stroke.id));
            }
            let (icon, key) =
                if stroke.is_visible { (icons::EYE, "strokes-hide") } else { (icons::EYE_SLASH, "strokes-show") };
            let words = view.text.with(key, &[("name", name.into())]);
            if widgets::icon_button(ui, icon, &words, side).clicked() {
                view.wish(Wish::ToggleStroke(stroke.id));
            }
        });
    });
}

fn weight_ui(ui: &mut Ui, view: &mut View<'_>, stroke: &Stroke, name: &str) {
    let mut weight = stroke.weight;
    ui.horizontal(|ui| {
        ui.label(RichText::new(view.text.get("strokes-weight")).small().color(theme::colors(ui.visuals()).weak));
        ui.spacing_mut().slider_width = (ui.available_width() - 56.0).max(40.0);
        let slider =
            Slider::new(&mut weight, 0.0..=MOST_WEIGHT).logarithmic(true).smallest_positive(0.05).max_decimals(2);
        let response = widgets::slider(ui, slider);
        let response = response.on_hover_text(view.text.with("strokes-weight-of", &[("name", name.into())]));
        if response.changed() {
            let phase = if response.dragged() { Phase::Drag } else { Phase::End };
            view.wish(Wish::Weight(stroke.id, weight, phase));
        } else if response.drag_stopped() {
            view.wish(Wish::Weight(stroke.id, stroke.weight, Phase::End));
        }
    });
}

/// A bar for what the stroke costs in the candidate that shows, and a word when it cannot be had.
fn cost_ui(ui: &mut Ui, view: &View<'_>, studio: &Studio, stroke: &Stroke) {
    let colors = theme::colors(ui.visuals());
    if studio.search.is_empty(stroke.id) {
        ui.label(RichText::new(view.text.get("strokes-outside")).small().color(colors.weak));
        return;
    }
    let shown = studio.candidate().map(|candidate| candidate.id);
    let Some(cost) = shown.and_then(|id| studio.search.cost(id, stroke.id)).filter(|_| stroke.is_active()) else {
        return;
    };
    let is_unmet = studio.search.is_unmet(stroke.id);
    ui.horizontal(|ui| {
        let (rect, response) =
            ui.allocate_exact_size(vec2((ui.available_width() - 64.0).max(24.0), 5.0), Sense::hover());
        let part = (cost / FULL_COST).sqrt().clamp(0.02, 1.0);
        let color = if is_unmet { colors.error } else { colors.good };
        ui.painter().rect_filled(rect, 2.0, colors.sunken);
        let filled = egui::Rect::from_min_size(rect.min, vec2(rect.width() * part, rect.height()));
        ui.painter().rect_filled(filled, 2.0, color);
        let words = format!("{cost:.4}");
        response.on_hover_text(view.text.with("strokes-cost-tip", &[("cost", (&words).into())]));
        ui.label(RichText::new(words).small().color(colors.weak));
    });
    if is_unmet {
        let words = format!("{}  {}", icons::WARNING, view.text.get("strokes-unmet"));
        let label = egui::Label::new(RichText::new(words).small().color(colors.error)).wrap();
        ui.add(label).on_hover_text(view.text.get("strokes-unmet.tip"));
    }
}
