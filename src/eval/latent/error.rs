//! What can go wrong when a generator is measured, each a sentence.

use thiserror::Error;

use super::super::EvalError;

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// The generator shows nothing of its inside.
    #[error("this model has no styles: {what} can be measured of style-based generators only")]
    NoStyles {
        /// What was to be measured.
        what: &'static str,
    },
    /// The generator adds no noise.
    #[error("this model adds no noise")]
    NoNoise,
    /// There is nothing to compare pictures by.
    #[error("pictures cannot be compared: the model has no discriminator, so name a feature trunk")]
    NoLens,
    /// The middle of a picture is not what a discriminator looks at.
    #[error("a discriminator looks at whole pictures only: a crop needs a feature trunk")]
    NoCrop,
    /// Too little was asked for.
    #[error("{given} {what} are too few: at least {least}")]
    TooFew {
        /// Of what.
        what: &'static str,
        /// Asked for or there.
        given: usize,
        /// Needed.
        least: usize,
    },
    /// The labels are no labels.
    #[error("the labelled pictures cannot be used: {why}")]
    Labels {
        /// What is wrong with them.
        why: String,
    },
    /// The classifier learned nothing.
    #[error(
        "no label can be told from the pictures (the best classifier is right in {best:.0} of 100 cases that it has not seen)"
    )]
    Untold {
        /// Percent.
        best: f64,
    },
    /// Numbers of the model became none.
    #[error("the model's numbers are not finite")]
    NotFinite,
    /// The trunk cannot be used.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// The network failed.
    #[error("the model cannot be run: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}
