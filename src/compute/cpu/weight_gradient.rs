//! The weights' gradient: for each weight, the sum over all pixels of narrow value times wide value.
//!
//! One side's channels lie in vectors (its pixels are transposed once a chunk); of the other side single values are read
//! where they stand in the padded image, so that no patch matrix is ever written. Where the narrow side is thin and the
//! stride 1, the sides change places: the sum is the same with the kernel turned around.

use pulp::{Simd, WithSimd};

use super::super::shape::ConvShape;
use super::lanes::{arch, copy, lanes};
use super::pool::{Shared, for_each_job};

/// Pixels that are summed in registers before memory is touched.
const CHUNK: usize = 160;

/// The most sums a job keeps, in floats: half of a second-level cache.
const SUMS: usize = 96 << 10;

/// Which side lies in vectors and which is read value by value.
#[derive(Debug, Clone, Copy)]
struct Sides<'a> {
    vector: &'a [f32],
    vector_channels: usize,
    /// Height and width of the vector side: the pixels that are summed over.
    pixels: (usize, usize),
    single: &'a [f32],
    single_channels: usize,
    single_size: (usize, usize),
    batch: usize,
    kernel: (usize, usize),
    stride: usize,
    padding: (isize, isize),
    is_turned: bool,
}

impl<'a> Sides<'a> {
    fn new(shape: &ConvShape, wide: &'a [f32], narrow: &'a [f32]) -> Self {
        let (kernel, padding) = (shape.kernel, shape.padding as isize);
        let upright = Self {
            vector: narrow,
            vector_channels: shape.c_narrow,
            pixels: shape.narrow,
            single: wide,
            single_channels: shape.c_wide,
            single_size: shape.wide,
            batch: shape.batch,
            kernel,
            stride: shape.stride,
            padding: (padding, padding),
            is_turned: false,
        };
        if shape.stride > 1 || shape.c_narrow >= 8 || shape.c_wide <= shape.c_narrow {
            return upright;
        }
        Self {
            vector: wide,
            vector_channels: shape.c_wide,
            pixels: shape.wide,
            single: narrow,
            single_channels: shape.c_narrow,
            single_size: shape.narrow,
            padding: (kernel.0 as isize - 1 - padding, kernel.1 as isize - 1 - padding),
            is_turned: true,
            ..upright
        }
    }

    /// Sums for one vector channel.
    const fn sums(&self) -> usize {
        self.single_channels * self.taps()
    }

    const fn taps(&self) -> usize {
        self.kernel.0 * self.kernel.1
    }

    /// Writes a channel's sums from `first` on to their places in the weights; NaN comes back where one is not finite.
    ///
    /// # Safety
    /// Nobody else writes these sums of this channel.
    #[inline(always)]
    unsafe fn write<'v>(
        &self,
        channel: usize,
        first: usize,
        sums: impl ExactSizeIterator<Item = &'v f32>,
        out: &Shared,
    ) -> f32 {
        let mut trace = 0.0;
        if !self.is_turned {
            // SAFETY: by the caller's promise.
            let places = unsafe { out.part(channel * self.sums() + first, sums.len()) };
            for (place, sum) in places.iter_mut().zip(sums) {
                trace += sum * 0.0;
                *place = *sum;
            }
            return trace;
        }
        let taps = self.taps();
        for (at, value) in sums.enumerate() {
            let (other, tap) = ((first + at) / taps, (first + at) % taps);
            let place = (other * self.vector_channels + channel) * taps + taps - 1 - tap;
            trace += value * 0.0;
            // SAFETY: by the caller's promise.
            unsafe { out.part(place, 1)[0] = *value };
        }
        trace
    }
}

/// How the sums are divided into jobs.
#[derive(Debug, Clone, Copy)]
struct Split {
    /// Channels of the vector side in a job: whole vectors.
    block: usize,
    /// Channels of the single side in a job.
    singles: usize,
    counts: (usize, usize),
    /// Rows and columns of pixels in a chunk.
    rows: usize,
    columns: usize,
    /// Floats in a staged row, and of one channel's staged rows.
    pitch: usize,
    plane: usize,
}

impl Split {
    fn new(sides: &Sides<'_>) -> Self {
        let threads = rayon::current_num_threads();
        let widest = lanes() * if lanes() == 8 { 2 } else { 4 };
        let block = sides.vector_channels.next_multiple_of(lanes()).min(widest);
        let blocks = sides.vector_channels.div_ceil(block);
        let most = (SUMS / block / sides.taps()).clamp(1, sides.single_channels);
        let cuts = sides.single_channels.div_ceil(most);
        let cuts = (blocks * cuts).next_multiple_of(threads).div_ceil(blocks).min(sides.single_channels);
        let singles = sides.single_channels.div_ceil(cuts);
        let columns = sides.pixels.1.div_ceil(sides.pixels.1.div_ceil(CHUNK));
        let rows = (CHUNK / columns).clamp(1, sides.pixels.0);
        let pitch = (columns - 1) * sides.stride + sides.kernel.1;
        let plane = ((rows - 1) * sides.stride + sides.kernel.0) * pitch;
        Self { block, singles, counts: (blocks, sides.single_channels.div_ceil(singles)), rows, columns, pitch, plane }
    }

