//! From keys to commands.
//!
//! Most shortcuts are taken before the widgets see the keys. Enter, Escape and Delete come after them, because a text
//! field, a focused button, an open menu or an unfinished polygon has the older claim.

use egui::{Event, Key, KeyboardShortcut, Modifiers};
use strum::IntoEnumIterator as _;

use super::app::App;
use super::commands::{Command, Menu, Room, Situation};
use super::intent::Intent;

/// Takes the shortcuts that nothing else wants.
pub fn before_widgets(app: &mut App, ctx: &egui::Context, intents: &mut Vec<Intent>) {
    if app.dialog.is_some() {
        app.hold_original(false);
        return;
    }
    let is_typing = ctx.text_edit_focused();
    let now = app.situation();
    let is_drawing = match app.room() {
        Room::Erase => app.canvas.is_drawing(),
        Room::Explore => app.studio().is_some_and(|studio| studio.stage.is_drawing()),
        Room::Sketch => app.easel().is_some_and(|easel| easel.paper.is_drawing()),
    };
    ctx.input_mut(|input| {
        input.events.retain(|event| match command_for(event, is_typing, &now) {
            // An unfinished gesture has the document for itself.
            Some(command) if is_drawing && is_of_document(command.menu()) => false,
            Some(command) => {
                intents.push(Intent::Run(command));
                false
            }
            None => true,
        });
    });
    let is_held = !is_typing && now.photo && ctx.input(holds_original);
    app.hold_original(is_held);
}

/// Takes the keys that widgets have left alone.
pub fn after_widgets(app: &App, ctx: &egui::Context, intents: &mut Vec<Intent>) {
    let has_focus = ctx.memory(|memory| memory.focused().is_some());
    if app.dialog.is_some() || has_focus || ctx.any_popup_open() {
        return;
    }
    let now = app.situation();
    for command in Command::iter().filter(|command| command.is_enabled(&now)) {
        for shortcut in command.shortcuts().iter().filter(|shortcut| is_late(shortcut.logical_key)) {
            if ctx.input_mut(|input| input.consume_shortcut(shortcut)) {
                intents.push(Intent::Run(command));
            }
        }
    }
    let deletes = [Command::DeleteErasure, Command::DeleteStroke].into_iter().find(|command| command.is_enabled(&now));
    if let Some(command) = deletes
        && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Backspace))
    {
        intents.push(Intent::Run(command));
    }
}

/// Whether commands of `menu` change what an unfinished gesture is about.
const fn is_of_document(menu: Menu) -> bool {
    matches!(
        menu,
        Menu::Edit
            | Menu::Mask
            | Menu::Erasure
            | Menu::Explore
            | Menu::Stroke
            | Menu::Morph
            | Menu::Sketch
            | Menu::Layer
    )
}

/// How a shortcut is written, such as `Ctrl+Shift+P`.
#[must_use]
pub fn written(ctx: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    let key = match shortcut.logical_key {
        Key::OpenBracket => "[".to_owned(),
        Key::CloseBracket => "]".to_owned(),
        Key::Period => ".".to_owned(),
        Key::Comma => ",".to_owned(),
        Key::Plus => "+".to_owned(),
        Key::Equals => "=".to_owned(),
        Key::Minus => "−".to_owned(),
        Key::Backslash => "\\".to_owned(),
        Key::Escape => "Esc".to_owned(),
        Key::Delete => "Del".to_owned(),
        other => other.name().to_owned(),
    };
    let is_mac = ctx.os() == egui::os::OperatingSystem::Mac;
    let modifiers = shortcut.modifiers;
    let names = [
        (modifiers.command, if is_mac { "⌘" } else { "Ctrl+" }),
        (modifiers.alt, if is_mac { "⌥" } else { "Alt+" }),
        (modifiers.shift, if is_mac { "⇧" } else { "Shift+" }),
    ];
    let prefix: String = names.into_iter().filter(|name| name.0).map(|name| name.1).collect();
    format!("{prefix}{key}")
}

const fn is_late(key: Key) -> bool {
    matches!(key, Key::Enter | Key::Escape | Key::Delete)
}

