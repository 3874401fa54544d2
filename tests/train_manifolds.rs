//! Runs of DCGAN, of its predictor and of `StyleGANs`: cut and resumed they equal the straight run, and they end in a model that
//! draws.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use image::{Rgb, RgbImage};
use pentimento::control::CancelToken;
use pentimento::generators::catalog;
use pentimento::generators::dcgan::DiscriminatorNorm;
use pentimento::train::recipe::{Augment, Data, Family, Growth, Loss, Network, Optimizer, Report};
use pentimento::train::{
    Observer, Order, Outcome, Progress, Recipe, Stylegan2, TrainError, Trainee as _, entry_of, fit, start_from,
};
use pentimento::weights;

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: &Progress<'_>) {}

    fn wrote(&mut self, _: &str, _: &Path) {}
}

fn pictures(root: &Path) -> PathBuf {
    let folder = root.join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for at in 0..14_u32 {
        let picture = RgbImage::from_fn(20, 20, |x, y| {
            Rgb([0, 1, 2].map(|c| (30 * c + at * 12 + x * (at % 4 + 1) + y * (at % 3 + c)).min(255) as u8))
        });
        picture.save(folder.join(format!("{at:02}.png"))).unwrap();
    }
    folder
}

fn recipe(family: Family, norm: DiscriminatorNorm, steps: u64) -> Recipe {
    let r1_gamma = if norm == DiscriminatorNorm::None { 1.0 } else { 0.0 };
    Recipe {
        name: "tiny-manifold".to_owned(),
        family,
        seed: 9,
        steps,
        batch: 4,
        network: Network { side: 16, max_channels: 16, style_dim: 6, discriminator_norm: norm, ..Network::default() },
        data: Data { held_out: 4, crop_from: 1.0, ..Data::default() },
        optimizer: Optimizer { lr_generator: 1e-3, lr_discriminator: 1e-3, beta1: 0.5, ..Optimizer::default() },
        loss: Loss { r1_gamma, r1_every: 2, perceptual_weight: 0.1, l2_weight: 1.0, ..Loss::default() },
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
fn a_manifold_is_trained_then_its_predictor() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path());
    let first = root.path().join("manifold");
    let make = |steps| recipe(Family::Dcgan, DiscriminatorNorm::None, steps);
    let outcome = straight_and_cut(&first, &data, &make);
    assert!(outcome.measured["sliced-wasserstein"].is_finite(), "it was measured: {:?}", outcome.measured);
    let entry = entry_of(&make(7), &outcome, "blurs").unwrap();
    let entry = weights::add(root.path(), entry, outcome.weights).unwrap();

    let second = root.path().join("predictor");
    let make = |steps| {
        let mut recipe = recipe(Family::DcganPredictor, DiscriminatorNorm::Batch, steps);
        start_from(&mut recipe, &entry).unwrap();
        recipe
    };
    assert_eq!(make(1).network.discriminator_norm, DiscriminatorNorm::None, "sizes are the model's");
    let outcome = straight_and_cut(&second, &data, &make);
    let entry = entry_of(&make(7), &outcome, "blurs").unwrap();
    let model = catalog::manifold_of(&entry, outcome.weights, &Device::Cpu).unwrap();
    let pictures = Tensor::zeros((2, 3, 16, 16), candle_core::DType::F32, &Device::Cpu).unwrap();
    let latents = model.predict(&pictures).unwrap().expect("it has a predictor now");
    assert_eq!(latents.dims(), [2, 6], "a latent for each picture");
    assert_eq!(model.draw(&latents).unwrap().dims(), [2, 3, 16, 16], "which can be drawn");
    assert!(!model.features(&pictures).unwrap().is_empty(), "and the discriminator is still there");
}

