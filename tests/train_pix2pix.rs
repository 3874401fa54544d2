//! Runs of painters of drawings: cut and resumed they equal the straight run, and they end in a model that paints.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use image::{Rgb, RgbImage};
use pentimento::control::CancelToken;
use pentimento::generators::catalog;
use pentimento::generators::pix2pix::{NormKind, Reads};
use pentimento::generators::sketcher::Variation;
use pentimento::train::recipe::{
    Adversarial, Augment, Data, Drawing, Family, Loss, Network, Optimizer, PainterKind, Report,
};
use pentimento::train::{Observer, Order, Outcome, Progress, Recipe, TrainError, entry_of, export, fit, start_from};
use pentimento::weights;

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: &Progress<'_>) {}

    fn wrote(&mut self, _: &str, _: &Path) {}
}

/// Discs of several colors and places on white.
fn pictures(root: &Path) -> PathBuf {
    let folder = root.join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for at in 0..14_u32 {
        let color = Rgb([40 * (at % 5) as u8, 60 * (at % 4) as u8, 200 - 14 * at as u8]);
        let picture = RgbImage::from_fn(40, 40, |x, y| {
            let (dx, dy) = (x as f32 - 16.0 - (at % 7) as f32, y as f32 - 20.0);
            if dx.hypot(dy) < 8.0 + at as f32 * 0.4 { color } else { Rgb([255; 3]) }
        });
        picture.save(folder.join(format!("{at:02}.png"))).unwrap();
    }
    folder
}

fn recipe(steps: u64) -> Recipe {
    Recipe {
        name: "tiny-discs".to_owned(),
        family: Family::Pix2pix,
        seed: 9,
        steps,
        batch: 4,
        network: Network { side: 32, painter_width: 4, painter_levels: 5, judge_width: 4, ..Network::default() },
        data: Data { held_out: 4, crop_from: 1.0, ..Data::default() },
        drawing: Drawing { shrink: 0.2, ..Drawing::default() },
        optimizer: Optimizer { lr_generator: 1e-3, lr_discriminator: 1e-3, beta1: 0.5, ..Optimizer::default() },
        loss: Loss {
            adversarial: Adversarial::LeastSquares,
            l1_weight: 10.0,
            feature_weight: 5.0,
            pool: 6,
            ..Loss::default()
        },
        augment: Augment { kimg: 0.05, ..Augment::default() },
        report: Report { log_every: 1, sample_every: 3, measure_every: 4, save_minutes: 1e-5 },
        ..Recipe::default()
    }
}

fn run(recipe: &Recipe, data: &Path, out: &Path, is_resumed: bool) -> Result<Outcome, TrainError> {
    let order = Order { data: data.to_owned(), out: out.to_owned(), is_resumed, limit: None, device: Device::Cpu };
    fit(recipe, &order, &CancelToken::never(), &mut Silent)
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

/// A run of seven steps, straight and cut after four.
fn straight_and_cut(root: &Path, data: &Path, recipe: &dyn Fn(u64) -> Recipe) -> Outcome {
    let straight = run(&recipe(7), data, &root.join("straight"), false).unwrap();
    run(&recipe(4), data, &root.join("cut"), false).unwrap();
    assert_same_bits(&straight, &run(&recipe(7), data, &root.join("cut"), true).unwrap());
    straight
}

#[test]
fn a_painter_is_trained_installed_and_started_from() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path());
    let outcome = straight_and_cut(root.path(), &data, &recipe);
    assert!(outcome.measured["held-out-l1"].is_finite(), "it was measured: {:?}", outcome.measured);
    let names = std::fs::read_to_string(root.path().join("straight/held-out.txt")).unwrap();
    assert_eq!(names.lines().count(), 4, "{names}");
    let entry = entry_of(&recipe(7), &outcome, "discs").unwrap();
    let entry = weights::add(root.path(), entry, outcome.weights).unwrap();
    let painter = catalog::sketcher(&entry, &Device::Cpu).unwrap();
    assert!(painter.inputs().has_hints && painter.inputs().is_for_ink);
    let ink = Tensor::zeros((1, 1, 32, 32), DType::F32, &Device::Cpu).unwrap();
    let ink =
        ink.slice_assign(&[0..1, 0..1, 8..24, 10..11], &Tensor::ones((1, 1, 16, 1), DType::F32, &Device::Cpu).unwrap());
    let paint = |variation| painter.paint(ink.as_ref().unwrap(), None, variation).unwrap();
    assert_eq!(paint(Variation::Steady).dims(), [1, 3, 32, 32]);
    // Seven steps found seven combinations of colors, of which several seeds may take the last.
    let first = paint(Variation::Seeded(0)).flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let is_other = |seed| paint(Variation::Seeded(seed)).flatten_all().unwrap().to_vec1::<f32>().unwrap() != first;
    assert!((1..12).any(is_other), "other colors");

    let mut next = Recipe { network: Network::default(), ..recipe(1) };
    start_from(&mut next, &entry).unwrap();
    assert_eq!(next.network.painter_levels, 5, "sizes are the model's");
}

