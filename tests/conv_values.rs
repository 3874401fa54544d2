//! Values of `conv2d` and `conv_transpose2d` in f32, on every kind of size and layout, against their definition in f64.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use candle_core::{DType, Result, Tensor};
use conv_kit::{Definition, Lie, Sizes, laid, lies, numbers, sizes, values_f32};
use pentimento::compute::{Activation, Epilogue, Weight};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// Products of one random case: enough for every path to be taken, few enough for a debug build.
const PRODUCTS: usize = 2_000_000;

/// Everything about a layer that is not its sizes.
#[derive(Debug, Clone, Copy)]
struct Layer {
    has_bias: bool,
    has_residual: bool,
    activation: Activation,
    is_frozen: bool,
    /// Whether weights are half-precision numbers, as in stored networks.
    is_half: bool,
    input_lies: Lie,
    weight_lies: Lie,
    residual_lies: Lie,
    seed: u64,
}

impl Layer {
    const PLAIN: Self = Self {
        has_bias: false,
        has_residual: false,
        activation: Activation::Identity,
        is_frozen: true,
        is_half: false,
        input_lies: Lie::Contiguous,
        weight_lies: Lie::Contiguous,
        residual_lies: Lie::Contiguous,
        seed: 1,
    };

    const WHOLE: Self = Self {
        has_bias: true,
        has_residual: true,
        is_half: true,
        activation: Activation::LeakyRelu { slope: 0.2, gain: std::f64::consts::SQRT_2 },
        seed: 2,
        ..Self::PLAIN
    };
}

fn layers() -> impl Strategy<Value = Layer> {
    let activations = prop_oneof![
        2 => Just(Activation::Identity),
        1 => Just(Activation::RELU),
        2 => (0.0..0.5f64, 0.5..2.0f64).prop_map(|(slope, gain)| Activation::LeakyRelu { slope, gain }),
    ];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (flags, activations, lies(), lies(), lies(), any::<u64>()).prop_map(
        |((has_bias, has_residual, is_frozen, is_half), activation, input_lies, weight_lies, residual_lies, seed)| {
            Layer {
                has_bias,
                has_residual,
                activation,
                is_frozen,
                is_half,
                input_lies,
                weight_lies,
                residual_lies,
                seed,
            }
        },
    )
}

/// What a layer is computed from, contiguous; the program is given these values lying otherwise.
struct Operands {
    xs: Tensor,
    weights: Tensor,
    bias: Option<Tensor>,
    residual: Option<Tensor>,
}

impl Operands {
    fn draw(sizes: Sizes, layer: Layer) -> Self {
        let draw = |offset: u64, dims: &[usize]| values_f32(layer.seed.wrapping_add(offset), dims);
        let weights = draw(1, &sizes.weight());
        let halves = || weights.to_dtype(DType::F16).and_then(|weights| weights.to_dtype(DType::F32)).unwrap();
        Self {
            xs: draw(0, &sizes.input()),
            weights: if layer.is_half { halves() } else { weights },
            bias: layer.has_bias.then(|| draw(2, &[sizes.c_out])),
            residual: layer.has_residual.then(|| draw(3, &sizes.output())),
        }
    }

    /// The program's result, twice: the second time frozen weights come packed from the cache.
    fn run(&self, sizes: Sizes, layer: Layer) -> Result<[Tensor; 2]> {
        let weights = laid(&self.weights, layer.weight_lies)?;
        let weight = if layer.is_frozen { Weight::frozen(&weights)? } else { Weight::live(weights) };
        let xs = laid(&self.xs, layer.input_lies)?;
        let residual = self.residual.as_ref().map(|residual| laid(residual, layer.residual_lies)).transpose()?;
        let epilogue = Epilogue { bias: self.bias.as_ref(), residual: residual.as_ref(), activation: layer.activation };
        Ok([sizes.run(&xs, &weight, epilogue)?, sizes.run(&xs, &weight, epilogue)?])
    }
}

/// Largest error of the program's result, as a share of the largest value; looks at every `step`-th value.
///
/// Values are weighed before the activation, which may have made them zero.
fn error(sizes: Sizes, layer: Layer, operands: &Operands, got: &Tensor, step: usize) -> f64 {
    let definition = Definition::new(sizes, &operands.xs, &operands.weights);
    let bias = operands.bias.as_ref().map(numbers);
    let residual = operands.residual.as_ref().map(numbers);
    let [_, channels, height, width] = sizes.output();
    let (mut worst, mut scale) = (0.0f64, 1e-30f64);
    for (at, got) in numbers(got).into_iter().enumerate().step_by(step) {
        let (x, rest) = (at % width, at / width);
        let (y, rest) = (rest % height, rest / height);
        let (channel, n) = (rest % channels, rest / channels);
        let sum = definition.at([n, channel, y, x]);
        let before = sum.value
            + bias.as_ref().map_or(0.0, |bias| bias[channel])
            + residual.as_ref().map_or(0.0, |residual| residual[at]);
        let (want, gain) = match layer.activation {
            Activation::Identity => (before, 1.0),
            Activation::LeakyRelu { slope, gain } => (gain * if before < 0.0 { slope * before } else { before }, gain),
        };
        worst = worst.max(if got.is_finite() { (got - want).abs() } else { f64::INFINITY });
        scale = scale.max(gain * before.abs().max(sum.spread));
    }
    worst / scale
}

