//! Lessons and the gallery as a person uses them, with the real worker behind them and pointer events in front.

use std::time::{Duration, Instant};

use pentimento::imaging::ink::Stroke;
use pentimento::school::{Lesson, Outcome, find, lessons, topic_of_day};
use pentimento::ui::school::{Course, School, Scored};
use pentimento::worker::schooling::{GalleryShown, Profile, ProfileId};

use super::*;
use crate::sketch_kit::{Script, Window, on_paper, room_with_gallery, theme};

fn school(window: &Window) -> &School {
    app(window).school()
}

fn course(window: &Window) -> &Course {
    school(window).course.as_ref().expect("a lesson is followed")
}

fn scored(window: &Window) -> &Scored {
    course(window).scored.as_ref().expect("it was scored")
}

fn gallery(window: &Window) -> &GalleryShown {
    school(window).gallery.as_ref().expect("the worker has looked")
}

/// Draws frames until `is_so`.
#[track_caller]
fn until(window: &mut Window, what: &str, is_so: impl Fn(&Window) -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so(window) {
        assert!(Instant::now() < end, "in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
        window.step();
    }
    window.run_steps(3);
}

/// The room with an empty gallery, looked at.
fn classroom() -> (Window, Script, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut window, script) = room_with_gallery(vec![theme("cats"), theme("robots")], folder.path(), None);
    until(&mut window, "the gallery is looked at", |window| school(window).gallery.is_some());
    (window, script, folder)
}

/// Draws after a stroke with the pen.
fn trace(window: &mut Window, stroke: &Stroke) {
    let places: Vec<_> = stroke.samples.iter().map(|sample| on_paper(window, (sample.x, sample.y))).collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    window.hover_at(first);
    window.event(button(first, PointerButton::Primary, true));
    window.step();
    for place in &places[1..] {
        window.event(egui::Event::PointerMoved(*place));
    }
    window.step();
    window.event(button(last, PointerButton::Primary, false));
    window.step();
}

/// Draws the next step of the lesson and waits until it is accepted.
fn trace_step(window: &mut Window) {
    let before = course(window).practice.outcomes().len();
    let strokes = course(window).practice.next().expect("there is a step").strokes.clone();
    for stroke in &strokes {
        trace(window, stroke);
    }
    until(window, "the step is accepted", |window| course(window).practice.outcomes().len() > before);
}

#[track_caller]
fn press_button(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run_steps(3);
}

fn add_profile(window: &mut Window, name: &str) {
    perform(window, Command::ChooseProfile);
    let field = window.get_by_role_and_label(Role::TextInput, "Name of somebody new");
    field.focus();
    field.type_text(name);
    window.run_steps(2);
    press_button(window, "Add");
    until(window, "somebody was added", |window| gallery(window).profiles.iter().any(|known| known.name == name));
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.key_press(Key::Escape);
    window.run_steps(3);
}

fn start(window: &mut Window, lesson: &Lesson) {
    window.key_press(Key::F5);
    window.run_steps(3);
    press_button(window, &lesson.title[0]);
    assert_eq!(course(window).lesson().name, lesson.name, "it begins");
}

#[test]
fn a_lesson_is_followed_to_three_stars_and_keeps_a_record() {
    let (mut window, _script, _folder) = classroom();
    add_profile(&mut window, "Mina");
    let lesson = find("cat-first").unwrap();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    start(&mut window, lesson);
    assert!(sketch(&window).is_blank(), "on an empty paper");
    assert!(window.query_by_label(&lesson.steps[0].words[0]).is_some(), "it says what to draw");
    for at in 0..lesson.steps.len() {
        assert_eq!(course(&window).practice.outcomes().len(), at, "step by step");
        trace_step(&mut window);
    }
    until(&mut window, "a score", |window| course(window).scored.is_some());
    assert_eq!(scored(&window).score.stars, 3, "{:?}", scored(&window).score.total);
    for words in ["Wonderful!", "Lines met", "On the lines", "Parts there", "Recognizable", "Together"] {
        assert!(window.query_by_label(words).is_some(), "it explains itself: {words}");
    }
    until(&mut window, "a record", |window| school(window).stars(&lesson.name) == 3);
    assert!(window.query_by_label("A new record! 30 points earned.").is_some(), "it is kept");
    // A worse try does not lower it.
    perform(&mut window, Command::ClearPaper);
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    window.key_press(Key::F);
    until(&mut window, "another score", |window| scored(window).score.stars == 1);
    until(&mut window, "noted", |window| gallery(window).records[0].tries == 2);
    assert_eq!(school(&window).stars(&lesson.name), 3, "a record never falls");
    assert!(window.query_by_label("Your record is better, and it stays.").is_some(), "it says so");
    perform(&mut window, Command::EndLesson);
    assert!(school(&window).course.is_none(), "over");
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::Undo);
    assert!(sketch(&window).stroke_count() >= lesson.strokes().len(), "the drawing can be brought back");
}

