//! An open exploration with what the window needs of it: pictures, the work under way, what is selected.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::brush::{Brush, Palette};
use super::drag::Dragging;
use super::film::Film;
use super::map::Chart;
use super::player::Player;
use super::portrait::Portrait;
use super::rudder::Rudder;
use super::search::{Asked, Search, pick_of};
use super::stage::Stage;
use super::survey::Findings;
use crate::document::explore::{End, Latent, Noise, StrokeId};
use crate::document::{Exploration, ExploreAction, ExploreHistory, HistoryLimits};
use crate::imaging::Frame;
use crate::ui::commands::Situation;
use crate::worker::exploring::{CandidateShown, ModelShown, SearchShown};
use crate::worker::{Request, Ticket};

/// The most pictures of single latents that are kept.
const DRAWN: usize = 400;

/// How things show: what nobody undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The mean of all candidates instead of one.
    pub is_average: bool,
    /// The picture fades away from the pointer.
    pub is_shadow: bool,
    /// Strokes lie over the picture.
    pub shows_edits: bool,
    /// Pixels show as squares.
    pub is_sharp: bool,
    /// The slider walks along the key frames.
    pub is_path: bool,
}

impl Default for Looks {
    fn default() -> Self {
        Self { is_average: false, is_shadow: false, shows_edits: true, is_sharp: false, is_path: false }
    }
}

/// An open exploration.
pub struct Studio {
    /// The exploration and its past.
    pub history: ExploreHistory,
    /// The canvas.
    pub stage: Stage,
    /// What the pointer does.
    pub brush: Brush,
    /// Color and widths.
    pub palette: Palette,
    /// The stroke that commands are about.
    pub selected: Option<StrokeId>,
    /// The key frame that commands are about, by its index.
    pub key: Option<usize>,
    /// How things show.
    pub looks: Looks,
    /// The search.
    pub search: Search,
    /// The frames of the slider.
    pub film: Film,
    /// Points on their way to their targets.
    pub drag: Dragging,
    /// What the model was measured to be.
    pub survey: Findings,
    /// Plays the slider.
    pub player: Player,
    /// What is done with a photo.
    pub portrait: Portrait,
    /// Steering by hand.
    pub rudder: Rudder,
    /// The noise that pictures of latents were drawn with.
    drawn_with: Noise,
    /// The time of the player's last frame.
    pub played: Option<f64>,
    /// The map of what was visited.
    pub chart: Chart,
    /// Whether the pointer is over the grid of candidates.
    pub is_choosing: bool,
    /// Where the exploration was opened from or saved to.
    pub path: Option<PathBuf>,
    /// The revision that a file holds.
    pub saved_revision: u64,
    /// The revision that the journal holds.
    pub autosaved_revision: u64,
    /// The newest revision seen, and when it was first seen.
    pub changed: (u64, Option<Instant>),
    drawn: Vec<(Latent, Frame)>,
    /// Latents whose pictures were asked for.
    wanted: Vec<Latent>,
    drawing: Option<Ticket>,
    /// What has settled and is not yet part of the history.
    found: Option<(Asked, Arc<SearchShown>)>,
}

impl Studio {
    /// Nothing done yet on the manifold of `model`.
    #[must_use]
    pub fn new(model: &str) -> Self {
        Self::open(Exploration::new(model))
    }

    /// Goes on with `exploration`.
    #[must_use]
    pub fn open(exploration: Exploration) -> Self {
        let history = ExploreHistory::new(exploration, HistoryLimits::default());
        let revision = history.revision();
        Self {
            history,
            stage: Stage::default(),
            brush: Brush::default(),
            palette: Palette::default(),
            selected: None,
            key: None,
            looks: Looks::default(),
            search: Search::default(),
            film: Film::default(),
            drag: Dragging::default(),
            survey: Findings::default(),
            player: Player::default(),
            portrait: Portrait::default(),
            rudder: Rudder::default(),
            drawn_with: Noise::default(),
            played: None,
            chart: Chart::default(),
            is_choosing: false,
            path: None,
            saved_revision: revision,
            autosaved_revision: revision,
            changed: (revision, None),
            drawn: Vec::new(),
            wanted: Vec::new(),
            drawing: None,
            found: None,
        }
    }

