//! From the worker's events to the state of the school, and the requests that follow from it.

use std::path::PathBuf;

use super::course::{Course, Hanging};
use super::state::School;
use crate::school::find;
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::intent::file_name;
use crate::ui::notifications::Kind;
use crate::worker::schooling::{
    FetchedDrawing, GalleryAct, GalleryDid, GalleryShown, Recorded, SchoolDone, SchoolRequest,
};
use crate::worker::{Request, Ticket};

impl App {
    /// Takes in an outcome.
    pub(in crate::ui) fn take_schooled(&mut self, ctx: &egui::Context, ticket: Ticket, done: SchoolDone) {
        self.school.out.take_if(|out| *out == ticket);
        match done {
            SchoolDone::Followed { practice, coverage } => {
                let Some(course) = &mut self.school.course else { return };
                if let Some((_, of)) = course.out.take_if(|(out, _)| *out == ticket) {
                    course.take_look(*practice, coverage, of);
                }
            }
            SchoolDone::Scored(score) => {
                let Some(course) = &mut self.school.course else { return };
                if let Some((_, of)) = course.out.take_if(|(out, _)| *out == ticket) {
                    course.take_score(ctx, score, of);
                    self.school.note_score();
                }
            }
            SchoolDone::Gallery { shown, did } => self.take_gallery(*shown, did),
            SchoolDone::Exported(exported) => {
                let file = file_name(&exported.path);
                let args = [("file", (&file).into()), ("count", exported.drawings.into())];
                let words = self.text.with("toast-gallery-exported", &args);
                self.notifications.show(Kind::Good, words, exported.path.display().to_string());
            }
            SchoolDone::Fetched(fetched) => self.put_on_paper(*fetched),
        }
    }

    /// The request `ticket` has ended without an answer.
    pub(in crate::ui) fn end_schooling(&mut self, ticket: Ticket, is_failure: bool) {
        if self.school.out.take_if(|out| *out == ticket).is_some() && is_failure {
            self.school.is_shut |= self.school.gallery.is_none();
            if let Some(scored) = self.school.course.as_mut().and_then(|course| course.scored.as_mut()) {
                // What was on its way has not arrived; it may be tried again.
                if scored.hung == Hanging::Soon {
                    scored.hung = Hanging::No;
                }
                scored.noted.take_if(|(_, recorded)| recorded.is_none());
            }
        }
        if let Some(course) = &mut self.school.course
            && course.out.take_if(|(out, _)| *out == ticket).is_some()
            && is_failure
        {
            // It would fail again and again.
            self.school.course = None;
        }
    }

    fn take_gallery(&mut self, shown: GalleryShown, did: GalleryDid) {
        for award in &shown.awards {
            let name = shown.profile(award.profile).map_or_else(String::new, |profile| profile.name.clone());
            let points = award.points as usize;
            let args = [("name", (&name).into()), ("points", points.into()), ("place", award.place.into())];
            self.notifications.show(Kind::Good, self.text.with("toast-award", &args), String::new());
        }
        self.names.extend(shown.profiles.iter().map(|profile| profile.name.clone()));
        match did {
            GalleryDid::HungUp(_) => {
                self.notifications.show(Kind::Good, self.text.get("toast-hung"), String::new());
            }
            GalleryDid::TookDown(_) => {
                self.notifications.show(Kind::Info, self.text.get("toast-taken-down"), String::new());
            }
            _ => {}
        }
        self.school.take_gallery(shown, did);
    }

    /// Puts a drawing of the gallery on the paper: one step.
    fn put_on_paper(&mut self, fetched: FetchedDrawing) {
        self.enter(Room::Sketch);
        let Some(easel) = &mut self.easel else { return };
        (self.school.is_open, self.school.course) = (false, None);
        if !easel.replace_drawing(fetched.theme, fetched.strokes, fetched.sketch) {
            self.notifications.show(Kind::Error, self.text.get("error-under-drawing"), String::new());
        }
    }

    /// Sends the requests that are due, and moves the clock on.
    pub(in crate::ui) fn start_schooling(&mut self, ctx: &egui::Context) {
        if self.room == Room::Sketch {
            self.follow();
            self.run_clock(ctx);
            let School { gallery, is_shut, queue, out, .. } = &self.school;
            if gallery.is_none() && !is_shut && queue.is_empty() && out.is_none() {
                self.school.ask(GalleryAct::Look);
            }
        }
        if self.school.out.is_none()
            && let Some(asked) = self.school.queue.pop_front()
        {
            let ticket = self.submit(Request::School(asked), String::new());
            self.school.out = Some(ticket);
        }
    }

