//! The bar above the canvas: what the current tool can be told, and where the drawing goes from here.

use egui::containers::menu::MenuButton;
use egui::{Button, DragValue, Panel, RichText, Sense, Slider, Stroke, StrokeKind, Ui, vec2};

use super::easel::Easel;
use super::tool::{DrawTool, LEAST_SIZE, MOST_SIZE};
use super::tool_column::is_on;
use super::wish::SketchWish;
use crate::imaging::ink::Mirror;
use crate::ui::commands::Command;
use crate::ui::intent::{Intent, View};
use crate::ui::{icons, theme, widgets};

/// What can be written, in the order of the menu; a line is drawn above those that begin a group.
const EXPORTS: [(Command, bool); 7] = [
    (Command::ExportResult, false),
    (Command::ExportInk, false),
    (Command::ExportPair, false),
    (Command::ExportSvg, true),
    (Command::ExportNdjson, false),
    (Command::ExportOpenRaster, false),
    (Command::ExportTimeLapse, true),
];

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 0));
    let panel = Panel::top("sketch options").exact_size(theme::OPTIONS_HEIGHT).frame(frame);
    panel.show(ui, |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            export_ui(ui, view);
            switch_ui(ui, view, easel, Command::ShowVariants);
            switch_ui(ui, view, easel, Command::TogglePainting);
            widgets::divider(ui);
            switch_ui(ui, view, easel, Command::ToggleGallery);
            switch_ui(ui, view, easel, Command::ChooseLesson);
            widgets::divider(ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let area = egui::ScrollArea::horizontal().id_salt("sketch options").auto_shrink([false, false]);
                area.scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden).show(ui, |ui| {
                    ui.horizontal_centered(|ui| tool_ui(ui, view, easel));
                });
            });
        });
    });
}

/// A button that stays down while something is on.
fn switch_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel, command: Command) {
    let colors = theme::colors(ui.visuals());
    let is_on = is_on(command, easel);
    let is_enabled = command.is_enabled(view.now);
    let name = view.text.get(&command.name_key());
    let color = if is_on { colors.accent } else { colors.text };
    let words = RichText::new(format!("{}  {name}", command.icon())).color(color);
    let button = Button::new(words).fill(if is_on { colors.selected } else { colors.button });
    let response = ui.add_enabled(is_enabled, button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, is_enabled, is_on, &name));
    if response.on_hover_text(view.text.get(&command.tip_key())).clicked() {
        view.run(command);
    }
}

fn export_ui(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.text.get("sketch-export");
    let colors = theme::colors(ui.visuals());
    let words = RichText::new(format!("{}  {name}", icons::EXPORT)).color(colors.on_accent);
    let button = Button::new(words).fill(colors.accent);
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(260.0);
        for (command, is_first) in EXPORTS {
            if is_first {
                ui.separator();
            }
            item_ui(ui, view, command);
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
}

fn item_ui(ui: &mut Ui, view: &mut View<'_>, command: Command) {
    let name = view.text.get(&command.name_key());
    let weak = theme::colors(ui.visuals()).weak;
    let mut button = Button::new((RichText::new(command.icon()).color(weak), name.clone()));
    if let Some(first) = command.shortcuts().first() {
        let written = crate::ui::shortcut::written(ui.ctx(), first);
        button = button.shortcut_text(RichText::new(written).color(weak));
    }
    let is_enabled = command.is_enabled(view.now);
    let response = ui.add_enabled(is_enabled, button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_enabled, &name));
    if response.on_hover_text(view.text.get(&command.tip_key())).clicked() {
        view.ask(Intent::Run(command));
        ui.close();
    }
}

fn tool_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let colors = theme::colors(ui.visuals());
    let tool = easel.tool;
    ui.label(RichText::new(tool.icon()).size(18.0).color(colors.accent));
    ui.label(RichText::new(view.text.get(&tool.key())).color(colors.strong));
    widgets::divider(ui);
    if tool == DrawTool::Hint {
        color_ui(ui, view, easel);
        widgets::divider(ui);
    }
    let name = ui.label(view.text.get("option-size"));
    // Points of a paper of 256 pixels: what the networks see.
    let mut size = easel.kit.size(tool) * 256.0;
    let range = LEAST_SIZE * 256.0..=MOST_SIZE * 256.0;
    let slider = Slider::new(&mut size, range).logarithmic(true).max_decimals(1);
    if widgets::slider(ui, slider).labelled_by(name.id).changed() {
        view.sketch(SketchWish::Size(tool, size / 256.0));
    }
    if matches!(tool, DrawTool::Pen | DrawTool::Hint) {
        smoothing_ui(ui, view, easel);
    }
    if let Some(mirror) = easel.mirror() {
        mirror_ui(ui, view, mirror);
    }
    let hint = if tool == DrawTool::Hint && takes_no_hints(view, easel) {
        view.text.get("hint-draw-no-hints")
    } else {
        view.text.get(&format!("hint-draw-{}", <&str>::from(tool)))
    };
    ui.label(RichText::new(hint).color(colors.weak));
}

fn takes_no_hints(view: &View<'_>, easel: &Easel) -> bool {
    let theme = view.themes.and_then(|themes| easel.theme(themes));
    theme.is_some_and(|theme| !theme.has_hints)
}

fn smoothing_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let name = ui.label(view.text.get("option-smoothing")).on_hover_text(view.text.get("option-smoothing.tip"));
    let mut percent = easel.kit.smoothing * 100.0;
    let off = view.text.get("option-off");
    let slider = Slider::new(&mut percent, 0.0..=100.0)
        .max_decimals(0)
        .custom_formatter(move |value, _| if value < 0.5 { off.clone() } else { format!("{value:.0} %") });
    if widgets::slider(ui, slider).labelled_by(name.id).changed() {
        view.sketch(SketchWish::Smoothing(percent / 100.0));
    }
}

/// Where the mirror's line lies.
fn mirror_ui(ui: &mut Ui, view: &mut View<'_>, mirror: Mirror) {
    let name = ui.label(view.text.get("option-mirror")).on_hover_text(view.text.get("option-mirror.tip"));
    let (Mirror::Upright(at) | Mirror::Level(at)) = mirror;
    let mut percent = at * 100.0;
    let value = DragValue::new(&mut percent).range(0.0..=100.0).speed(0.5).max_decimals(0).suffix(" %");
    if let Some(phase) = widgets::phase_of(&ui.add(value.update_while_editing(false)).labelled_by(name.id)) {
        view.sketch(SketchWish::MirrorAt(percent / 100.0, phase));
    }
}

fn color_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let name = view.text.get("option-color");
    let mut color = easel.kit.color;
    let swatch = ui.color_edit_button_srgb(&mut color).on_hover_text(&name);
    swatch.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if color != easel.kit.color {
        view.sketch(SketchWish::Color(color));
    }
    ui.spacing_mut().item_spacing.x = 4.0;
    let line = theme::colors(ui.visuals()).line;
    for recent in &easel.kit.recent {
        let [r, g, b] = *recent;
        let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
        let hex = format!("#{r:02x}{g:02x}{b:02x}");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &hex));
        ui.painter().rect_filled(rect, 4.0, theme::explore::ink(*recent));
        let is_hot = *recent == color || response.hovered() || response.has_focus();
        let stroke = if is_hot { Stroke::new(2.0, theme::colors(ui.visuals()).accent) } else { Stroke::new(1.0, line) };
        ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
        if response.clicked() {
            view.sketch(SketchWish::Color(*recent));
        }
    }
    ui.spacing_mut().item_spacing.x = 8.0;
}
