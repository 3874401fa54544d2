//! The dialog with a sheet of mixed styles: rows give shape, columns give the styles of some layers.

use std::sync::Arc;

use egui::{Button, DragValue, Image, Sense, TextEdit, Ui, vec2};

use super::studio::Studio;
use super::wish::Wish;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};
use crate::worker::exploring::{FrameShown, MixSheet};

/// The most seeds of a row or a column.
const MOST: usize = 12;
/// Height of the sheet in points.
const HEIGHT: f32 = 420.0;
/// The first layers of coarse, middle and fine styles, and where they end.
const PARTS: [(&str, u32, u32); 3] = [("steer-coarse", 0, 4), ("steer-middle", 4, 8), ("steer-fine", 8, 64)];

/// What is typed and chosen.
#[derive(Clone, Debug)]
pub struct SheetChoice {
    rows: String,
    columns: String,
    first: u32,
    last: u32,
    layers: u32,
}

impl SheetChoice {
    /// For a model with so many layers.
    #[must_use]
    pub fn new(layers: u32) -> Self {
        let last = 3.min(layers.saturating_sub(1));
        Self { rows: "1 2 3 4".to_owned(), columns: "11 12 13 14 15".to_owned(), first: 0, last, layers }
    }
}

/// Draws the dialog.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, choice: &mut SheetChoice) -> Stay {
    ui.set_width(640.0);
    widgets::title(ui, &view.text.get("sheet-title"));
    let Some(studio) = view.studio else { return Stay::Close };
    for (key, typed) in [("sheet-rows", &mut choice.rows), ("sheet-columns", &mut choice.columns)] {
        ui.horizontal(|ui| {
            let words = view.text.get(key);
            ui.label(&words);
            let field = ui.add(TextEdit::singleline(typed).desired_width(260.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &words));
        });
    }
    layers_ui(ui, view, choice);
    let (rows, columns) = (seeds(&choice.rows), seeds(&choice.columns));
    let is_sound = [&rows, &columns].iter().all(|seeds| seeds.as_ref().is_some_and(|seeds| !seeds.is_empty()));
    let mut stay = Stay::Open;
    ui.horizontal(|ui| {
        let draw = ui.add_enabled_ui(is_sound, |ui| widgets::primary(ui, &view.text.get("sheet-draw"))).inner;
        if let (true, Some(rows), Some(columns)) = (draw.clicked(), rows, columns) {
            view.wish(Wish::MixSheet(Box::new(asked(studio, choice, rows, columns))));
        }
        if ui.button(view.text.get("close")).clicked() {
            stay = Stay::Close;
        }
        if !is_sound {
            ui.label(view.text.get("sheet-seeds"));
        }
    });
    if sheet_ui(ui, view, studio) { Stay::Close } else { stay }
}

fn asked(studio: &Studio, choice: &SheetChoice, rows: Vec<u64>, columns: Vec<u64>) -> MixSheet {
    let exploration = studio.exploration();
    let (model, steering) = (exploration.model.clone(), Arc::clone(&exploration.helm.steering));
    MixSheet { model, rows, columns, first: choice.first, last: choice.last, steering, noise: exploration.helm.noise }
}

fn layers_ui(ui: &mut Ui, view: &View<'_>, choice: &mut SheetChoice) {
    ui.horizontal(|ui| {
        ui.label(view.text.get("sheet-layers"));
        let (layers, end) = (choice.layers, choice.layers.saturating_sub(1));
        for (key, first, past) in PARTS.into_iter().filter(|(_, first, _)| *first < layers) {
            let last = (past - 1).min(end);
            let is_on = (choice.first, choice.last) == (first, last);
            if ui.add(Button::selectable(is_on, view.text.get(key))).clicked() {
                (choice.first, choice.last) = (first, last);
            }
        }
        ui.add(DragValue::new(&mut choice.first).range(0..=choice.last).speed(0.05));
        ui.label("–");
        ui.add(DragValue::new(&mut choice.last).range(choice.first..=end).speed(0.05));
    });
}

/// The sheet as far as it is drawn. Whether a picture was taken.
fn sheet_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) -> bool {
    let sheet = &studio.rudder.sheet;
    let Some(asked) = sheet.asked().filter(|asked| asked.model == studio.exploration().model) else { return false };
    let (across, down) = (asked.columns.len() + 1, asked.rows.len() + 1);
    let side = ((ui.available_width() / across as f32).min(HEIGHT / down as f32) - 4.0).clamp(24.0, 128.0);
    let mut is_taken = false;
    ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
    for row in 0..down {
        ui.horizontal(|ui| {
            for column in 0..across {
                // The corner is empty: of the first row there are only the columns' seeds.
                let Some(at) = (row * across + column).checked_sub(1).filter(|_| row + column > 0) else {
                    ui.allocate_exact_size(vec2(side, side), Sense::hover());
                    continue;
                };
                let cell = sheet.cells().get(at).and_then(Option::as_ref);
                is_taken |= cell_ui(ui, view, cell, (row, column), side);
            }
        });
    }
    is_taken
}

/// One picture of the sheet, or its place. Whether it was taken.
fn cell_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    cell: Option<&FrameShown>,
    (row, column): (usize, usize),
    side: f32,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
    let name = view.text.with("sheet-cell", &[("row", row.into()), ("column", column.into())]);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, cell.is_some(), &name));
    let Some(frame) = cell else {
        ui.painter().rect_filled(rect, 4.0, theme::colors(ui.visuals()).sunken);
        return false;
    };
    let texture = view.pictures.get(ui.ctx(), &frame.picture);
    Image::new(&texture).corner_radius(4).paint_at(ui, rect);
    let is_clicked = response.on_hover_text(name).clicked();
    if is_clicked {
        view.wish(Wish::GoTo(frame.latent.clone()));
    }
    is_clicked
}

/// Seeds with spaces or commas between; `None` when something else is typed or there are too many.
fn seeds(typed: &str) -> Option<Vec<u64>> {
    let words = typed.split([' ', ',']).filter(|word| !word.is_empty());
    let seeds: Option<Vec<u64>> = words.map(|word| word.parse().ok()).collect();
    seeds.filter(|seeds| seeds.len() <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_numbers() {
        assert_eq!(seeds("1 2, 30"), Some(vec![1, 2, 30]));
        assert_eq!((seeds("1 b"), seeds("-1"), seeds("")), (None, None, Some(Vec::new())));
        assert_eq!(seeds(&"1 ".repeat(13)), None, "too many to be seen");
    }
}