/// Runs one layer and compares every `step`-th value with the definition.
fn check(sizes: Sizes, layer: Layer, step: usize) -> TestCaseResult {
    let operands = Operands::draw(sizes, layer);
    let [first, second] = operands.run(sizes, layer).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(first.dtype(), DType::F32);
    prop_assert_eq!(first.dims(), sizes.output());
    prop_assert_eq!(numbers(&first), numbers(&second), "the same call gives the same bits");
    let error = error(sizes, layer, &operands, &first, step);
    prop_assert!(error <= sizes.tolerance(), "off by {error:.1e} of the largest value; {sizes:?} {layer:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn convolutions_of_any_size_and_layout(sizes in sizes(false, PRODUCTS), layer in layers()) {
        check(sizes, layer, 1)?;
    }

    #[test]
    fn transposed_convolutions_of_any_size_and_layout(sizes in sizes(true, PRODUCTS), layer in layers()) {
        check(sizes, layer, 1)?;
    }

    /// Sizes at which a picture is a few tiles of a fast algorithm and a bit: the borders are where those go wrong.
    #[test]
    fn borders_of_tiles(
        side in (1usize..=34, 1usize..=34),
        channels in (prop::sample::select(vec![8usize, 16, 31, 48]), prop::sample::select(vec![8usize, 16, 33, 48])),
        (kernel, stride) in prop::sample::select(vec![(3usize, 1usize), (4, 2), (3, 2), (5, 2), (6, 2), (1, 1), (1, 2), (5, 1)]),
        (padding, is_transposed) in (0usize..=2, any::<bool>()),
        layer in layers(),
    ) {
        let sizes = Sizes { is_transposed, padding, ..Sizes::conv(channels.0, channels.1, side, kernel, stride) };
        check(sizes.fitted(PRODUCTS), layer, 1)?;
    }

    /// The innermost levels of a network: a handful of pixels, and taps that only meet the padding.
    #[test]
    fn few_pixels(
        side in (1usize..=7, 1usize..=7),
        channels in (prop::sample::select(vec![1usize, 16, 31]), prop::sample::select(vec![32usize, 47, 64, 100])),
        (kernel, stride) in prop::sample::select(vec![(3usize, 1usize), (4, 2), (3, 2), (5, 2), (1, 1), (4, 1), (2, 3)]),
        (batch, padding, is_transposed) in (1usize..=3, 0usize..=2, any::<bool>()),
        layer in layers(),
    ) {
        let sizes = Sizes { is_transposed, padding, ..Sizes::conv(channels.0, channels.1, side, kernel, stride) };
        check(sizes.batch(batch).fitted(PRODUCTS), Layer { is_frozen: true, ..layer }, 1)?;
    }

    #[test]
    fn depthwise_of_any_size_and_layout(
        (conv, transposed) in (sizes(false, PRODUCTS), sizes(true, PRODUCTS)),
        layer in layers(),
    ) {
        check(conv.depthwise().fitted(PRODUCTS), layer, 1)?;
        check(transposed.depthwise().fitted(PRODUCTS), layer, 1)?;
    }
}

/// Checks a layer of a real network plain and with everything; about 4,000 of its values.
fn check_fixed(sizes: Sizes) {
    let count: usize = sizes.output().iter().product();
    // A prime, so that the sampled places wander over all rows, columns and channels.
    let step = [1, 7, 13, 29, 53, 97].into_iter().find(|step| count / step < 4_000).unwrap_or(193);
    check(sizes, Layer::PLAIN, step).unwrap();
    check(sizes, Layer::WHOLE, step).unwrap();
}

#[test]
fn wide_layer_with_a_3_by_3_kernel() {
    check_fixed(Sizes::conv(64, 64, (48, 40), 3, 1));
}

#[test]
fn deep_layer_with_a_3_by_3_kernel() {
    check(Sizes::conv(512, 512, (16, 16), 3, 1), Layer::WHOLE, 97).unwrap();
}

#[test]
fn first_layer_of_a_translator() {
    check_fixed(Sizes::conv(3, 64, (48, 56), 7, 1));
}

#[test]
fn last_layer_of_a_translator() {
    check_fixed(Sizes::conv(64, 3, (48, 56), 7, 1));
}

#[test]
fn strided_layers() {
    check_fixed(Sizes::conv(64, 128, (40, 48), 3, 2));
    check_fixed(Sizes::conv(64, 128, (32, 32), 4, 2).batch(2));
    check_fixed(Sizes::conv(64, 64, (33, 31), 5, 2));
    check_fixed(Sizes { kernel: (6, 5), ..Sizes::conv(64, 64, (30, 34), 6, 2) });
}

#[test]
fn pointwise_layers() {
    check_fixed(Sizes::conv(128, 96, (24, 28), 1, 1).batch(2));
    check_fixed(Sizes::conv(96, 128, (25, 27), 1, 2));
}

