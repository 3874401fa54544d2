//! The gradient of one channel's kernel: for each tap, the sum over all pixels of narrow value times wide value.

use pulp::{Simd, WithSimd};

use super::super::lanes::{copy, load};
use super::super::pool::Shared;
use super::plan::{Plan, Tap};

/// Taps that are summed at the same time: enough to hide the latency of an addition, and 3 x 3, 4 x 4 and 5 x 5 taps leave
/// few places empty.
const GROUP: usize = 5;

/// A job and its scratch memory.
pub(super) struct Product<'a> {
    /// The plan of the gather.
    pub(super) plan: &'a Plan,
    pub(super) wide: &'a [f32],
    pub(super) narrow: &'a [f32],
    pub(super) out: &'a Shared,
    pub(super) channel: usize,
    pub(super) scratch: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, channel, .. } = self;
        let (wide_len, narrow_len) = (plan.from.0 * plan.from.1, plan.to.0 * plan.to.1);
        let (staged, lines) = self.scratch.split_at_mut(plan.staged());
        // Pictures may be large: what a band adds up in f32 is added to the others in f64.
        let mut sums = vec![0.0f64; plan.taps.len()];
        for plane in (channel..plan.planes).step_by(plan.channels) {
            let (wide, narrow) = (&self.wide[plane * wide_len..][..wide_len], &self.narrow[plane * narrow_len..]);
            for first in (0..plan.to.0).step_by(plan.band) {
                let rows = plan.rows(first);
                plan.stage(simd, wide, &rows, staged);
                for (y, line) in rows.clone().zip(lines.chunks_exact_mut(plan.row())) {
                    copy(simd, &narrow[y * plan.to.1..], 1, plan.to.1, line);
                    line[plan.to.1..].fill(0.0);
                }
                for (taps, sums) in plan.taps.chunks(GROUP).zip(sums.chunks_mut(GROUP)) {
                    add_products(simd, plan, taps, rows.len(), staged, lines, sums);
                }
            }
        }
        // SAFETY: this job alone writes the weights of this channel.
        let out = unsafe { self.out.part(channel * sums.len(), sums.len()) };
        out.iter_mut().zip(&sums).for_each(|(to, sum)| *to = *sum as f32);
        self.out.note(out.iter().all(|value| value.is_finite()));
    }
}

/// Adds the products of one band to the sums of a few taps.
#[inline(always)]
fn add_products<S: Simd>(
    simd: S,
    plan: &Plan,
    taps: &[Tap],
    rows: usize,
    staged: &[f32],
    lines: &[f32],
    sums: &mut [f64],
) {
    // Places without a tap repeat the last one; their sums go nowhere.
    let shifts: [usize; GROUP] = std::array::from_fn(|at| taps[at.min(taps.len() - 1)].shift);
    let mut group = [simd.splat_f32s(0.0); GROUP];
    for y in 0..rows {
        let line = &lines[y * plan.row()..][..plan.to.1.next_multiple_of(S::F32_LANES)];
        let staged = &staged[plan.base(0, y)..];
        for x in (0..line.len()).step_by(S::F32_LANES) {
            let narrow = load(simd, line, x);
            for (sum, shift) in group.iter_mut().zip(shifts) {
                *sum = simd.mul_add_e_f32s(narrow, load(simd, staged, shift + x), *sum);
            }
        }
    }
    for (sum, lanes) in sums.iter_mut().zip(group) {
        *sum += f64::from(simd.reduce_sum_f32s(lanes));
    }
}
