//! The room Sketch as a person uses it, without a display and without a network: requests are read, answers are made up.
#![cfg(feature = "gui")]
#![expect(clippy::unwrap_used, reason = "a test that finds nothing where something must be has failed")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Sketch;
use pentimento::document::sketch::{SketchKey, SketchResult};
use pentimento::imaging::ink::{Background, Mirror, Tool};
use pentimento::imaging::{ColorModel, Frame, ImagePos, Samples, Size};
use pentimento::library::{self, Settings};
use pentimento::ui::app::{App, Deps, Jobs, wake};
use pentimento::ui::clerk::Clerk;
use pentimento::ui::commands::{Command, Room};
use pentimento::ui::file_dialog::Purpose;
use pentimento::ui::intent::Intent;
use pentimento::ui::sketch::{DrawTool, Easel, ExportKind, Freshness, Shows};
use pentimento::worker::sketching::{
    ExportSketch, ImportedDrawing, Quality, SketchDone, SketchExport, SketchRequest, SketchShown, ThemeInfo,
    VariantShown,
};
use pentimento::worker::{Done, Event, Failure, Lane, Request, Ticket};
use strum::IntoEnumIterator as _;

/// Side of the paper in the units of its view.
const PAPER: f32 = 1024.0;

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

    fn done(&self, ticket: Ticket, done: SketchDone) {
        self.say(Event::Done(ticket, Done::Sketch(done)));
    }

    /// The newest request about sketches that `pick` takes, with its ticket.
    fn newest<T>(&self, pick: impl Fn(&SketchRequest) -> Option<T>) -> Option<(Ticket, T)> {
        let sent = self.sent.borrow();
        sent.iter().enumerate().rev().find_map(|(at, request)| match request {
            Request::Sketch(asked) => Some((Ticket(at as u64 + 1), pick(asked)?)),
            _ => None,
        })
    }

    #[track_caller]
    fn painting(&self) -> (Ticket, Sketch, Quality) {
        let found = self.newest(|request| match request {
            SketchRequest::Paint { sketch, quality } => Some((sketch.clone(), *quality)),
            _ => None,
        });
        let (ticket, (sketch, quality)) = found.expect("a picture was asked for");
        (ticket, sketch, quality)
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
    let size = Size::new(64, 64);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).expect("it fits")
}

fn result(of: SketchKey, value: u8, quality: Quality) -> Arc<SketchResult> {
    let is_full = quality == Quality::Full;
    Arc::new(SketchResult { picture: picture(value), of, network: "toy".to_owned(), is_full })
}

