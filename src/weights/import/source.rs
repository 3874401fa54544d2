//! The file of a checkpoint, whatever its format, and which of its tables is the generator.

use candle_core::safetensors::BufferedSafetensors;
use candle_core::{DType, Device, Tensor};

use super::Naming;
use crate::weights::error::first_line;
use crate::weights::torch::{Checkpoint, Table, is_torch};

/// A file of tensors.
pub(super) enum Source {
    Safetensors { file: BufferedSafetensors, table: Box<[Table; 1]> },
    Torch(Checkpoint),
}

/// Where in a file the generator is.
pub(super) struct Chosen {
    pub(super) naming: Naming,
    /// The table, as [`Table::path`].
    pub(super) path: String,
    /// What stands before each of the generator's keys.
    pub(super) prefix: String,
}

impl Source {
    /// # Errors
    /// What is wrong with the file, to follow "because".
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, String> {
        if is_torch(&bytes) {
            return Checkpoint::open(bytes).map(Self::Torch);
        }
        if bytes.get(8) != Some(&b'{') {
            return Err(
                "it is neither a checkpoint of PyTorch nor safetensors, nor a pickled table of arrays".to_owned()
            );
        }
        let file = BufferedSafetensors::new(bytes).map_err(|error| format!("it is damaged: {}", first_line(&error)))?;
        let shapes = file.tensors().into_iter().map(|(key, view)| (key, view.shape().to_vec())).collect();
        Ok(Self::Safetensors { file, table: Box::new([Table { path: String::new(), shapes }]) })
    }

    pub(super) fn tables(&self) -> &[Table] {
        match self {
            Self::Safetensors { table, .. } => table.as_slice(),
            Self::Torch(checkpoint) => checkpoint.tables(),
        }
    }

    /// The tensor `key` of the table at `path`, in f32 on the CPU.
    pub(super) fn load(&self, path: &str, key: &str) -> Result<Tensor, String> {
        match self {
            Self::Torch(checkpoint) => checkpoint.load(path, key),
            Self::Safetensors { file, .. } => file
                .load(key, &Device::Cpu)
                .and_then(|tensor| tensor.to_dtype(DType::F32))
                .map_err(|error| format!("{key}: {}", first_line(&error))),
        }
    }

    /// The generator that one of `namings` finds; of several the averaged one, then the first.
    pub(super) fn choose(&self, namings: impl Iterator<Item = Naming>) -> Option<Chosen> {
        let mut found = Vec::new();
        for naming in namings {
            for table in self.tables() {
                for key in table.shapes.keys() {
                    let Some(prefix) = key.strip_suffix(naming.anchor()) else { continue };
                    if prefix.is_empty() || prefix.ends_with('.') {
                        found.push(Chosen { naming, path: table.path.clone(), prefix: prefix.to_owned() });
                    }
                }
            }
        }
        let best = found.iter().position(Chosen::is_average).unwrap_or(0);
        (!found.is_empty()).then(|| found.swap_remove(best))
    }
}

impl Chosen {
    /// Whether these are weights averaged over the training, which make the better pictures.
    fn is_average(&self) -> bool {
        let named = format!("{}.{}", self.path, self.prefix).to_ascii_lowercase();
        named.split(['.', '_']).any(|word| ["ema", "average", "averaged", "shadow", "running"].contains(&word))
    }
}
