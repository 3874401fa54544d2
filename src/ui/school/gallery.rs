//! The gallery: what hangs there, in the place of the paper.

use egui::{Image, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use super::bar::button_ui;
use super::detail;
use super::marks;
use super::sure::title_of;
use super::wish::SchoolWish;
use crate::school::date_of_day;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::schooling::{Drawing, GalleryShown, Hung, Reaction, Shelf};

/// Width and height of a card.
const CARD: egui::Vec2 = vec2(252.0, 176.0);
/// Side of a card's pictures.
const SIDE: f32 = 112.0;

/// Draws the page.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    // Escape leads back to the paper, as it does from dialogs.
    let is_free = ui.ctx().memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
    let is_free = is_free && !ui.ctx().any_popup_open();
    if is_free && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        view.run(Command::ToggleGallery);
    }
    detail::ui(ui, view);
    let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(20, 12));
    frame.show(ui, |ui| {
        head_ui(ui, view);
        ui.add_space(6.0);
        let Some(shown) = view.school.gallery.as_ref() else {
            wait_ui(ui, view);
            return;
        };
        shelf_ui(ui, view, shown);
        ui.add_space(8.0);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| cards_ui(ui, view, shown));
    });
}

fn head_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        let back = view.text.get("gallery-back");
        if widgets::named(ui.button(format!("{}  {back}", icons::CARET_LEFT)), &back).clicked() {
            view.run(Command::ToggleGallery);
        }
        ui.add_space(8.0);
        let title = view.text.get("gallery-title");
        ui.label(RichText::new(title).family(theme::heading_family()).size(22.0).color(colors.strong));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            button_ui(ui, view, Command::ExportGallery);
            if super::profiles::chip_ui(ui, view) {
                view.run(Command::ChooseProfile);
            }
        });
    });
}

/// Says why nothing shows.
fn wait_ui(ui: &mut Ui, view: &mut View<'_>) {
    let colors = theme::colors(ui.visuals());
    if !view.school.is_shut {
        ui.label(RichText::new(view.text.get("gallery-looking")).color(colors.weak));
        return;
    }
    ui.label(RichText::new(view.text.get("gallery-shut")).color(colors.warning));
    if ui.button(view.text.get("gallery-again")).clicked() {
        view.learn(SchoolWish::LookAgain);
    }
}

/// Which part of the gallery shows.
fn shelf_ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown) {
    let shelf = view.school.shelf;
    let mut wanted = shelf;
    ui.horizontal(|ui| {
        for (has_all, key) in [(true, "gallery-all"), (false, "gallery-week")] {
            if ui.selectable_label(shelf.has_all == has_all, view.text.get(key)).clicked() {
                wanted = Shelf { has_all, ..shelf };
            }
        }
        widgets::divider(ui);
        let earlier = view.text.get("gallery-earlier");
        if widgets::icon_button(ui, icons::CARET_LEFT, &earlier, theme::ICON_BUTTON).clicked() {
            wanted.weeks_ago = shelf.weeks_ago.saturating_add(1);
        }
        ui.label(week_words(shown));
        let later = view.text.get("gallery-later");
        let has_later = shelf.weeks_ago > 0;
        let button = |ui: &mut Ui| widgets::icon_button(ui, icons::CARET_RIGHT, &later, theme::ICON_BUTTON);
        if ui.add_enabled_ui(has_later, button).inner.clicked() {
            wanted.weeks_ago = shelf.weeks_ago.saturating_sub(1);
        }
    });
    if wanted != shelf {
        view.learn(SchoolWish::Shelf(wanted));
    }
}

/// The first and the last day of the week.
pub(super) fn week_words(shown: &GalleryShown) -> String {
    let monday = shown.week.monday();
    format!("{} – {}", day_words(monday), day_words(monday + 6))
}

/// A day as everyone reads it.
pub(super) fn day_words(day: i64) -> String {
    let (year, month, day) = date_of_day(day);
    format!("{year}-{month:02}-{day:02}")
}

