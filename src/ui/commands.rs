//! Everything a person can tell the window to do: one table from which menu, tool bar, palette and help are made.

macro_rules! keys {
    ($($modifiers:ident $key:ident),*) => { const { &[$(KeyboardShortcut::new($modifiers, Key::$key)),*] } };
}

mod drawing;
mod exploring;
mod menu;
mod schooling;
mod situation;
#[cfg(test)]
mod tests;

use egui::{Key, KeyboardShortcut, Modifiers};

pub use menu::{Menu, Room};
pub use situation::{Needs, Situation};

use super::explore::Brush;
use super::icons;
use super::tools::ToolKind;

struct Entry(Menu, &'static str, Needs, &'static [KeyboardShortcut]);

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);

/// One thing that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described by its tooltip in assets/text/en.ftl")]
pub enum Command {
    Open,
    OpenRecent,
    OpenByPath,
    Paste,
    SaveCopy,
    SaveAs,
    SaveToPath,
    Export,
    SaveSession,
    SaveSessionAs,
    CopyPicture,
    ImportModel,
    ImportMask,
    ExportMask,
    Settings,
    CloseDocument,
    Quit,
    Undo,
    Redo,
    EraseMarked,
    Reroll,
    CancelJob,
    NextCandidate,
    PreviousCandidate,
    SelectAbove,
    SelectBelow,
    ToggleErasure,
    DeleteErasure,
    MoveErasureUp,
    MoveErasureDown,
    GrowMask,
    ShrinkMask,
    FeatherMask,
    InvertMask,
    ClearMask,
    ClearSources,
    ToolBrush,
    ToolEraser,
    ToolRectangle,
    ToolLasso,
    ToolPolygon,
    ToolObject,
    ToolSampleFrom,
    ToolSampleNever,
    ToolPan,
    BrushSmaller,
    BrushLarger,
    Fit,
    ActualSize,
    ZoomIn,
    ZoomOut,
    CompareDivider,
    HoldOriginal,
    DifferenceView,
    ToggleAutoFill,
    RoomErase,
    RoomExplore,
    RoomSketch,
    ChooseTheme,
    PaintNow,
    TogglePainting,
    ShowVariants,
    MoreVariants,
    NextVariant,
    PreviousVariant,
    ToggleTransparent,
    OpenUnder,
    ToggleUnder,
    DropUnder,
    ExportInk,
    ExportResult,
    ExportPair,
    ExportSvg,
    ExportNdjson,
    ExportOpenRaster,
    ExportTimeLapse,
    DrawPen,
    DrawEraser,
    DrawLine,
    DrawCurve,
    DrawHint,
    HintColor,
    ToggleMirror,
    TurnMirror,
    ToggleSmoothing,
    ClearPaper,
    AddLayer,
    RenameLayer,
    DeleteLayer,
    LayerAbove,
    LayerBelow,
    LayerUp,
    LayerDown,
    ToggleLayer,
    SoloLayer,
    ShowBeside,
    ShowOver,
    HideResult,
    ChooseLesson,
    TopicOfDay,
    ToggleClock,
    SkipStep,
    StepBack,
    FinishLesson,
    ToggleMissed,
    EndLesson,
    HangUp,
    ToggleGallery,
    ChooseProfile,
    FetchDrawing,
    TakeDown,
    ExportGallery,
    SaySmile,
    SayWow,
    SayCry,
    ChooseModel,
    RandomLatents,
    NewSeed,
    Fix,
    SearchOn,
    Restart,
    NextPick,
    PreviousPick,
    DragPoints,
    ClearPairs,
    AverageMode,
    ShadowMode,
    EditCrop,
    Project,
    DropPhoto,
    Transfer,
    RemoveEdit,
    ShowManifold,
    ShowPhoto,
    NextMethod,
    PreviousVisited,
    NextVisited,
    ToolColor,
    ToolEdge,
    ToolNoEdge,
    ToolWarp,
    ToolKeep,
    ToolDrag,
    ToolMovable,
    ToolStrokeEraser,
    ToolSelect,
    ToolEyedropper,
    PickColor,
    SelectStrokeAbove,
    SelectStrokeBelow,
    ToggleStroke,
    DeleteStroke,
    ClearStrokes,
    SteerSeed,
    SteerHere,
    SteerSnap,
    SteerReset,
    SteerDrift,
    FindComponents,
    FindFactors,
    ShowMixSheet,
    SliderStart,
    SliderEnd,
    SwapEnds,
    ToggleSpherical,
    Play,
    PlayMode,
    NextFrame,
    PreviousFrame,
    AddKeyFrame,
    DeleteKeyFrame,
    KeyFrameEarlier,
    KeyFrameLater,
    SmoothPath,
    ExportFrames,
    ToggleEdits,
    CompareProjection,
    ToggleSharp,
    ToggleTheme,
    NextLanguage,
    ToggleSidePanel,
    ToggleHistory,
    ToggleLog,
    Palette,
    Shortcuts,
}

