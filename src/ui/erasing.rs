//! One erasure under way: which request is out, what has come of it, and how it enters the history.
//!
//! The first finished candidate is adopted at once and is the one undo step of its job. Later candidates of the job join
//! every state of the history that already holds the first one, without a step of their own: undo takes all of them
//! away and redo brings them back, whatever was done meanwhile. Marks drawn while a job runs wait for that first
//! candidate, because the next job must see it; candidates that the running job then still owes are made later.

use std::collections::VecDeque;
use std::sync::Arc;

use super::preferences::recipe;
use super::session::Session;
use crate::control::Progress;
use crate::document::{Action, Candidate, Document, ErasureId, Recipe};
use crate::imaging::Mask;
use crate::library::Settings;
use crate::worker::{EraseTarget, Request, Ticket};

/// Work that is owed: candidates for an erasure that stands already.
#[derive(Clone, Debug)]
struct Debt {
    id: ErasureId,
    anchor: Arc<Candidate>,
    recipe: Recipe,
    seeds: Vec<u64>,
}

/// The request that is out.
#[derive(Clone, Debug)]
struct Running {
    ticket: Ticket,
    target: EraseTarget,
    holes: Arc<Mask>,
    recipe: Recipe,
    /// Of candidates that have not arrived.
    missing: Vec<u64>,
    total: usize,
    /// The erasure and the job's first candidate in it, once it is there.
    adopted: Option<(ErasureId, Arc<Candidate>)>,
    progress: Option<Progress>,
}

/// The erasure under way, if any, and what waits for it.
#[derive(Debug, Default)]
pub struct EraseJob {
    running: Option<Running>,
    /// Whether what is marked is to be erased as soon as possible.
    is_queued: bool,
    debts: VecDeque<Debt>,
}

impl EraseJob {
    /// Whether a request is out.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether a request is out whose first candidate has not come: the marks on the canvas are being filled.
    #[must_use]
    pub fn is_filling(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.adopted.is_none())
    }

    /// The request that is out.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        self.running.as_ref().map(|running| running.ticket)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.running.as_ref()?.progress
    }

    /// Candidates that have arrived, and all that were asked for.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        self.running.as_ref().map_or((0, 0), |running| (running.total - running.missing.len(), running.total))
    }

    /// How many candidates are still to come for erasure `id`.
    #[must_use]
    pub fn missing_for(&self, id: ErasureId) -> usize {
        let running = self.running.as_ref().filter(|running| {
            running.target == EraseTarget::Again(id) || running.adopted.as_ref().is_some_and(|adopted| adopted.0 == id)
        });
        let debts = self.debts.iter().filter(|debt| debt.id == id).map(|debt| debt.seeds.len());
        running.map_or(0, |running| running.missing.len()) + debts.sum::<usize>()
    }

    /// Notes how far the request is.
    pub fn set_progress(&mut self, ticket: Ticket, progress: Progress) {
        if let Some(running) = self.running.as_mut().filter(|running| running.ticket == ticket) {
            running.progress = Some(progress);
        }
    }

    /// Forgets everything, as when the request was cancelled by the user.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The request `ticket` has ended; what it still owes is forgotten when it failed.
    pub fn finish(&mut self, ticket: Ticket) {
        if self.ticket() == Some(ticket) {
            self.running = None;
        }
    }
}

impl Session {
    /// Asks that what is marked be erased: now if nothing runs, else after the first candidate of what runs.
    pub fn queue_erase(&mut self) {
        self.erasing.is_queued = true;
    }

