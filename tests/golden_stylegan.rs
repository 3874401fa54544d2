//! StyleGAN and StyleGAN2 beside PyTorch in double precision: networks, discriminators, the penalties with their gradients, whole
//! steps of training; and the published sizes.

mod network_kit;

use candle_core::{Device, Var};
use network_kit::steps::{
    SECOND_ORDER, TOLERANCE, assert_average, assert_gradients, assert_in, assert_path_mean, assert_step, before,
    product, state_in_the_middle,
};
use network_kit::{Asked, Golden, assert_close, live};
use pentimento::compute::keep_gradient_graphs;
use pentimento::generators::{Noise, same_for_all_layers, stylegan1, stylegan2};
use pentimento::train::recipe::{Augment, Family, Growth, Loss, Network, Optimizer};
use pentimento::train::{Preset, Recipe, Stylegan, Stylegan2, losses, stylegan_config_of, stylegan2_config_of};

const CPU: Device = Device::Cpu;

/// Gradients that stay on their graph must be asked for before a thread's first backward pass.
fn golden(group: &str) -> Golden {
    keep_gradient_graphs();
    Golden::of("stylegan.safetensors", group)
}

#[test]
fn presets_have_the_sizes_that_their_names_say() {
    use clap::ValueEnum as _;
    let recipe = |name: &str, family: &str| {
        let recipe = Recipe::parse(&format!("preset = \"{name}\"\nfamily = \"{family}\""));
        recipe.unwrap_or_else(|reason| panic!("{name}: {reason}"))
    };
    let mut count = 0;
    for preset in Preset::value_variants() {
        let name = preset.to_possible_value().unwrap().get_name().to_owned();
        let is_lite = name.ends_with("-lite");
        let side = match preset.family() {
            Family::Stylegan => {
                let config = stylegan_config_of(&recipe(&name, "stylegan"));
                let made = if is_lite { stylegan1::Config::lite } else { stylegan1::Config::official };
                assert_eq!(config, made(config.side), "{name}");
                config.side
            }
            Family::Stylegan2 => {
                let config = stylegan2_config_of(&recipe(&name, "stylegan2"));
                let made = if is_lite { stylegan2::Config::lite } else { stylegan2::Config::config_f };
                assert_eq!(config, made(config.side), "{name}");
                config.side
            }
            _ => continue,
        };
        assert!(name.contains(&format!("-{side}")), "{name} has {side} pixels");
        count += 1;
    }
    assert_eq!(count, 20, "five sizes of two families, each published and light");
    let other = Recipe::parse("preset = \"stylegan2-64\"").unwrap_err();
    assert!(other.contains("StyleGAN2"), "{other}");
}

#[test]
fn the_recipes_that_come_with_the_program_are_sound() {
    for name in ["stylegan1-cats-64", "stylegan2-cats-128", "stylegan2-shoes-64"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("recipes/{name}.toml"));
        let recipe = Recipe::read(&path).unwrap();
        recipe.check().unwrap();
        assert_eq!(recipe.name, name);
        assert!(name.ends_with(&format!("-{}", recipe.network.side)), "{name} says its side");
    }
}

mod stylegan2s {
    use super::*;

    const CONFIG: stylegan2::Config = stylegan2::Config {
        style_dim: 6,
        n_mapping: 2,
        base_channels: 64,
        max_channels: 8,
        ..stylegan2::Config::config_f(16)
    };
    #[test]
    fn discriminators_equal_pytorch_in_value_and_gradients() {
        let golden = golden("judge");
        let image = Var::from_tensor(golden.get("image")).unwrap();
        let net = stylegan2::Discriminator::new(&CONFIG, &golden.frozen()).unwrap();
        let scores = net.forward(&image).unwrap().flatten_all().unwrap();
        assert_close(&scores, golden.get("output"), TOLERANCE);
        let alone = net.forward_alone(golden.get("image")).unwrap().flatten_all().unwrap();
        assert_close(&alone, golden.get("alone"), TOLERANCE);
        let gradient = product(&scores, &golden).backward().unwrap().remove(&image).unwrap();
        assert_close(&gradient, golden.get("input_grad"), TOLERANCE);

        let variables = golden.variables();
        let net = stylegan2::Discriminator::new(&CONFIG, &live(&variables)).unwrap();
        let scores = net.forward(golden.get("image")).unwrap().flatten_all().unwrap();
        assert_gradients(&golden, &variables, &product(&scores, &golden), TOLERANCE);
        let asked = Asked::by(|vb| stylegan2::Discriminator::new(&CONFIG, vb));
        assert_eq!(asked.keys(), golden.names());
    }

