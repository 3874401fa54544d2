//! Rectangle and lasso: an outline that follows the pointer and is filled when the button goes up.

use super::layer::MaskLayer;
use super::{Outline, OutlineLook, PointerSample, Press, ToolContext, ToolEvent, ToolOutcome};
use crate::imaging::mask::Paint;
use crate::imaging::shape;
use crate::imaging::{ImagePos, Mask};

/// How far the pointer moves on the screen, in points, before the lasso gets another corner.
const LASSO_STEP: f32 = 1.0;

/// Which outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Between two corners.
    Rectangle,
    /// Freehand.
    Lasso,
}

/// The tool and its unfinished outline.
#[derive(Debug, Default)]
pub(super) enum RegionTool {
    /// Nothing begun.
    #[default]
    Ready,
    /// The button is down.
    Drawing {
        kind: Kind,
        paint: Paint,
        /// Two opposite corners, or all corners of the lasso. Never empty.
        points: Vec<ImagePos>,
    },
}

impl RegionTool {
    pub(super) const fn is_drawing(&self) -> bool {
        matches!(self, Self::Drawing { .. })
    }

    pub(super) fn handle(&mut self, event: ToolEvent, kind: Kind, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        match event {
            ToolEvent::Press(Press { at, is_inverse, .. }) => {
                let paint = if is_inverse { Paint::Subtract } else { Paint::Add };
                let points = if kind == Kind::Rectangle { vec![at.pos; 2] } else { vec![at.pos] };
                *self = Self::Drawing { kind, paint, points };
            }
            ToolEvent::Move(at) => self.follow(at, ctx.points_per_pixel),
            ToolEvent::Release(at) => {
                self.follow(at, ctx.points_per_pixel);
                return self.fill(ctx);
            }
            ToolEvent::Abort => *self = Self::Ready,
            ToolEvent::Confirm | ToolEvent::StepBack => {}
        }
        None
    }

    pub(super) fn outline(&self) -> Option<Outline> {
        let Self::Drawing { kind, points, .. } = self else { return None };
        let points = match (kind, points.as_slice()) {
            (Kind::Rectangle, &[a, b]) => vec![a, ImagePos::new(b.x, a.y), b, ImagePos::new(a.x, b.y)],
            _ => points.clone(),
        };
        Some(Outline { points, is_closed: *kind == Kind::Rectangle, look: OutlineLook::Line })
    }

    fn follow(&mut self, at: PointerSample, points_per_pixel: f32) {
        let Self::Drawing { kind, points, .. } = self else { return };
        match (kind, points.as_mut_slice()) {
            (Kind::Rectangle, [from, to]) => *to = if at.is_shift { square_corner(*from, at.pos) } else { at.pos },
            (Kind::Lasso, [.., last]) if last.distance(at.pos) * points_per_pixel >= LASSO_STEP => points.push(at.pos),
            _ => {}
        }
    }

    fn fill(&mut self, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        let Self::Drawing { kind, paint, points } = std::mem::take(self) else { return None };
        let has_changed = ctx.history.commit(MaskLayer::Holes.action(), |document| {
            let mask: &mut Mask = MaskLayer::Holes.of(document);
            match (kind, points.as_slice()) {
                (Kind::Rectangle, &[a, b]) => shape::rectangle(mask, a, b, paint),
                _ => shape::polygon(mask, &points, paint),
            };
        });
        (has_changed && paint == Paint::Add).then_some(ToolOutcome::Marked)
    }
}

/// The corner opposite of `from` that makes a square of the longer side, towards `to`.
fn square_corner(from: ImagePos, to: ImagePos) -> ImagePos {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let side = dx.abs().max(dy.abs());
    ImagePos::new(from.x + side.copysign(dx), from.y + side.copysign(dy))
}
