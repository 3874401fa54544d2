//! The latent space of a generator: constraints, search, projection, interpolation, and carrying an edit back onto a photo.
//!
//! It knows [`crate::generators::manifold::Manifold`], tensors and pixels; never files, documents or widgets. Long work is a
//! [`crate::control::Stepper`].

pub mod transfer;
