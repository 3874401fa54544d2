//! The room Explore as a person uses it, without a display and without a network: requests are read, answers are made up.
#![cfg(feature = "gui")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pentimento::document::Exploration;
use pentimento::document::explore::{
    Direction, Latent, PicturePos, ProjectMethod, Projection, Steering, StrokeId, StrokeTool,
};
use pentimento::imaging::{ColorModel, Frame, ImagePos, Samples, Size};
use pentimento::library::{self, Settings};
use pentimento::ui::app::{App, Deps, Jobs, wake};
use pentimento::ui::clerk::Clerk;
use pentimento::ui::commands::{Command, Room};
use pentimento::ui::explore::{Brush, PortraitView, Studio};
use pentimento::ui::intent::{Intent, Source};
use pentimento::worker::exploring::{
    CandidateShown, DirectionsAsked, DirectionsSource, DragEnding, DragShown, FrameShown, HandleShown, Interval,
    Mixing, ModelShown, PathLength, PathSpace, ProjectionShown, SearchShown, Survey, Surveyed,
};
use pentimento::worker::{Done, Event, Lane, Preview, Request, Ticket};
use strum::IntoEnumIterator as _;

const SIDE: u32 = 64;

/// Notes what is asked for and answers what the test says.
#[derive(Clone, Default)]
struct Script {
    sent: Rc<RefCell<Vec<Request>>>,
    events: Rc<RefCell<VecDeque<Event>>>,
}

impl Jobs for Script {
    fn submit(&mut self, request: Request) -> Ticket {
        self.sent.borrow_mut().push(request);
        Ticket(self.sent.borrow().len() as u64)
    }

    fn cancel(&mut self, _: Lane) {}

    fn try_recv(&mut self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }
}

impl Script {
    fn say(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
    }

    /// The newest request that `pick` takes, with its ticket.
    fn newest<T>(&self, pick: impl Fn(&Request) -> Option<T>) -> Option<(Ticket, T)> {
        let sent = self.sent.borrow();
        sent.iter().enumerate().rev().find_map(|(at, request)| Some((Ticket(at as u64 + 1), pick(request)?)))
    }

    #[track_caller]
    fn search(&self) -> (Ticket, Exploration, bool) {
        let found = self.newest(|request| match request {
            Request::Explore { exploration, is_warm } => Some((exploration.clone(), *is_warm)),
            _ => None,
        });
        let (ticket, (exploration, is_warm)) = found.expect("a search was asked for");
        (ticket, exploration, is_warm)
    }

    fn count(&self, lane: Lane) -> usize {
        self.sent.borrow().iter().filter(|request| request.lane() == lane).count()
    }
}

struct State {
    app: Option<App>,
    script: Script,
}

