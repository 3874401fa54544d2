//! The panel on the right after a lesson: how good the drawing is, why, and what it brought.

use egui::{Panel, Rect, RichText, ScrollArea, Ui, vec2};

use super::bar::button_ui;
use super::card::language_of;
use super::course::{Course, Hanging, Scored};
use super::marks;
use super::wish::SchoolWish;
use crate::school::{LOOSE, Score, TIGHT};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Width of the panel.
const WIDTH: f32 = 316.0;

/// Draws the panel.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, course: &Course, scored: &Scored) {
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(16, 12));
    Panel::right("score").exact_size(WIDTH).resizable(false).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            head_ui(ui, view, course, scored);
            ui.add_space(10.0);
            parts_of_score_ui(ui, view, course, &scored.score);
            ui.add_space(8.0);
            forgotten_ui(ui, view, course, &scored.score);
            missed_ui(ui, view, scored);
            ui.add_space(10.0);
            ui.separator();
            record_ui(ui, view, course, scored);
            ui.add_space(10.0);
            next_ui(ui, view, course, scored);
        });
    });
}

fn head_ui(ui: &mut Ui, view: &View<'_>, course: &Course, scored: &Scored) {
    let colors = theme::colors(ui.visuals());
    let score = &scored.score;
    let is_old = view.easel.is_some_and(|easel| easel.sketch().key() != scored.of);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(&*course.lesson().title[language_of(view)]).color(colors.weak));
        ui.add_space(2.0);
        marks::stars_ui(ui, view.text, score.stars, 44.0);
        ui.add_space(4.0);
        let words = view.text.get(&format!("score-stars-{}", score.stars.min(3)));
        ui.label(RichText::new(words).family(theme::heading_family()).size(19.0).color(colors.strong));
        if is_old {
            ui.label(RichText::new(view.text.get("score-old")).small().color(colors.warning));
        }
    });
}

/// Each part of the sum with its weight, and the rule.
fn parts_of_score_ui(ui: &mut Ui, view: &View<'_>, course: &Course, score: &Score) {
    let colors = theme::colors(ui.visuals());
    let drawn = score.parts.iter().filter(|part| part.is_drawn).count();
    let parts = drawn as f32 / score.parts.len().max(1) as f32;
    let certainty = score.recognition.certainty(&course.lesson().theme);
    let weights = score.weights;
    let rows = [
        ("score-coverage", score.coverage, weights.coverage),
        ("score-precision", score.precision, weights.precision),
        ("score-parts", parts, weights.parts),
        ("score-recognition", certainty, weights.recognition),
    ];
    for (key, share, weight) in rows {
        row_ui(ui, view, key, (share, weight));
    }
    ui.separator();
    let sum = format!("{:.0} %", score.total * 100.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(view.text.get("score-total")).color(colors.strong));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(sum).family(theme::heading_family()).size(16.0).color(colors.strong));
        });
    });
    let percent = |share: f32| format!("{:.0}", share * 100.0);
    let (tight, loose) = (percent(TIGHT), percent(LOOSE));
    let rule = view.text.with("score-rule", &[("tight", (&tight).into()), ("loose", (&loose).into())]);
    ui.add(egui::Label::new(RichText::new(rule).small().color(colors.weak)).wrap());
    if score.stars < 3 {
        let loose = percent(score.total_loose);
        let words = view.text.with("score-loose", &[("percent", (&loose).into())]);
        ui.add(egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap());
    }
}

/// One part of the sum: name, bar, share, weight.
fn row_ui(ui: &mut Ui, view: &View<'_>, key: &str, (share, weight): (f32, f32)) {
    let colors = theme::colors(ui.visuals());
    let name = view.text.get(key);
    let (value, counts) = (format!("{:.0} %", share * 100.0), format!("{:.0}", weight * 100.0));
    let response = ui.horizontal(|ui| {
        ui.label(RichText::new(&name).color(colors.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let words = view.text.with("score-weight", &[("percent", (&counts).into())]);
            ui.label(RichText::new(words).small().color(colors.weak));
            ui.label(RichText::new(&value).color(colors.strong));
        });
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), egui::Sense::hover());
    let bar = Rect::from_center_size(rect.center(), vec2(rect.width(), 5.0));
    let fill = if share >= 0.8 { colors.good } else { colors.accent };
    marks::bar(ui.painter(), bar, share, (colors.button, fill));
    response.response.on_hover_text(view.text.get(&format!("{key}.tip")));
    ui.add_space(2.0);
}

