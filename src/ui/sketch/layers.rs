//! The layers of the drawing: the highest at the top, as they lie.

use std::sync::Arc;

use egui::{Key, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui, vec2};

use super::easel::Easel;
use super::wish::SketchWish;
use crate::document::sketch::{Layer, LayerId};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Height of a layer's row.
const ROW: f32 = 34.0;

/// A layer that is dragged to another place.
struct Dragged(LayerId);

/// Draws the list and the buttons below it.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let sketch = easel.sketch();
    let has_solo = sketch.layers.iter().any(|layer| layer.is_solo);
    ui.spacing_mut().item_spacing.y = 4.0;
    for (at, layer) in sketch.layers.iter().enumerate().rev() {
        row_ui(ui, view, easel, (at, layer), has_solo);
    }
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        for command in [Command::AddLayer, Command::LayerUp, Command::LayerDown, Command::RenameLayer] {
            widgets::command_button(ui, view, command, theme::ICON_BUTTON, false);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::command_button(ui, view, Command::DeleteLayer, theme::ICON_BUTTON, false);
        });
    });
}

fn row_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel, (at, layer): (usize, &Arc<Layer>), has_solo: bool) {
    let colors = theme::colors(ui.visuals());
    let is_active = easel.sketch().active == layer.id;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click_and_drag());
    let name = layer.name.clone();
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_active, &name));
    let fill = if is_active { colors.raised } else { colors.panel };
    let line = if is_active { colors.accent } else { colors.line };
    ui.painter().rect(rect, theme::WIDGET_RADIUS, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    if response.has_focus() || response.hovered() {
        ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, Stroke::new(1.0, colors.weak), StrokeKind::Inside);
    }
    let row = egui::Layout::left_to_right(egui::Align::Center);
    let inside = &mut widgets::inside(ui, rect.shrink2(vec2(6.0, 0.0)), row);
    inside.spacing_mut().item_spacing.x = 4.0;
    eyes_ui(inside, view, layer);
    name_ui(inside, view, easel, layer, has_solo);
    if response.clicked() && !is_active {
        view.sketch(SketchWish::Layer(layer.id));
    }
    if response.double_clicked() {
        view.sketch(SketchWish::BeginRename(layer.id));
    }
    response.dnd_set_drag_payload(Dragged(layer.id));
    if response.dnd_hover_payload::<Dragged>().is_some_and(|dragged| dragged.0 != layer.id) {
        ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(2.0, colors.accent));
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>() {
        view.sketch(SketchWish::MoveLayer(dragged.0, at));
    }
}

/// The eye and the solo button.
fn eyes_ui(ui: &mut Ui, view: &mut View<'_>, layer: &Layer) {
    let colors = theme::colors(ui.visuals());
    let args = [("layer", (&layer.name).into())];
    let (icon, key) = if layer.is_visible { (icons::EYE, "layer-hide") } else { (icons::EYE_SLASH, "layer-show") };
    if widgets::icon_button(ui, icon, &view.text.with(key, &args), theme::ICON_BUTTON).clicked() {
        view.sketch(SketchWish::ToggleLayer(layer.id));
    }
    let name = view.text.with(if layer.is_solo { "layer-unsolo" } else { "layer-solo" }, &args);
    let response = ui
        .scope(|ui| {
            let color = if layer.is_solo { colors.accent } else { colors.weak };
            ui.visuals_mut().override_text_color = Some(color);
            widgets::icon_button(ui, icons::SOLO, &name, theme::ICON_BUTTON)
        })
        .inner;
    if response.clicked() {
        view.sketch(SketchWish::SoloLayer(layer.id));
    }
}

fn name_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel, layer: &Layer, has_solo: bool) {
    let colors = theme::colors(ui.visuals());
    if let Some((_, typed)) = easel.renaming.as_ref().filter(|(id, _)| *id == layer.id) {
        rename_ui(ui, view, typed);
        return;
    }
    let counts = if has_solo { layer.is_solo } else { layer.is_visible };
    let color = if counts { colors.text } else { colors.weak };
    let count = layer.strokes().len();
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.label(RichText::new(count.to_string()).small().color(colors.weak));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(RichText::new(&layer.name).color(color)).truncate());
        });
    });
}

fn rename_ui(ui: &mut Ui, view: &mut View<'_>, typed: &str) {
    let mut name = typed.to_owned();
    let label = view.text.get("layer-rename");
    let field = ui.add(TextEdit::singleline(&mut name).desired_width(f32::INFINITY));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &label));
    let (has_entered, has_escaped) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if name != typed {
        view.sketch(SketchWish::TypeName(name));
    }
    if field.lost_focus() {
        view.sketch(SketchWish::EndRename(has_entered || !has_escaped));
    } else if !field.has_focus() {
        field.request_focus();
    }
}
