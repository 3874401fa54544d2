//! One job: all pixels of one block of output channels.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::super::super::finish::{Check, Finish};
use super::super::super::pool::Shared;
use super::pack::{Packed, Values};
use super::plan::{Plan, Reader};
use super::product::{Product, Stored};

/// Writes what every shift and pixel meets in some input channels; `scratch` holds one channel of all images and a zero.
pub(super) fn stage(plan: &Plan, input: &[f32], channels: Range<usize>, scratch: &mut [f32], staged: &Shared) {
    let taps = &plan.taps;
    let (area, per_channel) = (taps.input.0 * taps.input.1, plan.places.len());
    let seen = &mut scratch[..=plan.seen()];
    // SAFETY: this job alone writes these channels, all of them.
    let to = unsafe { staged.part(channels.start * per_channel, channels.len() * per_channel) };
    for (channel, to) in channels.zip(to.chunks_mut(per_channel.max(1))) {
        for (image, seen) in seen.chunks_exact_mut(area).enumerate().take(taps.batch) {
            seen.copy_from_slice(&input[(image * taps.c_in + channel) * area..][..area]);
        }
        seen[taps.batch * area] = 0.0;
        to.iter_mut().zip(&plan.places).for_each(|(to, &place)| *to = seen[place]);
    }
}

/// A job and all that it reads.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) plan: &'a Plan,
    pub(super) staged: &'a [f32],
    pub(super) packed: &'a Packed,
    pub(super) finish: &'a Finish<'a>,
    pub(super) out: &'a Shared,
    pub(super) index: usize,
}

/// A job with its scratch memory, ready for the vector instructions of this machine.
pub(super) struct Block<'a> {
    pub(super) job: Job<'a>,
    pub(super) scratch: &'a mut [f32],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Job { plan, packed, .. } = self.job;
        let (sums, line) = self.scratch.split_at_mut(plan.phases.len() * plan.pixels * packed.wide);
        match &packed.values {
            Values::Full(values) => self.job.multiply(simd, values, sums),
            Values::Half(values) => self.job.multiply(simd, values, sums),
        }
        self.job.emit(simd, sums, line);
    }
}

impl Job<'_> {
    #[inline(always)]
    fn multiply<S: Simd, T: Stored>(&self, simd: S, values: &[T], sums: &mut [f32]) {
        let Self { plan, packed, .. } = *self;
        let mut weights = &values[self.index * packed.per_block..][..packed.per_block];
        for (phase, sums) in plan.phases.iter().zip(sums.chunks_mut(plan.pixels * packed.wide)) {
            let offset = |tap: &Reader| tap.shift * plan.pixels;
            let offsets: Vec<usize> = phase.iter().map(offset).collect();
            let here;
            (here, weights) = weights.split_at(plan.taps.c_in * phase.len() * packed.wide);
            let product = Product {
                weights: here,
                staged: self.staged,
                per_channel: plan.places.len(),
                offsets: &offsets,
                channels: plan.taps.c_in,
                pixels: plan.pixels,
                vectors: packed.wide / S::F32_LANES,
            };
            product.run(simd, sums);
        }
    }

    /// Finishes the sums and writes them to their places in the result.
    #[inline(always)]
    fn emit<S: Simd>(&self, simd: S, sums: &[f32], line: &mut [f32]) {
        let Self { plan, packed, .. } = *self;
        let taps = &plan.taps;
        let area = taps.out.0 * taps.out.1;
        let first = self.index * packed.wide;
        let mut check = Check::new(simd);
        for channel in first..taps.c_out.min(first + packed.wide) {
            let sums = &sums[channel - first..];
            line.iter_mut().zip(&plan.sources).for_each(|(to, source)| *to = sums[source * packed.wide]);
            for (image, line) in line.chunks_exact(area).enumerate().take(taps.batch) {
                let at = (image * taps.c_out + channel) * area;
                // SAFETY: this job alone covers this channel.
                let to = unsafe { self.out.part(at, area) };
                self.finish.write(simd, &mut check, line, channel, at, to);
            }
        }
        self.out.note(check.is_finite(simd));
    }
}