impl State {
    fn ui(&mut self, ui: &mut egui::Ui) {
        if self.app.is_none() {
            let ctx = ui.ctx();
            let deps = Deps {
                jobs: Box::new(self.script.clone()),
                clerk: Clerk::start(None, wake(ctx)).expect("a thread"),
                preferences: Settings { language: library::Language::En, ..Settings::default() },
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

type Window = Harness<'static, State>;

fn picture(value: u8) -> Frame {
    let size = Size::new(SIDE, SIDE);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).expect("it fits")
}

fn latent(x: f32, y: f32) -> Latent {
    [x, y, 0.0].into()
}

fn model(name: &str) -> ModelShown {
    ModelShown {
        name: name.to_owned(),
        family: "DCGAN".to_owned(),
        side: SIDE,
        has_predictor: true,
        layers: 0,
        about: "toys, drawn for tests".to_owned(),
        picture: Some(picture(90)),
    }
}

/// Candidates `ids` in that order; each has a picture of its own.
fn found(ids: &[u64], strokes: &[StrokeId], step: usize) -> SearchShown {
    let candidate = |&id: &u64| CandidateShown {
        id,
        latent: latent(id as f32, step as f32),
        start: latent(id as f32, -1.0),
        picture: picture((id * 10) as u8),
        cost: id as f32 / 10.0,
        costs: strokes.iter().map(|stroke| (*stroke, 0.25)).collect(),
        share: 1.0 / ids.len() as f32,
    };
    SearchShown {
        candidates: ids.iter().map(candidate).collect(),
        average: Some(picture(200)),
        unmet: strokes.to_vec(),
        empty: Vec::new(),
        step,
        of: 40,
        dropped: 0,
        step_millis: 21.0,
    }
}

/// The room with a model.
fn room() -> (Window, Script) {
    room_with(0)
}

/// The room with a model with so many layers that take a style.
fn room_with(layers: u32) -> (Window, Script) {
    let script = Script::default();
    let state = State { app: None, script: script.clone() };
    let builder = Harness::builder().with_size(vec2(1360.0, 1000.0)).with_max_steps(400);
    let mut window = builder.build_ui_state(|ui, state: &mut State| state.ui(ui), state);
    window.run_steps(4);
    window.get_by_role_and_label(Role::Button, "Explore").click();
    window.run_steps(3);
    let (ticket, ()) =
        script.newest(|request| matches!(request, Request::ListModels).then_some(())).expect("asked for");
    script.say(Event::Preview(ticket, Preview::Model(ModelShown { picture: None, ..model("toys") })));
    let toys = ModelShown { layers, ..model("toys") };
    script.say(Event::Done(ticket, Done::Models { models: vec![toys, model("cats")], problems: Vec::new() }));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "toys").click();
    window.run_steps(3);
    (window, script)
}

fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

fn studio(window: &Window) -> &Studio {
    app(window).studio().expect("a model was chosen")
}

fn perform(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").perform(&ctx, command);
    window.run_steps(3);
}

/// Drags over the picture, positions in its pixels.
fn stroke(window: &mut Window, from: (f32, f32), to: (f32, f32)) {
    let at = |window: &Window, (x, y): (f32, f32)| studio(window).stage.view.ui_from_image(ImagePos::new(x, y));
    let (start, end) = (at(window, from), at(window, to));
    drag(window, start, end);
}

fn drag(window: &mut Window, start: Pos2, end: Pos2) {
    let button = |pos: Pos2, pressed| Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(start);
    window.event(button(start, true));
    window.step();
    for part in [0.25, 0.5, 0.75, 1.0] {
        window.event(Input::PointerMoved(start.lerp(end, part)));
        window.step();
    }
    window.event(button(end, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}

/// Answers the newest search with `ids`, as its end.
fn settle(window: &mut Window, script: &Script, ids: &[u64]) {
    // A search that was asked for while another was out waits for that one's first preview.
    std::thread::sleep(std::time::Duration::from_millis(320));
    window.run_steps(3);
    let (ticket, exploration, _) = script.search();
    let strokes: Vec<StrokeId> = exploration.active_strokes().map(|stroke| stroke.id).collect();
    script.say(Event::Preview(ticket, Preview::Search(Box::new(found(ids, &strokes, 3)))));
    window.run_steps(2);
    script.say(Event::Done(ticket, Done::Explored(Box::new(found(ids, &strokes, 40)))));
    window.run_steps(3);
}

/// Answers the newest request for frames.
fn draw_frames(window: &mut Window, script: &Script) {
    let asked = script.newest(|request| match request {
        Request::DrawFrames { count, .. } => Some(*count),
        _ => None,
    });
    let (ticket, count) = asked.expect("frames were asked for");
    for index in 0..count {
        let at = index as f32 / (count - 1) as f32;
        let frame = FrameShown { index, at, latent: latent(at, 77.0), picture: picture(index as u8) };
        script.say(Event::Preview(ticket, Preview::Frame(frame)));
    }
    window.run_steps(3);
}

#[test]
fn the_picture_follows_a_stroke_and_undo_brings_the_answer_before_back() {
    let (mut window, script) = room();
    let (_, exploration, is_warm) = script.search();
    assert!(!is_warm && exploration.strokes.is_empty(), "random pictures to begin with");
    settle(&mut window, &script, &[1, 2, 3]);
    assert!(studio(&window).exploration().chosen.is_none(), "without a stroke nothing is chosen");
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    let (ticket, exploration, is_warm) = script.search();
    assert!(is_warm && exploration.strokes.len() == 1, "the search goes on with the stroke");
    assert!(matches!(exploration.strokes[0].tool, StrokeTool::Color { .. }), "of the color brush");
    let first = exploration.strokes[0].points[0];
    assert!((first.x - 10.0 / 64.0).abs() < 0.01, "in fractions of the picture: {first:?}");

    script.say(Event::Preview(ticket, Preview::Search(Box::new(found(&[2, 1], &[StrokeId(1)], 1)))));
    window.run_steps(2);
    assert!(window.query_by_label_contains("Step 1 of 40, 21 ms each").is_some(), "how far, and how fast");
    assert!(window.query_by_role_and_label(Role::Button, "Candidate 2").is_some(), "in the grid");
    settle(&mut window, &script, &[2, 1]);
    assert_eq!(studio(&window).exploration().chosen.as_ref().map(|pick| pick.id), Some(2), "the best is chosen");
    assert_eq!(studio(&window).history.position(), 1, "stroke and answer are one step");
    assert!(window.query_by_label_contains("Cannot be met").is_some(), "which stroke cannot be met is said");

    window.get_by_role_and_label(Role::Button, "Candidate 2").click();
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().chosen.as_ref().map(|pick| pick.id), Some(1), "another one");
    window.key_press(Key::ArrowLeft);
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().chosen.as_ref().map(|pick| pick.id), Some(2), "by the arrow keys");
    let searches = script.count(Lane::Optimize);
    for _ in 0..3 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(3);
    }
    assert!(studio(&window).exploration().strokes.is_empty(), "the stroke is gone");
    assert_eq!(script.count(Lane::Optimize), searches, "the answer before is known; nothing is searched for");
    assert_eq!(studio(&window).search.candidates().count(), 3, "and shown");
}

#[test]
fn the_slider_shows_frames_as_they_come_and_ends_take_candidates() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2, 3]);
    assert_eq!(script.count(Lane::Frames), 1, "frames of the way from its start");
    draw_frames(&mut window, &script);
    perform(&mut window, Command::PreviousFrame);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(14), "the last but one");
    perform(&mut window, Command::Play);
    assert!(studio(&window).player.is_playing(), "it plays");
    perform(&mut window, Command::Play);
    assert!(!studio(&window).player.is_playing(), "and stops");

    let from = window.get_by_role_and_label(Role::Button, "Candidate 3").rect().center();
    let to = window.get_by_role_and_label(Role::Button, "Start of the slider").rect().center();
    drag(&mut window, from, to);
    let slider = &studio(&window).exploration().slider;
    assert_eq!(slider.from.as_ref(), Some(&latent(3.0, 40.0)), "dragged onto the start");
    assert_eq!(script.count(Lane::Frames), 2, "another way, other frames");
}

