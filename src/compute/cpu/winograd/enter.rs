//! Values to products: every input channel of a job's tiles.

use std::marker::PhantomData;

use pulp::Simd;

use super::super::lanes::{PANEL, copy, load, prefetch, store};
use super::job::{Square, Stretch};
use super::plan::{Plan, Source};
use super::tile::{POINTS, Tile};

/// Reads tiles and writes products `[product][panel][source, channel][width of panel]`.
///
/// Within a vector the tiles lie in the order in which `deinterleave_shfl` leaves them; `Leave` puts them straight again.
pub(super) struct Enter<'a, T> {
    plan: &'a Plan,
    stretches: &'a [Stretch],
    input: &'a [f32],
    /// Lanes of the job.
    width: usize,
    tile: PhantomData<T>,
}

/// One run of values on its way from a channel's plane into the lines.
#[derive(Debug, Clone, Copy)]
struct Move {
    from: usize,
    to: usize,
    len: usize,
}

impl<'a, T: Tile> Enter<'a, T> {
    pub(super) const fn new(plan: &'a Plan, stretches: &'a [Stretch], input: &'a [f32], width: usize) -> Self {
        Self { plan, stretches, input, width, tile: PhantomData }
    }

    /// Floats of one line: all tiles of the job and the columns beyond the last.
    const fn line(width: usize) -> usize {
        T::OUT * width + 16
    }

    /// Two lines for each row of a tile: the values from the tiles' own columns on, and from the next tiles' columns on.
    pub(super) const fn scratch(width: usize) -> usize {
        POINTS * 2 * Self::line(width)
    }

    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, phase: usize, lines: &mut [f32], values: &mut [f32]) {
        let plane = self.plan.input.0 * self.plan.input.1;
        for (at, source) in self.plan.phases[phase].iter().enumerate() {
            let moves = self.moves(source);
            // What lies outside of the image is zero for every channel.
            lines.fill(0.0);
            for channel in 0..self.plan.c_in {
                for Move { from, to, len } in &moves {
                    let from = from + channel * plane;
                    copy(simd, &self.input[from..], self.plan.in_step, *len, &mut lines[*to..]);
                    for ahead in (0..len * self.plan.in_step).step_by(16) {
                        prefetch(self.input, from + plane + ahead);
                    }
                }
                self.transform(simd, lines, at * self.plan.c_in + channel, values);
            }
        }
    }

    /// What is copied for one channel of a source.
    fn moves(&self, source: &Source) -> Vec<Move> {
        let mut moves = Vec::new();
        let (h, w) = self.plan.input;
        let step = self.plan.in_step;
        for stretch in self.stretches {
            for i in 0..T::PRODUCTS {
                let y = ((T::OUT * stretch.row + i) * step) as isize + source.origin.0;
                if y < 0 || y >= h as isize {
                    continue;
                }
                let row = (stretch.image * self.plan.c_in * h + y as usize) * w;
                for next in 0..self.lines_of_a_row() {
                    let len = T::OUT * (stretch.len - 1) + T::PRODUCTS - next * T::OUT;
                    // The second line ends with the last tile; the first has room for what lies beyond it only at its end.
                    let len = if self.is_single() { len } else { len.min(T::OUT * stretch.len) };
                    let left = (T::OUT * (stretch.column + next) * step) as isize + source.origin.1;
                    let before = ((-left).max(0) as usize).div_ceil(step).min(len);
                    let start = (left + (before * step) as isize) as usize;
                    let inside = w.saturating_sub(start).div_ceil(step).min(len - before);
                    if inside > 0 {
                        let to = (2 * i + next) * Self::line(self.width) + T::OUT * stretch.lane + before;
                        moves.push(Move { from: row + start, to, len: inside });
                    }
                }
            }
        }
        moves
    }

    const fn is_single(&self) -> bool {
        self.stretches.len() == 1
    }

    /// Neighbouring tiles share their columns where a job is a single stretch; else the next tiles' lie in a second line.
    const fn lines_of_a_row(&self) -> usize {
        if self.is_single() { 1 } else { 2 }
    }

    /// Both dimensions of one channel's tiles.
    #[inline(always)]
    fn transform<S: Simd>(&self, simd: S, lines: &[f32], row: usize, values: &mut [f32]) {
        let next = if self.is_single() { T::OUT } else { Self::line(self.width) };
        let (lanes, depth) = (S::F32_LANES, self.plan.depth());
        let product_step = depth * self.width + 16;
        let vectors = self.width / lanes;
        let panels = vectors.div_ceil(PANEL);
        let mut start = 0;
        for at in 0..panels {
            let width = (vectors - start).div_ceil(panels - at);
            for vector in 0..width {
                let place = (start * depth + row * width + vector) * lanes;
                let first = T::OUT * (start + vector) * lanes;
                let mut middle: Square<S::f32s> = [[simd.splat_f32s(0.0); POINTS]; POINTS];
                for i in 0..T::PRODUCTS {
                    let line = 2 * i * Self::line(self.width) + first;
                    middle[i] = read_tiles::<S, T>(simd, lines, line, line + next);
                }
                for j in 0..T::PRODUCTS {
                    let column = T::enter(simd, std::array::from_fn(|i| middle[i][j]));
                    for i in 0..T::PRODUCTS {
                        middle[i][j] = column[i];
                    }
                }
                for i in 0..T::PRODUCTS {
                    let row = T::enter(simd, middle[i]);
                    for j in 0..T::PRODUCTS {
                        store(simd, values, (i * T::PRODUCTS + j) * product_step + place, row[j]);
                    }
                }
            }
            start += width;
        }
    }
}

/// The values of one row of a vector of tiles, column by column; the last ones are the next tile's first.
#[inline(always)]
fn read_tiles<S: Simd, T: Tile>(simd: S, lines: &[f32], own: usize, next: usize) -> [S::f32s; POINTS] {
    let lanes = S::F32_LANES;
    let mut row = [simd.splat_f32s(0.0); POINTS];
    if T::OUT == 4 {
        let read = |at: usize| -> [S::f32s; 4] {
            simd.deinterleave_shfl_f32s(std::array::from_fn::<S::f32s, 4, _>(|v| load(simd, lines, at + v * lanes)))
        };
        row[..4].copy_from_slice(&read(own));
        row[4..T::PRODUCTS].copy_from_slice(&read(next)[..T::PRODUCTS - 4]);
    } else {
        let read = |at: usize| -> [S::f32s; 2] {
            simd.deinterleave_shfl_f32s(std::array::from_fn::<S::f32s, 2, _>(|v| load(simd, lines, at + v * lanes)))
        };
        row[..2].copy_from_slice(&read(own));
        row[2..4].copy_from_slice(&read(next));
    }
    row
}
