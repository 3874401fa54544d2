//! How holes are filled: the engine and its numbers, each with an automatic setting.

use egui::{ComboBox, Grid, Slider, Ui};

use crate::library::{Fill, Settings};
use crate::ui::intent::{Intent, View};
use crate::ui::text::Text;
use crate::ui::{origin_words, preferences, widgets};
use crate::worker::{Engine, NetworkInfo};

/// Draws the options.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let mut settings = view.preferences.clone();
    let Settings { fill, candidates, .. } = &mut settings;
    let text = view.text;
    let mut was_opened = false;
    Grid::new("fill").num_columns(2).spacing([12.0, 8.0]).min_col_width(72.0).show(ui, |ui| {
        was_opened = engine_ui(ui, text, fill, view.networks);
        row(ui, text, "fill-candidates", |ui, _| widgets::slider(ui, Slider::new(candidates, 1..=8)));
        let engine = preferences::engine(fill);
        let is_exemplar = engine != Engine::Membrane;
        let may_guide = matches!(engine, Engine::Auto | Engine::Network(_));
        row(ui, text, "fill-detail", |ui, _| ui.add_enabled(may_guide, egui::Checkbox::without_text(&mut fill.detail)));
        row(ui, text, "fill-guide", |ui, _| {
            let slider = Slider::new(&mut fill.guide, 0.0..=4.0).fixed_decimals(1);
            ui.add_enabled_ui(may_guide && fill.detail, |ui| widgets::slider(ui, slider)).inner
        });
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
    if was_opened {
        view.ask(Intent::LookForNetworks);
    }
    view.prefer(|kept| *kept = settings);
}

fn row(ui: &mut Ui, text: &Text, key: &str, content: impl FnOnce(&mut Ui, &Text) -> egui::Response) {
    let name = ui.label(text.get(key)).on_hover_text(text.get(&format!("{key}.tip")));
    ui.spacing_mut().slider_width = 84.0;
    content(ui, text).labelled_by(name.id);
    ui.end_row();
}

/// Families that the list always shows, installed or not.
const FAMILIES: [&str; 2] = ["comodgan", "context-encoder"];

/// What people call an engine: a network by its family, and by its name if it has one of its own.
fn engine_words(text: &Text, engine: &Engine, networks: &[NetworkInfo]) -> String {
    let Engine::Network(name) = engine else { return text.get(&format!("engine-{}", engine.name())) };
    let known = networks.iter().find(|info| info.name == *name);
    let family = known.map(|info| origin_words::family(text, info.family.into()));
    family.map_or_else(|| origin_words::family(text, name), |family| format!("{family} · {name}"))
}

/// Returns whether the list has just been opened.
fn engine_ui(ui: &mut Ui, text: &Text, fill: &mut Fill, networks: &[NetworkInfo]) -> bool {
    let mut was_opened = false;
    row(ui, text, "fill-engine", |ui, text| {
        let now = engine_words(text, &preferences::engine(fill), networks);
        let combo = ComboBox::from_id_salt("engine").selected_text(now).width(148.0).truncate();
        let shown = combo.show_ui(ui, |ui| {
            let all = Engine::OWN.into_iter().chain(networks.iter().map(|info| Engine::Network(info.name.clone())));
            for engine in all {
                let words = engine_words(text, &engine, networks);
                let choice = ui.selectable_value(&mut fill.engine, engine.name().to_owned(), words);
                let tip = match &engine {
                    Engine::Network(_) => text.get("engine-network.tip"),
                    own => text.get(&format!("engine-{}.tip", own.name())),
                };
                choice.on_hover_text(tip);
            }
            let is_missing = |family: &&str| networks.iter().all(|info| <&str>::from(info.family) != *family);
            for family in FAMILIES.iter().filter(|family| is_missing(family)) {
                let words = origin_words::family(text, family);
                let choice = ui.add_enabled(false, egui::Button::selectable(false, words));
                choice.on_disabled_hover_text(text.get("engine-missing"));
            }
        });
        was_opened = shown.response.clicked();
        shown.response
    });
    was_opened
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
