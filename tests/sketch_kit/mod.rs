//! The room Sketch in a window whose worker is a script, with made-up themes and pictures.

#[path = "../window_kit/mod.rs"]
mod window_kit;

use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{PointerButton, Pos2};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Sketch;
use pentimento::document::sketch::{SketchKey, SketchResult};
use pentimento::imaging::ImagePos;
use pentimento::ui::sketch::Easel;
use pentimento::worker::schooling::ProfileId;
use pentimento::worker::sketching::{Quality, SketchDone, SketchRequest, SketchShown, ThemeInfo};
use pentimento::worker::{Done, Event, Request, Ticket, Worker, WorkerOptions};
pub(crate) use window_kit::{Script, Window, app, button, handle, perform, picture};

/// Side of the paper in the units of its view.
pub(crate) const PAPER: f32 = 1024.0;

/// What is asked and told about sketches.
pub(crate) trait Sketching {
    fn done(&self, ticket: Ticket, done: SketchDone);

    /// The newest request about sketches that `pick` takes, with its ticket.
    fn newest<T>(&self, pick: impl Fn(&SketchRequest) -> Option<T>) -> Option<(Ticket, T)>;

    fn painting(&self) -> (Ticket, Sketch, Quality);
}

impl Sketching for Script {
    fn done(&self, ticket: Ticket, done: SketchDone) {
        self.say(Event::Done(ticket, Done::Sketch(done)));
    }

    fn newest<T>(&self, pick: impl Fn(&SketchRequest) -> Option<T>) -> Option<(Ticket, T)> {
        self.asked(|request| match request {
            Request::Sketch(asked) => pick(asked),
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
        takes_photos: false,
        live: name.to_owned(),
        best: name.to_owned(),
    }
}

/// The room, with these themes installed.
pub(crate) fn room_with(themes: Vec<ThemeInfo>) -> (Window, Script) {
    room_of(&Script::default(), themes, None)
}

/// The room with a worker that keeps a gallery in `folder`; `profile` drew last.
pub(crate) fn room_with_gallery(themes: Vec<ThemeInfo>, folder: &Path, profile: Option<ProfileId>) -> (Window, Script) {
    let options = WorkerOptions { threads: Some(1), gallery: Some(folder.to_owned()), ..WorkerOptions::default() };
    let worker = Worker::start(Arc::new(|| {}), options).expect("a thread");
    room_of(&Script::with_school(worker), themes, profile)
}

fn room_of(script: &Script, themes: Vec<ThemeInfo>, profile: Option<ProfileId>) -> (Window, Script) {
    let mut window = window_kit::open_for(script, 900.0, profile);
    window.get_by_role_and_label(Role::Button, "Sketch").click();
    window.run_steps(3);
    let asked = script.newest(|request| matches!(request, SketchRequest::ListThemes).then_some(()));
    let (ticket, ()) = asked.expect("themes were asked for");
    script.done(ticket, SketchDone::Themes { themes, problems: Vec::new() });
    window.run_steps(3);
    (window, script.clone())
}

pub(crate) fn room() -> (Window, Script) {
    room_with(vec![theme("cats"), theme("robots")])
}

pub(crate) fn easel(window: &Window) -> &Easel {
    app(window).easel().expect("the room has a paper")
}

pub(crate) fn sketch(window: &Window) -> &Sketch {
    easel(window).sketch()
}

/// Where a position on the paper, 0..=1, lies in the window.
pub(crate) fn on_paper(window: &Window, (x, y): (f32, f32)) -> Pos2 {
    easel(window).paper.view.ui_from_image(ImagePos::new(x * PAPER, y * PAPER))
}

/// Puts the pen down and moves it, without lifting it.
pub(crate) fn press(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) -> Pos2 {
    let ends = (on_paper(window, from), on_paper(window, to));
    window_kit::press(window, ends, with);
    ends.1
}

pub(crate) fn stroke_with(window: &mut Window, from: (f32, f32), to: (f32, f32), with: PointerButton) {
    let ends = (on_paper(window, from), on_paper(window, to));
    window_kit::drag(window, ends, with);
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
    paint_with(window, script, value, |shown| shown)
}

/// As [`paint`], with what `change` makes of the answer.
pub(crate) fn paint_with(
    window: &mut Window,
    script: &Script,
    value: u8,
    change: impl FnOnce(SketchShown) -> SketchShown,
) -> Quality {
    let (ticket, asked, quality) = script.painting();
    script.done(ticket, SketchDone::Painted(Box::new(change(shown(&asked, value, quality)))));
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
