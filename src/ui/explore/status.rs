//! The room's part of the bar at the lower edge: what shows, how far the search is, what it costs.

use egui::{RichText, Ui};

use super::portrait;
use super::studio::Studio;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Draws the room's part.
pub fn ui(ui: &mut Ui, view: &View<'_>, studio: &Studio) {
    let text = view.text;
    let colors = theme::colors(ui.visuals());
    let zoom = format!("{:.0}", studio.stage.view.zoom() * 100.0);
    ui.label(RichText::new(text.with("status-zoom", &[("percent", (&zoom).into())])).small());
    widgets::divider(ui);
    ui.label(RichText::new(&studio.exploration().model).small());
    let size = studio.stage.view.image_size();
    ui.label(RichText::new(format!("{} × {}", size.width, size.height)).small().color(colors.weak));
    widgets::divider(ui);
    if let Some(shown) = studio.search.shown() {
        let millis = format!("{:.0}", shown.step_millis);
        let args = [("step", shown.step.into()), ("of", shown.of.into()), ("millis", (&millis).into())];
        let has_strokes = studio.exploration().active_strokes().next().is_some();
        let words = match (studio.search.is_settled(), has_strokes) {
            (true, false) => text.with("status-random", &[("count", shown.candidates.len().into())]),
            (true, true) => text.with("status-settled", &args),
            (false, _) => text.with("status-step", &args),
        };
        ui.label(RichText::new(words).small());
        if let Some(candidate) = studio.candidate().filter(|_| has_strokes) {
            let cost = format!("{:.4}", candidate.cost);
            let words = text.with("status-cost", &[("cost", (&cost).into())]);
            ui.label(RichText::new(words).small().color(colors.weak)).on_hover_text(text.get("status-cost.tip"));
        }
        if shown.dropped > 0 {
            let words = text.with("status-dropped", &[("count", shown.dropped.into())]);
            widgets::badge(ui, &format!("{}  {words}", icons::WARNING), colors.warning);
        }
        let unmet = if studio.search.is_settled() { shown.unmet.len() } else { 0 };
        if unmet > 0 {
            let words = text.with("status-unmet", &[("count", unmet.into())]);
            let badge = widgets::badge(ui, &format!("{}  {words}", icons::WARNING), colors.error);
            badge.on_hover_text(text.get("strokes-unmet.tip"));
        }
    } else if studio.search.is_running() {
        ui.label(RichText::new(text.get("explore-searching")).small().color(colors.weak));
    }
    let (there, all) = studio.film.counts();
    if there < all && studio.film.is_busy() {
        widgets::divider(ui);
        let words = text.with("status-frames", &[("there", there.into()), ("all", all.into())]);
        ui.label(RichText::new(words).small().color(colors.weak));
    }
    if studio.portrait.view == portrait::View::Manifold && studio.exploration().fixed.is_some() {
        widgets::badge(ui, &format!("{}  {}", icons::PIN, text.get("status-fixed")), colors.accent);
    }
}
