//! What a run tells while it goes on, and at its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::parameters::Tensors;
use super::trainee::Scalar;

/// How far a run is.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Steps done, of the whole run.
    pub step: u64,
    /// Steps of the whole run.
    pub steps: u64,
    /// Pictures a second, of late.
    pub images_per_second: f64,
    /// What is left at this pace; the time limit counts too.
    pub remaining: Duration,
    /// Losses of this step.
    pub scalars: &'a [Scalar],
}

/// Why a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// All steps are done.
    Complete,
    /// The time is over.
    TimeOver,
    /// Somebody asked it to stop.
    Stopped,
}

/// What a run leaves behind.
#[derive(Debug, serde::Serialize)]
pub struct Outcome {
    /// Why it ended.
    pub ended: Ended,
    /// Steps done, of the whole run.
    pub step: u64,
    /// Pictures seen, of the whole run.
    pub images: u64,
    /// Seconds of training, of the whole run.
    pub seconds: f64,
    /// Figures of the averaged generator at the end.
    pub measured: BTreeMap<String, f64>,
    /// Pictures that could not be decoded, with reasons.
    pub skipped: Vec<(String, String)>,
    /// The checkpoint to resume from.
    pub checkpoint: PathBuf,
    /// The side in pixels of their pictures, where the networks have not grown to the recipe's.
    pub grown_side: Option<usize>,
    /// The weights to ship.
    #[serde(skip)]
    pub weights: Tensors,
}

/// Hears how a run goes.
pub trait Observer {
    /// After each step.
    fn progress(&mut self, progress: &Progress<'_>);
    /// Something was written.
    fn wrote(&mut self, what: &str, path: &Path);
}
