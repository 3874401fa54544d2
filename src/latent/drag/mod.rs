//! Point drag: handles on the picture of a style-based generator are drawn to their targets.
//!
//! Pan et al., Drag Your GAN: Interactive Point-based Manipulation on the Generative Image Manifold, SIGGRAPH 2023, section 3:
//! the features around a handle `p` are asked for one pixel nearer to its target (motion supervision),
//!
//! ```text
//! sum over handles  mean over q within r1 of p  | F(q) - F(q + d) |  +  lambda · mean | (F - F0)(1 - M) |
//! ```
//!
//! with `d` the unit vector to the target, `F(q)` held still and `M` the movable region; then the handle is looked for again where
//! the features are most like those that it had at the beginning, within `r2` (point tracking). Only the first layers' styles
//! move. The features stand where a layer has them; between its places they are interpolated, as if they had been resized to
//! the picture.

mod adam;
mod error;
mod features;
mod job;
mod options;
mod random;
#[cfg(test)]
mod tests;
mod watch;

pub use error::DragError;
pub use job::{DragJob, DragUpdate, Dragged};
pub use options::DragOptions;
pub use random::random_pair;
pub use watch::Ending;

/// A place on the picture and where what is there belongs. Both in pixels of the picture; pixel 0 covers 0.0..1.0.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Pair {
    /// What is taken hold of.
    pub handle: [f32; 2],
    /// Where it shall come.
    pub target: [f32; 2],
}

/// Where a handle has come to.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct DragPoint {
    /// Where it is now, in pixels of the picture.
    pub at: [f32; 2],
    /// Where it shall come.
    pub target: [f32; 2],
    /// Between the two, in pixels.
    pub distance: f32,
}
