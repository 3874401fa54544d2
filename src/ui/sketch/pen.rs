//! Strokes under way: from presses, moves and releases to strokes. Nothing here knows a document or a window.

use crate::document::sketch::SketchAction;
use crate::imaging::ink::{MAX_SAMPLES, Sample, Stroke, Tool, shapes};
use crate::ui::tools::{PointerSample, ToolEvent};

use super::tool::{DrawTool, Kit};

/// Side of the paper in the units that the pointer arrives in.
pub(super) const PAPER: f32 = 1024.0;
/// Lines snap to multiples of this angle while Shift is held: 15 degrees.
const SNAP: f32 = std::f32::consts::PI / 12.0;
/// Points of a curve that lie nearer than this are one.
const NEAR: f32 = 0.004;

/// What strokes are made with besides the pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct PenContext<'a> {
    /// The tool that a press begins with.
    pub tool: DrawTool,
    /// Sizes, color, calm.
    pub kit: &'a Kit,
    /// Milliseconds on the window's clock.
    pub millis: u64,
    /// Whether the pointer tells how hard it is pressed.
    pub has_pressure: bool,
}

/// A stroke under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Pen {
    /// None.
    #[default]
    Ready,
    /// It follows the pointer.
    Free { tool: DrawTool, samples: Vec<Sample>, began: u64, has_pressure: bool },
    /// A straight line from a point to the pointer.
    Line { from: (f32, f32), to: (f32, f32), began: u64, millis: u32 },
    /// A curve through points, the last of which follows the pointer.
    Curve { points: Vec<(f32, f32)>, next: (f32, f32), is_down: bool, began: u64, millis: u32 },
}

impl Pen {
    /// Whether a stroke is unfinished: then Enter, Backspace and Escape belong to it.
    pub(super) const fn is_drawing(&self) -> bool {
        !matches!(self, Self::Ready)
    }

    /// Whether the pen touches the paper.
    pub(super) const fn is_down(&self) -> bool {
        matches!(self, Self::Free { .. } | Self::Line { .. } | Self::Curve { is_down: true, .. })
    }

    /// Hears `event`. Returns a stroke that it finished, with what the history calls it.
    pub(super) fn hear(&mut self, event: ToolEvent, ctx: &PenContext<'_>) -> Option<(SketchAction, Stroke)> {
        match event {
            ToolEvent::Press(press) => {
                let tool = if press.is_inverse { DrawTool::Eraser } else { ctx.tool };
                if matches!(self, Self::Curve { .. }) && press.is_double {
                    return self.finish(ctx);
                }
                self.press(tool, press.at, ctx)
            }
            ToolEvent::Move(at) => self.follow(at, ctx),
            ToolEvent::Release(at) => {
                let split = self.follow(at, ctx);
                if let Self::Curve { points, next, is_down, .. } = self {
                    *is_down = false;
                    push_apart(points, *next);
                    return None;
                }
                split.or_else(|| self.finish(ctx))
            }
            ToolEvent::Confirm => self.finish(ctx),
            ToolEvent::StepBack => {
                if let Self::Curve { points, .. } = self {
                    points.pop();
                    if points.is_empty() {
                        *self = Self::Ready;
                    }
                }
                None
            }
            ToolEvent::Abort => {
                *self = Self::Ready;
                None
            }
        }
    }

    /// The pointer moves without a button: only the end of a curve follows it.
    pub(super) fn hover(&mut self, at: PointerSample) {
        if let Self::Curve { next, is_down: false, .. } = self {
            *next = place(at);
        }
    }

    fn press(&mut self, tool: DrawTool, at: PointerSample, ctx: &PenContext<'_>) -> Option<(SketchAction, Stroke)> {
        if let Self::Curve { next, is_down, .. } = self {
            (*next, *is_down) = (place(at), true);
            return None;
        }
        let began = ctx.millis;
        *self = match tool {
            DrawTool::Line => Self::Line { from: place(at), to: place(at), began, millis: 0 },
            DrawTool::Curve => {
                Self::Curve { points: vec![place(at)], next: place(at), is_down: true, began, millis: 0 }
            }
            DrawTool::Pen | DrawTool::Eraser | DrawTool::Hint => {
                let samples = vec![sample(at, 0, ctx.has_pressure)];
                Self::Free { tool, samples, began, has_pressure: ctx.has_pressure }
            }
        };
        None
    }

