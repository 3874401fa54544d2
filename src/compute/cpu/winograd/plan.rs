//! Which tiles are read from where, and what they become.

use super::super::super::direction::Direction;
use super::super::super::shape::ConvShape;
use super::tile::{Four2, Four3, Tile as _, Two3};

/// The transform in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) enum Kind {
    /// F(4, 3): four times fewer multiplications.
    Four3,
    /// F(4, 2): 2.56 times fewer.
    Four2,
    /// F(2, 3): 2.25 times fewer, nearly exact.
    Two3,
}

/// One stride-1 view of the input that is filtered and summed.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Input row and column of the first value of tile (0, 0).
    pub(super) origin: (isize, isize),
    /// Position in the kernel of each tap, row by row; `None` beyond the kernel.
    pub(super) taps: Vec<Option<usize>>,
}

/// A convolution as Winograd tiles.
#[derive(Debug, Clone)]
pub(in super::super) struct Plan {
    pub(in super::super) kind: Kind,
    pub(super) batch: usize,
    pub(super) c_in: usize,
    pub(super) c_out: usize,
    pub(super) input: (usize, usize),
    pub(super) out: (usize, usize),
    /// Tiles down and across one phase.
    pub(super) tiles: (usize, usize),
    /// Input pixels from one value of a tile to the next.
    pub(super) in_step: usize,
    /// Phases of the result along each axis.
    pub(super) out_step: usize,
    /// For each phase of the result, the views that are summed.
    pub(super) phases: Vec<Vec<Source>>,
    pub(super) kernel: (usize, usize),
    /// From one output channel to the next, and from one input channel to the next, in the weights.
    pub(super) weight_steps: (usize, usize),
}

impl Plan {
    /// The plan for this convolution, if tiles serve it.
    pub(in super::super) fn new(shape: &ConvShape, direction: Direction, kind: Kind) -> Option<Self> {
        match (direction, kind, shape.kernel, shape.stride) {
            (Direction::Weight, ..) => None,
            (_, Kind::Four3 | Kind::Two3, (3, 3), 1) => Some(Self::same(shape, direction, kind)),
            (Direction::Gather, Kind::Four2, (3 | 4, 3 | 4), 2) => Some(Self::thinning(shape)),
            (Direction::Scatter, Kind::Four2, (3 | 4, 3 | 4), 2) => Some(Self::widening(shape)),
            _ => None,
        }
    }

    /// Values that each product sums over.
    pub(super) fn depth(&self) -> usize {
        self.c_in * self.phases[0].len()
    }

    /// Products of a tile, views of the input or phases of the result (the larger count), and tiles in all.
    pub(in super::super) fn work(&self) -> (usize, usize, usize) {
        let products = match self.kind {
            Kind::Four3 => Four3::PRODUCTS,
            Kind::Four2 => Four2::PRODUCTS,
            Kind::Two3 => Two3::PRODUCTS,
        };
        let views = self.phases.len() * self.phases[0].len();
        (products * products, views, self.batch * self.tiles.0 * self.tiles.1)
    }

    /// Whether the views are phases of the result.
    pub(in super::super) const fn is_widening(&self) -> bool {
        self.out_step > 1
    }

    /// 3x3 at stride 1, either way: a scatter is a gather with the kernel turned around.
    fn same(shape: &ConvShape, direction: Direction, kind: Kind) -> Self {
        let padding = shape.padding as isize;
        let (origin, taps) = match direction {
            Direction::Scatter => (padding - 2, (0..9).rev().map(Some).collect()),
            Direction::Gather | Direction::Weight => (-padding, (0..9).map(Some).collect()),
        };
        let source = Source { origin: (origin, origin), taps };
        Self::build(shape, direction, kind, vec![vec![source]])
    }

    /// Up to 4x4 at stride 2: the sum over four phases of the input.
    fn thinning(shape: &ConvShape) -> Self {
        let padding = shape.padding as isize;
        let source = |phase: usize| {
            let (y, x) = (phase / 2, phase % 2);
            let tap = |at: usize| position(shape.kernel, 2 * (at / 2) + y, 2 * (at % 2) + x);
            Source { origin: (y as isize - padding, x as isize - padding), taps: (0..4).map(tap).collect() }
        };
        Self::build(shape, Direction::Gather, Kind::Four2, vec![(0..4).map(source).collect()])
    }

    /// Up to 4x4 at stride 2, transposed: four phases of the result, each with taps of its own.
    fn widening(shape: &ConvShape) -> Self {
        // Row `2 y + p` of the result receives input row `y + base - t` with tap `first + 2 t`.
        let axis = |phase: usize| {
            let first = (phase + shape.padding) % 2;
            let base = ((phase + shape.padding - first) / 2) as isize;
            (first, base - 1)
        };
        let source = |phase: usize| {
            let ((first_y, top), (first_x, left)) = (axis(phase / 2), axis(phase % 2));
            let tap = |at: usize| position(shape.kernel, first_y + 2 * (1 - at / 2), first_x + 2 * (1 - at % 2));
            vec![Source { origin: (top, left), taps: (0..4).map(tap).collect() }]
        };
        Self::build(shape, Direction::Scatter, Kind::Four2, (0..4).map(source).collect())
    }

    fn build(shape: &ConvShape, direction: Direction, kind: Kind, phases: Vec<Vec<Source>>) -> Self {
        let side = match kind {
            Kind::Four3 => Four3::OUT,
            Kind::Four2 => Four2::OUT,
            Kind::Two3 => Two3::OUT,
        };
        let gathers = direction != Direction::Scatter;
        let kernel = shape.kernel.0 * shape.kernel.1;
        let (c_in, c_out, input, out) = if gathers {
            (shape.c_wide, shape.c_narrow, shape.wide, shape.narrow)
        } else {
            (shape.c_narrow, shape.c_wide, shape.narrow, shape.wide)
        };
        let out_step = if gathers { 1 } else { shape.stride };
        let grid = (out.0.div_ceil(out_step), out.1.div_ceil(out_step));
        Self {
            kind,
            batch: shape.batch,
            c_in,
            c_out,
            input,
            out,
            tiles: (grid.0.div_ceil(side), grid.1.div_ceil(side)),
            in_step: if gathers { shape.stride } else { 1 },
            out_step,
            phases,
            kernel: shape.kernel,
            weight_steps: if gathers { (shape.c_wide * kernel, kernel) } else { (kernel, shape.c_wide * kernel) },
        }
    }
}

/// Where a tap stands in the kernel, row by row.
fn position((height, width): (usize, usize), y: usize, x: usize) -> Option<usize> {
    (y < height && x < width).then_some(y * width + x)
}
