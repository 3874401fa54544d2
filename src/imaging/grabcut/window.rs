//! Which part of a photo is looked at, and its colours at every scale.

use std::sync::Arc;

use rayon::prelude::*;

use crate::imaging::{Frame, Patch, PixelRect, Plane, Size};

/// The longer side of the window is reduced to at most this before the first cut.
const COARSE_SIDE: u32 = 400;

/// A loop's surroundings, as a part of its longer side: what the background looks like is learned from there.
const LOOP_MARGIN: f32 = 0.2;

/// A scribble's surroundings, as a multiple of its longer side: the object is found only there.
const SCRIBBLE_MARGIN: f32 = 1.0;

/// A scribble's surroundings are at least this many pixels wide.
const LEAST_SCRIBBLE_MARGIN: i32 = 64;

/// A loop's surroundings are at least this many pixels wide.
const LEAST_LOOP_MARGIN: i32 = 12;

/// The part of a photo of `size` to be looked at for a mark within `mark`.
pub(super) fn window_around(mark: PixelRect, is_loop: bool, size: Size) -> PixelRect {
    let side = mark.width().max(mark.height()) as f32;
    let (factor, least) =
        if is_loop { (LOOP_MARGIN, LEAST_LOOP_MARGIN) } else { (SCRIBBLE_MARGIN, LEAST_SCRIBBLE_MARGIN) };
    mark.grow(((side * factor) as i32).max(least)).intersect(size.rect())
}

/// The window's pixels.
pub(super) struct Source {
    frame: Frame,
    /// Where the window begins in `frame`.
    origin: (u32, u32),
    size: Size,
}

impl Source {
    /// The part `window` (inside of `photo`) under the patches `under`.
    pub(super) fn new(photo: &Frame, under: &[(Arc<Patch>, f32)], window: PixelRect) -> Self {
        let over: Vec<_> = under.iter().filter(|(patch, _)| !patch.rect().intersect(window).is_empty()).collect();
        if over.is_empty() {
            let origin = (window.x0.max(0) as u32, window.y0.max(0) as u32);
            return Self { frame: photo.clone(), origin, size: window.size() };
        }
        let mut frame = photo.crop(window);
        for (patch, opacity) in over {
            patch.apply_at(&mut frame, window, *opacity);
        }
        Self { frame, origin: (0, 0), size: window.size() }
    }

    /// The window's size in photo pixels.
    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// By how much both sides are divided for the first cut; a power of two.
    pub(super) fn coarse_scale(&self) -> u32 {
        let long = self.size.width.max(self.size.height);
        long.div_ceil(COARSE_SIDE).max(1).next_power_of_two()
    }

    /// The window's size divided by `scale`, rounded up.
    pub(super) const fn size_at(&self, scale: u32) -> Size {
        Size::new(self.size.width.div_ceil(scale), self.size.height.div_ceil(scale))
    }

    /// The mean colour of the `scale` by `scale` pixels that make up pixel `(x, y)` of the reduced window.
    pub(super) fn color(&self, x: u32, y: u32, scale: u32) -> [f32; 3] {
        let (left, top) = (x * scale, y * scale);
        let (right, bottom) = ((left + scale).min(self.size.width), (top + scale).min(self.size.height));
        let mut sum = [0.0; 3];
        for py in top..bottom {
            for px in left..right {
                let color = self.frame.rgb_at(px + self.origin.0, py + self.origin.1);
                sum.iter_mut().zip(color).for_each(|(sum, v)| *sum += v);
            }
        }
        let count = ((right - left) * (bottom - top)) as f32;
        sum.map(|v| v / count)
    }

    /// All colours of the reduced window.
    pub(super) fn reduced(&self, scale: u32) -> Plane<[f32; 3]> {
        let size = self.size_at(scale);
        let mut colors = Plane::filled(size, [0.0; 3]);
        let rows = colors.data_mut().par_chunks_mut(size.width.max(1) as usize).enumerate();
        rows.for_each(|(y, row)| {
            for (x, color) in row.iter_mut().enumerate() {
                *color = self.color(x as u32, y as u32, scale);
            }
        });
        colors
    }
}

/// The largest coverage among the `scale` by `scale` pixels that make up each pixel: a thin scribble is not lost.
pub(super) fn reduced_by_maximum(plane: &Plane<u8>, scale: u32) -> Plane<u8> {
    let size = Size::new(plane.size().width.div_ceil(scale), plane.size().height.div_ceil(scale));
    let mut out = Plane::filled(size, 0u8);
    for y in 0..plane.size().height {
        let row = out.row_mut(y / scale);
        for (pixels, most) in plane.row(y).chunks(scale as usize).zip(row) {
            *most = pixels.iter().copied().fold(*most, u8::max);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, Samples};

    #[test]
    fn windows_stay_inside_and_reduced_sides_in_bounds() {
        let size = Size::new(4000, 3000);
        assert_eq!(
            window_around(PixelRect::new(10, 100, 110, 200), true, size),
            PixelRect::new(0, 80, 130, 220),
            "loop"
        );
        let scribble = window_around(PixelRect::new(2000, 2990, 2010, 2995), false, size);
        assert_eq!(scribble, PixelRect::new(1936, 2926, 2074, 3000), "scribble");
        for (side, scale) in [(400, 1), (401, 2), (800, 2), (801, 4), (4000, 16)] {
            let frame =
                Frame::new(Size::new(side, 2), ColorModel::Gray, Samples::U8(vec![9; side as usize * 2])).unwrap();
            let source = Source::new(&frame, &[], frame.size().rect());
            assert_eq!(source.coarse_scale(), scale, "scale for {side}");
            assert!(source.reduced(scale).data().iter().all(|color| *color == [9.0; 3]), "flat at {side}");
        }
    }

    #[test]
    fn patches_below_are_seen() {
        let size = Size::new(8, 8);
        let gray = |v| Frame::new(size, ColorModel::Gray, Samples::U8(vec![v; 64])).unwrap();
        let patch = Patch::new(size.rect(), gray(90), Plane::filled(size, 255)).unwrap();
        let source = Source::new(&gray(10), &[(Arc::new(patch), 0.5)], PixelRect::new(2, 2, 6, 6));
        assert_eq!((source.size(), source.color(1, 1, 2)), (Size::new(4, 4), [50.0; 3]), "half opaque");
    }
}
