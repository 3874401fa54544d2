//! What a lesson shows on the paper: the next step as a ghost below the ink; after it was scored, met and missed lines.

use egui::{Align2, FontId, Painter, Pos2, Rect, Shape, pos2, vec2};

use super::course::Course;
use crate::imaging::ink::{Sample, Stroke, center_line};
use crate::ui::sketch::ribbon;
use crate::ui::theme::canvas::opacity;
use crate::ui::theme::sketch as colors;

/// How wide a ghost is, in sides of the paper.
const GHOST: f32 = 3.4 / 256.0;
/// How wide a line is that was met.
const MET: f32 = 5.0 / 256.0;
/// Radius of the dot where a stroke begins, in points: smaller on small strokes, which it must not hide.
const START: (f32, f32) = (2.5, 8.0);
/// Smaller dots have no room for a number.
const NUMBERED: f32 = 6.5;

/// Draws what lies below the ink of a paper at `sheet`.
pub fn below(painter: &Painter, sheet: Rect, course: &Course) {
    if let Some(scored) = &course.scored {
        if scored.shows_missed {
            for stroke in course.lesson().steps.iter().flat_map(|step| &step.strokes) {
                line(painter, sheet, stroke, (MET, colors::MET));
            }
            let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            painter.image(scored.heat.id(), sheet, whole, opacity(1.0));
        }
        return;
    }
    let Some(step) = course.practice.next() else { return };
    for stroke in &step.strokes {
        line(painter, sheet, stroke, (GHOST, colors::GHOST));
    }
}

/// Draws what lies over the ink: where each stroke of the step begins, until something is drawn for it.
pub fn above(painter: &Painter, sheet: Rect, course: &Course, is_drawing: bool) {
    let Some(step) = course.practice.next().filter(|_| course.is_under_way() && !is_drawing && course.drawn == 0.0)
    else {
        return;
    };
    let many = step.strokes.len() > 1;
    for (at, stroke) in step.strokes.iter().enumerate() {
        let Some(first) = stroke.samples.first() else { continue };
        let center = sheet.min + vec2(first.x, first.y) * sheet.width();
        let radius = (extent(stroke) * sheet.width() * 0.16).clamp(START.0, START.1);
        painter.circle_filled(center, radius, colors::START);
        if many && radius >= NUMBERED {
            let font = FontId::proportional(11.0);
            painter.text(center, Align2::CENTER_CENTER, at + 1, font, colors::PAPER);
        }
    }
}

/// The longer side of the box around a stroke, in sides of the paper.
fn extent(stroke: &Stroke) -> f32 {
    let side = |of: fn(&Sample) -> f32| {
        let (least, most) = stroke.samples.iter().map(of).fold((1.0_f32, 0.0_f32), |(a, b), v| (a.min(v), b.max(v)));
        most - least
    };
    side(|sample| sample.x).max(side(|sample| sample.y))
}

fn line(painter: &Painter, sheet: Rect, stroke: &Stroke, (size, color): (f32, egui::Color32)) {
    let wide = Stroke { size, ..stroke.clone() };
    painter.add(Shape::mesh(ribbon(&center_line(&wide), sheet.min, sheet.width(), 1.0, color)));
}