#[test]
fn steps_are_skipped_taken_back_and_reopened_by_undo() {
    let (mut window, _script, _folder) = classroom();
    let lesson = find("cat-first").unwrap();
    start(&mut window, lesson);
    trace_step(&mut window);
    window.key_press(Key::N);
    window.run_steps(3);
    assert_eq!(course(&window).practice.outcomes().last(), Some(&Outcome::Skipped), "left out");
    press_button(&mut window, "Back");
    assert_eq!(course(&window).practice.outcomes().len(), 1, "taken up again");
    assert_eq!(sketch(&window).stroke_count(), lesson.steps[0].strokes.len(), "nothing was drawn for it");
    press_button(&mut window, "Back");
    assert!(course(&window).practice.outcomes().is_empty() && sketch(&window).is_blank(), "drawn anew");
    perform(&mut window, Command::Undo);
    until(&mut window, "the ink counts again", |window| course(window).practice.outcomes().len() == 1);
    for _ in 0..lesson.steps[0].strokes.len() {
        perform(&mut window, Command::Undo);
    }
    until(&mut window, "a step without ink is open", |window| course(window).practice.outcomes().is_empty());
}

#[test]
fn the_clock_runs_from_the_first_line_and_ends_the_lesson() {
    let (mut window, _script, _folder) = classroom();
    window.key_press(Key::K);
    window.run_steps(2);
    let lesson = find("cat-first").unwrap();
    start(&mut window, lesson);
    let left = |window: &Window| course(window).clock.expect("there is one").millis_left();
    let whole = u64::from(lesson.limit_secs) * 1000;
    window.run_steps(40);
    assert_eq!(left(&window), whole, "it waits for the first line");
    assert!(window.query_by_label("1:30").is_some(), "it shows");
    trace_step(&mut window);
    assert!(left(&window) < whole, "it runs");
    let end = Instant::now() + Duration::from_mins(1);
    while course(&window).scored.is_none() {
        assert!(Instant::now() < end, "it ends, {} left", left(&window));
        window.step();
    }
    assert_eq!((left(&window), course(&window).practice.outcomes().len()), (0, 1), "with one step drawn");
    assert!(scored(&window).score.stars < 3, "which is not all of it");
}

