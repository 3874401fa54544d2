//! A photo on the manifold: its picture, the projection and the transfer under way.

mod adopt;

use std::sync::Arc;

use super::target;
use crate::document::Exploration;
use crate::document::explore::{
    Interpolation, Latent, Noise, PhotoWork, ProjectMethod, Projection, Stroke, Transferred,
};
use crate::imaging::{DisplayPyramid, Frame, Mask, Place};
use crate::ui::canvas::PatchDisplays;
use crate::worker::exploring::{ProjectionShown, TransferMeasure, TransferShown};
use crate::worker::{Request, Ticket};

/// What the canvas shows of a photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The manifold's picture.
    #[default]
    Manifold,
    /// The photo with the square that the manifold is to show.
    Crop,
    /// The photo with what was carried onto it.
    Photo,
}

/// What a transfer is asked for with.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    from: Latent,
    to: Latent,
    at: f32,
    interpolation: Interpolation,
    noise: Noise,
    place: Place,
    kept: Arc<Mask>,
    strokes: Vec<Arc<Stroke>>,
}

impl Asked {
    /// The edit of `exploration` with the slider at `at`; `None` where there is none.
    fn of(exploration: &Exploration, at: f32) -> Option<Self> {
        let photo = exploration.photo.as_ref()?;
        let from = photo.projection.as_ref()?.latent.clone();
        let to = exploration.slider.to.clone().filter(|to| *to != from)?;
        let (interpolation, noise) = (exploration.slider.interpolation, exploration.helm.noise);
        let (place, kept) = (photo.place, Arc::clone(&photo.kept));
        let strokes = exploration.keeps().cloned().collect();
        Some(Self { from, to, at, interpolation, noise, place, kept, strokes })
    }
}

/// What a projection is of.
#[derive(Clone, Debug)]
struct Square {
    model: String,
    photo: Frame,
    place: Place,
}

impl Square {
    fn of(exploration: &Exploration) -> Option<Self> {
        let PhotoWork { photo, place, .. } = exploration.photo.as_ref()?;
        Some(Self { model: exploration.model.clone(), photo: photo.frame.clone(), place: *place })
    }

    /// Whether it is the one that `exploration` has.
    fn is_in(&self, exploration: &Exploration) -> bool {
        let work = exploration.photo.as_ref().filter(|_| exploration.model == self.model);
        work.is_some_and(|work| work.place == self.place && work.photo.frame.is_same_buffer(&self.photo))
    }
}

/// A projection that is out.
struct Projecting {
    ticket: Ticket,
    square: Square,
}

/// What is done with a photo.
#[derive(Default)]
pub struct Portrait {
    /// What the canvas shows.
    pub view: View,
    /// Pictures of photos: of the one that is open, and of those that undo brings back.
    displays: Vec<(Frame, Arc<DisplayPyramid>)>,
    /// Pictures of what was carried onto it.
    pub patches: PatchDisplays,
    /// How the next projection is made.
    pub method: ProjectMethod,
    /// The newest projection, while it runs and afterwards.
    pub projection: Option<Box<ProjectionShown>>,
    /// What was carried onto a smaller photo while the slider is dragged.
    pub draft: Option<TransferShown>,
    /// How well the newest edit could be explained.
    pub measure: Option<TransferMeasure>,
    /// Whether the newest projection was stopped before its end.
    pub is_stopped: bool,
    projecting: Option<Projecting>,
    /// The square of the photo as a model with pictures of so many pixels would see it.
    target: Option<(Square, u32, Frame)>,
    /// What a projection has found and is not yet part of the history.
    found: Option<(Square, Arc<Projection>, Frame)>,
    /// An edit that has come and is not yet part of the history.
    edit: Option<(Asked, Arc<Transferred>)>,
    transferring: Option<Ticket>,
    /// What was asked for last, and whether at full size.
    asked: Option<(Asked, bool)>,
    /// Whether the slider morphs the photo.
    pub is_morphing: bool,
}

impl Portrait {
    /// Begins anew with `photo`, whose picture is `display`. Pictures of the one before are kept for undo.
    pub fn open(&mut self, photo: Frame, display: Arc<DisplayPyramid>) {
        let before = std::mem::take(self);
        let Self { method, displays, patches, .. } = before;
        *self = Self { view: View::Crop, method, displays, patches, ..Self::default() };
        self.add_display(photo, display);
    }

    /// Keeps the picture of a photo.
    pub fn add_display(&mut self, photo: Frame, display: Arc<DisplayPyramid>) {
        self.displays.push((photo, display));
    }

    /// The picture of this very photo.
    #[must_use]
    pub fn display_of(&self, photo: &Frame) -> Option<&Arc<DisplayPyramid>> {
        self.displays.iter().find(|(of, _)| of.is_same_buffer(photo)).map(|(_, display)| display)
    }

