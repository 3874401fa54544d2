//! What is drawn around the pointer: the brush in its true size and the line of an unfinished gesture.

use egui::{Color32, CursorIcon, Painter, Pos2, Shape, Stroke};

use super::input::Held;
use super::view_state::ViewState;
use crate::ui::theme::canvas as theme;
use crate::ui::tools::{BrushSettings, Outline, OutlineLook, ToolKind};

/// Circles with a smaller radius on the screen, in points, are hard to see: a cross marks the place.
const LEAST_RADIUS: f32 = 3.0;

/// Draws the brush's outline, and inside of it the part that is painted fully.
pub(super) fn draw_brush(painter: &Painter, view: &ViewState, brush: &BrushSettings, center: Pos2, has_core: bool) {
    let radius = brush.size / 2.0 * view.points_per_pixel();
    if radius < LEAST_RADIUS {
        draw_cross(painter, center);
    }
    for stroke in theme::outline() {
        painter.circle_stroke(center, radius, stroke);
    }
    let core = radius * brush.hardness;
    if has_core && core > LEAST_RADIUS && radius - core > 2.0 {
        for stroke in theme::faint_outline() {
            painter.circle_stroke(center, core, stroke);
        }
    }
}

fn draw_cross(painter: &Painter, center: Pos2) {
    for stroke in theme::outline() {
        for (near, far) in [(5.0, 11.0), (-5.0, -11.0)] {
            painter.hline(center.x + f32::min(near, far)..=center.x + f32::max(near, far), center.y, stroke);
            painter.vline(center.x, center.y + f32::min(near, far)..=center.y + f32::max(near, far), stroke);
        }
    }
}

/// Draws the line of an unfinished gesture; `marks` is the color of a scribble.
pub(super) fn draw_outline(painter: &Painter, view: &ViewState, outline: &Outline, marks: Color32) {
    let points: Vec<Pos2> = outline.points.iter().map(|pos| view.ui_from_image(*pos)).collect();
    if let OutlineLook::Scribble(width) = outline.look {
        let width = (width * view.points_per_pixel()).max(1.0);
        for end in points.first().into_iter().chain(points.last()) {
            painter.circle_filled(*end, width / 2.0, marks);
        }
        painter.add(Shape::line(points, Stroke::new(width, marks)));
        return;
    }
    for stroke in theme::outline() {
        let points = points.clone();
        painter.add(if outline.is_closed { Shape::closed_line(points, stroke) } else { Shape::line(points, stroke) });
    }
    if outline.look == OutlineLook::Corners {
        for corner in points {
            painter.circle(corner, 2.5, theme::HANDLE, theme::outline()[0]);
        }
    }
}

/// What a press would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Whatever the tool does.
    Tool,
    /// Move the view: space is held.
    Pan,
    /// Move the divider.
    Divide,
}

/// The shape of the system's pointer.
pub(super) const fn icon(tool: ToolKind, held: Option<Held>, intent: Intent) -> CursorIcon {
    match (held, tool) {
        (Some(Held::Pan(_)), _) => CursorIcon::Grabbing,
        (Some(Held::Divider), _) => CursorIcon::ResizeHorizontal,
        (Some(Held::Adjust(..)), _) => CursorIcon::None,
        (None, _) if matches!(intent, Intent::Divide) => CursorIcon::ResizeHorizontal,
        (None, _) if matches!(intent, Intent::Pan) => CursorIcon::Grab,
        (_, ToolKind::Pan) => CursorIcon::Grab,
        (_, tool) if tool.has_brush() => CursorIcon::None,
        _ => CursorIcon::Crosshair,
    }
}
