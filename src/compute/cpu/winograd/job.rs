//! One job: a few dozen tiles, for a range of output channels.

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::super::finish::{Check, Finish};
use super::super::lanes::{PANEL, ROWS, lanes};
use super::super::micro::Panel;
use super::super::pool::Shared;
use super::enter::Enter;
use super::leave::Leave;
use super::plan::Plan;
use super::tile::{POINTS, Tile};
use super::weights::Packed;

/// Products of output channels that stay in the second-level cache between the sums and the results, in floats.
const PRODUCTS: usize = 120 << 10;

/// Factors beyond so many bytes are read once only: more tiles in a job, fewer jobs.
const LARGE: usize = 16 << 20;

/// How the tiles are divided into jobs.
#[derive(Debug)]
pub(super) struct Split {
    /// Vectors of tiles in all.
    vectors: usize,
    /// Jobs along the tiles, and along the output groups.
    counts: (usize, usize),
    /// Output groups in a job, and in a block of it.
    groups: usize,
    pub(super) block: usize,
    /// Floats for entering, values, products, leaving, kept results.
    pub(super) sizes: [usize; 5],
}

impl Split {
    pub(super) fn new<T: Tile>(plan: &Plan) -> Self {
        let (lanes, threads) = (lanes(), rayon::current_num_threads());
        let tiles = plan.batch * plan.tiles.0 * plan.tiles.1;
        let (vectors, all_groups) = (tiles.div_ceil(lanes), plan.c_out.div_ceil(ROWS));
        let products = T::PRODUCTS * T::PRODUCTS;
        let factor_bytes = products * all_groups * ROWS * plan.depth() * size_of::<f32>();
        let per_job = if factor_bytes > LARGE { 2 * PANEL } else { PANEL };
        let tile_jobs = match vectors.div_ceil(per_job) {
            few if few * 2 <= threads || few == 1 => few,
            many => many.next_multiple_of(threads).min(vectors),
        };
        let group_jobs = if tile_jobs >= threads { 1 } else { threads.div_ceil(tile_jobs).min(all_groups) };
        let groups = all_groups.div_ceil(group_jobs);
        let widest = vectors.div_ceil(tile_jobs);
        let width = widest * lanes;
        let block = (PRODUCTS / (products * width * ROWS)).clamp(1, groups);
        let kept = if plan.out_step == 1 { 0 } else { groups * ROWS * Leave::<T>::kept(width) };
        let sizes = [
            Enter::<T>::scratch(width),
            products * (plan.depth() * width + 16),
            block * ROWS * (products * width + 16),
            Leave::<T>::scratch(width),
            kept,
        ]
        .map(|size: usize| size.next_multiple_of(16));
        Self { vectors, counts: (tile_jobs, all_groups.div_ceil(groups)), groups, block, sizes }
    }

    pub(super) const fn jobs(&self) -> usize {
        self.counts.0 * self.counts.1
    }

    /// Floats of scratch for a job.
    pub(super) fn scratch(&self) -> usize {
        self.sizes.iter().sum()
    }
}

/// Neighbouring tiles in one row of tiles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) image: usize,
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) len: usize,
    /// First lane in the job.
    pub(super) lane: usize,
}

/// A job with its scratch memory, ready for the vector instructions of this machine.
pub(super) struct Run<'a, T> {
    pub(super) plan: &'a Plan,
    pub(super) split: &'a Split,
    pub(super) input: &'a [f32],
    pub(super) packed: &'a Packed,
    pub(super) finish: &'a Finish<'a>,
    pub(super) out: &'a Shared,
    pub(super) index: usize,
    pub(super) scratch: &'a mut [f32],
    pub(super) tile: PhantomData<T>,
}

impl<T: Tile> WithSimd for Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, split, .. } = self;
        let (tile_job, group_job) = (self.index % split.counts.0, self.index / split.counts.0);
        let cut = |job: usize| job * split.vectors / split.counts.0;
        let (first, end) = (cut(tile_job), cut(tile_job + 1));
        let vectors = end - first;
        if vectors == 0 {
            return;
        }
        let tiles = plan.batch * plan.tiles.0 * plan.tiles.1;
        let stretches = stretches(plan, first * S::F32_LANES, (end * S::F32_LANES).min(tiles));
        let first_group = group_job * split.groups;
        let groups = split.groups.min(plan.c_out.div_ceil(ROWS) - first_group);
        let (entering, rest) = self.scratch.split_at_mut(split.sizes[0]);
        let (values, rest) = rest.split_at_mut(split.sizes[1]);
        let (products, rest) = rest.split_at_mut(split.sizes[2]);
        let (leaving, kept) = rest.split_at_mut(split.sizes[3]);
        let width = vectors * S::F32_LANES;
        let enter = Enter::<T>::new(plan, &stretches, self.input, width);
        let leave = Leave::<T>::new(plan, &stretches, self.finish, self.out, width);
        let mut check = Check::new(simd);
        for phase in 0..plan.phases.len() {
            enter.run(simd, phase, entering, values);
            let mut group = 0;
            while group < groups {
                let block = split.block.min(groups - group);
                for product in 0..T::PRODUCTS * T::PRODUCTS {
                    let factors = self.packed.rows::<T>(plan, phase, product, first_group + group);
                    let values = &values[product * (plan.depth() * width + 16)..];
                    let sums = &mut products[product * width..];
                    multiply::<S, T>(simd, plan, factors, values, sums, block, vectors);
                }
                let channel = (first_group + group) * ROWS;
                let channels = (block * ROWS).min(plan.c_out - channel);
                leave.run(simd, &mut check, phase, channel..channel + channels, group * ROWS, products, leaving, kept);
                group += block;
            }
        }
        self.out.note(check.is_finite(simd));
    }
}

/// One product of a block of output groups: panels of at most [`PANEL`] vectors.
#[inline(always)]
fn multiply<S: Simd, T: Tile>(
    simd: S,
    plan: &Plan,
    factors: &[f32],
    values: &[f32],
    sums: &mut [f32],
    block: usize,
    vectors: usize,
) {
    let depth = plan.depth();
    let panels = vectors.div_ceil(PANEL);
    let mut start = 0;
    for at in 0..panels {
        let width = (vectors - start).div_ceil(panels - at);
        let panel = Panel {
            a: factors,
            a_step: depth * ROWS,
            b: &values[start * depth * S::F32_LANES..],
            groups: block,
            depth,
            vectors: width,
            c_step: products_step::<T>(vectors * S::F32_LANES),
            adds: false,
        };
        panel.run(simd, &mut sums[start * S::F32_LANES..]);
        start += width;
    }
}

/// Floats from one output channel's products to the next one's: not a power of two, which would crowd a few cache sets.
pub(super) const fn products_step<T: Tile>(width: usize) -> usize {
    T::PRODUCTS * T::PRODUCTS * width + 16
}

/// A tile's worth of vectors.
pub(super) type Square<V> = [[V; POINTS]; POINTS];

/// The stretches of tiles in `first..end`.
pub(super) fn stretches(plan: &Plan, first: usize, end: usize) -> Vec<Stretch> {
    let (down, across) = plan.tiles;
    let mut stretches = Vec::new();
    let mut at = first;
    while at < end {
        let column = at % across;
        let len = (across - column).min(end - at);
        stretches.push(Stretch { image: at / across / down, row: at / across % down, column, len, lane: at - first });
        at += len;
    }
    stretches
}
