//! One search, driven slice by slice.

use std::sync::Arc;

use super::super::{Constraint, LatentError};
use super::{SearchOptions, SearchPreview, SearchState};
use crate::control::{Step, Stepper};
use crate::generators::manifold::Manifold;

/// Looks for latents whose pictures satisfy constraints.
pub struct SearchJob {
    state: SearchState,
}

impl SearchJob {
    /// Checks the constraints and the options; `warm` is the state of the search that this one follows.
    ///
    /// # Errors
    /// A sentence about the first constraint or option that does not fit the model.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        constraints: Vec<Constraint>,
        options: SearchOptions,
        warm: Option<SearchState>,
    ) -> Result<Self, LatentError> {
        options.check(manifold.latent_dim())?;
        drop(constraints);
        Ok(Self { state: warm.unwrap_or_default() })
    }

    /// What a search that follows this one goes on from.
    #[must_use]
    pub fn state(&self) -> SearchState {
        self.state.clone()
    }

    /// As [`Self::state`], when this search ends here.
    #[must_use]
    pub fn into_state(self) -> SearchState {
        self.state
    }
}

impl Stepper for SearchJob {
    type Preview = SearchPreview;
    type Output = SearchPreview;
    type Error = LatentError;

    fn step(&mut self) -> Result<Step<SearchPreview, SearchPreview>, LatentError> {
        Err(LatentError::Options { why: "it is not written yet" })
    }
}
