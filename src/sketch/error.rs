//! Why a drawing does not become a picture, each a sentence.

use thiserror::Error;

use crate::weights::WeightsError;

/// Why a drawing does not become a picture.
#[derive(Debug, Error)]
pub enum SketchError {
    /// No installed network has this theme.
    #[error("no theme is called \"{name}\" (there are: {known})")]
    UnknownTheme {
        /// What was asked for.
        name: String,
        /// Those that are installed, or that there is none.
        known: String,
    },
    /// A theme's weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The side does not suit the network.
    #[error("the network \"{network}\" paints pictures whose side is a multiple of {multiple}, not {side}")]
    Side {
        /// What was asked for.
        side: u32,
        /// What would suit.
        multiple: usize,
        /// The weights.
        network: String,
    },
    /// The network is for drawings, and was given a photo.
    #[error("the network \"{network}\" paints drawings, it does not change photos")]
    Photo {
        /// The weights.
        network: String,
    },
    /// The network gave what is no picture.
    #[error("the network \"{network}\" gave numbers that are none: its weights are damaged")]
    NotFinite {
        /// The weights.
        network: String,
    },
    /// The network failed.
    #[error("the network cannot be run: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}

impl SketchError {
    /// The key of its sentence in the text table.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::UnknownTheme { .. } => "error-unknown-theme",
            Self::Weights(_) => "error-model",
            Self::Side { .. } => "error-size-mismatch",
            Self::Photo { .. } | Self::NotFinite { .. } | Self::Compute(_) => "error-network",
        }
    }
}
