//! Runs of `CoModGAN`: they can be cut, killed and resumed, and what is wrong is told in a sentence.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use candle_core::{Device, Tensor};
use image::{Rgb, RgbImage};
use pentimento::control::CancelToken;
use pentimento::train::recipe::{Augment, Data, Loss, Network, Report};
use pentimento::train::{Observer, Order, Outcome, Progress, Recipe, TrainError, entry_of, fit, start_from};
use pentimento::weights::{self, Catalog};

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: &Progress<'_>) {}

    fn wrote(&mut self, _: &str, _: &Path) {}
}

fn pictures(root: &Path, count: u32) -> PathBuf {
    let folder = root.join("pictures");
    fs::create_dir_all(&folder).unwrap();
    for at in 0..count {
        let picture = RgbImage::from_fn(24, 20, |x, y| {
            Rgb([0, 1, 2].map(|c| (40 * c + at * 9 + x * (at % 4 + 1) * 2 + y * (at % 3 + c)).min(255) as u8))
        });
        picture.save(folder.join(format!("{at:02}.png"))).unwrap();
    }
    folder
}

/// Everything that has state is switched on.
fn recipe(steps: u64) -> Recipe {
    Recipe {
        name: "tiny".to_owned(),
        seed: 5,
        steps,
        batch: 4,
        network: Network {
            side: 16,
            base_channels: 128,
            max_channels: 16,
            global_dim: 16,
            style_dim: 16,
            ..Network::default()
        },
        data: Data { held_out: 2, ..Data::default() },
        loss: Loss {
            l1_weight: 1.0,
            l1_block: 2,
            border_weight: 1.0,
            border_width: 2,
            r1_every: 2,
            path_length_weight: 2.0,
            path_length_every: 3,
            ..Loss::default()
        },
        augment: Augment { kimg: 0.05, ..Augment::default() },
        report: Report { log_every: 1, sample_every: 0, measure_every: 4, save_minutes: 1e-5 },
        ..Recipe::default()
    }
}

fn order(data: &Path, out: &Path, is_resumed: bool) -> Order {
    Order { data: data.to_owned(), out: out.to_owned(), is_resumed, limit: None, device: Device::Cpu }
}

fn run(recipe: &Recipe, data: &Path, out: &Path, is_resumed: bool) -> Result<Outcome, TrainError> {
    fit(recipe, &order(data, out, is_resumed), &CancelToken::never(), &mut Silent)
}

fn assert_same_bits(a: &Outcome, b: &Outcome) {
    let bits = |tensor: &Tensor| -> Vec<u32> {
        tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap().into_iter().map(f32::to_bits).collect()
    };
    assert_eq!(a.weights.len(), b.weights.len(), "as many tensors");
    for ((name, a), b) in a.weights.iter().zip(b.weights.values()) {
        assert!(bits(a) == bits(b), "{name} is the same, bit for bit");
    }
}

#[test]
fn a_run_cut_in_two_equals_the_straight_run() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path(), 12);
    let straight = run(&recipe(9), &data, &root.path().join("straight"), false).unwrap();
    let cut = root.path().join("cut");
    run(&recipe(5), &data, &cut, false).unwrap();
    let resumed = run(&recipe(9), &data, &cut, true).unwrap();
    assert_same_bits(&straight, &resumed);
    let lines = fs::read_to_string(cut.join("log.jsonl")).unwrap();
    assert!(lines.contains("path-length") && lines.contains("\"r1\"") && cut.join("curves.png").is_file(), "{lines}");
}

#[test]
fn a_killed_run_always_resumes() {
    let root = tempfile::tempdir().unwrap();
    let (data, out) = (pictures(root.path(), 12), root.path().join("run"));
    let file = root.path().join("recipe.toml");
    fs::write(&file, recipe(40).documented()).unwrap();
    let start = |is_resumed: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(["train".as_ref(), file.as_os_str()]).arg("--data").arg(&data).arg("--out").arg(&out);
        command.arg("--weights").arg(root.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        if is_resumed { command.arg("--resume") } else { &mut command }.spawn().unwrap()
    };
    for kill in 0..10_u64 {
        let mut child = start(!has_checkpoint(&out).is_empty());
        let wait = Duration::from_millis(60 + 97 * kill % 350);
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let output = start(!has_checkpoint(&out).is_empty()).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let straight = run(&recipe(40), &data, &root.path().join("straight"), false).unwrap();
    assert_eq!(straight.step, 40, "all steps");
    let read = |path: &Path| candle_core::safetensors::load(path, &Device::Cpu).unwrap();
    let (catalog, key) = (Catalog::open([root.path()]).unwrap(), "encoder.b4.conv.weight");
    // A run that was complete before its kill has installed the model already: the next one replaces its file.
    let found = catalog.find("tiny").expect("it shows up in the list of models").file.clone();
    let half = |tensor: &Tensor| -> Vec<f32> {
        let half = tensor.to_dtype(candle_core::DType::F16).unwrap();
        half.to_dtype(candle_core::DType::F32).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    };
    assert_eq!(half(&read(&found)[key]), half(&straight.weights[key]), "as if nobody had killed it");
}

fn has_checkpoint(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out.join("checkpoints")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "safetensors")).collect()
}

