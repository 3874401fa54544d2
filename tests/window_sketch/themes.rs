//! Themes in the window: chosen, missing, failing, for photos; and what else a theme paints of the same lines.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Sketch;
use pentimento::ui::commands::Command;
use pentimento::ui::intent::{Intent, Source};
use pentimento::ui::sketch::{DrawTool, Freshness, SketchWish};
use pentimento::worker::sketching::{ImportedDrawing, Quality, SketchDone, SketchRequest, ThemeInfo, VariantShown};
use pentimento::worker::{Event, Failure, Lane};

use super::sketch_kit::{
    Sketching as _, app, easel, handle, perform, picture, result, room, room_with, settle, sketch, stroke, theme,
};

#[test]
fn without_a_theme_one_can_draw_and_is_told_why_no_picture_comes() {
    let (mut window, script) = room_with(Vec::new());
    assert!(window.query_by_label("No theme is installed").is_some(), "it says so");
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    assert_eq!(sketch(&window).stroke_count(), 1, "drawn all the same");
    assert_eq!(script.count(Lane::Sketch), 0, "nothing is asked for");
    assert!(Command::ExportInk.is_enabled(&app(&window).situation()), "and it can be written");
    assert!(!Command::PaintNow.is_enabled(&app(&window).situation()), "but not painted");
}

#[test]
fn another_theme_paints_the_same_lines_and_is_one_step() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press_modifiers(Modifiers::COMMAND, Key::M);
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Robots").click();
    window.run_steps(3);
    assert_eq!(&*sketch(&window).theme, "robots", "chosen");
    let (_, asked, _) = script.painting();
    assert_eq!((&*asked.theme, asked.stroke_count()), ("robots", 1), "the same lines");
    let loaded = script.newest(|request| match request {
        SketchRequest::LoadTheme { theme } => Some(theme.clone()),
        _ => None,
    });
    assert_eq!(loaded.map(|(_, theme)| theme).as_deref(), Some("robots"), "its networks are loaded");
    settle(&mut window, &script, 30);
    perform(&mut window, Command::Undo);
    assert_eq!(&*sketch(&window).theme, "cats", "back");
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "with its picture");
}

#[test]
fn a_variant_is_adopted_by_a_click_as_one_step() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    settle(&mut window, &script, 90);
    window.key_press(Key::V);
    window.run_steps(3);
    let asked = script.newest(|request| match request {
        SketchRequest::Variants { sketch, seeds } => Some((sketch.clone(), seeds.clone())),
        _ => None,
    });
    let (ticket, (asked, seeds)) = asked.expect("variants were asked for");
    assert!(seeds.len() >= 4 && !seeds.contains(&Sketch::STEADY), "other seeds: {seeds:?}");
    let variant = |(index, &seed): (usize, &u64)| {
        let mut own = asked.clone();
        own.set_seed(seed);
        VariantShown { index, seed, result: result(own.key(), 10 + index as u8, Quality::Full) }
    };
    script.done(ticket, SketchDone::Variants(seeds.iter().enumerate().map(variant).collect()));
    window.run_steps(3);
    let count = script.count(Lane::Sketch);
    window.get_by_role_and_label(Role::Button, "Variant 3").click();
    window.run_steps(3);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(12), "it shows at once");
    assert_eq!(script.count(Lane::Sketch), count, "and is not painted again");
    window.get_by_role_and_label(Role::Button, "Plain").click();
    window.run_steps(3);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "the plain answer was kept");
    assert_eq!(script.count(Lane::Sketch), count, "nor is that painted again");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(12), "one step");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().unwrap().picture, picture(90), "and another one");
}