impl Command {
    #[rustfmt::skip]
    const fn entry(self) -> Entry {
        use Menu::{Edit, Erasure, File, Help, Mask, Tool, View};
        match self {
            Self::Open => Entry(File, icons::FOLDER_OPEN, Needs::Nothing, keys![CTRL O]),
            Self::OpenRecent => Entry(File, icons::HISTORY, Needs::Recent, keys![CTRL R]),
            Self::OpenByPath => Entry(File, icons::PATH, Needs::Nothing, keys![CTRL_SHIFT O]),
            Self::Paste => Entry(File, icons::CLIPBOARD, Needs::Nothing, keys![CTRL V]),
            Self::SaveCopy => Entry(File, icons::SAVE, Needs::Photo, keys![CTRL S]),
            Self::SaveAs => Entry(File, icons::SAVE_AS, Needs::Canvas, keys![CTRL_SHIFT S]),
            Self::SaveToPath => Entry(File, icons::PATH, Needs::Canvas, &[]),
            Self::Export => Entry(File, icons::EXPORT, Needs::Photo, keys![CTRL E]),
            Self::SaveSession => Entry(File, icons::STACK, Needs::Canvas, keys![CTRL_ALT S]),
            Self::SaveSessionAs => Entry(File, icons::STACK, Needs::Canvas, &[]),
            Self::ImportModel => Entry(File, icons::MODEL, Needs::Nothing, &[]),
            Self::CopyPicture => Entry(File, icons::COPY, Needs::Canvas, keys![CTRL C]),
            Self::ImportMask => Entry(Mask, icons::DOWNLOAD, Needs::Photo, &[]),
            Self::ExportMask => Entry(Mask, icons::UPLOAD, Needs::Marks, &[]),
            Self::CloseDocument => Entry(File, icons::CLOSE, Needs::Canvas, keys![CTRL W]),
            Self::Quit => Entry(File, icons::QUIT, Needs::Nothing, keys![CTRL Q]),
            Self::Undo => Entry(Edit, icons::UNDO, Needs::Undo, keys![CTRL Z]),
            Self::Redo => Entry(Edit, icons::REDO, Needs::Redo, keys![CTRL_SHIFT Z, CTRL Y]),
            Self::EraseMarked => Entry(Edit, icons::SPARKLE, Needs::Marks, keys![NONE Enter]),
            Self::CancelJob => Entry(Edit, icons::CANCEL, Needs::Work, keys![NONE Escape]),
            Self::Reroll => Entry(Erasure, icons::DICE, Needs::Erasure, keys![NONE R]),
            Self::NextCandidate => Entry(Erasure, icons::CARET_RIGHT, Needs::Candidates, keys![NONE Period]),
            Self::PreviousCandidate => Entry(Erasure, icons::CARET_LEFT, Needs::Candidates, keys![NONE Comma]),
            Self::SelectAbove => Entry(Erasure, icons::CARET_UP, Needs::Above, keys![NONE PageUp]),
            Self::SelectBelow => Entry(Erasure, icons::CARET_DOWN, Needs::Below, keys![NONE PageDown]),
            Self::ToggleErasure => Entry(Erasure, icons::EYE, Needs::Erasure, keys![NONE V]),
            Self::DeleteErasure => Entry(Erasure, icons::TRASH, Needs::Erasure, keys![NONE Delete]),
            Self::MoveErasureUp => Entry(Erasure, icons::ARROW_UP, Needs::Above, keys![SHIFT PageUp]),
            Self::MoveErasureDown => Entry(Erasure, icons::ARROW_DOWN, Needs::Below, keys![SHIFT PageDown]),
            Self::GrowMask => Entry(Mask, icons::GROW, Needs::Marks, keys![NONE G]),
            Self::ShrinkMask => Entry(Mask, icons::SHRINK, Needs::Marks, keys![SHIFT G]),
            Self::FeatherMask => Entry(Mask, icons::FEATHER, Needs::Marks, keys![CTRL_SHIFT F]),
            Self::InvertMask => Entry(Mask, icons::INVERT, Needs::Photo, keys![CTRL_SHIFT I]),
            Self::ClearMask => Entry(Mask, icons::CLEAR, Needs::Marks, keys![CTRL D]),
            Self::ClearSources => Entry(Mask, icons::TARGET, Needs::Sources, keys![CTRL_SHIFT D]),
            Self::ToolBrush => Entry(Tool, icons::BRUSH, Needs::Photo, keys![NONE B]),
            Self::ToolEraser => Entry(Tool, icons::ERASER, Needs::Photo, keys![NONE E]),
            Self::ToolRectangle => Entry(Tool, icons::RECTANGLE, Needs::Photo, keys![NONE M]),
            Self::ToolLasso => Entry(Tool, icons::LASSO, Needs::Photo, keys![NONE L]),
            Self::ToolPolygon => Entry(Tool, icons::POLYGON, Needs::Photo, keys![NONE P]),
            Self::ToolObject => Entry(Tool, icons::WAND, Needs::Photo, keys![NONE O]),
            Self::ToolSampleFrom => Entry(Tool, icons::SAMPLE_FROM, Needs::Photo, keys![NONE S]),
            Self::ToolSampleNever => Entry(Tool, icons::SAMPLE_NEVER, Needs::Photo, keys![NONE N]),
            Self::ToolPan => Entry(Tool, icons::HAND, Needs::Canvas, keys![NONE H]),
            Self::BrushSmaller => Entry(Tool, icons::MINUS, Needs::Canvas, keys![NONE OpenBracket]),
            Self::BrushLarger => Entry(Tool, icons::PLUS, Needs::Canvas, keys![NONE CloseBracket]),
            Self::ToggleAutoFill => Entry(Erasure, icons::LIGHTNING, Needs::Nothing, keys![NONE A]),
            Self::Fit => Entry(View, icons::FIT, Needs::Canvas, keys![NONE Num0, CTRL Num0]),
            Self::ActualSize => Entry(View, icons::ONE, Needs::Canvas, keys![NONE Num1, CTRL Num1]),
            Self::ZoomIn => Entry(View, icons::ZOOM_IN, Needs::Canvas, keys![NONE Plus, NONE Equals, CTRL Plus, CTRL Equals]),
            Self::ZoomOut => Entry(View, icons::ZOOM_OUT, Needs::Canvas, keys![NONE Minus, CTRL Minus]),
            Self::CompareDivider => Entry(View, icons::DIVIDER, Needs::Photo, keys![NONE D]),
            Self::HoldOriginal => Entry(View, icons::IMAGE, Needs::Photo, keys![NONE X, NONE Backslash]),
            Self::DifferenceView => Entry(View, icons::SUBTRACT, Needs::Photo, keys![SHIFT D]),
            Self::ToggleTheme => Entry(View, icons::CONTRAST, Needs::Nothing, keys![CTRL_SHIFT T]),
            Self::NextLanguage => Entry(View, icons::LANGUAGE, Needs::Nothing, &[]),
            Self::ToggleSidePanel => Entry(View, icons::SIDEBAR, Needs::Nothing, keys![NONE F8]),
            Self::ToggleHistory => Entry(View, icons::HISTORY, Needs::Nothing, keys![NONE F9]),
            Self::ToggleLog => Entry(View, icons::TERMINAL, Needs::Nothing, keys![NONE F12]),
            Self::Settings => Entry(File, icons::GEAR, Needs::Nothing, keys![CTRL Comma]),
            Self::Palette => Entry(Help, icons::COMMAND, Needs::Nothing, keys![CTRL K, CTRL_SHIFT P]),
            Self::Shortcuts => Entry(Help, icons::KEYBOARD, Needs::Nothing, keys![NONE F1]),
            of_room => match (drawing::entry(of_room), schooling::entry(of_room)) {
                (Some(entry), _) | (None, Some(entry)) => entry,
                (None, None) => exploring::entry(of_room),
            },
        }
    }

