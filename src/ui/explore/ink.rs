//! Strokes as pixels that lie over the picture: each is opaque in itself, so that a line does not darken where it crosses
//! itself.

use std::sync::Arc;

use egui::{Color32, ColorImage};

use crate::document::explore::{PicturePos, Stroke, StrokeTool};
use crate::ui::theme;

/// Side of the ink's picture in pixels.
const SIDE: usize = 288;

/// Draws all visible strokes that cover: color, keep, movable. `None` when there is none.
#[must_use]
pub(super) fn ink(strokes: &[Arc<Stroke>]) -> Option<ColorImage> {
    let mut image = ColorImage::filled([SIDE, SIDE], Color32::TRANSPARENT);
    let mut has_any = false;
    for stroke in strokes.iter().filter(|stroke| stroke.is_visible) {
        let pattern = match stroke.tool {
            StrokeTool::Color { rgb } => Pattern::Plain(theme::explore::ink(rgb)),
            StrokeTool::Keep { .. } => Pattern::Hatched(theme::explore::KEEP),
            StrokeTool::Movable => Pattern::Hatched(theme::explore::MOVABLE),
            StrokeTool::Sketch { .. } | StrokeTool::Warp { .. } | StrokeTool::Drag { .. } => continue,
        };
        has_any = true;
        paint(&mut image, stroke, pattern);
    }
    has_any.then_some(image)
}

#[derive(Clone, Copy)]
enum Pattern {
    Plain(Color32),
    Hatched(Color32),
}

impl Pattern {
    fn at(self, x: usize, y: usize) -> Color32 {
        match self {
            Self::Plain(color) => color,
            Self::Hatched(color) if (x + y) % 12 < 3 => color,
            Self::Hatched(color) => color.gamma_multiply(0.4),
        }
    }
}

fn paint(image: &mut ColorImage, stroke: &Stroke, pattern: Pattern) {
    let radius = (stroke.width * SIDE as f32 / 2.0).max(1.0);
    let scaled = |point: &PicturePos| (point.x * SIDE as f32, point.y * SIDE as f32);
    let mut from = stroke.points.first().map(scaled);
    for to in stroke.points.iter().map(scaled) {
        capsule(image, (from.unwrap_or(to), to), radius, pattern);
        from = Some(to);
    }
}

fn capsule(image: &mut ColorImage, (from, to): ((f32, f32), (f32, f32)), radius: f32, pattern: Pattern) {
    let range = |a: f32, b: f32| {
        let low = (a.min(b) - radius).floor().clamp(0.0, SIDE as f32) as usize;
        let high = (a.max(b) + radius).ceil().clamp(0.0, SIDE as f32) as usize;
        low..high
    };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    for y in range(from.1, to.1) {
        for x in range(from.0, to.0) {
            let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
            let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
            let distance = (px - along * dx).hypot(py - along * dy);
            if distance <= radius {
                image.pixels[y * SIDE + x] = pattern.at(x, y);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Exploration;

    #[test]
    fn strokes_cover_what_was_painted_and_hidden_ones_nothing() {
        let mut exploration = Exploration::new("toy");
        let line = vec![PicturePos::new(0.25, 0.5), PicturePos::new(0.75, 0.5)];
        let id = exploration.add_stroke(StrokeTool::Color { rgb: [255, 0, 0] }, line, 0.1).unwrap();
        let image = ink(&exploration.strokes).expect("there is one");
        let at = |x: f32, y: f32| image.pixels[(y * SIDE as f32) as usize * SIDE + (x * SIDE as f32) as usize];
        assert!(at(0.5, 0.52).a() > 0 && at(0.21, 0.5).a() > 0, "the line and its round end");
        assert_eq!(at(0.5, 0.6), Color32::TRANSPARENT, "nothing beside it");
        exploration.toggle_stroke(id);
        assert!(ink(&exploration.strokes).is_none(), "hidden");
    }
}
