//! The weights' gradient in Winograd tiles: `G^T [(A dy A^T) * (B^T d B)] G`, summed over all tiles.
//!
//! A chunk of tiles goes through two steps, each divided among the threads: both sides to products (by channels), then the
//! sums over the chunk's tiles (by products). The last step turns the sums of products into taps.

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::super::lanes::{PANEL, ROWS, arch, lanes, load, store};
use super::super::micro::Panel;
use super::super::pool::{Shared, for_each_job, with_memory};
use super::channels::{Side, products, read_channels, scratch};
use super::job::{Square, Stretch, stretches};
use super::plan::{Kind, Plan};
use super::tile::{Four2, Four3, POINTS, Tile, Two3};

/// Floats of both sides' products of one chunk: a part of a third-level cache.
const CHUNK: usize = 2 << 20;

/// Tiles in a chunk: enough to pay for reading and writing the sums, few enough to stay near.
const TILES: std::ops::RangeInclusive<usize> = 64..=256;

/// The weights' gradient from both sides; `None` when it is not finite. The plan is that of the gather.
pub(in super::super) fn gradient(plan: &Plan, wide: &[f32], narrow: &[f32]) -> Option<Vec<f32>> {
    match plan.kind {
        Kind::Four3 => Gradient::<Four3>::new(plan, wide, narrow).run(),
        Kind::Four2 => Gradient::<Four2>::new(plan, wide, narrow).run(),
        Kind::Two3 => Gradient::<Two3>::new(plan, wide, narrow).run(),
    }
}

struct Gradient<'a, T> {
    plan: &'a Plan,
    wide: &'a [f32],
    narrow: &'a [f32],
    /// Tiles in a chunk.
    chunk: usize,
    /// Wide channels of all views, each view's in whole panels; narrow channels in whole groups and vectors.
    wide_lanes: usize,
    narrow_lanes: usize,
    tile: PhantomData<fn() -> T>,
}

impl<'a, T: Tile> Gradient<'a, T> {
    const PRODUCTS: usize = T::PRODUCTS * T::PRODUCTS;

    fn new(plan: &'a Plan, wide: &'a [f32], narrow: &'a [f32]) -> Self {
        let lanes = lanes();
        let wide_lanes = plan.phases[0].len() * plan.c_in.next_multiple_of(lanes);
        let narrow_lanes = plan.c_out.next_multiple_of(lanes.max(ROWS));
        let tiles = plan.batch * plan.tiles.0 * plan.tiles.1;
        let most = (CHUNK / Self::PRODUCTS / (wide_lanes + narrow_lanes)).clamp(*TILES.start(), *TILES.end());
        let chunk = tiles.div_ceil(tiles.div_ceil(most));
        Self { plan, wide, narrow, chunk, wide_lanes, narrow_lanes, tile: PhantomData }
    }

    /// Floats from one product to the next: not a power of two, which would crowd a few cache sets.
    const fn wide_step(&self) -> usize {
        self.wide_lanes * self.chunk + 16
    }

    const fn narrow_step(&self) -> usize {
        self.narrow_lanes * self.chunk + 16
    }

    const fn sums_step(&self) -> usize {
        self.wide_lanes * self.narrow_lanes + 16
    }

    fn run(&self) -> Option<Vec<f32>> {
        let tiles = self.plan.batch * self.plan.tiles.0 * self.plan.tiles.1;
        let sizes = [self.wide_step(), self.narrow_step(), self.sums_step()].map(|step| Self::PRODUCTS * step);
        with_memory(sizes, |sides| self.run_in(tiles, &sides))
    }

    fn run_in(&self, tiles: usize, [wide, narrow, sums]: &[Shared; 3]) -> Option<Vec<f32>> {
        for first in (0..tiles).step_by(self.chunk) {
            let some = self.chunk.min(tiles - first);
            let stretches = stretches(self.plan, first, first + some);
            let vectors = (self.wide_lanes + self.narrow_lanes) / lanes();
            let longest = stretches.iter().map(|stretch| stretch.len).max().unwrap_or(0);
            for_each_job(vectors, scratch::<T>(longest, self.plan.in_step, lanes()), |vector, scratch| {
                let enter = EnterJob { gradient: self, stretches: &stretches, some, vector, wide, narrow };
                arch().dispatch(WithScratch { job: enter, scratch });
            });
            for_each_job(Self::PRODUCTS, 0, |product, _| {
                let sides = [wide, narrow, sums];
                arch().dispatch(SumJob { gradient: self, some, product, adds: first > 0, sides });
            });
        }
        let taps = self.plan.kernel.0 * self.plan.kernel.1;
        let fill = |out: &Shared| {
            for_each_job(self.plan.c_out, lanes() * taps, |channel, scratch| {
                let leave = LeaveJob { gradient: self, channel, sums, out };
                arch().dispatch(WithScratch { job: leave, scratch });
            });
        };
        // SAFETY: every narrow channel's job writes all of its taps.
        unsafe { Shared::fill(self.plan.c_out * self.plan.c_in * taps, fill) }
    }