#[test]
fn a_drawing_is_hung_up_reacted_to_fetched_and_taken_down() {
    let (mut window, script, folder) = classroom();
    add_profile(&mut window, "Mina");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    settle(&mut window, &script, 90);
    let drawn = sketch(&window).layers[0].strokes().to_vec();
    window.key_press(Key::G);
    until(&mut window, "it hangs", |window| gallery(window).drawings.len() == 1);
    assert!(gallery(&window).drawings[0].picture.is_some(), "with its picture");
    add_profile(&mut window, "Juno");
    perform(&mut window, Command::ClearPaper);
    window.key_press(Key::F6);
    window.run_steps(3);
    assert!(!Command::ClearPaper.is_enabled(&app(&window).situation()), "the paper is out of reach");
    assert!(window.query_by_role_and_label(Role::Button, "Cats by Mina").is_some(), "a card");
    press_button(&mut window, "Wow");
    until(&mut window, "ranked", |window| !gallery(window).rankings.is_empty());
    assert!(window.query_by_role_and_label(Role::Button, "1. Cats by Mina").is_some(), "in the ranking");
    press_button(&mut window, "Wow");
    until(&mut window, "taken back", |window| gallery(window).rankings.is_empty());
    press_button(&mut window, "Of the week");
    press_button(&mut window, "The week before");
    until(&mut window, "another week", |window| gallery(window).drawings.is_empty());
    press_button(&mut window, "All");
    until(&mut window, "all weeks", |window| gallery(window).drawings.len() == 1);
    press_button(&mut window, "Cats by Mina");
    press_button(&mut window, "Draw on it");
    until(&mut window, "it is on the paper", |window| !school(window).is_open);
    assert_eq!(sketch(&window).layers[0].strokes(), drawn, "as it was drawn");
    perform(&mut window, Command::Undo);
    assert!(sketch(&window).is_blank(), "one step");
    perform(&mut window, Command::ToggleGallery);
    let path = folder.path().join("out.zip");
    handle(&mut window, Intent::UsePath(Purpose::Gallery, path.clone()));
    until(&mut window, "exported", |_| path.exists());
    perform(&mut window, Command::TakeDown);
    assert_eq!(gallery(&window).drawings.len(), 1, "it asks first");
    press_button(&mut window, "Take down");
    until(&mut window, "it is gone", |window| gallery(window).drawings.is_empty());
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(!school(&window).is_open, "Escape leads back to the paper");
}

#[test]
fn people_are_renamed_and_removed_with_a_question() {
    let (mut window, _script, _folder) = classroom();
    add_profile(&mut window, "Mina");
    add_profile(&mut window, "Juno");
    perform(&mut window, Command::ChooseProfile);
    press_button(&mut window, "Rename Juno");
    window.get_by_role_and_label(Role::TextInput, "New name").type_text("2");
    window.run_steps(2);
    window.key_press(Key::Enter);
    until(&mut window, "renamed", |window| gallery(window).profiles[1].name != "Juno");
    press_button(&mut window, "Mina");
    assert_eq!(school(&window).profile, Some(gallery(&window).profiles[0].id), "she draws");
    perform(&mut window, Command::ChooseProfile);
    press_button(&mut window, "Remove Mina…");
    assert_eq!(gallery(&window).profiles.len(), 2, "it asks first");
    press_button(&mut window, "Remove");
    until(&mut window, "removed", |window| gallery(window).profiles.len() == 1);
    assert_eq!(school(&window).profile, Some(gallery(&window).profiles[0].id), "somebody else draws now");
}

#[test]
fn whoever_drew_last_draws_again_after_a_restart() {
    let (mut window, script, folder) = classroom();
    for name in ["Mina", "Juno", "Ari"] {
        add_profile(&mut window, name);
    }
    for at in [0, 1] {
        perform(&mut window, Command::ChooseProfile);
        let Profile { id, name, .. } = gallery(&window).profiles[at].clone();
        press_button(&mut window, &name);
        window.run_steps(2);
        assert_eq!(app(&window).preferences().profile, Some(id), "{name} is remembered");
    }
    let kept = app(&window).preferences().profile;
    drop((window, script));
    let (mut window, _script) = room_with_gallery(vec![theme("cats")], folder.path(), kept);
    until(&mut window, "the gallery is looked at", |window| school(window).gallery.is_some());
    assert_eq!(school(&window).profile, kept, "neither the first nor the newest of them");
    let (mut window, _script) = room_with_gallery(vec![theme("cats")], folder.path(), Some(ProfileId(4711)));
    until(&mut window, "the gallery is looked at", |window| school(window).gallery.is_some());
    assert!(school(&window).profile.is_some_and(|id| id != ProfileId(4711)), "who is gone draws no more");
}

#[test]
fn the_topic_of_the_day_is_offered_on_the_empty_paper() {
    let (mut window, _script, _folder) = classroom();
    let topic = topic_of_day(gallery(&window).today, lessons().len()).and_then(|at| lessons().get(at)).unwrap();
    assert!(window.query_by_label("Topic of the day").is_some(), "it says what it is");
    press_button(&mut window, &topic.title[0]);
    assert_eq!(course(&window).lesson().name, topic.name, "it begins");
    assert_eq!(sketch(&window).theme, topic.theme, "with its theme");
}
