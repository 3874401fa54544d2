//! Boxes: one anywhere, the middle one, or several small ones (the Context Encoder's; Pathak et al., "Context Encoders:
//! Feature Learning by Inpainting", CVPR 2016, section 3.3).

use rand::Rng as _;

use super::raster::fill_rect;
use super::{hole_fraction, short_side};
use crate::control::Rng;
use crate::imaging::{PixelRect, Plane, Size};

/// Small boxes together cover at most this.
const MAX_BLOCKS: f64 = 0.25;

/// Sides uniform in a quarter to three quarters of the picture's, wholly inside.
pub(super) fn rectangle(size: Size, rng: &mut Rng) -> Plane<bool> {
    let mut interval = |side: u32| {
        let length = rng.random_range((side / 4).max(1)..=(side * 3 / 4).max(1));
        let start = rng.random_range(0..=side - length);
        (start as i32, (start + length) as i32)
    };
    let ((x0, x1), (y0, y1)) = (interval(size.width), interval(size.height));
    filled(size, PixelRect::new(x0, y0, x1, y1))
}

/// The middle box with half of each side, rounded up.
pub(super) fn center(size: Size) -> Plane<bool> {
    let interval = |side: u32| {
        let start = side / 4;
        (start as i32, (start + side.div_ceil(2)) as i32)
    };
    let ((x0, x1), (y0, y1)) = (interval(size.width), interval(size.height));
    filled(size, PixelRect::new(x0, y0, x1, y1))
}

/// Boxes of an eighth to a third of the shorter side, as many as fit into a quarter of the picture.
pub(super) fn random_block(size: Size, rng: &mut Rng) -> Plane<bool> {
    let mut holes = Plane::filled(size, false);
    let side = short_side(size);
    for _ in 0..rng.random_range(4..=12) {
        let mut interval = |limit: u32| {
            let length = (side * rng.random_range(0.125_f32..0.333)).max(1.0) as u32;
            let start = rng.random_range(0..=limit - length);
            (start as i32, (start + length) as i32)
        };
        let ((x0, x1), (y0, y1)) = (interval(size.width), interval(size.height));
        let mut with_box = holes.clone();
        fill_rect(&mut with_box, PixelRect::new(x0, y0, x1, y1));
        if hole_fraction(&with_box) <= MAX_BLOCKS {
            holes = with_box;
        }
    }
    if hole_fraction(&holes) > 0.0 { holes } else { center(size) }
}

fn filled(size: Size, rect: PixelRect) -> Plane<bool> {
    let mut holes = Plane::filled(size, false);
    fill_rect(&mut holes, rect);
    holes
}
