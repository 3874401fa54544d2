//! What a hand does to lines that a detector drew exactly: it moves, wobbles, forgets, overshoots and doubles them.
//!
//! Moving by a smooth random field follows Yang et al., Deep Plastic Surgery (2020), §3.3; strokes that mean nothing follow Liu et al.,
//! Unsupervised Sketch-to-Photo Synthesis (2020), §3.2.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::trace::{Line, is_closed, length, simplified};
use crate::control::{self, Rng};

/// How much lines are spoiled. Lengths are shares of the picture's side, probabilities 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spoiling {
    /// Deviation of the field that moves all lines.
    pub warp: f32,
    /// Deviation of what each line moves by itself; it turns and grows along with it.
    pub shift: f32,
    /// Deviation of the tremble along a line.
    pub tremble: f32,
    /// How often a line of usual length is left out; short ones more often, long ones less.
    pub drop: f32,
    /// How often a line loses one of its ends, or a ring gets a gap.
    pub cut: f32,
    /// How often a line goes on beyond its end.
    pub overshoot: f32,
    /// How often a line is drawn twice.
    pub double: f32,
    /// How often a line is drawn as a few straight ones.
    pub corner: f32,
    /// How often there are strokes that mean nothing.
    pub noise: f32,
}

impl Spoiling {
    /// Lines as they are.
    pub const NONE: Self = Self {
        warp: 0.0,
        shift: 0.0,
        tremble: 0.0,
        drop: 0.0,
        cut: 0.0,
        overshoot: 0.0,
        double: 0.0,
        corner: 0.0,
        noise: 0.0,
    };

    /// A hand of `strength`: 0 is [`Self::NONE`], 1 a child's, and for a network that is shown lines of [`super::Refinement`]
    /// `level`: the wider they are, the further they may have been moved, since what is drawn wide is not known exactly.
    #[must_use]
    pub fn of(strength: f32, level: f32) -> Self {
        let s = strength;
        Self {
            warp: s * 0.022f32.mul_add(level, 0.003),
            shift: s * 0.012f32.mul_add(level, 0.002),
            tremble: s * 0.0025,
            drop: s * 0.16,
            cut: s * 0.3,
            overshoot: s * 0.15,
            double: s * 0.12,
            corner: s * 0.25,
            noise: s * 0.2,
        }
    }
}

/// Points of the field along a side.
const FIELD: usize = 7;
/// Usual length of a line as a share of the side.
const USUAL: f32 = 0.15;

/// `lines` on paper of `side` pixels, spoiled.
#[must_use]
pub fn spoil(lines: &[Line], side: f32, options: &Spoiling, rng: &mut Rng) -> Vec<Line> {
    let field = Field::draw(side, options.warp * side, rng);
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        // A short line is forgotten up to twice as often as a usual one, a long one hardly ever.
        let likely = options.drop * (2.0 * USUAL * side / (USUAL * side + length(line))).min(2.0);
        if rng.random::<f32>() < likely || line.is_empty() {
            continue;
        }
        let mut stroke = line.clone();
        if rng.random::<f32>() < options.cut {
            cut(&mut stroke, rng);
        }
        if rng.random::<f32>() < options.corner {
            stroke = resampled(&simplified(&stroke, side * rng.random_range(0.006..0.02)), side / 100.0);
        }
        if rng.random::<f32>() < options.overshoot && !is_closed(&stroke) {
            overshoot(&mut stroke, side * rng.random_range(0.01..0.04));
        }
        let times = if rng.random::<f32>() < options.double { 2 } else { 1 };
        for _ in 0..times {
            let mut copy = stroke.clone();
            moved(&mut copy, side, options, rng);
            for point in &mut copy {
                field.apply(point);
            }
            out.push(copy);
        }
    }
    if rng.random::<f32>() < options.noise {
        out.extend(noise(&out, side, rng));
    }
    out
}

/// Displacements on a grid, with smooth ones between.
struct Field {
    cell: f32,
    values: Vec<[f32; 2]>,
}

