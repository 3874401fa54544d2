//! Models with styles, steered by hand.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::explore::Direction;
use pentimento::ui::commands::Command;
use pentimento::worker::exploring::{DirectionsAsked, DirectionsSource};
use pentimento::worker::{Done, Event, Lane, Request};

use super::kit::{drag, room, room_with, settle, steer_to, studio};
use super::window_kit::{Window, perform, picture};

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
    let listed = script.asked(|request| match request {
        Request::Directions { asked: DirectionsAsked::List, model } => Some(model.clone()),
        _ => None,
    });
    assert_eq!(listed.expect("asked for").1, "toys", "those that were saved, once");
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::FindComponents);
    let (ticket, ()) = script
        .asked(|request| matches!(request, Request::Directions { asked: DirectionsAsked::Pca(_), .. }).then_some(()))
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
    let saved = script.asked(|request| match request {
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
