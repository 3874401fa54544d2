//! What the convolutions refuse: always one sentence that names the operation and the shapes, never a panic.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use candle_core::{DType, Device, Error, Result, Tensor};
use conv_kit::{Sizes, laid, lies, numbers, sizes, values_f32, variable};
use pentimento::compute::{
    Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d, keep_gradient_graphs,
};
use proptest::prelude::*;

/// What a user reads: a backtrace may follow.
fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// Asserts that `result` is refused by a line with all of `words` in it.
fn refused(result: Result<Tensor>, words: &[&str]) {
    let line = first_line(&result.expect_err(&format!("refused: {words:?}")));
    assert!(words.iter().all(|word| line.contains(word)), "`{line}` names {words:?}");
}

fn zeros(dims: &[usize]) -> Tensor {
    Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap()
}

fn conv(input: &[usize], weight: &[usize], conv: Conv) -> Result<Tensor> {
    conv2d(&zeros(input), &Weight::frozen(&zeros(weight))?, conv, Epilogue::default())
}

fn transposed(input: &[usize], weight: &[usize], conv: ConvTranspose) -> Result<Tensor> {
    conv_transpose2d(&zeros(input), &Weight::frozen(&zeros(weight))?, conv, Epilogue::default())
}

/// Asserts that both operations refuse the shapes, and say which they were.
fn both_refuse(input: &[usize], weight: &[usize], why: &str) {
    let shapes = format!("of {input:?} with weights {weight:?}");
    refused(conv(input, weight, Conv::strided(1, 0)), &["conv2d", &shapes, why]);
    refused(transposed(input, weight, ConvTranspose::strided(1, 0)), &["conv_transpose2d", &shapes, why]);
}

#[test]
fn wrong_ranks() {
    let (input, weight) = ([1usize, 4, 8, 8], [4usize, 4, 3, 3]);
    for rank in 0..4 {
        both_refuse(&input[..rank], &weight, "four dimensions");
        both_refuse(&input, &weight[..rank], "four dimensions");
    }
    both_refuse(&[1, 1, 4, 8, 8], &weight, "four dimensions");
    both_refuse(&input, &[1, 4, 4, 3, 3], "four dimensions");
}

#[test]
fn empty_tensors() {
    for at in 0..4 {
        let (mut input, mut weight) = ([2usize, 4, 8, 8], [4usize, 4, 3, 3]);
        input[at] = 0;
        both_refuse(&input, &[4, 4, 3, 3], "empty");
        weight[at] = 0;
        both_refuse(&[2, 4, 8, 8], &weight, "empty");
    }
}

#[test]
fn channels_that_do_not_match() {
    both_refuse(&[1, 3, 8, 8], &[4, 4, 3, 3], "3 channels");
    let depthwise = Conv { stride: 1, padding: 1, groups: 6 };
    refused(conv(&[1, 5, 8, 8], &[6, 1, 3, 3], depthwise), &["conv2d", "[1, 5, 8, 8]", "[6, 1, 3, 3]", "5 channels"]);
    // Two kernels a channel, and groups of more than one channel, are not what `groups` means here.
    refused(conv(&[1, 6, 8, 8], &[12, 1, 3, 3], depthwise), &["conv2d", "[12, 1, 3, 3]", "groups"]);
    let pairs = Conv { groups: 3, ..depthwise };
    refused(conv(&[1, 6, 8, 8], &[6, 2, 3, 3], pairs), &["conv2d", "[6, 2, 3, 3]", "3 groups"]);
    let depthwise = ConvTranspose { stride: 2, padding: 1, output_padding: 0, groups: 6 };
    refused(transposed(&[1, 5, 8, 8], &[6, 1, 3, 3], depthwise), &["conv_transpose2d", "[1, 5, 8, 8]", "5 channels"]);
    refused(transposed(&[1, 6, 8, 8], &[6, 2, 3, 3], depthwise), &["conv_transpose2d", "[6, 2, 3, 3]", "groups"]);
}

#[test]
fn sizes_that_do_not_fit() {
    let larger = ["conv2d", "[1, 2, 4, 9]", "[2, 2, 7, 3]", "larger than the input"];
    refused(conv(&[1, 2, 4, 9], &[2, 2, 7, 3], Conv::padded(1)), &larger);
    refused(conv(&[1, 2, 9, 4], &[2, 2, 3, 7], Conv::strided(2, 1)), &["[1, 2, 9, 4]", "larger than the input"]);
    // One row of padding more and it fits.
    assert_eq!(conv(&[1, 2, 4, 9], &[2, 2, 7, 3], Conv::padded(2)).unwrap().dims(), [1, 2, 2, 11]);

    let nothing = ["conv_transpose2d", "[1, 2, 2, 2]", "[2, 2, 3, 3]", "padding of 2"];
    refused(transposed(&[1, 2, 2, 2], &[2, 2, 3, 3], ConvTranspose::strided(1, 2)), &nothing);
    refused(transposed(&[1, 2, 2, 2], &[2, 2, 3, 3], ConvTranspose::strided(1, 9)), &["padding of 9"]);
    let too_much = ConvTranspose { stride: 2, padding: 1, output_padding: 2, groups: 1 };
    refused(transposed(&[1, 2, 5, 5], &[2, 2, 3, 3], too_much), &["conv_transpose2d", "output padding of 2"]);
}

