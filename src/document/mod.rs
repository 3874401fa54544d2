//! What is edited, saved and undone: plain values made of shared parts.
//!
//! A document never holds a widget, a channel, a network or a clock. It changes only through [`History`].

mod erasure;
mod history;

pub use erasure::{Candidate, Document, Erasure, ErasureId, Recipe};
pub use history::{Action, History, HistoryLimits};
