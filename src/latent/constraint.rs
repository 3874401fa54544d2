//! What a picture should satisfy: strokes and marks, rasterised to the side of a manifold's pictures.
//!
//! Sources: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, ECCV 2016, §4; its released program.

use crate::imaging::Plane;

/// One wish. All planes have the side of the manifold's pictures; masks are 0..1, colours -1..1 (red, green, blue), weights
/// at least 0. What has no pixel in the picture is allowed and constrains nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// These pixels have these colours. Where colour strokes lie over each other the later one counts.
    Color {
        /// Where.
        mask: Plane<f32>,
        /// Which colour, wherever the mask is above 0.
        color: Plane<[f32; 3]>,
        /// How much it counts beside others; 1 is usual.
        weight: f32,
    },
    /// Edges run here, or do not: where the mask is set and no ink is, the picture shall be flat. Ink of all sketches is
    /// read as one drawing, the later over the earlier.
    Edges {
        /// Where anything is said about edges.
        mask: Plane<f32>,
        /// 1 on the wanted edge, else 0.
        ink: Plane<f32>,
        /// How much it counts beside others; 1 is usual.
        weight: f32,
    },
    /// A square of a picture moves from here to there. What it leaves is free again: a [`Constraint::Keep`] counts there a
    /// quarter.
    Warp {
        /// The picture that it is cut out of.
        snapshot: Plane<[f32; 3]>,
        /// Centre of the square in the snapshot, in pixels; pixel 0 covers 0.0..1.0.
        from: [f32; 2],
        /// Where that centre shall be.
        to: [f32; 2],
        /// Side of the square in pixels.
        side: f32,
        /// How much it counts beside others; 1 is usual.
        weight: f32,
    },
    /// This region stays as it is in a picture.
    Keep {
        /// Where.
        mask: Plane<f32>,
        /// As what.
        picture: Plane<[f32; 3]>,
        /// How much it counts beside others; 1 is usual.
        weight: f32,
    },
}