#[test]
fn strides_and_groups_of_nothing() {
    let (input, weight) = ([1, 2, 5, 5], [2, 2, 3, 3]);
    for (stride, groups) in [(0, 1), (1, 0), (0, 0)] {
        refused(conv(&input, &weight, Conv { stride, padding: 1, groups }), &["conv2d", "[1, 2, 5, 5]", "at least 1"]);
        let back = ConvTranspose { stride, padding: 1, output_padding: 0, groups };
        refused(transposed(&input, &weight, back), &["conv_transpose2d", "[1, 2, 5, 5]", "at least 1"]);
    }
}

#[test]
fn sizes_out_of_reach() {
    let (input, weight) = ([1, 2, 5, 5], [2, 2, 3, 3]);
    for padding in [usize::MAX, usize::MAX / 2, 1 << 40] {
        refused(conv(&input, &weight, Conv::padded(padding)), &["conv2d", "[1, 2, 5, 5]", "out of reach"]);
        refused(conv(&input, &weight, Conv::strided(padding, 0)), &["conv2d", "[1, 2, 5, 5]", "out of reach"]);
        let back = ConvTranspose::strided(1, padding);
        refused(transposed(&input, &weight, back), &["conv_transpose2d", "[1, 2, 5, 5]", "out of reach"]);
    }
    refused(conv(&input, &weight, Conv::padded(1 << 19)), &["conv2d", "[1, 2, 5, 5]", "the result would be"]);
    let groups = Conv { stride: 1, padding: 1, groups: usize::MAX };
    refused(conv(&input, &weight, groups), &["conv2d", "[1, 2, 5, 5]", "out of reach"]);
}

#[test]
fn strides_beyond_all_phases() {
    for stride in [17, 1 << 12, 1 << 20] {
        let ones = Tensor::ones((1, 1, 1, 1), DType::F32, &Device::Cpu).unwrap();
        let weight = Weight::from(&ones);
        let ys = conv2d(&ones, &weight, Conv::strided(stride, 0), Epilogue::default()).unwrap();
        let zs = conv_transpose2d(&ones, &weight, ConvTranspose::strided(stride, 0), Epilogue::default()).unwrap();
        assert_eq!((numbers(&ys), numbers(&zs)), (vec![1.0], vec![1.0]), "stride {stride}");
    }
}

#[test]
fn activations_that_do_not_keep_signs() {
    for (slope, gain) in [(-0.5, 1.0), (0.2, 0.0), (0.2, -1.0), (f64::NAN, 1.0), (0.2, f64::INFINITY)] {
        let epilogue = Epilogue::new(None, Activation::LeakyRelu { slope, gain });
        let result = conv2d(&zeros(&[1, 2, 5, 5]), &Weight::from(&zeros(&[2, 2, 3, 3])), Conv::padded(1), epilogue);
        refused(result, &["conv2d", "[1, 2, 5, 5]", "leaky ReLU"]);
    }
}

#[test]
fn wrong_biases_and_residuals() -> Result<()> {
    for sizes in [Sizes::conv(3, 5, (6, 7), 3, 1), Sizes::conv(3, 5, (6, 7), 4, 2).transposed()] {
        let op = if sizes.is_transposed { "conv_transpose2d" } else { "conv2d" };
        let (xs, weight) = (zeros(&sizes.input()), Weight::frozen(&zeros(&sizes.weight()))?);
        let shapes = format!("of {:?} with weights {:?}", sizes.input(), sizes.weight());
        let wrong_biases: [&[usize]; 6] = [&[], &[1], &[3], &[0], &[5, 1], &[1, 5, 1, 1]];
        for dims in wrong_biases {
            let bias = zeros(dims);
            let result = sizes.run(&xs, &weight, Epilogue::new(Some(&bias), Activation::Identity));
            refused(result, &[op, &shapes, "bias", &format!("{dims:?}"), "[5]"]);
        }
        let out = sizes.output();
        let wrong_residuals: [&[usize]; 4] =
            [&out[1..], &[1, 5, 1, 1], &[2, 5, out[2], out[3]], &[1, 5, out[3], out[2]]];
        for dims in wrong_residuals {
            let residual = zeros(dims);
            let epilogue = Epilogue { residual: Some(&residual), ..Epilogue::default() };
            refused(sizes.run(&xs, &weight, epilogue), &[op, &shapes, "residual", &format!("{dims:?}")]);
        }
    }
    Ok(())
}

