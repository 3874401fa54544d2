//! The search under way: when it is asked for, what it shows, and which answers are kept for undo.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::document::Exploration;
use crate::document::explore::{Fixed, Latent, Noise, Pick, Stroke, StrokeId, StyleSpace};
use crate::worker::exploring::{CandidateShown, SearchShown};
use crate::worker::{Request, Ticket};

/// Answers that are kept, so that undo brings them back at once.
const KEPT: usize = 24;
/// A search that was just asked for is not replaced before it has shown something, or this time has passed: otherwise a
/// fast hand would never see a picture.
const PATIENCE: Duration = Duration::from_millis(300);

/// What a search is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    model: String,
    seed: u64,
    starts: u32,
    strokes: Vec<Arc<Stroke>>,
    fixed: Option<Fixed>,
    styles: StyleSpace,
    noise: Noise,
    /// Where the photo lies: searches begin there unless something was fixed.
    projected: Option<Latent>,
}

impl Asked {
    /// What `exploration` asks for.
    #[must_use]
    pub fn of(exploration: &Exploration) -> Self {
        Self {
            model: exploration.model.clone(),
            seed: exploration.seed,
            starts: exploration.starts,
            strokes: exploration.active_strokes().cloned().collect(),
            fixed: exploration.fixed.clone(),
            styles: exploration.helm.search,
            noise: exploration.helm.noise,
            projected: exploration.photo.as_ref().and_then(|photo| Some(photo.projection.as_ref()?.latent.clone())),
        }
    }

    /// Whether a search of this can go on from one of `other`: only strokes differ.
    fn continues(&self, other: &Self) -> bool {
        let origin = |asked: &Self| (asked.model.clone(), asked.seed, asked.starts, asked.fixed.clone());
        let styles = |asked: &Self| (asked.styles, asked.noise);
        origin(self) == origin(other) && styles(self) == styles(other) && self.projected == other.projected
    }
}

/// The request that is out.
#[derive(Clone, Copy, Debug)]
struct Out {
    ticket: Ticket,
    since: Instant,
    has_shown: bool,
}

/// The search under way, if any, and what it has found.
#[derive(Debug, Default)]
pub struct Search {
    asked: Option<Asked>,
    out: Option<Out>,
    shown: Option<Arc<SearchShown>>,
    /// Whether `shown` is the end of the search.
    is_settled: bool,
    kept: VecDeque<(Asked, Arc<SearchShown>)>,
    /// Candidates in the order of the grid.
    order: Vec<u64>,
    /// Whether the next search starts anew though it could go on.
    wants_fresh: bool,
    /// Whether a search that has settled goes on.
    goes_on: bool,
}

impl Search {
    /// What it has found so far.
    #[must_use]
    pub const fn shown(&self) -> Option<&Arc<SearchShown>> {
        self.shown.as_ref()
    }

