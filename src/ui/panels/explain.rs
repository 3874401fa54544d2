//! What a network saw and did for the candidate that shows, and at which resolution.

use std::sync::Arc;

use egui::{Image, RichText, Ui, vec2};

use crate::ui::intent::View;
use crate::ui::{origin_words, theme};
use crate::worker::Explanation;

/// The captions of the four pictures.
const CAPTIONS: [&str; 4] = ["explain-crop", "explain-input", "explain-raw", "explain-result"];

/// Draws label, reason and pictures.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let candidate = view.session.and_then(|session| session.selected()?.candidate().cloned());
    let Some((session, candidate)) = view.session.zip(candidate) else {
        ui.label(RichText::new(view.text.get("explain-none")).color(colors.weak));
        return;
    };
    let Some(origin) = &candidate.origin else {
        ui.label(RichText::new(view.text.get("explain-unknown")).color(colors.weak));
        return;
    };
    ui.label(RichText::new(origin_words::label(view.text, origin)).color(colors.strong));
    if let Some(reason) = &origin.reason {
        ui.label(origin_words::reason(view.text, reason));
    }
    match session.explanation(&candidate).map(Arc::clone) {
        Some(explanation) => pictures_ui(ui, view, &explanation),
        None if origin.network.is_some() => {
            ui.label(RichText::new(view.text.get("explain-gone")).color(colors.weak));
        }
        None => {}
    }
}

fn pictures_ui(ui: &mut Ui, view: &mut View<'_>, explanation: &Arc<Explanation>) {
    let textures = view.thumbnails.explanation(ui.ctx(), explanation);
    let weak = theme::colors(ui.visuals()).weak;
    let side = ((ui.available_width() - 8.0) / 2.0).clamp(60.0, 256.0);
    for (pair, captions) in textures.chunks(2).zip(CAPTIONS.chunks(2)) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            for (texture, caption) in pair.iter().zip(captions) {
                ui.vertical(|ui| {
                    ui.set_width(side);
                    let words = view.text.get(caption);
                    let image = Image::new(texture).fit_to_exact_size(vec2(side, side));
                    ui.add(image.alt_text(&words)).on_hover_text(view.text.get(&format!("{caption}.tip")));
                    ui.label(RichText::new(words).color(weak).small());
                });
            }
        });
    }
}
