//! Pictures of single latents: asked for where one shows, kept for as long as there is room.

use std::sync::Arc;

use super::Studio;
use crate::document::Exploration;
use crate::document::explore::Latent;
use crate::imaging::Frame;
use crate::worker::{Request, Ticket};

/// The most pictures of single latents that are kept.
const DRAWN: usize = 400;

impl Studio {
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

    /// Keeps the picture of `latent`, which shows, if it is known. The mean of all candidates is nobody's picture.
    pub(in crate::ui::explore) fn keep_shown(&mut self, latent: &Latent) {
        if let Some(picture) = self.picture_of(latent).cloned() {
            self.keep_picture(latent, &picture);
        }
    }

    /// Forgets what another model has drawn, and pictures of latents that were drawn with other noise. Returns whether the
    /// model is another one: then nobody waits any more for what it was asked.
    pub(in crate::ui::explore) fn heed_model(&mut self) -> bool {
        let Exploration { model, helm, .. } = self.history.value();
        if self.drawn_with.0 == *model && self.drawn_with.1 == helm.noise {
            return false;
        }
        let is_another = self.drawn_with.0 != *model;
        self.drawn_with = (model.clone(), helm.noise);
        self.drawn.clear();
        self.wanted.clear();
        self.drawing = None;
        if is_another {
            self.search.forget();
            self.film.forget();
            self.drag.forget();
            self.survey.forget();
        }
        is_another
    }

    /// Pictures of latents have come.
    pub fn take_pictures(&mut self, ticket: Ticket, pictures: &[(Latent, Frame)]) {
        // Those that another model has drawn are of no use.
        let wanted = if self.drawing == Some(ticket) { pictures } else { &[] };
        for (latent, picture) in wanted {
            self.keep_picture(latent, picture);
        }
        self.end(ticket);
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
        let projected = self.projected();
        let latents: Vec<Latent> = keys.chain(ends).chain(fixed).cloned().chain(projected).collect();
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
}
