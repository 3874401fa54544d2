//! The square of a photo that a manifold is to show, set by hand: moved, sized at its corners, turned at its handle.

use egui::{Key, Pos2, Ui};

use crate::imaging::{ImagePos, Place, Size};

/// How near to a corner or the handle the pointer takes hold of it, in points.
const REACH: f32 = 14.0;
/// How far inside of the upper edge the handle stands, in points: a square may fill the window.
pub(super) const HANDLE_AWAY: f32 = 28.0;
/// The smallest square in pixels of the photo.
const LEAST_SIDE: f32 = 16.0;

/// What the pointer has taken hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Grip {
    /// The square; where the pointer is from its centre, in pixels of the photo.
    Whole(f32, f32),
    /// A corner.
    Corner,
    /// The handle.
    Turn,
}

/// What a press at `pos` takes hold of. `screen` gives the window's position of a position in the photo.
#[must_use]
pub(super) fn grip_at(place: Place, pos: Pos2, at: ImagePos, screen: impl Fn(ImagePos) -> Pos2) -> Option<Grip> {
    if handle(place, &screen).distance(pos) <= REACH {
        return Some(Grip::Turn);
    }
    let is_corner = corners(place).iter().any(|corner| screen(*corner).distance(pos) <= REACH);
    if is_corner {
        return Some(Grip::Corner);
    }
    let unit = place.unit_from_photo(at);
    let is_inside = (0.0..=1.0).contains(&unit.x) && (0.0..=1.0).contains(&unit.y);
    is_inside.then_some(Grip::Whole(at.x - place.center.x, at.y - place.center.y))
}

/// The square after the pointer has moved to `at` in the photo; with `is_steady` turns come in steps of 15 degrees.
#[must_use]
pub(super) fn dragged(place: Place, grip: Grip, at: ImagePos, is_steady: bool) -> Place {
    match grip {
        Grip::Whole(dx, dy) => Place { center: ImagePos::new(at.x - dx, at.y - dy), ..place },
        Grip::Corner => {
            let unit = place.unit_from_photo(at);
            // The farther of both, from the centre: the pointer stays on an edge at least.
            let reach = (unit.x - 0.5).abs().max((unit.y - 0.5).abs());
            Place { side: (2.0 * reach * place.side).max(LEAST_SIDE), ..place }
        }
        Grip::Turn => {
            let angle = (at.x - place.center.x).atan2(place.center.y - at.y);
            let step = std::f32::consts::PI / 12.0;
            let is_level = angle.abs() < 0.03;
            let rotation = if is_steady { (angle / step).round() * step } else { angle };
            Place { rotation: if is_level { 0.0 } else { rotation }, ..place }
        }
    }
}

/// Its corners in the photo, clockwise from the top left one.
#[must_use]
pub(super) fn corners(place: Place) -> [ImagePos; 4] {
    [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| place.photo_from_unit(ImagePos::new(x, y)))
}

/// Where the handle that turns it stands in the window.
#[must_use]
pub(super) fn handle(place: Place, screen: &impl Fn(ImagePos) -> Pos2) -> Pos2 {
    let (top, center) = (screen(place.photo_from_unit(ImagePos::new(0.5, 0.0))), screen(place.center));
    top + (center - top).normalized() * HANDLE_AWAY
}

/// The square after the frame's keys: arrows move, plus and minus size, brackets turn it. `None` when none is pressed.
#[must_use]
pub(super) fn keyed(ui: &Ui, place: Place) -> Option<Place> {
    let (step, turn) = ui.input(|input| {
        let large = if input.modifiers.shift { 5.0 } else { 1.0 };
        (place.side * 0.01 * large, 1.0_f32.to_radians() * large)
    });
    let presses = |key: Key| ui.input_mut(|input| input.count_and_consume_key(egui::Modifiers::NONE, key)) as f32;
    let (dx, dy) =
        (presses(Key::ArrowRight) - presses(Key::ArrowLeft), presses(Key::ArrowDown) - presses(Key::ArrowUp));
    let larger = presses(Key::Plus) + presses(Key::Equals) - presses(Key::Minus);
    let turned = presses(Key::CloseBracket) - presses(Key::OpenBracket);
    let moved = Place {
        center: ImagePos::new(place.center.x + dx * step, place.center.y + dy * step),
        side: (place.side + 2.0 * larger * step).max(LEAST_SIDE),
        rotation: place.rotation + turned * turn,
    };
    (moved != place).then_some(moved)
}

/// `place` held where some of it lies on the photo.
#[must_use]
pub(super) fn held(place: Place, photo: Size) -> Place {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let center = ImagePos::new(place.center.x.clamp(0.0, width), place.center.y.clamp(0.0, height));
    Place { center, side: place.side.clamp(LEAST_SIDE.min(width.min(height)), 2.0 * width.max(height)), ..place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_moved_sized_and_turned() {
        let place = Place::upright(100.0, 100.0, 100.0);
        let moved = dragged(place, Grip::Whole(10.0, 0.0), ImagePos::new(180.0, 150.0), false);
        assert_eq!(moved.center, ImagePos::new(170.0, 150.0), "the pointer stays where it took hold");
        let sized = dragged(place, Grip::Corner, ImagePos::new(190.0, 230.0), false);
        assert!((sized.side - 160.0).abs() < 1e-3 && sized.center == place.center, "around its centre: {sized:?}");
        let turned = dragged(place, Grip::Turn, ImagePos::new(250.0, 152.0), true);
        assert!((turned.rotation - std::f32::consts::FRAC_PI_2).abs() < 1e-5, "a right angle: {turned:?}");
        assert_eq!(dragged(turned, Grip::Turn, ImagePos::new(151.0, 20.0), false).rotation, 0.0, "it snaps upright");
    }

    #[test]
    fn it_never_leaves_the_photo_and_never_vanishes() {
        let photo = Size::new(400, 300);
        for place in
            [Place::upright(-900.0, 5.0, 50.0), Place::upright(0.0, 9000.0, 0.5), Place::upright(0.0, 0.0, 9e5)]
        {
            let held = held(place, photo);
            assert!(
                held.is_sound()
                    && photo.rect().contains(held.center.x.min(399.0) as i32, held.center.y.min(299.0) as i32)
            );
            assert!(held.side >= LEAST_SIDE && held.side <= 800.0, "a sensible side: {held:?}");
        }
    }

    #[test]
    fn corners_and_handle_are_found_before_the_inside() {
        let place = Place::upright(100.0, 100.0, 100.0);
        let screen = |at: ImagePos| egui::pos2(at.x, at.y);
        let grip = |x: f32, y: f32| grip_at(place, egui::pos2(x, y), ImagePos::new(x, y), screen);
        assert_eq!(grip(105.0, 95.0), Some(Grip::Corner), "a corner");
        assert_eq!(grip(150.0, 100.0 + HANDLE_AWAY), Some(Grip::Turn), "the handle");
        assert_eq!(grip(150.0, 170.0), Some(Grip::Whole(0.0, 20.0)), "the inside");
        assert_eq!(grip(20.0, 20.0), None, "outside");
    }
}
