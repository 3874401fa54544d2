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
        if direction == Direction::Weight {
            return None;
        }
        let taps = match kind {
            Kind::Four3 | Kind::Two3 => 3,
            Kind::Four2 => 2,
        };
        let fits = |side: usize| (2 * taps - 1..=2 * taps).contains(&side);
        let is_small = fits(shape.kernel.0) && fits(shape.kernel.1);
        match (kind, shape.stride) {
            (Kind::Four3 | Kind::Two3, 1) if shape.kernel == (3, 3) => Some(Self::same(shape, direction, kind)),
            (Kind::Four2 | Kind::Four3, 2) if is_small && direction == Direction::Gather => {
                Some(Self::thinning(shape, kind, taps))
            }
            (Kind::Four2 | Kind::Four3, 2) if is_small => Some(Self::widening(shape, kind, taps)),
            _ => None,
        }
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

    /// Values that each product sums over.
    pub(super) fn depth(&self) -> usize {
        self.c_in * self.phases[0].len()
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

    /// A kernel of twice `taps` (or one less) at stride 2: the sum over four phases of the input.
    fn thinning(shape: &ConvShape, kind: Kind, taps: usize) -> Self {
        let padding = shape.padding as isize;
        let source = |phase: usize| {
            let (y, x) = (phase / 2, phase % 2);
            let tap = |at: usize| position(shape.kernel, 2 * (at / taps) + y, 2 * (at % taps) + x);
            let origin = (y as isize - padding, x as isize - padding);
            Source { origin, taps: (0..taps * taps).map(tap).collect() }
        };
        Self::build(shape, Direction::Gather, kind, vec![(0..4).map(source).collect()])
    }

    /// The same, transposed: four phases of the result, each with taps of its own.
    fn widening(shape: &ConvShape, kind: Kind, taps: usize) -> Self {
        let last = taps - 1;
        // Row `2 y + p` of the result receives input row `y + base - t` with tap `first + 2 t`.
        let axis = |phase: usize| {
            let first = (phase + shape.padding) % 2;
            let base = ((phase + shape.padding - first) / 2) as isize;
            (first, base - last as isize)
        };
        let source = |phase: usize| {
            let ((first_y, top), (first_x, left)) = (axis(phase / 2), axis(phase % 2));
            let tap = |at: usize| {
                let (y, x) = (last - at / taps, last - at % taps);
                position(shape.kernel, first_y + 2 * y, first_x + 2 * x)
            };
            vec![Source { origin: (top, left), taps: (0..taps * taps).map(tap).collect() }]
        };
        Self::build(shape, Direction::Scatter, kind, (0..4).map(source).collect())
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
