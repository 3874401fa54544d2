//! DCGAN's three networks in either form: what PyTorch computes with the same weights, at inference and in training, gradients
//! to latents, pictures and parameters, batch norm folded or not, published sizes, pictures of a manifold, bad sizes. The
//! numbers come from `golden/dcgan.py`.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor, Var};
use network_kit::{Asked, Golden, assert_close, assert_within, flat, live};
use pentimento::compute::keep_gradient_graphs;
use pentimento::generators::dcgan::{Config, Discriminator, DiscriminatorNorm, Generator, Model, Paint, Predictor};
use pentimento::generators::manifold::{Manifold as _, Prior};
use pentimento::generators::ops::{BatchStatistics, update_running};
use pentimento::generators::{seeded_uniform, seeded_weights};

const CPU: Device = Device::Cpu;
/// f32 sums in another order, over some five layers.
const TOLERANCE: f32 = 1e-4;
/// As much again for what goes back through all of them.
const GRADIENT_TOLERANCE: f32 = 5e-4;

const IGAN: Config = Config { n_latent: 5, width: 2, n_layers: 2, ..Config::px_64() };
const INK: Config = Config { c_out: 1, paint: Paint::Ink, ..IGAN };
const PYTORCH: Config = Config { n_latent: 5, width: 2, n_layers: 2, ..Config::pytorch_64() };
const PLAIN: Config = Config { norm: DiscriminatorNorm::None, ..PYTORCH };
const FORMS: [(&str, Config); 4] =
    [("igan_form", IGAN), ("ink_form", INK), ("pytorch_form", PYTORCH), ("plain_form", PLAIN)];

fn golden(form: &str) -> Golden {
    Golden::of("dcgan.safetensors", form)
}

/// The gradient of `sum(of * seed)` with respect to `to`.
fn gradient(of: &Tensor, seed: &Tensor, to: &Var) -> Tensor {
    let loss = (of * seed).unwrap().sum_all().unwrap();
    loss.backward().unwrap().remove(to).unwrap()
}

#[test]
fn generators_equal_pytorch_in_value_and_latent_gradient() {
    for (form, config) in FORMS {
        let golden = golden(form);
        let generator = Generator::new(&config, &golden.frozen().pp("generator")).unwrap();
        let latents = Var::from_tensor(golden.get("latents")).unwrap();
        let pictures = generator.forward(&latents).unwrap();
        assert_close(&pictures, golden.get("pictures"), TOLERANCE);
        assert_close(
            &gradient(&pictures, golden.get("seed"), &latents),
            golden.get("latents_grad"),
            GRADIENT_TOLERANCE,
        );
    }
}

#[test]
fn discriminators_and_predictors_equal_pytorch() {
    for (form, config) in FORMS {
        let golden = golden(form);
        let weights = golden.frozen();
        let discriminator = Discriminator::new(&config, &weights.pp("discriminator")).unwrap();
        let seen = Var::from_tensor(golden.get("seen")).unwrap();
        let logits = discriminator.forward(&seen).unwrap();
        assert_close(&logits, golden.get("logits"), TOLERANCE);
        let ones = logits.ones_like().unwrap();
        assert_close(&gradient(&logits, &ones, &seen), golden.get("seen_grad"), GRADIENT_TOLERANCE);
        for (at, feature) in discriminator.features(&seen).unwrap().iter().enumerate() {
            assert_close(feature, golden.get(&format!("features/{at}")), TOLERANCE);
        }
        let predictor = Predictor::new(&config, &weights.pp("predictor")).unwrap();
        assert_close(&predictor.forward(&seen).unwrap(), golden.get("predicted"), TOLERANCE);
    }
}

/// The three networks of a form, with variables.
struct Live {
    golden: Golden,
    variables: BTreeMap<String, Var>,
}

impl Live {
    fn new(form: &str) -> Self {
        let golden = golden(form);
        let variables = golden.variables();
        Self { golden, variables }
    }

    /// Compares what a network gives in training, its gradients, and the running statistics afterwards.
    fn check(&self, network: &str, norms: &[String], (result, statistics): &(Tensor, Vec<BatchStatistics>)) {
        let golden = |name: &str| self.golden.get(&format!("{network}_{name}"));
        assert_close(&result.reshape(golden("trained").dims()).unwrap(), golden("trained"), TOLERANCE);
        let seed = golden("trained_seed").reshape(result.dims()).unwrap();
        let gradients = (result * seed).unwrap().sum_all().unwrap().backward().unwrap();
        let mut n_compared = 0;
        for (name, expected) in self.golden.folder(&format!("{network}_grads")) {
            let found = gradients.get(&self.variables[&format!("{network}.{name}")]);
            let found = found.unwrap_or_else(|| panic!("{network}.{name} has no gradient"));
            assert_close(found, expected, GRADIENT_TOLERANCE);
            n_compared += 1;
        }
        let is_own = |name: &&String| name.starts_with(network) && !name.contains("running");
        assert_eq!(n_compared, self.variables.keys().filter(is_own).count(), "gradients of {network}");
        assert_eq!(norms.len(), statistics.len(), "norms of {network}");
        for (norm, batch) in norms.iter().zip(statistics) {
            let value = |leaf: &str| self.variables[&format!("{network}.{norm}.{leaf}")].as_detached_tensor();
            let old = BatchStatistics { mean: value("running_mean"), variance: value("running_var") };
            let new = update_running(&old, batch, 0.1).unwrap();
            assert_close(&new.mean, golden(&format!("running/{norm}.running_mean")), TOLERANCE);
            assert_close(&new.variance, golden(&format!("running/{norm}.running_var")), TOLERANCE);
        }
    }
}

