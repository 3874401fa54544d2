//! First derivatives of the convolutions: in f64 against central differences, in f32 against f64.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use candle_core::{DType, Result, Tensor, Var};
use conv_kit::{Sizes, largest, number, numbers, relative_error, sizes, slope, values, variable};
use pentimento::compute::{Activation, Epilogue, Weight, keep_gradient_graphs};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// What a layer with everything is computed from, in the order input, weights, bias, residual.
type Operands = [Tensor; 4];

const NAMES: [&str; 4] = ["input", "weights", "bias", "residual"];

fn draw(sizes: Sizes, seed: u64) -> Operands {
    let dims: [&[usize]; 4] = [&sizes.input(), &sizes.weight(), &[sizes.c_out], &sizes.output()];
    let mut seeds = (0..).map(|at| seed.wrapping_add(at));
    dims.map(|dims| values(seeds.next().unwrap(), dims))
}

/// A layer with everything, one of another input without residual, and one with nothing but the activation: an epilogue is
/// part of the kernel only where nothing tracked is added to the result.
fn layers(sizes: Sizes, [xs, weights, bias, residual]: &Operands, activation: Activation) -> Result<[Tensor; 3]> {
    let weight = Weight::live(weights.clone());
    let whole = Epilogue { bias: Some(bias), residual: Some(residual), activation };
    Ok([
        sizes.run(xs, &weight, whole)?,
        sizes.run(&xs.sqr()?, &weight, Epilogue::new(Some(bias), activation))?,
        sizes.run(xs, &weight, Epilogue::new(None, activation))?,
    ])
}

/// A number that depends on every operand in several ways: input and weights are used four times, the bias and the residual
/// twice. A gradient that overwrites another instead of adding to it comes out wrong.
fn loss(sizes: Sizes, operands: &Operands, activation: Activation) -> Result<Tensor> {
    let [whole, biased, plain] = layers(sizes, operands, activation)?;
    let mixed = ((whole * biased)?.sum_all()? + plain.sqr()?.sum_all()?)?;
    let [xs, weights, _, residual] = operands;
    let others = [xs, weights, residual].map(|tensor| tensor.powf(3.0).and_then(|cubes| cubes.sum_all()));
    others.into_iter().try_fold(mixed, |sum, other| sum + other)
}

/// Whether no value before an activation is so near zero that a small step crosses the kink. Exactly zero is what no input
/// reaches: it stays.
fn is_smooth(sizes: Sizes, operands: &Operands) -> Result<bool> {
    let before = layers(sizes, operands, Activation::Identity)?;
    Ok(before.iter().flat_map(numbers).all(|value| value == 0.0 || value.abs() > 1e-3))
}

