//! What can go wrong between a file of weights and a network, each as one sentence.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::imaging::io::PhotoError;

/// Why weights could not be read, written or used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WeightsError {
    /// A file that a manifest names is not there.
    #[error("the weights of \"{name}\" are missing: {}", path.display())]
    Missing {
        /// The model.
        name: String,
        /// Where its file should be.
        path: PathBuf,
    },
    /// A checkpoint that is not there.
    #[error("there is no such file: {}", path.display())]
    NoSuchFile {
        /// The file.
        path: PathBuf,
    },
    /// A checkpoint of another project that is damaged, would have to be run, or is no such network.
    #[error("the checkpoint cannot be imported: {reason}: {}", path.display())]
    NotImported {
        /// Why.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The system does not hand a file out.
    #[error("the file cannot be read ({reason}): {}", path.display())]
    Unreadable {
        /// The system's words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A file of a size that no weights have.
    #[error("the file has {} MB, more than the limit of {} MB: {}", bytes >> 20, limit >> 20, path.display())]
    TooLarge {
        /// The file's size.
        bytes: u64,
        /// The limit.
        limit: u64,
        /// The file.
        path: PathBuf,
    },
    /// Another file than the one that was described.
    #[error("the weights of \"{name}\" are not those that the manifest describes, their checksum differs: {}", path.display())]
    Checksum {
        /// The model.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A truncated file, one that lies about its shapes, or no safetensors at all.
    #[error("the weights of \"{name}\" are damaged ({reason}): {}", path.display())]
    Damaged {
        /// The model.
        name: String,
        /// The decoder's words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A manifest that cannot be understood.
    #[error("the list of models cannot be understood ({reason}): {}", path.display())]
    Manifest {
        /// Line and cause.
        reason: String,
        /// The manifest.
        path: PathBuf,
    },
    /// Two models of one folder share a name.
    #[error("there is a model named \"{name}\" already; choose another name: {}", path.display())]
    DuplicateName {
        /// The name.
        name: String,
        /// The manifest.
        path: PathBuf,
    },
    /// A name that cannot be typed or be a file's.
    #[error("\"{name}\" cannot be a model's name: use up to 64 letters, digits, dots, dashes and underscores")]
    BadName {
        /// The name.
        name: String,
    },
    /// The tensors are not those of the network.
    #[error("the weights of \"{name}\" do not fit a network of the family {family} ({reason})")]
    DoesNotFit {
        /// The model.
        name: String,
        /// Its family.
        family: String,
        /// Which tensor or size, and why.
        reason: String,
    },
    /// A network for something else than holes.
    #[error(
        "the model \"{name}\" ({family}) draws pictures of its own and fills no holes: choose another (pentimento models list)"
    )]
    FillsNoHoles {
        /// The model.
        name: String,
        /// Its family.
        family: String,
    },
    /// A network without latents of its own.
    #[error(
        "the model \"{name}\" ({family}) fills holes and draws no pictures of its own: choose another (pentimento models list)"
    )]
    NoManifold {
        /// The model.
        name: String,
        /// Its family.
        family: String,
    },
    /// A network that paints no drawings.
    #[error("the model \"{name}\" ({family}) paints no drawings: choose another (pentimento models list)")]
    NoSketcher {
        /// The model.
        name: String,
        /// Its family.
        family: String,
    },
    /// A file that should hold a latent and does not, or not this network's.
    #[error("the latent cannot be used ({reason}): {}", path.display())]
    Latent {
        /// Why not.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A file that should hold a direction and does not, or a direction that no file holds.
    #[error("the direction cannot be used ({reason}): {}", path.display())]
    Direction {
        /// Why not.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// NaN or infinity among the weights.
    #[error("the weights of \"{name}\" hold values that are no finite numbers, in {key}")]
    NotFinite {
        /// The model.
        name: String,
        /// The tensor.
        key: String,
    },
    /// The disk is full, the folder protected, …
    #[error(transparent)]
    NotWritten(#[from] PhotoError),
}

impl WeightsError {
    /// What a failed read of `path`, which belongs to the model `name`, means.
    pub(super) fn from_read(error: &io::Error, name: &str, path: &Path) -> Self {
        let path = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { name: name.to_owned(), path },
            _ => Self::Unreadable { reason: error.to_string(), path },
        }
    }
}

/// candle's sentence without the backtrace that it may hold.
pub(super) fn first_line(error: &impl std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or("no reason given").to_owned()
}
