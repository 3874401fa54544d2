//! Drawings by hand where the best checkpoint is chosen: there is no truth to compare with, but their lines should be met.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};

use crate::eval::sketch::{HandDrawings, agreement, ink_of};
use crate::generators::pix2pix::Painter;
use crate::generators::sketcher::{Sketcher as _, Variation};
use crate::imaging::edges::Refinement;
use crate::imaging::{Plane, Size};

/// How much a hand is forgiven: as in the middle of the slider.
const FORGIVEN: f32 = 0.5;

/// Ink as the painter sees it, and as it was drawn.
pub(super) struct Hand {
    side: usize,
    inks: Vec<(Plane<f32>, Plane<f32>)>,
}

impl Hand {
    /// The drawings of the file at `path` on paper of `side` pixels.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(path: &Path, side: usize) -> Result<Self> {
        let refuse = |reason: &str| {
            candle_core::Error::msg(format!("the drawings by hand cannot be read ({reason}): {}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(&error.to_string()))?;
        let file = HandDrawings::parse(&text).map_err(|reason| refuse(&reason))?;
        let inks = file.lines(side).map(|lines| {
            let ink = |level| ink_of(&lines, side, Refinement::new(level));
            (ink(FORGIVEN), ink(0.0))
        });
        Ok(Self { side, inks: inks.collect() })
    }

    /// How drawings and pictures agree, 0..=1: the mean over all of them.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn agreement(&self, painter: &Painter, device: &Device) -> Result<f64> {
        let mut sum = 0.0;
        for (seen, drawn) in &self.inks {
            let ink = Tensor::from_slice(seen.data(), (1, 1, self.side, self.side), device)?;
            let picture =
                painter.paint(&ink, None, Variation::Steady)?.to_dtype(DType::F32)?.to_device(&Device::Cpu)?;
            let values = picture.get(0)?.flatten_from(1)?.to_vec2::<f32>()?;
            sum += agreement(drawn, &planes(values, self.side)).map_err(candle_core::Error::wrap)?.f;
        }
        Ok(sum / self.inks.len().max(1) as f64)
    }
}

/// Three planes of values in -1..1, as planes in 0..1.
fn planes(values: Vec<Vec<f32>>, side: usize) -> [Plane<f32>; 3] {
    let size = Size::new(side as u32, side as u32);
    let mut values = values.into_iter();
    [(); 3].map(|()| {
        let channel = values.next().unwrap_or_default().iter().map(|value| 0.5 * (value + 1.0)).collect();
        Plane::from_vec(size, channel).unwrap_or_else(|| Plane::filled(size, 0.0))
    })
}