    /// The request to send now, if any; hand its ticket to [`Session::erase_sent`] together with it.
    #[must_use]
    pub fn next_erase(&mut self, settings: &Settings) -> Option<Request> {
        if self.erasing.is_filling() || self.history.is_in_gesture() {
            return None;
        }
        if std::mem::take(&mut self.erasing.is_queued) && !self.document().holes.is_empty() {
            self.owe_the_rest();
            let seeds = (1..=u64::from(settings.candidates.clamp(1, 8))).collect();
            let (document, recipe) = (self.document().clone(), recipe(&settings.fill));
            return Some(Request::Erase { document, target: EraseTarget::Marked, recipe, seeds });
        }
        if self.erasing.is_running() {
            return None;
        }
        while let Some(debt) = self.erasing.debts.front() {
            let document = self.document();
            if holds(document, debt.id, &debt.anchor) {
                let Debt { id, recipe, seeds, .. } = debt.clone();
                let (document, target) = (document.clone(), EraseTarget::Again(id));
                return Some(Request::Erase { document, target, recipe, seeds });
            }
            self.erasing.debts.pop_front();
        }
        None
    }

    /// A request for more candidates of the selected erasure, with seeds that it has not had.
    #[must_use]
    pub fn reroll(&mut self, settings: &Settings) -> Option<Request> {
        let erasure = Arc::clone(self.selected()?);
        if self.erasing.is_filling() {
            return None;
        }
        let owed =
            self.erasing.debts.iter().filter(|debt| debt.id == erasure.id).flat_map(|debt| debt.seeds.iter().copied());
        let last = erasure.candidates.iter().map(|candidate| candidate.seed).chain(owed).max().unwrap_or(0);
        self.owe_the_rest();
        let seeds = (1..=u64::from(settings.candidates.clamp(1, 8))).map(|n| last.saturating_add(n)).collect();
        let (document, recipe) = (self.document().clone(), recipe(&settings.fill));
        Some(Request::Erase { document, target: EraseTarget::Again(erasure.id), recipe, seeds })
    }

    /// `request` is out as `ticket`.
    pub fn erase_sent(&mut self, ticket: Ticket, request: &Request) {
        let Request::Erase { document, target, recipe, seeds } = request else { return };
        let pays = |debt: &Debt| *target == EraseTarget::Again(debt.id) && debt.seeds == *seeds;
        let debt = if self.erasing.debts.front().is_some_and(pays) { self.erasing.debts.pop_front() } else { None };
        self.erasing.running = Some(Running {
            ticket,
            target: *target,
            holes: Arc::clone(&document.holes),
            recipe: recipe.clone(),
            missing: seeds.clone(),
            total: seeds.len(),
            adopted: debt.map(|debt| (debt.id, debt.anchor)),
            progress: None,
        });
    }

    /// Takes a finished candidate of request `ticket` into the document. Returns whether it was new.
    pub fn take_candidate(&mut self, ticket: Ticket, candidate: &Arc<Candidate>) -> bool {
        let Some(running) = self.erasing.running.as_mut().filter(|running| running.ticket == ticket) else {
            return false;
        };
        let Some(at) = running.missing.iter().position(|&seed| seed == candidate.seed) else { return false };
        running.missing.remove(at);
        if let Some((id, anchor)) = running.adopted.clone() {
            let candidate = Arc::clone(candidate);
            self.history.amend(|document| join(document, id, &anchor, &candidate));
            return true;
        }
        let (target, recipe, holes) = (running.target, running.recipe.clone(), Arc::clone(&running.holes));
        let added = vec![Arc::clone(candidate)];
        let mut adopted = None;
        match target {
            EraseTarget::Marked => {
                self.history.commit(Action::Erase, |document| adopted = adopt(document, &holes, recipe, added));
            }
            EraseTarget::Again(id) => {
                self.history.commit(Action::Reroll, |document| {
                    adopted = document.add_candidates(id, added).then_some(id);
                });
            }
        }
        if let (Some(id), Some(running)) = (adopted, self.erasing.running.as_mut()) {
            running.adopted = Some((id, Arc::clone(candidate)));
            self.selected = Some(id);
            self.preview = None;
        }
        true
    }

