//! The last step of every kernel: bias, residual and activation, and the search for NaN and infinity.

use pulp::Simd;

use super::super::epilogue::Activation;
use super::lanes::{load, store};

/// What is done to a result before it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finish<'a> {
    /// One value for each output channel.
    pub(super) bias: Option<&'a [f32]>,
    /// As large as the result.
    pub(super) residual: Option<&'a [f32]>,
    /// Factor from zero upwards.
    pub(super) above: f32,
    /// Factor below zero.
    pub(super) below: f32,
}

/// Gathers traces of NaN and infinity.
pub(super) struct Check<S: Simd> {
    /// The sum of `0 * y`: NaN as soon as one result is not finite.
    trace: S::f32s,
    rest: f32,
}

impl<S: Simd> Check<S> {
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        Self { trace: simd.splat_f32s(0.0), rest: 0.0 }
    }

    #[inline(always)]
    pub(super) fn is_finite(&self, simd: S) -> bool {
        simd.reduce_sum_f32s(self.trace) + self.rest == 0.0
    }
}

impl<'a> Finish<'a> {
    pub(super) const fn new(bias: Option<&'a [f32]>, residual: Option<&'a [f32]>, activation: Activation) -> Self {
        let (above, below) = match activation {
            Activation::Identity => (1.0, 1.0),
            Activation::LeakyRelu { slope, gain } => (gain as f32, (gain * slope) as f32),
        };
        Self { bias, residual, above, below }
    }

    /// Writes one run of a channel's results: `out` lies at `at` of the whole result.
    #[inline(always)]
    pub(super) fn write<S: Simd>(
        &self,
        simd: S,
        check: &mut Check<S>,
        sums: &[f32],
        channel: usize,
        at: usize,
        out: &mut [f32],
    ) {
        let lanes = S::F32_LANES;
        let bias = self.bias.map_or(0.0, |bias| bias[channel]);
        let residual = self.residual.map(|residual| &residual[at..at + out.len()]);
        let sums = &sums[..out.len()];
        let (bias_lanes, zero) = (simd.splat_f32s(bias), simd.splat_f32s(0.0));
        let (above, below) = (simd.splat_f32s(self.above), simd.splat_f32s(self.below));
        let whole = out.len() / lanes * lanes;
        for x in (0..whole).step_by(lanes) {
            let mut y = simd.add_f32s(load(simd, sums, x), bias_lanes);
            if let Some(residual) = residual {
                y = simd.add_f32s(y, load(simd, residual, x));
            }
            let is_above = simd.greater_than_or_equal_f32s(y, zero);
            let y = simd.mul_f32s(y, simd.select_f32s(is_above, above, below));
            check.trace = simd.mul_add_e_f32s(y, zero, check.trace);
            store(simd, out, x, y);
        }
        for x in whole..out.len() {
            let y = sums[x] + bias + residual.map_or(0.0, |residual| residual[x]);
            let y = y * if y >= 0.0 { self.above } else { self.below };
            check.rest += y * 0.0;
            out[x] = y;
        }
    }
}
