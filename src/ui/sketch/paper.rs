//! The canvas of the room and all that it remembers between frames: view, pen, textures.

use egui::{Event, Response, TextureHandle, Ui};

use super::pen::{PAPER, Pen, PenContext};
use super::picture::PictureLayer;
use super::tiles::InkTiles;
use super::tool::{DrawTool, Kit};
use crate::document::sketch::SketchAction;
use crate::imaging::ink::{Stroke, Tool};
use crate::imaging::{Frame, ImagePos, Size};
use crate::ui::canvas::input::{Held, Parts, PointerRouter, gesture_keys};
use crate::ui::canvas::navigation::{Scrolling, Wheel};
use crate::ui::canvas::{BrushSettings, CompareMode, ViewState};
use crate::ui::tools::{PointerSample, ToolEvent};

/// The canvas.
pub struct Paper {
    /// Zoom and position; the paper is 1024 × 1024 to it.
    pub view: ViewState,
    pub(super) pen: Pen,
    pub(super) tiles: InkTiles,
    pub(super) picture: PictureLayer,
    pub(super) under: Option<(usize, Frame, TextureHandle)>,
    pub(super) hover: Option<ImagePos>,
    scrolling: Scrolling,
    pointer: PointerRouter,
    /// Whether the pointer under way tells how hard it is pressed.
    has_pressure: bool,
    /// Seconds on the window's clock when the frame before was drawn.
    before: f64,
}

impl Default for Paper {
    fn default() -> Self {
        let mut view = ViewState::for_small_pictures();
        view.set_image_size(Size::new(PAPER as u32, PAPER as u32));
        Self {
            view,
            pen: Pen::default(),
            tiles: InkTiles::default(),
            picture: PictureLayer::default(),
            under: None,
            hover: None,
            scrolling: Scrolling::default(),
            pointer: PointerRouter::default(),
            has_pressure: false,
            before: 0.0,
        }
    }
}

impl Paper {
    /// Whether a stroke is unfinished: then Enter, Backspace and Escape belong to the canvas.
    #[must_use]
    pub const fn is_drawing(&self) -> bool {
        self.pen.is_drawing()
    }

    /// Whether the pen touches the paper.
    #[must_use]
    pub const fn is_down(&self) -> bool {
        self.pen.is_down()
    }

    /// Whether the view is being moved.
    pub(super) fn is_panning(&self) -> bool {
        matches!(self.pointer.held(), Some(Held::Pan(_)))
    }

    /// The stroke under way.
    #[must_use]
    pub fn stroke(&self, kit: &Kit) -> Option<Stroke> {
        self.pen.stroke(kit)
    }

    /// Whether what is under way takes ink away.
    pub(super) fn is_erasing(&self) -> bool {
        matches!(&self.pen, Pen::Free { tool, .. } if tool.leaves() == Tool::Eraser)
    }

    /// Ends an unfinished curve as if Enter had been pressed, so that another tool can be taken up.
    pub(super) fn finish(&mut self, tool: DrawTool, kit: &Kit) -> Option<(SketchAction, Stroke)> {
        if self.pen.is_down() {
            return None;
        }
        let ctx = PenContext { tool, kit, millis: 0, has_pressure: false };
        let finished = self.pen.hear(ToolEvent::Confirm, &ctx);
        self.pen = Pen::Ready;
        finished
    }

    /// Handles the frame's input on the canvas, which `response` covers. Returns the strokes that were finished.
    pub(super) fn hear(
        &mut self,
        ui: &Ui,
        response: &Response,
        tool: DrawTool,
        kit: &mut Kit,
    ) -> Vec<(SketchAction, Stroke)> {
        self.scrolling.navigate(ui, response, &mut self.view, Wheel::Zooms);
        let keys = if self.pen.is_drawing() { gesture_keys(ui) } else { Vec::new() };
        let side = PAPER;
        let mut size = BrushSettings { size: kit.size(tool) * side, hardness: 1.0, has_pressure: false };
        let mut compare = CompareMode::Off;
        let mut parts =
            Parts { view: &mut self.view, brush: &mut size, compare: &mut compare, has_brush: true, is_panning: false };
        let heard = self.pointer.handle(ui, response, &mut parts);
        if matches!(self.pointer.held(), Some(Held::Adjust(..))) {
            kit.set_size(tool, size.size / side);
        }
        if heard.iter().any(|event| matches!(event, ToolEvent::Press(_))) {
            self.has_pressure = tells_pressure(ui);
            // The keys belong to the canvas now, not to a slider that was used before.
            ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        }
        let finished = self.play(ui, keys.into_iter().chain(heard).collect(), tool, kit);
        self.follow_hover(ui, response);
        finished
    }

    /// Lets the pen hear `events`. All of them have arrived since the last frame, one after the other.
    fn play(&mut self, ui: &Ui, events: Vec<ToolEvent>, tool: DrawTool, kit: &Kit) -> Vec<(SketchAction, Stroke)> {
        let now = ui.input(|input| input.time);
        let passed = (now - self.before).clamp(0.0, 0.1);
        self.before = now;
        let count = events.len().max(1) as f64;
        let mut finished = Vec::new();
        for (n, event) in events.into_iter().enumerate() {
            let at = now - passed * (1.0 - (n + 1) as f64 / count);
            let millis = (at.max(0.0) * 1000.0) as u64;
            let ctx = PenContext { tool, kit, millis, has_pressure: self.has_pressure };
            finished.extend(self.pen.hear(event, &ctx));
        }
        finished
    }

    fn follow_hover(&mut self, ui: &Ui, response: &Response) {
        let pos = ui
            .input(|input| input.pointer.hover_pos())
            .filter(|pos| (response.contains_pointer() && response.rect.contains(*pos)) || self.pen.is_down());
        self.hover = pos.map(|pos| self.view.image_from_ui(pos));
        if let Some(pos) = self.hover {
            self.pen.hover(PointerSample { pos, pressure: 1.0, is_shift: false });
        }
    }
}

/// Whether a touch or a pen of this frame tells how hard it is pressed. Screens that tell only whether they are touched say 1
/// or nothing.
fn tells_pressure(ui: &Ui) -> bool {
    ui.input(|input| {
        input
            .events
            .iter()
            .any(|event| matches!(event, Event::Touch { force: Some(force), .. } if *force > 0.0 && *force < 1.0))
    })
}
