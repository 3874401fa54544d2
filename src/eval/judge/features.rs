//! What the judge sees of a patch: how strongly random filters respond at three scales, and the spectrum's fall.

use std::f64::consts::TAU;

use crate::eval::Picture;
use crate::eval::picture::{luma_of, mirrored};
use crate::generators::seeded_normal;
use crate::imaging::{PixelRect, Plane, Size};

/// Side of the patches.
pub const PATCH: usize = 64;
/// Pixels from one place to the next.
const STRIDE: usize = 32;
/// A place counts when more of it is hole.
const MIN_HOLE: f64 = 0.75;
/// At most so many places of one photo.
const MAX_PLACES: usize = 60;

const N_FILTERS: usize = 48;
const SIDE: usize = 5;
const SCALES: usize = 3;
const SEED: u64 = 7;

/// Features of one place in several pictures, and the photo that it is in.
#[derive(Clone, Debug, Default)]
pub struct Patches {
    /// Which photo each place is in.
    pub photos: Vec<usize>,
    /// The features at each place.
    pub features: Vec<Vec<f32>>,
}

/// Where patches are taken: on a grid of 32 pixels, row by row, where more than 75 % is hole; at most 60.
#[must_use]
pub fn patch_places(holes: &Plane<bool>) -> Vec<PixelRect> {
    let Size { width, height } = holes.size();
    let starts =
        |side: u32| (0..=(side as usize).saturating_sub(PATCH)).step_by(STRIDE).filter(move |_| side as usize >= PATCH);
    let is_hole = |x: usize, y: usize| {
        let rows = y..y + PATCH;
        let count: usize = rows.map(|y| holes.row(y as u32)[x..x + PATCH].iter().filter(|&&hole| hole).count()).sum();
        count as f64 / (PATCH * PATCH) as f64 > MIN_HOLE
    };
    let places = starts(height).flat_map(|y| starts(width).map(move |x| (x, y)));
    let places = places.filter(|&(x, y)| is_hole(x, y)).take(MAX_PLACES);
    places.map(|(x, y)| PixelRect::new(x as i32, y as i32, (x + PATCH) as i32, (y + PATCH) as i32)).collect()
}

/// 48 filters of 5 x 5 pixels and three channels: random, without mean, of length 1.
#[derive(Clone, Debug)]
pub struct FilterBank {
    /// `[filter][(row * 5 + column) * 3 + channel]`.
    filters: Vec<Vec<f32>>,
}

impl FilterBank {
    /// The filters that all verdicts are made with.
    ///
    /// # Errors
    /// When candle cannot draw them.
    pub fn seeded() -> candle_core::Result<Self> {
        let drawn: Vec<Vec<f32>> = seeded_normal((N_FILTERS, SIDE * SIDE * 3), SEED, "filters")?.to_vec2()?;
        Ok(Self::new(drawn))
    }

    /// Filters of 75 numbers each, in the order row, column, channel. Means are taken off and lengths brought to 1.
    #[must_use]
    pub fn new(mut filters: Vec<Vec<f32>>) -> Self {
        for filter in &mut filters {
            let mean = filter.iter().sum::<f32>() / filter.len().max(1) as f32;
            for value in &mut *filter {
                *value -= mean;
            }
            let length = filter.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            for value in filter {
                *value /= length;
            }
        }
        Self { filters }
    }

    /// Mean and deviation of each filter's absolute response at three scales, and 31 values of the spectrum: for the patch
    /// of 64 x 64 pixels at `place`, which must be inside of `picture`.
    #[must_use]
    pub fn features(&self, picture: &Picture, place: PixelRect) -> Vec<f32> {
        let mut channels = [0, 1, 2].map(|c| {
            let rows = (place.y0..place.y1).map(|y| &picture.row(y as u32)[place.x0 as usize..place.x1 as usize]);
            rows.flatten().map(|rgb| rgb[c] / 127.5 - 1.0).collect::<Vec<f32>>()
        });
        let mut features = Vec::with_capacity(2 * SCALES * self.filters.len() + PATCH / 2);
        let mut side = PATCH;
        for _ in 0..SCALES {
            let padded = channels.each_ref().map(|channel| padded(channel, side));
            let (means, deviations): (Vec<f32>, Vec<f32>) =
                self.filters.iter().map(|filter| response(filter, &padded, side)).unzip();
            features.extend(means);
            features.extend(deviations);
            channels = channels.map(|channel| halved(&channel, side));
            side /= 2;
        }
        features.extend(spectrum(picture, place));
        features
    }
}

