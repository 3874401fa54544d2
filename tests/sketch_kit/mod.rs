//! A window whose worker is a script: what it asks for is noted, what it is told is made up.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event as Input, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Sketch;
use pentimento::document::sketch::{SketchKey, SketchResult};
use pentimento::imaging::{ColorModel, Frame, ImagePos, Samples, Size};
use pentimento::library::{self, Settings};
use pentimento::ui::app::{App, Deps, Jobs, wake};
use pentimento::ui::clerk::Clerk;
use pentimento::ui::commands::Command;
use pentimento::ui::intent::Intent;
use pentimento::ui::sketch::Easel;
use pentimento::worker::schooling::ProfileId;
use pentimento::worker::sketching::{Quality, SketchDone, SketchRequest, SketchShown, ThemeInfo};
use pentimento::worker::{Done, Event, Lane, Request, Ticket, Worker, WorkerOptions};

/// Side of the paper in the units of its view.
pub(crate) const PAPER: f32 = 1024.0;

/// Notes what is asked for and answers what the test says.
#[derive(Clone, Default)]
pub(crate) struct Script {
    pub(crate) sent: Rc<RefCell<Vec<Request>>>,
    pub(crate) events: Rc<RefCell<VecDeque<Event>>>,
    /// Who answers what lessons and the gallery ask; nobody in most tests.
    school: Option<Rc<Worker>>,
    /// Tickets of the worker and of the script.
    tickets: Rc<RefCell<BTreeMap<Ticket, Ticket>>>,
}

impl Jobs for Script {
    fn submit(&mut self, request: Request) -> Ticket {
        let ticket = Ticket(self.sent.borrow().len() as u64 + 1);
        if let (Some(worker), Request::School(_)) = (&self.school, &request) {
            self.tickets.borrow_mut().insert(worker.submit(request.clone()), ticket);
        }
        self.sent.borrow_mut().push(request);
        ticket
    }

    fn cancel(&mut self, _: Lane) {}

    fn try_recv(&mut self) -> Option<Event> {
        self.events.borrow_mut().pop_front().or_else(|| {
            let known = |ticket: Ticket| self.tickets.borrow().get(&ticket).copied().unwrap_or(ticket);
            Some(match self.school.as_ref()?.try_recv()? {
                Event::Done(ticket, done) => Event::Done(known(ticket), done),
                Event::Failed(ticket, failure) => Event::Failed(known(ticket), failure),
                Event::Cancelled(ticket) => Event::Cancelled(known(ticket)),
                other => other,
            })
        })
    }
}

impl Script {
    pub(crate) fn say(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
    }

    pub(crate) fn done(&self, ticket: Ticket, done: SketchDone) {
        self.say(Event::Done(ticket, Done::Sketch(done)));
    }

    /// The newest request about sketches that `pick` takes, with its ticket.
    pub(crate) fn newest<T>(&self, pick: impl Fn(&SketchRequest) -> Option<T>) -> Option<(Ticket, T)> {
        let sent = self.sent.borrow();
        sent.iter().enumerate().rev().find_map(|(at, request)| match request {
            Request::Sketch(asked) => Some((Ticket(at as u64 + 1), pick(asked)?)),
            _ => None,
        })
    }

    #[track_caller]
    pub(crate) fn painting(&self) -> (Ticket, Sketch, Quality) {
        let found = self.newest(|request| match request {
            SketchRequest::Paint { sketch, quality } => Some((sketch.clone(), *quality)),
            _ => None,
        });
        let (ticket, (sketch, quality)) = found.expect("a picture was asked for");
        (ticket, sketch, quality)
    }

    pub(crate) fn count(&self, lane: Lane) -> usize {
        self.sent.borrow().iter().filter(|request| request.lane() == lane).count()
    }
}

pub(crate) struct State {
    app: Option<App>,
    script: Script,
    /// Who drew last.
    profile: Option<ProfileId>,
}

impl State {
    fn ui(&mut self, ui: &mut egui::Ui) {
        if self.app.is_none() {
            let ctx = ui.ctx();
            let deps = Deps {
                jobs: Box::new(self.script.clone()),
                clerk: Clerk::start(None, wake(ctx)).expect("a thread"),
                preferences: Settings { language: library::Language::En, profile: self.profile, ..Settings::default() },
                recent: Vec::new(),
                has_leftover: false,
                has_file_dialogs: false,
            };
            self.app = Some(App::new(ctx, deps));
            ctx.request_repaint();
            return;
        }
        let app = self.app.as_mut().expect("made above");
        app.logic(ui.ctx());
        app.ui(ui);
    }
}

pub(crate) type Window = Harness<'static, State>;

pub(crate) fn picture(value: u8) -> Frame {
    let size = Size::new(64, 64);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).expect("it fits")
}