#[test]
fn training_equals_pytorch() {
    for (form, config) in FORMS {
        let networks = Live::new(form);
        let weights = live(&networks.variables);
        let generator = Generator::new(&config, &weights.pp("generator")).unwrap();
        let drawn = generator.forward_train(networks.golden.get("latents")).unwrap();
        networks.check("generator", &config.generator_norms(), &drawn);
        let seen = networks.golden.get("seen");
        let discriminator = Discriminator::new(&config, &weights.pp("discriminator")).unwrap();
        let judged = discriminator.forward_train(seen).unwrap();
        networks.check("discriminator", &config.discriminator_norms(), &judged);
        let predictor = Predictor::new(&config, &weights.pp("predictor")).unwrap();
        networks.check("predictor", &config.predictor_norms(), &predictor.forward_train(seen).unwrap());
    }
}

#[test]
fn the_gradient_penalty_equals_pytorch() {
    keep_gradient_graphs();
    let networks = Live::new("plain_form");
    let discriminator = Discriminator::new(&PLAIN, &live(&networks.variables).pp("discriminator")).unwrap();
    let seen = Var::from_tensor(networks.golden.get("seen")).unwrap();
    let logits = discriminator.forward_train(&seen).unwrap().0.sum_all().unwrap();
    let slope = logits.backward().unwrap().remove(&seen).unwrap();
    let penalty = slope.sqr().unwrap().flatten_from(1).unwrap().sum(1).unwrap().mean_all().unwrap();
    let gradients = penalty.backward().unwrap();
    let mut n_compared = 0;
    for (name, expected) in networks.golden.folder("r1_grads") {
        let Some(found) = gradients.get(&networks.variables[&format!("discriminator.{name}")]) else {
            assert!(flat(expected).iter().all(|value| *value == 0.0), "{name} has no gradient");
            continue;
        };
        assert_close(found, expected, GRADIENT_TOLERANCE);
        n_compared += 1;
    }
    assert!(n_compared >= 4, "the weights of all layers: {n_compared}");
}

#[test]
fn folded_batch_norm_changes_nothing() {
    for (form, config) in FORMS {
        let networks = Live::new(form);
        let (frozen, tracked) = (networks.golden.frozen(), live(&networks.variables));
        let (latents, seen) = (networks.golden.get("latents"), networks.golden.get("seen"));
        let pictures = |weights: &candle_nn::VarBuilder<'_>| {
            Generator::new(&config, &weights.pp("generator")).unwrap().forward(latents).unwrap()
        };
        assert_close(&pictures(&frozen), &pictures(&tracked), TOLERANCE);
        let logits = |weights: &candle_nn::VarBuilder<'_>| {
            Discriminator::new(&config, &weights.pp("discriminator")).unwrap().forward(seen).unwrap()
        };
        assert_close(&logits(&frozen), &logits(&tracked), TOLERANCE);
        let found = |weights: &candle_nn::VarBuilder<'_>| {
            Predictor::new(&config, &weights.pp("predictor")).unwrap().forward(seen).unwrap()
        };
        assert_close(&found(&frozen), &found(&tracked), TOLERANCE);
    }
}

#[test]
fn the_published_sizes_are_met() {
    let count = |asked: Asked| asked.parameters(|key| !key.contains("running"));
    let config = Config::px_64();
    assert_eq!(count(Asked::by(|vb| Generator::new(&config, vb))), 18_885_760);
    // Kernels of 25 between 3, 128, 256, 512 and 1024 channels, gains and biases, and one number of 16,384.
    assert_eq!(count(Asked::by(|vb| Discriminator::new(&config, vb))), 17_232_768);
    assert_eq!(count(Asked::by(|vb| Predictor::new(&config, vb))), 17_232_768 + 99 * 16_384);
    assert_eq!(count(Asked::by(|vb| Generator::new(&Config::pytorch_64(), vb))), 3_576_704);
    assert_eq!(Config::pytorch_64().conv_macs(), 104_628_224, "0.10 thousand million multiplications");
    assert_eq!([Config::sketch_64().side(), Config::px_128().side(), IGAN.side()], [64, 128, 32]);
}

