//! What the tests of training share: gradients beside PyTorch's, and whole steps in the middle of a run.
//!
//! Whole steps in the middle of a run: Adam's second moments are of the size of the squared gradients, so that an update is a
//! smooth function of the gradient. (At a run's first step it is the rate times the gradient's sign: a gradient near 0 that
//! f32 rounds to the other side would move a weight as far as any other.) Each tensor's change is held to 1e-3 of its
//! largest; what f32 leaves of a change of a thousandth of a weight is about 1e-4 of it.

use std::collections::BTreeMap;

use candle_core::backprop::GradStore;
use candle_core::{Tensor, Var};
use pentimento::train::{Batch, Scalar, State, Tensors, Trainee};

use super::{Golden, assert_close, flat};

/// Values and gradients: f32 sums in another order, over some ten layers forward and as many back.
pub(crate) const TOLERANCE: f32 = 1e-4;
/// Gradients of gradients.
pub(crate) const SECOND_ORDER: f32 = 5e-4;

/// Every gradient in the golden `grads/` is that of `loss`, to `tolerance` of its largest value.
pub(crate) fn assert_gradients(golden: &Golden, variables: &BTreeMap<String, Var>, loss: &Tensor, tolerance: f32) {
    assert_in(&loss.backward().unwrap(), golden, variables, tolerance);
}

/// As [`assert_gradients`], for gradients that are there already.
pub(crate) fn assert_in(grads: &GradStore, golden: &Golden, variables: &BTreeMap<String, Var>, tolerance: f32) {
    let mut compared = 0;
    for (name, expected) in golden.folder("grads") {
        let zeros = expected.zeros_like().unwrap();
        let found = grads.get(&variables[&name]).unwrap_or(&zeros);
        compared += 1;
        let (found, expected) = (flat(found), flat(expected));
        let largest = expected.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let apart = found.iter().zip(&expected).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
        assert!(apart <= tolerance * largest, "the gradient of {name} is {apart} off, the largest is {largest}");
    }
    assert!(compared > 3, "{compared} gradients are no comparison");
}

/// The golden scalar product with `seed`, whose gradients are known.
pub(crate) fn product(ys: &Tensor, golden: &Golden) -> Tensor {
    (ys * golden.get("seed")).unwrap().sum_all().unwrap()
}

pub(crate) const CHANGE: f32 = 1e-3;
/// The average before the step is this much of the weights.
pub(crate) const AVERAGE: f64 = 0.9;

pub(crate) const NETWORKS: [&str; 2] = ["generator", "discriminator"];

/// The run's state before the step.
pub(crate) fn before(golden: &Golden) -> Tensors {
    let mut tensors = Tensors::new();
    for network in NETWORKS {
        for (name, weight) in golden.folder(&format!("{network}/before")) {
            let moment = golden.get(&format!("{network}/moments/{name}"));
            tensors.insert(format!("{network}.{name}"), weight.clone());
            tensors.insert(format!("{network}_adam.first.{name}"), weight.zeros_like().unwrap());
            let second = moment.broadcast_as(weight.dims()).unwrap().contiguous().unwrap();
            tensors.insert(format!("{network}_adam.second.{name}"), second);
        }
    }
    for (name, weight) in golden.folder("generator/before") {
        tensors.insert(format!("ema.{name}"), (weight * AVERAGE).unwrap());
    }
    tensors
}

/// Runs the step from the state `old`, and compares all losses and weights with PyTorch's.
pub(crate) fn assert_step(
    golden: &Golden,
    trainee: &mut dyn Trainee,
    state: &mut State,
    old: &Tensors,
    step: u64,
) -> Tensors {
    trainee.restore(state, old).unwrap();
    let image = golden.get("image");
    let (n, _, h, w) = image.dims4().unwrap();
    let known = golden.get("known").broadcast_as((n, 1, h, w)).unwrap().contiguous().unwrap();
    let scalars: Vec<Scalar> = trainee.step(&Batch { images: image.clone(), known, drawn: None }, step).unwrap();
    for (name, value) in scalars.into_iter().filter(|(name, _)| *name != "augment") {
        let expected: f32 = golden.get(&format!("numbers/{name}")).to_scalar().unwrap();
        assert!((value as f32 - expected).abs() <= 1e-3 * expected.abs(), "{name} is {value}, not {expected}");
    }
    let new = trainee.save(state).unwrap();
    for network in NETWORKS {
        for (name, change) in golden.folder(&format!("{network}/change")) {
            let key = format!("{network}.{name}");
            assert_change(&key, &(&new[&key] - &old[&key]).unwrap(), change, &old[&key]);
        }
    }
    new
}

pub(crate) fn assert_change(key: &str, found: &Tensor, expected: &Tensor, weight: &Tensor) {
    let largest = |values: &[f32]| values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let (found, expected) = (flat(found), flat(expected));
    let apart: Vec<f32> = found.iter().zip(&expected).map(|(a, b)| a - b).collect();
    // A weight's own last bit is the other limit.
    let allowed = CHANGE * largest(&expected) + f32::EPSILON * largest(&flat(weight));
    let apart = largest(&apart);
    assert!(apart <= allowed, "{key} is {apart} off, its largest change is {}", largest(&expected));
}

/// `beta old + (1 - beta) new` for every tensor of the average.
pub(crate) fn assert_average(golden: &Golden, new: &Tensors, beta: f64) {
    for (name, weight) in golden.folder("generator/before") {
        let expected = (weight.affine(beta * AVERAGE, 0.0).unwrap()
            + (&new[&format!("generator.{name}")] * (1.0 - beta)))
            .unwrap();
        let found = &new[&format!("ema.{name}")];
        if flat(&expected).iter().any(|value| *value != 0.0) {
            assert_close(found, &expected, 1e-6);
        }
    }
}

/// After steps of both networks, none of them augmented.
pub(crate) fn state_in_the_middle() -> State {
    let mut state = State::default();
    for (name, value) in [("generator_steps", 100.0), ("discriminator_steps", 200.0), ("path_mean", 0.3)] {
        state.set(name, value);
    }
    (0..4).for_each(|at| state.set(&format!("augmentation.{at}"), 0.0));
    state
}

pub(crate) fn assert_path_mean(golden: &Golden, state: &State) {
    let mean: f32 = golden.get("numbers/path_mean").to_scalar().unwrap();
    let found = state.get("path_mean").unwrap() as f32;
    assert!((found - mean).abs() <= TOLERANCE * mean, "the mean length is {found}, not {mean}");
}