    /// Notes what the running request has not delivered, to ask for it again when there is nothing better to do.
    fn owe_the_rest(&mut self) {
        let Some(running) = self.erasing.running.take() else { return };
        let Running { recipe, missing, adopted: Some((id, anchor)), .. } = running else { return };
        if !missing.is_empty() {
            self.erasing.debts.push_back(Debt { id, anchor, recipe, seeds: missing });
        }
    }
}

/// Adopts a fill of `holes`, leaving marked what was drawn since.
fn adopt(document: &mut Document, holes: &Arc<Mask>, recipe: Recipe, added: Vec<Arc<Candidate>>) -> Option<ErasureId> {
    let marked = std::mem::replace(&mut document.holes, Arc::clone(holes));
    let id = document.adopt(recipe, added);
    if id.is_none() {
        document.holes = marked;
    } else if !Arc::ptr_eq(&marked, holes) {
        let mut rest = (*marked).clone();
        rest.write(holes.bounds(1), |x, y, value| if holes.coverage_at(x as i32, y as i32) > 0 { 0 } else { value });
        document.holes = Arc::new(rest);
    }
    id
}

fn holds(document: &Document, id: ErasureId, anchor: &Arc<Candidate>) -> bool {
    let erasure = document.erasures.iter().find(|erasure| erasure.id == id);
    erasure.is_some_and(|erasure| erasure.candidates.iter().any(|candidate| Arc::ptr_eq(candidate, anchor)))
}