    /// Floats of transposed pixels, of staged rows and of the sums.
    fn sizes(&self, sides: &Sides<'_>) -> [usize; 3] {
        [self.rows * self.columns * self.block, self.singles * self.plane, self.singles * sides.taps() * self.block]
            .map(|size: usize| size.next_multiple_of(16))
    }
}

/// The gradient of the weights from both sides; `None` when it is not finite.
pub(super) fn run(shape: &ConvShape, wide: &[f32], narrow: &[f32]) -> Option<Vec<f32>> {
    let sides = Sides::new(shape, wide, narrow);
    let split = Split::new(&sides);
    let sizes = split.sizes(&sides);
    let fill = |out: &Shared| {
        for_each_job(split.counts.0 * split.counts.1, sizes.iter().sum(), |index, scratch| {
            arch().dispatch(Job { sides: &sides, split: &split, sizes, out, index, scratch });
        });
    };
    // SAFETY: the jobs cover every channel of both sides, and each all taps.
    unsafe { Shared::fill(shape.weight_dims().iter().product(), fill) }
}

struct Job<'a> {
    sides: &'a Sides<'a>,
    split: &'a Split,
    sizes: [usize; 3],
    out: &'a Shared,
    index: usize,
    scratch: &'a mut [f32],
}

/// A rectangle of pixels of one image.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    image: usize,
    top: usize,
    left: usize,
    rows: usize,
    columns: usize,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { sides, split, sizes, out, index, scratch } = self;
        let (block, single) = (index % split.counts.0 * split.block, index / split.counts.0 * split.singles);
        let singles = split.singles.min(sides.single_channels - single);
        let (pixels, rest) = scratch.split_at_mut(sizes[0]);
        let (staged, sums) = rest.split_at_mut(sizes[1]);
        sums.fill(0.0);
        let offsets: Vec<usize> = (0..singles * sides.taps())
            .map(|sum| {
                let (channel, tap) = (sum / sides.taps(), sum % sides.taps());
                channel * split.plane + tap / sides.kernel.1 * split.pitch + tap % sides.kernel.1
            })
            .collect();
        for image in 0..sides.batch {
            for top in (0..sides.pixels.0).step_by(split.rows) {
                for left in (0..sides.pixels.1).step_by(split.columns) {
                    let rows = split.rows.min(sides.pixels.0 - top);
                    let columns = split.columns.min(sides.pixels.1 - left);
                    let chunk = Chunk { image, top, left, rows, columns };
                    transpose(sides, &chunk, block, split.block, pixels);
                    for channel in 0..singles {
                        stage(simd, sides, split, &chunk, single + channel, &mut staged[channel * split.plane..]);
                    }
                    accumulate(simd, sides.stride, split, &chunk, &offsets, pixels, staged, sums);
                }
            }
        }
        let channels = split.block.min(sides.vector_channels - block);
        let mut trace = 0.0_f32;
        // In squares, so that what is read and what is written both stay in the cache.
        for first in (0..offsets.len()).step_by(16) {
            let some = 16.min(offsets.len() - first);
            for channel in 0..channels {
                let column = sums[first * split.block + channel..].iter().step_by(split.block).take(some);
                let at = single * sides.taps() + first;
                // SAFETY: this job alone covers these channels and taps.
                trace += unsafe { sides.write(block + channel, at, column, out) };
            }
        }
        out.note(trace == 0.0);
    }
}

/// The chunk's values of some channels, pixel by pixel: `pixels[pixel][channel]`, zeros for channels that do not exist.
#[inline(always)]
fn transpose(sides: &Sides<'_>, chunk: &Chunk, first: usize, block: usize, pixels: &mut [f32]) {
    let (height, width) = sides.pixels;
    let channels = block.min(sides.vector_channels - first);
    if channels < block {
        pixels[..chunk.rows * chunk.columns * block].fill(0.0);
    }
    let plane = height * width;
    for row in 0..chunk.rows {
        let at = (chunk.image * sides.vector_channels + first) * plane + (chunk.top + row) * width + chunk.left;
        let to = &mut pixels[row * chunk.columns * block..][..chunk.columns * block];
        // Eight channels at a time: a pixel's values are then written side by side.
        for eight in (0..channels).step_by(8) {
            let some = 8.min(channels - eight);
            let rows: [&[f32]; 8] =
                std::array::from_fn(|c| &sides.vector[at + (eight + c.min(some - 1)) * plane..][..chunk.columns]);
            for (x, pixel) in to.chunks_exact_mut(block).enumerate() {
                for c in 0..some {
                    pixel[eight + c] = rows[c][x];
                }
            }
        }
    }
}

