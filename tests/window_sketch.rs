//! The room Sketch as a person uses it, without a display and without a network: requests are read, answers are made up.
#![cfg(feature = "gui")]

#[path = "window_sketch/ink.rs"]
mod ink;
#[path = "window_sketch/school.rs"]
mod school;
mod sketch_kit;
#[path = "window_sketch/themes.rs"]
mod themes;

use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, TouchPhase};
use egui_kittest::kittest::Queryable as _;
use pentimento::imaging::ink::{Background, Mirror, Stroke, Tool, shapes};
use pentimento::ui::commands::{Command, Room};
use pentimento::ui::file_dialog::Purpose;
use pentimento::ui::intent::{Intent, Phase, Source};
use pentimento::ui::sketch::{DrawTool, ExportKind, Freshness, Shows, SketchWish};
use pentimento::worker::Lane;
use pentimento::worker::sketching::{
    ExportSketch, ImportedDrawing, Quality, SketchDone, SketchExport, SketchRequest, SketchShown,
};
use sketch_kit::{
    Sketching as _, Window, app, button, click, easel, handle, on_paper, paint, paint_with, perform, picture, press,
    room, settle, shown, sketch, stroke, stroke_with,
};
use strum::IntoEnumIterator as _;

#[test]
fn a_stroke_becomes_a_picture_and_one_undo_takes_both_back() {
    let (mut window, script) = room();
    assert!(window.query_by_label("Draw a cat here; it looks back.").is_some(), "an empty paper explains itself");
    assert_eq!(script.count(Lane::Sketch), 0, "nothing runs for a blank paper");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!((strokes.len(), strokes[0].tool), (1, Tool::Pen), "a line of the pen");
    let first = strokes[0].samples[0];
    assert!((first.x - 0.2).abs() < 0.01 && (first.y - 0.2).abs() < 0.01, "where it was drawn: {first:?}");
    settle(&mut window, &script, 100);
    assert_eq!(easel(&window).freshness(), Freshness::Fresh, "the picture belongs to the lines");
    assert!(window.query_by_label("Up to date").is_some() && window.query_by_label("42 ms").is_some(), "it says so");
    let asked = script.count(Lane::Sketch);
    window.run_steps(5);
    assert_eq!(script.count(Lane::Sketch), asked, "nothing runs when nothing has changed");

    stroke(&mut window, (0.2, 0.6), (0.7, 0.6));
    settle(&mut window, &script, 200);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(200), "of both lines");
    let asked = script.count(Lane::Sketch);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(4);
    assert_eq!(sketch(&window).stroke_count(), 1, "the stroke is gone");
    assert_eq!(easel(&window).picture().unwrap().picture, picture(100), "and its picture with it");
    assert_eq!(script.count(Lane::Sketch), asked, "the picture before is known");
    perform(&mut window, Command::Redo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(200), "there again");
    perform(&mut window, Command::Undo);
    perform(&mut window, Command::Undo);
    assert!(easel(&window).picture().is_none() && sketch(&window).is_blank(), "an empty paper has no picture");
    assert!(window.query_by_label("Your picture appears here").is_some(), "and says where it will be");
}

#[test]
fn the_picture_follows_while_the_pen_is_down_one_request_at_a_time() {
    let (mut window, script) = room();
    let end = press(&mut window, (0.2, 0.2), (0.7, 0.3), PointerButton::Primary);
    let (ticket, asked, quality) = script.painting();
    assert_eq!(quality, Quality::Preview, "small, at once");
    assert_eq!(script.count(Lane::Sketch), 1, "one at a time, however the pen moves");
    assert_eq!(asked.stroke_count(), 1, "with the unfinished stroke");
    assert_eq!(sketch(&window).stroke_count(), 0, "which is no step yet");
    assert!(window.query_by_label("Painting…").is_some(), "it says that it is busy");
    script.done(ticket, SketchDone::Painted(Box::new(shown(&asked, 50, quality))));
    window.step();
    assert_eq!(easel(&window).picture().unwrap().picture, picture(50), "it shows while the pen is down");
    let (_, newer, quality) = script.painting();
    assert!(newer.key() != asked.key() && quality == Quality::Preview, "and the newest lines are next");
    window.event(button(end, PointerButton::Primary, false));
    window.step();
    window.run_steps(2);
    settle(&mut window, &script, 90);
    assert!(sketch(&window).is_fresh(), "at full size when the pen is up");
    let position = easel(&window).history.position();
    assert_eq!(position, 1, "stroke and pictures are one step");
}