/// A square with a margin of two pixels, mirrored.
fn padded(channel: &[f32], side: usize) -> Vec<f32> {
    let margin = (SIDE / 2) as i64;
    let range = || -margin..side as i64 + margin;
    range().flat_map(|y| range().map(move |x| channel[mirrored(y, side) * side + mirrored(x, side)])).collect()
}

/// Mean and deviation of a filter's absolute response over all pixels.
fn response(filter: &[f32], channels: &[Vec<f32>; 3], side: usize) -> (f32, f32) {
    let stride = side + SIDE - 1;
    let mut row = vec![0.0_f32; side];
    let (mut sum, mut squares) = (0.0_f64, 0.0_f64);
    for y in 0..side {
        row.fill(0.0);
        for (at, weight) in filter.iter().enumerate() {
            let (dy, dx, c) = (at / (3 * SIDE), at / 3 % SIDE, at % 3);
            let values = &channels[c][(y + dy) * stride + dx..][..side];
            for (out, value) in row.iter_mut().zip(values) {
                *out += weight * value;
            }
        }
        for value in &row {
            sum += f64::from(value.abs());
            squares += f64::from(value * value);
        }
    }
    let count = (side * side) as f64;
    let mean = sum / count;
    (mean as f32, (squares / count - mean * mean).max(0.0).sqrt() as f32)
}

/// Means of 2 x 2 pixels.
fn halved(channel: &[f32], side: usize) -> Vec<f32> {
    let half = side / 2;
    let mean = |x: usize, y: usize| {
        let at = 2 * y * side + 2 * x;
        (channel[at] + channel[at + 1] + channel[at + side] + channel[at + side + 1]) / 4.0
    };
    (0..half).flat_map(|y| (0..half).map(move |x| mean(x, y))).collect()
}

/// `log(1 + mean amplitude)` of the luminance's Fourier transform in rings of one pixel, from the first one around the centre
/// outwards. The centre is the mean, which is taken off: what is left there is rounding, and no feature.
fn spectrum(picture: &Picture, place: PixelRect) -> Vec<f32> {
    let rows = (place.y0..place.y1).map(|y| &picture.row(y as u32)[place.x0 as usize..place.x1 as usize]);
    let values: Vec<f64> = rows.flatten().map(|rgb| f64::from(luma_of(*rgb)) / 255.0).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let transform = fourier(&values.iter().map(|value| (value - mean, 0.0)).collect::<Vec<_>>());
    let transform = fourier(&transform);
    let (mut sums, mut counts) = ([0.0_f64; PATCH], [0_u32; PATCH]);
    for (at, (re, im)) in transform.iter().enumerate() {
        // Frequencies above the middle are negative ones.
        let frequency = |at: usize| if at < PATCH / 2 { at as f64 } else { at as f64 - PATCH as f64 };
        let ring = frequency(at / PATCH).hypot(frequency(at % PATCH)) as usize;
        sums[ring] += re.hypot(*im);
        counts[ring] += 1;
    }
    (1..PATCH / 2).map(|ring| (sums[ring] / f64::from(counts[ring])).ln_1p() as f32).collect()
}

/// The Fourier transform of each row of a patch, by its definition, transposed: twice makes the transform of the patch.
fn fourier(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let turns: [(f64, f64); PATCH] = std::array::from_fn(|at| {
        let (sine, cosine) = (TAU * at as f64 / PATCH as f64).sin_cos();
        (cosine, -sine)
    });
    let mut out = vec![(0.0, 0.0); PATCH * PATCH];
    for (y, row) in values.chunks_exact(PATCH).enumerate() {
        for frequency in 0..PATCH {
            let (mut re, mut im) = (0.0, 0.0);
            for (x, (a, b)) in row.iter().enumerate() {
                let (cosine, sine) = turns[frequency * x % PATCH];
                re += a * cosine - b * sine;
                im += a * sine + b * cosine;
            }
            out[frequency * PATCH + y] = (re, im);
        }
    }
    out
}
