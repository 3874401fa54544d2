//! How colors change from one picture to the next: an affine map for each pixel, smooth and near to the identity.
//!
//! Minimises, over the maps `D` added to the identity, the mean over a window of `|later - (I + D) earlier|^2`, plus
//! `smoothness * |grad D|^2`, plus `prior * |D|^2`. The three rows of a map share one 4 x 4 matrix a pixel, so a step of
//! conjugate gradients costs three products with it; the preconditioner is the inverse of each pixel's own block.

use super::raster::{Pixel, Raster};

/// A 3 x 4 matrix: what is added to the identity. Acts on red, green, blue, 1.
pub(super) type Affine = [[f32; 4]; 3];

/// Half of the window's side.
const REACH: usize = 2;

/// What the color step needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColorSettings {
    /// Weight of the squared gradient of the maps.
    pub(super) smoothness: f32,
    /// Weight of the identity.
    pub(super) prior: f32,
    /// Differences of colors well above this one count less and less.
    pub(super) tolerance: f32,
    /// Steps of conjugate gradients at most.
    pub(super) steps: u32,
}

/// The color `pixel` under the map; its fourth number stays.
#[inline]
pub(super) fn apply(map: &Affine, pixel: Pixel) -> Pixel {
    let row =
        |c: usize| pixel[c] + map[c][0] * pixel[0] + map[c][1] * pixel[1] + map[c][2] * pixel[2] + map[c][3] * pixel[3];
    [row(0), row(1), row(2), pixel[3]]
}

/// The map that first does `inner`, then `outer`.
pub(super) fn compose(outer: &Affine, inner: &Affine) -> Affine {
    let mut out = *inner;
    for c in 0..3 {
        for k in 0..4 {
            let through = (0..3).map(|j| outer[c][j] * inner[j][k]).sum::<f32>();
            out[c][k] += outer[c][k] + through;
        }
    }
    out
}

/// Of one pixel: the upper triangle of the 4 x 4 matrix row by row, then the 3 x 4 right side, then the weight.
const SUMS: usize = 24;

/// Improves `maps` so that they turn `warped` (the earlier picture where the flow finds it) into `later`.
pub(super) fn improve(later: &Raster, warped: &[Pixel], maps: &mut [Affine], settings: &ColorSettings) {
    let side = later.side;
    let sums = windowed(&products(later, warped, maps, settings.tolerance), side);
    let blocks: Vec<[f32; 10]> = sums.iter().map(|sums| block(sums, settings.prior)).collect();
    let rhs: Vec<Affine> = sums.iter().map(right_side).collect();
    let system = System {
        side,
        inverses: inverses(&blocks, side, settings.smoothness),
        blocks,
        smoothness: settings.smoothness,
    };
    system.solve(&rhs, maps, settings.steps);
}

fn products(later: &Raster, warped: &[Pixel], maps: &[Affine], tolerance: f32) -> Vec<[f32; SUMS]> {
    let product = |((wanted, seen), map): ((&Pixel, &Pixel), &Affine)| {
        let left = apply(map, *seen);
        let square = (0..3).map(|c| (left[c] - wanted[c]) * (left[c] - wanted[c])).sum::<f32>();
        let weight = tolerance / (square + tolerance * tolerance).sqrt();
        let mut out = [0.0; SUMS];
        let mut at = 0;
        for row in 0..4 {
            for column in row..4 {
                out[at] = weight * seen[row] * seen[column];
                at += 1;
            }
        }
        for c in 0..3 {
            for k in 0..4 {
                out[at] = weight * (wanted[c] - seen[c]) * seen[k];
                at += 1;
            }
        }
        out[at] = 1.0;
        out
    };
    later.pixels.iter().zip(warped).zip(maps).map(product).collect()
}

/// Sums over windows that are cut at the edges.
fn windowed(values: &[[f32; SUMS]], side: usize) -> Vec<[f32; SUMS]> {
    let along = |from: &[[f32; SUMS]], place: &dyn Fn(usize, usize) -> usize| {
        let mut out = vec![[0.0; SUMS]; side * side];
        for line in 0..side {
            for at in 0..side {
                let sum = &mut out[place(line, at)];
                for near in at.saturating_sub(REACH)..(at + REACH + 1).min(side) {
                    let value = &from[place(line, near)];
                    for k in 0..SUMS {
                        sum[k] += value[k];
                    }
                }
            }
        }
        out
    };
    let rows = along(values, &|line, at| line * side + at);
    along(&rows, &|line, at| at * side + line)
}

fn block(sums: &[f32; SUMS], prior: f32) -> [f32; 10] {
    let share = 1.0 / sums[22];
    let mut out = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|k| sums[k] * share);
    for diagonal in [0, 4, 7, 9] {
        out[diagonal] += prior;
    }
    out
}

fn right_side(sums: &[f32; SUMS]) -> Affine {
    let share = 1.0 / sums[22];
    [0, 1, 2].map(|c| [0, 1, 2, 3].map(|k| sums[10 + 4 * c + k] * share))
}

/// The linear system of all pixels.
struct System {
    side: usize,
    blocks: Vec<[f32; 10]>,
    inverses: Vec<[f32; 10]>,
    smoothness: f32,
}

