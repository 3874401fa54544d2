//! Masks from and to files.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::{Context, Done, Failure, Job, JobStep};
use super::last;
use crate::document::Document;
use crate::imaging::Size;
use crate::imaging::io::{self, Limits};

/// Writes the marked holes.
pub(super) struct ExportJob {
    document: Document,
    path: PathBuf,
}

impl ExportJob {
    pub(super) fn new(document: Document, path: PathBuf) -> Self {
        Self { document, path }
    }

    fn export(&mut self) -> Result<Done, Failure> {
        let bytes = io::write_mask(&self.document.holes)?;
        io::write_atomic(&self.path, &bytes)?;
        Ok(Done::MaskExported { path: std::mem::take(&mut self.path) })
    }
}

impl Job for ExportJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        last(self.export())
    }
}

/// Reads holes of the photo's size.
pub(super) struct ImportJob {
    size: Size,
    path: PathBuf,
    limits: Limits,
}

impl ImportJob {
    pub(super) fn new(size: Size, path: PathBuf, limits: Limits) -> Self {
        Self { size, path, limits }
    }
}

impl Job for ImportJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let read = io::read_mask(&self.path, self.size, &self.limits).map_err(Failure::from);
        last(read.map(|holes| Done::MaskImported { holes: Arc::new(holes) }))
    }
}
