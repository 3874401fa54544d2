//! The table's lines for lessons and the gallery, which belong to the room Sketch.

use egui::{Key, KeyboardShortcut};

use super::{Command, Entry, Menu, NONE, Needs, SHIFT};
use crate::ui::icons;
use crate::worker::schooling::Reaction;

/// The line of `command`; `None` when it is not one of these.
#[rustfmt::skip]
pub(super) const fn entry(command: Command) -> Option<Entry> {
    use Menu::School;
    Some(match command {
        Command::ChooseLesson => Entry(School, icons::LESSON, Needs::Easel, keys![NONE F5]),
        Command::TopicOfDay => Entry(School, icons::SUN, Needs::Easel, keys![SHIFT F5]),
        Command::ToggleClock => Entry(School, icons::TIMER, Needs::Easel, keys![NONE K]),
        Command::SkipStep => Entry(School, icons::CARET_RIGHT, Needs::Lesson, keys![NONE N]),
        Command::StepBack => Entry(School, icons::CARET_LEFT, Needs::Steps, keys![SHIFT N]),
        Command::FinishLesson => Entry(School, icons::FLAG_END, Needs::LessonInk, keys![NONE F]),
        Command::ToggleMissed => Entry(School, icons::TARGET, Needs::Score, keys![SHIFT F]),
        Command::EndLesson => Entry(School, icons::CLOSE, Needs::Course, keys![NONE Q]),
        Command::HangUp => Entry(School, icons::PIN, Needs::Ink, keys![NONE G]),
        Command::ToggleGallery => Entry(School, icons::IMAGES, Needs::Easel, keys![NONE F6]),
        Command::ChooseProfile => Entry(School, icons::FACE, Needs::Easel, keys![SHIFT F6]),
        Command::FetchDrawing => Entry(School, icons::PENCIL, Needs::Hung, keys![SHIFT O]),
        Command::TakeDown => Entry(School, icons::TRASH, Needs::Hung, keys![NONE Delete]),
        Command::ExportGallery => Entry(School, icons::EXPORT, Needs::Gallery, &[]),
        Command::SaySmile => Entry(School, icons::FACE, Needs::Viewer, keys![SHIFT S]),
        Command::SayWow => Entry(School, icons::SPARKLE, Needs::Viewer, keys![SHIFT W]),
        Command::SayCry => Entry(School, icons::HINT, Needs::Viewer, keys![SHIFT C]),
        _ => return None,
    })
}

impl Command {
    /// What it says about the drawing that is looked at.
    #[must_use]
    pub const fn reaction(self) -> Option<Reaction> {
        Some(match self {
            Self::SaySmile => Reaction::Smile,
            Self::SayWow => Reaction::Wow,
            Self::SayCry => Reaction::Cry,
            _ => return None,
        })
    }
}
