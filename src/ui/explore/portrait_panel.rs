//! The photo's part of the side panel: crop, project, compare, carry the edit back.

use egui::{Button, ComboBox, Image, ProgressBar, RichText, Ui, vec2};
use strum::IntoEnumIterator as _;

use super::portrait;
use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::{PhotoWork, ProjectMethod};
use crate::ui::commands::Command;
use crate::ui::intent::{Intent, View};
use crate::ui::{icons, notifications, theme, widgets};
use crate::worker::Lane;

/// Draws the part.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let Some(photo) = &studio.exploration().photo else {
        let weak = theme::colors(ui.visuals()).weak;
        ui.add(egui::Label::new(RichText::new(view.text.get("portrait-none")).color(weak)).wrap());
        if ui.button(view.text.get("portrait-open")).clicked() {
            view.run(Command::Open);
        }
        return;
    };
    views_ui(ui, view, studio, photo);
    ui.horizontal(|ui| {
        method_ui(ui, view, studio);
        let words = format!("{}  {}", icons::PROJECT, view.text.get(&Command::Project.name_key()));
        let name = view.text.get("portrait-project");
        if widgets::named(ui.add(Button::new(words)), &name).clicked() {
            view.run(Command::Project);
        }
    });
    progress_ui(ui, view, studio);
    pair_ui(ui, view, studio);
    if photo.projection.is_some() {
        transfer_ui(ui, view, studio, photo);
    }
}

/// Which of its three faces the canvas shows.
fn views_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, photo: &PhotoWork) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let now = studio.portrait.view;
        for (shown, key) in [
            (portrait::View::Crop, "portrait-crop"),
            (portrait::View::Manifold, "portrait-manifold"),
            (portrait::View::Photo, "portrait-photo"),
        ] {
            let is_enabled = shown != portrait::View::Photo || photo.projection.is_some();
            let button = ui.add_enabled(is_enabled, Button::selectable(now == shown, view.text.get(key)));
            if button.on_hover_text(view.text.get(&format!("{key}.tip"))).clicked() {
                view.wish(Wish::View(shown));
            }
        }
    });
}

fn method_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let key = |method: ProjectMethod| format!("project-{}", <&str>::from(method));
    let mut method = studio.portrait.method;
    let name = view.text.get("portrait-method");
    let combo = ComboBox::from_id_salt("project method").selected_text(view.text.get(&key(method)));
    let shown = combo.show_ui(ui, |ui| {
        for each in ProjectMethod::iter() {
            ui.selectable_value(&mut method, each, view.text.get(&key(each)));
        }
    });
    shown.response.on_hover_text(name);
    if method != studio.portrait.method {
        view.wish(Wish::Method(method));
    }
}

fn progress_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let is_projecting = studio.portrait.is_projecting();
    if is_projecting {
        stop_ui(ui, view, studio);
    }
    let Some(figures) = studio.projection() else { return };
    let error = format!("{:.4}", figures.error);
    let words = view.text.with("portrait-error", &[("error", (&error).into())]);
    ui.label(RichText::new(words).small().color(colors.weak));
    let Some(shown) = figures.told else { return };
    if studio.portrait.is_stopped {
        let percent = format!("{:.0}", shown.progress.fraction * 100.0);
        let words = view.text.with("portrait-stopped", &[("percent", (&percent).into())]);
        ui.add(egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap());
    }
    if let Some(remark) = shown.remark.as_ref().filter(|_| !is_projecting) {
        let (words, details) = notifications::words_of(remark, view.text);
        let words = RichText::new(format!("{}  {words}", icons::WARNING)).color(colors.warning);
        ui.add(egui::Label::new(words).wrap()).on_hover_text(details);
    }
}

/// How far the projection is, and the button that ends it.
fn stop_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let weak = theme::colors(ui.visuals()).weak;
    ui.horizontal(|ui| {
        let name = view.text.get("portrait-stop");
        let button = ui.add(Button::new(format!("{}  {name}", icons::CANCEL)));
        if widgets::named(button, &name).on_hover_text(view.text.get("portrait-stop.tip")).clicked() {
            view.ask(Intent::Cancel(Lane::Project));
        }
        match &studio.portrait.projection {
            Some(shown) => _ = ui.add(ProgressBar::new(shown.progress.fraction).desired_height(6.0)),
            None => _ = ui.label(RichText::new(view.text.get("portrait-projecting")).color(weak)),
        }
    });
}

/// The photo's square as the model would see it, beside what it made of it.
fn pair_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let Some(figures) = studio.projection() else { return };
    let weak = theme::colors(ui.visuals()).weak;
    let side = ((ui.available_width() - 8.0) / 2.0).clamp(48.0, 128.0);
    ui.horizontal_top(|ui| {
        for (picture, key) in [(figures.target, "portrait-target"), (figures.picture, "portrait-found")] {
            let Some(picture) = picture else { continue };
            ui.vertical(|ui| {
                ui.set_width(side);
                let words = view.text.get(key);
                let texture = view.pictures.get(ui.ctx(), picture);
                ui.add(Image::new(&texture).fit_to_exact_size(vec2(side, side)).corner_radius(4).alt_text(&words));
                ui.label(RichText::new(words).small().color(weak));
            });
        }
    });
}

fn transfer_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, photo: &PhotoWork) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        let words = format!("{}  {}", icons::TRANSFER, view.text.get(&Command::Transfer.name_key()));
        let name = view.text.get(&Command::Transfer.name_key());
        let is_enabled = Command::Transfer.is_enabled(view.now);
        let button = ui.add_enabled_ui(is_enabled, |ui| widgets::primary(ui, &words)).inner;
        if widgets::named(button, &name).on_hover_text(view.text.get(&Command::Transfer.tip_key())).clicked() {
            view.run(Command::Transfer);
        }
        if studio.portrait.is_transferring() {
            // No spinner: it would have the window drawn again and again, and the worker needs the cores.
            ui.label(RichText::new(icons::HOURGLASS).size(18.0).color(colors.weak));
        } else if photo.result.is_some() {
            let words = format!("{}  {}", icons::SAVE, view.text.get("save"));
            let button = widgets::named(ui.add(Button::new(words)), &view.text.get("portrait-save"));
            if button.clicked() {
                view.run(Command::SaveAs);
            }
            widgets::command_button(ui, view, Command::RemoveEdit, theme::ICON_BUTTON, false);
        }
    });
    if let Some(measure) = studio.portrait.measure {
        let (residual, motion) = (format!("{:.3}", measure.residual), format!("{:.1}", measure.motion));
        let confidence = format!("{:.0}", measure.confidence * 100.0);
        let args =
            [("residual", (&residual).into()), ("motion", (&motion).into()), ("confidence", (&confidence).into())];
        ui.label(RichText::new(view.text.with("portrait-measure", &args)).small().color(colors.weak));
    }
}