/// The single side's rows under a chunk, with zeros outside of the image.
#[inline(always)]
fn stage<S: Simd>(simd: S, sides: &Sides<'_>, split: &Split, chunk: &Chunk, channel: usize, staged: &mut [f32]) {
    let (height, width) = sides.single_size;
    let image = &sides.single[(chunk.image * sides.single_channels + channel) * height * width..][..height * width];
    let rows = (chunk.rows - 1) * sides.stride + sides.kernel.0;
    let columns = (chunk.columns - 1) * sides.stride + sides.kernel.1;
    let left = (chunk.left * sides.stride) as isize - sides.padding.1;
    let before = ((-left).max(0) as usize).min(columns);
    let start = (left + before as isize) as usize;
    let inside = width.saturating_sub(start).min(columns - before);
    for row in 0..rows {
        let y = (chunk.top * sides.stride + row) as isize - sides.padding.0;
        let line = &mut staged[row * split.pitch..][..columns];
        if y < 0 || y >= height as isize {
            line.fill(0.0);
            continue;
        }
        line[..before].fill(0.0);
        line[before + inside..].fill(0.0);
        if inside > 0 {
            copy(simd, &image[y as usize * width + start..], 1, inside, &mut line[before..]);
        }
    }
}

/// Adds a chunk to all sums, a few of them at a time in registers.
#[inline(always)]
fn accumulate<S: Simd>(
    simd: S,
    stride: usize,
    split: &Split,
    chunk: &Chunk,
    offsets: &[usize],
    pixels: &[f32],
    staged: &[f32],
    sums: &mut [f32],
) {
    let block = split.block;
    let tile = Tile { chunk, stride, pitch: split.pitch, pixels, staged };
    let mut at = 0;
    while at < offsets.len() {
        let left = offsets.len() - at;
        let sums = &mut sums[at * block..];
        let offsets = &offsets[at..];
        at += match (block / S::F32_LANES, left) {
            (1, 12..) => tile.run::<S, 12, 1>(simd, offsets, sums),
            (1, _) => tile.run::<S, 1, 1>(simd, offsets, sums),
            (2, 6..) if S::REGISTER_COUNT < 32 => tile.run::<S, 6, 2>(simd, offsets, sums),
            (2, 12..) => tile.run::<S, 12, 2>(simd, offsets, sums),
            (2, _) => tile.run::<S, 1, 2>(simd, offsets, sums),
            (3, 8..) => tile.run::<S, 8, 3>(simd, offsets, sums),
            (3, _) => tile.run::<S, 1, 3>(simd, offsets, sums),
            (_, 6..) => tile.run::<S, 6, 4>(simd, offsets, sums),
            (_, 3..) => tile.run::<S, 3, 4>(simd, offsets, sums),
            _ => tile.run::<S, 1, 4>(simd, offsets, sums),
        };
    }
}

struct Tile<'a> {
    chunk: &'a Chunk,
    stride: usize,
    pitch: usize,
    pixels: &'a [f32],
    staged: &'a [f32],
}

impl Tile<'_> {
    /// Adds the chunk to `N` sums of `V` vectors each.
    #[inline(always)]
    fn run<S: Simd, const N: usize, const V: usize>(&self, simd: S, offsets: &[usize], sums: &mut [f32]) -> usize {
        let lanes = S::F32_LANES;
        let (rows, columns) = (self.chunk.rows, self.chunk.columns);
        let reach = (rows - 1) * self.stride * self.pitch + (columns - 1) * self.stride;
        let offsets: [usize; N] = std::array::from_fn(|n| offsets[n]);
        assert!(offsets.iter().all(|offset| offset + reach < self.staged.len()), "a tap leaves the staged rows");
        assert!(self.pixels.len() >= rows * columns * V * lanes, "pixels are missing");
        assert!(sums.len() >= N * V * lanes, "sums are missing");
        let mut held = [[simd.splat_f32s(0.0); V]; N];
        // SAFETY: the three assertions above bound every address below.
        unsafe {
            let mut pixel = self.pixels.as_ptr();
            for row in 0..rows {
                let line = self.staged.as_ptr().add(row * self.stride * self.pitch);
                let mut from: [*const f32; N] = [line; N];
                for n in 0..N {
                    from[n] = line.add(offsets[n]);
                }
                for x in 0..columns {
                    let mut vector = [simd.splat_f32s(0.0); V];
                    for v in 0..V {
                        vector[v] = pixel.add(v * lanes).cast::<S::f32s>().read_unaligned();
                    }
                    for n in 0..N {
                        let value = simd.splat_f32s(*from[n].add(x * self.stride));
                        for v in 0..V {
                            held[n][v] = simd.mul_add_e_f32s(value, vector[v], held[n][v]);
                        }
                    }
                    pixel = pixel.add(V * lanes);
                }
            }
            for n in 0..N {
                for v in 0..V {
                    let place = sums.as_mut_ptr().add((n * V + v) * lanes).cast::<S::f32s>();
                    place.write_unaligned(simd.add_f32s(place.read_unaligned(), held[n][v]));
                }
            }
        }
        N
    }
}