#[test]
fn a_kept_picture_is_said_to_have_taken_what_it_took_when_it_was_painted() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.3));
    settle(&mut window, &script, 80);
    assert!(window.query_by_label("42 ms").is_some(), "painted");
    perform(&mut window, Command::Undo);
    stroke(&mut window, (0.2, 0.6), (0.7, 0.6));
    let kept = |shown| SketchShown { millis: 1.0, network_millis: 0.0, is_kept: true, ..shown };
    assert!((0..3).any(|_| paint_with(&mut window, &script, 90, kept) == Quality::Full), "at full size");
    assert_eq!(easel(&window).freshness(), Freshness::Fresh, "there at once");
    assert!(window.query_by_label("1 ms").is_none() && window.query_by_label("42 ms").is_some(), "as painted");
}

#[test]
fn escape_gives_a_stroke_up_and_the_other_button_erases() {
    let (mut window, _) = room();
    let end = press(&mut window, (0.2, 0.2), (0.7, 0.3), PointerButton::Primary);
    window.key_press(Key::Escape);
    window.step();
    window.event(button(end, PointerButton::Primary, false));
    window.run_steps(2);
    assert_eq!(easel(&window).history.position(), 0, "nothing was drawn");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    stroke_with(&mut window, (0.4, 0.1), (0.4, 0.4), PointerButton::Secondary);
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!(strokes.last().unwrap().tool, Tool::Eraser, "the other button");
    assert!(strokes.last().unwrap().size > strokes[0].size * 4.0, "in its own size");
}

#[test]
fn a_pen_that_tells_its_pressure_is_believed() {
    let (mut window, _script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    let (from, to) = (on_paper(&window, (0.2, 0.5)), on_paper(&window, (0.7, 0.5)));
    let (device_id, id) = (egui::TouchDeviceId(1), egui::TouchId(1));
    let touch = |phase, pos, force| egui::Event::Touch { device_id, id, phase, pos, force: Some(force) };
    window.hover_at(from);
    window.step();
    // A touch and the pointer event made of it belong to one frame.
    for events in [
        [touch(TouchPhase::Start, from, 0.2), button(from, PointerButton::Primary, true)],
        [touch(TouchPhase::Move, to, 0.9), egui::Event::PointerMoved(to)],
        [touch(TouchPhase::End, to, 0.0), button(to, PointerButton::Primary, false)],
    ] {
        window.input_mut().events.extend(events);
        window.step();
    }
    window.run_steps(3);
    let strokes = sketch(&window).layers[0].strokes();
    let pressures = |at: usize| {
        let samples = &strokes[at].samples;
        (samples[0].pressure, samples[samples.len() - 1].pressure)
    };
    assert!(strokes[0].is_pressure_simulated, "a mouse tells none: its speed decides");
    assert_eq!((strokes[1].is_pressure_simulated, pressures(1)), (false, (0.2, 0.9)), "a pen does");
}

#[test]
fn keys_pick_tools_and_size_them() {
    let (mut window, _) = room();
    let keys = [
        (Key::E, DrawTool::Eraser),
        (Key::L, DrawTool::Line),
        (Key::C, DrawTool::Curve),
        (Key::H, DrawTool::Hint),
        (Key::B, DrawTool::Pen),
    ];
    for (key, tool) in keys {
        window.key_press(key);
        window.run_steps(2);
        assert_eq!(easel(&window).tool, tool, "{key:?}");
    }
    let before = easel(&window).kit.size(DrawTool::Pen);
    let eraser = easel(&window).kit.size(DrawTool::Eraser);
    window.key_press(Key::CloseBracket);
    window.run_steps(2);
    assert!(easel(&window).kit.size(DrawTool::Pen) > before, "wider");
    assert_eq!(easel(&window).kit.size(DrawTool::Eraser), eraser, "the eraser keeps its own");
    window.key_press(Key::S);
    window.run_steps(2);
    assert_eq!(easel(&window).kit.smoothing, 0.0, "off");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    let stroke = &sketch(&window).layers[0].strokes()[0];
    assert_eq!((stroke.smoothing, stroke.streamline), (0.0, 0.0), "exactly what the hand did");
}

#[test]
fn lines_curves_hints_and_the_mirror() {
    let (mut window, _) = room();
    window.key_press(Key::L);
    stroke(&mut window, (0.1, 0.1), (0.4, 0.3));
    window.key_press(Key::C);
    window.run_steps(2);
    for at in [(0.1, 0.5), (0.25, 0.4), (0.4, 0.5)] {
        click(&mut window, at);
    }
    assert_eq!(sketch(&window).stroke_count(), 1, "a curve waits for its end");
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(sketch(&window).stroke_count(), 2, "Enter ends it");
    window.key_press(Key::H);
    window.run_steps(2);
    stroke(&mut window, (0.2, 0.7), (0.4, 0.7));
    let hint = sketch(&window).layers[0].strokes()[2].clone();
    assert_eq!((hint.tool, hint.color), (Tool::Hint, easel(&window).kit.color), "a colour");
    window.key_press(Key::M);
    window.run_steps(2);
    assert_eq!(sketch(&window).mirror, Some(Mirror::MIDDLE), "a mirror");
    window.key_press(Key::B);
    window.run_steps(2);
    stroke(&mut window, (0.1, 0.8), (0.3, 0.9));
    let strokes = sketch(&window).layers[0].strokes();
    assert_eq!(strokes.len(), 5, "both sides");
    let (left, right) = (strokes[3].samples[0], strokes[4].samples[0]);
    assert!((left.x + right.x - 1.0).abs() < 1e-4 && left.y == right.y, "mirrored: {left:?} {right:?}");
    perform(&mut window, Command::Undo);
    assert_eq!(sketch(&window).stroke_count(), 3, "both are one step");
}

#[test]
fn layers_are_added_hidden_soloed_renamed_and_deleted() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    perform(&mut window, Command::AddLayer);
    assert_eq!(sketch(&window).layers.len(), 2, "a second one");
    stroke(&mut window, (0.2, 0.5), (0.7, 0.5));
    assert_eq!(sketch(&window).layers[1].strokes().len(), 1, "drawn on");
    window.get_by_role_and_label(Role::Button, "Hide Layer 2").click();
    window.run_steps(3);
    assert_eq!(sketch(&window).counting_strokes().len(), 1, "hidden");
    stroke(&mut window, (0.2, 0.8), (0.7, 0.8));
    let toast = app(&window).notifications().shown().next().map(|(_, words, _)| words.to_owned());
    assert!(toast.is_some_and(|words| words.contains("hidden")), "it says why nothing is drawn");
    assert_eq!(sketch(&window).stroke_count(), 2, "nothing is");
    window.get_by_role_and_label(Role::Button, "Show Layer 2").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Solo Layer 1").click();
    window.run_steps(3);
    paint(&mut window, &script, 40);
    let (_, asked, _) = script.painting();
    assert!(asked.layers[0].is_solo, "the picture is made of the soloed layer");
    window.get_by_role_and_label(Role::Button, "Layer 1").click();
    window.run_steps(3);
    assert_eq!(sketch(&window).active, sketch(&window).layers[0].id, "drawn on now");
    perform(&mut window, Command::LayerUp);
    assert_eq!(sketch(&window).layers[1].name, "Layer 1", "moved up");
    perform(&mut window, Command::RenameLayer);
    window.get_by_role_and_label(Role::TextInput, "Name of the layer").type_text("whiskers ");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(sketch(&window).layers[1].name.contains("whiskers"), "renamed: {}", sketch(&window).layers[1].name);
    perform(&mut window, Command::DeleteLayer);
    assert_eq!(sketch(&window).layers.len(), 1, "deleted");
    perform(&mut window, Command::Undo);
    assert_eq!(sketch(&window).layers.len(), 2, "and back");
}

