//! How pixels move from one picture to the next: variational optical flow on colors that have been corrected.
//!
//! Horn and Schunck, "Determining Optical Flow", 1981, on three channels, with warping (Brox et al. 2004) and a robust weight
//! on the data. The field is anchored at the later picture: its pixel `p` shows what the earlier one shows at `p + flow(p)`,
//! which is what a backward warp of the photo needs.

use super::color::{Affine, apply};
use super::picture::{Picture, linear};

/// What the flow step needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowSettings {
    /// Weight of the squared gradient of the flow.
    pub(super) smoothness: f32,
    /// Differences of colors well above this one count less and less.
    pub(super) tolerance: f32,
    /// How often the picture is warped anew.
    pub(super) warps: u32,
    /// Relaxation sweeps a warp.
    pub(super) sweeps: u32,
}

/// Over-relaxation.
const OMEGA: f32 = 1.9;

/// Weight of a whole picture that does not move when the common motion is fitted.
const RIDGE: f64 = 0.01;

/// The normal equations of one pixel: `a (u, v) + smoothness * (degree (u, v) - neighbours) = b`.
#[derive(Clone, Copy, Default)]
struct Equation {
    xx: f32,
    xy: f32,
    yy: f32,
    x: f32,
    y: f32,
}

/// A picture with its derivatives.
pub(super) struct Slopes {
    picture: Picture,
    along: [Picture; 2],
}

impl Slopes {
    pub(super) fn of(picture: Picture) -> Self {
        Self { along: picture.gradients(), picture }
    }

