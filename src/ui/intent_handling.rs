//! What each intent of a panel does.

use std::path::PathBuf;

use super::app::App;
use super::clerk::Errand;
use super::commands::Room;
use super::dialogs::Dialog;
use super::explore::Studio;
use super::file_dialog::Purpose;
use super::importing::is_checkpoint;
use super::intent::{After, Intent, Phase, Source, file_name};
use super::naming;
use super::notifications::Kind;
use super::preferences::{note_canvas, theme_preference};
use super::session::Session;
use super::sketch::Easel;
use crate::document::{Action, ErasureId};
use crate::samples::SAMPLES;
use crate::worker::{Lane, MarksChange, Request, SaveFormat};

impl App {
    /// Does what a panel asks for.
    pub fn handle(&mut self, ctx: &egui::Context, intent: Intent) {
        match intent {
            Intent::Run(command) => self.perform(ctx, command),
            Intent::Open(source) => self.open_unless_changed(source),
            Intent::DiscardLeftover => {
                self.submit(Request::DiscardRecovery, String::new());
                self.has_leftover = false;
            }
            Intent::ClearRecent => {
                self.recent.clear();
                if let Some(clerk) = &self.clerk {
                    clerk.ask(Errand::ClearRecent);
                }
            }
            Intent::JumpTo(position) => self.travel(|history| {
                history.jump_to(position);
                true
            }),
            Intent::Cancel(lane) => self.cancel(lane),
            Intent::Prefer(preferences) => self.prefer(ctx, *preferences),
            Intent::UsePath(purpose, path) => self.use_path(purpose, path),
            Intent::Export { format, quality } => {
                self.preferences.export_quality = quality;
                self.ask_for_path(ctx, Purpose::Export { format, quality });
            }
            Intent::Feather(radius) => self.change_marks(MarksChange::Feather(radius)),
            Intent::LoseChanges(after) => {
                self.go_on(after);
                self.quit_if_asked(ctx);
            }
            Intent::SaveFirst(after) => {
                self.perform(ctx, super::commands::Command::SaveSession);
                self.after_save = Some(after);
            }
            Intent::LookForNetworks => self.look_for_networks(),
            Intent::Explore(wish) => self.fulfil(ctx, wish),
            Intent::Sketch(wish) => self.fulfil_sketch(wish),
            Intent::School(wish) => self.fulfil_school(wish),
            Intent::Show(dialog) => self.dialog = Some(*dialog),
            about_erasure => self.handle_erasure(&about_erasure),
        }
    }

    fn handle_erasure(&mut self, intent: &Intent) {
        let Some(session) = &mut self.session else { return };
        match *intent {
            Intent::Select(id) => session.selected = Some(id),
            Intent::Choose(id, index) => {
                session.selected = Some(id);
                session.history.commit(Action::ChooseCandidate, |document| {
                    document.choose(id, index);
                });
            }
            Intent::ToggleVisible(id) => {
                session.history.commit(Action::ToggleVisible, |document| {
                    document.toggle_visible(id);
                });
            }
            Intent::Mix(id, ends, phase) => session.mix(id, ends, phase),
            Intent::Opacity(id, opacity, phase) => set_opacity(session, id, opacity, phase),
            Intent::Reroll(id) => {
                session.selected = Some(id);
                if let Some(request) = session.reroll(&self.preferences) {
                    self.send_erase(&request);
                }
            }
            Intent::Delete(id) => {
                let next =
                    session.neighbor(1).or_else(|| session.neighbor(-1)).filter(|_| session.selected == Some(id));
                session.history.commit(Action::DeleteErasure, |document| {
                    document.delete(id);
                });
                session.selected = next.or(session.selected);
                session.repair_selection();
            }
            Intent::MoveTo(id, place) => move_to(session, id, place),
            _ => {}
        }
    }

    fn prefer(&mut self, ctx: &egui::Context, preferences: crate::library::Settings) {
        if preferences.theme != self.preferences.theme {
            ctx.set_theme(theme_preference(preferences.theme));
        }
        let language = preferences.language;
        let is_new = language != self.preferences.language;
        self.preferences = preferences;
        // The canvas owns the brush; panels may have changed it since this copy was made.
        note_canvas(&mut self.preferences, &self.canvas);
        if is_new {
            self.set_language(language);
        }
    }

    /// Opens `source`, after a question if changes would be lost.
    fn open_unless_changed(&mut self, source: Source) {
        if let Source::File(path) = &source
            && is_checkpoint(path)
        {
            self.import_model(path.clone());
            return;
        }
        let is_session = matches!(&source, Source::File(path) if path.extension().is_some_and(|e| e == "pentimento"));
        let is_changed = match self.room {
            Room::Erase => self.session.as_ref().is_some_and(Session::is_changed),
            // A photo joins what is explored, by a step that can be undone.
            Room::Explore => is_session && self.studio.as_ref().is_some_and(Studio::is_changed),
            Room::Sketch => is_session && self.easel.as_ref().is_some_and(Easel::is_changed),
        };
        if is_changed {
            self.dialog = Some(Dialog::Unsaved(After::Open(source)));
            return;
        }
        if let Source::File(path) = &source {
            self.names.push(path.to_string_lossy().into_owned());
            if self.room == Room::Sketch && !is_session {
                // A drawing joins the paper, by a step that can be undone.
                self.import_drawing(path.clone(), false);
                return;
            }
        }
        self.open(source);
    }

