//! The outline of a stroke as a polygon.

use std::f32::consts::PI;

use super::Stroke;
use super::line::{Node, center_line};

/// The most degrees between two points of a round end.
const STEP: f32 = PI / 8.0;

/// Nodes nearer than this share of the radius to the last one add nothing to an outline.
const NEAR: f32 = 0.2;

/// The outline of `stroke` on the paper: a closed polygon, without its first point once more, to be filled by the nonzero rule
/// since it crosses itself where the stroke does. Ends and sharp corners are round. Empty without samples.
#[must_use]
pub fn outline(stroke: &Stroke) -> Vec<[f32; 2]> {
    let nodes = apart(&center_line(stroke));
    let (Some(&first), Some(&last)) = (nodes.first(), nodes.last()) else { return Vec::new() };
    if nodes.len() == 1 {
        return arc(first, 0.0, 2.0 * PI);
    }
    let angles: Vec<f32> = nodes.windows(2).map(|pair| (pair[1].y - pair[0].y).atan2(pair[1].x - pair[0].x)).collect();
    let mut left = Vec::with_capacity(2 * nodes.len());
    let mut right = Vec::with_capacity(nodes.len());
    for (at, &node) in nodes.iter().enumerate() {
        let before = angles[at.saturating_sub(1)];
        let after = angles[at.min(angles.len() - 1)];
        let turn = (after - before + PI).rem_euclid(2.0 * PI) - PI;
        if turn.abs() > 2.0 * STEP {
            // A corner: the outer side goes round it, the inner side straight through.
            let side = if turn > 0.0 { -PI / 2.0 } else { PI / 2.0 };
            let outer = arc(node, before + side, turn);
            let inner = point(node, before + turn / 2.0 - side);
            let (outside, inside) = if turn > 0.0 { (&mut left, &mut right) } else { (&mut right, &mut left) };
            outside.extend(outer);
            inside.push(inner);
        } else {
            let middle = before + turn / 2.0;
            left.push(point(node, middle - PI / 2.0));
            right.push(point(node, middle + PI / 2.0));
        }
    }
    let (start, end) = (angles[0], angles[angles.len() - 1]);
    left.extend(arc(last, end - PI / 2.0, PI));
    right.reverse();
    left.extend(right);
    left.extend(arc(first, start + PI / 2.0, PI));
    left
}

/// Whether the stroke has one width all along, which is then given: such a stroke is a plain line to other programs.
#[must_use]
pub fn even_width(stroke: &Stroke) -> Option<f32> {
    let nodes = center_line(stroke);
    let first = nodes.first()?.radius;
    nodes.iter().all(|node| (node.radius - first).abs() <= 1e-3 * first).then_some(2.0 * first)
}

fn point(node: Node, angle: f32) -> [f32; 2] {
    let (sine, cosine) = angle.sin_cos();
    [node.radius.mul_add(cosine, node.x), node.radius.mul_add(sine, node.y)]
}

/// Points around `node` from an angle on.
fn arc(node: Node, from: f32, turn: f32) -> Vec<[f32; 2]> {
    let steps = (turn.abs() / STEP).ceil().max(1.0);
    (0..=steps as u32).map(|step| point(node, from + turn * step as f32 / steps)).collect()
}

/// Nodes that have some way between them, so that each has a direction; the last one stays.
fn apart(nodes: &[Node]) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::with_capacity(nodes.len());
    for (at, &node) in nodes.iter().enumerate() {
        let is_apart = |last: &Node| (last.x - node.x).hypot(last.y - node.y) > NEAR * last.radius.max(node.radius);
        if kept.last().is_none_or(is_apart) {
            kept.push(node);
        } else if at + 1 == nodes.len() && kept.len() > 1 {
            kept.pop();
            kept.push(node);
        }
    }
    kept
}
