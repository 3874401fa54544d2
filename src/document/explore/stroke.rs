//! Strokes: what a person asks of the picture, as it was drawn.

use serde::{Deserialize, Serialize};

use crate::imaging::Frame;

/// Names one stroke for as long as its exploration lives, in every snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StrokeId(pub u64);

/// A position on the manifold's picture in fractions of its side; (0, 0) is the top left corner of the first pixel.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct PicturePos {
    /// To the right, 0..=1 inside of the picture.
    pub x: f32,
    /// Down, 0..=1 inside of the picture.
    pub y: f32,
}

impl PicturePos {
    /// The position `(x, y)`.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Whether both numbers are finite and not far outside of the picture.
    #[must_use]
    pub fn is_near(self) -> bool {
        let near = -Self::MARGIN..=1.0 + Self::MARGIN;
        near.contains(&self.x) && near.contains(&self.y)
    }

    /// How far outside of the picture a position may lie, in sides.
    pub const MARGIN: f32 = 4.0;
}

/// What a stroke asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum StrokeTool {
    /// This color here.
    Color {
        /// sRGB.
        rgb: [u8; 3],
    },
    /// An edge here, or none.
    Sketch {
        /// Whether an edge is wanted rather than its absence.
        is_edge: bool,
    },
    /// The square of side [`Stroke::width`] around `from` belongs around `to`.
    Warp {
        /// The centre of the square where it was picked up.
        from: PicturePos,
        /// Where its centre belongs.
        to: PicturePos,
        /// The picture when it was picked up: square, 8-bit RGB.
        snapshot: Frame,
    },
    /// This region stays as it is.
    Keep {
        /// The picture when the stroke was made: square, 8-bit RGB.
        snapshot: Frame,
    },
    /// What is at `from` is dragged to `to` when a drag is started; searches know nothing of it.
    Drag {
        /// The handle.
        from: PicturePos,
        /// Its target.
        to: PicturePos,
    },
    /// Where a drag may change the picture; without such a stroke it may everywhere.
    Movable,
}

impl StrokeTool {
    /// The picture that belongs to it.
    #[must_use]
    pub const fn snapshot(&self) -> Option<&Frame> {
        match self {
            Self::Warp { snapshot, .. } | Self::Keep { snapshot } => Some(snapshot),
            Self::Color { .. } | Self::Sketch { .. } | Self::Drag { .. } | Self::Movable => None,
        }
    }

    /// Whether a search follows it, rather than a drag.
    #[must_use]
    pub const fn is_searched(&self) -> bool {
        !matches!(self, Self::Drag { .. } | Self::Movable)
    }
}

/// One thing that is asked of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Stable name.
    pub id: StrokeId,
    /// What is asked for.
    pub tool: StrokeTool,
    /// Where the pointer went; empty for a warp and for a pair of points.
    pub points: Vec<PicturePos>,
    /// The brush's diameter, or the side of a warp's square, as a fraction of the picture's side: over 0, at most 1.
    pub width: f32,
    /// How much it counts, 0..=[`Stroke::MAX_WEIGHT`]; 1 is usual.
    pub weight: f32,
    /// Hidden strokes are neither drawn nor asked for.
    pub is_visible: bool,
}

impl Stroke {
    /// No stroke counts more.
    pub const MAX_WEIGHT: f32 = 100.0;

    /// Whether a search has anything to ask for: it is visible, weighs something, and has a point or a way to go.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let is_complete = match &self.tool {
            StrokeTool::Warp { from, to, .. } => from != to,
            StrokeTool::Color { .. } | StrokeTool::Sketch { .. } | StrokeTool::Keep { .. } => !self.points.is_empty(),
            StrokeTool::Drag { .. } | StrokeTool::Movable => false,
        };
        self.is_visible && self.weight > 0.0 && is_complete
    }
}
