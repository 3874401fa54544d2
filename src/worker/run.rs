//! The worker's thread: one step of the most urgent job at a time.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::Receiver;

use super::inbox::{Inbox, LANES, Waiting};
use super::outbox::{Gone, Outbox};
use super::{Context, Event, Failure, Job, JobStep, Request, Ticket};
use crate::control::CancelToken;

/// Makes the job for a request. Cheap: the work is done in its steps.
pub(super) type Factory = Box<dyn FnMut(Request, &CancelToken) -> Box<dyn Job> + Send>;

/// All that the thread owns.
pub(super) struct Runner {
    pub(super) inbox: Arc<Inbox>,
    pub(super) bell: Receiver<()>,
    pub(super) outbox: Outbox,
    pub(super) factory: Factory,
    pub(super) pool: rayon::ThreadPool,
}

struct Running {
    ticket: Ticket,
    token: CancelToken,
    job: Box<dyn Job>,
}

type Lanes = [Option<Running>; LANES];

impl Runner {
    /// Works until the window is gone. Without work it sleeps on the bell.
    pub(super) fn run(mut self) {
        let mut lanes: Lanes = std::array::from_fn(|_| None);
        while self.turn(&mut lanes).is_ok() {}
    }

    fn turn(&mut self, lanes: &mut Lanes) -> Result<(), Gone> {
        let is_idle = lanes.iter().all(Option::is_none);
        let has_rung = if is_idle { self.bell.recv().is_ok() } else { self.bell.try_recv().is_ok() };
        if has_rung {
            self.take_mail(lanes)?;
        }
        for slot in &mut *lanes {
            if let Some(running) = slot.take_if(|running| running.token.is_cancelled()) {
                drop(running.job);
                self.outbox.outcome(Event::Cancelled(running.ticket))?;
            }
        }
        match lanes.iter_mut().find(|slot| slot.is_some()) {
            Some(slot) => self.step(slot),
            None => Ok(()),
        }
    }

    fn take_mail(&mut self, lanes: &mut Lanes) -> Result<(), Gone> {
        let mail = self.inbox.take();
        if mail.is_closed {
            return Err(Gone);
        }
        for ticket in mail.replaced {
            self.outbox.outcome(Event::Cancelled(ticket))?;
        }
        for (slot, waiting) in lanes.iter_mut().zip(mail.requests) {
            let Some(Waiting { ticket, request, token }) = waiting else { continue };
            if let Some(older) = slot.take() {
                drop(older.job);
                self.outbox.outcome(Event::Cancelled(older.ticket))?;
            }
            match catch_unwind(AssertUnwindSafe(|| (self.factory)(request, &token))) {
                Ok(job) => *slot = Some(Running { ticket, token, job }),
                Err(panic) => self.outbox.outcome(Event::Failed(ticket, failure_of_panic(&*panic)))?,
            }
        }
        Ok(())
    }

    fn step(&mut self, slot: &mut Option<Running>) -> Result<(), Gone> {
        let Some(mut running) = slot.take() else { return Ok(()) };
        let mut context = Context::new(running.ticket, &running.token, &mut self.outbox);
        let job = &mut running.job;
        let pool = &self.pool;
        let result = catch_unwind(AssertUnwindSafe(|| pool.install(|| job.step(&mut context))));
        let is_cancelled = running.token.is_cancelled();
        let ticket = running.ticket;
        let outcome = match result {
            Ok(JobStep::More) => {
                *slot = Some(running);
                return Ok(());
            }
            Ok(JobStep::Done(done)) if !is_cancelled || done.is_lasting() => Event::Done(ticket, done),
            // A job that looks at its token inside of a step may end with any error when it is cancelled.
            Ok(JobStep::Done(_) | JobStep::Failed(_)) if is_cancelled => Event::Cancelled(ticket),
            Ok(JobStep::Done(done)) => Event::Done(ticket, done),
            Ok(JobStep::Failed(failure)) => Event::Failed(ticket, failure),
            Err(panic) => Event::Failed(ticket, failure_of_panic(&*panic)),
        };
        // Its memory is free before the window hears of the end.
        drop(running);
        self.outbox.outcome(outcome)
    }
}

fn failure_of_panic(panic: &(dyn Any + Send)) -> Failure {
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    let details = message.unwrap_or_else(|| "no message".to_owned());
    tracing::error!(%details, "a job panicked; the worker goes on");
    let headline = "an internal error ended this job: nothing was changed, and the program goes on".to_owned();
    Failure { key: "error-internal", headline, details }
}
