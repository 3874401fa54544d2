//! Zooming and moving the view: wheel, trackpad, pinch and arrow keys.

use egui::{Event, EventFilter, Key, MouseWheelSource, MouseWheelUnit, Response, Ui, Vec2, vec2};

use super::view_state::ViewState;

/// Logarithm of the zoom for each point that a wheel scrolls: a usual notch of 40 points is a fifth.
const ZOOM_PER_POINT: f32 = 0.0046;
/// Points of one notch of a usual wheel.
const NOTCH: f32 = 40.0;
/// Points that an arrow key moves the view.
const KEY_STEP: f32 = 64.0;

/// What scrolling means at the moment: wheels zoom, trackpads pan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui) enum Scrolling {
    /// Larger and smaller.
    #[default]
    Zooms,
    /// Up, down and aside.
    Pans,
}

/// What a wheel without a modifier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Wheel {
    /// Larger and smaller.
    Zooms,
    /// A wider and a narrower brush; with Control it zooms.
    SizesBrush,
}

impl Scrolling {
    /// Moves `view` as the frame's events say. Returns the notches that the brush is to be widened by.
    pub(in crate::ui) fn navigate(&mut self, ui: &Ui, response: &Response, view: &mut ViewState, wheel: Wheel) -> f32 {
        arrow_keys(ui, response, view);
        if !response.contains_pointer() {
            return 0.0;
        }
        let (events, modifiers, scrolled, zoomed, touch, pointer) = ui.input(|input| {
            let scrolled = input.smooth_scroll_delta();
            let pointer = input.pointer.hover_pos();
            (input.events.clone(), input.modifiers, scrolled, input.zoom_delta(), input.multi_touch(), pointer)
        });
        for event in &events {
            if let Event::MouseWheel { unit, source, .. } = event {
                *self = meaning(*unit, *source);
            }
        }
        if let Some(touch) = touch {
            view.zoom_about(touch.center_pos, touch.zoom_delta);
            view.pan(touch.translation_delta);
            return 0.0;
        }
        let pointer = pointer.unwrap_or_else(|| view.viewport().center());
        // Control and the wheel, and pinches on a trackpad, arrive as a zoom and not as scrolling.
        view.zoom_about(pointer, zoomed);
        if *self == Self::Pans || modifiers.shift {
            view.pan(scrolled);
            return 0.0;
        }
        view.pan(vec2(scrolled.x, 0.0));
        if wheel == Wheel::SizesBrush {
            return scrolled.y / NOTCH;
        }
        view.zoom_about(pointer, (scrolled.y * ZOOM_PER_POINT).exp());
        0.0
    }
}

/// Most systems do not tell wheel and trackpad apart, but only trackpads count in points.
const fn meaning(unit: MouseWheelUnit, source: MouseWheelSource) -> Scrolling {
    match (source, unit) {
        (MouseWheelSource::Trackpad | MouseWheelSource::Momentum, _)
        | (MouseWheelSource::Unknown, MouseWheelUnit::Point) => Scrolling::Pans,
        _ => Scrolling::Zooms,
    }
}

fn arrow_keys(ui: &Ui, response: &Response, view: &mut ViewState) {
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    } else if ui.memory(|memory| memory.focused().is_some()) {
        return;
    }
    let keys = [
        (Key::ArrowLeft, vec2(1.0, 0.0)),
        (Key::ArrowRight, vec2(-1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, 1.0)),
        (Key::ArrowDown, vec2(0.0, -1.0)),
    ];
    let moved: Vec2 = ui.input(|input| {
        if input.modifiers.any() {
            return Vec2::ZERO;
        }
        keys.iter().map(|(key, step)| *step * input.num_presses(*key) as f32).fold(Vec2::ZERO, |sum, step| sum + step)
    });
    view.pan(moved * KEY_STEP);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_zoom_and_trackpads_pan() {
        assert_eq!(meaning(MouseWheelUnit::Line, MouseWheelSource::Unknown), Scrolling::Zooms, "a wheel on Linux");
        assert_eq!(meaning(MouseWheelUnit::Point, MouseWheelSource::Unknown), Scrolling::Pans, "a trackpad on Wayland");
        assert_eq!(meaning(MouseWheelUnit::Point, MouseWheelSource::Wheel), Scrolling::Zooms, "a wheel on a Mac");
        assert_eq!(meaning(MouseWheelUnit::Line, MouseWheelSource::Trackpad), Scrolling::Pans, "says so");
    }
}
