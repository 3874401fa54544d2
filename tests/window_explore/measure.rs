//! A model that is measured.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use pentimento::ui::file_dialog::Purpose;
use pentimento::ui::intent::{Intent, Source};
use pentimento::worker::exploring::{
    Attribute, Frechet, Interval, Mixing, PathLength, PathSpace, Sampling, Separability, Survey, Surveyed,
};
use pentimento::worker::importing::{ImportedModel, ModelUse};
use pentimento::worker::{Done, Event, Lane, Request, Ticket};

use super::kit::{room, settle, studio};
use super::window_kit::{Script, Window, handle};

#[test]
fn a_model_is_measured_and_its_findings_are_drawn() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    window.get_by_label("Measure").click();
    window.run_steps(4);
    window.get_by_role_and_label(Role::Button, "Path length").click();
    window.run_steps(3);
    let asked = script.asked(|request| match request {
        Request::Survey { model, what, .. } => Some((model.clone(), what.clone())),
        _ => None,
    });
    let (ticket, (_, what)) = asked.expect("a measurement was asked for");
    assert_eq!(what, Survey::Paths { pairs: 256, sampling: Sampling::Full }, "a first impression");
    assert!(window.query_by_role_and_label(Role::Button, "Stop measuring").is_some(), "it can be stopped");
    let interval = |mean: f64| Interval { mean, low: mean - 1.0, high: mean + 1.0, count: 250 };
    let path = |space: PathSpace, mean: f64| PathLength {
        space,
        sampling: Default::default(),
        crop: false,
        features: "own discriminator".to_owned(),
        is_ppl: false,
        pairs: 256,
        seed: 0,
        length: interval(mean),
    };
    let paths = vec![path(PathSpace::Z, 30.0), path(PathSpace::W, 12.5)];
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Paths(paths)))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("In w: 12.5 (11.5 to 13.5), 256 pairs").is_some(), "with its confidence");
    assert!(window.query_by_label_contains("Path length on own discriminator").is_some(), "and what it is of");
    let mixing = Mixing {
        features: "own discriminator".to_owned(),
        pairs: 32,
        seed: 0,
        layers: vec![interval(3.0), interval(2.0)],
        all: interval(4.0),
    };
    window.get_by_role_and_label(Role::Button, "Mixing").click();
    window.run_steps(3);
    let (ticket, ()) = script.asked(|request| (request.lane() == Lane::Survey).then_some(())).expect("asked for");
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Mixing(mixing)))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("Style of one layer").is_some(), "a bar for each layer");
}

/// Opens the part and asks by `button` for a folder, which is typed in; the measurement that follows.
fn with_folder(window: &mut Window, script: &Script, button: &str) -> (Ticket, Survey) {
    window.get_by_role_and_label(Role::Button, button).click();
    window.run_steps(3);
    let purpose = if button.starts_with("Sep") { Purpose::Labelled } else { Purpose::Real };
    assert!(window.query_by_label("Path").is_some(), "a folder is asked for");
    handle(window, Intent::UsePath(purpose, "pictures".into()));
    window.key_press(Key::Escape);
    window.run_steps(3);
    let asked = script.asked(|request| match request {
        Request::Survey { what, .. } => Some(what.clone()),
        _ => None,
    });
    asked.expect("a measurement was asked for")
}

