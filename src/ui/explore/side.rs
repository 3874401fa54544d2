//! The panel on the right of the room: candidates, strokes, the search's numbers, the photo, the map and the history.

use egui::{Button, CollapsingHeader, DragValue, Image, Panel, RichText, ScrollArea, Slider, Ui, vec2};

use super::studio::Studio;
use super::wish::Wish;
use super::{drag_panel, gallery, map, models, portrait_panel, steer_panel, strokes, survey_panel};
use crate::document::ExploreAction;
use crate::document::explore::MAX_STARTS;
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};

/// Width of the panel when the program is new.
const WIDTH: f32 = 348.0;
/// The most points that the history takes.
const HISTORY_HEIGHT: f32 = 200.0;
/// The strongest prior that the slider reaches.
const MOST_SMOOTH: f32 = 50.0;

/// Draws the panel.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    if !view.preferences.panels.erasures {
        return;
    }
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(12, 8));
    let panel = Panel::right("explore side").default_size(WIDTH).size_range(280.0..=600.0).frame(frame);
    panel.show(ui, |ui| {
        gallery::ui(ui, view, studio);
        ui.add_space(6.0);
        ui.separator();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let named = view.models.iter().find(|model| model.name == studio.exploration().model);
            let layers = named.map_or(0, |model| model.layers);
            if layers > 0 {
                part(ui, "part-steer", view, true, |ui, view| steer_panel::ui(ui, view, studio, layers));
            }
            let has_pairs = studio.exploration().pairs().next().is_some();
            part(ui, "part-drag", view, has_pairs, |ui, view| drag_panel::ui(ui, view, studio));
            part(ui, "part-strokes", view, true, |ui, view| strokes::ui(ui, view, studio));
            let has_photo = studio.exploration().photo.is_some();
            part(ui, "part-portrait", view, has_photo, |ui, view| portrait_panel::ui(ui, view, studio));
            part(ui, "part-search", view, true, |ui, view| search_ui(ui, view, studio));
            part(ui, "part-survey", view, false, |ui, view| survey_panel::ui(ui, view, studio));
            part(ui, "part-map", view, true, |ui, view| map::ui(ui, view, studio));
            if view.preferences.panels.history {
                part(ui, "part-history", view, false, |ui, view| history_ui(ui, view, studio));
            }
        });
    });
}

fn part(ui: &mut Ui, key: &str, view: &mut View<'_>, is_open: bool, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let title = RichText::new(view.text.get(key)).family(theme::heading_family()).size(13.5);
    let title = title.color(theme::colors(ui.visuals()).strong);
    ui.spacing_mut().indent = 18.0;
    // Another salt opens a part anew when a photo comes.
    CollapsingHeader::new(title).id_salt((key, is_open)).default_open(is_open).show_unindented(ui, |ui| {
        ui.add_space(2.0);
        content(ui, view);
        ui.add_space(8.0);
    });
    ui.separator();
}

/// The model, and what a search begins with.
fn search_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let exploration = studio.exploration();
    model_ui(ui, view, studio);
    let (mut seed, mut starts) = (exploration.seed, exploration.starts);
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("search-seed"));
        let value = DragValue::new(&mut seed).speed(0.1).update_while_editing(false);
        if let Some(phase) = widgets::phase_of(&ui.add(value).labelled_by(name.id)) {
            view.wish(Wish::Seed(seed, phase));
        }
        widgets::command_button(ui, view, Command::NewSeed, theme::ICON_BUTTON, false);
        let name = ui.label(view.text.get("search-starts")).on_hover_text(view.text.get("search-starts.tip"));
        let value = DragValue::new(&mut starts).range(1..=MAX_STARTS).speed(0.3).update_while_editing(false);
        if let Some(phase) = widgets::phase_of(&ui.add(value).labelled_by(name.id)) {
            view.wish(Wish::Starts(starts, phase));
        }
    });
    let Some(fixed) = &exploration.fixed else { return };
    let mut smoothness = fixed.smoothness;
    let name = ui.label(view.text.get("search-smoothness")).on_hover_text(view.text.get("search-smoothness.tip"));
    ui.spacing_mut().slider_width = (ui.available_width() - 64.0).max(60.0);
    let slider = Slider::new(&mut smoothness, 0.0..=MOST_SMOOTH).logarithmic(true).max_decimals(1);
    let response = widgets::slider(ui, slider).labelled_by(name.id);
    if response.changed() {
        let phase = if response.dragged() { Phase::Drag } else { Phase::End };
        view.wish(Wish::Smoothness(smoothness, phase));
    } else if response.drag_stopped() {
        view.wish(Wish::Smoothness(fixed.smoothness, Phase::End));
    }
}

