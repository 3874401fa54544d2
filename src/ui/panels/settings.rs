//! The preferences that have no place elsewhere.

use egui::{Grid, Slider, Ui};
use strum::IntoEnumIterator as _;

use super::shortcuts::close_ui;
use crate::library::{Language, Theme};
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::preferences::theme_key;
use crate::ui::text;
use crate::ui::widgets;

/// Draws the settings.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) -> Stay {
    let text = view.text;
    let mut preferences = view.preferences.clone();
    widgets::title(ui, &text.get("settings-title"));
    Grid::new("settings").num_columns(2).spacing([24.0, 12.0]).show(ui, |ui| {
        ui.label(text.get("settings-theme"));
        ui.horizontal(|ui| {
            for theme in Theme::iter() {
                ui.selectable_value(&mut preferences.theme, theme, text.get(theme_key(theme)));
            }
        });
        ui.end_row();
        ui.label(text.get("settings-language"));
        ui.horizontal(|ui| {
            for language in Language::iter() {
                let own = match language {
                    Language::Auto => text.get("language-system"),
                    other => text::Language::from(other).name().to_owned(),
                };
                ui.selectable_value(&mut preferences.language, language, own);
            }
        });
        ui.end_row();
        ui.label(text.get("settings-filling"));
        ui.checkbox(&mut preferences.is_auto_fill, text.get("settings-auto-fill"));
        ui.end_row();
        let name = ui.label(text.get("settings-candidates"));
        widgets::slider(ui, Slider::new(&mut preferences.candidates, 1..=8)).labelled_by(name.id);
        ui.end_row();
        let name = ui.label(text.get("settings-quality"));
        widgets::slider(ui, Slider::new(&mut preferences.export_quality, 1..=100)).labelled_by(name.id);
        ui.end_row();
    });
    view.prefer(|kept| *kept = preferences);
    close_ui(ui, view)
}
