//! The part of the panel in which a generator with styles is steered: seed and pad, truncation, mixing, noise.

use egui::{Button, CollapsingHeader, DragValue, Label, RichText, Slider, Ui};
use strum::IntoEnumIterator as _;

use super::studio::Studio;
use super::wish::Wish;
use super::{directions, pad};
use crate::document::explore::{Noise, NoiseSource, Steering, StyleSpace};
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{theme, widgets};

/// Layers up to which shape is decided, and up to which smaller features are.
const PARTS: [(&str, u32, u32); 3] = [("steer-coarse", 0, 4), ("steer-middle", 4, 8), ("steer-fine", 8, 64)];

/// Seeds a second, at most.
const FASTEST: f32 = 3.0;

/// Draws it for a model with so many layers.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, layers: u32) {
    pad::ui(ui, view, studio);
    ui.horizontal(|ui| {
        seed_ui(ui, view, studio);
        for command in [Command::SteerSeed, Command::SteerSnap, Command::SteerDrift] {
            widgets::command_button(ui, view, command, theme::ICON_BUTTON, super::is_on(command, studio));
        }
        for command in [Command::SteerHere, Command::SteerReset] {
            widgets::command_button(ui, view, command, theme::ICON_BUTTON, super::is_on(command, studio));
        }
    });
    drift_ui(ui, view, studio);
    truncation_ui(ui, view, studio, layers);
    let key = "steer-mixing";
    folded(ui, key, &view.text.get(key), |ui| mixing_ui(ui, view, studio, layers));
    let key = "steer-noise";
    folded(ui, key, &view.text.get(key), |ui| noise_ui(ui, view, studio));
    let key = "steer-directions";
    folded(ui, key, &view.text.get(key), |ui| directions::ui(ui, view, studio, layers));
    let key = "steer-spaces";
    folded(ui, key, &view.text.get(key), |ui| spaces_ui(ui, view, studio));
}

/// Asks for the steering with a change.
pub(super) fn steer(view: &mut View<'_>, studio: &Studio, phase: Phase, change: impl FnOnce(&mut Steering)) {
    let mut steering = Steering::clone(&studio.exploration().helm.steering);
    change(&mut steering);
    view.wish(Wish::Steer(Box::new(steering), phase));
}

/// A slider with its name. The new value and where the drag is, when it was moved.
pub(super) fn slide(ui: &mut Ui, name: &str, value: f32, range: std::ops::RangeInclusive<f32>) -> Option<(f32, Phase)> {
    let mut new = value;
    ui.spacing_mut().slider_width = (ui.available_width() - 140.0).max(60.0);
    let response = widgets::slider(ui, Slider::new(&mut new, range).max_decimals(2));
    let words = name.to_owned();
    response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(value), &words));
    if response.changed() {
        return Some((new, if response.dragged() { Phase::Drag } else { Phase::End }));
    }
    response.drag_stopped().then_some((value, Phase::End))
}

/// Where the change of a number stands. A drag that has changed nothing does not begin to steer.
pub(super) fn typed(response: &egui::Response, studio: &Studio) -> Option<Phase> {
    widgets::phase_of(response).filter(|_| response.changed() || studio.history.is_in_gesture())
}

fn folded(ui: &mut Ui, key: &str, title: &str, content: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(title).id_salt(key).show(ui, content);
}

fn seed_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let mut seed = studio.exploration().helm.steering.seed();
    let name = ui.label(view.text.get("search-seed"));
    // Seeds left of 0 are the last ones there are; they stay what they are until somebody sets another.
    let value = DragValue::new(&mut seed).range(0..=999_999_u64).clamp_existing_to_range(false).speed(0.1);
    let response = ui.add(value.update_while_editing(false)).labelled_by(name.id);
    let response = response.on_hover_text(view.text.get("steer-seed"));
    if let Some(phase) = typed(&response, studio) {
        steer(view, studio, phase, |steering| {
            if steering.seed() != seed {
                (steering.pad, steering.base) = ([(seed % 100) as f32, (seed / 100) as f32], None);
            }
        });
    }
}

/// How fast the pad moves by itself: while it does, since nobody needs it otherwise.
fn drift_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    if studio.rudder.drift.is_none() {
        return;
    }
    ui.horizontal(|ui| {
        let name = view.text.get("steer-speed");
        ui.label(&name).on_hover_text(view.text.get("steer-speed.tip"));
        if let Some((speed, _)) = slide(ui, &name, studio.rudder.speed, -FASTEST..=FASTEST) {
            view.wish(Wish::DriftSpeed(speed));
        }
    });
}

