//! One band of a filtered plane, for both ways of a convolution.

use pulp::{Simd, WithSimd};

use super::super::finish::{Check, Finish};
use super::super::lanes::{load, store};
use super::super::pool::Shared;
use super::plan::{Line, Plan};

/// Vectors that are added up at the same time.
const WIDE: usize = 4;

/// A job and its scratch memory.
pub(super) struct Filter<'a> {
    pub(super) plan: &'a Plan,
    pub(super) from: &'a [f32],
    pub(super) weights: &'a [f32],
    pub(super) finish: &'a Finish<'a>,
    pub(super) out: &'a Shared,
    pub(super) index: usize,
    pub(super) scratch: &'a mut [f32],
}

impl WithSimd for Filter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, .. } = self;
        let (plane, rows) = (self.index / plan.bands(), plan.rows(self.index % plan.bands() * plan.band));
        let channel = plane % plan.channels;
        let (height, width) = plan.to;
        let from = plan.from.0 * plan.from.1;
        let (staged, rest) = self.scratch.split_at_mut(plan.staged());
        let (sums, whole) = rest.split_at_mut(plan.row());
        plan.stage(simd, &self.from[plane * from..][..from], &rows, staged);
        let weights = &self.weights[channel * plan.taps.len()..][..plan.taps.len()];
        let taps: Vec<(usize, f32)> = plan.taps.iter().map(|tap| (tap.shift, weights[tap.weight])).collect();
        let at = (plane * height + rows.start) * width;
        // SAFETY: this job alone writes these rows of this plane.
        let out = unsafe { self.out.part(at, rows.len() * width) };
        let mut check = Check::new(simd);
        for (index, (y, out)) in rows.clone().zip(out.chunks_exact_mut(width)).enumerate() {
            let staged = &staged[plan.base(rows.start, y)..];
            let lines = plan.lines(y);
            for line in lines {
                sum(simd, &taps[line.taps.clone()], staged, line.count, sums);
                if plan.up > 1 {
                    spread(sums, line, plan.up, &mut whole[..width]);
                }
            }
            let row = if plan.up > 1 { &*whole } else { &*sums };
            self.finish.write(simd, &mut check, row, channel, at + index * width, out);
        }
        self.out.note(check.is_finite(simd));
    }
}

/// `sums[x] = sum of weight * staged[shift + x]` for `x < count`, and on to whole vectors.
#[inline(always)]
fn sum<S: Simd>(simd: S, taps: &[(usize, f32)], staged: &[f32], count: usize, sums: &mut [f32]) {
    let mut x = 0;
    while x + WIDE * S::F32_LANES <= count {
        sum_block::<S, WIDE>(simd, taps, staged, x, sums);
        x += WIDE * S::F32_LANES;
    }
    while x < count {
        sum_block::<S, 1>(simd, taps, staged, x, sums);
        x += S::F32_LANES;
    }
}

#[inline(always)]
fn sum_block<S: Simd, const N: usize>(simd: S, taps: &[(usize, f32)], staged: &[f32], x: usize, sums: &mut [f32]) {
    let mut block = [simd.splat_f32s(0.0); N];
    for &(shift, weight) in taps {
        let (weight, values) = (simd.splat_f32s(weight), &staged[shift + x..][..N * S::F32_LANES]);
        for (at, sum) in block.iter_mut().enumerate() {
            *sum = simd.mul_add_e_f32s(weight, load(simd, values, at * S::F32_LANES), *sum);
        }
    }
    for (at, sum) in block.into_iter().enumerate() {
        store(simd, sums, x + at * S::F32_LANES, sum);
    }
}

/// Puts the values of one line into their columns.
#[inline(always)]
fn spread(sums: &[f32], line: &Line, step: usize, row: &mut [f32]) {
    let columns = row.iter_mut().skip(line.start).step_by(step);
    columns.zip(&sums[..line.count]).for_each(|(to, from)| *to = *from);
}
