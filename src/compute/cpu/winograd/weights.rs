//! Filters as factors of the products, packed for the innermost loop.

use rayon::prelude::*;

use super::super::lanes::ROWS;
use super::plan::{Kind, Plan, Source};
use super::tile::{Four2, Four3, POINTS, Tile, Two3};

/// Packed factors: for each phase of the result and each product, groups of [`ROWS`] output channels, each
/// `[source][input channel][ROWS]`.
#[derive(Debug)]
pub(in super::super) struct Packed {
    factors: Vec<f32>,
}

impl Packed {
    /// Bytes that the pack holds.
    pub(in super::super) fn bytes(&self) -> usize {
        self.factors.len() * size_of::<f32>()
    }

    /// The rows of one product of one phase, from output group `group` on.
    #[inline(always)]
    pub(super) fn rows<T: Tile>(&self, plan: &Plan, phase: usize, product: usize, group: usize) -> &[f32] {
        let groups = plan.c_out.div_ceil(ROWS);
        let products = T::PRODUCTS * T::PRODUCTS;
        &self.factors[((phase * products + product) * groups + group) * plan.depth() * ROWS..]
    }
}

/// Transforms and packs the weights for the plan.
pub(in super::super) fn pack(plan: &Plan, weights: &[f32]) -> Packed {
    let factors = match plan.kind {
        Kind::Four3 => pack_with::<Four3>(plan, weights),
        Kind::Four2 => pack_with::<Four2>(plan, weights),
        Kind::Two3 => pack_with::<Two3>(plan, weights),
    };
    Packed { factors }
}

/// The pack while it is written: each group of a phase is one thread's own.
struct Places {
    start: *mut f32,
}

// SAFETY: each group is written by one thread only.
unsafe impl Sync for Places {}

impl Places {
    /// # Safety
    /// `at + values.len()` lies inside of the pack and no other thread writes there.
    unsafe fn write(&self, at: usize, values: &[f32]) {
        // SAFETY: by the caller's promise; `values` is somewhere else.
        unsafe { self.start.add(at).copy_from_nonoverlapping(values.as_ptr(), values.len()) }
    }
}

/// Input channels that are transformed before they are written: long runs, instead of many streams at once.
const RUN: usize = 16;

/// The factors of some channels of one group, `[product][channel][ROWS]`.
type Factors = [[[f32; ROWS]; RUN]];

fn pack_with<T: Tile>(plan: &Plan, weights: &[f32]) -> Vec<f32> {
    let groups = plan.c_out.div_ceil(ROWS);
    let products = T::PRODUCTS * T::PRODUCTS;
    let (depth, table) = (plan.depth(), Table::new::<T>());
    let len = plan.phases.len() * products * groups * depth * ROWS;
    let mut factors = Vec::with_capacity(len);
    let places = Places { start: factors.as_mut_ptr() };
    (0..plan.phases.len() * groups).into_par_iter().with_min_len(2).for_each(|at| {
        let (phase, group) = (at / groups, at % groups);
        let mut run = vec![[[0.0; ROWS]; RUN]; products];
        for (index, source) in plan.phases[phase].iter().enumerate() {
            for first in (0..plan.c_in).step_by(RUN) {
                let channels = RUN.min(plan.c_in - first);
                for channel in 0..channels {
                    let taps = read(plan, source, weights, group, first + channel);
                    table.transform::<T>(&taps, channel, &mut run);
                }
                for (product, values) in run[..products].iter().enumerate() {
                    let row = index * plan.c_in + first;
                    let place = (((phase * products + product) * groups + group) * depth + row) * ROWS;
                    // SAFETY: these rows of this phase, product and group are this thread's own.
                    unsafe { places.write(place, values[..channels].as_flattened()) };
                }
            }
        }
    });
    // SAFETY: every phase, product, group and row has been written.
    unsafe { factors.set_len(len) };
    factors
}

/// The taps of a group of output channels for one input channel.
fn read(plan: &Plan, source: &Source, weights: &[f32], group: usize, channel: usize) -> [[f32; ROWS]; 9] {
    let (step_out, step_in) = plan.weight_steps;
    let mut taps = [[0.0; ROWS]; 9];
    for row in 0..ROWS.min(plan.c_out - group * ROWS) {
        let filter = &weights[(group * ROWS + row) * step_out + channel * step_in..];
        for (tap, place) in source.taps.iter().enumerate() {
            taps[tap][row] = place.map_or(0.0, |place| filter[place]);
        }
    }
    taps
}

/// The matrix `G`.
struct Table([[f32; 3]; POINTS]);

impl Table {
    fn new<T: Tile>() -> Self {
        let factor = |point, tap| if point < T::PRODUCTS && tap < T::TAPS { T::filter(point, tap) as f32 } else { 0.0 };
        Self(std::array::from_fn(|point| std::array::from_fn(|tap| factor(point, tap))))
    }

    /// `G g G^T` for a group of filters at once.
    fn transform<T: Tile>(&self, taps: &[[f32; ROWS]; 9], channel: usize, run: &mut Factors) {
        let mut rows = [[[0.0_f32; ROWS]; 3]; POINTS];
        for point in 0..T::PRODUCTS {
            for x in 0..T::TAPS {
                rows[point][x] = sum::<T>(&self.0[point], |y| &taps[y * T::TAPS + x]);
            }
        }
        for point in 0..T::PRODUCTS {
            for other in 0..T::PRODUCTS {
                run[point * T::PRODUCTS + other][channel] = sum::<T>(&self.0[other], |x| &rows[point][x]);
            }
        }
    }
}

/// The taps, weighted and summed, for each filter of a group.
#[inline(always)]
fn sum<'a, T: Tile>(factors: &[f32; 3], taps: impl Fn(usize) -> &'a [f32; ROWS]) -> [f32; ROWS] {
    let mut total = [0.0; ROWS];
    for (tap, factor) in factors.iter().enumerate().take(T::TAPS) {
        let values = taps(tap);
        (0..ROWS).for_each(|row| total[row] += factor * values[row]);
    }
    total
}
