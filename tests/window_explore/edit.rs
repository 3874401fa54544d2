//! An edit carried onto a photo, and photos that follow each other.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, PointerButton, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::explore::{Interpolation, Transferred};
use pentimento::imaging::{DisplayPyramid, Frame, ImagePos, Patch, PixelRect, Plane, Samples, Size};
use pentimento::ui::commands::Command;
use pentimento::ui::explore::{ExportChoice, PortraitView, Wish};
use pentimento::ui::file_dialog::Purpose;
use pentimento::ui::intent::{Intent, Phase, Source};
use pentimento::worker::exploring::{AnimationFormat, Playback, TransferMeasure, TransferShown};
use pentimento::worker::{Done, Event, Lane, Opened, OpenedExploration, Request, ShownPatch};

use super::kit::{drag, latent, opened, opened_sample, room, settle, stroke, studio};
use super::photo::{begin, projected};
use super::window_kit::{Script, Window, button, handle, perform, picture, press};

/// A photo that was projected and an edit that is on its way onto it.
fn edited() -> (Window, Script) {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ticket = begin(&mut window, &script);
    script.say(Event::Done(ticket, Done::Projected(projected(5.0, 0.03, 1.0))));
    window.run_steps(4);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[4, 5]);
    perform(&mut window, Command::Transfer);
    (window, script)
}

/// Answers the newest transfer with a small patch at full size.
fn carry(window: &mut Window, script: &Script) {
    let asked = script.asked(|request| match request {
        Request::Transfer { exploration, at, .. } => Some((exploration.clone(), *at)),
        _ => None,
    });
    let (ticket, (exploration, at)) = asked.expect("a transfer was asked for");
    let work = exploration.photo.expect("with a photo");
    let (rect, size) = (PixelRect::new(0, 0, 8, 8), Size::new(8, 8));
    let model = work.photo.frame.model();
    let pixels = Frame::new(size, model, Samples::U8(vec![(at * 255.0) as u8; size.area() * model.channels()]));
    let patch = Patch::new(rect, pixels.expect("it fits"), Plane::filled(size, 255)).map(Arc::new).expect("a patch");
    let display = Arc::new(DisplayPyramid::of_patch(&patch, &work.photo.metadata));
    let (from, to) = (work.projection.expect("projected").latent.clone(), exploration.slider.to.expect("an edit"));
    let transferred = Some(Arc::new(Transferred { patch: Arc::clone(&patch), from, to, at }));
    let transfer = TransferShown { at, shown: ShownPatch { patch, display }, rect, transferred };
    let measure = TransferMeasure { residual: 0.01, confidence: 0.9, motion: 1.0 };
    script.say(Event::Done(ticket, Done::Transferred { transfer, measure }));
    window.run_steps(3);
}

#[test]
fn an_edit_that_was_undone_does_not_come_back_by_itself() {
    let (mut window, script) = edited();
    let before = studio(&window).history.position();
    carry(&mut window, &script);
    assert_eq!((studio(&window).has_result(), studio(&window).history.position()), (true, before + 1), "one step");
    handle(&mut window, Intent::Explore(Wish::Slide(0.5, Phase::End)));
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::Undo);
    carry(&mut window, &script);
    assert!(!studio(&window).has_result(), "undone is undone");
    assert_eq!(studio(&window).history.position(), before, "no step of its own");
    assert!(studio(&window).history.can_redo(), "and what was undone can be done again");
    perform(&mut window, Command::Redo);
    assert!(studio(&window).has_result(), "the edit is back");
    carry(&mut window, &script);
    perform(&mut window, Command::Undo);
    assert!(!studio(&window).has_result(), "and belongs to its own step only");
}

#[test]
fn an_edit_that_comes_during_a_stroke_leaves_the_stroke_alone() {
    let (mut window, script) = edited();
    perform(&mut window, Command::ToolKeep);
    let at = |window: &Window, x: f32| studio(window).stage.view.ui_from_image(ImagePos::new(x, 60.0));
    let (start, end) = (at(&window, 60.0), at(&window, 120.0));
    press(&mut window, (start, end), PointerButton::Primary);
    carry(&mut window, &script);
    assert!(studio(&window).history.is_in_gesture(), "the stroke goes on");
    window.event(button(end, PointerButton::Primary, false));
    window.run_steps(3);
    assert!(!studio(&window).has_result(), "what came knows nothing of the stroke");
    carry(&mut window, &script);
    assert!(studio(&window).has_result(), "what was asked for after it does");
    let kept = studio(&window).exploration().photo.as_ref().map(|photo| photo.kept.is_empty());
    assert_eq!(kept, Some(false), "and the stroke is whole");
}

#[test]
fn a_morph_is_asked_for_anew_when_its_way_changes_and_can_be_taken_off() {
    let (mut window, script) = edited();
    carry(&mut window, &script);
    let count = script.count(Lane::Transfer);
    perform(&mut window, Command::ToggleSpherical);
    assert_eq!(script.count(Lane::Transfer), count + 1, "another way");
    let interpolation = studio(&window).exploration().slider.interpolation;
    assert_eq!(interpolation, Interpolation::Spherical, "on a sphere");
    carry(&mut window, &script);
    perform(&mut window, Command::RemoveEdit);
    assert!(!studio(&window).has_result(), "the photo as it was");
    assert_eq!(script.count(Lane::Transfer), count + 1, "and nothing is carried onto it unasked");
    perform(&mut window, Command::Undo);
    assert!(studio(&window).has_result(), "by one step");
}

