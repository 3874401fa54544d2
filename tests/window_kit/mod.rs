//! A window whose worker is a script: what it asks for is noted, what it is told is made up. All rooms' tests share it.

#![allow(dead_code, clippy::allow_attributes, reason = "each test uses its part of the kit")]

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use egui::{Event as Input, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use pentimento::imaging::{ColorModel, Frame, Samples, Size};
use pentimento::library::{self, Settings};
use pentimento::ui::app::{App, Deps, Jobs, wake};
use pentimento::ui::clerk::Clerk;
use pentimento::ui::commands::Command;
use pentimento::ui::intent::Intent;
use pentimento::worker::schooling::ProfileId;
use pentimento::worker::{Event, Lane, Request, Ticket, Worker};

/// Notes what is asked for and answers what the test says.
#[derive(Clone, Default)]
pub(crate) struct Script {
    pub(crate) sent: Rc<RefCell<Vec<Request>>>,
    pub(crate) cancelled: Rc<RefCell<Vec<Lane>>>,
    events: Rc<RefCell<VecDeque<Event>>>,
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

    fn cancel(&mut self, lane: Lane) {
        self.cancelled.borrow_mut().push(lane);
    }

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
    /// With a worker that answers what lessons and the gallery ask.
    pub(crate) fn with_school(worker: Worker) -> Self {
        Self { school: Some(Rc::new(worker)), ..Self::default() }
    }

    pub(crate) fn say(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
    }

    /// The newest request that `pick` takes, with its ticket.
    pub(crate) fn asked<T>(&self, pick: impl Fn(&Request) -> Option<T>) -> Option<(Ticket, T)> {
        let sent = self.sent.borrow();
        sent.iter().enumerate().rev().find_map(|(at, request)| Some((Ticket(at as u64 + 1), pick(request)?)))
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

/// A window of `height` points with nothing open.
pub(crate) fn open(script: &Script, height: f32) -> Window {
    open_for(script, height, None)
}

/// As [`open`]; `profile` drew last.
pub(crate) fn open_for(script: &Script, height: f32, profile: Option<ProfileId>) -> Window {
    let state = State { app: None, script: script.clone(), profile };
    let builder = Harness::builder().with_size(vec2(1360.0, height)).with_max_steps(400);
    let mut window = builder.build_ui_state(|ui, state: &mut State| state.ui(ui), state);
    window.run_steps(4);
    window
}

pub(crate) fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

fn app_mut(window: &mut Window) -> &mut App {
    window.state_mut().app.as_mut().expect("made in the first frame")
}

pub(crate) fn perform(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    app_mut(window).perform(&ctx, command);
    window.run_steps(3);
}

pub(crate) fn handle(window: &mut Window, intent: Intent) {
    let ctx = window.ctx.clone();
    app_mut(window).handle(&ctx, intent);
    window.run_steps(3);
}

/// A grey picture of 64 pixels.
pub(crate) fn picture(value: u8) -> Frame {
    let size = Size::new(64, 64);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).expect("it fits")
}

pub(crate) fn button(pos: Pos2, button: PointerButton, pressed: bool) -> Input {
    Input::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
}

/// Puts the pointer down and moves it, without letting go.
pub(crate) fn press(window: &mut Window, (start, end): (Pos2, Pos2), with: PointerButton) {
    window.hover_at(start);
    window.event(button(start, with, true));
    window.step();
    for part in [0.25, 0.5, 0.75, 1.0] {
        window.event(Input::PointerMoved(start.lerp(end, part)));
        window.step();
    }
}

/// Drags with the pointer and leaves the window.
pub(crate) fn drag(window: &mut Window, ends: (Pos2, Pos2), with: PointerButton) {
    press(window, ends, with);
    window.event(button(ends.1, with, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}
