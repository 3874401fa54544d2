//! The line between before and after.

use egui::{Align2, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::scene::{CanvasLabels, CompareMode};
use crate::ui::theme::canvas as theme;

/// Where the line is, in points from the window's left.
pub(in crate::ui) fn divider_x(at: f32, viewport: Rect) -> f32 {
    viewport.left() + viewport.width() * at.clamp(0.0, 1.0)
}

/// Whether a press at `pos` takes hold of the line.
pub(in crate::ui) fn is_on_divider(compare: CompareMode, viewport: Rect, pos: Pos2) -> bool {
    let CompareMode::Divider { at } = compare else { return false };
    let x = divider_x(at, viewport);
    let handle = pos2(x, viewport.center().y);
    (pos.x - x).abs() <= theme::DIVIDER_REACH || pos.distance(handle) <= theme::HANDLE_RADIUS
}

/// The part of the viewport in which the result shows.
pub(in crate::ui) fn after_side(at: f32, viewport: Rect) -> Rect {
    Rect::from_min_max(pos2(divider_x(at, viewport), viewport.top()), viewport.max)
}

/// Draws the line, its handle and the words on both sides.
pub(in crate::ui) fn draw(painter: &Painter, at: f32, viewport: Rect, labels: &CanvasLabels) {
    let x = divider_x(at, viewport);
    for stroke in theme::outline() {
        painter.vline(x, viewport.y_range(), stroke);
    }
    let middle = pos2(x, viewport.center().y);
    let [dark, _] = theme::outline();
    painter.circle(middle, theme::HANDLE_RADIUS, theme::HANDLE, Stroke::new(1.0, dark.color));
    for side in [-1.0, 1.0] {
        let tip = middle + vec2(side * 10.0, 0.0);
        let (up, down) = (middle + vec2(side * 4.5, -5.0), middle + vec2(side * 4.5, 5.0));
        painter.add(Shape::convex_polygon(vec![tip, up, down], theme::HANDLE_MARK, Stroke::NONE));
    }
    let top = viewport.top() + 20.0;
    label(painter, &labels.before, (pos2(x - 20.0, top), Align2::RIGHT_CENTER), viewport.with_max_x(x));
    label(painter, &labels.after, (pos2(x + 20.0, top), Align2::LEFT_CENTER), viewport.with_min_x(x));
}

/// A word on a dark pill, if there is room for it.
fn label(painter: &Painter, words: &str, (anchor, align): (Pos2, Align2), room: Rect) {
    let galley = painter.layout_no_wrap(words.to_owned(), FontId::proportional(12.5), theme::LABEL_TEXT);
    let rect = align.anchor_size(anchor, galley.size());
    let pill = rect.expand2(vec2(9.0, 4.0));
    if room.contains_rect(pill) {
        painter.rect_filled(pill, pill.height() / 2.0, theme::LABEL_GROUND);
        painter.galley(rect.min, galley, theme::LABEL_TEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_and_its_handle_can_be_taken_hold_of() {
        let viewport = Rect::from_min_size(pos2(100.0, 0.0), vec2(400.0, 300.0));
        let half = CompareMode::Divider { at: 0.5 };
        assert!(is_on_divider(half, viewport, pos2(303.0, 10.0)), "on the line");
        assert!(is_on_divider(half, viewport, pos2(312.0, 150.0)), "on the handle");
        assert!(!is_on_divider(half, viewport, pos2(312.0, 10.0)), "beside the line");
        assert!(!is_on_divider(CompareMode::Off, viewport, pos2(300.0, 10.0)), "no line");
        assert_eq!(after_side(0.5, viewport).left(), 300.0, "the right half");
    }
}
