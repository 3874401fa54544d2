//! What can go wrong in a latent space, each a sentence.

use thiserror::Error;

/// Why a job in a latent space has no result.
#[derive(Debug, Error)]
pub enum LatentError {
    /// A plane of a constraint is not as large as the model's pictures.
    #[error("constraint {number} is {width} x {height} pixels, but the model's pictures are {side} x {side}")]
    WrongSize {
        /// From 1.
        number: usize,
        /// Of the plane.
        width: u32,
        /// Of the plane.
        height: u32,
        /// Of the model's pictures.
        side: usize,
    },
    /// A constraint holds what is no number, or a weight below 0.
    #[error("constraint {number} cannot be used: its {what} must be {wanted}")]
    OutOfRange {
        /// From 1.
        number: usize,
        /// Which value.
        what: &'static str,
        /// What is allowed.
        wanted: &'static str,
    },
    /// A latent of another model.
    #[error("the latent has {given} numbers, but the model's latents have {wanted}")]
    WrongLatent {
        /// Of this latent.
        given: usize,
        /// Of the model's latents.
        wanted: usize,
    },
    /// An option that no search can follow.
    #[error("the search cannot run: {why}")]
    Options {
        /// What is wrong with which option.
        why: &'static str,
    },
    /// All candidates gave values that are no numbers.
    #[error(
        "none of the {count} candidates gave a picture: the model's numbers are not finite (try another seed or model)"
    )]
    NothingFinite {
        /// Candidates that were dropped.
        count: usize,
    },
    /// The network failed.
    #[error("the model cannot be run: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}
