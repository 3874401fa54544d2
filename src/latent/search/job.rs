//! One search, driven slice by slice.
//!
//! Starts are looked at first (no gradients), cut down to twice as many as are kept, moved a few steps, cut down again, and
//! the rest moved to the end. A search that follows another begins with its candidates, the one that is looked at before all
//! others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::super::objective::{Objective, Pull};
use super::super::space::Space;
use super::super::{Constraint, LatentError};
use super::distinct::Choice;
use super::evaluate::{Evaluator, Wanted};
use super::pace::Pace;
use super::state::{Runner, Slot};
use super::{SearchOptions, SearchPreview, SearchState, adam, rank};
use crate::control::{Step, Stepper, rng};
use crate::generators::manifold::Manifold;

/// Keeps starts apart from what other code draws from the same seed.
const STREAM: u64 = 0x5EA2;

/// Steps of the first round, in which twice as many candidates run as are kept.
const FIRST_ROUND: usize = 4;

/// Duplicates are looked for every so many steps.
const CULL_EVERY: usize = 10;

/// With a budget of time, a search ends when costs have fallen by less than this share over so many steps.
const SETTLED_FALL: f32 = 0.01;
const SETTLED_OVER: usize = 4;

/// Where too few candidates differ, so many times the starts are looked at instead.
const SPARE_STARTS: usize = 4;

/// From this age on the order of candidates stays (Zhu et al. 2016, released program).
const FREEZE_AGE: usize = 150;

/// Looks for latents whose pictures satisfy constraints.
pub struct SearchJob {
    pub(super) options: SearchOptions,
    pub(super) evaluator: Evaluator,
    pub(super) pace: Pace,
    pub(super) state: SearchState,
    /// Candidates that were cut, the best first: they take the place of duplicates.
    reserve: Vec<Runner>,
    /// Starts that were not looked at yet.
    starts: VecDeque<Slot>,
    /// Candidates that are still to be moved in this sweep.
    queue: VecDeque<u64>,
    /// A cut under way.
    choice: Option<Choice>,
    /// Sweeps over all candidates so far.
    pub(super) sweeps: usize,
    /// The mean cost of the best half after each sweep.
    trail: Vec<f32>,
    /// Whether the candidates of an earlier search have had their first step.
    is_caught_up: bool,
    is_halved: bool,
}

