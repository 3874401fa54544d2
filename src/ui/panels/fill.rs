//! How holes are filled: the engine and its numbers, each with an automatic setting.

use egui::{ComboBox, Grid, Slider, Ui};
use strum::IntoEnumIterator as _;

use crate::library::{Fill, Settings};
use crate::ui::intent::View;
use crate::ui::text::Text;
use crate::ui::{preferences, widgets};
use crate::worker::Engine;

/// Draws the options.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let mut settings = view.preferences.clone();
    let Settings { fill, candidates, .. } = &mut settings;
    let text = view.text;
    Grid::new("fill").num_columns(2).spacing([12.0, 8.0]).min_col_width(72.0).show(ui, |ui| {
        engine_ui(ui, text, fill);
        row(ui, text, "fill-candidates", |ui, _| widgets::slider(ui, Slider::new(candidates, 1..=8)));
        let is_exemplar = preferences::engine(fill) == Engine::Exemplar;
        row(ui, text, "fill-patch", |ui, text| {
            ui.add_enabled_ui(is_exemplar, |ui| patch_ui(ui, text, &mut fill.patch)).inner
        });
        row(ui, text, "fill-grow", |ui, text| automatic_ui(ui, text, "fill-grow", &mut fill.grow, 3, 64));
        row(ui, text, "fill-feather", |ui, text| automatic_ui(ui, text, "fill-feather", &mut fill.feather, 4, 12));
        row(ui, text, "fill-context", |ui, _| {
            widgets::slider(ui, Slider::new(&mut fill.context, 1.5..=6.0).fixed_decimals(1).suffix("×"))
        });
    });
    if ui.link(text.get("fill-reset")).clicked() {
        *fill = Fill::default();
    }
    view.prefer(|kept| *kept = settings);
}

fn row(ui: &mut Ui, text: &Text, key: &str, content: impl FnOnce(&mut Ui, &Text) -> egui::Response) {
    let name = ui.label(text.get(key)).on_hover_text(text.get(&format!("{key}.tip")));
    ui.spacing_mut().slider_width = 84.0;
    content(ui, text).labelled_by(name.id);
    ui.end_row();
}

fn engine_ui(ui: &mut Ui, text: &Text, fill: &mut Fill) {
    let words = |engine: Engine| text.get(&format!("engine-{}", <&str>::from(engine)));
    row(ui, text, "fill-engine", |ui, text| {
        let combo = ComboBox::from_id_salt("engine").selected_text(words(preferences::engine(fill))).width(148.0);
        let shown = combo.show_ui(ui, |ui| {
            for engine in Engine::iter() {
                let name = <&str>::from(engine);
                let choice = ui.selectable_value(&mut fill.engine, name.to_owned(), words(engine));
                choice.on_hover_text(text.get(&format!("engine-{}.tip", <&str>::from(engine))));
            }
        });
        shown.response
    });
}

fn patch_ui(ui: &mut Ui, text: &Text, patch: &mut Option<u32>) -> egui::Response {
    let words = |side: Option<u32>| side.map_or_else(|| text.get("automatic"), |side| format!("{side} × {side}"));
    let combo = ComboBox::from_id_salt("patch").selected_text(words(*patch)).width(148.0);
    let shown = combo.show_ui(ui, |ui| {
        for side in std::iter::once(None).chain((5..=15).step_by(2).map(Some)) {
            ui.selectable_value(patch, side, words(side));
        }
    });
    shown.response
}

/// A number of pixels with a box for the automatic choice; `usual` is where it begins otherwise.
fn automatic_ui(ui: &mut Ui, text: &Text, id: &str, value: &mut Option<u32>, usual: u32, most: u32) -> egui::Response {
    ui.push_id(id, |ui| {
        ui.horizontal(|ui| {
            let mut is_automatic = value.is_none();
            let toggle = ui.checkbox(&mut is_automatic, text.get("automatic"));
            if toggle.changed() {
                *value = (!is_automatic).then_some(usual);
            }
            match value {
                Some(pixels) => ui.add(egui::DragValue::new(pixels).range(0..=most).suffix(" px")),
                None => toggle,
            }
        })
        .inner
    })
    .inner
}