    #[test]
    fn r1_equals_pytorch_in_value_and_gradients() {
        let weights = golden("judge").variables();
        let golden = golden("r1");
        let net = stylegan2::Discriminator::new(&CONFIG, &live(&weights)).unwrap();
        let penalty = losses::r1(golden.get("image"), 10.0, |image| net.forward(image)).unwrap();
        assert_close(&penalty, golden.get("penalty"), TOLERANCE);
        assert_gradients(&golden, &weights, &penalty, SECOND_ORDER);
    }

    #[test]
    fn path_length_equals_pytorch_in_value_and_gradients() {
        let golden = golden("path");
        let variables = golden.variables();
        let net = stylegan2::Generator::new(&CONFIG, &live(&variables)).unwrap();
        let mapped = same_for_all_layers(&net.mapping.forward(golden.get("z")).unwrap(), CONFIG.n_layers()).unwrap();
        // candle keeps gradients of variables only.
        let ws = Var::from_tensor(&mapped.detach()).unwrap();
        let fake = net.synthesis.forward(ws.as_tensor(), Noise::Constant).unwrap();
        let noise = (golden.get("noise") / CONFIG.side as f64).unwrap();
        let lengths = losses::path_lengths(&fake, ws.as_tensor(), &noise).unwrap();
        assert_close(&lengths, golden.get("lengths"), TOLERANCE);
        let penalty = losses::path_length_penalty(&lengths, 0.7, 2.0).unwrap();
        assert_close(&penalty, golden.get("penalty"), 10.0 * TOLERANCE);
        let mut grads = penalty.backward().unwrap();
        // From the styles on into the mapping network, by the chain rule.
        let to_styles = grads.remove(&ws).unwrap().detach();
        let of_mapping = (mapped * to_styles).unwrap().sum_all().unwrap().backward().unwrap();
        for (_, variable) in variables.iter().filter(|(name, _)| name.starts_with("style.")) {
            grads.insert(variable, of_mapping.get(variable).unwrap().clone());
        }
        assert_in(&grads, &golden, &variables, SECOND_ORDER);
    }

    #[test]
    fn a_step_equals_pytorch() {
        let golden = golden("step_stylegan2");
        let recipe = Recipe {
            family: Family::Stylegan2,
            seed: 6,
            batch: 4,
            network: Network {
                side: 16,
                base_channels: 64,
                max_channels: 8,
                style_dim: 6,
                mapping_layers: 2,
                ..Network::default()
            },
            optimizer: Optimizer { lr_generator: 0.002, lr_discriminator: 0.001, ..Optimizer::default() },
            loss: Loss {
                r1_gamma: 2.0,
                r1_every: 16,
                path_length_weight: 2.0,
                path_length_every: 4,
                style_mixing: 0.0,
                ..Loss::default()
            },
            augment: Augment { target: 0.0, ..Augment::default() },
            ..Recipe::default()
        };
        let mut trainee = Stylegan2::new(&recipe, None, &CPU).unwrap();
        let mut state = state_in_the_middle();
        let style = golden.get("numbers/mean_style");
        let mut old = before(&golden);
        old.insert("mean_style".to_owned(), style.zeros_like().unwrap());
        let new = assert_step(&golden, &mut trainee, &mut state, &old, 32);
        assert_average(&golden, &new, recipe.optimizer.ema_beta(4, 33 * 4));
        assert_close(&new["mean_style"], style, TOLERANCE);
        assert_path_mean(&golden, &state);
    }
}

mod stylegan1s {
    use super::*;
    use stylegan1::Stage;

    const CONFIG: stylegan1::Config = stylegan1::Config {
        style_dim: 6,
        n_mapping: 2,
        base_channels: 64,
        max_channels: 8,
        ..stylegan1::Config::official(16)
    };
    /// A size that is faded in.
    const FADED: Stage = Stage { side: 8, fade: 0.25 };

    #[test]
    fn generators_equal_pytorch() {
        let golden = golden("generator1");
        let net = stylegan1::Generator::new(&CONFIG, &golden.frozen()).unwrap();
        assert_close(&net.mapping.forward(golden.get("z")).unwrap(), golden.get("style"), TOLERANCE);
        let ws = golden.get("styles");
        assert_close(&net.synthesis.forward(ws, Noise::Constant).unwrap(), golden.get("output"), TOLERANCE);
        let faded = net.synthesis.forward_at(ws, Noise::Constant, FADED).unwrap();
        assert_close(&faded, golden.get("faded"), TOLERANCE);
        let first = net.synthesis.forward_at(ws, Noise::Constant, Stage::full(4)).unwrap();
        assert_close(&first, golden.get("first"), TOLERANCE);
        let asked = Asked::by(|vb| stylegan1::Generator::new(&CONFIG, vb));
        assert_eq!(asked.keys(), golden.names());

        let variables = golden.variables();
        let net = stylegan1::Generator::new(&CONFIG, &live(&variables)).unwrap();
        let picture = net.synthesis.forward(ws, Noise::Constant).unwrap();
        assert_close(&picture, golden.get("output"), TOLERANCE);
        assert_gradients(&golden, &variables, &product(&picture, &golden), TOLERANCE);
    }

