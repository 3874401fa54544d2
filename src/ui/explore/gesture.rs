//! Strokes under way: each press, move and release becomes one step of the exploration's history.
//!
//! Strokes change only through [`ExploreHistory`]; positions are fractions of the picture's side.

use super::brush::{Brush, Palette};
use super::hit::stroke_at;
use crate::document::explore::{PicturePos, Stroke, StrokeId, StrokeTool};
use crate::document::{Exploration, ExploreAction, ExploreHistory};
use crate::imaging::{Frame, Place, Samples};
use crate::ui::tools::{PointerSample, ToolEvent};

/// What strokes are made with besides the pointer.
pub(super) struct GestureContext<'a> {
    /// The only way to the strokes.
    pub history: &'a mut ExploreHistory,
    /// What the pointer does.
    pub brush: Brush,
    /// Color and widths.
    pub palette: &'a mut Palette,
    /// The picture that shows, as it is: what warps and keeps remember, and what colors are taken from.
    pub picture: Option<&'a Frame>,
    /// Where the picture lies on the canvas.
    pub place: Place,
    /// The selected stroke.
    pub selected: &'a mut Option<StrokeId>,
}

/// A stroke under way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Gesture {
    /// None.
    #[default]
    Ready,
    /// This stroke grows.
    Drawing(StrokeId),
    /// This warp moves; where its square is held, from its centre.
    Moving(StrokeId, PicturePos),
    /// The handle of this pair moves; where it is held.
    Handle(StrokeId, PicturePos),
    /// Strokes under the pointer go.
    Erasing,
    /// The color under the pointer is taken.
    Picking,
}

impl Gesture {
    /// Whether something is unfinished: then Escape belongs to it.
    #[must_use]
    pub(super) const fn is_drawing(self) -> bool {
        !matches!(self, Self::Ready)
    }

    /// Whether a step of the history is unfinished.
    const fn is_changing(self) -> bool {
        matches!(self, Self::Drawing(_) | Self::Moving(..) | Self::Handle(..) | Self::Erasing)
    }

    /// Takes the unfinished stroke back.
    pub(super) fn abort(&mut self, history: &mut ExploreHistory) {
        if self.is_changing() {
            history.abort();
        }
        *self = Self::Ready;
    }

    /// Hears `event`.
    pub(super) fn handle(&mut self, event: ToolEvent, ctx: &mut GestureContext<'_>) {
        // An undo in the middle of a stroke has ended it already.
        if self.is_changing() && !ctx.history.is_in_gesture() {
            *self = Self::Ready;
        }
        match event {
            ToolEvent::Press(press) => {
                let at = ctx.picture_pos(press.at);
                *self = if press.is_inverse { ctx.press_inverse(at) } else { ctx.press(at) };
            }
            ToolEvent::Move(at) => self.follow(at, ctx),
            ToolEvent::Release(at) => {
                self.follow(at, ctx);
                self.finish(ctx);
            }
            ToolEvent::Abort => self.abort(ctx.history),
            ToolEvent::Confirm | ToolEvent::StepBack => {}
        }
    }

    fn follow(self, at: PointerSample, ctx: &mut GestureContext<'_>) {
        let at = ctx.picture_pos(at);
        match self {
            Self::Ready => {}
            Self::Drawing(id) => ctx.history.edit(|exploration| {
                exploration.extend_stroke(id, at);
            }),
            Self::Moving(id, grip) => ctx.history.edit(|exploration| {
                exploration.move_warp(id, PicturePos::new(at.x - grip.x, at.y - grip.y));
            }),
            Self::Handle(id, grip) => ctx.history.edit(|exploration| {
                exploration.move_handle(id, PicturePos::new(at.x - grip.x, at.y - grip.y));
            }),
            Self::Erasing => ctx.erase(at),
            Self::Picking => ctx.take_color(at),
        }
    }

