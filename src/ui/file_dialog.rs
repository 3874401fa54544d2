//! The system's file dialogs, on a thread of their own: a dialog blocks for as long as a person thinks.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::explore::ExportChoice;
use super::sketch::ExportKind;
use crate::imaging::FileFormat;
use crate::worker::exploring::AnimationFormat;

/// A dialog that answers sooner than a person can has not been shown: there is no portal and no helper program.
const TOO_SOON: Duration = Duration::from_millis(400);

/// Endings of files of weights.
pub const CHECKPOINTS: [&str; 7] = ["safetensors", "pt", "pth", "ckpt", "model", "pkl", "dcgan_theano"];

/// What a path is wanted for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// A photo or session to open.
    Open,
    /// A picture to write, in the format of its name.
    SavePicture,
    /// A picture to write with this JPEG quality, if it is one.
    Export {
        /// The format.
        format: FileFormat,
        /// 1..=100.
        quality: u8,
    },
    /// A session to write.
    SaveSession,
    /// A mask to read.
    ImportMask,
    /// A mask to write.
    ExportMask,
    /// Frames of a slider to write, as a file or a folder.
    Frames(ExportChoice),
    /// A sketch to write in one of its forms.
    Sketch(ExportKind),
    /// A picture to lie under the paper.
    Under,
    /// The gallery to write, as a folder or an archive.
    Gallery,
    /// A folder of pictures with labels, to measure a model with.
    Labelled,
    /// A folder of pictures, to measure a model with.
    Real,
    /// What was measured, to write.
    Findings,
    /// A trunk on which pictures are compared.
    Trunk,
    /// Another project's checkpoint, to become a model.
    Checkpoint,
}

impl Purpose {
    /// Whether something is written.
    #[must_use]
    pub const fn is_saving(self) -> bool {
        !matches!(
            self,
            Self::Open | Self::ImportMask | Self::Under | Self::Labelled | Self::Real | Self::Trunk | Self::Checkpoint
        )
    }

    /// Whether a folder is wanted, not a file.
    #[must_use]
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::Labelled | Self::Real)
    }

    /// The key of the dialog's title.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "path-open",
            Self::SavePicture => "path-save",
            Self::Export { .. } => "path-export",
            Self::SaveSession => "path-session",
            Self::ImportMask => "path-import-mask",
            Self::ExportMask => "path-export-mask",
            Self::Frames(_) => "path-frames",
            Self::Sketch(kind) => kind.key(),
            Self::Under => "path-under",
            Self::Gallery => "path-gallery",
            Self::Labelled => "path-labelled",
            Self::Real => "path-real",
            Self::Findings => "path-findings",
            Self::Trunk => "path-trunk",
            Self::Checkpoint => "path-checkpoint",
        }
    }

    /// Extensions of files that fit.
    #[must_use]
    pub fn extensions(self) -> Vec<&'static str> {
        let pictures = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp"];
        match self {
            Self::Open => pictures.into_iter().chain(["pentimento", "svg", "ndjson", "json"]).collect(),
            Self::SavePicture | Self::ImportMask | Self::Under => pictures.to_vec(),
            Self::Sketch(kind) => kind.extensions().to_vec(),
            Self::Export { format, .. } => vec![format.extension()],
            Self::SaveSession => vec!["pentimento"],
            Self::ExportMask => vec!["png"],
            Self::Gallery => vec!["zip"],
            Self::Labelled | Self::Real => Vec::new(),
            Self::Findings => vec!["json"],
            Self::Trunk => vec!["safetensors"],
            Self::Checkpoint => CHECKPOINTS.to_vec(),
            Self::Frames(choice) => match choice.format {
                AnimationFormat::Pngs => Vec::new(),
                AnimationFormat::Gif => vec!["gif"],
                AnimationFormat::WebP => vec!["webp"],
            },
        }
    }
}

/// What came of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This file.
    Path(PathBuf),
    /// The person changed their mind.
    Cancelled,
    /// No dialog can be shown here.
    Unavailable,
}

/// A dialog that is open.
pub struct FileDialog {
    /// What the path is for.
    pub purpose: Purpose,
    opened: Instant,
    answer: Receiver<Option<PathBuf>>,
}

impl FileDialog {
    /// Opens a dialog. `suggestion` is where to start: a folder and a file's name. `None` when there is no thread.
    #[must_use]
    pub fn open(ctx: &egui::Context, purpose: Purpose, title: String, suggestion: Option<PathBuf>) -> Option<Self> {
        let (sender, answer) = bounded(1);
        let ctx = ctx.clone();
        let ask = move || {
            let mut dialog = rfd::FileDialog::new().set_title(title).add_filter("", &purpose.extensions());
            if let Some(folder) = suggestion.as_deref().and_then(std::path::Path::parent).filter(|f| f.is_dir()) {
                dialog = dialog.set_directory(folder);
            }
            let name = suggestion
                .as_deref()
                .and_then(std::path::Path::file_name)
                .map(|name| name.to_string_lossy().into_owned());
            let path = if purpose.is_folder() {
                dialog.pick_folder()
            } else if purpose.is_saving() {
                dialog.set_file_name(name.unwrap_or_default()).save_file()
            } else {
                dialog.pick_file()
            };
            // The window may be gone by now; then nobody wants the path.
            sender.send(path).ok();
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("file-dialog".to_owned()).spawn(ask);
        thread.ok().map(|_| Self { purpose, opened: Instant::now(), answer })
    }

    /// The answer, when there is one.
    #[must_use]
    pub fn poll(&self) -> Option<Answer> {
        match self.answer.try_recv() {
            Ok(Some(path)) => Some(Answer::Path(path)),
            Ok(None) if self.opened.elapsed() < TOO_SOON => Some(Answer::Unavailable),
            Ok(None) => Some(Answer::Cancelled),
            Err(TryRecvError::Disconnected) => Some(Answer::Unavailable),
            Err(TryRecvError::Empty) => None,
        }
    }
}
