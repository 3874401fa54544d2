//! Random holes as inpainting networks are trained and measured with: brush strokes, boxes, silhouettes.
//!
//! Every sampler is a plain function of a size and a seeded generator; the same seed gives the same pixels. Sizes in
//! pixels follow the shorter side of the picture, so a recipe means the same at 64 and at 512.

mod blocks;
mod figure;
mod free_form;
mod mix;
mod raster;
mod region;
mod silhouette;
mod strokes;

pub use mix::{HoleMix, HoleMixError, HoleShare};

use serde::{Deserialize, Serialize};

use super::{Plane, Size};
use crate::control::Rng;
use free_form::FreeForm;

/// A way to draw random holes.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::Display,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum HoleKind {
    /// `CoModGAN`'s boxes and brush strokes, the strokes' width scaled down with the picture below 512 pixels.
    FreeForm,
    /// The same with strokes of 12 to 48 pixels at every size, as published: nearly all hole in small pictures.
    FreeFormUnscaled,
    /// MAT's large masks: `CoModGAN`'s sampler with about half the boxes and strokes.
    MatLarge,
    /// MAT's small masks: about a quarter of them.
    MatSmall,
    /// `LaMa`'s thin strokes.
    Thin,
    /// `LaMa`'s medium strokes, now and then with boxes.
    Medium,
    /// `LaMa`'s thick strokes, now and then with boxes.
    Thick,
    /// One box with sides of a quarter to three quarters of the picture's, anywhere inside.
    Rectangle,
    /// Closed shapes as people, animals and things have them, 3 to 35 % of the picture, also cut by its border.
    Silhouette,
    /// The middle box with half of each side (64 x 64 of 128 x 128).
    Center,
    /// Several small overlapping boxes, together at most a quarter of the picture.
    RandomBlock,
    /// Cloudy regions of thresholded low-resolution noise, 20 to 30 % of the picture.
    RandomRegion,
}

/// Draws holes of `kind` for a picture of `size`; `true` is hole. Neither empty nor everything, except that a picture of
/// one pixel is all hole and a picture without pixels has none.
#[must_use]
pub fn draw_holes(kind: HoleKind, size: Size, rng: &mut Rng) -> Plane<bool> {
    if size.area() == 0 {
        return Plane::filled(size, false);
    }
    match kind {
        HoleKind::FreeForm => FreeForm::COMODGAN.scaled(512).draw(size, rng),
        HoleKind::FreeFormUnscaled => FreeForm::COMODGAN.draw(size, rng),
        HoleKind::MatLarge => FreeForm::mat_large(size).scaled(256).draw(size, rng),
        HoleKind::MatSmall => FreeForm::MAT_SMALL.scaled(256).draw(size, rng),
        HoleKind::Thin => strokes::thin(size, rng),
        HoleKind::Medium => strokes::medium(size, rng),
        HoleKind::Thick => strokes::thick(size, rng),
        HoleKind::Rectangle => blocks::rectangle(size, rng),
        HoleKind::Silhouette => silhouette::draw(size, rng),
        HoleKind::Center => blocks::center(size),
        HoleKind::RandomBlock => blocks::random_block(size, rng),
        HoleKind::RandomRegion => region::draw(size, rng),
    }
}

/// Hole pixels by all pixels, in 0..=1; 0 without pixels.
#[must_use]
pub fn hole_fraction(holes: &Plane<bool>) -> f64 {
    holes.data().iter().filter(|&&hole| hole).count() as f64 / holes.data().len().max(1) as f64
}

/// How often a sampler tries again before it gives up, which happens only in pictures of a few pixels.
const TRIES: usize = 500;

/// Draws until `accept` likes the fraction of hole; the middle box when it never does.
fn draw_until(size: Size, accept: impl Fn(f64) -> bool, mut draw: impl FnMut(&mut Plane<bool>)) -> Plane<bool> {
    let mut holes = Plane::filled(size, false);
    for _ in 0..TRIES {
        holes.data_mut().fill(false);
        draw(&mut holes);
        if accept(hole_fraction(&holes)) {
            return holes;
        }
    }
    blocks::center(size)
}

/// The side that sizes in pixels are relative to.
fn short_side(size: Size) -> f32 {
    size.width.min(size.height) as f32
}

#[cfg(test)]
mod tests;
