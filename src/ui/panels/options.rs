//! The bar above the canvas: what the current tool can be told.

use egui::{Panel, Slider, Ui};

use crate::ui::canvas::Canvas;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::tools::ToolKind;
use crate::ui::{icons, theme, widgets};

/// The largest brush, in pixels of the photo.
const LARGEST_BRUSH: f32 = 1000.0;

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, canvas: &mut Canvas) {
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 0));
    let panel = Panel::top("options").exact_size(theme::OPTIONS_HEIGHT).frame(frame);
    panel.show(ui, |ui| {
        // What is always needed stands at the right; the rest can be scrolled where the window is narrow.
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            erase_ui(ui, view);
            widgets::divider(ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let area = egui::ScrollArea::horizontal().id_salt("options").auto_shrink([false, false]);
                area.scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden).show(ui, |ui| {
                    ui.horizontal_centered(|ui| tool_ui(ui, view, canvas));
                });
            });
        });
    });
}

fn tool_ui(ui: &mut Ui, view: &View<'_>, canvas: &mut Canvas) {
    let colors = theme::colors(ui.visuals());
    let text = view.text;
    if let Some(command) = command_of(canvas.tool) {
        ui.label(egui::RichText::new(command.icon()).size(18.0).color(colors.accent));
        ui.label(egui::RichText::new(text.get(&command.name_key())).color(colors.strong));
        widgets::divider(ui);
    }
    let has_brush = matches!(
        canvas.tool,
        ToolKind::Brush | ToolKind::Eraser | ToolKind::SampleFrom | ToolKind::SampleNever | ToolKind::ObjectSelect
    );
    if has_brush {
        let name = ui.label(text.get("option-size"));
        let size = Slider::new(&mut canvas.brush.size, 1.0..=LARGEST_BRUSH).logarithmic(true).integer().suffix(" px");
        widgets::slider(ui, size).labelled_by(name.id);
        let name = ui.label(text.get("option-hardness"));
        let hardness =
            Slider::new(&mut canvas.brush.hardness, 0.0..=1.0).custom_formatter(percent).custom_parser(parse_percent);
        widgets::slider(ui, hardness).labelled_by(name.id);
        widgets::divider(ui);
    } else {
        ui.label(egui::RichText::new(text.get(hint_of(canvas.tool))).color(colors.weak));
        widgets::divider(ui);
    }
    let name = ui.label(text.get("option-overlay"));
    ui.color_edit_button_srgb(&mut canvas.overlay.color)
        .on_hover_text(text.get("option-overlay-color"))
        .labelled_by(name.id);
    ui.spacing_mut().slider_width = 64.0;
    let opacity = Slider::new(&mut canvas.overlay.opacity, 0.1..=1.0).show_value(false);
    widgets::named(widgets::slider(ui, opacity), &text.get("option-overlay-opacity"));
}

fn erase_ui(ui: &mut Ui, view: &mut View<'_>) {
    let can_erase = Command::EraseMarked.is_enabled(view.now);
    let words = format!("{}  {}", icons::SPARKLE, view.text.get(&Command::EraseMarked.name_key()));
    let button = ui.add_enabled_ui(can_erase, |ui| widgets::primary(ui, &words)).inner;
    let button = widgets::named(button, &view.text.get(&Command::EraseMarked.name_key()));
    if button.clicked() {
        view.run(Command::EraseMarked);
    }
    let mut is_on = view.preferences.is_auto_fill;
    let words = view.text.get("option-auto-fill");
    if ui.checkbox(&mut is_on, words).on_hover_text(view.text.get("command-toggle-auto-fill.tip")).changed() {
        view.run(Command::ToggleAutoFill);
    }
}

fn command_of(tool: ToolKind) -> Option<Command> {
    use strum::IntoEnumIterator as _;
    Command::iter().find(|command| command.tool() == Some(tool))
}

const fn hint_of(tool: ToolKind) -> &'static str {
    match tool {
        ToolKind::Rectangle => "hint-rectangle",
        ToolKind::Lasso => "hint-lasso",
        ToolKind::Polygon => "hint-polygon",
        _ => "hint-pan",
    }
}

fn percent(value: f64, _: std::ops::RangeInclusive<usize>) -> String {
    format!("{:.0} %", value * 100.0)
}

fn parse_percent(typed: &str) -> Option<f64> {
    typed.trim().trim_end_matches('%').trim().parse::<f64>().ok().map(|percent| percent / 100.0)
}
