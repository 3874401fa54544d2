//! Models that can be explored: a card with a picture for each.

use egui::{Image, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use super::wish::Wish;
use crate::ui::commands::Command;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::exploring::ModelShown;

/// Width of a card and side of its picture.
const WIDTH: f32 = 168.0;
/// The most lines of what a card says about its model.
const LINES: usize = 4;

/// Draws the dialog in which another model is chosen.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) -> Stay {
    ui.set_width(3.0 * (WIDTH + 12.0) + 8.0);
    widgets::title(ui, &view.text.get("models-title"));
    let mut stay = Stay::Open;
    ScrollArea::vertical().max_height(520.0).auto_shrink([false, true]).show(ui, |ui| {
        if cards_ui(ui, view) {
            stay = Stay::Close;
        }
    });
    ui.add_space(8.0);
    widgets::row_from_right(ui, |ui| {
        if ui.button(view.text.get("close")).clicked() {
            stay = Stay::Close;
        }
        stay = if import_ui(ui, view) { Stay::Close } else { stay };
    });
    stay
}

/// The button that asks for a file to import. Returns whether it was clicked.
pub fn import_ui(ui: &mut Ui, view: &mut View<'_>) -> bool {
    let name = view.text.get(&Command::ImportModel.name_key());
    let tip = view.text.get(&Command::ImportModel.tip_key());
    let is_clicked =
        widgets::named(ui.button(format!("{}  {name}", icons::DOWNLOAD)), &name).on_hover_text(tip).clicked();
    if is_clicked {
        view.run(Command::ImportModel);
    }
    is_clicked
}

/// Draws a card for each model. Returns whether one was chosen.
pub(super) fn cards_ui(ui: &mut Ui, view: &mut View<'_>) -> bool {
    if view.models.is_empty() {
        let words = RichText::new(view.text.get("models-none")).color(theme::colors(ui.visuals()).weak);
        ui.add(egui::Label::new(words).wrap());
        return false;
    }
    let mut has_chosen = false;
    let models = view.models;
    let columns = ((ui.available_width() + 12.0) / (WIDTH + 12.0)).floor().max(1.0) as usize;
    for row in models.chunks(columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            for model in row {
                has_chosen |= card_ui(ui, view, model);
            }
        });
        ui.add_space(8.0);
    }
    has_chosen
}

/// Draws a small picture for each model, in one row.
pub fn row_ui(ui: &mut Ui, view: &mut View<'_>) {
    let side = 96.0;
    let models = view.models;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 8.0);
        for model in models {
            ui.vertical(|ui| {
                ui.set_width(side);
                ui.spacing_mut().item_spacing.y = 2.0;
                if picture_ui(ui, view, model, side) {
                    view.wish(Wish::Model(model.name.clone()));
                }
                ui.add(egui::Label::new(RichText::new(&model.name).small()).truncate());
            });
        }
    });
}

/// Draws a model's picture. Returns whether it was clicked.
fn picture_ui(ui: &mut Ui, view: &mut View<'_>, model: &ModelShown, side: f32) -> bool {
    let colors = theme::colors(ui.visuals());
    let current = view.studio.is_some_and(|studio| studio.exploration().model == model.name);
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, current, &model.name));
    ui.painter().rect_filled(rect, theme::CARD_RADIUS, colors.sunken);
    if let Some(picture) = &model.picture {
        let texture = view.pictures.get(ui.ctx(), picture);
        Image::new(&texture).corner_radius(theme::CARD_RADIUS).paint_at(ui, rect);
    } else {
        let font = egui::FontId::proportional(32.0);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icons::MODEL, font, colors.weak);
    }
    let is_hot = current || response.hovered() || response.has_focus();
    let stroke = if is_hot { Stroke::new(2.0, colors.accent) } else { Stroke::new(1.0, colors.line) };
    ui.painter().rect_stroke(rect, theme::CARD_RADIUS, stroke, StrokeKind::Outside);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(&model.about).clicked()
}

fn card_ui(ui: &mut Ui, view: &mut View<'_>, model: &ModelShown) -> bool {
    let colors = theme::colors(ui.visuals());
    ui.vertical(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        let has_chosen = picture_ui(ui, view, model, WIDTH);
        ui.add_space(4.0);
        ui.add(egui::Label::new(RichText::new(&model.name).color(colors.strong)).truncate());
        ui.label(RichText::new(facts(view, model)).small().color(colors.weak));
        about_ui(ui, &model.about);
        if has_chosen {
            view.wish(Wish::Model(model.name.clone()));
        }
        has_chosen
    })
    .inner
}

/// Family, resolution and whether photos can be projected at once.
pub(super) fn facts(view: &View<'_>, model: &ModelShown) -> String {
    let facts =
        view.text.with("model-facts", &[("family", (&model.family).into()), ("side", (model.side as usize).into())]);
    let predictor = if model.has_predictor { "model-predictor" } else { "model-no-predictor" };
    format!("{facts}, {}", view.text.get(predictor))
}

fn about_ui(ui: &mut Ui, about: &str) {
    if about.is_empty() {
        return;
    }
    let weak = theme::colors(ui.visuals()).weak;
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple(about.to_owned(), font, weak, WIDTH);
    job.wrap.max_rows = LINES;
    ui.add(egui::Label::new(job).selectable(false));
}