#[test]
fn a_theme_that_changes_photos_waits_for_one_and_paints_without_a_line() {
    let photos = ThemeInfo { takes_photos: true, ..theme("vintage") };
    let (mut window, script) = room_with(vec![photos, theme("robots")]);
    assert_eq!(&*sketch(&window).theme, "robots", "what draws comes first");
    perform(&mut window, Command::ChooseTheme);
    window.get_by_role_and_label(Role::Button, "vintage").click();
    window.run_steps(3);
    assert_eq!(script.count(Lane::Sketch), 0, "there is nothing to paint");
    assert!(window.query_by_label("This theme changes photos").is_some(), "it says what is missing");
    handle(&mut window, Intent::Open(Source::File("cat.jpg".into())));
    let asked = script.newest(|request| match request {
        SketchRequest::Import { is_under, .. } => Some(*is_under),
        _ => None,
    });
    let (ticket, is_under) = asked.expect("it is read");
    assert!(is_under, "as it is: no edges are looked for");
    let drawing = ImportedDrawing::Picture { picture: picture(128), is_photo: true, strokes: Vec::new() };
    script.done(ticket, SketchDone::Imported(Box::new(drawing)));
    window.run_steps(3);
    let (_, asked, _) = script.painting();
    assert!(asked.under_drawing.is_some() && asked.stroke_count() == 0, "the photo alone");
    settle(&mut window, &script, 77);
    assert_eq!(easel(&window).picture().expect("a picture").picture, picture(77), "it shows");
    assert_eq!(easel(&window).freshness(), Freshness::Fresh, "and is up to date");
    perform(&mut window, Command::DropUnder);
    assert!(easel(&window).picture().is_none(), "without the photo there is none");
    perform(&mut window, Command::Undo);
    assert_eq!(easel(&window).picture().expect("a picture").picture, picture(77), "undo brings both back");
}

#[test]
fn pens_keep_their_sizes_when_a_theme_is_chosen() {
    let (mut window, _script) = room();
    handle(&mut window, Intent::Sketch(SketchWish::Size(DrawTool::Pen, 0.05)));
    handle(&mut window, Intent::Sketch(SketchWish::Smoothing(0.9)));
    handle(&mut window, Intent::Sketch(SketchWish::Theme("robots".into())));
    window.run_steps(2);
    let kit = &easel(&window).kit;
    assert_eq!(
        (&*sketch(&window).theme, kit.size(DrawTool::Pen), kit.smoothing),
        ("robots", 0.05, 0.9),
        "as they were"
    );
    assert!(!easel(&window).is_changed() && !easel(&window).history.can_undo(), "and nothing was done yet");
    assert_eq!(app(&window).preferences().pens.pen, Some(0.05), "the next run knows it");
}

#[test]
fn a_failure_is_a_sentence_and_is_not_tried_again_by_itself() {
    let (mut window, script) = room();
    stroke(&mut window, (0.2, 0.2), (0.7, 0.2));
    // The first may be of the stroke while the pen was down.
    for _ in 0..2 {
        let (ticket, ..) = script.painting();
        let failure =
            Failure { key: "error-no-model", headline: "the weights are broken".to_owned(), details: String::new() };
        script.say(Event::Failed(ticket, failure));
        window.run_steps(4);
    }
    let count = script.count(Lane::Sketch);
    window.run_steps(4);
    assert_eq!(script.count(Lane::Sketch), count, "once");
    assert!(app(&window).notifications().shown().next().is_some(), "it says so");
    assert!(window.query_by_label("This drawing could not be painted").is_some(), "also where the picture would be");
    stroke(&mut window, (0.2, 0.4), (0.7, 0.4));
    assert!(script.count(Lane::Sketch) > count, "other lines may work");
}

#[test]
fn a_theme_without_weights_is_told_once_at_the_theme() {
    let (mut window, script) = room();
    let loading = script.newest(|request| matches!(request, SketchRequest::LoadTheme { .. }).then_some(()));
    let (ticket, ()) = loading.expect("its networks are loaded at once");
    let failure =
        Failure { key: "error-model", headline: "the weights are not there".to_owned(), details: String::new() };
    script.say(Event::Failed(ticket, failure));
    window.run_steps(4);
    assert!(window.query_by_label("The weights of this theme cannot be read").is_some(), "where the picture would be");
    assert!(window.query_by_label("Its weights cannot be read").is_some(), "and at the theme");
    for y in [0.2, 0.4, 0.6] {
        stroke(&mut window, (0.2, y), (0.7, y));
    }
    assert_eq!(script.count(Lane::Sketch), 0, "nothing is asked of it");
    assert!(app(&window).notifications().shown().next().is_none(), "and nothing pops up at each stroke");
    handle(&mut window, Intent::Sketch(SketchWish::Theme("robots".into())));
    assert!(script.count(Lane::Sketch) > 0, "another theme paints");
    assert!(window.query_by_label("The weights of this theme cannot be read").is_none(), "and is not blamed");
}
