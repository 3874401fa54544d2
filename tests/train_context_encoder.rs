//! A run of Context Encoder: it learns, it can be cut and resumed, its recipe is what the paper says.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use image::{Rgb, RgbImage};
use pentimento::control::CancelToken;
use pentimento::generators::context_encoder::{Config, Region};
use pentimento::imaging::holes::{HoleKind, HoleMix};
use pentimento::train::recipe::{Data, Family, Loss, Network, Optimizer, Report};
use pentimento::train::{Observer, Order, Outcome, Progress, Recipe, context_encoder_config_of as config_of, fit};

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: &Progress<'_>) {}

    fn wrote(&mut self, _: &str, _: &Path) {}
}

/// A folder with sixteen soft gradients, each in another direction and color. Runs lie beside it: what they paint must not
/// become a picture to learn from.
fn pictures(root: &Path) -> PathBuf {
    let folder = root.join("pictures");
    fs::create_dir(&folder).unwrap();
    for at in 0..16_u32 {
        let picture = RgbImage::from_fn(48, 40, |x, y| {
            Rgb([0, 1, 2].map(|c| (40 * c + at * 9 + x * (at % 4 + 1) + y * (at % 3 + c)).min(255) as u8))
        });
        picture.save(folder.join(format!("{at:02}.png"))).unwrap();
    }
    folder
}

fn recipe(kind: HoleKind, steps: u64) -> Recipe {
    Recipe {
        family: Family::ContextEncoder,
        seed: 3,
        steps,
        batch: 8,
        network: Network { side: 32, max_channels: 32, bottleneck: 16, ..Network::default() },
        data: Data { held_out: 2, holes: HoleMix::only(kind), ..Data::default() },
        optimizer: Optimizer {
            lr_generator: 2e-3,
            lr_discriminator: 2e-4,
            beta1: 0.5,
            beta2: 0.999,
            ema_kimg: 0.05,
            ..Optimizer::default()
        },
        loss: Loss { adversarial_weight: 0.001, l2_weight: 0.999, ..Loss::default() },
        report: Report { log_every: 1, ..Report::default() },
        ..Recipe::default()
    }
}

fn run(recipe: &Recipe, data: &Path, out: &Path, is_resumed: bool) -> Outcome {
    let order = Order { data: data.to_owned(), out: out.to_owned(), is_resumed, limit: None, device: Device::Cpu };
    fit(recipe, &order, &CancelToken::never(), &mut Silent).unwrap()
}

/// The values of a loss, line by line.
fn losses(out: &Path, name: &str) -> Vec<f64> {
    let text = fs::read_to_string(out.join("log.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter_map(|line| line[name].as_f64()).collect()
}

/// The names of the weights that are not the same bits in both.
fn different(a: &Outcome, b: &Outcome) -> Vec<String> {
    assert_eq!(a.weights.len(), b.weights.len(), "as many tensors");
    let bits = |tensor: &Tensor| -> Vec<u32> {
        tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap().into_iter().map(f32::to_bits).collect()
    };
    let pairs = a.weights.iter().zip(b.weights.values());
    pairs.filter(|((_, a), b)| bits(a) != bits(b)).map(|((name, _), _)| name.clone()).collect()
}

#[test]
fn twenty_steps_lower_the_loss() {
    let folder = tempfile::tempdir().unwrap();
    let data = pictures(folder.path());
    for kind in [HoleKind::Center, HoleKind::RandomBlock] {
        let out = folder.path().join(format!("run-{kind}"));
        let outcome = run(&recipe(kind, 20), &data, &out, false);
        let l2 = losses(&out, "l2");
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (first, last) = (mean(&l2[..3]), mean(&l2[l2.len() - 3..]));
        assert!(last < 0.7 * first, "{kind}: {l2:?}");
        assert!(outcome.measured["held-out-l1"].is_finite(), "{:?}", outcome.measured);
    }
}

#[test]
fn a_run_cut_in_two_equals_the_straight_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = pictures(folder.path());
    for kind in [HoleKind::Center, HoleKind::RandomRegion] {
        let out = |name: &str| folder.path().join(format!("{name}-{kind}"));
        let straight = run(&recipe(kind, 7), &data, &out("straight"), false);
        let first = run(&recipe(kind, 3), &data, &out("cut"), false);
        let second = run(&recipe(kind, 7), &data, &out("cut"), true);
        assert_eq!((first.step, second.step), (3, 7));
        assert!(different(&first, &second).len() > 10, "it goes on learning");
        assert_eq!(different(&straight, &second), [""; 0], "{kind}: the same bits");
    }
}

#[test]
fn the_recipe_that_is_delivered_is_the_papers_with_half_the_channels() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/context-encoder-photos-128.toml");
    let recipe = Recipe::read(&path).unwrap();
    recipe.check().unwrap();
    assert_eq!(config_of(&recipe), Config { width: 32, ..Config::center(512) });
    let (generator, discriminator) = (recipe.optimizer.generator(), recipe.optimizer.discriminator());
    assert_eq!((generator.lr, discriminator.lr, generator.beta1), (2e-3, 2e-4, 0.5));
    let Loss { adversarial_weight, l2_weight, overlap_weight, .. } = recipe.loss;
    assert_eq!((adversarial_weight, l2_weight, overlap_weight), (0.001, 0.999, 10.0));
    let anywhere =
        Recipe { data: Data { holes: HoleMix::only(HoleKind::RandomRegion), ..recipe.data.clone() }, ..recipe };
    assert_eq!(config_of(&anywhere).region, Region::Anywhere);
}
