//! Gradients of gradients in f64 against central differences: what R1 and path-length penalties are made of.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use candle_core::{Result, Tensor};
use conv_kit::{Sizes, largest, number, numbers, sizes, slope, values, variable};
use pentimento::compute::{Activation, Epilogue, Weight, keep_gradient_graphs};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

const LEAKY: Activation = Activation::LeakyRelu { slope: 0.2, gain: std::f64::consts::SQRT_2 };

/// Products of one layer.
const PRODUCTS: usize = 3_000;

/// A layer of a discriminator or a generator and the values of its operands.
struct Net {
    sizes: Sizes,
    xs: Tensor,
    weights: Tensor,
    bias: Tensor,
    /// Gives every value of the result another weight, with the result's shape.
    factors: Tensor,
}

impl Net {
    fn draw(sizes: Sizes, seed: u64) -> Self {
        let draw = |offset: u64, dims: &[usize]| values(seed.wrapping_add(offset), dims);
        Self {
            sizes,
            xs: draw(0, &sizes.input()),
            weights: draw(1, &sizes.weight()),
            bias: draw(2, &[sizes.c_out]),
            factors: draw(3, &sizes.output()),
        }
    }

    fn before_activation(&self) -> Result<Tensor> {
        let epilogue = Epilogue::new(Some(&self.bias), Activation::Identity);
        self.sizes.run(&self.xs, &Weight::frozen(&self.weights)?, epilogue)
    }

    /// Whether a small step crosses no kink of the activation.
    fn is_smooth(&self) -> Result<bool> {
        Ok(numbers(&self.before_activation()?).iter().all(|value| value.abs() > 1e-3))
    }

    /// Convolution, leaky rectifier, instance norm, sum: one number. The input is used once more beside the layer. The
    /// layer is also used beside the norm, which is blind to planes of one pixel.
    fn score(&self, xs: &Tensor, weights: &Tensor) -> Result<Tensor> {
        let weight = Weight::new(weights)?;
        let ys = self.sizes.run(xs, &weight, Epilogue::new(Some(&self.bias), LEAKY))?;
        ((normed(&ys)? + ys)? * &self.factors)?.sum_all()? + xs.powf(3.0)?.sum_all()?
    }
}

/// Instance norm, from candle's operations: mean 0 and variance 1 of every plane.
fn normed(xs: &Tensor) -> Result<Tensor> {
    let centred = xs.broadcast_sub(&xs.mean_keepdim((2, 3))?)?;
    let variance = centred.sqr()?.mean_keepdim((2, 3))?;
    centred.broadcast_div(&(variance + 1e-2)?.sqrt()?)
}

/// R1 (Mescheder et al. 2018): the squared length of the score's gradient in the input.
fn r1(net: &Net, xs: &Tensor, weights: &Tensor) -> Result<Tensor> {
    let gradients = net.score(xs, weights)?.backward()?;
    gradients.get(xs).unwrap().sqr()?.sum_all()
}

/// Path length (Karras et al. 2020, section 3.2): the distance of the gradient's length for a random picture from `2`.
fn path_length(net: &Net, xs: &Tensor, weights: &Tensor) -> Result<Tensor> {
    let weight = Weight::new(weights)?;
    let ys = net.sizes.run(xs, &weight, Epilogue::new(Some(&net.bias), LEAKY))?;
    let ys = (ys.sqr()? * 0.1)? + ys;
    let gradients = (ys? * &net.factors)?.sum_all()?.backward()?;
    let length = gradients.get(xs).unwrap().sqr()?.sum_all()?.sqrt()?;
    (length - 2.0)?.sqr()
}

/// A weight gradient that is itself part of a loss, as in learning to learn: its own gradients run through all directions.
fn weight_gradient(net: &Net, xs: &Tensor, weights: &Tensor) -> Result<Tensor> {
    let gradients = net.score(xs, weights)?.backward()?;
    let gradient = gradients.get(weights).unwrap();
    gradient.sqr()?.sum_all()? + gradient.powf(3.0)?.sum_all()?
}

type Penalty = fn(&Net, &Tensor, &Tensor) -> Result<Tensor>;

const PENALTIES: [(&str, Penalty); 3] =
    [("R1", r1), ("path length", path_length), ("weight gradient", weight_gradient)];

/// Compares a penalty's gradients in weights and input with central differences of the penalty.
fn check(net: &Net, name: &str, penalty: Penalty, seed: u64) -> Result<()> {
    keep_gradient_graphs();
    let (xs, weights) = (variable(&net.xs), variable(&net.weights));
    let value = penalty(net, xs.as_tensor(), weights.as_tensor())?;
    let gradients = value.backward()?;
    // Differences cannot see slopes that drown in the rounding of the penalty itself.
    let least = 1e-3 * number(&value).abs() + 1e-30;
    for (at, of) in [&weights, &xs].into_iter().enumerate() {
        let gradient = gradients.get(of.as_tensor()).unwrap();
        let scale = largest(&numbers(gradient)).max(least);
        for direction in conv_kit::directions(of.dims(), seed)? {
            let got = number(&(gradient * &direction)?.sum_all()?);
            let want = slope(of.as_tensor(), &direction, 2e-5, |moved| {
                let moved = variable(moved);
                let (xs, weights) = if at == 0 { (&xs, &moved) } else { (&moved, &weights) };
                penalty(net, xs.as_tensor(), weights.as_tensor())
            })?;
            let error = (got - want).abs() / scale.max(want.abs());
            let of = ["weights", "input"][at];
            assert!(error < 1e-6, "{name}, gradient in the {of}: {got} for {want}; {:?}", net.sizes);
        }
    }
    Ok(())
}

