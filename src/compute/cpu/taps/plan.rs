//! What is multiplied with what.

use super::super::super::direction::Direction;
use super::super::super::shape::ConvShape;

/// One weight of the kernel, as seen from a pixel of the phase grid.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Tap {
    /// Phase plane of the staged input.
    pub(super) plane: usize,
    /// Rows and columns to the right and below in that plane.
    pub(super) dy: usize,
    pub(super) dx: usize,
    /// Position in the kernel, row by row.
    pub(super) weight: usize,
}

/// The pixels of the result with the same remainder by the output's step, and the taps that reach them.
#[derive(Debug, Clone)]
pub(in super::super) struct Phase {
    pub(super) taps: Vec<Tap>,
}

/// A gather or a scatter, taken apart.
#[derive(Debug, Clone)]
pub(in super::super) struct Plan {
    pub(super) batch: usize,
    pub(super) c_in: usize,
    pub(super) c_out: usize,
    /// Height and width of the input.
    pub(super) input: (usize, usize),
    /// Height and width of the result.
    pub(super) out: (usize, usize),
    /// Height and width of one phase of the result.
    pub(super) grid: (usize, usize),
    /// Input pixels from one grid pixel to the next.
    pub(super) in_step: usize,
    /// Phases of the input that some tap reads, along each axis.
    pub(super) planes: (usize, usize),
    /// Phases of the result along each axis.
    pub(super) out_step: usize,
    /// Input row and column of the first staged value for grid pixel (0, 0).
    pub(super) origin: (isize, isize),
    /// Rows and columns of a staged plane beyond the grid's.
    pub(super) reach: (usize, usize),
    pub(super) phases: Vec<Phase>,
    /// From one output channel to the next, and from one input channel to the next, in the weights.
    pub(super) weight_steps: (usize, usize),
}

impl Plan {
    pub(in super::super) fn new(shape: &ConvShape, direction: Direction) -> Self {
        match direction {
            Direction::Scatter => Self::scatter(shape),
            Direction::Gather | Direction::Weight => Self::gather(shape),
        }
    }

    fn gather(shape: &ConvShape) -> Self {
        let ConvShape { stride: s, kernel: (kh, kw), padding, c_wide, c_narrow, .. } = *shape;
        let taps = (0..kh * kw).map(|weight| {
            let (ky, kx) = (weight / kw, weight % kw);
            Tap { plane: (ky % s) * s.min(kw) + kx % s, dy: ky / s, dx: kx / s, weight }
        });
        let plan = Self {
            batch: shape.batch,
            c_in: c_wide,
            c_out: c_narrow,
            input: shape.wide,
            out: shape.narrow,
            grid: shape.narrow,
            in_step: s,
            planes: (s.min(kh), s.min(kw)),
            out_step: 1,
            origin: (-(padding as isize), -(padding as isize)),
            reach: ((kh - 1) / s, (kw - 1) / s),
            phases: vec![Phase { taps: taps.collect() }],
            weight_steps: (c_wide * kh * kw, kh * kw),
        };
        plan.flattened(padding)
    }

    /// A 1x1 kernel at stride 1 sees the image as one long row.
    fn flattened(mut self, padding: usize) -> Self {
        if self.phases[0].taps.len() == 1 && self.in_step == 1 && padding == 0 {
            self.input = (1, self.input.0 * self.input.1);
            self.out = self.input;
            self.grid = self.input;
        }
        self
    }

    /// Output pixel `Y = s y + p` receives `input[i] * w[k]` for `Y + padding = s i + k`.
    fn scatter(shape: &ConvShape) -> Self {
        let ConvShape { stride: s, kernel: (kh, kw), padding, c_wide, c_narrow, wide, .. } = *shape;
        let (rows, columns) = (Axis::new(s, kh, padding), Axis::new(s, kw, padding));
        let phase = |at: usize| {
            let mut taps = Vec::new();
            for &(ky, dy) in &rows.phases[at / s] {
                taps.extend(columns.phases[at % s].iter().map(|&(kx, dx)| Tap {
                    plane: 0,
                    dy,
                    dx,
                    weight: ky * kw + kx,
                }));
            }
            Phase { taps }
        };
        Self {
            batch: shape.batch,
            c_in: c_narrow,
            c_out: c_wide,
            input: shape.narrow,
            out: wide,
            grid: (wide.0.div_ceil(s), wide.1.div_ceil(s)),
            in_step: 1,
            planes: (1, 1),
            out_step: s,
            origin: (rows.origin, columns.origin),
            reach: (rows.reach, columns.reach),
            phases: (0..s * s).map(phase).collect(),
            weight_steps: (kh * kw, c_wide * kh * kw),
        }
    }
}

/// One axis of a scatter: which kernel positions reach each phase, and from how far.
struct Axis {
    origin: isize,
    reach: usize,
    /// Kernel position and distance from the origin.
    phases: Vec<Vec<(usize, usize)>>,
}

impl Axis {
    fn new(stride: usize, kernel: usize, padding: usize) -> Self {
        let source = |phase: usize, k: usize| (phase + padding) as isize - k as isize;
        let reached = |phase: usize| {
            let at_phase = (0..kernel).filter(move |k| source(phase, *k).rem_euclid(stride as isize) == 0);
            at_phase.map(move |k| (k, source(phase, k).div_euclid(stride as isize)))
        };
        let all: Vec<isize> = (0..stride).flat_map(|phase| reached(phase).map(|(_, at)| at)).collect();
        let origin = all.iter().copied().min().unwrap_or(0);
        let reach = all.iter().copied().max().map_or(0, |max| (max - origin) as usize);
        let from_origin = |phase| reached(phase).map(|(k, at)| (k, (at - origin) as usize)).collect();
        Self { origin, reach, phases: (0..stride).map(from_origin).collect() }
    }
}
