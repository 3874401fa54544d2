//! The worker with real threads: order, replacement, cancellation, panics, a window that does not read or is gone.
//!
//! Everything waits for an event with a deadline; nothing sleeps for a fixed time.

mod ending;
mod events;
mod kit;
mod lanes;
mod outcomes;
mod requests;
