//! What training computes, against PyTorch in double precision: Context Encoder in both modes, CoModGAN's discriminator, the
//! penalties with their gradients, whole steps.
//!
//! Values and gradients are held to 1e-4 of a tensor's largest value, penalties of the second order to 5e-4: f32 sums in
//! another order, over some ten layers forward and as many back.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod network_kit;

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor, Var};
use network_kit::steps::{SECOND_ORDER, TOLERANCE, assert_gradients, assert_in, product};
use network_kit::{Asked, Golden, assert_close, assert_within, flat, live};
use pentimento::compute::keep_gradient_graphs;
use pentimento::generators::context_encoder::{self, Region, center_known, paint_hole};
use pentimento::generators::ops::{BatchStatistics, update_running};
use pentimento::generators::{seeded_uniform, seeded_weights};

const CPU: Device = Device::Cpu;

/// Gradients that stay on their graph must be asked for before a thread's first backward pass.
fn golden(group: &str) -> Golden {
    keep_gradient_graphs();
    Golden::of("train.safetensors", group)
}

mod context_encoders {
    use super::*;
    use context_encoder::{Adversary, Config, Generator};

    const CENTER: Config = Config { side: 32, width: 2, bottleneck: 5, region: Region::Center };
    const ANYWHERE: Config = Config { region: Region::Anywhere, ..CENTER };

    /// Running statistics after one batch, PyTorch's momentum, against the golden `running/`.
    fn assert_running(
        golden: &Golden,
        variables: &BTreeMap<String, Var>,
        norms: &[String],
        statistics: &[BatchStatistics],
    ) {
        assert_eq!(norms.len(), statistics.len(), "a name for each");
        for (norm, batch) in norms.iter().zip(statistics) {
            let old = |name: &str| variables[&format!("{norm}.{name}")].as_detached_tensor();
            let old = BatchStatistics { mean: old("running_mean"), variance: old("running_var") };
            let new = update_running(&old, batch, 0.1).unwrap();
            assert_close(&new.mean, golden.get(&format!("running/{norm}.running_mean")), TOLERANCE);
            assert_close(&new.variance, golden.get(&format!("running/{norm}.running_var")), TOLERANCE);
        }
        assert_eq!(golden.folder("running").count(), 2 * norms.len(), "all are named");
    }

