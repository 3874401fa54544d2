//! Where everything lies: bands of rows, staged phases, shifts of taps.

use std::ops::Range;

use pulp::Simd;

use super::super::super::direction::Direction;
use super::super::super::shape::ConvShape;
use super::super::lanes::{copy, lanes};

/// Floats of staged rows that a job aims at: an eighth of a common second-level cache.
const STAGED: usize = 16 << 10;

/// The fewest rows of a band, or a kernel's height of rows would be staged again and again.
const FEWEST: usize = 8;

/// One weight of the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tap {
    /// Place of the weight in its channel's kernel.
    pub(super) weight: usize,
    /// How far its values lie behind the first staged value for a row of the result.
    pub(super) shift: usize,
}

/// The columns of a result row that share their taps: `start`, `start + up`, …, `count` of them.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) taps: Range<usize>,
    pub(super) start: usize,
    pub(super) count: usize,
}

/// A depthwise convolution, either way: row `y` of the result begins at staged row `(y * down + lift) / up`.
#[derive(Debug)]
pub(super) struct Plan {
    /// Planes of the input and of the result: channels of all pictures.
    pub(super) planes: usize,
    pub(super) channels: usize,
    /// Height and width of an input plane.
    pub(super) from: (usize, usize),
    /// Height and width of a result plane.
    pub(super) to: (usize, usize),
    /// The stride of a scatter, else 1.
    pub(super) up: usize,
    /// The stride of a gather, else 1.
    down: usize,
    lift: usize,
    /// Staged rows above the first that a plane has, and staged columns to its left.
    margin: (usize, usize),
    /// Rows below the first that a row of the result reaches.
    reach: usize,
    /// Phases that an input row is split into, and the kernel's columns after the first.
    phases: usize,
    tail: usize,
    /// Floats in one phase of a staged row.
    pitch: usize,
    /// Rows of the result in a job.
    pub(super) band: usize,
    /// Taps, those of one line together.
    pub(super) taps: Vec<Tap>,
    /// `up` lines for each phase of result rows.
    lines: Vec<Line>,
}

impl Plan {
    pub(super) fn new(shape: &ConvShape, direction: Direction) -> Self {
        let mut plan = if direction == Direction::Scatter { Self::scatter(shape) } else { Self::gather(shape) };
        let most = (STAGED / (plan.phases * plan.pitch)).saturating_sub(plan.reach) * plan.up / plan.down;
        let bands = plan.to.0.div_ceil(most.max(FEWEST));
        plan.band = plan.to.0.div_ceil(bands);
        plan
    }

    /// Tap `(ky, kx)` reads column `x + kx / stride` of phase `kx % stride`, `ky` rows down.
    fn gather(shape: &ConvShape) -> Self {
        let ConvShape { kernel, stride, padding, narrow, .. } = *shape;
        let phases = stride.min(kernel.1);
        let pitch = narrow.1.next_multiple_of(lanes()) + (kernel.1 - 1) / stride;
        let taps = (0..kernel.0 * kernel.1).map(|weight| {
            let (ky, kx) = (weight / kernel.1, weight % kernel.1);
            Tap { weight, shift: (ky * phases + kx % stride) * pitch + kx / stride }
        });
        Self {
            planes: shape.batch * shape.c_narrow,
            channels: shape.c_narrow,
            from: shape.wide,
            to: narrow,
            up: 1,
            down: stride,
            lift: 0,
            margin: (padding, padding),
            reach: kernel.0 - 1,
            phases,
            tail: kernel.1 - 1,
            pitch,
            band: 0,
            taps: taps.collect(),
            lines: vec![Line { taps: 0..kernel.0 * kernel.1, start: 0, count: narrow.1 }],
        }
    }