pub(crate) fn result(of: SketchKey, value: u8, quality: Quality) -> Arc<SketchResult> {
    let is_full = quality == Quality::Full;
    Arc::new(SketchResult { picture: picture(value), of, network: "toy".to_owned(), is_full })
}

pub(crate) fn theme(name: &str) -> ThemeInfo {
    ThemeInfo {
        name: name.into(),
        about: "toys, drawn for tests".to_owned(),
        licence: "MIT".to_owned(),
        side: 256,
        preview_side: 128,
        has_hints: name == "cats",
        has_variants: true,
        live: name.to_owned(),
        best: name.to_owned(),
    }
}

/// The room, with these themes installed.
pub(crate) fn room_with(themes: Vec<ThemeInfo>) -> (Window, Script) {
    room_of(Script::default(), themes, None)
}

/// The room with a worker that keeps a gallery in `folder`; `profile` drew last.
pub(crate) fn room_with_gallery(themes: Vec<ThemeInfo>, folder: &Path, profile: Option<ProfileId>) -> (Window, Script) {
    let options = WorkerOptions { threads: Some(1), gallery: Some(folder.to_owned()), ..WorkerOptions::default() };
    let worker = Worker::start(Arc::new(|| {}), options).expect("a thread");
    room_of(Script { school: Some(Rc::new(worker)), ..Script::default() }, themes, profile)
}

fn room_of(script: Script, themes: Vec<ThemeInfo>, profile: Option<ProfileId>) -> (Window, Script) {
    let state = State { app: None, script: script.clone(), profile };
    let builder = Harness::builder().with_size(vec2(1360.0, 900.0)).with_max_steps(400);
    let mut window = builder.build_ui_state(|ui, state: &mut State| state.ui(ui), state);
    window.run_steps(4);
    window.get_by_role_and_label(Role::Button, "Sketch").click();
    window.run_steps(3);
    let asked = script.newest(|request| matches!(request, SketchRequest::ListThemes).then_some(()));
    let (ticket, ()) = asked.expect("themes were asked for");
    script.done(ticket, SketchDone::Themes { themes, problems: Vec::new() });
    window.run_steps(3);
    (window, script)
}

pub(crate) fn room() -> (Window, Script) {
    room_with(vec![theme("cats"), theme("robots")])
}

pub(crate) fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

pub(crate) fn easel(window: &Window) -> &Easel {
    app(window).easel().expect("the room has a paper")
}

pub(crate) fn sketch(window: &Window) -> &Sketch {
    easel(window).sketch()
}

pub(crate) fn perform(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").perform(&ctx, command);
    window.run_steps(3);
}

pub(crate) fn handle(window: &mut Window, intent: Intent) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").handle(&ctx, intent);
    window.run_steps(3);
}

/// Where a position on the paper, 0..=1, lies in the window.
pub(crate) fn on_paper(window: &Window, (x, y): (f32, f32)) -> Pos2 {
    easel(window).paper.view.ui_from_image(ImagePos::new(x * PAPER, y * PAPER))
}

pub(crate) fn button(pos: Pos2, button: PointerButton, pressed: bool) -> Input {
    Input::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
}

/// Puts the pen down and moves it, without lifting it.
pub(crate) fn press(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) -> Pos2 {
    let (start, end) = (on_paper(window, from), on_paper(window, to));
    window.hover_at(start);
    window.event(button(start, with, true));
    window.step();
    for part in [0.25, 0.5, 0.75, 1.0] {
        window.event(Input::PointerMoved(start.lerp(end, part)));
        window.step();
    }
    end
}

pub(crate) fn stroke_with(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) {
    let end = press(window, from, to, with);
    window.event(button(end, with, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}

pub(crate) fn stroke(window: &mut Window, from: (f32, f32), to: (f32, f32)) {
    stroke_with(window, from, to, PointerButton::Primary);
}

pub(crate) fn click(window: &mut Window, at: (f32, f32)) {
    stroke(window, at, at);
}

pub(crate) fn shown(sketch: &Sketch, value: u8, quality: Quality) -> SketchShown {
    let key = sketch.key();
    SketchShown {
        key,
        result: Some(result(key, value, quality)),
        is_kept: false,
        ink_millis: 1.0,
        network_millis: 40.0,
        millis: 42.0,
        remark: None,
    }
}

/// Answers the newest request for a picture with one of grey `value`.
pub(crate) fn paint(window: &mut Window, script: &Script, value: u8) -> Quality {
    let (ticket, asked, quality) = script.painting();
    script.done(ticket, SketchDone::Painted(Box::new(shown(&asked, value, quality))));
    window.run_steps(3);
    quality
}

/// Answers until the picture at full size is there.
pub(crate) fn settle(window: &mut Window, script: &Script, value: u8) {
    for _ in 0..3 {
        if paint(window, script, value) == Quality::Full {
            return;
        }
    }
    panic!("no picture of full size was asked for");
}
