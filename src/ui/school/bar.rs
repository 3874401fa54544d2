//! The bar above the paper while a lesson is followed: what to draw now, how far one is, the time that is left.

use egui::{Panel, Rect, RichText, Ui, pos2, vec2};

use super::card::{clock_words, language_of};
use super::course::Course;
use super::marks;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Height of the bar.
const HEIGHT: f32 = 62.0;
/// Height of the segments at its lower edge, one for each step.
const SEGMENT: f32 = 5.0;

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, course: &Course) {
    let colors = theme::colors(ui.visuals());
    let frame = egui::Frame::new().fill(colors.raised).inner_margin(egui::Margin::symmetric(14, 0));
    Panel::top("lesson").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
        let whole = ui.max_rect();
        let row = Rect::from_min_max(whole.min, whole.max - vec2(0.0, SEGMENT + 6.0));
        let ui = &mut widgets::inside(ui, row, egui::Layout::right_to_left(egui::Align::Center));
        buttons_ui(ui, view, course);
        clock_ui(ui, view, course);
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| words_ui(ui, view, course));
        segments(ui, whole, course);
    });
}

fn buttons_ui(ui: &mut Ui, view: &mut View<'_>, course: &Course) {
    ui.spacing_mut().item_spacing.x = 8.0;
    widgets::command_button(ui, view, Command::EndLesson, theme::ICON_BUTTON, false);
    let commands: &[Command] = if course.is_under_way() {
        &[Command::FinishLesson, Command::SkipStep, Command::StepBack]
    } else {
        &[Command::FinishLesson]
    };
    for &command in commands {
        button_ui(ui, view, command);
    }
}

/// A button with a command's name.
pub(super) fn button_ui(ui: &mut Ui, view: &mut View<'_>, command: Command) {
    let name = view.text.get(&command.name_key());
    let is_enabled = command.is_enabled(view.now);
    let button = egui::Button::new(format!("{}  {name}", command.icon()));
    let response = ui.add_enabled(is_enabled, button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_enabled, &name));
    if response.on_hover_text(view.text.get(&command.tip_key())).clicked() {
        view.run(command);
    }
}

fn clock_ui(ui: &mut Ui, view: &View<'_>, course: &Course) {
    let Some(clock) = course.clock.filter(|_| course.is_under_way()) else { return };
    let colors = theme::colors(ui.visuals());
    let color = if clock.is_urgent() { colors.error } else { colors.strong };
    let words = clock_words(clock.millis_left().div_ceil(1000) as u32);
    let response = ui.label(RichText::new(format!("{}  {words}", icons::TIMER)).size(19.0).color(color));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    response.on_hover_text(view.text.get("lesson-clock"));
}

fn words_ui(ui: &mut Ui, view: &View<'_>, course: &Course) {
    let colors = theme::colors(ui.visuals());
    let (lesson, language) = (course.lesson(), language_of(view));
    let at = course.practice.outcomes().len();
    let (above, below) = match course.practice.next().filter(|_| course.is_under_way()) {
        Some(step) => {
            let args = [("at", (at + 1).into()), ("count", lesson.steps.len().into())];
            (view.text.with("lesson-step", &args), step.words[language].to_string())
        }
        None if course.is_under_way() => (String::new(), view.text.get("lesson-scoring")),
        None => (String::new(), view.text.get("lesson-over")),
    };
    ui.label(RichText::new(icons::LESSON).size(26.0).color(colors.accent));
    ui.add_space(4.0);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.add_space(4.0);
        let title = &lesson.title[language];
        let above = if above.is_empty() { title.to_string() } else { format!("{title} · {above}") };
        ui.add(egui::Label::new(RichText::new(above).small().color(colors.weak)).truncate());
        let words = RichText::new(below).family(theme::heading_family()).size(18.0).color(colors.strong);
        ui.add(egui::Label::new(words).truncate());
    });
}

/// One segment for each step: full when it is drawn, a thin line when it was left out.
fn segments(ui: &Ui, whole: Rect, course: &Course) {
    let colors = theme::colors(ui.visuals());
    let count = course.lesson().steps.len() as f32;
    let width = (whole.width() - 4.0 * (count - 1.0)) / count;
    for (at, share) in course.shares().enumerate() {
        let left = at as f32 * (width + 4.0) + whole.left();
        let rect = Rect::from_min_size(pos2(left, whole.bottom() - SEGMENT - 4.0), vec2(width, SEGMENT));
        match share {
            Some(share) => {
                let fill = if share < 1.0 { colors.accent } else { colors.good };
                marks::bar(ui.painter(), rect, share, (colors.button, fill));
            }
            None => {
                ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, colors.weak));
            }
        }
    }
}
