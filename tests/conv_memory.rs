//! Repeated calls do not make the process grow. Linux only: elsewhere nobody says so cheaply how much memory is in use.
//!
//! One test in a binary of its own: others would move the figures.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use candle_core::{Result, Tensor, Var};
use conv_kit::{Sizes, values_f32, variable};
use pentimento::compute::{Activation, Epilogue, Weight};

/// Calls of the convolution core, forward and backward together.
const CALLS: usize = 10_000;

/// What the allocator and rayon may still settle on after the warm-up.
const GROWTH: usize = 8 << 20;

/// Bytes of memory that the process holds: `VmRSS` of `proc(5)`, which unlike `statm` does not count in pages of unknown size.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes << 10
}

/// A layer that stays, with weights that stay.
struct Layer {
    sizes: Sizes,
    xs: Var,
    weights: Var,
    bias: Tensor,
    frozen: Weight,
}

impl Layer {
    fn new(sizes: Sizes) -> Self {
        let weights = variable(&values_f32(2, &sizes.weight()));
        Self {
            sizes,
            xs: variable(&values_f32(1, &sizes.input())),
            bias: values_f32(3, &[sizes.c_out]),
            frozen: Weight::frozen(weights.as_tensor()).unwrap(),
            weights,
        }
    }

    /// One forward pass and its backward pass.
    fn step(&self, weight: &Weight) -> Result<()> {
        let epilogue = Epilogue::new(Some(&self.bias), Activation::leaky(0.2));
        let ys = self.sizes.run(self.xs.as_tensor(), weight, epilogue)?;
        let gradients = ys.sum_all()?.backward()?;
        assert!(gradients.get(self.xs.as_tensor()).is_some(), "an input gradient");
        Ok(())
    }

    /// Everything that allocates: frozen weights that stay, live ones, frozen ones that come and go.
    fn round(&self) -> Result<()> {
        self.step(&self.frozen)?;
        self.step(&Weight::new(self.weights.as_tensor())?)?;
        self.step(&Weight::frozen(self.weights.as_tensor())?)
    }
}

/// Small layers for each of the kernels.
fn layers() -> Vec<Layer> {
    let all = [
        Sizes::conv(16, 16, (8, 8), 3, 1),
        Sizes::conv(3, 16, (9, 9), 5, 1),
        Sizes::conv(16, 3, (9, 7), 5, 1),
        Sizes::conv(8, 16, (9, 11), 3, 2),
        Sizes::conv(16, 8, (8, 8), 4, 2).batch(2),
        Sizes::conv(16, 24, (7, 7), 1, 1),
        Sizes::conv(16, 8, (4, 4), 4, 2).transposed(),
        Sizes::conv(16, 16, (9, 9), 3, 1).depthwise(),
    ];
    all.into_iter().map(Layer::new).collect()
}

#[test]
fn ten_thousand_calls_do_not_grow() -> Result<()> {
    let layers = layers();
    let rounds = |calls: usize| (0..calls.div_ceil(3)).try_for_each(|at| layers[at % layers.len()].round());
    rounds(CALLS / 5)?;
    let before = resident();
    rounds(CALLS)?;
    let growth = resident().saturating_sub(before);
    assert!(growth < GROWTH, "{CALLS} calls made the process {} KiB larger", growth >> 10);
    Ok(())
}