#[test]
fn fixing_begins_anew_around_what_shows() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    window.key_press(Key::F);
    window.run_steps(3);
    let (_, exploration, is_warm) = script.search();
    let fixed = exploration.fixed.expect("fixed");
    assert!(!is_warm && fixed.latent == latent(1.0, 40.0), "where the picture was");
    assert_eq!(exploration.strokes.len(), 1, "strokes stay");
    window.key_press(Key::R);
    window.run_steps(3);
    let exploration = studio(&window).exploration();
    assert!(exploration.fixed.is_none() && exploration.strokes.is_empty(), "restarted");
}

#[test]
fn key_frames_make_a_path_and_can_be_dragged_and_deleted() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    for candidate in ["Candidate 1", "Candidate 2", "Candidate 3"] {
        window.get_by_role_and_label(Role::Button, candidate).click();
        window.run_steps(3);
        window.key_press(Key::M);
        window.run_steps(3);
    }
    let times: Vec<f32> = studio(&window).exploration().keys.iter().map(|key| key.time).collect();
    assert_eq!(times, [0.0, 0.5, 1.0], "the others make room");
    perform(&mut window, Command::SmoothPath);
    let asked = script.newest(|request| match request {
        Request::DrawFrames { way, .. } => Some(format!("{way:?}")),
        _ => None,
    });
    assert!(asked.is_some_and(|(_, way)| way.starts_with("Keys")), "frames of the path");
    let middle = window.get_by_role_and_label(Role::Button, "Key frame 2 at 50 %").rect().center();
    drag(&mut window, middle, middle + vec2(80.0, 0.0));
    let time = studio(&window).exploration().keys[1].time;
    assert!(time > 0.52 && studio(&window).key == Some(1), "dragged to {time}");
    perform(&mut window, Command::DeleteKeyFrame);
    assert_eq!(studio(&window).exploration().keys.len(), 2, "deleted");
    perform(&mut window, Command::Undo);
    assert_eq!(studio(&window).exploration().keys.len(), 3, "and back");
}

