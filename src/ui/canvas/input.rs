//! Who gets the pointer: a tool, the view, the brush's size or the divider.
//!
//! Every event of a frame is handled in its order, so a fast stroke keeps all its positions. Positions become image
//! positions here.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Response, TouchPhase, Ui};

use super::compare;
use super::scene::CompareMode;
use super::view_state::ViewState;
use crate::ui::tools::{BrushSettings, PointerSample, Press, ToolEvent};

/// Two presses within this many seconds…
const DOUBLE_CLICK_SECS: f64 = 0.35;
/// … and points are a double click.
const DOUBLE_CLICK_REACH: f32 = 5.0;
/// Points of an Alt-drag, up or down, between a soft and a hard brush.
const HARDNESS_TRAVEL: f32 = 160.0;
/// Points that an Alt-drag may go up or down without changing the hardness.
const HARDNESS_SLACK: f32 = 12.0;

/// What the pressed button does until it is released.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::ui) enum Held {
    /// Draws.
    Tool,
    /// Moves the view; the last position.
    Pan(Pos2),
    /// Changes the brush; where it began and the brush as it was then.
    Adjust(Pos2, BrushSettings),
    /// Moves the divider.
    Divider,
}

/// The parts of the canvas that the pointer changes.
pub(in crate::ui) struct Parts<'a> {
    pub(in crate::ui) view: &'a mut ViewState,
    pub(in crate::ui) brush: &'a mut BrushSettings,
    pub(in crate::ui) compare: &'a mut CompareMode,
    /// Whether the tool has a brush that can be sized.
    pub(in crate::ui) has_brush: bool,
    /// Whether the tool moves the view.
    pub(in crate::ui) is_panning: bool,
}

/// The pointer between two frames.
#[derive(Debug)]
pub(in crate::ui) struct PointerRouter {
    held: Option<(PointerButton, Held)>,
    /// Of the pen, 0..=1.
    pressure: f32,
    last_press: Option<(f64, Pos2)>,
    /// Whether more than one finger was down: then all have to go up before the next stroke.
    is_blocked: bool,
}

impl Default for PointerRouter {
    fn default() -> Self {
        Self { held: None, pressure: 1.0, last_press: None, is_blocked: false }
    }
}

impl PointerRouter {
    /// What the pressed button does.
    pub(in crate::ui) fn held(&self) -> Option<Held> {
        self.held.map(|(_, held)| held)
    }

    /// Handles the frame's pointer events and returns what the tool has to hear.
    pub(in crate::ui) fn handle(&mut self, ui: &Ui, response: &Response, parts: &mut Parts<'_>) -> Vec<ToolEvent> {
        let mut out = Vec::new();
        let (events, time, modifiers, wants_pan, touches, is_any_down) = ui.input(|input| {
            let touches = (input.multi_touch().is_some(), input.any_touches());
            let is_space = input.key_down(Key::Space);
            (input.events.clone(), input.time, input.modifiers, is_space, touches, input.pointer.any_down())
        });
        let wants_pan = (wants_pan && !ui.ctx().text_edit_focused()) || parts.is_panning;
        self.block_while_pinching(touches, &mut out);
        for event in events {
            match event {
                Event::Touch { phase, force, .. } => self.feel(phase, force),
                Event::PointerButton { pos, button, pressed: true, modifiers }
                    if response.contains_pointer() && response.rect.contains(pos) =>
                {
                    let press = NewPress { pos, button, modifiers, time, wants_pan };
                    self.press(press, response.rect, parts, &mut out);
                }
                Event::PointerButton { pos, button, pressed: false, modifiers } => {
                    self.release(pos, button, modifiers, parts, &mut out);
                }
                Event::PointerMoved(pos) => self.moved(pos, modifiers, parts, &mut out),
                _ => {}
            }
        }
        if !is_any_down && let Some((button, _)) = self.held {
            let pos = ui.input(|input| input.pointer.latest_pos()).unwrap_or_else(|| response.rect.center());
            self.release(pos, button, modifiers, parts, &mut out);
        }
        out
    }

    fn block_while_pinching(&mut self, (is_pinching, is_touched): (bool, bool), out: &mut Vec<ToolEvent>) {
        if is_pinching && !self.is_blocked {
            self.is_blocked = true;
            if self.held.take().is_some_and(|(_, held)| held == Held::Tool) {
                out.push(ToolEvent::Abort);
            }
        }
        self.is_blocked &= is_touched;
    }

