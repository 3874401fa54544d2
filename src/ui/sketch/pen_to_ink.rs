//! From pen to ink as a figure: the whole window without a display hears a pen, and each of its frames is timed and looked at.
//!
//! A frame begins with the events that came since the one before and ends with the triangles that a graphics card is given. Logic,
//! layout, drawing and tessellation are the window's own, and so is the worker that paints meanwhile. Neither the card's work nor the
//! screen's is in it. [`measure`] waits between frames as a screen does, so it never runs on the window's thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use egui::epaint::{ClippedPrimitive, Primitive};
use egui::{Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};

use super::pen::PAPER;
use crate::document::Sketch;
use crate::document::sketch::SketchResult;
use crate::imaging::ImagePos;
use crate::imaging::ink::{Stroke, Tool, shapes};
use crate::library::Settings;
use crate::ui::app::{App, Deps, wake};
use crate::ui::clerk::Clerk;
use crate::ui::commands::Command;
use crate::ui::theme::sketch::INK;
use crate::worker::sketching::Themes;
use crate::worker::{Worker, WorkerOptions};

/// What a screen that shows sixty frames a second gives to each.
pub const FRAME: Duration = Duration::from_micros(16_667);

/// Points from the pen within which ink is under it.
const NEAR: f32 = 2.5;
/// Points that the pen moves between frames at least, so that ink of the frame before is not under it.
const FAR: f32 = 6.0;
/// Frames that are followed to see when ink arrives.
const FOLLOWED: usize = 30;
/// How long the themes may take to be read and loaded.
const PATIENCE: Duration = Duration::from_secs(20);
/// The window's size in points, as when it is opened for the first time.
const WINDOW: egui::Vec2 = vec2(1360.0, 860.0);

/// Who draws what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Hand {
    /// Ten strokes on an empty paper, one event a frame.
    TenStrokes,
    /// One stroke of 10,000 points on an empty paper, sixteen events a frame as from a mouse with 1,000 a second.
    LongStroke,
    /// Ten strokes on a paper with 10,000 others, one event a frame.
    FullPaper,
}

impl Hand {
    /// What it is called in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TenStrokes => "10 strokes",
            Self::LongStroke => "a stroke of 10,000 points",
            Self::FullPaper => "10 strokes over 10,000",
        }
    }

    const fn events_a_frame(self) -> usize {
        if matches!(self, Self::LongStroke) { 16 } else { 1 }
    }

    /// What is on the paper before.
    fn before(self) -> Vec<Arc<Stroke>> {
        let count = if matches!(self, Self::FullPaper) { 10_000 } else { 0 };
        let tick = |n: usize| {
            let (x, y) = ((n % 100) as f32 / 100.0, (n / 100) as f32 / 100.0);
            Arc::new(Stroke::computed(Tool::Pen, shapes::line((x, y), (x + 0.008, y + 0.006))))
        };
        (0..count).map(tick).collect()
    }

    /// Where the pen goes on the paper, 0..=1: strokes of points, none of which comes near to another.
    fn strokes(self) -> Vec<Vec<(f32, f32)>> {
        let row = |y: f32, count: usize| {
            let at = move |n: usize| n as f32 / (count - 1) as f32;
            (0..count).map(move |n| (0.05 + 0.9 * at(n), y + 0.02 * (at(n) * 12.0).sin()))
        };
        if self.events_a_frame() == 1 {
            return (0..10).map(|n| row(0.06 + 0.09 * n as f32, 40).collect()).collect();
        }
        // There and back, row below row, as one line.
        let rows = (0..16).flat_map(|n| {
            let mut points: Vec<_> = row(0.06 + 0.058 * n as f32, 640).collect();
            if n % 2 == 1 {
                points.reverse();
            }
            points
        });
        vec![rows.collect()]
    }
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PenToInk {
    /// Frames in which the pen was down or lifted.
    pub frames: usize,
    /// Points that it drew.
    pub points: usize,
    /// How many frames after its event ink was under the pen, at worst: 0 is the same frame.
    pub frames_behind: usize,
    /// Milliseconds from events to triangles, in the middle of all frames.
    pub median_ms: f64,
    /// Milliseconds of the longest frame.
    pub worst_ms: f64,
    /// Frames that took longer than [`FRAME`].
    pub late: usize,
    /// Pictures that the worker finished meanwhile.
    pub pictures: usize,
}

