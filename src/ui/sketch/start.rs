//! The way into the room from the start page: a paper, and a card for each theme.

use egui::{RichText, Sense, Stroke, StrokeKind, Ui, vec2};

use super::themes::{icon_of, name_of};
use super::wish::SketchWish;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Width and height of a card.
const CARD: egui::Vec2 = vec2(92.0, 84.0);

/// Draws the row.
pub fn row_ui(ui: &mut Ui, view: &mut View<'_>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
        let name = view.text.get("start-paper");
        if card_ui(ui, icons::SKETCH, &name) {
            view.run(Command::RoomSketch);
        }
        for info in view.themes.unwrap_or_default() {
            let name = name_of(view.text, info);
            if card_ui(ui, icon_of(&info.name), &name) {
                view.sketch(SketchWish::Theme(info.name.clone()));
            }
        }
    });
}

fn card_ui(ui: &mut Ui, icon: &str, name: &str) -> bool {
    let colors = theme::colors(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let is_hot = response.hovered() || response.has_focus();
    let line = if is_hot { Stroke::new(2.0, colors.accent) } else { Stroke::new(1.0, colors.line) };
    ui.painter().rect(rect, theme::CARD_RADIUS, colors.raised, line, StrokeKind::Inside);
    let column = egui::Layout::top_down(egui::Align::Center);
    let ui = &mut widgets::inside(ui, rect.shrink2(vec2(6.0, 12.0)), column);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(RichText::new(icon).size(28.0).color(colors.accent));
    ui.add(egui::Label::new(RichText::new(name).small().color(colors.text)).truncate());
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}