/// Appends `candidate` to the erasure if it holds `anchor`; what shows stays.
fn join(document: &mut Document, id: ErasureId, anchor: &Arc<Candidate>, candidate: &Arc<Candidate>) {
    if !holds(document, id, anchor) {
        return;
    }
    let shown = document.erasure(id).and_then(|erasure| erasure.candidate()).cloned();
    document.add_candidates(id, vec![Arc::clone(candidate)]);
    let candidates = document.erasure(id).map(|erasure| erasure.candidates.iter());
    let at = candidates.zip(shown).and_then(|(mut all, shown)| all.position(|c| Arc::ptr_eq(c, &shown)));
    if let Some(at) = at {
        document.choose(id, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{
        ColorModel, DisplayPyramid, FileFormat, Frame, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size,
    };
    use crate::worker::OpenedDocument;

    const HOLE: PixelRect = PixelRect::new(2, 2, 6, 6);

    fn session() -> Session {
        let size = Size::new(24, 16);
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![9; size.area()])).unwrap();
        let photo = Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) };
        let display = Arc::new(DisplayPyramid::of_photo(&photo));
        let document = Document::new(photo);
        Session::new(OpenedDocument { document, display, shown: Vec::new() }, None, false, "test".to_owned())
    }

    fn candidate(seed: u64) -> Arc<Candidate> {
        let pixels =
            Frame::new(HOLE.size(), ColorModel::Gray, Samples::U8(vec![seed as u8; HOLE.size().area()])).unwrap();
        let patch = Patch::new(HOLE, pixels, Plane::filled(HOLE.size(), 255)).unwrap();
        Arc::new(Candidate { seed, patches: vec![Arc::new(patch)], origin: None })
    }

    fn mark(session: &mut Session, rect: PixelRect) {
        session.history.commit(Action::PaintMask, |document| {
            Arc::make_mut(&mut document.holes).write(rect, |_, _, _| 255);
        });
        session.queue_erase();
    }

    /// Sends what is due as `ticket` and returns its target and seeds.
    fn send(session: &mut Session, ticket: u64) -> Option<(EraseTarget, Vec<u64>)> {
        let request = session.next_erase(&Settings::default())?;
        session.erase_sent(Ticket(ticket), &request);
        let Request::Erase { target, seeds, .. } = request else { panic!("only erasures are sent") };
        Some((target, seeds))
    }

    fn seeds(session: &Session) -> Vec<u64> {
        session.document().erasures[0].candidates.iter().map(|candidate| candidate.seed).collect()
    }

    #[test]
    fn the_first_candidate_is_the_step_and_later_ones_join_it() {
        let mut session = session();
        mark(&mut session, HOLE);
        assert_eq!(send(&mut session, 1), Some((EraseTarget::Marked, vec![1, 2, 3])), "three candidates");
        assert_eq!(send(&mut session, 2), None, "one job at a time");
        assert!(session.take_candidate(Ticket(1), &candidate(1)), "the first");
        assert!(session.document().holes.is_empty(), "the marks are spent");
        let position = session.history.position();
        mark(&mut session, PixelRect::new(10, 2, 12, 4));
        assert!(session.take_candidate(Ticket(1), &candidate(2)), "another");
        assert!(!session.take_candidate(Ticket(1), &candidate(2)), "each once");
        assert_eq!((session.history.position(), seeds(&session)), (position + 1, vec![1, 2]), "no step of its own");
        session.history.undo();
        assert_eq!(seeds(&session), [1, 2], "it joined the older state too");
        assert_eq!(session.document().erasures[0].chosen, 0, "what shows stays");
        session.history.undo();
        assert!(session.document().erasures.is_empty(), "one undo takes all away");
        session.history.redo();
        assert_eq!(seeds(&session), [1, 2], "redo brings all back");
    }

    #[test]
    fn marks_drawn_meanwhile_are_the_next_job_and_the_rest_is_owed() {
        let mut session = session();
        mark(&mut session, HOLE);
        send(&mut session, 1);
        let later = PixelRect::new(5, 5, 9, 9);
        mark(&mut session, later);
        assert_eq!(send(&mut session, 2), None, "it waits for the first candidate");
        session.take_candidate(Ticket(1), &candidate(1));
        let holes = &session.document().holes;
        assert!(!holes.is_hole(5, 5) && holes.is_hole(8, 8), "only what is new stays marked");
        let next = session.next_erase(&Settings::default()).unwrap();
        let Request::Erase { document, target: EraseTarget::Marked, .. } = &next else { panic!("the marks are next") };
        assert_eq!(document.erasures.len(), 1, "it sees the first one");
        session.erase_sent(Ticket(2), &next);
        assert_eq!(session.erasing.missing_for(session.document().erasures[0].id), 2, "two are owed");
        session.take_candidate(Ticket(2), &candidate(1));
        session.take_candidate(Ticket(2), &candidate(2));
        session.take_candidate(Ticket(2), &candidate(3));
        session.erasing.finish(Ticket(2));
        let first = session.document().erasures[0].id;
        assert_eq!(send(&mut session, 3), Some((EraseTarget::Again(first), vec![2, 3])), "then what is owed");
        session.take_candidate(Ticket(3), &candidate(3));
        assert_eq!(seeds(&session), [1, 3], "it joins the step that it belongs to");
    }

    #[test]
    fn a_reroll_is_one_step_with_new_seeds_and_shows_the_first_of_them() {
        let mut session = session();
        mark(&mut session, HOLE);
        send(&mut session, 1);
        for seed in 1..=3 {
            session.take_candidate(Ticket(1), &candidate(seed));
        }
        session.erasing.finish(Ticket(1));
        let request = session.reroll(&Settings::default()).unwrap();
        session.erase_sent(Ticket(2), &request);
        for seed in 4..=6 {
            assert!(session.take_candidate(Ticket(2), &candidate(seed)), "seed {seed} was asked for");
        }
        assert_eq!((seeds(&session), session.document().erasures[0].chosen), (vec![1, 2, 3, 4, 5, 6], 3), "appended");
        session.history.undo();
        assert_eq!(seeds(&session), [1, 2, 3], "one step");
    }

    #[test]
    fn undone_work_is_not_taken_up_again() {
        let mut session = session();
        mark(&mut session, HOLE);
        send(&mut session, 1);
        session.take_candidate(Ticket(1), &candidate(1));
        session.history.undo();
        session.erasing.clear();
        assert!(!session.take_candidate(Ticket(1), &candidate(2)), "nobody waits for it");
        assert_eq!(send(&mut session, 2), None, "the marks are back but not sent by themselves");
    }
}
