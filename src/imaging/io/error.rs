//! What can go wrong between a file and a photo, each as one sentence for the user.

use std::io;
use std::path::{Path, PathBuf};

use super::super::{FileFormat, Size};

/// Why a photo could not be read or written. The `Display` is one sentence; [`PhotoError::key`] names its translation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Another of these, about a file.
    #[error("{source}: {}", path.display())]
    In {
        /// What went wrong.
        source: Box<Self>,
        /// The file.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("There is no such file: {}", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be read at all.
    #[error("The file cannot be read ({reason}): {}", path.display())]
    Unreadable {
        /// The system's words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The file holds no byte.
    #[error("The file is empty")]
    Empty,
    /// The content is of no format that is read.
    #[error("This is not a photo in a format that can be opened (JPEG, PNG, WebP, TIFF or BMP)")]
    NotAPhoto,
    /// The file stops before its content does.
    #[error("The {} file ends too early; it was probably not copied completely", format_name(*format))]
    Truncated {
        /// Its format.
        format: FileFormat,
    },
    /// The content contradicts itself.
    #[error("The {} file is damaged and cannot be opened", format_name(*format))]
    Damaged {
        /// Its format.
        format: FileFormat,
        /// The decoder's words.
        detail: String,
    },
    /// A legal but unusual content.
    #[error("The {} file cannot be opened because it uses {what}", format_name(*format))]
    Unsupported {
        /// Its format.
        format: FileFormat,
        /// What is not supported, to follow "uses".
        what: String,
    },
    /// Inks instead of light.
    #[error("The {} file holds CMYK inks, which cannot be edited; convert it to RGB first", format_name(*format))]
    Cmyk {
        /// Its format.
        format: FileFormat,
    },
    /// A side of 0 pixels.
    #[error("The picture has no pixels ({width} x {height})")]
    ZeroSize {
        /// Columns as the file says.
        width: u64,
        /// Rows as the file says.
        height: u64,
    },
    /// More pixels than allowed.
    #[error(
        "The picture claims {width} x {height} pixels, more than the limit of {} megapixels and {max_side} on a side",
        max_pixels / 1_000_000
    )]
    TooLarge {
        /// Columns as the file says.
        width: u64,
        /// Rows as the file says.
        height: u64,
        /// The limit on pixels.
        max_pixels: u64,
        /// The limit on a side.
        max_side: u32,
    },
    /// More memory than allowed.
    #[error("The picture would take {} MB of memory, more than the limit of {} MB", bytes >> 20, max_bytes >> 20)]
    TooManyBytes {
        /// What it would take.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// A larger file than allowed.
    #[error("The file has {} MB, more than the limit of {} MB", bytes >> 20, max_bytes >> 20)]
    FileTooLarge {
        /// The file's size.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// A mask of another size than its photo.
    #[error("The mask has {mask} pixels but the photo has {photo}; both must be the same")]
    SizeMismatch {
        /// The mask's size.
        mask: Size,
        /// The photo's size.
        photo: Size,
    },
    /// The target format cannot hold the picture.
    #[error("A {} file cannot hold a picture of {size} pixels; choose another format", format_name(*format))]
    FormatLimit {
        /// The target format.
        format: FileFormat,
        /// The picture's size.
        size: Size,
    },
    /// The encoder gave up.
    #[error("The picture could not be encoded as {}", format_name(*format))]
    NotEncoded {
        /// The target format.
        format: FileFormat,
        /// The encoder's words.
        detail: String,
    },
    /// The disk or the quota is full.
    #[error("There is not enough space to write the file: {}", path.display())]
    NoSpace {
        /// The file.
        path: PathBuf,
    },
    /// The folder or the file is protected.
    #[error("There is no permission to write here: {}", path.display())]
    NoPermission {
        /// The file.
        path: PathBuf,
    },
    /// The folder to write to does not exist.
    #[error("The folder to write to does not exist: {}", path.display())]
    FolderMissing {
        /// The file.
        path: PathBuf,
    },
    /// Anything else that kept the file from being written.
    #[error("The file could not be written ({reason}): {}", path.display())]
    NotWritten {
        /// The system's words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
}

impl PhotoError {
    /// The stable key of the sentence in the text table.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::In { source, .. } => source.key(),
            Self::NotFound { .. } => "error-not-found",
            Self::Unreadable { .. } => "error-unreadable",
            Self::Empty => "error-empty",
            Self::NotAPhoto => "error-not-a-photo",
            Self::Truncated { .. } => "error-truncated",
            Self::Damaged { .. } => "error-damaged",
            Self::Unsupported { .. } => "error-unsupported",
            Self::Cmyk { .. } => "error-cmyk",
            Self::ZeroSize { .. } => "error-zero-size",
            Self::TooLarge { .. } | Self::TooManyBytes { .. } | Self::FileTooLarge { .. } => "error-too-large",
            Self::SizeMismatch { .. } => "error-size-mismatch",
            Self::FormatLimit { .. } => "error-format-limit",
            Self::NotEncoded { .. } => "error-not-encoded",
            Self::NoSpace { .. } => "error-no-space",
            Self::NoPermission { .. } => "error-no-permission",
            Self::FolderMissing { .. } => "error-folder-missing",
            Self::NotWritten { .. } => "error-not-written",
        }
    }

    /// More for those who ask: the decoder's, encoder's or system's own words.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::In { source, .. } => source.details(),
            Self::Damaged { detail, .. } | Self::NotEncoded { detail, .. } => Some(detail),
            Self::Unreadable { reason, .. } | Self::NotWritten { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The same, told about `path`, unless it names a path already.
    #[must_use]
    pub fn in_file(self, path: &Path) -> Self {
        match self {
            Self::In { .. }
            | Self::NotFound { .. }
            | Self::Unreadable { .. }
            | Self::NoSpace { .. }
            | Self::NoPermission { .. }
            | Self::FolderMissing { .. }
            | Self::NotWritten { .. } => self,
            other => Self::In { source: Box::new(other), path: path.to_path_buf() },
        }
    }

    /// What a failed write to `path` means.
    #[must_use]
    pub fn from_write(error: &io::Error, path: &Path) -> Self {
        let path = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::NoSpace { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoPermission { path },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::FolderMissing { path },
            _ => Self::NotWritten { reason: error.to_string(), path },
        }
    }

    /// What a failed read of `path` means.
    #[must_use]
    pub(super) fn from_read(error: &io::Error, path: &Path) -> Self {
        let path = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            _ => Self::Unreadable { reason: error.to_string(), path },
        }
    }

    /// A decoder's input/output error: all input is in memory, so a premature end means a truncated file.
    pub(super) fn from_decoder_io(error: &io::Error, format: FileFormat) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { format },
            _ => Self::Damaged { format, detail: error.to_string() },
        }
    }
}

const fn format_name(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Jpeg => "JPEG",
        FileFormat::Png => "PNG",
        FileFormat::WebP => "WebP",
        FileFormat::Tiff => "TIFF",
        FileFormat::Bmp => "BMP",
    }
}