    /// Touches are reported before the pointer events made of them.
    fn feel(&mut self, phase: TouchPhase, force: Option<f32>) {
        self.pressure = match phase {
            TouchPhase::Start | TouchPhase::Move => {
                force.filter(|force| force.is_finite()).unwrap_or(1.0).clamp(0.0, 1.0)
            }
            // The button that goes up with the finger still ends the line with the last pressure.
            TouchPhase::End | TouchPhase::Cancel => self.pressure,
        };
    }

    fn press(&mut self, press: NewPress, rect: Rect, parts: &mut Parts<'_>, out: &mut Vec<ToolEvent>) {
        let NewPress { pos, button, modifiers, time, wants_pan } = press;
        if self.held.is_some() || self.is_blocked {
            return;
        }
        let is_double = self
            .last_press
            .replace((time, pos))
            .is_some_and(|(before, at)| time - before <= DOUBLE_CLICK_SECS && at.distance(pos) <= DOUBLE_CLICK_REACH);
        let is_primary = button == PointerButton::Primary;
        let held = match button {
            PointerButton::Middle => Held::Pan(pos),
            PointerButton::Primary if wants_pan => Held::Pan(pos),
            PointerButton::Primary if modifiers.alt && parts.has_brush => Held::Adjust(pos, *parts.brush),
            PointerButton::Primary if compare::is_on_divider(*parts.compare, rect, pos) => Held::Divider,
            PointerButton::Primary | PointerButton::Secondary if !parts.is_panning => Held::Tool,
            _ => return,
        };
        if held == Held::Tool {
            let at = self.sample(pos, modifiers, parts.view);
            out.push(ToolEvent::Press(Press { at, is_inverse: !is_primary, is_double }));
        }
        self.held = Some((button, held));
    }

    fn moved(&mut self, pos: Pos2, modifiers: Modifiers, parts: &mut Parts<'_>, out: &mut Vec<ToolEvent>) {
        let sample = self.sample(pos, modifiers, parts.view);
        match &mut self.held {
            Some((_, Held::Tool)) => out.push(ToolEvent::Move(sample)),
            Some((_, Held::Pan(last))) => {
                parts.view.pan(pos - *last);
                *last = pos;
            }
            Some((_, Held::Adjust(start, before))) => {
                let by = pos - *start;
                parts.brush.set_size((before.size + 2.0 * by.x / parts.view.points_per_pixel()).round());
                let up = by.y.signum() * (by.y.abs() - HARDNESS_SLACK).max(0.0);
                parts.brush.hardness = (before.hardness - up / HARDNESS_TRAVEL).clamp(0.0, 1.0);
            }
            Some((_, Held::Divider)) => {
                let viewport = parts.view.viewport();
                let at = (pos.x - viewport.left()) / viewport.width().max(1.0);
                *parts.compare = CompareMode::Divider { at: at.clamp(0.0, 1.0) };
            }
            None => {}
        }
    }

    fn release(
        &mut self,
        pos: Pos2,
        button: PointerButton,
        modifiers: Modifiers,
        parts: &Parts<'_>,
        out: &mut Vec<ToolEvent>,
    ) {
        let Some((_, held)) = self.held.take_if(|(pressed, _)| *pressed == button) else { return };
        if held == Held::Tool {
            out.push(ToolEvent::Release(self.sample(pos, modifiers, parts.view)));
        }
        self.pressure = 1.0;
    }

    fn sample(&self, pos: Pos2, modifiers: Modifiers, view: &ViewState) -> PointerSample {
        PointerSample { pos: view.image_from_ui(pos), pressure: self.pressure, is_shift: modifiers.shift }
    }
}

#[derive(Clone, Copy)]
struct NewPress {
    pos: Pos2,
    button: PointerButton,
    modifiers: Modifiers,
    time: f64,
    wants_pan: bool,
}

/// Takes the keys of an unfinished gesture.
pub(in crate::ui) fn gesture_keys(ui: &Ui) -> Vec<ToolEvent> {
    if ui.ctx().text_edit_focused() {
        return Vec::new();
    }
    let keys =
        [(Key::Escape, ToolEvent::Abort), (Key::Enter, ToolEvent::Confirm), (Key::Backspace, ToolEvent::StepBack)];
    let is_pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    keys.into_iter().filter(|(key, _)| is_pressed(*key)).map(|(_, event)| event).collect()
}
