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
                let along = dx * self.cosine + dy * self.sine;
                let across = dy * self.cosine - dx * self.sine;
                let weight = self.tent(along) * self.tent(across);
                if weight > 0.0 {
                    let color = self.color(column, row);
                    sum = std::array::from_fn(|c| color[c] * weight + sum[c]);
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
        self.photo.rgb_at(x, y).map(|value| value * alpha + 255.0 * (1.0 - alpha))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
        let size = Size::new(width, height);
        let samples = (0..height).flat_map(|y| (0..width).flat_map(|x| color(x, y)).collect::<Vec<u8>>()).collect();
        Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap()
    }

    fn bytes(frame: &Frame) -> &[u8] {
        match frame.samples() {
            Samples::U8(samples) => samples,
            Samples::U16(_) => &[],
        }
    }

    fn wild(x: u32, y: u32) -> [u8; 3] {
        [(x * 37 + y * 11) as u8, (x * y) as u8, (x * 5) as u8]
    }

    #[test]
    fn whole_pixels_are_copied() {
        let photo = photo(20, 16, wild);
        let cut = cut(&photo, Place::upright(3.0, 5.0, 8.0), 8);
        assert_eq!(cut, photo.crop(crate::imaging::PixelRect::new(3, 5, 11, 13)), "bit for bit");
    }

    #[test]
    fn a_quarter_turn_moves_pixels_only() {
        let photo = photo(12, 12, wild);
        let quarter = Place { rotation: std::f32::consts::FRAC_PI_2, ..Place::middle(photo.size()) };
        let turned = cut(&photo, quarter, 12);
        for (x, y) in [(0, 0), (11, 0), (3, 7), (5, 11)] {
            // Right in the square is down in the photo.
            assert_eq!(turned.rgb_at(x, y), photo.rgb_at(11 - y, x), "pixel {x}, {y}");
        }
    }

    #[test]
    fn shrinking_is_as_by_other_means() {
        let photo = photo(61, 61, wild);
        let ours = cut(&photo, Place::middle(photo.size()), 16);
        let image = image::RgbImage::from_raw(61, 61, bytes(&photo).to_vec()).unwrap();
        let theirs = image::imageops::resize(&image, 16, 16, image::imageops::FilterType::Triangle);
        let worst = bytes(&ours).iter().zip(theirs.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(2), "off by {worst:?}");
    }

    #[test]
    fn fine_stripes_become_grey_at_any_angle() {
        let photo = photo(400, 400, |x, _| if x % 2 == 0 { [255; 3] } else { [0; 3] });
        for rotation in [0.0, 0.3, 0.785, 2.0] {
            let place = Place { center: ImagePos::new(200.0, 200.0), side: 240.0, rotation };
            let cut = cut(&photo, place, 24);
            assert!(bytes(&cut).iter().all(|value| value.abs_diff(128) < 16), "turned by {rotation}");
        }
    }

    #[test]
    fn a_ramp_stays_a_ramp_when_enlarged_and_turned() {
        let photo = photo(64, 64, |x, y| [(x * 2) as u8, (y * 2) as u8, 100]);
        let place = Place { center: ImagePos::new(32.0, 32.0), side: 16.0, rotation: 0.5 };
        let cut = cut(&photo, place, 48);
        for (x, y) in [(0, 0), (47, 0), (20, 33), (47, 47)] {
            let unit = ImagePos::new((x as f32 + 0.5) / 48.0, (y as f32 + 0.5) / 48.0);
            let pos = place.photo_from_unit(unit);
            let (wanted, got) = ([2.0 * pos.x - 1.0, 2.0 * pos.y - 1.0, 100.0], cut.rgb_at(x, y));
            let worst = wanted.iter().zip(got).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 2.0, "{got:?} for {wanted:?} at {x}, {y}");
        }
    }

    #[test]
    fn beyond_the_photo_the_border_goes_on() {
        let photo = photo(8, 8, |x, _| if x < 4 { [10, 20, 30] } else { [200, 100, 50] });
        let cut = cut(&photo, Place::upright(-20.0, -20.0, 48.0), 12);
        assert_eq!((cut.rgb_at(0, 0), cut.rgb_at(11, 6)), ([10.0, 20.0, 30.0], [200.0, 100.0, 50.0]), "both sides");
        let clear = Frame::new(Size::new(1, 1), ColorModel::Rgba, Samples::U8(vec![10, 20, 30, 0])).unwrap();
        let white = super::cut(&clear, Place::middle(clear.size()), 2);
        assert_eq!(bytes(&white), [255; 12], "what is transparent is white");
        let unsound = super::cut(&photo, Place { side: f32::NAN, ..Place::middle(photo.size()) }, 2);
        assert_eq!(bytes(&unsound), [0; 12], "a place that is none");
    }
}
