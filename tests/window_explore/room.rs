//! The room as a whole: its commands, its words, its rest.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pentimento::ui::commands::{Command, Room};
use pentimento::worker::{Done, Event, Lane};
use strum::IntoEnumIterator as _;

use super::kit::{draw_frames, room, settle, stroke, studio};
use super::window_kit::{Window, app, perform};

#[test]
fn each_room_keeps_its_state_and_its_commands() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    window.key_press(Key::F2);
    window.run_steps(3);
    assert_eq!(app(&window).room(), Room::Erase, "by its key");
    assert!(!Command::Fix.is_enabled(&app(&window).situation()), "not here");
    assert!(window.query_by_label("Drop a photo here").is_some(), "nothing is open there");
    window.get_by_role_and_label(Role::Button, "Explore").click();
    window.run_steps(3);
    assert_eq!(studio(&window).exploration().strokes.len(), 1, "as it was left");
}

#[test]
fn no_command_panics_in_the_room() {
    let (mut window, script) = room();
    let last = [Command::CloseDocument, Command::Quit, Command::RoomErase, Command::RoomSketch];
    for round in 0..2 {
        for command in Command::iter().filter(|command| !last.contains(command) && *command != Command::Paste) {
            perform(&mut window, command);
            window.key_press(Key::Escape);
            window.run_steps(2);
        }
        if round == 0 {
            settle(&mut window, &script, &[1, 2, 3]);
            stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
            settle(&mut window, &script, &[3, 2, 1]);
            perform(&mut window, Command::AddKeyFrame);
            draw_frames(&mut window, &script);
        }
    }
    perform(&mut window, Command::CloseDocument);
    let lose = app(&window).text().get("unsaved-lose");
    window.get_by_label(&lose).click();
    window.run_steps(3);
    assert!(app(&window).studio().is_none(), "closed after a question");
}

#[test]
fn every_word_of_the_room_is_in_both_languages() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    for _ in 0..2 {
        let mut seen = words_of(&window);
        for command in [Command::ExportFrames, Command::ChooseModel, Command::Shortcuts] {
            perform(&mut window, command);
            seen.extend(words_of(&window));
            window.key_press(Key::Escape);
            window.run_steps(3);
        }
        let starts = ["command-", "explore-", "strokes-", "status-", "slider-", "portrait-", "map-", "hint-", "brush-"];
        let is_plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '.');
        let raw: Vec<_> =
            seen.iter().filter(|word| is_plain(word) && starts.iter().any(|s| word.starts_with(s))).collect();
        assert!(raw.is_empty(), "keys instead of words: {raw:?}");
        perform(&mut window, Command::NextLanguage);
    }
}

fn words_of(window: &Window) -> Vec<String> {
    fn walk(node: egui_kittest::Node<'_>, out: &mut Vec<String>) {
        out.extend(node.accesskit_node().label());
        node.children().for_each(|child| walk(child, out));
    }
    let mut out = Vec::new();
    walk(window.root(), &mut out);
    out
}

#[test]
fn the_room_rests_when_nothing_is_done() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    stroke(&mut window, (10.0, 10.0), (40.0, 30.0));
    settle(&mut window, &script, &[1, 2]);
    draw_frames(&mut window, &script);
    // Autosave, notes to the disk and tooltips have their time.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    window.run_steps(3);
    let autosaves = script.asked(|request| (request.lane() == Lane::Autosave).then_some(()));
    script.say(Event::Done(autosaves.expect("the journal is written").0, Done::Autosaved));
    window.run_steps(30);
    let delay = window.output().viewport_output.values().map(|output| output.repaint_delay).min().expect("one");
    assert!(delay > std::time::Duration::from_hours(1), "the window wants to be drawn again after {delay:?}");
}