impl Field {
    fn draw(side: f32, deviation: f32, rng: &mut Rng) -> Self {
        let normal = control::normal(rng, 2 * FIELD * FIELD, 0.0, f64::from(deviation));
        let (values, _) = normal.as_chunks::<2>();
        Self { cell: side / (FIELD - 1) as f32, values: values.to_vec() }
    }

    fn apply(&self, point: &mut [f32; 2]) {
        let most = (FIELD - 1) as f32 - 1e-3;
        let [x, y] = point.map(|at| (at / self.cell).clamp(0.0, most));
        let (column, row) = (x as usize, y as usize);
        let ease = |share: f32| share * share * 2.0f32.mul_add(-share, 3.0);
        let (fx, fy) = (ease(x.fract()), ease(y.fract()));
        for (axis, at) in point.iter_mut().enumerate() {
            let value = |dx: usize, dy: usize| self.values[(row + dy) * FIELD + column + dx][axis];
            let top = fx.mul_add(value(1, 0) - value(0, 0), value(0, 0));
            let bottom = fx.mul_add(value(1, 1) - value(0, 1), value(0, 1));
            *at += fy.mul_add(bottom - top, top);
        }
    }
}

/// The line moved, turned and scaled a little around its middle, with a tremble along it.
fn moved(line: &mut Line, side: f32, options: &Spoiling, rng: &mut Rng) {
    let n = line.len() as f32;
    let middle = line.iter().fold([0.0; 2], |sum, point| [sum[0] + point[0] / n, sum[1] + point[1] / n]);
    let reach = line.iter().map(|point| super::trace::apart(*point, middle)).fold(0.0, f32::max);
    let normal = control::normal(rng, 4, 0.0, 1.0);
    let shift = options.shift * side;
    // The ends of a long line move by turning about as far as the line itself moves.
    let turn = shift / reach.max(0.05 * side);
    let (sine, cosine) = (turn * normal[0]).sin_cos();
    let scale = turn.mul_add(normal[1], 1.0);
    let tremble = options.tremble * side;
    let every = 0.04 * side;
    let knots = (length(line) / every) as usize + 3;
    let steps = control::normal(rng, 2 * knots, 0.0, f64::from(tremble));
    let (mut along, mut last) = (0.0, line.first().copied().unwrap_or_default());
    for point in line.iter_mut() {
        along += super::trace::apart(*point, last);
        last = *point;
        let at = along / every;
        let (knot, share) = ((at as usize).min(knots - 2), at.fract());
        let (dx, dy) = (point[0] - middle[0], point[1] - middle[1]);
        let turned = [cosine.mul_add(dx, -sine * dy), sine.mul_add(dx, cosine * dy)];
        for axis in 0..2 {
            let (before, after) = (steps[2 * knot + axis], steps[2 * knot + 2 + axis]);
            let wobble = share.mul_add(after - before, before);
            point[axis] = middle[axis] + scale * turned[axis] + shift * normal[2 + axis] + wobble;
        }
    }
}

/// Takes 5 to 20 % away at one end; a ring becomes an open line.
fn cut(line: &mut Line, rng: &mut Rng) {
    let n = (line.len() as f32 * rng.random_range(0.05..0.2)) as usize;
    if line.len() < 8 {
        return;
    }
    if is_closed(line) {
        line.pop();
        let start = rng.random_range(0..line.len());
        line.rotate_left(start);
    }
    if rng.random::<bool>() {
        line.drain(..n);
    } else {
        line.truncate(line.len() - n);
    }
}

/// Goes on beyond the last point.
fn overshoot(line: &mut Line, by: f32) {
    let Some(&last) = line.last() else { return };
    let inside = line[line.len().saturating_sub(6)];
    let far = super::trace::apart(last, inside);
    if far > 0.0 {
        line.push([last[0] + by * (last[0] - inside[0]) / far, last[1] + by * (last[1] - inside[1]) / far]);
    }
}