    /// The exploration as it is now.
    #[must_use]
    pub const fn exploration(&self) -> &Exploration {
        self.history.value()
    }

    /// Whether something would be lost by closing.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.history.revision() != self.saved_revision
    }

    /// The candidate that shows: the chosen one, else the best.
    #[must_use]
    pub fn candidate(&self) -> Option<&CandidateShown> {
        let chosen = self.exploration().chosen.as_ref().and_then(|pick| self.search.candidate(pick.id));
        chosen.or_else(|| self.search.shown()?.candidates.first())
    }

    /// Where the slider stands, while it plays too.
    #[must_use]
    pub fn slider_at(&self) -> f32 {
        self.player.at().unwrap_or_else(|| self.exploration().slider.at)
    }

    /// The picture of the manifold that shows.
    #[must_use]
    pub fn picture(&self) -> Option<&Frame> {
        if self.looks.is_average
            && let Some(average) = self.search.shown().and_then(|shown| shown.average.as_ref())
        {
            return Some(average);
        }
        if let Some(picture) = self.drag.picture() {
            return Some(picture);
        }
        if self.portrait.is_projecting()
            && let Some(picture) = self.portrait.picture()
        {
            return Some(picture);
        }
        if let Some(picture) = self.steered_picture() {
            return Some(picture);
        }
        if self.is_at_rest() {
            let latent = self.latent_at_rest();
            if let Some(picture) = latent.and_then(|latent| self.picture_of(latent)).or_else(|| self.portrait.picture())
            {
                return Some(picture);
            }
        }
        self.walked()
            .map(|(_, picture)| picture)
            .or_else(|| self.candidate().map(|candidate| &candidate.picture))
            .or_else(|| self.film.nearest(self.slider_at()).map(|frame| &frame.picture))
            .or_else(|| self.portrait.picture())
            .or_else(|| self.latent_at_rest().and_then(|latent| self.picture_of(latent)))
    }

    /// The latent of the picture that shows.
    #[must_use]
    pub fn latent(&self) -> Option<Latent> {
        if self.shows_steered() {
            let answer = self.rudder.answer(self.exploration()).map(|(latent, _)| latent);
            return answer.or_else(|| self.exploration().slider.to.as_ref()).cloned();
        }
        if self.is_at_rest() {
            return self.latent_at_rest().cloned();
        }
        self.walked()
            .map(|(latent, _)| latent.clone())
            .or_else(|| self.candidate().map(|candidate| candidate.latent.clone()))
            .or_else(|| self.latent_at_rest().cloned())
    }

    /// Whether the slider stands at what a hand has steered to.
    fn shows_steered(&self) -> bool {
        let is_at_end = self.slider_at() >= 1.0 && !self.looks.is_path && !self.player.is_playing();
        self.exploration().helm.is_on && is_at_end
    }

    /// What a hand has steered to; while that is drawn, what was steered to before.
    fn steered_picture(&self) -> Option<&Frame> {
        if !self.shows_steered() {
            return None;
        }
        let exploration = self.exploration();
        let answer = self.rudder.answer(exploration).map(|(_, picture)| picture);
        let before = || self.rudder.newest(exploration);
        let known = || self.picture_of(exploration.slider.to.as_ref()?);
        answer.or_else(before).or_else(known)
    }

    /// Whether nothing is asked for and nothing chosen: then what was fixed shows, not what lies around it.
    fn is_at_rest(&self) -> bool {
        let exploration = self.exploration();
        let has_ends = exploration.slider.ends().is_some();
        let is_somewhere = exploration.fixed.is_some() || self.projected().is_some();
        is_somewhere
            && exploration.chosen.is_none()
            && !has_ends
            && !self.player.is_playing()
            && exploration.active_strokes().next().is_none()
    }

    /// The frame under the slider, when it is not the candidate itself.
    fn walked(&self) -> Option<(&Latent, &Frame)> {
        let at = self.slider_at();
        let exploration = self.exploration();
        if self.search.is_running() && !self.player.is_playing() && !self.looks.is_path && self.candidate().is_some() {
            // A running search shows where it is.
            return None;
        }
        let shows_end = at >= 1.0 && !self.looks.is_path && !self.player.is_playing();
        let is_candidates_end = match (&exploration.slider.to, &exploration.chosen) {
            (Some(to), Some(pick)) => *to == pick.latent,
            (to, _) => to.is_none(),
        };
        if shows_end && is_candidates_end && self.candidate().is_some() {
            return None;
        }
        let frame = self.film.nearest(at).map(|frame| (&frame.latent, &frame.picture));
        // Before the first frame is there, an end may be known.
        frame.or_else(|| {
            let (from, to) = exploration.slider.ends()?;
            let end = if at < 0.5 { from } else { to };
            Some((end, self.picture_of(end)?))
        })
    }

    fn latent_at_rest(&self) -> Option<&Latent> {
        let exploration = self.exploration();
        let end = if exploration.slider.at < 0.5 { &exploration.slider.from } else { &exploration.slider.to };
        let chosen = exploration.chosen.as_ref().map(|pick| &pick.latent);
        let fixed = exploration.fixed.as_ref().map(|fixed| &fixed.latent);
        let projected =
            exploration.photo.as_ref().and_then(|photo| photo.projection.as_ref()).map(|projection| &projection.latent);
        end.as_ref().or(chosen).or(fixed).or(projected).or_else(|| exploration.visited.last())
    }

    /// The picture of `latent`, if it is known.
    #[must_use]
    pub fn picture_of(&self, latent: &Latent) -> Option<&Frame> {
        let same = |other: &Latent| Arc::ptr_eq(other, latent) || other == latent;
        let drawn = self.drawn.iter().find(|(other, _)| same(other)).map(|(_, picture)| picture);
        let shown = || self.search.shown()?.candidates.iter().find(|found| same(&found.latent)).map(|f| &f.picture);
        drawn.or_else(shown).or_else(|| self.film.picture_of(latent))
    }

    /// Keeps the picture of `latent`.
    pub fn keep_picture(&mut self, latent: &Latent, picture: &Frame) {
        if self.drawn.iter().all(|(other, _)| other != latent) {
            self.drawn.push((latent.clone(), picture.clone()));
        }
        let surplus = self.drawn.len().saturating_sub(DRAWN);
        self.drawn.drain(..surplus);
    }

    /// Forgets pictures of latents that were drawn with other noise.
    pub(super) fn heed_noise(&mut self) {
        let noise = self.exploration().helm.noise;
        if std::mem::replace(&mut self.drawn_with, noise) != noise {
            self.drawn.clear();
            self.wanted.clear();
        }
    }

    /// Pictures of latents have come.
    pub fn take_pictures(&mut self, ticket: Ticket, pictures: &[(Latent, Frame)]) {
        for (latent, picture) in pictures {
            self.keep_picture(latent, picture);
        }
        self.end(ticket);
    }

    /// The request `ticket` has ended, whatever it was about.
    pub fn end(&mut self, ticket: Ticket) {
        self.search.end(ticket);
        self.film.end(ticket);
        self.portrait.end(ticket);
        self.rudder.end(ticket);
        self.chart.end(ticket);
        self.drag.end(ticket);
        if self.drawing == Some(ticket) {
            self.drawing = None;
        }
    }

    /// The request for pictures of latents that show somewhere and are not known.
    #[must_use]
    pub fn next_drawing(&mut self) -> Option<Request> {
        let exploration = self.exploration();
        if self.drawing.is_some() || exploration.model.is_empty() || self.history.is_in_gesture() {
            return None;
        }
        let keys = exploration.keys.iter().map(|key| &key.latent);
        let ends = exploration.slider.from.iter().chain(&exploration.slider.to);
        let fixed = exploration.fixed.iter().map(|fixed| &fixed.latent);
        let latents: Vec<Latent> = keys.chain(ends).chain(fixed).cloned().collect();
        let unknown: Vec<Latent> = latents.into_iter().filter(|latent| self.picture_of(latent).is_none()).collect();
        // What was asked for and did not come is not asked for again and again.
        if unknown.is_empty() || unknown.iter().all(|latent| self.wanted.contains(latent)) {
            return None;
        }
        self.wanted.clone_from(&unknown);
        let (model, noise) = (self.exploration().model.clone(), self.exploration().helm.noise);
        Some(Request::DrawLatents { model, latents: unknown, noise })
    }

    /// The request for pictures is out as `ticket`.
    pub const fn drawing_sent(&mut self, ticket: Ticket) {
        self.drawing = Some(ticket);
    }

    /// How far a search is.
    pub fn take_search(&mut self, ticket: Ticket, shown: SearchShown) {
        self.search.take(ticket, shown, self.is_choosing);
    }

    /// A search has settled: the candidate that shows becomes part of every state that asks for the same.
    pub fn take_found(&mut self, ticket: Ticket, shown: SearchShown) {
        if let Some(asked) = self.search.finish(ticket, shown, self.is_choosing) {
            self.found = self.search.shown().cloned().map(|shown| (asked, shown));
        }
        self.adopt_found();
    }

    /// Adopts what a search has settled on, once no gesture is under way.
    pub(super) fn adopt_found(&mut self) {
        if self.history.is_in_gesture() {
            return;
        }
        let Some((asked, shown)) = self.found.take() else { return };
        let Some(best) = shown.candidates.first() else { return };
        self.history.amend(|exploration| {
            // What a hand has steered to stays.
            if Asked::of(exploration) != asked || exploration.helm.is_on {
                return;
            }
            // Without strokes candidates are offers, and none is better than another.
            if exploration.active_strokes().next().is_none() {
                return;
            }
            let chosen = exploration.chosen.as_ref().and_then(|pick| shown.candidates.iter().find(|c| c.id == pick.id));
            // A start that somebody has put there stays.
            let (from, at) = (exploration.slider.from.clone(), exploration.slider.at);
            let is_own = match &exploration.chosen {
                Some(pick) => from.as_ref() == Some(&pick.start),
                None => from.is_none(),
            };
            exploration.choose(pick_of(chosen.unwrap_or(best)));
            exploration.slide(at);
            if !is_own {
                exploration.slider.from = from;
            }
        });
    }

    /// Shows candidate `id`.
    pub fn choose(&mut self, id: u64) {
        let Some(candidate) = self.search.candidate(id) else { return };
        let (pick, picture) = (pick_of(candidate), candidate.picture.clone());
        let latent = pick.latent.clone();
        self.stop();
        let projected = self.projected();
        self.history.commit(ExploreAction::Choose, |exploration| {
            exploration.choose(pick);
            // An edit of a photo begins at the photo.
            if let Some(latent) = projected {
                exploration.slider.from = Some(latent);
            }
        });
        self.keep_picture(&latent, &picture);
    }

    /// Where the photo lies on the manifold, if it was projected.
    #[must_use]
    pub fn projected(&self) -> Option<Latent> {
        Some(self.exploration().photo.as_ref()?.projection.as_ref()?.latent.clone())
    }

    /// The candidate `steps` after the chosen one in the grid.
    #[must_use]
    pub fn neighbor(&self, steps: isize) -> Option<u64> {
        let ids: Vec<u64> = self.search.candidates().map(|candidate| candidate.id).collect();
        let now = self.candidate().map(|candidate| candidate.id);
        let at = ids.iter().position(|id| Some(*id) == now).unwrap_or(0);
        ids.get(at.saturating_add_signed(steps).min(ids.len().saturating_sub(1))).copied()
    }

    /// Puts `latent` on an end of the slider.
    pub fn set_end(&mut self, end: End, latent: Latent) {
        self.stop();
        self.history.commit(ExploreAction::SetEnd, |exploration| {
            exploration.set_end(end, latent);
        });
    }

    /// What shows becomes the new origin.
    pub fn fix(&mut self) {
        let Some(latent) = self.latent() else { return };
        if let Some(picture) = self.picture().cloned() {
            self.keep_picture(&latent, &picture);
        }
        self.player.stop();
        self.history.commit(ExploreAction::Fix, |exploration| {
            exploration.fix(latent);
        });
    }

    /// Stops playing; the slider stays where it is.
    pub fn stop(&mut self) {
        if let Some(at) = self.player.stop() {
            self.slide_to(at);
        }
    }

    /// Moves the slider as one step.
    pub fn slide_to(&mut self, at: f32) {
        self.history.commit(ExploreAction::Slide, |exploration| {
            exploration.slide(at);
        });
    }

    /// Moves through the history by `step`. Returns what `step` says.
    pub fn travel(&mut self, step: impl FnOnce(&mut ExploreHistory) -> bool) -> bool {
        self.player.stop();
        self.set_drift(None);
        let has_moved = step(&mut self.history);
        self.repair_selection();
        has_moved
    }

    /// Forgets selections of what is gone.
    pub fn repair_selection(&mut self) {
        let exploration = self.history.value();
        self.selected = self.selected.filter(|id| exploration.stroke(*id).is_some());
        self.key = self.key.filter(|at| *at < exploration.keys.len());
    }

    /// The stroke `steps` above the selected one, below when negative; the topmost when none is selected.
    #[must_use]
    pub fn stroke_beside(&self, steps: isize) -> Option<StrokeId> {
        let strokes = &self.exploration().strokes;
        let now = strokes.iter().position(|stroke| Some(stroke.id) == self.selected);
        let at = now.map_or_else(|| strokes.len().saturating_sub(1), |at| at.saturating_add_signed(steps));
        strokes.get(at.min(strokes.len().saturating_sub(1))).map(|stroke| stroke.id)
    }

    /// Adds to `now` what this exploration allows.
    pub fn describe(&self, now: &mut Situation) {
        let exploration = self.exploration();
        now.model = !exploration.model.is_empty();
        now.undo = self.history.can_undo();
        now.redo = self.history.can_redo();
        now.picks = self.search.shown().is_some_and(|shown| !shown.candidates.is_empty());
        now.latent = self.latent().is_some();
        now.strokes = !exploration.strokes.is_empty();
        now.pairs = exploration.pairs().next().is_some();
        now.stroke = self.selected.is_some_and(|id| exploration.stroke(id).is_some());
        now.ends = exploration.slider.ends().is_some() || (self.looks.is_path && exploration.keys.len() >= 2);
        now.key_frames = exploration.keys.len() >= 2;
        now.key_frame = self.key.is_some();
        now.portrait = exploration.photo.is_some();
        let is_projected = exploration.photo.as_ref().is_some_and(|photo| photo.projection.is_some());
        now.edit = is_projected && self.latent().is_some();
    }

    /// The side of the model's pictures in pixels, from what shows or from `models`.
    #[must_use]
    pub fn side(&self, models: &[ModelShown]) -> u32 {
        let named = models.iter().find(|model| model.name == self.exploration().model).map(|model| model.side);
        self.picture().map(|picture| picture.size().width).or(named).unwrap_or(64)
    }
}