fn holds_original(input: &egui::InputState) -> bool {
    let shortcuts = Command::HoldOriginal.shortcuts();
    input.modifiers.is_none() && shortcuts.iter().any(|shortcut| input.key_down(shortcut.logical_key))
}

fn command_for(event: &Event, is_typing: bool, now: &Situation) -> Option<Command> {
    let command = match event {
        Event::Copy if !is_typing => Command::CopyPicture,
        Event::Paste(_) | Event::PasteImage(_) if !is_typing => Command::Paste,
        Event::Key { key, pressed: true, repeat, modifiers, .. } => {
            let command = lookup(now.room, *key, *modifiers)?;
            let stays_while_typing = key.name().len() > 1 && key.name().starts_with('F');
            let may_repeat = !repeat || repeats(command);
            if is_late(*key) || command == Command::HoldOriginal || !may_repeat || (is_typing && !stays_while_typing) {
                return None;
            }
            command
        }
        _ => return None,
    };
    command.is_enabled(now).then_some(command)
}

/// The command of a key: the one with the very same modifiers, else the one that leaves the least over (plus is typed
/// with shift on many keyboards).
fn lookup(room: Room, key: Key, modifiers: Modifiers) -> Option<Command> {
    let all = || {
        let here = Command::iter().filter(move |command| command.is_in(room));
        here.flat_map(|command| command.shortcuts().iter().map(move |shortcut| (command, shortcut)))
    };
    let of_key = || all().filter(|(_, shortcut)| shortcut.logical_key == key);
    let exact = of_key().find(|(_, shortcut)| modifiers.matches_exact(shortcut.modifiers));
    let is_sign = key.name().len() == 1 || matches!(key, Key::Plus | Key::Minus | Key::Equals);
    let loose =
        || of_key().find(|(_, shortcut)| is_sign && !is_letter(key) && modifiers.matches_logically(shortcut.modifiers));
    exact.or_else(loose).map(|(command, _)| command)
}

fn is_letter(key: Key) -> bool {
    key.name().len() == 1 && key.name().chars().all(|c| c.is_ascii_alphabetic())
}

/// Whether holding the key down repeats the command.
const fn repeats(command: Command) -> bool {
    matches!(
        command,
        Command::Undo
            | Command::Redo
            | Command::BrushSmaller
            | Command::BrushLarger
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::NextCandidate
            | Command::PreviousCandidate
            | Command::NextPick
            | Command::PreviousPick
            | Command::NextFrame
            | Command::PreviousFrame
            | Command::KeyFrameEarlier
            | Command::KeyFrameLater
            | Command::PreviousVisited
            | Command::NextVisited
            | Command::NextVariant
            | Command::PreviousVariant
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_tell_commands_of_one_key_apart() {
        let ctrl = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
        assert_eq!(lookup(Room::Erase, Key::Z, ctrl), Some(Command::Undo), "control");
        assert_eq!(
            lookup(Room::Erase, Key::Z, Modifiers { shift: true, ..ctrl }),
            Some(Command::Redo),
            "control and shift"
        );
        assert_eq!(lookup(Room::Erase, Key::D, Modifiers::NONE), Some(Command::CompareDivider), "nothing");
        assert_eq!(lookup(Room::Erase, Key::D, Modifiers::SHIFT), Some(Command::DifferenceView), "shift");
        assert_eq!(
            lookup(Room::Explore, Key::D, Modifiers::NONE),
            Some(Command::CompareProjection),
            "in the other room"
        );
        assert_eq!(lookup(Room::Erase, Key::B, Modifiers::SHIFT), None, "no tool by accident");
        assert_eq!(
            lookup(Room::Erase, Key::Plus, Modifiers::SHIFT),
            Some(Command::ZoomIn),
            "plus needs shift on many keyboards"
        );
    }

    #[test]
    fn a_command_that_makes_no_sense_leaves_its_key_alone() {
        let key =
            |key| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
        assert_eq!(command_for(&key(Key::B), false, &Situation::default()), None, "no photo, no brush");
        let open = Situation { photo: true, ..Situation::default() };
        assert_eq!(command_for(&key(Key::B), false, &open), Some(Command::ToolBrush), "with a photo");
        assert_eq!(command_for(&key(Key::B), true, &open), None, "not while typing");
    }
}
