//! The search for latents whose pictures satisfy constraints: many starts, cut down to the best, each moved by Adam.
//!
//! Source: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, ECCV 2016, §4 and its released program.

mod job;
mod options;
mod preview;
mod state;

pub use job::SearchJob;
pub use options::{Budget, SearchOptions};
pub use preview::{Candidate, SearchPreview, Verdict};
pub use state::SearchState;
