//! Saving a session file.

use std::path::PathBuf;

use super::super::{Context, Done, Failure, Job, JobStep};
use super::{last, stage};
use crate::document::{Contents, session_file};

pub(super) struct SessionJob {
    contents: Contents,
    path: PathBuf,
}

impl SessionJob {
    pub(super) fn new(contents: Contents, path: PathBuf) -> Self {
        Self { contents, path }
    }
}

impl Job for SessionJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        stage(context, "write", 0.0);
        let saved = session_file::save(&self.contents, &self.path).map_err(Failure::from);
        last(saved.map(|()| Done::SessionSaved { path: std::mem::take(&mut self.path) }))
    }
}
