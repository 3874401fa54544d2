//! Brings the detail of a network's fill to the strength that it has around the hole, octave by octave: a network paints much
//! the same texture everywhere, too much for a sky and too little for a meadow, and hardly any beside the rim.
//!
//! Strengths are compared in each band of a pyramid without shrinking, as in Heeger and Bergen, "Pyramid-Based Texture
//! Analysis/Synthesis", SIGGRAPH 1995, section 3.2, but locally: what the photo has around the hole is continued into it.
//! Where a band is too strong it is weakened; what it lacks is made up for by the photo's own, carried over in blocks.

use rand::Rng as _;

use super::paint::blurred;
use crate::control::{Rng, rng};
use crate::erase::membrane::{Weighted, pull_push};
use crate::erase::window::Window;
use crate::imaging::{Plane, Size};

type Color = [f32; 3];

/// What each band leaves to the next is smoothed over squares of this radius.
const RADII: [usize; BANDS] = [1, 2, 4];
const BANDS: usize = 3;

/// Strengths are means over squares of this radius.
const REACH: usize = 8;

/// Grey levels that are as good as none: strengths are compared by their logarithms.
const LEAST: f32 = 0.1;

/// The side of the blocks in which detail is carried over. They overlap by half.
const BLOCK: usize = 2 * REACH;

/// Places from which one block may come.
const TRIES: usize = 24;

/// A band keeps at least this share of itself: what is left may be an edge that the photo has nowhere else.
const LEAST_SHARE: f32 = 0.3;

/// The photo's detail is made this much stronger at most.
const MOST_STRENGTH: f32 = 2.0;

/// A picture in bands, the finest first, and what is left below them. Their sum is the picture.
struct Bands {
    details: [Vec<Color>; BANDS],
    low: Vec<Color>,
}

/// `fill`, which covers the window and meets the photo, with the detail that the photo has around the hole. Known pixels stay.
pub(crate) fn matched(window: &Window, fill: &[Color], seed: u64) -> Vec<Color> {
    let size = window.size();
    let known = weights(&window.source);
    if !window.source.data().contains(&true) {
        return fill.to_vec();
    }
    let hole = weights(&window.hole);
    let photo = Bands::of(size, &window.colors, &known);
    let painted = Bands::of(size, fill, &vec![1.0; fill.len()]);
    let wanted = photo.details.each_ref().map(|band| continued(size, &strength(size, band, &known), &known));
    let carried = carried(window, &photo, &wanted, &mut rng(seed, 4));
    let mut out = painted.low;
    for at in 0..BANDS {
        let (own, photo) = (&painted.details[at], &carried[at]);
        let (found, given) = (strength(size, own, &hole), strength(size, photo, &hole));
        for (place, color) in out.iter_mut().enumerate() {
            let wanted = wanted[at][place];
            let share = (wanted / found[place].max(1e-3)).clamp(LEAST_SHARE, 1.0);
            // Independent detail adds up by its squares.
            let lack = (wanted * wanted - (share * found[place]).powi(2)).max(0.0).sqrt();
            let more = (lack / given[place].max(3.0 * LEAST)).min(MOST_STRENGTH);
            for c in 0..3 {
                color[c] += share * own[place][c] + more * photo[place][c];
            }
        }
    }
    for (place, color) in out.iter_mut().enumerate().filter(|(place, _)| !window.hole.data()[*place]) {
        *color = fill[place];
    }
    out
}

impl Bands {
    /// Of `colors`, as far as they count by `weights`.
    fn of(size: Size, colors: &[Color], weights: &[f32]) -> Self {
        let share = |radius: usize| -> Vec<Color> {
            let weights: Vec<Color> = weights.iter().map(|&weight| [weight; 3]).collect();
            blurred(size, &weights, radius)
        };
        let mut low = colors.to_vec();
        let details = RADII.map(|radius| {
            let weighted: Vec<Color> =
                low.iter().zip(weights).map(|(color, weight)| color.map(|v| v * weight)).collect();
            let smooth = blurred(size, &weighted, radius).into_iter().zip(share(radius));
            let smooth = smooth.map(|(sum, share)| [0, 1, 2].map(|c| sum[c] / share[c].max(1e-6))).collect();
            let fine = std::mem::replace(&mut low, smooth);
            fine.iter().zip(&low).map(|(a, b)| [a[0] - b[0], a[1] - b[1], a[2] - b[2]]).collect()
        });
        Self { details, low }
    }
}

