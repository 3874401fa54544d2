//! Measurements in the background.

use std::path::Path;

use pentimento::generators::{seeded_weights, vgg};
use pentimento::imaging::io::{self, Encoding};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use pentimento::worker::exploring::{PathSpace, Sampling, Survey, Surveyed};
use pentimento::worker::{Done, Event, Request};
use serde_json::Value;

use super::explore_kit::{Bench, MODEL};
use super::{noisy, styled};

fn survey(what: Survey) -> Request {
    Request::Survey { model: MODEL.to_owned(), what, trunk: None }
}

const fn paths_of(sampling: Sampling) -> Survey {
    Survey::Paths { pairs: 8, sampling }
}

#[track_caller]
fn surveyed(bench: &Bench, what: Survey) -> Surveyed {
    let Done::Surveyed(found) = bench.done(survey(what)) else { panic!("not measured") };
    *found
}

#[test]
fn a_model_is_measured_in_the_background() {
    let bench = Bench::new(noisy());
    let Surveyed::Paths(paths) = surveyed(&bench, paths_of(Sampling::Full)) else { panic!("no path lengths") };
    let spaces: Vec<PathSpace> = paths.iter().map(|path| path.space).collect();
    assert_eq!(spaces, [PathSpace::Z, PathSpace::W], "in both spaces");
    assert!(paths.iter().all(|path| path.length.mean.is_finite() && !path.is_ppl), "{paths:?}");
    let Surveyed::Paths(ends) = surveyed(&bench, paths_of(Sampling::End)) else { panic!("no path lengths") };
    assert!(ends.iter().all(|path| path.sampling == Sampling::End), "{ends:?}");
    assert_ne!(ends[1].length.mean, paths[1].length.mean, "another figure");
    let Surveyed::Noise(share, picture) = surveyed(&bench, Survey::Noise(3)) else { panic!("no noise") };
    assert_eq!((share.samples, picture.size()), (3, Size::new(16, 16)), "with a picture");
    let silent = Bench::new(styled()).failure(survey(Survey::Noise(3)));
    assert_eq!(silent.headline, "this model adds no noise", "strengths of 0 are none");
    let few = bench.failure(survey(Survey::Mixing(1)));
    assert!(few.headline.contains("1 pairs are too few"), "{}", few.headline);
}

/// Writes 30 pictures into each of two folders: dark ones and light ones, no two alike.
fn write_pictures(folder: &Path) {
    for (name, light) in [("dark", 20), ("light", 180)] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        for at in 0..30_u8 {
            let samples = (0..16 * 16 * 3_u32).map(|n| light + at + (n * 7 % 13) as u8).collect();
            let frame = Frame::new(Size::new(16, 16), ColorModel::Rgb, Samples::U8(samples)).unwrap();
            let bytes = io::encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap();
            std::fs::write(folder.join(name).join(format!("{at}.png")), bytes).unwrap();
        }
    }
}

#[test]
fn a_model_is_measured_with_pictures_of_a_folder_and_the_figures_are_written() {
    let bench = Bench::new(styled());
    let folder = bench.path("pictures");
    write_pictures(&folder);
    std::fs::write(folder.join("light/broken.png"), b"no picture").unwrap();
    let asked = Survey::Separability { folder: folder.clone(), labelled: 61, samples: 200 };
    let (events, done) = bench.ask(survey(asked));
    let Ok(Done::Surveyed(found)) = done else { panic!("not measured: {done:?}") };
    let left_out = events.iter().any(|event| matches!(event, Event::Warning(_, why) if why.key == "warning-left-out"));
    assert!(left_out, "what cannot be read is told");
    let Surveyed::Separability(told) = &*found else { panic!("no separability") };
    assert!(told.attributes.iter().all(|one| one.group == "folder" && one.accuracy > 0.9), "{told:?}");
    assert!(told.z >= 1.0 && told.w.is_some_and(|w| w >= 1.0), "in both spaces: {told:?}");

    let close = surveyed(&bench, Survey::Pictures { folder: folder.clone(), count: 60 });
    let Surveyed::Pictures(frechet) = &close else { panic!("no distance") };
    assert!(frechet.pictures == 60 && frechet.distance > 0.0, "{frechet:?}");

    let (path, model) = (bench.path("measured.json"), MODEL.to_owned());
    let findings = vec![(*found).clone(), close.clone()];
    let done = bench.done(Request::SaveFindings { model, findings, path: path.clone() });
    assert!(matches!(done, Done::FindingsSaved { path: at } if at == path), "where");
    let written: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(written["model"], MODEL, "what was measured");
    // Reading a number back may change its last bit.
    let is = |at: &Value, figure: f64| at.as_f64().is_some_and(|read| (read - figure).abs() <= 1e-12 * figure.abs());
    assert!(is(&written["pictures"]["distance"], frechet.distance), "as the command line tells it: {written}");
    assert!(is(&written["separability"]["z"], told.z), "beside the other: {written}");
}

#[test]
fn folders_that_nothing_can_be_measured_with_are_told() {
    let bench = Bench::new(styled());
    let folder = bench.path("pictures");
    write_pictures(&folder);
    let labelled = |folder| survey(Survey::Separability { folder, labelled: 60, samples: 60 });
    let missing = bench.failure(labelled(bench.path("nowhere")));
    assert_eq!(missing.key, "error-survey-data", "{missing:?}");
    let alone = bench.failure(labelled(folder.join("dark")));
    assert_eq!(alone.key, "error-no-labels", "{alone:?}");
    let few = bench.failure(survey(Survey::Pictures { folder, count: 3 }));
    assert!(few.key == "error-measure" && few.headline.contains("3 pictures are too few"), "{few:?}");
}

/// VGG16 with two channels a block, or with LPIPS's weights too.
fn write_trunk(path: &Path) {
    let vb = seeded_weights(3, candle_core::DType::F32, &candle_core::Device::Cpu);
    let tensors = vgg::keys().into_iter().map(|key| {
        let at: usize = key.split('.').nth(1).unwrap().parse().unwrap();
        let c_in = if at == 0 { 3 } else { 2 };
        let tensor = if key.ends_with("bias") { vb.get(2, &key) } else { vb.get((2, c_in, 3, 3), &key) };
        (key, tensor.unwrap())
    });
    candle_core::safetensors::save(&tensors.collect(), path).unwrap();
}

#[test]
fn pictures_are_compared_on_a_trunk_that_a_person_names() {
    let bench = Bench::new(styled());
    let path = bench.path("small-vgg.safetensors");
    write_trunk(&path);
    let on = |trunk: &Path| Request::Survey {
        model: MODEL.to_owned(),
        what: paths_of(Sampling::Full),
        trunk: Some(trunk.to_owned()),
    };
    let Done::Surveyed(found) = bench.done(on(&path)) else { panic!("not measured") };
    let Surveyed::Paths(paths) = *found else { panic!("no path lengths") };
    assert!(paths.iter().all(|path| path.features == "small-vgg" && !path.is_ppl), "not the published one: {paths:?}");
    let none = bench.failure(on(&bench.path("nothing.safetensors")));
    assert_eq!(none.key, "error-trunk", "{}", none.headline);
}