    /// Has the worker look at what was drawn since it looked last, and score it at the end.
    fn follow(&mut self) {
        let (Some(easel), Some(course)) = (&self.easel, &self.school.course) else { return };
        if !course.is_under_way() || easel.paper.is_down() || easel.history.is_in_gesture() {
            return;
        }
        let key = easel.sketch().key();
        let is_seen = course.looked == Some(key);
        if is_seen && course.is_over() {
            self.score_now();
        } else if !is_seen && course.out.is_none_or(|(_, of)| of != key) {
            let (practice, sketch) = (Box::new(course.practice.clone()), easel.sketch().clone());
            let ticket = self.submit(Request::School(SchoolRequest::Follow { practice, sketch }), String::new());
            if let Some(course) = &mut self.school.course {
                course.out = Some((ticket, key));
            }
        }
    }

    /// Has what is drawn scored.
    pub(super) fn score_now(&mut self) {
        let (Some(easel), Some(course)) = (&self.easel, &self.school.course) else { return };
        let (sketch, lesson) = (easel.sketch().clone(), course.lesson().name.clone());
        let key = sketch.key();
        if course.out.is_some_and(|(_, of)| of == key) {
            return;
        }
        let ticket = self.submit(Request::School(SchoolRequest::Score { lesson, sketch }), String::new());
        if let Some(course) = &mut self.school.course {
            course.out = Some((ticket, key));
        }
    }

    /// The clock runs from the first line on, while the paper shows and nothing lies over it.
    fn run_clock(&mut self, ctx: &egui::Context) {
        let (Some(easel), Some(course)) = (&self.easel, &mut self.school.course) else { return };
        let Course { clock: Some(clock), scored: None, ticked, .. } = course else { return };
        let now = ctx.input(|input| input.time);
        let passed = ticked.map_or(0.0, |before| now - before);
        *ticked = Some(now);
        let has_begun = easel.paper.is_drawing() || easel.sketch().stroke_count() > 0;
        clock.pause(!has_begun || self.school.is_open || self.dialog.is_some());
        if clock.is_paused() {
            return;
        }
        clock.tick((passed.max(0.0) * 1000.0) as u64);
        if !clock.is_over() {
            ctx.request_repaint_after(std::time::Duration::from_millis(100));
        }
    }
}

impl School {
    /// Has something done in the gallery, after all that was asked for before.
    pub(super) fn ask(&mut self, act: GalleryAct) {
        self.queue.push_back(SchoolRequest::Gallery { act, shelf: self.shelf });
    }

    /// Writes the gallery to a new archive, or into a new folder where the path has no ending.
    pub(in crate::ui) fn export(&mut self, path: PathBuf) {
        self.queue.push_back(SchoolRequest::ExportGallery { path });
    }

    /// Notes the score for whoever draws, once.
    pub(super) fn note_score(&mut self) {
        let Some(profile) = self.profile else { return };
        let Some(course) = &mut self.course else { return };
        let lesson = course.lesson().name.clone();
        let Some(scored) = course.scored.as_mut().filter(|scored| scored.noted.is_none()) else { return };
        scored.noted = Some((profile, None));
        let standing = scored.score.standing();
        if scored.score.stars > 0 && find(&lesson).is_some() {
            self.ask(GalleryAct::Record { profile, lesson, standing });
        }
    }

    fn take_gallery(&mut self, shown: GalleryShown, did: GalleryDid) {
        match did {
            GalleryDid::Added(id) => self.profile = Some(id),
            GalleryDid::HungUp(id) => {
                self.selected = Some(id);
                if let Some(scored) = self.scored_mut().filter(|scored| scored.hung == Hanging::Soon) {
                    scored.hung = Hanging::Yes(id);
                }
            }
            GalleryDid::Noted(recorded) => self.take_record(recorded),
            _ => {}
        }
        self.profile = self.profile.filter(|id| shown.profile(*id).is_some());
        self.profile = self.profile.or(shown.newest).or_else(|| Some(shown.profiles.first()?.id));
        self.profile = self.profile.filter(|id| shown.profile(*id).is_some());
        (self.gallery, self.is_shut) = (Some(shown), false);
        self.selected = self.hung().map(|hung| hung.drawing.id);
        self.note_score();
    }

    fn take_record(&mut self, recorded: Recorded) {
        if let Some((_, noted)) = self.scored_mut().and_then(|scored| scored.noted.as_mut()) {
            *noted = Some(recorded);
        }
    }

    pub(super) fn scored_mut(&mut self) -> Option<&mut super::course::Scored> {
        self.course.as_mut()?.scored.as_mut()
    }
}
