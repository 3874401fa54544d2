//! From the worker's events to the window's state.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::app::App;
use super::canvas::CanvasEvent;
use super::clerk::Errand;
use super::commands::Command;
use super::intent::{After, Intent, Source, file_name};
use super::notifications::Kind;
use super::session::Session;
use super::thumbnails;
use super::work::Work;
use super::{icons, theme};
use crate::document::Action;
use crate::imaging::{Mask, PixelRect, Plane};
use crate::library::{MAX_RECENT, RecentFile, Thumbnail};
use crate::worker::{Done, Event, Failure, Lane, Preview, Request, ShownPatch, Ticket};

impl App {
    pub(super) fn take_event(&mut self, ctx: &egui::Context, event: Event) {
        match event {
            Event::Progress(ticket, progress) => {
                self.work.set_progress(ticket, progress);
                if let Some(session) = &mut self.session {
                    session.erasing.set_progress(ticket, progress);
                }
            }
            Event::Preview(ticket, preview) => match preview {
                Preview::Level { .. } | Preview::Candidate { .. } => self.take_preview(ticket, preview),
                Preview::Sketch(preview) => self.take_sketch_preview(ticket, preview),
                other => self.take_explore_preview(ticket, other),
            },
            Event::Done(ticket, done) => {
                let work = self.work.finish(ticket);
                match done {
                    Done::Sketch(done) => self.take_sketched(ticket, done),
                    Done::School(done) => self.take_schooled(ctx, ticket, done),
                    done => {
                        if let Some(done) = self.take_explored(ticket, done) {
                            self.take_done(ctx, ticket, work, done);
                        }
                    }
                }
            }
            Event::Failed(ticket, failure) => {
                let work = self.work.finish(ticket);
                self.take_failure(ticket, work.as_ref(), &failure);
            }
            Event::Cancelled(ticket) => {
                self.work.finish(ticket);
                self.end_erasing(ticket);
                self.end_mixing(ticket);
                self.end_exploring(ticket);
                self.end_sketching(ticket, false);
                self.end_schooling(ticket, false);
            }
            Event::Warning(_, failure) => self.warn(Kind::Warning, &failure),
        }
    }

    /// Sends the next erasure that is due, if any.
    pub(super) fn start_erasing(&mut self) {
        let Some(request) = self.session.as_mut().and_then(|session| session.next_erase(&self.preferences)) else {
            return;
        };
        self.send_erase(&request);
    }

    pub(super) fn send_erase(&mut self, request: &Request) {
        let ticket = self.submit(request.clone(), String::new());
        if let Some(session) = &mut self.session {
            session.preview = None;
            session.erase_sent(ticket, request);
        }
    }

    pub(super) fn take_canvas_event(&mut self, event: CanvasEvent) {
        match event {
            CanvasEvent::StrokeFinished => self.queue_if_automatic(),
            CanvasEvent::SelectObject { rough, is_loop } => {
                let Some(session) = &self.session else { return };
                let document = session.document().clone();
                self.submit(Request::SelectObject { document, rough, is_loop }, String::new());
            }
        }
    }

    fn queue_if_automatic(&mut self) {
        if self.preferences.is_auto_fill
            && let Some(session) = &mut self.session
        {
            session.queue_erase();
        }
    }

    fn take_preview(&mut self, ticket: Ticket, preview: Preview) {
        let Some(session) = self.session.as_mut() else { return };
        if session.erasing.ticket() != Some(ticket) {
            if let Preview::Level { shown, .. } = preview {
                session.preview_mix(ticket, shown);
            }
            return;
        }
        match preview {
            Preview::Level { shown, .. } => {
                if session.erasing.is_filling() {
                    session.preview = Some(shown);
                }
            }
            Preview::Search(_)
            | Preview::Frame(_)
            | Preview::Projection(_)
            | Preview::Drag(_)
            | Preview::Model(_)
            | Preview::Sketch(_) => {}
            Preview::Candidate { candidate, shown, explanation, .. } => {
                keep(session, &shown);
                session.explain(&candidate, explanation);
                session.take_candidate(ticket, &candidate);
            }
        }
    }

