//! What can be measured of a generator without an opinion of a person: how even its space is, what its styles, its truncation
//! and its noise do, how well what is seen can be told from a latent by a plane.
//!
//! Karras et al., A Style-Based Generator Architecture for Generative Adversarial Networks, CVPR 2019, sections 3.2, 4.1, 4.2 and
//! appendix B. All are [`crate::control::Stepper`]s that draw a few pictures a step. Distances between pictures are those of a
//! [`Lens`], whose name stands beside every figure.

mod classifier;
mod error;
mod frechet;
mod lens;
mod mixing;
mod noise;
mod painter;
mod path_length;
mod separability;
mod statistics;
#[cfg(test)]
mod tests;
mod truncation;

pub use error::MeasureError;
pub use frechet::{Frechet, FrechetJob};
pub use lens::Lens;
pub use mixing::{Mixing, MixingJob};
pub use noise::{NoiseJob, NoiseShare};
pub use path_length::{PathLength, PathLengthJob, PathOptions, PathSpace, Sampling};
pub use separability::{Attribute, Labelled, Separability, SeparabilityJob};
pub use statistics::Interval;
pub use truncation::{Truncation, TruncationJob, TruncationPoint};

use crate::control::Progress;

/// How far a measurement is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureUpdate {
    /// How far.
    pub progress: Progress,
}
