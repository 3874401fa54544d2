//! The part of the side panel that measures the model: what can be asked for; what was found is drawn by `findings`.

mod findings;

use egui::{Button, ComboBox, ProgressBar, RichText, Ui};

use super::studio::Studio;
use super::survey::Findings;
use super::wish::Wish;
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::{View, file_name};
use crate::ui::{icons, theme, widgets};
use crate::worker::Lane;
use crate::worker::exploring::{Sampling, Survey};

/// Draws the part.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    if let Some(fraction) = view.work.fraction(Lane::Survey) {
        ui.horizontal(|ui| {
            let name = view.text.get("survey-cancel");
            let button = Button::new(format!("{}  {name}", icons::CANCEL));
            if widgets::named(ui.add(button), &name).clicked() {
                view.wish(Wish::StopSurvey);
            }
            ui.add(ProgressBar::new(fraction).desired_height(6.0));
        });
    } else {
        ask_ui(ui, view, studio);
    }
    findings::ui(ui, view, &studio.survey);
    let words = view.text.get("survey-note");
    ui.add(egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap());
    if !studio.survey.all().is_empty() && ui.button(view.text.get("survey-save")).clicked() {
        view.wish(Wish::SurveyPath(Purpose::Findings));
    }
}

fn ask_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let findings = &studio.survey;
    let pairs = findings.pairs();
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("survey-pairs")).on_hover_text(view.text.get("survey-pairs.tip"));
        let combo = ComboBox::from_id_salt("survey pairs").selected_text(pairs.to_string());
        let shown = combo.show_ui(ui, |ui| {
            for (at, count) in Findings::PAIRS.into_iter().enumerate() {
                if ui.selectable_label(at == findings.thoroughness, count.to_string()).clicked() {
                    view.wish(Wish::Thoroughness(at));
                }
            }
        });
        shown.response.labelled_by(name.id);
    });
    places_ui(ui, view, findings);
    trunk_ui(ui, view, findings);
    ui.horizontal_wrapped(|ui| {
        for (key, what) in [
            ("survey-paths", Survey::Paths { pairs, sampling: findings.sampling }),
            ("survey-truncation", Survey::Truncation(pairs / 4)),
            ("survey-mixing", Survey::Mixing(pairs / 8)),
            ("survey-noise", Survey::Noise(pairs.min(1000) / 2)),
        ] {
            let name = view.text.get(key);
            let tip = view.text.get(&format!("{key}.tip"));
            if widgets::named(ui.button(&name), &name).on_hover_text(tip).clicked() {
                view.wish(Wish::Survey(what));
            }
        }
        for (key, purpose) in [("survey-separability", Purpose::Labelled), ("survey-pictures", Purpose::Real)] {
            let name = view.text.get(key);
            let tip = view.text.get(&format!("{key}.tip"));
            if widgets::named(ui.button(&name), &name).on_hover_text(tip).clicked() {
                view.wish(Wish::SurveyPath(purpose));
            }
        }
    });
}

/// Which places of a way count.
fn places_ui(ui: &mut Ui, view: &mut View<'_>, findings: &Findings) {
    let key = |sampling: Sampling| if sampling == Sampling::Full { "survey-full" } else { "survey-end" };
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("survey-places")).on_hover_text(view.text.get("survey-places.tip"));
        let combo = ComboBox::from_id_salt("survey places").selected_text(view.text.get(key(findings.sampling)));
        let shown = combo.show_ui(ui, |ui| {
            for sampling in [Sampling::Full, Sampling::End] {
                if ui.selectable_label(sampling == findings.sampling, view.text.get(key(sampling))).clicked() {
                    view.wish(Wish::SurveyPlaces(sampling));
                }
            }
        });
        shown.response.labelled_by(name.id);
    });
}

/// What pictures are compared by.
fn trunk_ui(ui: &mut Ui, view: &mut View<'_>, findings: &Findings) {
    let own = view.text.get("survey-own");
    let chosen = findings.trunk.as_deref().map(file_name);
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("survey-lens")).on_hover_text(view.text.get("survey-lens.tip"));
        let shown_name = chosen.as_deref().unwrap_or(&own);
        let combo = ComboBox::from_id_salt("survey lens").selected_text(shown_name).truncate();
        let shown = combo.show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), &own).clicked() {
                view.wish(Wish::SurveyTrunk(None));
            }
            if let Some(chosen) = &chosen {
                ui.selectable_label(true, chosen).on_hover_text(view.text.get("survey-lens.tip"));
            }
            if ui.selectable_label(false, view.text.get("survey-trunk")).clicked() {
                view.wish(Wish::SurveyPath(Purpose::Trunk));
            }
        });
        shown.response.labelled_by(name.id);
    });
}
