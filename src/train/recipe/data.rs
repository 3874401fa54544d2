//! The table `data` of a recipe.

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::imaging::holes::HoleMix;

/// Pictures and holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Least side of a crop as a share of the picture's shorter side, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub crop_from: f64,
    /// Largest side of a crop as a share of the picture's shorter side, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub crop_to: f64,
    /// Mirror every second picture
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub flip: bool,
    /// Pictures that are never trained on: samples and the choice of the best are made with them
    #[arg(long, value_name = "N")]
    pub held_out: usize,
    /// Kinds of holes and how often each is drawn
    #[arg(skip)]
    pub holes: HoleMix,
    /// Mebibytes of decoded pictures that are kept
    #[arg(long, value_name = "MIB")]
    pub cache_mib: usize,
    /// Threads that decode ahead
    #[arg(long, value_name = "N")]
    pub loaders: usize,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            crop_from: 0.7,
            crop_to: 1.0,
            flip: true,
            held_out: 32,
            holes: HoleMix::default(),
            cache_mib: 3072,
            loaders: 1,
        }
    }
}
