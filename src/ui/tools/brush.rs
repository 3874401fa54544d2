//! The round brush: marks, takes marks away, and brushes where to sample from.

use super::layer::MaskLayer;
use super::{PointerSample, Press, ToolContext, ToolEvent, ToolOutcome};
use crate::document::History;
use crate::imaging::ImagePos;
use crate::imaging::mask::Paint;
use crate::imaging::raster::{self, Brush, BrushSample};

/// The largest diameter in pixels of the photo.
pub const MAX_BRUSH: f32 = 1000.0;

/// The round brush.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrushSettings {
    /// Diameter in pixels of the photo, 1..=[`MAX_BRUSH`].
    pub size: f32,
    /// The part of the radius that is painted fully, 0..=1.
    pub hardness: f32,
    /// Whether the pen's pressure changes the radius.
    pub has_pressure: bool,
}

impl Default for BrushSettings {
    fn default() -> Self {
        Self { size: 48.0, hardness: 1.0, has_pressure: true }
    }
}

impl BrushSettings {
    /// One step larger.
    pub fn grow(&mut self) {
        self.set_size((self.size * 1.15).max(self.size + 1.0).round());
    }

    /// One step smaller.
    pub fn shrink(&mut self) {
        self.set_size((self.size / 1.15).min(self.size - 1.0).round());
    }

    /// Sets the diameter, kept within its limits.
    pub fn set_size(&mut self, size: f32) {
        self.size = if size.is_finite() { size.clamp(1.0, MAX_BRUSH) } else { self.size };
    }

    /// As the brush that paints.
    #[must_use]
    pub fn brush(&self, paint: Paint) -> Brush {
        Brush { radius: self.size / 2.0, hardness: self.hardness, paint }
    }

    /// The pointer as the brush feels it.
    #[must_use]
    pub fn sample(&self, at: PointerSample) -> BrushSample {
        BrushSample { pos: at.pos, pressure: if self.has_pressure { at.pressure } else { 1.0 } }
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ready,
    Drawing {
        layer: MaskLayer,
        brush: Brush,
        last: BrushSample,
    },
}

/// A brush and its unfinished stroke.
#[derive(Debug, Default)]
pub(super) struct BrushTool {
    state: State,
    /// Where the last stroke ended and on which mask: a Shift-click goes on from there.
    last_end: Option<(MaskLayer, ImagePos)>,
}

impl BrushTool {
    pub(super) const fn is_drawing(&self) -> bool {
        matches!(self.state, State::Drawing { .. })
    }

    pub(super) fn abort(&mut self, history: &mut History) {
        if self.is_drawing() {
            history.abort();
        }
        *self = Self::default();
    }

    pub(super) fn handle(
        &mut self,
        event: ToolEvent,
        what: (MaskLayer, Paint),
        ctx: &mut ToolContext<'_>,
    ) -> Option<ToolOutcome> {
        // An undo in the middle of a stroke has ended it already.
        if self.is_drawing() && !ctx.history.is_in_gesture() {
            self.state = State::Ready;
        }
        match event {
            ToolEvent::Press(press) => self.press(press, what, ctx),
            ToolEvent::Move(at) => self.stroke_to(at, ctx),
            ToolEvent::Release(at) => {
                self.stroke_to(at, ctx);
                return self.release(ctx);
            }
            ToolEvent::Abort => self.abort(ctx.history),
            ToolEvent::Confirm | ToolEvent::StepBack => {}
        }
        None
    }

    fn press(&mut self, press: Press, (layer, paint): (MaskLayer, Paint), ctx: &mut ToolContext<'_>) {
        let paint = if press.is_inverse { inverse(paint) } else { paint };
        let (brush, to) = (ctx.brush.brush(paint), ctx.brush.sample(press.at));
        let start =
            self.last_end.filter(|(last, _)| press.at.is_shift && *last == layer).map_or(to.pos, |(_, pos)| pos);
        let from = BrushSample { pos: start, ..to };
        ctx.history.begin(layer.action());
        ctx.history.edit(|document| {
            raster::stroke(layer.of(document), from, to, &brush);
        });
        self.state = State::Drawing { layer, brush, last: to };
    }

    fn stroke_to(&mut self, at: PointerSample, ctx: &mut ToolContext<'_>) {
        let State::Drawing { layer, brush, last } = &mut self.state else { return };
        let to = ctx.brush.sample(at);
        // A pen that is lifted reports no pressure at last; the line must not end as a needle.
        let to = if at.pressure > 0.0 { to } else { BrushSample { pressure: last.pressure, ..to } };
        if to == *last {
            return;
        }
        ctx.history.edit(|document| {
            raster::stroke(layer.of(document), *last, to, brush);
        });
        *last = to;
    }

    fn release(&mut self, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        let State::Drawing { layer, brush, last } = std::mem::take(&mut self.state) else { return None };
        self.last_end = Some((layer, last.pos));
        let has_marked = ctx.history.end() && layer == MaskLayer::Holes && brush.paint == Paint::Add;
        has_marked.then_some(ToolOutcome::Marked)
    }
}

/// The opposite of `paint`.
pub(super) const fn inverse(paint: Paint) -> Paint {
    match paint {
        Paint::Add => Paint::Subtract,
        Paint::Subtract => Paint::Add,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_stays_within_its_limits_and_every_step_counts() {
        let mut brush = BrushSettings { size: 1.0, ..BrushSettings::default() };
        let mut before = 0.0;
        while brush.size < MAX_BRUSH {
            assert!(brush.size > before, "every step is larger: {}", brush.size);
            before = brush.size;
            brush.grow();
        }
        for _ in 0..100 {
            brush.shrink();
        }
        assert_eq!(brush.size, 1.0, "the smallest");
        brush.set_size(f32::NAN);
        assert_eq!(brush.size, 1.0, "nonsense changes nothing");
    }
}