    /// Whether a request is out.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.out.is_some()
    }

    /// The request that is out.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        self.out.map(|out| out.ticket)
    }

    /// Whether what is shown is the end of the search.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// Candidates in the order of the grid.
    pub fn candidates(&self) -> impl Iterator<Item = &CandidateShown> {
        self.order.iter().filter_map(|id| self.candidate(*id))
    }

    /// The candidate `id`.
    #[must_use]
    pub fn candidate(&self, id: u64) -> Option<&CandidateShown> {
        self.shown.as_ref()?.candidates.iter().find(|candidate| candidate.id == id)
    }

    /// The cost of `stroke` in candidate `id`, without its weight.
    #[must_use]
    pub fn cost(&self, id: u64, stroke: StrokeId) -> Option<f32> {
        self.candidate(id)?.costs.iter().find(|(of, _)| *of == stroke).map(|(_, cost)| *cost)
    }

    /// Whether no candidate satisfies `stroke`.
    #[must_use]
    pub fn is_unmet(&self, stroke: StrokeId) -> bool {
        self.is_settled && self.shown.as_ref().is_some_and(|shown| shown.unmet.contains(&stroke))
    }

    /// Whether `stroke` lies outside of the picture.
    #[must_use]
    pub fn is_empty(&self, stroke: StrokeId) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.empty.contains(&stroke))
    }

    /// Forgets what shows and what is out: the model is another one. What has settled before is still known.
    pub fn forget(&mut self) {
        (self.asked, self.out, self.shown) = (None, None, None);
        self.is_settled = false;
        self.order.clear();
    }

    /// Draws all starts anew with the next request.
    pub fn refresh(&mut self) {
        self.asked = None;
        self.wants_fresh = true;
        self.kept.clear();
    }

    /// Goes on with a search that has settled: a slow machine may not have got far.
    pub const fn go_on(&mut self) {
        self.goes_on = self.out.is_none() && self.asked.is_some();
    }

    /// The request to send now, if `exploration` asks for something else than before; tell [`Search::sent`] its ticket.
    #[must_use]
    pub fn next_request(&mut self, exploration: &Exploration) -> Option<Request> {
        if exploration.model.is_empty() {
            return None;
        }
        let wanted = Asked::of(exploration);
        let goes_on = self.goes_on && self.asked.as_ref() == Some(&wanted);
        self.goes_on = false;
        if self.asked.as_ref() == Some(&wanted) && !goes_on {
            return None;
        }
        if !goes_on && let Some((_, known)) = self.kept.iter().find(|(asked, _)| *asked == wanted) {
            self.show(Arc::clone(known), false);
            (self.asked, self.is_settled) = (Some(wanted), true);
            // What is out answers a question that nobody has any more.
            self.out = None;
            return None;
        }
        if self.out.is_some_and(|out| !out.has_shown && out.since.elapsed() < PATIENCE) {
            return None;
        }
        let is_warm =
            !std::mem::take(&mut self.wants_fresh) && self.asked.as_ref().is_some_and(|asked| wanted.continues(asked));
        if !is_warm {
            self.order.clear();
        }
        self.asked = Some(wanted);
        self.is_settled = false;
        Some(Request::Explore { exploration: exploration.clone(), is_warm })
    }

    /// Whether `exploration` asks for something else than what is out, which must have its chance first.
    #[must_use]
    pub fn is_waiting(&self, exploration: &Exploration) -> bool {
        self.out.is_some() && !exploration.model.is_empty() && self.asked.as_ref() != Some(&Asked::of(exploration))
    }

    /// The request is out as `ticket`.
    pub fn sent(&mut self, ticket: Ticket) {
        self.out = Some(Out { ticket, since: Instant::now(), has_shown: false });
    }

    /// How far request `ticket` is. With `keeps_order` candidates stay where they are in the grid.
    pub fn take(&mut self, ticket: Ticket, shown: SearchShown, keeps_order: bool) {
        if let Some(out) = self.out.as_mut().filter(|out| out.ticket == ticket) {
            out.has_shown = true;
            self.show(Arc::new(shown), keeps_order);
        }
    }

    /// Request `ticket` has settled. Returns what it was about.
    pub fn finish(&mut self, ticket: Ticket, shown: SearchShown, keeps_order: bool) -> Option<Asked> {
        if self.ticket() != Some(ticket) {
            return None;
        }
        self.show(Arc::new(shown), keeps_order);
        (self.out, self.is_settled) = (None, true);
        let asked = self.asked.clone()?;
        if let Some(shown) = &self.shown {
            self.kept.retain(|(older, _)| *older != asked);
            self.kept.push_front((asked.clone(), Arc::clone(shown)));
            self.kept.truncate(KEPT);
        }
        Some(asked)
    }

    /// Request `ticket` has ended without an answer; what it showed stays.
    pub fn end(&mut self, ticket: Ticket) {
        if self.ticket() == Some(ticket) {
            self.out = None;
        }
    }

    fn show(&mut self, shown: Arc<SearchShown>, keeps_order: bool) {
        let ranked: Vec<u64> = shown.candidates.iter().map(|candidate| candidate.id).collect();
        if keeps_order {
            // Who stays keeps its place; who is new takes a place that has become free.
            let mut fresh = ranked.iter().copied().filter(|id| !self.order.contains(id)).collect::<VecDeque<_>>();
            let kept = std::mem::take(&mut self.order);
            self.order = kept
                .into_iter()
                .filter_map(|id| if ranked.contains(&id) { Some(id) } else { fresh.pop_front() })
                .collect();
            self.order.extend(fresh);
        } else {
            self.order = ranked;
        }
        self.shown = Some(shown);
    }
}

