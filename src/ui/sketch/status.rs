//! The room's part of the bar at the lower edge: zoom, theme, strokes, the pointer's place.

use egui::{RichText, Ui};

use super::easel::Easel;
use super::pen::PAPER;
use super::themes;
use crate::imaging::ink::Mirror;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Draws the room's part.
pub fn ui(ui: &mut Ui, view: &View<'_>, easel: &Easel) {
    let text = view.text;
    let colors = theme::colors(ui.visuals());
    let zoom = format!("{:.0}", easel.paper.view.zoom() * 100.0);
    ui.label(RichText::new(text.with("status-zoom", &[("percent", (&zoom).into())])).small());
    widgets::divider(ui);
    let info = view.themes.and_then(|themes| easel.theme(themes));
    let words = info.map_or_else(|| text.get("theme-none"), |info| themes::name_of(text, info));
    ui.label(RichText::new(words).small());
    let count = easel.sketch().stroke_count();
    ui.label(RichText::new(text.with("status-strokes", &[("count", count.into())])).small().color(colors.weak));
    match easel.mirror() {
        Some(Mirror::Upright(_)) => mirror_ui(ui, &text.get("status-mirror-upright")),
        Some(Mirror::Level(_)) => mirror_ui(ui, &text.get("status-mirror-level")),
        None => {}
    }
    if !easel.looks.is_painting {
        widgets::badge(ui, &format!("{}  {}", icons::PAUSE, text.get("status-paused")), colors.warning);
    }
    if let Some(at) = easel.paper.hover {
        let (x, y) = (at.x / PAPER * 256.0, at.y / PAPER * 256.0);
        ui.label(RichText::new(format!("{x:.0}, {y:.0}")).small().color(colors.weak));
    }
}

fn mirror_ui(ui: &mut Ui, words: &str) {
    let accent = theme::colors(ui.visuals()).accent;
    widgets::badge(ui, &format!("{}  {words}", icons::MIRROR), accent);
}
