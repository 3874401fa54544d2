//! Small pictures of candidates, made once each from what the screen has already.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use egui::{ColorImage, TextureHandle, TextureOptions};

use super::session::Session;
use crate::document::{Candidate, ErasureId};
use crate::imaging::{DisplayPyramid, PixelRect, Samples};
use crate::library::{MAX_THUMBNAIL, RecentFile, Thumbnail};
use crate::worker::Explanation;

/// The side in pixels: enough for the strip on a screen of double density.
const SIDE: u32 = 160;

/// The pictures made so far.
#[derive(Default)]
pub struct Thumbnails {
    candidates: BTreeMap<usize, (Weak<Candidate>, TextureHandle)>,
    files: BTreeMap<PathBuf, (u64, TextureHandle)>,
    /// Of the explanation that is looked at.
    explained: Option<(Weak<Explanation>, [TextureHandle; 4])>,
}

impl Thumbnails {
    /// The picture of a file that was opened once, if it was kept.
    pub fn file(&mut self, ctx: &egui::Context, file: &RecentFile) -> Option<TextureHandle> {
        if let Some((_, texture)) = self.files.get(&file.path).filter(|(opened, _)| *opened == file.opened_secs) {
            return Some(texture.clone());
        }
        let thumbnail = file.thumbnail.as_ref()?;
        let (width, height) = thumbnail.size();
        let image = ColorImage::from_rgba_unmultiplied([width as usize, height as usize], thumbnail.rgba());
        let texture = ctx.load_texture("recent file", image, TextureOptions::LINEAR);
        self.files.insert(file.path.clone(), (file.opened_secs, texture.clone()));
        Some(texture)
    }

    /// Crop, input, output and result of an explanation.
    pub fn explanation(&mut self, ctx: &egui::Context, explanation: &Arc<Explanation>) -> [TextureHandle; 4] {
        let is_same = |kept: &Weak<Explanation>| std::ptr::eq(kept.as_ptr(), Arc::as_ptr(explanation));
        if let Some((_, textures)) = self.explained.as_ref().filter(|(kept, _)| is_same(kept)) {
            return textures.clone();
        }
        let Explanation { crop, input, raw, result } = explanation.as_ref();
        let textures = [crop, input, raw, result].map(|frame| {
            let size = frame.size();
            let rgb: Vec<u8> = match frame.samples() {
                Samples::U8(samples) => samples.clone(),
                Samples::U16(samples) => samples.iter().map(|&sample| (sample >> 8) as u8).collect(),
            };
            let image = ColorImage::from_rgb([size.width as usize, size.height as usize], &rgb);
            ctx.load_texture("explanation", image, TextureOptions::LINEAR)
        });
        self.explained = Some((Arc::downgrade(explanation), textures.clone()));
        textures
    }

    /// The picture of `candidate` of erasure `id`: its surroundings as they look with it. `None` while its patches have
    /// no picture yet.
    pub fn candidate(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        id: ErasureId,
        candidate: &Arc<Candidate>,
    ) -> Option<TextureHandle> {
        let key = Arc::as_ptr(candidate) as usize;
        let alive = |weak: &Weak<Candidate>| weak.upgrade().is_some_and(|held| Arc::ptr_eq(&held, candidate));
        if let Some((_, texture)) = self.candidates.get(&key).filter(|(weak, _)| alive(weak)) {
            return Some(texture.clone());
        }
        let image = picture(session, id, candidate)?;
        let texture = ctx.load_texture(format!("candidate {}", candidate.seed), image, TextureOptions::LINEAR);
        self.candidates.retain(|_, (weak, _)| weak.strong_count() > 0);
        self.candidates.insert(key, (Arc::downgrade(candidate), texture.clone()));
        Some(texture)
    }
}

/// A photo's picture for the list of recent files.
#[must_use]
pub fn of_photo(photo: &DisplayPyramid) -> Option<Thumbnail> {
    let full = photo.levels.first()?.size;
    let scale = (MAX_THUMBNAIL as f32 / full.width.max(full.height).max(1) as f32).min(1.0);
    let side = |length: u32| ((length as f32 * scale).round() as u32).clamp(1, MAX_THUMBNAIL);
    let image = compose_to(photo, &[], full.rect(), side(full.width), side(full.height));
    let rgba = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    Thumbnail::new(image.size[0] as u32, image.size[1] as u32, rgba)
}

struct Layer<'a> {
    rect: PixelRect,
    picture: &'a DisplayPyramid,
    opacity: f32,
}

