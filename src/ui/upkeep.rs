//! What the window does by itself while a person does nothing: counting, autosaving, remembering, its title.

use std::time::{Duration, Instant};

use super::app::App;
use super::canvas::CompareMode;
use super::clerk::Errand;
use super::commands::Room;
use super::preferences::{note_canvas, pens_of};
use crate::library::WindowPlace;
use crate::worker::{Lane, Measured, Request};

/// How long after a gesture the journal is written.
const AUTOSAVE_DELAY: Duration = Duration::from_secs(1);

impl App {
    /// Counts touched pixels whenever something else shows.
    pub(super) fn measure(&mut self) {
        let with_difference = matches!(self.canvas.compare, CompareMode::Difference);
        let Some(session) = self.session.as_mut().filter(|session| !session.history.is_in_gesture()) else { return };
        let asked = (session.document().visible_patches(), with_difference);
        if session.measure_asked.as_ref() == Some(&asked) {
            return;
        }
        let is_plain = asked.0.is_empty();
        session.measure_asked = Some(asked);
        if is_plain {
            let total = session.document().photo.frame.size().area() as u64;
            session.measured = Some(Measured { touched: 0, total, difference: None });
            self.jobs.cancel(Lane::Measure);
        } else {
            let document = session.document().clone();
            self.submit(Request::Measure { document, with_difference }, String::new());
        }
    }

    pub(super) fn autosave(&mut self, ctx: &egui::Context) {
        self.autosave_explored(ctx);
        self.autosave_sketched(ctx);
        let Some(session) = self.session.as_mut() else { return };
        let revision = session.history.revision();
        if session.changed.0 != revision {
            // Counted from the first change that is not saved: a fill that goes on must not put the autosave off.
            let first = session.changed.1.filter(|_| session.changed.0 != session.autosaved_revision);
            session.changed = (revision, Some(first.unwrap_or_else(Instant::now)));
        }
        let Some(since) = session.changed.1.filter(|_| revision != session.autosaved_revision) else { return };
        let left = AUTOSAVE_DELAY.saturating_sub(since.elapsed());
        if session.history.is_in_gesture() || !left.is_zero() {
            ctx.request_repaint_after(left.max(Duration::from_millis(50)));
            return;
        }
        session.autosaved_revision = revision;
        self.submit(Request::Autosave { contents: self.contents() }, String::new());
    }

    /// As [`App::autosave`], for the other room. The journal holds what both rooms do.
    fn autosave_explored(&mut self, ctx: &egui::Context) {
        let Some(studio) = self.studio.as_mut() else { return };
        let revision = studio.history.revision();
        if studio.changed.0 != revision {
            let first = studio.changed.1.filter(|_| studio.changed.0 != studio.autosaved_revision);
            studio.changed = (revision, Some(first.unwrap_or_else(Instant::now)));
        }
        let Some(since) = studio.changed.1.filter(|_| revision != studio.autosaved_revision) else { return };
        let left = AUTOSAVE_DELAY.saturating_sub(since.elapsed());
        if studio.history.is_in_gesture() || !left.is_zero() {
            ctx.request_repaint_after(left.max(Duration::from_millis(50)));
            return;
        }
        studio.autosaved_revision = revision;
        self.submit(Request::Autosave { contents: self.contents() }, String::new());
    }

    /// As [`App::autosave`], for the room Sketch.
    fn autosave_sketched(&mut self, ctx: &egui::Context) {
        let Some(easel) = self.easel.as_mut() else { return };
        let revision = easel.history.revision();
        if easel.changed.0 != revision {
            let first = easel.changed.1.filter(|_| easel.changed.0 != easel.autosaved_revision);
            easel.changed = (revision, Some(first.unwrap_or_else(Instant::now)));
        }
        let Some(since) = easel.changed.1.filter(|_| revision != easel.autosaved_revision) else { return };
        let left = AUTOSAVE_DELAY.saturating_sub(since.elapsed());
        if easel.history.is_in_gesture() || easel.paper.is_down() || !left.is_zero() {
            ctx.request_repaint_after(left.max(Duration::from_millis(50)));
            return;
        }
        easel.autosaved_revision = revision;
        let contents = self.contents();
        if contents.document.is_some() || contents.exploration.is_some() || contents.sketch.is_some() {
            self.submit(Request::Autosave { contents }, String::new());
        }
    }

