//! Strokes, the search that follows them, and its candidates.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::explore::{StrokeId, StrokeTool};
use pentimento::ui::commands::Command;
use pentimento::ui::explore::Brush;
use pentimento::worker::{Event, Lane, Preview};

use super::kit::{found, latent, room, search, settle, stroke, studio};
use super::window_kit::perform;

#[test]
fn the_picture_follows_a_stroke_and_undo_brings_the_answer_before_back() {
    let (mut window, script) = room();
    let (_, exploration, is_warm) = search(&script);
    assert!(!is_warm && exploration.strokes.is_empty(), "random pictures to begin with");
    settle(&mut window, &script, &[1, 2, 3]);
    assert!(studio(&window).exploration().chosen.is_none(), "without a stroke nothing is chosen");
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    let (ticket, exploration, is_warm) = search(&script);
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
fn fixing_begins_anew_around_what_shows() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    window.key_press(Key::F);
    window.run_steps(3);
    let (_, exploration, is_warm) = search(&script);
    let fixed = exploration.fixed.expect("fixed");
    assert!(!is_warm && fixed.latent == latent(1.0, 40.0), "where the picture was");
    assert_eq!(exploration.strokes.len(), 1, "strokes stay");
    window.key_press(Key::R);
    window.run_steps(3);
    let exploration = studio(&window).exploration();
    assert!(exploration.fixed.is_none() && exploration.strokes.is_empty(), "restarted");
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
