//! The window: draws documents, sends requests, shows events.
//!
//! It never reads files, decodes pictures or waits for the worker. `App` is the whole content of the window
//! and knows nothing of eframe, so tests drive it without a display; this file puts it into a window.

pub mod app;
pub mod canvas;
pub mod clerk;
mod command_handling;
pub mod commands;
pub mod dialogs;
pub mod erasing;
mod event_handling;
pub mod explore;
pub mod file_dialog;
pub mod fonts;
pub mod frame_stats;
pub mod icons;
mod importing;
pub mod intent;
mod intent_handling;
pub mod mixing;
pub mod naming;
pub mod notifications;
mod opening;
pub mod origin_words;
pub mod panels;
pub mod preferences;
mod rooms;
pub mod sample_pictures;
pub mod school;
pub mod session;
pub mod shortcut;
pub mod sketch;
pub mod text;
pub mod theme;
pub mod thumbnails;
pub mod tools;
pub mod trial;
mod upkeep;
pub mod widgets;
pub mod work;

use std::path::PathBuf;

use anyhow::Context as _;
use egui::ViewportBuilder;

use app::{App, Deps};
use clerk::{Clerk, Keeper};
use frame_stats::{FrameKind, FrameStats};
use intent::{Intent, Source};
use notifications::Kind;

use crate::library::{self, Library, WindowPlace};
use crate::worker::sketching::Themes;
use crate::worker::{Failure, Manifolds, Networks, Worker, WorkerOptions};

/// What the window is started with.
#[derive(Clone, Debug, Default)]
pub struct UiOptions {
    /// A photo or a session to open.
    pub open: Option<PathBuf>,
    /// Whether the time that frames take is measured and told at the end.
    pub frame_stats: bool,
    /// The networks that can fill holes.
    pub networks: Networks,
    /// The models that can be explored.
    pub manifolds: Manifolds,
    /// What drawings can become.
    pub themes: Themes,
}

/// Opens the window and returns when it is closed: the report on its frames, if that was asked for.
pub fn run(options: UiOptions) -> anyhow::Result<Option<String>> {
    let (report, reported) = crossbeam_channel::bounded(1);
    let library = library::default_folder().map_or_else(Library::in_memory, |folder| Library::open(&folder));
    let native = eframe::NativeOptions {
        viewport: viewport(library.settings().window),
        renderer: eframe::Renderer::Glow,
        // Pictures are pasted by the worker; text fields are told in `Shell::raw_input_hook`.
        clipboard_shortcuts: false,
        dithering: false,
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator<'_> =
        Box::new(|creation| Ok(Box::new(Shell::new(&creation.egui_ctx, library, options, report)?)));
    eframe::run_native("pentimento", native, create)
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("cannot open a window")?;
    Ok(reported.try_recv().ok())
}

fn viewport(place: Option<WindowPlace>) -> ViewportBuilder {
    let builder = ViewportBuilder::default()
        .with_title("Pentimento")
        .with_app_id("pentimento")
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    match place {
        Some(WindowPlace { x, y, width, height, is_maximized }) => {
            builder.with_position([x, y]).with_inner_size([width, height]).with_maximized(is_maximized)
        }
        None => builder.with_inner_size([1360.0, 860.0]),
    }
}

/// The window around the [`App`].
struct Shell {
    app: App,
    stats: Option<FrameStats>,
    report: crossbeam_channel::Sender<String>,
}

impl Shell {
    fn new(
        ctx: &egui::Context,
        library: Library,
        options: UiOptions,
        report: crossbeam_channel::Sender<String>,
    ) -> anyhow::Result<Self> {
        let wake = app::wake(ctx);
        let autosave_root = library::default_folder().map(|folder| library::autosave_root(&folder));
        let worker = Worker::start(
            wake.clone(),
            WorkerOptions {
                autosave_root,
                networks: options.networks,
                manifolds: options.manifolds,
                themes: options.themes,
                gallery: library::default_folder(),
                ..WorkerOptions::default()
            },
        )
        .context("cannot start the worker thread")?;
        let has_leftover = worker.has_recovery();
        let (preferences, recent) = (library.settings().clone(), library.recent().to_vec());
        let warning = library.warning().map(|error| Failure::from_error(error.key(), error));
        let keeper: Box<dyn Keeper> = Box::new(library);
        let clerk = Clerk::start(Some(keeper), wake).context("cannot start the thread that keeps settings")?;
        let jobs = Box::new(worker);
        let deps = Deps { jobs, clerk, preferences, recent, has_leftover, has_file_dialogs: true };
        let mut app = App::new(ctx, deps);
        if let Some(warning) = warning {
            app.warn(Kind::Warning, &warning);
        }
        app.look_for_networks();
        app.look_for_models();
        app.look_for_themes();
        if let Some(path) = options.open {
            app.handle(ctx, Intent::Open(Source::File(path)));
        }
        Ok(Self { app, stats: options.frame_stats.then(FrameStats::new), report })
    }
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.stats.iter_mut().for_each(FrameStats::begin);
        self.app.logic(ctx);
        self.stats.iter_mut().for_each(FrameStats::pause);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.stats.iter_mut().for_each(FrameStats::begin);
        let has_input = ui.input(|input| !input.raw.events.is_empty());
        self.app.ui(ui);
        self.app.note_window(ui.ctx());
        let has_cause = self.app.take_cause() || has_input;
        if let Some(stats) = &mut self.stats {
            let is_filling = self.app.session().is_some_and(|session| session.erasing.is_running());
            let is_drawing = self.app.easel().is_some_and(|easel| easel.paper.is_down());
            let is_exploring = self.app.studio().is_some_and(|studio| studio.history.is_in_gesture());
            stats.end(FrameKind { is_filling, is_drawing, is_exploring, has_cause });
        }
    }

    fn raw_input_hook(&mut self, ctx: &egui::Context, raw: &mut egui::RawInput) {
        if ctx.text_edit_focused() && clipboard_keys(ctx, raw) {
            self.app.ask_for_text();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.finish();
        if let Some(stats) = &self.stats {
            // Nobody reads it when the window could not be opened.
            self.report.try_send(stats.report()).ok();
        }
    }
}

/// Turns the keys for cut and copy into what text fields understand. Returns whether one for paste was among them.
fn clipboard_keys(ctx: &egui::Context, raw: &egui::RawInput) -> bool {
    let mut wants_text = false;
    for event in &raw.events {
        let egui::Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
        if !modifiers.command || modifiers.shift || modifiers.alt {
            continue;
        }
        match key {
            egui::Key::X => ctx.send_viewport_cmd(egui::ViewportCommand::RequestCut),
            egui::Key::C => ctx.send_viewport_cmd(egui::ViewportCommand::RequestCopy),
            egui::Key::V => wants_text = true,
            _ => {}
        }
    }
    wants_text
}