#[test]
fn exports_ask_for_a_file_and_name_what_is_written() {
    let (mut window, script) = room();
    assert!(!Command::ExportInk.is_enabled(&app(&window).situation()), "not of an empty paper");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.get_by_role_and_label(Role::Button, "Export").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Export as SVG…").click();
    window.run_steps(3);
    assert!(window.query_by_label("Export as SVG").is_some(), "it asks for a file");
    window.key_press(Key::Escape);
    window.run_steps(3);
    for kind in ExportKind::iter() {
        let path = Path::new("drawing").to_owned();
        handle(&mut window, Intent::UsePath(Purpose::Sketch(kind), path));
        let asked = script.newest(|request| match request {
            SketchRequest::Export(export) => Some(export.clone()),
            _ => None,
        });
        let (ticket, ExportSketch { sketch, path, what }) = asked.expect("asked for");
        assert_eq!(sketch.stroke_count(), 1, "a snapshot");
        let extension = path.extension().unwrap().to_string_lossy().into_owned();
        assert_eq!(extension, kind.extensions()[0], "{kind:?} has its ending");
        if kind == ExportKind::Result {
            assert_eq!(what, SketchExport::Result { background: Background::Keep }, "as it shows");
        }
        script.done(ticket, SketchDone::Exported { path, bytes: 1234 });
        window.run_steps(2);
    }
    perform(&mut window, Command::ToggleTransparent);
    handle(&mut window, Intent::UsePath(Purpose::Sketch(ExportKind::Result), "a.png".into()));
    let asked = script.newest(|request| match request {
        SketchRequest::Export(export) => Some(export.what.clone()),
        _ => None,
    });
    assert_eq!(asked.unwrap().1, SketchExport::Result { background: Background::White }, "without its background");
}

