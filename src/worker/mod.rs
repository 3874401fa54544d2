//! The only owner of a long-lived thread: takes requests, runs jobs step by step, sends events.
//!
//! It never touches egui; the window hands it a `wake` closure. It alone translates between documents and engines.
//! Requests wait in one slot a lane ([`Lane`]), of which the newest wins; the most urgent lane with work makes one step
//! at a time, so a job of a less urgent lane is paused and never lost. Every request has exactly one outcome.

mod event;
pub mod exploring;
mod failure;
mod handle;
pub mod importing;
mod inbox;
mod job;
mod jobs;
mod manifolds;
mod outbox;
mod protocol;
mod request;
mod room;
mod run;
pub mod schooling;
pub mod sketching;

/// The window names engines; it reaches none of them.
pub use crate::erase::{Engine, Explanation, Family, NetworkInfo, Networks, Rule};
pub use event::{Difference, Done, Event, Measured, Opened, OpenedDocument, OpenedExploration, Preview, ShownPatch};
pub use failure::Failure;
pub use handle::{Worker, WorkerOptions};
pub use job::{Context, Job, JobStep};
pub use manifolds::{Manifolds, ModelInfo};
pub use protocol::{Between, EraseTarget, Lane, MarksChange, SaveFormat, Ticket};
pub use request::Request;
