//! A file's drawing or photo, on its way to a network: what the command line and the server share.

use std::sync::Arc;

use super::{Loaded, Painted, Seen, SketchError, paint, paint_as_is, translate};
use crate::generators::sketcher::Variation;
use crate::imaging::drawing::{Drawing, digest_of, lines_of};
use crate::imaging::edges::Refinement;
use crate::imaging::ink::{Stroke, mix, raster_hints, raster_layers};
use crate::imaging::{Frame, Plane};

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Given(Drawing);

/// What a network is shown of it.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Lines and colors.
    Drawing(Box<Seen>),
    /// The picture itself, for networks that change photos.
    Photo {
        /// 8-bit RGB of any shape.
        photo: Frame,
        /// Pixels on the longer side of what becomes of it.
        side: u32,
    },
    /// The picture itself, whatever the network is for: nothing is drawn anew or resized.
    AsIs(Frame),
}

impl From<Drawing> for Given {
    fn from(drawing: Drawing) -> Self {
        Self(drawing)
    }
}

impl Given {
    /// What `loaded` is shown at `side` pixels.
    #[must_use]
    pub fn shown(&self, loaded: &Loaded, side: u32, refinement: Refinement) -> Shown {
        match &self.0 {
            Drawing::Picture { picture, .. } if !loaded.sketcher.inputs().is_for_ink => {
                Shown::Photo { photo: picture.clone(), side }
            }
            Drawing::Picture { ink, .. } => Shown::Drawing(Box::new(Seen::new(ink, side, refinement, None))),
            Drawing::Strokes { strokes, .. } => {
                let hints = raster_hints(&[strokes], side);
                Shown::Drawing(Box::new(Seen::new(&self.ink(side), side, refinement, hints)))
            }
        }
    }

    /// The picture; `None` of strokes.
    #[must_use]
    pub const fn picture(&self) -> Option<&Frame> {
        match &self.0 {
            Drawing::Picture { picture, .. } => Some(picture),
            Drawing::Strokes { .. } => None,
        }
    }

    /// The ink as it was drawn, 1 is ink: of strokes at `side` pixels, of a picture at its own. What silhouettes are cut by.
    #[must_use]
    pub fn ink(&self, side: u32) -> Plane<f32> {
        match &self.0 {
            Drawing::Strokes { strokes, .. } => raster_layers(&[strokes], side),
            Drawing::Picture { ink, .. } => ink.clone(),
        }
    }

    /// The strokes, or the lines of the picture.
    #[must_use]
    pub fn strokes(&self) -> Vec<Arc<Stroke>> {
        match &self.0 {
            Drawing::Strokes { strokes, .. } => strokes.clone(),
            Drawing::Picture { ink, .. } => lines_of(ink),
        }
    }

    /// Whether it is a photo rather than a drawing.
    #[must_use]
    pub const fn is_photo(&self) -> bool {
        matches!(self.0, Drawing::Picture { is_photo: true, .. })
    }
}

impl Shown {
    /// Whether there is nothing to paint.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.seen().is_some_and(Seen::is_blank)
    }

    /// What is seen of lines; nothing of a photo.
    #[must_use]
    pub fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Drawing(seen) => Some(seen),
            Self::Photo { .. } | Self::AsIs(_) => None,
        }
    }

    /// Whether nearly all of the paper is ink.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.seen().is_some_and(Seen::is_crowded)
    }

    /// Tells it from what would look otherwise to a network: what has one digest gives one picture.
    #[must_use]
    pub fn digest(&self) -> u64 {
        match self {
            Self::Drawing(seen) => seen.digest(),
            Self::Photo { photo, side } => mix(digest_of(photo), u64::from(*side)),
            Self::AsIs(picture) => mix(digest_of(picture), 0),
        }
    }

    /// The picture of it.
    ///
    /// # Errors
    /// As [`paint()`] and [`translate`].
    pub fn paint(&self, loaded: &Loaded, variation: Variation) -> Result<Painted, SketchError> {
        match self {
            Self::Drawing(seen) => paint(loaded, seen, variation),
            Self::Photo { photo, side } => translate(loaded, photo, *side, variation),
            Self::AsIs(picture) => paint_as_is(loaded, picture, variation),
        }
    }
}
