//! The panel beside the gallery: the drawing that is looked at, and the week's ranking.

use egui::{Panel, Rect, RichText, ScrollArea, Sense, Ui, vec2};
use strum::IntoEnumIterator as _;

use super::bar::button_ui;
use super::gallery::{day_words, pictures_ui};
use super::sure::title_of;
use super::wish::SchoolWish;
use super::{marks, ranking};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};
use crate::worker::schooling::{Drawing, GalleryShown, Hung, Reaction};

/// Width of the panel.
const WIDTH: f32 = 324.0;
/// Width and height of a reaction's button.
const BUTTON: egui::Vec2 = vec2(84.0, 60.0);

/// Draws the panel.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some(shown) = view.school.gallery.as_ref() else { return };
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(16, 12));
    Panel::right("gallery side").exact_size(WIDTH).resizable(false).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some(hung) = view.school.hung() {
                hung_ui(ui, view, shown, hung);
                ui.add_space(8.0);
                ui.separator();
            }
            ranking::ui(ui, view, shown);
        });
    });
}

fn hung_ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown, hung: &Hung) {
    let colors = theme::colors(ui.visuals());
    let Drawing { profile, theme, lesson, stars, made_secs, .. } = &hung.drawing;
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, (width - 6.0) / 2.0), Sense::hover());
    pictures_ui(ui, view, hung, Rect::from_min_size(rect.min, rect.size()));
    ui.add_space(4.0);
    let title = title_of(view, theme, lesson.as_deref());
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).family(theme::heading_family()).size(16.0).color(colors.strong));
        if let Some(stars) = stars {
            marks::stars_ui(ui, view.text, *stars, 15.0);
        }
    });
    let name = shown.profile(*profile).map_or("", |profile| &*profile.name);
    let day = day_words(i64::try_from(*made_secs / 86_400).unwrap_or_default());
    let words = view.text.with("gallery-made", &[("name", name.into()), ("day", (&day).into())]);
    ui.label(RichText::new(words).small().color(colors.weak));
    ui.add_space(6.0);
    reactions_ui(ui, view, hung);
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        button_ui(ui, view, Command::FetchDrawing);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::command_button(ui, view, Command::TakeDown, theme::ICON_BUTTON, false);
        });
    });
}

/// What one can say about it, and how often it was said.
fn reactions_ui(ui: &mut Ui, view: &mut View<'_>, hung: &Hung) {
    let colors = theme::colors(ui.visuals());
    let viewer = view.school.profile;
    let own = hung.reactions.iter().find(|reacted| Some(reacted.viewer) == viewer).map(|reacted| reacted.reaction);
    ui.horizontal(|ui| {
        for reaction in Reaction::iter() {
            let count = hung.reactions.iter().filter(|reacted| reacted.reaction == reaction).count();
            if button(ui, view, reaction, (count, own == Some(reaction))) {
                view.learn(SchoolWish::React(hung.drawing.id, reaction));
            }
        }
    });
    let key = match viewer {
        None => "reaction-nobody",
        Some(viewer) if viewer == hung.drawing.profile => "reaction-own",
        Some(_) => return,
    };
    ui.add(egui::Label::new(RichText::new(view.text.get(key)).small().color(colors.weak)).wrap());
}

/// A face that can be pressed. Returns whether it was.
fn button(ui: &mut Ui, view: &View<'_>, reaction: Reaction, (count, is_own): (usize, bool)) -> bool {
    let colors = theme::colors(ui.visuals());
    let is_enabled = view.school.profile.is_some();
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(BUTTON, sense);
    let name = view.text.get(&format!("reaction-{}", <&str>::from(reaction)));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, is_enabled, is_own, &name));
    let is_hot = response.hovered() || response.has_focus();
    let fill = match (is_own, is_hot && is_enabled) {
        (true, _) => colors.selected,
        (false, true) => colors.hover,
        (false, false) => colors.button,
    };
    ui.painter().rect_filled(rect, theme::CARD_RADIUS, fill);
    let color = if is_own { colors.accent } else { colors.text };
    let face = Rect::from_center_size(rect.center() - vec2(0.0, 9.0), vec2(26.0, 26.0));
    marks::face(ui.painter(), face, reaction, color);
    let words = format!("{name}  {count}");
    let font = egui::TextStyle::Small.resolve(ui.style());
    let at = rect.center_bottom() - vec2(0.0, 11.0);
    ui.painter().text(at, egui::Align2::CENTER_CENTER, words, font, color);
    response.on_hover_text(&name).clicked()
}
