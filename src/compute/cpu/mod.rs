//! The CPU's kernels: one piece of work in, one buffer out.
//!
//! `taps` is the implicit matrix product that serves everything; `winograd` is faster where it fits; `weight_gradient` sums
//! over pixels; `depthwise` is for one filter a channel. `choose` picks by expected cycles. All of them are vectorised for
//! the machine they find (AVX-512, AVX2 with FMA, NEON, or plain code) and divide their work among rayon's threads.

#![expect(unsafe_code, reason = "the innermost loops read registers' worth at a time, and threads share one result")]
#![expect(clippy::inline_always, reason = "only code inlined into the dispatched function is compiled for its vectors")]

mod cache;
mod choose;
mod depthwise;
mod finish;
mod lanes;
mod micro;
mod pool;
pub(super) mod reference;
mod taps;
mod weight_gradient;
mod winograd;

use std::sync::Arc;

use candle_core::{Error, Result};

use super::direction::Direction;
use super::epilogue::Activation;
use super::shape::ConvShape;
use super::weight::FrozenId;
use finish::Finish;

pub(super) use cache::forget;
pub use cache::{packed_bytes, set_packed_limit};
pub use lanes::vectors;

/// One convolution: contiguous operands in NCHW order.
///
/// `first` and `second` are (wide, weights), (narrow, weights) or (wide, narrow), as the direction says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a, T> {
    pub(super) shape: ConvShape,
    pub(super) first: &'a [T],
    pub(super) second: &'a [T],
    pub(super) bias: Option<&'a [T]>,
    pub(super) residual: Option<&'a [T]>,
    pub(super) activation: Activation,
    pub(super) frozen: Option<&'a Arc<FrozenId>>,
}

/// How weights are packed; with the values themselves, this determines the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Layout {
    direction: Direction,
    /// The Winograd transform; `None` for sums over taps.
    tiles: Option<winograd::Kind>,
    /// The sizes that weights are packed for where pixels are few.
    few: Option<ConvShape>,
    kernel: (usize, usize),
    stride: usize,
    padding: usize,
}

/// Packed weights.
#[derive(Debug)]
enum Pack {
    Taps(taps::Packed),
    Few(taps::few::Packed),
    Tiles(winograd::Packed),
}

impl Pack {
    fn bytes(&self) -> usize {
        match self {
            Self::Taps(pack) => pack.bytes(),
            Self::Few(pack) => pack.bytes(),
            Self::Tiles(pack) => pack.bytes(),
        }
    }
}

/// What is computed, with everything but the packed weights.
enum Plan {
    Taps(taps::Plan),
    Few(taps::few::Plan),
    Tiles(winograd::Plan),
}

impl Plan {
    fn new(shape: &ConvShape, layout: Layout) -> Self {
        if let Some(few) = layout.few.and_then(|_| taps::few::Plan::new(shape, layout.direction)) {
            return Self::Few(few);
        }
        let tiles = layout.tiles.and_then(|kind| winograd::Plan::new(shape, layout.direction, kind));
        tiles.map_or_else(|| Self::Taps(taps::Plan::new(shape, layout.direction)), Self::Tiles)
    }

    fn pack(&self, weights: &[f32]) -> Pack {
        match self {
            Self::Taps(plan) => Pack::Taps(taps::pack(plan, weights)),
            Self::Few(plan) => Pack::Few(taps::few::pack(plan, weights)),
            Self::Tiles(plan) => Pack::Tiles(winograd::pack(plan, weights)),
        }
    }
}

/// The kernels split an image into as many phases as the stride squared; beyond this the definition itself is run.
const WIDEST_STRIDE: usize = 16;

/// Computes in f32 with the fastest kernel that this machine and these sizes allow.
pub(super) fn run(work: &Work<'_, f32>, direction: Direction) -> Result<Vec<f32>> {
    if work.shape.stride > WIDEST_STRIDE {
        return reference::run(work, direction);
    }
    let out = if work.shape.is_depthwise() {
        return depthwise::run(work, direction);
    } else if direction == Direction::Weight {
        gradient(work)
    } else {
        convolve(work, direction)
    };
    out.ok_or_else(|| not_finite(work, direction))
}

fn gradient(work: &Work<'_, f32>) -> Option<Vec<f32>> {
    let kind = choose::choose_gradient(&work.shape);
    match kind.and_then(|kind| winograd::Plan::new(&work.shape, Direction::Gather, kind)) {
        Some(plan) => winograd::gradient(&plan, work.first, work.second),
        None => weight_gradient::run(&work.shape, work.first, work.second),
    }
}

fn convolve(work: &Work<'_, f32>, direction: Direction) -> Option<Vec<f32>> {
    let Work { shape, .. } = work;
    let finish = Finish::new(work.bias, work.residual, work.activation);
    let layout = choose::choose(shape, direction, work.frozen.is_some());
    let plan = Plan::new(shape, layout);
    let pack = if let Some(id) = work.frozen {
        cache::get(cache::Key { id: id.value(), layout }, || plan.pack(work.second))
    } else {
        Arc::new(plan.pack(work.second))
    };
    match (&plan, &*pack) {
        (Plan::Taps(plan), Pack::Taps(pack)) => taps::run(plan, work.first, pack, &finish),
        (Plan::Few(plan), Pack::Few(pack)) => taps::few::run(plan, work.first, pack, &finish),
        (Plan::Tiles(plan), Pack::Tiles(pack)) => winograd::run(plan, work.first, pack, &finish),
        _ => unreachable!("a pack is made by its plan"),
    }
}

/// The sentence for a result with NaN or infinity in it.
fn not_finite<T>(work: &Work<'_, T>, direction: Direction) -> Error {
    let input = if direction == Direction::Scatter { work.shape.narrow_dims() } else { work.shape.wide_dims() };
    let name = direction.name();
    let weight = work.shape.weight_dims();
    Error::Msg(format!("{name} of {input:?} with weights {weight:?}: the result is not finite (NaN or infinity)"))
}