    /// The key of its name.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("command-{}", <&str>::from(self))
    }

    /// The key of the sentence that explains it.
    #[must_use]
    pub fn tip_key(self) -> String {
        format!("command-{}.tip", <&str>::from(self))
    }

    /// The menu it stands in.
    #[must_use]
    pub const fn menu(self) -> Menu {
        self.entry().0
    }

    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        self.entry().1
    }

    /// Its shortcuts; the first is the one that menus show.
    #[must_use]
    pub const fn shortcuts(self) -> &'static [KeyboardShortcut] {
        self.entry().3
    }

    /// The tool that it picks, if it picks one.
    #[must_use]
    pub const fn tool(self) -> Option<ToolKind> {
        Some(match self {
            Self::ToolBrush => ToolKind::Brush,
            Self::ToolEraser => ToolKind::Eraser,
            Self::ToolRectangle => ToolKind::Rectangle,
            Self::ToolLasso => ToolKind::Lasso,
            Self::ToolPolygon => ToolKind::Polygon,
            Self::ToolObject => ToolKind::ObjectSelect,
            Self::ToolSampleFrom => ToolKind::SampleFrom,
            Self::ToolSampleNever => ToolKind::SampleNever,
            Self::ToolPan => ToolKind::Pan,
            _ => return None,
        })
    }

    /// The room that it belongs to; `None` for both.
    #[must_use]
    pub const fn room(self) -> Option<Room> {
        match (self.menu().room(), self.entry().2) {
            (Some(room), _) => Some(room),
            (None, needs) => needs.room(),
        }
    }

    /// The brush of the room Explore that it picks, if it picks one.
    #[must_use]
    pub const fn brush(self) -> Option<Brush> {
        Some(match self {
            Self::ToolColor => Brush::Color,
            Self::ToolEdge => Brush::Edge,
            Self::ToolNoEdge => Brush::NoEdge,
            Self::ToolWarp => Brush::Warp,
            Self::ToolKeep => Brush::Keep,
            Self::ToolDrag => Brush::Drag,
            Self::ToolMovable => Brush::Movable,
            Self::ToolStrokeEraser => Brush::Eraser,
            Self::ToolSelect => Brush::Select,
            Self::ToolEyedropper => Brush::Eyedropper,
            Self::ToolPan => Brush::Pan,
            _ => return None,
        })
    }

    /// Whether it can be found in `room`.
    #[must_use]
    pub fn is_in(self, room: Room) -> bool {
        // A pen in the hand has the space key and the fingers to move the paper; its H means a color.
        let is_foreign = self == Self::ToolPan && room == Room::Sketch;
        self.room().is_none_or(|own| own == room) && !is_foreign
    }

    /// Whether it makes sense now.
    #[must_use]
    pub fn is_enabled(self, now: &Situation) -> bool {
        self.is_in(now.room) && now.has(self.entry().2)
    }
}
