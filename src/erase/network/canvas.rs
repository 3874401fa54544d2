//! The part of the photo that a network's squares are cut from, and that its fills are painted on.

use crate::erase::Base;
use crate::erase::window::Window;
use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::{Mask, PixelRect, Plane};

/// What a pixel of a [`Canvas`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pixel {
    /// The photo's own.
    Known,
    /// To be filled, and not filled yet.
    Hole,
    /// Filled.
    Filled,
    /// Neither known nor to be filled here: another hole, or transparent.
    Open,
}

/// A part of the photo with its holes.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    /// Where it lies in the photo; inside of it.
    pub(crate) rect: PixelRect,
    /// Colours, row by row, 0..=255: the photo's when cut, sRGB while a network paints.
    pub(crate) colors: Vec<[f32; 3]>,
    /// What each pixel is.
    pub(crate) pixels: Plane<Pixel>,
}

impl Canvas {
    /// Cuts `rect`, which lies in the photo, with the hole of `window`. `holes` are all holes of the request, of which those
    /// in the boxes of `filled` have been filled already.
    pub(crate) fn cut(base: &Base, holes: &Mask, filled: &[PixelRect], window: &Window, rect: PixelRect) -> Self {
        let mut crop = base.photo.crop(rect);
        for (patch, opacity) in &base.under {
            patch.apply_at(&mut crop, rect, *opacity);
        }
        let marked = holes.plane(rect);
        let size = rect.size();
        let mut pixels = Plane::filled(size, Pixel::Known);
        let mut colors = Vec::with_capacity(size.area());
        for y in 0..size.height {
            for x in 0..size.width {
                let (px, py) = (x as i32 + rect.x0, y as i32 + rect.y0);
                let is_open = || {
                    let is_filled = || filled.iter().any(|part| part.contains(px, py));
                    (marked.at(x, y) >= HOLE_THRESHOLD && !is_filled()) || crop.alpha_at(x, y) <= 0.0
                };
                if window.is_hole(px, py) {
                    pixels.set(x, y, Pixel::Hole);
                } else if is_open() {
                    pixels.set(x, y, Pixel::Open);
                }
                colors.push(crop.rgb_at(x, y));
            }
        }
        Self { rect, colors, pixels }
    }

    /// The place of pixel `(x, y)` of the photo, which must lie inside.
    pub(crate) fn at(&self, x: i32, y: i32) -> usize {
        (y - self.rect.y0) as usize * self.rect.width() as usize + (x - self.rect.x0) as usize
    }

    /// The colours over `rect`, which lies inside.
    pub(crate) fn colors_over(&self, rect: PixelRect) -> Vec<[f32; 3]> {
        let rows = (rect.y0..rect.y1).flat_map(|y| {
            let start = self.at(rect.x0, y);
            &self.colors[start..start + rect.width() as usize]
        });
        rows.copied().collect()
    }
}
