//! Repeated calls do not make the process grow, and packed weights stay under their bound and go with their owners. Linux
//! only: elsewhere nobody says so cheaply how much memory is in use.
//!
//! The figures and the bound are those of the whole process, so these tests have a binary of their own and take turns.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod conv_kit;

use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::{Result, Tensor, Var};
use conv_kit::{Sizes, numbers, relative_error, values_f32, variable};
use pentimento::compute::{Activation, Epilogue, Weight, packed_bytes, set_packed_limit};

static TURN: Mutex<()> = Mutex::new(());

/// The bound that holds unless somebody sets another.
const LIMIT: usize = 1 << 30;

/// Waits for the other tests, and puts the bound back when it is dropped.
struct Turn(#[expect(dead_code, reason = "held for its lock")] MutexGuard<'static, ()>);

impl Turn {
    fn take() -> Self {
        let turn = Self(TURN.lock().unwrap_or_else(PoisonError::into_inner));
        assert_eq!(packed_bytes(), 0, "the test before left no packs");
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        set_packed_limit(LIMIT);
    }
}

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
    let _turn = Turn::take();
    let layers = layers();
    let rounds = |calls: usize| (0..calls.div_ceil(3)).try_for_each(|at| layers[at % layers.len()].round());
    rounds(CALLS / 5)?;
    let before = resident();
    rounds(CALLS)?;
    let growth = resident().saturating_sub(before);
    assert!(growth < GROWTH, "{CALLS} calls made the process {} KiB larger", growth >> 10);
    Ok(())
}

/// A layer whose packed weights take 64 KiB or more in any layout.
const PACKED: Sizes = Sizes::conv(64, 64, (12, 12), 3, 1);

fn frozen(seed: u64) -> Weight {
    Weight::frozen(&values_f32(seed, &PACKED.weight())).unwrap()
}

fn run(xs: &Tensor, weight: &Weight) -> Result<Tensor> {
    PACKED.run(xs, weight, Epilogue::default())
}

#[test]
fn packs_go_with_the_last_owner_of_the_weights() -> Result<()> {
    let _turn = Turn::take();
    let xs = values_f32(1, &PACKED.input());
    let weight = frozen(2);
    assert_eq!(packed_bytes(), 0, "nothing is packed before it is needed");
    run(&xs, &weight)?;
    let one = packed_bytes();
    assert!(one >= weight.tensor().elem_count() * 4, "{one} bytes for one set of weights");
    let clone = weight.clone();
    drop(weight);
    run(&xs, &clone)?;
    assert_eq!(packed_bytes(), one, "a clone owns the same values: nothing is packed again");
    let other = frozen(3);
    run(&xs, &other)?;
    assert_eq!(packed_bytes(), 2 * one, "other values have a pack of their own");
    drop(clone);
    assert_eq!(packed_bytes(), one, "the last owner is gone");
    // Live weights may change, so no pack of theirs is kept.
    run(&xs, &Weight::live(other.tensor().clone()))?;
    assert_eq!(packed_bytes(), one, "live weights");
    drop(other);
    assert_eq!(packed_bytes(), 0, "nothing is left");
    Ok(())
}

/// A graph keeps its weights alive for the backward pass; afterwards their packs go too.
#[test]
fn packs_of_gradients_go_with_the_graph() -> Result<()> {
    let _turn = Turn::take();
    let xs = variable(&values_f32(1, &PACKED.input()));
    let weight = frozen(2);
    let ys = run(xs.as_tensor(), &weight)?.sqr()?.sum_all()?;
    drop(weight);
    let gradients = ys.backward()?;
    assert!(gradients.get(xs.as_tensor()).is_some(), "an input gradient");
    drop((gradients, ys));
    assert_eq!(packed_bytes(), 0, "nothing is left");
    Ok(())
}

#[test]
fn packs_stay_under_their_bound() -> Result<()> {
    let _turn = Turn::take();
    let xs = values_f32(1, &PACKED.input());
    let all: Vec<Weight> = (0..60).map(frozen).collect();
    let want: Vec<Vec<f64>> = all.iter().map(|weight| Ok(numbers(&run(&xs, weight)?))).collect::<Result<_>>()?;
    let whole = packed_bytes();
    for limit in [whole / 3, whole / 60 + 1, 1, 0, whole / 2] {
        set_packed_limit(limit);
        assert!(packed_bytes() <= limit, "{} bytes right after the bound was {limit}", packed_bytes());
        for (weight, want) in all.iter().zip(&want) {
            assert_eq!(&numbers(&run(&xs, weight)?), want, "the same bits, packed anew or not");
            assert!(packed_bytes() <= limit, "{} bytes with a bound of {limit}", packed_bytes());
        }
    }
    // Many more that come and go.
    for seed in 0..300 {
        run(&xs, &frozen(seed))?;
        assert!(packed_bytes() <= whole / 2, "{} bytes after {seed} sets of weights", packed_bytes());
    }
    drop(all);
    assert_eq!(packed_bytes(), 0, "nothing is left");
    Ok(())
}

/// One set of weights that serves layers of several kinds is packed for each as that one needs it.
#[test]
fn packs_are_not_mixed_up() -> Result<()> {
    let _turn = Turn::take();
    let weights = values_f32(2, &[32, 32, 3, 3]);
    let (frozen, live) = (Weight::frozen(&weights)?, Weight::live(weights));
    let first = Sizes::conv(32, 32, (20, 20), 3, 1);
    let kinds = [
        first,
        Sizes { padding: 0, ..first },
        Sizes { stride: 2, ..first },
        Sizes { stride: 3, padding: 2, ..first },
        Sizes { side: (3, 2), ..first },
        Sizes { side: (1, 1), ..first },
        first.transposed(),
        Sizes { stride: 2, ..first.transposed() },
        Sizes { stride: 2, padding: 0, output_padding: 1, ..first.transposed() },
        first.batch(3),
    ];
    for _ in 0..3 {
        for sizes in kinds {
            let xs = values_f32(1, &sizes.input());
            let [got, want] = [&frozen, &live].map(|weight| sizes.run(&xs, weight, Epilogue::default()));
            let error = relative_error(&got?, &want?);
            assert!(error < 5e-4, "off by {error:.1e}; {sizes:?}");
        }
    }
    Ok(())
}

/// Threads that pack, use and drop the same weights and their own at the same time.
#[test]
fn threads_share_packs() -> Result<()> {
    let _turn = Turn::take();
    let xs = values_f32(1, &PACKED.input());
    let shared = frozen(2);
    set_packed_limit(1 << 20);
    let want = numbers(&run(&xs, &Weight::live(shared.tensor().clone()))?);
    let scale = conv_kit::largest(&want);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (xs, want, shared) = (&xs, &want, shared.clone());
            scope.spawn(move || {
                for at in 0..40 {
                    let got = numbers(&run(xs, &shared).unwrap());
                    let worst = got.iter().zip(want).map(|(got, want)| (got - want).abs()).fold(0.0, f64::max);
                    assert!(worst < 5e-4 * scale, "call {at} of thread {thread}: off by {worst:.1e}");
                    run(xs, &frozen(thread * 1000 + at)).unwrap();
                }
            });
        }
    });
    drop(shared);
    assert_eq!(packed_bytes(), 0, "nothing is left");
    Ok(())
}