fn theme(name: &str) -> ThemeInfo {
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
fn room_with(themes: Vec<ThemeInfo>) -> (Window, Script) {
    let script = Script::default();
    let state = State { app: None, script: script.clone() };
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

fn room() -> (Window, Script) {
    room_with(vec![theme("cats"), theme("robots")])
}

fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

fn easel(window: &Window) -> &Easel {
    app(window).easel().expect("the room has a paper")
}

fn sketch(window: &Window) -> &Sketch {
    easel(window).sketch()
}

fn perform(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").perform(&ctx, command);
    window.run_steps(3);
}

fn handle(window: &mut Window, intent: Intent) {
    let ctx = window.ctx.clone();
    window.state_mut().app.as_mut().expect("made in the first frame").handle(&ctx, intent);
    window.run_steps(3);
}

/// Where a position on the paper, 0..=1, lies in the window.
fn on_paper(window: &Window, (x, y): (f32, f32)) -> Pos2 {
    easel(window).paper.view.ui_from_image(ImagePos::new(x * PAPER, y * PAPER))
}

fn button(pos: Pos2, button: PointerButton, pressed: bool) -> Input {
    Input::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
}

/// Puts the pen down and moves it, without lifting it.
fn press(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) -> Pos2 {
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

fn stroke_with(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) {
    let end = press(window, from, to, with);
    window.event(button(end, with, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}

fn stroke(window: &mut Window, from: (f32, f32), to: (f32, f32)) {
    stroke_with(window, from, to, PointerButton::Primary);
}

fn click(window: &mut Window, at: (f32, f32)) {
    stroke(window, at, at);
}

fn shown(sketch: &Sketch, value: u8, quality: Quality) -> Box<SketchShown> {
    let key = sketch.key();
    Box::new(SketchShown {
        key,
        result: Some(result(key, value, quality)),
        is_kept: false,
        ink_millis: 1.0,
        network_millis: 40.0,
        millis: 42.0,
        remark: None,
    })
}

/// Answers the newest request for a picture with one of grey `value`.
fn paint(window: &mut Window, script: &Script, value: u8) -> Quality {
    let (ticket, asked, quality) = script.painting();
    script.done(ticket, SketchDone::Painted(shown(&asked, value, quality)));
    window.run_steps(3);
    quality
}

/// Answers until the picture at full size is there.
fn settle(window: &mut Window, script: &Script, value: u8) {
    for _ in 0..3 {
        if paint(window, script, value) == Quality::Full {
            return;
        }
    }
    panic!("no picture of full size was asked for");
}

#[test]
fn a_stroke_becomes_a_picture_and_one_undo_takes_both_back() {
    let (mut window, script) = room();
    assert!(window.query_by_label("Draw a cat here; it looks back.").is_some(), "an empty paper explains itself");
    assert_eq!(script.count(Lane::Sketch), 0, "nothing runs for a blank paper");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!((strokes.len(), strokes[0].tool), (1, Tool::Pen), "a line of the pen");
    let first = strokes[0].samples[0];
    assert!((first.x - 0.2).abs() < 0.01 && (first.y - 0.2).abs() < 0.01, "where it was drawn: {first:?}");
    settle(&mut window, &script, 100);
    assert_eq!(easel(&window).freshness(), Freshness::Fresh, "the picture belongs to the lines");
    assert!(window.query_by_label("Up to date").is_some() && window.query_by_label("42 ms").is_some(), "it says so");
    let asked = script.count(Lane::Sketch);
    window.run_steps(5);
    assert_eq!(script.count(Lane::Sketch), asked, "nothing runs when nothing has changed");

    stroke(&mut window, (0.2, 0.6), (0.7, 0.6));
    settle(&mut window, &script, 200);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(200), "of both lines");
    let asked = script.count(Lane::Sketch);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(4);
    assert_eq!(sketch(&window).stroke_count(), 1, "the stroke is gone");
    assert_eq!(easel(&window).picture().unwrap().picture, picture(100), "and its picture with it");
    assert_eq!(script.count(Lane::Sketch), asked, "the picture before is known");
    perform(&mut window, Command::Redo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(200), "there again");
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::Undo);
    assert!(easel(&window).picture().is_none() && sketch(&window).is_blank(), "an empty paper has no picture");
    assert!(window.query_by_label("Your picture appears here").is_some(), "and says where it will be");
}

#[test]
fn the_picture_follows_while_the_pen_is_down_one_request_at_a_time() {
    let (mut window, script) = room();
    let end = press(&mut window, (0.2, 0.2), (0.7, 0.3), PointerButton::Primary);
    let (ticket, asked, quality) = script.painting();
    assert_eq!(quality, Quality::Preview, "small, at once");
    assert_eq!(script.count(Lane::Sketch), 1, "one at a time, however the pen moves");
    assert_eq!(asked.stroke_count(), 1, "with the unfinished stroke");
    assert_eq!(sketch(&window).stroke_count(), 0, "which is no step yet");
    assert!(window.query_by_label("Painting…").is_some(), "it says that it is busy");
    script.done(ticket, SketchDone::Painted(shown(&asked, 50, quality)));
    window.step();
    assert_eq!(easel(&window).picture().unwrap().picture, picture(50), "it shows while the pen is down");
    let (_, newer, quality) = script.painting();
    assert!(newer.key() != asked.key() && quality == Quality::Preview, "and the newest lines are next");
    window.event(button(end, PointerButton::Primary, false));
    window.step();
    window.run_steps(2);
    settle(&mut window, &script, 90);
    assert!(sketch(&window).is_fresh(), "at full size when the pen is up");
    let position = easel(&window).history.position();
    assert_eq!(position, 1, "stroke and pictures are one step");
}

#[test]
fn escape_gives_a_stroke_up_and_the_other_button_erases() {
    let (mut window, _) = room();
    let end = press(&mut window, (0.2, 0.2), (0.7, 0.3), PointerButton::Primary);
    window.key_press(Key::Escape);
    window.step();
    window.event(button(end, PointerButton::Primary, false));
    window.run_steps(2);
    assert_eq!(easel(&window).history.position(), 0, "nothing was drawn");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    stroke_with(&mut window, (0.4, 0.1), (0.4, 0.4), PointerButton::Secondary);
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!(strokes.last().unwrap().tool, Tool::Eraser, "the eraser's end");
    assert!(strokes.last().unwrap().size > strokes[0].size * 4.0, "in its own size");
}

#[test]
fn keys_pick_tools_and_size_them() {
    let (mut window, _) = room();
    let keys = [
        (Key::E, DrawTool::Eraser),
        (Key::L, DrawTool::Line),
        (Key::C, DrawTool::Curve),
        (Key::H, DrawTool::Hint),
        (Key::B, DrawTool::Pen),
    ];
    for (key, tool) in keys {
        window.key_press(key);
        window.run_steps(2);
        assert_eq!(easel(&window).tool, tool, "{key:?}");
    }
    let before = easel(&window).kit.size(DrawTool::Pen);
    let eraser = easel(&window).kit.size(DrawTool::Eraser);
    window.key_press(Key::CloseBracket);
    window.run_steps(2);
    assert!(easel(&window).kit.size(DrawTool::Pen) > before, "wider");
    assert_eq!(easel(&window).kit.size(DrawTool::Eraser), eraser, "the eraser keeps its own");
    window.key_press(Key::S);
    window.run_steps(2);
    assert_eq!(easel(&window).kit.smoothing, 0.0, "off");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    let stroke = &sketch(&window).layers[0].strokes()[0];
    assert_eq!((stroke.smoothing, stroke.streamline), (0.0, 0.0), "exactly what the hand did");
}

#[test]
fn lines_curves_hints_and_the_mirror() {
    let (mut window, _) = room();
    window.key_press(Key::L);
    stroke(&mut window, (0.1, 0.1), (0.4, 0.3));
    window.key_press(Key::C);
    window.run_steps(2);
    for at in [(0.1, 0.5), (0.25, 0.4), (0.4, 0.5)] {
        click(&mut window, at);
    }
    assert_eq!(sketch(&window).stroke_count(), 1, "a curve waits for its end");
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(sketch(&window).stroke_count(), 2, "Enter ends it");
    window.key_press(Key::H);
    window.run_steps(2);
    stroke(&mut window, (0.2, 0.7), (0.4, 0.7));
    let hint = sketch(&window).layers[0].strokes()[2].clone();
    assert_eq!((hint.tool, hint.color), (Tool::Hint, easel(&window).kit.color), "a colour");
    window.key_press(Key::M);
    window.run_steps(2);
    assert_eq!(sketch(&window).mirror, Some(Mirror::MIDDLE), "a mirror");
    window.key_press(Key::B);
    window.run_steps(2);
    stroke(&mut window, (0.1, 0.8), (0.3, 0.9));
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!(strokes.len(), 5, "both sides");
    let (left, right) = (strokes[3].samples[0], strokes[4].samples[0]);
    assert!((left.x + right.x - 1.0).abs() < 1e-4 && left.y == right.y, "mirrored: {left:?} {right:?}");
    perform(&mut window, Command::Undo);
    assert_eq!(sketch(&window).stroke_count(), 3, "both are one step");
}

#[test]
fn layers_are_added_hidden_soloed_renamed_and_deleted() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    perform(&mut window, Command::AddLayer);
    assert_eq!(sketch(&window).layers.len(), 2, "a second one");
    stroke(&mut window, (0.2, 0.5), (0.7, 0.5));
    assert_eq!(sketch(&window).layers[1].strokes().len(), 1, "drawn on");
    window.get_by_role_and_label(Role::Button, "Hide Layer 2").click();
    window.run_steps(3);
    assert_eq!(sketch(&window).counting_strokes().len(), 1, "hidden");
    stroke(&mut window, (0.2, 0.8), (0.7, 0.8));
    let toast = app(&window).notifications().shown().next().map(|(_, words, _)| words.to_owned());
    assert!(toast.is_some_and(|words| words.contains("hidden")), "it says why nothing is drawn");
    assert_eq!(sketch(&window).stroke_count(), 2, "nothing is");
    window.get_by_role_and_label(Role::Button, "Show Layer 2").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Solo Layer 1").click();
    window.run_steps(3);
    paint(&mut window, &script, 40);
    let (_, asked, _) = script.painting();
    assert!(asked.layers[0].is_solo, "the picture is made of the soloed layer");
    window.get_by_role_and_label(Role::Button, "Layer 1").click();
    window.run_steps(3);
    assert_eq!(sketch(&window).active, sketch(&window).layers[0].id, "drawn on now");
    perform(&mut window, Command::LayerUp);
    assert_eq!(sketch(&window).layers[1].name, "Layer 1", "moved up");
    perform(&mut window, Command::RenameLayer);
    window.get_by_role_and_label(Role::TextInput, "Name of the layer").type_text("whiskers ");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(sketch(&window).layers[1].name.contains("whiskers"), "renamed: {}", sketch(&window).layers[1].name);
    perform(&mut window, Command::DeleteLayer);
    assert_eq!(sketch(&window).layers.len(), 1, "deleted");
    perform(&mut window, Command::Undo);
    assert_eq!(sketch(&window).layers.len(), 2, "and back");
}

#[test]
fn exports_ask_for_a_file_and_name_what_is_written() {
    let (mut window, script) = room();
    assert!(!Command::ExportInk.is_enabled(&app(&window).situation()), "not of an empty paper");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.get_by_role_and_label(Role::Button, "Export").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Export as SVG…").click();
    window.run_steps(3);
    assert!(window.query_by_label("Export as SVG").is_some(), "it asks for a file");
    window.key_press(Key::Escape);
    window.run_steps(3);
    for kind in ExportKind::iter() {
        let path = Path::new("/tmp/drawing").to_owned();
        handle(&mut window, Intent::UsePath(Purpose::Sketch(kind), path));
        let asked = script.newest(|request| match request {
            SketchRequest::Export(export) => Some(export.clone()),
            _ => None,
        });
        let (ticket, ExportSketch { sketch, path, what }) = asked.expect("asked for");
        assert_eq!(sketch.stroke_count(), 1, "a snapshot");
        let extension = path.extension().unwrap().to_string_lossy().into_owned();
        assert_eq!(extension, kind.extensions()[0], "{kind:?} has its ending");
        if kind == ExportKind::Result {
            assert_eq!(what, SketchExport::Result { background: Background::Keep }, "as it shows");
        }
        script.done(ticket, SketchDone::Exported { path, bytes: 1234 });
        window.run_steps(2);
    }
    perform(&mut window, Command::ToggleTransparent);
    handle(&mut window, Intent::UsePath(Purpose::Sketch(ExportKind::Result), "/tmp/a.png".into()));
    let asked = script.newest(|request| match request {
        SketchRequest::Export(export) => Some(export.what.clone()),
        _ => None,
    });
    assert_eq!(asked.unwrap().1, SketchExport::Result { background: Background::White }, "without its background");
}

#[test]
fn without_a_theme_one_can_draw_and_is_told_why_no_picture_comes() {
    let (mut window, script) = room_with(Vec::new());
    assert!(window.query_by_label("No theme is installed").is_some(), "it says so");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    assert_eq!(sketch(&window).stroke_count(), 1, "drawn all the same");
    assert_eq!(script.count(Lane::Sketch), 0, "nothing is asked for");
    assert!(Command::ExportInk.is_enabled(&app(&window).situation()), "and it can be written");
    assert!(!Command::PaintNow.is_enabled(&app(&window).situation()), "but not painted");
}

#[test]
fn another_theme_paints_the_same_lines_and_is_one_step() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press_modifiers(Modifiers::COMMAND, Key::M);
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Robots").click();
    window.run_steps(3);
    assert_eq!(&*sketch(&window).theme, "robots", "chosen");
    let (_, asked, _) = script.painting();
    assert_eq!((&*asked.theme, asked.stroke_count()), ("robots", 1), "the same lines");
    let loaded = script.newest(|request| match request {
        SketchRequest::LoadTheme { theme } => Some(theme.clone()),
        _ => None,
    });
    assert_eq!(loaded.map(|(_, theme)| theme).as_deref(), Some("robots"), "its networks are loaded");
    settle(&mut window, &script, 30);
    perform(&mut window, Command::Undo);
    assert_eq!(&*sketch(&window).theme, "cats", "back");
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "with its picture");
}

