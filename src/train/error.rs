//! What can go wrong in training: each a sentence.

use std::path::PathBuf;

use thiserror::Error;

use crate::imaging::io::PhotoError;

/// Why a run cannot start or go on.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The recipe is not there or not text.
    #[error("the recipe cannot be read: {reason}: {}", path.display())]
    Unreadable {
        /// The recipe.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The recipe is no recipe.
    #[error("the recipe is not understood: {reason}: {}", path.display())]
    Recipe {
        /// The recipe.
        path: PathBuf,
        /// Key and place.
        reason: String,
    },
    /// A value makes no sense.
    #[error("the recipe cannot be trained: {reason}")]
    Values {
        /// Which, and what it must be.
        reason: String,
    },
    /// The data cannot be read.
    #[error("the data cannot be read: {reason}: {}", path.display())]
    Data {
        /// Folder or archive.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Not enough pictures.
    #[error("{found} pictures were found and {wanted} are needed ({held_out} of them held out): add pictures or lower data.held_out: {}", path.display())]
    TooFew {
        /// Folder or archive.
        path: PathBuf,
        /// Pictures there.
        found: usize,
        /// Pictures needed.
        wanted: usize,
        /// Of these for samples.
        held_out: usize,
    },
    /// Every picture of the data is broken.
    #[error("none of the pictures can be decoded; the first failure: {reason}")]
    AllBroken {
        /// Of the first.
        reason: String,
    },
    /// A loss is no number.
    #[error("the loss {loss} is {value} at step {step}: training has stopped and the last good checkpoint is kept: {}", checkpoint.display())]
    NotFinite {
        /// Which loss.
        loss: String,
        /// NaN or infinity.
        value: f64,
        /// When.
        step: u64,
        /// What to resume from, with another seed or lower rates.
        checkpoint: PathBuf,
    },
    /// The folder holds another run.
    #[error("the folder already holds a run: add --resume to go on with it, or name another folder: {}", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// The run would learn from its own samples.
    #[error("the run's folder lies among the pictures and would be learnt from: name one outside of them: {}", path.display())]
    RunAmongData {
        /// The run's folder.
        path: PathBuf,
    },
    /// There is nothing to resume.
    #[error("there is no checkpoint to resume from: leave --resume out to start anew: {}", path.display())]
    NoCheckpoint {
        /// The folder.
        path: PathBuf,
    },
    /// A checkpoint does not belong to this recipe.
    #[error("the checkpoint does not fit the recipe: {reason}: {}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] PhotoError),
    /// A step failed; a convolution refuses values that are no numbers, so most runs that diverge end here.
    #[error("training has stopped at step {step} ({reason}); what was saved before is kept: {}", kept.display())]
    StepFailed {
        /// When.
        step: u64,
        /// candle's first line.
        reason: String,
        /// The last good checkpoint, or the run's folder where there is none yet.
        kept: PathBuf,
    },
    /// The computation failed.
    #[error("training failed at step {step}: {reason}")]
    Compute {
        /// When.
        step: u64,
        /// candle's first line.
        reason: String,
    },
}

impl From<candle_core::Error> for TrainError {
    fn from(error: candle_core::Error) -> Self {
        Self::at_step(0, &error)
    }
}

impl TrainError {
    /// candle's error with the step in which it came; a backtrace is left out.
    pub(super) fn at_step(step: u64, error: &candle_core::Error) -> Self {
        let reason = error.to_string().lines().next().unwrap_or("no reason given").to_owned();
        Self::Compute { step, reason }
    }
}