    #[test]
    fn discriminators_equal_pytorch_in_value_and_gradients() {
        let golden = golden("judge1");
        let image = Var::from_tensor(golden.get("image")).unwrap();
        let net = stylegan1::Discriminator::new(&CONFIG, &golden.frozen()).unwrap();
        let scores = net.forward_at(&image, Stage::full(16)).unwrap().flatten_all().unwrap();
        assert_close(&scores, golden.get("output"), TOLERANCE);
        let gradient = product(&scores, &golden).backward().unwrap().remove(&image).unwrap();
        assert_close(&gradient, golden.get("input_grad"), TOLERANCE);
        let faded = net.forward_at(golden.get("small"), FADED).unwrap().flatten_all().unwrap();
        assert_close(&faded, golden.get("faded"), TOLERANCE);
        let alone = net.forward_alone(golden.get("image")).unwrap().flatten_all().unwrap();
        assert_close(&alone, golden.get("alone"), TOLERANCE);

        let variables = golden.variables();
        let net = stylegan1::Discriminator::new(&CONFIG, &live(&variables)).unwrap();
        let scores = net.forward_at(golden.get("image"), Stage::full(16)).unwrap().flatten_all().unwrap();
        assert_gradients(&golden, &variables, &product(&scores, &golden), TOLERANCE);
        let asked = Asked::by(|vb| stylegan1::Discriminator::new(&CONFIG, vb));
        assert_eq!(asked.keys(), golden.names());
    }

    #[test]
    fn r1_equals_pytorch_in_value_and_gradients() {
        let weights = golden("judge1").variables();
        let golden = golden("r1_1");
        let net = stylegan1::Discriminator::new(&CONFIG, &live(&weights)).unwrap();
        let penalty = losses::r1(golden.get("image"), 10.0, |image| net.forward_at(image, Stage::full(16))).unwrap();
        assert_close(&penalty, golden.get("penalty"), TOLERANCE);
        assert_gradients(&golden, &weights, &penalty, SECOND_ORDER);
    }

    #[test]
    fn the_published_size_is_met() {
        let asked = Asked::by(|vb| stylegan1::Generator::new(&stylegan1::Config::official(1024), vb));
        assert_eq!(asked.parameters(|key| !key.ends_with("noise_const")), 26_219_627);
        assert_eq!(stylegan1::Config::official(1024).n_layers(), 18);
    }

    #[test]
    fn sides_that_there_are_not_are_a_sentence() {
        let golden = golden("generator1");
        let net = stylegan1::Generator::new(&CONFIG, &golden.frozen()).unwrap();
        for side in [2, 12, 32] {
            let error = net.synthesis.forward_at(golden.get("styles"), Noise::None, Stage::full(side)).unwrap_err();
            assert!(error.to_string().contains(&format!("no pictures of {side} x {side}")), "{error}");
        }
    }

    /// A step while a size is faded in.
    #[test]
    fn a_step_equals_pytorch() {
        let golden = golden("step_stylegan1");
        let recipe = Recipe {
            family: Family::Stylegan,
            seed: 8,
            batch: 4,
            network: Network {
                side: 16,
                base_channels: 64,
                max_channels: 8,
                style_dim: 6,
                mapping_layers: 2,
                ..Network::default()
            },
            // 96 of 128 pictures after the 32 of the first size: three quarters of 8 pixels are seen.
            growth: Growth { first_side: 4, fade_kimg: 0.128, steady_kimg: 0.032 },
            optimizer: Optimizer { lr_generator: 0.002, lr_discriminator: 0.001, ..Optimizer::default() },
            loss: Loss { r1_gamma: 2.0, r1_every: 16, style_mixing: 0.0, ..Loss::default() },
            augment: Augment { target: 0.0, ..Augment::default() },
            ..Recipe::default()
        };
        let mut trainee = Stylegan::new(&recipe, None, &CPU).unwrap();
        let mut state = state_in_the_middle();
        state.set("side", 8.0);
        state.set("fade", 0.7);
        let style = golden.get("numbers/mean_style");
        let mut old = before(&golden);
        old.insert("mean_style".to_owned(), style.zeros_like().unwrap());
        let new = assert_step(&golden, &mut trainee, &mut state, &old, 32);
        assert_average(&golden, &new, recipe.optimizer.ema_beta(4, 33 * 4));
        assert_close(&new["mean_style"], style, TOLERANCE);
    }
}
