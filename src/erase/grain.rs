//! Grain for smooth fills: the photo's own noise from around the hole, laid over what was made without any.

use rand::Rng as _;

use super::window::Window;
use crate::control::rng;
use crate::imaging::{Plane, Size};

type Color = [f32; 3];

/// The side of the blocks in which grain is carried over, so that its pattern stays the photo's.
const BLOCK: usize = 12;

/// Tries to find a known block for each block of the hole.
const TRIES: usize = 24;

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
}