#[test]
fn strokes_are_weighed_hidden_and_deleted_in_their_list() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1]);
    window.key_press(Key::S);
    window.run_steps(2);
    assert_eq!(studio(&window).brush, Brush::Edge, "by its key");
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    window.get_by_label("Hide stroke 1 Edge").click();
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().active_strokes().count(), 0, "hidden");
    window.get_by_label("Delete stroke 1 Edge").click();
    window.run_steps(3);
    assert!(studio(&window).exploration().strokes.is_empty(), "deleted");
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::ToolStrokeEraser);
    perform(&mut window, Command::Undo);
    stroke(&mut window, (25.0, 0.0), (25.0, 40.0));
    assert!(studio(&window).exploration().strokes.is_empty(), "rubbed out");
}

#[test]
fn a_photo_is_cropped_by_hand_projected_and_edited() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ctx = window.ctx.clone();
    let open = Intent::Open(Source::Sample(0));
    window.state_mut().app.as_mut().expect("made in the first frame").handle(&ctx, open);
    let (ticket, ()) = script.newest(|request| (request.lane() == Lane::Open).then_some(())).expect("asked for");
    script.say(Event::Done(ticket, Done::Opened(Box::new(opened()))));
    window.run_steps(4);
    assert_eq!(studio(&window).portrait.view, PortraitView::Crop, "the square is to be set");
    let place = studio(&window).exploration().photo.as_ref().expect("a photo").place;
    let middle = studio(&window).stage.view.ui_from_image(place.center);
    drag(&mut window, middle, middle + vec2(-30.0, 0.0));
    let moved = studio(&window).exploration().photo.as_ref().expect("a photo").place;
    assert!(moved.center.x < place.center.x && moved.side == place.side, "dragged: {moved:?}");

    window.key_press(Key::Enter);
    window.run_steps(3);
    let asked = script.newest(|request| match request {
        Request::Project { place, method, .. } => Some((*place, *method)),
        _ => None,
    });
    let (ticket, (asked, method)) = asked.expect("a projection was asked for");
    assert_eq!((asked, method), (moved, ProjectMethod::Hybrid), "of this square");
    let projection = Projection { latent: latent(5.0, 5.0), method, error: 0.03 };
    let shown = ProjectionShown {
        projection: Some(Arc::new(projection)),
        error: 0.03,
        picture: picture(55),
        target: picture(60),
        progress: pentimento::control::Progress { fraction: 1.0, stage: "project" },
        remark: None,
    };
    script.say(Event::Done(ticket, Done::Projected(Box::new(shown))));
    window.run_steps(4);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(55), "the model's picture of it");
    assert!(window.query_by_label_contains("Error 0.0300").is_some(), "with its error");
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[4, 5]);
    perform(&mut window, Command::Transfer);
    let asked = script.newest(|request| match request {
        Request::Transfer { exploration, at, is_final } => Some((exploration.slider.clone(), *at, *is_final)),
        _ => None,
    });
    let (_, (slider, at, is_final)) = asked.expect("a transfer was asked for");
    assert_eq!(slider.from, Some(latent(5.0, 5.0)), "from the photo");
    assert_eq!((slider.to, at, is_final), (Some(latent(4.0, 40.0)), 1.0, true), "to the edit");
}

/// A drag of the pair `id` that has come to `x`, with the picture `value`.
fn dragged(id: StrokeId, step: usize, (x, value): (f32, u8), ending: Option<DragEnding>) -> DragShown {
    let target = PicturePos::new(0.5, 0.5);
    let distance = (0.5 - x) * SIDE as f32;
    let handles = vec![HandleShown { id, at: PicturePos::new(x, 0.5), target, distance }];
    let (from, latent) = (latent(1.0, 40.0), latent(x, 99.0));
    let (picture, drift) = (picture(value), None);
    DragShown { step, of: 60, handles, picture, from, latent, ending, drift }
}