fn truncation_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, layers: u32) {
    let steering = &studio.exploration().helm.steering;
    let range = || Steering::MIN_PSI..=Steering::MAX_PSI;
    ui.horizontal(|ui| {
        let name = view.text.get("steer-psi");
        ui.label(&name).on_hover_text(view.text.get("steer-psi.tip"));
        if let Some((psi, phase)) = slide(ui, &name, steering.psi, range()) {
            steer(view, studio, phase, |steering| steering.psi = psi);
        }
    });
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("steer-cutoff")).on_hover_text(view.text.get("steer-cutoff.tip"));
        let mut cutoff = steering.cutoff.unwrap_or(layers).min(layers);
        let value = DragValue::new(&mut cutoff).range(0..=layers).speed(0.05).update_while_editing(false);
        if let Some(phase) = typed(&ui.add(value).labelled_by(name.id), studio) {
            steer(view, studio, phase, |steering| steering.cutoff = (cutoff < layers).then_some(cutoff));
        }
    });
    let key = "steer-layers";
    folded(ui, key, &view.text.get(key), |ui| {
        for layer in 0..layers {
            ui.horizontal(|ui| {
                let name = view.text.with("steer-layer-psi", &[("layer", (layer as usize).into())]);
                ui.label(&name);
                if let Some((psi, phase)) = slide(ui, &name, steering.psi_of(layer), range()) {
                    steer(view, studio, phase, |steering| steering.set_layer_psi(layer, Some(psi)));
                }
            });
        }
        let has_own = !steering.layer_psi.is_empty();
        if ui.add_enabled(has_own, Button::new(view.text.get("steer-layers-reset"))).clicked() {
            steer(view, studio, Phase::End, |steering| steering.layer_psi.clear());
        }
    });
}

fn mixing_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, layers: u32) {
    let steering = &studio.exploration().helm.steering;
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("steer-mix-seed"));
        let mut seed = steering.mix_seed;
        let value = DragValue::new(&mut seed).speed(0.1).update_while_editing(false);
        if let Some(phase) = typed(&ui.add(value).labelled_by(name.id), studio) {
            steer(view, studio, phase, |steering| steering.mix_seed = seed);
        }
        widgets::command_button(ui, view, Command::ShowMixSheet, theme::ICON_BUTTON, false);
    });
    ui.horizontal_wrapped(|ui| {
        for (key, first, end) in PARTS.into_iter().filter(|(_, first, _)| *first < layers) {
            let range = first..end.min(layers);
            let is_on = range.clone().all(|layer| steering.is_mixed(layer));
            if ui.add(Button::selectable(is_on, view.text.get(key))).clicked() {
                steer(view, studio, Phase::End, |steering| range.for_each(|layer| steering.set_mixed(layer, !is_on)));
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        for layer in 0..layers {
            let mut is_mixed = steering.is_mixed(layer);
            let response = ui.checkbox(&mut is_mixed, layer.to_string());
            let words = view.text.with("steer-mix-layer", &[("layer", (layer as usize).into())]);
            let named = words.clone();
            response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_mixed, &named));
            if response.on_hover_text(words).changed() {
                steer(view, studio, Phase::End, |steering| steering.set_mixed(layer, is_mixed));
            }
        }
    });
}

fn noise_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let model = &studio.exploration().model;
    if view.models.iter().any(|shown| shown.name == *model && !shown.has_noise) {
        let weak = theme::colors(ui.visuals()).weak;
        ui.add(Label::new(RichText::new(view.text.get("noise-none-here")).color(weak)).wrap());
        return;
    }
    let noise = studio.exploration().helm.noise;
    ui.horizontal_wrapped(|ui| {
        for source in NoiseSource::iter() {
            let words = view.text.get(&format!("noise-{}", <&str>::from(source)));
            if ui.add(Button::selectable(source == noise.source, words)).clicked() {
                view.wish(Wish::Noise(Noise { source, ..noise }, Phase::End));
            }
        }
        if noise.source == NoiseSource::Seed {
            let mut seed = noise.seed;
            let response = ui.add(DragValue::new(&mut seed).speed(0.1).update_while_editing(false));
            if let Some(phase) = widgets::phase_of(&response.on_hover_text(view.text.get("noise-seed-of"))) {
                view.wish(Wish::Noise(Noise { seed, ..noise }, phase));
            }
        }
    });
    if noise.source != NoiseSource::None {
        ui.horizontal(|ui| {
            let name = view.text.get("noise-strength");
            ui.label(&name);
            if let Some((strength, phase)) = slide(ui, &name, noise.strength, 0.0..=Noise::MAX_STRENGTH) {
                view.wish(Wish::Noise(Noise { strength, ..noise }, phase));
            }
        });
    }
}

/// Which styles a search and a projection may give to the model.
fn spaces_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let helm = &studio.exploration().helm;
    for (key, now, is_search) in [("space-search", helm.search, true), ("space-projection", helm.projection, false)] {
        ui.horizontal(|ui| {
            ui.label(view.text.get(key));
            for space in StyleSpace::iter() {
                let words = view.text.get(&format!("space-{}", <&str>::from(space)));
                let name = format!("{}: {words}", view.text.get(key));
                let button = ui.add(Button::selectable(space == now, words));
                if widgets::named(button, &name).clicked() {
                    view.wish(if is_search { Wish::SearchIn(space) } else { Wish::ProjectIn(space) });
                }
            }
        });
    }
}
