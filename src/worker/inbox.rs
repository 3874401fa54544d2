//! The window's way to the worker: one slot a lane, in which the newest request replaces an older one, and a bell.
//!
//! A bounded queue could be full when the newest slider position comes; a slot never is. The lock is held only to swap
//! values, so neither side ever waits for the other's work.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use strum::EnumCount as _;

use super::{Lane, Request, Ticket};
use crate::control::{CancelToken, Canceller};

/// The number of lanes.
pub(super) const LANES: usize = Lane::COUNT;

/// A request that waits to be taken.
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    pub(super) request: Request,
    pub(super) token: CancelToken,
}

/// What the worker finds when the bell has rung.
pub(super) struct Mail {
    /// By lane.
    pub(super) requests: [Option<Waiting>; LANES],
    /// Requests that were replaced or cancelled before the worker saw them.
    pub(super) replaced: Vec<Ticket>,
    /// Nobody listens any longer.
    pub(super) is_closed: bool,
}

/// The slots and the bell.
pub(super) struct Inbox {
    slots: Mutex<Slots>,
    bell: Sender<()>,
}

struct Slots {
    waiting: [Option<Waiting>; LANES],
    cancellers: [Canceller; LANES],
    replaced: Vec<Ticket>,
    last_ticket: u64,
    is_closed: bool,
}

impl Inbox {
    /// An empty inbox and the worker's end of its bell.
    pub(super) fn new() -> (Self, Receiver<()>) {
        let (bell, ring) = bounded(1);
        (Self { slots: Mutex::default(), bell }, ring)
    }

    /// Puts `request` into its lane's slot and cancels what waits or runs there.
    pub(super) fn put(&self, request: Request) -> Ticket {
        let lane = request.lane() as usize;
        let mut slots = self.lock();
        slots.last_ticket += 1;
        let ticket = Ticket(slots.last_ticket);
        let token = slots.cancellers[lane].restart();
        let older = slots.waiting[lane].replace(Waiting { ticket, request, token });
        slots.replaced.extend(older.as_ref().map(|waiting| waiting.ticket));
        drop(slots);
        self.ring();
        // `older` is dropped here and not under the lock: it may be the last owner of large buffers.
        ticket
    }

    /// Cancels what waits or runs in `lane`.
    pub(super) fn cancel(&self, lane: Lane) {
        let mut slots = self.lock();
        let older = slots.cancel(lane as usize);
        drop(slots);
        drop(older);
        self.ring();
    }

    /// Cancels everything and tells the worker to end.
    pub(super) fn close(&self) {
        let mut slots = self.lock();
        slots.is_closed = true;
        let older: Vec<_> = (0..LANES).map(|lane| slots.cancel(lane)).collect();
        drop(slots);
        drop(older);
        self.ring();
    }

    /// Empties the slots.
    pub(super) fn take(&self) -> Mail {
        let mut slots = self.lock();
        Mail {
            requests: std::mem::replace(&mut slots.waiting, empty()),
            replaced: std::mem::take(&mut slots.replaced),
            is_closed: slots.is_closed,
        }
    }

    fn ring(&self) {
        match self.bell.try_send(()) {
            // Rung already and not heard yet, or nobody there: either way there is nothing more to do.
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        // Nothing that is done under the lock can leave the slots half changed.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            waiting: empty(),
            cancellers: std::array::from_fn(|_| Canceller::default()),
            replaced: Vec::new(),
            last_ticket: 0,
            is_closed: false,
        }
    }
}

/// One for each lane.
fn empty() -> [Option<Waiting>; LANES] {
    std::array::from_fn(|_| None)
}

impl Slots {
    fn cancel(&mut self, lane: usize) -> Option<Waiting> {
        self.cancellers[lane].cancel();
        let older = self.waiting[lane].take();
        self.replaced.extend(older.as_ref().map(|waiting| waiting.ticket));
        older
    }
}
