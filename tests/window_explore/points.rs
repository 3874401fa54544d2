//! Points that are dragged to their targets.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use pentimento::document::explore::{PicturePos, StrokeId};
use pentimento::ui::commands::Command;
use pentimento::worker::exploring::{DragEnding, DragShown, HandleShown};
use pentimento::worker::{Done, Event, Lane, Preview, Request};

use super::kit::{SIDE, latent, room, settle, stroke, studio};
use super::window_kit::{perform, picture};

/// A drag of the pair `id` that has come to `x`, with the picture `value`.
fn dragged(id: StrokeId, step: usize, (x, value): (f32, u8), ending: Option<DragEnding>) -> DragShown {
    let target = PicturePos::new(0.5, 0.5);
    let distance = (0.5 - x) * SIDE as f32;
    let handles = vec![HandleShown { id, at: PicturePos::new(x, 0.5), target, distance }];
    let (from, latent) = (latent(1.0, 40.0), latent(x, 99.0));
    let (picture, drift) = (picture(value), None);
    DragShown { step, of: 60, handles, picture, from, latent, ending, drift }
}

#[test]
fn points_are_dragged_step_by_step_and_one_undo_takes_the_drag_back() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::ToolDrag);
    stroke(&mut window, (16.0, 32.0), (32.0, 32.0));
    assert_eq!(script.count(Lane::Optimize), 1, "searches are not asked about points");
    let (id, from, to) = studio(&window).exploration().pairs().next().expect("a pair");
    assert!((from.x - 0.25).abs() < 0.02 && (to.x - 0.5).abs() < 0.02, "{from:?} to {to:?}");
    assert!(window.query_by_label_contains("Point 1: 16.0 px to go").is_some(), "how far it is");
    perform(&mut window, Command::ToolMovable);
    stroke(&mut window, (16.0, 40.0), (40.0, 40.0));
    perform(&mut window, Command::DragPoints);
    let asked = script.asked(|request| match request {
        Request::Drag { exploration, latent, how } => Some((exploration.clone(), latent.clone(), how.steps)),
        _ => None,
    });
    let (ticket, (exploration, latent, steps)) = asked.expect("a drag was asked for");
    assert_eq!((exploration.pairs().count(), exploration.movable().count(), steps), (1, 1, 60), "as it was set");
    assert_eq!(Some(latent), studio(&window).latent(), "on the picture that shows");

    let before = studio(&window).history.position();
    script.say(Event::Preview(ticket, Preview::Drag(Box::new(dragged(id, 7, (0.375, 33), None)))));
    window.run_steps(3);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(33), "each step shows");
    assert!(window.query_by_label_contains("Step 7 of 60").is_some(), "how far");
    assert!(window.query_by_label_contains("Point 1: 8.0 px to go").is_some(), "and how near");
    script.say(Event::Done(ticket, Done::Dragged(Box::new(dragged(id, 12, (0.5, 44), Some(DragEnding::Reached))))));
    window.run_steps(4);
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(44), "what it has come to");
    assert!(window.query_by_label_contains("All points are at their targets").is_some(), "and why it is over");
    let slider = studio(&window).exploration().slider.clone();
    assert_eq!((slider.from, slider.to), (Some(self::latent(1.0, 40.0)), Some(self::latent(0.5, 99.0))), "both ends");
    let (_, from, to) = studio(&window).exploration().pairs().next().expect("still there");
    assert_eq!(from, to, "the handle stands where it was brought");
    assert_eq!(studio(&window).history.position(), before + 1, "one step");
    perform(&mut window, Command::Undo);
    let exploration = studio(&window).exploration();
    assert!(exploration.slider.to.is_none() && exploration.pairs().all(|(_, from, to)| from != to), "all of it");
}

#[test]
fn a_drag_that_is_stopped_keeps_what_shows() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::ToolDrag);
    stroke(&mut window, (16.0, 32.0), (32.0, 32.0));
    let id = studio(&window).exploration().pairs().next().expect("a pair").0;
    assert!(window.query_by_role_and_label(Role::Button, "Move the points").is_some(), "in reach of the canvas too");
    window.get_by_role_and_label(Role::Button, "Start").click();
    window.run_steps(3);
    let asked = script.asked(|request| (request.lane() == Lane::Drag).then_some(()));
    let (ticket, ()) = asked.expect("a drag was asked for");
    script.say(Event::Preview(ticket, Preview::Drag(Box::new(dragged(id, 3, (0.3, 22), None)))));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Stop").click();
    window.run_steps(2);
    script.say(Event::Cancelled(ticket));
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().slider.to, Some(latent(0.3, 99.0)), "as far as it had come");
    assert_eq!(*studio(&window).picture().expect("one shows"), picture(22), "and its picture");
}