/// Lets `hand` draw in a window whose worker has `themes`, the first of which it paints; without any, nothing is painted.
///
/// # Errors
/// When the system gives no thread.
pub fn measure(hand: Hand, themes: Themes) -> anyhow::Result<PenToInk> {
    let mut desk = Desk::open(hand.before(), themes)?;
    let mut watch = Watch::default();
    let mut points = 0;
    for stroke in hand.strokes() {
        let places: Vec<Pos2> = stroke.iter().map(|&at| desk.on_paper(at)).collect();
        points += places.len();
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else { continue };
        desk.frame(vec![Event::PointerMoved(first)]);
        watch.look(&mut desk, vec![button(first, true)], None);
        for group in places[1..].chunks(hand.events_a_frame()) {
            let events = group.iter().map(|&at| Event::PointerMoved(at)).collect();
            watch.look(&mut desk, events, group.last().copied());
        }
        watch.look(&mut desk, vec![button(last, false)], None);
    }
    Ok(watch.sum(points))
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// The window without a display.
struct Desk {
    ctx: egui::Context,
    app: App,
    begun: Instant,
    /// When the next frame is due.
    next: Instant,
}

impl Desk {
    /// A window with these strokes on its paper, its networks loaded.
    fn open(strokes: Vec<Arc<Stroke>>, themes: Themes) -> anyhow::Result<Self> {
        let ctx = egui::Context::default();
        let worker = Worker::start(wake(&ctx), WorkerOptions { themes, ..WorkerOptions::default() });
        let deps = Deps {
            jobs: Box::new(worker.context("cannot start the worker thread")?),
            clerk: Clerk::start(None, wake(&ctx)).context("cannot start the thread that keeps settings")?,
            preferences: Settings::default(),
            recent: Vec::new(),
            has_leftover: false,
            has_file_dialogs: false,
        };
        let (mut app, begun) = (App::new(&ctx, deps), Instant::now());
        // Nothing is hung up here.
        app.school.is_shut = true;
        let mut desk = Self { ctx, app, begun, next: begun };
        desk.frame(Vec::new());
        desk.app.perform(&desk.ctx.clone(), Command::RoomSketch);
        desk.settle();
        let theme = desk.app.easel().map_or_else(String::new, |easel| easel.sketch().theme.to_string());
        let mut sketch = Sketch::new(theme, "");
        sketch.add_strokes(strokes);
        desk.app.show_sketch(sketch, None, false);
        desk.settle();
        Ok(desk)
    }

    /// Draws frames until nothing is under way.
    fn settle(&mut self) {
        let begun = Instant::now();
        for n in 0.. {
            self.frame(Vec::new());
            if begun.elapsed() > PATIENCE || n >= FOLLOWED && !self.app.is_busy() {
                return;
            }
        }
    }

    /// Where a place on the paper, 0..=1, lies in the window.
    fn on_paper(&self, (x, y): (f32, f32)) -> Pos2 {
        let place = ImagePos::new(x * PAPER, y * PAPER);
        self.app.easel().map_or(Pos2::ZERO, |easel| easel.paper.view.ui_from_image(place))
    }

    /// Waits until a frame is due, draws it, and says how long that took and which triangles it has.
    fn frame(&mut self, events: Vec<Event>) -> (Duration, Vec<ClippedPrimitive>) {
        std::thread::sleep(self.next.saturating_duration_since(Instant::now()));
        self.next = Instant::now() + FRAME;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), WINDOW)),
            time: Some(self.begun.elapsed().as_secs_f64()),
            focused: true,
            events,
            ..RawInput::default()
        };
        let Self { ctx, app, .. } = self;
        let begun = Instant::now();
        let mut output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
        let work = begun.elapsed();
        // Nobody uploads them: there is no graphics card.
        output.textures_delta.clear();
        (work, triangles)
    }
}

/// Looks at frames.
#[derive(Default)]
struct Watch {
    times: Vec<Duration>,
    /// Where the pen was, and in which frame, as long as there is no ink.
    waiting: VecDeque<(usize, Pos2)>,
    /// Where it was last.
    before: Option<Pos2>,
    frames_behind: usize,
    picture: Option<Arc<SketchResult>>,
    pictures: usize,
}

impl Watch {
    /// Draws a frame with `events`, after which the pen is at `pen`, if it has moved.
    fn look(&mut self, desk: &mut Desk, events: Vec<Event>, pen: Option<Pos2>) {
        let (took, triangles) = desk.frame(events);
        let now = self.times.len();
        self.times.push(took);
        if let Some(at) = pen.filter(|at| self.before.is_none_or(|before| before.distance(*at) > FAR)) {
            self.waiting.push_back((now, at));
            self.before = Some(at);
        }
        let behind = &mut self.frames_behind;
        self.waiting.retain(|&(since, at)| {
            let is_missing = !has_ink(&triangles, at);
            *behind = (*behind).max(if is_missing { now + 1 - since } else { 0 });
            is_missing && now - since < FOLLOWED
        });
        let shown = desk.app.easel().and_then(|easel| easel.picture());
        let is_new = |shown: &&Arc<SketchResult>| self.picture.as_ref().is_none_or(|held| !Arc::ptr_eq(held, shown));
        if let Some(new) = shown.filter(is_new) {
            self.picture = Some(Arc::clone(new));
            self.pictures += 1;
        }
    }

    fn sum(mut self, points: usize) -> PenToInk {
        self.times.sort();
        let ms = |time: Option<&Duration>| time.map_or(0.0, |time| 1e3 * time.as_secs_f64());
        PenToInk {
            frames: self.times.len(),
            points,
            frames_behind: self.frames_behind,
            median_ms: ms(self.times.get(self.times.len() / 2)),
            worst_ms: ms(self.times.last()),
            late: self.times.iter().filter(|time| **time > FRAME).count(),
            pictures: self.pictures,
        }
    }
}

/// Whether a triangle of full ink has a corner under the pen.
fn has_ink(triangles: &[ClippedPrimitive], pen: Pos2) -> bool {
    triangles.iter().any(|clipped| match &clipped.primitive {
        Primitive::Mesh(mesh) => {
            let is_under = |corner: Pos2| corner.distance(pen) < NEAR && clipped.clip_rect.contains(corner);
            mesh.vertices.iter().any(|corner| corner.color == INK && is_under(corner.pos))
        }
        Primitive::Callback(_) => false,
    })
}
