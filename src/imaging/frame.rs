//! A picture's samples exactly as decoded: 8 or 16 bit, grey or colour, with or without alpha.

use std::sync::Arc;

use super::{PixelRect, Size};

/// Which channels a pixel has, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ColorModel {
    /// Luminance.
    Gray,
    /// Luminance, alpha (straight, not premultiplied).
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha (straight, not premultiplied).
    Rgba,
}

impl ColorModel {
    /// Samples a pixel, alpha included.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Samples a pixel without alpha.
    #[must_use]
    pub const fn color_channels(self) -> usize {
        match self {
            Self::Gray | Self::GrayAlpha => 1,
            Self::Rgb | Self::Rgba => 3,
        }
    }

    /// Whether the last channel is alpha.
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}

/// The samples of a [`Frame`], interleaved in row order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// 0..=255.
    U8(Vec<u8>),
    /// 0..=65535.
    U16(Vec<u16>),
}

impl Samples {
    /// The number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
        }
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A picture at the depth it was decoded in. Cheap to clone; the samples are shared and copied only when changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    size: Size,
    model: ColorModel,
    samples: Arc<Samples>,
}

impl Frame {
    /// Wraps samples; `None` unless there are `size.area() * model.channels()` of them.
    #[must_use]
    pub fn new(size: Size, model: ColorModel, samples: Samples) -> Option<Self> {
        (samples.len() == size.area() * model.channels()).then(|| Self { size, model, samples: Arc::new(samples) })
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Which channels a pixel has.
    #[must_use]
    pub const fn model(&self) -> ColorModel {
        self.model
    }

    /// The interleaved samples.
    #[must_use]
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The interleaved samples, to be changed; copied first when another frame shares them.
    #[must_use]
    pub fn samples_mut(&mut self) -> &mut Samples {
        Arc::make_mut(&mut self.samples)
    }

    /// Whether both share the same memory.
    #[must_use]
    pub fn is_same_buffer(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.samples, &other.samples)
    }

    /// Whether another frame shares its memory.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.samples) > 1
    }

    /// 8 or 16.
    #[must_use]
    pub fn bits(&self) -> u32 {
        match *self.samples {
            Samples::U8(_) => 8,
            Samples::U16(_) => 16,
        }
    }

    /// The bytes the samples take in memory.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.samples.len() * self.bits() as usize / 8
    }

    /// The colour of pixel `(x, y)` (which must be inside) as three values on the 8-bit scale 0..=255; grey is
    /// repeated, alpha left out. 16-bit samples keep their fraction, so nothing is lost to an algorithm in `f32`.
    #[must_use]
    #[inline]
    pub fn rgb_at(&self, x: u32, y: u32) -> [f32; 3] {
        let channels = self.model.channels();
        let at = (y as usize * self.size.width as usize + x as usize) * channels;
        let color = self.model.color_channels();
        let pick = |c: usize| at + c.min(color - 1);
        match &*self.samples {
            Samples::U8(v) => [0, 1, 2].map(|c| f32::from(v[pick(c)])),
            Samples::U16(v) => [0, 1, 2].map(|c| f32::from(v[pick(c)]) * (255.0 / 65535.0)),
        }
    }

    /// The alpha of pixel `(x, y)` (which must be inside) on the scale 0..=1; 1 where there is no alpha channel.
    #[must_use]
    #[inline]
    pub fn alpha_at(&self, x: u32, y: u32) -> f32 {
        if !self.model.has_alpha() {
            return 1.0;
        }
        let channels = self.model.channels();
        let at = (y as usize * self.size.width as usize + x as usize) * channels + channels - 1;
        match &*self.samples {
            Samples::U8(v) => f32::from(v[at]) / 255.0,
            Samples::U16(v) => f32::from(v[at]) / 65535.0,
        }
    }

    /// A copy of the part inside `rect`, which is clipped to the frame first.
    #[must_use]
    pub fn crop(&self, rect: PixelRect) -> Self {
        let rect = rect.intersect(self.size.rect());
        let samples = match &*self.samples {
            Samples::U8(v) => Samples::U8(crop_samples(v, self.size, self.model.channels(), rect)),
            Samples::U16(v) => Samples::U16(crop_samples(v, self.size, self.model.channels(), rect)),
        };
        Self { size: rect.size(), model: self.model, samples: Arc::new(samples) }
    }
}

fn crop_samples<T: Copy>(samples: &[T], size: Size, channels: usize, rect: PixelRect) -> Vec<T> {
    let mut out = Vec::with_capacity(rect.size().area() * channels);
    let row_len = rect.width() as usize * channels;
    for y in rect.y0..rect.y1 {
        let start = (y as usize * size.width as usize + rect.x0 as usize) * channels;
        out.extend_from_slice(&samples[start..start + row_len]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_is_clipped_and_keeps_its_samples() {
        let samples = (0..24).collect();
        let frame = Frame::new(Size::new(4, 2), ColorModel::Rgb, Samples::U8(samples)).unwrap();
        let crop = frame.crop(PixelRect::new(2, 1, 9, 9));
        assert_eq!(crop.size(), Size::new(2, 1), "clipped to the frame");
        assert_eq!(crop.samples(), &Samples::U8(vec![18, 19, 20, 21, 22, 23]), "the last two pixels");
    }

    #[test]
    fn a_wrong_number_of_samples_is_refused() {
        assert!(Frame::new(Size::new(2, 2), ColorModel::Rgb, Samples::U8(vec![0; 11])).is_none(), "one short");
    }
}
