//! The picture on the graphics card: a new one fades in over the one before.

use std::sync::Arc;

use egui::{ColorImage, Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2};

use crate::document::Sketch;
use crate::document::sketch::SketchResult;
use crate::imaging::Samples;
use crate::imaging::ink::{Background, cut_out, raster_layers};
use crate::ui::explore::{enlarged, image};
use crate::ui::theme::canvas as theme;

/// Seconds that a picture takes to fade in, and one that another will follow soon.
const FADE_SECS: (f64, f64) = (0.18, 0.08);

/// The picture that shows and the one before.
#[derive(Default)]
pub(super) struct PictureLayer {
    now: Option<Uploaded>,
    before: Option<Uploaded>,
    /// Seconds on the window's clock.
    since: f64,
}

struct Uploaded {
    // Held, so that no address is used twice.
    result: Arc<SketchResult>,
    background: Background,
    texture: TextureHandle,
}

impl PictureLayer {
    /// Takes note of the picture that is to show; `sketch` tells what of it is background.
    pub(super) fn meet(
        &mut self,
        ctx: &egui::Context,
        result: Option<&Arc<SketchResult>>,
        background: Background,
        sketch: &Sketch,
    ) {
        let Some(result) = result else {
            (self.now, self.before) = (None, None);
            return;
        };
        let is_shown = |held: &Uploaded| Arc::ptr_eq(&held.result, result) && held.background == background;
        if self.now.as_ref().is_some_and(is_shown) {
            return;
        }
        let texture = ctx.load_texture("painted", pixels(result, background, sketch), TextureOptions::LINEAR);
        let new = Uploaded { result: Arc::clone(result), background, texture };
        self.before = self.now.replace(new);
        self.since = ctx.input(|input| input.time);
    }

    /// Draws the picture over `rect`, `opacity` in 0..=1. Returns whether it is still fading in.
    pub(super) fn draw(&mut self, painter: &Painter, rect: Rect, opacity: f32) -> bool {
        let Some(now) = &self.now else { return false };
        let time = painter.ctx().input(|input| input.time);
        let secs = if now.result.is_full { FADE_SECS.0 } else { FADE_SECS.1 };
        let part = (((time - self.since) / secs) as f32).clamp(0.0, 1.0);
        let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        let draw = |of: &Uploaded, part: f32| {
            painter.image(of.texture.id(), rect, uv, theme::opacity(opacity * part));
        };
        if let Some(before) = self.before.as_ref().filter(|_| part < 1.0) {
            // Opaque below, so that the paper does not shine through while one fades into the other.
            let is_clear = before.background != Background::Keep || now.background != Background::Keep;
            draw(before, if is_clear { 1.0 - part } else { 1.0 });
            draw(now, part);
            return true;
        }
        draw(now, 1.0);
        self.before = None;
        false
    }

    /// Whether there is one.
    pub(super) const fn is_there(&self) -> bool {
        self.now.is_some()
    }
}

/// The pixels of a picture, enlarged for the eye when it is worth the time.
fn pixels(result: &SketchResult, background: Background, sketch: &Sketch) -> ColorImage {
    let large = if result.is_full { enlarged(&result.picture) } else { None };
    let frame = large.as_ref().unwrap_or(&result.picture);
    if background == Background::Keep {
        return image(frame);
    }
    let side = if background == Background::Silhouette { result.side() } else { 1 };
    let clear = cut_out(frame, &raster_layers(&sketch.counting_strokes(), side), background);
    let size = [clear.size().width as usize, clear.size().height as usize];
    match clear.samples() {
        Samples::U8(samples) if samples.len() == size[0] * size[1] * 4 => {
            ColorImage::from_rgba_unmultiplied(size, samples)
        }
        _ => image(frame),
    }
}

/// Draws the board that shows where a picture is transparent.
pub(super) fn board(painter: &Painter, rect: Rect) {
    let [light, dark] = crate::ui::theme::sketch::BOARD;
    painter.rect_filled(rect, 0.0, light);
    let square = theme::BOARD_SQUARE.max(rect.width() / 64.0);
    let count = (rect.width() / square).ceil() as i32;
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(rect));
    for row in 0..count {
        for column in (row % 2..count).step_by(2) {
            let min = rect.min + egui::vec2(column as f32, row as f32) * square;
            painter.rect_filled(Rect::from_min_size(min, egui::vec2(square, square)), 0.0, dark);
        }
    }
}