#[test]
fn a_photo_that_undo_brings_back_has_its_own_picture() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let open = |window: &mut Window, at: usize| {
        handle(window, Intent::Open(Source::Sample(at)));
        let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Open).then_some(())).expect("asked for");
        let opened = opened_sample(at);
        let display = opened.document.as_ref().map(|document| Arc::clone(&document.display)).expect("a photo");
        script.say(Event::Done(ticket, Done::Opened(Box::new(opened))));
        window.run_steps(4);
        display
    };
    let (first, second) = (open(&mut window, 0), open(&mut window, 1));
    let shown = |window: &Window| {
        let work = studio(window).exploration().photo.as_ref().expect("a photo");
        studio(window).portrait.display_of(&work.photo.frame).map(Arc::clone)
    };
    assert!(shown(&window).is_some_and(|shown| Arc::ptr_eq(&shown, &second)), "the second photo");
    perform(&mut window, Command::Undo);
    assert!(shown(&window).is_some_and(|shown| Arc::ptr_eq(&shown, &first)), "the first one");
    perform(&mut window, Command::Redo);
    assert!(shown(&window).is_some_and(|shown| Arc::ptr_eq(&shown, &second)), "and back");
}

fn shows_picture(window: &Window, name: &str) -> bool {
    window.query_by_role_and_label(Role::Image, name).is_some()
}

#[test]
fn the_error_of_a_projection_is_there_when_it_is_opened_again_and_goes_with_its_square() {
    let (mut window, script) = edited();
    let exploration = studio(&window).exploration().clone();
    handle(&mut window, Intent::Open(Source::Sample(0)));
    let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Open).then_some(())).expect("asked for");
    let display = exploration.photo.as_ref().map(|work| Arc::new(DisplayPyramid::of_photo(&work.photo)));
    let exploration = OpenedExploration { exploration, display, result: None };
    let opened = Opened { exploration: Some(exploration), document: None, is_session: true, ..opened() };
    script.say(Event::Done(ticket, Done::Opened(Box::new(opened))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("Error 0.0300").is_some(), "its error");
    assert!(shows_picture(&window, "The photo"), "the square of the photo");
    let asked = script.asked(|request| match request {
        Request::DrawLatents { latents, .. } => Some(latents.clone()),
        _ => None,
    });
    let (ticket, latents) = asked.expect("pictures are asked for");
    assert!(latents.contains(&latent(5.0, 5.0)), "and that of the projection");
    script.say(Event::Done(ticket, Done::Latents(vec![(latent(5.0, 5.0), picture(55))])));
    window.run_steps(3);
    assert!(shows_picture(&window, "The model’s picture"), "which is shown beside it");
    perform(&mut window, Command::EditCrop);
    let place = studio(&window).exploration().photo.as_ref().expect("a photo").place;
    let middle = studio(&window).stage.view.ui_from_image(place.center);
    drag(&mut window, middle, middle + vec2(-30.0, 0.0));
    assert!(window.query_by_label_contains("Error 0.0300").is_none(), "that was another square");
    assert!(!shows_picture(&window, "The model’s picture"), "and its picture");
}

#[test]
fn what_the_canvas_shows_of_a_photo_and_how_it_is_projected_are_commands() {
    let (mut window, script) = edited();
    carry(&mut window, &script);
    for (command, view) in [
        (Command::ShowManifold, PortraitView::Manifold),
        (Command::EditCrop, PortraitView::Crop),
        (Command::ShowPhoto, PortraitView::Photo),
    ] {
        perform(&mut window, command);
        assert_eq!(studio(&window).portrait.view, view, "{command:?}");
    }
    let mut seen = vec![studio(&window).portrait.method];
    for _ in 0..3 {
        perform(&mut window, Command::NextMethod);
        seen.push(studio(&window).portrait.method);
    }
    assert!(
        seen[0] == seen[3] && seen[0] != seen[1] && seen[1] != seen[2] && seen[2] != seen[0],
        "all three: {seen:?}"
    );
}

#[test]
fn the_morph_of_the_photo_is_exported() {
    let (mut window, script) = edited();
    carry(&mut window, &script);
    perform(&mut window, Command::ExportFrames);
    assert!(window.query_by_label_contains("Each frame is 64 × 64").is_none(), "not the model's pictures");
    window.key_press(Key::Escape);
    window.run_steps(3);
    let choice = ExportChoice {
        format: AnimationFormat::WebP,
        frames: 7,
        playback: Playback::Once,
        rate: 20.0,
        scale: 8,
        is_photo: true,
    };
    handle(&mut window, Intent::UsePath(Purpose::Frames(choice), "morph".into()));
    let asked = script.asked(|request| match request {
        Request::ExportMorph(asked) => Some((asked.frames, asked.path.clone(), asked.exploration.photo.is_some())),
        _ => None,
    });
    assert_eq!(asked.expect("asked for").1, (7, "morph.webp".into(), true), "the photo, under its ending");
}