/// Compares the gradients of [`loss`] with central differences.
fn check_gradients(sizes: Sizes, activation: Activation, seed: u64) -> Result<()> {
    keep_gradient_graphs();
    let operands = draw(sizes, seed);
    let variables = operands.each_ref().map(variable);
    let tracked = variables.each_ref().map(|variable| variable.as_tensor().clone());
    let value = loss(sizes, &tracked, activation)?;
    let gradients = value.backward()?;
    // Differences cannot see slopes that drown in the rounding of the loss itself.
    let least = 1e-3 * number(&value).abs();
    for at in 0..4 {
        let gradient = gradients.get(&tracked[at]).unwrap();
        assert_eq!(gradient.dims(), operands[at].dims(), "the gradient of the {}", NAMES[at]);
        let scale = largest(&numbers(gradient)).max(least);
        for direction in conv_kit::directions(operands[at].dims(), seed)? {
            let got = number(&(gradient * &direction)?.sum_all()?);
            let want = slope(&operands[at], &direction, 1e-4, |moved| {
                let mut operands = operands.clone();
                operands[at] = moved.clone();
                loss(sizes, &operands, activation)
            })?;
            let error = (got - want).abs() / scale.max(want.abs());
            assert!(error < 1e-7, "gradient of the {}: {got} for {want}; {sizes:?}", NAMES[at]);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn gradients_agree_with_central_differences(
        sizes in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, 3_000)),
        is_leaky in any::<bool>(),
        seed in any::<u64>(),
    ) {
        check_case(sizes, is_leaky, seed)?;
    }

    #[test]
    fn depthwise_gradients_agree_with_central_differences(
        sizes in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, 3_000)),
        is_leaky in any::<bool>(),
        seed in any::<u64>(),
    ) {
        check_case(sizes.depthwise().fitted(3_000), is_leaky, seed)?;
    }

    #[test]
    fn gradients_in_f32_agree_with_f64(
        sizes in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, 400_000)),
        is_leaky in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let activation = if is_leaky { LEAKY } else { Activation::Identity };
        check_f32(sizes, activation, seed).map_err(|error| TestCaseError::fail(error.to_string()))?;
    }

    #[test]
    fn depthwise_gradients_in_f32_agree_with_f64(
        sizes in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, 400_000)),
        seed in any::<u64>(),
    ) {
        let sizes = sizes.depthwise().fitted(400_000);
        check_f32(sizes, LEAKY, seed).map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

const LEAKY: Activation = Activation::LeakyRelu { slope: 0.2, gain: std::f64::consts::SQRT_2 };

fn check_case(sizes: Sizes, is_leaky: bool, seed: u64) -> TestCaseResult {
    let run = || -> Result<bool> {
        let activation = if is_leaky { LEAKY } else { Activation::Identity };
        if is_leaky && !is_smooth(sizes, &draw(sizes, seed))? {
            return Ok(false);
        }
        check_gradients(sizes, activation, seed).map(|()| true)
    };
    let was_checked = run().map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assume!(was_checked, "a value at the kink of the activation");
    Ok(())
}

/// Gradients of `sum(activation(convolution + bias) * factors)` for input, weights and bias.
fn gradients_of_sum(
    sizes: Sizes,
    [xs, weights, bias, factors]: [&Tensor; 4],
    activation: Activation,
) -> Result<[Tensor; 3]> {
    let [xs, weights, bias] = [xs, weights, bias].map(variable);
    let weight = Weight::new(weights.as_tensor())?;
    let ys = sizes.run(xs.as_tensor(), &weight, Epilogue::new(Some(bias.as_tensor()), activation))?;
    let gradients = (ys * factors)?.sum_all()?.backward()?;
    let of = |variable: &Var| gradients.get(variable.as_tensor()).unwrap().clone();
    Ok([of(&xs), of(&weights), of(&bias)])
}

/// Compares the gradients of the f32 kernels with those of the exact ones, on the same (rounded) operands.
fn check_f32(sizes: Sizes, activation: Activation, seed: u64) -> Result<()> {
    let operands = draw(sizes, seed).map(|tensor| tensor.to_dtype(DType::F32).unwrap());
    let [xs, weights, bias, factors] = operands.each_ref().map(|tensor| tensor.to_dtype(DType::F64).unwrap());
    // Where rounding may turn the sign before the activation, both slopes are right: such places get no weight.
    let before = sizes.run(&xs, &Weight::frozen(&weights)?, Epilogue::new(Some(&bias), Activation::Identity))?;
    let is_clear = before.abs()?.gt(1e-2)?.to_dtype(DType::F64)?;
    let factors = (factors * is_clear)?;
    let want = gradients_of_sum(sizes, [&xs, &weights, &bias, &factors], activation)?;
    // What sums of such products usually are; a gradient that cancels by chance must not be measured against itself.
    let squared = [&xs, &weights, &bias, &factors].map(|tensor| tensor.sqr().unwrap());
    let squares = gradients_of_sum(sizes, squared.each_ref(), Activation::Identity)?;
    let [xs, weights, bias, _] = &operands;
    let got = gradients_of_sum(sizes, [xs, weights, bias, &factors.to_dtype(DType::F32)?], activation)?;
    let tolerance = if sizes.may_be_winograd() { 5e-4 } else { 1e-4 };
    for at in 0..3 {
        let scale = largest(&numbers(&want[at])).max(largest(&numbers(&squares[at])).sqrt()).max(1e-30);
        let difference = (got[at].to_dtype(DType::F64)? - &want[at])?;
        let error = largest(&numbers(&difference)) / scale;
        assert!(error <= tolerance, "gradient of the {}: off by {error:.1e}; {sizes:?} {activation:?}", NAMES[at]);
    }
    Ok(())
}

#[test]
fn gradients_of_network_layers_in_f32() -> Result<()> {
    for sizes in [
        Sizes::conv(64, 64, (24, 20), 3, 1),
        Sizes::conv(128, 128, (8, 8), 3, 1).batch(2),
        Sizes::conv(3, 64, (32, 32), 7, 1),
        Sizes::conv(64, 3, (32, 32), 7, 1),
        Sizes::conv(64, 128, (20, 24), 3, 2),
        Sizes::conv(64, 96, (16, 16), 4, 2).batch(2),
        Sizes::conv(96, 64, (24, 24), 1, 1),
        Sizes::conv(96, 64, (8, 8), 4, 2).transposed().batch(2),
        Sizes { output_padding: 1, ..Sizes::conv(64, 48, (11, 13), 3, 2).transposed() },
        Sizes::conv(64, 64, (40, 40), 3, 1).depthwise(),
        Sizes::conv(64, 64, (33, 35), 4, 2).depthwise().transposed(),
    ] {
        check_f32(sizes, LEAKY, 5)?;
    }
    Ok(())
}

/// Frozen weights take no part in the graph; the input's gradient is as with live ones.
#[test]
fn frozen_weights_have_no_gradient() -> Result<()> {
    for sizes in [
        Sizes::conv(16, 32, (20, 18), 3, 1),
        Sizes::conv(3, 16, (21, 17), 5, 2),
        Sizes::conv(16, 16, (21, 17), 3, 1).depthwise(),
        Sizes::conv(32, 16, (9, 7), 4, 2).transposed(),
    ] {
        let [xs, weights, ..] = draw(sizes, 3).map(|tensor| variable(&tensor.to_dtype(DType::F32).unwrap()));
        let gradients = |weight: &Weight| sizes.run(xs.as_tensor(), weight, Epilogue::default())?.sqr()?.backward();
        let frozen = Weight::frozen(weights.as_tensor())?;
        for call in ["packing", "packed"] {
            let of_frozen = gradients(&frozen)?;
            let of_live = gradients(&Weight::live(weights.as_tensor().clone()))?;
            assert!(of_frozen.get(weights.as_tensor()).is_none(), "{call}: no gradient for frozen weights");
            assert!(of_frozen.get(frozen.tensor()).is_none(), "{call}: nor for their copy");
            assert!(of_live.get(weights.as_tensor()).is_some(), "{call}: live weights have one");
            let [frozen, live] = [&of_frozen, &of_live].map(|all| all.get(xs.as_tensor()).unwrap());
            assert!(relative_error(frozen, live) < 1e-5, "{call}: the input's gradient; {sizes:?}");
        }
    }
    Ok(())
}

/// A plain input has no gradient, and its absence does not disturb that of the weights.
#[test]
fn plain_input_has_no_gradient() -> Result<()> {
    let sizes = Sizes::conv(4, 6, (9, 7), 3, 1);
    let [xs, weights, ..] = draw(sizes, 4);
    let weights = variable(&weights);
    let gradients = sizes.run(&xs, &Weight::new(weights.as_tensor())?, Epilogue::default())?.sum_all()?.backward()?;
    assert!(gradients.get(&xs).is_none(), "the input is no variable");
    // Of a plain sum: what passes under each weight, under the middle one the whole input.
    let gradient = gradients.get(weights.as_tensor()).unwrap();
    let centre = numbers(&gradient.narrow(2, 1, 1)?.narrow(3, 1, 1)?.narrow(0, 0, 1)?);
    let sums = numbers(&xs.sum((0, 2, 3))?);
    assert!(centre.iter().zip(&sums).all(|(got, want)| (got - want).abs() < 1e-12), "{centre:?} for {sums:?}");
    Ok(())
}

/// Variables that lie transposed or narrowed get their gradients in their own order.
#[test]
fn gradients_flow_through_layouts() -> Result<()> {
    let sizes = Sizes::conv(6, 8, (7, 9), 3, 1);
    let [xs, weights, ..] = draw(sizes, 6);
    let (turned_xs, turned_weights) = (variable(&xs.transpose(2, 3)?), variable(&weights.transpose(0, 1)?));
    let weight = Weight::new(&turned_weights.as_tensor().transpose(0, 1)?)?;
    let ys = sizes.run(&turned_xs.as_tensor().transpose(2, 3)?, &weight, Epilogue::default())?;
    let turned = ys.powf(3.0)?.sum_all()?.backward()?;
    let (xs, weights) = (variable(&xs), variable(&weights));
    let ys = sizes.run(xs.as_tensor(), &Weight::new(weights.as_tensor())?, Epilogue::default())?;
    let straight = ys.powf(3.0)?.sum_all()?.backward()?;
    let of_xs = turned.get(turned_xs.as_tensor()).unwrap().transpose(2, 3)?;
    let of_weights = turned.get(turned_weights.as_tensor()).unwrap().transpose(0, 1)?;
    assert!(relative_error(&of_xs, straight.get(xs.as_tensor()).unwrap()) < 1e-13, "input");
    assert!(relative_error(&of_weights, straight.get(weights.as_tensor()).unwrap()) < 1e-13, "weights");
    Ok(())
}
