//! Tiles with the channels in the vectors, as the weights' gradient needs them: it sums over tiles.

use pulp::Simd;

use super::super::lanes::{load, store};
use super::job::{Square, Stretch};
use super::tile::{POINTS, Tile};

/// A side of the convolution, of which some tiles of some channels are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) values: &'a [f32],
    pub(super) channels: usize,
    /// Height and width.
    pub(super) size: (usize, usize),
    /// Pixels from one value of a tile to the next.
    pub(super) step: usize,
    /// Row and column of the first value of tile (0, 0).
    pub(super) origin: (isize, isize),
    /// Values of a tile along one dimension.
    pub(super) reach: usize,
}

/// Floats that `read_channels` needs for stretches of at most `len` tiles, whose values are `step` pixels apart.
pub(super) const fn scratch<T: Tile>(len: usize, step: usize, lanes: usize) -> usize {
    POINTS * (T::OUT * len + POINTS) * step * lanes + 4 * lanes
}

/// Brings one stretch of tiles of a vector of channels, from `first` on, into `staged[row][pixel][channel]`; zeros outside
/// of the image and for channels that do not exist. Pixels between those of a tile come along: channels are turned into
/// vectors faster where they lie side by side. Gives the floats of a row.
#[inline(always)]
pub(super) fn read_channels<S: Simd, T: Tile>(
    simd: S,
    side: &Side<'_>,
    stretch: &Stretch,
    first: usize,
    staged: &mut [f32],
) -> usize {
    let lanes = S::F32_LANES;
    let (h, w) = side.size;
    let pixels = (T::OUT * (stretch.len - 1) + side.reach - 1) * side.step + 1;
    let pitch = pixels * lanes;
    let left = (T::OUT * stretch.column * side.step) as isize + side.origin.1;
    let before = ((-left).max(0) as usize).min(pixels);
    let start = (left + before as isize) as usize;
    let inside = w.saturating_sub(start).min(pixels - before);
    let exist = lanes.min(side.channels - first);
    for i in 0..side.reach {
        let line = &mut staged[i * pitch..(i + 1) * pitch];
        let y = ((T::OUT * stretch.row + i) * side.step) as isize + side.origin.0;
        if y < 0 || y >= h as isize || inside == 0 {
            line.fill(0.0);
            continue;
        }
        line[..before * lanes].fill(0.0);
        line[(before + inside) * lanes..].fill(0.0);
        let line = &mut line[before * lanes..(before + inside) * lanes];
        if exist < lanes {
            line.fill(0.0);
        }
        let row = |channel: usize| {
            let at = ((stretch.image * side.channels + first + channel) * h + y as usize) * w + start;
            // Whole vectors are read where there are values, even if they are those of the next row.
            &side.values[at..side.values.len().min(at + inside.next_multiple_of(lanes))]
        };
        let fours = exist / 4 * 4;
        for four in (0..fours).step_by(4) {
            transpose_four(simd, [row(four), row(four + 1), row(four + 2), row(four + 3)], inside, four, line);
        }
        for channel in fours..exist {
            line.iter_mut()
                .skip(channel)
                .step_by(lanes)
                .zip(&row(channel)[..inside])
                .for_each(|(to, from)| *to = *from);
        }
    }
    pitch
}

/// Four channels' rows, side by side: `line[x * lanes + first + channel] = rows[channel][x]` for `x < len`.
#[inline(always)]
fn transpose_four<S: Simd>(simd: S, rows: [&[f32]; 4], len: usize, first: usize, line: &mut [f32]) {
    let lanes = S::F32_LANES;
    let mut turned = [[0.0_f32; 4]; 16];
    for x in (0..len).step_by(lanes) {
        let some = lanes.min(len - x);
        // Within each quarter of a vector (four lanes) a 4 x 4 square is turned around.
        let values = std::array::from_fn::<S::f32s, 4, _>(|c| {
            if x + lanes <= rows[c].len() { load(simd, rows[c], x) } else { simd.partial_load_f32s(&rows[c][x..]) }
        });
        let columns: [S::f32s; 4] = simd.deinterleave_shfl_f32s(values);
        for (j, column) in columns.into_iter().enumerate() {
            store(simd, turned.as_flattened_mut(), 0, column);
            for pixel in (j..some).step_by(4) {
                let to = (x + pixel) * lanes + first;
                line[to..to + 4].copy_from_slice(&turned[pixel / 4]);
            }
        }
    }
}

/// One tile from the staged rows, and its products: `B^T d B` for the wide side, `A y A^T` for the narrow one.
#[inline(always)]
pub(super) fn products<S: Simd, T: Tile>(
    simd: S,
    staged: &[f32],
    pitch: usize,
    step: usize,
    tile: usize,
    is_wide: bool,
) -> Square<S::f32s> {
    let lanes = S::F32_LANES;
    let reach = if is_wide { T::PRODUCTS } else { T::OUT };
    let zero = simd.splat_f32s(0.0);
    let turn = |values: [S::f32s; POINTS]| if is_wide { T::enter(simd, values) } else { T::spread(simd, values) };
    let mut middle: Square<S::f32s> = [[zero; POINTS]; POINTS];
    for j in 0..reach {
        let mut column = [zero; POINTS];
        for i in 0..reach {
            column[i] = load(simd, staged, i * pitch + (T::OUT * tile + j) * step * lanes);
        }
        let column = turn(column);
        for i in 0..T::PRODUCTS {
            middle[i][j] = column[i];
        }
    }
    for row in &mut middle[..T::PRODUCTS] {
        *row = turn(*row);
    }
    middle
}