/// All penalties at one random layer, unless a value lies at the kink of the activation.
fn check_all(sizes: Sizes, seed: u64) -> TestCaseResult {
    let run = || -> Result<bool> {
        let net = Net::draw(sizes, seed);
        if !net.is_smooth()? {
            return Ok(false);
        }
        PENALTIES.iter().try_for_each(|(name, penalty)| check(&net, name, *penalty, seed))?;
        Ok(true)
    };
    let was_checked = run().map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assume!(was_checked, "a value at the kink of the activation");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn penalties_of_convolutions(sizes in sizes(false, PRODUCTS), seed in any::<u64>()) {
        check_all(sizes, seed)?;
    }

    #[test]
    fn penalties_of_transposed_convolutions(sizes in sizes(true, PRODUCTS), seed in any::<u64>()) {
        check_all(sizes, seed)?;
    }

    #[test]
    fn penalties_of_depthwise_convolutions(
        sizes in any::<bool>().prop_flat_map(|is_transposed| sizes(is_transposed, PRODUCTS)),
        seed in any::<u64>(),
    ) {
        check_all(sizes.depthwise().fitted(PRODUCTS), seed)?;
    }
}

/// R1 through a whole little discriminator: two strided layers, the second without padding, and both sets of weights.
#[test]
fn r1_through_two_layers() -> Result<()> {
    keep_gradient_graphs();
    let (first, second) = (Sizes::conv(3, 5, (9, 7), 4, 2), Sizes { padding: 0, ..Sizes::conv(5, 4, (4, 3), 3, 1) });
    let xs = variable(&values(1, &first.input()));
    let weights = [variable(&values(2, &first.weight())), variable(&values(3, &second.weight()))];
    let penalty = |weights: [&Tensor; 2]| {
        let ys = first.run(xs.as_tensor(), &Weight::new(weights[0])?, Epilogue::new(None, LEAKY))?;
        let zs = second.run(&normed(&ys)?, &Weight::new(weights[1])?, Epilogue::new(None, LEAKY))?;
        zs.sqr()?.sum_all()?.backward()?.get(xs.as_tensor()).unwrap().sqr()?.sum_all()
    };
    let tracked = [weights[0].as_tensor(), weights[1].as_tensor()];
    let gradients = penalty(tracked)?.backward()?;
    for at in 0..2 {
        let gradient = gradients.get(tracked[at]).unwrap();
        let scale = largest(&numbers(gradient));
        for direction in conv_kit::directions(tracked[at].dims(), 7)? {
            let got = number(&(gradient * &direction)?.sum_all()?);
            let want = slope(tracked[at], &direction, 2e-5, |moved| {
                let moved = variable(moved);
                let mut tracked = tracked;
                tracked[at] = moved.as_tensor();
                penalty(tracked)
            })?;
            assert!((got - want).abs() < 1e-6 * scale.max(want.abs()), "layer {at}: {got} for {want}");
        }
    }
    Ok(())
}

/// The same penalties from the f32 kernels, at sizes of real layers, against the exact ones.
#[test]
fn penalties_in_f32_agree_with_f64() -> Result<()> {
    keep_gradient_graphs();
    for sizes in [
        Sizes::conv(32, 32, (18, 15), 3, 1).batch(2),
        Sizes::conv(16, 32, (20, 16), 4, 2),
        Sizes::conv(3, 24, (16, 16), 5, 1),
        Sizes::conv(24, 16, (9, 8), 4, 2).transposed(),
        Sizes::conv(24, 24, (17, 15), 3, 1).depthwise(),
    ] {
        let mut net = Net::draw(sizes, 11);
        // Where rounding may turn the sign before the activation, both slopes are right: such places get no weight.
        let is_clear = net.before_activation()?.abs()?.gt(1e-3)?.to_dtype(candle_core::DType::F64)?;
        net.factors = (&net.factors * is_clear)?;
        let narrowed = |tensor: &Tensor| tensor.to_dtype(candle_core::DType::F32);
        let net_f32 = Net {
            sizes,
            xs: narrowed(&net.xs)?,
            weights: narrowed(&net.weights)?,
            bias: narrowed(&net.bias)?,
            factors: narrowed(&net.factors)?,
        };
        let gradient = |net: &Net| {
            let (xs, weights) = (variable(&net.xs), variable(&net.weights));
            let gradients = path_length(net, xs.as_tensor(), weights.as_tensor())?.backward()?;
            Ok::<Tensor, candle_core::Error>(gradients.get(weights.as_tensor()).unwrap().clone())
        };
        let error = conv_kit::relative_error(&gradient(&net_f32)?, &gradient(&net)?);
        assert!(error < 2e-3, "off by {error:.1e}; {sizes:?}");
    }
    Ok(())
}
