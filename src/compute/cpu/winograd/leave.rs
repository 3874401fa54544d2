//! Products to results: a block of output channels of a job's tiles.

use std::marker::PhantomData;
use std::ops::Range;

use pulp::Simd;

use super::super::finish::{Check, Finish};
use super::super::lanes::{load, store};
use super::super::pool::Shared;
use super::job::{Square, Stretch, products_step};
use super::plan::Plan;
use super::tile::{POINTS, Tile};

/// Reads products `[channel][product][lane]` and writes finished pixels.
pub(super) struct Leave<'a, T> {
    plan: &'a Plan,
    stretches: &'a [Stretch],
    finish: &'a Finish<'a>,
    out: &'a Shared,
    /// Lanes of the job.
    width: usize,
    tile: PhantomData<T>,
}

impl<'a, T: Tile> Leave<'a, T> {
    pub(super) const fn new(
        plan: &'a Plan,
        stretches: &'a [Stretch],
        finish: &'a Finish<'a>,
        out: &'a Shared,
        width: usize,
    ) -> Self {
        Self { plan, stretches, finish, out, width, tile: PhantomData }
    }

    /// Floats of one line of results.
    const fn line(width: usize) -> usize {
        T::OUT * width
    }

    /// Floats for one channel's results, and for a line of two phases.
    pub(super) const fn scratch(width: usize) -> usize {
        (T::OUT + 2) * Self::line(width)
    }

    /// Floats of one channel's results.
    pub(super) const fn kept(width: usize) -> usize {
        T::OUT * Self::line(width)
    }

    /// Transforms and writes `channels`, of which the first is the job's `first`. Results of an even phase are kept until
    /// the odd one beside it is there.
    #[inline(always)]
    pub(super) fn run<S: Simd>(
        &self,
        simd: S,
        check: &mut Check<S>,
        phase: usize,
        channels: Range<usize>,
        first: usize,
        products: &[f32],
        scratch: &mut [f32],
        kept: &mut [f32],
    ) {
        let size = Self::kept(self.width);
        let (results, both) = scratch.split_at_mut(size);
        let step = self.plan.out_step;
        for (at, channel) in channels.enumerate() {
            let products = &products[at * products_step::<T>(self.width)..];
            if step == 1 {
                self.transform(simd, products, results);
                self.write(simd, check, channel, results);
                continue;
            }
            let place = &mut kept[(first + at) * size..][..size];
            if phase.is_multiple_of(step) {
                self.transform(simd, products, place);
            } else {
                self.transform(simd, products, results);
                self.write_pair(simd, check, phase / step, channel, [place, results], both);
            }
        }
    }

    /// Both dimensions of one channel's tiles: lines of pixels, `results[row][OUT * lane + column]`.
    #[inline(always)]
    fn transform<S: Simd>(&self, simd: S, products: &[f32], results: &mut [f32]) {
        let (lanes, zero) = (S::F32_LANES, simd.splat_f32s(0.0));
        for lane in (0..self.width).step_by(lanes) {
            let mut middle: Square<S::f32s> = [[zero; POINTS]; POINTS];
            for j in 0..T::PRODUCTS {
                let mut column = [zero; POINTS];
                for i in 0..T::PRODUCTS {
                    column[i] = load(simd, products, (i * T::PRODUCTS + j) * self.width + lane);
                }
                let column = T::leave(simd, column);
                for i in 0..T::OUT {
                    middle[i][j] = column[i];
                }
            }
            for i in 0..T::OUT {
                let row = T::leave(simd, middle[i]);
                let at = i * Self::line(self.width) + T::OUT * lane;
                if T::OUT == 4 {
                    let pixels = simd.interleave_shfl_f32s([row[0], row[1], row[2], row[3]]);
                    (0..4).for_each(|v| store(simd, results, at + v * lanes, pixels[v]));
                } else {
                    let pixels = simd.interleave_shfl_f32s([row[0], row[1]]);
                    (0..2).for_each(|v| store(simd, results, at + v * lanes, pixels[v]));
                }
            }
        }
    }

    /// Writes one channel of a result with a single phase.
    #[inline(always)]
    fn write<S: Simd>(&self, simd: S, check: &mut Check<S>, channel: usize, results: &[f32]) {
        let (height, width) = self.plan.out;
        for stretch in self.stretches {
            let left = T::OUT * stretch.column;
            let len = (T::OUT * stretch.len).min(width - left);
            for i in 0..T::OUT.min(height - T::OUT * stretch.row) {
                let line = &results[i * Self::line(self.width) + T::OUT * stretch.lane..];
                let row = (stretch.image * self.plan.c_out + channel) * height + T::OUT * stretch.row + i;
                // SAFETY: these pixels are this stretch's own.
                let to = unsafe { self.out.part(row * width + left, len) };
                self.finish.write(simd, check, line, channel, row * width + left, to);
            }
        }
    }

    /// Writes one channel of two phases side by side: the even and the odd columns of one row phase.
    #[inline(always)]
    fn write_pair<S: Simd>(
        &self,
        simd: S,
        check: &mut Check<S>,
        row_phase: usize,
        channel: usize,
        [even, odd]: [&[f32]; 2],
        both: &mut [f32],
    ) {
        let (height, width) = self.plan.out;
        for i in 0..T::OUT {
            let line = i * Self::line(self.width)..(i + 1) * Self::line(self.width);
            let pairs = both.as_chunks_mut::<2>().0;
            for ((pair, even), odd) in pairs.iter_mut().zip(&even[line.clone()]).zip(&odd[line.clone()]) {
                *pair = [*even, *odd];
            }
            for stretch in self.stretches {
                let y = 2 * (T::OUT * stretch.row + i) + row_phase;
                let left = 2 * T::OUT * stretch.column;
                let len = (2 * T::OUT * stretch.len).min(width.saturating_sub(left));
                if y >= height || len == 0 {
                    continue;
                }
                let row = (stretch.image * self.plan.c_out + channel) * height + y;
                // SAFETY: these pixels are this stretch's own.
                let to = unsafe { self.out.part(row * width + left, len) };
                let line = &both[2 * T::OUT * stretch.lane..];
                self.finish.write(simd, check, line, channel, row * width + left, to);
            }
        }
    }
}
