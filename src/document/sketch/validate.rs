//! The invariants of a sketch, checked where one comes from outside and after every action in tests.

use std::collections::BTreeSet;

use thiserror::Error;

use super::operations::{MAX_LAYERS, MAX_STROKES};
use super::{LayerId, Sketch, SketchResult, UnderDrawing};
use crate::imaging::ink::Mirror;
use crate::imaging::{ColorModel, Frame};

/// No picture that a network made is larger.
pub(in super::super) const MAX_RESULT_SIDE: u32 = 4096;

/// No picture under the paper has a longer side.
pub(in super::super) const MAX_UNDER_SIDE: u32 = 16_384;

/// Which invariant a sketch breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidSketch {
    /// There is at least one layer, and there are not more layers and strokes than a sketch holds.
    #[error("it has no layer, or more layers or strokes than a sketch holds")]
    Count,
    /// Names are unique and below the next one; the active layer exists.
    #[error("layer {} has a name that is taken or not yet given out, or is not there", .0.0)]
    Name(LayerId),
    /// Positions, sizes and settings of strokes are numbers in range.
    #[error("layer {} has a stroke with a setting that is out of range", .0.0)]
    Stroke(LayerId),
    /// Refinement, mirror and opacity are numbers in range.
    #[error("a setting of the sketch is out of range")]
    Setting,
    /// A result is a square of 8-bit colors.
    #[error("the picture that was made is no square of 8-bit colors")]
    Result,
    /// The picture under the paper has 8-bit colors.
    #[error("the picture under the paper has no pixel, or other than 8-bit colors")]
    UnderDrawing,
}

impl Sketch {
    /// Checks all invariants.
    ///
    /// # Errors
    /// The first one that is broken.
    pub fn validate(&self) -> Result<(), InvalidSketch> {
        if !(1..=MAX_LAYERS).contains(&self.layers.len()) || self.stroke_count() > MAX_STROKES {
            return Err(InvalidSketch::Count);
        }
        let mut names = BTreeSet::new();
        for layer in &self.layers {
            if layer.id.0 >= self.next_id || !names.insert(layer.id) {
                return Err(InvalidSketch::Name(layer.id));
            }
            if !layer.strokes().iter().all(|stroke| stroke.is_sound()) {
                return Err(InvalidSketch::Stroke(layer.id));
            }
        }
        if !names.contains(&self.active) {
            return Err(InvalidSketch::Name(self.active));
        }
        if !(0.0..=1.0).contains(&self.refinement) || !self.mirror.is_none_or(Mirror::is_sound) {
            return Err(InvalidSketch::Setting);
        }
        if !self.result.as_deref().is_none_or(SketchResult::is_sound) {
            return Err(InvalidSketch::Result);
        }
        if !self.under_drawing.as_ref().is_none_or(UnderDrawing::is_sound) {
            return Err(InvalidSketch::UnderDrawing);
        }
        Ok(())
    }
}

impl SketchResult {
    fn is_sound(&self) -> bool {
        let size = self.picture.size();
        size.width == size.height && is_colors(&self.picture, MAX_RESULT_SIDE)
    }
}

impl UnderDrawing {
    pub(super) fn is_sound(&self) -> bool {
        (0.0..=1.0).contains(&self.opacity) && is_colors(&self.picture, MAX_UNDER_SIDE)
    }
}

fn is_colors(picture: &Frame, most: u32) -> bool {
    let size = picture.size();
    let is_sized = (1..=most).contains(&size.width) && (1..=most).contains(&size.height);
    is_sized && picture.model() == ColorModel::Rgb && picture.bits() == 8
}
