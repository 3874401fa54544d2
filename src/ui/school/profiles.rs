//! Who draws: everyone of the family, without accounts.

use egui::{Key, RichText, ScrollArea, TextEdit, Ui};

use super::sure::Question;
use super::wish::SchoolWish;
use crate::ui::dialogs::{Dialog, Stay};
use crate::ui::intent::{Intent, View};
use crate::ui::{icons, theme, widgets};
use crate::worker::schooling::{Profile, ProfileId};

/// What the dialog remembers.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The name of somebody new, as far as it is typed.
    typed: String,
    /// Whose name is typed anew.
    renaming: Option<(ProfileId, String)>,
}

/// Draws the dialog.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, state: &mut State) -> Stay {
    let colors = theme::colors(ui.visuals());
    widgets::title(ui, &view.text.get("profiles-title"));
    ui.add(egui::Label::new(RichText::new(view.text.get("profiles-hint")).color(colors.weak)).wrap());
    ui.add_space(4.0);
    let profiles: Vec<Profile> = view.school.gallery.as_ref().map(|shown| shown.profiles.clone()).unwrap_or_default();
    let mut stay = Stay::Open;
    ScrollArea::vertical().max_height(280.0).min_scrolled_height(280.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for profile in &profiles {
            if row_ui(ui, view, state, profile) {
                stay = Stay::Close;
            }
        }
    });
    if view.school.is_shut {
        ui.label(RichText::new(view.text.get("gallery-shut")).color(colors.warning));
    }
    ui.add_space(6.0);
    add_ui(ui, view, state);
    ui.add_space(12.0);
    let is_closed = widgets::row_from_right(ui, |ui| widgets::primary(ui, &view.text.get("close")).clicked());
    if is_closed { Stay::Close } else { stay }
}

/// Draws somebody's row. Returns whether the dialog closes.
fn row_ui(ui: &mut Ui, view: &mut View<'_>, state: &mut State, profile: &Profile) -> bool {
    let colors = theme::colors(ui.visuals());
    let mut is_over = false;
    ui.horizontal(|ui| {
        if let Some((_, typed)) = state.renaming.as_mut().filter(|(id, _)| *id == profile.id) {
            let label = view.text.get("profiles-new-name");
            let (name, is_done) = (typed.clone(), field_ui(ui, typed, &label, 220.0));
            if let Some(is_kept) = is_done {
                state.renaming = None;
                if is_kept && !name.trim().is_empty() && name.trim() != profile.name {
                    view.learn(SchoolWish::RenameProfile(profile.id, name));
                }
            }
            return;
        }
        let is_on = view.school.profile == Some(profile.id);
        let name = RichText::new(format!("{}  {}", icons::FACE, profile.name)).size(15.0);
        if widgets::named(ui.selectable_label(is_on, name), &profile.name).clicked() {
            view.learn(SchoolWish::Profile(profile.id));
            is_over = true;
        }
        let points = view.text.with("points", &[("points", (profile.points as usize).into())]);
        ui.label(RichText::new(points).small().color(colors.weak));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let args = [("name", (&profile.name).into())];
            let remove = view.text.with("profiles-remove", &args);
            if widgets::icon_button(ui, icons::TRASH, &remove, theme::ICON_BUTTON).clicked() {
                view.ask(Intent::Show(Box::new(Dialog::Sure(Question::RemoveProfile(profile.id)))));
                is_over = true;
            }
            let rename = view.text.with("profiles-rename", &args);
            if widgets::icon_button(ui, icons::RENAME, &rename, theme::ICON_BUTTON).clicked() {
                state.renaming = Some((profile.id, profile.name.clone()));
            }
        });
    });
    is_over
}

/// A field for a name that has the focus. `Some(true)` when Enter was pressed, `Some(false)` when it was left otherwise.
fn field_ui(ui: &mut Ui, typed: &mut String, label: &str, width: f32) -> Option<bool> {
    let field = ui.add(TextEdit::singleline(typed).desired_width(width));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, label));
    if field.lost_focus() {
        return Some(ui.input(|input| input.key_pressed(Key::Enter)));
    }
    if !field.has_focus() {
        field.request_focus();
    }
    None
}

fn add_ui(ui: &mut Ui, view: &mut View<'_>, state: &mut State) {
    ui.horizontal(|ui| {
        let label = view.text.get("profiles-name");
        let edit = TextEdit::singleline(&mut state.typed).desired_width(220.0).hint_text(&label);
        let field = ui.add(edit);
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &label));
        let is_first = view.school.gallery.as_ref().is_some_and(|shown| shown.profiles.is_empty());
        if is_first && !field.has_focus() && !field.lost_focus() && ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        let has_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let name = state.typed.trim().to_owned();
        let words = format!("{}  {}", icons::PLUS, view.text.get("profiles-add"));
        let button = ui.add_enabled(!name.is_empty(), egui::Button::new(words));
        if (widgets::named(button, &view.text.get("profiles-add")).clicked() || has_entered) && !name.is_empty() {
            state.typed.clear();
            view.learn(SchoolWish::AddProfile(name));
        }
    });
}

/// A button that says who draws. Returns whether it was clicked.
pub(super) fn chip_ui(ui: &mut Ui, view: &View<'_>) -> bool {
    let school = view.school;
    let profile = school.profile.and_then(|id| school.gallery.as_ref()?.profile(id));
    let words = match profile {
        Some(profile) => view.text.with("drawn-by", &[("name", (&profile.name).into())]),
        None => view.text.get("drawn-by-nobody"),
    };
    let response = ui.button(format!("{}  {words}  {}", icons::FACE, icons::CARET_DOWN));
    widgets::named(response, &words).clicked()
}