fn forgotten_ui(ui: &mut Ui, view: &View<'_>, course: &Course, score: &Score) {
    let colors = theme::colors(ui.visuals());
    let names: Vec<String> = score.forgotten().map(|part| part_name(view, part)).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        let words = view.text.with("score-forgotten", &[("parts", (&names).into())]);
        ui.add(egui::Label::new(RichText::new(words).color(colors.warning)).wrap());
    }
    if let Some(best) = score.recognition.best().filter(|best| **best != *course.lesson().theme) {
        let name = view.text.find(&format!("subject-{best}")).unwrap_or_else(|| best.to_owned());
        let words = view.text.with("score-looks-like", &[("theme", (&name).into())]);
        ui.add(egui::Label::new(RichText::new(words).color(colors.weak)).wrap());
    }
}

/// What a part of a lesson is called. Lessons name their parts in English.
fn part_name(view: &View<'_>, part: &str) -> String {
    view.text.find(&format!("lesson-part-{}", part.replace(' ', "-"))).unwrap_or_else(|| part.to_owned())
}

/// The switch of what shows on the paper, with what its colors mean.
fn missed_ui(ui: &mut Ui, view: &mut View<'_>, scored: &Scored) {
    let mut is_on = scored.shows_missed;
    let name = view.text.get(&Command::ToggleMissed.name_key());
    let response = ui.checkbox(&mut is_on, &name);
    if response.on_hover_text(view.text.get(&Command::ToggleMissed.tip_key())).changed() {
        view.run(Command::ToggleMissed);
    }
}

/// What the try brought: a record, points.
fn record_ui(ui: &mut Ui, view: &mut View<'_>, course: &Course, scored: &Scored) {
    let colors = theme::colors(ui.visuals());
    let school = view.school;
    let (lesson, gallery) = (&course.lesson().name, school.gallery.as_ref());
    // Whose try it was, also when somebody else draws by now.
    let whose = scored.noted.map(|(id, _)| id).or(school.profile);
    let profile = whose.and_then(|id| gallery?.profile(id));
    let Some(profile) = profile else {
        ui.add(egui::Label::new(RichText::new(view.text.get("score-nobody")).color(colors.weak)).wrap());
        button_ui(ui, view, Command::ChooseProfile);
        return;
    };
    let best = gallery.and_then(|gallery| gallery.record(profile.id, lesson)).map(|record| record.best);
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::TROPHY).size(20.0).color(colors.accent));
        ui.label(view.text.with("score-record", &[("name", (&profile.name).into())]));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if let Some(best) = best {
                ui.label(RichText::new(format!("{:.0} %", best.total * 100.0)).color(colors.strong));
                marks::stars_ui(ui, view.text, best.stars, 15.0);
            }
        });
    });
    let Some((_, Some(recorded))) = scored.noted else { return };
    let is_better = recorded.best != recorded.before;
    let key = if is_better { "score-new-record" } else { "score-old-record" };
    let color = if is_better { colors.good } else { colors.weak };
    let mut words = view.text.get(key);
    if recorded.earned > 0 {
        let points = view.text.with("score-earned", &[("points", (recorded.earned as usize).into())]);
        words = format!("{words} {points}");
    }
    ui.add(egui::Label::new(RichText::new(words).color(color)).wrap());
}

/// Where to go from here.
fn next_ui(ui: &mut Ui, view: &mut View<'_>, course: &Course, scored: &Scored) {
    let language = language_of(view);
    ui.horizontal_wrapped(|ui| {
        if let Some(next) = view.school.next_lesson() {
            let words = view.text.with("lesson-next", &[("title", (&*next.title[language]).into())]);
            if widgets::primary(ui, &words).clicked() {
                view.learn(SchoolWish::Start(next.name.clone()));
            }
        }
        let again = view.text.get("lesson-again");
        if widgets::named(ui.button(format!("{}  {again}", icons::TURN)), &again).clicked() {
            view.learn(SchoolWish::Start(course.lesson().name.clone()));
        }
        if scored.hung == Hanging::No {
            button_ui(ui, view, Command::HangUp);
        } else {
            let good = theme::colors(ui.visuals()).good;
            widgets::badge(ui, &view.text.get("score-hung"), good);
        }
        button_ui(ui, view, Command::ChooseLesson);
    });
}
