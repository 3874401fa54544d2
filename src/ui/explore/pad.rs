//! The pad: a plane with a seed at each crossing, on which a drag moves between pictures.

use egui::{Event, EventFilter, Key, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::steer_panel::steer;
use super::studio::Studio;
use crate::document::explore::Steering;
use crate::ui::intent::{Phase, View};
use crate::ui::theme;

/// Height of the pad in points.
const HEIGHT: f32 = 132.0;
/// Points from one seed to the next.
const A_SEED: f32 = 96.0;
/// Seeds that an arrow key moves, and with Shift.
const STEPS: (f32, f32) = (0.1, 1.0);

/// Draws the pad.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let steering = &studio.exploration().helm.steering;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    let (x, y) = (format!("{:.2}", steering.pad[0]), format!("{:.2}", steering.pad[1]));
    let name = view.text.with("steer-pad", &[("x", (&x).into()), ("y", (&y).into())]);
    let label = view.text.get("steer-pad-name");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Slider, true, &label));
    let is_on = studio.exploration().helm.is_on && steering.base.is_none();
    draw(ui, rect, steering.pad, is_on);
    if response.has_focus() {
        let line = Stroke::new(2.0, theme::colors(ui.visuals()).accent);
        ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, line, egui::StrokeKind::Inside);
    }
    let moved = |by: egui::Vec2| [steering.pad[0] + by.x / A_SEED, steering.pad[1] + by.y / A_SEED];
    let go = |view: &mut View<'_>, pad: [f32; 2], phase| {
        let pad = pad.map(|at| at.clamp(-Steering::FARTHEST, Steering::FARTHEST));
        steer(view, studio, phase, |steering| (steering.pad, steering.base) = (pad, None));
    };
    if response.drag_stopped() {
        go(view, steering.pad, Phase::End);
    } else if response.dragged() && response.drag_delta() != egui::Vec2::ZERO {
        go(view, moved(response.drag_delta()), Phase::Drag);
    } else if let Some(pos) = response.interact_pointer_pos().filter(|_| response.clicked()) {
        response.request_focus();
        go(view, moved(pos - rect.center()), Phase::End);
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        if let Some(by) = arrows(ui) {
            go(view, [steering.pad[0] + by[0], steering.pad[1] + by[1]], Phase::End);
        }
    }
    response.on_hover_text(name);
}

/// How far the arrow keys that were pressed move, in seeds.
fn arrows(ui: &Ui) -> Option<[f32; 2]> {
    let mut by = [0.0, 0.0];
    ui.input(|input| {
        for event in &input.events {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            let step = if modifiers.shift { STEPS.1 } else { STEPS.0 };
            match key {
                Key::ArrowLeft => by[0] -= step,
                Key::ArrowRight => by[0] += step,
                Key::ArrowUp => by[1] -= step,
                Key::ArrowDown => by[1] += step,
                _ => {}
            }
        }
    });
    (by != [0.0, 0.0]).then_some(by)
}

/// The seeds around the place, which is always in the middle.
fn draw(ui: &Ui, rect: egui::Rect, [x, y]: [f32; 2], is_on: bool) {
    let colors = theme::colors(ui.visuals());
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    let (across, down) = (rect.width() / A_SEED / 2.0 + 1.0, rect.height() / A_SEED / 2.0 + 1.0);
    let font = egui::TextStyle::Small.resolve(ui.style());
    for row in (y - down).floor() as i32..=(y + down).ceil() as i32 {
        let at_y = rect.center().y + (row as f32 - y) * A_SEED;
        painter.hline(rect.x_range(), at_y, Stroke::new(1.0, colors.line));
        for column in (x - across).floor() as i32..=(x + across).ceil() as i32 {
            let at = pos2(rect.center().x + (column as f32 - x) * A_SEED, at_y);
            painter.vline(at.x, rect.y_range(), Stroke::new(1.0, colors.line));
            painter.circle_filled(at, 3.0, colors.weak);
            let seed = Steering { pad: [column as f32, row as f32], ..Steering::default() }.seed();
            let corner = egui::Align2::LEFT_TOP;
            // Seeds left of 0 are the last ones there are: they are called as people count.
            let name = (seed as u32).cast_signed().to_string();
            painter.text(at + vec2(5.0, 3.0), corner, name, font.clone(), colors.weak);
        }
    }
    let color = if is_on { colors.accent } else { colors.weak };
    painter.circle(rect.center(), 6.0, color, Stroke::new(2.0, colors.panel));
}