/// 1 where `plane` is true, else 0.
fn weights(plane: &Plane<bool>) -> Vec<f32> {
    plane.data().iter().map(|&is| f32::from(u8::from(is))).collect()
}

/// The luminance's amplitude around each pixel, in grey levels: the square of the mean root, in which texture counts, and a
/// single edge hardly.
fn strength(size: Size, band: &[Color], weights: &[f32]) -> Vec<f32> {
    let roots: Vec<Color> =
        band.iter().zip(weights).map(|(color, &weight)| [weight * luma(*color).abs().sqrt(), weight, 0.0]).collect();
    let means = blurred(size, &roots, REACH);
    means.into_iter().map(|[sum, share, _]| (sum / share.max(1e-6)).powi(2)).collect()
}

/// Strengths that are known by `weights`, continued smoothly over all pixels.
fn continued(size: Size, strength: &[f32], weights: &[f32]) -> Vec<f32> {
    let values = strength.iter().map(|v| [(v + LEAST).ln()]).collect();
    let all = pull_push(Weighted { size, values, weights: weights.to_vec() });
    all.into_iter().map(|[v]| (v.exp() - LEAST).max(0.0)).collect()
}

fn luma([r, g, b]: Color) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// The photo's bands in the hole, in blocks from where they are about as strong as `wanted`.
fn carried(window: &Window, photo: &Bands, wanted: &[Vec<f32>; BANDS], rng: &mut Rng) -> [Vec<Color>; BANDS] {
    let (width, height) = (window.size().width as usize, window.size().height as usize);
    let mut out = [(); BANDS].map(|()| vec![[0.0; 3]; width * height]);
    if width < BLOCK || height < BLOCK {
        return out;
    }
    // At any place the squares of the four overlapping windows add up to 1.
    let fade: Vec<f32> = (0..BLOCK).map(|at| (std::f32::consts::PI * (at as f32 + 0.5) / BLOCK as f32).sin()).collect();
    for top in (0..height + REACH).step_by(REACH) {
        for left in (0..width + REACH).step_by(REACH) {
            // Blocks begin half a block before the window.
            let rows = top.saturating_sub(REACH)..(top + REACH).min(height);
            let columns = left.saturating_sub(REACH)..(left + REACH).min(width);
            if !rows.clone().any(|y| columns.clone().any(|x| window.hole.data()[y * width + x])) {
                continue;
            }
            let center = top.min(height - 1) * width + left.min(width - 1);
            let Some((x0, y0)) = source(window, photo, wanted, center, rng) else { continue };
            for (y, x) in rows.flat_map(|y| columns.clone().map(move |x| (y, x))) {
                let (row, column) = (y + REACH - top, x + REACH - left);
                let weight = fade[row] * fade[column];
                let from = (y0 + row) * width + x0 + column;
                for (out, band) in out.iter_mut().zip(&photo.details) {
                    for c in 0..3 {
                        out[y * width + x][c] += weight * band[from][c];
                    }
                }
            }
        }
    }
    out
}