    pub(super) fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// Improves `flow` so that `colors` of `earlier` at `p + flow(p)` come near to `later` at `p`.
pub(super) fn improve(
    later: &Slopes,
    earlier: &Slopes,
    colors: &[Affine],
    flow: &mut [[f32; 2]],
    settings: &FlowSettings,
) {
    let side = later.picture.side;
    for _ in 0..settings.warps {
        let mut equations: Vec<Equation> = (0..side * side)
            .map(|at| equation(later, earlier, &colors[at], at, flow[at], settings.tolerance))
            .collect();
        let slopes = common_slopes(&equations, flow, side, settings.smoothness);
        lean(&mut equations, slopes, side, settings.smoothness);
        for _ in 0..settings.sweeps {
            sweep(&equations, flow, side, settings.smoothness);
        }
    }
}

fn equation(later: &Slopes, earlier: &Slopes, color: &Affine, at: usize, flow: [f32; 2], tolerance: f32) -> Equation {
    let side = later.picture.side;
    let (x, y) = ((at % side) as f32 + flow[0], (at / side) as f32 + flow[1]);
    let last = (side - 1) as f32;
    if x < -0.5 || y < -0.5 || x > last + 0.5 || y > last + 0.5 {
        // Nothing is known of what lies outside: the neighbours decide.
        return Equation::default();
    }
    let seen = apply(color, earlier.picture.cubic(x, y));
    let slopes = [0, 1].map(|axis| {
        let mut slope = linear(&earlier.along[axis].pixels, side, x, y);
        slope[3] = 0.0;
        let (there, here) = (apply(color, slope), later.along[axis].pixels[at]);
        [0, 1, 2].map(|c| 0.5 * (there[c] + here[c]))
    });
    let wanted = later.picture.pixels[at];
    let residual = [0, 1, 2].map(|c| seen[c] - wanted[c]);
    let square = residual.iter().map(|r| r * r).sum::<f32>();
    let weight = tolerance / (square + tolerance * tolerance).sqrt();
    let dot = |a: &[f32; 3], b: &[f32; 3]| weight * (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
    let (xx, xy, yy) = (dot(&slopes[0], &slopes[0]), dot(&slopes[0], &slopes[1]), dot(&slopes[1], &slopes[1]));
    Equation {
        xx,
        xy,
        yy,
        x: xx * flow[0] + xy * flow[1] - dot(&slopes[0], &residual),
        y: xy * flow[0] + yy * flow[1] - dot(&slopes[1], &residual),
    }
}

/// One sweep of successive over-relaxation in row order, two unknowns a pixel at once.
fn sweep(equations: &[Equation], flow: &mut [[f32; 2]], side: usize, smoothness: f32) {
    for y in 0..side {
        for x in 0..side {
            let at = y * side + x;
            let mut sum = [0.0; 2];
            let mut degree = 0.0;
            let mut visit = |neighbour: [f32; 2]| {
                sum[0] += neighbour[0];
                sum[1] += neighbour[1];
                degree += smoothness;
            };
            if x > 0 {
                visit(flow[at - 1]);
            }
            if x + 1 < side {
                visit(flow[at + 1]);
            }
            if y > 0 {
                visit(flow[at - side]);
            }
            if y + 1 < side {
                visit(flow[at + side]);
            }
            let equation = &equations[at];
            let (xx, yy, xy) = (equation.xx + degree, equation.yy + degree, equation.xy);
            let (bx, by) = (equation.x + smoothness * sum[0], equation.y + smoothness * sum[1]);
            let share = OMEGA / (xx * yy - xy * xy);
            let old = flow[at];
            flow[at] = [
                old[0] + share * (yy * bx - xy * by) - OMEGA * old[0],
                old[1] + share * (xx * by - xy * bx) - OMEGA * old[1],
            ];
        }
    }
}

/// The derivatives along x and y of the affine motion that fits `flow` best where the pictures have something to see.
fn common_slopes(equations: &[Equation], flow: &[[f32; 2]], side: usize, smoothness: f32) -> [[f32; 2]; 2] {
    let middle = 0.5 * (side - 1) as f64;
    let (mut matrix, mut right) = ([[0.0f64; 3]; 3], [[0.0f64; 3]; 2]);
    for (at, (equation, flow)) in equations.iter().zip(flow).enumerate() {
        let seen = f64::from(equation.xx + equation.yy);
        let weight = seen / (seen + f64::from(smoothness));
        let terms = [1.0, (at % side) as f64 / middle - 1.0, (at / side) as f64 / middle - 1.0];
        for row in 0..3 {
            for column in 0..3 {
                matrix[row][column] += weight * terms[row] * terms[column];
            }
            for axis in 0..2 {
                right[axis][row] += weight * terms[row] * f64::from(flow[axis]);
            }
        }
    }
    // Little to see shall not turn the whole picture.
    for term in 0..3 {
        matrix[term][term] += RIDGE * (side * side) as f64;
    }
    let solved = right.map(|right| solved(matrix, right));
    [1, 2].map(|term| [0, 1].map(|axis| (solved[axis][term] / middle) as f32))
}

/// Elimination for a symmetric positive matrix, which needs no pivoting.
fn solved(mut matrix: [[f64; 3]; 3], mut right: [f64; 3]) -> [f64; 3] {
    for at in 0..3 {
        for row in (0..3).filter(|row| *row != at) {
            let share = matrix[row][at] / matrix[at][at];
            for column in at..3 {
                matrix[row][column] -= share * matrix[at][column];
            }
            right[row] -= share * right[at];
        }
    }
    [0, 1, 2].map(|at| right[at] / matrix[at][at])
}

/// Lets the flow run out of the picture with `slopes` instead of flat: where nothing can be seen, a turning or growing
/// picture goes on to turn or grow.
fn lean(equations: &mut [Equation], [along_x, along_y]: [[f32; 2]; 2], side: usize, smoothness: f32) {
    let mut add = |at: usize, slope: [f32; 2], sign: f32| {
        equations[at].x += sign * smoothness * slope[0];
        equations[at].y += sign * smoothness * slope[1];
    };
    for at in 0..side {
        add(at * side, along_x, -1.0);
        add(at * side + side - 1, along_x, 1.0);
        add(at, along_y, -1.0);
        add((side - 1) * side + at, along_y, 1.0);
    }
}
