//! How much is computed at a time and in all: slices that end soon, and a budget in seconds.

use std::time::Instant;

use super::Budget;

/// Operations of one slice: about 50 ms on two cores.
const SLICE_FLOPS: f64 = 4e9;

/// Seconds that a slice is to take where they are measured: a newer stroke waits for its end. Some take half as long again,
/// because other programs run or a batch of another size is slower.
const SLICE_SECONDS: f64 = 0.03;

/// As long as no candidate was moved: to move one takes so many times as long as to look at one.
const LOOKS_A_MOVE: f64 = 3.0;

/// The largest batch: beyond it nothing is gained.
const LARGEST_SLICE: usize = 16;

/// Share of the time in which starts are only looked at.
const SCORING_SHARE: f64 = 0.2;

/// What is measured of a search.
pub(super) struct Pace {
    budget: Budget,
    began: Instant,
    /// Operations of a picture and its gradient.
    flops: f64,
    /// The least seconds for one candidate so far: other programs can only add to them.
    step: Option<f64>,
    /// Seconds for one candidate of the newest slice in which starts were looked at, and of that in which some were moved.
    looked: Option<f64>,
    moved: Option<f64>,
}

impl Pace {
    /// `macs` of one picture.
    pub(super) fn new(budget: Budget, macs: u64) -> Self {
        Self { budget, began: Instant::now(), flops: 4.0 * macs.max(1) as f64, step: None, looked: None, moved: None }
    }

    /// Candidates that are moved at a time. Depends on the machine's speed only where a time is given: the kernels that serve
    /// batches of different sizes round differently.
    pub(super) fn slice(&self) -> usize {
        let slice = match (self.budget, self.moved.or_else(|| self.looked.map(|look| look * LOOKS_A_MOVE))) {
            (Budget::Seconds(_), Some(step)) => SLICE_SECONDS / step,
            // Of a search that follows the brush the candidate that is looked at comes first, and alone.
            (Budget::Seconds(_), None) => 1.0,
            (Budget::Full, _) => (SLICE_FLOPS / self.flops).round(),
        };
        (slice as usize).clamp(1, LARGEST_SLICE)
    }

    /// Starts that are looked at at a time, without the way back.
    pub(super) fn looks(&self) -> usize {
        match (self.budget, self.looked) {
            (Budget::Seconds(_), Some(look)) => ((SLICE_SECONDS / look) as usize).clamp(1, 2 * LARGEST_SLICE),
            (Budget::Seconds(_), None) => 2,
            (Budget::Full, _) => 2 * self.slice(),
        }
    }

    /// Notes what it took to look at `count` starts.
    pub(super) fn note_looks(&mut self, since: Instant, count: usize) {
        let seconds = since.elapsed().as_secs_f64();
        self.looked = Some(seconds / count.max(1) as f64);
        self.note(seconds / count.div_ceil(2).max(1) as f64);
    }

    /// Notes what it took to move `count` candidates.
    pub(super) fn note_moves(&mut self, since: Instant, count: usize) {
        let seconds = since.elapsed().as_secs_f64() / count.max(1) as f64;
        self.moved = Some(seconds);
        self.note(seconds);
    }

    fn note(&mut self, seconds: f64) {
        self.step = Some(self.step.map_or(seconds, |least| least.min(seconds)));
    }

    /// Whether there is a limit of time.
    pub(super) const fn is_limited(&self) -> bool {
        matches!(self.budget, Budget::Seconds(_))
    }

    /// Seconds since the search began.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Whether more starts may be looked at.
    pub(super) fn may_score(&self) -> bool {
        match self.budget {
            Budget::Full => true,
            Budget::Seconds(all) => self.seconds() < SCORING_SHARE * f64::from(all),
        }
    }

    /// Whether `count` candidates may be moved once more.
    pub(super) fn may_move(&self, count: usize) -> bool {
        match self.budget {
            Budget::Full => true,
            Budget::Seconds(all) => self.seconds() + self.step.unwrap_or(0.0) * count as f64 <= f64::from(all),
        }
    }

    /// Whether moving candidates `count` times in all takes a small part of the time.
    pub(super) fn is_little(&self, count: usize) -> bool {
        match self.budget {
            Budget::Full => true,
            Budget::Seconds(all) => self.step.unwrap_or(0.0) * count as f64 <= SCORING_SHARE * f64::from(all),
        }
    }

    /// How much of the time is used up; `None` without a limit.
    pub(super) fn fraction(&self) -> Option<f64> {
        match self.budget {
            Budget::Full => None,
            Budget::Seconds(all) => Some((self.seconds() / f64::from(all)).min(1.0)),
        }
    }
}