#[test]
fn points_are_dragged_step_by_step_and_one_undo_takes_the_drag_back() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::ToolDrag);
    stroke(&mut window, (16.0, 32.0), (32.0, 32.0));
    assert_eq!(script.count(Lane::Optimize), 1, "searches are not asked about points");
    let (id, from, to) = studio(&window).exploration().pairs().next().expect("a pair");
    assert!((from.x - 0.25).abs() < 0.02 && (to.x - 0.5).abs() < 0.02, "{from:?} to {to:?}");
    assert!(window.query_by_label_contains("Point 1: 16.0 px to go").is_some(), "how far it is");
    perform(&mut window, Command::ToolMovable);
    stroke(&mut window, (16.0, 40.0), (40.0, 40.0));
    perform(&mut window, Command::DragPoints);
    let asked = script.newest(|request| match request {
        Request::Drag { exploration, latent, how } => Some((exploration.clone(), latent.clone(), how.steps)),
        _ => None,
    });
    let (ticket, (exploration, latent, steps)) = asked.expect("a drag was asked for");
    assert_eq!((exploration.pairs().count(), exploration.movable().count(), steps), (1, 1, 60), "as it was set");
    assert_eq!(Some(latent), studio(&window).latent(), "on the picture that shows");

    let before = studio(&window).history.position();
    script.say(Event::Preview(ticket, Preview::Drag(Box::new(dragged(id, 7, (0.375, 33), None)))));
    window.run_steps(3);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(33), "each step shows");
    assert!(window.query_by_label_contains("Step 7 of 60").is_some(), "how far");
    assert!(window.query_by_label_contains("Point 1: 8.0 px to go").is_some(), "and how near");
    script.say(Event::Done(ticket, Done::Dragged(Box::new(dragged(id, 12, (0.5, 44), Some(DragEnding::Reached))))));
    window.run_steps(4);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(44), "what it has come to");
    assert!(window.query_by_label_contains("All points are at their targets").is_some(), "and why it is over");
    let slider = studio(&window).exploration().slider.clone();
    assert_eq!((slider.from, slider.to), (Some(self::latent(1.0, 40.0)), Some(self::latent(0.5, 99.0))), "both ends");
    let (_, from, to) = studio(&window).exploration().pairs().next().expect("still there");
    assert_eq!(from, to, "the handle stands where it was brought");
    assert_eq!(studio(&window).history.position(), before + 1, "one step");
    perform(&mut window, Command::Undo);
    let exploration = studio(&window).exploration();
    assert!(exploration.slider.to.is_none() && exploration.pairs().all(|(_, from, to)| from != to), "all of it");
}

#[test]
fn a_drag_that_is_stopped_keeps_what_shows() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::ToolDrag);
    stroke(&mut window, (16.0, 32.0), (32.0, 32.0));
    let id = studio(&window).exploration().pairs().next().expect("a pair").0;
    window.get_by_role_and_label(Role::Button, "Start").click();
    window.run_steps(3);
    let asked = script.newest(|request| (request.lane() == Lane::Drag).then_some(()));
    let (ticket, ()) = asked.expect("a drag was asked for");
    script.say(Event::Preview(ticket, Preview::Drag(Box::new(dragged(id, 3, (0.3, 22), None)))));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Stop").click();
    window.run_steps(2);
    script.say(Event::Cancelled(ticket));
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().slider.to, Some(latent(0.3, 99.0)), "as far as it had come");
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(22), "and its picture");
}

#[test]
fn a_model_is_measured_and_its_findings_are_drawn() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    window.get_by_label("Measure").click();
    window.run_steps(4);
    window.get_by_role_and_label(Role::Button, "Path length").click();
    window.run_steps(3);
    let asked = script.newest(|request| match request {
        Request::Survey { model, what } => Some((model.clone(), *what)),
        _ => None,
    });
    let (ticket, (_, what)) = asked.expect("a measurement was asked for");
    assert_eq!(what, Survey::Paths(256), "a first impression");
    assert!(window.query_by_role_and_label(Role::Button, "Stop measuring").is_some(), "it can be stopped");
    let interval = |mean: f64| Interval { mean, low: mean - 1.0, high: mean + 1.0, count: 250 };
    let path = |space: PathSpace, mean: f64| PathLength {
        space,
        sampling: Default::default(),
        features: "own discriminator".to_owned(),
        is_ppl: false,
        pairs: 256,
        seed: 0,
        length: interval(mean),
    };
    let paths = vec![path(PathSpace::Z, 30.0), path(PathSpace::W, 12.5)];
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Paths(paths)))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("In w: 12.5 (11.5 to 13.5), 256 pairs").is_some(), "with its confidence");
    assert!(window.query_by_label_contains("Path length on own discriminator").is_some(), "and what it is of");
    let mixing = Mixing {
        features: "own discriminator".to_owned(),
        pairs: 32,
        seed: 0,
        layers: vec![interval(3.0), interval(2.0)],
        all: interval(4.0),
    };
    window.get_by_role_and_label(Role::Button, "Mixing").click();
    window.run_steps(3);
    let (ticket, ()) = script.newest(|request| (request.lane() == Lane::Survey).then_some(())).expect("asked for");
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Mixing(mixing)))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("Style of one layer").is_some(), "a bar for each layer");
}

