//! An open exploration with what the window needs of it: pictures, the work under way, what is selected.

mod drawn;
mod found;
mod showing;

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
use super::search::{Asked, Search};
use super::stage::Stage;
use super::survey::Findings;
use crate::document::explore::{End, Latent, Noise, StrokeId};
use crate::document::{Exploration, ExploreAction, ExploreHistory, HistoryLimits};
use crate::imaging::Frame;
use crate::ui::commands::Situation;
use crate::worker::Ticket;
use crate::worker::exploring::SearchShown;

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
    /// The model and the noise that pictures of latents were drawn with.
    drawn_with: (String, Noise),
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
        let drawn_with = (exploration.model.clone(), exploration.helm.noise);
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
            drawn_with,
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

    /// The request `ticket` has ended, whatever it was about.
    pub fn end(&mut self, ticket: Ticket) {
        self.search.end(ticket);
        self.film.end(ticket);
        self.portrait.end(ticket);
        self.rudder.end(ticket);
        self.chart.end(ticket);
        self.drag.end(ticket);
        self.survey.end(ticket);
        if self.drawing == Some(ticket) {
            self.drawing = None;
        }
    }

    /// Where the photo lies on the manifold, if it was projected.
    #[must_use]
    pub fn projected(&self) -> Option<Latent> {
        Some(self.exploration().photo.as_ref()?.projection.as_ref()?.latent.clone())
    }

    /// Whether an edit lies over the photo.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.exploration().photo.as_ref().is_some_and(|photo| photo.result.is_some())
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
        self.keep_shown(&latent);
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
        let has_result = self.has_result();
        let has_moved = step(&mut self.history);
        if self.has_result() != has_result {
            // What was taken back is not carried on again unasked.
            self.portrait.set_morphing(!has_result);
        }
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
        now.carried = self.has_result();
        now.edit = is_projected && self.latent().is_some();
    }
}
