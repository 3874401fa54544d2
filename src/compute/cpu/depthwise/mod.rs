//! Depthwise convolution, one filter a channel: shifted rows times one weight each, added up in registers.
//!
//! A job is a band of result rows of one plane. It first *stages* the rows it reads: with their padding written out, and
//! split by the stride's phases, so that each tap of the kernel is a plain shift (polyphase decomposition). For a scatter it
//! is the result that falls into phases, each with its own few taps. Memory is the limit here, not arithmetic: a job reads
//! its input once, keeps the staged rows in the second-level cache and writes its result once.

mod filter;
mod plan;
mod weight_gradient;

use candle_core::Result;

use super::super::direction::Direction;
use super::finish::Finish;
use super::lanes::arch;
use super::pool::{Shared, for_each_job};
use super::{Work, not_finite};
use filter::Filter;
use plan::Plan;
use weight_gradient::Product;

/// Computes any direction of a convolution with as many groups as channels.
pub(super) fn run(work: &Work<'_, f32>, direction: Direction) -> Result<Vec<f32>> {
    let out = match direction {
        Direction::Gather | Direction::Scatter => filter(work, direction),
        Direction::Weight => weight_gradient(work),
    };
    out.ok_or_else(|| not_finite(work, direction))
}

fn filter(work: &Work<'_, f32>, direction: Direction) -> Option<Vec<f32>> {
    let plan = Plan::new(&work.shape, direction);
    let finish = Finish::new(work.bias, work.residual, work.activation);
    let len = plan.planes * plan.to.0 * plan.to.1;
    let fill = |out: &Shared| {
        for_each_job(plan.planes * plan.bands(), plan.staged() + plan.row() * 2, |index, scratch| {
            let job =
                Filter { plan: &plan, from: work.first, weights: work.second, finish: &finish, out, index, scratch };
            arch().dispatch(job);
        });
    };
    // SAFETY: the jobs cover every row of every plane once.
    unsafe { Shared::fill(len, fill) }
}

fn weight_gradient(work: &Work<'_, f32>) -> Option<Vec<f32>> {
    let plan = Plan::new(&work.shape, Direction::Gather);
    let channels = work.shape.c_narrow;
    let fill = |out: &Shared| {
        for_each_job(channels, plan.staged() + plan.row() * plan.band, |channel, scratch| {
            let job = Product { plan: &plan, wide: work.first, narrow: work.second, out, channel, scratch };
            arch().dispatch(job);
        });
    };
    // SAFETY: each job writes all weights of its channel.
    unsafe { Shared::fill(channels * plan.taps.len(), fill) }
}
