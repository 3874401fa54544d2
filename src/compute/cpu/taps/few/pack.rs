//! Weights in the order in which a job reads them.

use half::f16;
use rayon::prelude::*;

use super::super::super::lanes::lanes;
use super::plan::Plan;

/// Packed weights: for each block of output channels, for each phase, `[input channel][tap][channel in block]`.
#[derive(Debug)]
pub(in super::super::super) struct Packed {
    pub(super) values: Values,
    /// Output channels in a block.
    pub(super) wide: usize,
    /// Weights of a block.
    pub(super) per_block: usize,
}

#[derive(Debug)]
pub(super) enum Values {
    Full(Vec<f32>),
    /// All of them are exactly this.
    Half(Vec<f16>),
}

impl Packed {
    /// Bytes that the pack holds.
    pub(in super::super::super) fn bytes(&self) -> usize {
        match &self.values {
            Values::Full(values) => size_of_val(values.as_slice()),
            Values::Half(values) => size_of_val(values.as_slice()),
        }
    }

    pub(super) fn blocks(&self) -> usize {
        let len = match &self.values {
            Values::Full(values) => values.len(),
            Values::Half(values) => values.len(),
        };
        len / self.per_block
    }
}

/// Packs the weights for the plan.
pub(in super::super::super) fn pack(plan: &Plan, weights: &[f32]) -> Packed {
    let taps = &plan.taps;
    // A few blocks for each thread, so that none waits long for the last.
    let mut vectors = plan.vectors();
    while vectors > 1 && taps.c_out.div_ceil(vectors * lanes()) < 2 * rayon::current_num_threads() {
        vectors /= 2;
    }
    let wide = vectors * lanes();
    let per_block = plan.phases.iter().map(Vec::len).sum::<usize>() * taps.c_in * wide;
    // Only the widest vectors read halves as fast as floats.
    let is_half = lanes() == 16 && weights.par_iter().all(|&weight| f16::from_f32(weight).to_f32() == weight);
    let values = if is_half {
        Values::Half(ordered(plan, weights, wide, per_block, f16::from_f32))
    } else {
        Values::Full(ordered(plan, weights, wide, per_block, |weight| weight))
    };
    Packed { values, wide, per_block }
}

fn ordered<T: Copy + Default + Send>(
    plan: &Plan,
    weights: &[f32],
    wide: usize,
    per_block: usize,
    convert: impl Fn(f32) -> T + Sync,
) -> Vec<T> {
    let taps = &plan.taps;
    let (step_out, step_in) = taps.weight_steps;
    let mut packed = vec![T::default(); taps.c_out.div_ceil(wide) * per_block];
    packed.par_chunks_mut(per_block).enumerate().for_each(|(block, to)| {
        // Channels beyond the last repeat it; their sums are never looked at.
        let channels: Vec<usize> = (0..wide).map(|at| (block * wide + at).min(taps.c_out - 1) * step_out).collect();
        let mut rows = to.chunks_mut(wide);
        for phase in &plan.phases {
            for from in (0..taps.c_in).map(|channel| channel * step_in) {
                for (tap, row) in phase.iter().zip(&mut rows) {
                    for (place, channel) in row.iter_mut().zip(&channels) {
                        *place = convert(weights[channel + from + tap.weight]);
                    }
                }
            }
        }
    });
    packed
}
