//! Gradient-domain reconstruction: colours whose differences follow given gradients and that meet the known pixels.
//!
//! Minimises the sum of `|grad f - g|^2 + screen * (f - fill)^2` over the free pixels, `f` being the photo elsewhere:
//! Perez, Gangnet and Blake, "Poisson Image Editing", SIGGRAPH 2003, section 2, with the screening of Bhat et al.,
//! "Fourier Analysis of the 2D Screened Poisson Equation for Gradient Domain Problems", ECCV 2008. Solved by multigrid
//! with red-black Gauss-Seidel relaxation.

use rayon::prelude::*;

use crate::control::CancelToken;
use crate::imaging::Size;

type Color = [f32; 3];

/// One grid: the correction `u` to the fill, zero on pixels that are not free.
struct Grid {
    width: usize,
    height: usize,
    is_free: Vec<bool>,
    rhs: Vec<Color>,
    u: Vec<Color>,
    screen: f32,
}

/// Multigrid cycles: each one more than halves what is left of the error.
const CYCLES: usize = 3;

/// The correction to `fill` that makes its differences follow `gradients` (towards the right and the lower neighbour)
/// on the free pixels while it stays 0 on all others, which hold the photo's colours in `fill`.
pub(crate) fn correction(
    size: Size,
    fill: &[Color],
    gradients: &[[Color; 2]],
    is_free: &[bool],
    screen: f32,
    cancel: &CancelToken,
) -> Vec<Color> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut rhs = vec![[0.0; 3]; width * height];
    let mut add = |from: usize, to: usize, gradient: Color| {
        if !is_free[from] && !is_free[to] {
            return;
        }
        for c in 0..3 {
            let missing = gradient[c] - (fill[to][c] - fill[from][c]);
            rhs[from][c] -= missing;
            rhs[to][c] += missing;
        }
    };
    for y in 0..height {
        for x in 0..width {
            let at = y * width + x;
            if x + 1 < width {
                add(at, at + 1, gradients[at][0]);
            }
            if y + 1 < height {
                add(at, at + width, gradients[at][1]);
            }
        }
    }
    let u = vec![[0.0; 3]; width * height];
    let mut grid = Grid { width, height, is_free: is_free.to_vec(), rhs, u, screen };
    for _ in 0..CYCLES {
        cycle(&mut grid, cancel);
    }
    grid.u
}

/// A V-cycle: relax, solve the remaining error on half the size, relax.
fn cycle(grid: &mut Grid, cancel: &CancelToken) {
    if cancel.is_cancelled() {
        return;
    }
    relax(grid, 3);
    if grid.width.min(grid.height) > 4 {
        let mut coarse = restricted(grid);
        if coarse.is_free.contains(&true) {
            cycle(&mut coarse, cancel);
            add_prolonged(grid, &coarse);
        }
    } else {
        relax(grid, 20);
    }
    relax(grid, 3);
}

fn relax(grid: &mut Grid, sweeps: usize) {
    for sweep in 0..2 * sweeps {
        let parity = sweep % 2;
        let (width, height) = (grid.width, grid.height);
        let (old, screen) = (std::mem::take(&mut grid.u), grid.screen);
        let mut new = old.clone();
        new.par_chunks_mut(width).enumerate().with_min_len(8).for_each(|(y, row)| {
            for x in ((y + parity) % 2..width).step_by(2) {
                let at = y * width + x;
                if !grid.is_free[at] {
                    continue;
                }
                let mut sum = grid.rhs[at];
                let mut count = 0.0;
                let mut visit = |neighbour: usize| {
                    count += 1.0;
                    for c in 0..3 {
                        sum[c] += old[neighbour][c];
                    }
                };
                if x > 0 {
                    visit(at - 1);
                }
                if x + 1 < width {
                    visit(at + 1);
                }
                if y > 0 {
                    visit(at - width);
                }
                if y + 1 < height {
                    visit(at + width);
                }
                let share = 1.0 / (count + screen);
                for c in 0..3 {
                    row[x][c] = sum[c] * share;
                }
            }
        });
        grid.u = new;
    }
}

