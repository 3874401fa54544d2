//! Strokes without their erasers: for files that know none.

use std::borrow::Borrow;
use std::sync::Arc;

use super::line::{Node, center_line};
use super::{Sample, Stroke, Tool};

/// Strokes are looked at in steps of this.
const STEP: f32 = 1.0 / 512.0;

/// The strokes of one layer, oldest first, with the parts cut out that erasers took away later, and without the erasers. What
/// no eraser touches stays as it was drawn; of the rest the pieces that are left look as they did.
#[must_use]
pub fn without_erasers<S: Borrow<Stroke> + Into<Arc<Stroke>> + Clone>(strokes: &[S]) -> Vec<Arc<Stroke>> {
    let erasers: Vec<(usize, Vec<Node>)> = strokes
        .iter()
        .enumerate()
        .filter(|(_, stroke)| (*stroke).borrow().tool == Tool::Eraser)
        .map(|(at, stroke)| (at, center_line(stroke.borrow())))
        .collect();
    let mut left = Vec::new();
    for (at, stroke) in strokes.iter().enumerate() {
        if stroke.borrow().tool == Tool::Eraser {
            continue;
        }
        let later: Vec<&[Node]> =
            erasers.iter().filter(|(when, _)| *when > at).map(|(_, nodes)| nodes.as_slice()).collect();
        match pieces(stroke.borrow(), &later) {
            None => left.push(stroke.clone().into()),
            Some(pieces) => left.extend(pieces.into_iter().map(Arc::new)),
        }
    }
    left
}

/// What `erasers` leave of a stroke; `None` when that is all of it.
fn pieces(stroke: &Stroke, erasers: &[&[Node]]) -> Option<Vec<Stroke>> {
    let near: Vec<&[Node]> = erasers.iter().copied().filter(|nodes| may_touch(stroke, nodes)).collect();
    if near.is_empty() {
        return None;
    }
    let nodes = dense(&center_line(stroke));
    let is_gone: Vec<bool> = nodes.iter().map(|node| near.iter().any(|eraser| covers(eraser, *node))).collect();
    if !is_gone.contains(&true) {
        return None;
    }
    let millis = stroke.millis();
    let count = nodes.len().max(2) - 1;
    let sample = |at: usize| {
        let node = nodes[at];
        let time = (u64::from(millis) * at as u64 / count as u64) as u32;
        Sample { x: node.x, y: node.y, pressure: (node.radius / stroke.size).clamp(0.0, 1.0), millis: time }
    };
    let mut pieces = Vec::new();
    let mut run: Vec<Sample> = Vec::new();
    for at in 0..=nodes.len() {
        if at < nodes.len() && !is_gone[at] {
            run.push(sample(at));
        } else if !run.is_empty() {
            let samples = std::mem::take(&mut run);
            // With this thinning the radius is the pressure's share of the size.
            let piece =
                Stroke { samples: samples.into(), thinning: 1.0, smoothing: 0.0, streamline: 0.0, ..stroke.clone() };
            pieces.push(Stroke { is_pressure_simulated: false, ..piece });
        }
    }
    Some(pieces)
}

fn may_touch(stroke: &Stroke, eraser: &[Node]) -> bool {
    let reach = eraser.iter().map(|node| node.radius).fold(0.0, f32::max) + stroke.size;
    let span = |values: &mut dyn Iterator<Item = f32>| {
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let meet = |a: (f32, f32), b: (f32, f32)| a.0 - reach <= b.1 && b.0 - reach <= a.1;
    meet(span(&mut stroke.samples.iter().map(|s| s.x)), span(&mut eraser.iter().map(|n| n.x)))
        && meet(span(&mut stroke.samples.iter().map(|s| s.y)), span(&mut eraser.iter().map(|n| n.y)))
}

/// Nodes with no more than a step between them.
fn dense(nodes: &[Node]) -> Vec<Node> {
    let mut out: Vec<Node> = nodes.first().copied().into_iter().collect();
    for pair in nodes.windows(2) {
        let steps = ((pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y) / STEP).ceil().clamp(1.0, 4096.0);
        out.extend((1..=steps as u32).map(|step| pair[0].towards(pair[1], step as f32 / steps)));
    }
    out
}

fn covers(eraser: &[Node], node: Node) -> bool {
    let is_within = |from: Node, to: Node| {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx * dx + dy * dy;
        let along = (node.x - from.x) * dx + (node.y - from.y) * dy;
        let t = if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 };
        let near = from.towards(to, t);
        (near.x - node.x).hypot(near.y - node.y) <= near.radius
    };
    match eraser {
        [only] => is_within(*only, *only),
        nodes => nodes.windows(2).any(|pair| is_within(pair[0], pair[1])),
    }
}
