//! A drag under way: what it shows, and what of it the exploration keeps.

use super::studio::Studio;
use crate::document::ExploreAction;
use crate::document::explore::{PicturePos, StrokeId};
use crate::imaging::Frame;
use crate::ui::app::App;
use crate::worker::exploring::{DragHow, DragShown};
use crate::worker::{Lane, Request, Ticket};

/// Points on their way to their targets.
#[derive(Debug, Default)]
pub struct Dragging {
    /// How the next drag is done.
    pub how: DragHow,
    out: Option<Ticket>,
    /// The newest of the drag under way, or the last of the one before.
    shown: Option<Box<DragShown>>,
    /// What is over and not yet part of the history.
    over: Option<Box<DragShown>>,
}

impl Dragging {
    /// Whether a drag is under way.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.out.is_some()
    }

    /// What it shows, also after its end.
    #[must_use]
    pub fn shown(&self) -> Option<&DragShown> {
        self.shown.as_deref()
    }

    /// The picture on its way, while it is.
    #[must_use]
    pub fn picture(&self) -> Option<&Frame> {
        self.shown().filter(|_| self.is_running() || self.over.is_some()).map(|shown| &shown.picture)
    }

    /// Where the handle of this pair is, while it moves.
    #[must_use]
    pub fn handle(&self, id: StrokeId) -> Option<PicturePos> {
        let shown = self.shown().filter(|_| self.is_running())?;
        shown.handles.iter().find(|handle| handle.id == id).map(|handle| handle.at)
    }

    /// A drag is out as `ticket`.
    pub fn sent(&mut self, ticket: Ticket) {
        (self.out, self.shown, self.over) = (Some(ticket), None, None);
    }

    /// How far drag `ticket` is.
    pub fn take(&mut self, ticket: Ticket, shown: Box<DragShown>) {
        if self.out == Some(ticket) {
            self.shown = Some(shown);
        }
    }

    /// Drag `ticket` is over.
    pub fn finish(&mut self, ticket: Ticket, shown: Box<DragShown>) {
        if self.out == Some(ticket) {
            (self.out, self.over, self.shown) = (None, Some(shown.clone()), Some(shown));
        }
    }

    /// The request `ticket` has ended without an answer.
    pub fn end(&mut self, ticket: Ticket) {
        if self.out == Some(ticket) {
            self.out = None;
        }
    }

    /// A person has seen enough: what shows is kept.
    pub fn stop(&mut self) {
        if self.out.take().is_some() {
            self.over.clone_from(&self.shown);
        }
    }

    /// Forgets all: the model is another one.
    pub fn forget(&mut self) {
        *self = Self { how: self.how, ..Self::default() };
    }
}

impl Studio {
    /// Adopts what a drag has come to, once no gesture is under way: one step that undo takes back whole.
    pub(super) fn adopt_dragged(&mut self) {
        if self.history.is_in_gesture() {
            return;
        }
        let Some(over) = self.drag.over.take() else { return };
        self.keep_picture(&over.latent, &over.picture);
        self.player.stop();
        (self.looks.is_average, self.looks.is_path) = (false, false);
        self.history.commit(ExploreAction::Drag, |exploration| {
            let handles: Vec<_> = over.handles.iter().map(|handle| (handle.id, handle.at)).collect();
            exploration.take_drag(over.from, over.latent, &handles);
        });
    }
}

impl App {
    /// Drags the points to their targets; stops when they are on their way already.
    pub(super) fn drag_points(&mut self) {
        let Some(studio) = &mut self.studio else { return };
        if studio.drag.is_running() {
            studio.drag.stop();
            self.jobs.cancel(Lane::Drag);
            return;
        }
        let Some(latent) = studio.latent() else { return };
        studio.keep_shown(&latent);
        studio.player.stop();
        let (exploration, how) = (studio.exploration().clone(), studio.drag.how);
        let ticket = self.submit(Request::Drag { exploration, latent, how }, String::new());
        if let Some(studio) = &mut self.studio {
            studio.drag.sent(ticket);
        }
        // What is looked at is one picture on its way, not a search for others.
        self.jobs.cancel(Lane::Optimize);
    }
}
