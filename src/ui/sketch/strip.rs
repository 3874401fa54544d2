//! The strip of variants at the lower edge: the same drawing with other seeds.

use egui::{Image, Panel, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use super::easel::Easel;
use super::wish::SketchWish;
use crate::document::Sketch;
use crate::imaging::Frame;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// Height of the strip.
pub const HEIGHT: f32 = 116.0;
/// Side of a picture.
const SIDE: f32 = 80.0;
/// Variants that are made at a time.
pub(super) const COUNT: usize = 6;

/// Draws the strip, if it is open.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    if !easel.looks.has_strip {
        return;
    }
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(12, 8));
    Panel::bottom("variants").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            head_ui(ui, view, easel);
            widgets::divider(ui);
            ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
                // Room for the outlines.
                let margin = egui::Margin::symmetric(4, 4);
                egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                    ui.horizontal_top(|ui| pictures_ui(ui, view, easel));
                });
            });
        });
    });
}

fn head_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let colors = theme::colors(ui.visuals());
    ui.vertical(|ui| {
        ui.set_width(148.0);
        widgets::section(ui, &view.text.get("variants-title"));
        let theme = view.themes.and_then(|themes| easel.theme(themes));
        let words = if theme.is_some_and(|theme| !theme.has_variants) {
            view.text.get("variants-none")
        } else if !easel.variants_fit() {
            view.text.get("variants-stale")
        } else {
            view.text.get("variants-hint")
        };
        ui.add(egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap());
        ui.horizontal(|ui| {
            for command in
                [Command::MoreVariants, Command::PreviousVariant, Command::NextVariant, Command::ShowVariants]
            {
                if command == Command::ShowVariants {
                    let name = view.text.get("close");
                    if widgets::icon_button(ui, icons::CLOSE, &name, theme::ICON_BUTTON).clicked() {
                        view.run(command);
                    }
                } else {
                    widgets::command_button(ui, view, command, theme::ICON_BUTTON, false);
                }
            }
        });
    });
}

fn pictures_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    ui.spacing_mut().item_spacing.x = 8.0;
    let seed = easel.sketch().seed;
    let fits = easel.variants_fit();
    let name = view.text.get("variant-plain");
    let picture = easel.plain_picture().map(|result| result.picture.clone());
    if picture_ui(ui, view, picture.as_ref(), &name, (seed == Sketch::STEADY, true)) {
        view.sketch(SketchWish::Steady);
    }
    for (at, variant) in easel.variants.shown.iter().enumerate() {
        let name = view.text.with("variant", &[("number", (at + 1).into())]);
        let is_chosen = variant.seed == seed;
        if picture_ui(ui, view, Some(&variant.result.picture), &name, (is_chosen, fits)) {
            view.sketch(SketchWish::Variant(at));
        }
    }
    let missing = easel.variants.wanted.saturating_sub(easel.variants.shown.len());
    if easel.variants.out.is_some() {
        for _ in 0..missing {
            let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
            let colors = theme::colors(ui.visuals());
            ui.painter().rect_filled(rect, 4.0, colors.sunken);
            let font = egui::FontId::proportional(20.0);
            ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icons::HOURGLASS, font, colors.weak);
        }
    }
}

/// A picture that can be clicked; faint when the drawing has changed since. Returns whether it was.
fn picture_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    picture: Option<&Frame>,
    name: &str,
    (is_chosen, fits): (bool, bool),
) -> bool {
    let colors = theme::colors(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, name));
    ui.painter().rect_filled(rect, 4.0, colors.sunken);
    if let Some(picture) = picture {
        let texture = view.pictures.get(ui.ctx(), picture);
        let tint = theme::canvas::opacity(if fits { 1.0 } else { 0.35 });
        Image::new(&texture).tint(tint).corner_radius(4).paint_at(ui, rect);
    } else {
        let font = egui::FontId::proportional(22.0);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icons::PAPER, font, colors.weak);
    }
    let (width, line) = if is_chosen {
        (2.5, colors.accent)
    } else if response.hovered() || response.has_focus() {
        (2.0, colors.strong)
    } else {
        (1.0, colors.line)
    };
    ui.painter().rect_stroke(rect, 4.0, Stroke::new(width, line), StrokeKind::Outside);
    response.on_hover_text(name).clicked()
}
