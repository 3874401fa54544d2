//! What a search shows.

use std::sync::Arc;

use super::super::{Latent, Picture};
use crate::control::Progress;

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Stays the same for the life of the candidate, also in searches that go on from this one.
    pub id: u64,
    /// The latent of the picture.
    pub latent: Latent,
    /// Where the candidate started: the slider's end "before".
    pub start: Latent,
    /// The latent's picture.
    pub picture: Picture,
    /// All costs, weighted; what candidates are ranked by.
    pub cost: f32,
    /// The cost of each constraint without its weight, in the order of the constraints.
    pub costs: Arc<[f32]>,
    /// The share in the average of all candidates shown; shares sum to 1.
    pub share: f32,
}

/// Whether a constraint is satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least one of the shown candidates satisfies it.
    Met,
    /// None does (yet).
    Missed,
    /// It lies outside of the picture, or has no pixel: it constrains nothing.
    Empty,
}

/// How far a search is.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPreview {
    /// In rank order, the best first, at most as many as are to be kept.
    pub candidates: Vec<Candidate>,
    /// One for each constraint.
    pub verdicts: Vec<Verdict>,
    /// Adam's steps that the kept candidates have made in this search.
    pub step: usize,
    /// Candidates dropped because their numbers were not finite.
    pub dropped: usize,
    /// How far.
    pub progress: Progress,
}