/// The upper left corner of a known block whose bands are about as strong as wanted at `center`, without single edges.
fn source(
    window: &Window,
    photo: &Bands,
    wanted: &[Vec<f32>; BANDS],
    center: usize,
    rng: &mut Rng,
) -> Option<(usize, usize)> {
    let (width, height) = (window.size().width as usize, window.size().height as usize);
    let tried = (0..TRIES).filter_map(|_| {
        let x = rng.random_range(0..=width - BLOCK);
        let y = rng.random_range(0..=height - BLOCK);
        let block = || (y..y + BLOCK).flat_map(move |y| (x..x + BLOCK).map(move |x| y * width + x));
        if !block().all(|at| window.source.data()[at]) {
            return None;
        }
        let middle = (y + REACH) * width + x + REACH;
        let ratio = |band: &Vec<f32>| ((band[middle] + 5.0 * LEAST) / (band[center] + 5.0 * LEAST)).ln().abs();
        let unlike: f32 = wanted.iter().map(ratio).sum();
        let (mut sum, mut peak) = (0.0, 0.0_f32);
        for at in block() {
            let height = photo.details.iter().map(|band| luma(band[at])).sum::<f32>().abs();
            (sum, peak) = (sum + height, peak.max(height));
        }
        let mean = sum / (BLOCK * BLOCK) as f32;
        Some((unlike + (peak / (mean + 1.0)).max(1.0).ln(), (x, y)))
    });
    tried.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::PixelRect;

    /// Noise of an amplitude; the hole lies in its middle.
    fn window(noise: f32) -> Window {
        let rect = PixelRect::new(0, 0, 120, 90);
        let mut rng = rng(1, 0);
        let mut value = || 100.0 + noise * rng.random_range(-1.0..1.0f32);
        let mut hole = Plane::filled(rect.size(), false);
        (35..60).for_each(|y| hole.row_mut(y)[40..80].fill(true));
        let known = hole.data().iter().map(|&hole| !hole).collect();
        let source = Plane::from_vec(rect.size(), known).unwrap();
        Window { rect, colors: (0..10800).map(|_| [value(); 3]).collect(), hole, source }
    }

    fn deviation(window: &Window, colors: &[Color]) -> f32 {
        let inside: Vec<f32> =
            colors.iter().zip(window.hole.data()).filter(|(_, hole)| **hole).map(|(c, _)| c[0]).collect();
        let mean = inside.iter().sum::<f32>() / inside.len() as f32;
        (inside.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / inside.len() as f32).sqrt()
    }

    /// The window's colours with `inside` in its hole.
    fn filled(window: &Window, inside: impl Fn(usize) -> Color) -> Vec<Color> {
        let own = window.colors.iter().enumerate();
        own.map(|(at, color)| if window.hole.data()[at] { inside(at) } else { *color }).collect()
    }

    #[test]
    fn a_fill_gets_the_detail_that_it_lacks_and_loses_what_is_too_much() {
        let noisy = window(10.0);
        // Uniform noise of amplitude 10 has a deviation of 5.8.
        for (name, fill) in [
            ("flat", filled(&noisy, |_| [100.0; 3])),
            ("as it should be", noisy.colors.clone()),
            ("four times too strong", filled(&noisy, |at| noisy.colors[at].map(|v| 100.0 + 4.0 * (v - 100.0)))),
        ] {
            let got = deviation(&noisy, &matched(&noisy, &fill, 1));
            assert!((4.5..8.5).contains(&got), "{name}: deviation {got}");
        }
        let smooth = window(0.0);
        assert!(deviation(&smooth, &matched(&smooth, &smooth.colors, 1)) < 0.01, "a smooth photo gives none");
    }

    #[test]
    fn known_pixels_stay_and_little_is_needed() {
        let noisy = window(10.0);
        let out = matched(&noisy, &filled(&noisy, |_| [100.0; 3]), 1);
        let known = out.iter().zip(&noisy.colors).zip(noisy.hole.data()).filter(|(_, hole)| !**hole);
        assert!(known.into_iter().all(|((a, b), _)| a == b), "known pixels");
        // Nothing is known, or the window is smaller than a block.
        let blind = Window { source: Plane::filled(noisy.size(), false), ..noisy.clone() };
        assert_eq!(matched(&blind, &noisy.colors, 1), noisy.colors, "nothing is known");
        let rect = PixelRect::new(0, 0, 5, 4);
        let hole = Plane::from_vec(rect.size(), (0..20).map(|at| at == 7).collect()).unwrap();
        let source = Plane::from_vec(rect.size(), (0..20).map(|at| at != 7).collect()).unwrap();
        let tiny = Window { rect, colors: vec![[9.0; 3]; 20], hole, source };
        assert_eq!(matched(&tiny, &tiny.colors, 1).len(), 20, "a tiny window");
    }
}
