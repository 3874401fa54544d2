//! The list of erasures, the topmost first.

use std::sync::Arc;

use egui::{Image, Response, RichText, Sense, Slider, Ui, UiBuilder, vec2};

use crate::document::Erasure;
use crate::ui::intent::{Intent, Phase, View};
use crate::ui::session::Session;
use crate::ui::{icons, origin_words, theme, widgets};

/// Draws the list.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some(session) = view.session else { return };
    let erasures = session.document().erasures.clone();
    if erasures.is_empty() {
        ui.label(RichText::new(view.text.get("erasures-none")).color(theme::colors(ui.visuals()).weak));
        return;
    }
    for (place, erasure) in erasures.iter().enumerate().rev() {
        let card = ui.push_id(erasure.id.0, |ui| card_ui(ui, view, session, erasure, place)).inner;
        drag_ui(ui, view, &card, place, erasures.len());
    }
}

/// Drops of other cards onto this one.
fn drag_ui(ui: &Ui, view: &mut View<'_>, card: &Response, place: usize, count: usize) {
    if card.dnd_hover_payload::<usize>().is_some_and(|from| *from != place) {
        let colors = theme::colors(ui.visuals());
        ui.painter().hline(card.rect.x_range(), card.rect.top() - 3.0, egui::Stroke::new(2.0, colors.accent));
    }
    let Some(from) = card.dnd_release_payload::<usize>() else { return };
    let id = view.session.and_then(|session| session.document().erasures.get(*from)).map(|erasure| erasure.id);
    if let (Some(id), true) = (id, place < count) {
        view.ask(Intent::MoveTo(id, place));
    }
}

fn card_ui(ui: &mut Ui, view: &mut View<'_>, session: &Session, erasure: &Arc<Erasure>, place: usize) -> Response {
    let is_selected = session.selected == Some(erasure.id);
    let name = view.text.with("erasures-name", &[("number", (erasure.id.0 as usize).into())]);
    let builder = UiBuilder::new().sense(Sense::click_and_drag());
    let card = ui.scope_builder(builder, |ui| {
        theme::card_frame(ui.visuals(), is_selected).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
            ui.horizontal(|ui| {
                picture_ui(ui, view, session, erasure);
                ui.vertical(|ui| {
                    head_ui(ui, view, erasure, &name);
                    opacity_ui(ui, view, erasure, &name);
                });
            });
            if is_selected {
                origin_ui(ui, view, erasure);
            }
        });
    });
    let response = card.response;
    response.dnd_set_drag_payload(place);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if response.clicked() {
        view.ask(Intent::Select(erasure.id));
    }
    response
}

fn picture_ui(ui: &mut Ui, view: &mut View<'_>, session: &Session, erasure: &Arc<Erasure>) {
    let size = vec2(theme::ERASURE_SIDE, theme::ERASURE_SIDE);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, theme::colors(ui.visuals()).sunken);
    let candidate = erasure.candidate();
    let picture = candidate.and_then(|candidate| view.thumbnails.candidate(ui.ctx(), session, erasure.id, candidate));
    if let Some(picture) = picture {
        let opacity = if erasure.is_visible { 1.0 } else { 0.35 };
        let tint = egui::Color32::WHITE.gamma_multiply(opacity);
        Image::new(&picture).corner_radius(theme::WIDGET_RADIUS).tint(tint).paint_at(ui, rect);
    }
}

fn head_ui(ui: &mut Ui, view: &mut View<'_>, erasure: &Erasure, name: &str) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let color = if erasure.is_visible { colors.strong } else { colors.weak };
        ui.add(egui::Label::new(RichText::new(name).color(color)).truncate().selectable(false));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let side = theme::ICON_BUTTON;
            let words = view.text.get("erasures-delete");
            if widgets::icon_button(ui, icons::TRASH, &words, side).clicked() {
                view.ask(Intent::Delete(erasure.id));
            }
            let words = view.text.get("erasures-reroll");
            if widgets::icon_button(ui, icons::DICE, &words, side).clicked() {
                view.ask(Intent::Reroll(erasure.id));
            }
            let (icon, key) =
                if erasure.is_visible { (icons::EYE, "erasures-hide") } else { (icons::EYE_SLASH, "erasures-show") };
            if widgets::icon_button(ui, icon, &view.text.get(key), side).clicked() {
                view.ask(Intent::ToggleVisible(erasure.id));
            }
        });
    });
}

/// What the candidate that shows is, and why it was made so.
fn origin_ui(ui: &mut Ui, view: &View<'_>, erasure: &Erasure) {
    let weak = theme::colors(ui.visuals()).weak;
    let Some(origin) = erasure.candidate().and_then(|candidate| candidate.origin.as_ref()) else { return };
    let label = origin.network.as_ref().map(|_| origin_words::label(view.text, origin));
    let reason = origin.reason.as_ref().map(|reason| origin_words::reason(view.text, reason));
    for words in reason.into_iter().chain(label) {
        ui.add(egui::Label::new(RichText::new(words).small().color(weak)).wrap().selectable(false));
    }
}

fn opacity_ui(ui: &mut Ui, view: &mut View<'_>, erasure: &Erasure, name: &str) {
    let mut percent = erasure.opacity * 100.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().slider_width = (ui.available_width() - 76.0).max(40.0);
        let slider = Slider::new(&mut percent, 0.0..=100.0).integer().suffix(" %");
        let response = widgets::slider(ui, slider);
        let words = view.text.with("erasures-opacity", &[("name", name.into())]);
        let response = response.on_hover_text(words);
        if response.changed() {
            let phase = if response.dragged() { Phase::Drag } else { Phase::End };
            view.ask(Intent::Opacity(erasure.id, percent / 100.0, phase));
        } else if response.drag_stopped() {
            view.ask(Intent::Opacity(erasure.id, erasure.opacity, Phase::End));
        }
    });
}
