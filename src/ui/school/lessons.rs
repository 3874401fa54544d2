//! The dialog in which a lesson is chosen.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use super::card;
use super::wish::SchoolWish;
use crate::school::{lessons, themes};
use crate::ui::commands::Command;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::sketch::icon_of;
use crate::ui::{icons, theme, widgets};

/// What the dialog remembers.
#[derive(Clone, Debug)]
pub struct State {
    /// The theme whose lessons show.
    theme: Option<Arc<str>>,
}

impl State {
    /// Shows lessons of `theme`, or of the first one that has some.
    #[must_use]
    pub fn new(theme: Option<Arc<str>>) -> Self {
        let themes = themes();
        Self { theme: theme.filter(|theme| themes.contains(theme)).or_else(|| themes.first().cloned()) }
    }
}

/// Draws the dialog.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, state: &mut State) -> Stay {
    let width = 2.0_f32.mul_add(card::CARD.x, 24.0);
    ui.set_width(width);
    let mut stay = Stay::Open;
    ui.horizontal(|ui| {
        widgets::title(ui, &view.text.get("lessons-title"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            stay = who_ui(ui, view);
        });
    });
    ui.horizontal_wrapped(|ui| {
        for theme in themes() {
            let name = view.text.find(&format!("subject-{theme}")).unwrap_or_else(|| theme.to_string());
            let is_on = state.theme.as_ref() == Some(&theme);
            let words = format!("{}  {name}", icon_of(&theme));
            let response = ui.selectable_label(is_on, words);
            if widgets::named(response, &name).clicked() {
                state.theme = Some(theme);
            }
        }
    });
    ui.add_space(8.0);
    let height = (ui.ctx().content_rect().height() - 260.0).clamp(200.0, 420.0);
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
        if cards_ui(ui, view, state) {
            stay = Stay::Close;
        }
    });
    foot_ui(ui, view, state);
    widgets::row_from_right(ui, |ui| {
        if ui.button(view.text.get("close")).clicked() {
            stay = Stay::Close;
        }
        clock_ui(ui, view);
    });
    stay
}

/// Who draws; a click asks for somebody else.
fn who_ui(ui: &mut Ui, view: &mut View<'_>) -> Stay {
    if super::profiles::chip_ui(ui, view) {
        view.run(Command::ChooseProfile);
        return Stay::Close;
    }
    Stay::Open
}

/// Draws the cards. Returns whether one was chosen.
fn cards_ui(ui: &mut Ui, view: &mut View<'_>, state: &State) -> bool {
    let own: Vec<_> = lessons().iter().filter(|lesson| Some(&lesson.theme) == state.theme.as_ref()).collect();
    let topic = view.school.topic().map(|lesson| Arc::clone(&lesson.name));
    let badge = view.text.get("lesson-of-today");
    let mut chosen = None;
    for row in own.chunks(2) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            for lesson in row {
                let badge = (topic.as_ref() == Some(&lesson.name)).then_some(&*badge);
                if card::ui(ui, view, lesson, badge) {
                    chosen = Some(Arc::clone(&lesson.name));
                }
            }
        });
        ui.add_space(6.0);
    }
    let has_chosen = chosen.is_some();
    if let Some(lesson) = chosen {
        view.learn(SchoolWish::Start(lesson));
    }
    has_chosen
}

/// Says that there is no picture where the theme is not installed.
fn foot_ui(ui: &mut Ui, view: &View<'_>, state: &State) {
    let is_installed =
        view.themes.is_some_and(|themes| themes.iter().any(|info| Some(&info.name) == state.theme.as_ref()));
    if !is_installed && view.themes.is_some() {
        let weak = theme::colors(ui.visuals()).weak;
        ui.label(RichText::new(view.text.get("lessons-no-picture")).small().color(weak));
    }
    ui.add_space(4.0);
}

/// The switch of timed mode.
fn clock_ui(ui: &mut Ui, view: &mut View<'_>) {
    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let mut is_timed = view.school.is_timed;
        let words = format!("{}  {}", icons::TIMER, view.text.get(&Command::ToggleClock.name_key()));
        let response = ui.checkbox(&mut is_timed, words);
        let name = view.text.get(&Command::ToggleClock.name_key());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_timed, &name));
        if response.on_hover_text(view.text.get(&Command::ToggleClock.tip_key())).changed() {
            view.run(Command::ToggleClock);
        }
    });
}
