//! The window's content without the window: it is made, fed and drawn by eframe and by tests alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::canvas::{Canvas, CanvasLabels, CompareMode};
use super::clerk::{Clerk, Errand, Found};
use super::commands::{Room, Situation};
use super::dialogs::Dialog;
use super::explore::{self, Pictures, Studio};
use super::file_dialog::{Answer, FileDialog};
use super::notifications::{Kind, Notifications};
use super::panels;
use super::preferences::{restore_canvas, theme_preference};
use super::sample_pictures::SamplePictures;
use super::school::School;
use super::session::Session;
use super::sketch::{self, Easel};
use super::text::{Language, Text};
use super::thumbnails::Thumbnails;
use super::work::{Work, WorkList};
use super::{fonts, shortcut, theme};
use crate::imaging::Frame;
use crate::library::{RecentFile, Settings};
use crate::worker::exploring::ModelShown;
use crate::worker::sketching::ThemeInfo;
use crate::worker::{Event, Lane, NetworkInfo, Request, Ticket, Worker};

/// Events that are taken in before a frame is drawn.
const EVENTS_A_FRAME: usize = 256;

/// Who does the work: the worker, or a script in tests.
pub trait Jobs {
    /// Asks for work; what waits or runs in the request's lane is cancelled. Never blocks.
    fn submit(&mut self, request: Request) -> Ticket;
    /// Cancels the work of a lane.
    fn cancel(&mut self, lane: Lane);
    /// The next event, if one has arrived.
    fn try_recv(&mut self) -> Option<Event>;
}

impl Jobs for Worker {
    fn submit(&mut self, request: Request) -> Ticket {
        Self::submit(self, request)
    }

    fn cancel(&mut self, lane: Lane) {
        Self::cancel(self, lane);
    }

    fn try_recv(&mut self) -> Option<Event> {
        Self::try_recv(self)
    }
}

/// What the window is given.
pub struct Deps {
    /// Who does the work.
    pub jobs: Box<dyn Jobs>,
    /// Who runs errands at the disk.
    pub clerk: Clerk,
    /// What was remembered.
    pub preferences: Settings,
    /// Files opened before, newest first.
    pub recent: Vec<RecentFile>,
    /// Whether the last run left something unsaved.
    pub has_leftover: bool,
    /// Whether the system's file dialogs are used; without them paths are typed in.
    pub has_file_dialogs: bool,
}

/// The whole window.
pub struct App {
    pub(super) jobs: Box<dyn Jobs>,
    pub(super) clerk: Option<Clerk>,
    pub(super) text: Text,
    pub(super) preferences: Settings,
    /// What is kept already, and since when there is something newer.
    pub(super) kept: (Settings, Option<Instant>),
    pub(super) recent: Vec<RecentFile>,
    pub(super) has_leftover: bool,
    pub(super) canvas: Canvas,
    /// What was compared before the original was held.
    pub(super) before_hold: Option<CompareMode>,
    pub(super) session: Option<Session>,
    /// The room that shows.
    pub(super) room: Room,
    /// The open exploration.
    pub(super) studio: Option<Studio>,
    /// Models that can be explored, as far as they are known.
    pub(super) models: Vec<ModelShown>,
    /// The open sketch.
    pub(super) easel: Option<Easel>,
    /// Themes that are installed; `None` until the worker has looked.
    pub(super) themes: Option<Vec<ThemeInfo>>,
    /// The newest picture of each theme.
    pub(super) subjects: BTreeMap<Arc<str>, Frame>,
    /// Lessons and the gallery.
    pub(super) school: School,
    pub(super) pictures: Pictures,
    pub(super) work: WorkList,
    pub(super) notifications: Notifications,
    pub(super) dialog: Option<Dialog>,
    pub(super) file_dialog: Option<FileDialog>,
    pub(super) has_file_dialogs: bool,
    pub(super) after_save: Option<super::intent::After>,
    /// What is being opened.
    pub(super) opening: Option<super::intent::Source>,
    /// The room that it is opened for.
    pub(super) opening_for: Room,
    pub(super) may_quit: bool,
    /// Installed networks, as far as they are known.
    pub(super) networks: Vec<NetworkInfo>,
    pub(super) thumbnails: Thumbnails,
    pub(super) samples: SamplePictures,
    pub(super) log: panels::log::LogPanel,
    pub(super) title: String,
    pub(super) has_cause: bool,
    /// Names that fonts have to be looked at for, which can be done in a frame only.
    pub(super) names: Vec<String>,
    /// Text that a text field has asked for.
    pasted: Option<String>,
}

