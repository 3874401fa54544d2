//! Opening: a file, the clipboard or an autosaved journal becomes a document with its pictures for the screen.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Context, Done, Failure, Job, JobStep, Opened, ShownPatch};
use super::autosave::Keeper;
use super::clipboard::{Clipboard, Pasted};
use super::{Shared, shown, stage, step_of};
use crate::document::{Document, SessionLimits, session_file};
use crate::imaging::io::{self, Limits};
use crate::imaging::{DisplayPyramid, Patch};

/// Reads, then makes the pictures: the photo's in one step, the patches' one a step.
pub(super) struct OpenJob {
    source: Source,
    limits: Limits,
    read: Option<Loaded>,
}

enum Source {
    File(PathBuf),
    Bytes(&'static [u8]),
    Clipboard(Shared<Clipboard>),
    Journal(Shared<Keeper>),
}

struct Loaded {
    document: Document,
    path: Option<PathBuf>,
    is_session: bool,
    display: Option<Arc<DisplayPyramid>>,
    patches: Vec<Arc<Patch>>,
    shown: Vec<ShownPatch>,
}

impl OpenJob {
    pub(super) fn file(path: PathBuf, limits: Limits) -> Self {
        Self { source: Source::File(path), limits, read: None }
    }

    pub(super) fn bytes(bytes: &'static [u8], limits: Limits) -> Self {
        Self { source: Source::Bytes(bytes), limits, read: None }
    }

    pub(super) fn clipboard(clipboard: Shared<Clipboard>, limits: Limits) -> Self {
        Self { source: Source::Clipboard(clipboard), limits, read: None }
    }

    pub(super) fn journal(keeper: Shared<Keeper>, limits: Limits) -> Self {
        Self { source: Source::Journal(keeper), limits, read: None }
    }

    fn load(&self) -> Result<Loaded, Failure> {
        match &self.source {
            Source::File(path) => load_file(path, self.limits),
            Source::Bytes(bytes) => Ok(Loaded::new(Document::new(io::decode(bytes, &self.limits)?), None, false)),
            Source::Clipboard(clipboard) => match clipboard.lock().paste(&self.limits)? {
                Pasted::Picture(photo) => Ok(Loaded::new(Document::new(photo), None, false)),
                Pasted::File(path) => load_file(&path, self.limits),
            },
            Source::Journal(keeper) => {
                let document = keeper.lock().recover(&session_limits(self.limits))?;
                Ok(Loaded::new(document, None, false))
            }
        }
    }
}

impl Job for OpenJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        let Some(loaded) = &mut self.read else {
            stage(context, "decode", 0.0);
            return step_of(self.load().map(|loaded| {
                self.read = Some(loaded);
                JobStep::More
            }));
        };
        if loaded.display.is_none() {
            stage(context, "display", 0.5);
            loaded.display = Some(Arc::new(DisplayPyramid::of_photo(&loaded.document.photo)));
            return JobStep::More;
        }
        if let Some(patch) = loaded.patches.pop() {
            loaded.shown.push(shown(&patch, &loaded.document.photo.metadata));
            return JobStep::More;
        }
        match self.read.take().and_then(Loaded::into_opened) {
            Some(opened) => JobStep::Done(Done::Opened(Box::new(opened))),
            None => JobStep::More,
        }
    }
}

impl Loaded {
    fn new(document: Document, path: Option<PathBuf>, is_session: bool) -> Self {
        let candidates = document.erasures.iter().flat_map(|erasure| &erasure.candidates);
        let patches = candidates.flat_map(|candidate| &candidate.patches).cloned().collect();
        Self { document, path, is_session, display: None, patches, shown: Vec::new() }
    }

    fn into_opened(self) -> Option<Opened> {
        let Self { document, path, is_session, display, shown, .. } = self;
        Some(Opened { document, path, is_session, display: display?, shown })
    }
}

fn load_file(path: &Path, limits: Limits) -> Result<Loaded, Failure> {
    let is_session = starts_as_session(path);
    let document = if is_session {
        session_file::load(path, &session_limits(limits))?
    } else {
        Document::new(io::read(path, &limits)?)
    };
    Ok(Loaded::new(document, Some(path.to_owned()), is_session))
}

/// Told by content, since people rename files. A file that cannot be read is left to the photo reader's sentence.
fn starts_as_session(path: &Path) -> bool {
    let mut prefix = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut prefix));
    read.is_ok() && session_file::is_session(&prefix)
}

fn session_limits(limits: Limits) -> SessionLimits {
    SessionLimits { pixels: limits.max_pixels, ..SessionLimits::default() }
}
