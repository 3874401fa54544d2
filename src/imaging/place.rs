//! Where in a photo a square picture lies: the part that a generator shows.

use serde::{Deserialize, Serialize};

use super::{ImagePos, PixelRect, Size};

/// Squares with a larger side or further away than this are refused: positions in `f32` would no longer be exact.
const FARTHEST: f32 = 1.0e6;

/// A square of a photo, which may be turned and may hang over the photo's edge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Its centre in the photo.
    pub center: ImagePos,
    /// Its side in photo pixels.
    pub side: f32,
    /// The turn in radians from the photo's axes to the square's own, clockwise on the screen.
    pub rotation: f32,
}

impl Place {
    /// The upright square with its top left corner at `(x, y)`.
    #[must_use]
    pub const fn upright(x: f32, y: f32, side: f32) -> Self {
        Self { center: ImagePos::new(x + 0.5 * side, y + 0.5 * side), side, rotation: 0.0 }
    }

    /// The largest upright square in the middle of a photo of `size`.
    #[must_use]
    pub fn middle(size: Size) -> Self {
        let center = ImagePos::new(0.5 * size.width as f32, 0.5 * size.height as f32);
        Self { center, side: size.width.min(size.height) as f32, rotation: 0.0 }
    }

    /// Whether it can be used: finite numbers, a side of at least a pixel, not absurdly far away.
    #[must_use]
    pub fn is_sound(self) -> bool {
        let is_near = |v: f32| v.abs() <= FARTHEST;
        is_near(self.center.x)
            && is_near(self.center.y)
            && self.rotation.is_finite()
            && (1.0..=FARTHEST).contains(&self.side)
    }

    /// The position in the photo of `pos`, which is in the square's own axes from `(0, 0)` to `(1, 1)`.
    #[must_use]
    pub fn photo_from_unit(self, pos: ImagePos) -> ImagePos {
        let (x, y) = self.photo_from_unit_vector((pos.x - 0.5, pos.y - 0.5));
        ImagePos::new(self.center.x + x, self.center.y + y)
    }

    /// The position in the square's own axes, `(0, 0)` to `(1, 1)` inside of it, of `pos` in the photo.
    #[must_use]
    pub fn unit_from_photo(self, pos: ImagePos) -> ImagePos {
        let (sine, cosine) = self.rotation.sin_cos();
        let (x, y) = ((pos.x - self.center.x) / self.side, (pos.y - self.center.y) / self.side);
        ImagePos::new(0.5 + cosine * x + sine * y, 0.5 + cosine * y - sine * x)
    }

    /// The displacement in photo pixels of one that is given in the square's own axes and sides.
    #[must_use]
    pub fn photo_from_unit_vector(self, (x, y): (f32, f32)) -> (f32, f32) {
        let (sine, cosine) = self.rotation.sin_cos();
        (self.side * (cosine * x - sine * y), self.side * (sine * x + cosine * y))
    }

    /// The smallest rectangle of whole pixels around it.
    #[must_use]
    pub fn bounds(self) -> PixelRect {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        let corners = corners.map(|(x, y)| self.photo_from_unit(ImagePos::new(x, y)));
        let least = |of: fn(&ImagePos) -> f32| corners.iter().map(of).fold(f32::INFINITY, f32::min).floor() as i32;
        let most = |of: fn(&ImagePos) -> f32| corners.iter().map(of).fold(f32::NEG_INFINITY, f32::max).ceil() as i32;
        PixelRect::new(least(|p| p.x), least(|p| p.y), most(|p| p.x), most(|p| p.y))
    }

    /// The same square in the photo scaled by `factor` (0.5 is half of the size).
    #[must_use]
    pub fn scaled(self, factor: f32) -> Self {
        let center = ImagePos::new(self.center.x * factor, self.center.y * factor);
        Self { center, side: self.side * factor, rotation: self.rotation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_go_where_they_should_and_back() {
        let place = Place { center: ImagePos::new(40.0, 30.0), side: 20.0, rotation: std::f32::consts::FRAC_PI_2 };
        let corner = place.photo_from_unit(ImagePos::new(0.0, 0.0));
        assert!(corner.distance(ImagePos::new(50.0, 20.0)) < 1e-4, "top left is top right after a quarter: {corner:?}");
        for pos in [ImagePos::new(0.25, 0.75), ImagePos::new(-1.0, 3.0)] {
            let back = place.unit_from_photo(place.photo_from_unit(pos));
            assert!(back.distance(pos) < 1e-5, "{pos:?} became {back:?}");
        }
        assert!(place.bounds().grow(1).contains_rect(PixelRect::new(30, 20, 50, 40)), "{:?}", place.bounds());
        assert_eq!(Place::upright(3.0, 4.0, 8.0).bounds(), PixelRect::new(3, 4, 11, 12), "whole pixels stay");
    }

    #[test]
    fn absurd_squares_are_not_sound() {
        let good = Place::middle(Size::new(40, 30));
        assert!(good.is_sound() && good.side == 30.0, "{good:?}");
        for bad in [
            Place { side: 0.0, ..good },
            Place { side: f32::NAN, ..good },
            Place { rotation: f32::INFINITY, ..good },
            Place { center: ImagePos::new(f32::NAN, 0.0), ..good },
            Place { center: ImagePos::new(0.0, 1e9), ..good },
        ] {
            assert!(!bad.is_sound(), "{bad:?}");
        }
    }
}