impl SearchJob {
    /// Checks the constraints and the options; `warm` is the state of the search that this one follows.
    ///
    /// # Errors
    /// A sentence about the first constraint or option that does not fit the model.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        constraints: impl AsRef<[Constraint]>,
        options: SearchOptions,
        warm: Option<SearchState>,
    ) -> Result<Self, LatentError> {
        options.check(manifold.latent_dim())?;
        let space = Space::of(&*manifold, options.styles)?.around(options.origin.as_ref());
        let mut state = warm.unwrap_or_default();
        let fits = |runner: &Runner| runner.slot.y.len() == space.dim();
        if let Some(other) = state.runners.iter().find(|runner| !fits(runner)) {
            return Err(LatentError::WrongLatent { given: other.slot.y.len(), wanted: space.dim() });
        }
        for seen in state.runners.iter_mut().filter_map(|runner| runner.seen.as_mut()) {
            seen.costs = Arc::default();
        }
        let starts = starts(&options, &space, &*manifold, state.drawn)?;
        let pull = Pull { origin: options.origin.clone(), smoothness: options.smoothness, realism: options.realism };
        let objective = Objective::new(constraints.as_ref(), manifold.side(), options.hog, pull)?;
        let pace = Pace::new(options.budget, manifold.macs());
        let (is_caught_up, is_halved) = (state.runners.is_empty(), state.drawn >= options.starts);
        let mut job = Self {
            evaluator: Evaluator::new(manifold, objective, space),
            options,
            pace,
            state,
            reserve: Vec::new(),
            starts,
            queue: VecDeque::new(),
            choice: None,
            sweeps: 0,
            trail: Vec::new(),
            is_caught_up,
            is_halved,
        };
        job.begin_sweep();
        Ok(job)
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

    fn begin_sweep(&mut self) {
        self.queue = self.state.runners.iter().map(|runner| runner.slot.id).collect();
        let is_chosen = |id: &u64| Some(*id) == self.options.chosen;
        if let Some(chosen) = self.queue.iter().position(is_chosen).and_then(|at| self.queue.remove(at)) {
            self.queue.push_front(chosen);
        }
    }

    /// Looks at the next few starts.
    fn score(&mut self) {
        let began = Instant::now();
        let count = self.pace.looks().min(self.starts.len());
        let slots: Vec<Slot> = self.starts.drain(..count).collect();
        self.state.drawn += count;
        let outcomes = self.evaluator.run(&slots.iter().collect::<Vec<_>>(), Wanted::Cost);
        for (slot, outcome) in slots.into_iter().zip(outcomes) {
            self.state.runners.extend(outcome.map(|outcome| Runner { slot, seen: Some(outcome.seen) }));
        }
        rank::sort(&mut self.state.runners);
        self.pace.note_looks(began, count);
    }

    /// Moves the next few candidates.
    fn advance(&mut self) {
        let began = Instant::now();
        let ids: Vec<u64> = self.queue.drain(..self.pace.slice().min(self.queue.len())).collect();
        let mine = |runner: &Runner| ids.iter().position(|id| *id == runner.slot.id);
        let mut slice: Vec<(usize, &mut Runner)> =
            self.state.runners.iter_mut().filter_map(|runner| mine(runner).map(|at| (at, runner))).collect();
        slice.sort_by_key(|(at, _)| *at);
        let outcomes =
            self.evaluator.run(&slice.iter().map(|(_, runner)| &runner.slot).collect::<Vec<_>>(), Wanted::Slope);
        for ((_, runner), outcome) in slice.iter_mut().zip(outcomes) {
            runner.seen = outcome.map(|outcome| {
                adam::step(&mut runner.slot, &outcome.slope, self.options.rate);
                self.evaluator.space.stay_inside(&mut runner.slot.y);
                outcome.seen
            });
        }
        self.state.runners.retain(|runner| runner.seen.is_some());
        self.pace.note_moves(began, ids.len());
        if self.queue.is_empty() {
            self.sweeps += 1;
            self.state.age += 1;
            self.is_caught_up = true;
            self.sort();
            let costs: Vec<f32> =
                self.state.runners.iter().filter_map(|runner| Some(runner.seen.as_ref()?.cost)).collect();
            self.trail.push(rank::threshold(&costs, self.options.kept));
        }
    }

    fn sort(&mut self) {
        if self.state.age < FREEZE_AGE {
            rank::sort(&mut self.state.runners);
        }
    }

    /// Begins to keep the best `keep` that differ; the others wait.
    fn cut(&mut self, keep: usize) {
        let mut all = self.state.runners.clone();
        all.append(&mut self.reserve);
        rank::sort(&mut all);
        self.choice = Some(Choice::new(all, keep));
    }

    /// How many are to be kept, where it is time for a cut.
    fn due_cut(&mut self) -> Option<usize> {
        let kept = self.options.kept;
        if !self.is_halved {
            self.is_halved = true;
            return Some(if self.pace.is_little(2 * FIRST_ROUND * kept) { 2 * kept } else { kept });
        }
        let is_due = self.sweeps == FIRST_ROUND || self.sweeps.is_multiple_of(CULL_EVERY) || self.is_done();
        let is_frozen = self.state.age >= FREEZE_AGE && self.state.runners.len() <= kept;
        (is_due && !is_frozen).then_some(kept)
    }

    /// Whether no candidate is to be moved any more.
    fn is_done(&self) -> bool {
        self.sweeps >= self.options.steps
            || !self.evaluator.objective.asks_for_anything()
            || (self.sweeps > 0 && !self.pace.may_move(self.state.runners.len()))
            || (self.pace.is_limited() && has_settled(&self.trail))
    }

    /// Between two sweeps: begins the next one, or a cut before it. Whether there is anything left to do.
    fn next_sweep(&mut self) -> Result<bool, LatentError> {
        match self.due_cut() {
            Some(keep) => self.cut(keep),
            None => return self.go_on(),
        }
        Ok(true)
    }

    /// Goes on with a cut. Whether there is anything left to do.
    fn choose(&mut self, mut choice: Choice) -> Result<bool, LatentError> {
        match choice.go_on(&*self.evaluator.manifold, self.pace.slice())? {
            None => {
                self.choice = Some(choice);
                Ok(true)
            }
            Some((kept, rest)) => {
                (self.state.runners, self.reserve) = (kept, rest);
                self.reserve.truncate(2 * self.options.kept);
                self.go_on()
            }
        }
    }

    /// Begins the next sweep, if there is to be one.
    fn go_on(&mut self) -> Result<bool, LatentError> {
        if self.state.runners.is_empty() {
            return Err(self.evaluator.reason());
        }
        if !self.is_done() {
            self.begin_sweep();
            return Ok(true);
        }
        let is_worth_more = self.is_short() && self.pace.is_limited() && self.pace.may_move(self.options.kept);
        if is_worth_more && !self.starts.is_empty() && self.sweeps < self.options.steps {
            // Further starts are looked at and moved; only then can the search have settled.
            self.trail.clear();
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether fewer candidates are left than are wanted.
    fn is_short(&self) -> bool {
        self.state.runners.len() < self.options.kept.min(self.options.starts)
    }

    /// Whether starts are to be looked at now.
    fn wants_starts(&self) -> bool {
        let may_look = self.state.drawn < self.options.starts && self.pace.may_score();
        self.is_caught_up && self.queue.is_empty() && !self.starts.is_empty() && (self.is_short() || may_look)
    }
}

impl Stepper for SearchJob {
    type Preview = SearchPreview;
    type Output = SearchPreview;
    type Error = LatentError;

    fn step(&mut self) -> Result<Step<SearchPreview, SearchPreview>, LatentError> {
        let is_going = if let Some(choice) = self.choice.take() {
            self.choose(choice)?
        } else if self.wants_starts() {
            self.score();
            true
        } else if self.queue.is_empty() {
            self.next_sweep()?
        } else {
            self.advance();
            true
        };
        let preview = self.preview();
        Ok(if is_going { Step::More(preview) } else { Step::Done(preview) })
    }
}

/// Whether costs hardly fall any more. Never right after a cut, which makes them fall at once.
fn has_settled(trail: &[f32]) -> bool {
    let Some((last, before)) = trail.split_last() else { return false };
    let Some(earlier) = before.len().checked_sub(SETTLED_OVER).and_then(|at| before.get(at)) else { return false };
    trail.len() > FIRST_ROUND + SETTLED_OVER && earlier - last < SETTLED_FALL * earlier
}

/// The starts that were not drawn yet, numbered from the first one on.
fn starts(
    options: &SearchOptions,
    space: &Space,
    manifold: &dyn Manifold,
    drawn: usize,
) -> Result<VecDeque<Slot>, LatentError> {
    let mut rng = rng(options.seed, STREAM);
    let starts = match &options.origin {
        Some(origin) => space.draw_near(manifold, origin, SPARE_STARTS * options.starts, &mut rng)?,
        None => space.draw_start(manifold, SPARE_STARTS * options.starts, &mut rng)?,
    };
    let numbered = starts.into_iter().enumerate().skip(drawn);
    Ok(numbered.map(|(id, start)| Slot::new(id as u64, start, space)).collect())
}