#[test]
fn the_keys_are_those_of_the_files() {
    for (form, config) in FORMS {
        let golden = golden(form);
        let mut keys = Vec::new();
        for (network, asked) in [
            ("generator", Asked::by(|vb| Generator::new(&config, vb))),
            ("discriminator", Asked::by(|vb| Discriminator::new(&config, vb))),
            ("predictor", Asked::by(|vb| Predictor::new(&config, vb))),
        ] {
            keys.extend(asked.keys().into_iter().map(|key| format!("{network}.{key}")));
        }
        keys.sort();
        assert_eq!(keys, golden.names(), "the keys of {form}");
    }
}

#[test]
fn a_model_shows_pictures_of_three_colors() {
    for (form, config) in FORMS {
        let golden = golden(form);
        let model = Model::new(&config, &golden.frozen()).unwrap();
        assert_eq!((model.side(), model.latent_dim(), model.prior()), (32, 5, config.prior), "{form}");
        let drawn = model.draw(golden.get("latents")).unwrap();
        assert_eq!(drawn.dims(), [3, 3, 32, 32], "{form}");
        let painted = golden.get("pictures");
        if config.paint == Paint::Ink {
            // Ink is dark.
            assert_close(&drawn.narrow(1, 2, 1).unwrap(), &painted.affine(-2.0, 1.0).unwrap(), TOLERANCE);
        } else {
            assert_close(&drawn, painted, TOLERANCE);
        }
        // What it draws is what its other networks see.
        let discriminator = Discriminator::new(&config, &golden.frozen().pp("discriminator")).unwrap();
        let expected = discriminator.forward(painted).unwrap();
        assert_close(&model.judge(&drawn).unwrap().unwrap(), &expected, GRADIENT_TOLERANCE);
        assert_eq!(model.features(&drawn).unwrap().len(), 3, "{form}");
        assert_eq!(model.predict(&drawn).unwrap().unwrap().dims(), [3, 5], "{form}");
    }
}

#[test]
fn a_generator_alone_is_a_model_too() {
    let golden = golden("igan_form");
    let own = golden.folder("weights").filter(|(name, _)| name.starts_with("generator."));
    let tensors = own.map(|(name, tensor)| (name, tensor.clone())).collect();
    let model = Model::new(&IGAN, &candle_nn::VarBuilder::from_tensors(tensors, DType::F32, &CPU)).unwrap();
    let drawn = model.draw(golden.get("latents")).unwrap();
    assert!(model.judge(&drawn).unwrap().is_none() && model.predict(&drawn).unwrap().is_none(), "no other networks");
    assert!(model.features(&drawn).unwrap().is_empty(), "no features");
}

#[test]
fn what_does_not_fit_is_a_sentence() {
    let weights = seeded_weights(5, DType::F32, &CPU);
    for (config, part) in [
        (Config { n_latent: 0, ..IGAN }, "n_latent is 0"),
        (Config { width: 4000, ..IGAN }, "width is 4000"),
        (Config { n_layers: 20, ..IGAN }, "n_layers is 20"),
        (Config { c_out: 4, ..IGAN }, "3 channels or 1, not 4"),
        (Config { kernel: 3, ..IGAN }, "4 or 5 pixels wide, not 3"),
        (Config { paint: Paint::Ink, ..IGAN }, "ink has one channel, not 3"),
        (Config { eps: f64::NAN, ..IGAN }, "eps is NaN"),
    ] {
        let told = Model::new(&config, &weights).unwrap_err().to_string();
        assert!(told.contains(part), "{told}");
    }
    let model = Model::new(&IGAN, &weights).unwrap();
    let small = seeded_uniform((1, 3, 16, 16), 5, "small").unwrap();
    let told = model.judge(&small).unwrap_err().to_string();
    assert!(told.contains("[1, 3, 16, 16]") && told.contains("[n, 3, 32, 32]"), "{told}");
    let told = model.draw(&seeded_uniform((1, 4), 5, "short").unwrap()).unwrap_err().to_string();
    assert!(told.contains("[1, 4]") && told.contains("[n, 5]"), "{told}");
}

#[test]
fn a_seed_is_the_same_latent_everywhere() {
    let latent = |prior: Prior, seed| prior.latent_of_seed(100, seed);
    assert_eq!(latent(Prior::Uniform, 3), latent(Prior::Uniform, 3));
    assert_ne!(latent(Prior::Uniform, 3), latent(Prior::Uniform, 4));
    let tensor = Tensor::new(latent(Prior::Uniform, 3), &CPU).unwrap();
    assert_within(&tensor, -1.0, 1.0);
    let many = Prior::Normal.latent_of_seed(10_000, 3);
    let variance = many.iter().map(|z| z * z).sum::<f32>() / 10_000.0;
    assert!((variance - 1.0).abs() < 0.05, "{variance}");
    // Bits of the first machine, so that a seed names a picture for good.
    assert_eq!(
        latent(Prior::Uniform, 0)[..2].iter().map(|z| z.to_bits()).collect::<Vec<_>>(),
        [1_042_257_648, 1_062_583_576]
    );
}
