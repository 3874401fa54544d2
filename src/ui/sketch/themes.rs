//! Themes: what drawings become pictures of.

use egui::{Button, Image, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use super::easel::Easel;
use super::wish::SketchWish;
use crate::ui::commands::Command;
use crate::ui::dialogs::Stay;
use crate::ui::explore::import_model_ui;
use crate::ui::intent::View;
use crate::ui::text::Text;
use crate::ui::{icons, theme, widgets};
use crate::worker::sketching::ThemeInfo;

/// Width of a card in the dialog.
const WIDTH: f32 = 236.0;
/// Height of a card in the dialog.
const HEIGHT: f32 = 132.0;
/// The most lines of what a card says.
const LINES: usize = 3;

/// Draws the dialog in which another theme is chosen.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) -> Stay {
    ui.set_width(2.0 * (WIDTH + 12.0));
    widgets::title(ui, &view.text.get("themes-title"));
    let mut stay = Stay::Open;
    ScrollArea::vertical().max_height(520.0).min_scrolled_height(440.0).auto_shrink([false, true]).show(ui, |ui| {
        if cards_ui(ui, view) {
            stay = Stay::Close;
        }
    });
    ui.add_space(8.0);
    widgets::row_from_right(ui, |ui| {
        if ui.button(view.text.get("close")).clicked() {
            stay = Stay::Close;
        }
        stay = if import_model_ui(ui, view) { Stay::Close } else { stay };
        if ui.button(format!("{}  {}", icons::SEARCH, view.text.get("themes-look"))).clicked() {
            view.sketch(SketchWish::LookForThemes);
        }
    });
    stay
}

/// Draws a card for each theme. Returns whether one was chosen.
fn cards_ui(ui: &mut Ui, view: &mut View<'_>) -> bool {
    let Some(themes) = view.themes.filter(|themes| !themes.is_empty()) else {
        none_ui(ui, view.text);
        return false;
    };
    let mut has_chosen = false;
    for row in themes.chunks(2) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            for theme in row {
                if tile_ui(ui, view, theme) {
                    view.sketch(SketchWish::Theme(theme.name.clone()));
                    has_chosen = true;
                }
            }
        });
        ui.add_space(6.0);
    }
    has_chosen
}

/// Says that there is none, and what can be done.
fn none_ui(ui: &mut Ui, text: &Text) {
    let colors = theme::colors(ui.visuals());
    ui.label(RichText::new(text.get("vacant-no-theme")).color(colors.text));
    ui.add(egui::Label::new(RichText::new(text.get("vacant-no-theme.tip")).color(colors.weak)).wrap());
}

/// A theme's card: icon, name, figures, a few words. Returns whether it was clicked.
fn tile_ui(ui: &mut Ui, view: &mut View<'_>, info: &ThemeInfo) -> bool {
    let colors = theme::colors(ui.visuals());
    let is_current = view.easel.is_some_and(|easel| easel.sketch().theme == info.name);
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), Sense::click());
    let name = name_of(view.text, info);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_current, &name));
    let is_hot = is_current || response.hovered() || response.has_focus();
    let line = if is_hot { Stroke::new(1.5, colors.accent) } else { Stroke::new(1.0, colors.line) };
    ui.painter().rect(rect, theme::CARD_RADIUS, colors.panel, line, StrokeKind::Inside);
    let ui = &mut widgets::inside(ui, rect.shrink(12.0), egui::Layout::top_down(egui::Align::Min));
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        subject_ui(ui, view, &info.name, 44.0);
        ui.vertical(|ui| {
            ui.label(RichText::new(&name).color(colors.strong));
            ui.label(RichText::new(facts(view.text, info)).small().color(colors.weak));
        });
    });
    ui.add_space(6.0);
    about_ui(ui, &info.about, WIDTH - 24.0);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(&info.licence).clicked()
}

fn about_ui(ui: &mut Ui, about: &str, width: f32) {
    if about.is_empty() {
        return;
    }
    let weak = theme::colors(ui.visuals()).weak;
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple(about.to_owned(), font, weak, width);
    job.wrap.max_rows = LINES;
    ui.add(egui::Label::new(job).selectable(false));
}

/// The theme of the drawing, at the top of the side panel.
pub(super) fn card_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let colors = theme::colors(ui.visuals());
    let info = view.themes.and_then(|themes| easel.theme(themes));
    let name = match info {
        Some(info) => name_of(view.text, info),
        None if easel.sketch().theme.is_empty() => view.text.get("theme-none"),
        None => easel.sketch().theme.to_string(),
    };
    ui.horizontal(|ui| {
        subject_ui(ui, view, &easel.sketch().theme, 44.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let words = format!("{name}  {}", icons::CARET_DOWN);
            let button = widgets::named(ui.add(Button::new(words)), &view.text.get(&Command::ChooseTheme.name_key()));
            if button.clicked() {
                view.run(Command::ChooseTheme);
            }
            match info {
                Some(_) if easel.is_theme_unusable() => {
                    ui.label(RichText::new(view.text.get("theme-unusable")).small().color(colors.warning))
                }
                Some(info) => ui.label(RichText::new(facts(view.text, info)).small().color(colors.weak)),
                None if view.themes.is_some() => {
                    let words = view.text.get("theme-not-installed");
                    ui.label(RichText::new(words).small().color(colors.warning))
                }
                None => ui.label(RichText::new(view.text.get("vacant-looking")).small().color(colors.weak)),
            };
        });
    });
    if let Some(info) = info {
        about_ui(ui, &info.about, ui.available_width());
    }
}

/// The newest picture of a theme; an icon until there is one.
pub(super) fn subject_ui(ui: &mut Ui, view: &mut View<'_>, name: &str, side: f32) {
    let colors = theme::colors(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    if let Some(picture) = view.subjects.get(name) {
        let texture = view.pictures.get(ui.ctx(), picture);
        Image::new(&texture).corner_radius(theme::WIDGET_RADIUS).paint_at(ui, rect);
        return;
    }
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    let font = egui::FontId::proportional((side * 0.62).round());
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icon_of(name), font, colors.accent);
}

/// Side, hints and variants in a few words.
fn facts(text: &Text, info: &ThemeInfo) -> String {
    let mut facts = text.with("theme-facts", &[("side", (info.side as usize).into())]);
    let known =
        [(info.takes_photos, "theme-photos"), (info.has_hints, "theme-hints"), (info.has_variants, "theme-variants")];
    for (has, key) in known {
        if has {
            facts = format!("{facts} · {}", text.get(key));
        }
    }
    facts
}

/// What people call a theme.
pub(super) fn name_of(text: &Text, info: &ThemeInfo) -> String {
    text.find(&format!("subject-{}", info.name)).unwrap_or_else(|| info.name.to_string())
}

/// A picture for a theme, by what its name says.
pub(in crate::ui) fn icon_of(name: &str) -> &'static str {
    let known = [
        ("cat", icons::THEME),
        ("robot", icons::ROBOT),
        ("face", icons::FACE),
        ("cartoon", icons::FACE),
        ("shoe", icons::SHOE),
        ("space", icons::PLANET),
        ("nebula", icons::PLANET),
        ("planet", icons::PLANET),
        ("moto", icons::MOTORBIKE),
        ("car", icons::CAR),
        ("bag", icons::BAG),
    ];
    let name = name.to_lowercase();
    known.iter().find(|(part, _)| name.contains(part)).map_or(icons::SKETCH, |(_, icon)| icon)
}