    fn follow(&mut self, at: PointerSample, ctx: &PenContext<'_>) -> Option<(SketchAction, Stroke)> {
        match self {
            Self::Ready => {}
            Self::Line { from, to, began, millis } => {
                *to = if at.is_shift { snapped(*from, place(at)) } else { place(at) };
                *millis = passed(*began, ctx.millis);
            }
            Self::Curve { next, began, millis, .. } => {
                *next = place(at);
                *millis = passed(*began, ctx.millis);
            }
            Self::Free { tool, samples, began, has_pressure } => {
                let next = sample(at, passed(*began, ctx.millis), *has_pressure);
                let is_new = samples.last().is_none_or(|last| {
                    (last.x, last.y) != (next.x, next.y) || (last.pressure - next.pressure).abs() > 0.02
                });
                if is_new && next.is_sound() {
                    let millis = samples.last().map_or(0, |last| last.millis.max(next.millis));
                    samples.push(Sample { millis, ..next });
                }
                if samples.len() >= MAX_SAMPLES {
                    // A line without an end becomes two.
                    let (tool, rest) = (*tool, Sample { millis: 0, ..next });
                    let stroke = free_stroke(tool, samples, *has_pressure, ctx.kit);
                    (*samples, *began) = (vec![rest], ctx.millis);
                    return Some((action(tool), stroke));
                }
            }
        }
        None
    }

    fn finish(&mut self, ctx: &PenContext<'_>) -> Option<(SketchAction, Stroke)> {
        let stroke = self.stroke(ctx.kit);
        let action = match std::mem::take(self) {
            Self::Ready => return None,
            Self::Free { tool, .. } => action(tool),
            // A press without a movement is a point of the pen, not a line.
            Self::Line { from, to, .. } if from == to => return None,
            Self::Line { .. } => SketchAction::Line,
            Self::Curve { points, .. } if points.len() < 2 => return None,
            Self::Curve { .. } => SketchAction::Curve,
        };
        stroke.map(|stroke| (action, stroke))
    }

    /// The stroke as far as it is drawn.
    pub(super) fn stroke(&self, kit: &Kit) -> Option<Stroke> {
        match self {
            Self::Ready => None,
            Self::Free { tool, samples, has_pressure, .. } => Some(free_stroke(*tool, samples, *has_pressure, kit)),
            Self::Line { from, to, millis, .. } => Some(computed(shapes::line(*from, *to), *millis, kit)),
            Self::Curve { points, next, is_down, millis, .. } => {
                let mut points = points.clone();
                // The loose end shows until it is clicked, and does not count when the curve is finished elsewhere.
                if *is_down {
                    push_apart(&mut points, *next);
                }
                Some(computed(shapes::curve(&points, false), *millis, kit))
            }
        }
    }

    /// What the unfinished curve would be with the pointer's position as its next point.
    pub(super) fn loose_end(&self) -> Option<((f32, f32), (f32, f32))> {
        match self {
            Self::Curve { points, next, is_down: false, .. } => points.last().map(|last| (*last, *next)),
            _ => None,
        }
    }

    /// The points of an unfinished curve.
    pub(super) fn points(&self) -> &[(f32, f32)] {
        if let Self::Curve { points, .. } = self { points } else { &[] }
    }
}

const fn action(tool: DrawTool) -> SketchAction {
    match tool {
        DrawTool::Pen => SketchAction::Draw,
        DrawTool::Eraser => SketchAction::Erase,
        DrawTool::Line => SketchAction::Line,
        DrawTool::Curve => SketchAction::Curve,
        DrawTool::Hint => SketchAction::Hint,
    }
}

fn place(at: PointerSample) -> (f32, f32) {
    (at.pos.x / PAPER, at.pos.y / PAPER)
}

fn sample(at: PointerSample, millis: u32, has_pressure: bool) -> Sample {
    let (x, y) = place(at);
    let pressure = if has_pressure { at.pressure.clamp(0.0, 1.0) } else { Sample::USUAL };
    Sample { pressure, ..Sample::new(x, y, millis) }
}

fn passed(began: u64, now: u64) -> u32 {
    u32::try_from(now.saturating_sub(began)).unwrap_or(u32::MAX)
}

fn free_stroke(tool: DrawTool, samples: &[Sample], has_pressure: bool, kit: &Kit) -> Stroke {
    let leaves = tool.leaves();
    let base = Stroke::new(leaves, samples);
    let is_pen = leaves == Tool::Pen;
    // What an eraser takes away is what it covers.
    let calm = if leaves == Tool::Eraser { 0.0 } else { kit.smoothing };
    Stroke {
        size: kit.size(tool),
        color: if leaves == Tool::Hint { kit.color } else { base.color },
        thinning: if is_pen { base.thinning } else { 0.0 },
        smoothing: calm,
        streamline: calm,
        is_pressure_simulated: is_pen && !has_pressure,
        ..base
    }
}

/// A stroke of computed samples, drawn in as much time as the pointer took.
fn computed(mut samples: Vec<Sample>, millis: u32, kit: &Kit) -> Stroke {
    let last = samples.len().saturating_sub(1).max(1) as u64;
    for (n, sample) in samples.iter_mut().enumerate() {
        sample.millis = (u64::from(millis) * n as u64 / last) as u32;
    }
    Stroke { size: kit.size(DrawTool::Line), ..Stroke::computed(Tool::Pen, samples) }
}

fn push_apart(points: &mut Vec<(f32, f32)>, next: (f32, f32)) {
    let is_apart = points.last().is_none_or(|last| (last.0 - next.0).hypot(last.1 - next.1) > NEAR);
    if is_apart {
        points.push(next);
    }
}