#[test]
fn a_variant_is_adopted_by_a_click_as_one_step() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press(Key::V);
    window.run_steps(3);
    let asked = script.newest(|request| match request {
        SketchRequest::Variants { sketch, seeds } => Some((sketch.clone(), seeds.clone())),
        _ => None,
    });
    let (ticket, (asked, seeds)) = asked.expect("variants were asked for");
    assert!(seeds.len() >= 4 && !seeds.contains(&Sketch::STEADY), "other seeds: {seeds:?}");
    let variant = |(index, &seed): (usize, &u64)| {
        let mut own = asked.clone();
        own.set_seed(seed);
        VariantShown { index, seed, result: result(own.key(), 10 + index as u8, Quality::Full) }
    };
    script.done(ticket, SketchDone::Variants(seeds.iter().enumerate().map(variant).collect()));
    window.run_steps(3);
    let count = script.count(Lane::Sketch);
    window.get_by_role_and_label(Role::Button, "Variant 3").click();
    window.run_steps(3);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(12), "it shows at once");
    assert_eq!(script.count(Lane::Sketch), count, "and is not painted again");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "one step");
}

#[test]
fn a_failure_is_a_sentence_and_is_not_tried_again_by_itself() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    let (ticket, ..) = script.painting();
    let failure =
        Failure { key: "error-no-model", headline: "the weights are broken".to_owned(), details: String::new() };
    script.say(Event::Failed(ticket, failure));
    window.run_steps(4);
    let count = script.count(Lane::Sketch);
    window.run_steps(4);
    assert_eq!(script.count(Lane::Sketch), count, "once");
    assert!(app(&window).notifications().shown().next().is_some(), "it says so");
    stroke(&mut window, (0.2, 0.4), (0.7, 0.4));
    assert!(script.count(Lane::Sketch) > count, "other lines may work");
}

