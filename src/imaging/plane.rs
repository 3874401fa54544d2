//! A flat single-channel buffer: the working form of masks, weights and guides inside an algorithm.

use super::{PixelRect, Size};

/// A row-major buffer of one value a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane<T> {
    size: Size,
    data: Vec<T>,
}

impl<T: Copy> Plane<T> {
    /// A plane filled with `value`.
    #[must_use]
    pub fn filled(size: Size, value: T) -> Self {
        Self { size, data: vec![value; size.area()] }
    }

    /// Wraps `data`, which must hold `size.area()` values in row order; `None` when it does not.
    #[must_use]
    pub fn from_vec(size: Size, data: Vec<T>) -> Option<Self> {
        (data.len() == size.area()).then_some(Self { size, data })
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// All values in row order.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// All values in row order, to be changed.
    #[must_use]
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The value at `(x, y)`, which must be inside.
    #[must_use]
    #[inline]
    pub fn at(&self, x: u32, y: u32) -> T {
        self.data[y as usize * self.size.width as usize + x as usize]
    }

    /// Sets the value at `(x, y)`, which must be inside.
    #[inline]
    pub fn set(&mut self, x: u32, y: u32, value: T) {
        self.data[y as usize * self.size.width as usize + x as usize] = value;
    }

    /// Row `y`, which must be inside.
    #[must_use]
    #[inline]
    pub fn row(&self, y: u32) -> &[T] {
        let width = self.size.width as usize;
        &self.data[y as usize * width..][..width]
    }

    /// Row `y`, which must be inside, to be changed.
    #[must_use]
    #[inline]
    pub fn row_mut(&mut self, y: u32) -> &mut [T] {
        let width = self.size.width as usize;
        &mut self.data[y as usize * width..][..width]
    }

    /// The smallest rectangle around all pixels for which `wanted` holds; empty when there is none.
    #[must_use]
    pub fn bounds(&self, wanted: impl Fn(T) -> bool) -> PixelRect {
        let mut bounds = PixelRect::default();
        for y in 0..self.size.height {
            let row = self.row(y);
            let Some(first) = row.iter().position(|&v| wanted(v)) else { continue };
            let last = row.iter().rposition(|&v| wanted(v)).unwrap_or(first);
            bounds = bounds.union(PixelRect::new(first as i32, y as i32, last as i32 + 1, y as i32 + 1));
        }
        bounds
    }
}