    #[test]
    fn generators_equal_pytorch_in_both_modes() {
        for (name, config) in [("context_center", CENTER), ("context_anywhere", ANYWHERE)] {
            let golden = golden(name);
            let net = Generator::new(&config, &golden.frozen()).unwrap();
            let input = Var::from_tensor(golden.get("input")).unwrap();
            let painted = net.forward(&input).unwrap();
            assert_close(&painted, golden.get("output"), TOLERANCE);
            let gradient = product(&painted, &golden).backward().unwrap().remove(&input).unwrap();
            assert_close(&gradient, golden.get("input_grad"), TOLERANCE);

            let variables = golden.variables();
            let net = Generator::new(&config, &live(&variables)).unwrap();
            assert_close(&net.forward(golden.get("input")).unwrap(), golden.get("output"), TOLERANCE);
            let (painted, statistics) = net.forward_train(golden.get("input")).unwrap();
            assert_close(&painted, golden.get("trained"), TOLERANCE);
            assert_gradients(&golden, &variables, &product(&painted, &golden), TOLERANCE);
            assert_running(&golden, &variables, &config.generator_norms(), &statistics);
            let asked = Asked::by(|vb| Generator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn adversaries_equal_pytorch_in_both_modes() {
        for (name, config) in [("adversary_center", CENTER), ("adversary_anywhere", ANYWHERE)] {
            let golden = golden(name);
            let net = Adversary::new(&config, &golden.frozen()).unwrap();
            let input = Var::from_tensor(golden.get("input")).unwrap();
            let logits = net.forward(&input).unwrap();
            assert_close(&logits, golden.get("output"), TOLERANCE);
            let gradient = product(&logits, &golden).backward().unwrap().remove(&input).unwrap();
            assert_close(&gradient, golden.get("input_grad"), TOLERANCE);

            let variables = golden.variables();
            let net = Adversary::new(&config, &live(&variables)).unwrap();
            let (logits, statistics) = net.forward_train(golden.get("input")).unwrap();
            assert_close(&logits, golden.get("trained"), TOLERANCE);
            assert_gradients(&golden, &variables, &product(&logits, &golden), TOLERANCE);
            assert_running(&golden, &variables, &config.adversary_norms(), &statistics);
            let asked = Asked::by(|vb| Adversary::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn the_published_sizes_are_met() {
        let is_parameter = |key: &str| !key.contains("running");
        let count = |config: &Config| Asked::by(|vb| Generator::new(config, vb)).parameters(is_parameter);
        for (bottleneck, million) in [(4000, 71.1), (2000, 38.4), (100, 7.2)] {
            let found = count(&Config::center(bottleneck)) as f64 / 1e6;
            assert!((found - million).abs() < 0.051, "bottleneck {bottleneck}: {found} million parameters");
        }
        assert_eq!(count(&Config::center(4000)), 71_124_544);
        assert_eq!(count(&Config::anywhere(4000)), 71_124_544 + 64 * 64 * 16 + 2 * 64);
        let adversary = Asked::by(|vb| Adversary::new(&Config::center(4000), vb)).parameters(is_parameter);
        assert_eq!(adversary, 2_765_568);
        for (bottleneck, giga) in [(4000, 0.35), (100, 0.29)] {
            let found = Config::center(bottleneck).conv_macs() as f64 / 1e9;
            assert!((found - giga).abs() < 0.005, "bottleneck {bottleneck}: {found} thousand million multiplications");
        }
        let center = Config::center(4000);
        assert_eq!((center.painted_side(), center.overlap(), center.hole_side()), (64, 4, 56));
        assert_eq!(Config::anywhere(4000).painted_side(), 128);
    }

    #[test]
    fn the_hole_is_painted_with_the_mean() {
        let image = seeded_uniform((2, 3, 32, 32), 1, "image").unwrap();
        let known = center_known(&CENTER, &CPU).unwrap();
        let painted = paint_hole(&image, &known).unwrap();
        let (known, image) = (flat(&known.broadcast_as((2, 3, 32, 32)).unwrap()), flat(&image));
        assert_eq!(known.iter().filter(|value| **value == 0.0).count(), 2 * 3 * 14 * 14, "the inner square");
        let constants = [117.0_f32, 104.0, 123.0].map(|value| value / 255.0 * 2.0 - 1.0);
        for (at, value) in flat(&painted).into_iter().enumerate() {
            let expected = if known[at] == 1.0 { image[at] } else { constants[at / (32 * 32) % 3] };
            assert_eq!(value, expected, "value {at}");
        }
    }

    #[test]
    fn fills_leave_the_rest_as_it_was() {
        let image = seeded_uniform((1, 3, 32, 32), 1, "image").unwrap();
        let all = image.narrow(1, 0, 1).unwrap().ones_like().unwrap();
        let center = Generator::new(&CENTER, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let filled = center.fill(&image, &all).unwrap();
        assert_within(&filled, -1.0, 1.0);
        let inner = center_known(&CENTER, &CPU).unwrap().broadcast_as((1, 3, 32, 32)).unwrap();
        for ((filled, image), known) in flat(&filled).into_iter().zip(flat(&image)).zip(flat(&inner)) {
            assert_eq!(known == 1.0, filled == image, "a pixel is {filled}, was {image}, known {known}");
        }
        // In the middle of what the network paints stands its answer.
        let answer = center.forward(&paint_hole(&image, &center_known(&CENTER, &CPU).unwrap()).unwrap()).unwrap();
        let middle = |xs: &Tensor, start| flat(&xs.narrow(2, start, 14).unwrap().narrow(3, start, 14).unwrap());
        assert_eq!(middle(&filled, 9), middle(&answer, 1));

        let far = seeded_uniform((1, 1, 32, 32), 2, "holes").unwrap().ge(0.0).unwrap().to_dtype(DType::F32).unwrap();
        let error = center.fill(&image, &far).unwrap_err().to_string();
        assert!(error.contains("16 pixels in the middle of 32"), "{error}");
        let anywhere = Generator::new(&ANYWHERE, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let filled = anywhere.fill(&image, &far).unwrap();
        for ((filled, image), known) in
            flat(&filled).into_iter().zip(flat(&image)).zip(flat(&far.broadcast_as((1, 3, 32, 32)).unwrap()))
        {
            assert_eq!(known == 1.0, filled == image, "a pixel is {filled}, was {image}, known {known}");
        }
    }

    #[test]
    fn holes_in_the_overlap_are_shown_with_the_colors_around_them() {
        let center = Generator::new(&CENTER, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let image = (Tensor::ones((1, 3, 32, 32), DType::F32, &CPU).unwrap() * 0.4).unwrap();
        let inner = center_known(&CENTER, &CPU).unwrap();
        let wide = Tensor::zeros((1, 1, 16, 16), DType::F32, &CPU).unwrap().affine(1.0, -1.0).unwrap();
        let wide = wide.pad_with_zeros(2, 8, 8).unwrap().pad_with_zeros(3, 8, 8).unwrap().affine(1.0, 1.0).unwrap();
        let middle = |xs: Tensor| flat(&xs.narrow(2, 9, 14).unwrap().narrow(3, 9, 14).unwrap());
        let known = middle(center.fill(&image, &inner).unwrap());
        let unknown = middle(center.fill(&image.broadcast_mul(&wide).unwrap(), &wide).unwrap());
        let furthest = known.iter().zip(&unknown).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(furthest < 1e-4, "the same colors all around, but the answers differ by {furthest}");
    }

    #[test]
    fn what_cannot_be_is_a_sentence() {
        for (config, word) in [
            (Config { side: 48, ..CENTER }, "power of two"),
            (Config { side: 16, ..CENTER }, "power of two"),
            (Config { bottleneck: 0, ..CENTER }, "leave nothing"),
        ] {
            let error = Generator::new(&config, &seeded_weights(1, DType::F32, &CPU)).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
        let net = Generator::new(&CENTER, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let image = seeded_uniform((1, 3, 32, 16), 1, "image").unwrap();
        let error = net.forward(&image).unwrap_err().to_string();
        assert!(error.contains("[1, 3, 32, 16]") && error.contains("[n, 3, 32, 32]"), "{error}");
        let image = seeded_uniform((2, 3, 32, 32), 1, "image").unwrap();
        let error = net.forward_train(&image).unwrap_err().to_string();
        assert!(error.contains("variables"), "{error}");
    }
}

mod penalties {
    use super::*;
    use pentimento::generators::{comodgan, same_for_all_layers};
    use pentimento::train::losses;

    const CONFIG: comodgan::Config = comodgan::Config {
        side: 16,
        style_dim: 6,
        n_mapping: 2,
        global_dim: 5,
        base_channels: 64,
        max_channels: 8,
        clamp: None,
        encoder: comodgan::EncoderKind::Official,
    };
    #[test]
    fn discriminators_equal_pytorch_in_value_and_gradients() {
        let golden = golden("judge");
        let image = Var::from_tensor(golden.get("image")).unwrap();
        let net = comodgan::Discriminator::new(&CONFIG, &golden.frozen()).unwrap();
        let scores = net.forward(&image, golden.get("known")).unwrap().flatten_all().unwrap();
        assert_close(&scores, golden.get("output"), TOLERANCE);
        let gradient = product(&scores, &golden).backward().unwrap().remove(&image).unwrap();
        assert_close(&gradient, golden.get("input_grad"), TOLERANCE);

        let variables = golden.variables();
        let net = comodgan::Discriminator::new(&CONFIG, &live(&variables)).unwrap();
        let scores = net.forward(golden.get("image"), golden.get("known")).unwrap().flatten_all().unwrap();
        assert_gradients(&golden, &variables, &product(&scores, &golden), TOLERANCE);
        let asked = Asked::by(|vb| comodgan::Discriminator::new(&CONFIG, vb));
        assert_eq!(asked.keys(), golden.names());
    }

    #[test]
    fn the_discriminator_has_the_published_size() {
        for (config, million) in [(comodgan::Config::official(512), 29.0), (comodgan::Config::official(256), 28.9)] {
            let asked = Asked::by(|vb| comodgan::Discriminator::new(&config, vb));
            let found = asked.parameters(|_| true) as f64 / 1e6;
            assert!((found - million).abs() < 0.051, "{} px: {found} million parameters", config.side);
        }
    }

    #[test]
    fn presets_have_the_sizes_that_their_names_say() {
        use clap::ValueEnum as _;
        use pentimento::train::recipe::Family;
        use pentimento::train::{Preset, Recipe, comodgan_config_of};
        // The published ones in millions of parameters; in half precision the others stay below 45 MB.
        let published = [("comodgan-64", 72.4), ("comodgan-128", 77.5), ("comodgan-256", 79.2), ("comodgan-512", 79.8)];
        for preset in Preset::value_variants().iter().filter(|preset| preset.family() == Family::Comodgan) {
            let name = preset.to_possible_value().unwrap().get_name().to_owned();
            let recipe = Recipe::parse(&format!("preset = \"{name}\"")).unwrap();
            let config = comodgan_config_of(&recipe);
            let made = if name.ends_with("-lite") { comodgan::Config::lite } else { comodgan::Config::official };
            assert_eq!((&config, recipe.preset), (&made(config.side), None), "{name}");
            let asked = Asked::by(|vb| comodgan::Generator::new(&config, vb));
            let found = asked.parameters(|key| !key.ends_with("noise_const") && !key.ends_with("w_avg")) as f64 / 1e6;
            match published.iter().find(|(published, _)| *published == name) {
                Some((_, million)) => assert!((found - million).abs() < 0.051, "{name}: {found} million parameters"),
                None => assert!(found < 22.5, "{name}: {found} million parameters"),
            }
        }
        let own = Recipe::parse("preset = \"comodgan-256-lite\"\n[network]\nmax_channels = 128").unwrap().network;
        assert_eq!((own.max_channels, own.base_channels, own.style_dim), (128, 4096, 512), "single sizes are stronger");
        let other = Recipe::parse("preset = \"comodgan-64\"\nfamily = \"context-encoder\"").unwrap_err();
        assert!(other.contains("CoModGAN"), "{other}");
    }

    #[test]
    fn r1_equals_pytorch_in_value_and_gradients() {
        let weights = golden("judge").variables();
        let golden = golden("r1");
        let net = comodgan::Discriminator::new(&CONFIG, &live(&weights)).unwrap();
        let penalty = losses::r1(golden.get("image"), 10.0, |image| net.forward(image, golden.get("known"))).unwrap();
        assert_close(&penalty, golden.get("penalty"), TOLERANCE);
        assert_gradients(&golden, &weights, &penalty, SECOND_ORDER);
    }

    #[test]
    fn path_length_equals_pytorch_in_value_and_gradients() {
        let golden = golden("path");
        let variables = golden.variables();
        let net = comodgan::Generator::new(&CONFIG, &live(&variables)).unwrap();
        let mapped = net.mapping.forward(golden.get("z")).unwrap();
        let mapped = same_for_all_layers(&mapped, CONFIG.n_layers()).unwrap();
        // candle keeps gradients of variables only.
        let ws = Var::from_tensor(&mapped.detach()).unwrap();
        let options = comodgan::Options::default();
        let fake = net.forward(golden.get("image"), golden.get("known"), ws.as_tensor(), options).unwrap();
        let noise = (golden.get("noise") / CONFIG.side as f64).unwrap();
        let lengths = losses::path_lengths(&fake, ws.as_tensor(), &noise).unwrap();
        assert_close(&lengths, golden.get("lengths"), TOLERANCE);
        let target = f64::from(golden.get("after").to_scalar::<f32>().unwrap());
        let penalty = losses::path_length_penalty(&lengths, target, 2.0).unwrap();
        assert_close(&penalty, golden.get("penalty"), 10.0 * TOLERANCE);
        let mut grads = penalty.backward().unwrap();
        // From the styles on into the mapping network, by the chain rule.
        let to_styles = grads.remove(&ws).unwrap().detach();
        let of_mapping = (mapped * to_styles).unwrap().sum_all().unwrap().backward().unwrap();
        for (_, variable) in variables.iter().filter(|(name, _)| name.starts_with("mapping.fc")) {
            grads.insert(variable, of_mapping.get(variable).unwrap().clone());
        }
        assert_in(&grads, &golden, &variables, SECOND_ORDER);
    }
}

/// Whole steps; see `network_kit::steps`.
mod steps {
    use super::*;
    use network_kit::steps::{assert_average, assert_path_mean, assert_step, before, state_in_the_middle};
    use pentimento::imaging::holes::{HoleKind, HoleMix};
    use pentimento::train::recipe::{Augment, Data, Family, Loss, Network, Optimizer};
    use pentimento::train::{Comodgan, ContextEncoder, Dcgan, Recipe, State};

    #[test]
    fn comodgan_equals_pytorch() {
        let golden = golden("step_comodgan");
        let recipe = Recipe {
            seed: 5,
            batch: 4,
            network: Network {
                side: 16,
                base_channels: 64,
                max_channels: 8,
                global_dim: 5,
                style_dim: 6,
                ..Network::default()
            },
            optimizer: Optimizer { lr_generator: 0.002, lr_discriminator: 0.001, ..Optimizer::default() },
            loss: Loss {
                l1_weight: 0.5,
                border_weight: 0.25,
                border_width: 2,
                border_block: 4,
                r1_gamma: 2.0,
                r1_every: 16,
                path_length_weight: 2.0,
                path_length_every: 4,
                style_mixing: 0.0,
                dropout: 0.5,
                ..Loss::default()
            },
            augment: Augment { target: 0.0, ..Augment::default() },
            ..Recipe::default()
        };
        let mut trainee = Comodgan::new(&recipe, None, &CPU).unwrap();
        let mut state = state_in_the_middle();
        let style = golden.get("numbers/mean_style");
        let mut old = before(&golden);
        old.insert("mean_style".to_owned(), style.zeros_like().unwrap());
        let new = assert_step(&golden, &mut trainee, &mut state, &old, 32);
        assert_average(&golden, &new, recipe.optimizer.ema_beta(4, 33 * 4));
        assert_close(&new["mean_style"], style, TOLERANCE);
        assert_path_mean(&golden, &state);
    }

    #[test]
    fn dcgan_equals_pytorch() {
        let golden = golden("step_dcgan");
        let recipe = Recipe {
            family: Family::Dcgan,
            seed: 7,
            batch: 4,
            network: Network { side: 16, max_channels: 8, style_dim: 5, ..Network::default() },
            optimizer: Optimizer { lr_generator: 0.002, lr_discriminator: 0.001, ..Optimizer::default() },
            loss: Loss { r1_gamma: 2.0, r1_every: 16, ..Loss::default() },
            augment: Augment { target: 0.0, ..Augment::default() },
            ..Recipe::default()
        };
        let mut trainee = Dcgan::new(&recipe, None, &CPU).unwrap();
        let mut state = State::default();
        for (name, value) in [("generator_steps", 100.0), ("discriminator_steps", 200.0)] {
            state.set(name, value);
        }
        for at in 0..4 {
            state.set(&format!("augmentation.{at}"), 0.0);
        }
        let new = assert_step(&golden, &mut trainee, &mut state, &before(&golden), 32);
        assert_average(&golden, &new, recipe.optimizer.ema_beta(4, 33 * 4));
    }

    #[test]
    fn context_encoders_equal_pytorch() {
        for (group, kind) in [("step_center", HoleKind::Center), ("step_anywhere", HoleKind::RandomBlock)] {
            let golden = golden(group);
            let recipe = Recipe {
                family: Family::ContextEncoder,
                batch: 4,
                network: Network { side: 32, max_channels: 16, bottleneck: 5, ..Network::default() },
                data: Data { holes: HoleMix::only(kind), ..Data::default() },
                optimizer: Optimizer {
                    lr_generator: 2e-3,
                    lr_discriminator: 2e-4,
                    beta1: 0.5,
                    beta2: 0.999,
                    ..Optimizer::default()
                },
                loss: Loss { adversarial_weight: 0.001, l2_weight: 0.999, overlap_weight: 10.0, ..Loss::default() },
                ..Recipe::default()
            };
            let mut trainee = ContextEncoder::new(&recipe, None, &CPU).unwrap();
            let mut state = State::default();
            state.set("generator_steps", 100.0);
            state.set("discriminator_steps", 100.0);
            let old = before(&golden);
            let new = assert_step(&golden, &mut trainee, &mut state, &old, 7);
            assert_average(&golden, &new, recipe.optimizer.ema_beta(4, 8 * 4));
        }
    }
}