/// A symmetric 4 x 4 matrix times a row.
#[inline]
fn times(block: &[f32; 10], v: &[f32; 4]) -> [f32; 4] {
    let [a, b, c, d, e, f, g, h, i, j] = *block;
    [
        a * v[0] + b * v[1] + c * v[2] + d * v[3],
        b * v[0] + e * v[1] + f * v[2] + g * v[3],
        c * v[0] + f * v[1] + h * v[2] + i * v[3],
        d * v[0] + g * v[1] + i * v[2] + j * v[3],
    ]
}

impl System {
    /// Preconditioned conjugate gradients (Hestenes and Stiefel 1952) from `maps` on. The three rows are one system.
    fn solve(&self, rhs: &[Affine], maps: &mut [Affine], steps: u32) {
        let mut out = self.product(maps);
        let mut left: Vec<Affine> = rhs.iter().zip(&out).map(|(b, a)| zip(b, a, |b, a| b - a)).collect();
        let mut better = self.precondition(&left);
        let mut direction = better.clone();
        let mut size = dot(&left, &better);
        let enough = size * 1e-8;
        for _ in 0..steps {
            if !(size > enough && size > 1e-20) {
                return;
            }
            out = self.product(&direction);
            let step = (size / dot(&direction, &out)) as f32;
            for at in 0..maps.len() {
                maps[at] = zip(&maps[at], &direction[at], |m, d| m + step * d);
                left[at] = zip(&left[at], &out[at], |r, o| r - step * o);
            }
            better = self.precondition(&left);
            let next = dot(&left, &better);
            let share = (next / size) as f32;
            for (d, b) in direction.iter_mut().zip(&better) {
                *d = zip(d, b, |d, b| b + share * d);
            }
            size = next;
        }
    }

    fn product(&self, of: &[Affine]) -> Vec<Affine> {
        let side = self.side;
        let mut out = Vec::with_capacity(of.len());
        for (at, here) in of.iter().enumerate() {
            let (x, y) = (at % side, at / side);
            let mut sum = here.map(|row| times(&self.blocks[at], &row));
            let mut visit = |neighbour: &Affine| {
                for c in 0..3 {
                    for k in 0..4 {
                        sum[c][k] += self.smoothness * (here[c][k] - neighbour[c][k]);
                    }
                }
            };
            if x > 0 {
                visit(&of[at - 1]);
            }
            if x + 1 < side {
                visit(&of[at + 1]);
            }
            if y > 0 {
                visit(&of[at - side]);
            }
            if y + 1 < side {
                visit(&of[at + side]);
            }
            out.push(sum);
        }
        out
    }

    fn precondition(&self, left: &[Affine]) -> Vec<Affine> {
        left.iter().zip(&self.inverses).map(|(row, inverse)| row.map(|row| times(inverse, &row))).collect()
    }
}

#[inline]
fn zip(a: &Affine, b: &Affine, with: impl Fn(f32, f32) -> f32) -> Affine {
    let mut out = *a;
    for c in 0..3 {
        for k in 0..4 {
            out[c][k] = with(a[c][k], b[c][k]);
        }
    }
    out
}

fn dot(a: &[Affine], b: &[Affine]) -> f64 {
    let one = |a: &Affine, b: &Affine| {
        let sum = |c: usize| a[c][0] * b[c][0] + a[c][1] * b[c][1] + a[c][2] * b[c][2] + a[c][3] * b[c][3];
        f64::from(sum(0) + sum(1) + sum(2))
    };
    a.iter().zip(b).map(|(a, b)| one(a, b)).sum()
}

/// The inverse of each pixel's own block, smoothness included.
fn inverses(blocks: &[[f32; 10]], side: usize, smoothness: f32) -> Vec<[f32; 10]> {
    let inverse = |(at, block): (usize, &[f32; 10])| {
        let (x, y) = (at % side, at / side);
        let degree = [x > 0, x + 1 < side, y > 0, y + 1 < side].iter().filter(|is| **is).count() as f32;
        let mut block = *block;
        for diagonal in [0, 4, 7, 9] {
            block[diagonal] += smoothness * degree;
        }
        inverted(&block)
    };
    blocks.iter().enumerate().map(inverse).collect()
}

/// The inverse of a symmetric positive 4 x 4 matrix by way of its Cholesky factor.
fn inverted(block: &[f32; 10]) -> [f32; 10] {
    let at = |row: usize, column: usize| block[[0, 3, 5, 6][row.min(column)] + row.max(column)];
    let mut lower = [[0.0f32; 4]; 4];
    for row in 0..4 {
        for column in 0..=row {
            let known = (0..column).map(|k| lower[row][k] * lower[column][k]).sum::<f32>();
            let rest = at(row, column) - known;
            lower[row][column] = if row == column { rest.max(1e-12).sqrt() } else { rest / lower[column][column] };
        }
    }
    // The factor's own inverse, column by column.
    let mut inverse = [[0.0f32; 4]; 4];
    for column in 0..4 {
        for row in column..4 {
            let known = (column..row).map(|k| lower[row][k] * inverse[k][column]).sum::<f32>();
            let one = if row == column { 1.0 } else { 0.0 };
            inverse[row][column] = (one - known) / lower[row][row];
        }
    }
    let mut out = [0.0; 10];
    let mut place = 0;
    for row in 0..4 {
        for column in row..4 {
            out[place] = (column..4).map(|k| inverse[k][row] * inverse[k][column]).sum();
            place += 1;
        }
    }
    out
}
