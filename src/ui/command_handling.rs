//! What each command does.

use std::path::PathBuf;
use std::sync::Arc;

use super::app::{App, canvas_labels};
use super::canvas::CompareMode;
use super::clerk::Errand;
use super::commands::{Command, Room};
use super::dialogs::Dialog;
use super::file_dialog::{FileDialog, Purpose};
use super::intent::{After, Intent, Source};
use super::naming;
use super::preferences::theme_preference;
use super::text::{Language, Text};
use crate::document::{Action, History};
use crate::imaging::Mask;
use crate::library::{self, Theme};
use crate::worker::{Lane, MarksChange, Request, SaveFormat};

/// What an exported gallery is called until a person says otherwise.
pub(super) const GALLERY_NAME: &str = "gallery.zip";

impl App {
    /// Does what `command` says, if it makes sense now.
    pub fn perform(&mut self, ctx: &egui::Context, command: Command) {
        if !command.is_enabled(&self.situation()) {
            return;
        }
        if self.perform_exploring(command)
            || self.perform_schooling(ctx, command)
            || self.perform_sketching(ctx, command)
        {
            return;
        }
        if let Some(tool) = command.tool() {
            self.canvas.tool = tool;
            return;
        }
        // A save that was to be followed by something and was then given up is not taken up by a later one.
        self.after_save = None;
        match command {
            Command::Open => self.ask_for_path(ctx, Purpose::Open),
            Command::OpenRecent => self.dialog = Some(Dialog::recent()),
            Command::OpenByPath => self.dialog = Some(Dialog::path(Purpose::Open, self.suggestion(Purpose::Open))),
            Command::Paste => self.handle(ctx, Intent::Open(Source::Clipboard)),
            Command::SaveCopy => self.save_copy(ctx),
            Command::SaveAs => self.ask_for_path(ctx, Purpose::SavePicture),
            Command::SaveToPath => {
                let purpose = Purpose::SavePicture;
                self.dialog = Some(Dialog::path(purpose, self.suggestion(purpose)));
            }
            Command::Export => self.show_export(),
            Command::SaveSession => self.save_session(ctx),
            Command::SaveSessionAs => self.ask_for_path(ctx, Purpose::SaveSession),
            Command::CopyPicture => self.copy_picture(),
            Command::ImportMask => self.ask_for_path(ctx, Purpose::ImportMask),
            Command::ImportModel => self.ask_for_path(ctx, Purpose::Checkpoint),
            Command::ExportMask => self.ask_for_path(ctx, Purpose::ExportMask),
            Command::CloseDocument => self.close_document(),
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::CancelJob => self.cancel_work(),
            Command::Palette => self.dialog = Some(Dialog::palette()),
            Command::Shortcuts => self.dialog = Some(Dialog::Shortcuts),
            Command::Settings => self.dialog = Some(Dialog::Settings),
            _ => self.perform_on_view(ctx, command),
        }
    }

