//! What shows in the room while no model is chosen, and the row of models on the start page of the other room.

use egui::{RichText, ScrollArea, Ui};

use super::models;
use super::wish::Wish;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Width of the page's column.
const WIDTH: f32 = 720.0;

/// Draws the page.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let width = WIDTH.min(ui.available_width() - 48.0);
        let side = (ui.available_width() - width) / 2.0;
        ui.add_space((ui.available_height() * 0.08).clamp(16.0, 96.0));
        ui.horizontal_top(|ui| {
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(width);
                page_ui(ui, view);
            });
        });
    });
}

fn page_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let title = view.text.get("explore-title");
    ui.label(RichText::new(title).family(theme::heading_family()).size(32.0).color(colors.strong));
    ui.label(RichText::new(view.text.get("explore-tagline")).size(15.0).color(colors.weak));
    ui.add_space(24.0);
    widgets::section(ui, &view.text.get("explore-which"));
    ui.add_space(8.0);
    models::cards_ui(ui, view);
    ui.add_space(16.0);
    ui.horizontal(|ui| {
        let words = format!("{}  {}", icons::SEARCH, view.text.get("models-look"));
        if ui.button(words).clicked() {
            view.wish(Wish::LookForModels);
        }
        models::import_ui(ui, view);
        if ui.button(view.text.get(&Command::RoomErase.name_key())).clicked() {
            view.run(Command::RoomErase);
        }
    });
    ui.add_space(24.0);
}
