//! Painters of drawings and their judges: what PyTorch computes with the same weights, published sizes and keys, variants,
//! one step of training.
//!
//! Whole networks are held to 1e-4 of the largest value: f32 sums in another order, over some ten layers.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod network_kit;

use candle_core::{DType, Device, Tensor};
use network_kit::{Asked, Golden, assert_close, assert_within, flat};
use pentimento::generators::pix2pix::patch_gan::{self, Discriminator};
use pentimento::generators::pix2pix::{Config, Network, NormKind, Painter, Pass, Reads, resnet, unet};
use pentimento::generators::sketcher::{Sketcher as _, Variation};
use pentimento::generators::{seeded_uniform, seeded_weights};

const FILE: &str = "painters.safetensors";
const TOLERANCE: f32 = 1e-4;
const CPU: Device = Device::Cpu;

const fn tiny(c_in: usize, n_levels: usize, norm: NormKind) -> unet::Config {
    unet::Config { c_in, c_out: 3, width: 2, n_levels, norm, has_dropout: false }
}

mod unets {
    use super::*;

    #[test]
    fn equal_pytorch_with_the_keys_of_the_files() {
        for (name, config) in [
            ("unet_batch", tiny(3, 5, NormKind::Batch)),
            ("unet_instance", tiny(1, 4, NormKind::Instance)),
            ("unet_affine", tiny(5, 5, NormKind::AffineInstance)),
        ] {
            let golden = Golden::of(FILE, name);
            let net = unet::Generator::new(&config, &golden.frozen()).unwrap();
            assert_close(&net.forward(golden.get("input")).unwrap(), golden.get("output"), TOLERANCE);
            let asked = Asked::by(|vb| unet::Generator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn batch_statistics_equal_pytorch() {
        let golden = Golden::of(FILE, "unet_batch");
        let config = tiny(3, 5, NormKind::Batch);
        let net = unet::Generator::new(&config, &golden.frozen()).unwrap();
        let mut pass = Pass::train(0);
        assert_close(&net.run(golden.get("pictures"), &mut pass).unwrap(), golden.get("trained"), TOLERANCE);
        assert_eq!(pass.seen.len(), config.running_norms().len(), "statistics of each norm");
        let faithful = net.run(golden.get("input"), &mut Pass::faithful(3)).unwrap();
        assert_close(&faithful, golden.get("faithful"), TOLERANCE);
    }

    #[test]
    fn the_published_sizes_are_met() {
        let count = |config: &unet::Config| {
            let is_parameter = |key: &str| !key.contains("running");
            Asked::by(|vb| unet::Generator::new(config, vb)).parameters(is_parameter)
        };
        assert_eq!(count(&unet::Config::unet_256(3, 64)), 54_413_955);
        assert_eq!(count(&unet::Config::unet_256(1, 64)), 54_411_907);
        assert_eq!(count(&unet::Config::unet_256(1, 32)), 13_607_235);
        let giga = |config: unet::Config, side| config.conv_macs(side) as f64 / 1e9;
        assert!((giga(unet::Config::unet_256(3, 64), 256) - 6.05).abs() < 0.05);
        assert!((giga(unet::Config::unet_256(3, 32), 256) - 1.53).abs() < 0.05);
    }

    #[test]
    fn the_innermost_key_is_that_of_the_files() {
        let keys = Asked::by(|vb| unet::Generator::new(&unet::Config::unet_256(3, 1), vb)).keys();
        let inner = format!("model.model.1{}.model.3.weight", ".model.3".repeat(6));
        for key in ["model.model.0.weight", "model.model.3.bias", "model.model.1.model.1.weight", &inner] {
            assert!(keys.iter().any(|known| known == key), "{key} in {keys:?}");
        }
    }

    #[test]
    fn wrong_sides_are_refused_in_a_sentence() {
        let net = unet::Generator::new(&tiny(1, 4, NormKind::Instance), &seeded_weights(0, DType::F32, &CPU)).unwrap();
        let refused = net.forward(&Tensor::zeros((1, 1, 40, 32), DType::F32, &CPU).unwrap()).unwrap_err().to_string();
        assert!(refused.contains("multiples of 16"), "{refused}");
    }
}

mod resnets {
    use super::*;

    #[test]
    fn with_batch_and_affine_norm_equal_pytorch() {
        for (name, norm) in [("resnet_batch", NormKind::Batch), ("resnet_affine", NormKind::AffineInstance)] {
            let golden = Golden::of(FILE, name);
            let config =
                resnet::Config { width: 3, n_blocks: 2, norm, is_biased: false, ..resnet::Config::nine_blocks(3) };
            let net = resnet::Generator::new(&config, &golden.frozen()).unwrap();
            assert_close(&net.forward(golden.get("input")).unwrap(), golden.get("output"), TOLERANCE);
            let asked = Asked::by(|vb| resnet::Generator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
            let norms = config.running_norms();
            assert!(norms.iter().all(|norm| asked.keys().contains(&format!("{norm}.running_mean"))), "{norms:?}");
        }
    }

    #[test]
    fn six_blocks_are_numbered_as_in_the_files() {
        let keys = Asked::by(|vb| resnet::Generator::new(&resnet::Config::six_blocks(3), vb)).keys();
        for key in ["model.15.conv_block.5.weight", "model.16.weight", "model.19.weight", "model.23.bias"] {
            assert!(keys.iter().any(|known| known == key), "{key} in {keys:?}");
        }
    }
}

mod judges {
    use super::*;

    #[test]
    fn equal_pytorch_in_both_dialects() {
        let pytorch = patch_gan::Config { width: 3, ..patch_gan::Config::pytorch(6) };
        let service = patch_gan::Config { width: 3, ..patch_gan::Config::service(4) };
        let instance = patch_gan::Config { c_in: 3, norm: NormKind::Instance, ..pytorch };
        for (name, config) in [("judge_pytorch", pytorch), ("judge_service", service), ("judge_instance", instance)] {
            let golden = Golden::of(FILE, name);
            let net = Discriminator::new(&config, &golden.frozen()).unwrap();
            let scores = net.scores(golden.get("input"), &mut Pass::eval()).unwrap();
            assert_close(&scores, golden.get("output"), TOLERANCE);
            let asked = Asked::by(|vb| Discriminator::new(&config, vb));
            assert_eq!(asked.keys(), golden.names(), "the keys of {name}");
        }
    }

    #[test]
    fn the_published_sizes_are_met() {
        let count = |config: &patch_gan::Config| {
            Asked::by(|vb| Discriminator::new(config, vb)).parameters(|key| !key.contains("running"))
        };
        assert_eq!(count(&patch_gan::Config::service(4)), 2_766_657);
        assert_eq!(count(&patch_gan::Config::service(3)), 2_765_633);
        assert_eq!(count(&patch_gan::Config::pytorch(6)), 2_768_705);
        let instance = patch_gan::Config { norm: NormKind::Instance, ..patch_gan::Config::pytorch(3) };
        assert_eq!(count(&instance), 2_764_737);
    }

    #[test]
    fn the_map_is_30_by_30_and_a_value_sees_70_pixels() {
        let config = patch_gan::Config { width: 2, ..patch_gan::Config::pytorch(2) };
        assert_eq!(config.receptive_field(), 70);
        // Without norms, which look at the whole picture: those of running statistics do not.
        let net = Discriminator::new(&config, &seeded_weights(1, DType::F32, &CPU)).unwrap();
        let xs = seeded_uniform((1, 2, 256, 256), 5, "pictures").unwrap();
        let scores = net.scores(&xs, &mut Pass::eval()).unwrap();
        assert_eq!(scores.dims(), [1, 1, 30, 30]);
        let xs = candle_core::Var::from_tensor(&xs).unwrap();
        let scores = net.scores(xs.as_tensor(), &mut Pass::eval()).unwrap();
        let one = scores.narrow(2, 15, 1).unwrap().narrow(3, 15, 1).unwrap().sum_all().unwrap();
        let grad = one.backward().unwrap().remove(&xs).unwrap();
        let rows = grad.abs().unwrap().sum((0, 1, 3)).unwrap().to_vec1::<f32>().unwrap();
        let seen: Vec<usize> = (0..256).filter(|&row| rows[row] > 0.0).collect();
        assert_eq!(seen.len(), 70, "rows {:?} to {:?}", seen.first(), seen.last());
    }
}

mod detectors {
    use pentimento::generators::{hed, vgg};

    use super::*;

    #[test]
    fn hed_equals_pytorch_and_takes_any_size() {
        let golden = Golden::of(FILE, "hed");
        let config = vgg::Config { widths: [2, 3, 4, 4, 4] };
        let net = hed::Detector::new(&config, &golden.frozen()).unwrap();
        assert_close(&net.run(golden.get("input")).unwrap(), golden.get("output"), TOLERANCE);
        let asked = Asked::by(|vb| hed::Detector::new(&config, vb));
        assert_eq!(asked.keys(), golden.names(), "the keys");
        let odd = seeded_uniform((1, 3, 37, 50), 2, "picture").unwrap();
        let edges = net.edges(&odd).unwrap();
        assert_eq!(edges.dims(), [1, 1, 37, 50]);
        assert_within(&edges, 0.0, 1.0);
    }
}

mod painters {
    use super::*;

    fn painter(reads: Reads, norm: NormKind) -> Painter {
        let network = Network::UNet(unet::Config { has_dropout: true, ..tiny(reads.channels(), 6, norm) });
        let config = Config { side: 64, reads, is_faithful: norm == NormKind::Batch, has_palette: false, network };
        Painter::new(&config, &seeded_weights(4, DType::F32, &CPU)).unwrap()
    }

    fn ink() -> Tensor {
        seeded_uniform((1, 1, 64, 64), 1, "ink").unwrap().ge(0.9).unwrap().to_dtype(DType::F32).unwrap()
    }

    #[test]
    fn polarities_are_what_the_files_want() {
        let ink = Tensor::new(&[[[[1_f32, 0.0]]]], &CPU).unwrap();
        assert_eq!(flat(&Reads::Ink.input(&ink, None).unwrap()), [-1.0, 1.0]);
        assert_eq!(flat(&Reads::UnitInk.input(&ink, None).unwrap()), [0.0, 1.0]);
        assert_eq!(flat(&Reads::Picture.input(&ink, None).unwrap()), [-1.0, 1.0].repeat(3));
        let hints = Tensor::new(&[[[[0.5_f32, 0.9]], [[0.25, 0.9]], [[-1.0, 0.9]], [[1.0, 0.0]]]], &CPU).unwrap();
        let input = flat(&Reads::InkAndHints.input(&ink, Some(&hints)).unwrap());
        assert_eq!(input, [-1.0, 1.0, 0.5, 0.0, 0.25, 0.0, -1.0, 0.0, 1.0, 0.0], "colors count where they are meant");
    }

    #[test]
    fn seeds_give_variants_and_the_steady_answer_stays() {
        for (reads, norm) in [
            (Reads::InkAndHints, NormKind::AffineInstance),
            (Reads::InkAndWash, NormKind::AffineInstance),
            (Reads::Ink, NormKind::Batch),
        ] {
            let painter = painter(reads, norm);
            let paint = |variation| flat(&painter.paint(&ink(), None, variation).unwrap());
            assert_eq!(paint(Variation::Steady), paint(Variation::Steady));
            assert_eq!(paint(Variation::Seeded(1)), paint(Variation::Seeded(1)));
            assert_ne!(paint(Variation::Seeded(1)), paint(Variation::Seeded(2)));
            assert_ne!(paint(Variation::Seeded(1)), paint(Variation::Steady));
        }
    }

    #[test]
    fn blank_paper_is_calm() {
        let painter = painter(Reads::InkAndHints, NormKind::AffineInstance);
        let blank = Tensor::zeros((1, 1, 128, 128), DType::F32, &CPU).unwrap();
        assert_within(&painter.paint(&blank, None, Variation::Steady).unwrap(), -1.0, 1.0);
        assert!(painter.translate(&blank, Variation::Steady).is_err(), "it is for drawings");
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let config = *painter(Reads::Ink, NormKind::Batch).config();
        let build = |config: &Config| Painter::new(config, &seeded_weights(0, DType::F32, &CPU)).map(drop);
        assert!(build(&Config { side: 65, ..config }).is_err(), "a side that cannot be halved");
        assert!(build(&Config { reads: Reads::Picture, ..config }).is_err(), "another number of channels");
        assert!(
            build(&Config { network: Network::UNet(tiny(1, 2, NormKind::Batch)), ..config }).is_err(),
            "two levels"
        );
    }
}

mod imports {
    use std::path::Path;

    use pentimento::generators::catalog;
    use pentimento::weights::{self, Family, MaskPolarity};

    use super::*;

    fn golden_file(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints").join(name)
    }

    #[test]
    fn an_early_unet_file_is_understood_and_told_in_words() {
        let path = golden_file("pix2pix_unet.pth");
        let found = weights::import(&path, Some(Family::Pix2pix), "facades", MaskPolarity::Known).unwrap();
        let note = found.entry.note.clone().unwrap();
        assert!(note.contains("U-Net-16, batch norm, 3 channels to 3, width 1"), "{note}");
        let painter = catalog::sketcher_of(&found.entry, found.tensors, &CPU).unwrap();
        let golden = Golden::of(FILE, "unet_file");
        let picture = painter.translate(golden.get("input"), Variation::Steady).unwrap();
        assert_close(&picture, golden.get("output"), TOLERANCE);
    }

    /// The golden weights of a ResNet under other names, as other programs write them.
    #[test]
    fn resnets_are_understood_with_prefixes_other_words_and_dropout() {
        let golden = Golden::of(FILE, "resnet_affine");
        let folder = tempfile::tempdir().unwrap();
        for (case, rename) in [
            ("ours", (|key: &str| key.to_owned()) as fn(&str) -> String),
            ("a wrapped module", |key: &str| format!("module.{key}")),
            ("other words", |key: &str| key.replace("conv_block", "block")),
            ("dropout", |key: &str| {
                key.replace("conv_block.6", "conv_block.7").replace("conv_block.5", "conv_block.6")
            }),
        ] {
            let tensors = golden.folder("weights").map(|(key, tensor)| (rename(&key), tensor.clone()));
            let path = folder.path().join("net.safetensors");
            candle_core::safetensors::save(&tensors.collect(), &path).unwrap();
            let found = weights::import(&path, Some(Family::Pix2pix), "net", MaskPolarity::Known).unwrap();
            let painter = catalog::sketcher_of(&found.entry, found.tensors, &CPU).unwrap();
            let picture = painter.translate(golden.get("input"), Variation::Steady).unwrap();
            assert_close(&picture, golden.get("output"), TOLERANCE);
            let note = found.entry.note.unwrap();
            assert!(note.contains("ResNet with 2 blocks, affine instance norm"), "{case}: {note}");
        }
    }

    #[test]
    fn a_painter_of_our_own_comes_back_with_its_hints_and_colors() {
        let norm = NormKind::AffineInstance;
        let network = Network::UNet(unet::Config { c_in: 5, c_out: 3, width: 2, n_levels: 4, norm, has_dropout: true });
        let config = Config { side: 128, reads: Reads::InkAndWash, is_faithful: false, has_palette: true, network };
        let variables = candle_nn::VarMap::new();
        Painter::new(&config, &candle_nn::VarBuilder::from_varmap(&variables, DType::F32, &CPU)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.safetensors");
        variables.save(&path).unwrap();
        let found = weights::import(&path, Some(Family::Pix2pix), "mine", MaskPolarity::Known).unwrap();
        assert_eq!(found.entry.config.clone().try_into::<Config>().unwrap(), config, "what it was");
        assert!(found.ignored.is_empty(), "all of it is used: {:?}", found.ignored);
        let painter = catalog::sketcher_of(&found.entry, found.tensors, &CPU).unwrap();
        assert!(painter.inputs().has_hints, "it listens to colors");
    }

    #[test]
    fn another_network_is_refused_in_a_sentence() {
        let path = golden_file("ada_run.pth");
        let refused =
            weights::import(&path, Some(Family::Pix2pix), "net", MaskPolarity::Known).unwrap_err().to_string();
        assert!(refused.contains("no network of the family pix2pix"), "{refused}");
    }
}

mod training {
    use pentimento::train::recipe::{
        Adversarial, Data, Family, Loss, Network as Sizes, Optimizer, PainterKind, Recipe,
    };
    use pentimento::train::{Batch, Pix2pix, State, Tensors, Trainee as _};

    use super::*;

    fn recipe(adversarial: Adversarial) -> Recipe {
        Recipe {
            family: Family::Pix2pix,
            steps: 100,
            batch: 2,
            network: Sizes {
                side: 32,
                painter: PainterKind::UNet,
                painter_width: 2,
                painter_levels: 4,
                painter_norm: NormKind::AffineInstance,
                painter_dropout: false,
                painter_reads: Reads::Ink,
                judge_width: 2,
                ..Sizes::default()
            },
            data: Data::default(),
            optimizer: Optimizer {
                lr_generator: 2e-4,
                lr_discriminator: 2e-4,
                beta1: 0.5,
                beta2: 0.999,
                ..Optimizer::default()
            },
            loss: Loss { adversarial, l1_weight: 10.0, ..Loss::default() },
            ..Recipe::default()
        }
    }

    /// A state with the golden weights and moments of 0.
    fn before(golden: &Golden) -> Tensors {
        let mut tensors = Tensors::new();
        for network in ["painter", "judge"] {
            for (name, weight) in golden.folder(&format!("{network}_before")) {
                for moment in ["first", "second"] {
                    tensors.insert(format!("{network}_adam.{moment}.{name}"), weight.zeros_like().unwrap());
                }
                if network == "painter" {
                    tensors.insert(format!("ema.{name}"), weight.clone());
                }
                tensors.insert(format!("{network}.{name}"), weight.clone());
            }
        }
        tensors
    }

    #[test]
    fn two_steps_equal_pytorch() {
        for (group, adversarial) in
            [("step_lsgan", Adversarial::LeastSquares), ("step_vanilla", Adversarial::NonSaturating)]
        {
            let golden = Golden::of(FILE, group);
            let mut trainee = Pix2pix::new(&recipe(adversarial), None, &CPU).unwrap();
            let mut state = State::default();
            trainee.save(&mut state).unwrap();
            trainee.restore(&state, &before(&golden)).unwrap();
            let ink = golden.get("ink");
            let hints = Tensor::zeros((2, 4, 32, 32), DType::F32, &CPU).unwrap();
            let batch = Batch {
                images: golden.get("real").clone(),
                known: ink.ones_like().unwrap(),
                drawn: Some(Tensor::cat(&[ink, &hints], 1).unwrap()),
            };
            for step in 0..2 {
                let scalars = trainee.step(&batch, step).unwrap();
                let expected = flat(golden.get(&format!("losses_{step}")));
                for (name, expected) in ["discriminator", "generator", "l1"].into_iter().zip(expected) {
                    let (_, found) = scalars.iter().find(|(scalar, _)| *scalar == name).unwrap();
                    let apart = (*found as f32 - expected).abs();
                    assert!(apart <= 1e-4 * expected, "{group}, step {step}: {name} is {found}, not {expected}");
                }
            }
            let after = trainee.save(&mut state).unwrap();
            for network in ["painter", "judge"] {
                for (name, expected) in golden.folder(&format!("{network}_after")) {
                    let found = flat(&after[&format!("{network}.{name}")]);
                    let apart = found.iter().zip(flat(expected)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    // Adam moves each weight by up to the rate; a gradient near 0 may be a third off.
                    assert!(apart <= 1.5e-4, "{group}: {network}.{name} is {apart} off");
                }
            }
        }
    }

    #[test]
    fn rates_fall_as_published() {
        let optimizer = Optimizer { decay_from: 0.5, ..Optimizer::default() };
        let factors: Vec<f64> = (0..200).map(|step| optimizer.decay(step, 200)).collect();
        assert!(factors[..100].iter().all(|&factor| factor == 1.0), "whole in the first half");
        assert!((factors[100] - (1.0 - 1.0 / 101.0)).abs() < 1e-12, "{}", factors[100]);
        assert!((factors[199] - (1.0 - 100.0 / 101.0)).abs() < 1e-12, "{}", factors[199]);
        assert!((0..200).all(|step| Optimizer::default().decay(step, 200) == 1.0), "unless it is asked for");
    }
}
