//! What the commands about lessons and the gallery do.

use std::sync::Arc;

use super::course::Hanging;
use super::state::School;
use super::sure::Question;
use super::{LessonsState, ProfilesState, SchoolWish};
use crate::document::SketchAction;
use crate::ui::app::App;
use crate::ui::commands::{Command, Room};
use crate::ui::dialogs::Dialog;
use crate::ui::file_dialog::Purpose;
use crate::worker::schooling::GalleryAct;

/// Whether what a command switches is on.
#[must_use]
pub fn is_on(command: Command, school: &School) -> bool {
    match command {
        Command::ToggleClock => school.is_timed,
        Command::ToggleGallery => school.is_open,
        Command::ToggleMissed => {
            let scored = school.course.as_ref().and_then(|course| course.scored.as_ref());
            scored.is_some_and(|scored| scored.shows_missed)
        }
        _ => false,
    }
}

impl App {
    /// Does what `command` says about lessons or the gallery. Returns whether it is about them.
    pub(in crate::ui) fn perform_schooling(&mut self, ctx: &egui::Context, command: Command) -> bool {
        if self.room != Room::Sketch {
            return false;
        }
        if let Some(reaction) = command.reaction() {
            if let Some(drawing) = self.school.selected {
                self.fulfil_school(SchoolWish::React(drawing, reaction));
            }
            return true;
        }
        match command {
            Command::ChooseLesson => {
                let theme = self.easel.as_ref().map(|easel| Arc::clone(&easel.sketch().theme));
                self.dialog = Some(Dialog::Lessons(LessonsState::new(theme)));
            }
            Command::TopicOfDay => {
                if let Some(lesson) = self.school.topic() {
                    self.start_lesson(&lesson.name);
                }
            }
            Command::ToggleClock => self.school.is_timed = !self.school.is_timed,
            Command::SkipStep => self.skip_step(),
            Command::StepBack => self.step_back(),
            Command::FinishLesson => self.score_now(),
            Command::EndLesson => self.school.course = None,
            Command::ToggleMissed => {
                if let Some(scored) = self.school.scored_mut() {
                    scored.shows_missed = !scored.shows_missed;
                }
            }
            Command::HangUp => self.hang_up(),
            Command::ToggleGallery => self.school.is_open = !self.school.is_open,
            Command::ChooseProfile => self.dialog = Some(Dialog::Profiles(ProfilesState::default())),
            Command::ExportGallery => self.ask_for_path(ctx, Purpose::Gallery),
            Command::FetchDrawing => {
                if let Some(drawing) = self.school.selected {
                    self.fulfil_school(SchoolWish::Fetch(drawing));
                }
            }
            Command::TakeDown => {
                if let Some(drawing) = self.school.selected {
                    self.dialog = Some(Dialog::Sure(Question::TakeDown(drawing)));
                }
            }
            _ => return false,
        }
        true
    }

    /// Leaves the present step out.
    fn skip_step(&mut self) {
        let (Some(easel), Some(course)) = (&self.easel, &mut self.school.course) else { return };
        let layers = easel.sketch().counting_strokes();
        let strokes: Vec<_> = layers.into_iter().flatten().map(Arc::as_ref).collect();
        course.practice.skip(&strokes);
        course.drawn = 0.0;
        course.forget_looks();
    }

    /// Takes the step before up again: what was drawn for it goes, by a step that can be undone.
    fn step_back(&mut self) {
        let (Some(easel), Some(course)) = (&mut self.easel, &mut self.school.course) else { return };
        course.practice.back();
        course.drawn = 0.0;
        course.forget_looks();
        let practice = &course.practice;
        let has_own = easel.sketch().counting_strokes().concat().iter().any(|stroke| practice.is_of_step(stroke));
        if has_own {
            easel.history.commit(SketchAction::RubOut, |sketch| {
                sketch.rub_out(|stroke| practice.is_of_step(stroke));
            });
        }
    }

    /// Hangs what is drawn up in the gallery; asks who draws when that is not known.
    fn hang_up(&mut self) {
        let Some(sketch) = self.easel.as_ref().map(|easel| easel.sketch().clone()) else { return };
        let Some(profile) = self.school.profile else {
            self.dialog = Some(Dialog::Profiles(ProfilesState::default()));
            return;
        };
        let key = sketch.key();
        let lesson = self.school.course.as_ref().map(|course| Arc::clone(&course.lesson().name));
        let scored = self.school.scored_mut().filter(|scored| scored.of == key);
        let stars = scored.map(|scored| {
            scored.hung = Hanging::Soon;
            scored.score.stars
        });
        let scored = lesson.zip(stars);
        self.school.ask(GalleryAct::HangUp { profile, sketch, scored });
    }
}
