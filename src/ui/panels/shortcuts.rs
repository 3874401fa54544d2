//! The page of shortcuts, made from the table of commands.

use egui::{Grid, RichText, ScrollArea, Ui};
use strum::IntoEnumIterator as _;

use crate::ui::commands::{Command, Menu};
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::{shortcut, theme, widgets};

/// Draws the page.
pub fn ui(ui: &mut Ui, view: &View<'_>) -> Stay {
    let text = view.text;
    let colors = theme::colors(ui.visuals());
    ui.set_width(theme::DIALOG_WIDTH + 120.0);
    widgets::title(ui, &text.get("shortcuts-title"));
    ui.label(RichText::new(text.get("shortcuts-gestures")).color(colors.weak));
    ui.add_space(8.0);
    let height = (ui.ctx().content_rect().height() - 240.0).clamp(200.0, 640.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.spacing_mut().item_spacing.y = 2.0;
        let room = view.now.room;
        for menu in Menu::iter().filter(|menu| menu.room().is_none_or(|own| own == room)) {
            widgets::section(ui, &text.get(menu.key()));
            Grid::new(menu.key()).num_columns(2).striped(true).min_col_width(220.0).show(ui, |ui| {
                let listed = |command: &Command| {
                    command.menu() == menu && !command.shortcuts().is_empty() && command.is_in(room)
                };
                for command in Command::iter().filter(listed) {
                    ui.label(text.get(&command.name_key()));
                    let keys: Vec<_> = command.shortcuts().iter().map(|s| shortcut::written(ui.ctx(), s)).collect();
                    ui.label(RichText::new(keys.join("   ")).color(colors.accent));
                    ui.end_row();
                }
            });
            ui.add_space(8.0);
        }
    });
    close_ui(ui, view)
}

/// The button that closes a dialog without an answer.
pub fn close_ui(ui: &mut Ui, view: &View<'_>) -> Stay {
    ui.add_space(12.0);
    let is_closed = widgets::row_from_right(ui, |ui| widgets::primary(ui, &view.text.get("close")).clicked());
    if is_closed { Stay::Close } else { Stay::Open }
}
