//! The masks that `LaMa` is trained and measured with (Suvorov et al., "Resolution-robust Large Mask Inpainting with
//! Fourier Convolutions", WACV 2022, appendix): broken lines in four directions, and boxes. They are defined at 256 and
//! at 512 pixels; other sides take the nearer definition in proportion.

use std::f32::consts::TAU;
use std::ops::RangeInclusive;

use rand::Rng as _;

use super::free_form::below;
use super::raster::{fill_capsule, fill_rect};
use super::{draw_until, short_side};
use crate::control::Rng;
use crate::imaging::{ImagePos, PixelRect, Plane, Size};

/// No mask covers more than this.
const MAX_FRACTION: f64 = 0.5;

struct Strokes {
    /// The side in pixels that the numbers below are meant for.
    side: u32,
    lines: RangeInclusive<u32>,
    /// Widths are 5 to 4 more than this.
    max_width: u32,
    /// Lengths are 10 to 9 more than this.
    max_length: u32,
    boxes: Option<Boxes>,
}

/// Boxes that come in addition with a probability of 0.3.
struct Boxes {
    count: RangeInclusive<u32>,
    side: (u32, u32),
    margin: u32,
}

/// Many thin lines.
pub(super) fn thin(size: Size, rng: &mut Rng) -> Plane<bool> {
    if is_large(size) {
        Strokes { side: 512, lines: 4..=70, max_width: 20, max_length: 100, boxes: None }.draw(size, rng)
    } else {
        Strokes { side: 256, lines: 4..=50, max_width: 10, max_length: 40, boxes: None }.draw(size, rng)
    }
}

/// A few lines up to a fifth of the side wide.
pub(super) fn medium(size: Size, rng: &mut Rng) -> Plane<bool> {
    if is_large(size) {
        let boxes = Boxes { count: 1..=5, side: (30, 150), margin: 0 };
        Strokes { side: 512, lines: 4..=10, max_width: 100, max_length: 200, boxes: Some(boxes) }.draw(size, rng)
    } else {
        let boxes = Boxes { count: 1..=5, side: (10, 50), margin: 0 };
        Strokes { side: 256, lines: 4..=5, max_width: 50, max_length: 100, boxes: Some(boxes) }.draw(size, rng)
    }
}

/// A few lines up to half of the side wide.
pub(super) fn thick(size: Size, rng: &mut Rng) -> Plane<bool> {
    if is_large(size) {
        let boxes = Boxes { count: 1..=4, side: (30, 300), margin: 10 };
        Strokes { side: 512, lines: 1..=5, max_width: 250, max_length: 450, boxes: Some(boxes) }.draw(size, rng)
    } else {
        let boxes = Boxes { count: 1..=3, side: (30, 150), margin: 10 };
        Strokes { side: 256, lines: 1..=5, max_width: 100, max_length: 200, boxes: Some(boxes) }.draw(size, rng)
    }
}

fn is_large(size: Size) -> bool {
    short_side(size) >= 384.0
}

impl Strokes {
    fn draw(&self, size: Size, rng: &mut Rng) -> Plane<bool> {
        let scale = short_side(size) / self.side as f32;
        let is_usable = |fraction: f64| fraction > 0.0 && fraction < 1.0 && fraction <= MAX_FRACTION;
        draw_until(size, is_usable, |holes| {
            for _ in 0..rng.random_range(self.lines.clone()) {
                self.line(holes, scale, rng);
            }
            if let Some(boxes) = &self.boxes
                && rng.random_bool(0.3)
            {
                boxes.draw(holes, scale, rng);
            }
        })
    }

    fn line(&self, holes: &mut Plane<bool>, scale: f32, rng: &mut Rng) {
        let size = holes.size();
        let center = |x: f32, y: f32| ImagePos::new(x + 0.5, y + 0.5);
        let (mut x, mut y) = (below(rng, size.width) as f32, below(rng, size.height) as f32);
        for at in 0..=below(rng, 5) {
            let angle = 0.01 + below(rng, 4) as f32;
            let angle = if at % 2 == 0 { TAU - angle } else { angle };
            let length = (10 + below(rng, self.max_length)) as f32 * scale;
            let width = (5 + below(rng, self.max_width)) as f32 * scale;
            let to_x = (x + length * angle.sin()).clamp(0.0, size.width as f32).trunc();
            let to_y = (y + length * angle.cos()).clamp(0.0, size.height as f32).trunc();
            fill_capsule(holes, center(x, y), center(to_x, to_y), width / 2.0);
            (x, y) = (to_x, to_y);
        }
    }
}

impl Boxes {
    fn draw(&self, holes: &mut Plane<bool>, scale: f32, rng: &mut Rng) {
        let Size { width, height } = holes.size();
        for _ in 0..rng.random_range(self.count.clone()) {
            let (x0, x1) = self.interval(width, scale, rng);
            let (y0, y1) = self.interval(height, scale, rng);
            fill_rect(holes, PixelRect::new(x0, y0, x1, y1));
        }
    }

    fn interval(&self, side: u32, scale: f32, rng: &mut Rng) -> (i32, i32) {
        let length = (rng.random_range(self.side.0..self.side.1) as f32 * scale).max(1.0) as u32;
        let margin = (self.margin as f32 * scale) as u32;
        let start = margin + below(rng, (side + 1).saturating_sub(2 * margin + length));
        (start as i32, (start + length) as i32)
    }
}