/// The equation for the error on half the size. A coarse pixel is free when all pixels under it are.
fn restricted(grid: &Grid) -> Grid {
    let (width, height) = (grid.width.div_ceil(2), grid.height.div_ceil(2));
    let mut rhs = vec![[0.0; 3]; width * height];
    let mut is_free = vec![true; width * height];
    for y in 0..grid.height {
        for x in 0..grid.width {
            let (at, coarse) = (y * grid.width + x, y / 2 * width + x / 2);
            if !grid.is_free[at] {
                is_free[coarse] = false;
                continue;
            }
            let residual = residual(grid, x, y);
            for c in 0..3 {
                rhs[coarse][c] += residual[c];
            }
        }
    }
    // Summing four residuals is the scaling of a stencil of twice the width, halved: half of the fine differences
    // across a coarse pixel's border are inside of it.
    Grid { width, height, is_free, rhs, u: vec![[0.0; 3]; width * height], screen: 4.0 * grid.screen }
}

fn residual(grid: &Grid, x: usize, y: usize) -> Color {
    let at = y * grid.width + x;
    let mut out = grid.rhs[at];
    let mut subtract = |neighbour: usize| {
        for c in 0..3 {
            out[c] -= grid.u[at][c] - grid.u[neighbour][c];
        }
    };
    if x > 0 {
        subtract(at - 1);
    }
    if x + 1 < grid.width {
        subtract(at + 1);
    }
    if y > 0 {
        subtract(at - grid.width);
    }
    if y + 1 < grid.height {
        subtract(at + grid.width);
    }
    for c in 0..3 {
        out[c] -= grid.screen * grid.u[at][c];
    }
    out
}

fn add_prolonged(fine: &mut Grid, coarse: &Grid) {
    let (width, coarse_width) = (fine.width, coarse.width);
    let far = |v: usize, limit: usize| {
        if v.is_multiple_of(2) { (v / 2).saturating_sub(1) } else { (v / 2 + 1).min(limit - 1) }
    };
    let is_free = &fine.is_free;
    fine.u.par_chunks_mut(width).enumerate().with_min_len(8).for_each(|(y, row)| {
        let (y0, y1) = (y / 2, far(y, coarse.height));
        for (x, value) in row.iter_mut().enumerate() {
            if !is_free[y * width + x] {
                continue;
            }
            let (x0, x1) = (x / 2, far(x, coarse_width));
            for c in 0..3 {
                let at = |x: usize, y: usize| coarse.u[y * coarse_width + x][c];
                value[c] += 0.5625 * at(x0, y0) + 0.1875 * (at(x1, y0) + at(x0, y1)) + 0.0625 * at(x1, y1);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_at_the_edge_of_the_hole_is_spread() {
        // A ramp; the hole holds the ramp with 30 added and asks for the ramp's own gradients.
        let size = Size::new(96, 64);
        let (width, height) = (96, 64);
        let ramp = |x: usize, y: usize| [x as f32, y as f32, 0.5 * (x + y) as f32];
        let is_hole = |x: usize, y: usize| (20..80).contains(&x) && (10..50).contains(&y);
        let (mut fill, mut is_free) = (Vec::new(), Vec::new());
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            is_free.push(is_hole(x, y));
            fill.push(ramp(x, y).map(|v| v + if is_hole(x, y) { 30.0 } else { 0.0 }));
        }
        let gradients = vec![[[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]]; width * height];
        let correction = correction(size, &fill, &gradients, &is_free, 0.0, &CancelToken::never());
        for (at, by) in correction.iter().enumerate() {
            let wanted = if is_free[at] { -30.0 } else { 0.0 };
            for &c in by {
                assert!((c - wanted).abs() < 1.0, "at {}, {}: {c} for {wanted}", at % width, at / width);
            }
        }
    }
}
