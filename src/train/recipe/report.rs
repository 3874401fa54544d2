//! The table `report` of a recipe.

use clap::Args;
use serde::{Deserialize, Serialize};

/// What is written, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// Steps between two lines of losses
    #[arg(long, value_name = "N")]
    pub log_every: u64,
    /// Steps between two pictures of samples
    #[arg(long, value_name = "N")]
    pub sample_every: u64,
    /// Steps between two measurements on held-out pictures, which choose the best checkpoint
    #[arg(long, value_name = "N")]
    pub measure_every: u64,
    /// Minutes between two checkpoints
    #[arg(long, value_name = "M")]
    pub save_minutes: f64,
}

impl Default for Report {
    fn default() -> Self {
        Self { log_every: 10, sample_every: 500, measure_every: 500, save_minutes: 10.0 }
    }
}
