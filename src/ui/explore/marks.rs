//! What lies over the picture: strokes as lines, moved squares, the square of a crop, the brush around the pointer.

use egui::{
    Color32, CursorIcon, Mesh, Painter, Pos2, Rect, Response, Shape, Stroke as Line, TextureHandle, Ui, pos2, vec2,
};

use super::brush::Brush;
use super::crop;
use super::stage::wants_pan;
use super::studio::Studio;
use crate::document::explore::{PicturePos, Stroke, StrokeTool};
use crate::imaging::{ImagePos, Place};
use crate::ui::canvas::input::Held;
use crate::ui::canvas::{ViewState, compare};
use crate::ui::theme::{canvas, explore as theme};

/// Length of a dash and of the gap after it, in points.
const DASH: (f32, f32) = (6.0, 5.0);
/// Radius of a handle and of a target, in points.
const POINT: f32 = 5.0;
/// Rows and columns of the fog.
const FOG_CELLS: u32 = 24;

fn on_screen(view: &ViewState, place: Place, at: PicturePos) -> Pos2 {
    view.ui_from_image(place.photo_from_unit(ImagePos::new(at.x, at.y)))
}

/// Draws a texture over the square of the manifold's picture.
pub(super) fn quad(painter: &Painter, view: &ViewState, place: Place, texture: &TextureHandle, tint: Color32) {
    let mut mesh = Mesh::with_texture(texture.id());
    for (x, y) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)] {
        let pos = on_screen(view, place, PicturePos::new(x, y));
        mesh.vertices.push(egui::epaint::Vertex { pos, uv: pos2(x, y), color: tint });
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    painter.add(Shape::mesh(mesh));
}

