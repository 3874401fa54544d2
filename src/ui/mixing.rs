//! The slider between two candidates: which two, where it is, and which request is out for it.
//!
//! While it is dragged the network alone fills, and only the newest position counts: a request is sent when none is out, so
//! that each one sent is also seen. When it is let go the fill is made at full quality and adopted as one undo step.

use std::sync::Arc;

use super::app::App;
use super::intent::Phase;
use super::session::Session;
use crate::document::{Action, Candidate, Erasure, ErasureId, Shares};
use crate::imaging::PixelRect;
use crate::worker::{Between, Engine, Explanation, Lane, Request, ShownPatch, Ticket};

/// The slider of one erasure.
#[derive(Clone, Debug, Default)]
pub struct Mixing {
    /// Whose candidates are mixed.
    pub id: Option<ErasureId>,
    /// Index of the candidate at the slider's start.
    pub from: usize,
    /// Index of the one at its end.
    pub to: usize,
    /// Where the slider is, 0..=1.
    pub t: f32,
    /// The request that is out, and whether it is for full quality.
    out: Option<(Ticket, bool)>,
    /// Whether the slider has moved since, and whether it was let go.
    pending: Option<bool>,
}

impl Mixing {
    /// Whether a fill between two candidates is being made.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.out.is_some()
    }
}

/// The style of a candidate, if it can be mixed.
#[must_use]
pub fn style_of(candidate: &Candidate) -> Option<&Shares> {
    let network = candidate.origin.as_ref()?.network.as_ref()?;
    Some(&network.style).filter(|style| !style.is_empty())
}

/// Indices of the candidates of `erasure` that can be mixed with the one that shows: those of the same network.
#[must_use]
pub fn mixable(erasure: &Erasure) -> Vec<usize> {
    let engine = |candidate: &Candidate| candidate.origin.as_ref().map(|origin| origin.engine.clone());
    let has_style = |at: &usize| erasure.candidates.get(*at).is_some_and(|one| style_of(one).is_some());
    let first = Some(erasure.chosen).filter(has_style);
    let Some(first) = first.or_else(|| (0..erasure.candidates.len()).find(has_style)) else { return Vec::new() };
    let wanted = engine(&erasure.candidates[first]);
    let all = (0..erasure.candidates.len()).filter(has_style);
    all.filter(|&at| engine(&erasure.candidates[at]) == wanted).collect()
}

impl Session {
    /// The slider for `erasure`, with ends that exist; `None` when there are not two candidates to mix.
    #[must_use]
    pub fn mixing_for(&self, erasure: &Erasure) -> Option<Mixing> {
        let places = mixable(erasure);
        let (&first, &last) = (places.first()?, places.get(1)?);
        let mut mixing = self.mixing.clone();
        let is_sound = |at: usize| places.contains(&at);
        if mixing.id != Some(erasure.id) || !is_sound(mixing.from) || !is_sound(mixing.to) || mixing.from == mixing.to {
            mixing = Mixing { id: Some(erasure.id), from: first, to: last, ..Mixing::default() };
        }
        Some(mixing)
    }

    /// Moves the slider, or chooses what lies at its ends.
    pub fn mix(&mut self, id: ErasureId, (from, to, t): (usize, usize, f32), phase: Phase) {
        let Mixing { out, .. } = self.mixing;
        let end = [(t <= 0.0, from), (t >= 1.0, to)].into_iter().find(|(is_there, _)| *is_there);
        if let (Phase::End, Some((_, index))) = (phase, end) {
            // What lies there is a candidate already.
            self.mixing = Mixing { id: Some(id), from, to, t, ..Mixing::default() };
            self.preview = None;
            self.history.commit(Action::ChooseCandidate, |document| {
                document.choose(id, index);
            });
            return;
        }
        self.mixing = Mixing { id: Some(id), from, to, t, out, pending: Some(phase == Phase::End) };
    }

