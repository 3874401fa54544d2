//! The slider, its frames and its key frames.

use egui::accesskit::Role;
use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::ui::commands::Command;
use pentimento::worker::{Lane, Request};

use super::kit::{drag, draw_frames, latent, room, settle, stroke, studio};
use super::window_kit::{perform, picture};

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
    let asked = script.asked(|request| match request {
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
