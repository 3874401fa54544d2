//! The panel on the right: erasures, how they are filled, and the history.

use egui::{CollapsingHeader, Panel, RichText, ScrollArea, Ui};

use super::{erasures, explain, fill, history, mix};
use crate::ui::intent::View;
use crate::ui::theme;

/// Draws the panel.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    if !view.preferences.panels.erasures {
        return;
    }
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(12, 8));
    let panel = Panel::right("side").default_size(theme::SIDE_PANEL_WIDTH).size_range(240.0..=480.0).frame(frame);
    panel.show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            part(ui, "part-erasures", view, true, erasures::ui);
            part(ui, "part-fill", view, true, fill::ui);
            if view.session.and_then(|session| session.selected()).is_some() {
                part(ui, "part-mix", view, true, mix::ui);
                part(ui, "part-explain", view, false, explain::ui);
            }
            if view.preferences.panels.history {
                part(ui, "part-history", view, true, history::ui);
            }
        });
    });
}

fn part(ui: &mut Ui, key: &str, view: &mut View<'_>, is_open: bool, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let title = RichText::new(view.text.get(key)).family(theme::heading_family()).size(13.5);
    let title = title.color(theme::colors(ui.visuals()).strong);
    ui.spacing_mut().indent = 18.0;
    CollapsingHeader::new(title).id_salt(key).default_open(is_open).show_unindented(ui, |ui| {
        ui.add_space(2.0);
        content(ui, view);
        ui.add_space(8.0);
    });
    ui.separator();
}