impl App {
    /// The window's content, with nothing open.
    #[must_use]
    pub fn new(ctx: &egui::Context, deps: Deps) -> Self {
        fonts::install(ctx);
        theme::install(ctx);
        let Deps { jobs, clerk, preferences, recent, has_leftover, has_file_dialogs } = deps;
        ctx.set_theme(theme_preference(preferences.theme));
        let language = Language::from(preferences.language);
        let names = recent.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
        let mut canvas = Canvas::default();
        restore_canvas(&mut canvas, &preferences);
        let text = Text::new(language);
        canvas.labels = canvas_labels(&text);
        let school = School::of(preferences.profile);
        Self {
            jobs,
            clerk: Some(clerk),
            text,
            kept: (preferences.clone(), None),
            preferences,
            recent,
            has_leftover,
            canvas,
            before_hold: None,
            session: None,
            room: Room::default(),
            studio: None,
            models: Vec::new(),
            easel: None,
            themes: None,
            subjects: BTreeMap::new(),
            school,
            pictures: Pictures::default(),
            work: WorkList::default(),
            notifications: Notifications::default(),
            dialog: None,
            file_dialog: None,
            has_file_dialogs,
            after_save: None,
            opening: None,
            opening_for: Room::default(),
            may_quit: false,
            networks: Vec::new(),
            thumbnails: Thumbnails::default(),
            samples: SamplePictures::load(ctx),
            log: panels::log::LogPanel::default(),
            title: String::new(),
            has_cause: false,
            names,
            pasted: None,
        }
    }

    /// The open document.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The open exploration.
    #[must_use]
    pub fn studio(&self) -> Option<&Studio> {
        self.studio.as_ref()
    }

    /// The open sketch.
    #[must_use]
    pub fn easel(&self) -> Option<&Easel> {
        self.easel.as_ref()
    }

    /// Lessons and the gallery.
    #[must_use]
    pub fn school(&self) -> &School {
        &self.school
    }

    /// The room that shows.
    #[must_use]
    pub fn room(&self) -> Room {
        self.room
    }

    /// The canvas.
    #[must_use]
    pub fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// The toasts.
    #[must_use]
    pub fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    /// The words.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// What is remembered.
    #[must_use]
    pub fn preferences(&self) -> &Settings {
        &self.preferences
    }

