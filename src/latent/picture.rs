//! Pictures of a manifold as bytes: what is shown and written.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};
use rayon::prelude::*;

/// A square picture of 8-bit RGB, row by row. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    side: usize,
    rgb: Arc<[u8]>,
}

impl Picture {
    /// Wraps `rgb`, three bytes for each of `side * side` pixels; `None` when the count is another.
    #[must_use]
    pub fn new(side: usize, rgb: impl Into<Arc<[u8]>>) -> Option<Self> {
        let rgb = rgb.into();
        (rgb.len() == 3 * side * side).then_some(Self { side, rgb })
    }

    /// Height and width in pixels.
    #[must_use]
    pub const fn side(&self) -> usize {
        self.side
    }

    /// All bytes, row by row, red first.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Pictures `[n, 3, side, side]` in -1..1, rounded to 0..255.
    ///
    /// # Errors
    /// When the tensor has another shape or cannot be read.
    pub fn all_of(pictures: &Tensor) -> Result<Vec<Self>> {
        let (_, channels, side, width) = pictures.dims4()?;
        if channels != 3 || side != width {
            candle_core::bail!("pictures of {:?} are not [n, 3, side, side]", pictures.dims());
        }
        let values =
            pictures.detach().to_device(&Device::Cpu)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
        let area = side * side;
        Ok(values.par_chunks(3 * area).map(|planes| Self { side, rgb: interleaved(planes, area) }).collect())
    }

    /// The picture as a tensor `[1, 3, side, side]` in -1..1 on the CPU.
    ///
    /// # Errors
    /// When candle cannot make the tensor.
    pub fn to_tensor(&self) -> Result<Tensor> {
        let area = self.side * self.side;
        let planes: Vec<f32> =
            (0..3 * area).map(|at| f32::from(self.rgb[at % area * 3 + at / area]) / 127.5 - 1.0).collect();
        Tensor::from_vec(planes, (1, 3, self.side, self.side), &Device::Cpu)
    }
}

fn interleaved(planes: &[f32], area: usize) -> Arc<[u8]> {
    (0..3 * area).map(|at| byte_of(planes[at % 3 * area + at / 3])).collect()
}

/// -1..1 to 0..255, rounded; what is no number becomes 0.
fn byte_of(value: f32) -> u8 {
    (value * 127.5 + 128.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_way_through_a_tensor() {
        let rgb: Vec<u8> = (0..3 * 16 * 16).map(|at| (at % 256) as u8).collect();
        let picture = Picture::new(16, rgb).unwrap();
        assert_eq!(
            Picture::all_of(&picture.to_tensor().unwrap()).unwrap(),
            std::slice::from_ref(&picture),
            "the same bytes"
        );
        assert_eq!(Picture::new(15, picture.rgb()), None, "the count must fit");
    }

    #[test]
    fn values_outside_of_the_range_are_cut() {
        assert_eq!([-1.0, -3.0, 0.0, 1.0, 9.0, f32::NAN].map(byte_of), [0, 0, 128, 255, 255, 0], "ends and middle");
    }
}