/// Lets the picture in `rect` fade away from `pointer`: iGAN's shadow mode, with a quarter left of what is far away.
pub(super) fn fog(painter: &Painter, rect: Rect, pointer: Pos2) {
    let mut mesh = Mesh::default();
    let reach = rect.width() / 2.0;
    for row in 0..=FOG_CELLS {
        for column in 0..=FOG_CELLS {
            let part = |n: u32| n as f32 / FOG_CELLS as f32;
            let pos = rect.min + vec2(part(column) * rect.width(), part(row) * rect.height());
            let near = (-pos.distance(pointer) / reach).exp();
            mesh.colored_vertex(pos, theme::fog(0.75 * (1.0 - near)));
        }
    }
    let across = FOG_CELLS + 1;
    for row in 0..FOG_CELLS {
        for column in 0..FOG_CELLS {
            let at = row * across + column;
            mesh.add_triangle(at, at + 1, at + across);
            mesh.add_triangle(at + 1, at + across + 1, at + across);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Draws what is a line of a stroke: sketches, moved squares, the selected stroke's course.
pub(super) fn stroke(painter: &Painter, view: &ViewState, place: Place, stroke: &Stroke, is_selected: bool) {
    let points = || stroke.points.iter().map(|at| on_screen(view, place, *at)).collect::<Vec<_>>();
    let scale = place.side * view.points_per_pixel();
    match &stroke.tool {
        StrokeTool::Sketch { is_edge } => {
            let width = (stroke.width * scale * 0.4).clamp(1.5, 5.0);
            let lines = if *is_edge { theme::edge(width) } else { theme::no_edge(width) };
            sketch(painter, &points(), lines, !is_edge);
        }
        StrokeTool::Warp { from, to, .. } => {
            let color = if is_selected { theme::SELECTED } else { theme::WARP };
            warp(painter, (view, place), (*from, *to, stroke.width), color);
        }
        StrokeTool::Drag { from, to } => pair(painter, (view, place), (*from, *to), is_selected),
        StrokeTool::Color { .. } | StrokeTool::Keep { .. } | StrokeTool::Movable => {}
    }
    if is_selected && !matches!(stroke.tool, StrokeTool::Warp { .. } | StrokeTool::Drag { .. }) {
        for line in theme::rimmed(theme::SELECTED, 1.5) {
            painter.extend(Shape::dashed_line(&points(), line, DASH.0, DASH.1));
        }
    }
}

fn sketch(painter: &Painter, points: &[Pos2], lines: [Line; 2], is_dashed: bool) {
    for line in lines {
        if let [only] = points {
            painter.circle_filled(*only, line.width, line.color);
        } else if is_dashed {
            painter.extend(Shape::dashed_line(points, line, DASH.0, DASH.1));
        } else {
            painter.add(Shape::line(points.to_vec(), line));
        }
    }
}

/// A square where it was, one where it goes, and an arrow between them.
fn warp(
    painter: &Painter,
    (view, place): (&ViewState, Place),
    (from, to, side): (PicturePos, PicturePos, f32),
    color: Color32,
) {
    let square = |center: PicturePos| {
        let half = side / 2.0;
        [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
            .map(|(x, y)| on_screen(view, place, PicturePos::new(center.x + x, center.y + y)))
    };
    let (start, end) = (on_screen(view, place, from), on_screen(view, place, to));
    for line in theme::rimmed(color, 1.5) {
        painter.extend(Shape::dashed_line(&square(from), line, DASH.0, DASH.1));
        painter.add(Shape::line(square(to).to_vec(), line));
        if start.distance(end) > 4.0 {
            painter.arrow(start, end - start, line);
        }
    }
}

/// A handle, its target, and an arrow between them.
pub(super) fn pair(
    painter: &Painter,
    (view, place): (&ViewState, Place),
    (from, to): (PicturePos, PicturePos),
    is_selected: bool,
) {
    let (start, end) = (on_screen(view, place, from), on_screen(view, place, to));
    let color = if is_selected { theme::SELECTED } else { theme::HANDLE };
    if start.distance(end) > 2.0 * POINT {
        for line in theme::rimmed(color, 1.5) {
            painter.arrow(start, end - start, line);
        }
    }
    let [rim, _] = canvas::outline();
    painter.circle(end, POINT, theme::TARGET, rim);
    painter.circle(start, POINT, theme::HANDLE, rim);
}

/// Draws the square of a crop with its corners and the handle that turns it.
pub(super) fn crop(painter: &Painter, view: &ViewState, place: Place) {
    let screen = |at: ImagePos| view.ui_from_image(at);
    let corners = crop::corners(place).map(screen);
    outside(painter, view.ui_rect(), &corners);
    let handle = crop::handle(place, &screen);
    let top = corners[0].lerp(corners[1], 0.5);
    for line in theme::rimmed(theme::SELECTED, 1.5) {
        painter.add(Shape::closed_line(corners.to_vec(), line));
        painter.line_segment([top, handle], line);
        for third in [1.0 / 3.0, 2.0 / 3.0] {
            let faint = Line::new(line.width * 0.5, line.color.gamma_multiply(0.45));
            painter.line_segment([corners[0].lerp(corners[1], third), corners[3].lerp(corners[2], third)], faint);
            painter.line_segment([corners[0].lerp(corners[3], third), corners[1].lerp(corners[2], third)], faint);
        }
    }
    for corner in corners {
        painter.rect(
            Rect::from_center_size(corner, vec2(12.0, 12.0)),
            2.0,
            theme::SELECTED,
            canvas::outline()[0],
            egui::StrokeKind::Outside,
        );
    }
    painter.circle(handle, 7.0, theme::SELECTED, canvas::outline()[0]);
}

/// Darkens what lies outside of a square: four pieces between it and the rectangle around.
fn outside(painter: &Painter, around: Rect, corners: &[Pos2; 4]) {
    let mut mesh = Mesh::default();
    let far = around.expand(around.width().max(around.height()) * 3.0);
    // The outer corners turn with the square, so that no piece crosses another.
    let center = corners[0].lerp(corners[2], 0.5);
    for corner in corners {
        mesh.colored_vertex(*corner, theme::OUTSIDE);
        let away = (*corner - center).normalized() * far.width();
        mesh.colored_vertex(center + away, theme::OUTSIDE);
    }
    for at in 0..4_u32 {
        let next = (at + 1) % 4;
        mesh.add_triangle(2 * at, 2 * at + 1, 2 * next + 1);
        mesh.add_triangle(2 * at, 2 * next + 1, 2 * next);
    }
    painter.with_clip_rect(painter.clip_rect().intersect(around)).add(Shape::mesh(mesh));
}

/// Notes where the pointer is, and draws the brush in its true size around it.
pub(super) fn pointer(ui: &Ui, response: &Response, painter: &Painter, studio: &mut Studio, place: Place) {
    let latest = ui.input(|input| input.pointer.latest_pos());
    let stage = &mut studio.stage;
    let held = stage.pointer.held();
    let over = latest.filter(|_| response.contains_pointer());
    let size = stage.view.image_size();
    let is_inside = |pos: &ImagePos| size.rect().contains(pos.x.floor() as i32, pos.y.floor() as i32);
    stage.hover = over.map(|pos| stage.view.image_from_ui(pos)).filter(is_inside);
    let Some(pos) = over.or_else(|| latest.filter(|_| held.is_some())) else { return };
    let divides = compare::is_on_divider(stage.compare, response.rect, pos);
    let brush = studio.brush;
    let icon = match (held, brush) {
        (Some(Held::Pan(_)), _) => CursorIcon::Grabbing,
        (Some(Held::Divider), _) => CursorIcon::ResizeHorizontal,
        (None, _) if divides => CursorIcon::ResizeHorizontal,
        (None, _) if wants_pan(ui) => CursorIcon::Grab,
        (_, Brush::Pan) => CursorIcon::Grab,
        (_, Brush::Select) => CursorIcon::Default,
        _ => CursorIcon::Crosshair,
    };
    ui.ctx().set_cursor_icon(icon);
    let center = if let Some(Held::Adjust(start, _)) = held { start } else { pos };
    let Some(width) = studio.palette.width(brush).filter(|_| !divides && !wants_pan(ui)) else { return };
    outline(painter, (brush, studio.palette.color), center, width * place.side * stage.view.points_per_pixel());
}

fn outline(painter: &Painter, (brush, color): (Brush, [u8; 3]), center: Pos2, width: f32) {
    if brush == Brush::Color {
        painter.circle_filled(center, width / 2.0, canvas::overlay(color, 0.5));
    }
    for line in canvas::outline() {
        if brush == Brush::Warp {
            let square = Rect::from_center_size(center, vec2(width, width));
            painter.rect_stroke(square, 0.0, line, egui::StrokeKind::Middle);
        } else {
            painter.circle_stroke(center, (width / 2.0).max(1.5), line);
        }
    }
}
