//! The command palette: type a few letters of what you want. Also the list of recent files.

use egui::{Button, Key, Modifiers, RichText, ScrollArea, Ui};
use strum::IntoEnumIterator as _;

use crate::ui::commands::Command;
use crate::ui::dialogs::Stay;
use crate::ui::intent::{Intent, Source, View, file_name};
use crate::ui::{icons, shortcut, theme};

/// What is typed and where the highlight is.
#[derive(Clone, Debug)]
pub struct State {
    typed: String,
    at: usize,
    is_about_files: bool,
}

impl State {
    /// Searches commands.
    #[must_use]
    pub const fn commands() -> Self {
        Self { typed: String::new(), at: 0, is_about_files: false }
    }

    /// Searches recent files.
    #[must_use]
    pub const fn recent() -> Self {
        Self { typed: String::new(), at: 0, is_about_files: true }
    }
}

struct Item {
    icon: &'static str,
    name: String,
    hint: String,
    intent: Intent,
    is_enabled: bool,
}

/// Draws the palette.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, state: &mut State) -> Stay {
    let moves = ui.input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
        down as isize - up as isize
    });
    let has_entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let hint = view.text.get(if state.is_about_files { "recent-hint" } else { "palette-hint" });
    let edit = egui::TextEdit::singleline(&mut state.typed).desired_width(f32::INFINITY).hint_text(&hint);
    let field = ui.add(edit);
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &hint));
    if !field.has_focus() {
        field.request_focus();
    }
    if field.changed() {
        state.at = 0;
    }
    let items = items(ui.ctx(), view, state);
    if items.is_empty() {
        ui.label(RichText::new(view.text.get("palette-none")).color(theme::colors(ui.visuals()).weak));
        return Stay::Open;
    }
    state.at = state.at.saturating_add_signed(moves).min(items.len() - 1);
    let mut chosen = None;
    ui.add_space(4.0);
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (index, item) in items.iter().enumerate() {
            let response = item_ui(ui, item, index == state.at);
            if index == state.at && moves != 0 {
                response.scroll_to_me(None);
            }
            if response.clicked() || (has_entered && index == state.at && item.is_enabled) {
                chosen = Some(item.intent.clone());
            }
        }
    });
    chosen.map_or(Stay::Open, |intent| {
        view.ask(intent);
        Stay::Close
    })
}

fn item_ui(ui: &mut Ui, item: &Item, is_at: bool) -> egui::Response {
    let colors = theme::colors(ui.visuals());
    let icon = RichText::new(item.icon).color(if is_at { colors.accent } else { colors.weak });
    let hint = RichText::new(&item.hint).small().color(colors.weak);
    let button = Button::selectable(is_at, (icon, item.name.as_str())).shortcut_text(hint);
    let button = button.min_size(egui::vec2(ui.available_width(), 28.0)).truncate();
    let response = ui.add_enabled(item.is_enabled, button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, item.is_enabled, is_at, &item.name));
    response
}

fn items(ctx: &egui::Context, view: &View<'_>, state: &State) -> Vec<Item> {
    let all = if state.is_about_files { files(view) } else { commands(ctx, view) };
    let mut scored: Vec<_> =
        all.into_iter().filter_map(|(words, item)| Some((score(&state.typed, &words)?, item))).collect();
    // What cannot be done now comes last; the order of the table decides among equals.
    scored.sort_by_key(|(score, item)| (!item.is_enabled, std::cmp::Reverse(*score)));
    scored.into_iter().map(|(_, item)| item).collect()
}

fn commands(ctx: &egui::Context, view: &View<'_>) -> Vec<(String, Item)> {
    let item = |command: Command| {
        let name = view.text.get(&command.name_key());
        let menu = view.text.get(command.menu().key());
        let hint = command.shortcuts().first().map_or_else(String::new, |first| shortcut::written(ctx, first));
        // English words find a command in any language.
        let words = format!("{name} {menu} {}", <&str>::from(command));
        let is_enabled = command.is_enabled(view.now);
        (words, Item { icon: command.icon(), name, hint, intent: Intent::Run(command), is_enabled })
    };
    let room = view.now.room;
    Command::iter().filter(|command| *command != Command::Palette && command.is_in(room)).map(item).collect()
}

fn files(view: &View<'_>) -> Vec<(String, Item)> {
    let item = |path: &std::path::Path| {
        let hint = path.parent().map_or_else(String::new, |folder| folder.display().to_string());
        let intent = Intent::Open(Source::File(path.to_owned()));
        let item = Item { icon: icons::IMAGE, name: file_name(path), hint, intent, is_enabled: true };
        (path.display().to_string(), item)
    };
    view.recent.iter().map(|file| item(&file.path)).collect()
}

/// How well `typed` fits `words`: all its letters must come in order. Beginnings of words and runs count more.
fn score(typed: &str, words: &str) -> Option<i32> {
    let words: Vec<char> = words.to_lowercase().chars().collect();
    let mut at = 0;
    let mut score = 0;
    let mut last = None;
    for letter in typed.to_lowercase().chars().filter(|letter| !letter.is_whitespace()) {
        let rest = words.get(at..)?;
        let starts_word =
            |index: &usize| *index == 0 || words.get(index - 1).is_some_and(|before| !before.is_alphanumeric());
        let all = || (at..at + rest.len()).filter(|&index| words.get(index) == Some(&letter));
        let next = last.map(|last: usize| last + 1).filter(|next| words.get(*next) == Some(&letter));
        let found = next.or_else(|| all().find(starts_word)).or_else(|| all().next())?;
        score += if Some(found) == next {
            4
        } else if starts_word(&found) {
            3
        } else {
            0
        } - (found.min(30) as i32) / 10;
        (at, last) = (found + 1, Some(found));
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_fit_and_beginnings_of_words_fit_better() {
        assert!(
            score("sac", "save a copy").is_some() && score("xyz", "save a copy").is_none(),
            "in order or not at all"
        );
        assert!(score("redo", "redo") > score("redo", "reread the document"), "a run is better");
        assert!(score("gm", "grow marks") > score("gm", "ignite them"), "beginnings are better");
        assert_eq!(score("", "anything"), Some(0), "nothing typed fits all");
        assert!(score("실행", "실행 취소").is_some(), "Korean");
    }
}
