//! The room Explore with made-up models, candidates and frames.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{PointerButton, Pos2};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Exploration;
use pentimento::document::explore::{Latent, Steering, StrokeId};
use pentimento::imaging::ImagePos;
use pentimento::ui::explore::Studio;
use pentimento::worker::exploring::{CandidateShown, FrameShown, ModelShown, SearchShown};
use pentimento::worker::{Done, Event, Preview, Request, Ticket};

use super::window_kit;
use super::window_kit::{Script, Window, app, picture};

/// The side of the model's pictures in pixels.
pub(crate) const SIDE: u32 = 64;

/// The newest search that was asked for.
#[track_caller]
pub(crate) fn search(script: &Script) -> (Ticket, Exploration, bool) {
    let found = script.asked(|request| match request {
        Request::Explore { exploration, is_warm } => Some((exploration.clone(), *is_warm)),
        _ => None,
    });
    let (ticket, (exploration, is_warm)) = found.expect("a search was asked for");
    (ticket, exploration, is_warm)
}

pub(crate) fn latent(x: f32, y: f32) -> Latent {
    [x, y, 0.0].into()
}

pub(crate) fn model(name: &str) -> ModelShown {
    ModelShown {
        has_noise: true,
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
pub(crate) fn found(ids: &[u64], strokes: &[StrokeId], step: usize) -> SearchShown {
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
pub(crate) fn room() -> (Window, Script) {
    room_with(0)
}

/// The room with a model with so many layers that take a style.
pub(crate) fn room_with(layers: u32) -> (Window, Script) {
    let script = Script::default();
    let mut window = window_kit::open(&script, 1000.0);
    window.get_by_role_and_label(Role::Button, "Explore").click();
    window.run_steps(3);
    let (ticket, ()) = script.asked(|request| matches!(request, Request::ListModels).then_some(())).expect("asked for");
    script.say(Event::Preview(ticket, Preview::Model(ModelShown { picture: None, ..model("toys") })));
    let toys = ModelShown { layers, ..model("toys") };
    script.say(Event::Done(ticket, Done::Models { models: vec![toys, model("cats")], problems: Vec::new() }));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "toys").click();
    window.run_steps(3);
    (window, script)
}

pub(crate) fn studio(window: &Window) -> &Studio {
    app(window).studio().expect("a model was chosen")
}

/// Drags with the primary button.
pub(crate) fn drag(window: &mut Window, start: Pos2, end: Pos2) {
    window_kit::drag(window, (start, end), PointerButton::Primary);
}

/// Drags over the picture, positions in its pixels.
pub(crate) fn stroke(window: &mut Window, from: (f32, f32), to: (f32, f32)) {
    let at = |window: &Window, (x, y): (f32, f32)| studio(window).stage.view.ui_from_image(ImagePos::new(x, y));
    let (start, end) = (at(window, from), at(window, to));
    drag(window, start, end);
}

/// Answers the newest search with `ids`, as its end.
pub(crate) fn settle(window: &mut Window, script: &Script, ids: &[u64]) {
    // A search that was asked for while another was out waits for that one's first preview.
    std::thread::sleep(std::time::Duration::from_millis(320));
    window.run_steps(3);
    let (ticket, exploration, _) = search(script);
    let strokes: Vec<StrokeId> = exploration.active_strokes().map(|stroke| stroke.id).collect();
    script.say(Event::Preview(ticket, Preview::Search(Box::new(found(ids, &strokes, 3)))));
    window.run_steps(2);
    script.say(Event::Done(ticket, Done::Explored(Box::new(found(ids, &strokes, 40)))));
    window.run_steps(3);
}

/// Answers the newest request for frames.
pub(crate) fn draw_frames(window: &mut Window, script: &Script) {
    let asked = script.asked(|request| match request {
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

pub(crate) fn opened() -> pentimento::worker::Opened {
    opened_sample(0)
}

pub(crate) fn opened_sample(at: usize) -> pentimento::worker::Opened {
    let photo = pentimento::samples::SAMPLES[at].photo;
    let photo =
        pentimento::imaging::io::decode(photo, &pentimento::imaging::io::Limits::default()).expect("a sound sample");
    let display = Arc::new(pentimento::imaging::DisplayPyramid::of_photo(&photo));
    let document = pentimento::document::Document::new(photo);
    let document = Some(pentimento::worker::OpenedDocument { document, display, shown: Vec::new() });
    pentimento::worker::Opened { document, exploration: None, sketch: None, path: None, is_session: false }
}

/// The newest request to steer, which is answered with a latent and a picture made of `value`.
pub(crate) fn steer_to(window: &mut Window, script: &Script, value: u8) -> Arc<Steering> {
    let asked = script.asked(|request| match request {
        Request::Steer { steering, .. } => Some(Arc::clone(steering)),
        _ => None,
    });
    let (ticket, steering) = asked.expect("it is steered");
    let latent = latent(f32::from(value), 1.0);
    script.say(Event::Done(ticket, Done::Steered { latent, picture: picture(value) }));
    window.run_steps(4);
    steering
}