#[test]
fn types_that_the_cpu_does_not_compute_in() -> Result<()> {
    let sizes = Sizes::conv(3, 4, (6, 6), 3, 1);
    let (xs, weights) = (zeros(&sizes.input()), zeros(&sizes.weight()));
    for dtype in [DType::F16, DType::BF16, DType::U8, DType::I64] {
        let weight = Weight::frozen(&weights.to_dtype(dtype)?)?;
        let name = format!("{dtype:?}");
        let words = ["conv2d", "[1, 3, 6, 6]", "[4, 3, 3, 3]", &name];
        refused(sizes.run(&xs.to_dtype(dtype)?, &weight, Epilogue::default()), &words);
        // Half the operands are no better.
        refused(sizes.run(&xs, &weight, Epilogue::default()), &words);
        refused(sizes.run(&xs.to_dtype(dtype)?, &Weight::frozen(&weights)?, Epilogue::default()), &words);
    }
    let bias = Tensor::zeros(4, DType::F64, &Device::Cpu)?;
    let epilogue = Epilogue::new(Some(&bias), Activation::Identity);
    refused(sizes.run(&xs, &Weight::frozen(&weights)?, epilogue), &["conv2d", "F32", "F64"]);
    Ok(())
}

/// The tensor with one of its values, counted round and round, replaced.
fn poisoned(tensor: &Tensor, at: usize, value: f64) -> Tensor {
    let mut numbers = numbers(tensor);
    let count = numbers.len();
    numbers[at % count] = value;
    Tensor::from_vec(numbers, tensor.dims(), tensor.device()).unwrap().to_dtype(tensor.dtype()).unwrap()
}

/// Asserts that a layer refuses its operands because they make a result that is not finite.
fn refuses_to_compute(sizes: Sizes, xs: &Tensor, weight: &Weight, epilogue: Epilogue<'_>) {
    let op = if sizes.is_transposed { "conv_transpose2d" } else { "conv2d" };
    let shapes = format!("of {:?} with weights {:?}", sizes.input(), sizes.weight());
    // Twice: frozen weights with NaN in them come packed from a cache the second time.
    for _ in 0..2 {
        refused(sizes.run(xs, weight, epilogue), &[op, &shapes, "not finite"]);
    }
}

/// Sizes at which every value of the input and every weight reaches the result.
fn covered(sizes: Sizes) -> Sizes {
    let stride = sizes.stride.min(sizes.kernel.0).min(sizes.kernel.1);
    let padding = sizes.padding.min((sizes.kernel.0.min(sizes.kernel.1) - 1) / 2);
    let fits = |side: usize, kernel: usize| {
        let side = side.max(kernel);
        if sizes.is_transposed { side } else { side + (stride - (side + 2 * padding - kernel) % stride) % stride }
    };
    let side = (fits(sizes.side.0, sizes.kernel.0), fits(sizes.side.1, sizes.kernel.1));
    Sizes { stride, padding, side, output_padding: 0, ..sizes }
}

fn poisons() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
}

/// A rectifier turns NaN and negative infinity into zero or NaN as it is written: the check comes before it.
fn activations() -> impl Strategy<Value = Activation> {
    prop::sample::select(vec![Activation::Identity, Activation::RELU, Activation::leaky(0.2)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// One bad value anywhere, at any size: the fast paths differ in where they would lose it.
    #[test]
    fn a_value_that_is_not_finite(
        drawn in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, 300_000)),
        (value, at, in_weights) in (poisons(), any::<usize>(), any::<bool>()),
        (activation, is_frozen, lie, seed) in (activations(), any::<bool>(), lies(), any::<u64>()),
    ) {
        let sizes = covered(drawn);
        let (mut xs, mut weights) = (values_f32(seed, &sizes.input()), values_f32(!seed, &sizes.weight()));
        let changed = if in_weights { &mut weights } else { &mut xs };
        *changed = poisoned(changed, at, value);
        let weight = if is_frozen { Weight::frozen(&weights).unwrap() } else { Weight::live(weights) };
        let bias = values_f32(seed, &[sizes.c_out]);
        refuses_to_compute(sizes, &laid(&xs, lie).unwrap(), &weight, Epilogue::new(Some(&bias), activation));
    }

    /// Any shapes at all: a result of the promised shape, or one line that names them.
    #[test]
    fn any_shapes_are_answered_or_refused(
        input in prop::collection::vec(0usize..6, 3..=5),
        weight in prop::collection::vec(0usize..6, 3..=5),
        (stride, padding, output_padding) in (0usize..4, 0usize..4, 0usize..3),
        groups in 0usize..5,
    ) {
        let shapes = format!("of {input:?} with weights {weight:?}: ");
        let forward = conv(&input, &weight, Conv { stride, padding, groups });
        let back = transposed(&input, &weight, ConvTranspose { stride, padding, output_padding, groups });
        for (result, op) in [(forward, "conv2d "), (back, "conv_transpose2d ")] {
            match result {
                Ok(ys) => prop_assert!(numbers(&ys).iter().all(|value| *value == 0.0) && ys.rank() == 4, "{ys}"),
                Err(error) => {
                    let line = first_line(&error);
                    prop_assert!(line.starts_with(&format!("{op}{shapes}")), "{}", line);
                }
            }
        }
    }
}