    fn finish(&mut self, ctx: &mut GestureContext<'_>) {
        match std::mem::take(self) {
            Self::Drawing(id) => {
                if ctx.brush == Brush::Color {
                    ctx.palette.note_use();
                }
                *ctx.selected = ctx.history.end().then_some(id).or(*ctx.selected);
            }
            Self::Moving(id, _) | Self::Handle(id, _) => {
                let goes_nowhere = ctx.history.value().stroke(id).is_some_and(|stroke| !moves(stroke));
                if goes_nowhere {
                    // A click without a drag picks a square up and puts it down again.
                    ctx.history.abort();
                } else {
                    *ctx.selected = ctx.history.end().then_some(id).or(*ctx.selected);
                }
            }
            Self::Erasing => {
                ctx.history.end();
            }
            Self::Picking | Self::Ready => {}
        }
    }
}

impl GestureContext<'_> {
    fn picture_pos(&self, at: PointerSample) -> PicturePos {
        let unit = self.place.unit_from_photo(at.pos);
        PicturePos::new(unit.x, unit.y)
    }

    fn press(&mut self, at: PicturePos) -> Gesture {
        let (color, snapshot) = (self.palette.color, self.picture.cloned());
        match self.brush {
            Brush::Color => self.begin(ExploreAction::PaintColor, StrokeTool::Color { rgb: color }, at),
            Brush::Edge => self.begin(ExploreAction::Sketch, StrokeTool::Sketch { is_edge: true }, at),
            Brush::NoEdge => self.begin(ExploreAction::Sketch, StrokeTool::Sketch { is_edge: false }, at),
            Brush::Keep => match snapshot {
                Some(snapshot) => self.begin(ExploreAction::Keep, StrokeTool::Keep { snapshot }, at),
                None => Gesture::Ready,
            },
            Brush::Movable => self.begin(ExploreAction::Movable, StrokeTool::Movable, at),
            Brush::Drag => self.press_pair(at),
            Brush::Warp => self.press_warp(at, snapshot),
            Brush::Select => self.select(at),
            Brush::Eraser => {
                self.history.begin(ExploreAction::DeleteStroke);
                self.erase(at);
                Gesture::Erasing
            }
            Brush::Eyedropper => {
                self.take_color(at);
                Gesture::Picking
            }
            Brush::Pan => Gesture::Ready,
        }
    }

    /// The other button: an edge instead of none, and the other way round; a color from the picture.
    fn press_inverse(&mut self, at: PicturePos) -> Gesture {
        match self.brush {
            Brush::Edge => self.begin(ExploreAction::Sketch, StrokeTool::Sketch { is_edge: false }, at),
            Brush::NoEdge => self.begin(ExploreAction::Sketch, StrokeTool::Sketch { is_edge: true }, at),
            Brush::Color | Brush::Eyedropper => {
                self.take_color(at);
                Gesture::Picking
            }
            Brush::Warp | Brush::Keep | Brush::Drag | Brush::Movable | Brush::Eraser | Brush::Select | Brush::Pan => {
                self.select(at)
            }
        }
    }

    fn begin(&mut self, action: ExploreAction, tool: StrokeTool, at: PicturePos) -> Gesture {
        let width = self.palette.width(self.brush).unwrap_or(0.05);
        self.history.begin(action);
        let mut id = None;
        self.history.edit(|exploration| {
            if tool.is_searched() {
                follow_search(exploration);
            }
            id = exploration.add_stroke(tool, vec![at], width);
        });
        self.begun(id.map(Gesture::Drawing))
    }

    /// Moves the square under the pointer on, or picks a new one up.
    fn press_warp(&mut self, at: PicturePos, snapshot: Option<Frame>) -> Gesture {
        if let moving @ Gesture::Moving(..) = self.take_hold(at) {
            return moving;
        }
        let Some(snapshot) = snapshot else { return Gesture::Ready };
        let width = self.palette.width(Brush::Warp).unwrap_or(0.375);
        let mut id = None;
        self.history.begin(ExploreAction::Warp);
        self.history.edit(|exploration| {
            follow_search(exploration);
            let tool = StrokeTool::Warp { from: at, to: at, snapshot };
            id = exploration.add_stroke(tool, Vec::new(), width);
        });
        self.begun(id.map(|id| Gesture::Moving(id, PicturePos::new(0.0, 0.0))))
    }

    /// A gesture that has begun; one that could not is taken back.
    pub(super) fn begun(&mut self, gesture: Option<Gesture>) -> Gesture {
        if gesture.is_none() {
            self.history.abort();
        }
        gesture.unwrap_or_default()
    }

    /// Takes hold of the selected warp, if its square is under the pointer.
    fn take_hold(&mut self, at: PicturePos) -> Gesture {
        let stroke = self.selected.and_then(|id| self.history.value().stroke(id));
        let Some(stroke) = stroke.filter(|stroke| stroke.is_visible) else { return Gesture::Ready };
        if matches!(stroke.tool, StrokeTool::Drag { .. }) {
            let held = self.hold_pair(at);
            if held != Gesture::Ready {
                self.history.begin(ExploreAction::SetPair);
            }
            return held;
        }
        let StrokeTool::Warp { to, .. } = stroke.tool else { return Gesture::Ready };
        let grip = PicturePos::new(at.x - to.x, at.y - to.y);
        // A third of the square: outside of it another square can be picked up.
        if grip.x.abs().max(grip.y.abs()) > stroke.width / 6.0 {
            return Gesture::Ready;
        }
        let id = stroke.id;
        self.history.begin(ExploreAction::Warp);
        Gesture::Moving(id, grip)
    }

    fn select(&mut self, at: PicturePos) -> Gesture {
        *self.selected = stroke_at(&self.history.value().strokes, at);
        self.take_hold(at)
    }

    fn erase(&mut self, at: PicturePos) {
        if let Some(id) = stroke_at(&self.history.value().strokes, at) {
            self.history.edit(|exploration| {
                exploration.delete_stroke(id);
            });
            *self.selected = self.selected.filter(|selected| *selected != id);
        }
    }

    fn take_color(&mut self, at: PicturePos) {
        if let Some(color) = self.picture.and_then(|picture| color_at(picture, at)) {
            self.palette.pick(color);
        }
    }
}

