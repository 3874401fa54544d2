//! Few output channels: the pixels are read straight from the staged planes, without packing.

use pulp::Simd;

use super::super::lanes::ROWS;

/// Results with at most so many channels take this path.
pub(super) const THIN: usize = 4;

/// One row of pixels, for all output channels: `sums[channel * apart + x] (+)= sum over k of a[k][channel] * staged[at + offsets[k] + x]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// Packed weights `[k][ROWS]`.
    pub(super) a: &'a [f32],
    pub(super) staged: &'a [f32],
    /// Position of the first pixel for offset 0.
    pub(super) at: usize,
    pub(super) offsets: &'a [usize],
    pub(super) channels: usize,
    /// Whole vectors of pixels; both sides have room for them.
    pub(super) vectors: usize,
    pub(super) apart: usize,
    pub(super) adds: bool,
}

impl Row<'_> {
    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, sums: &mut [f32]) {
        let lanes = S::F32_LANES;
        let last = self.offsets.iter().max().map_or(0, |offset| self.at + offset + self.vectors * lanes);
        assert!(last <= self.staged.len(), "a row of {} vectors leaves the staged planes", self.vectors);
        assert!(self.a.len() >= self.offsets.len() * ROWS, "packed weights are too short");
        assert!(sums.len() >= (self.channels - 1) * self.apart + self.vectors * lanes, "the sums are too short");
        match self.channels {
            1 => self.channels::<S, 1>(simd, sums),
            2 => self.channels::<S, 2>(simd, sums),
            3 => self.channels::<S, 3>(simd, sums),
            _ => self.channels::<S, 4>(simd, sums),
        }
    }

    /// As many vectors at a time as the registers hold.
    #[inline(always)]
    fn channels<S: Simd, const R: usize>(&self, simd: S, sums: &mut [f32]) {
        let mut at = 0;
        let wide = if S::REGISTER_COUNT < 32 { 3 } else { 6 };
        while at < self.vectors {
            let left = self.vectors - at;
            if left >= 8 && wide == 6 && R <= 3 {
                self.block::<S, R, 8>(simd, at, sums);
                at += 8;
            } else if left >= 6 && wide == 6 {
                self.block::<S, R, 6>(simd, at, sums);
                at += 6;
            } else if left >= 3 {
                self.block::<S, R, 3>(simd, at, sums);
                at += 3;
            } else {
                self.block::<S, R, 1>(simd, at, sums);
                at += 1;
            }
        }
    }

    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(&self, simd: S, first: usize, sums: &mut [f32]) {
        let lanes = S::F32_LANES;
        let mut held = [[simd.splat_f32s(0.0); V]; R];
        // SAFETY: `run` has checked that every offset leaves room for `vectors` vectors, that `a` has ROWS (at least R)
        // values for each offset, and that `sums` has R rows of `vectors` vectors.
        unsafe {
            let source = self.staged.as_ptr().add(self.at + first * lanes);
            let mut a = self.a.as_ptr();
            for offset in self.offsets {
                let from = source.add(*offset);
                let mut weights = [simd.splat_f32s(0.0); R];
                for r in 0..R {
                    weights[r] = simd.splat_f32s(*a.add(r));
                }
                for v in 0..V {
                    let pixels = from.add(v * lanes).cast::<S::f32s>().read_unaligned();
                    for r in 0..R {
                        held[r][v] = simd.mul_add_e_f32s(weights[r], pixels, held[r][v]);
                    }
                }
                a = a.add(ROWS);
            }
            for r in 0..R {
                for v in 0..V {
                    let place = sums.as_mut_ptr().add(r * self.apart + (first + v) * lanes).cast::<S::f32s>();
                    let sum = if self.adds { simd.add_f32s(place.read_unaligned(), held[r][v]) } else { held[r][v] };
                    place.write_unaligned(sum);
                }
            }
        }
    }
}