fn picture(session: &Session, id: ErasureId, candidate: &Candidate) -> Option<ColorImage> {
    let document = session.document();
    let at = document.erasures.iter().position(|erasure| erasure.id == id)?;
    let below = document.patches_below(at);
    let own = candidate.patches.iter().map(|patch| (Arc::clone(patch), 1.0));
    let patches: Vec<_> = below.into_iter().chain(own).collect();
    let mut layers = Vec::new();
    for (patch, opacity) in &patches {
        layers.push(Layer { rect: patch.rect(), picture: session.patches.get(patch)?.as_ref(), opacity: *opacity });
    }
    let hole = candidate.patches.iter().fold(PixelRect::default(), |all, patch| all.union(patch.rect()));
    Some(compose(&session.photo, &layers, square_around(hole, document.photo.frame.size().rect())))
}

/// A square that shows `hole` with some surroundings, moved into `bounds` where it fits.
fn square_around(hole: PixelRect, bounds: PixelRect) -> PixelRect {
    let side = (hole.width().max(hole.height()) as f32 * 1.3) as i32 + 16;
    let side = side.min(bounds.x1.min(bounds.y1).max(1));
    let place = |low: i32, high: i32, end: i32| ((low + high - side) / 2).clamp(0, (end - side).max(0));
    let (x, y) = (place(hole.x0, hole.x1, bounds.x1), place(hole.y0, hole.y1, bounds.y1));
    PixelRect::new(x, y, x + side, y + side)
}

/// `rect` of the photo with `layers` over it, at most [`SIDE`] pixels wide and high.
fn compose(photo: &DisplayPyramid, layers: &[Layer<'_>], rect: PixelRect) -> ColorImage {
    compose_to(photo, layers, rect, rect.width().clamp(1, SIDE), rect.height().clamp(1, SIDE))
}

/// As [`compose`], `width` by `height` pixels large.
fn compose_to(photo: &DisplayPyramid, layers: &[Layer<'_>], rect: PixelRect, width: u32, height: u32) -> ColorImage {
    // The coarsest level that still has a pixel for each of the picture's.
    let level = (rect.width() / width).max(1).ilog2() as usize;
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for row in 0..height {
        for column in 0..width {
            let x = rect.x0 + ((column as f32 + 0.5) * rect.width() as f32 / width as f32) as i32;
            let y = rect.y0 + ((row as f32 + 0.5) * rect.height() as f32 / height as f32) as i32;
            let mut pixel = sample(photo, level, x, y).map(f32::from);
            for layer in layers.iter().filter(|layer| layer.rect.contains(x, y)) {
                let over = sample(layer.picture, level, x - layer.rect.x0, y - layer.rect.y0);
                let keep = 1.0 - f32::from(over[3]) / 255.0 * layer.opacity;
                for (value, over) in pixel.iter_mut().zip(over) {
                    *value = f32::from(over) * layer.opacity + *value * keep;
                }
            }
            rgba.extend(pixel.map(|value| value.round() as u8));
        }
    }
    ColorImage::from_rgba_premultiplied([width as usize, height as usize], &rgba)
}

/// The pixel of `level` (or the coarsest there is) over pixel `(x, y)` of the full size; nothing outside.
fn sample(pyramid: &DisplayPyramid, level: usize, x: i32, y: i32) -> [u8; 4] {
    let level = level.min(pyramid.levels.len().saturating_sub(1));
    let Some(picture) = pyramid.levels.get(level) else { return [0; 4] };
    let (column, row) = ((x >> level).max(0) as usize, (y >> level).max(0) as usize);
    let column = column.min(picture.size.width.saturating_sub(1) as usize);
    let at = (row * picture.size.width as usize + column) * 4;
    picture.rgba.get(at..at + 4).and_then(|pixel| pixel.try_into().ok()).unwrap_or([0; 4])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{DisplayLevel, Size};

    fn plain(size: Size, pixel: [u8; 4]) -> DisplayPyramid {
        DisplayPyramid { levels: vec![DisplayLevel { size, rgba: pixel.repeat(size.area()) }] }
    }

    #[test]
    fn patches_lie_over_the_photo_with_their_opacity() {
        let photo = plain(Size::new(40, 30), [100, 100, 100, 255]);
        let patch = plain(Size::new(10, 10), [200, 0, 0, 255]);
        let layer = Layer { rect: PixelRect::new(5, 5, 15, 15), picture: &patch, opacity: 0.5 };
        let image = compose(&photo, &[layer], PixelRect::new(0, 0, 30, 30));
        assert_eq!(image.size, [30, 30], "small ones are not enlarged");
        assert_eq!(image.pixels[10 * 30 + 10].to_array(), [150, 50, 50, 255], "half of each");
        assert_eq!(image.pixels[0].to_array(), [100, 100, 100, 255], "the photo elsewhere");
    }

    #[test]
    fn the_square_stays_inside_of_the_photo() {
        let bounds = PixelRect::new(0, 0, 400, 300);
        for hole in [PixelRect::new(0, 0, 9, 9), PixelRect::new(390, 290, 400, 300), PixelRect::new(0, 100, 400, 140)] {
            let square = square_around(hole, bounds);
            assert!(bounds.contains_rect(square) && square.width() == square.height(), "{square:?} for {hole:?}");
        }
    }
}
