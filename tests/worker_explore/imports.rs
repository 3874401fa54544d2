//! Checkpoints of other projects that are handed to the worker.

use std::fs;
use std::path::{Path, PathBuf};

use pentimento::worker::importing::ModelUse;
use pentimento::worker::{Done, Manifolds, Request};

use super::explore_kit::Bench;

fn checkpoint(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints").join(name)
}

#[test]
fn a_checkpoint_becomes_a_model_of_the_room_that_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    let bench = Bench::new(Manifolds::in_folders_with(vec![own.clone()], own.clone()));
    let import = |name: &str| {
        let Done::ModelImported(model) = bench.done(Request::ImportModel { path: checkpoint(name) }) else {
            panic!("not imported: {name}")
        };
        *model
    };
    let first = import("stylegan2_run.pth");
    assert_eq!((first.name.as_str(), first.side, first.for_room), ("stylegan2_run", 16, ModelUse::Explore));
    assert!(first.has_discriminator && first.parameters > 0, "{first:?}");
    assert!(
        first.ignored.iter().any(|line| line.contains("beside the generator's: 2")),
        "what is not used is told: {:?}",
        first.ignored
    );
    assert_eq!(import("stylegan2_run.pth").name, "stylegan2_run-2", "the first one stays");
    assert_eq!(import("migan.pt").for_room, ModelUse::Erase);
    assert_eq!(import("pix2pix_unet.pth").for_room, ModelUse::Sketch);
    let Done::Models { models, problems } = bench.done(Request::ListModels) else { panic!("no list") };
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!((names.as_slice(), problems.len()), (["stylegan2_run", "stylegan2_run-2"].as_slice(), 0));
    assert!(models.iter().all(|model| model.picture.is_some()), "they draw");
    assert!(models[0].about.contains("million parameters"), "the card stays: {}", models[0].about);
}

#[test]
fn what_is_no_checkpoint_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    let bench = Bench::new(Manifolds::in_folders_with(vec![own.clone()], own.clone()));
    let path = bench.path("photo.pt");
    fs::write(&path, b"no checkpoint").unwrap();
    let failure = bench.failure(Request::ImportModel { path });
    assert_eq!(failure.key, "error-not-imported", "{}", failure.headline);
    assert!(bench.failure(Request::ImportModel { path: checkpoint("harm.pth") }).headline.contains("nothing is run"));
    let none = bench.failure(Request::ImportModel { path: bench.path("none.pt") });
    assert_eq!(none.key, "error-no-such-file", "{}", none.headline);
    assert!(!own.exists(), "no folder was made");
}
