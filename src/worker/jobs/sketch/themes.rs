//! Which themes there are, and having one ready before it is used.

use std::sync::Arc;
use std::time::Instant;

use super::super::super::sketching::SketchDone;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::{Easel, millis_since};
use crate::sketch::Role;

/// Reads the manifests.
pub(super) struct ListJob {
    easel: Easel,
}

impl ListJob {
    pub(super) const fn new(easel: Easel) -> Self {
        Self { easel }
    }
}

impl Job for ListJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let (themes, problems) = self.easel.themes.refresh();
        JobStep::Done(Done::Sketch(SketchDone::Themes { themes, problems }))
    }
}

/// Loads the best network first, so that the quick one is the last to be pushed out.
pub(super) struct LoadJob {
    theme: Arc<str>,
    easel: Easel,
    start: Option<Instant>,
}

impl LoadJob {
    pub(super) const fn new(theme: Arc<str>, easel: Easel) -> Self {
        Self { theme, easel, start: None }
    }

    fn try_step(&mut self) -> Result<JobStep, Failure> {
        let Some(start) = self.start else {
            self.start = Some(Instant::now());
            self.easel.themes.load(&self.theme, Role::Best)?;
            return Ok(JobStep::More);
        };
        self.easel.themes.load(&self.theme, Role::Live)?;
        let (theme, millis) = (Arc::clone(&self.theme), millis_since(start));
        Ok(JobStep::Done(Done::Sketch(SketchDone::ThemeLoaded { theme, millis })))
    }
}

impl Job for LoadJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step())
    }
}