/// From a stroke on the canvas shows what the search finds, wherever the slider stood.
fn follow_search(exploration: &mut Exploration) {
    exploration.slide(1.0);
    if exploration.slider.to.as_ref() != exploration.chosen.as_ref().map(|pick| &pick.latent) {
        exploration.slider.to = None;
    }
}

/// Whether a warp or a pair of points goes anywhere; other strokes always count.
fn moves(stroke: &Stroke) -> bool {
    !matches!(&stroke.tool, StrokeTool::Warp { from, to, .. } | StrokeTool::Drag { from, to } if from == to)
}

/// The color of an 8-bit RGB picture at `at`, if it lies inside.
#[must_use]
pub(super) fn color_at(picture: &Frame, at: PicturePos) -> Option<[u8; 3]> {
    let (width, height) = (picture.size().width, picture.size().height);
    let inside = (0.0..1.0).contains(&at.x) && (0.0..1.0).contains(&at.y);
    let Samples::U8(samples) = picture.samples() else { return None };
    let (x, y) = ((at.x * width as f32) as usize, (at.y * height as f32) as usize);
    let start = (y * width as usize + x) * 3;
    samples.get(start..start + 3).filter(|_| inside).and_then(|rgb| rgb.try_into().ok())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::document::HistoryLimits;
    use crate::imaging::{ColorModel, ImagePos, Size};
    use crate::ui::tools::Press;

    pub(in super::super) struct Stage {
        pub(in super::super) history: ExploreHistory,
        palette: Palette,
        picture: Frame,
        selected: Option<StrokeId>,
        gesture: Gesture,
    }

    impl Stage {
        pub(in super::super) fn new() -> Self {
            let size = Size::new(8, 8);
            let rgb = (0..size.area()).flat_map(|at| [at as u8, 7, 9]).collect();
            Self {
                history: ExploreHistory::new(Exploration::new("toy"), HistoryLimits::default()),
                palette: Palette::default(),
                picture: Frame::new(size, ColorModel::Rgb, Samples::U8(rgb)).unwrap(),
                selected: None,
                gesture: Gesture::default(),
            }
        }

        pub(in super::super) fn drag(&mut self, brush: Brush, is_inverse: bool, path: &[(f32, f32)]) {
            let sample =
                |(x, y): (f32, f32)| PointerSample { pos: ImagePos::new(x, y), pressure: 1.0, is_shift: false };
            let mut events = vec![ToolEvent::Press(Press { at: sample(path[0]), is_inverse, is_double: false })];
            events.extend(path[1..].iter().map(|&at| ToolEvent::Move(sample(at))));
            events.push(ToolEvent::Release(sample(path[path.len() - 1])));
            for event in events {
                let mut ctx = GestureContext {
                    history: &mut self.history,
                    brush,
                    palette: &mut self.palette,
                    picture: Some(&self.picture),
                    place: Place::upright(0.0, 0.0, 8.0),
                    selected: &mut self.selected,
                };
                self.gesture.handle(event, &mut ctx);
            }
        }
    }

    #[test]
    fn a_stroke_is_one_step_in_fractions_of_the_picture() {
        let mut stage = Stage::new();
        stage.drag(Brush::Color, false, &[(2.0, 2.0), (4.0, 2.0), (4.0, 4.0)]);
        let strokes = &stage.history.value().strokes;
        assert_eq!(strokes[0].points, [(0.25, 0.25), (0.5, 0.25), (0.5, 0.5)].map(|(x, y)| PicturePos::new(x, y)));
        assert_eq!((stage.history.position(), stage.selected), (1, Some(strokes[0].id)), "one step, selected");
        stage.drag(Brush::Edge, true, &[(1.0, 1.0)]);
        let tool = &stage.history.value().strokes[1].tool;
        assert_eq!(*tool, StrokeTool::Sketch { is_edge: false }, "the other button means no edge");
    }

    #[test]
    fn a_square_is_moved_and_moved_on_but_a_click_moves_nothing() {
        let mut stage = Stage::new();
        stage.drag(Brush::Warp, false, &[(4.0, 4.0)]);
        assert!(stage.history.value().strokes.is_empty(), "a click");
        stage.drag(Brush::Warp, false, &[(4.0, 4.0), (5.0, 4.0)]);
        stage.drag(Brush::Warp, false, &[(5.0, 4.0), (6.0, 6.0)]);
        let strokes = &stage.history.value().strokes;
        let StrokeTool::Warp { from, to, .. } = &strokes[0].tool else { panic!("a warp") };
        assert_eq!((strokes.len(), *from, *to), (1, PicturePos::new(0.5, 0.5), PicturePos::new(0.75, 0.75)), "one");
    }

    #[test]
    fn strokes_are_erased_and_colors_are_taken() {
        let mut stage = Stage::new();
        stage.drag(Brush::Color, false, &[(1.0, 1.0), (7.0, 1.0)]);
        stage.drag(Brush::Keep, false, &[(4.0, 6.0)]);
        stage.drag(Brush::Eraser, false, &[(4.0, 0.0), (4.0, 7.0)]);
        stage.drag(Brush::Eraser, false, &[(4.0, 1.0), (4.0, 6.0)]);
        assert!(stage.history.value().strokes.is_empty(), "all that was crossed");
        stage.history.undo();
        assert!(!stage.history.value().strokes.is_empty(), "and back");
        stage.drag(Brush::Eyedropper, false, &[(3.5, 2.5)]);
        assert_eq!(stage.palette.color, [19, 7, 9], "of the pixel under the pointer");
        stage.drag(Brush::Eyedropper, false, &[(30.0, 2.5)]);
        assert_eq!(stage.palette.color, [19, 7, 9], "none outside");
    }
}
