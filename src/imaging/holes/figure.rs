//! Random closed figures, composed of smooth outlines and limbs: blobs, people, animals, things, heaps.
//!
//! A figure is about one unit large around the origin, y down. It is scaled, turned and placed when it is filled in.

use std::f32::consts::{PI, TAU};

use rand::Rng as _;

use super::raster::{fill_capsule, fill_polygon};
use crate::control::Rng;
use crate::imaging::{ImagePos, Plane};

/// Corners of a smooth outline.
const CORNERS: usize = 72;

/// A composed shape and how it is turned.
pub(super) struct Figure {
    parts: Vec<Part>,
    turn: f32,
    is_mirrored: bool,
}

enum Part {
    Outline(Vec<ImagePos>),
    /// A thick line with round ends.
    Limb {
        from: ImagePos,
        to: ImagePos,
        radius: f32,
    },
}

impl Figure {
    /// One of all kinds.
    pub(super) fn random(rng: &mut Rng) -> Self {
        let (parts, most_turn) = match rng.random_range(0..10) {
            0..3 => (vec![blob(rng)], PI),
            3..5 => (person(rng), 0.25),
            5..7 => (animal(rng), 0.3),
            7..9 => (thing(rng), PI),
            _ => (heap(rng), PI),
        };
        Self { parts, turn: rng.random_range(-most_turn..most_turn), is_mirrored: rng.random() }
    }

    /// Fills the figure around `place`, `scale` pixels a unit.
    pub(super) fn fill(&self, holes: &mut Plane<bool>, place: ImagePos, scale: f32) {
        let (sin, cos) = self.turn.sin_cos();
        let image_from_figure = |p: ImagePos| {
            let x = if self.is_mirrored { -p.x } else { p.x };
            ImagePos::new(place.x + scale * (cos * x - sin * p.y), place.y + scale * (sin * x + cos * p.y))
        };
        for part in &self.parts {
            match part {
                Part::Outline(corners) => {
                    let corners: Vec<ImagePos> = corners.iter().map(|&p| image_from_figure(p)).collect();
                    fill_polygon(holes, &corners);
                }
                Part::Limb { from, to, radius } => {
                    fill_capsule(holes, image_from_figure(*from), image_from_figure(*to), radius * scale);
                }
            }
        }
    }
}

const fn pos(x: f32, y: f32) -> ImagePos {
    ImagePos::new(x, y)
}

/// The end of a line of `length` from `from`; angle 0 points down, positive angles to the right.
fn reach(from: ImagePos, angle: f32, length: f32) -> ImagePos {
    pos(from.x + length * angle.sin(), from.y + length * angle.cos())
}

/// A smooth closed curve around `center`: `radius(angle)` times the two half axes, turned by `turn`.
fn outline(center: ImagePos, half: [f32; 2], turn: f32, radius: impl Fn(f32) -> f32) -> Part {
    let (sin, cos) = turn.sin_cos();
    let corner = |at: usize| {
        let angle = at as f32 * TAU / CORNERS as f32;
        let r = radius(angle);
        let (x, y) = (half[0] * r * angle.cos(), half[1] * r * angle.sin());
        pos(center.x + cos * x - sin * y, center.y + sin * x + cos * y)
    };
    Part::Outline((0..CORNERS).map(corner).collect())
}

fn ellipse(center: ImagePos, half: [f32; 2], turn: f32) -> Part {
    outline(center, half, turn, |_| 1.0)
}

/// Two joined limbs, the second bent from the first, as arms and legs have them.
fn bent_limb(parts: &mut Vec<Part>, from: ImagePos, angles: [f32; 2], lengths: [f32; 2], radii: [f32; 2]) {
    let joint = reach(from, angles[0], lengths[0]);
    let end = reach(joint, angles[1], lengths[1]);
    parts.push(Part::Limb { from, to: joint, radius: radii[0] });
    parts.push(Part::Limb { from: joint, to: end, radius: radii[1] });
}

/// A closed curve whose radius is a random sum of a few waves.
fn blob(rng: &mut Rng) -> Part {
    let rough = rng.random_range(0.1..0.9_f32);
    let waves: Vec<(f32, f32, f32)> = (2..8)
        .map(|k| (k as f32, rough * rng.random_range(-1.0..1.0_f32) / k as f32, rng.random_range(0.0..TAU)))
        .collect();
    let half = [0.45, 0.45 * rng.random_range(0.35..1.0_f32)];
    outline(pos(0.0, 0.0), half, 0.0, |angle| {
        let sum: f32 = waves.iter().map(|(k, height, phase)| height * (k * angle + phase).cos()).sum();
        (1.0 + sum).max(0.15)
    })
}

