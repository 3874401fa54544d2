//! Small pictures on the graphics card, each uploaded once for as long as it shows.

use std::collections::BTreeMap;

use egui::{ColorImage, TextureHandle, TextureOptions};

use crate::imaging::{Frame, Samples};

/// Pictures that are kept though they do not show.
const KEPT: usize = 160;

/// The pictures uploaded so far.
#[derive(Default)]
pub struct Pictures {
    // Each holds its frame, so that no address is used twice.
    by_address: BTreeMap<usize, Held>,
    frame: u64,
}

struct Held {
    _frame: Frame,
    texture: TextureHandle,
    last_used: u64,
}

impl Pictures {
    /// The texture of `frame`, an 8-bit RGB picture.
    pub fn get(&mut self, ctx: &egui::Context, frame: &Frame) -> TextureHandle {
        let now = self.frame;
        let held = self.by_address.entry(address(frame)).or_insert_with(|| {
            let texture = ctx.load_texture("picture", image(frame), TextureOptions::LINEAR);
            Held { _frame: frame.clone(), texture, last_used: now }
        });
        held.last_used = now;
        held.texture.clone()
    }

    /// Ends a frame of the window: pictures that have not been seen for the longest time make room.
    pub fn end_frame(&mut self) {
        self.frame += 1;
        if self.by_address.len() <= KEPT {
            return;
        }
        let before = self.frame.saturating_sub(2);
        self.by_address.retain(|_, held| held.last_used >= before);
    }
}

/// What tells a picture from all others that live.
#[must_use]
pub(in crate::ui) fn address(frame: &Frame) -> usize {
    std::ptr::from_ref(frame.samples()).addr()
}

/// An 8-bit RGB picture as egui takes it; grey where it has another form.
#[must_use]
pub(in crate::ui) fn image(frame: &Frame) -> ColorImage {
    let size = [frame.size().width as usize, frame.size().height as usize];
    match frame.samples() {
        Samples::U8(samples) if samples.len() == size[0] * size[1] * 3 => ColorImage::from_rgb(size, samples),
        _ => ColorImage::filled(size, egui::Color32::GRAY),
    }
}
