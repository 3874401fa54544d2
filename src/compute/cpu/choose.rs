//! Which way to compute a convolution: the one that is expected to take the fewest cycles.

use super::super::direction::Direction;
use super::super::shape::ConvShape;
use super::lanes::{ROWS, lanes};
use super::{Layout, taps, winograd};

/// Cycles for the values of 16 tiles of one channel to become products, or products results, measured.
const TRANSFORM: f64 = 330.0;

/// Bytes of packed factors that arrive in one cycle from the third-level cache, and from memory.
const NEAR_BYTES: f64 = 12.0;
const FAR_BYTES: f64 = 7.0;
const NEAR: f64 = 24e6;

/// Bytes of tiles' factors that stay in the second-level caches from one call to the next, and how many of others arrive in a cycle
/// where tiles fill no more than one vector, so that each factor is multiplied once: measured, and low, since between two calls of one
/// layer of a network its other layers have passed through the caches. Where rows are shorter than a vector, sums over taps suffer more.
const CACHED: f64 = 3e6;
const STREAMED_BYTES: f64 = 2.2;

/// Cycles to transform and pack one filter, for each product, measured.
const PACKING: f64 = 2.2;

/// The ways that serve this convolution, cheapest first; `is_frozen` weights cost nothing to pack.
pub(super) fn choose(shape: &ConvShape, direction: Direction, is_frozen: bool) -> Layout {
    let side = Sides::new(shape, direction);
    let mut best = (side.direct(), None);
    if side.c_in >= ROWS && side.c_out >= ROWS {
        for kind in [winograd::Kind::Four3, winograd::Kind::Two3, winograd::Kind::Four2] {
            let cost = winograd::Plan::new(shape, direction, kind).map(|plan| side.tiled(&plan, is_frozen));
            if let Some(cost) = cost.filter(|cost| *cost < best.0) {
                best = (cost, Some(kind));
            }
        }
    }
    // Weights that are packed once are read once; there is nothing cheaper.
    let few = taps::few::Plan::new(shape, direction).filter(|_| is_frozen).map(|_| *shape);
    let (kernel, stride, padding) = (shape.kernel, shape.stride, shape.padding);
    Layout { direction, tiles: best.1.filter(|_| few.is_none()), few, kernel, stride, padding }
}

/// Cycles for one tile of a vector of channels to become products, from neighbouring pixels and from every other one.
const ENTERING: f64 = 330.0;
const ENTERING_STRIDED: f64 = 600.0;

/// The Winograd transform for the weights' gradient, where it is expected to be faster than sums over pixels.
pub(super) fn choose_gradient(shape: &ConvShape) -> Option<winograd::Kind> {
    let kinds = [winograd::Kind::Four3, winograd::Kind::Four2];
    let plan = kinds.into_iter().find_map(|kind| winograd::Plan::new(shape, Direction::Gather, kind))?;
    if shape.c_wide < lanes() || shape.c_narrow < lanes() {
        return None;
    }
    let lanes = lanes() as f64;
    let (wide, narrow) = (shape.c_wide as f64, shape.c_narrow as f64);
    let direct = 1.2 * shape.flops() / (4.0 * lanes);
    let (products, views, tiles) = plan.work();
    let sums = wide * narrow * (products * views) as f64;
    let entering = if shape.stride == 1 { ENTERING } else { ENTERING_STRIDED };
    let transforms = tiles as f64 / lanes * (views as f64 * wide * entering + narrow * ENTERING);
    let chunks = (tiles as f64 / 128.0).max(1.0);
    let traffic = (2.0 * chunks + 1.0) * sums * 4.0 / if sums * 4.0 < NEAR { NEAR_BYTES } else { FAR_BYTES - 2.0 };
    let tiled = 1.25 * sums * tiles as f64 / (2.0 * lanes) + transforms + traffic;
    (tiled < direct).then_some(plan.kind)
}

struct Sides {
    c_in: usize,
    c_out: usize,
    /// Pixels of the result, and products that each of its channels needs for each input channel.
    pixels: usize,
    taps: f64,
    /// Pixels in whole vectors of one phase.
    vectors: f64,
    /// Pixels in a row of one phase.
    row: usize,
}

impl Sides {
    fn new(shape: &ConvShape, direction: Direction) -> Self {
        let kernel = (shape.kernel.0 * shape.kernel.1) as f64;
        let (c_in, c_out, out, taps, row) = if direction == Direction::Scatter {
            let taps = kernel / (shape.stride * shape.stride) as f64;
            (shape.c_narrow, shape.c_wide, shape.wide, taps, shape.wide.1 / shape.stride)
        } else {
            (shape.c_wide, shape.c_narrow, shape.narrow, kernel, shape.narrow.1)
        };
        let pixels = shape.batch * out.0 * out.1;
        Self { c_in, c_out, pixels, taps, vectors: pixels as f64 / lanes() as f64, row }
    }

    /// Cycles of the sums over taps.
    fn direct(&self) -> f64 {
        let products = self.c_in as f64 * self.c_out.next_multiple_of(ROWS) as f64 * self.taps * self.vectors / 2.0;
        let bytes = self.c_in as f64 * self.c_out as f64 * self.taps * 4.0;
        1.12 * products + bytes / FAR_BYTES + self.pixels as f64
    }

    /// Cycles of Winograd tiles.
    fn tiled(&self, plan: &winograd::Plan, is_frozen: bool) -> f64 {
        let (products, views, tiles) = plan.work();
        let vectors = tiles.div_ceil(lanes()) as f64;
        let rows = self.c_out.next_multiple_of(ROWS) as f64;
        let depth = self.c_in as f64;
        let sums = depth * rows * products as f64 * views as f64 * vectors / 2.0;
        let passes = if plan.is_widening() { (views as f64, views as f64) } else { (views as f64, 1.0) };
        let transforms = (depth * passes.0 + rows * passes.1) * vectors * TRANSFORM * products as f64 / 36.0;
        let bytes = depth * rows * (products * views) as f64 * 4.0;
        let rate = match bytes {
            _ if bytes >= CACHED && vectors <= 1.0 && self.row >= lanes() => STREAMED_BYTES,
            _ if bytes < NEAR => NEAR_BYTES,
            _ => FAR_BYTES,
        };
        let reading = bytes / rate;
        let packing = if is_frozen { 0.0 } else { depth * rows * (products * views) as f64 * PACKING };
        (1.2 * sums).max(reading) + transforms + packing + self.pixels as f64
    }
}
