//! From what a cut found to what is to be erased: the whole object, without slivers left along its edge.
//!
//! A cut follows colours, so it leaves out parts that look like the background. Here they are taken in again, and the
//! object's soft edge with them. It looks at outlines only, never at colours.

use super::cut::OBJECT;
use super::refine::{coverage, fill};
use super::window::reduced_by_maximum;
use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::mask_ops::{distance_inside, distance_outside, grow};
use crate::imaging::{Mask, Plane};

/// Notches not wider than twice this part of the object's longer side are closed.
const CLOSE_PART: f32 = 0.06;

/// Notches are looked for in a window reduced to at most this longer side, as they are large.
const CLOSE_SIDE: u32 = 1024;

/// The object grows by this part of its longer side: its edge is soft, and what is beside it mirrors it.
const GROW_PART: f32 = 0.02;

/// The object grows by at least so many photo pixels.
const LEAST_GROWTH: f32 = 1.0;

/// The object grows by at most so many photo pixels.
const MOST_GROWTH: f32 = 16.0;

/// Takes notches into the object and, when `fills` says so, all holes.
pub(super) fn close(labels: &mut Plane<u8>, fills: bool) {
    let size = labels.size();
    let scale = size.width.max(size.height).div_ceil(CLOSE_SIDE).max(1).next_power_of_two();
    let mut closed = reduced_by_maximum(labels, scale);
    let radius = longer_side(&closed) * CLOSE_PART;
    let near = distance_outside(&closed, radius + 1.0);
    replace(&mut closed, &near, |distance| distance <= radius);
    // Beyond the window's border there is nothing to close against: an object that is cut off there stays whole.
    let depth = distance_inside(&closed, radius + 1.0);
    replace(&mut closed, &depth, |depth| depth > radius);
    if fills {
        fill(&mut closed);
    }
    let closed = coverage(&closed, scale, size);
    for (label, &closed) in labels.data_mut().iter_mut().zip(closed.data()) {
        *label = if closed >= HOLE_THRESHOLD { OBJECT } else { *label };
    }
}

fn longer_side(labels: &Plane<u8>) -> f32 {
    let object = labels.bounds(|v| v >= HOLE_THRESHOLD);
    object.width().max(object.height()) as f32
}

fn replace(labels: &mut Plane<u8>, distances: &Plane<f32>, is_object: impl Fn(f32) -> bool) {
    for (label, &distance) in labels.data_mut().iter_mut().zip(distances.data()) {
        *label = if is_object(distance) { OBJECT } else { 0 };
    }
}

/// By how many pixels the object of this coverage is to grow.
fn growth(coverage: &Plane<u8>) -> f32 {
    (longer_side(coverage) * GROW_PART).clamp(LEAST_GROWTH, MOST_GROWTH)
}

/// The object of this coverage with its soft edge; it may reach beyond a loop by as much as that is wide.
pub(super) fn grown(coverage: &Plane<u8>) -> Plane<u8> {
    grow(&Mask::from_plane(coverage), growth(coverage)).plane(coverage.size().rect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    /// A square of 100 pixels from (50, 50).
    fn square() -> Plane<u8> {
        let mut plane = Plane::filled(Size::new(200, 200), 0);
        for y in 50..150 {
            plane.row_mut(y)[50..150].fill(OBJECT);
        }
        plane
    }

    #[test]
    fn notches_and_holes_are_closed() {
        let mut plane = square();
        for y in 97..101 {
            plane.row_mut(y)[50..75].fill(0);
        }
        for y in 80..120 {
            plane.row_mut(y)[90..130].fill(0);
        }
        let mut with_hole = plane.clone();
        close(&mut plane, true);
        // The disc that closes dips into the notch's mouth by less than the least growth.
        for y in 97..101 {
            plane.set(50, y, OBJECT);
        }
        assert!(plane == square(), "whole again, and nothing more");
        close(&mut with_hole, false);
        assert_eq!((with_hole.at(60, 99), with_hole.at(110, 100)), (OBJECT, 0), "a scribble's large hole is meant");
    }

    #[test]
    fn an_object_at_the_border_stays_there() {
        let mut plane = Plane::filled(Size::new(90, 60), 0);
        for y in 0..60 {
            plane.row_mut(y)[0..40].fill(OBJECT);
        }
        let before = plane.clone();
        close(&mut plane, true);
        assert!(plane == before, "nothing to close");
    }

    #[test]
    fn growth_follows_the_extent() {
        assert_eq!(growth(&square()), 2.0, "two in a hundred");
        assert_eq!(growth(&Plane::filled(Size::new(30, 5), OBJECT)), LEAST_GROWTH, "small");
        assert_eq!(growth(&Plane::filled(Size::new(2000, 5), OBJECT)), MOST_GROWTH, "large");
        let bounds = grown(&square()).bounds(|v| v >= HOLE_THRESHOLD);
        assert_eq!(bounds, crate::imaging::PixelRect::new(48, 48, 152, 152), "by two pixels");
    }
}
