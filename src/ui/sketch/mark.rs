//! The honest word under the picture: whether it belongs to what is drawn, and how long it took.

use egui::{Color32, RichText, Ui, vec2};

use super::easel::{Easel, Freshness};
use crate::ui::text::Text;
use crate::ui::theme;

/// Draws the mark.
pub(super) fn ui(ui: &mut Ui, text: &Text, easel: &Easel) {
    let colors = theme::colors(ui.visuals());
    let freshness = easel.freshness();
    let millis = easel.millis.map(|millis| format!("{millis:.0}"));
    let (key, color) = match freshness {
        Freshness::None => return,
        Freshness::Busy => ("mark-busy", colors.accent),
        Freshness::Preview => ("mark-preview", colors.accent),
        Freshness::Fresh => ("mark-fresh", colors.good),
        Freshness::Stale => ("mark-stale", colors.weak),
    };
    ui.spacing_mut().item_spacing.x = 6.0;
    dot(ui, color, freshness);
    ui.label(RichText::new(text.get(key)).small().color(colors.text)).on_hover_text(text.get(&format!("{key}.tip")));
    if let Some(millis) = millis.filter(|_| freshness != Freshness::Stale) {
        let words = text.with("mark-millis", &[("millis", (&millis).into())]);
        ui.label(RichText::new(words).small().color(colors.weak));
    }
    if let Some(remark) = &easel.remark {
        let (sentence, details) = crate::ui::notifications::words_of(remark, text);
        let label = ui.label(RichText::new(sentence).small().color(colors.warning));
        if !details.is_empty() {
            label.on_hover_text(details);
        }
    }
}

/// Filled when the picture belongs to the lines, a ring while it is made or old.
fn dot(ui: &mut Ui, color: Color32, freshness: Freshness) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
    let painter = ui.painter();
    match freshness {
        Freshness::Fresh => {
            painter.circle_filled(rect.center(), 4.0, color);
        }
        Freshness::Preview => {
            painter.circle_stroke(rect.center(), 3.5, egui::Stroke::new(1.5, color));
            painter.circle_filled(rect.center(), 1.75, color);
        }
        _ => {
            painter.circle_stroke(rect.center(), 3.5, egui::Stroke::new(1.5, color));
        }
    }
}
