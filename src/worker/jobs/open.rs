//! Opening: a file, the clipboard or an autosaved journal becomes a document, or an exploration, with its pictures for the screen.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Context, Done, Failure, Job, JobStep, Opened, OpenedDocument, OpenedExploration, ShownPatch};
use super::autosave::Keeper;
use super::clipboard::{Clipboard, Pasted};
use super::{Shared, shown, stage, step_of};
use crate::document::{Contents, Document, SessionLimits, session_file};
use crate::imaging::io::{self, Limits};
use crate::imaging::{DisplayPyramid, Metadata, Patch, Photo};

/// Reads, then makes the pictures: a photo's in one step, the patches' one a step.
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
    contents: Contents,
    path: Option<PathBuf>,
    is_session: bool,
    /// The photos that still need a picture, and those that have one.
    photos: Vec<Photo>,
    displays: Vec<(Photo, Arc<DisplayPyramid>)>,
    patches: Vec<(Arc<Patch>, Arc<Metadata>)>,
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
            Source::Bytes(bytes) => Ok(Loaded::photo(io::decode(bytes, &self.limits)?, None)),
            Source::Clipboard(clipboard) => match clipboard.lock().paste(&self.limits)? {
                Pasted::Picture(photo) => Ok(Loaded::photo(photo, None)),
                Pasted::File(path) => load_file(&path, self.limits),
            },
            Source::Journal(keeper) => {
                let contents = keeper.lock().recover(&session_limits(self.limits))?;
                Ok(Loaded::new(contents, None, false))
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
        if let Some(photo) = loaded.photos.pop() {
            stage(context, "display", 0.5);
            let display = Arc::new(DisplayPyramid::of_photo(&photo));
            loaded.displays.push((photo, display));
            return JobStep::More;
        }
        if let Some((patch, metadata)) = loaded.patches.pop() {
            loaded.shown.push(shown(&patch, &metadata));
            return JobStep::More;
        }
        match self.read.take() {
            Some(loaded) => JobStep::Done(Done::Opened(Box::new(loaded.into_opened()))),
            None => JobStep::More,
        }
    }
}

impl Loaded {
    fn photo(photo: Photo, path: Option<PathBuf>) -> Self {
        Self::new(Document::new(photo).into(), path, false)
    }

    fn new(contents: Contents, path: Option<PathBuf>, is_session: bool) -> Self {
        let (mut photos, mut patches) = (Vec::new(), Vec::new());
        if let Some(document) = &contents.document {
            photos.push(document.photo.clone());
            let all = document.erasures.iter().flat_map(|erasure| &erasure.candidates);
            let all = all.flat_map(|candidate| &candidate.patches);
            patches.extend(all.map(|patch| (Arc::clone(patch), Arc::clone(&document.photo.metadata))));
        }
        if let Some(work) = contents.exploration.as_ref().and_then(|exploration| exploration.photo.as_ref()) {
            if !photos.iter().any(|photo| is_same(photo, &work.photo)) {
                photos.push(work.photo.clone());
            }
            let result = work.result.iter();
            patches.extend(result.map(|result| (Arc::clone(&result.patch), Arc::clone(&work.photo.metadata))));
        }
        Self { contents, path, is_session, photos, displays: Vec::new(), patches, shown: Vec::new() }
    }

    fn into_opened(mut self) -> Opened {
        let displays = self.displays;
        let display = |of: &Photo| Some(Arc::clone(&displays.iter().find(|(photo, _)| is_same(photo, of))?.1));
        let exploration = self.contents.exploration.map(|exploration| {
            let photo = exploration.photo.as_ref();
            let patch = photo.and_then(|work| work.result.as_ref()).map(|result| &result.patch);
            let at = patch.and_then(|patch| self.shown.iter().position(|shown| Arc::ptr_eq(&shown.patch, patch)));
            let (display, result) = (photo.and_then(|work| display(&work.photo)), at.map(|at| self.shown.remove(at)));
            OpenedExploration { exploration, display, result }
        });
        let document = self.contents.document.and_then(|document| {
            Some(OpenedDocument { display: display(&document.photo)?, document, shown: self.shown })
        });
        let sketch = self.contents.sketch;
        Opened { document, exploration, sketch, path: self.path, is_session: self.is_session }
    }
}

/// Whether both have one picture: samples and the color profile.
fn is_same(a: &Photo, b: &Photo) -> bool {
    a.frame.is_same_buffer(&b.frame) && a.metadata.icc == b.metadata.icc
}

fn load_file(path: &Path, limits: Limits) -> Result<Loaded, Failure> {
    if starts_as_session(path) {
        let contents = session_file::load(path, &session_limits(limits))?;
        return Ok(Loaded::new(contents, Some(path.to_owned()), true));
    }
    Ok(Loaded::photo(io::read(path, &limits)?, Some(path.to_owned())))
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