    /// Opens `source`; what is open is replaced when it has been read.
    pub(super) fn open(&mut self, source: Source) {
        self.opening = Some(source.clone());
        self.opening_for = self.room;
        let (request, name) = match source {
            Source::File(path) => {
                let name = file_name(&path);
                (Request::Open { path }, name)
            }
            Source::Clipboard => (Request::Paste, self.text.get("name-pasted")),
            Source::Leftover => (Request::Recover, self.text.get("name-recovered")),
            Source::Sample(index) => {
                let Some(sample) = SAMPLES.get(index) else { return };
                let name = format!("{}.jpg", sample.name);
                (Request::OpenBytes { bytes: sample.photo }, name)
            }
        };
        self.submit(request, name);
    }

    /// Goes on after unsaved changes were saved or given up.
    pub(super) fn go_on(&mut self, after: After) {
        match after {
            After::Close if self.room == Room::Explore => self.close_exploration(),
            After::Close if self.room == Room::Sketch => self.close_sketch(),
            After::Close => {
                for lane in [
                    Lane::Interpolate,
                    Lane::Erase,
                    Lane::Select,
                    Lane::Marks,
                    Lane::Measure,
                    Lane::MaskFile,
                    Lane::Autosave,
                ] {
                    self.jobs.cancel(lane);
                }
                self.session = None;
            }
            After::Quit => self.may_quit = true,
            After::Open(source) => self.open(source),
        }
    }

    /// Does with `path` what it was chosen for.
    pub(super) fn use_path(&mut self, purpose: Purpose, path: PathBuf) {
        match purpose {
            Purpose::Open => self.open_unless_changed(Source::File(path)),
            Purpose::Frames(choice) => self.export_frames(choice, path),
            Purpose::Sketch(kind) => self.export_sketch(kind, path),
            Purpose::Under => self.import_drawing(path, true),
            Purpose::Gallery => self.school.export(path),
            Purpose::Labelled | Purpose::Real => self.survey_folder(purpose, path),
            Purpose::Findings => self.save_findings(path),
            Purpose::Trunk => self.compare_by(path),
            Purpose::Checkpoint => self.import_model(path),
            Purpose::SavePicture if self.room == Room::Explore => self.save_explored(path),
            Purpose::SaveSession => {
                let name = file_name(&path);
                let path = naming::with_extension(path, &purpose.extensions());
                self.submit(Request::SaveSession { contents: self.contents(), path }, name);
            }
            about_photo => self.use_path_of_photo(about_photo, path),
        }
    }

    fn use_path_of_photo(&mut self, purpose: Purpose, path: PathBuf) {
        let name = file_name(&path);
        let Some(session) = &self.session else { return };
        let document = session.document().clone();
        let source = document.photo.metadata.format;
        match purpose {
            Purpose::SavePicture => match naming::format_for(&path, source) {
                _ if session.path.as_ref() == Some(&path) => {
                    self.notifications.show(Kind::Error, self.text.get("error-is-source"), path.display().to_string());
                }
                Some(format) => self.save_picture(path, format),
                None => {
                    self.notifications.show(
                        Kind::Error,
                        self.text.get("error-unknown-ending"),
                        path.display().to_string(),
                    );
                }
            },
            Purpose::Export { format, quality } => {
                let wanted =
                    if format == crate::imaging::FileFormat::Jpeg { vec!["jpg", "jpeg"] } else { purpose.extensions() };
                let format = SaveFormat::As { format, quality: Some(quality) };
                self.save_picture(naming::with_extension(path, &wanted), format);
            }
            Purpose::ImportMask => {
                self.submit(Request::ImportMask { document, path }, name);
            }
            Purpose::ExportMask => {
                let path = naming::with_extension(path, &purpose.extensions());
                self.submit(Request::ExportMask { document, path }, name);
            }
            Purpose::Open
            | Purpose::SaveSession
            | Purpose::Frames(_)
            | Purpose::Sketch(_)
            | Purpose::Under
            | Purpose::Labelled
            | Purpose::Real
            | Purpose::Findings
            | Purpose::Trunk
            | Purpose::Checkpoint
            | Purpose::Gallery => {}
        }
    }
}

fn set_opacity(session: &mut Session, id: ErasureId, opacity: f32, phase: Phase) {
    if !session.history.is_in_gesture() {
        session.history.begin(Action::ChangeOpacity);
    }
    session.history.edit(|document| {
        document.set_opacity(id, opacity);
    });
    if phase == Phase::End {
        session.history.end();
    }
}

fn move_to(session: &mut Session, id: ErasureId, place: usize) {
    session.history.commit(Action::ReorderErasures, |document| {
        // Bounded: each step brings it one place nearer, or it is at an end already.
        for _ in 0..document.erasures.len() {
            let at = document.erasures.iter().position(|erasure| erasure.id == id);
            let has_moved = match at.map(|at| at.cmp(&place)) {
                Some(std::cmp::Ordering::Less) => document.move_up(id),
                Some(std::cmp::Ordering::Greater) => document.move_down(id),
                _ => false,
            };
            if !has_moved {
                break;
            }
        }
    });
}
