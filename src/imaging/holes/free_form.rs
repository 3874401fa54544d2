//! The free-form masks of `CoModGAN` (Zhao et al., "Large Scale Image Completion via Co-Modulated Generative Adversarial
//! Networks", ICLR 2021, appendix), which MAT draws with other counts: random boxes and zigzag brush strokes.

use std::f32::consts::{PI, TAU};

use rand::Rng as _;

use super::raster::{fill_capsule, fill_rect};
use super::{draw_until, short_side};
use crate::control::Rng;
use crate::imaging::{ImagePos, PixelRect, Plane, Size};

/// How many boxes and strokes there may be; each count is drawn below these limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct FreeForm {
    /// Boxes with sides below half of the picture's.
    small_boxes: u32,
    /// Boxes with sides below the picture's.
    large_boxes: u32,
    strokes: u32,
    /// The side in pixels below which strokes get thinner; 0 is never.
    full_width_from: u32,
}

impl FreeForm {
    pub(super) const COMODGAN: Self = Self::new(10, 5, 20);
    pub(super) const MAT_SMALL: Self = Self::new(3, 2, 4);

    const fn new(small_boxes: u32, large_boxes: u32, strokes: u32) -> Self {
        Self { small_boxes, large_boxes, strokes, full_width_from: 0 }
    }

    /// MAT has one set of counts for 512 pixels and one for 256.
    pub(super) fn mat_large(size: Size) -> Self {
        if short_side(size) >= 384.0 { Self::new(5, 3, 9) } else { Self::new(4, 2, 8) }
    }

    /// With strokes that are 12 to 48 pixels wide at `side` and above, and in proportion below.
    pub(super) const fn scaled(self, side: u32) -> Self {
        Self { full_width_from: side, ..self }
    }

    /// Draws until there is some hole and something known.
    pub(super) fn draw(self, size: Size, rng: &mut Rng) -> Plane<bool> {
        let is_usable = |fraction: f64| fraction > 0.0 && fraction < 1.0;
        draw_until(size, is_usable, |holes| self.draw_once(holes, rng))
    }

    /// One draw, be it nothing or everything.
    pub(super) fn draw_once(self, holes: &mut Plane<bool>, rng: &mut Rng) {
        let Size { width, height } = holes.size();
        for (limit, max) in [(self.small_boxes, (width / 2, height / 2)), (self.large_boxes, (width, height))] {
            for _ in 0..below(rng, limit) {
                let (x0, x1) = interval(rng, max.0, width);
                let (y0, y1) = interval(rng, max.1, height);
                fill_rect(holes, PixelRect::new(x0, y0, x1, y1));
            }
        }
        let flips = [rng.random::<bool>(), rng.random::<bool>()];
        for _ in 0..below(rng, self.strokes) {
            self.stroke(holes, flips, rng);
        }
    }

    fn stroke(self, holes: &mut Plane<bool>, flips: [bool; 2], rng: &mut Rng) {
        let size = holes.size();
        let segments = rng.random_range(4..18);
        // A disc from -w/2 to w/2, both ends included, is one pixel wider than w.
        let width = (rng.random_range(12.0_f32..48.0).floor() + 1.0) * self.width_scale(size);
        let mean_length = (size.width as f32).hypot(size.height as f32) / 8.0;
        let middle = 2.0 * PI / 5.0;
        let lowest = middle - rng.random_range(0.0..2.0 * PI / 15.0);
        let highest = middle + rng.random_range(0.0..2.0 * PI / 15.0);
        let mut from = ImagePos::new(below(rng, size.width) as f32, below(rng, size.height) as f32);
        for at in 0..segments {
            let angle = rng.random_range(lowest..=highest);
            let angle = if at % 2 == 0 { TAU - angle } else { angle };
            let length = mean_length + (mean_length / 2.0).floor() * standard_normal(rng);
            let length = length.clamp(0.0, 2.0 * mean_length);
            let to = ImagePos::new(
                (from.x + length * angle.cos()).clamp(0.0, size.width as f32).trunc(),
                (from.y + length * angle.sin()).clamp(0.0, size.height as f32).trunc(),
            );
            fill_capsule(holes, flipped(from, size, flips), flipped(to, size, flips), width / 2.0);
            from = to;
        }
    }

    fn width_scale(self, size: Size) -> f32 {
        if self.full_width_from == 0 { 1.0 } else { (short_side(size) / self.full_width_from as f32).min(1.0) }
    }
}

/// Where the centre of the pixel `vertex` comes to lie when the picture is mirrored along x, y or both.
fn flipped(vertex: ImagePos, size: Size, flips: [bool; 2]) -> ImagePos {
    let along = |v: f32, limit: u32, is_flipped: bool| if is_flipped { limit as f32 - 0.5 - v } else { v + 0.5 };
    ImagePos::new(along(vertex.x, size.width, flips[0]), along(vertex.y, size.height, flips[1]))
}

/// A box's extent on an axis of `side` pixels: shorter than `max`, sticking out of the picture by up to half of itself.
fn interval(rng: &mut Rng, max: u32, side: u32) -> (i32, i32) {
    let length = below(rng, max) as i32;
    let (first, end) = (-((length + 1) / 2), side as i32 - length + length / 2);
    let start = if first < end { rng.random_range(first..end) } else { first };
    (start, start + length)
}

/// Uniform on `0..limit`; 0 when that is empty.
pub(super) fn below(rng: &mut Rng, limit: u32) -> u32 {
    if limit == 0 { 0 } else { rng.random_range(0..limit) }
}

/// Box and Muller's method, one value of the pair.
fn standard_normal(rng: &mut Rng) -> f32 {
    let radius = (-2.0 * (1.0 - rng.random::<f32>()).ln()).sqrt();
    radius * (TAU * rng.random::<f32>()).cos()
}
