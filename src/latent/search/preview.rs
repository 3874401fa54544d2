//! What a search shows.

use std::sync::Arc;

use super::super::{Latent, Picture};
use super::state::{Runner, Seen};
use super::{SearchJob, rank};
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
    /// The cost of each constraint without its weight, in the order of the constraints; empty while
    /// the picture is still that of the search before.
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

/// The mean of pictures by their shares (Zhu et al., `AverageExplorer`, 2014, in its simplest form); `None` for none, or when
/// sides differ or shares do not sum to more than 0.
#[must_use]
pub fn average(parts: &[(&Picture, f32)]) -> Option<Picture> {
    let side = parts.first()?.0.side();
    let total: f32 = parts.iter().map(|(_, share)| share).sum();
    if total.is_nan() || total <= 0.0 || parts.iter().any(|(picture, _)| picture.side() != side) {
        return None;
    }
    let mean =
        |at: usize| parts.iter().map(|(picture, share)| share * f32::from(picture.rgb()[at])).sum::<f32>() / total;
    Picture::new(side, (0..3 * side * side).map(|at| mean(at).round() as u8).collect::<Vec<u8>>())
}

impl SearchJob {
    /// What can be shown now.
    pub(super) fn preview(&self) -> SearchPreview {
        let seen: Vec<(&Runner, &Seen)> =
            self.state.runners.iter().filter_map(|runner| Some((runner, runner.seen.as_ref()?))).collect();
        let shown = &seen[..seen.len().min(self.options.kept)];
        let shares = rank::shares(&shown.iter().map(|(_, seen)| seen.cost).collect::<Vec<_>>());
        let candidates = shown.iter().zip(shares).map(|((runner, seen), share)| Candidate {
            id: runner.slot.id,
            latent: Arc::clone(&seen.latent),
            start: Arc::clone(&runner.slot.start),
            picture: seen.picture.clone(),
            cost: seen.cost,
            costs: Arc::clone(&seen.costs),
            share,
        });
        let candidates: Vec<Candidate> = candidates.collect();
        SearchPreview {
            verdicts: self.verdicts(&candidates),
            candidates,
            step: self.sweeps,
            dropped: self.evaluator.dropped,
            progress: self.progress(),
        }
    }

    fn verdicts(&self, candidates: &[Candidate]) -> Vec<Verdict> {
        let bounds = self.evaluator.objective.bounds();
        // What one candidate meets and what another one meets may contradict each other.
        let met = most_met(candidates, bounds);
        let verdict = |(at, bound): (usize, &Option<f32>)| match bound {
            None => Verdict::Empty,
            Some(_) if met.get(at) == Some(&true) => Verdict::Met,
            Some(_) => Verdict::Missed,
        };
        bounds.iter().enumerate().map(verdict).collect()
    }

    fn progress(&self) -> Progress {
        let steps = self.options.steps.max(1) as f64;
        let fraction = self.pace.fraction().unwrap_or(0.0).max(self.sweeps as f64 / steps);
        let stage = if self.sweeps == 0 { "starts" } else { "search" };
        Progress { fraction: fraction.min(1.0) as f32, stage }
    }
}

/// Which constraints the candidate meets that meets the most of them, of several the cheapest.
fn most_met(candidates: &[Candidate], bounds: &[Option<f32>]) -> Vec<bool> {
    let met = |candidate: &Candidate| -> Vec<bool> {
        let is_met = |(bound, cost): (&Option<f32>, &f32)| bound.is_some_and(|bound| *cost <= bound);
        bounds.iter().zip(candidate.costs.iter()).map(is_met).collect()
    };
    let all = candidates.iter().map(|candidate| (met(candidate), candidate.cost));
    let count = |met: &[bool]| met.iter().filter(|met| **met).count();
    all.max_by(|(a, a_cost), (b, b_cost)| count(a).cmp(&count(b)).then(b_cost.total_cmp(a_cost)))
        .map(|(met, _)| met)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_is_met_by_one_candidate() {
        let candidate = |id: u64, costs: &[f32]| Candidate {
            id,
            latent: vec![0.0].into(),
            start: vec![0.0].into(),
            picture: Picture::new(1, vec![0; 3]).unwrap(),
            cost: costs.iter().sum(),
            costs: costs.into(),
            share: 0.5,
        };
        let bounds = [Some(1.0), Some(1.0), None];
        let torn = [candidate(0, &[0.5, 3.0, 0.0]), candidate(1, &[2.0, 0.5, 0.0])];
        assert_eq!(most_met(&torn, &bounds), [false, true, false], "the cheaper of two that meet one each");
        let both = [torn[0].clone(), candidate(2, &[0.9, 0.9, 9.0])];
        assert_eq!(most_met(&both, &bounds), [true, true, false], "both by the dearer one");
        assert!(most_met(&[], &bounds).is_empty(), "nobody");
    }

    #[test]
    fn an_average_follows_the_shares() {
        let grey = |value: u8| Picture::new(2, vec![value; 12]).unwrap();
        let (dark, light) = (grey(0), grey(200));
        assert_eq!(average(&[(&dark, 0.25), (&light, 0.75)]), Some(grey(150)), "three quarters of 200");
        assert_eq!(average(&[(&dark, 0.0)]), None, "no share");
        assert_eq!(average(&[]), None, "nothing");
    }
}
