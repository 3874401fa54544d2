//! The bar above the canvas: what the current brush can be told, and the search's larger steps.

use egui::{Button, Panel, RichText, Sense, Slider, Stroke, StrokeKind, Ui, vec2};

use super::brush::{Brush, LEAST_WIDTH};
use super::studio::Studio;
use super::wish::Wish;
use super::{drag_panel, portrait};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 0));
    let panel = Panel::top("explore options").exact_size(theme::OPTIONS_HEIGHT).frame(frame);
    panel.show(ui, |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            steps_ui(ui, view, studio);
            widgets::divider(ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let area = egui::ScrollArea::horizontal().id_salt("explore options").auto_shrink([false, false]);
                area.scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden).show(ui, |ui| {
                    ui.horizontal_centered(|ui| {
                        if studio.portrait.view == portrait::View::Crop {
                            let words = view.text.get("hint-crop");
                            ui.label(RichText::new(words).color(theme::colors(ui.visuals()).weak));
                        } else {
                            brush_ui(ui, view, studio);
                        }
                    });
                });
            });
        });
    });
}

/// What the artist does next stands at the right: project the square, or fix and restart.
fn steps_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let is_cropping = studio.portrait.view == portrait::View::Crop;
    let first = if is_cropping { Command::Project } else { Command::Fix };
    let words = format!("{}  {}", first.icon(), view.text.get(&first.name_key()));
    let is_enabled = first.is_enabled(view.now);
    let button = ui.add_enabled_ui(is_enabled, |ui| widgets::primary(ui, &words)).inner;
    if widgets::named(button, &view.text.get(&first.name_key()))
        .on_hover_text(view.text.get(&first.tip_key()))
        .clicked()
    {
        view.run(first);
    }
    if is_cropping {
        if ui.button(view.text.get("cancel")).clicked() {
            view.wish(Wish::View(portrait::View::Manifold));
        }
        return;
    }
    for command in [Command::SearchOn, Command::Restart, Command::NewSeed] {
        let words = format!("{}  {}", command.icon(), view.text.get(&command.name_key()));
        let button = ui.add_enabled(command.is_enabled(view.now), Button::new(words));
        let button = widgets::named(button, &view.text.get(&command.name_key()));
        if button.on_hover_text(view.text.get(&command.tip_key())).clicked() {
            view.run(command);
        }
    }
}

fn brush_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let brush = studio.brush;
    ui.label(RichText::new(brush.icon()).size(18.0).color(colors.accent));
    ui.label(RichText::new(view.text.get(&brush.key())).color(colors.strong));
    widgets::divider(ui);
    if matches!(brush, Brush::Color | Brush::Eyedropper) {
        color_ui(ui, view, studio);
        widgets::divider(ui);
    }
    if let Some(width) = studio.palette.width(brush) {
        let name = ui.label(view.text.get("option-size"));
        let mut percent = width * 100.0;
        let range = LEAST_WIDTH * 100.0..=100.0;
        let slider = Slider::new(&mut percent, range).logarithmic(true).max_decimals(1).suffix(" %");
        if widgets::slider(ui, slider).labelled_by(name.id).changed() {
            view.wish(Wish::Width(brush, percent / 100.0));
        }
    }
    if matches!(brush, Brush::Drag | Brush::Movable) {
        // The panel may be out of sight.
        drag_panel::button_ui(ui, view, studio, ["drag-move", "drag-halt"]);
    }
    let hint = view.text.get(&format!("hint-{}", <&str>::from(brush)));
    ui.label(RichText::new(hint).color(colors.weak));
}

fn color_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let name = view.text.get("option-color");
    let mut color = studio.palette.color;
    let swatch = ui.color_edit_button_srgb(&mut color).on_hover_text(&name);
    swatch.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if color != studio.palette.color {
        view.wish(Wish::Color(color));
    }
    ui.spacing_mut().item_spacing.x = 3.0;
    for recent in studio.palette.recent.iter().filter(|recent| **recent != color) {
        let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
        let [r, g, b] = *recent;
        let hex = format!("#{r:02x}{g:02x}{b:02x}");
        let words = view.text.with("option-recent-color", &[("color", (&hex).into())]);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
        let colors = theme::colors(ui.visuals());
        ui.painter().rect_filled(rect, 4.0, theme::explore::ink(*recent));
        let is_hot = response.hovered() || response.has_focus();
        let line = if is_hot { colors.strong } else { colors.line };
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, line), StrokeKind::Outside);
        if response.on_hover_text(words).clicked() {
            view.wish(Wish::Color(*recent));
        }
    }
    ui.spacing_mut().item_spacing.x = 8.0;
    widgets::command_button(ui, view, Command::ToolEyedropper, 28.0, studio.brush == Brush::Eyedropper);
}
