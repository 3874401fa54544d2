//! The search for latents whose pictures satisfy constraints: many starts, cut down to the best, each moved by Adam.
//!
//! Source: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, ECCV 2016, §4 and its released program.

mod adam;
mod distinct;
mod evaluate;
mod job;
mod options;
mod pace;
mod preview;
mod rank;
mod state;

pub use job::SearchJob;
pub use options::{Budget, SearchOptions};
pub use preview::{Candidate, SearchPreview, Verdict, average};
pub use state::{SearchState, Variables};
