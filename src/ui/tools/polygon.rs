//! The polygon: each click is a corner; a double click, Enter or a click on the first corner closes it.

use super::layer::MaskLayer;
use super::{Outline, OutlineLook, Press, ToolContext, ToolEvent, ToolOutcome};
use crate::imaging::ImagePos;
use crate::imaging::mask::Paint;
use crate::imaging::shape;

/// How near to the first corner a click closes the polygon, in points of the screen.
const CLOSE_REACH: f32 = 8.0;

/// The tool and its unfinished polygon.
#[derive(Debug, Default)]
pub(super) enum PolygonTool {
    /// No corner yet.
    #[default]
    Ready,
    /// At least one corner.
    Drawing { paint: Paint, points: Vec<ImagePos> },
}

impl PolygonTool {
    pub(super) const fn is_drawing(&self) -> bool {
        matches!(self, Self::Drawing { .. })
    }

    pub(super) fn handle(&mut self, event: ToolEvent, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        match event {
            ToolEvent::Press(press) => return self.click(press, ctx),
            ToolEvent::Confirm => return self.close(ctx),
            ToolEvent::StepBack => self.step_back(),
            ToolEvent::Abort => *self = Self::Ready,
            ToolEvent::Move(_) | ToolEvent::Release(_) => {}
        }
        None
    }

    pub(super) fn outline(&self, hover: Option<ImagePos>) -> Option<Outline> {
        let Self::Drawing { points, .. } = self else { return None };
        let points: Vec<ImagePos> = points.iter().copied().chain(hover).collect();
        let is_closed = points.len() > 2;
        Some(Outline { points, is_closed, look: OutlineLook::Corners })
    }

    fn click(&mut self, press: Press, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        let pos = press.at.pos;
        let Self::Drawing { points, .. } = self else {
            let paint = if press.is_inverse { Paint::Subtract } else { Paint::Add };
            *self = Self::Drawing { paint, points: vec![pos] };
            return None;
        };
        let is_on_first = points.first().is_some_and(|first| first.distance(pos) * ctx.points_per_pixel <= CLOSE_REACH);
        if points.len() > 2 && (press.is_double || is_on_first) {
            return self.close(ctx);
        }
        if !press.is_double {
            points.push(pos);
        }
        None
    }

    fn step_back(&mut self) {
        if let Self::Drawing { points, .. } = self {
            points.pop();
            if points.is_empty() {
                *self = Self::Ready;
            }
        }
    }

    /// Fills the polygon; with fewer than three corners it stays open.
    fn close(&mut self, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        let Self::Drawing { paint, points } = self else { return None };
        if points.len() < 3 {
            return None;
        }
        let has_changed = ctx.history.commit(MaskLayer::Holes.action(), |document| {
            shape::polygon(MaskLayer::Holes.of(document), points, *paint);
        });
        let has_marked = has_changed && *paint == Paint::Add;
        *self = Self::Ready;
        has_marked.then_some(ToolOutcome::Marked)
    }
}
