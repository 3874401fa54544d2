//! One slider between any two candidates of a network.

use egui::{ComboBox, RichText, Slider, Ui};

use crate::ui::intent::{Intent, Phase, View};
use crate::ui::{mixing, theme, widgets};

/// Draws the slider, where there are two candidates to mix.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some((session, erasure)) = view.session.and_then(|session| Some((session, session.selected()?.clone()))) else {
        return;
    };
    let weak = theme::colors(ui.visuals()).weak;
    let Some(now) = session.mixing_for(&erasure) else {
        ui.label(RichText::new(view.text.get("mix-none")).color(weak));
        return;
    };
    let places = mixing::mixable(&erasure);
    let (mut from, mut to, mut t) = (now.from, now.to, now.t);
    ui.horizontal(|ui| {
        place_ui(ui, view, "mix-from", &places, &mut from);
        place_ui(ui, view, "mix-to", &places, &mut to);
    });
    if from == to {
        (from, to) = (now.to, now.from);
    }
    let has_ends_changed = (from, to) != (now.from, now.to);
    let name = ui.label(view.text.get("mix-between")).on_hover_text(view.text.get("mix-between.tip"));
    ui.spacing_mut().slider_width = (ui.available_width() - 64.0).max(80.0);
    let slider = widgets::slider(ui, Slider::new(&mut t, 0.0..=1.0).fixed_decimals(2)).labelled_by(name.id);
    if now.is_busy() {
        ui.label(RichText::new(view.text.get("mix-busy")).color(weak));
    }
    if has_ends_changed || slider.changed() {
        view.ask(Intent::Mix(erasure.id, (from, to, t), Phase::Drag));
    }
    let is_set = slider.drag_stopped() || (slider.changed() && !slider.dragged());
    if is_set {
        view.ask(Intent::Mix(erasure.id, (from, to, t), Phase::End));
    }
}

fn place_ui(ui: &mut Ui, view: &View<'_>, key: &str, places: &[usize], chosen: &mut usize) {
    let words = |at: usize| view.text.with("strip-candidate", &[("number", (at + 1).into())]);
    let name = ui.label(view.text.get(key));
    let combo = ComboBox::from_id_salt(key).selected_text((*chosen + 1).to_string()).width(56.0);
    let shown = combo.show_ui(ui, |ui| {
        for &at in places {
            ui.selectable_value(chosen, at, words(at));
        }
    });
    shown.response.labelled_by(name.id);
}
