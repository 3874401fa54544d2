//! Draws the rooms: the panels of the one that shows, and its canvas in the middle.

use super::app::App;
use super::canvas::{Canvas, Scene};
use super::commands::{Room, Situation};
use super::intent::{Intent, View};
use super::notifications::Kind;
use super::{explore, panels, school, sketch, theme};

impl App {
    pub(super) fn panels_ui(&mut self, ui: &mut egui::Ui, intents: &mut Vec<Intent>) {
        let now = self.situation();
        self.samples.poll(ui.ctx());
        let mut parts = self.parts(&now, intents);
        let (canvas, log, view) = (&mut *parts.canvas, &mut *parts.log, &mut parts.view);
        panels::menu::ui(ui, view, canvas);
        panels::status::ui(ui, view, canvas);
        if view.preferences.panels.log {
            log.ui(ui, view);
        }
        room_panels_ui(ui, view, canvas);
        self.center_ui(ui, intents, &now);
    }

    /// What panels see, and the two that they may change.
    pub(super) fn parts<'a>(&'a mut self, now: &'a Situation, intents: &'a mut Vec<Intent>) -> Parts<'a> {
        let view = View {
            text: &self.text,
            session: self.session.as_ref(),
            studio: self.studio.as_ref(),
            models: &self.models,
            easel: self.easel.as_ref(),
            themes: self.themes.as_deref(),
            subjects: &self.subjects,
            school: &self.school,
            pictures: &mut self.pictures,
            now,
            preferences: &self.preferences,
            recent: &self.recent,
            work: &self.work,
            networks: &self.networks,
            has_leftover: self.has_leftover,
            thumbnails: &mut self.thumbnails,
            samples: &self.samples,
            intents,
        };
        Parts { view, canvas: &mut self.canvas, log: &mut self.log }
    }

    fn center_ui(&mut self, ui: &mut egui::Ui, intents: &mut Vec<Intent>, now: &Situation) {
        let colors = theme::colors(ui.visuals());
        let has_canvas = match self.room {
            Room::Erase => self.session.is_some(),
            Room::Explore => self.studio.is_some(),
            Room::Sketch => true,
        };
        let frame = egui::Frame::new().fill(if has_canvas { colors.surround } else { colors.panel });
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            if self.room == Room::Explore {
                match &mut self.studio {
                    Some(studio) => {
                        let side = studio.side(&self.models);
                        explore::stage_ui(ui, studio, side, &self.canvas.labels);
                    }
                    None => explore::start_ui(ui, &mut self.parts(now, intents).view),
                }
                return;
            }
            if self.room == Room::Sketch {
                if self.school.is_open {
                    school::gallery_ui(ui, &mut self.parts(now, intents).view);
                } else {
                    self.sheet_ui(ui, intents, now);
                }
                return;
            }
            if let Some(session) = self.session.as_mut() {
                let scene = Scene {
                    photo: &session.photo,
                    patches: &session.patches,
                    preview: session.preview.as_ref(),
                    difference: session.measured.as_ref().and_then(|measured| measured.difference.as_ref()),
                    is_busy: session.erasing.is_filling(),
                };
                let events = self.canvas.ui(ui, &mut session.history, &scene);
                for event in events {
                    self.take_canvas_event(event);
                }
                return;
            }
            panels::start::ui(ui, &mut self.parts(now, intents).view);
        });
    }

    fn sheet_ui(&mut self, ui: &mut egui::Ui, intents: &mut Vec<Intent>, now: &Situation) {
        let Some(easel) = &mut self.easel else { return };
        let course = self.school.course.as_ref();
        let around = sketch::Around { text: &self.text, themes: self.themes.as_deref(), course };
        let area = ui.available_rect_before_wrap();
        if sketch::sheet_ui(ui, easel, &around) {
            self.notifications.show(Kind::Info, self.text.get("error-hidden-layer"), String::new());
        }
        let is_empty = easel.sketch().stroke_count() == 0 && !easel.paper.is_drawing() && course.is_none();
        if let Some(place) = sketch::vacant_place(area, easel).filter(|_| is_empty) {
            school::topic_ui(ui, &mut self.parts(now, intents).view, place);
        }
    }
}

/// The window, taken apart for its panels.
pub(super) struct Parts<'a> {
    pub(super) view: View<'a>,
    pub(super) canvas: &'a mut Canvas,
    pub(super) log: &'a mut panels::log::LogPanel,
}

/// The panels around the paper. A lesson has a bar above it, and its score the place of the side panel.
fn sketch_panels_ui(ui: &mut egui::Ui, view: &mut View<'_>, easel: &sketch::Easel) {
    sketch::bar_ui(ui, view, easel);
    let course = view.school.course.as_ref();
    if let Some(course) = course {
        school::bar_ui(ui, view, course);
    }
    sketch::tools_ui(ui, view, easel);
    match course.and_then(|course| Some((course, course.scored.as_ref()?))) {
        Some((course, scored)) => school::score_ui(ui, view, course, scored),
        None => sketch::side_ui(ui, view, easel),
    }
    sketch::strip_ui(ui, view, easel);
}

/// The panels around the canvas, in the room that shows.
fn room_panels_ui(ui: &mut egui::Ui, view: &mut View<'_>, canvas: &mut Canvas) {
    match view.now.room {
        Room::Explore => {
            if let Some(studio) = view.studio {
                explore::bar_ui(ui, view, studio);
                explore::tools_ui(ui, view, studio);
                explore::side_ui(ui, view, studio);
                explore::morph_ui(ui, view, studio);
            }
        }
        Room::Sketch => {
            if let Some(easel) = view.easel.filter(|_| !view.school.is_open) {
                sketch_panels_ui(ui, view, easel);
            }
        }
        Room::Erase if view.session.is_some() => {
            panels::options::ui(ui, view, canvas);
            panels::tool_bar::ui(ui, view, canvas);
            panels::side::ui(ui, view);
            panels::candidates::ui(ui, view);
        }
        Room::Erase => {}
    }
}
