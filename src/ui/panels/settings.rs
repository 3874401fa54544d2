//! The preferences that have no place elsewhere.

use egui::{Grid, Slider, Ui};
use strum::IntoEnumIterator as _;

use super::shortcuts::close_ui;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::preferences::ThemeChoice;
use crate::ui::text::Language;
use crate::ui::widgets;

/// Draws the settings.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) -> Stay {
    let text = view.text;
    let mut preferences = view.preferences.clone();
    widgets::title(ui, &text.get("settings-title"));
    Grid::new("settings").num_columns(2).spacing([24.0, 12.0]).show(ui, |ui| {
        ui.label(text.get("settings-theme"));
        ui.horizontal(|ui| {
            for theme in ThemeChoice::iter() {
                ui.selectable_value(&mut preferences.theme, theme, text.get(theme.key()));
            }
        });
        ui.end_row();
        ui.label(text.get("settings-language"));
        ui.horizontal(|ui| {
            ui.selectable_value(&mut preferences.language, None, text.get("language-system"));
            for language in Language::iter() {
                ui.selectable_value(&mut preferences.language, Some(language), language.name());
            }
        });
        ui.end_row();
        ui.label(text.get("settings-filling"));
        ui.checkbox(&mut preferences.is_auto_fill, text.get("settings-auto-fill"));
        ui.end_row();
        let name = ui.label(text.get("settings-candidates"));
        ui.add(Slider::new(&mut preferences.fill.candidates, 1..=8)).labelled_by(name.id);
        ui.end_row();
        let name = ui.label(text.get("settings-quality"));
        ui.add(Slider::new(&mut preferences.quality, 1..=100)).labelled_by(name.id);
        ui.end_row();
    });
    view.prefer(|kept| *kept = preferences);
    close_ui(ui, view)
}
