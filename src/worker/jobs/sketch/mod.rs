//! The jobs of the Sketch room.

use super::super::sketching::SketchRequest;
use super::super::{Context, Failure, Job, JobStep};

/// Answers a request about a sketch.
pub(super) struct SketchJob {
    asked: SketchRequest,
}

impl SketchJob {
    pub(super) const fn new(asked: SketchRequest) -> Self {
        Self { asked }
    }
}

impl Job for SketchJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let headline = format!("no theme is installed for {:?}", self.asked.lane());
        JobStep::Failed(Failure { key: "error-unknown-theme", headline, details: String::new() })
    }
}