#[test]
fn live_can_be_switched_off_and_enter_paints() {
    let (mut window, script) = room();
    window.get_by_role_and_label(Role::Button, "Live").click();
    window.run_steps(3);
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    assert_eq!(script.count(Lane::Sketch), 0, "nothing by itself");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(script.painting().2, Quality::Full, "on demand");
    paint(&mut window, &script, 77);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(77), "it shows");
}

#[test]
fn the_picture_shows_beside_the_paper_on_it_or_not_at_all() {
    let (mut window, _) = room();
    for (key, shows) in [(Key::O, Shows::Over), (Key::W, Shows::Nowhere), (Key::D, Shows::Beside)] {
        window.key_press(key);
        window.run_steps(3);
        assert_eq!(easel(&window).looks.shows, shows, "{key:?}");
    }
}

#[test]
fn a_photo_lies_under_the_paper_and_a_drawing_becomes_strokes() {
    let (mut window, script) = room();
    handle(&mut window, Intent::UsePath(Purpose::Under, "/tmp/cat.jpg".into()));
    let asked = script.newest(|request| matches!(request, SketchRequest::Import { .. }).then_some(()));
    let (ticket, ()) = asked.expect("it is read");
    let drawing = ImportedDrawing::Picture { picture: picture(128), is_photo: true, strokes: Vec::new() };
    script.done(ticket, SketchDone::Imported(Box::new(drawing)));
    window.run_steps(3);
    assert!(sketch(&window).under_drawing.is_some(), "under the paper");
    assert_eq!(sketch(&window).stroke_count(), 0, "and nothing is drawn");
    perform(&mut window, Command::ToggleUnder);
    assert!(!easel(&window).looks.has_under, "hidden");
    perform(&mut window, Command::DropUnder);
    assert!(sketch(&window).under_drawing.is_none(), "taken away");
}

#[test]
fn clearing_is_undone_and_the_room_can_be_left_and_entered() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run_steps(3);
    assert!(sketch(&window).is_blank(), "cleared");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "back, with its picture");
    window.key_press(Key::F2);
    window.run_steps(3);
    assert_eq!(app(&window).room(), Room::Erase, "the first room");
    assert!(window.query_by_role_and_label(Role::Button, "Empty paper").is_some(), "its start page leads here");
    window.key_press(Key::F4);
    window.run_steps(3);
    assert_eq!((app(&window).room(), sketch(&window).stroke_count()), (Room::Sketch, 1), "as it was");
}

#[test]
fn every_command_of_the_room_runs() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    for command in Command::iter().filter(|command| command.is_in(Room::Sketch)) {
        if matches!(command, Command::Quit | Command::RoomErase | Command::RoomExplore | Command::NextLanguage) {
            continue;
        }
        perform(&mut window, command);
        window.key_press(Key::Escape);
        window.run_steps(2);
        assert!(easel(&window).sketch().validate().is_ok(), "{command:?} leaves a sound sketch");
    }
}
