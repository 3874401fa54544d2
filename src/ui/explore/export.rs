//! The dialog that asks how frames are written.

use egui::{DragValue, RichText, Ui};

use super::wish::Wish;
use crate::imaging::Size;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};
use crate::worker::exploring::{AnimationFormat, Playback};

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExportChoice {
    /// As what.
    pub format: AnimationFormat,
    /// Frames on the way, both ends included.
    pub frames: usize,
    /// In which order.
    pub playback: Playback,
    /// Frames a second.
    pub rate: f32,
    /// Each pixel becomes a square of so many.
    pub scale: u32,
    /// Whether it is the photo that is written, at each moment of the way to its edit.
    pub is_photo: bool,
}

/// The key of the name of a way to play.
pub(super) const fn playback_key(mode: Playback) -> &'static str {
    match mode {
        Playback::Once => "playback-once",
        Playback::Loop => "playback-loop",
        Playback::PingPong => "playback-ping-pong",
    }
}

/// Draws the dialog. `side` is that of the model's pictures, `photo` the size of a photo that can be morphed.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, choice: &mut ExportChoice, (side, photo): (u32, Option<Size>)) -> Stay {
    let text = view.text;
    widgets::title(ui, &text.get("export-frames-title"));
    ui.horizontal(|ui| {
        let formats = [
            (AnimationFormat::Pngs, "export-pngs"),
            (AnimationFormat::Gif, "export-gif"),
            (AnimationFormat::WebP, "export-webp"),
        ];
        for (format, key) in formats {
            ui.selectable_value(&mut choice.format, format, text.get(key));
        }
    });
    if photo.is_some() {
        ui.horizontal(|ui| {
            for (is_photo, key) in [(false, "export-of-model"), (true, "export-of-photo")] {
                ui.selectable_value(&mut choice.is_photo, is_photo, text.get(key));
            }
        });
    }
    let photo = photo.filter(|_| choice.is_photo);
    let number = |ui: &mut Ui, key: &str, value: DragValue<'_>| {
        ui.horizontal(|ui| {
            let name = ui.label(text.get(key));
            ui.add(value).labelled_by(name.id);
        });
    };
    number(ui, "slider-frames", DragValue::new(&mut choice.frames).range(2..=2000).speed(0.3));
    if choice.format != AnimationFormat::Pngs {
        let rate = DragValue::new(&mut choice.rate).range(1.0..=60.0).speed(0.1).max_decimals(1);
        number(ui, "export-rate", rate);
    }
    if photo.is_none() {
        number(ui, "export-scale", DragValue::new(&mut choice.scale).range(1..=16).speed(0.05).suffix("×"));
    }
    ui.horizontal(|ui| {
        for mode in [Playback::Once, Playback::Loop, Playback::PingPong] {
            ui.selectable_value(&mut choice.playback, mode, text.get(playback_key(mode)));
        }
    });
    let side = side * choice.scale;
    let size = photo.unwrap_or_else(|| Size::new(side, side));
    let args = [("width", (size.width as usize).into()), ("height", (size.height as usize).into())];
    let note = text.with("export-frames-note", &args);
    ui.label(RichText::new(note).color(theme::colors(ui.visuals()).weak));
    match widgets::answers(ui, text, &text.get("export-action"), true) {
        Some(true) => {
            view.wish(Wish::Export(*choice));
            Stay::Close
        }
        Some(false) => Stay::Close,
        None => Stay::Open,
    }
}
