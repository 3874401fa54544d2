//! Saving a flattened picture: flatten, encode, write, one step each, so that a cancel between them writes nothing.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::{Context, Done, Failure, Job, JobStep, SaveFormat};
use super::{stage, step_of};
use crate::document::explore::PhotoWork;
use crate::document::{Document, Exploration};
use crate::imaging::io::{self, Encoding, JpegQuality};
use crate::imaging::{FileFormat, Frame, Metadata};

pub(super) struct SaveJob {
    metadata: Arc<Metadata>,
    picture: Picture,
    path: PathBuf,
    format: SaveFormat,
    made: Made,
}

/// What is flattened; `None` of an exploration is one without a photo.
enum Picture {
    Document(Document),
    Photo(Option<PhotoWork>),
}

impl Picture {
    fn flatten(&self) -> Option<Frame> {
        match self {
            Self::Document(document) => Some(document.flatten()),
            Self::Photo(photo) => photo.as_ref().map(PhotoWork::flatten),
        }
    }
}

enum Made {
    Nothing,
    Frame(Frame),
    Bytes(Vec<u8>),
}

impl SaveJob {
    pub(super) fn new(document: Document, path: PathBuf, format: SaveFormat) -> Self {
        let metadata = Arc::clone(&document.photo.metadata);
        Self { metadata, picture: Picture::Document(document), path, format, made: Made::Nothing }
    }

    pub(super) fn of_exploration(exploration: Exploration, path: PathBuf, format: SaveFormat) -> Self {
        let bare = || Arc::new(Metadata::bare(FileFormat::Png));
        let metadata = exploration.photo.as_ref().map_or_else(bare, |work| Arc::clone(&work.photo.metadata));
        Self { metadata, picture: Picture::Photo(exploration.photo), path, format, made: Made::Nothing }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let metadata = &self.metadata;
        self.made = match std::mem::replace(&mut self.made, Made::Nothing) {
            Made::Nothing => {
                stage(context, "flatten", 0.0);
                Made::Frame(self.picture.flatten().ok_or_else(nothing_to_save)?)
            }
            Made::Frame(frame) => {
                stage(context, "encode", 0.2);
                let encoding = encoding(self.format, metadata);
                for loss in losses(&frame, encoding.format) {
                    context.warn(loss);
                }
                Made::Bytes(io::encode(&frame, metadata, encoding)?)
            }
            Made::Bytes(bytes) => {
                stage(context, "write", 0.8);
                io::write_atomic(&self.path, &bytes)?;
                let path = std::mem::take(&mut self.path);
                return Ok(JobStep::Done(Done::Saved { path, bytes: bytes.len() as u64 }));
            }
        };
        Ok(JobStep::More)
    }
}

impl Job for SaveJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

fn nothing_to_save() -> Failure {
    let headline = "there is no photo to save: open one on the manifold first".to_owned();
    Failure { key: "error-no-photo", headline, details: String::new() }
}

fn encoding(format: SaveFormat, metadata: &Metadata) -> Encoding {
    match format {
        SaveFormat::AsSource => Encoding { format: metadata.format, jpeg: JpegQuality::AsSource },
        SaveFormat::As { format, quality } => {
            Encoding { format, jpeg: quality.map_or(JpegQuality::AsSource, JpegQuality::Quality) }
        }
    }
}

/// What `format` cannot hold of `frame`, for the person to know.
fn losses(frame: &Frame, format: FileFormat) -> Vec<Failure> {
    let mut losses = Vec::new();
    let mut lose = |key, what: &str| {
        let headline = format!("{what}: save as PNG or TIFF to keep it");
        losses.push(Failure { key, headline, details: String::new() });
    };
    if frame.bits() > format.max_bits() {
        lose(
            "warning-depth-reduced",
            "this format has 8 bits a sample, so the photo's 16-bit depth is not in the file",
        );
    }
    if frame.model().has_alpha() && !format.holds_alpha() {
        lose("warning-alpha-lost", "this format has no transparency, so the photo is laid over white in the file");
    }
    losses
}
