//! Our own kernels and candle's give the same results: a wrong kernel can be told from a wrong network.
//!
//! The choice is one for the whole process, so these tests have a binary of their own and take turns.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::{Result, Tensor, Var};
use conv_kit::{Sizes, numbers, relative_error, values_f32, variable};
use pentimento::compute::{Activation, Backend, Epilogue, Weight, backend, set_backend};

static TURN: Mutex<()> = Mutex::new(());

/// Holds one backend in force until it is dropped.
struct Chosen(#[expect(dead_code, reason = "held for its lock")] MutexGuard<'static, ()>);

impl Chosen {
    fn new(backend: Backend) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        set_backend(Some(backend));
        Self(turn)
    }
}

impl Drop for Chosen {
    fn drop(&mut self) {
        set_backend(None);
    }
}

fn with<T>(backend: Backend, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let _chosen = Chosen::new(backend);
    run()
}

/// A translator in small: wide first kernel, strided, residual, depthwise, transposed, pointwise, thin last layer.
const LAYERS: [Sizes; 8] = [
    Sizes::conv(3, 16, (22, 26), 7, 1),
    Sizes::conv(16, 32, (22, 26), 3, 2),
    Sizes::conv(32, 32, (11, 13), 3, 1),
    Sizes::conv(32, 32, (11, 13), 3, 1).depthwise(),
    Sizes { output_padding: 1, ..Sizes::conv(32, 24, (11, 13), 3, 2).transposed() },
    Sizes::conv(24, 24, (22, 26), 4, 2).depthwise().transposed(),
    Sizes::conv(24, 16, (44, 52), 1, 1),
    Sizes { kernel: (5, 7), padding: 2, ..Sizes::conv(16, 3, (44, 52), 5, 1) },
];

struct Net {
    weights: Vec<Var>,
    biases: Vec<Tensor>,
}

impl Net {
    fn new() -> Self {
        let weight = |(sizes, seed): (&Sizes, u64)| {
            let fan_in = sizes.weight().iter().product::<usize>() / sizes.c_out;
            variable(&(values_f32(seed, &sizes.weight()) * (2.0 / (fan_in as f64).sqrt())).unwrap())
        };
        Self {
            weights: LAYERS.iter().zip(100..).map(weight).collect(),
            biases: LAYERS.iter().zip(200..).map(|(sizes, seed)| values_f32(seed, &[sizes.c_out])).collect(),
        }
    }

    fn forward(&self, xs: &Tensor, is_frozen: bool) -> Result<Tensor> {
        let mut ys = xs.clone();
        for (at, sizes) in LAYERS.iter().enumerate() {
            let tensor = self.weights[at].as_tensor();
            let weight = if is_frozen { Weight::frozen(tensor)? } else { Weight::live(tensor.clone()) };
            let residual = ys.clone();
            let epilogue = Epilogue {
                bias: Some(&self.biases[at]),
                residual: (residual.dims() == sizes.output()).then_some(&residual),
                activation: Activation::LeakyRelu { slope: 0.2, gain: std::f64::consts::SQRT_2 },
            };
            ys = sizes.run(&ys, &weight, epilogue)?;
        }
        Ok(ys)
    }
}

#[test]
fn a_network_comes_out_the_same() -> Result<()> {
    let (net, xs) = (Net::new(), values_f32(1, &LAYERS[0].batch(2).input()));
    for is_frozen in [true, false] {
        let own = with(Backend::Own, || net.forward(&xs, is_frozen))?;
        let candle = with(Backend::Candle, || net.forward(&xs, is_frozen))?;
        let error = relative_error(&own, &candle);
        assert!(error < 1e-3, "off by {error:.1e}");
    }
    Ok(())
}

/// Layer by layer, with nothing that an earlier layer could hide or make larger.
#[test]
fn every_layer_comes_out_the_same() -> Result<()> {
    for sizes in LAYERS {
        let sizes = sizes.batch(2);
        let (xs, weight) = (values_f32(1, &sizes.input()), Weight::frozen(&values_f32(2, &sizes.weight()))?);
        let own = with(Backend::Own, || sizes.run(&xs, &weight, Epilogue::default()))?;
        let candle = with(Backend::Candle, || sizes.run(&xs, &weight, Epilogue::default()))?;
        let error = relative_error(&own, &candle);
        assert!(error <= sizes.tolerance(), "off by {error:.1e}; {sizes:?}");
    }
    Ok(())
}

#[test]
fn gradients_come_out_the_same() -> Result<()> {
    for sizes in LAYERS {
        let (xs, weights) = (variable(&values_f32(1, &sizes.input())), variable(&values_f32(2, &sizes.weight())));
        let (bias, factors) = (values_f32(3, &[sizes.c_out]), values_f32(4, &sizes.output()));
        let gradients = || {
            let weight = Weight::new(weights.as_tensor())?;
            let ys = sizes.run(xs.as_tensor(), &weight, Epilogue::new(Some(&bias), Activation::Identity))?;
            let gradients = (ys * &factors)?.sum_all()?.backward()?;
            Ok([&xs, &weights].map(|variable| gradients.get(variable.as_tensor()).unwrap().clone()))
        };
        let (own, candle) = (with(Backend::Own, gradients)?, with(Backend::Candle, gradients)?);
        for (own, candle) in own.iter().zip(&candle) {
            let error = relative_error(own, candle);
            assert!(error <= sizes.tolerance().max(1e-4), "off by {error:.1e}; {sizes:?}");
        }
    }
    Ok(())
}

/// Whoever computes, misfits are refused with the same sentence.
#[test]
fn refusals_do_not_depend_on_the_backend() -> Result<()> {
    let sizes = Sizes::conv(4, 5, (6, 6), 3, 1);
    let weight = Weight::frozen(&values_f32(1, &sizes.weight()))?;
    let wrong = values_f32(2, &[1, 3, 6, 6]);
    let line = |backend: Backend| {
        let refused = with(backend, || sizes.run(&wrong, &weight, Epilogue::default())).unwrap_err().to_string();
        refused.lines().next().unwrap_or_default().to_owned()
    };
    assert!(line(Backend::Own).starts_with("conv2d of [1, 3, 6, 6]"), "{}", line(Backend::Own));
    assert_eq!(line(Backend::Own), line(Backend::Candle), "one sentence");
    Ok(())
}

#[test]
fn the_choice_is_kept() -> Result<()> {
    for chosen in [Backend::Own, Backend::Candle] {
        assert_eq!(with(chosen, || Ok(backend()))?, chosen, "what was chosen");
    }
    // The two do not round alike in a long sum; were they the same code, the other tests would say nothing.
    let sizes = Sizes::conv(64, 16, (20, 20), 7, 1);
    let (xs, weight) = (values_f32(1, &sizes.input()), Weight::frozen(&values_f32(2, &sizes.weight()))?);
    let run = || sizes.run(&xs, &weight, Epilogue::default());
    let (own, candle) = (with(Backend::Own, run)?, with(Backend::Candle, run)?);
    assert_ne!(numbers(&own), numbers(&candle), "two implementations");
    Ok(())
}
