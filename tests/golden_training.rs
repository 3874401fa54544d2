//! What training computes, against PyTorch in double precision: Context Encoder in both modes, CoModGAN's discriminator, the
//! penalties with their gradients, whole steps.
//!
//! Values and gradients are held to 1e-4 of a tensor's largest value, penalties of the second order to 5e-4: f32 sums in
//! another order, over some ten layers forward and as many back.

mod network_kit;

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor, Var};
use network_kit::{Asked, Golden, assert_close, assert_within, flat, live};
use pentimento::compute::keep_gradient_graphs;
use pentimento::generators::context_encoder::{self, Region, center_known, paint_hole};
use pentimento::generators::ops::{BatchStatistics, update_running};
use pentimento::generators::{seeded_uniform, seeded_weights};

const CPU: Device = Device::Cpu;
const TOLERANCE: f32 = 1e-4;

/// Gradients that stay on their graph must be asked for before a thread's first backward pass.
fn golden(group: &str) -> Golden {
    keep_gradient_graphs();
    Golden::of("train.safetensors", group)
}

/// Every gradient in the golden `grads/` is that of `loss`, to `tolerance` of its largest value.
fn assert_gradients(golden: &Golden, variables: &BTreeMap<String, Var>, loss: &Tensor, tolerance: f32) {
    let found = loss.backward().unwrap();
    let mut compared = 0;
    for (name, expected) in golden.folder("grads") {
        let zeros = expected.zeros_like().unwrap();
        let found = found.get(&variables[&name]).unwrap_or(&zeros);
        compared += 1;
        let (found, expected) = (flat(found), flat(expected));
        let largest = expected.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let apart = found.iter().zip(&expected).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
        assert!(apart <= tolerance * largest, "the gradient of {name} is {apart} off, the largest is {largest}");
    }
    assert!(compared > 3, "{compared} gradients are no comparison");
}

/// The golden scalar product with `seed`, whose gradients are known.
fn product(ys: &Tensor, golden: &Golden) -> Tensor {
    (ys * golden.get("seed")).unwrap().sum_all().unwrap()
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
