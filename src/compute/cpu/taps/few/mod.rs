//! Sums over taps for a handful of pixels, as in the innermost levels of a U-Net: there the time goes into reading weights.
//!
//! Vectors run over output channels instead of pixels, so that each weight is read once, in order, and none of a vector is
//! idle. Taps that only ever meet the padding are left out. Weights that are half-precision numbers, as those of stored networks,
//! are kept as such: half the bytes, and not a bit of difference.

mod job;
mod pack;
mod plan;
mod product;

pub(in super::super) use pack::{Packed, pack};
pub(in super::super) use plan::Plan;

use super::super::finish::Finish;
use super::super::lanes::arch;
use super::super::pool::{Shared, for_each_job, with_memory};
use job::{Block, Job, stage};

/// Input channels that one thread stages at a time.
const STAGED_TOGETHER: usize = 32;

/// Runs the plan on `input`; `None` when the result is not finite.
pub(in super::super) fn run(plan: &Plan, input: &[f32], packed: &Packed, finish: &Finish<'_>) -> Option<Vec<f32>> {
    let taps = &plan.taps;
    let len = taps.batch * taps.c_out * taps.out.0 * taps.out.1;
    with_memory([plan.staged()], |[staged]| {
        let shares = taps.c_in.div_ceil(STAGED_TOGETHER);
        for_each_job(shares, plan.seen() + 1, |index, scratch| {
            let first = index * STAGED_TOGETHER;
            stage(plan, input, first..taps.c_in.min(first + STAGED_TOGETHER), scratch, &staged);
        });
        // SAFETY: the jobs above have written every value, and nobody writes from here on.
        let staged: &[f32] = unsafe { staged.part(0, plan.staged()) };
        let fill = |out: &Shared| {
            for_each_job(packed.blocks(), plan.scratch(packed.wide), |index, scratch| {
                arch().dispatch(Block { job: Job { plan, staged, packed, finish, out, index }, scratch });
            });
        };
        // SAFETY: the jobs cover every channel once, each with all its pixels.
        unsafe { Shared::fill(len, fill) }
    })
}
