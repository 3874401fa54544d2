//! What each wish of a panel about lessons or the gallery does.

use std::sync::Arc;

use super::course::Course;
use super::wish::SchoolWish;
use crate::school::find;
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::notifications::Kind;
use crate::worker::schooling::{DrawingId, GalleryAct, Reaction, SchoolRequest};

impl App {
    /// Does what a panel asks for.
    pub(in crate::ui) fn fulfil_school(&mut self, wish: SchoolWish) {
        let school = &mut self.school;
        match wish {
            SchoolWish::Start(lesson) => self.start_lesson(&lesson),
            SchoolWish::Profile(profile) => {
                school.profile = Some(profile);
                school.note_score();
            }
            SchoolWish::AddProfile(name) => school.ask(GalleryAct::AddProfile { name }),
            SchoolWish::RenameProfile(profile, name) => school.ask(GalleryAct::RenameProfile { profile, name }),
            SchoolWish::RemoveProfile(profile) => school.ask(GalleryAct::RemoveProfile { profile }),
            SchoolWish::Shelf(shelf) => {
                school.shelf = shelf;
                school.ask(GalleryAct::Look);
            }
            SchoolWish::LookAgain => school.ask(GalleryAct::Look),
            SchoolWish::Select(drawing) => school.selected = drawing,
            SchoolWish::React(drawing, reaction) => self.react(drawing, reaction),
            SchoolWish::TakeDown(drawing) => school.ask(GalleryAct::TakeDown { drawing }),
            SchoolWish::Fetch(drawing) => school.queue.push_back(SchoolRequest::Fetch { drawing }),
        }
    }

    /// Begins a lesson on an empty paper; what was drawn comes back by undoing one step.
    pub(super) fn start_lesson(&mut self, name: &str) {
        let Some(lesson) = find(name) else { return };
        self.enter(Room::Sketch);
        let had_ink = self.easel.as_ref().is_some_and(|easel| easel.sketch().stroke_count() > 0);
        self.begin_drawing(&lesson.theme);
        if had_ink && self.school.course.is_none() {
            self.notifications.show(Kind::Info, self.text.get("toast-cleared"), String::new());
        }
        self.school.is_open = false;
        self.school.course = Some(Course::new(Arc::clone(lesson), self.school.is_timed));
    }

    /// Says something about a drawing; what was said before is taken back by saying it again.
    fn react(&mut self, drawing: DrawingId, reaction: Reaction) {
        let Some(viewer) = self.school.profile else { return };
        let hung = self
            .school
            .gallery
            .as_ref()
            .and_then(|gallery| gallery.drawings.iter().find(|hung| hung.drawing.id == drawing));
        let before = hung.and_then(|hung| hung.reactions.iter().find(|reacted| reacted.viewer == viewer));
        let is_same = before.is_some_and(|reacted| reacted.reaction == reaction);
        let reaction = (!is_same).then_some(reaction);
        self.school.ask(GalleryAct::React { drawing, viewer, reaction });
    }
}
