//! Numbers, key frames and what moves by itself: one gesture is one step, of the thing that was taken hold of.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::ui::commands::{Command, Room};
use pentimento::worker::exploring::LatentMap;
use pentimento::worker::{Done, Event, Request};

use super::kit::{drag, latent, room, room_with, settle, steer_to, studio};
use super::window_kit::{Window, app, perform, picture};

#[test]
fn the_mean_of_all_candidates_is_not_kept_as_the_picture_of_one() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::AverageMode);
    assert_eq!(studio(&window).picture(), Some(&picture(200)), "the mean shows");
    for command in [Command::SliderEnd, Command::AddKeyFrame, Command::Fix] {
        perform(&mut window, command);
    }
    let kept = studio(&window).picture_of(&latent(1.0, 40.0));
    assert_eq!(kept, Some(&picture(10)), "the latent keeps its own picture");
}

#[test]
fn a_key_frame_that_is_dragged_past_another_leaves_it_where_it_is() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    for candidate in ["Candidate 1", "Candidate 2", "Candidate 3"] {
        window.get_by_role_and_label(Role::Button, candidate).click();
        window.run_steps(3);
        perform(&mut window, Command::AddKeyFrame);
    }
    let place = |window: &Window, name: &str| window.get_by_role_and_label(Role::Button, name).rect().center();
    let last = place(&window, "Key frame 3 at 100 %");
    let width = last.x - place(&window, "Key frame 1 at 0 %").x;
    let before = studio(&window).history.position();
    drag(&mut window, last, last - vec2(0.75 * width, 0.0));
    let keys: Vec<(f32, f32)> =
        studio(&window).exploration().keys.iter().map(|key| (key.latent[0], key.time)).collect();
    assert_eq!((keys[0], keys[2]), ((1.0, 0.0), (2.0, 0.5)), "the others stay");
    assert!(keys[1].0 == 3.0 && (keys[1].1 - 0.25).abs() < 0.02, "the one that was held moved: {keys:?}");
    assert_eq!((studio(&window).key, studio(&window).history.position()), (Some(1), before + 1), "in one step");
}

#[test]
fn what_drifts_stands_still_in_another_room() {
    let (mut window, script) = room_with(10);
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::SteerDrift);
    assert!(studio(&window).rudder.drift.is_some(), "it drifts");
    window.key_press(Key::F2);
    window.run_steps(3);
    assert_eq!(app(&window).room(), Room::Erase, "elsewhere");
    assert!(studio(&window).rudder.drift.is_none() && !studio(&window).history.is_in_gesture(), "it stands still");
}

#[test]
fn the_pad_goes_left_of_and_above_the_first_seed() {
    let (mut window, script) = room_with(10);
    settle(&mut window, &script, &[1, 2, 3]);
    for (by, name) in [(vec2(-96.0, 0.0), "left"), (vec2(0.0, -96.0), "up")] {
        let pad = window.get_by_label("Pad of seeds").rect();
        drag(&mut window, pad.center(), pad.center() + by);
        window.run_steps(3);
        let pad = studio(&window).exploration().helm.steering.pad;
        let wanted = if name == "left" { [-1.0, 0.0] } else { [-1.0, -1.0] };
        assert!((pad[0] - wanted[0]).abs() < 0.01 && (pad[1] - wanted[1]).abs() < 0.01, "{name}: {pad:?}");
        steer_to(&mut window, &script, 50);
    }
    let pad = studio(&window).exploration().helm.steering.pad;
    assert!(pad[0] < 0.0 && pad[1] < 0.0, "and stays there: {pad:?}");
}

#[test]
fn a_number_that_is_dragged_is_one_step() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    for name in ["Seed", "Starts", "Frames"] {
        let before = studio(&window).history.position();
        let field = window.get_by_role_and_label(Role::SpinButton, name).rect().center();
        drag(&mut window, field, field + vec2(60.0, 0.0));
        assert_eq!(studio(&window).history.position(), before + 1, "{name}");
    }
    let exploration = studio(&window).exploration();
    assert!(exploration.seed > 1 && exploration.starts > 64 && exploration.slider.frames > 17, "all have moved far");
}

#[test]
fn what_was_visited_is_walked_through_by_command() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    for candidate in ["Candidate 1", "Candidate 2", "Candidate 3"] {
        window.get_by_role_and_label(Role::Button, candidate).click();
        window.run_steps(3);
    }
    let back = (Command::PreviousVisited, Command::NextVisited);
    for (command, wanted) in [(back.0, 2.0), (back.0, 1.0), (back.0, 1.0), (back.1, 2.0), (back.1, 3.0), (back.1, 3.0)]
    {
        perform(&mut window, command);
        assert_eq!(studio(&window).latent().map(|latent| latent[0]), Some(wanted), "{command:?}");
    }
}

#[test]
fn arrow_keys_walk_on_the_map() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    for candidate in ["Candidate 1", "Candidate 2", "Candidate 3"] {
        window.get_by_role_and_label(Role::Button, candidate).click();
        window.run_steps(3);
    }
    let asked = script.asked(|request| match request {
        Request::MapVisited { visited } => Some(visited.clone()),
        _ => None,
    });
    let (ticket, visited) = asked.expect("a map was asked for");
    let map = LatentMap::new(&visited, None).expect("they can be laid out");
    script.say(Event::Done(ticket, Done::Mapped(Some(Arc::new(map)))));
    window.run_steps(4);
    window.get_by_label("Map of visited pictures").focus();
    window.run_steps(3);
    for (key, wanted) in [(Key::ArrowLeft, 2.0), (Key::ArrowUp, 1.0), (Key::ArrowRight, 2.0), (Key::ArrowDown, 3.0)] {
        window.key_press(key);
        window.run_steps(3);
        assert_eq!(studio(&window).latent().map(|latent| latent[0]), Some(wanted), "{key:?}");
    }
}

#[test]
fn a_key_frame_is_moved_by_command_past_another() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2, 3]);
    for candidate in ["Candidate 1", "Candidate 2"] {
        window.get_by_role_and_label(Role::Button, candidate).click();
        window.run_steps(3);
        perform(&mut window, Command::AddKeyFrame);
    }
    let times = |window: &Window| studio(window).exploration().keys.iter().map(|key| key.time).collect::<Vec<_>>();
    perform(&mut window, Command::KeyFrameLater);
    assert_eq!(times(&window), [0.0, 1.0], "no further than the end");
    perform(&mut window, Command::KeyFrameEarlier);
    assert!((times(&window)[1] - 0.98).abs() < 1e-6, "a step earlier");
    window.get_by_role_and_label(Role::Button, "Key frame 1 at 0 %").click();
    window.run_steps(3);
    for _ in 0..50 {
        perform(&mut window, Command::KeyFrameLater);
    }
    let keys = &studio(&window).exploration().keys;
    assert_eq!((keys[0].latent[0], keys[1].latent[0]), (2.0, 1.0), "past the other one, which stays: {keys:?}");
    assert!((keys[0].time - 0.98).abs() < 1e-6 && keys[1].time == 1.0, "{keys:?}");
}
