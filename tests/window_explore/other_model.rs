//! Another model: nothing of the one before shows, and nothing that it was asked is taken for an answer.

use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use pentimento::ui::commands::Command;
use pentimento::ui::explore::Wish;
use pentimento::ui::intent::Intent;
use pentimento::worker::exploring::{Interval, PathLength, PathSpace, SearchShown, Surveyed};
use pentimento::worker::{Done, Event, Lane, Request};

use super::kit::{found, latent, room, search, settle, studio};
use super::photo::{begin, projected};
use super::window_kit::{Script, Window, handle, perform, picture};

fn choose_model(window: &mut Window, name: &str) {
    handle(window, Intent::Explore(Wish::Model(name.to_owned())));
}

/// Answers the newest search with latents as those of [`found`], of which this model draws other pictures.
fn settle_with(window: &mut Window, script: &Script, value: u8) {
    let (ticket, ..) = search(script);
    let mut shown: SearchShown = found(&[1, 2], &[], 40);
    shown.candidates.iter_mut().for_each(|candidate| candidate.picture = picture(value));
    script.say(Event::Done(ticket, Done::Explored(Box::new(shown))));
    window.run_steps(3);
}

#[test]
fn pictures_of_another_model_do_not_show() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    perform(&mut window, Command::Fix);
    assert_eq!(studio(&window).picture(), Some(&picture(10)), "of the first model");
    choose_model(&mut window, "cats");
    assert_eq!(studio(&window).picture(), None, "nothing is known of the second one");
    assert_eq!(studio(&window).search.candidates().count(), 0, "nor does it have candidates");
    settle_with(&mut window, &script, 111);
    perform(&mut window, Command::Fix);
    let fixed = studio(&window).exploration().fixed.as_ref().map(|fixed| fixed.latent.clone());
    assert_eq!(fixed, Some(latent(1.0, 40.0)), "the very same latent as before");
    assert_eq!(studio(&window).picture(), Some(&picture(111)), "as the second model draws it");
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::Undo);
    assert_eq!(studio(&window).exploration().model, "toys", "back");
    assert_ne!(studio(&window).picture(), Some(&picture(111)), "undo forgets as well");
    let asked = script.asked(|request| match request {
        Request::DrawLatents { model, latents, .. } => Some((model.clone(), latents.clone())),
        _ => None,
    });
    let (ticket, (model, latents)) = asked.expect("the picture is asked for anew");
    assert_eq!((model.as_str(), latents), ("toys", vec![latent(1.0, 40.0)]), "of the first model");
    script.say(Event::Done(ticket, Done::Latents(vec![(latent(1.0, 40.0), picture(10))])));
    window.run_steps(3);
    assert_eq!(studio(&window).picture(), Some(&picture(10)), "and shows");
}

#[test]
fn a_projection_is_adopted_by_its_own_model_only() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ticket = begin(&mut window, &script);
    script.say(Event::Preview(ticket, pentimento::worker::Preview::Projection(projected(6.0, 0.2, 0.1))));
    window.run_steps(2);
    choose_model(&mut window, "cats");
    assert!(script.cancelled.borrow().contains(&Lane::Project), "the worker is told");
    assert!(!studio(&window).portrait.is_projecting(), "nobody waits for it");
    let position = studio(&window).history.position();
    script.say(Event::Done(ticket, Done::Projected(projected(5.0, 0.03, 1.0))));
    window.run_steps(3);
    assert_eq!((studio(&window).projected(), studio(&window).history.position()), (None, position), "it is not taken");
}

#[test]
fn a_projection_is_adopted_for_its_own_square_only() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    let ticket = begin(&mut window, &script);
    perform(&mut window, Command::EditCrop);
    let place = studio(&window).exploration().photo.as_ref().expect("a photo").place;
    let middle = studio(&window).stage.view.ui_from_image(place.center);
    super::kit::drag(&mut window, middle, middle + vec2(-30.0, 0.0));
    assert!(script.cancelled.borrow().contains(&Lane::Project), "the worker is told");
    script.say(Event::Done(ticket, Done::Projected(projected(5.0, 0.03, 1.0))));
    window.run_steps(3);
    assert_eq!(studio(&window).projected(), None, "that was another square");
    window.key_press(Key::Enter);
    window.run_steps(3);
    let again = script.asked(|request| (request.lane() == Lane::Project).then_some(())).expect("asked for again").0;
    script.say(Event::Done(again, Done::Projected(projected(4.0, 0.03, 1.0))));
    window.run_steps(3);
    assert_eq!(studio(&window).projected(), Some(latent(4.0, 4.0)), "this one is its own");
}

#[test]
fn findings_are_of_the_model_that_was_measured() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    window.get_by_label("Measure").click();
    window.run_steps(4);
    window.get_by_label("Path length").click();
    window.run_steps(3);
    let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Survey).then_some(())).expect("asked for");
    choose_model(&mut window, "cats");
    assert!(script.cancelled.borrow().contains(&Lane::Survey), "the worker is told");
    let length = Interval { mean: 12.5, low: 11.5, high: 13.5, count: 250 };
    let path = PathLength {
        space: PathSpace::Z,
        sampling: Default::default(),
        crop: false,
        features: "own discriminator".to_owned(),
        is_ppl: false,
        pairs: 256,
        seed: 0,
        length,
    };
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Paths(vec![path])))));
    window.run_steps(3);
    assert!(studio(&window).survey.paths.is_none(), "what came too late is of the model before");
}
