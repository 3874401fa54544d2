//! A lesson as a card: what it will look like, how much there is to draw, and how far one is.

use egui::{Rect, RichText, Sense, Stroke, StrokeKind, Ui, vec2};

use super::marks;
use super::state::School;
use crate::school::Lesson;
use crate::ui::intent::View;
use crate::ui::text::Language;
use crate::ui::theme::sketch as paper;
use crate::ui::{theme, widgets};

/// Width and height of a card.
pub(super) const CARD: egui::Vec2 = vec2(296.0, 92.0);

/// The place of a language among a lesson's words.
pub(super) const fn language_of(view: &View<'_>) -> usize {
    match view.text.language() {
        Language::English => 0,
        Language::Korean => 1,
    }
}

/// Draws a card. Returns whether it was clicked.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, lesson: &Lesson, badge: Option<&str>) -> bool {
    let colors = theme::colors(ui.visuals());
    let School { course, .. } = view.school;
    let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
    let title = &lesson.title[language_of(view)];
    let is_current = course.as_ref().is_some_and(|course| course.lesson().name == lesson.name);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_current, &**title));
    let is_hot = is_current || response.hovered() || response.has_focus();
    let line = if is_hot { Stroke::new(1.5, colors.accent) } else { Stroke::new(1.0, colors.line) };
    ui.painter().rect(rect, theme::CARD_RADIUS, colors.panel, line, StrokeKind::Inside);
    let side = CARD.y - 20.0;
    let sheet = Rect::from_min_size(rect.min + vec2(10.0, 10.0), vec2(side, side));
    ui.painter().rect_filled(sheet, 3.0, paper::PAPER);
    let strokes = lesson.steps.iter().flat_map(|step| &step.strokes).map(AsRef::as_ref);
    marks::lines(ui.painter(), sheet.shrink(3.0), strokes, Stroke::new(1.1, paper::INK));
    let place = Rect::from_min_max(sheet.right_top() + vec2(12.0, 0.0), rect.max - vec2(8.0, 8.0));
    let ui = &mut widgets::inside(ui, place, egui::Layout::top_down(egui::Align::Min));
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.add(egui::Label::new(RichText::new(&**title).color(colors.strong)).truncate());
    let facts = [("steps", lesson.steps.len().into()), ("level", usize::from(lesson.difficulty).into())];
    ui.add(
        egui::Label::new(RichText::new(view.text.with("lesson-facts", &facts)).small().color(colors.weak)).truncate(),
    );
    ui.horizontal(|ui| {
        marks::stars_ui(ui, view.text, view.school.stars(&lesson.name), 15.0);
        if view.school.is_timed {
            let secs = clock_words(lesson.limit_secs);
            ui.label(RichText::new(secs).small().color(colors.weak));
        }
    });
    if let Some(badge) = badge {
        widgets::badge(ui, badge, colors.accent);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(&*lesson.credit).clicked()
}

/// Seconds as a clock shows them.
pub(super) fn clock_words(secs: u32) -> String {
    format!("{}:{:02}", secs / 60, secs % 60)
}