fn model_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let name = &studio.exploration().model;
    let model = view.models.iter().find(|model| model.name == *name);
    ui.horizontal_top(|ui| {
        if let Some(picture) = model.and_then(|model| model.picture.as_ref()) {
            let texture = view.pictures.get(ui.ctx(), picture);
            ui.add(Image::new(&texture).fit_to_exact_size(vec2(48.0, 48.0)).corner_radius(4));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let words = format!("{name}  {}", icons::CARET_DOWN);
            let button = widgets::named(ui.add(Button::new(words)), &view.text.get(&Command::ChooseModel.name_key()));
            if button.clicked() {
                view.run(Command::ChooseModel);
            }
            if let Some(model) = model {
                let words = models::facts(view, model);
                let label = egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap();
                ui.add(label).on_hover_text(&model.about);
            }
        });
    });
}

fn history_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let current = studio.history.position();
    let area = ScrollArea::vertical().id_salt("explore history").max_height(HISTORY_HEIGHT).auto_shrink([false, true]);
    area.stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (position, action) in studio.history.actions().into_iter().enumerate() {
            let words = view.text.get(&format!("explore-{}", <&str>::from(action)));
            let color = match position.cmp(&current) {
                std::cmp::Ordering::Less => colors.text,
                std::cmp::Ordering::Equal => colors.strong,
                std::cmp::Ordering::Greater => colors.weak,
            };
            let icon_color = if position == current { colors.accent } else { colors.weak };
            let icon = RichText::new(icon_of(action)).color(icon_color);
            let button = Button::selectable(position == current, (icon, RichText::new(&words).color(color)));
            let response = ui.add(button.min_size(vec2(ui.available_width(), 24.0)).truncate());
            if response.clicked() && position != current {
                view.wish(Wish::JumpTo(position));
            }
        }
    });
}

const fn icon_of(action: ExploreAction) -> &'static str {
    match action {
        ExploreAction::Open | ExploreAction::Steer => icons::COMPASS,
        ExploreAction::PaintColor => icons::COLORS,
        ExploreAction::Sketch => icons::PENCIL,
        ExploreAction::Warp => icons::WARP,
        ExploreAction::Keep | ExploreAction::KeepRegion => icons::KEEP,
        ExploreAction::SetPair | ExploreAction::Drag => icons::POINTS,
        ExploreAction::Movable => icons::MOVABLE,
        ExploreAction::ToggleStroke => icons::EYE,
        ExploreAction::ChangeWeight | ExploreAction::ChangeSlider => icons::SLIDERS,
        ExploreAction::DeleteStroke | ExploreAction::ClearStrokes => icons::TRASH,
        ExploreAction::RemoveEdit => icons::CLEAR,
        ExploreAction::Choose => icons::GRID,
        ExploreAction::SetEnd => icons::FLAG,
        ExploreAction::Slide => icons::DIVIDER,
        ExploreAction::Fix => icons::PIN,
        ExploreAction::Restart => icons::RECOVER,
        ExploreAction::EditKeys => icons::KEY_FRAME,
        ExploreAction::ChangeModel => icons::MODEL,
        ExploreAction::ChangeStarts | ExploreAction::ChangeNoise => icons::DICE,
        ExploreAction::ChangePhoto => icons::IMAGE,
        ExploreAction::Place => icons::CROP,
        ExploreAction::Project => icons::PROJECT,
        ExploreAction::Transfer => icons::TRANSFER,
    }
}
