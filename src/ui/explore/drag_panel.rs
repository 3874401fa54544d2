//! The part of the side panel for point drag: how, start and stop, how far each handle is from its target, why it is over.

use egui::{Button, ComboBox, DragValue, ProgressBar, RichText, Slider, Ui};
use strum::IntoEnumIterator as _;

use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::{PicturePos, StrokeId, StyleSpace};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::exploring::{DragEnding, DragHow, DragShown};

/// The most steps that can be asked for.
const MOST_STEPS: u32 = 1000;
/// The largest step that the slider reaches.
const MOST_RATE: f32 = 0.2;
/// How much the rest counts at most.
const MOST_HOLD: f32 = 100.0;

/// Draws the part.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let pairs: Vec<_> = studio.exploration().pairs().collect();
    if pairs.is_empty() && studio.drag.shown().is_none() {
        let weak = theme::colors(ui.visuals()).weak;
        ui.add(egui::Label::new(RichText::new(view.text.get("drag-none")).color(weak)).wrap());
        return;
    }
    start_ui(ui, view, studio);
    if let Some(shown) = studio.drag.shown() {
        shown_ui(ui, view, studio, shown);
    }
    let side = studio.side(view.models) as f32;
    for (number, pair) in pairs.iter().enumerate() {
        pair_ui(ui, view, studio, (number + 1, *pair), side);
    }
    how_ui(ui, view, studio.drag.how);
}

/// The button that starts and stops, by the keys of what it is then called.
pub(super) fn button_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, [start, stop]: [&str; 2]) {
    let is_running = studio.drag.is_running();
    let (icon, key) = if is_running { (icons::CANCEL, stop) } else { (icons::PLAY, start) };
    let name = view.text.get(key);
    let is_enabled = is_running || Command::DragPoints.is_enabled(view.now);
    let words = format!("{icon}  {name}");
    let button = ui.add_enabled_ui(is_enabled, |ui| widgets::primary(ui, &words)).inner;
    let tip = view.text.get(&Command::DragPoints.tip_key());
    if widgets::named(button, &name).on_hover_text(tip).clicked() {
        view.run(Command::DragPoints);
    }
}

fn start_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let is_running = studio.drag.is_running();
    ui.horizontal(|ui| {
        button_ui(ui, view, studio, ["drag-start", "drag-stop"]);
        let name = view.text.get(&Command::ClearPairs.name_key());
        let button = Button::new(format!("{}  {name}", icons::CLEAR));
        let is_enabled = !is_running && Command::ClearPairs.is_enabled(view.now);
        if widgets::named(ui.add_enabled(is_enabled, button), &name).clicked() {
            view.run(Command::ClearPairs);
        }
    });
}

/// The step and, at the end, the reason.
fn shown_ui(ui: &mut Ui, view: &View<'_>, studio: &Studio, shown: &DragShown) {
    let colors = theme::colors(ui.visuals());
    if studio.drag.is_running() {
        ui.add(ProgressBar::new(shown.step as f32 / shown.of.max(1) as f32).desired_height(6.0));
    }
    let words = view.text.with("drag-step", &[("step", shown.step.into()), ("of", shown.of.into())]);
    ui.label(RichText::new(words).small().color(colors.weak));
    if let Some(ending) = shown.ending {
        let words = view.text.get(&format!("drag-ending-{}", <&str>::from(ending)));
        let (icon, color) = match ending {
            DragEnding::Reached => (icons::CHECK_CIRCLE, colors.good),
            _ => (icons::WARNING, colors.warning),
        };
        ui.add(egui::Label::new(RichText::new(format!("{icon}  {words}")).color(color)).wrap());
    }
    if let Some(drift) = shown.drift {
        let drift = format!("{drift:.1}");
        let words = view.text.with("drag-drift", &[("drift", (&drift).into())]);
        ui.label(RichText::new(words).small().color(colors.weak));
    }
}

fn pair_ui(
    ui: &mut Ui,
    view: &View<'_>,
    studio: &Studio,
    (number, (id, from, to)): (usize, (StrokeId, PicturePos, PicturePos)),
    side: f32,
) {
    let at = studio.drag.handle(id).unwrap_or(from);
    let distance = format!("{:.1}", (at.x - to.x).hypot(at.y - to.y) * side);
    let words = view.text.with("drag-pair", &[("number", number.into()), ("distance", (&distance).into())]);
    ui.label(RichText::new(words).color(theme::colors(ui.visuals()).text));
}

fn how_ui(ui: &mut Ui, view: &mut View<'_>, how: DragHow) {
    let mut asked = how;
    ui.horizontal(|ui| {
        let key = |space: StyleSpace| format!("space-{}", <&str>::from(space));
        let combo = ComboBox::from_id_salt("drag space").selected_text(view.text.get(&key(how.space)));
        let shown = combo.show_ui(ui, |ui| {
            for space in StyleSpace::iter() {
                ui.selectable_value(&mut asked.space, space, view.text.get(&key(space)));
            }
        });
        shown.response.on_hover_text(view.text.get("drag-space.tip"));
        let name = ui.label(view.text.get("drag-steps"));
        ui.add(DragValue::new(&mut asked.steps).range(1..=MOST_STEPS)).labelled_by(name.id);
    });
    ui.spacing_mut().slider_width = (ui.available_width() - 150.0).max(60.0);
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("drag-rate")).on_hover_text(view.text.get("drag-rate.tip"));
        let slider = Slider::new(&mut asked.rate, 0.001..=MOST_RATE).logarithmic(true).max_decimals(3);
        widgets::slider(ui, slider).labelled_by(name.id);
    });
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("drag-hold")).on_hover_text(view.text.get("drag-hold.tip"));
        let slider = Slider::new(&mut asked.hold, 0.0..=MOST_HOLD).max_decimals(0);
        widgets::slider(ui, slider).labelled_by(name.id);
    });
    if asked != how {
        view.wish(Wish::Drag(asked));
    }
}
