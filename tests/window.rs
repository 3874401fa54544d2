//! The whole window as a person uses it, without a display: found by label, judged by document and toasts.
#![cfg(feature = "gui")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pentimento::document::Document;
use pentimento::imaging::ImagePos;
use pentimento::library::{self, Settings};
use pentimento::ui::app::{App, Deps, Jobs, wake};
use pentimento::ui::canvas::ToolKind;
use pentimento::ui::clerk::Clerk;
use pentimento::ui::commands::Command;
use pentimento::ui::intent::{Intent, Source};
use pentimento::ui::notifications::Kind;
use pentimento::worker::{EraseTarget, Event, Failure, Lane, Request, Ticket, Worker, WorkerOptions};
use strum::IntoEnumIterator as _;

type Window = Harness<'static, State>;

type Make = Box<dyn FnOnce(&egui::Context) -> App>;

/// The app is made in the first frame, because it needs the harness's context.
struct State {
    app: Option<App>,
    make: Option<Make>,
}

impl State {
    fn ui(&mut self, ui: &mut egui::Ui) {
        if let Some(make) = self.make.take() {
            self.app = Some(make(ui.ctx()));
            // Fonts take effect with the next frame.
            ui.ctx().request_repaint();
            return;
        }
        let app = self.app.as_mut().expect("made above");
        app.logic(ui.ctx());
        app.ui(ui);
    }
}

fn window(settings: Settings, jobs: impl FnOnce(&egui::Context) -> Box<dyn Jobs> + 'static) -> Window {
    let make = move |ctx: &egui::Context| {
        let clerk = Clerk::start(None, wake(ctx)).expect("a thread");
        let jobs = jobs(ctx);
        let deps = Deps {
            jobs,
            clerk,
            preferences: settings,
            recent: Vec::new(),
            has_leftover: false,
            has_file_dialogs: false,
        };
        App::new(ctx, deps)
    };
    let state = State { app: None, make: Some(Box::new(make)) };
    let builder = Harness::builder().with_size(vec2(1360.0, 860.0)).with_max_steps(400);
    let mut window = builder.build_ui_state(|ui, state: &mut State| state.ui(ui), state);
    window.run_steps(4);
    window
}

fn settings() -> Settings {
    Settings { language: library::Language::En, candidates: 2, ..Settings::default() }
}

fn real(settings: Settings) -> Window {
    window(settings, |ctx| Box::new(Worker::start(wake(ctx), WorkerOptions::default()).expect("a thread")))
}

fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

fn document(window: &Window) -> &Document {
    app(window).session().expect("a document is open").document()
}

/// Draws frames until `is_done`, a minute at most: a debug build on a busy machine is slow.
#[track_caller]
fn step_until(window: &mut Window, what: &str, is_done: impl Fn(&App) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_done(app(window)) {
        assert!(Instant::now() < deadline, "waited a minute for {what}; toasts: {:?}", toasts(window));
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    window.run_steps(2);
}

fn toasts(window: &Window) -> Vec<(Kind, String, String)> {
    let shown = app(window).notifications().shown();
    shown.map(|(kind, sentence, details)| (kind, sentence.to_owned(), details.to_owned())).collect()
}

fn perform(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").perform(&ctx, command);
    window.run_steps(3);
}

fn ask(window: &mut Window, intent: Intent) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").handle(&ctx, intent);
    window.run_steps(2);
}

fn open_sample(window: &mut Window) {
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Mountain path").click();
    window.step();
    step_until(window, "the sample", |app| app.session().is_some() && !app.is_busy());
}

