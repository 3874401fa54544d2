//! Guidance: a picture of what the hole should hold steers which patches are copied, but is never copied itself.
//!
//! The guide (a network's fill) knows structure and little detail; the photo has all the detail. So the coarsest level starts
//! from the guide instead of an onion-peel fill, and at every level the low frequencies of a patch's source are held against
//! the guide's at the patch's place, with a weight that falls towards finer levels: the idea of Hertzmann et al., "Image
//! Analogies", SIGGRAPH 2001, section 3, where a filtered picture guides the search and the unfiltered one is copied.

use crate::erase::membrane::{Weighted, pull_push};
use crate::imaging::{Plane, Size};

use super::level::{Level, Sample};

/// A picture that the fill should resemble.
#[derive(Clone, Debug)]
pub(crate) struct Guide {
    /// Colours over the window, row by row, 0..=255; read in the hole only.
    pub(crate) colors: Vec<[f32; 3]>,
    /// How much the guide counts: 0 only starts from it, 1 is usual.
    pub(crate) strength: f32,
}

/// The guide at one level: low frequencies of the photo with the guide in its hole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuideTerm<'a> {
    /// One colour a pixel.
    pub(crate) low: &'a [[f32; 3]],
    /// Of the squared difference at one sample of a patch.
    pub(crate) weight: f32,
}

/// By how much the guide counts at levels 0 (finest), 1, 2 and all coarser ones, beside the patch distance.
const WEIGHTS: [f32; 4] = [0.3, 1.0, 2.0, 4.0];

impl GuideTerm<'_> {
    /// The cost of `source` for `target`: the difference of low frequencies at five places of the patch, as squared bytes of
    /// a whole patch.
    pub(crate) fn cost(&self, width: usize, radius: usize, target: usize, source: usize) -> f32 {
        let step = (2 * radius).div_ceil(3);
        let (up, side) = (step * width, step);
        let mut sum = 0.0;
        let mut add = |a: usize, b: usize| {
            let (a, b) = (self.low[a], self.low[b]);
            for c in 0..3 {
                sum += (a[c] - b[c]) * (a[c] - b[c]);
            }
        };
        add(target, source);
        add(target - up - side, source - up - side);
        add(target - up + side, source - up + side);
        add(target + up - side, source + up - side);
        add(target + up + side, source + up + side);
        self.weight * sum
    }
}

/// The guide over all levels, finest first.
#[derive(Clone, Debug)]
pub(crate) struct Guidance {
    low: Vec<Vec<[f32; 3]>>,
    strength: f32,
}

impl Guidance {
    /// Prepares `guide` for the sizes of `levels`, and fills their holes with it.
    pub(crate) fn new(guide: &Guide, levels: &mut [Level]) -> Self {
        let mut low = Vec::with_capacity(levels.len());
        let mut picture: Option<(Size, Vec<[f32; 3]>)> = None;
        for level in levels {
            let current = match picture.take() {
                None => composite(level, &guide.colors),
                Some((size, fine)) => halved(size, &fine),
            };
            start_from(level, &current);
            low.push(blurred(level.size, &current));
            picture = Some((level.size, current));
        }
        Self { low, strength: guide.strength.max(0.0) }
    }

    /// What counts at level `at` for patches of `radius`.
    pub(crate) fn term(&self, at: usize, radius: usize) -> GuideTerm<'_> {
        let side = (2 * radius + 1) as f32;
        GuideTerm { low: &self.low[at], weight: self.strength * WEIGHTS[at.min(3)] * side * side / 5.0 }
    }
}

fn composite(level: &Level, guide: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let known = level.exact.iter().zip(level.hole.data()).zip(guide);
    known.map(|((&[r, g, b, _], &hole), &guide)| if hole { guide } else { [r, g, b] }).collect()
}

/// Fills the hole of a level with the picture; the texture energy, which the picture does not know, continues smoothly from
/// around the hole.
fn start_from(level: &mut Level, picture: &[[f32; 3]]) {
    let hole: Plane<bool> = level.hole.clone();
    let weights: Vec<f32> = hole.data().iter().map(|&hole| if hole { 0.0 } else { 1.0 }).collect();
    let energy: Vec<[f32; 1]> = level.exact.iter().map(|sample| [sample[3]]).collect();
    let energy = pull_push(Weighted { size: level.size, values: energy, weights });
    for (at, sample) in level.exact.iter_mut().enumerate().filter(|(at, _)| hole.data()[*at]) {
        let [r, g, b] = picture[at];
        *sample = [r, g, b, energy[at][0]] as Sample;
    }
    level.quantize();
}

fn halved(size: Size, fine: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let (width, height) = (size.width as usize, size.height as usize);
    let half = Size::new(size.width.div_ceil(2), size.height.div_ceil(2));
    let mut out = Vec::with_capacity(half.area());
    for y in 0..half.height as usize {
        for x in 0..half.width as usize {
            let rows = [2 * y, (2 * y + 1).min(height - 1)];
            let columns = [2 * x, (2 * x + 1).min(width - 1)];
            let mut sum = [0.0; 3];
            for at in rows.iter().flat_map(|y| columns.iter().map(move |x| y * width + x)) {
                for c in 0..3 {
                    sum[c] += 0.25 * fine[at][c];
                }
            }
            out.push(sum);
        }
    }
    out
}

/// Smoothed by the binomial filter 1 4 6 4 1 in both directions.
fn blurred(size: Size, picture: &[[f32; 3]]) -> Vec<[f32; 3]> {
    const TAPS: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];
    let (width, height) = (size.width as usize, size.height as usize);
    let pass = |from: &[[f32; 3]], limit: usize, stride: usize, place: &dyn Fn(usize) -> usize| -> Vec<[f32; 3]> {
        let mut out = vec![[0.0; 3]; from.len()];
        for (at, value) in out.iter_mut().enumerate() {
            let position = place(at);
            for (tap, weight) in TAPS.iter().enumerate() {
                let wanted = (position + tap).saturating_sub(2).min(limit - 1);
                let other = from[at + wanted * stride - position * stride];
                for c in 0..3 {
                    value[c] += weight * other[c];
                }
            }
        }
        out
    };
    let across = pass(picture, width, 1, &|at| at % width);
    pass(&across, height, width, &|at| at / width)
}