    fn take_done(&mut self, ctx: &egui::Context, ticket: Ticket, work: Option<Work>, done: Done) {
        let nothing =
            Work { lane: Lane::Open, progress: None, revision: 0, explored: 0, sketched: 0, name: String::new() };
        let Work { revision, explored, sketched, name, .. } = work.unwrap_or(nothing);
        match done {
            Done::Opened(opened) => self.show_opened(*opened, name),
            Done::Discarded => self.has_leftover = false,
            Done::Erased { candidates, shown, explanations, .. } => {
                if let Some(session) = self.session.as_mut().filter(|s| s.erasing.ticket() == Some(ticket)) {
                    keep(session, &shown);
                    for (candidate, explanation) in candidates.iter().zip(explanations) {
                        session.explain(candidate, explanation);
                        session.take_candidate(ticket, candidate);
                    }
                }
                self.end_erasing(ticket);
            }
            Done::Interpolated { is_final, candidate, shown, explanation, .. } => {
                if let Some(session) = &mut self.session {
                    if is_final {
                        session.explain(&candidate, explanation);
                    }
                    session.take_mix(ticket, candidate, &shown);
                    keep(session, &shown);
                }
            }
            Done::Networks { networks, problems } => {
                self.networks = networks;
                for problem in problems {
                    tracing::warn!("{problem}");
                }
            }
            Done::Selected { rect, coverage } => self.take_selection(rect, &coverage),
            Done::MarksChanged { before, after } => self.take_marks(&before, after),
            Done::Measured(measured) => {
                if let Some(session) = &mut self.session {
                    session.measured = Some(measured);
                }
            }
            Done::Saved { path, bytes } => self.show_saved("toast-saved", &path, revision, Some(bytes)),
            Done::SessionSaved { path } => {
                self.show_saved("toast-session-saved", &path, revision, None);
                self.note_recent(&path);
                if let Some(studio) = &mut self.studio {
                    (studio.saved_revision, studio.path) = (explored, Some(path.clone()));
                }
                if let Some(easel) = &mut self.easel {
                    (easel.saved_revision, easel.path) = (sketched, Some(path.clone()));
                }
                if let Some(session) = &mut self.session {
                    session.session_file = Some(path);
                }
                self.go_on_after_saving(ctx);
            }
            Done::MaskExported { path } => self.show_file("toast-mask-exported", &path, None),
            Done::MaskImported { holes } => self.take_mask(holes),
            Done::ModelImported(model) => self.take_imported_model(*model),
            Done::Copied => self.notifications.show(Kind::Good, self.text.get("toast-copied"), String::new()),
            Done::Autosaved => tracing::debug!(revision, "the journal is up to date"),
            Done::Explored(_)
            | Done::Frames(_)
            | Done::Latents(_)
            | Done::Projected(_)
            | Done::Dragged(_)
            | Done::Surveyed(_)
            | Done::FindingsSaved { .. }
            | Done::Mapped(_)
            | Done::Steered { .. }
            | Done::Directions { .. }
            | Done::Transferred { .. }
            | Done::FramesExported { .. }
            | Done::Sketch(_)
            | Done::School(_)
            | Done::Models { .. } => tracing::debug!("nothing is explored"),
        }
    }

    /// Does what was asked for before there were unsaved changes in its way.
    fn go_on_after_saving(&mut self, ctx: &egui::Context) {
        if let Some(after) = self.after_save.take() {
            self.go_on(after);
            self.quit_if_asked(ctx);
        }
    }

    fn take_failure(&mut self, ticket: Ticket, work: Option<&Work>, failure: &Failure) {
        tracing::error!(key = failure.key, details = failure.details, "{}", failure.headline);
        self.end_erasing(ticket);
        self.end_mixing(ticket);
        self.end_exploring(ticket);
        self.end_sketching(ticket, true);
        self.end_schooling(ticket, true);
        let lane = work.map(|work| work.lane);
        if lane == Some(Lane::Themes) {
            // Nobody waits for what will not come.
            self.themes.get_or_insert_default();
        }
        if lane == Some(Lane::Session) {
            self.after_save = None;
        }
        if self.note_unusable_theme(ticket) {
            return;
        }
        // Behind the person's back: worth a word, not an alarm that stays.
        let kind = if matches!(lane, Some(Lane::Autosave | Lane::Measure)) { Kind::Warning } else { Kind::Error };
        self.notifications.show_failure(kind, failure, &self.text);
    }

    fn end_mixing(&mut self, ticket: Ticket) {
        if let Some(session) = &mut self.session {
            session.end_mix(ticket);
        }
    }

    fn end_erasing(&mut self, ticket: Ticket) {
        if let Some(session) = self.session.as_mut().filter(|session| session.erasing.ticket() == Some(ticket)) {
            session.erasing.finish(ticket);
            session.preview = None;
        }
    }

    fn take_selection(&mut self, rect: PixelRect, coverage: &Plane<u8>) {
        let Some(session) = &mut self.session else { return };
        session.history.commit(Action::SelectObject, |document| {
            let mut holes: Mask = (*document.holes).clone();
            holes.write(rect, |x, y, value| {
                let (column, row) = (x - rect.x0 as u32, y - rect.y0 as u32);
                let is_inside = column < coverage.size().width && row < coverage.size().height;
                if is_inside { value.max(coverage.at(column, row)) } else { value }
            });
            document.holes = Arc::new(holes);
        });
    }

    fn take_mask(&mut self, holes: Arc<Mask>) {
        if let Some(session) = &mut self.session {
            session.history.commit(Action::ImportMask, |document| document.holes = holes);
        }
        self.notifications.show(Kind::Good, self.text.get("toast-mask-imported"), String::new());
    }

    /// Adopts changed marks, unless the marks are others by now.
    fn take_marks(&mut self, before: &Arc<Mask>, after: Arc<Mask>) {
        let Some(session) = &mut self.session else { return };
        if Arc::ptr_eq(&session.document().holes, before) {
            session.history.commit(Action::ModifyMask, |document| document.holes = after);
        }
    }