fn opened() -> pentimento::worker::Opened {
    let photo = pentimento::samples::SAMPLES[0].photo;
    let photo =
        pentimento::imaging::io::decode(photo, &pentimento::imaging::io::Limits::default()).expect("a sound sample");
    let display = Arc::new(pentimento::imaging::DisplayPyramid::of_photo(&photo));
    let document = pentimento::document::Document::new(photo);
    let document = Some(pentimento::worker::OpenedDocument { document, display, shown: Vec::new() });
    pentimento::worker::Opened { document, exploration: None, sketch: None, path: None, is_session: false }
}

#[test]
fn each_room_keeps_its_state_and_its_commands() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    window.key_press(Key::F2);
    window.run_steps(3);
    assert_eq!(app(&window).room(), Room::Erase, "by its key");
    assert!(!Command::Fix.is_enabled(&app(&window).situation()), "not here");
    assert!(window.query_by_label("Drop a photo here").is_some(), "nothing is open there");
    window.get_by_role_and_label(Role::Button, "Explore").click();
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().strokes.len(), 1, "as it was left");
}

#[test]
fn no_command_panics_in_the_room() {
    let (mut window, script) = room();
    let last = [Command::CloseDocument, Command::Quit, Command::RoomErase, Command::RoomSketch];
    for round in 0..2 {
        for command in Command::iter().filter(|command| !last.contains(command) && *command != Command::Paste) {
            perform(&mut window, command);
            window.key_press(Key::Escape);
            window.run_steps(2);
        }
        if round == 0 {
            settle(&mut window, &script, &[1, 2, 3]);
            stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
            settle(&mut window, &script, &[3, 2, 1]);
            perform(&mut window, Command::AddKeyFrame);
            draw_frames(&mut window, &script);
        }
    }
    perform(&mut window, Command::CloseDocument);
    let lose = app(&window).text().get("unsaved-lose");
    window.get_by_label(&lose).click();
    window.run_steps(3);
    assert!(app(&window).studio().is_none(), "closed after a question");
}

#[test]
fn every_word_of_the_room_is_in_both_languages() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    for _ in 0..2 {
        let mut seen = words_of(&window);
        for command in [Command::ExportFrames, Command::ChooseModel, Command::Shortcuts] {
            perform(&mut window, command);
            seen.extend(words_of(&window));
            window.key_press(Key::Escape);
            window.run_steps(3);
        }
        let starts = ["command-", "explore-", "strokes-", "status-", "slider-", "portrait-", "map-", "hint-", "brush-"];
        let is_plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '.');
        let raw: Vec<_> =
            seen.iter().filter(|word| is_plain(word) && starts.iter().any(|s| word.starts_with(s))).collect();
        assert!(raw.is_empty(), "keys instead of words: {raw:?}");
        perform(&mut window, Command::NextLanguage);
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

#[test]
fn the_room_rests_when_nothing_is_done() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    draw_frames(&mut window, &script);
    // Autosave, notes to the disk and tooltips have their time.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    window.run_steps(3);
    let autosaves = script.newest(|request| (request.lane() == Lane::Autosave).then_some(()));
    script.say(Event::Done(autosaves.expect("the journal is written").0, Done::Autosaved));
    window.run_steps(30);
    let delay = window.output().viewport_output.values().map(|output| output.repaint_delay).min().expect("one");
    assert!(delay > std::time::Duration::from_hours(1), "the window wants to be drawn again after {delay:?}");
}

/// The newest request to steer, which is answered with a latent and a picture made of `value`.
fn steer_to(window: &mut Window, script: &Script, value: u8) -> Arc<Steering> {
    let asked = script.newest(|request| match request {
        Request::Steer { steering, .. } => Some(Arc::clone(steering)),
        _ => None,
    });
    let (ticket, steering) = asked.expect("it is steered");
    let latent = latent(f32::from(value), 1.0);
    script.say(Event::Done(ticket, Done::Steered { latent, picture: picture(value) }));
    window.run_steps(4);
    steering
}

