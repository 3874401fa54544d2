//! The lesson of the day, offered where the picture will be as long as nothing is drawn.

use std::sync::Arc;

use egui::{Align, Layout, Rect, RichText, Ui, vec2};

use super::card;
use super::wish::SchoolWish;
use crate::ui::intent::View;
use crate::ui::{theme, widgets};

/// Room that the card and the words over it take.
const SIZE: egui::Vec2 = vec2(card::CARD.x, card::CARD.y + 26.0);

/// Draws the card at the lower end of `place`.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, place: Rect) {
    let Some(lesson) = view.school.topic() else { return };
    if place.width() < SIZE.x + 32.0 || place.height() < 2.0_f32.mul_add(SIZE.y, 140.0) {
        return;
    }
    let middle = place.center_bottom() - vec2(0.0, SIZE.y / 2.0 + 28.0);
    let ui = &mut widgets::inside(ui, Rect::from_center_size(middle, SIZE), Layout::top_down(Align::Center));
    let weak = theme::colors(ui.visuals()).weak;
    ui.label(RichText::new(view.text.get("topic-title")).small().color(weak));
    if card::ui(ui, view, lesson, None) {
        view.learn(SchoolWish::Start(Arc::clone(&lesson.name)));
    }
}
