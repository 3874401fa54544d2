//! Which stroke is under the pointer.

use std::sync::Arc;

use crate::document::explore::{PicturePos, Stroke, StrokeId, StrokeTool};

/// How near to a stroke's line a press still means it, as a part of the picture's side.
const REACH: f32 = 0.02;

/// The topmost visible stroke at `at`.
#[must_use]
pub(super) fn stroke_at(strokes: &[Arc<Stroke>], at: PicturePos) -> Option<StrokeId> {
    let hit = |stroke: &&Arc<Stroke>| stroke.is_visible && is_at(stroke, at);
    strokes.iter().rev().find(hit).map(|stroke| stroke.id)
}

fn is_at(stroke: &Stroke, at: PicturePos) -> bool {
    let reach = (stroke.width / 2.0).max(REACH);
    if let StrokeTool::Warp { to, .. } = stroke.tool {
        return (at.x - to.x).abs().max((at.y - to.y).abs()) <= reach;
    }
    if let StrokeTool::Drag { from, to } = stroke.tool {
        return distance_to_segment(at, from, to) <= reach;
    }
    let mut last = stroke.points.first().copied().unwrap_or_default();
    stroke.points.iter().any(|point| {
        let distance = distance_to_segment(at, last, *point);
        last = *point;
        distance <= reach
    })
}

fn distance_to_segment(at: PicturePos, from: PicturePos, to: PicturePos) -> f32 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((at.x - from.x) * dx + (at.y - from.y) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (at.x - along.mul_add(dx, from.x)).hypot(at.y - along.mul_add(dy, from.y))
}