    /// Panels of wide vectors: first vector and number of vectors.
    fn panels(&self, lanes: usize) -> impl Iterator<Item = (usize, usize)> {
        let vectors = self.wide_lanes / lanes;
        let panels = vectors.div_ceil(PANEL);
        (0..panels).scan(0, move |start, at| {
            let width = (vectors - *start).div_ceil(panels - at);
            *start += width;
            Some((*start - width, width))
        })
    }
}

struct WithScratch<'a, J> {
    job: J,
    scratch: &'a mut [f32],
}

/// One vector of channels of either side, from tiles to products.
struct EnterJob<'a, T> {
    gradient: &'a Gradient<'a, T>,
    stretches: &'a [Stretch],
    /// Tiles in this chunk.
    some: usize,
    vector: usize,
    wide: &'a Shared,
    narrow: &'a Shared,
}

impl<T: Tile> WithSimd for WithScratch<'_, EnterJob<'_, T>> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let gradient = self.job.gradient;
        let vectors = gradient.wide_lanes / S::F32_LANES;
        if self.job.vector < vectors {
            self.job.wide_vector(simd, self.job.vector, self.scratch);
        } else {
            self.job.narrow_vector(simd, self.job.vector - vectors, self.scratch);
        }
    }
}

impl<T: Tile> EnterJob<'_, T> {
    #[inline(always)]
    fn wide_vector<S: Simd>(&self, simd: S, vector: usize, scratch: &mut [f32]) {
        let (lanes, plan) = (S::F32_LANES, self.gradient.plan);
        let per_view = plan.c_in.div_ceil(lanes);
        let origin = plan.phases[0][vector / per_view].origin;
        let (step, channels) = (plan.in_step, plan.c_in);
        let values = self.gradient.wide;
        let side = Side { values, channels, size: plan.input, step, origin, reach: T::PRODUCTS };
        let (start, width) =
            self.gradient.panels(lanes).find(|(start, width)| vector < start + width).unwrap_or((vector, 1));
        let base = start * lanes * self.some + (vector - start) * lanes;
        for stretch in self.stretches {
            let pitch = read_channels::<S, T>(simd, &side, stretch, vector % per_view * lanes, scratch);
            for tile in 0..stretch.len {
                let square = products::<S, T>(simd, scratch, pitch, step, tile, true);
                let place = base + (stretch.lane + tile) * width * lanes;
                for i in 0..T::PRODUCTS {
                    for j in 0..T::PRODUCTS {
                        let at = (i * T::PRODUCTS + j) * self.gradient.wide_step() + place;
                        // SAFETY: this vector of channels is this job's own.
                        store(simd, unsafe { self.wide.part(at, lanes) }, 0, square[i][j]);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn narrow_vector<S: Simd>(&self, simd: S, vector: usize, scratch: &mut [f32]) {
        let (lanes, plan) = (S::F32_LANES, self.gradient.plan);
        let (values, channels) = (self.gradient.narrow, plan.c_out);
        let side = Side { values, channels, size: plan.out, step: 1, origin: (0, 0), reach: T::OUT };
        let first = vector * lanes;
        let piece = lanes.min(ROWS);
        for stretch in self.stretches {
            let pitch = if first < channels { read_channels::<S, T>(simd, &side, stretch, first, scratch) } else { 0 };
            for tile in 0..stretch.len {
                let square = products::<S, T>(simd, scratch, pitch, 1, tile, false);
                for i in 0..T::PRODUCTS {
                    for j in 0..T::PRODUCTS {
                        let mut flat = [0.0_f32; 16];
                        store(simd, &mut flat, 0, square[i][j]);
                        for part in (0..lanes).step_by(piece) {
                            let (group, row) = ((first + part) / ROWS, (first + part) % ROWS);
                            let at = (group * self.some + stretch.lane + tile) * ROWS + row;
                            let at = (i * T::PRODUCTS + j) * self.gradient.narrow_step() + at;
                            // SAFETY: these channels are this job's own.
                            unsafe { self.narrow.part(at, piece) }.copy_from_slice(&flat[part..part + piece]);
                        }
                    }
                }
            }
        }
    }
}

/// The sums of one product over a chunk's tiles, for all pairs of channels.
struct SumJob<'a, T> {
    gradient: &'a Gradient<'a, T>,
    some: usize,
    product: usize,
    adds: bool,
    /// Wide products, narrow products, sums.
    sides: [&'a Shared; 3],
}

impl<T: Tile> WithSimd for SumJob<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gradient, some, product, adds, sides: [wide, narrow, sums] } = self;
        let (wide_lanes, narrow_lanes) = (gradient.wide_lanes, gradient.narrow_lanes);
        // SAFETY: this product's values were written before, and its sums are this job's own.
        let (wide, narrow, sums) = unsafe {
            (
                wide.part(product * gradient.wide_step(), wide_lanes * some),
                narrow.part(product * gradient.narrow_step(), narrow_lanes * some),
                sums.part(product * gradient.sums_step(), wide_lanes * narrow_lanes),
            )
        };
        for (start, width) in gradient.panels(S::F32_LANES) {
            let panel = Panel {
                a: narrow,
                a_step: some * ROWS,
                b: &wide[start * S::F32_LANES * some..],
                groups: narrow_lanes / ROWS,
                depth: some,
                vectors: width,
                c_step: wide_lanes,
                adds,
            };
            panel.run(simd, &mut sums[start * S::F32_LANES..]);
        }
    }
}

/// The taps of one narrow channel from its sums of products.
struct LeaveJob<'a, T> {
    gradient: &'a Gradient<'a, T>,
    channel: usize,
    sums: &'a Shared,
    out: &'a Shared,
}

