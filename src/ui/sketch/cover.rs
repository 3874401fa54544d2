//! What strokes leave on a tile of the paper, and its colors.

use egui::{Color32, ColorImage};

use crate::imaging::PixelRect;
use crate::imaging::ink::{Node, Stroke, Tool};
use crate::ui::theme;

/// Side of a tile in pixels.
pub(super) const TILE: i32 = 256;

/// What a layer leaves on a tile.
pub(super) struct Cover {
    /// Strokes of the layer that are painted already, from its first.
    pub(super) baked: usize,
    pub(super) ink: Vec<u8>,
    hints: Option<Hints>,
}

/// Colors that are asked for.
struct Hints {
    mask: Vec<u8>,
    color: Vec<[u8; 3]>,
}

impl Cover {
    pub(super) fn empty() -> Self {
        Self { baked: 0, ink: Vec::new(), hints: None }
    }
}

/// Paints `stroke` into the part of its layer on the tile `at`. Returns what has changed, in the tile's pixels.
pub(super) fn paint(cover: &mut Cover, stroke: &Stroke, nibs: &[Node], side: u32, at: (i32, i32)) -> Option<PixelRect> {
    let Cover { ink, hints, .. } = cover;
    let area = (TILE * TILE) as usize;
    match stroke.tool {
        Tool::Pen => {
            ink.resize(area, 0);
            sweep(nibs, side, at, |index, part| {
                if let Some(held) = ink.get_mut(index) {
                    *held = part.max(*held);
                }
            })
        }
        Tool::Eraser => sweep(nibs, side, at, |index, part| {
            if let Some(held) = ink.get_mut(index) {
                *held = (255 - part).min(*held);
            }
            if let Some(held) = hints.as_mut().and_then(|hints| hints.mask.get_mut(index)) {
                *held = (255 - part).min(*held);
            }
        }),
        Tool::Hint => {
            let Hints { mask, color } =
                hints.get_or_insert_with(|| Hints { mask: vec![0; area], color: vec![stroke.color; area] });
            sweep(nibs, side, at, |index, part| {
                if let (Some(held), Some(color)) = (mask.get_mut(index), color.get_mut(index)) {
                    if part >= *held || part > 127 {
                        *color = stroke.color;
                    }
                    *held = part.max(*held);
                }
            })
        }
    }
}

/// Calls `put` with each pixel of the tile `at` that lies under a line through `nibs`, and how much of it does, 1..=255.
fn sweep(nibs: &[Node], side: u32, at: (i32, i32), mut put: impl FnMut(usize, u8)) -> Option<PixelRect> {
    let scale = side as f32;
    let origin = ((at.0 * TILE) as f32, (at.1 * TILE) as f32);
    let local =
        |nib: &Node| Node { x: nib.x * scale - origin.0, y: nib.y * scale - origin.1, radius: nib.radius * scale };
    let tile = PixelRect::new(0, 0, TILE, TILE);
    let mut dirty = None;
    let mut from = nibs.first().map(local)?;
    for to in nibs.iter().map(local) {
        let reach = from.radius.max(to.radius) + 1.0;
        let rect = PixelRect::new(
            (from.x.min(to.x) - reach).floor() as i32,
            (from.y.min(to.y) - reach).floor() as i32,
            (from.x.max(to.x) + reach).ceil() as i32,
            (from.y.max(to.y) + reach).ceil() as i32,
        );
        let rect = rect.intersect(tile);
        for y in rect.y0..rect.y1 {
            for x in rect.x0..rect.x1 {
                let part = covered(from, to, (x as f32 + 0.5, y as f32 + 0.5));
                if part > 0 {
                    put((y * TILE + x) as usize, part);
                }
            }
        }
        if !rect.is_empty() {
            dirty = merged(dirty, Some(rect));
        }
        from = to;
    }
    dirty
}

/// How much of the pixel around `(x, y)` lies between two places of a line, 0..=255.
fn covered(from: Node, to: Node, (x, y): (f32, f32)) -> u8 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (((x - from.x) * dx + (y - from.y) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let distance = (x - from.x - along * dx).hypot(y - from.y - along * dy);
    let radius: f32 = from.radius + (to.radius - from.radius) * along;
    // Lines thinner than a pixel get lighter, not thinner.
    let strength = (2.0 * radius).min(1.0);
    ((radius.max(0.5) + 0.5 - distance).clamp(0.0, 1.0) * strength * 255.0 + 0.5) as u8
}

/// The colors of a part of a tile: layers over each other, in each the hints below the ink.
pub(super) fn compose(covers: &[&Cover], rect: PixelRect) -> ColorImage {
    let size = [rect.width() as usize, rect.height() as usize];
    let mut pixels = Vec::with_capacity(size[0] * size[1]);
    for y in rect.y0..rect.y1 {
        for x in rect.x0..rect.x1 {
            let index = (y * TILE + x) as usize;
            let mut pixel = Color32::TRANSPARENT;
            for cover in covers {
                if let Some(Hints { mask, color }) = &cover.hints
                    && let (Some(&part), Some(&color)) = (mask.get(index), color.get(index))
                {
                    pixel = over(theme::sketch::hint(color, part), pixel);
                }
                if let Some(&part) = cover.ink.get(index).filter(|part| **part > 0) {
                    pixel = over(theme::sketch::ink(part), pixel);
                }
            }
            pixels.push(pixel);
        }
    }
    ColorImage::new(size, pixels)
}

/// One premultiplied color over another.
fn over(top: Color32, below: Color32) -> Color32 {
    if top.a() == 255 || below.a() == 0 { top } else { below.blend(top) }
}

/// The smallest rectangle around both.
pub(super) fn merged(one: Option<PixelRect>, other: Option<PixelRect>) -> Option<PixelRect> {
    match (one, other) {
        (Some(a), Some(b)) => Some(a.union(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ink::{Sample, center_line};

    fn line(tool: Tool, from: (f32, f32), to: (f32, f32), size: f32) -> Stroke {
        let samples = vec![Sample::new(from.0, from.1, 0), Sample::new(to.0, to.1, 10)];
        Stroke { size, ..Stroke::computed(tool, samples) }
    }

    #[test]
    fn lines_that_cross_are_not_darker_and_hints_lie_below_ink() {
        let mut cover = Cover::empty();
        let across = line(Tool::Pen, (0.1, 0.1), (0.4, 0.4), 0.0008);
        for _ in 0..5 {
            paint(&mut cover, &across, &center_line(&across), 512, (0, 0));
        }
        let darkest = cover.ink.iter().copied().max().unwrap();
        assert!((90..=170).contains(&darkest), "thin lines are light, and stay so: {darkest}");
        let hint = Stroke { color: [200, 10, 10], ..line(Tool::Hint, (0.1, 0.2), (0.4, 0.2), 0.05) };
        paint(&mut cover, &hint, &center_line(&hint), 512, (0, 0));
        let image = compose(&[&cover], PixelRect::new(0, 0, TILE, TILE));
        let red = image.pixels[(102 * TILE + 60) as usize];
        assert!(red.r() > red.g() && red.a() > 100, "the hint's color shows: {red:?}");
    }
}
