//! The column of tools at the left edge.

use egui::{Panel, Ui};
use strum::IntoEnumIterator as _;

use crate::ui::canvas::{Canvas, CompareMode};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Draws the tools.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, canvas: &Canvas) {
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(6, 8));
    let panel = Panel::left("tools").exact_size(theme::TOOL_BAR_WIDTH).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for command in Command::iter() {
            let Some(tool) = command.tool() else { continue };
            if command.starts_group() {
                ui.add_space(8.0);
            }
            widgets::command_button(ui, view, command, theme::TOOL_BUTTON, tool == canvas.tool);
        }
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Min), |ui| {
            let divides = matches!(canvas.compare, CompareMode::Divider { .. });
            let differs = matches!(canvas.compare, CompareMode::Difference);
            widgets::command_button(ui, view, Command::DifferenceView, theme::TOOL_BUTTON, differs);
            widgets::command_button(ui, view, Command::CompareDivider, theme::TOOL_BUTTON, divides);
            widgets::command_button(ui, view, Command::Redo, theme::TOOL_BUTTON, false);
            widgets::command_button(ui, view, Command::Undo, theme::TOOL_BUTTON, false);
        });
    });
}