#[test]
fn a_model_is_measured_with_a_folder_and_the_figures_are_written() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    window.get_by_label("Measure").click();
    window.run_steps(4);
    assert!(window.query_by_label_contains("Save figures").is_none(), "there are none");
    let (ticket, what) = with_folder(&mut window, &script, "Separability…");
    assert_eq!(what, Survey::Separability { folder: "pictures".into(), labelled: 256, samples: 256 }, "of this folder");
    window.get_by_role_and_label(Role::Button, "Stop measuring").click();
    window.run_steps(2);
    assert_eq!(script.cancelled.borrow().last(), Some(&Lane::Survey), "it can be stopped");
    let attribute = |class: &str, left_z: f64| Attribute {
        group: "eyes".to_owned(),
        class: class.to_owned(),
        accuracy: 0.9,
        share: 0.25,
        left_z,
        left_w: Some(0.125),
    };
    let told = Separability {
        features: "own discriminator".to_owned(),
        samples: 256,
        seed: 0,
        z: 1.75,
        w: Some(1.5),
        attributes: vec![attribute("round", 0.2), attribute("narrow", 0.6)],
        left_out: vec![("mouth".to_owned(), 0.31)],
    };
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Separability(told)))));
    window.run_steps(4);
    for words in ["In z: 1.750", "In w: 1.500", "mouth is left out: the classifier is right in 31 %"] {
        assert!(window.query_by_label_contains(words).is_some(), "{words}");
    }
    let row = |name: &str| window.get_by_label(name).rect().top();
    assert!(row("eyes narrow") < row("eyes round"), "what is told worst comes first");

    let (ticket, what) = with_folder(&mut window, &script, "Distance…");
    assert_eq!(what, Survey::Pictures { folder: "pictures".into(), count: 256 }, "of this folder");
    let frechet = Frechet { features: "own discriminator".to_owned(), pictures: 200, seed: 0, distance: 12.345 };
    script.say(Event::Done(ticket, Done::Surveyed(Box::new(Surveyed::Pictures(frechet)))));
    window.run_steps(4);
    assert!(window.query_by_label_contains("12.35 between 200 real pictures").is_some(), "the distance");

    window.get_by_role_and_label(Role::Button, "Save figures as JSON…").click();
    window.run_steps(3);
    handle(&mut window, Intent::UsePath(Purpose::Findings, "measured".into()));
    let asked = script.asked(|request| match request {
        Request::SaveFindings { model, findings, path } => Some((model.clone(), findings.len(), path.clone())),
        _ => None,
    });
    assert_eq!(asked.expect("asked for").1, ("toys".to_owned(), 2, "measured.json".into()), "both, with an ending");
}

#[test]
fn places_and_trunk_are_chosen() {
    let (mut window, script) = room();
    settle(&mut window, &script, &[1, 2]);
    window.get_by_label("Measure").click();
    window.run_steps(4);
    window.get_by_role_and_label(Role::ComboBox, "Paths over").click();
    window.run_steps(3);
    window.get_by_label("its beginning").click();
    window.run_steps(3);
    handle(&mut window, Intent::UsePath(Purpose::Trunk, "/a/vgg16-lpips.safetensors".into()));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Path length").click();
    window.run_steps(3);
    let asked = |script: &Script| {
        script.asked(|request| match request {
            Request::Survey { what, trunk, .. } => Some((what.clone(), trunk.clone())),
            _ => None,
        })
    };
    let (ticket, (what, trunk)) = asked(&script).expect("a measurement was asked for");
    assert_eq!(what, Survey::Paths { pairs: 256, sampling: Sampling::End }, "of the beginning");
    assert_eq!(trunk, Some("/a/vgg16-lpips.safetensors".into()), "on the trunk");
    script.say(Event::Cancelled(ticket));
    window.run_steps(3);
    window.get_by_role_and_label(Role::ComboBox, "Compare by").click();
    window.run_steps(3);
    window.get_by_label("the model’s discriminator").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Path length").click();
    window.run_steps(3);
    assert_eq!(asked(&script).expect("asked for").1.1, None, "on its own discriminator again");
}

#[test]
fn a_checkpoint_is_dropped_and_its_card_shows() {
    let (mut window, script) = room();
    handle(&mut window, Intent::Open(Source::File("/a/faces.PT".into())));
    let asked = script.asked(|request| match request {
        Request::ImportModel { path } => Some(path.clone()),
        _ => None,
    });
    let (ticket, path) = asked.expect("it is handed to the worker");
    assert_eq!(path, std::path::Path::new("/a/faces.PT"));
    let model = ImportedModel {
        name: "faces".to_owned(),
        chosen_as: "faces".to_owned(),
        family: "stylegan2".to_owned(),
        side: 64,
        for_room: ModelUse::Explore,
        note: "imported from faces.PT".to_owned(),
        parameters: 1_234_567,
        has_discriminator: true,
        ignored: vec!["a table beside the generator's: g".to_owned()],
        filled: Vec::new(),
    };
    script.say(Event::Done(ticket, Done::ModelImported(Box::new(model))));
    window.run_steps(4);
    assert!(script.asked(|request| matches!(request, Request::ListModels).then_some(())).is_some(), "it is listed");
    let facts = "stylegan2, 64 px, 1,234,567 parameters, with its discriminator";
    assert!(window.query_by_label_contains(facts).is_some(), "what it is");
    assert!(window.query_by_label_contains("a table beside the generator's: g").is_some(), "and what was left out");
    assert!(window.query_by_label_contains("Not in the file").is_none(), "nothing was filled in");
    window.get_by_role_and_label(Role::Button, "Use it").click();
    window.run_steps(4);
    assert_eq!(studio(&window).exploration().model, "faces", "and it is explored");
}