/// Drags over the photo from one image position to another.
fn stroke(window: &mut Window, from: (f32, f32), to: (f32, f32)) {
    let at = |window: &Window, (x, y): (f32, f32)| app(window).canvas().view.ui_from_image(ImagePos::new(x, y));
    let button = |pos: Pos2, pressed| Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let (start, end) = (at(window, from), at(window, to));
    window.hover_at(start);
    window.event(button(start, true));
    window.event(Input::PointerMoved(start.lerp(end, 0.5)));
    window.event(Input::PointerMoved(end));
    window.event(button(end, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}

#[test]
fn an_object_is_erased_and_everything_can_be_taken_back() {
    let mut window = real(settings());
    open_sample(&mut window);
    stroke(&mut window, (200.0, 200.0), (230.0, 204.0));
    step_until(&mut window, "two candidates", |app| {
        let erasures = &app.session().unwrap().document().erasures;
        erasures.first().is_some_and(|erasure| erasure.candidates.len() == 2) && !app.is_busy()
    });
    assert!(document(&window).holes.is_empty(), "the marks are spent");
    let touched = |app: &App| app.session().unwrap().measured.as_ref().map_or(0, |measured| measured.touched);
    step_until(&mut window, "the touched pixels", |app| touched(app) > 0);
    assert!(window.query_by_label_contains("pixels touched").is_some(), "the badge tells it");

    window.get_by_role_and_label(egui::accesskit::Role::Button, "Candidate 2").click();
    window.run_steps(3);
    assert_eq!(document(&window).erasures[0].chosen, 1, "the other one shows");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(document(&window).erasures[0].chosen, 0, "undone");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    window.run_steps(3);
    assert_eq!(document(&window).erasures[0].chosen, 1, "redone");

    window.get_by_label("Hide erasure").click();
    window.run_steps(3);
    assert!(!document(&window).erasures[0].is_visible, "hidden");
    step_until(&mut window, "the count without it", |app| touched(app) == 0);
    window.get_by_label("Delete erasure").click();
    window.run_steps(3);
    assert!(document(&window).erasures.is_empty(), "deleted");
    let open = app(&window).text().get("action-open");
    window.get_by_role_and_label(egui::accesskit::Role::Button, &open).click();
    window.run_steps(3);
    assert_eq!(app(&window).session().unwrap().history.position(), 0, "back at the start by the history panel");
}

#[test]
fn an_idle_window_does_not_repaint() {
    let mut window = real(settings());
    open_sample(&mut window);
    stroke(&mut window, (200.0, 200.0), (210.0, 204.0));
    step_until(&mut window, "the end of all work", |app| {
        let session = app.session().unwrap();
        !session.document().erasures.is_empty()
            && session.autosaved_revision == session.history.revision()
            && !app.is_busy()
    });
    // Toasts, tooltips, the preview's fade and the notes to the disk have their time.
    std::thread::sleep(Duration::from_millis(2500));
    window.run_steps(30);
    let delay = window.output().viewport_output.values().map(|output| output.repaint_delay).min().unwrap();
    assert!(delay > Duration::from_hours(1), "the window wants to be drawn again after {delay:?}");
}

#[test]
fn a_failure_is_one_sentence_that_stays_with_its_details() {
    let mut window = real(settings());
    ask(&mut window, Intent::Open(Source::File("/no/such/photo.jpg".into())));
    step_until(&mut window, "the failure", |app| app.notifications().shown().next().is_some());
    let (kind, sentence, _) = toasts(&window).remove(0);
    assert_eq!(kind, Kind::Error, "it is one");
    assert!(window.query_by_label(&sentence).is_some(), "its sentence is on the screen: {sentence}");
    window.get_by_label("Dismiss").click();
    window.run_steps(3);
    assert!(toasts(&window).is_empty(), "dismissed");
}

#[test]
fn no_command_panics_with_or_without_a_photo() {
    let mut window = real(Settings { is_auto_fill: false, ..settings() });
    // Closing and quitting end the test's own document; they are tried last.
    let last = [Command::CloseDocument, Command::Quit];
    for with_photo in [false, true] {
        if with_photo {
            perform(&mut window, Command::RoomErase);
            // The command that switches the language has been tried: no label is certain.
            ask(&mut window, Intent::Open(Source::Sample(0)));
            step_until(&mut window, "the sample", |app| app.session().is_some() && !app.is_busy());
            stroke(&mut window, (100.0, 100.0), (140.0, 104.0));
            assert!(!document(&window).holes.is_empty(), "marked");
        }
        for command in Command::iter().filter(|command| !last.contains(command) && *command != Command::Paste) {
            perform(&mut window, command);
            window.key_press(Key::Escape);
            window.run_steps(2);
        }
    }
    perform(&mut window, Command::RoomErase);
    for command in last {
        perform(&mut window, command);
    }
    let (question, lose) = (app(&window).text().get("unsaved-title"), app(&window).text().get("unsaved-lose"));
    assert!(window.query_by_label(&question).is_some(), "changes are not lost without a question");
    window.get_by_label(&lose).click();
    window.run_steps(3);
    assert!(app(&window).session().is_none(), "closed");
}

#[test]
fn both_languages_show_words_everywhere() {
    for language in [library::Language::En, library::Language::Ko] {
        let mut window = real(Settings { language, is_auto_fill: false, ..settings() });
        let mut seen = words_of(&window);
        ask(&mut window, Intent::Open(Source::Sample(0)));
        step_until(&mut window, "the sample", |app| app.session().is_some());
        for command in [Command::ToggleLog, Command::Settings, Command::Shortcuts, Command::Palette, Command::Export] {
            perform(&mut window, command);
            seen.extend(words_of(&window));
        }
        let raw: Vec<_> = seen.iter().filter(|word| is_key(word)).collect();
        assert!(raw.is_empty(), "{language:?} shows keys instead of words: {raw:?}");
        let is_korean = |c: char| ('가'..='힣').contains(&c);
        let korean = seen.iter().filter(|word| word.chars().any(is_korean)).count();
        assert_eq!(korean > 40, language == library::Language::Ko, "{language:?} shows {korean} Korean texts");
    }
}

fn words_of(window: &Window) -> Vec<String> {
    fn walk(node: egui_kittest::Node<'_>, out: &mut Vec<String>) {
        out.extend(node.accesskit_node().label());
        node.children().for_each(|child| walk(child, out));
    }
    let mut out = Vec::new();
    walk(window.root(), &mut out);
    out
}

/// Whether `word` looks like a key of the text table: lower case words joined by hyphens.
fn is_key(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '.');
    is_plain
        && ["command-", "action-", "menu-", "status-", "fill-", "start-"].iter().any(|start| word.starts_with(start))
}

#[test]
fn the_palette_finds_and_runs_a_command() {
    let mut window = real(settings());
    open_sample(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(Input::Text("lasso".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(app(&window).canvas().tool, ToolKind::Lasso, "picked");
    window.key_press(Key::B);
    window.run_steps(2);
    assert_eq!(app(&window).canvas().tool, ToolKind::Brush, "by its key");
}

/// Notes what is asked for and answers what the test says.
#[derive(Clone, Default)]
struct Script {
    sent: Rc<RefCell<Vec<Request>>>,
    cancelled: Rc<RefCell<Vec<Lane>>>,
    events: Rc<RefCell<VecDeque<Event>>>,
}

impl Jobs for Script {
    fn submit(&mut self, request: Request) -> Ticket {
        self.sent.borrow_mut().push(request);
        Ticket(self.sent.borrow().len() as u64)
    }

    fn cancel(&mut self, lane: Lane) {
        self.cancelled.borrow_mut().push(lane);
    }

    fn try_recv(&mut self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }
}

impl Script {
    fn erasures(&self) -> Vec<(Ticket, EraseTarget)> {
        let sent = self.sent.borrow();
        let erasures = sent.iter().enumerate().filter_map(|(at, request)| match request {
            Request::Erase { target, .. } => Some((Ticket(at as u64 + 1), *target)),
            _ => None,
        });
        erasures.collect()
    }
}

fn opened() -> Event {
    let photo = pentimento::samples::SAMPLES[0].photo;
    let photo =
        pentimento::imaging::io::decode(photo, &pentimento::imaging::io::Limits::default()).expect("a sound sample");
    let display = Arc::new(pentimento::imaging::DisplayPyramid::of_photo(&photo));
    let document = Document::new(photo);
    let document = pentimento::worker::OpenedDocument { document, display, shown: Vec::new() };
    let document = Some(document);
    let opened =
        pentimento::worker::Opened { document, exploration: None, sketch: None, path: None, is_session: false };
    Event::Done(Ticket(1), pentimento::worker::Done::Opened(Box::new(opened)))
}

fn scripted() -> (Window, Script) {
    let script = Script::default();
    let jobs = script.clone();
    let mut window = window(settings(), move |_| Box::new(jobs));
    ask(&mut window, Intent::Open(Source::Sample(0)));
    script.events.borrow_mut().push_back(opened());
    window.run_steps(4);
    (window, script)
}

#[test]
fn a_failed_erasure_keeps_the_marks_and_says_why() {
    let (mut window, script) = scripted();
    stroke(&mut window, (100.0, 100.0), (120.0, 104.0));
    let (ticket, _) = script.erasures()[0];
    let headline = "the sampling brushes leave no area to sample from".to_owned();
    let failure = Failure { key: "error-no-source", headline, details: "try a larger area".to_owned() };
    script.events.borrow_mut().push_back(Event::Failed(ticket, failure));
    window.run_steps(4);
    assert!(!document(&window).holes.is_empty(), "the marks stay");
    assert!(window.query_by_label_contains("The sampling brushes leave no area").is_some(), "the sentence shows");
    window.get_by_label("Show details").click();
    window.run_steps(3);
    assert!(window.query_by_label("try a larger area").is_some(), "and its details");
    assert_eq!(script.erasures().len(), 1, "it is not tried again by itself");
}

#[test]
fn undo_stops_the_work_that_it_makes_pointless() {
    let (mut window, script) = scripted();
    stroke(&mut window, (100.0, 100.0), (120.0, 104.0));
    assert_eq!(script.erasures().len(), 1, "asked for on release");
    stroke(&mut window, (200.0, 100.0), (220.0, 104.0));
    assert_eq!(script.erasures().len(), 1, "the second stroke waits");
    script.cancelled.borrow_mut().clear();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert!(script.cancelled.borrow().contains(&Lane::Erase), "cancelled");
    assert!(document(&window).holes.is_hole(110, 102) && !document(&window).holes.is_hole(210, 102), "one step back");
}

#[test]
fn without_automatic_filling_enter_erases() {
    let (mut window, script) = scripted();
    perform(&mut window, Command::ToggleAutoFill);
    stroke(&mut window, (100.0, 100.0), (120.0, 104.0));
    assert!(script.erasures().is_empty(), "nothing by itself");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(script.erasures().len(), 1, "Enter asks for it");
}

#[test]
fn holding_the_key_shows_the_original() {
    let (mut window, _script) = scripted();
    use pentimento::ui::canvas::CompareMode;
    window.key_down(Key::X);
    window.run_steps(2);
    assert_eq!(app(&window).canvas().compare, CompareMode::Original, "while it is held");
    window.key_up(Key::X);
    window.run_steps(2);
    assert_eq!(app(&window).canvas().compare, CompareMode::Off, "and not after");
}