#[test]
fn the_best_state_is_exported_and_drawings_by_hand_choose_it() {
    let root = tempfile::tempdir().unwrap();
    let (data, out) = (pictures(root.path()), root.path().join("run"));
    let file = root.path().join("discs.json");
    let ring: Vec<String> = (0..=24)
        .map(|at| (f64::from(at) / 24.0 * std::f64::consts::TAU).sin_cos())
        .map(|(y, x)| format!("{:.0},{:.0}", 500.0 + 250.0 * x, 500.0 + 250.0 * y))
        .collect();
    let text = format!(r#"{{"theme":"discs","drawings":[{{"of":"a disc","strokes":[[{}]]}}]}}"#, ring.join(","));
    std::fs::write(&file, text).unwrap();
    let drawing = Drawing { hand_drawings: Some(file.clone()), ..recipe(7).drawing };
    let recipe = |steps| Recipe { drawing: drawing.clone(), ..recipe(steps) };
    let last = run(&recipe(7), &data, &out, false).unwrap();
    assert!((0.0..=1.0).contains(&last.measured["hand-agreement"]), "{:?}", last.measured);
    let order = Order { data: data.clone(), out: out.clone(), is_resumed: false, limit: None, device: Device::Cpu };
    let best = export(&recipe(7), &order, &out.join("checkpoints/best.safetensors")).unwrap();
    assert_eq!((best.step, best.images), (4, 16), "the state after the only measurement");
    assert_same_bits(&best, &run(&recipe(4), &data, &root.path().join("four"), false).unwrap());
    assert!(best.measured.contains_key("hand-agreement") && best.measured["held-out-l1"].is_finite(), "measured anew");
    assert!(entry_of(&recipe(7), &best, "discs").is_ok(), "and it can be installed");
    let missing = Drawing { hand_drawings: Some(root.path().join("none.json")), ..drawing.clone() };
    let recipe = Recipe { drawing: missing, ..recipe(1) };
    let error = run(&recipe, &data, &root.path().join("other"), false).unwrap_err().to_string();
    assert!(error.contains("drawings by hand cannot be read"), "{error}");
    assert!(export(&recipe, &order, &root.path().join("nothing")).is_err(), "no checkpoint");
}

#[test]
fn batch_norm_and_a_res_net_can_be_cut_as_well() {
    let root = tempfile::tempdir().unwrap();
    let make = |steps| {
        let recipe = recipe(steps);
        let network = Network {
            painter: PainterKind::ResNet,
            painter_levels: 1,
            painter_norm: NormKind::Batch,
            painter_reads: Reads::Ink,
            ..recipe.network
        };
        let loss = Loss { adversarial: Adversarial::NonSaturating, ..recipe.loss };
        Recipe { network, loss, ..recipe }
    };
    straight_and_cut(root.path(), &pictures(root.path()), &make);
}

#[test]
fn a_side_that_the_levels_do_not_divide_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let recipe = Recipe { network: Network { painter_levels: 6, ..recipe(1).network }, ..recipe(1) };
    let error = run(&recipe, &pictures(root.path()), &root.path().join("run"), false).unwrap_err();
    assert!(error.to_string().contains("multiple of 64"), "{error}");
}
