//! A run's whole state in one file: written completely or not at all, the last two and the best are kept.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::error::TrainError;
use super::parameters::Tensors;
use crate::imaging::io::write_atomic;

const FOLDER: &str = "checkpoints";
const BEST: &str = "best.safetensors";
/// Where the folder of a run has the state that measured best on held-out pictures, once there was a measurement.
#[must_use]
pub fn best_checkpoint(run: &Path) -> PathBuf {
    run.join(FOLDER).join(BEST)
}

/// Checkpoints kept beside the best one.
const KEPT: usize = 2;
/// The key of the header under which the state stands.
const KEY: &str = "pentimento";

/// What of a run is not a tensor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Steps done; the next batch is the one of this number.
    pub step: u64,
    /// What must be the same for a checkpoint to fit: family and sizes.
    pub architecture: String,
    /// Seconds of training so far.
    pub seconds: f64,
    /// The best held-out score so far, as bits.
    pub best: Option<u64>,
    /// Numbers by name, as bits: decimal text would not give the same number back.
    pub numbers: BTreeMap<String, u64>,
}

impl State {
    /// Keeps a number.
    pub fn set(&mut self, name: &str, value: f64) {
        self.numbers.insert(name.to_owned(), value.to_bits());
    }

    /// A number that was kept.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn get(&self, name: &str) -> candle_core::Result<f64> {
        match self.numbers.get(name) {
            Some(bits) => Ok(f64::from_bits(*bits)),
            None => candle_core::bail!("the number {name} is missing"),
        }
    }
}

/// The checkpoints of one run.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// Those under `run`, which need not exist.
    #[must_use]
    pub(super) fn of(run: &Path) -> Self {
        Self { folder: run.join(FOLDER) }
    }

    /// Files with their steps, the oldest first. The best one is not among them.
    #[must_use]
    pub(super) fn list(&self) -> Vec<(u64, PathBuf)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut found: Vec<(u64, PathBuf)> =
            entries.filter_map(|entry| Some((step_of(&entry.path())?, entry.path()))).collect();
        found.sort();
        found
    }

    /// The newest one.
    #[must_use]
    pub(super) fn last(&self) -> Option<PathBuf> {
        self.list().pop().map(|(_, path)| path)
    }

    /// Writes one, marks it as the best if it is, and removes those that are no longer needed.
    ///
    /// # Errors
    /// When it cannot be written; what was there stays.
    pub(super) fn save(&self, state: &State, tensors: &Tensors, is_best: bool) -> Result<PathBuf, TrainError> {
        fs::create_dir_all(&self.folder).map_err(|error| TrainError::Data {
            path: self.folder.clone(),
            reason: format!("the folder cannot be made ({error})"),
        })?;
        let path = self.folder.join(format!("step-{:09}.safetensors", state.step));
        let json = serde_json::to_string(state)
            .map_err(|error| TrainError::Checkpoint { path: path.clone(), reason: error.to_string() })?;
        let metadata = HashMap::from([(KEY.to_owned(), json)]);
        let bytes =
            safetensors::serialize(tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)), Some(metadata))
                .map_err(|error| TrainError::Checkpoint { path: path.clone(), reason: error.to_string() })?;
        write_atomic(&path, &bytes)?;
        if is_best {
            self.mark_best(&path, &bytes)?;
        }
        let list = self.list();
        for (_, old) in list.iter().take(list.len().saturating_sub(KEPT)) {
            // A file too many is no failure.
            fs::remove_file(old).ok();
        }
        Ok(path)
    }

    /// A second name for the same file where the file system can, else a copy.
    fn mark_best(&self, path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
        let (best, new) = (self.folder.join(BEST), self.folder.join("best.new"));
        fs::remove_file(&new).ok();
        if fs::hard_link(path, &new).and_then(|()| fs::rename(&new, &best)).is_err() {
            write_atomic(&best, bytes)?;
        }
        Ok(())
    }
}

fn step_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok()
}

/// Reads a checkpoint.
///
/// # Errors
/// When the file is broken or is no checkpoint.
pub(super) fn read(path: &Path) -> Result<(State, Tensors), TrainError> {
    let fail = |reason: String| TrainError::Checkpoint { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(|error| fail(error.to_string()))?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| fail(error.to_string()))?;
    let json = metadata.metadata().as_ref().and_then(|words| words.get(KEY));
    let json = json.ok_or_else(|| fail("it holds weights but no state of a run".to_owned()))?;
    let state = serde_json::from_str(json).map_err(|error| fail(error.to_string()))?;
    let tensors: HashMap<String, Tensor> = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)
        .map_err(|error| fail(error.to_string().lines().next().unwrap_or_default().to_owned()))?;
    Ok((state, tensors.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use candle_core::DType;

    use super::*;

    #[test]
    fn the_last_two_and_the_best_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::of(folder.path());
        let tensors = Tensors::from([("a".to_owned(), Tensor::ones(3, DType::F32, &Device::Cpu).unwrap())]);
        for step in 1..=5 {
            let mut state = State { step, ..State::default() };
            state.set("p", 0.1 * step as f64);
            checkpoints.save(&state, &tensors, step == 2).unwrap();
        }
        let steps: Vec<u64> = checkpoints.list().into_iter().map(|(step, _)| step).collect();
        assert_eq!(steps, [4, 5], "the last two");
        let (best, _) = read(&folder.path().join(FOLDER).join(BEST)).unwrap();
        assert_eq!((best.step, best.get("p").unwrap()), (2, 0.2), "the best is still there");
    }

    #[test]
    fn a_broken_file_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("step-000000001.safetensors");
        fs::write(&path, b"nonsense that is long enough").unwrap();
        assert!(matches!(read(&path), Err(TrainError::Checkpoint { .. })), "refused");
    }
}
