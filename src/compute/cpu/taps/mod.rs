//! Convolution and transposed convolution as sums over taps: implicit matrix products on packed panels.
//!
//! A *gather* with stride `s` splits the input into `s * s` phase planes, in which each tap is a plain shift. A *scatter*
//! splits the output: each phase of it is a stride-1 convolution with its own few taps (sub-pixel decomposition), so that no
//! zero is ever multiplied. One plan describes both; one job computes a rectangle of pixels for a range of channels. Where pixels are a handful, `few` does the same with vectors of
//! channels.

pub(super) mod few;
mod job;
mod plan;
mod split;
mod stage;
mod thin;
mod weights;

pub(super) use plan::Plan;
pub(super) use weights::{Packed, pack};

use super::finish::Finish;
use super::lanes::arch;
use super::pool::{Shared, for_each_job};
use job::{Job, Run};
use split::Split;

/// Runs the plan on `input`; `None` when the result is not finite.
pub(super) fn run(plan: &Plan, input: &[f32], packed: &Packed, finish: &Finish<'_>) -> Option<Vec<f32>> {
    let split = Split::new(plan);
    let len = plan.batch * plan.c_out * plan.out.0 * plan.out.1;
    let fill = |out: &Shared| {
        for_each_job(split.jobs(), split.scratch(), |index, scratch| {
            let job = Job { plan, split: &split, input, packed, finish, out, index };
            arch().dispatch(Run { job, scratch });
        });
    };
    // SAFETY: the jobs cover every pixel of every channel once.
    unsafe { Shared::fill(len, fill) }
}
