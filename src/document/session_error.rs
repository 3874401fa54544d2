//! What can go wrong with stored documents: session files and the autosave journal.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::InvalidDocument;
use super::explore::InvalidExploration;
use super::sketch::InvalidSketch;

/// A stored document could not be read or written. One sentence for the user, the path last.
#[derive(Debug, Error)]
#[error("{fault}: {}", .path.display())]
pub struct SessionError {
    /// Which file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: SessionFault,
}

impl SessionError {
    /// The key of its sentence in the text table.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self.fault {
            SessionFault::Read(_) => "error-session-read",
            SessionFault::Write(_) => "error-session-write",
            SessionFault::NotSession => "error-session-not",
            SessionFault::Broken(_)
            | SessionFault::Invalid(_)
            | SessionFault::InvalidExploration(_)
            | SessionFault::InvalidSketch(_) => "error-session-broken",
            SessionFault::Newer { .. } => "error-session-newer",
            SessionFault::TooLarge(_) => "error-too-large",
        }
    }
}

/// What is wrong with a stored document.
#[derive(Debug, Error)]
pub enum SessionFault {
    /// The system refused to give the bytes.
    #[error("the session could not be read ({})", .0.kind())]
    Read(io::Error),
    /// The system refused to take the bytes.
    #[error("the session could not be written ({}); what was there before is unchanged", .0.kind())]
    Write(#[from] io::Error),
    /// The file is something else.
    #[error("the file is not a Pentimento session")]
    NotSession,
    /// The file was one, but bytes are missing or changed.
    #[error("the session is damaged and cannot be opened ({0})")]
    Broken(&'static str),
    /// What it holds contradicts itself.
    #[error("the session contradicts itself ({0})")]
    Invalid(InvalidDocument),
    /// As [`SessionFault::Invalid`] of an exploration.
    #[error("the exploration contradicts itself ({0})")]
    InvalidExploration(InvalidExploration),
    /// As [`SessionFault::Invalid`] of a sketch.
    #[error("the sketch contradicts itself ({0})")]
    InvalidSketch(InvalidSketch),
    /// It was written by a newer program.
    #[error(
        "the session has format version {found} but this program knows {known} at most: open it with a newer Pentimento"
    )]
    Newer {
        /// Its version.
        found: u32,
        /// The newest version this program reads.
        known: u32,
    },
    /// It asks for more than the limits allow.
    #[error("the session is larger than this program accepts ({0})")]
    TooLarge(String),
}

impl SessionFault {
    /// The error of this fault in the file or folder at `path`.
    #[must_use]
    pub fn at(self, path: &Path) -> SessionError {
        SessionError { path: path.to_owned(), fault: self }
    }
}

/// The most that reading a stored document may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Pixels of the photo.
    pub pixels: u64,
    /// Bytes of all decoded parts together.
    pub bytes: u64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { pixels: 400_000_000, bytes: 8 << 30 }
    }
}
