//! Why a drawing cannot be read or written, each a sentence.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::super::io::PhotoError;

/// Why a drawing cannot be read or written.
#[derive(Debug, Error)]
pub enum DrawingError {
    /// Another of these, about a file.
    #[error("{source}: {}", path.display())]
    In {
        /// What went wrong.
        source: Box<Self>,
        /// The file.
        path: PathBuf,
    },
    /// The content is of no kind that is read.
    #[error("this is no drawing that can be read (a picture, SVG, QuickDraw's ndjson, or strokes as JSON)")]
    Unknown,
    /// The content contradicts itself.
    #[error("the {kind} file is damaged and cannot be read ({reason})")]
    Damaged {
        /// As people call it.
        kind: &'static str,
        /// The reader's words.
        reason: String,
    },
    /// Nothing is drawn.
    #[error("there is no line in the drawing")]
    Empty,
    /// More than a drawing may have.
    #[error("the drawing has more than {limit} strokes")]
    TooMany {
        /// The most.
        limit: usize,
    },
    /// An archive could not be made.
    #[error("the drawing could not be written as {kind} ({reason})")]
    NotEncoded {
        /// As people call it.
        kind: &'static str,
        /// The writer's words.
        reason: String,
    },
    /// A picture could not be read or written.
    #[error(transparent)]
    Photo(#[from] PhotoError),
}

impl DrawingError {
    /// The key of its sentence in the text table.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::In { source, .. } => source.key(),
            Self::Unknown => "error-drawing-unknown",
            Self::Damaged { .. } => "error-drawing-damaged",
            Self::Empty => "error-drawing-empty",
            Self::TooMany { .. } => "error-too-large",
            Self::NotEncoded { .. } => "error-drawing-not-written",
            Self::Photo(error) => error.key(),
        }
    }

    pub(super) fn in_file(self, path: &Path) -> Self {
        Self::In { source: Box::new(self), path: path.to_owned() }
    }
}
