//! The column of tools at the left edge.

use egui::{Panel, Ui};
use strum::IntoEnumIterator as _;

use super::easel::{Easel, Shows};
use crate::imaging::ink::Background;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Points between two buttons.
const GAP: f32 = 4.0;
/// What stands below the tools.
const AIDS: [Command; 2] = [Command::ToggleMirror, Command::ToggleSmoothing];
/// What stands at the lower end, the lowest first.
const BELOW: [Command; 5] = [Command::ShowOver, Command::ShowBeside, Command::ClearPaper, Command::Redo, Command::Undo];

/// Draws the tools.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(6, 8));
    let panel = Panel::left("pens").exact_size(theme::TOOL_BAR_WIDTH).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        let tools = || Command::iter().filter(|command| command.draw_tool().is_some());
        let count = tools().count() + AIDS.len() + BELOW.len();
        let side = ((ui.available_height() - GAP * count as f32 - 32.0) / count as f32).floor();
        let side = side.clamp(theme::ICON_BUTTON, theme::TOOL_BUTTON);
        ui.vertical_centered(|ui| {
            for command in tools() {
                widgets::command_button(ui, view, command, side, is_on(command, easel));
            }
            ui.add_space(8.0);
            for command in AIDS {
                widgets::command_button(ui, view, command, side, is_on(command, easel));
            }
        });
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
            for command in BELOW {
                widgets::command_button(ui, view, command, side, is_on(command, easel));
            }
        });
    });
}

/// Whether what a command of the room switches is on.
pub fn is_on(command: Command, easel: &Easel) -> bool {
    let looks = &easel.looks;
    match command {
        Command::ShowBeside => looks.shows == Shows::Beside,
        Command::ShowOver => looks.shows == Shows::Over,
        Command::HideResult => looks.shows == Shows::Nowhere,
        Command::TogglePainting => looks.is_painting,
        Command::ShowVariants => looks.has_strip,
        Command::ToggleTransparent => looks.background != Background::Keep,
        Command::ToggleUnder => looks.has_under && easel.sketch().under_drawing.is_some(),
        Command::ToggleMirror => easel.mirror().is_some(),
        Command::ToggleSmoothing => easel.kit.smoothing > 0.0,
        Command::ToggleLayer => easel.sketch().layer(easel.sketch().active).is_some_and(|layer| layer.is_visible),
        Command::SoloLayer => easel.sketch().layer(easel.sketch().active).is_some_and(|layer| layer.is_solo),
        other => other.draw_tool() == Some(easel.tool),
    }
}
