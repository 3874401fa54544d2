//! Sliders along directions in which a model's pictures differ: found or saved, in some layers or all.

use std::sync::Arc;

use egui::{Button, DragValue, RichText, TextEdit, Ui};

use super::steer_panel::{slide, steer, typed};
use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::{Direction, Edit, MAX_NAME};
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};
use crate::worker::exploring::DirectionsAsked;

/// How far a slider reaches, in deviations.
const REACH: f32 = 10.0;

/// Directions that are looked for at a time, at most.
const MOST: usize = 80;

/// Draws them for a model with so many layers.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, layers: u32) {
    let directions = &studio.rudder.directions;
    ui.horizontal_wrapped(|ui| {
        for command in [Command::FindComponents, Command::FindFactors] {
            let name = view.text.get(&command.name_key());
            let button = ui.add_enabled(command.is_enabled(view.now), Button::new(&name));
            if button.on_hover_text(view.text.get(&command.tip_key())).clicked() {
                view.run(command);
            }
        }
    });
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("directions-wanted"));
        let mut wanted = studio.rudder.wanted;
        if ui.add(DragValue::new(&mut wanted).range(1..=MOST).speed(0.2)).labelled_by(name.id).changed() {
            view.wish(Wish::DirectionsWanted(wanted));
        }
    });
    // Those of an opened session may be neither found nor saved here.
    let steering = &studio.exploration().helm.steering;
    let listed = |direction: &Arc<Direction>| directions.found.iter().chain(&directions.saved).any(|d| d == direction);
    let others: Vec<_> = steering.edits.iter().map(|edit| &edit.direction).filter(|one| !listed(one)).collect();
    if directions.found.is_empty() && directions.saved.is_empty() && others.is_empty() {
        let words = RichText::new(view.text.get("directions-none")).color(theme::colors(ui.visuals()).weak);
        ui.add(egui::Label::new(words).wrap());
        return;
    }
    for direction in &directions.saved {
        row_ui(ui, view, studio, direction, layers, true);
    }
    for direction in directions.found.iter().chain(others) {
        row_ui(ui, view, studio, direction, layers, false);
    }
    let is_moved = steering.edits.iter().any(|edit| edit.amount != 0.0);
    if ui.add_enabled(is_moved, Button::new(view.text.get("directions-reset"))).clicked() {
        steer(view, studio, Phase::End, |steering| steering.edits.clear());
    }
}

fn row_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, direction: &Arc<Direction>, layers: u32, is_saved: bool) {
    let known = studio.exploration().helm.steering.edit(direction).cloned();
    let whole = Edit { direction: Arc::clone(direction), first: 0, last: layers.saturating_sub(1), amount: 0.0 };
    let edit = known.unwrap_or(whole);
    let set = |view: &mut View<'_>, edit: Edit, phase| steer(view, studio, phase, |steering| steering.set_edit(edit));
    ui.push_id((&direction.name, is_saved), |ui| {
        ui.horizontal(|ui| {
            ui.add_sized([96.0, 18.0], egui::Label::new(&direction.name).truncate());
            if let Some((amount, phase)) = slide(ui, &direction.name, edit.amount, -REACH..=REACH) {
                set(view, Edit { amount, ..edit.clone() }, phase);
            }
        });
        ui.horizontal(|ui| {
            ui.label(RichText::new(view.text.get("directions-layers")).small());
            let (mut first, mut last) = (edit.first, edit.last.min(layers.saturating_sub(1)));
            let of = |value: DragValue<'_>, ui: &mut Ui| ui.add(value.speed(0.05).update_while_editing(false));
            let from = of(DragValue::new(&mut first).range(0..=last), ui);
            ui.label("–");
            let to = of(DragValue::new(&mut last).range(first..=layers.saturating_sub(1)), ui);
            if let Some(phase) = typed(&from, studio).or_else(|| typed(&to, studio)) {
                set(view, Edit { first, last, ..edit.clone() }, phase);
            }
            keep_ui(ui, view, direction, is_saved);
        });
    });
}

/// Saving under a name, or deleting what was saved.
fn keep_ui(ui: &mut Ui, view: &mut View<'_>, direction: &Arc<Direction>, is_saved: bool) {
    let args = [("name", (&direction.name).into())];
    if is_saved {
        let name = view.text.with("directions-delete", &args);
        if widgets::icon_button(ui, icons::TRASH, &name, theme::ICON_BUTTON).clicked() {
            view.wish(Wish::Directions(DirectionsAsked::Delete(direction.name.clone())));
        }
        return;
    }
    let id = ui.scope_id().with("name");
    let mut typed = ui.data_mut(|data| data.get_temp::<String>(id)).unwrap_or_default();
    let field =
        ui.add(TextEdit::singleline(&mut typed).desired_width(90.0).hint_text(view.text.get("directions-name")));
    let words = view.text.with("directions-name-of", &args);
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &words));
    let has_entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let name = view.text.with("directions-save", &args);
    let is_clicked = widgets::icon_button(ui, icons::SAVE, &name, theme::ICON_BUTTON).clicked();
    if is_clicked || has_entered {
        let named = if typed.trim().is_empty() { direction.name.clone() } else { typed.trim().to_owned() };
        let kept = Direction { name: cut(&named), ..Direction::clone(direction) };
        view.wish(Wish::Directions(DirectionsAsked::Save(Arc::new(kept))));
        typed.clear();
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
}

/// As much of `name` as a document holds.
fn cut(name: &str) -> String {
    let end = (0..=name.len().min(MAX_NAME)).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    name[..end].to_owned()
}