/// The same line with points at most `step` pixels apart.
fn resampled(line: &[[f32; 2]], step: f32) -> Line {
    let mut out = Line::new();
    for pair in line.windows(2) {
        let n = (super::trace::apart(pair[0], pair[1]) / step).ceil().max(1.0) as usize;
        for at in 0..n {
            let share = at as f32 / n as f32;
            out.push([
                share.mul_add(pair[1][0] - pair[0][0], pair[0][0]),
                share.mul_add(pair[1][1] - pair[0][1], pair[0][1]),
            ]);
        }
    }
    out.extend(line.last());
    out
}

/// One to three strokes that mean nothing: wandering ones, or copies of others somewhere else.
fn noise(lines: &[Line], side: f32, rng: &mut Rng) -> Vec<Line> {
    let count = rng.random_range(1..=3);
    (0..count)
        .map(|_| {
            let [x, y] = [0, 1].map(|_| side * rng.random::<f32>());
            match lines.choose(rng).filter(|_| rng.random::<bool>()) {
                Some(line) if !line.is_empty() => {
                    let part = line.len().min(40);
                    line[..part].iter().map(|point| [point[0] - line[0][0] + x, point[1] - line[0][1] + y]).collect()
                }
                _ => wander([x, y], side, rng),
            }
        })
        .collect()
}

/// A curved stroke from `start` on.
fn wander(start: [f32; 2], side: f32, rng: &mut Rng) -> Line {
    let mut heading = std::f32::consts::TAU * rng.random::<f32>();
    let bend = rng.random_range(-0.25_f32..0.25);
    let step = side / 100.0;
    let mut at = start;
    let n = rng.random_range(5..30);
    (0..n)
        .map(|_| {
            heading += bend + rng.random_range(-0.2..0.2);
            at = [step.mul_add(heading.cos(), at[0]), step.mul_add(heading.sin(), at[1])];
            at
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles() -> Vec<Line> {
        let ring = |x: f32, y: f32, r: f32| {
            (0..=80)
                .map(|at| (at as f32 / 80.0 * std::f32::consts::TAU).sin_cos())
                .map(|(b, a)| [r.mul_add(a, x), r.mul_add(b, y)])
                .collect()
        };
        vec![ring(128.0, 128.0, 80.0), ring(100.0, 110.0, 12.0), ring(156.0, 110.0, 12.0)]
    }

    #[test]
    fn nothing_is_spoiled_at_strength_0() {
        let lines = circles();
        let same = spoil(&lines, 256.0, &Spoiling::of(0.0, 1.0), &mut control::rng(1, 0));
        let off = lines.iter().flatten().zip(same.iter().flatten()).map(|(a, b)| super::super::trace::apart(*a, *b));
        assert_eq!(same.len(), lines.len());
        assert!(off.fold(0.0, f32::max) < 0.01);
    }

    #[test]
    fn lines_move_about_as_far_as_asked_and_seeds_repeat() {
        let only_moved = Spoiling { warp: 0.02, shift: 0.01, ..Spoiling::NONE };
        let (mut sum, mut n) = (0.0, 0.0);
        for seed in 0..40 {
            let found = spoil(&circles(), 256.0, &only_moved, &mut control::rng(seed, 0));
            assert_eq!(found, spoil(&circles(), 256.0, &only_moved, &mut control::rng(seed, 0)), "the same seed");
            for (a, b) in circles().iter().flatten().zip(found.iter().flatten()) {
                sum += super::super::trace::apart(*a, *b);
                n += 1.0;
            }
        }
        let mean = sum / n;
        assert!((3.0..12.0).contains(&mean), "{mean} pixels on average");
    }

    #[test]
    fn every_hand_leaves_points_that_are_numbers() {
        for seed in 0..60 {
            let lines = [circles(), vec![vec![], vec![[3.0, 4.0]], vec![[1.0, 1.0], [1.0, 1.0]]]].concat();
            let found = spoil(&lines, 256.0, &Spoiling::of(1.0, 0.5), &mut control::rng(seed, 0));
            assert!(found.iter().flatten().flatten().all(|value| value.is_finite()), "seed {seed}");
        }
    }
}
