//! The innermost loop: sums of a few pixels for a few vectors of output channels, all in registers.

use half::f16;
use pulp::Simd;

/// How a weight is stored.
pub(super) trait Stored: Copy {
    /// A vector of weights.
    ///
    /// # Safety
    /// A whole vector lies at `from`.
    unsafe fn load<S: Simd>(simd: S, from: *const Self) -> S::f32s;
}

impl Stored for f32 {
    #[inline(always)]
    unsafe fn load<S: Simd>(_simd: S, from: *const Self) -> S::f32s {
        // SAFETY: as the caller promises.
        unsafe { from.cast::<S::f32s>().read_unaligned() }
    }
}

impl Stored for f16 {
    #[inline(always)]
    unsafe fn load<S: Simd>(simd: S, from: *const Self) -> S::f32s {
        #[cfg(target_arch = "x86_64")]
        if let Some(v4) = (&simd as &dyn std::any::Any).downcast_ref::<pulp::x86::V4>() {
            // SAFETY: as the caller promises.
            let halves = unsafe { from.cast::<pulp::u16x16>().read_unaligned() };
            let wide: pulp::f32x16 = pulp::cast(v4.avx512f._mm512_cvtph_ps(pulp::cast(halves)));
            return pulp::bytemuck::cast(wide);
        }
        let mut wide = [0.0_f32; 16];
        for (at, place) in wide[..S::F32_LANES].iter_mut().enumerate() {
            // SAFETY: as the caller promises.
            *place = unsafe { from.add(at).read_unaligned() }.to_f32();
        }
        super::super::super::lanes::load(simd, &wide, 0)
    }
}

/// One phase of one block: `sums[pixel][v] = sum over channels and taps of weights[k][v] * staged[channel][tap's shift][pixel]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product<'a, T> {
    /// `[channel][tap][vectors * lanes]`
    pub(super) weights: &'a [T],
    /// `[channel][shift][pixels]`
    pub(super) staged: &'a [f32],
    /// Floats of one channel of it.
    pub(super) per_channel: usize,
    /// Where each tap's pixels begin within a channel.
    pub(super) offsets: &'a [usize],
    pub(super) channels: usize,
    pub(super) pixels: usize,
    pub(super) vectors: usize,
}

impl<T: Stored> Product<'_, T> {
    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, sums: &mut [f32]) {
        match (self.pixels, self.vectors) {
            (1, 1) => self.block::<S, 1, 1>(simd, sums),
            (1, 2) => self.block::<S, 1, 2>(simd, sums),
            (1, _) => self.block::<S, 1, 4>(simd, sums),
            (2, 1) => self.block::<S, 2, 1>(simd, sums),
            (2, 2) => self.block::<S, 2, 2>(simd, sums),
            (2, _) => self.block::<S, 2, 4>(simd, sums),
            (4, 1) => self.block::<S, 4, 1>(simd, sums),
            (4, 2) => self.block::<S, 4, 2>(simd, sums),
            (4, _) => self.block::<S, 4, 4>(simd, sums),
            (8, 1) => self.block::<S, 8, 1>(simd, sums),
            (8, _) => self.block::<S, 8, 2>(simd, sums),
            _ => self.block::<S, 16, 1>(simd, sums),
        }
    }

    #[inline(always)]
    fn block<S: Simd, const P: usize, const V: usize>(&self, simd: S, sums: &mut [f32]) {
        let lanes = S::F32_LANES;
        assert!(self.pixels == P && self.vectors == V, "a block of {} by {}", self.pixels, self.vectors);
        assert!(self.weights.len() >= self.channels * self.offsets.len() * V * lanes, "packed weights are too short");
        let last = self.offsets.iter().max().map_or(0, |offset| offset + P);
        assert!(last <= self.per_channel, "a tap leaves the staged channel");
        assert!(self.staged.len() >= self.channels * self.per_channel, "channels are missing");
        assert!(sums.len() >= P * V * lanes, "the sums are too short");
        let mut held = [[simd.splat_f32s(0.0); V]; P];
        // SAFETY: the assertions above bound every read and write.
        unsafe {
            let (mut weight, mut channel) = (self.weights.as_ptr(), self.staged.as_ptr());
            for _ in 0..self.channels {
                for &offset in self.offsets {
                    let mut weights = [simd.splat_f32s(0.0); V];
                    for v in 0..V {
                        weights[v] = T::load(simd, weight.add(v * lanes));
                    }
                    let from = channel.add(offset);
                    for p in 0..P {
                        let pixel = simd.splat_f32s(*from.add(p));
                        for v in 0..V {
                            held[p][v] = simd.mul_add_e_f32s(weights[v], pixel, held[p][v]);
                        }
                    }
                    weight = weight.add(V * lanes);
                }
                channel = channel.add(self.per_channel);
            }
            for p in 0..P {
                for v in 0..V {
                    let place = sums.as_mut_ptr().add((p * V + v) * lanes);
                    place.cast::<S::f32s>().write_unaligned(held[p][v]);
                }
            }
        }
    }
}