/// `candidate` as a document keeps it.
#[must_use]
pub(super) fn pick_of(candidate: &CandidateShown) -> Pick {
    Pick { id: candidate.id, latent: candidate.latent.clone(), start: candidate.start.clone(), cost: candidate.cost }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::document::explore::{PicturePos, StrokeTool};
    use crate::imaging::{ColorModel, Frame, Samples, Size};

    pub(in super::super) fn found(ids: &[u64], step: usize) -> SearchShown {
        let candidates = ids.iter().map(|&id| {
            let picture = Frame::new(Size::new(2, 2), ColorModel::Rgb, Samples::U8(vec![id as u8; 12])).unwrap();
            let latent = |value: f32| [value, id as f32].into();
            CandidateShown {
                id,
                latent: latent(1.0),
                start: latent(0.0),
                picture,
                cost: id as f32,
                costs: vec![(StrokeId(1), 0.5)],
                share: 1.0 / ids.len() as f32,
            }
        });
        SearchShown {
            candidates: candidates.collect(),
            average: None,
            unmet: vec![StrokeId(1)],
            empty: Vec::new(),
            step,
            of: 40,
            dropped: 0,
            step_millis: 20.0,
        }
    }

    fn stroke(exploration: &mut Exploration, x: f32) {
        exploration.add_stroke(StrokeTool::Color { rgb: [1, 2, 3] }, vec![PicturePos::new(x, 0.5)], 0.1);
    }

    #[test]
    fn strokes_continue_a_search_and_a_new_seed_begins_one() {
        let (mut search, mut exploration) = (Search::default(), Exploration::new("toy"));
        let is_warm = |request: Option<Request>| match request {
            Some(Request::Explore { is_warm, .. }) => Some(is_warm),
            _ => None,
        };
        assert_eq!(is_warm(search.next_request(&exploration)), Some(false), "the first");
        search.sent(Ticket(1));
        stroke(&mut exploration, 0.2);
        assert_eq!(is_warm(search.next_request(&exploration)), None, "the first one has shown nothing yet");
        search.take(Ticket(1), found(&[1, 2], 1), false);
        assert_eq!(is_warm(search.next_request(&exploration)), Some(true), "it goes on");
        search.sent(Ticket(2));
        search.finish(Ticket(2), found(&[2, 1], 40), false);
        assert!(search.is_unmet(StrokeId(1)), "only of a search that has ended");
        exploration.seed = 5;
        assert_eq!(is_warm(search.next_request(&exploration)), Some(false), "another seed");
        search.sent(Ticket(3));
        assert!(!search.is_unmet(StrokeId(1)), "nobody knows yet");
        exploration.seed = 0;
        assert!(search.next_request(&exploration).is_none() && search.is_settled(), "known from before");
        search.take(Ticket(3), found(&[9], 3), false);
        assert!(search.candidate(9).is_none(), "and what was out is ignored");
    }

    #[test]
    fn candidates_keep_their_places_under_the_pointer() {
        let mut search = Search::default();
        let ids = |search: &Search| search.candidates().map(|candidate| candidate.id).collect::<Vec<_>>();
        search.sent(Ticket(1));
        search.take(Ticket(1), found(&[1, 2, 3], 1), false);
        search.take(Ticket(1), found(&[3, 4, 1, 5], 2), true);
        assert_eq!(ids(&search), [1, 4, 3, 5], "new ones take free places");
        search.take(Ticket(1), found(&[3, 4], 3), false);
        assert_eq!(ids(&search), [3, 4], "else by rank");
    }
}
