//! The worker's way to the window: a bounded channel in which previews may be lost and outcomes may not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError};

use super::{Event, Failure, Preview, Ticket};
use crate::control::Progress;

/// Events that may wait for the window.
pub(super) const CAPACITY: usize = 64;

/// The shortest time between two events of one lossy kind.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Called after each event, to have the window look.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// The window is gone: nobody will ever read.
#[derive(Debug)]
pub(super) struct Gone;

/// Sends events and wakes the window.
pub(super) struct Outbox {
    sender: Sender<Event>,
    wake: Wake,
    progress: Throttle,
    level: Throttle,
}

impl Outbox {
    pub(super) fn new(sender: Sender<Event>, wake: Wake) -> Self {
        Self { sender, wake, progress: Throttle::default(), level: Throttle::default() }
    }

    /// Waits until the window has room for `event`.
    pub(super) fn outcome(&mut self, event: Event) -> Result<(), Gone> {
        // What was in the unsent event has no reader left, so dropping it loses nothing.
        self.sender.send(event).map_err(|_unsent| Gone)?;
        (self.wake)();
        Ok(())
    }

    pub(super) fn progress(&mut self, ticket: Ticket, progress: Progress) {
        if self.progress.is_due(ticket) && self.offer(Event::Progress(ticket, progress)) {
            self.progress.sent(ticket);
        }
    }

    pub(super) fn wants_level(&self, ticket: Ticket) -> bool {
        self.level.is_due(ticket) && !self.sender.is_full()
    }

    pub(super) fn preview(&mut self, ticket: Ticket, preview: Preview) {
        // Each replaces the one before, so those between do not matter.
        let is_level =
            matches!(preview, Preview::Level { .. } | Preview::Search(_) | Preview::Projection(_) | Preview::Drag(_));
        if is_level && !self.level.is_due(ticket) {
            return;
        }
        if self.offer(Event::Preview(ticket, preview)) && is_level {
            self.level.sent(ticket);
        }
    }

    pub(super) fn warn(&mut self, ticket: Ticket, failure: Failure) {
        if self.outcome(Event::Warning(ticket, failure)).is_err() {
            tracing::debug!("a warning had no reader: the window is gone");
        }
    }

    fn offer(&mut self, event: Event) -> bool {
        match self.sender.try_send(event) {
            Ok(()) => {
                (self.wake)();
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// Keeps one kind of event to 30 a second. The first one of each request is always due, so that a person sees at once
/// that it runs.
#[derive(Default)]
struct Throttle {
    last: Option<(Ticket, Instant)>,
}

impl Throttle {
    fn is_due(&self, ticket: Ticket) -> bool {
        self.last.is_none_or(|(last, at)| last != ticket || at.elapsed() >= INTERVAL)
    }

    fn sent(&mut self, ticket: Ticket) {
        self.last = Some((ticket, Instant::now()));
    }
}
