//! The latent space of a generator: constraints, search, projection, point drag, interpolation, and carrying an edit back onto a photo.
//!
//! It knows [`crate::generators::manifold::Manifold`], tensors and pixels; never files, documents or widgets. Long work is a
//! [`crate::control::Stepper`].

pub mod constraint;
pub mod drag;
pub mod error;
pub mod frames;
pub mod interpolate;
pub mod lbfgs;
pub mod map;
pub mod objective;
pub mod path;
pub mod picture;
mod pixels;
pub mod playback;
pub mod project;
pub mod search;
pub mod space;
pub mod steer;
#[cfg(test)]
pub(crate) mod toy;
pub mod transfer;
mod wolfe;

pub use constraint::Constraint;
pub use drag::{DragJob, DragOptions, Dragged};
pub use error::LatentError;
pub use frames::{Frames, FramesJob, FramesUpdate, batch};
pub use interpolate::Interpolation;
pub use map::LatentMap;
pub use path::{Key, Path};
pub use picture::Picture;
pub use pixels::draw;
pub use playback::Playback;
pub use project::{Method, ProjectJob, ProjectOptions, Projection};
pub use search::{Budget, Candidate, SearchJob, SearchOptions, SearchPreview, SearchState, Verdict};
pub use space::{Latent, StyleSpace};
