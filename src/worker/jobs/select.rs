//! Object select: a rough loop or scribble grows to the object's outline.

use super::super::{Context, Done, Failure, Job, JobStep};
use super::step_of;
use crate::control::{CancelToken, Step, Stepper as _};
use crate::document::Document;
use crate::imaging::{Mask, grabcut};

/// Drives a [`grabcut::Job`].
pub(super) struct SelectJob {
    document: Document,
    rough: Option<Mask>,
    is_loop: bool,
    token: CancelToken,
    job: Option<grabcut::Job>,
}

impl SelectJob {
    pub(super) fn new(document: Document, rough: Mask, is_loop: bool, token: CancelToken) -> Self {
        Self { document, rough: Some(rough), is_loop, token, job: None }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        if let Some(rough) = self.rough.take() {
            let (photo, under) = (self.document.photo.frame.clone(), self.document.visible_patches());
            self.job = Some(grabcut::Job::new(photo, under, rough, self.is_loop, self.token.clone())?);
        }
        let Some(job) = &mut self.job else { return Ok(JobStep::More) };
        match job.step()? {
            Step::More(progress) => {
                context.progress(progress);
                Ok(JobStep::More)
            }
            Step::Done((rect, coverage)) => Ok(JobStep::Done(Done::Selected { rect, coverage })),
        }
    }
}

impl Job for SelectJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}
