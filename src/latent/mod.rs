//! The latent space of a generator: constraints, search, projection, interpolation, and carrying an edit back onto a photo.
//!
//! It knows [`crate::generators::manifold::Manifold`], tensors and pixels; never files, documents or widgets. Long work is a
//! [`crate::control::Stepper`].

pub mod constraint;
pub mod error;
pub mod picture;
pub mod search;
pub mod space;
pub mod transfer;

pub use constraint::Constraint;
pub use error::LatentError;
pub use picture::Picture;
pub use search::{Budget, Candidate, SearchJob, SearchOptions, SearchPreview, SearchState, Verdict};
pub use space::Latent;