#[test]
fn a_model_with_styles_is_steered_by_hand_and_undone() {
    let (mut window, script) = room_with(10);
    settle(&mut window, &script, &[1, 2, 3]);
    let pad = window.get_by_label("Pad of seeds").rect();
    drag(&mut window, pad.center(), pad.center() + vec2(48.0, 0.0));
    window.run_steps(2);
    let first = steer_to(&mut window, &script, 50);
    assert!(first.pad[0] > 0.0, "while the hand moves: {:?}", first.pad);
    let last = steer_to(&mut window, &script, 60);
    assert!((last.pad[0] - 0.5).abs() < 0.01 && last.pad[1] == 0.0, "half a seed: {:?}", last.pad);
    assert_eq!(studio(&window).history.position(), 1, "the drag is one step");
    let to = |window: &Window| studio(window).exploration().slider.to.as_ref().map(|latent| latent[0]);
    assert_eq!(to(&window), Some(60.0), "what was steered to is the slider's end");
    assert_eq!(studio(&window).picture(), Some(&picture(60)), "and shows");

    window.get_by_label("Pad of seeds").focus();
    window.run_steps(2);
    window.key_press(Key::ArrowDown);
    window.run_steps(3);
    assert!((steer_to(&mut window, &script, 70).pad[1] - 0.1).abs() < 1e-6, "a tenth of a row by key");
    perform(&mut window, Command::SteerSeed);
    let seed = steer_to(&mut window, &script, 80).seed();
    assert_ne!(seed, 0, "another seed");
    perform(&mut window, Command::Undo);
    assert_eq!((to(&window), studio(&window).history.position()), (Some(70.0), 2), "one back");
    steer_to(&mut window, &script, 70);

    window.get_by_role_and_label(Role::DisclosureTriangle, "Mixing").click();
    window.run_steps(3);
    window.get_by_label("Layer 3 from the other seed").click();
    window.run_steps(3);
    assert!(steer_to(&mut window, &script, 90).is_mixed(3), "by a box");
    perform(&mut window, Command::AddKeyFrame);
    assert_eq!(studio(&window).exploration().keys[0].latent[0], 90.0, "key frames take what was steered to");
    perform(&mut window, Command::SteerHere);
    let based = steer_to(&mut window, &script, 91);
    assert_eq!((based.base.as_ref().map(|latent| latent[0]), based.psi), (Some(90.0), 1.0), "from what shows");
}

#[test]
fn directions_are_found_moved_along_and_saved() {
    let (mut window, script) = room_with(10);
    let listed = script.newest(|request| match request {
        Request::Directions { asked: DirectionsAsked::List, model } => Some(model.clone()),
        _ => None,
    });
    assert_eq!(listed.expect("asked for").1, "toys", "those that were saved, once");
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::FindComponents);
    let (ticket, ()) = script
        .newest(|request| matches!(request, Request::Directions { asked: DirectionsAsked::Pca(_), .. }).then_some(()))
        .expect("asked for");
    let found = Direction { name: "component 1".to_owned(), vector: vec![1.0, 0.0].into(), sigma: 2.0 };
    let directions = vec![Arc::new(found)];
    let source = DirectionsSource::Found;
    script.say(Event::Done(ticket, Done::Directions { model: "toys".to_owned(), source, directions }));
    window.run_steps(3);
    window.get_by_role_and_label(Role::DisclosureTriangle, "Directions").click();
    window.run_steps(4);
    let slider = window.get_by_role_and_label(Role::Slider, "component 1").rect();
    drag(&mut window, slider.center(), slider.center() + vec2(20.0, 0.0));
    steer_to(&mut window, &script, 40);
    let edit = studio(&window).exploration().helm.steering.edits.first().cloned().expect("a step along it");
    assert!(edit.amount > 0.0 && (edit.first, edit.last) == (0, 9), "in all layers: {edit:?}");
    window.get_by_role_and_label(Role::Button, "Save component 1").click();
    window.run_steps(3);
    let saved = script.newest(|request| match request {
        Request::Directions { asked: DirectionsAsked::Save(direction), .. } => Some(direction.name.clone()),
        _ => None,
    });
    assert_eq!(saved.expect("asked for").1, "component 1", "under its own name");
}

#[test]
fn a_model_without_styles_has_nothing_to_steer() {
    let (window, script) = room();
    assert!(window.query_by_label("Pad of seeds").is_none(), "no pad");
    assert_eq!(script.count(Lane::DirectionFiles), 0, "and no directions are asked for");
}
