//! What a piece of work looks like to the thread that runs it.

use super::outbox::Outbox;
use super::{Done, Failure, Preview, Ticket};
use crate::control::{CancelToken, Progress};

/// Work that is advanced in steps of at most about 50 ms, except where a codec cannot be interrupted.
///
/// A job is made cheaply, when its request is taken, and does its work in [`Job::step`]. It is dropped when it is
/// done, failed, cancelled or replaced, and is never stepped after that.
pub trait Job: Send {
    /// Does the next piece of work. A panic in here becomes a [`Failure`] and ends only this job.
    fn step(&mut self, context: &mut Context<'_>) -> JobStep;
}

/// What one step of a [`Job`] gave.
#[derive(Debug)]
pub enum JobStep {
    /// There is more to do.
    More,
    /// The request's result.
    Done(Done),
    /// Why there is none.
    Failed(Failure),
}

/// What a job may use while it steps.
pub struct Context<'a> {
    ticket: Ticket,
    token: &'a CancelToken,
    outbox: &'a mut Outbox,
}

impl<'a> Context<'a> {
    pub(super) fn new(ticket: Ticket, token: &'a CancelToken, outbox: &'a mut Outbox) -> Self {
        Self { ticket, token, outbox }
    }

    /// Asked inside of long steps; between steps the worker asks it.
    #[must_use]
    pub fn token(&self) -> &CancelToken {
        self.token
    }

    /// Tells how far the job is. Lost when the last telling is less than 1/30 s ago or nobody reads.
    pub fn progress(&mut self, progress: Progress) {
        self.outbox.progress(self.ticket, progress);
    }

    /// Whether a [`Preview::Level`], [`Preview::Search`], [`Preview::Projection`] or [`Preview::Drag`] would be sent now. Ask
    /// before making one: its pictures cost time.
    #[must_use]
    pub fn wants_level(&self) -> bool {
        self.outbox.wants_level(self.ticket)
    }

    /// Shows something before the outcome. Lost as [`Context::progress`] is, but a complete candidate, a frame or
    /// a model only when nobody reads.
    pub fn preview(&mut self, preview: Preview) {
        self.outbox.preview(self.ticket, preview);
    }

    /// Tells that something was done differently than asked. Never lost.
    pub fn warn(&mut self, failure: Failure) {
        self.outbox.warn(self.ticket, failure);
    }
}