    fn show_saved(&mut self, key: &str, path: &Path, revision: u64, bytes: Option<u64>) {
        if let Some(session) = &mut self.session {
            session.saved_revision = revision;
            session.opened = None;
        }
        self.show_file(key, path, bytes);
    }

    fn show_file(&mut self, key: &str, path: &Path, bytes: Option<u64>) {
        let sentence = self.text.with(key, &[("file", (&file_name(path)).into())]);
        let size = bytes.map_or_else(String::new, |bytes| format!("\n{}", size_of_file(bytes)));
        self.notifications.show(Kind::Good, sentence, format!("{}{size}", path.display()));
    }

    pub(super) fn note_recent(&mut self, path: &Path) {
        let thumbnail = self.session.as_ref().and_then(|session| thumbnails::of_photo(&session.photo));
        self.note_recent_as(path, thumbnail);
    }

    /// As [`App::note_recent`], with a picture of what was opened.
    pub(super) fn note_recent_as(&mut self, path: &Path, thumbnail: Option<Thumbnail>) {
        let opened_secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.recent.retain(|file| file.path != path);
        self.recent.insert(0, RecentFile { path: path.to_owned(), opened_secs, thumbnail: thumbnail.clone() });
        self.recent.truncate(MAX_RECENT);
        if let Some(clerk) = &self.clerk {
            clerk.ask(Errand::AddRecent(path.to_owned(), thumbnail));
        }
    }

    pub(super) fn take_dropped_files(ctx: &egui::Context, intents: &mut Vec<Intent>) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let Some(path) = dropped.into_iter().next().map(|file| file.path().to_owned()) else { return };
        intents.push(Intent::Open(Source::File(path)));
    }

    /// Says that what is dragged over the window can be dropped.
    pub(super) fn drop_hint_ui(&self, ctx: &egui::Context) {
        if ctx.input(|input| input.raw.hovered_files.is_empty()) {
            return;
        }
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop hint"));
        let painter = ctx.layer_painter(layer);
        let rect = ctx.content_rect();
        let colors = theme::colors(&ctx.global_style().visuals);
        painter.rect_filled(rect, 0.0, theme::backdrop(ctx.theme()));
        let stroke = egui::Stroke::new(3.0, colors.accent);
        painter.rect_stroke(rect.shrink(16.0), theme::CARD_RADIUS, stroke, egui::StrokeKind::Inside);
        let font = egui::FontId::new(26.0, theme::heading_family());
        let words = format!("{}  {}", icons::DOWNLOAD, self.text.get("drop-hint"));
        painter.text(rect.center(), egui::Align2::CENTER_CENTER, words, font, theme::on_backdrop());
    }

    /// Shows a failure that happened outside of the worker.
    pub fn warn(&mut self, kind: Kind, failure: &Failure) {
        tracing::warn!(key = failure.key, details = failure.details, "{}", failure.headline);
        self.notifications.show_failure(kind, failure, &self.text);
    }

    /// Asks before unsaved changes are lost, once.
    pub(super) fn check_close(&mut self, ctx: &egui::Context) {
        if !ctx.input(|input| input.viewport().close_requested()) || self.may_quit {
            return;
        }
        let is_changed = self.session.as_ref().is_some_and(Session::is_changed)
            || self.studio.as_ref().is_some_and(super::explore::Studio::is_changed)
            || self.easel.as_ref().is_some_and(super::sketch::Easel::is_changed);
        if is_changed {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.dialog = Some(super::dialogs::Dialog::Unsaved(After::Quit));
        }
    }

    pub(super) fn quit_if_asked(&self, ctx: &egui::Context) {
        if self.may_quit {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Stops the work of a lane and what waits behind it.
    pub(super) fn cancel(&mut self, lane: Lane) {
        self.jobs.cancel(lane);
        if lane == Lane::Interpolate {
            self.stop_mixing();
        }
        if lane == Lane::Erase
            && let Some(session) = &mut self.session
        {
            session.erasing.clear();
            session.preview = None;
        }
    }

    /// Goes back or forth in the history. Work on what is left behind is stopped.
    pub(super) fn travel(&mut self, step: impl FnOnce(&mut crate::document::History) -> bool) {
        if self.session.as_ref().is_some_and(|session| session.erasing.is_running()) {
            self.cancel(Lane::Erase);
        }
        if self.session.as_ref().is_some_and(|session| session.mixing.is_busy()) {
            self.stop_mixing();
        }
        let Some(session) = &mut self.session else { return };
        session.erasing.clear();
        if !session.travel(step) {
            tracing::debug!(command = <&str>::from(Command::Undo), "nothing to undo or redo");
        }
    }
}

fn keep(session: &mut Session, shown: &[ShownPatch]) {
    for shown in shown {
        session.patches.insert(shown.clone());
    }
    session.patches.prune();
}

/// A file's size for people.
fn size_of_file(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
