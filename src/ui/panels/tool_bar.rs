//! The column of tools at the left edge.

use egui::{Panel, Ui};
use strum::IntoEnumIterator as _;

use crate::ui::canvas::{Canvas, CompareMode};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Points between two buttons.
const GAP: f32 = 4.0;
/// Points more between two groups.
const GROUP: f32 = 8.0;
/// What stands at the lower end, the lowest first.
const BELOW: [Command; 4] = [Command::DifferenceView, Command::CompareDivider, Command::Redo, Command::Undo];

/// Draws the tools.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, canvas: &Canvas) {
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(6, 8));
    let panel = Panel::left("tools").exact_size(theme::TOOL_BAR_WIDTH).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        // All of them fit into a low window too.
        let count = Command::iter().filter(|command| command.tool().is_some()).count() + BELOW.len();
        let room = ui.available_height() - GAP * count as f32 - 4.0 * GROUP;
        let side = (room / count as f32).clamp(theme::ICON_BUTTON, theme::TOOL_BUTTON).floor();
        ui.vertical_centered(|ui| {
            for command in Command::iter() {
                let Some(tool) = command.tool() else { continue };
                if command.starts_group() {
                    ui.add_space(GROUP);
                }
                widgets::command_button(ui, view, command, side, tool == canvas.tool);
            }
        });
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
            for command in BELOW {
                let is_on = match command {
                    Command::CompareDivider => matches!(canvas.compare, CompareMode::Divider { .. }),
                    Command::DifferenceView => matches!(canvas.compare, CompareMode::Difference),
                    _ => false,
                };
                widgets::command_button(ui, view, command, side, is_on);
            }
        });
    });
}
