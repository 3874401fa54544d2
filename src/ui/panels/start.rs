//! What shows when nothing is open: how to begin, samples to try, recent files, and what a crash left behind.

use egui::{Align, Image, Layout, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use crate::library::RecentFile;
use crate::samples::SAMPLES;
use crate::ui::commands::Command;
use crate::ui::intent::{Intent, Source, View, file_name};
use crate::ui::{explore, icons, shortcut, sketch, theme, widgets};

/// Width of the page's column.
const WIDTH: f32 = 720.0;
/// Width and height of a sample's picture.
const SAMPLE: egui::Vec2 = vec2(229.0, 152.0);

/// Recent files on the page; the menu has all.
const MOST_RECENT: usize = 6;

/// Draws the page.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let width = WIDTH.min(ui.available_width() - 48.0);
        let side = (ui.available_width() - width) / 2.0;
        ui.add_space((ui.available_height() * 0.08).clamp(16.0, 96.0));
        ui.horizontal_top(|ui| {
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(width);
                page_ui(ui, view);
            });
        });
    });
}

fn page_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let text = view.text;
    ui.label(RichText::new("Pentimento").family(theme::heading_family()).size(32.0).color(colors.strong));
    ui.label(RichText::new(text.get("start-tagline")).size(15.0).color(colors.weak));
    ui.add_space(16.0);
    if view.has_leftover {
        leftover_ui(ui, view);
        ui.add_space(16.0);
    }
    open_ui(ui, view);
    ui.add_space(24.0);
    widgets::section(ui, &text.get("start-samples"));
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(16.0, 16.0);
        for index in 0..SAMPLES.len() {
            sample_ui(ui, view, index);
        }
    });
    ui.add_space(24.0);
    widgets::section(ui, &text.get("start-sketch"));
    ui.add_space(4.0);
    sketch::start_row_ui(ui, view);
    if !view.models.is_empty() {
        ui.add_space(24.0);
        widgets::section(ui, &text.get("start-explore"));
        ui.add_space(4.0);
        explore::models_row_ui(ui, view);
    }
    if !view.recent.is_empty() {
        ui.add_space(16.0);
        recent_ui(ui, view);
    }
    ui.add_space(24.0);
}

fn open_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let text = view.text;
    let frame = egui::Frame::new().fill(colors.raised).corner_radius(theme::CARD_RADIUS + 4);
    frame.stroke(Stroke::new(1.0, colors.line)).inner_margin(egui::Margin::same(24)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::IMAGES).size(44.0).color(colors.accent));
            ui.add_space(8.0);
            ui.vertical(|ui| {
                ui.label(RichText::new(text.get("start-drop")).heading().color(colors.strong));
                ui.label(RichText::new(text.get("start-formats")).color(colors.weak));
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    if widgets::primary(ui, &text.get("start-open")).clicked() {
                        view.run(Command::Open);
                    }
                    if ui.button(text.get("start-paste")).clicked() {
                        view.run(Command::Paste);
                    }
                    if ui.button(text.get("start-path")).clicked() {
                        view.run(Command::OpenByPath);
                    }
                });
            });
        });
    });
    ui.add_space(6.0);
    let key =
        |command: Command| command.shortcuts().first().map_or_else(String::new, |s| shortcut::written(ui.ctx(), s));
    let (palette, help) = (key(Command::Palette), key(Command::Shortcuts));
    let hint = text.with("start-hint", &[("palette", (&palette).into()), ("help", (&help).into())]);
    ui.label(RichText::new(hint).small().color(colors.weak));
}

fn leftover_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    let text = view.text;
    let frame = egui::Frame::new().fill(colors.selected).corner_radius(theme::CARD_RADIUS);
    frame.stroke(Stroke::new(1.0, colors.accent)).inner_margin(egui::Margin::same(16)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::RECOVER).size(24.0).color(colors.accent));
            ui.label(RichText::new(text.get("start-leftover")).color(colors.strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::primary(ui, &text.get("start-recover")).clicked() {
                    view.ask(Intent::Open(Source::Leftover));
                }
                if ui.button(text.get("start-discard")).clicked() {
                    view.ask(Intent::DiscardLeftover);
                }
            });
        });
    });
}

fn sample_ui(ui: &mut Ui, view: &mut View<'_>, index: usize) {
    let Some(sample) = SAMPLES.get(index) else { return };
    let colors = theme::colors(ui.visuals());
    let name = view.text.get(&format!("sample-{}", sample.name));
    ui.vertical(|ui| {
        ui.set_width(SAMPLE.x);
        ui.spacing_mut().item_spacing.y = 2.0;
        let (rect, response) = ui.allocate_exact_size(SAMPLE, Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        ui.painter().rect_filled(rect, theme::CARD_RADIUS, colors.sunken);
        if let Some(picture) = view.samples.get(index) {
            let uv = centered(picture.aspect_ratio(), rect.aspect_ratio());
            Image::new(picture).uv(uv).corner_radius(theme::CARD_RADIUS).paint_at(ui, rect);
        }
        let is_hot = response.hovered() || response.has_focus();
        let stroke = if is_hot { Stroke::new(2.0, colors.accent) } else { Stroke::new(1.0, colors.line) };
        ui.painter().rect_stroke(rect, theme::CARD_RADIUS, stroke, StrokeKind::Outside);
        ui.add_space(4.0);
        ui.label(RichText::new(&name).color(colors.strong));
        ui.add(egui::Label::new(RichText::new(sample.credit).small().color(colors.weak)).truncate());
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.clicked() {
            view.ask(Intent::Open(Source::Sample(index)));
        }
    });
}

/// The part of a picture that fills a rectangle of another shape.
fn centered(picture: f32, wanted: f32) -> egui::Rect {
    let size = if picture > wanted { vec2(wanted / picture, 1.0) } else { vec2(1.0, picture / wanted) };
    egui::Rect::from_center_size(egui::pos2(0.5, 0.5), size)
}

fn recent_ui(ui: &mut Ui, view: &mut View<'_>) {
    widgets::section(ui, &view.text.get("start-recent"));
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 4.0;
    for file in view.recent.iter().take(MOST_RECENT) {
        file_ui(ui, view, file);
    }
}

fn file_ui(ui: &mut Ui, view: &mut View<'_>, file: &RecentFile) {
    let colors = theme::colors(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
    let name = file_name(&file.path);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.raised);
    }
    let square = egui::Rect::from_min_size(rect.min + vec2(4.0, 2.0), vec2(48.0, 36.0));
    if let Some(picture) = view.thumbnails.file(ui.ctx(), file) {
        let uv = centered(picture.aspect_ratio(), square.aspect_ratio());
        Image::new(&picture).uv(uv).corner_radius(4).paint_at(ui, square);
    } else {
        let font = egui::FontId::proportional(20.0);
        ui.painter().text(square.center(), egui::Align2::CENTER_CENTER, icons::IMAGE, font, colors.weak);
    }
    let inside = egui::Rect::from_min_max(square.right_top() + vec2(12.0, 0.0), rect.max - vec2(8.0, 2.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inside), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let folder = file.path.parent().map_or_else(String::new, |folder| folder.display().to_string());
        ui.add(egui::Label::new(RichText::new(&name).color(colors.strong)).truncate());
        ui.add(egui::Label::new(RichText::new(folder).small().color(colors.weak)).truncate());
    });
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        view.ask(Intent::Open(Source::File(file.path.clone())));
    }
}
