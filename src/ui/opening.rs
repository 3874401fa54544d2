//! What was opened goes to the room that it is for.

use std::time::Instant;

use super::app::App;
use super::commands::Room;
use super::intent::Source;
use super::notifications::Kind;
use super::session::Session;
use super::thumbnails;
use super::tools::ToolKind;
use crate::worker::{Lane, Opened};

impl App {
    /// Shows what the worker has opened; `name` stands in where there is no file.
    pub(super) fn show_opened(&mut self, opened: Opened, name: String) {
        let path = opened.path.clone();
        let is_recovered = self.opening.take() == Some(Source::Leftover);
        let for_explore = self.opening_for == Room::Explore && !opened.is_session && !is_recovered;
        let has_exploration = opened.exploration.is_some();
        if let Some(exploration) = opened.exploration {
            self.show_exploration(exploration, path.clone(), is_recovered);
        }
        if let Some(sketch) = opened.sketch {
            self.show_sketch(sketch, path.clone(), is_recovered);
            if opened.document.is_none() && !has_exploration {
                self.enter(Room::Sketch);
                self.has_leftover &= !is_recovered;
                return;
            }
        }
        let Some(document) = opened.document else {
            self.enter(Room::Explore);
            self.has_leftover &= !is_recovered;
            return;
        };
        if self.opening_for == Room::Sketch && !opened.is_session && !is_recovered {
            self.lay_photo_under(&document);
            return;
        }
        if for_explore && (self.studio.is_some() || !self.models.is_empty()) {
            if let Some(path) = &path {
                self.note_recent_as(path, thumbnails::of_photo(&document.display));
            }
            self.take_photo(document);
            return;
        }
        if for_explore {
            // There is nothing to explore it with; what can be done with it is done in the other room.
            self.notifications.show(Kind::Warning, self.text.get("error-no-model"), String::new());
        }
        self.enter(Room::Erase);
        let mut session = Session::new(document, path.clone(), opened.is_session, name);
        if is_recovered {
            // Nothing but the journal holds it.
            session.saved_revision = u64::MAX;
            session.opened = None;
            session.autosaved_revision = u64::MAX;
            session.changed.1 = Some(Instant::now());
            self.has_leftover = false;
        }
        self.names.push(session.name.clone());
        for lane in
            [Lane::Interpolate, Lane::Erase, Lane::Select, Lane::Marks, Lane::Measure, Lane::MaskFile, Lane::Autosave]
        {
            self.jobs.cancel(lane);
        }
        self.session = Some(session);
        if let Some(path) = &path {
            self.note_recent(path);
        }
        self.canvas.compare = super::canvas::CompareMode::Off;
        self.canvas.fit();
        if self.canvas.tool == ToolKind::Pan {
            self.canvas.tool = ToolKind::Brush;
        }
    }
}
