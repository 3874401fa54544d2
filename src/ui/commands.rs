//! Everything a person can tell the window to do: one table from which menu, tool bar, palette and help are made.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::icons;
use super::tools::ToolKind;

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
    ToggleTheme,
    NextLanguage,
    ToggleSidePanel,
    ToggleHistory,
    ToggleLog,
    Palette,
    Shortcuts,
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
            Self::Tool => "menu-tool",
            Self::View => "menu-view",
            Self::Help => "menu-help",
        }
    }
}

/// What must be there for a command to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A file opened before.
    Recent,
    /// An open photo.
    Photo,
    /// Something marked.
    Marks,
    /// Something marked for sampling.
    Sources,
    /// Something to undo.
    Undo,
    /// Something to redo.
    Redo,
    /// Work that runs.
    Work,
    /// A selected erasure.
    Erasure,
    /// A selected erasure with several candidates.
    Candidates,
    /// A selected erasure under another.
    Above,
    /// A selected erasure over another.
    Below,
}

/// What is there now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the variant of `Needs` of its name")]
pub struct Situation {
    pub recent: bool,
    pub photo: bool,
    pub marks: bool,
    pub sources: bool,
    pub undo: bool,
    pub redo: bool,
    pub work: bool,
    pub erasure: bool,
    pub candidates: bool,
    pub above: bool,
    pub below: bool,
}

struct Entry(Menu, &'static str, Needs, &'static [KeyboardShortcut]);

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);

macro_rules! keys {
    ($($modifiers:ident $key:ident),*) => { const { &[$(KeyboardShortcut::new($modifiers, Key::$key)),*] } };
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
            Self::SaveAs => Entry(File, icons::SAVE_AS, Needs::Photo, keys![CTRL_SHIFT S]),
            Self::SaveToPath => Entry(File, icons::PATH, Needs::Photo, &[]),
            Self::Export => Entry(File, icons::EXPORT, Needs::Photo, keys![CTRL E]),
            Self::SaveSession => Entry(File, icons::STACK, Needs::Photo, keys![CTRL_ALT S]),
            Self::SaveSessionAs => Entry(File, icons::STACK, Needs::Photo, &[]),
            Self::CopyPicture => Entry(File, icons::COPY, Needs::Photo, keys![CTRL C]),
            Self::ImportMask => Entry(Mask, icons::DOWNLOAD, Needs::Photo, &[]),
            Self::ExportMask => Entry(Mask, icons::UPLOAD, Needs::Marks, &[]),
            Self::CloseDocument => Entry(File, icons::CLOSE, Needs::Photo, keys![CTRL W]),
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
            Self::ToolPan => Entry(Tool, icons::HAND, Needs::Photo, keys![NONE H]),
            Self::BrushSmaller => Entry(Tool, icons::MINUS, Needs::Photo, keys![NONE OpenBracket]),
            Self::BrushLarger => Entry(Tool, icons::PLUS, Needs::Photo, keys![NONE CloseBracket]),
            Self::ToggleAutoFill => Entry(Tool, icons::LIGHTNING, Needs::Nothing, keys![NONE A]),
            Self::Fit => Entry(View, icons::FIT, Needs::Photo, keys![NONE Num0, CTRL Num0]),
            Self::ActualSize => Entry(View, icons::ONE, Needs::Photo, keys![NONE Num1, CTRL Num1]),
            Self::ZoomIn => Entry(View, icons::ZOOM_IN, Needs::Photo, keys![NONE Plus, NONE Equals, CTRL Plus, CTRL Equals]),
            Self::ZoomOut => Entry(View, icons::ZOOM_OUT, Needs::Photo, keys![NONE Minus, CTRL Minus]),
            Self::CompareDivider => Entry(View, icons::DIVIDER, Needs::Photo, keys![NONE D]),
            Self::HoldOriginal => Entry(View, icons::IMAGE, Needs::Photo, keys![NONE X, NONE Backslash]),
            Self::DifferenceView => Entry(View, icons::SUBTRACT, Needs::Photo, keys![SHIFT D]),
            Self::ToggleTheme => Entry(View, icons::CONTRAST, Needs::Nothing, keys![CTRL_SHIFT T]),
            Self::NextLanguage => Entry(View, icons::LANGUAGE, Needs::Nothing, &[]),
            Self::ToggleSidePanel => Entry(View, icons::SIDEBAR, Needs::Nothing, keys![NONE F4]),
            Self::ToggleHistory => Entry(View, icons::HISTORY, Needs::Nothing, keys![NONE F9]),
            Self::ToggleLog => Entry(View, icons::TERMINAL, Needs::Nothing, keys![NONE F12]),
            Self::Settings => Entry(File, icons::GEAR, Needs::Nothing, keys![CTRL Comma]),
            Self::Palette => Entry(Help, icons::COMMAND, Needs::Nothing, keys![CTRL_SHIFT P, CTRL K]),
            Self::Shortcuts => Entry(Help, icons::KEYBOARD, Needs::Nothing, keys![NONE F1]),
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

    /// Whether it makes sense now.
    #[must_use]
    pub const fn is_enabled(self, now: &Situation) -> bool {
        match self.entry().2 {
            Needs::Nothing => true,
            Needs::Recent => now.recent,
            Needs::Photo => now.photo,
            Needs::Marks => now.marks,
            Needs::Sources => now.sources,
            Needs::Undo => now.undo,
            Needs::Redo => now.redo,
            Needs::Work => now.work,
            Needs::Erasure => now.erasure,
            Needs::Candidates => now.candidates,
            Needs::Above => now.above,
            Needs::Below => now.below,
        }
    }

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
                | Self::ToggleTheme
                | Self::ToggleSidePanel
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn no_two_commands_share_a_shortcut() {
        let mut owners = BTreeMap::new();
        for command in Command::iter() {
            for shortcut in command.shortcuts() {
                let name = format!("{shortcut:?}");
                if let Some(other) = owners.insert(name.clone(), command) {
                    panic!("{command:?} and {other:?} share {name}");
                }
            }
        }
        assert!(owners.len() > 40, "most commands have one");
    }

    #[test]
    fn every_menu_has_commands_and_every_tool_one_command() {
        for menu in Menu::iter() {
            assert!(Command::iter().any(|command| command.menu() == menu), "{menu:?} is empty");
        }
        let tools: Vec<_> = Command::iter().filter_map(Command::tool).collect();
        assert_eq!(tools.len(), 9, "one for each tool");
    }

    #[test]
    fn nothing_but_what_needs_nothing_is_enabled_at_the_start() {
        let start = Situation::default();
        assert!(Command::Open.is_enabled(&start) && Command::Quit.is_enabled(&start), "always");
        assert!(!Command::Undo.is_enabled(&start) && !Command::ToolBrush.is_enabled(&start), "not without a photo");
    }
}