#[test]
fn the_mirror_is_moved_in_one_step() {
    let (mut window, _script) = room();
    perform(&mut window, Command::ToggleMirror);
    handle(&mut window, Intent::Sketch(SketchWish::MirrorAt(0.3, Phase::Drag)));
    handle(&mut window, Intent::Sketch(SketchWish::MirrorAt(0.25, Phase::End)));
    assert_eq!(sketch(&window).mirror, Some(Mirror::Upright(0.25)), "moved");
    assert!(window.query_by_label("Mirror at").is_some(), "and told");
    perform(&mut window, Command::Undo);
    assert_eq!(sketch(&window).mirror, Some(Mirror::MIDDLE), "back at once");
}

#[test]
fn a_drawing_read_into_a_hidden_or_full_sketch_is_not_lost_in_silence() {
    let (mut window, script) = room();
    let read = |window: &mut Window, count: usize| {
        handle(window, Intent::Open(Source::File("drawing.svg".into())));
        let asked = script.newest(|request| matches!(request, SketchRequest::Import { .. }).then_some(()));
        let line =
            |at: usize| Arc::new(Stroke::computed(Tool::Pen, shapes::line((0.1, 0.1), (0.9, at as f32 / 50_000.0))));
        let strokes = (0..count).map(line).collect();
        script.done(asked.unwrap().0, SketchDone::Imported(Box::new(ImportedDrawing::Strokes { strokes, word: None })));
        window.run_steps(3);
    };
    let first = sketch(&window).active;
    handle(&mut window, Intent::Sketch(SketchWish::ToggleLayer(first)));
    read(&mut window, 2);
    assert_eq!(sketch(&window).stroke_count(), 2, "on a layer that shows");
    read(&mut window, 39_999);
    assert_eq!(sketch(&window).stroke_count(), 2, "too many");
    let told = app(&window).notifications().shown().any(|(_, words, _)| words.contains("more strokes or layers"));
    assert!(told, "and it says so");
}

#[test]
fn live_can_be_switched_off_and_enter_paints() {
    let (mut window, script) = room();
    window.get_by_role_and_label(Role::Button, "Live").click();
    window.run_steps(3);
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    assert_eq!(script.count(Lane::Sketch), 0, "nothing by itself");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(script.painting().2, Quality::Full, "on demand");
    paint(&mut window, &script, 77);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(77), "it shows");
}

#[test]
fn the_picture_shows_beside_the_paper_on_it_or_not_at_all() {
    let (mut window, _) = room();
    for (key, shows) in [(Key::O, Shows::Over), (Key::W, Shows::Nowhere), (Key::D, Shows::Beside)] {
        window.key_press(key);
        window.run_steps(3);
        assert_eq!(easel(&window).looks.shows, shows, "{key:?}");
    }
}

#[test]
fn a_photo_lies_under_the_paper_and_a_drawing_becomes_strokes() {
    let (mut window, script) = room();
    handle(&mut window, Intent::UsePath(Purpose::Under, "cat.jpg".into()));
    let asked = script.newest(|request| matches!(request, SketchRequest::Import { .. }).then_some(()));
    let (ticket, ()) = asked.expect("it is read");
    let drawing = ImportedDrawing::Picture { picture: picture(128), is_photo: true, strokes: Vec::new() };
    script.done(ticket, SketchDone::Imported(Box::new(drawing)));
    window.run_steps(3);
    assert!(sketch(&window).under_drawing.is_some(), "under the paper");
    assert_eq!(sketch(&window).stroke_count(), 0, "and nothing is drawn");
    perform(&mut window, Command::ToggleUnder);
    assert!(!easel(&window).looks.has_under, "hidden");
    perform(&mut window, Command::DropUnder);
    assert!(sketch(&window).under_drawing.is_none(), "taken away");
}

#[test]
fn clearing_is_undone_and_the_room_can_be_left_and_entered() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run_steps(3);
    assert!(sketch(&window).is_blank(), "cleared");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "back, with its picture");
    window.key_press(Key::F2);
    window.run_steps(3);
    assert_eq!(app(&window).room(), Room::Erase, "the first room");
    assert!(window.query_by_role_and_label(Role::Button, "Empty paper").is_some(), "its start page leads here");
    window.key_press(Key::F4);
    window.run_steps(3);
    assert_eq!((app(&window).room(), sketch(&window).stroke_count()), (Room::Sketch, 1), "as it was");
}

#[test]
fn every_command_of_the_room_runs() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    for command in Command::iter().filter(|command| command.is_in(Room::Sketch)) {
        if matches!(command, Command::Quit | Command::RoomErase | Command::RoomExplore | Command::NextLanguage) {
            continue;
        }
        perform(&mut window, command);
        window.key_press(Key::Escape);
        window.run_steps(2);
        assert!(easel(&window).sketch().validate().is_ok(), "{command:?} leaves a sound sketch");
    }
}
