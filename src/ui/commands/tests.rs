//! The table as a whole.

use std::collections::BTreeMap;

use strum::IntoEnumIterator as _;

use super::*;
use crate::ui::sketch::DrawTool;

#[test]
fn no_two_commands_share_a_shortcut() {
    for room in Room::iter() {
        let mut owners = BTreeMap::new();
        for command in Command::iter().filter(|command| command.is_in(room)) {
            for shortcut in command.shortcuts() {
                let name = format!("{shortcut:?}");
                if let Some(other) = owners.insert(name.clone(), command) {
                    panic!("{command:?} and {other:?} share {name} in {room:?}");
                }
            }
        }
        assert!(owners.len() > 40, "most commands have one");
    }
}

#[test]
fn every_command_has_its_line_in_the_table() {
    let missing = Command::iter().find(|command| command.icon() == icons::QUESTION);
    assert_eq!(missing, None, "the table has no line for it");
}

#[test]
fn every_menu_has_commands_and_every_tool_one_command() {
    for menu in Menu::iter() {
        assert!(Command::iter().any(|command| command.menu() == menu), "{menu:?} is empty");
    }
    let tools: Vec<_> = Command::iter().filter_map(Command::tool).collect();
    assert_eq!(tools.len(), 9, "one for each tool");
    let brushes: Vec<_> = Command::iter().filter_map(Command::brush).collect();
    assert_eq!(brushes.len(), Brush::iter().count(), "one for each brush");
    let pens: Vec<_> = Command::iter().filter_map(Command::draw_tool).collect();
    assert_eq!(pens.len(), DrawTool::iter().count(), "one for each of the pens");
}

#[test]
fn nothing_but_what_needs_nothing_is_enabled_at_the_start() {
    let start = Situation::default();
    assert!(Command::Open.is_enabled(&start) && Command::Quit.is_enabled(&start), "always");
    assert!(!Command::Undo.is_enabled(&start) && !Command::ToolBrush.is_enabled(&start), "not without a photo");
}
