//! The column of brushes at the left edge.

use egui::{Panel, Ui};
use strum::IntoEnumIterator as _;

use super::portrait;
use super::studio::Studio;
use crate::ui::canvas::CompareMode;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Points between two buttons.
const GAP: f32 = 4.0;
/// What stands at the lower end, the lowest first.
const BELOW: [Command; 5] =
    [Command::ToggleSharp, Command::ToggleEdits, Command::CompareProjection, Command::Redo, Command::Undo];

/// Draws the brushes.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(6, 8));
    let panel = Panel::left("brushes").exact_size(theme::TOOL_BAR_WIDTH).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        let brushes = || Command::iter().filter(|command| command.brush().is_some());
        let count = brushes().count() + BELOW.len();
        let side = ((ui.available_height() - GAP * count as f32 - 32.0) / count as f32).floor();
        let side = side.clamp(theme::ICON_BUTTON, theme::TOOL_BUTTON);
        ui.vertical_centered(|ui| {
            // The hand stands in the table before the brushes; here it is the last.
            let hand = brushes().filter(|command| *command == Command::ToolPan);
            for command in brushes().filter(|command| *command != Command::ToolPan).chain(hand) {
                if command.starts_group() {
                    ui.add_space(8.0);
                }
                let is_on = command.brush() == Some(studio.brush) && studio.portrait.view != portrait::View::Crop;
                widgets::command_button(ui, view, command, side, is_on);
            }
        });
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
            for command in BELOW {
                let is_on = is_on(command, studio);
                widgets::command_button(ui, view, command, side, is_on);
            }
        });
    });
}

/// Whether what a command of the room switches is on.
pub fn is_on(command: Command, studio: &Studio) -> bool {
    match command {
        Command::AverageMode => studio.looks.is_average,
        Command::ShadowMode => studio.looks.is_shadow,
        Command::ToggleEdits => studio.looks.shows_edits,
        Command::ToggleSharp => studio.looks.is_sharp,
        Command::SmoothPath => studio.looks.is_path,
        Command::ToggleSpherical => {
            studio.exploration().slider.interpolation == crate::document::explore::Interpolation::Spherical
        }
        Command::SteerDrift => studio.rudder.drift.is_some(),
        Command::SteerHere => studio.exploration().helm.is_on && studio.exploration().helm.steering.base.is_some(),
        Command::Play => studio.player.is_playing(),
        Command::EditCrop => studio.portrait.view == portrait::View::Crop,
        Command::ShowManifold => studio.portrait.view == portrait::View::Manifold,
        Command::ShowPhoto => studio.portrait.view == portrait::View::Photo,
        Command::CompareProjection => studio.stage.compare != CompareMode::Off,
        Command::Transfer => studio.portrait.is_morphing,
        other => other.brush().is_some_and(|brush| brush == studio.brush),
    }
}
