//! The only owner of a long-lived thread: takes requests, runs jobs step by step, sends events.
//!
//! It never touches egui; the window hands it a `wake` closure. It alone translates between documents and engines.

mod protocol;

pub use protocol::{
    Difference, Done, EraseTarget, Event, Failure, Lane, Measured, Opened, Preview, Request, SaveFormat, ShownPatch,
    Ticket,
};