#[test]
fn a_style_based_generator_is_trained_and_trained_on() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path());
    let make = |steps| Recipe {
        family: Family::Stylegan2,
        network: Network {
            side: 16,
            base_channels: 64,
            max_channels: 8,
            style_dim: 6,
            mapping_layers: 2,
            discriminator_max_channels: Some(4),
            ..Network::default()
        },
        loss: Loss { path_length_weight: 2.0, path_length_every: 3, style_mixing: 0.9, r1_every: 2, ..Loss::default() },
        ..recipe(Family::Stylegan2, DiscriminatorNorm::None, steps)
    };
    let outcome = straight_and_cut(&root.path().join("first"), &data, &make);
    assert!(outcome.measured["sliced-wasserstein"].is_finite(), "it was measured: {:?}", outcome.measured);
    let entry = entry_of(&make(7), &outcome, "blurs").unwrap();
    let entry = weights::add(root.path(), entry, outcome.weights.clone()).unwrap();
    let model = catalog::manifold(&entry, &Device::Cpu).unwrap();
    let latent = model.latent_of_seed(3).unwrap();
    assert_eq!(latent.len(), 6 * 6, "a style of six numbers for each of six layers");
    let picture = model.draw(&Tensor::from_vec(latent, (1, 36), &Device::Cpu).unwrap()).unwrap();
    assert_eq!(model.judge(&picture).unwrap().expect("the discriminator is there").dims(), [1]);
    assert_eq!(model.features(&picture).unwrap().len(), 2, "at 8 and at 4 pixels");

    // Its file is enough to train on from, with the discriminator and the mean style.
    let mut again = Recipe { name: "again".to_owned(), seed: 10, ..Recipe::default() };
    again.family = Family::Stylegan2;
    start_from(&mut again, &entry).unwrap();
    assert_eq!(again.network.discriminator_max_channels, Some(4), "sizes are the model's");
    let start = candle_core::safetensors::load(&entry.file, &Device::Cpu).unwrap().into_iter().collect();
    let went_on = Stylegan2::new(&again, Some(&start), &Device::Cpu).unwrap().export().unwrap();
    for (name, tensor) in &outcome.weights {
        let apart = (tensor - &went_on[name]).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap();
        let apart = apart.to_scalar::<f32>().unwrap();
        let most = tensor.abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap();
        assert!(apart <= 1e-3 * most, "{name} is taken over up to half precision: {apart} of {most}");
    }

    // Who wants no noise gets none, though the network that it begins with had learned some.
    let strengths = |outcome: &Outcome| {
        let of_noise = outcome.weights.iter().filter(|(name, _)| name.ends_with("noise.weight"));
        of_noise
            .map(|(_, strength)| strength.abs().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap())
            .sum::<f32>()
    };
    assert!(strengths(&outcome) > 0.0, "noise was learned");
    let mut silent = make(3);
    silent.network.noise = false;
    silent.start = Some(entry.file.clone());
    let silenced = run(&silent, &data, &root.path().join("silent"), false).unwrap();
    assert!(strengths(&silenced) == 0.0, "none is added");
}

#[test]
fn a_growing_generator_is_trained() {
    let root = tempfile::tempdir().unwrap();
    let data = pictures(root.path());
    // Four pictures a step: 8 pixels for two steps, two steps in which 16 are faded in; the cut is between those.
    let make = |steps| Recipe {
        family: Family::Stylegan,
        network: Network {
            side: 16,
            base_channels: 64,
            max_channels: 8,
            style_dim: 6,
            mapping_layers: 2,
            ..Network::default()
        },
        growth: Growth { first_side: 8, fade_kimg: 0.012, steady_kimg: 0.008 },
        loss: Loss { style_mixing: 0.9, r1_every: 2, ..Loss::default() },
        ..recipe(Family::Stylegan, DiscriminatorNorm::None, steps)
    };
    let outcome = straight_and_cut(root.path(), &data, &make);
    let entry = entry_of(&make(7), &outcome, "blurs").unwrap();
    let model = catalog::manifold_of(&entry, outcome.weights, &Device::Cpu).unwrap();
    let latent = model.latent_of_seed(3).unwrap();
    let picture = model.draw(&Tensor::from_vec(latent, (1, 36), &Device::Cpu).unwrap()).unwrap();
    assert_eq!(picture.dims(), [1, 3, 16, 16]);
    assert_eq!(model.judge(&picture).unwrap().expect("the discriminator is there").dims(), [1]);
    // Who stops while 16 pixels are barely faded in has a network of 8.
    let early = run(&make(3), &data, &root.path().join("early"), false).unwrap();
    let small = entry_of(&make(3), &early, "blurs").unwrap();
    assert_eq!((small.resolution, early.grown_side), (8, Some(8)));
    assert!(small.note.as_deref().is_some_and(|note| note.contains("8 of 16")), "{:?}", small.note);
    assert!(early.weights.keys().all(|name| !name.contains("b16.")), "what is not trained is not shipped");
    let model = catalog::manifold_of(&small, early.weights, &Device::Cpu).unwrap();
    assert_eq!((model.side(), model.latent_dim()), (8, 4 * 6));
    let mut again = Recipe { family: Family::Stylegan, ..Recipe::default() };
    start_from(&mut again, &entry).unwrap();
    assert_eq!((again.network.side, again.network.mapping_layers), (16, 2), "sizes are the model's");
    let wrong = Recipe { growth: Growth { first_side: 12, ..Growth::default() }, ..make(7) };
    assert!(wrong.check().unwrap_err().to_string().contains("first_side"), "no power of two");
    let wrong = Recipe { loss: Loss { path_length_weight: 2.0, ..Loss::default() }, ..make(7) };
    assert!(wrong.check().unwrap_err().to_string().contains("path_length"), "a term of the second one");
}

#[test]
fn batch_norm_in_the_discriminator_can_be_cut_as_well() {
    let root = tempfile::tempdir().unwrap();
    let make = |steps| recipe(Family::Dcgan, DiscriminatorNorm::Batch, steps);
    straight_and_cut(root.path(), &pictures(root.path()), &make);
}

#[test]
fn a_predictor_without_a_generator_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let recipe = recipe(Family::DcganPredictor, DiscriminatorNorm::None, 1);
    let error = run(&recipe, &pictures(root.path()), &root.path().join("run"), false).unwrap_err();
    assert!(error.to_string().contains("name its model in start"), "{error}");
}