    /// Whether a request is out that a person waits for.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.work.busiest().is_some()
    }

    /// What commands go by.
    #[must_use]
    pub fn situation(&self) -> Situation {
        let mut now = Situation { room: self.room, recent: !self.recent.is_empty(), ..Situation::default() };
        now.work = self.is_busy();
        now.models = !self.models.is_empty();
        match self.room {
            Room::Erase => self.session.iter().for_each(|session| session.describe(&mut now)),
            Room::Explore => {
                self.studio.iter().for_each(|studio| studio.describe(&mut now));
                now.styles = self.layers() > 0;
            }
            Room::Sketch => {
                let themes = self.themes.as_deref().unwrap_or_default();
                self.easel.iter().filter(|_| !self.school.is_open).for_each(|easel| easel.describe(&mut now, themes));
                self.school.describe(&mut now);
            }
        }
        now
    }

    /// Takes in what others have done. Call before each [`App::ui`], and while the window is hidden.
    pub fn logic(&mut self, ctx: &egui::Context) {
        for _ in 0..EVENTS_A_FRAME {
            let Some(event) = self.jobs.try_recv() else { break };
            self.has_cause = true;
            self.take_event(ctx, event);
        }
        while let Some(found) = self.clerk.as_ref().and_then(Clerk::try_recv) {
            match found {
                Found::CopyName(path) => self.save_picture(path, crate::worker::SaveFormat::AsSource),
                Found::Text(text) => self.pasted = Some(text),
                Found::NoName(_) => {
                    self.notifications.show(Kind::Error, self.text.get("error-no-copy-name"), String::new());
                }
            }
        }
        self.poll_file_dialog();
        self.start_erasing();
        self.start_mixing();
        self.start_exploring(ctx);
        self.start_sketching(ctx);
        self.start_schooling(ctx);
        self.measure();
        self.autosave(ctx);
        self.keep_preferences(ctx);
    }

    /// Draws the window and does what is asked for.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        for name in self.names.drain(..) {
            fonts::cover(&ctx, &name);
        }
        let mut intents = Vec::new();
        shortcut::before_widgets(self, &ctx, &mut intents);
        if let Some(text) = self.pasted.take().filter(|_| ctx.text_edit_focused()) {
            ctx.input_mut(|input| input.events.push(egui::Event::Paste(text)));
        }
        Self::take_dropped_files(&ctx, &mut intents);
        self.check_close(&ctx);
        self.panels_ui(ui, &mut intents);
        shortcut::after_widgets(self, &ctx, &mut intents);
        self.dialog_ui(&ctx, &mut intents);
        self.drop_hint_ui(&ctx);
        let strip = match self.room {
            Room::Erase if self.session.is_some() => theme::STRIP_HEIGHT,
            Room::Explore if self.studio.is_some() => explore::MORPH_HEIGHT,
            Room::Sketch if self.easel.as_ref().is_some_and(|easel| easel.looks.has_strip) => sketch::STRIP_HEIGHT,
            _ => 0.0,
        };
        self.notifications.ui(&ctx, &self.text, theme::BAR_HEIGHT + strip + 16.0);
        for intent in intents {
            self.handle(&ctx, intent);
        }
        self.start_erasing();
        self.start_mixing();
        self.play(&ctx);
        self.start_exploring(&ctx);
        self.start_sketching(&ctx);
        self.start_schooling(&ctx);
        self.pictures.end_frame();
        self.update_title(&ctx);
        self.copy_text(&ctx);
    }

    /// Fetches the text on the clipboard for the text field that has the focus.
    pub fn ask_for_text(&self) {
        if let Some(clerk) = &self.clerk {
            clerk.ask(Errand::PasteText);
        }
    }

    /// Asks which networks are installed: some may have been trained or imported since.
    pub fn look_for_networks(&mut self) {
        self.submit(Request::ListNetworks, String::new());
    }

    /// Sends a request on its way.
    pub(super) fn submit(&mut self, request: Request, name: String) -> Ticket {
        let lane = request.lane();
        let revision = self.session.as_ref().map_or(0, |session| session.history.revision());
        let ticket = self.jobs.submit(request);
        let explored = self.studio.as_ref().map_or(0, |studio| studio.history.revision());
        let sketched = self.easel.as_ref().map_or(0, |easel| easel.history.revision());
        self.work.add(ticket, Work { lane, progress: None, revision, explored, sketched, name });
        ticket
    }

    fn poll_file_dialog(&mut self) {
        let Some(dialog) = &self.file_dialog else { return };
        let purpose = dialog.purpose;
        let Some(answer) = dialog.poll() else { return };
        self.file_dialog = None;
        match answer {
            Answer::Path(path) => self.use_path(purpose, path),
            Answer::Cancelled => self.after_save = None,
            Answer::Unavailable => {
                tracing::info!("the system shows no file dialog here; the path can be typed in");
                self.dialog = Some(Dialog::path(purpose, self.suggestion(purpose)));
            }
        }
    }
}

/// The words on the canvas.
pub(super) fn canvas_labels(text: &Text) -> CanvasLabels {
    CanvasLabels {
        canvas: text.get("canvas-name"),
        before: text.get("compare-before"),
        after: text.get("compare-after"),
    }
}

/// A closure that has the window drawn again, for threads.
#[must_use]
pub fn wake(ctx: &egui::Context) -> Arc<dyn Fn() + Send + Sync> {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint())
}
