//! Holes in the shape of things: what a person erases from a photo.

use rand::Rng as _;

use super::figure::Figure;
use super::raster::fill_enclosed;
use super::{draw_until, hole_fraction, short_side};
use crate::control::Rng;
use crate::imaging::{ImagePos, Plane, Size};

/// What all figures together cover.
const FRACTIONS: std::ops::RangeInclusive<f64> = 0.03..=0.35;

/// One to three figures of random kind, size, turn and place; nothing known is left inside them.
pub(super) fn draw(size: Size, rng: &mut Rng) -> Plane<bool> {
    draw_until(
        size,
        |fraction| FRACTIONS.contains(&fraction),
        |holes| {
            let wanted = rng.random_range(FRACTIONS.start().sqrt()..FRACTIONS.end().sqrt()).powi(2);
            let figures = if rng.random_bool(0.7) { 1 } else { rng.random_range(2..=3) };
            for _ in 0..figures {
                let figure = Figure::random(rng);
                let scale = scale_for(&figure, wanted / f64::from(figures), size);
                let place =
                    ImagePos::new(rng.random_range(0.0..size.width as f32), rng.random_range(0.0..size.height as f32));
                figure.fill(holes, place, scale);
            }
            fill_enclosed(holes);
        },
    )
}

/// Pixels a unit at which `figure` covers the fraction `wanted` of a picture of `size`, when none of it is cut off.
fn scale_for(figure: &Figure, wanted: f64, size: Size) -> f32 {
    const SIDE: u32 = 64;
    let mut trial = Plane::filled(Size::new(SIDE, SIDE), false);
    let scale = SIDE as f32 * 0.6;
    figure.fill(&mut trial, ImagePos::new(SIDE as f32 / 2.0, SIDE as f32 / 2.0), scale);
    fill_enclosed(&mut trial);
    let unit_area = hole_fraction(&trial) * f64::from(SIDE * SIDE) / f64::from(scale * scale);
    let limit = short_side(size) * 4.0;
    ((wanted * size.area() as f64 / unit_area.max(1e-3)).sqrt() as f32).min(limit)
}
