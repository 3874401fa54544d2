//! The menu bar: made from the table of commands.

use egui::containers::menu::{MenuBar, MenuButton};
use egui::{Button, Panel, RichText, Ui};
use strum::IntoEnumIterator as _;

use crate::library::Settings;
use crate::ui::canvas::{Canvas, CompareMode};
use crate::ui::commands::{Command, Menu, Room};
use crate::ui::explore;
use crate::ui::intent::{Intent, Source, View, file_name};
use crate::ui::{icons, shortcut, theme, widgets};
use crate::ui::{school, sketch};

/// Draws the menu bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, canvas: &Canvas) {
    let panel = Panel::top("menu").exact_size(theme::BAR_HEIGHT).frame(theme::bar_frame(ui.style()));
    panel.show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            MenuBar::new().ui(ui, |ui| {
                rooms_ui(ui, view);
                widgets::divider(ui);
                let room = view.now.room;
                for menu in Menu::iter().filter(|menu| menu.room().is_none_or(|own| own == room)) {
                    let words = view.text.get(menu.key());
                    MenuButton::new(words).ui(ui, |ui| menu_ui(ui, view, canvas, menu));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| right_ui(ui, view));
            });
        });
    });
}

/// The switch between the rooms.
fn rooms_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let rooms = [
        (Room::Erase, Command::RoomErase, "room-erase"),
        (Room::Explore, Command::RoomExplore, "room-explore"),
        (Room::Sketch, Command::RoomSketch, "room-sketch"),
    ];
    for (room, command, key) in rooms {
        let is_on = view.now.room == room;
        let words = view.text.get(key);
        let color = if is_on { colors.accent } else { colors.text };
        let button =
            Button::selectable(is_on, (RichText::new(command.icon()).color(color), RichText::new(&words).color(color)));
        let response = ui.add(button);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_on, &words));
        let written = command.shortcuts().first().map_or_else(String::new, |first| shortcut::written(ui.ctx(), first));
        let tip = format!("{}  {written}", view.text.get(&command.tip_key()));
        if response.on_hover_text(tip).clicked() && !is_on {
            view.run(command);
        }
    }
}

fn right_ui(ui: &mut Ui, view: &mut View<'_>) {
    widgets::command_button(ui, view, Command::Settings, theme::ICON_BUTTON, false);
    widgets::command_button(ui, view, Command::ToggleTheme, theme::ICON_BUTTON, false);
    let has_side = match view.now.room {
        Room::Erase => view.session.is_some(),
        Room::Explore => view.studio.is_some(),
        Room::Sketch => view.easel.is_some(),
    };
    if has_side {
        widgets::command_button(
            ui,
            view,
            Command::ToggleSidePanel,
            theme::ICON_BUTTON,
            view.preferences.panels.erasures,
        );
    }
    let colors = theme::colors(ui.visuals());
    let words = format!("{}  {}", icons::SEARCH, view.text.get("search-commands"));
    let hint = shortcut::written(ui.ctx(), &Command::Palette.shortcuts()[0]);
    let button = Button::new(RichText::new(words).color(colors.weak)).shortcut_text(RichText::new(hint).small());
    let button = button.fill(colors.sunken).min_size(egui::vec2(216.0, 24.0));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, view.text.get("search-commands")));
    if response.clicked() {
        view.run(Command::Palette);
    }
}

fn menu_ui(ui: &mut Ui, view: &mut View<'_>, canvas: &Canvas, menu: Menu) {
    ui.set_min_width(240.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let room = view.now.room;
    for command in Command::iter().filter(|command| command.menu() == menu && command.is_in(room)) {
        if command.starts_group() {
            ui.separator();
        }
        if command == Command::OpenRecent {
            recent_ui(ui, view);
            continue;
        }
        let explored = view.studio.filter(|_| room == Room::Explore);
        let sketched = view.easel.filter(|_| room == Room::Sketch);
        let is_on = explored.is_some_and(|studio| explore::is_on(command, studio))
            || sketched.is_some_and(|easel| sketch::is_on(command, easel))
            || school::is_on(command, view.school)
            || is_on(command, view.preferences, (canvas, room));
        item_ui(ui, view, command, is_on);
    }
}

fn item_ui(ui: &mut Ui, view: &mut View<'_>, command: Command, is_on: bool) {
    let name = view.text.get(&command.name_key());
    let mark = if is_on { icons::CHECK } else { command.icon() };
    let colors = theme::colors(ui.visuals());
    let icon = RichText::new(mark).color(if is_on { colors.accent } else { colors.weak });
    let mut button = Button::new((icon, name.clone()));
    if let Some(first) = command.shortcuts().first() {
        button = button.shortcut_text(RichText::new(shortcut::written(ui.ctx(), first)).color(colors.weak));
    }
    let is_enabled = command.is_enabled(view.now);
    let response = ui.add_enabled(is_enabled, button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, is_enabled, is_on, &name));
    let response = response.on_hover_text(view.text.get(&command.tip_key()));
    if response.clicked() {
        view.run(command);
        ui.close();
    }
}

fn recent_ui(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.text.get(&Command::OpenRecent.name_key());
    let icon = RichText::new(Command::OpenRecent.icon()).color(theme::colors(ui.visuals()).weak);
    ui.add_enabled_ui(view.now.recent, |ui| {
        ui.menu_button((icon, name), |ui| {
            ui.set_min_width(240.0);
            for path in view.recent.iter().map(|file| &file.path) {
                if ui.button(file_name(path)).on_hover_text(path.display().to_string()).clicked() {
                    view.intents.push(Intent::Open(Source::File(path.clone())));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button(view.text.get("clear-recent")).clicked() {
                view.ask(Intent::ClearRecent);
                ui.close();
            }
        });
    });
}

/// Whether what a command switches is on.
fn is_on(command: Command, preferences: &Settings, (canvas, room): (&Canvas, Room)) -> bool {
    match command {
        Command::RoomErase => room == Room::Erase,
        Command::RoomExplore => room == Room::Explore,
        Command::RoomSketch => room == Room::Sketch,
        Command::CompareDivider => matches!(canvas.compare, CompareMode::Divider { .. }),
        Command::HoldOriginal => matches!(canvas.compare, CompareMode::Original),
        Command::DifferenceView => matches!(canvas.compare, CompareMode::Difference),
        Command::ToggleAutoFill => preferences.is_auto_fill,
        Command::ToggleSidePanel => preferences.panels.erasures,
        Command::ToggleHistory => preferences.panels.history && preferences.panels.erasures,
        Command::ToggleLog => preferences.panels.log,
        other => room == Room::Erase && other.tool().is_some_and(|tool| tool == canvas.tool),
    }
}