impl<T: Tile> WithSimd for WithScratch<'_, LeaveJob<'_, T>> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { job: LeaveJob { gradient, channel, sums, out }, scratch } = self;
        let (lanes, plan) = (S::F32_LANES, gradient.plan);
        let taps = plan.kernel.0 * plan.kernel.1;
        let per_view = plan.c_in.div_ceil(lanes);
        let mut trace = 0.0_f32;
        for vector in 0..per_view {
            for (view, source) in plan.phases[0].iter().enumerate() {
                let at = channel * gradient.wide_lanes + (view * per_view + vector) * lanes;
                let square = std::array::from_fn(|i| {
                    std::array::from_fn(|j| {
                        let product = (i * T::PRODUCTS + j) * gradient.sums_step() + at;
                        let is_there = i < T::PRODUCTS && j < T::PRODUCTS;
                        if is_there {
                            // SAFETY: the sums are complete; nobody writes to them any longer.
                            load(simd, unsafe { sums.part(product, lanes) }, 0)
                        } else {
                            simd.splat_f32s(0.0)
                        }
                    })
                });
                for (tap, place) in taps_of::<S, T>(simd, &square).into_iter().zip(&source.taps) {
                    if let Some(place) = place {
                        let mut flat = [0.0_f32; 16];
                        store(simd, &mut flat, 0, tap);
                        for (lane, value) in flat[..lanes].iter().enumerate() {
                            scratch[*place + lane * taps] = *value;
                        }
                    }
                }
            }
            let exist = lanes.min(plan.c_in - vector * lanes) * taps;
            let first = (channel * plan.c_in + vector * lanes) * taps;
            // SAFETY: this channel's taps are this job's own.
            let to = unsafe { out.part(first, exist) };
            to.copy_from_slice(&scratch[..exist]);
            trace += to.iter().map(|value| value * 0.0).sum::<f32>();
        }
        out.note(trace == 0.0);
    }
}

/// `G^T u G`: the gradients of the taps, row by row.
#[inline(always)]
fn taps_of<S: Simd, T: Tile>(simd: S, square: &Square<S::f32s>) -> [S::f32s; 9] {
    let zero = simd.splat_f32s(0.0);
    let factor = |point: usize, tap: usize| simd.splat_f32s(T::filter(point, tap) as f32);
    let mut rows = [[zero; POINTS]; 3];
    for tap in 0..T::TAPS {
        for point in 0..T::PRODUCTS {
            for j in 0..T::PRODUCTS {
                rows[tap][j] = simd.mul_add_e_f32s(factor(point, tap), square[point][j], rows[tap][j]);
            }
        }
    }
    let mut taps = [zero; 9];
    for y in 0..T::TAPS {
        for x in 0..T::TAPS {
            for point in 0..T::PRODUCTS {
                let sum = &mut taps[y * T::TAPS + x];
                *sum = simd.mul_add_e_f32s(factor(point, x), rows[y][point], *sum);
            }
        }
    }
    taps
}
