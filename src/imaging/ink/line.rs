//! The middle of a stroke and its width at each point.
//!
//! A stroke's samples become calm in three steps, each of which can be switched off: the line lags behind the pointer
//! (streamline), corners are rounded, and the widths follow pressure. The conventions (a radius of
//! `size * (0.5 - thinning * (0.5 - pressure))`, a lag of `0.15 + 0.85 * (1 - streamline)` at each sample, the first jitter
//! left out) are those that drawing programs share; the rest is our own. All positions stay in the convex hull of the samples.

use super::{Sample, Stroke};

/// No part of a stroke is thinner than this share of its size.
const MIN_RADIUS: f32 = 0.05;

/// The lag of a line at full streamline: the share of the way to the pointer that it makes at each sample.
const LEAST_LAG: f32 = 0.15;

/// At this speed, in sides of the paper a second, a pen that tells no pressure is pressed as usual.
const USUAL_SPEED: f32 = 0.8;

/// Simulated pressure follows the speed within a path of so many sizes.
const PRESSURE_REACH: f32 = 4.0;

/// Rounds of rounding.
const ROUNDS: usize = 2;

/// Pieces of a rounded corner are not longer than this.
const PIECE: f32 = 1.0 / 256.0;

/// The most pieces of one corner.
const MAX_PIECES: f32 = 24.0;

/// A point of a stroke's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// To the right, 0..=1 on the paper.
    pub x: f32,
    /// Down, 0..=1 on the paper.
    pub y: f32,
    /// Half of the width there, as a fraction of the paper's side.
    pub radius: f32,
}

impl Node {
    pub(super) fn towards(self, other: Self, t: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * t;
        Self { x: mix(self.x, other.x), y: mix(self.y, other.y), radius: mix(self.radius, other.radius) }
    }

    fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The middle of `stroke` with its widths: at least one node for a stroke with samples, the first and the last at the first and
/// last sample. With smoothing and streamline at 0 the nodes are the samples. Works for strokes that still grow.
#[must_use]
pub fn center_line(stroke: &Stroke) -> Vec<Node> {
    let mut nodes = calmed(stroke);
    if stroke.smoothing > 0.0 && nodes.len() > 2 {
        for _ in 0..ROUNDS {
            round(&mut nodes, stroke.smoothing.min(1.0));
        }
        nodes = curved(&nodes);
    }
    nodes
}

/// Half of the width at a pressure.
fn radius(stroke: &Stroke, pressure: f32) -> f32 {
    let share = 0.5 - stroke.thinning * (0.5 - pressure);
    stroke.size * share.clamp(MIN_RADIUS, 1.0)
}

/// Nodes at the samples, lagging behind them.
fn calmed(stroke: &Stroke) -> Vec<Node> {
    let samples = &*stroke.samples;
    let Some((&first, rest)) = samples.split_first() else { return Vec::new() };
    let pressures = if stroke.is_pressure_simulated { simulated(samples, stroke.size) } else { told(samples) };
    let node = |sample: Sample, pressure: f32| Node { x: sample.x, y: sample.y, radius: radius(stroke, pressure) };
    let start = node(first, pressures[0]);
    let lag = LEAST_LAG + (1.0 - stroke.streamline.clamp(0.0, 1.0)) * (1.0 - LEAST_LAG);
    let is_calmed = stroke.streamline > 0.0;
    let (mut nodes, mut last, mut length) = (vec![start], start, 0.0);
    for (at, (&sample, &pressure)) in rest.iter().zip(&pressures[1..]).enumerate() {
        let raw = node(sample, pressure);
        let is_end = at + 1 == rest.len();
        let mut next = if is_end || !is_calmed { raw } else { last.towards(raw, lag) };
        next.radius = raw.radius;
        length += last.distance(next);
        last = next;
        // The first trembling of the hand, before the line has gone anywhere, is no part of it.
        if !is_calmed || is_end || length > stroke.size {
            nodes.push(next);
        }
    }
    nodes
}

fn told(samples: &[Sample]) -> Vec<f32> {
    samples.iter().map(|sample| sample.pressure.clamp(0.0, 1.0)).collect()
}

/// Pressure from speed: slow is strong. It begins as usual and follows within a few sizes of the way.
fn simulated(samples: &[Sample], size: f32) -> Vec<f32> {
    let mut pressures = vec![Sample::USUAL; samples.len()];
    let (mut pressure, mut way, mut since) = (Sample::USUAL, 0.0, 0);
    for (at, pair) in samples.windows(2).enumerate() {
        way += (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
        since += pair[1].millis.saturating_sub(pair[0].millis);
        // Samples of one moment, or of one place, tell no speed.
        if since > 0 && way > 0.0 {
            let speed = way / (since as f32 / 1000.0);
            let wanted = USUAL_SPEED / (USUAL_SPEED + speed);
            pressure += (wanted - pressure) * (1.0 - (-way / (PRESSURE_REACH * size)).exp());
            (way, since) = (0.0, 0);
        }
        pressures[at + 1] = pressure;
    }
    pressures
}

/// Moves each inner node towards the middle of its neighbors.
fn round(nodes: &mut [Node], strength: f32) {
    let mut before = nodes[0];
    for at in 1..nodes.len() - 1 {
        let here = nodes[at];
        let middle = before.towards(nodes[at + 1], 0.5);
        nodes[at] = here.towards(middle, 0.5 * strength);
        before = here;
    }
}

/// The curve through the middles between neighbors, whose corners are the nodes (a quadratic B-spline): it stays within
/// their convex hull and does not overshoot.
fn curved(nodes: &[Node]) -> Vec<Node> {
    let (first, last) = (nodes[0], nodes[nodes.len() - 1]);
    let mut out = Vec::with_capacity(2 * nodes.len());
    out.push(first);
    let mut from = first.towards(nodes[1], 0.5);
    out.push(from);
    for pair in nodes[1..].windows(2) {
        let to = pair[0].towards(pair[1], 0.5);
        let length = from.distance(pair[0]) + pair[0].distance(to);
        let pieces = (length / PIECE).ceil().clamp(1.0, MAX_PIECES);
        for piece in 1..=pieces as u32 {
            let t = piece as f32 / pieces;
            out.push(from.towards(pair[0], t).towards(pair[0].towards(to, t), t));
        }
        from = to;
    }
    out.push(last);
    out
}
