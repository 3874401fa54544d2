//! Positions and rectangles in an image. Widgets have their own types; they meet only in `ui::view_state`.

use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// `width` by `height`.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The number of pixels.
    #[must_use]
    pub const fn area(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The rectangle from the origin over the whole size.
    #[must_use]
    pub const fn rect(self) -> PixelRect {
        PixelRect { x0: 0, y0: 0, x1: self.width as i32, y1: self.height as i32 }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {}", self.width, self.height)
    }
}

/// A position in an image, in pixels. Pixel `(0, 0)` covers `0.0..1.0` on both axes, so its centre is `(0.5, 0.5)`.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImagePos {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl ImagePos {
    /// The position `(x, y)`.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The Euclidean distance to `other` in pixels.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// A half-open rectangle of pixels: `x0..x1` by `y0..y1`. Empty when a side is not positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PixelRect {
    /// First column.
    pub x0: i32,
    /// First row.
    pub y0: i32,
    /// One past the last column.
    pub x1: i32,
    /// One past the last row.
    pub y1: i32,
}

impl PixelRect {
    /// The rectangle `x0..x1` by `y0..y1`.
    #[must_use]
    pub const fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// Columns; 0 when empty.
    #[must_use]
    pub const fn width(self) -> u32 {
        if self.x1 > self.x0 { (self.x1 - self.x0) as u32 } else { 0 }
    }

    /// Rows; 0 when empty.
    #[must_use]
    pub const fn height(self) -> u32 {
        if self.y1 > self.y0 { (self.y1 - self.y0) as u32 } else { 0 }
    }

    /// Width and height.
    #[must_use]
    pub const fn size(self) -> Size {
        Size::new(self.width(), self.height())
    }

    /// Whether no pixel is inside.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.x1 <= self.x0 || self.y1 <= self.y0
    }

    /// The common part, empty when there is none.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Grown by `margin` pixels on each side (shrunk when negative).
    #[must_use]
    pub const fn grow(self, margin: i32) -> Self {
        Self { x0: self.x0 - margin, y0: self.y0 - margin, x1: self.x1 + margin, y1: self.y1 + margin }
    }

    /// Moved by `(dx, dy)`.
    #[must_use]
    pub const fn translate(self, dx: i32, dy: i32) -> Self {
        Self { x0: self.x0 + dx, y0: self.y0 + dy, x1: self.x1 + dx, y1: self.y1 + dy }
    }

    /// Whether pixel `(x, y)` is inside.
    #[must_use]
    pub const fn contains(self, x: i32, y: i32) -> bool {
        x >= self.x0 && x < self.x1 && y >= self.y0 && y < self.y1
    }

    /// Whether all of `other` is inside.
    #[must_use]
    pub fn contains_rect(self, other: Self) -> bool {
        other.is_empty() || self.intersect(other) == other
    }
}
