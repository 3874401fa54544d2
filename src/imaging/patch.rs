//! A rectangle of new pixels with its coverage: the result of one erasure, laid over an untouched photo.

use super::{ColorModel, Frame, PixelRect, Plane, Samples};

/// New pixels for a rectangle of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    rect: PixelRect,
    pixels: Frame,
    coverage: Plane<u8>,
}

impl Patch {
    /// A patch over `rect`; `None` unless `pixels` and `coverage` have the rectangle's size.
    ///
    /// `pixels` has the depth and channels of the photo. `coverage` 0 leaves the photo's bits alone, 255 replaces
    /// them, values between blend. Alpha samples of `pixels` are ignored: an erasure changes colour only.
    #[must_use]
    pub fn new(rect: PixelRect, pixels: Frame, coverage: Plane<u8>) -> Option<Self> {
        (pixels.size() == rect.size() && coverage.size() == rect.size()).then_some(Self { rect, pixels, coverage })
    }

    /// Where the patch lies in the photo.
    #[must_use]
    pub const fn rect(&self) -> PixelRect {
        self.rect
    }

    /// The new pixels, in the photo's depth and channels.
    #[must_use]
    pub const fn pixels(&self) -> &Frame {
        &self.pixels
    }

    /// How much of the new pixels shows, 0..=255.
    #[must_use]
    pub const fn coverage(&self) -> &Plane<u8> {
        &self.coverage
    }

    /// The bytes held.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.pixels.byte_len() + self.coverage.data().len()
    }

    /// Lays the patch over `frame` (of the photo's size, depth and channels) with `opacity` in 0..=1. Samples where
    /// `coverage * opacity` is 0 keep their bits; a patch of another depth or channel layout changes nothing.
    pub fn apply(&self, frame: &mut Frame, opacity: f32) {
        let origin = PixelRect::new(0, 0, 0, 0);
        self.apply_at(frame, origin, opacity);
    }

    /// As [`Patch::apply`] on a `frame` that is a crop of the photo with its top left corner at that of `crop`.
    pub fn apply_at(&self, frame: &mut Frame, crop: PixelRect, opacity: f32) {
        if frame.model() != self.pixels.model() || frame.bits() != self.pixels.bits() || opacity <= 0.0 {
            return;
        }
        let (size, model) = (frame.size(), frame.model());
        let inside = self.rect.intersect(size.rect().translate(crop.x0, crop.y0));
        if inside.is_empty() {
            return;
        }
        let opacity = opacity.min(1.0);
        match (frame.samples_mut(), self.pixels.samples()) {
            (Samples::U8(to), Samples::U8(from)) => {
                self.blend(to, from, &Target { crop, inside, width: size.width, model, opacity }, |v| v as u8);
            }
            (Samples::U16(to), Samples::U16(from)) => {
                self.blend(to, from, &Target { crop, inside, width: size.width, model, opacity }, |v| v as u16);
            }
            _ => {}
        }
    }

    fn blend<T: Copy + Into<f32>>(&self, to: &mut [T], from: &[T], target: &Target, narrow: impl Fn(f32) -> T) {
        let (channels, color) = (target.model.channels(), target.model.color_channels());
        for y in target.inside.y0..target.inside.y1 {
            for x in target.inside.x0..target.inside.x1 {
                let (px, py) = ((x - self.rect.x0) as u32, (y - self.rect.y0) as u32);
                let alpha = f32::from(self.coverage.at(px, py)) / 255.0 * target.opacity;
                if alpha <= 0.0 {
                    continue;
                }
                let source = (py as usize * self.rect.width() as usize + px as usize) * channels;
                let (tx, ty) = ((x - target.crop.x0) as usize, (y - target.crop.y0) as usize);
                let at = (ty * target.width as usize + tx) * channels;
                for c in 0..color {
                    to[at + c] = if alpha >= 1.0 {
                        from[source + c]
                    } else {
                        let (old, new): (f32, f32) = (to[at + c].into(), from[source + c].into());
                        narrow((old + (new - old) * alpha).round())
                    };
                }
            }
        }
    }
}

struct Target {
    crop: PixelRect,
    inside: PixelRect,
    width: u32,
    model: ColorModel,
    opacity: f32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    #[test]
    fn coverage_zero_keeps_every_bit_and_full_replaces() {
        let size = Size::new(3, 1);
        let mut photo = Frame::new(size, ColorModel::Gray, Samples::U16(vec![11, 22, 33])).unwrap();
        let pixels = Frame::new(size, ColorModel::Gray, Samples::U16(vec![1000, 1000, 1000])).unwrap();
        let coverage = Plane::from_vec(size, vec![0, 255, 128]).unwrap();
        let patch = Patch::new(size.rect(), pixels, coverage).unwrap();
        patch.apply(&mut photo, 1.0);
        assert_eq!(photo.samples(), &Samples::U16(vec![11, 1000, 518]), "kept, replaced, blended");
    }

    #[test]
    fn a_patch_that_hangs_over_the_edge_is_clipped() {
        let mut photo = Frame::new(Size::new(2, 2), ColorModel::Gray, Samples::U8(vec![0; 4])).unwrap();
        let rect = PixelRect::new(1, 1, 3, 3);
        let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![9; 4])).unwrap();
        let patch = Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap();
        patch.apply(&mut photo, 1.0);
        assert_eq!(photo.samples(), &Samples::U8(vec![0, 0, 0, 9]), "only the corner");
    }
}
