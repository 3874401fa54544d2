//! Where log records go: to stderr for a terminal, and into a ring for the window's log panel.
//!
//! A leaf that every layer may use; most use only `tracing`. Nothing here prints a backtrace, that of a panic included.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// Records that the ring keeps.
pub const RING_CAPACITY: usize = 1024;

/// The longest message kept, in bytes; the rest is cut off.
const MESSAGE_LIMIT: usize = 2048;

static RING: Mutex<Ring> = Mutex::new(Ring { records: VecDeque::new(), next: 0 });

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts up from 0 over the whole run.
    pub number: u64,
    /// When.
    pub time: SystemTime,
    /// How serious: ERROR is that something was lost, WARN that something was done differently.
    pub level: Level,
    /// The module that tells it.
    pub target: String,
    /// What it tells, with its fields.
    pub message: String,
}

/// Installs the subscriber: stderr at WARN, at DEBUG if `is_verbose`, as `RUST_LOG` says if that is set; the ring at
/// DEBUG for this program and WARN for others. A second call changes nothing.
pub fn init(is_verbose: bool) {
    let fallback = if is_verbose { "warn,pentimento=debug" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new(fallback));
    let stderr = fmt::layer().with_writer(std::io::stderr).without_time().with_target(is_verbose).with_filter(filter);
    let ring =
        RingLayer.with_filter(Targets::new().with_default(LevelFilter::WARN).with_target("pentimento", Level::DEBUG));
    // Fails only when a subscriber is there already, as in a test binary; then that one is kept.
    if tracing_subscriber::registry().with(stderr).with(ring).try_init().is_ok() {
        log_panics();
    }
}

/// The kept records with a number of at least `since`, oldest first.
#[must_use]
pub fn records(since: u64) -> Vec<Record> {
    let ring = lock();
    let from = ring.records.partition_point(|record| record.number < since);
    ring.records.range(from..).cloned().collect()
}

/// The number that the next record will have: cheap to ask every frame.
#[must_use]
pub fn next_number() -> u64 {
    lock().next
}

/// A panic becomes one log record instead of the standard message with its backtrace.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(target: "pentimento", "internal error in thread {thread}{place}: {message}");
    }));
}

struct Ring {
    records: VecDeque<Record>,
    next: u64,
}

fn lock() -> MutexGuard<'static, Ring> {
    RING.lock().unwrap_or_else(PoisonError::into_inner)
}

struct RingLayer;

impl<S: Subscriber> Layer<S> for RingLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let metadata = event.metadata();
        let message = text.finish();
        let mut ring = lock();
        let number = ring.next;
        ring.next += 1;
        if ring.records.len() == RING_CAPACITY {
            ring.records.pop_front();
        }
        ring.records.push_back(Record {
            number,
            time: SystemTime::now(),
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            message,
        });
    }
}

/// Collects the fields of a record: the message first, then `name: value`.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Text {
    fn finish(self) -> String {
        let mut text = self.message;
        text.push_str(&self.fields);
        if text.len() > MESSAGE_LIMIT {
            let end = (0..=MESSAGE_LIMIT).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let written = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, "; {}: {value:?}", field.name())
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest_records_and_cuts_long_ones() {
        let subscriber = tracing_subscriber::registry().with(RingLayer);
        tracing::subscriber::with_default(subscriber, || {
            let start = next_number();
            for count in 0..RING_CAPACITY + 10 {
                tracing::info!(count, "counting");
            }
            tracing::warn!("{}", "é".repeat(MESSAGE_LIMIT));
            let kept = records(0);
            assert_eq!(kept.len(), RING_CAPACITY, "no more than the capacity");
            let newest = records(next_number() - 1);
            assert!(newest.iter().all(|record| record.message.len() <= MESSAGE_LIMIT + 4), "the long one is cut");
            let found = kept.iter().any(|record| record.message == format!("counting; count: {}", RING_CAPACITY + 9));
            assert!(found, "message and field of the last count since {start}");
            assert!(kept.windows(2).all(|pair| pair[0].number < pair[1].number), "in order");
        });
    }
}
