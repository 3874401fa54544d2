//! The panel on the right of the room: the theme, the picture, layers, the picture below the paper and the history.

use egui::{CollapsingHeader, Panel, RichText, ScrollArea, Slider, Ui};

use super::easel::{Easel, Shows};
use super::wish::SketchWish;
use super::{layers, themes};
use crate::document::SketchAction;
use crate::imaging::ink::Background;
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};

/// The most points that the history takes.
const HISTORY_HEIGHT: f32 = 200.0;

/// Draws the panel.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    if !view.preferences.panels.erasures {
        return;
    }
    let frame = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(12, 8));
    let panel =
        Panel::right("sketch side").default_size(theme::SIDE_PANEL_WIDTH).size_range(240.0..=480.0).frame(frame);
    panel.show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            part(ui, "part-theme", view, true, |ui, view| themes::card_ui(ui, view, easel));
            part(ui, "part-picture", view, true, |ui, view| picture_ui(ui, view, easel));
            part(ui, "part-layers", view, true, |ui, view| layers::ui(ui, view, easel));
            part(ui, "part-under", view, true, |ui, view| under_ui(ui, view, easel));
            if view.preferences.panels.history {
                part(ui, "part-history", view, false, |ui, view| history_ui(ui, view, easel));
            }
        });
    });
}

fn part(ui: &mut Ui, key: &str, view: &mut View<'_>, is_open: bool, content: impl FnOnce(&mut Ui, &mut View<'_>)) {
    let title = RichText::new(view.text.get(key)).family(theme::heading_family()).size(13.5);
    let title = title.color(theme::colors(ui.visuals()).strong);
    ui.spacing_mut().indent = 18.0;
    CollapsingHeader::new(title).id_salt(("sketch", key)).default_open(is_open).show_unindented(ui, |ui| {
        ui.add_space(2.0);
        content(ui, view);
        ui.add_space(8.0);
    });
    ui.separator();
}

/// Where the picture shows, how far it follows the lines, what becomes of its background.
fn picture_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        for (shows, command) in [
            (Shows::Beside, Command::ShowBeside),
            (Shows::Over, Command::ShowOver),
            (Shows::Nowhere, Command::HideResult),
        ] {
            let words = view.text.get(match shows {
                Shows::Beside => "shows-beside",
                Shows::Over => "shows-over",
                Shows::Nowhere => "shows-nowhere",
            });
            let response = ui.selectable_label(easel.looks.shows == shows, words);
            if response.on_hover_text(view.text.get(&command.tip_key())).clicked() {
                view.sketch(SketchWish::Shows(shows));
            }
        }
    });
    if easel.looks.shows == Shows::Over {
        ui.horizontal(|ui| {
            let name = ui.label(view.text.get("option-opacity"));
            let mut percent = easel.looks.opacity * 100.0;
            ui.spacing_mut().slider_width = (ui.available_width() - 64.0).max(60.0);
            let slider = Slider::new(&mut percent, 0.0..=100.0).max_decimals(0).suffix(" %");
            if widgets::slider(ui, slider).labelled_by(name.id).changed() {
                view.sketch(SketchWish::Opacity(percent / 100.0));
            }
        });
    }
    ui.add_space(6.0);
    let name = ui.label(view.text.get("refinement")).on_hover_text(view.text.get("refinement.tip"));
    let mut refinement = easel.sketch().refinement;
    ui.spacing_mut().slider_width = ui.available_width() - 4.0;
    ui.spacing_mut().item_spacing.y = 0.0;
    let slider = Slider::new(&mut refinement, 0.0..=1.0).show_value(false);
    let response = widgets::slider(ui, slider).labelled_by(name.id);
    if response.changed() {
        let phase = if response.dragged() { Phase::Drag } else { Phase::End };
        view.sketch(SketchWish::Refinement(refinement, phase));
    } else if response.drag_stopped() {
        view.sketch(SketchWish::Refinement(easel.sketch().refinement, Phase::End));
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new(view.text.get("refinement-follow")).small().color(colors.weak));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(view.text.get("refinement-forgive")).small().color(colors.weak));
        });
    });
    ui.add_space(10.0);
    background_ui(ui, view, easel);
}