/// Layers of real networks, which surely run on the fast paths.
#[test]
fn values_that_are_not_finite_in_network_layers() -> Result<()> {
    for sizes in [
        Sizes::conv(64, 64, (20, 24), 3, 1),
        Sizes::conv(3, 64, (24, 24), 7, 1),
        Sizes::conv(64, 3, (24, 24), 7, 1),
        Sizes::conv(64, 64, (22, 22), 4, 2),
        Sizes::conv(64, 64, (21, 21), 3, 2),
        Sizes::conv(64, 64, (12, 12), 1, 1),
        Sizes::conv(64, 32, (10, 10), 4, 2).transposed(),
        Sizes::conv(48, 48, (20, 20), 3, 1).depthwise(),
    ] {
        let (xs, weights) = (values_f32(1, &sizes.input()), values_f32(2, &sizes.weight()));
        let (count, taps) = (xs.elem_count(), weights.elem_count());
        for value in [f64::NAN, f64::INFINITY] {
            for at in [0, count / 2, count - 1] {
                refuses_to_compute(sizes, &poisoned(&xs, at, value), &Weight::frozen(&weights)?, Epilogue::default());
            }
            for at in [0, taps / 2, taps - 1] {
                let weight = Weight::frozen(&poisoned(&weights, at, value))?;
                refuses_to_compute(sizes, &xs, &weight, Epilogue::new(None, Activation::RELU));
            }
        }
        // The refusals leave nothing behind: sound operands still give a sound result.
        assert!(sizes.run(&xs, &Weight::frozen(&weights)?, Epilogue::default()).is_ok(), "{sizes:?}");
    }
    Ok(())
}

/// Finite operands whose products are too large for f32.
#[test]
fn overflow_is_refused() -> Result<()> {
    for sizes in [Sizes::conv(32, 32, (16, 16), 3, 1), Sizes::conv(4, 4, (9, 9), 3, 1).depthwise()] {
        let xs = (values_f32(1, &sizes.input()) * 1e30)?;
        let weight = Weight::frozen(&(values_f32(2, &sizes.weight()) * 1e30)?)?;
        refuses_to_compute(sizes, &xs, &weight, Epilogue::default());
    }
    Ok(())
}

/// A gradient that is not finite is refused where it meets the first convolution, which names itself.
#[test]
fn gradients_that_are_not_finite() -> Result<()> {
    keep_gradient_graphs();
    let sizes = Sizes::conv(16, 16, (12, 12), 3, 1);
    let (xs, weights) = (variable(&values_f32(1, &sizes.input())), variable(&values_f32(2, &sizes.weight())));
    let factors = poisoned(&values_f32(3, &sizes.output()), 17, f64::NAN);
    let ys = |xs: &Tensor, weights: &Tensor| {
        let weight = Weight::new(weights)?;
        (sizes.run(xs, &weight, Epilogue::default())? * &factors)?.sum_all()
    };
    let of_input = ys(xs.as_tensor(), &weights.as_detached_tensor())?.backward();
    let line = first_line(&of_input.expect_err("a NaN in the gradient"));
    assert!(line.contains("conv_transpose2d of [1, 16, 12, 12]") && line.contains("not finite"), "{line}");
    let of_weights = ys(&xs.as_detached_tensor(), weights.as_tensor())?.backward();
    let line = first_line(&of_weights.expect_err("a NaN in the gradient"));
    assert!(
        line.contains("conv2d_weight_gradient of [1, 16, 12, 12]")
            && line.contains("[16, 16, 3, 3]")
            && line.contains("not finite"),
        "{line}"
    );
    Ok(())
}
