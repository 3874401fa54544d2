//! A photo on the manifold.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::explore::{ProjectMethod, Projection};
use pentimento::ui::commands::Command;
use pentimento::ui::explore::PortraitView;
use pentimento::ui::intent::{Intent, Source};
use pentimento::worker::exploring::ProjectionShown;
use pentimento::worker::{Done, Event, Lane, Preview, Request, Ticket};

use super::kit::{drag, latent, opened, room, settle, stroke, studio};
use super::window_kit::{Script, Window, handle, perform, picture};

/// A projection that has come to this error and the picture 55.
pub(super) fn projected(at: f32, error: f32, fraction: f32) -> Box<ProjectionShown> {
    let projection = Projection { latent: latent(at, at), method: ProjectMethod::Hybrid, error };
    Box::new(ProjectionShown {
        projection: Arc::new(projection),
        error,
        picture: picture(55),
        target: picture(60),
        progress: pentimento::control::Progress { fraction, stage: "project" },
        remark: None,
    })
}

/// Opens a photo and asks for its projection.
pub(super) fn begin(window: &mut Window, script: &Script) -> Ticket {
    handle(window, Intent::Open(Source::Sample(0)));
    let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Open).then_some(())).expect("asked for");
    script.say(Event::Done(ticket, Done::Opened(Box::new(opened()))));
    window.run_steps(4);
    perform(window, Command::Project);
    script.asked(|request| (request.lane() == Lane::Project).then_some(())).expect("a projection was asked for").0
}

#[test]
fn a_projection_that_is_stopped_keeps_the_best_so_far() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ticket = begin(&mut window, &script);
    assert!(window.query_by_label("Projecting…").is_some(), "it says what it waits for");
    script.say(Event::Preview(ticket, Preview::Projection(projected(6.0, 0.2, 0.1))));
    script.say(Event::Preview(ticket, Preview::Projection(projected(5.0, 0.04, 0.4))));
    window.run_steps(3);
    let position = studio(&window).history.position();
    window.get_by_role_and_label(Role::Button, "Stop").click();
    window.run_steps(2);
    assert_eq!(script.cancelled.borrow().last(), Some(&Lane::Project), "the worker is told");
    script.say(Event::Cancelled(ticket));
    window.run_steps(3);
    let kept = |window: &Window| studio(window).projected();
    assert_eq!(kept(&window), Some(latent(5.0, 5.0)), "the best so far");
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(55), "shows");
    assert!(window.query_by_label_contains("Error 0.0400").is_some(), "with its error");
    assert!(window.query_by_label_contains("Stopped after 40 %").is_some(), "and why it is no better");
    assert_eq!(studio(&window).history.position(), position + 1, "one step");
    perform(&mut window, Command::Undo);
    assert_eq!(kept(&window), None, "which undo takes back");
}

#[test]
fn a_projection_that_is_stopped_before_it_has_found_anything_keeps_nothing() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ticket = begin(&mut window, &script);
    let position = studio(&window).history.position();
    script.say(Event::Cancelled(ticket));
    window.run_steps(3);
    assert_eq!((studio(&window).projected(), studio(&window).history.position()), (None, position), "no step");
    assert!(window.query_by_role_and_label(Role::Button, "Stop").is_none(), "nothing is left to stop");
}

#[test]
fn a_photo_is_cropped_by_hand_projected_and_edited() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    handle(&mut window, Intent::Open(Source::Sample(0)));
    let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Open).then_some(())).expect("asked for");
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
    let asked = script.asked(|request| match request {
        Request::Project { place, method, .. } => Some((*place, *method)),
        _ => None,
    });
    let (ticket, (asked, method)) = asked.expect("a projection was asked for");
    assert_eq!((asked, method), (moved, ProjectMethod::Hybrid), "of this square");
    assert_eq!(method, ProjectMethod::Hybrid, "by both");
    script.say(Event::Done(ticket, Done::Projected(projected(5.0, 0.03, 1.0))));
    window.run_steps(4);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(55), "the model's picture of it");
    assert!(window.query_by_label_contains("Error 0.0300").is_some(), "with its error");
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[4, 5]);
    perform(&mut window, Command::Transfer);
    let asked = script.asked(|request| match request {
        Request::Transfer { exploration, at, is_final } => Some((exploration.slider.clone(), *at, *is_final)),
        _ => None,
    });
    let (_, (slider, at, is_final)) = asked.expect("a transfer was asked for");
    assert_eq!(slider.from, Some(latent(5.0, 5.0)), "from the photo");
    assert_eq!((slider.to, at, is_final), (Some(latent(4.0, 40.0)), 1.0, true), "to the edit");
}
