//! Weights in the order in which the innermost loop reads them.

use rayon::prelude::*;

use super::super::lanes::ROWS;
use super::plan::{Phase, Plan};

/// Products of one block of input channels and taps are summed in registers; so many at most.
const DEPTH: usize = 224;

/// Packed weights of every phase: for each block of input channels, groups of [`ROWS`] output channels, each
/// `[channel in block][tap][ROWS]`.
#[derive(Debug)]
pub(in super::super) struct Packed {
    phases: Vec<Vec<f32>>,
}

impl Packed {
    /// Bytes that the packs hold.
    pub(in super::super) fn bytes(&self) -> usize {
        self.phases.iter().map(|phase| phase.len() * size_of::<f32>()).sum()
    }

    /// The rows of one block of input channels, from output group `group` on.
    #[inline(always)]
    pub(super) fn rows(&self, plan: &Plan, phase: usize, first_channel: usize, group: usize) -> &[f32] {
        let block = block_channels(plan).min(plan.c_in - first_channel);
        let per_channel = plan.phases[phase].taps.len() * ROWS;
        let at = first_channel * groups(plan) * per_channel + group * block * per_channel;
        &self.phases[phase][at..]
    }
}

/// Groups of output channels.
pub(super) fn groups(plan: &Plan) -> usize {
    plan.c_out.div_ceil(ROWS)
}

/// Input channels in a block.
pub(super) fn block_channels(plan: &Plan) -> usize {
    let taps = plan.phases.iter().map(|phase| phase.taps.len()).max().unwrap_or(1).max(1);
    let blocks = (plan.c_in * taps).div_ceil(DEPTH).clamp(1, plan.c_in);
    plan.c_in.div_ceil(blocks)
}

/// Packs the weights for the plan.
pub(in super::super) fn pack(plan: &Plan, weights: &[f32]) -> Packed {
    Packed { phases: plan.phases.iter().map(|phase| pack_phase(plan, phase, weights)).collect() }
}

fn pack_phase(plan: &Plan, phase: &Phase, weights: &[f32]) -> Vec<f32> {
    let (groups, block, taps) = (groups(plan), block_channels(plan), phase.taps.len());
    let mut packed = vec![0.0; groups * ROWS * plan.c_in * taps];
    if packed.is_empty() {
        return packed;
    }
    let (step_out, step_in) = plan.weight_steps;
    let blocks = packed.chunks_mut(groups * ROWS * block * taps).enumerate();
    for (at, chunk) in blocks {
        let channels = at * block..(at * block + block).min(plan.c_in);
        let per_group = channels.len() * taps * ROWS;
        chunk.par_chunks_mut(per_group).enumerate().with_min_len(4).for_each(|(group, rows)| {
            let exist = ROWS.min(plan.c_out - group * ROWS);
            // Rows beyond the last channel repeat it; their sums are never looked at.
            let sources: [&[f32]; ROWS] =
                std::array::from_fn(|row| &weights[(group * ROWS + row.min(exist - 1)) * step_out..]);
            let mut places = rows.as_chunks_mut::<ROWS>().0.iter_mut();
            for channel in channels.clone() {
                for (tap, place) in phase.taps.iter().zip(&mut places) {
                    *place = std::array::from_fn(|row| sources[row][channel * step_in + tap.weight]);
                }
            }
        });
    }
    packed
}