/// Head, trunk, two arms and two legs in a random pose.
fn person(rng: &mut Rng) -> Vec<Part> {
    let broad = rng.random_range(0.8..1.4_f32);
    let (shoulder, hip) = (0.105 * broad, 0.075 * broad);
    let trunk = vec![pos(-shoulder, -0.29), pos(shoulder, -0.29), pos(hip, 0.06), pos(-hip, 0.06)];
    let mut parts = vec![
        ellipse(pos(rng.random_range(-0.02..0.02_f32), -0.41), [0.06, 0.075], 0.0),
        Part::Limb { from: pos(0.0, -0.36), to: pos(0.0, -0.26), radius: 0.035 },
        Part::Outline(trunk),
        ellipse(pos(0.0, -0.12), [shoulder, 0.2], 0.0),
    ];
    for side in [-1.0_f32, 1.0] {
        let swing = rng.random_range(-0.1..0.9_f32);
        let bend = rng.random_range(-0.9..0.9_f32);
        let from = pos(side * shoulder * 0.85, -0.26);
        bent_limb(&mut parts, from, [side * swing, side * (swing + bend)], [0.18, 0.17], [0.035 * broad, 0.03 * broad]);
        let step = rng.random_range(-0.05..0.4_f32);
        let knee = rng.random_range(-0.4..0.1_f32);
        let from = pos(side * hip * 0.6, 0.04);
        bent_limb(&mut parts, from, [side * step, side * (step + knee)], [0.22, 0.22], [0.05 * broad, 0.038 * broad]);
    }
    if rng.random_bool(0.3) {
        let side = if rng.random() { 1.0 } else { -1.0 };
        parts.push(ellipse(pos(side * 0.15, rng.random_range(-0.15..0.2_f32)), [0.07, 0.1], 0.2));
    }
    parts
}

/// A lying trunk on four legs, with neck, head and tail.
fn animal(rng: &mut Rng) -> Vec<Part> {
    let (length, depth) = (rng.random_range(0.2..0.32_f32), rng.random_range(0.09..0.17_f32));
    let leg = rng.random_range(0.08..0.3_f32);
    let mut parts = vec![ellipse(pos(0.0, 0.0), [length, depth], rng.random_range(-0.15..0.15_f32))];
    let neck_from = pos(length * 0.75, -depth * 0.3);
    let neck_to = reach(neck_from, rng.random_range(1.6..2.9_f32), rng.random_range(0.08..0.25_f32));
    let head = rng.random_range(0.05..0.1_f32);
    parts.push(Part::Limb { from: neck_from, to: neck_to, radius: depth * 0.45 });
    parts.push(ellipse(pos(neck_to.x + head * 0.6, neck_to.y), [head * 1.4, head], rng.random_range(-0.4..0.7_f32)));
    for x in [-0.75, -0.55, 0.5, 0.7_f32] {
        let angle = rng.random_range(-0.35..0.35_f32);
        let bend = rng.random_range(-0.4..0.4_f32);
        let from = pos(x * length, depth * 0.4);
        let half = leg / 2.0 + depth * 0.3;
        bent_limb(&mut parts, from, [angle, angle + bend], [half, half], [0.035, 0.025]);
    }
    let tail = pos(-length * 0.95, -depth * 0.2);
    let angle = rng.random_range(-2.6..-0.4_f32);
    let bend = rng.random_range(-0.8..0.8_f32);
    bent_limb(&mut parts, tail, [angle, angle + bend], [0.1, 0.1], [0.025, 0.02]);
    parts
}

/// One to three rounded boxes, now and then with wheels, posts or a handle.
fn thing(rng: &mut Rng) -> Vec<Part> {
    let mut parts = Vec::new();
    for at in 0..rng.random_range(1..=3) {
        let away = if at == 0 { 0.0 } else { 0.25 };
        let center = pos(rng.random_range(-1.0..1.0_f32) * away, rng.random_range(-1.0..1.0_f32) * away);
        let half = [rng.random_range(0.08..0.42_f32), rng.random_range(0.08..0.3_f32)];
        let power = rng.random_range(2.0..9.0_f32);
        parts.push(outline(center, half, 0.0, |angle| {
            (angle.cos().abs().powf(power) + angle.sin().abs().powf(power)).powf(-1.0 / power)
        }));
    }
    for _ in 0..rng.random_range(0..=4) {
        let from = pos(rng.random_range(-0.3..0.3_f32), rng.random_range(-0.1..0.2_f32));
        let is_wheel = rng.random_bool(0.4);
        if is_wheel {
            let radius = rng.random_range(0.05..0.13_f32);
            parts.push(ellipse(pos(from.x, 0.25), [radius, radius], 0.0));
        } else {
            let to = reach(from, rng.random_range(-PI..PI), rng.random_range(0.1..0.4_f32));
            parts.push(Part::Limb { from, to, radius: rng.random_range(0.015..0.05_f32) });
        }
    }
    parts
}

/// A chain of overlapping ellipses, as bushes and groups make.
fn heap(rng: &mut Rng) -> Vec<Part> {
    let mut center = pos(0.0, 0.0);
    let mut parts = Vec::new();
    for _ in 0..rng.random_range(3..=8) {
        let half = [rng.random_range(0.08..0.24_f32), rng.random_range(0.08..0.24_f32)];
        parts.push(ellipse(center, half, rng.random_range(0.0..PI)));
        let next = reach(center, rng.random_range(0.0..TAU), 0.16);
        center = pos(next.x.clamp(-0.35, 0.35), next.y.clamp(-0.35, 0.35));
    }
    parts
}
