//! Object select: a scribble on an object or a loop around it. The outline itself is found elsewhere; nothing changes
//! here.

use super::{Outline, OutlineLook, PointerSample, ToolContext, ToolEvent, ToolOutcome};
use crate::imaging::mask::Paint;
use crate::imaging::raster::{self, Brush};
use crate::imaging::shape;
use crate::imaging::{ImagePos, Mask, Size};

/// How near to its start a path must end to be a loop, in points of the screen…
const CLOSE_REACH: f32 = 24.0;
/// … or as a part of its length.
const CLOSE_PART: f32 = 0.15;
/// The least area of a loop as a part of the square of its length (a circle has 0.08): a scribble has less.
const LOOP_AREA: f32 = 0.02;

/// The tool and its unfinished path.
#[derive(Debug, Default)]
pub(super) enum ObjectTool {
    /// Nothing begun.
    #[default]
    Ready,
    /// The button is down.
    Drawing {
        brush: Brush,
        /// Never empty.
        path: Vec<PointerSample>,
    },
}

impl ObjectTool {
    pub(super) const fn is_drawing(&self) -> bool {
        matches!(self, Self::Drawing { .. })
    }

    pub(super) fn handle(&mut self, event: ToolEvent, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        match event {
            ToolEvent::Press(press) if !press.is_inverse => {
                *self = Self::Drawing { brush: ctx.brush.brush(Paint::Add), path: vec![press.at] };
            }
            ToolEvent::Move(at) => self.follow(at),
            ToolEvent::Release(at) => {
                self.follow(at);
                return self.finish(ctx);
            }
            ToolEvent::Abort => *self = Self::Ready,
            ToolEvent::Press(_) | ToolEvent::Confirm | ToolEvent::StepBack => {}
        }
        None
    }

    pub(super) fn outline(&self) -> Option<Outline> {
        let Self::Drawing { brush, path } = self else { return None };
        let points = path.iter().map(|at| at.pos).collect();
        Some(Outline { points, is_closed: false, look: OutlineLook::Scribble(brush.radius * 2.0) })
    }

    fn follow(&mut self, at: PointerSample) {
        if let Self::Drawing { path, .. } = self
            && path.last().is_none_or(|last| last.pos != at.pos)
        {
            path.push(at);
        }
    }

    fn finish(&mut self, ctx: &ToolContext<'_>) -> Option<ToolOutcome> {
        let Self::Drawing { brush, path } = std::mem::take(self) else { return None };
        let size = ctx.history.document().holes.size();
        let points: Vec<ImagePos> = path.iter().map(|at| at.pos).collect();
        let is_loop = is_loop(&points, CLOSE_REACH / ctx.points_per_pixel.max(f32::MIN_POSITIVE));
        let mask = if is_loop { inside(size, &points) } else { scribble(size, &path, &brush, ctx) };
        (!mask.is_empty()).then_some(ToolOutcome::Rough { mask, is_loop })
    }
}

fn inside(size: Size, points: &[ImagePos]) -> Mask {
    let mut mask = Mask::empty(size);
    shape::polygon(&mut mask, points, Paint::Add);
    mask
}

fn scribble(size: Size, path: &[PointerSample], brush: &Brush, ctx: &ToolContext<'_>) -> Mask {
    let mut mask = Mask::empty(size);
    let mut last = None;
    for at in path {
        let to = ctx.brush.sample(*at);
        raster::stroke(&mut mask, last.unwrap_or(to), to, brush);
        last = Some(to);
    }
    mask
}

/// Whether a path closes on itself and has something inside; `reach` is in pixels of the photo.
fn is_loop(points: &[ImagePos], reach: f32) -> bool {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return false };
    let length: f32 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let ends = points.iter().zip(points.iter().cycle().skip(1));
    let area: f32 =
        ends.map(|(a, b)| (a.x - first.x) * (b.y - first.y) - (b.x - first.x) * (a.y - first.y)).sum::<f32>() / 2.0;
    first.distance(*last) <= reach.min(length / 4.0).max(length * CLOSE_PART)
        && area.abs() > LOOP_AREA * length * length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arc(turns: f32, radius: f32) -> Vec<ImagePos> {
        let at = |i: u16| f32::from(i) / 40.0 * turns * std::f32::consts::TAU;
        (0..=40).map(|i| ImagePos::new(500.0 + radius * at(i).cos(), 500.0 + radius * at(i).sin())).collect()
    }

    #[test]
    fn a_closed_path_is_a_loop_and_a_scribble_is_not() {
        assert!(is_loop(&arc(1.0, 100.0), 24.0), "a circle");
        assert!(is_loop(&arc(0.9, 100.0), 24.0), "a circle with a gap");
        assert!(!is_loop(&arc(0.5, 100.0), 24.0), "half a circle");
        let zigzag: Vec<_> = (0u8..40).map(|i| ImagePos::new(f32::from(i % 10) * 20.0, f32::from(i % 4))).collect();
        assert!(!is_loop(&zigzag, 300.0), "back and forth");
        assert!(!is_loop(&[ImagePos::new(3.0, 3.0)], 24.0), "a click");
    }
}
