//! Pentimento erases objects from photos at full resolution: a desktop editor and a command line.
//!
//! `ARCHITECTURE.md` beside the manifest draws the layers; arrows point down only and `tests/tidy.rs` holds them there.

pub mod cli;
pub mod compute;
pub mod control;
pub mod document;
pub mod erase;
pub mod eval;
pub mod generators;
pub mod imaging;
pub mod latent;
pub mod library;
pub mod logging;
pub mod samples;
pub mod school;
pub mod sketch;
pub mod train;
#[cfg(feature = "gui")]
pub mod ui;
pub mod weights;
pub mod worker;