fn cards_ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown) {
    let colors = theme::colors(ui.visuals());
    if shown.drawings.is_empty() {
        let key = if shown.total == 0 { "gallery-empty" } else { "gallery-empty-week" };
        ui.add_space(24.0);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new(icons::IMAGES).size(40.0).color(colors.weak));
            ui.label(RichText::new(view.text.get(key)).color(colors.weak));
        });
        return;
    }
    let columns = ((ui.available_width() + 12.0) / (CARD.x + 12.0)).floor().max(1.0) as usize;
    for row in shown.drawings.chunks(columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            for hung in row {
                card_ui(ui, view, shown, hung);
            }
        });
        ui.add_space(8.0);
    }
    if shown.hidden > 0 {
        let words = view.text.with("gallery-hidden", &[("count", shown.hidden.into())]);
        ui.label(RichText::new(words).small().color(colors.weak));
    }
}

fn card_ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown, hung: &Hung) {
    let colors = theme::colors(ui.visuals());
    let Drawing { id, profile, theme, lesson, stars, .. } = &hung.drawing;
    let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let is_chosen = view.school.selected == Some(*id);
    let title = title_of(view, theme, lesson.as_deref());
    let name = shown.profile(*profile).map_or("", |profile| &*profile.name);
    let label = view.text.with("gallery-card", &[("title", (&title).into()), ("name", name.into())]);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &label));
    let is_hot = is_chosen || response.hovered() || response.has_focus();
    let line = if is_hot { Stroke::new(1.5, colors.accent) } else { Stroke::new(1.0, colors.line) };
    ui.painter().rect(rect, theme::CARD_RADIUS, colors.panel, line, StrokeKind::Inside);
    pictures_ui(ui, view, hung, Rect::from_min_size(rect.min + vec2(10.0, 10.0), vec2(rect.width() - 20.0, SIDE)));
    let foot = Rect::from_min_max(rect.min + vec2(12.0, SIDE + 16.0), rect.max - vec2(10.0, 6.0));
    let ui = &mut widgets::inside(ui, foot, egui::Layout::top_down(egui::Align::Min));
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 18.0;
    ui.horizontal(|ui| {
        if let Some(stars) = stars {
            marks::stars_ui(ui, view.text, *stars, 13.0);
        }
        ui.add(egui::Label::new(RichText::new(&title).color(colors.strong)).truncate());
    });
    ui.horizontal(|ui| {
        ui.add(egui::Label::new(RichText::new(name).small().color(colors.weak)).truncate());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| counts_ui(ui, hung));
    });
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        view.learn(SchoolWish::Select((!is_chosen).then_some(*id)));
    }
}

/// The drawing, and beside it what it became.
pub(super) fn pictures_ui(ui: &mut Ui, view: &mut View<'_>, hung: &Hung, place: Rect) {
    let side = place.height();
    let both = 2.0_f32.mul_add(side, 6.0);
    let width = if hung.picture.is_some() { both } else { side };
    let left = place.center().x - width / 2.0;
    for (at, picture) in [Some(&hung.sketch), hung.picture.as_ref()].into_iter().flatten().enumerate() {
        let texture = view.pictures.get(ui.ctx(), picture);
        let min = egui::pos2((side + 6.0).mul_add(at as f32, left), place.top());
        Image::new(&texture).corner_radius(4).paint_at(ui, Rect::from_min_size(min, vec2(side, side)));
    }
}

/// How often each reaction was given; none that was not.
fn counts_ui(ui: &mut Ui, hung: &Hung) {
    let colors = theme::colors(ui.visuals());
    ui.spacing_mut().item_spacing.x = 4.0;
    for reaction in [Reaction::Cry, Reaction::Wow, Reaction::Smile] {
        let count = hung.reactions.iter().filter(|reacted| reacted.reaction == reaction).count();
        if count == 0 {
            continue;
        }
        ui.label(RichText::new(count.to_string()).small().color(colors.text));
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
        marks::face(ui.painter(), rect, reaction, colors.accent);
    }
}
