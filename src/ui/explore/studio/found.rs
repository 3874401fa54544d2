//! What searches have found, and how it becomes part of the history.

use super::super::search::{Asked, pick_of};
use super::Studio;
use crate::document::ExploreAction;
use crate::worker::Ticket;
use crate::worker::exploring::SearchShown;

impl Studio {
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
    pub(in crate::ui::explore) fn adopt_found(&mut self) {
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
        self.looks.is_average = false;
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

    /// The candidate `steps` after the chosen one in the grid.
    #[must_use]
    pub fn neighbor(&self, steps: isize) -> Option<u64> {
        let ids: Vec<u64> = self.search.candidates().map(|candidate| candidate.id).collect();
        let now = self.candidate().map(|candidate| candidate.id);
        let at = ids.iter().position(|id| Some(*id) == now).unwrap_or(0);
        ids.get(at.saturating_add_signed(steps).min(ids.len().saturating_sub(1))).copied()
    }
}
