//! What projections and transfers have come to: what is known of it, and how it becomes part of the history.

use std::sync::Arc;

use super::super::studio::Studio;
use super::{Asked, View};
use crate::document::explore::Projection;
use crate::document::{Exploration, ExploreAction};
use crate::imaging::Frame;
use crate::worker::exploring::ProjectionShown;

/// What is known of a projection.
#[derive(Clone, Copy)]
pub struct Figures<'a> {
    /// Mean squared difference of colors in -1..1.
    pub error: f32,
    /// The square of the photo, once it is cut.
    pub target: Option<&'a Frame>,
    /// The model's picture of it, once it is drawn.
    pub picture: Option<&'a Frame>,
    /// What else the worker said of it, in this session.
    pub told: Option<&'a ProjectionShown>,
}

impl Studio {
    /// What is known of the projection under way, else of the one that the exploration holds.
    #[must_use]
    pub fn projection(&self) -> Option<Figures<'_>> {
        let newest = self.portrait.projection.as_deref();
        if self.portrait.is_projecting() {
            let ProjectionShown { error, target, picture, .. } = newest?;
            return Some(Figures { error: *error, target: Some(target), picture: Some(picture), told: newest });
        }
        let held = self.exploration().photo.as_ref()?.projection.as_deref()?;
        let told = newest.filter(|told| *told.projection == *held);
        let cut = self.portrait.target.as_ref().filter(|(square, ..)| square.is_in(self.exploration()));
        let target = told.map(|told| &told.target).or_else(|| cut.map(|(_, _, cut)| cut));
        let picture = told.map(|told| &told.picture).or_else(|| self.picture_of(&held.latent));
        Some(Figures { error: held.error, target, picture, told })
    }

    /// Adopts what a projection has found, once no gesture is under way: searches begin there from now on.
    pub(in crate::ui::explore) fn adopt_projection(&mut self) {
        if self.history.is_in_gesture() {
            return;
        }
        let found = self.portrait.found.take().filter(|(square, ..)| square.is_in(self.history.value()));
        let Some((_, projection, picture)) = found else { return };
        self.keep_picture(&projection.latent, &picture);
        self.history.commit(ExploreAction::Project, |exploration| {
            if exploration.set_projection(Projection::clone(&projection)) {
                (exploration.chosen, exploration.fixed, exploration.slider.to) = (None, None, None);
                exploration.slide(1.0);
            }
        });
        (self.portrait.view, self.looks.is_path) = (View::Manifold, false);
        self.looks.is_average = false;
    }

    /// Adopts an edit that was carried onto the photo, once no gesture is under way. The first one is a step of its own; later
    /// ones belong to the steps that moved the slider.
    pub(in crate::ui::explore) fn adopt_edit(&mut self) {
        if self.history.is_in_gesture() {
            return;
        }
        let Some((asked, edit)) = self.portrait.edit.take() else { return };
        let shows = |exploration: &Exploration| Asked::of(exploration, exploration.slider.at).as_ref() == Some(&asked);
        if !self.has_result() && self.portrait.is_morphing && shows(self.exploration()) {
            self.history.commit(ExploreAction::Transfer, |exploration| {
                exploration.set_result(Some(edit));
            });
            return;
        }
        self.history.amend(|exploration| {
            let has_one = exploration.photo.as_ref().is_some_and(|photo| photo.result.is_some());
            if has_one && shows(exploration) {
                exploration.set_result(Some(Arc::clone(&edit)));
            }
        });
    }
}
