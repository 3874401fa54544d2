//! A photo on the manifold: its picture, the projection and the transfer under way.

use std::sync::Arc;

use crate::document::Exploration;
use crate::document::explore::{Latent, ProjectMethod, Transferred};
use crate::imaging::{DisplayPyramid, Frame, Place};
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

/// What a transfer was asked for with.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    from: Latent,
    to: Latent,
    at: f32,
    is_final: bool,
    place: Place,
    kept: usize,
}

/// What is done with a photo.
#[derive(Default)]
pub struct Portrait {
    /// What the canvas shows.
    pub view: View,
    /// The photo's picture.
    pub display: Option<Arc<DisplayPyramid>>,
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
    projecting: Option<Ticket>,
    transferring: Option<Ticket>,
    asked: Option<Asked>,
    /// Whether the slider morphs the photo.
    pub is_morphing: bool,
}

impl Portrait {
    /// Forgets all about the photo that was there; `display` is the new one's picture.
    pub fn open(&mut self, display: Arc<DisplayPyramid>) {
        *self = Self { view: View::Crop, display: Some(display), method: self.method, ..Self::default() };
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

    /// A projection is out as `ticket`.
    pub fn projection_sent(&mut self, ticket: Ticket) {
        (self.projecting, self.projection, self.is_stopped) = (Some(ticket), None, false);
    }

    /// How far projection `ticket` is. Returns whether it is the one under way.
    pub fn take_projection(&mut self, ticket: Ticket, shown: Box<ProjectionShown>) -> bool {
        let is_own = self.projecting == Some(ticket);
        if is_own {
            self.projection = Some(shown);
        }
        is_own
    }

    /// The transfer to ask for now, if the photo should show something else; tell [`Portrait::transfer_sent`] its ticket.
    #[must_use]
    pub fn next_transfer(&mut self, exploration: &Exploration, at: f32, is_final: bool) -> Option<Request> {
        let photo = exploration.photo.as_ref().filter(|_| self.is_morphing && self.view == View::Photo)?;
        let from = photo.projection.as_ref()?.latent.clone();
        let to = exploration.slider.to.clone().filter(|to| *to != from)?;
        let kept = Arc::as_ptr(&photo.kept).addr();
        let wanted = Asked { from, to, at, is_final, place: photo.place, kept };
        // A draft need not be made anew when the full one is there, nor while one is on its way.
        let is_same = self.asked.as_ref().is_some_and(|asked| Asked { is_final, ..asked.clone() } == wanted);
        let is_known = self.asked.as_ref() == Some(&wanted) || (is_same && !is_final);
        if is_known || (self.transferring.is_some() && !is_final) {
            return None;
        }
        self.asked = Some(wanted);
        let mut exploration = exploration.clone();
        // The way leads from the photo.
        exploration.slider.from = self.asked.as_ref().map(|asked| asked.from.clone());
        Some(Request::Transfer { exploration, at, is_final })
    }

    /// A transfer is out as `ticket`.
    pub const fn transfer_sent(&mut self, ticket: Ticket) {
        self.transferring = Some(ticket);
    }

    /// A transfer has come. Returns what the document shall keep.
    pub fn take_transfer(
        &mut self,
        ticket: Ticket,
        transfer: TransferShown,
        measure: TransferMeasure,
    ) -> Option<Arc<Transferred>> {
        if self.transferring != Some(ticket) {
            return None;
        }
        self.transferring = None;
        self.measure = Some(measure);
        let Some(transferred) = transfer.transferred.clone() else {
            self.draft = Some(transfer);
            return None;
        };
        self.draft = None;
        self.patches.insert(transfer.shown);
        Some(transferred)
    }

    /// Drops pictures that nobody needs any more.
    pub fn prune(&mut self) {
        self.patches.prune();
    }

    /// Projection `ticket` has come to its end. Returns whether it is the one under way.
    pub fn finish_projection(&mut self, ticket: Ticket, shown: Box<ProjectionShown>) -> bool {
        let is_own = self.take_projection(ticket, shown);
        self.projecting.take_if(|out| *out == ticket);
        is_own
    }

    /// The request `ticket` has ended without an answer. Returns the best that a projection had come to by then.
    pub fn end(&mut self, ticket: Ticket) -> Option<&ProjectionShown> {
        self.transferring.take_if(|out| *out == ticket);
        self.projecting.take_if(|out| *out == ticket)?;
        self.is_stopped = self.projection.is_some();
        self.projection.as_deref()
    }

    /// Asks for the transfer anew, as after one that failed and was mended.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }
}
