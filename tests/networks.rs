//! The generators: what PyTorch computes with the same weights, published sizes, keys, ranges, seeds, gradients.
//!
//! Whole networks are held to 1e-4 of the largest value: f32 sums in another order, over some ten layers.

mod network_kit;

use std::collections::BTreeMap;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;
use network_kit::{Asked, Golden, assert_close, assert_within, flat, live};
use pentimento::generators::ops::update_running;
use pentimento::generators::pix2pix::resnet;
use pentimento::generators::{
    Noise, comodgan, dcgan, same_for_all_layers, seeded_normal, seeded_uniform, seeded_weights, stylegan2, truncated,
};

const CPU: Device = Device::Cpu;
const TOLERANCE: f32 = 1e-4;

const RESNET: resnet::Config = resnet::Config { width: 4, n_blocks: 2, ..resnet::Config::nine_blocks(3) };
const SERVICE: resnet::Config = resnet::Config { width: 4, n_blocks: 1, ..resnet::Config::service() };
const DCGAN: dcgan::Config = dcgan::Config { n_latent: 6, width: 3, n_layers: 2, ..dcgan::Config::px_64() };
const SKETCH: dcgan::Config = dcgan::Config { c_out: 1, paint: dcgan::Paint::Ink, ..DCGAN };
const STYLEGAN2: stylegan2::Config = stylegan2::Config {
    style_dim: 6,
    n_mapping: 2,
    base_channels: 64,
    max_channels: 8,
    ..stylegan2::Config::config_f(16)
};
const COMODGAN: comodgan::Config = comodgan::Config {
    side: 16,
    style_dim: 6,
    n_mapping: 2,
    global_dim: 5,
    base_channels: 64,
    max_channels: 8,
    clamp: None,
    encoder: comodgan::EncoderKind::Official,
};

/// The gradients of `loss` reach every variable but those whose name passes `is_buffer`, and are not all 0.
fn assert_all_trained(variables: &BTreeMap<String, Var>, loss: &Tensor, is_buffer: impl Fn(&str) -> bool) {
    let gradients = loss.backward().expect("a gradient");
    for (name, variable) in variables {
        let found = gradients.get(variable);
        if is_buffer(name) {
            assert!(found.is_none(), "{name} is no parameter");
        } else {
            let found = found.unwrap_or_else(|| panic!("{name} has no gradient"));
            assert!(flat(found).iter().any(|value| *value != 0.0), "the gradient of {name} is 0");
        }
    }
}

mod resnets {
    use super::*;