    /// Cuts the square of a photo that was projected, for a model with pictures of `side` pixels.
    pub fn cut_target(&mut self, exploration: &Exploration, side: u32) {
        let is_known = self.target.as_ref().is_some_and(|(square, of, _)| *of == side && square.is_in(exploration));
        let work = exploration.photo.as_ref().filter(|work| !is_known && work.projection.is_some());
        let Some((work, square)) = work.zip(Square::of(exploration)) else { return };
        let cut = self.display_of(&work.photo.frame).and_then(|display| target::cut(display, work.place, side));
        self.target = cut.map(|cut| (square, side, cut));
    }

    /// The picture that a projection has come to.
    #[must_use]
    pub fn picture(&self) -> Option<&Frame> {
        self.projection.as_ref().map(|shown| &shown.picture)
    }

    /// Whether a projection is under way.
    #[must_use]
    pub const fn is_projecting(&self) -> bool {
        self.projecting.is_some()
    }

    /// Whether an edit is being carried onto the photo.
    #[must_use]
    pub const fn is_transferring(&self) -> bool {
        self.transferring.is_some()
    }

    /// A projection of the square that `exploration` has is out as `ticket`.
    pub fn projection_sent(&mut self, ticket: Ticket, exploration: &Exploration) {
        self.projecting = Square::of(exploration).map(|square| Projecting { ticket, square });
        (self.projection, self.is_stopped, self.found) = (None, false, None);
    }

    /// Gives up a projection of another square, photo or model than `exploration` has. Returns whether one was out.
    pub fn heed_square(&mut self, exploration: &Exploration) -> bool {
        let foreign = self.projecting.take_if(|out| !out.square.is_in(exploration));
        if foreign.is_some() {
            self.projection = None;
        }
        foreign.is_some()
    }

    /// How far projection `ticket` is.
    pub fn take_projection(&mut self, ticket: Ticket, shown: Box<ProjectionShown>) {
        if self.projecting.as_ref().is_some_and(|out| out.ticket == ticket) {
            self.projection = Some(shown);
        }
    }

    /// Projection `ticket` has come to its end.
    pub fn finish_projection(&mut self, ticket: Ticket, shown: Box<ProjectionShown>) {
        self.take_projection(ticket, shown);
        self.end_projection(ticket);
    }

    /// What there is of projection `ticket`, which is over, waits to be adopted. Returns whether it was under way.
    fn end_projection(&mut self, ticket: Ticket) -> bool {
        let Some(out) = self.projecting.take_if(|out| out.ticket == ticket) else { return false };
        self.found =
            self.projection.as_ref().map(|shown| (out.square, Arc::clone(&shown.projection), shown.picture.clone()));
        true
    }

    /// The transfer to ask for now, if the photo should show something else; tell [`Portrait::transfer_sent`] its ticket.
    #[must_use]
    pub fn next_transfer(&mut self, exploration: &Exploration, at: f32, is_final: bool) -> Option<Request> {
        if !self.is_morphing || self.view != View::Photo {
            return None;
        }
        let wanted = Asked::of(exploration, at)?;
        // A draft need not be made anew when the full one is there, nor while one is on its way.
        let is_known =
            self.asked.as_ref().is_some_and(|(asked, was_final)| *asked == wanted && (*was_final || !is_final));
        if is_known || (self.transferring.is_some() && !is_final) {
            return None;
        }
        let mut exploration = exploration.clone();
        // The way leads from the photo.
        exploration.slider.from = Some(wanted.from.clone());
        self.asked = Some((wanted, is_final));
        Some(Request::Transfer { exploration, at, is_final })
    }

    /// A transfer is out as `ticket`.
    pub const fn transfer_sent(&mut self, ticket: Ticket) {
        self.transferring = Some(ticket);
    }

    /// A transfer has come. An edit at full size waits to be adopted.
    pub fn take_transfer(&mut self, ticket: Ticket, transfer: TransferShown, measure: TransferMeasure) {
        if self.transferring.take_if(|out| *out == ticket).is_none() {
            return;
        }
        self.measure = Some(measure);
        if transfer.transferred.is_none() {
            self.draft = Some(transfer);
            return;
        }
        let asked = self.asked.as_ref().map(|(asked, _)| asked.clone());
        (self.draft, self.edit) = (None, asked.zip(transfer.transferred));
        self.patches.insert(transfer.shown);
    }

    /// Drops pictures that nobody needs any more.
    pub fn prune(&mut self) {
        self.patches.prune();
        self.displays.retain(|(photo, _)| photo.is_shared());
    }

    /// The request `ticket` has ended without an answer: the best that a projection had come to by then is kept, since nobody
    /// has watched it for nothing.
    pub fn end(&mut self, ticket: Ticket) {
        self.transferring.take_if(|out| *out == ticket);
        if self.end_projection(ticket) {
            self.is_stopped = self.projection.is_some();
        }
    }

    /// Has the slider morph the photo from now on, or leaves the photo alone. What was asked before is asked anew, as after one
    /// that failed and was mended.
    pub fn set_morphing(&mut self, is_on: bool) {
        (self.is_morphing, self.asked, self.draft) = (is_on, None, None);
    }
}
