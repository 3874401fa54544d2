//! Whole-mask operations: grow, shrink, feather, invert, clear, distances and connected areas.
//!
//! A mask's edge is where its coverage passes one half. Distances are Euclidean and counted from that edge, for which the
//! coverage of the nearest pixel says where between two pixels it lies; so an anti-aliased mask stays anti-aliased.
//! The cost follows the bounds of the coverage, not the photo. What lies outside of the photo does not count: a mask
//! does not shrink away from the photo's border.

mod components;
mod distance;

pub use components::{Component, components};
pub use distance::{distance_inside, distance_outside};

use distance::{Nearest, nearest_seeds};

use super::mask::{HOLE_THRESHOLD, Paint};
use super::{Mask, PixelRect, Plane};

/// No mask is further across than this, in pixels.
const FARTHEST: f32 = 1.0e6;

/// The mask grown by `pixels`. Never less than it was; unchanged when `pixels` is not positive.
#[must_use]
pub fn grow(mask: &Mask, pixels: f32) -> Mask {
    let mut out = mask.clone();
    let holes = mask.bounds(HOLE_THRESHOLD);
    let Some(pixels) = usable(pixels).filter(|_| !holes.is_empty()) else { return out };
    let rect = holes.grow(pixels.ceil() as i32 + 2).intersect(mask.size().rect());
    let old = mask.plane(rect);
    let grown = nearest_seeds(&old, is_hole, pixels + 2.0, |_, _, nearest| {
        nearest.map_or(0, |n| to_byte(pixels + 0.5 - outside(n, &old)))
    });
    paint_plane(&mut out, rect, &grown, Paint::Add);
    out
}

/// The mask shrunk by `pixels`. Never more than it was; unchanged when `pixels` is not positive.
#[must_use]
pub fn shrink(mask: &Mask, pixels: f32) -> Mask {
    let mut out = mask.clone();
    let bounds = mask.bounds(1);
    let Some(pixels) = usable(pixels).filter(|_| !bounds.is_empty()) else { return out };
    let rect = bounds.grow(1).intersect(mask.size().rect());
    let old = mask.plane(rect);
    let taken = nearest_seeds(&old, is_keep, pixels + 2.0, |_, _, nearest| {
        nearest.map_or(0, |n| 255 - to_byte(inside(n, &old) - pixels + 0.5))
    });
    paint_plane(&mut out, rect, &taken, Paint::Subtract);
    out.drop_empty_tiles(rect);
    out
}

/// The mask with its edge softened over `pixels` to both sides. The holes (coverage >= 128) stay exactly what they were.
#[must_use]
pub fn feather(mask: &Mask, pixels: f32) -> Mask {
    let mut out = mask.clone();
    let bounds = mask.bounds(1);
    let Some(pixels) = usable(pixels).filter(|_| !bounds.is_empty()) else { return out };
    let rect = bounds.grow(pixels.ceil() as i32 + 2).intersect(mask.size().rect());
    let old = mask.plane(rect);
    let ramp = |depth: f32| {
        let t = (0.5 + depth / (2.0 * pixels)).clamp(0.0, 1.0);
        to_byte(t * t * (3.0 - 2.0 * t))
    };
    let mut soft = nearest_seeds(&old, is_keep, pixels + 2.0, |_, _, nearest| {
        nearest.map_or(255, |n| ramp(inside(n, &old)).max(HOLE_THRESHOLD))
    });
    let beside = nearest_seeds(&old, is_hole, pixels + 2.0, |_, _, nearest| {
        nearest.map_or(0, |n| ramp(-outside(n, &old)).min(HOLE_THRESHOLD - 1))
    });
    for ((soft, &beside), &old) in soft.data_mut().iter_mut().zip(beside.data()).zip(old.data()) {
        *soft = if is_hole(old) { *soft } else { beside };
    }
    out.write(rect, |x, y, _| soft.at(x - rect.x0 as u32, y - rect.y0 as u32));
    out
}

/// The mask with holes and the rest exchanged.
#[must_use]
pub fn invert(mask: &Mask) -> Mask {
    mask.inverted()
}

/// A mask of the same size without holes.
#[must_use]
pub fn clear(mask: &Mask) -> Mask {
    Mask::empty(mask.size())
}

fn usable(pixels: f32) -> Option<f32> {
    (pixels > 0.0).then(|| pixels.min(FARTHEST))
}

const fn is_hole(coverage: u8) -> bool {
    coverage >= HOLE_THRESHOLD
}

const fn is_keep(coverage: u8) -> bool {
    coverage < HOLE_THRESHOLD
}

