//! The gallery as files, and one of its drawings to be drawn on.

use std::path::PathBuf;

use super::super::super::schooling::{DrawingId, FetchedDrawing, SchoolDone};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::{last, stage};
use super::Desk;
use crate::imaging::drawing::{MAX_SIDE, colors_of};
use crate::imaging::io::{self, Limits};
use crate::library::gallery::GalleryError;

/// Writes everything.
pub(super) struct ExportJob {
    path: PathBuf,
    desk: Desk,
}

impl ExportJob {
    pub(super) const fn new(path: PathBuf, desk: Desk) -> Self {
        Self { path, desk }
    }
}

impl Job for ExportJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        stage(context, "write", 0.0);
        let exported = self.desk.open().and_then(|gallery| Ok(gallery.export(&self.path)?));
        last(exported.map(|exported| Done::School(SchoolDone::Exported(exported))))
    }
}

/// Reads one drawing.
pub(super) struct FetchJob {
    drawing: DrawingId,
    limits: Limits,
    desk: Desk,
}

impl FetchJob {
    pub(super) const fn new(drawing: DrawingId, limits: Limits, desk: Desk) -> Self {
        Self { drawing, limits, desk }
    }

    fn fetched(&self) -> Result<FetchedDrawing, Failure> {
        let gallery = self.desk.open()?;
        let drawings = gallery.drawings()?;
        let known = drawings.into_iter().find(|drawing| drawing.id == self.drawing);
        let drawing = known.ok_or(GalleryError::NoSuchDrawing { id: self.drawing })?;
        let files = gallery.files(self.drawing)?;
        let sketch = colors_of(&io::decode(&files.sketch_png, &self.limits)?.frame, MAX_SIDE);
        Ok(FetchedDrawing { theme: drawing.theme, strokes: files.strokes, sketch })
    }
}

impl Job for FetchJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        last(self.fetched().map(|fetched| Done::School(SchoolDone::Fetched(Box::new(fetched)))))
    }
}