    /// Notes changed preferences a moment after the last change.
    pub(super) fn keep_preferences(&mut self, ctx: &egui::Context) {
        self.note_preferences();
        if self.preferences == self.kept.0 {
            return;
        }
        let since = *self.kept.1.get_or_insert_with(Instant::now);
        let left = AUTOSAVE_DELAY.saturating_sub(since.elapsed());
        if !left.is_zero() {
            ctx.request_repaint_after(left);
            return;
        }
        self.kept = (self.preferences.clone(), None);
        if let Some(clerk) = &self.clerk {
            clerk.ask(Errand::Keep(Box::new(self.preferences.clone())));
        }
    }

    fn note_preferences(&mut self) {
        note_canvas(&mut self.preferences, &self.canvas);
        if let Some(easel) = &self.easel {
            self.preferences.pens = pens_of(&easel.kit);
        }
        self.preferences.profile = self.school.profile;
    }

    pub(super) fn update_title(&mut self, ctx: &egui::Context) {
        let mark = |is_changed: bool| if is_changed { "• " } else { "" };
        let named = match self.room {
            Room::Erase => self.session.as_ref().map(|session| (session.is_changed(), session.name.as_str())),
            Room::Explore => {
                self.studio.as_ref().map(|studio| (studio.is_changed(), studio.exploration().model.as_str()))
            }
            Room::Sketch => self.easel.as_ref().map(|easel| (easel.is_changed(), &*easel.sketch().theme)),
        };
        let named = named.filter(|(_, name)| !name.is_empty());
        let title = named.map_or_else(
            || "Pentimento".to_owned(),
            |(is_changed, name)| format!("{}{name} — Pentimento", mark(is_changed)),
        );
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Remembers where the window is.
    pub fn note_window(&mut self, ctx: &egui::Context) {
        let place = ctx.input(|input| {
            let viewport = input.viewport();
            let is_maximized = viewport.maximized.unwrap_or(false) || viewport.fullscreen.unwrap_or(false);
            let inner = viewport.inner_rect?;
            // Wayland tells no position.
            let corner = viewport.outer_rect.map_or(egui::Pos2::ZERO, |outer| outer.min);
            let (width, height) = (inner.width(), inner.height());
            Some(WindowPlace { x: corner.x, y: corner.y, width, height, is_maximized })
        });
        match (place, &mut self.preferences.window) {
            // The size to go back to is the one before.
            (Some(place), Some(window)) if place.is_maximized => window.is_maximized = true,
            (Some(place), window) if place.width > 0.0 => *window = Some(place),
            _ => {}
        }
    }

    /// Puts text that was copied in this frame on the system's clipboard.
    pub(super) fn copy_text(&self, ctx: &egui::Context) {
        let Some(clerk) = &self.clerk else { return };
        ctx.output(|output| {
            for command in &output.commands {
                if let egui::OutputCommand::CopyText(text) = command {
                    clerk.ask(Errand::CopyText(text.clone()));
                }
            }
        });
    }

    /// Whether an event of the worker has come since this was asked last.
    pub fn take_cause(&mut self) -> bool {
        std::mem::take(&mut self.has_cause)
    }

    /// Keeps what is to be remembered. For the end of the program.
    pub fn finish(&mut self) {
        self.note_preferences();
        if let Some(clerk) = self.clerk.take() {
            if self.preferences != self.kept.0 {
                clerk.ask(Errand::Keep(Box::new(self.preferences.clone())));
            }
            clerk.finish();
        }
    }
}
