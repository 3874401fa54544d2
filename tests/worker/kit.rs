//! A worker whose events can be waited for, and jobs made of closures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use pentimento::control::CancelToken;
use pentimento::document::Document;
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, Photo, Samples, Size};
use pentimento::worker::{Context, Done, Event, Failure, Job, JobStep, Request, Ticket, Worker};

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A worker whose events can be waited for.
pub(crate) struct Bench {
    pub(crate) worker: Worker,
    pub(crate) awake: Receiver<()>,
    pub(crate) outcomes: Vec<(Ticket, Outcome)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Done,
    Failed(Failure),
    Cancelled,
}

impl Bench {
    pub(crate) fn new(factory: impl FnMut(Request, &CancelToken) -> Box<dyn Job> + Send + 'static) -> Self {
        let (wake, awake) = bounded(1);
        let wake = Arc::new(move || ring(&wake));
        let worker = Worker::with_jobs(wake, Some(1), factory).expect("the system gives threads");
        Self { worker, awake, outcomes: Vec::new() }
    }

    pub(crate) fn poll(&mut self) {
        for event in self.worker.events() {
            match event {
                Event::Done(ticket, _) => self.outcomes.push((ticket, Outcome::Done)),
                Event::Failed(ticket, failure) => self.outcomes.push((ticket, Outcome::Failed(failure))),
                Event::Cancelled(ticket) => self.outcomes.push((ticket, Outcome::Cancelled)),
                Event::Progress(..) | Event::Preview(..) | Event::Warning(..) => {}
            }
        }
    }

    /// Reads events until `is_met`, or fails the test with `what`.
    pub(crate) fn until(&mut self, what: &str, is_met: impl Fn(&Self) -> bool) {
        let end = Instant::now() + DEADLINE;
        loop {
            self.poll();
            if is_met(self) {
                return;
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "in time: {what}; so far {:?}", self.outcomes);
        }
    }

    pub(crate) fn outcome_of(&mut self, ticket: Ticket) -> Outcome {
        let found = |bench: &Self| bench.outcomes.iter().find(|(of, _)| *of == ticket).cloned();
        self.until(&format!("an outcome of {ticket:?}"), |bench| found(bench).is_some());
        found(self).expect("waited for above").1
    }
}

/// A full bell has rung already.
pub(crate) fn ring(bell: &Sender<()>) {
    bell.try_send(()).ok();
}

/// A job made of a closure.
struct Steps<F>(F);

impl<F: FnMut(&mut Context<'_>) -> JobStep + Send> Job for Steps<F> {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        (self.0)(context)
    }
}

pub(crate) fn job(step: impl FnMut(&mut Context<'_>) -> JobStep + Send + 'static) -> Box<dyn Job> {
    Box::new(Steps(step))
}

pub(crate) fn finished() -> JobStep {
    JobStep::Done(Done::MaskImported { holes: Arc::new(Mask::empty(Size::new(1, 1))) })
}

/// Steps only when the test lets it: each value sent is one step, `true` the last one.
pub(crate) fn gated(steps: Receiver<bool>, stepped: Sender<()>) -> Box<dyn Job> {
    job(move |_| {
        stepped.try_send(()).ok();
        match steps.recv_timeout(DEADLINE) {
            Ok(false) => JobStep::More,
            Ok(true) | Err(_) => finished(),
        }
    })
}

pub(crate) fn frame() -> Frame {
    Frame::new(Size::new(2, 2), ColorModel::Gray, Samples::U8(vec![0; 4])).expect("four samples")
}

pub(crate) fn document() -> Document {
    Document::new(Photo { frame: frame(), metadata: Arc::new(Metadata::bare(FileFormat::Png)) })
}
