//! What a search hands on to the next one, so that the picture follows the brush.

use std::sync::Arc;

use super::super::space::Space;
use super::super::{Latent, Picture};

/// The candidates of a search with Adam's moments and their last pictures. Cheap enough to be cloned at every step.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SearchState {
    /// In rank order.
    pub(super) runners: Vec<Runner>,
    /// Starts drawn so far.
    pub(super) drawn: usize,
    /// Steps since the first start or the last fix.
    pub(super) age: usize,
}

/// What Adam knows of one candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variables<'a> {
    /// The candidate's.
    pub id: u64,
    /// What is moved: see [`Space`].
    pub y: &'a [f32],
    /// First moment.
    pub first: &'a [f32],
    /// Second moment.
    pub second: &'a [f32],
    /// Steps so far.
    pub steps: i32,
}

impl SearchState {
    /// A state in which these latents are the only candidates, numbered from 0, as if a search had begun with them. A search
    /// that follows draws further starts only if its options name more than these.
    #[must_use]
    pub fn of(latents: impl IntoIterator<Item = Latent>, space: &Space) -> Self {
        let slots = latents.into_iter().enumerate().map(|(id, latent)| Slot::new(id as u64, latent, space));
        let runners: Vec<Runner> = slots.map(|slot| Runner { slot, seen: None }).collect();
        Self { drawn: runners.len(), runners, age: 0 }
    }

    /// Every candidate's variables, in rank order.
    pub fn variables(&self) -> impl Iterator<Item = Variables<'_>> {
        self.runners.iter().map(|Runner { slot, .. }| Variables {
            id: slot.id,
            y: &slot.y,
            first: &slot.first,
            second: &slot.second,
            steps: slot.steps,
        })
    }

    /// Candidates in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runners.len()
    }

    /// Whether there is no candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runners.is_empty()
    }
}

/// One candidate on its way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Runner {
    pub(super) slot: Slot,
    pub(super) seen: Option<Seen>,
}

/// One candidate's variables.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot {
    pub(super) id: u64,
    pub(super) start: Latent,
    /// The variable, and Adam's first and second moment.
    pub(super) y: Vec<f32>,
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
    /// Adam's steps so far.
    pub(super) steps: i32,
}

impl Slot {
    pub(super) fn new(id: u64, start: Latent, space: &Space) -> Self {
        let y = space.y_of(&start);
        let zeros = vec![0.0; y.len()];
        Self { id, start, y, first: zeros.clone(), second: zeros, steps: 0 }
    }
}

/// A candidate's picture and what it costs: that of the variable before the last step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) latent: Latent,
    pub(super) picture: Picture,
    pub(super) cost: f32,
    /// One for each constraint; empty if the cost is that of other constraints, in the search before.
    pub(super) costs: Arc<[f32]>,
}