    #[test]
    fn equal_pytorch() {
        for (name, config) in [("resnet", RESNET), ("service", SERVICE)] {
            let golden = Golden::load(name);
            let net = resnet::Generator::new(&config, &golden.frozen()).unwrap();
            assert_close(&net.forward(golden.get("input")).unwrap(), golden.get("output"), TOLERANCE);
            let asked = Asked::by(|vb| resnet::Generator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn variables_are_trained() {
        let golden = Golden::load("service");
        let variables = golden.variables();
        let net = resnet::Generator::new(&SERVICE, &live(&variables)).unwrap();
        let picture = net.forward(golden.get("input")).unwrap();
        assert_close(&picture, golden.get("output"), TOLERANCE);
        assert_all_trained(&variables, &picture.sqr().unwrap().sum_all().unwrap(), |_| false);
    }

    #[test]
    fn the_published_sizes_are_met() {
        let count = |config: &resnet::Config| Asked::by(|vb| resnet::Generator::new(config, vb)).parameters(|_| true);
        assert_eq!(count(&resnet::Config::nine_blocks(3)), 11_378_179);
        assert_eq!(count(&resnet::Config::nine_blocks(1)), 11_371_907);
        assert_eq!(count(&resnet::Config::service()), 11_377_155);
        let giga = resnet::Config::service().conv_macs(256) as f64 / 1e9;
        assert!((giga - 49.1).abs() < 0.05, "{giga} thousand million multiplications");
    }

    #[test]
    fn the_keys_are_those_of_the_files() {
        let keys = Asked::by(|vb| resnet::Generator::new(&resnet::Config::nine_blocks(3), vb)).keys();
        assert_eq!(keys.len(), 2 * 24);
        for key in ["model.1.weight", "model.7.bias", "model.10.conv_block.1.weight", "model.18.conv_block.5.bias"]
            .into_iter()
            .chain(["model.19.weight", "model.22.bias", "model.26.weight"])
        {
            assert!(keys.iter().any(|known| known == key), "{key} in {keys:?}");
        }
    }
}

mod dcgans {
    use super::*;

    #[test]
    fn equal_pytorch_in_value_and_latent_gradient() {
        for (name, config) in [("dcgan", DCGAN), ("sketch", SKETCH)] {
            let golden = Golden::load(name);
            let net = dcgan::Generator::new(&config, &golden.frozen()).unwrap();
            let latents = Var::from_tensor(golden.get("input")).unwrap();
            let picture = net.forward(&latents).unwrap();
            assert_close(&picture, golden.get("output"), TOLERANCE);
            let loss = (picture * golden.get("seed")).unwrap().sum_all().unwrap();
            let gradient = loss.backward().unwrap().remove(&latents).unwrap();
            assert_close(&gradient, golden.get("input_grad"), TOLERANCE);
            let asked = Asked::by(|vb| dcgan::Generator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn training_equals_pytorch() {
        let golden = Golden::load("dcgan");
        let variables = golden.variables();
        let net = dcgan::Generator::new(&DCGAN, &live(&variables)).unwrap();
        let (zs, is_buffer) = (golden.get("input"), |name: &str| name.contains("running"));
        assert_close(&net.forward(zs).unwrap(), golden.get("output"), TOLERANCE);
        let (picture, statistics) = net.forward_train(zs).unwrap();
        assert_close(&picture, golden.get("trained"), TOLERANCE);
        assert_all_trained(&variables, &picture.sqr().unwrap().sum_all().unwrap(), is_buffer);
        // PyTorch moves running statistics by a tenth.
        assert_eq!(statistics.len(), 3);
        let running = |at: usize, norm: &str| {
            let old = |name: &str| variables[&format!("{norm}.{name}")].as_detached_tensor();
            let old = pentimento::generators::ops::BatchStatistics {
                mean: old("running_mean"),
                variance: old("running_var"),
            };
            update_running(&old, &statistics[at], 0.1).unwrap()
        };
        assert_close(&running(0, "project_norm").mean, golden.get("running_mean"), TOLERANCE);
        assert_close(&running(2, "deconv_norm.1").variance, golden.get("running_var"), TOLERANCE);
    }

    #[test]
    fn frozen_networks_are_not_trained() {
        let golden = Golden::load("dcgan");
        let net = dcgan::Generator::new(&DCGAN, &golden.frozen()).unwrap();
        let error = net.forward_train(golden.get("input")).unwrap_err().to_string();
        assert!(error.contains("variables"), "{error}");
    }

    #[test]
    fn the_published_sizes_are_met() {
        let asked = Asked::by(|vb| dcgan::Generator::new(&dcgan::Config::px_64(), vb));
        assert_eq!(asked.parameters(|key| !key.contains("running")), 18_885_760);
        let giga = dcgan::Config::px_64().conv_macs() as f64 / 1e9;
        assert!((giga - 0.641).abs() < 5e-4, "{giga} thousand million multiplications");
        assert_eq!((dcgan::Config::px_64().side(), dcgan::Config::px_128().side()), (64, 128));
    }

    #[test]
    fn pictures_have_the_side_and_range_that_the_config_says() {
        for (config, low) in [(DCGAN, -1.0), (SKETCH, 0.0), (dcgan::Config { n_layers: 3, ..DCGAN }, -1.0)] {
            let net = dcgan::Generator::new(&config, &seeded_weights(5, DType::F32, &CPU)).unwrap();
            let picture = net.forward(&seeded_uniform((2, 6), 5, "zs").unwrap()).unwrap();
            assert_eq!(picture.dims(), [2, config.c_out, config.side(), config.side()]);
            assert_within(&picture, low, 1.0);
        }
    }

    #[test]
    fn wrong_latents_are_a_sentence() {
        let net = dcgan::Generator::new(&DCGAN, &seeded_weights(5, DType::F32, &CPU)).unwrap();
        let error = net.forward(&seeded_uniform((2, 7), 5, "zs").unwrap()).unwrap_err().to_string();
        assert!(error.contains("dcgan") && error.contains("[2, 7]") && error.contains("[n, 6]"), "{error}");
    }
}

mod stylegan2s {
    use super::*;

    #[test]
    fn equal_pytorch() {
        let golden = Golden::load("stylegan2");
        let net = stylegan2::Generator::new(&STYLEGAN2, &golden.frozen()).unwrap();
        let zs = golden.get("input");
        assert_close(&net.mapping.forward(zs).unwrap(), golden.get("style"), TOLERANCE);
        assert_close(&net.forward(zs, Noise::Constant).unwrap(), golden.get("output"), TOLERANCE);
        let of_styles = net.synthesis.forward(golden.get("styles"), Noise::Constant).unwrap();
        assert_close(&of_styles, golden.get("output_of_styles"), TOLERANCE);
        let asked = Asked::by(|vb| stylegan2::Generator::new(&STYLEGAN2, vb));
        assert_eq!(asked.keys(), golden.names());
    }

    #[test]
    fn variables_are_trained() {
        let golden = Golden::load("stylegan2");
        let variables = golden.variables();
        let net = stylegan2::Generator::new(&STYLEGAN2, &live(&variables)).unwrap();
        let picture = net.forward(golden.get("input"), Noise::Constant).unwrap();
        assert_close(&picture, golden.get("output"), TOLERANCE);
        let loss = picture.sqr().unwrap().sum_all().unwrap();
        assert_all_trained(&variables, &loss, |name| name.starts_with("noises."));
    }

    #[test]
    fn noise_is_what_the_caller_says() {
        let golden = Golden::load("stylegan2");
        let net = stylegan2::Generator::new(&STYLEGAN2, &golden.frozen()).unwrap();
        let picture = |noise| net.forward(golden.get("input"), noise).unwrap();
        let own: Vec<Tensor> = (0..5).map(|at| golden.get(&format!("weights/noises.noise_{at}")).clone()).collect();
        assert_eq!(flat(&picture(Noise::Maps(&own))), flat(&picture(Noise::Constant)), "its own maps");
        let zeros: Vec<Tensor> = own.iter().map(|map| map.zeros_like().unwrap()).collect();
        assert_close(&picture(Noise::Maps(&zeros)), &picture(Noise::None), 1e-6);
        assert_ne!(flat(&picture(Noise::None)), flat(&picture(Noise::Constant)), "noise shows");
        let error = net.forward(golden.get("input"), Noise::Maps(&own[..3])).unwrap_err().to_string();
        assert!(error.contains("3 noise maps"), "{error}");
    }

    #[test]
    fn the_published_sizes_are_met() {
        let config = stylegan2::Config::config_f(256);
        let asked = Asked::by(|vb| stylegan2::Generator::new(&config, vb));
        assert_eq!(asked.parameters(|key| !key.starts_with("noises.")), 30_034_338);
        // The files have 135 tensors, 12 of which are the blur's kernels.
        assert_eq!(asked.keys().len(), 135 - 12);
        assert_eq!((config.n_layers(), stylegan2::Config::config_f(1024).n_layers()), (14, 18));
        assert_eq!([64, 128, 256, 1024].map(|side| config.channels(side)), [512, 256, 128, 32]);
    }

    #[test]
    fn truncation_goes_from_the_mean_to_the_style() {
        let ws = same_for_all_layers(&seeded_normal((2, 6), 1, "ws").unwrap(), 3).unwrap();
        assert_eq!(ws.dims(), [2, 3, 6]);
        let mean = seeded_normal(6, 1, "mean").unwrap();
        assert_eq!(flat(&truncated(&ws, &mean, 1.0).unwrap()), flat(&ws), "all of the style");
        let none = truncated(&ws, &mean, 0.0).unwrap();
        assert_close(&none, &mean.broadcast_as((2, 3, 6)).unwrap(), 1e-6);
    }

    #[test]
    fn impossible_sizes_are_a_sentence() {
        for side in [0, 4, 24] {
            let config = stylegan2::Config { side, ..STYLEGAN2 };
            let error = stylegan2::Generator::new(&config, &seeded_weights(1, DType::F32, &CPU)).unwrap_err();
            assert!(error.to_string().contains("power of two"), "{error}");
        }
        let net = stylegan2::Generator::new(&STYLEGAN2, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let styles = seeded_normal((1, 5, 6), 1, "ws").unwrap();
        let error = net.synthesis.forward(&styles, Noise::None).unwrap_err().to_string();
        assert!(error.contains("[1, 5, 6]") && error.contains("[n, 6, dim]"), "{error}");
    }
}

mod comodgans {
    use super::*;
    use comodgan::Options;

    #[test]
    fn equal_pytorch() {
        let golden = Golden::load("comodgan");
        let net = comodgan::Generator::new(&COMODGAN, &golden.frozen()).unwrap();
        assert_close(&net.mapping.forward(golden.get("input")).unwrap(), golden.get("style"), TOLERANCE);
        let [image, known, styles] = ["image", "known", "styles"].map(|name| golden.get(name));
        let filled = net.forward(image, known, styles, Options::default()).unwrap();
        assert_close(&filled, golden.get("output"), TOLERANCE);
        let config = comodgan::Config { clamp: Some(1.5), ..COMODGAN };
        let net = comodgan::Generator::new(&config, &golden.frozen()).unwrap();
        let options = Options { dropout: Some(golden.get("dropout")), ..Options::default() };
        let clamped = net.forward(image, known, styles, options).unwrap();
        assert_close(&clamped, golden.get("clamped"), TOLERANCE);
        let asked = Asked::by(|vb| comodgan::Generator::new(&COMODGAN, vb));
        assert_eq!(asked.keys(), golden.names());
    }

    #[test]
    fn variables_are_trained() {
        let golden = Golden::load("comodgan");
        let variables = golden.variables();
        let net = comodgan::Generator::new(&COMODGAN, &live(&variables)).unwrap();
        let [image, known, styles] = ["image", "known", "styles"].map(|name| golden.get(name));
        let filled = net.forward(image, known, styles, Options::default()).unwrap();
        assert_close(&filled, golden.get("output"), TOLERANCE);
        // The styles were given: the mapping takes part by its own result.
        let mapped = net.mapping.forward(golden.get("input")).unwrap().sqr().unwrap().sum_all().unwrap();
        let loss = (filled.sqr().unwrap().sum_all().unwrap() + mapped).unwrap();
        assert_all_trained(&variables, &loss, |name| name.ends_with("noise_const") || name.ends_with("w_avg"));
    }

    #[test]
    fn an_encoder_like_vgg_equals_pytorch() {
        let golden = Golden::load("comodgan_vgg");
        let config = comodgan::Config { encoder: comodgan::EncoderKind::Vgg, ..COMODGAN };
        let [image, known, styles] = ["image", "known", "styles"].map(|name| golden.get(name));
        let variables = golden.variables();
        let weights = variables.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
        let net = comodgan::Generator::new(&config, &VarBuilder::from_tensors(weights, DType::F32, &CPU)).unwrap();
        let filled = net.forward(image, known, styles, Options::default()).unwrap();
        assert_close(&filled, golden.get("output"), TOLERANCE);
        let mapped = net.mapping.forward(golden.get("input")).unwrap().sqr().unwrap().sum_all().unwrap();
        let loss = (filled.sqr().unwrap().sum_all().unwrap() + mapped).unwrap();
        assert_all_trained(&variables, &loss, |name| name.ends_with("noise_const") || name.ends_with("w_avg"));
        let asked = Asked::by(|vb| comodgan::Generator::new(&config, vb));
        assert_eq!(asked.keys(), golden.names());
        // Manifests from before there was a choice stay as they were.
        let text = toml::to_string(&COMODGAN).unwrap();
        assert!(!text.contains("encoder"), "{text}");
        assert_eq!(toml::from_str::<comodgan::Config>(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn known_pixels_are_the_image() {
        let golden = Golden::load("comodgan");
        let net = comodgan::Generator::new(&COMODGAN, &seeded_weights(2, DType::F32, &CPU)).unwrap();
        let [image, known, styles] = ["image", "known", "styles"].map(|name| golden.get(name));
        let filled = net.forward(image, known, styles, Options::default()).unwrap();
        let known = flat(&known.broadcast_as(image.dims()).unwrap());
        for ((filled, image), known) in flat(&filled).into_iter().zip(flat(image)).zip(known) {
            assert_eq!(known == 1.0, filled == image, "a pixel is {filled}, was {image}, known {known}");
        }
    }

    #[test]
    fn the_published_sizes_are_met() {
        let config = comodgan::Config::official(256);
        let asked = Asked::by(|vb| comodgan::Generator::new(&config, vb));
        let million = |prefix: &str| {
            let counts =
                |key: &str| key.starts_with(prefix) && !key.ends_with("noise_const") && !key.ends_with("w_avg");
            asked.parameters(counts) as f64 / 1e6
        };
        for (prefix, expected) in [("mapping", 2.1), ("encoder", 31.8), ("synthesis", 45.2), ("", 79.2)] {
            let found = million(prefix);
            assert!((found - expected).abs() < 0.051, "{prefix}: {found} million parameters, not {expected}");
        }
        // The files have 180 tensors, 25 of which are the blur's kernels.
        assert_eq!(asked.keys().len(), 180 - 25);
        for (side, expected) in [(128, 61.2), (256, 90.3), (512, 119.3)] {
            let giga = comodgan::Config::official(side).conv_macs() as f64 / 1e9;
            assert!((giga - expected).abs() < 0.15, "{side} px: {giga} thousand million multiplications");
        }
    }
}

/// Whatever a network of each kind makes from one seed.
fn pictures(seed: u64) -> Result<Vec<Tensor>> {
    let weights = seeded_weights(seed, DType::F32, &CPU);
    let zs = seeded_normal((1, 6), seed, "zs")?;
    let image = seeded_uniform((1, 3, 16, 16), seed, "image")?;
    let known = image.narrow(1, 0, 1)?.ge(0.0)?.to_dtype(DType::F32)?;
    let comodgan = comodgan::Generator::new(&COMODGAN, &weights)?;
    let ws = same_for_all_layers(&comodgan.mapping.forward(&zs)?, COMODGAN.n_layers())?;
    Ok(vec![
        resnet::Generator::new(&RESNET, &weights)?.forward(&image)?,
        dcgan::Generator::new(&DCGAN, &weights)?.forward(&zs)?,
        stylegan2::Generator::new(&STYLEGAN2, &weights)?.forward(&zs, Noise::Constant)?,
        comodgan.forward(&image, &known, &ws, comodgan::Options::default())?,
    ])
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let [first, again, other] = [1, 1, 2].map(|seed| pictures(seed).unwrap());
    for (at, picture) in first.iter().enumerate() {
        assert!(flat(picture).iter().all(|value| value.is_finite()), "network {at}");
        let bits = |pictures: &[Tensor]| flat(&pictures[at]).into_iter().map(f32::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&first), bits(&again), "network {at}");
        assert_ne!(bits(&first), bits(&other), "network {at}: another seed");
    }
}
