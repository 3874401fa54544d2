//! All that the window knows of lessons and the gallery.

use std::collections::VecDeque;
use std::sync::Arc;

use super::course::Course;
use crate::school::{Lesson, find, lessons, topic_of_day};
use crate::ui::commands::Situation;
use crate::worker::Ticket;
use crate::worker::schooling::{DrawingId, GalleryShown, Hung, ProfileId, SchoolRequest, Shelf};

/// Who draws, what hangs, what is learned.
#[derive(Default)]
pub struct School {
    /// The lesson that is followed.
    pub course: Option<Course>,
    /// Whether lessons are drawn against the clock.
    pub is_timed: bool,
    /// What hangs in the gallery; `None` until the worker has looked.
    pub gallery: Option<GalleryShown>,
    /// Whether the gallery cannot be opened.
    pub is_shut: bool,
    /// Whether it shows instead of the paper.
    pub is_open: bool,
    /// Who draws and looks.
    pub profile: Option<ProfileId>,
    /// Which part of the gallery shows.
    pub shelf: Shelf,
    /// The drawing that is looked at.
    pub selected: Option<DrawingId>,
    /// What waits until the request before it has its outcome.
    pub(super) queue: VecDeque<SchoolRequest>,
    /// The request about the gallery that is out.
    pub(super) out: Option<Ticket>,
}

impl School {
    /// The school as a window begins with it: `profile` drew last.
    pub(in crate::ui) fn of(profile: Option<ProfileId>) -> Self {
        Self { profile, ..Self::default() }
    }

    /// The drawing that is looked at.
    #[must_use]
    pub fn hung(&self) -> Option<&Hung> {
        let id = self.selected?;
        self.gallery.as_ref()?.drawings.iter().find(|hung| hung.drawing.id == id)
    }

    /// The stars that whoever draws has in a lesson.
    #[must_use]
    pub fn stars(&self, lesson: &str) -> u8 {
        let record = self.profile.and_then(|profile| self.gallery.as_ref()?.record(profile, lesson));
        record.map_or(0, |record| record.best.stars)
    }

    /// What everyone is asked to draw today; `None` until the day is known.
    #[must_use]
    pub fn topic(&self) -> Option<&'static Arc<Lesson>> {
        let today = self.gallery.as_ref()?.today;
        lessons().get(topic_of_day(today, lessons().len())?)
    }

    /// The lesson of the same theme after the one that is followed.
    #[must_use]
    pub fn next_lesson(&self) -> Option<&'static Arc<Lesson>> {
        let now = self.course.as_ref()?.lesson();
        let at = lessons().iter().position(|lesson| lesson.name == now.name)?;
        lessons().get(at + 1).filter(|next| next.theme == now.theme)
    }

    /// What a lesson is called in this language; its name where there is none of it any more.
    #[must_use]
    pub fn title_of(lesson: &str, language: usize) -> String {
        find(lesson).map_or_else(|| lesson.to_owned(), |lesson| lesson.title[language].to_string())
    }

    /// Adds to `now` what commands about lessons and the gallery go by.
    pub fn describe(&self, now: &mut Situation) {
        now.easel = true;
        now.course = self.course.is_some() && !self.is_open;
        now.lesson =
            now.course && self.course.as_ref().is_some_and(|course| course.is_under_way() && !course.is_over());
        let steps = self.course.as_ref().map_or(0, |course| course.practice.outcomes().len());
        now.steps = now.course && steps > 0 && self.course.as_ref().is_some_and(Course::is_under_way);
        now.score = now.course && self.course.as_ref().is_some_and(|course| course.scored.is_some());
        now.gallery = self.gallery.as_ref().is_some_and(|gallery| gallery.total > 0);
        now.hung = self.is_open && self.hung().is_some();
        now.viewer = self.profile.is_some();
    }
}
