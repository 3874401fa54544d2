//! A square of a photo as a small picture of its own.

use rayon::prelude::*;

use super::{ColorModel, Frame, ImagePos, Place, Samples, Size};

/// What lies in `place` as an RGB picture of 8 bits with `side` rows and columns. Transparency is laid over white; beyond the
/// photo its border goes on.
///
/// Each pixel is the mean of the photo's around its middle, weighted by a tent over two pixels of the result (over two of the
/// photo where the result is the larger one) and turned with the square, so nothing aliases.
#[must_use]
pub fn cut(photo: &Frame, place: Place, side: u32) -> Frame {
    let size = Size::new(side, side);
    let mut samples = vec![0; size.area() * 3];
    if photo.size().area() > 0 && side > 0 && place.is_sound() {
        let cutter = Cutter::new(photo, place, side);
        samples.par_chunks_mut(side as usize * 3).enumerate().for_each(|(y, row)| {
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                *pixel = cutter.pixel(x, y).map(|value| value.round().clamp(0.0, 255.0) as u8);
            }
        });
    }
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap_or_else(|| photo.clone())
}

struct Cutter<'a> {
    photo: &'a Frame,
    place: Place,
    side: f32,
    /// Half of the tent, in pixels of the photo.
    reach: f32,
    sine: f32,
    cosine: f32,
}

impl<'a> Cutter<'a> {
    fn new(photo: &'a Frame, place: Place, side: u32) -> Self {
        let (sine, cosine) = place.rotation.sin_cos();
        let side = side as f32;
        Self { photo, place, side, reach: (place.side / side).max(1.0), sine, cosine }
    }

    /// The color in 0..=255 of a pixel of the result.
    fn pixel(&self, x: usize, y: usize) -> [f32; 3] {
        let unit = ImagePos::new((x as f32 + 0.5) / self.side, (y as f32 + 0.5) / self.side);
        let middle = self.place.photo_from_unit(unit);
        let (mut sum, mut weights) = ([0.0; 3], 0.0);
        // Half of the side of the upright square around the tent.
        let around = self.reach * (self.sine.abs() + self.cosine.abs());
        for row in span(middle.y, around, self.photo.size().height) {
            for column in span(middle.x, around, self.photo.size().width) {
                let (dx, dy) = (column as f32 + 0.5 - middle.x, row as f32 + 0.5 - middle.y);
                let along = dx.mul_add(self.cosine, dy * self.sine);
                let across = dy.mul_add(self.cosine, -dx * self.sine);
                let weight = self.tent(along) * self.tent(across);
                if weight > 0.0 {
                    let color = self.color(column, row);
                    sum = std::array::from_fn(|c| color[c].mul_add(weight, sum[c]));
                    weights += weight;
                }
            }
        }
        if weights > 0.0 { sum.map(|value| value / weights) } else { self.border(middle) }
    }

    fn tent(&self, distance: f32) -> f32 {
        (1.0 - distance.abs() / self.reach).max(0.0)
    }

    fn color(&self, x: u32, y: u32) -> [f32; 3] {
        let alpha = self.photo.alpha_at(x, y);
        self.photo.rgb_at(x, y).map(|value| value.mul_add(alpha, 255.0 * (1.0 - alpha)))
    }

    /// The color of the nearest pixel.
    fn border(&self, pos: ImagePos) -> [f32; 3] {
        let Size { width, height } = self.photo.size();
        let nearest = |value: f32, count: u32| (value.max(0.0) as u32).min(count - 1);
        self.color(nearest(pos.x, width), nearest(pos.y, height))
    }
}

/// The pixels of `0..count` whose middles are within `around` of `middle`.
fn span(middle: f32, around: f32, count: u32) -> std::ops::Range<u32> {
    let first = (middle - around - 0.5).ceil().max(0.0) as u32;
    let end = (middle + around + 0.5).floor().max(0.0) as u32;
    first.min(count)..end.min(count)
}