    fn perform_on_view(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::BrushSmaller => self.canvas.brush_smaller(),
            Command::BrushLarger => self.canvas.brush_larger(),
            Command::Fit => self.canvas.fit(),
            Command::ActualSize => self.canvas.zoom_100(),
            Command::ZoomIn => self.canvas.zoom_in(),
            Command::ZoomOut => self.canvas.zoom_out(),
            Command::CompareDivider => {
                let is_on = matches!(self.canvas.compare, CompareMode::Divider { .. });
                self.canvas.compare = if is_on { CompareMode::Off } else { CompareMode::Divider { at: 0.5 } };
            }
            Command::HoldOriginal => self.toggle_compare(CompareMode::Original),
            Command::DifferenceView => self.toggle_compare(CompareMode::Difference),
            Command::ToggleAutoFill => self.preferences.is_auto_fill = !self.preferences.is_auto_fill,
            Command::ToggleTheme => {
                let is_dark = ctx.theme() == egui::Theme::Dark;
                self.preferences.theme = if is_dark { Theme::Light } else { Theme::Dark };
                ctx.set_theme(theme_preference(self.preferences.theme));
            }
            Command::NextLanguage => {
                let is_english = self.text.language() == Language::English;
                self.set_language(if is_english { library::Language::Ko } else { library::Language::En });
            }
            Command::ToggleSidePanel => self.preferences.panels.erasures = !self.preferences.panels.erasures,
            Command::ToggleHistory => {
                let is_shown = self.preferences.panels.erasures && self.preferences.panels.history;
                self.preferences.panels.history = !is_shown;
                self.preferences.panels.erasures |= !is_shown;
            }
            Command::ToggleLog => self.preferences.panels.log = !self.preferences.panels.log,
            _ => self.perform_on_document(ctx, command),
        }
    }

    fn perform_on_document(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Undo => self.travel(History::undo),
            Command::Redo => self.travel(History::redo),
            Command::EraseMarked => {
                if let Some(session) = &mut self.session {
                    session.queue_erase();
                }
            }
            Command::GrowMask => self.change_marks(MarksChange::Grow(self.mask_step())),
            Command::ShrinkMask => self.change_marks(MarksChange::Shrink(self.mask_step())),
            Command::FeatherMask => self.dialog = Some(Dialog::Feather(self.mask_step())),
            Command::InvertMask => self.change_marks(MarksChange::Invert),
            Command::ClearMask => self.clear_marks(),
            Command::ClearSources => self.clear_sources(),
            _ => self.perform_on_erasure(ctx, command),
        }
    }

    fn perform_on_erasure(&mut self, ctx: &egui::Context, command: Command) {
        let Some(session) = &mut self.session else { return };
        let Some((id, chosen, count)) = session.selected().map(|e| (e.id, e.chosen, e.candidates.len())) else {
            return;
        };
        let place = session.document().erasures.iter().position(|erasure| erasure.id == id).unwrap_or(0);
        let intent = match command {
            Command::Reroll => Intent::Reroll(id),
            Command::NextCandidate => Intent::Choose(id, (chosen + 1) % count.max(1)),
            Command::PreviousCandidate => Intent::Choose(id, (chosen + count.max(1) - 1) % count.max(1)),
            Command::SelectAbove | Command::SelectBelow => {
                let steps = if command == Command::SelectAbove { 1 } else { -1 };
                session.selected = session.neighbor(steps).or(session.selected);
                return;
            }
            Command::ToggleErasure => Intent::ToggleVisible(id),
            Command::DeleteErasure => Intent::Delete(id),
            Command::MoveErasureUp => Intent::MoveTo(id, place + 1),
            Command::MoveErasureDown => Intent::MoveTo(id, place.saturating_sub(1)),
            _ => return,
        };
        self.handle(ctx, intent);
    }

    /// Shows the original for as long as a key is held.
    pub(super) fn hold_original(&mut self, is_held: bool) {
        if is_held && self.before_hold.is_none() {
            self.before_hold = Some(std::mem::replace(&mut self.canvas.compare, CompareMode::Original));
        } else if !is_held && let Some(before) = self.before_hold.take() {
            self.canvas.compare = before;
        }
    }

    fn toggle_compare(&mut self, mode: CompareMode) {
        let is_on = std::mem::discriminant(&self.canvas.compare) == std::mem::discriminant(&mode);
        self.canvas.compare = if is_on { CompareMode::Off } else { mode };
    }

    pub(super) fn set_language(&mut self, language: library::Language) {
        self.preferences.language = language;
        self.text = Text::new(Language::from(language));
        self.canvas.labels = canvas_labels(&self.text);
    }

    /// Opens the system's dialog, or the one to type in where there is no thread for it.
    pub(super) fn ask_for_path(&mut self, ctx: &egui::Context, purpose: Purpose) {
        if self.file_dialog.is_some() {
            return;
        }
        let suggestion = self.suggestion(purpose);
        let title = self.text.get(purpose.key());
        if self.has_file_dialogs {
            self.file_dialog = FileDialog::open(ctx, purpose, title, suggestion.clone());
        }
        if self.file_dialog.is_none() {
            self.dialog = Some(Dialog::path(purpose, suggestion));
        }
    }

    /// Where a dialog starts: beside the photo, under a name that fits.
    pub(super) fn suggestion(&self, purpose: Purpose) -> Option<PathBuf> {
        if let Some(path) = self.explore_suggestion(purpose).or_else(|| self.sketch_suggestion(purpose)) {
            return Some(path);
        }
        let Some(session) = &self.session else { return self.recent.first().map(|file| file.path.clone()) };
        let path = session.path.clone().unwrap_or_else(|| PathBuf::from(&session.name));
        let format = session.document().photo.metadata.format;
        Some(match purpose {
            Purpose::Open
            | Purpose::ImportMask
            | Purpose::Frames(_)
            | Purpose::Sketch(_)
            | Purpose::Under
            | Purpose::Labelled
            | Purpose::Real
            | Purpose::Findings
            | Purpose::Trunk
            | Purpose::Checkpoint => path,
            Purpose::Gallery => path.with_file_name(GALLERY_NAME),
            Purpose::SavePicture => naming::copy_name(&path, format, 1),
            Purpose::Export { format, .. } => naming::copy_name(&path, format, 1),
            Purpose::SaveSession => path.with_extension("pentimento"),
            Purpose::ExportMask => {
                let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                path.with_file_name(format!("{stem} (mask).png"))
            }
        })
    }

    fn save_copy(&mut self, ctx: &egui::Context) {
        let Some(session) = &self.session else { return };
        let format = session.document().photo.metadata.format;
        match (session.path.clone(), &self.clerk) {
            (Some(source), Some(clerk)) => clerk.ask(Errand::NameCopy { source, format }),
            _ => self.ask_for_path(ctx, Purpose::SavePicture),
        }
    }

    pub(super) fn save_picture(&mut self, path: PathBuf, format: SaveFormat) {
        let Some(session) = &self.session else { return };
        let document = session.document().clone();
        let name = super::intent::file_name(&path);
        self.submit(Request::Save { document, path, format }, name);
    }

    fn save_session(&mut self, ctx: &egui::Context) {
        let explored = self.studio.as_ref().and_then(|studio| studio.path.clone());
        let sketched = self.easel.as_ref().and_then(|easel| easel.path.clone());
        let file = self.session.as_ref().and_then(|session| session.session_file.clone()).or(explored).or(sketched);
        match file {
            Some(path) => self.use_path(Purpose::SaveSession, path),
            None => self.ask_for_path(ctx, Purpose::SaveSession),
        }
    }

    fn copy_picture(&mut self) {
        let bare = |document| (document, None);
        let shown = match self.room {
            Room::Erase => self.session.as_ref().map(|session| bare(session.document().clone())),
            Room::Explore => self.studio.as_ref().and_then(super::explore::Studio::as_shown),
            Room::Sketch => self.easel.as_ref().and_then(super::sketch::Easel::as_document).map(bare),
        };
        let Some((document, over)) = shown else { return };
        self.submit(Request::Copy { document, over }, String::new());
    }

    fn show_export(&mut self) {
        let Some(session) = &self.session else { return };
        let format = session.document().photo.metadata.format;
        self.dialog = Some(Dialog::Export { format, quality: self.preferences.export_quality });
    }

    pub(super) fn close_document(&mut self) {
        let is_changed = match self.room {
            Room::Erase => self.session.as_ref().is_some_and(super::session::Session::is_changed),
            Room::Explore => self.studio.as_ref().is_some_and(super::explore::Studio::is_changed),
            Room::Sketch => self.easel.as_ref().is_some_and(super::sketch::Easel::is_changed),
        };
        if is_changed {
            self.dialog = Some(Dialog::Unsaved(After::Close));
        } else {
            self.go_on(After::Close);
        }
    }

    fn cancel_work(&mut self) {
        let lanes: Vec<Lane> = self.work.busiest().map(|work| work.lane).into_iter().collect();
        for lane in lanes {
            self.cancel(lane);
        }
    }

    /// Pixels by which the marks grow and shrink at a time: visible on photos of any size.
    pub(super) fn mask_step(&self) -> u32 {
        let size = self.session.as_ref().map(|session| session.document().photo.frame.size());
        size.map_or(4, |size| (size.width.max(size.height) / 500).clamp(2, 32))
    }

    /// Asks the worker: on a large photo this takes longer than a frame.
    pub(super) fn change_marks(&mut self, change: MarksChange) {
        let Some(session) = &self.session else { return };
        let holes = Arc::clone(&session.document().holes);
        self.submit(Request::ChangeMarks { holes, change }, String::new());
    }

    fn clear_marks(&mut self) {
        let Some(session) = &mut self.session else { return };
        session.history.commit(Action::ModifyMask, |document| {
            document.holes = Arc::new(Mask::empty(document.holes.size()));
        });
    }

    fn clear_sources(&mut self) {
        let Some(session) = &mut self.session else { return };
        session.history.commit(Action::PaintSources, |document| {
            let none = Arc::new(Mask::empty(document.photo.frame.size()));
            document.sample_from = Arc::clone(&none);
            document.sample_never = none;
        });
    }
}
