//! What can go wrong with a gallery, each one sentence.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::entry::{DrawingId, ProfileId};

/// Why something was not kept, read or exported.
#[derive(Debug, Error)]
pub enum GalleryError {
    /// Another instance of the program has it open.
    #[error("another window or command has the gallery open: close it first: {}", .path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// It is no gallery, or its disk lost something.
    #[error("the gallery is damaged; move the file away to begin a new one ({reason}): {}", .path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What the database said.
        reason: String,
    },
    /// The system refused.
    #[error("the gallery cannot be read or written ({reason}): {}", .path.display())]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A name that nobody can be called.
    #[error("a name has 1 to {most} letters", most = super::MAX_NAME)]
    BadName,
    /// Somebody else is called so.
    #[error("somebody is called {name} already: choose another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The gallery is full.
    #[error("there are {most} profiles already", most = super::MAX_PROFILES)]
    TooManyProfiles,
    /// Nobody has this number.
    #[error("there is no profile {id}")]
    NoSuchProfile {
        /// The number.
        id: ProfileId,
    },
    /// No drawing has this number.
    #[error("there is no drawing {id}")]
    NoSuchDrawing {
        /// The number.
        id: DrawingId,
    },
    /// A picture is none.
    #[error("the drawing's picture is no PNG file of at most {most} MB")]
    NoPng {
        /// In megabytes.
        most: usize,
    },
    /// Strokes are not sound.
    #[error("the drawing has more than {most} strokes or one with numbers out of range")]
    BadStrokes {
        /// How many there may be.
        most: usize,
    },
    /// The export's folder is in use.
    #[error("the export needs a new name or an empty folder: {}", .path.display())]
    Exists {
        /// The folder or file.
        path: PathBuf,
    },
    /// What the database said, before the path is known.
    #[error("the gallery's database failed: {0}")]
    Database(#[from] Box<redb::Error>),
    /// An entry was written by another version of the program.
    #[error("an entry of the gallery cannot be read: it may be from a newer version of the program")]
    UnknownEntry,
}

impl GalleryError {
    /// The key of its sentence in the text table.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "error-gallery-locked",
            Self::Damaged { .. } | Self::Database(_) => "error-gallery-damaged",
            Self::Unwritable { .. } => "error-gallery-unwritable",
            Self::BadName => "error-gallery-name",
            Self::NameTaken { .. } => "error-gallery-name-taken",
            Self::TooManyProfiles => "error-gallery-full",
            Self::NoSuchProfile { .. } => "error-gallery-no-profile",
            Self::NoSuchDrawing { .. } => "error-gallery-no-drawing",
            Self::NoPng { .. } | Self::BadStrokes { .. } => "error-gallery-drawing",
            Self::Exists { .. } => "error-gallery-exists",
            Self::UnknownEntry => "error-gallery-newer",
        }
    }

    /// Names the file in what the database said.
    pub(super) fn at(self, path: &Path) -> Self {
        match self {
            Self::Database(error) => match *error {
                redb::Error::Io(error) => Self::Unwritable { path: path.to_owned(), reason: error.to_string() },
                error => Self::Damaged { path: path.to_owned(), reason: error.to_string() },
            },
            other => other,
        }
    }
}

macro_rules! from_database {
    ($($error:ty),*) => {$(
        impl From<$error> for GalleryError {
            fn from(error: $error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )*};
}

from_database!(redb::TransactionError, redb::TableError, redb::StorageError, redb::CommitError);
