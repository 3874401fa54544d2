//! A slice of candidates through the network and back.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor, Var};

use super::super::objective::{Objective, numbers};
use super::super::space::Space;
use super::super::{LatentError, Picture};
use super::state::{Seen, Slot};
use crate::generators::manifold::Manifold;

/// What a candidate gave.
pub(super) struct Outcome {
    pub(super) seen: Seen,
    /// The gradient in `y`; empty if it was not asked for.
    pub(super) slope: Vec<f32>,
}

/// Whether gradients are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Cost,
    Slope,
}

/// Runs candidates, and remembers why some gave nothing.
pub(super) struct Evaluator {
    pub(super) manifold: Arc<dyn Manifold>,
    pub(super) objective: Objective,
    pub(super) space: Space,
    /// Candidates without an outcome so far.
    pub(super) dropped: usize,
    /// The last failure that was none of numbers.
    failure: Option<candle_core::Error>,
}

impl Evaluator {
    pub(super) const fn new(manifold: Arc<dyn Manifold>, objective: Objective, space: Space) -> Self {
        Self { manifold, objective, space, dropped: 0, failure: None }
    }

    /// An outcome for each slot; `None` where numbers were not finite.
    pub(super) fn run(&mut self, slots: &[&Slot], wanted: Wanted) -> Vec<Option<Outcome>> {
        if slots.is_empty() {
            return Vec::new();
        }
        match self.try_run(slots, wanted) {
            Ok(outcomes) => {
                self.dropped += outcomes.iter().filter(|outcome| outcome.is_none()).count();
                outcomes
            }
            // The network refuses a batch in which one result is not finite: who was it?
            Err(_) if slots.len() > 1 => slots.iter().flat_map(|slot| self.run(&[slot], wanted)).collect(),
            Err(error) => {
                self.dropped += 1;
                if !error.to_string().contains("not finite") {
                    self.failure = Some(error);
                }
                vec![None]
            }
        }
    }

    /// Why no candidate is left.
    pub(super) fn reason(&mut self) -> LatentError {
        let nothing = LatentError::NothingFinite { count: self.dropped };
        self.failure.take().map_or(nothing, LatentError::Compute)
    }

    fn try_run(&self, slots: &[&Slot], wanted: Wanted) -> Result<Vec<Option<Outcome>>> {
        let dim = self.space.dim();
        let ys: Vec<f32> = slots.iter().flat_map(|slot| slot.y.iter().copied()).collect();
        let ys = Tensor::from_vec(ys, (slots.len(), dim), &Device::Cpu)?;
        let (terms, slopes) = if wanted == Wanted::Slope {
            let ys = Var::from_tensor(&ys)?;
            let terms = self.objective.terms_in(&self.space, &*self.manifold, &ys)?;
            let slopes = terms.totals.sum_all()?.backward()?.remove(&ys);
            (terms, slopes.map(|slopes| numbers(&slopes)).transpose()?.unwrap_or_default())
        } else {
            (self.objective.terms_in(&self.space, &*self.manifold, &ys)?, Vec::new())
        };
        let pictures = Picture::all_of(&terms.pictures)?;
        let (totals, costs) = (numbers(&terms.totals)?, numbers(&terms.costs)?);
        let n_costs = costs.len() / slots.len();
        let outcome = |at: usize, picture: Picture| {
            let slope = slopes.get(at * dim..(at + 1) * dim).unwrap_or_default();
            let is_finite = totals[at].is_finite() && slope.iter().all(|slope| slope.is_finite());
            let seen = Seen {
                latent: self.space.latent_of(&slots[at].y),
                picture,
                cost: totals[at],
                costs: costs[at * n_costs..(at + 1) * n_costs].into(),
            };
            is_finite.then(|| Outcome { seen, slope: slope.to_vec() })
        };
        Ok(pictures.into_iter().enumerate().map(|(at, picture)| outcome(at, picture)).collect())
    }
}
