//! The search for motion and color between the pictures of a morph, driven step by step.

use super::{Transfer, TransferError, TransferRequest};
use crate::control::{Progress, Step, Stepper};

/// What a [`TransferJob`] shows between two steps.
#[derive(Clone, Debug)]
pub struct TransferUpdate {
    /// How far it is.
    pub progress: Progress,
}

/// Finds how a morph moves and colors, pair by pair of neighbouring pictures, and gives a [`Transfer`].
pub struct TransferJob {
    request: TransferRequest,
}

impl TransferJob {
    /// Checks the request.
    ///
    /// # Errors
    /// A sentence on what does not fit.
    pub fn new(request: TransferRequest) -> Result<Self, TransferError> {
        Ok(Self { request })
    }
}

impl Stepper for TransferJob {
    type Preview = TransferUpdate;
    type Output = Transfer;
    type Error = TransferError;

    fn step(&mut self) -> Result<Step<TransferUpdate, Transfer>, TransferError> {
        Ok(Step::Done(Transfer::of(&self.request)))
    }
}