#[test]
fn transposed_layers() {
    check_fixed(Sizes::conv(128, 64, (16, 16), 4, 2).transposed().batch(2));
    check_fixed(Sizes { output_padding: 1, ..Sizes::conv(128, 64, (17, 16), 3, 2).transposed() });
    check_fixed(Sizes { output_padding: 1, ..Sizes::conv(64, 32, (13, 15), 5, 2).transposed() });
    // The first layer of DCGAN: one pixel becomes four by four.
    check_fixed(Sizes { padding: 0, ..Sizes::conv(100, 256, (1, 1), 4, 1).transposed().batch(3) });
}

#[test]
fn innermost_layers_of_a_u_net() {
    for side in [2, 4, 8] {
        check_fixed(Sizes::conv(64, 96, (side, side), 4, 2));
        check_fixed(Sizes::conv(96, 64, (side / 2, side / 2), 4, 2).transposed());
    }
}

#[test]
fn depthwise_layers() {
    check_fixed(Sizes::conv(64, 64, (48, 40), 3, 1).depthwise());
    check_fixed(Sizes::conv(67, 67, (33, 35), 4, 2).depthwise().batch(2));
    check_fixed(Sizes { output_padding: 1, ..Sizes::conv(32, 32, (21, 17), 3, 2).depthwise().transposed() });
}

/// A value that stands in the input alone must come out where the formula says, exactly: no tolerance hides a shift here.
#[test]
fn a_single_pixel_brings_the_kernel_out() -> Result<()> {
    let kernel = [[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let weight = Weight::frozen(&Tensor::new(&[[kernel]], &candle_core::Device::Cpu)?)?;
    let mut picture = vec![vec![0.0f32; 4]; 4];
    picture[1][2] = 1.0;
    let xs = Tensor::new(picture, &candle_core::Device::Cpu)?.reshape((1, 1, 4, 4))?;
    let sizes = Sizes { kernel: (2, 3), padding: 1, ..Sizes::conv(1, 1, (4, 4), 3, 1) };
    let rows: Vec<Vec<f32>> = sizes.run(&xs, &weight, Epilogue::default())?.squeeze(0)?.squeeze(0)?.to_vec2()?;
    let want =
        [[0.0, 0.0, 0.0, 0.0], [0.0, 6.0, 5.0, 4.0], [0.0, 3.0, 2.0, 1.0], [0.0; 4], [0.0; 4]].map(|row| row.to_vec());
    assert_eq!(rows, want, "a convolution in networks is a cross-correlation: the kernel comes out turned round");

    let back = Sizes { padding: 0, ..sizes.transposed() };
    let rows: Vec<Vec<f32>> = back.run(&xs, &weight, Epilogue::default())?.squeeze(0)?.squeeze(0)?.to_vec2()?;
    let mut want = vec![vec![0.0; 6]; 5];
    want[1][2..5].copy_from_slice(&kernel[0]);
    want[2][2..5].copy_from_slice(&kernel[1]);
    assert_eq!(rows, want, "a transposed one lays the kernel down as it is");
    Ok(())
}

/// Frozen weights keep the values they had, whatever becomes of the tensor they were made from.
#[test]
fn frozen_weights_do_not_follow_their_variable() -> Result<()> {
    let sizes = Sizes::conv(16, 16, (20, 20), 3, 1);
    let variable = conv_kit::variable(&values_f32(1, &sizes.weight()));
    let xs = values_f32(2, &sizes.input());
    let (frozen, live) = (Weight::frozen(&variable)?, Weight::live(variable.as_tensor().clone()));
    let before = numbers(&sizes.run(&xs, &frozen, Epilogue::default())?);
    let live_before = numbers(&sizes.run(&xs, &live, Epilogue::default())?);
    variable.set(&values_f32(3, &sizes.weight()))?;
    assert_eq!(numbers(&sizes.run(&xs, &frozen, Epilogue::default())?), before, "frozen");
    assert_ne!(numbers(&sizes.run(&xs, &live, Epilogue::default())?), live_before, "live weights follow");
    // Clones share the values, and so may share what was packed.
    assert_eq!(numbers(&sizes.run(&xs, &frozen.clone(), Epilogue::default())?), before, "a clone");
    Ok(())
}

/// The f64 path is what the gradients are checked with; it must be the definition itself.
#[test]
fn f64_is_exact() -> Result<()> {
    for sizes in [Sizes::conv(5, 7, (9, 11), 3, 1), Sizes::conv(6, 4, (7, 5), 4, 2).transposed().batch(2)] {
        let (xs, weights) = (conv_kit::values(1, &sizes.input()), conv_kit::values(2, &sizes.weight()));
        let got = sizes.run(&xs, &Weight::frozen(&weights)?, Epilogue::default())?;
        let operands = Operands { xs, weights, bias: None, residual: None };
        let error = error(sizes, Layer::PLAIN, &operands, &got, 1);
        assert!(error < 1e-14, "{sizes:?}: {error:.1e}");
    }
    Ok(())
}