/// The end of a line whose angle is a multiple of [`SNAP`]; its length stays.
fn snapped(from: (f32, f32), to: (f32, f32)) -> (f32, f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let angle = (dy.atan2(dx) / SNAP).round() * SNAP;
    let length = dx.hypot(dy);
    (from.0 + length * angle.cos(), from.1 + length * angle.sin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ImagePos;
    use crate::ui::tools::Press;

    fn at(x: f32, y: f32) -> PointerSample {
        PointerSample { pos: ImagePos::new(x * PAPER, y * PAPER), pressure: 1.0, is_shift: false }
    }

    fn press(x: f32, y: f32) -> ToolEvent {
        ToolEvent::Press(Press { at: at(x, y), is_inverse: false, is_double: false })
    }

    fn draw(tool: DrawTool, events: &[ToolEvent]) -> (Pen, Vec<(SketchAction, Stroke)>) {
        let kit = Kit::default();
        let mut pen = Pen::default();
        let hear = |(n, event): (usize, &ToolEvent)| {
            let ctx = PenContext { tool, kit: &kit, millis: 1000 + n as u64 * 10, has_pressure: false };
            pen.hear(*event, &ctx)
        };
        let strokes = events.iter().enumerate().filter_map(hear).collect();
        (pen, strokes)
    }

    #[test]
    fn a_press_a_move_and_a_release_are_a_stroke_with_times_and_simulated_pressure() {
        let events = [press(0.1, 0.2), ToolEvent::Move(at(0.3, 0.2)), ToolEvent::Release(at(0.5, 0.2))];
        let (pen, strokes) = draw(DrawTool::Pen, &events);
        assert_eq!(pen, Pen::Ready, "done");
        let [(SketchAction::Draw, stroke)] = strokes.as_slice() else { panic!("one stroke: {strokes:?}") };
        assert!(stroke.is_sound() && stroke.is_pressure_simulated, "a mouse tells no pressure");
        let times: Vec<u32> = stroke.samples.iter().map(|sample| sample.millis).collect();
        assert_eq!(times, [0, 10, 20], "since it began");
    }

    #[test]
    fn the_other_button_erases_and_escape_leaves_nothing() {
        let inverse = ToolEvent::Press(Press { at: at(0.5, 0.5), is_inverse: true, is_double: false });
        let (_, strokes) = draw(DrawTool::Pen, &[inverse, ToolEvent::Release(at(0.6, 0.5))]);
        assert_eq!(strokes[0].1.tool, Tool::Eraser, "any other button does");
        assert_eq!(strokes[0].1.size, Kit::default().size(DrawTool::Eraser), "in its own size");
        let (pen, strokes) = draw(DrawTool::Pen, &[press(0.1, 0.1), ToolEvent::Move(at(0.2, 0.2)), ToolEvent::Abort]);
        assert!(strokes.is_empty() && !pen.is_drawing(), "taken back");
    }

    #[test]
    fn a_line_is_straight_and_shift_snaps_its_angle() {
        let shifted = PointerSample { is_shift: true, ..at(0.6, 0.12) };
        let (_, strokes) = draw(DrawTool::Line, &[press(0.1, 0.1), ToolEvent::Release(shifted)]);
        let samples = &strokes[0].1.samples;
        assert!(samples.iter().all(|sample| (sample.y - 0.1).abs() < 1e-6), "level");
        assert!((samples.last().unwrap().x - 0.6).abs() < 0.01, "as long as it was");
        let (_, strokes) = draw(DrawTool::Line, &[press(0.1, 0.1), ToolEvent::Release(at(0.1, 0.1))]);
        assert!(strokes.is_empty(), "a click is no line");
    }

    #[test]
    fn a_curve_passes_through_its_points_and_can_be_stepped_back() {
        let click = |x, y| [press(x, y), ToolEvent::Release(at(x, y))];
        let mut events = [click(0.1, 0.5), click(0.5, 0.1), click(0.9, 0.5)].concat();
        let (pen, strokes) = draw(DrawTool::Curve, &events);
        assert!(pen.is_drawing() && !pen.is_down() && strokes.is_empty(), "it waits for more");
        events.extend([ToolEvent::StepBack, press(0.9, 0.9), ToolEvent::Release(at(0.9, 0.9)), ToolEvent::Confirm]);
        let (_, strokes) = draw(DrawTool::Curve, &events);
        let [(SketchAction::Curve, stroke)] = strokes.as_slice() else { panic!("one curve: {strokes:?}") };
        let passes = |x: f32, y: f32| stroke.samples.iter().any(|s| (s.x - x).abs() < 1e-3 && (s.y - y).abs() < 1e-3);
        assert!(passes(0.1, 0.5) && passes(0.5, 0.1) && passes(0.9, 0.9), "all of them");
        assert!(!passes(0.9, 0.5), "but not the one that was taken back");
    }
}
