//! The week's ranking, theme by theme: whose drawings most people had something to say about.

use egui::{Image, Rect, RichText, Sense, Ui, vec2};

use super::gallery::week_words;
use super::sure::title_of;
use super::wish::SchoolWish;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::schooling::{GalleryShown, Ranked};

/// Height of a place's row.
const ROW: f32 = 38.0;

/// Draws the ranking.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown) {
    let colors = theme::colors(ui.visuals());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::TROPHY).size(20.0).color(colors.accent));
        let title = view.text.get("ranking-title");
        ui.label(RichText::new(title).family(theme::heading_family()).size(15.0).color(colors.strong));
    });
    ui.label(RichText::new(week_words(shown)).small().color(colors.weak));
    ui.add_space(4.0);
    if shown.rankings.is_empty() {
        ui.add(egui::Label::new(RichText::new(view.text.get("ranking-none")).color(colors.weak)).wrap());
        return;
    }
    for (theme, places) in &shown.rankings {
        widgets::section(ui, &title_of(view, theme, None));
        for ranked in places {
            row_ui(ui, view, shown, ranked);
        }
        ui.add_space(6.0);
    }
}

fn row_ui(ui: &mut Ui, view: &mut View<'_>, shown: &GalleryShown, ranked: &Ranked) {
    let colors = theme::colors(ui.visuals());
    let Ranked { place, drawing, reactions } = ranked;
    let title = title_of(view, &drawing.theme, drawing.lesson.as_deref());
    let name = shown.profile(drawing.profile).map_or("", |profile| &*profile.name);
    let hung = shown.drawings.iter().find(|hung| hung.drawing.id == drawing.id);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let args = [("place", (*place).into()), ("title", (&title).into()), ("name", name.into())];
    let label = view.text.with("ranking-place", &args);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, hung.is_some(), &label));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.hover);
    }
    let ui = &mut widgets::inside(ui, rect.shrink2(vec2(6.0, 2.0)), egui::Layout::left_to_right(egui::Align::Center));
    let color = if *place == 1 { colors.accent } else { colors.text };
    ui.label(RichText::new(format!("{place}.")).family(theme::heading_family()).size(15.0).color(color));
    let (square, _) = ui.allocate_exact_size(vec2(ROW - 4.0, ROW - 4.0), Sense::hover());
    if let Some(hung) = hung {
        let texture = view.pictures.get(ui.ctx(), hung.picture.as_ref().unwrap_or(&hung.sketch));
        Image::new(&texture).corner_radius(3).paint_at(ui, Rect::from_min_size(square.min, square.size()));
    }
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let words = view.text.with("ranking-reactions", &[("count", (*reactions).into())]);
        ui.label(RichText::new(words).small().color(colors.weak));
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let words = format!("{name} · {title}");
            ui.add(egui::Label::new(RichText::new(words).color(colors.text)).truncate());
        });
    });
    if hung.is_some() && response.clicked() {
        view.learn(SchoolWish::Select(Some(drawing.id)));
    }
}
