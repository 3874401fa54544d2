//! Grain for smooth fills: the photo's own noise from around the hole, laid over what was made without any.

use rand::Rng as _;

use super::membrane::{Weighted, pull_push};
use super::network::paint::blurred;
use super::window::Window;
use crate::control::rng;
use crate::imaging::{Plane, Size};

type Color = [f32; 3];

/// The side of the blocks in which grain is carried over, so that its pattern stays the photo's.
const BLOCK: usize = 12;

/// Tries to find a known block for each block of the hole.
const TRIES: usize = 24;

/// Energies of grain are means over squares of this radius.
const NEIGHBORHOOD: usize = 3;

/// The least energy that grain is taken to have, in squared grey levels.
const LEAST_GRAIN: f32 = 0.25;

/// The photo's grain is made this much stronger at most: further on it would look like noise.
const MOST_STRENGTH: f32 = 3.0;

/// Residuals beyond this many grey levels are edges, not grain.
const EDGE: f32 = 24.0;

/// What to add to a smooth fill of the window: for each hole pixel the difference of a known pixel from the mean of its
/// neighbourhood, taken in blocks from near the hole. Zero where the surroundings are smooth themselves.
pub(crate) fn grain(window: &Window, seed: u64) -> Vec<Color> {
    let size = window.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let residual = residuals(size, &window.colors, &window.source);
    let mut grain = vec![[0.0; 3]; width * height];
    let mut rng = rng(seed, 3);
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            let rows = top..(top + BLOCK).min(height);
            let columns = left..(left + BLOCK).min(width);
            let is_wanted = rows.clone().any(|y| columns.clone().any(|x| window.hole.data()[y * width + x]));
            if !is_wanted {
                continue;
            }
            let found = (0..TRIES).find_map(|_| {
                let x = rng.random_range(0..=width.saturating_sub(BLOCK));
                let y = rng.random_range(0..=height.saturating_sub(BLOCK));
                is_plain(&residual, width, (x, y), (columns.len(), rows.len())).then_some((x, y))
            });
            let Some((from_x, from_y)) = found else { continue };
            for y in rows {
                for x in columns.clone() {
                    let from = (from_y + y - top) * width + from_x + x - left;
                    grain[y * width + x] = residual[from].unwrap_or_default();
                }
            }
        }
    }
    grain
}

/// What to add to a fill that is too smooth: the photo's own [`grain`], locally as strong as what `colors`, which cover the
/// window, lack of it. How strong it should be is measured around the hole and continued into it.
pub(crate) fn missing_grain(window: &Window, colors: &[Color], seed: u64) -> Vec<Color> {
    let size = window.size();
    let grain = grain(window, seed);
    let wanted = {
        let residual = residuals(size, &window.colors, &window.source);
        let known: Vec<Color> =
            residual.iter().map(|own| own.map_or([0.0; 3], |own| [energy(own), 1.0, 0.0])).collect();
        let mean = blurred(size, &known, NEIGHBORHOOD);
        let values = mean.iter().map(|[sum, share, _]| [sum / share.max(1e-6)]).collect();
        let weights = residual.iter().map(|own| f32::from(u8::from(own.is_some()))).collect();
        pull_push(Weighted { size, values, weights })
    };
    let local = |of: &dyn Fn(usize) -> f32| -> Vec<Color> {
        blurred(size, &(0..colors.len()).map(|at| [of(at), 0.0, 0.0]).collect::<Vec<Color>>(), NEIGHBORHOOD)
    };
    let all = Plane::filled(size, true);
    let own = residuals(size, colors, &all);
    let found = local(&|at| own[at].map_or(0.0, energy));
    let given = local(&|at| energy(grain[at]));
    let strength = |at: usize| {
        let lack = (wanted[at][0] - found[at][0]).max(0.0);
        (lack / given[at][0].max(LEAST_GRAIN)).sqrt().min(MOST_STRENGTH)
    };
    grain.iter().enumerate().map(|(at, color)| color.map(|v| v * strength(at))).collect()
}

/// The square of a residual's luminance.
fn energy([r, g, b]: Color) -> f32 {
    (0.299 * r + 0.587 * g + 0.114 * b).powi(2)
}

/// Whether a block is known throughout and holds grain, not an edge.
fn is_plain(residual: &[Option<Color>], width: usize, (x, y): (usize, usize), (columns, rows): (usize, usize)) -> bool {
    let block = (y..y + rows).flat_map(|y| (x..x + columns).map(move |x| y * width + x));
    block.into_iter().all(|at| residual.get(at).copied().flatten().is_some_and(|r| r.iter().all(|v| v.abs() < EDGE)))
}

/// For each known pixel whose 3 x 3 neighbourhood is known its difference from that neighbourhood's mean.
fn residuals(size: Size, colors: &[Color], known: &Plane<bool>) -> Vec<Option<Color>> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut out = vec![None; width * height];
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let around = || (y - 1..=y + 1).flat_map(move |y| (x - 1..=x + 1).map(move |x| y * width + x));
            if !around().all(|at| known.data()[at]) {
                continue;
            }
            let mut mean = [0.0; 3];
            for at in around() {
                for c in 0..3 {
                    mean[c] += colors[at][c] / 9.0;
                }
            }
            let own = colors[y * width + x];
            out[y * width + x] = Some([own[0] - mean[0], own[1] - mean[1], own[2] - mean[2]]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::PixelRect;

    fn window(noise: f32) -> Window {
        let rect = PixelRect::new(0, 0, 90, 70);
        let mut rng = rng(1, 0);
        let mut value = || 100.0 + noise * rng.random_range(-1.0..1.0f32);
        let mut hole = Plane::filled(rect.size(), false);
        (25..45).for_each(|y| hole.row_mut(y)[30..60].fill(true));
        let known = hole.data().iter().map(|&hole| !hole).collect();
        let source = Plane::from_vec(rect.size(), known).expect("the sizes fit");
        Window { rect, colors: (0..6300).map(|_| [value(); 3]).collect(), hole, source }
    }

    fn deviation(window: &Window, grain: &[Color]) -> f32 {
        let inside: Vec<f32> =
            grain.iter().zip(window.hole.data()).filter(|(_, hole)| **hole).map(|(g, _)| g[0] * g[0]).collect();
        (inside.iter().sum::<f32>() / inside.len() as f32).sqrt()
    }

    #[test]
    fn grain_is_as_strong_as_around_the_hole() {
        let noisy = window(10.0);
        let got = deviation(&noisy, &grain(&noisy, 1));
        // Uniform noise of amplitude 10 has a deviation of 5.8; its part in the mean of nine is taken off.
        assert!((4.0..6.5).contains(&got), "deviation {got}");
        let smooth = window(0.0);
        assert!(deviation(&smooth, &grain(&smooth, 1)) < 0.01, "a smooth photo gets none");
    }

    #[test]
    fn only_what_is_missing_is_added() {
        let noisy = window(10.0);
        let flat: Vec<Color> = noisy
            .colors
            .iter()
            .zip(noisy.hole.data())
            .map(|(color, hole)| if *hole { [100.0; 3] } else { *color })
            .collect();
        let got = deviation(&noisy, &missing_grain(&noisy, &flat, 1));
        assert!((3.5..7.0).contains(&got), "a flat fill gets all: deviation {got}");
        let got = deviation(&noisy, &missing_grain(&noisy, &noisy.colors, 1));
        assert!(got < 3.0, "one with the photo's noise hardly any: deviation {got}");
    }
}
