//! Stars, faces and bars: small marks that are drawn, because no letter says them as well.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::school::MAX_STARS;
use crate::ui::text::Text;
use crate::ui::theme;
use crate::worker::schooling::Reaction;

/// Draws a row of stars, `count` of them filled, each `side` points wide.
pub(super) fn stars_ui(ui: &mut Ui, text: &Text, count: u8, side: f32) -> Response {
    let gap = side * 0.16;
    let width = f32::from(MAX_STARS).mul_add(side, gap * f32::from(MAX_STARS - 1));
    let (rect, response) = ui.allocate_exact_size(vec2(width, side), Sense::hover());
    let words = text.with("stars", &[("count", usize::from(count).into())]);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &words));
    let colors = theme::colors(ui.visuals());
    for at in 0..MAX_STARS {
        let center = pos2(rect.left() + side / 2.0 + f32::from(at) * (side + gap), rect.center().y);
        let is_filled = at < count;
        let color = if is_filled { colors.accent } else { colors.weak.gamma_multiply(0.6) };
        star(ui.painter(), center, side / 2.0, color, is_filled);
    }
    response.on_hover_text(words)
}

/// A star with five points around `center`.
fn star(painter: &Painter, center: Pos2, radius: f32, color: Color32, is_filled: bool) {
    let corner = |n: u32| {
        let reach = if n.is_multiple_of(2) { radius } else { radius * 0.45 };
        let turn = n as f32 / 10.0 * std::f32::consts::TAU;
        center + vec2(turn.sin(), -turn.cos()) * reach
    };
    if is_filled {
        let mut mesh = Mesh::default();
        mesh.colored_vertex(center, color);
        (0..10).for_each(|n| mesh.colored_vertex(corner(n), color));
        (0..10).for_each(|n| mesh.add_triangle(0, 1 + n, 1 + (n + 1) % 10));
        painter.add(Shape::mesh(mesh));
    }
    painter.add(Shape::closed_line((0..10).map(corner).collect(), Stroke::new((radius * 0.12).max(1.0), color)));
}

/// Draws the face of a reaction into `rect`.
pub(super) fn face(painter: &Painter, rect: Rect, reaction: Reaction, color: Color32) {
    let (center, radius) = (rect.center(), rect.width().min(rect.height()) / 2.0);
    let line = Stroke::new((radius * 0.13).max(1.0), color);
    let at = |x: f32, y: f32| center + vec2(x, y) * radius;
    painter.circle_stroke(center, radius * 0.93, line);
    for x in [-0.34, 0.34] {
        painter.circle_filled(at(x, -0.22), radius * 0.12, color);
    }
    let arc = |bend: f32, y: f32| {
        let points = (0..=10).map(|n| {
            let x = n as f32 / 5.0 - 1.0;
            at(x * 0.45, bend.mul_add(1.0 - x * x, y))
        });
        Shape::line(points.collect(), line)
    };
    match reaction {
        Reaction::Smile => drop(painter.add(arc(0.34, 0.2))),
        Reaction::Wow => drop(painter.circle_stroke(at(0.0, 0.38), radius * 0.22, line)),
        Reaction::Cry => {
            painter.add(arc(-0.26, 0.5));
            painter.circle_filled(at(0.52, 0.14), radius * 0.14, color);
            let tip = [at(0.42, 0.08), at(0.52, -0.12), at(0.62, 0.08)];
            painter.add(Shape::convex_polygon(tip.to_vec(), color, Stroke::NONE));
        }
    }
}

/// The lines of `strokes` that a card shows, within `rect`.
pub(super) fn lines<'a>(
    painter: &Painter,
    rect: Rect,
    strokes: impl Iterator<Item = &'a crate::imaging::ink::Stroke>,
    stroke: Stroke,
) {
    for line in strokes {
        let points = line.samples.iter().map(|sample| rect.min + Vec2::new(sample.x, sample.y) * rect.size());
        painter.add(Shape::line(points.collect(), stroke));
    }
}

/// A bar that is filled to `share`, 0..=1.
pub(super) fn bar(painter: &Painter, rect: Rect, share: f32, (ground, fill): (Color32, Color32)) {
    let radius = (rect.height() / 2.0).min(3.0);
    painter.rect_filled(rect, radius, ground);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
    if filled.width() >= 1.0 {
        painter.rect_filled(filled, radius, fill);
    }
}
