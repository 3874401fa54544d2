//! What is edited, saved and undone: plain values made of shared parts.
//!
//! A document, an exploration or a sketch never holds a widget, a channel, a network or a clock. It changes only through its history.

mod assembly;
mod autosave;
mod contents;
mod erasure;
pub mod explore;
mod explore_assembly;
mod explore_outline;
mod history;
pub mod journal;
mod operations;
mod origin;
mod outline;
mod parts;
pub mod recovery;
mod session_error;
pub mod session_file;
pub mod sketch;
mod sketch_assembly;
mod sketch_outline;
mod validate;

pub use autosave::{Autosave, Leftover};
pub use contents::Contents;
pub use erasure::{Candidate, Document, Erasure, ErasureId, Recipe};
pub use explore::{Exploration, ExploreAction};
pub use history::{Action, ExploreHistory, History, HistoryLimits, SketchHistory, Timeline, Undoable};
pub use operations::MAX_CANDIDATES;
pub use origin::{Origin, OriginNetwork, OriginReason, Shares, WHOLE_SHARE};
pub use session_error::{SessionError, SessionFault, SessionLimits};
pub use sketch::{Sketch, SketchAction};
pub use validate::InvalidDocument;
