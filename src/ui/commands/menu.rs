//! Rooms and the menus of the menu bar.

use super::Command;

/// A room of the window: what is done there, with commands and a state of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter)]
pub enum Room {
    /// Things go from photos.
    #[default]
    Erase,
    /// Pictures are painted on a generator's manifold.
    Explore,
    /// Strokes become a picture.
    Sketch,
}

/// A menu of the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Menu {
    /// Opening and saving.
    File,
    /// Undo and erasing.
    Edit,
    /// What is marked.
    Mask,
    /// The selected erasure.
    Erasure,
    /// Model, candidates, photo.
    Explore,
    /// Brushes and strokes on the manifold.
    Stroke,
    /// The slider and the strip of key frames.
    Morph,
    /// The picture that a drawing becomes.
    Sketch,
    /// Pens.
    Draw,
    /// Layers of a drawing.
    Layer,
    /// Lessons and the gallery.
    School,
    /// What the pointer does.
    Tool,
    /// How things show.
    View,
    /// Help.
    Help,
}

impl Menu {
    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::File => "menu-file",
            Self::Edit => "menu-edit",
            Self::Mask => "menu-mask",
            Self::Erasure => "menu-erasure",
            Self::Explore => "menu-explore",
            Self::Stroke => "menu-stroke",
            Self::Morph => "menu-morph",
            Self::Sketch => "menu-sketch",
            Self::Draw => "menu-draw",
            Self::Layer => "menu-layer",
            Self::School => "menu-school",
            Self::Tool => "menu-tool",
            Self::View => "menu-view",
            Self::Help => "menu-help",
        }
    }

    /// The room that it belongs to; `None` for both.
    #[must_use]
    pub const fn room(self) -> Option<Room> {
        match self {
            Self::Mask | Self::Erasure => Some(Room::Erase),
            Self::Explore | Self::Stroke | Self::Morph => Some(Room::Explore),
            Self::Sketch | Self::Draw | Self::Layer | Self::School => Some(Room::Sketch),
            Self::File | Self::Edit | Self::Tool | Self::View | Self::Help => None,
        }
    }
}

impl Command {
    /// Whether a line is drawn above it in its menu.
    #[must_use]
    pub const fn starts_group(self) -> bool {
        matches!(
            self,
            Self::SaveCopy
                | Self::SaveSession
                | Self::CopyPicture
                | Self::CloseDocument
                | Self::Settings
                | Self::EraseMarked
                | Self::SelectAbove
                | Self::ToggleErasure
                | Self::MoveErasureUp
                | Self::InvertMask
                | Self::GrowMask
                | Self::ClearSources
                | Self::ToolObject
                | Self::ToolSampleFrom
                | Self::ToolPan
                | Self::BrushSmaller
                | Self::CompareDivider
                | Self::RoomErase
                | Self::PaintNow
                | Self::ShowVariants
                | Self::ToggleTransparent
                | Self::OpenUnder
                | Self::ExportInk
                | Self::ExportSvg
                | Self::ExportTimeLapse
                | Self::ToggleMirror
                | Self::ClearPaper
                | Self::LayerAbove
                | Self::ToggleLayer
                | Self::ShowBeside
                | Self::Fix
                | Self::NextPick
                | Self::EditCrop
                | Self::SteerSeed
                | Self::FindComponents
                | Self::ToolStrokeEraser
                | Self::PickColor
                | Self::SelectStrokeAbove
                | Self::Play
                | Self::AddKeyFrame
                | Self::ExportFrames
                | Self::ToggleEdits
                | Self::ChooseLesson
                | Self::SkipStep
                | Self::HangUp
                | Self::FetchDrawing
                | Self::SaySmile
                | Self::ToggleTheme
                | Self::ToggleSidePanel
        )
    }
}