    /// The request that is due for the slider, if any. One that is let go takes the place of whatever is out.
    fn next_mix(&mut self) -> Option<(Request, bool)> {
        let is_final = self.mixing.pending?;
        if self.mixing.out.is_some() && !is_final {
            return None;
        }
        self.mixing.pending = None;
        let id = self.mixing.id?;
        let erasure = Arc::clone(self.document().erasure(id)?);
        let (from, to) = (erasure.candidates.get(self.mixing.from)?, erasure.candidates.get(self.mixing.to)?);
        let origin = from.origin.as_ref()?;
        let is_auto = erasure.recipe.engine == Engine::Auto.name();
        let between = Between {
            from: style_of(from)?.clone(),
            to: style_of(to)?.clone(),
            t: self.mixing.t,
            engine: if is_auto { erasure.recipe.engine.clone() } else { origin.engine.clone() },
            recipe: erasure.recipe.clone(),
            is_final,
        };
        Some((Request::Interpolate { document: self.document().clone(), id, between }, is_final))
    }

    /// Takes a fill between two candidates: shows it, and adopts it if it is final.
    pub(super) fn take_mix(&mut self, ticket: Ticket, candidate: Arc<Candidate>, shown: &[ShownPatch]) {
        let Some((_, is_final)) = self.mixing.out.take_if(|(out, _)| *out == ticket) else { return };
        let widest = shown.iter().max_by_key(|shown| area(shown.patch.rect()));
        if !is_final {
            self.preview = widest.cloned();
            return;
        }
        self.preview = None;
        if let Some(id) = self.mixing.id {
            self.history.commit(Action::MixCandidates, |document| {
                document.add_candidates(id, vec![candidate]);
            });
        }
    }

    /// The request `ticket` for the slider has ended without a fill.
    pub(super) fn end_mix(&mut self, ticket: Ticket) {
        if self.mixing.out.take_if(|(out, _)| *out == ticket).is_some() && self.mixing.pending.is_none() {
            self.preview = None;
        }
    }

    /// Shows how far the fill `ticket` is.
    pub(super) fn preview_mix(&mut self, ticket: Ticket, shown: ShownPatch) {
        if self.mixing.out.is_some_and(|(out, _)| out == ticket) {
            self.preview = Some(shown);
        }
    }

    /// Keeps what the network of `candidate` saw and did, for as long as the candidate lives.
    pub(super) fn explain(&mut self, candidate: &Arc<Candidate>, explanation: Option<Arc<Explanation>>) {
        self.explanations.retain(|(kept, _)| kept.strong_count() > 0);
        if let Some(explanation) = explanation
            && self.explanation(candidate).is_none()
        {
            self.explanations.push((Arc::downgrade(candidate), explanation));
        }
    }

    /// What the network of `candidate` saw and did, if that was in this run of the program.
    #[must_use]
    pub fn explanation(&self, candidate: &Arc<Candidate>) -> Option<&Arc<Explanation>> {
        let is_same = |kept: &std::sync::Weak<Candidate>| std::ptr::eq(kept.as_ptr(), Arc::as_ptr(candidate));
        self.explanations.iter().find(|(kept, _)| is_same(kept)).map(|(_, explanation)| explanation)
    }
}

const fn area(rect: PixelRect) -> usize {
    rect.size().area()
}

impl App {
    /// Sends what is due for the slider between candidates.
    pub(super) fn start_mixing(&mut self) {
        let Some((request, is_final)) = self.session.as_mut().and_then(Session::next_mix) else { return };
        let ticket = self.submit(request, String::new());
        if let Some(session) = &mut self.session {
            session.mixing.out = Some((ticket, is_final));
        }
    }

    /// Stops what is done for the slider.
    pub(super) fn stop_mixing(&mut self) {
        self.jobs.cancel(Lane::Interpolate);
        if let Some(session) = &mut self.session {
            session.mixing = Mixing::default();
            session.preview = None;
        }
    }
}
