//! The table's lines for the room Sketch.

use egui::{Key, KeyboardShortcut};

use super::{CTRL, CTRL_SHIFT, Command, Entry, Menu, NONE, Needs, SHIFT};
use crate::ui::icons;
use crate::ui::sketch::DrawTool;

/// The line of `command`; `None` when it is not one of this room.
#[rustfmt::skip]
pub(super) const fn entry(command: Command) -> Option<Entry> {
    use Menu::{Draw, Edit, File, Layer, Sketch, View};
    Some(match command {
        Command::RoomSketch => Entry(View, icons::SKETCH, Needs::Nothing, keys![NONE F4]),
        Command::ChooseTheme => Entry(Sketch, icons::THEME, Needs::Paper, keys![CTRL M]),
        Command::PaintNow => Entry(Sketch, icons::SPARKLE, Needs::Subject, keys![NONE Enter]),
        Command::TogglePainting => Entry(Sketch, icons::LIGHTNING, Needs::Paper, keys![NONE A]),
        Command::ShowVariants => Entry(Sketch, icons::VARIANTS, Needs::Subject, keys![NONE V]),
        Command::MoreVariants => Entry(Sketch, icons::DICE, Needs::Subject, keys![SHIFT V]),
        Command::NextVariant => Entry(Sketch, icons::CARET_RIGHT, Needs::Variants, keys![NONE Period]),
        Command::PreviousVariant => Entry(Sketch, icons::CARET_LEFT, Needs::Variants, keys![NONE Comma]),
        Command::ToggleTransparent => Entry(Sketch, icons::TRANSPARENT, Needs::Paper, keys![NONE T]),
        Command::OpenUnder => Entry(Sketch, icons::IMAGE, Needs::Paper, keys![CTRL U]),
        Command::ToggleUnder => Entry(Sketch, icons::EYE, Needs::Under, keys![NONE U]),
        Command::DropUnder => Entry(Sketch, icons::CLOSE, Needs::Under, keys![CTRL_SHIFT U]),
        Command::ExportResult => Entry(File, icons::SPARKLE, Needs::Result, keys![CTRL S]),
        Command::ExportInk => Entry(File, icons::PENCIL, Needs::Ink, keys![CTRL E]),
        Command::ExportPair => Entry(File, icons::BESIDE, Needs::Result, keys![CTRL_SHIFT E]),
        Command::ExportSvg => Entry(File, icons::SVG, Needs::Ink, &[]),
        Command::ExportNdjson => Entry(File, icons::PATH, Needs::Ink, &[]),
        Command::ExportOpenRaster => Entry(File, icons::STACK, Needs::Ink, &[]),
        Command::ExportTimeLapse => Entry(File, icons::FILM, Needs::Ink, keys![CTRL T]),
        Command::DrawPen => Entry(Draw, icons::PENCIL, Needs::Paper, keys![NONE B, NONE P]),
        Command::DrawEraser => Entry(Draw, icons::ERASER, Needs::Paper, keys![NONE E]),
        Command::DrawLine => Entry(Draw, icons::LINE, Needs::Paper, keys![NONE L]),
        Command::DrawCurve => Entry(Draw, icons::CURVE, Needs::Paper, keys![NONE C]),
        Command::DrawHint => Entry(Draw, icons::HINT, Needs::Paper, keys![NONE H]),
        Command::HintColor => Entry(Draw, icons::COLORS, Needs::Paper, keys![SHIFT H]),
        Command::ToggleMirror => Entry(Draw, icons::MIRROR, Needs::Paper, keys![NONE M]),
        Command::TurnMirror => Entry(Draw, icons::TURN, Needs::Paper, keys![SHIFT M]),
        Command::ToggleSmoothing => Entry(Draw, icons::SMOOTH, Needs::Paper, keys![NONE S]),
        Command::ClearPaper => Entry(Edit, icons::TRASH, Needs::Ink, keys![CTRL D]),
        Command::AddLayer => Entry(Layer, icons::PLUS, Needs::Paper, keys![CTRL_SHIFT N]),
        Command::RenameLayer => Entry(Layer, icons::RENAME, Needs::Paper, keys![SHIFT R]),
        Command::DeleteLayer => Entry(Layer, icons::TRASH, Needs::Layers, keys![SHIFT Delete]),
        Command::LayerAbove => Entry(Layer, icons::CARET_UP, Needs::LayerOver, keys![NONE PageUp]),
        Command::LayerBelow => Entry(Layer, icons::CARET_DOWN, Needs::LayerUnder, keys![NONE PageDown]),
        Command::LayerUp => Entry(Layer, icons::ARROW_UP, Needs::LayerOver, keys![SHIFT PageUp]),
        Command::LayerDown => Entry(Layer, icons::ARROW_DOWN, Needs::LayerUnder, keys![SHIFT PageDown]),
        Command::ToggleLayer => Entry(Layer, icons::EYE, Needs::Paper, keys![NONE X]),
        Command::SoloLayer => Entry(Layer, icons::SOLO, Needs::Paper, keys![SHIFT X]),
        Command::ShowBeside => Entry(View, icons::BESIDE, Needs::Paper, keys![NONE D]),
        Command::ShowOver => Entry(View, icons::OVER, Needs::Paper, keys![NONE O]),
        Command::HideResult => Entry(View, icons::EYE_SLASH, Needs::Paper, keys![NONE W]),
        _ => return None,
    })
}

impl Command {
    /// The tool of the room Sketch that it picks, if it picks one.
    #[must_use]
    pub const fn draw_tool(self) -> Option<DrawTool> {
        Some(match self {
            Self::DrawPen => DrawTool::Pen,
            Self::DrawEraser => DrawTool::Eraser,
            Self::DrawLine => DrawTool::Line,
            Self::DrawCurve => DrawTool::Curve,
            Self::DrawHint => DrawTool::Hint,
            _ => return None,
        })
    }
}
