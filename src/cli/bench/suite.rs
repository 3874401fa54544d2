//! What can be timed in one go.

use clap::ValueEnum;
use serde::Serialize;

/// What `bench` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Suite {
    // Single convolutions.
    Conv,
    // Whole generators.
    Net,
    // Searches in latent spaces.
    Explore,
    // Drawings that become pictures.
    Sketch,
    // Frames of style-based generators.
    Stylegan,
    // Convolutions and generators.
    All,
}