fn background_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    ui.label(view.text.get("background"));
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        for (background, key) in [
            (Background::Keep, "background-keep"),
            (Background::White, "background-white"),
            (Background::Silhouette, "background-silhouette"),
        ] {
            let response = ui.selectable_label(easel.looks.background == background, view.text.get(key));
            if response.on_hover_text(view.text.get(&format!("{key}.tip"))).clicked() {
                view.sketch(SketchWish::Background(background));
            }
        }
    });
}

/// The picture below the paper.
fn under_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let Some(under) = &easel.sketch().under_drawing else {
        let weak = theme::colors(ui.visuals()).weak;
        ui.add(egui::Label::new(RichText::new(view.text.get("under-none")).small().color(weak)).wrap());
        let words = format!("{}  {}", icons::IMAGE, view.text.get(&Command::OpenUnder.name_key()));
        let button = ui.button(words);
        if widgets::named(button, &view.text.get(&Command::OpenUnder.name_key())).clicked() {
            view.run(Command::OpenUnder);
        }
        return;
    };
    let name = view.text.get("under-opacity");
    let opacity = under.opacity;
    ui.horizontal(|ui| {
        let texture = view.pictures.get(ui.ctx(), &under.picture);
        let size = egui::vec2(44.0, 44.0);
        ui.add(egui::Image::new(&texture).fit_to_exact_size(size).corner_radius(4));
        ui.vertical(|ui| {
            let mut percent = opacity * 100.0;
            ui.spacing_mut().slider_width = (ui.available_width() - 60.0).max(60.0);
            let slider = Slider::new(&mut percent, 0.0..=100.0).max_decimals(0).suffix(" %");
            let response = widgets::slider(ui, slider).on_hover_text(&name);
            response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(percent), &name));
            if response.changed() {
                let phase = if response.dragged() { Phase::Drag } else { Phase::End };
                view.sketch(SketchWish::UnderOpacity(percent / 100.0, phase));
            } else if response.drag_stopped() {
                view.sketch(SketchWish::UnderOpacity(opacity, Phase::End));
            }
            ui.horizontal(|ui| {
                for command in [Command::ToggleUnder, Command::OpenUnder, Command::DropUnder] {
                    let is_on = command == Command::ToggleUnder && easel.looks.has_under;
                    widgets::command_button(ui, view, command, theme::ICON_BUTTON, is_on);
                }
            });
        });
    });
}

fn history_ui(ui: &mut Ui, view: &mut View<'_>, easel: &Easel) {
    let position = easel.history.position();
    let actions = easel.history.actions();
    let colors = theme::colors(ui.visuals());
    let area = ScrollArea::vertical().id_salt("sketch history").max_height(HISTORY_HEIGHT).auto_shrink([false, true]);
    area.stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, action) in actions.into_iter().enumerate() {
            let is_now = at == position;
            let color = if is_now {
                colors.accent
            } else if at > position {
                colors.weak
            } else {
                colors.text
            };
            let words = view.text.get(&format!("sketch-{}", <&str>::from(action)));
            let words = RichText::new(format!("{}  {words}", icon(action))).small().color(color);
            if ui.selectable_label(is_now, words).clicked() && !is_now {
                view.sketch(SketchWish::JumpTo(at));
            }
        }
    });
}

const fn icon(action: SketchAction) -> &'static str {
    match action {
        SketchAction::Open => icons::PAPER,
        SketchAction::Draw => icons::PENCIL,
        SketchAction::Line => icons::LINE,
        SketchAction::Curve => icons::CURVE,
        SketchAction::Erase | SketchAction::RubOut => icons::ERASER,
        SketchAction::Hint => icons::HINT,
        SketchAction::Clear | SketchAction::RemoveLayer => icons::TRASH,
        SketchAction::AddLayer => icons::PLUS,
        SketchAction::RenameLayer => icons::RENAME,
        SketchAction::MoveLayer => icons::STACK,
        SketchAction::ToggleLayer => icons::EYE,
        SketchAction::ChangeMirror => icons::MIRROR,
        SketchAction::ChangeUnderDrawing => icons::IMAGE,
        SketchAction::ChangeRefinement => icons::SLIDERS,
        SketchAction::ChangeSeed => icons::DICE,
        SketchAction::ChangeTheme => icons::THEME,
        SketchAction::Import => icons::FOLDER_OPEN,
    }
}