    /// Of the padded result, row `stride * q + phase` takes the kernel's rows `phase + stride * j` from input row `q - j`;
    /// columns likewise.
    fn scatter(shape: &ConvShape) -> Self {
        let ConvShape { kernel, stride, padding, wide, .. } = *shape;
        let above = (kernel.0.div_ceil(stride) - 1, kernel.1.div_ceil(stride) - 1);
        let pitch = (wide.1 + padding).div_ceil(stride) + lanes() + above.1 + 1;
        let (mut taps, mut lines) = (Vec::new(), Vec::new());
        for row in 0..stride {
            for column in 0..stride {
                let start = (column + stride - padding % stride) % stride;
                let count = wide.1.saturating_sub(start).div_ceil(stride);
                let first = taps.len();
                for (jy, ky) in (row..kernel.0).step_by(stride).enumerate() {
                    for (jx, kx) in (column..kernel.1).step_by(stride).enumerate() {
                        let shift = (above.0 - jy) * pitch + (start + padding) / stride + above.1 - jx;
                        taps.push(Tap { weight: ky * kernel.1 + kx, shift });
                    }
                }
                lines.push(Line { taps: first..taps.len(), start, count });
            }
        }
        Self {
            planes: shape.batch * shape.c_narrow,
            channels: shape.c_narrow,
            from: shape.narrow,
            to: wide,
            up: stride,
            down: 1,
            lift: padding,
            margin: above,
            reach: above.0,
            phases: 1,
            tail: pitch,
            pitch,
            band: 0,
            taps,
            lines,
        }
    }

    pub(super) const fn bands(&self) -> usize {
        self.to.0.div_ceil(self.band)
    }

    /// Rows of the result in the band that begins at row `first`.
    pub(super) fn rows(&self, first: usize) -> Range<usize> {
        first..(first + self.band).min(self.to.0)
    }

    /// Floats of all staged rows of a job.
    pub(super) fn staged(&self) -> usize {
        let rows = (self.band - 1) * self.down / self.up + 2 + self.reach;
        (rows * self.phases * self.pitch).next_multiple_of(16)
    }

    /// Floats of a result row in whole vectors.
    pub(super) const fn row(&self) -> usize {
        self.to.1.next_multiple_of(16)
    }

    /// Where row `y` of the result begins in the staged rows of a band that begins at row `first`.
    #[inline(always)]
    pub(super) const fn base(&self, first: usize, y: usize) -> usize {
        (self.source(y) - self.source(first)) * self.phases * self.pitch
    }

    const fn source(&self, y: usize) -> usize {
        (y * self.down + self.lift) / self.up
    }

    /// The lines of row `y` of the result.
    #[inline(always)]
    pub(super) fn lines(&self, y: usize) -> &[Line] {
        let phase = (y * self.down + self.lift) % self.up;
        &self.lines[phase * self.up..][..self.up]
    }

    /// Writes out the rows of `plane` that the result's `rows` read, with zeros around, split into phases.
    #[inline(always)]
    pub(super) fn stage<S: Simd>(&self, simd: S, plane: &[f32], rows: &Range<usize>, staged: &mut [f32]) {
        let (first, last) = (self.source(rows.start), self.source(rows.end - 1) + self.reach);
        for (row, to) in (first..=last).zip(staged.chunks_exact_mut(self.phases * self.pitch)) {
            let from = row.checked_sub(self.margin.0).filter(|y| *y < self.from.0);
            let Some(y) = from else {
                to.fill(0.0);
                continue;
            };
            let from = &plane[y * self.from.1..][..self.from.1];
            for (phase, to) in to.chunks_exact_mut(self.pitch).enumerate() {
                self.stage_phase(simd, from, phase, to);
            }
        }
    }

    /// Column `x` of a phase is column `x * down + phase - margin` of the row. Columns that no tap reaches stay zero, so
    /// that a NaN there stays out of the sums.
    #[inline(always)]
    fn stage_phase<S: Simd>(&self, simd: S, from: &[f32], phase: usize, to: &mut [f32]) {
        let skipped = self.margin.1.saturating_sub(phase).div_ceil(self.down).min(to.len());
        let start = (skipped * self.down + phase).saturating_sub(self.margin.1);
        let reached = (self.to.1 + (self.tail - phase) / self.down).min(to.len()).saturating_sub(skipped);
        let count = from.len().saturating_sub(start).div_ceil(self.down).min(reached);
        to[..skipped].fill(0.0);
        if count > 0 {
            copy(simd, &from[start..], self.down, count, &mut to[skipped..]);
        }
        to[skipped + count..].fill(0.0);
    }
}