#[test]
fn a_model_is_fine_tuned_from_its_name() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path(), 12);
    let outcome = run(&recipe(2), &data, &root.path().join("first"), false).unwrap();
    let entry = entry_of(&recipe(2), &outcome, "test pictures").unwrap();
    let entry = weights::add(&root.path().join("weights"), entry, outcome.weights.clone()).unwrap();
    let mut tuned = Recipe { name: "tuned".to_owned(), seed: 6, steps: 1, ..Recipe::default() };
    tuned.data.held_out = 2;
    tuned.batch = 4;
    start_from(&mut tuned, &entry).unwrap();
    assert_eq!(tuned.network.side, 16, "the sizes are the model's");
    tuned.loss.judge_first = 1;
    let outcome = run(&tuned, &data, &root.path().join("second"), false).unwrap();
    let (was, is) = (entry.load(&Device::Cpu).unwrap(), &outcome.weights["synthesis.b8.conv0.weight"]);
    let was = was.get(is.dims(), "synthesis.b8.conv0.weight").unwrap();
    let difference = (was - is).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    assert_eq!(difference, 0.0, "it started from the model, and only the discriminator has learned");
    let lines = fs::read_to_string(root.path().join("second/log.jsonl")).unwrap();
    let first = lines.lines().next().unwrap();
    assert!(
        first.contains("\"step\":0,") && first.contains("held-out-l1"),
        "what it started from is measured: {first}"
    );
    let held_out = fs::read_to_string(root.path().join("second/held-out.txt")).unwrap();
    assert_eq!(held_out.lines().count(), 2, "the pictures that it has not seen: {held_out}");
}

#[test]
fn what_is_wrong_is_a_sentence() {
    let root = tempfile::tempdir().unwrap();
    let (data, out) = (pictures(root.path(), 12), root.path().join("run"));
    let sentence = |result: Result<Outcome, TrainError>| result.map(|_| ()).unwrap_err().to_string();
    let few = sentence(run(&Recipe { batch: 12, ..recipe(1) }, &data, &out, false));
    assert!(few.contains("12 pictures were found and 14 are needed"), "{few}");
    let nothing = sentence(run(&recipe(1), &root.path().join("nowhere"), &out, false));
    assert!(nothing.contains("cannot be read"), "{nothing}");
    assert!(sentence(run(&recipe(1), &data, &out, true)).contains("no checkpoint to resume"), "nothing there");
    let among = sentence(run(&recipe(1), &data, &data.join("run"), false));
    assert!(among.contains("lies among the pictures"), "{among}");
    let unknown = Recipe::parse("[loss]\nr1_gama = 3.0").unwrap_err();
    assert!(unknown.contains("line 2") && unknown.contains("r1_gama"), "{unknown}");

    fs::write(data.join("03.png"), b"no picture").unwrap();
    let outcome = run(&recipe(2), &data, &out, false).unwrap();
    assert!(outcome.skipped.len() <= 1 && outcome.step == 2, "one broken picture stops nothing");
    assert!(sentence(run(&recipe(2), &data, &out, false)).contains("--resume"), "the folder is taken");
    let mut other = recipe(3);
    other.network.global_dim = 8;
    let other = sentence(run(&other, &data, &out, true));
    assert!(other.contains("does not fit the recipe"), "{other}");

    let mut wild = recipe(60);
    wild.optimizer.lr_generator = 1e30;
    let wild = sentence(run(&wild, &data, &root.path().join("wild"), false));
    assert!(wild.contains("has stopped") && wild.contains("wild"), "what stopped, and where the rest is kept: {wild}");
}

#[test]
fn a_recipe_survives_its_own_documentation() {
    let recipe = recipe(7);
    let text = recipe.documented();
    assert_eq!(Recipe::parse(&text).unwrap(), recipe, "{text}");
    let commented = text.lines().filter(|line| line.starts_with("# ")).count();
    assert!(commented > 40, "{commented} options are explained");
}

#[cfg(unix)]
#[test]
fn ctrl_c_saves_and_ends_well() {
    let root = tempfile::tempdir().unwrap();
    let (data, out) = (pictures(root.path(), 12), root.path().join("run"));
    let file = root.path().join("recipe.toml");
    fs::write(&file, recipe(1_000_000).documented()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
    command.args(["train".as_ref(), file.as_os_str()]).arg("--data").arg(&data).arg("--out").arg(&out);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..600 {
        if !has_checkpoint(&out).is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let id = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("--resume goes on"), "{text}");
}