fn to_byte(fraction: f32) -> u8 {
    (fraction.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// The distance to the edge of a pixel whose nearest hole is known: its coverage says how far beyond its centre it ends.
fn outside(nearest: Nearest, mask: &Plane<u8>) -> f32 {
    nearest.distance + 0.5 - f32::from(mask.at(nearest.x, nearest.y)) / 255.0
}

/// The distance to the edge of a hole whose nearest pixel to keep is known.
fn inside(nearest: Nearest, mask: &Plane<u8>) -> f32 {
    nearest.distance - 0.5 + f32::from(mask.at(nearest.x, nearest.y)) / 255.0
}

fn paint_plane(mask: &mut Mask, rect: PixelRect, plane: &Plane<u8>, paint: Paint) {
    for y in 0..rect.height() {
        mask.paint_row(rect.x0, rect.y0 + y as i32, plane.row(y), paint);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::imaging::raster::{Brush, BrushSample, stroke};
    use crate::imaging::{ImagePos, Size};

    fn disc(radius: f32) -> Mask {
        let mut mask = Mask::empty(Size::new(300, 280));
        let sample = BrushSample { pos: ImagePos::new(150.0, 140.0), pressure: 1.0 };
        stroke(&mut mask, sample, sample, &Brush { radius, hardness: 1.0, paint: Paint::Add });
        mask
    }

    fn area(mask: &Mask) -> f32 {
        mask.plane(mask.size().rect()).data().iter().map(|&v| f32::from(v) / 255.0).sum()
    }

    fn radius_of(mask: &Mask) -> f32 {
        (area(mask) / std::f32::consts::PI).sqrt()
    }

    #[test]
    fn a_disc_grows_and_shrinks_by_what_was_asked() {
        for pixels in [1.0, 7.0, 20.5] {
            let (grown, shrunk) = (grow(&disc(50.0), pixels), shrink(&disc(50.0), pixels));
            assert!((radius_of(&grown) - 50.0 - pixels).abs() < 0.35, "{} grown by {pixels}", radius_of(&grown));
            assert!((radius_of(&shrunk) - 50.0 + pixels).abs() < 0.35, "{} shrunk by {pixels}", radius_of(&shrunk));
            let soft = grown.plane(grown.size().rect()).data().iter().filter(|v| (1..255).contains(*v)).count();
            assert!(soft > 100, "still anti-aliased: {soft}");
        }
        assert!(shrink(&disc(10.0), 30.0).byte_len() == 0, "nothing is left");
    }

    #[test]
    fn feather_softens_and_keeps_the_holes() {
        let (hard, soft) = (disc(60.0), feather(&disc(60.0), 20.0));
        let rect = hard.size().rect();
        let same = hard.plane(rect).data().iter().zip(soft.plane(rect).data()).all(|(&a, &b)| is_hole(a) == is_hole(b));
        assert!(same, "the same holes");
        let row: Vec<u8> = (150..240).map(|x| soft.coverage_at(x, 140)).collect();
        assert!(row.windows(2).all(|pair| pair[0] >= pair[1]), "falls outwards: {row:?}");
        assert!((200..255).contains(&row[50]) && (1..60).contains(&row[70]) && row[82] == 0, "over 20 px: {row:?}");
    }

    #[test]
    fn the_border_of_the_photo_does_not_shrink_a_mask() {
        let mut mask = Mask::empty(Size::new(40, 30));
        mask.write(PixelRect::new(0, 0, 20, 30), |_, _, _| 255);
        let shrunk = shrink(&mask, 5.0);
        assert_eq!(shrunk.bounds(HOLE_THRESHOLD), PixelRect::new(0, 0, 15, 30), "only its own edge moves");
        let full = invert(&clear(&mask));
        assert_eq!((shrink(&full, 5.0), feather(&full, 5.0)), (full.clone(), full), "no edge, no change");
    }

    #[test]
    fn wild_widths_do_no_harm() {
        let mask = disc(20.0);
        for pixels in [0.0, -3.0, f32::NAN, f32::NEG_INFINITY] {
            assert!(grow(&mask, pixels) == mask && shrink(&mask, pixels) == mask, "{pixels} changes nothing");
            assert!(feather(&mask, pixels) == mask, "{pixels} softens nothing");
        }
        for pixels in [f32::INFINITY, f32::MAX, 1e7] {
            assert_eq!(grow(&mask, pixels).hole_count(), mask.size().area(), "everything");
            assert!(shrink(&mask, pixels).is_empty(), "nothing");
        }
        let none = Mask::empty(Size::new(0, 0));
        assert!(grow(&none, 3.0).is_empty() && feather(&none, 3.0).is_empty(), "no pixel");
    }

    fn binary_mask() -> impl Strategy<Value = Mask> {
        let discs = prop::collection::vec((0.0f32..80.0, 0.0f32..70.0, 0.5f32..12.0), 1..5);
        discs.prop_map(|discs| {
            let mut mask = Mask::empty(Size::new(80, 70));
            for (x, y, radius) in discs {
                let sample = BrushSample { pos: ImagePos::new(x, y), pressure: 1.0 };
                stroke(&mut mask, sample, sample, &Brush { radius, hardness: 1.0, paint: Paint::Add });
            }
            mask.write(mask.size().rect(), |_, _, v| if is_hole(v) { 255 } else { 0 });
            mask
        })
    }

    fn contains(outer: &Mask, inner: &Mask, slack: u8) -> bool {
        let (outer, inner) = (outer.plane(outer.size().rect()), inner.plane(inner.size().rect()));
        outer.data().iter().zip(inner.data()).all(|(&a, &b)| a.saturating_add(slack) >= b)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn growing_is_monotone_and_closing_contains(mask in binary_mask(), a in 0.0f32..15.0, more in 0.0f32..9.0) {
            let (less, larger) = (grow(&mask, a), grow(&mask, a + more));
            prop_assert!(contains(&less, &mask, 0), "contains the original");
            prop_assert!(contains(&larger, &less, 0), "monotone in the width");
            prop_assert!(contains(&shrink(&less, a), &mask, 1), "closing contains the original");
            prop_assert!(contains(&mask, &grow(&shrink(&mask, a), a), 1), "opening is contained");
            prop_assert!(contains(&shrink(&mask, a), &shrink(&mask, a + more), 0), "shrinking is monotone");
            prop_assert_eq!(&invert(&invert(&mask)), &mask, "invert twice");
        }
    }
}
