//! What shows: which picture of all that there are, and its latent.

use super::Studio;
use crate::document::explore::Latent;
use crate::imaging::Frame;
use crate::worker::exploring::{CandidateShown, ModelShown};

impl Studio {
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
            let known = self.latent_at_rest().and_then(|latent| self.picture_of(latent));
            if let Some(picture) = known.or_else(|| self.projection()?.picture) {
                return Some(picture);
            }
        }
        self.walked()
            .map(|(_, picture)| picture)
            .or_else(|| self.candidate().map(|candidate| &candidate.picture))
            .or_else(|| self.film.nearest(self.slider_at()).map(|frame| &frame.picture))
            .or_else(|| self.projection()?.picture)
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

    /// The side of the model's pictures in pixels, from what shows or from `models`.
    #[must_use]
    pub fn side(&self, models: &[ModelShown]) -> u32 {
        let named = models.iter().find(|model| model.name == self.exploration().model).map(|model| model.side);
        self.picture().map(|picture| picture.size().width).or(named).unwrap_or(64)
    }
}
