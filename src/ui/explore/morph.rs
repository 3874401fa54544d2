//! The panel under the canvas: the slider from before to after, the player, and the strip of key frames.

use egui::{Align, DragValue, Image, Layout, Panel, Response, RichText, Sense, Slider, Stroke, StrokeKind, Ui, vec2};

use super::export::playback_key;
use super::gallery::Dragged;
use super::strip;
use super::studio::Studio;
use super::tool_column::is_on;
use super::wish::Wish;
use crate::document::explore::{End, MAX_FRAMES};
use crate::ui::commands::Command;
use crate::ui::intent::{Phase, View};
use crate::ui::{icons, theme, widgets};
use crate::worker::exploring::Playback;

/// Height of the panel.
pub const HEIGHT: f32 = 148.0;
/// Side of the pictures at the slider's ends.
const END_SIDE: f32 = 60.0;

/// Draws the panel.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 8));
    Panel::bottom("morph").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
        ui.horizontal(|ui| {
            end_ui(ui, view, studio, End::From);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                end_ui(ui, view, studio, End::To);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.add_space(2.0);
                    slider_ui(ui, view, studio);
                    player_ui(ui, view, studio);
                });
            });
        });
        strip::ui(ui, view, studio);
    });
}

/// A picture at an end of the slider; a candidate can be dropped on it.
fn end_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio, end: End) {
    let colors = theme::colors(ui.visuals());
    let slider = &studio.exploration().slider;
    let (latent, key, at) = match end {
        End::From => (&slider.from, "slider-from", 0.0),
        End::To => (&slider.to, "slider-to", 1.0),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(END_SIDE, END_SIDE), Sense::click());
    let name = view.text.get(key);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, latent.is_some(), &name));
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    if let Some(picture) = latent.as_ref().and_then(|latent| studio.picture_of(latent)) {
        let texture = view.pictures.get(ui.ctx(), picture);
        Image::new(&texture).corner_radius(theme::WIDGET_RADIUS).paint_at(ui, rect);
    } else {
        let icon = if end == End::From { icons::FLAG } else { icons::FLAG_END };
        let font = egui::FontId::proportional(20.0);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icon, font, colors.weak);
    }
    let is_target = response.dnd_hover_payload::<Dragged>().is_some();
    let line = if is_target || response.hovered() || response.has_focus() { colors.accent } else { colors.line };
    ui.painter().rect_stroke(rect, theme::WIDGET_RADIUS, Stroke::new(1.5, line), StrokeKind::Outside);
    if let Some(dragged) = response.dnd_release_payload::<Dragged>() {
        view.wish(Wish::CandidateToEnd(dragged.0, end));
    }
    if response.on_hover_text(view.text.get(&format!("{key}.tip"))).clicked() && latent.is_some() {
        view.wish(Wish::Slide(at, Phase::End));
    }
}

fn slider_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let is_enabled = view.now.ends;
    let mut at = studio.slider_at();
    ui.spacing_mut().slider_width = (ui.available_width() - 8.0).max(80.0);
    let name = view.text.get("slider-name");
    let response = ui.add_enabled_ui(is_enabled, |ui| {
        widgets::slider(ui, Slider::new(&mut at, 0.0..=1.0).show_value(false).step_by(0.0))
    });
    let response = response.inner;
    let value = f64::from(at);
    response.widget_info(|| egui::WidgetInfo::slider(is_enabled, value, &name));
    frames_ui(ui, studio, &response);
    if response.changed() {
        let phase = if response.dragged() { Phase::Drag } else { Phase::End };
        view.wish(Wish::Slide(at, phase));
    } else if response.drag_stopped() {
        view.wish(Wish::Slide(at, Phase::End));
    }
}

/// A tick for each frame, bright when it is there.
fn frames_ui(ui: &Ui, studio: &Studio, slider: &Response) {
    let colors = theme::colors(ui.visuals());
    let rail = slider.rect.shrink2(vec2(slider.rect.height() * 0.25, 0.0));
    let count = studio.film.marks().len();
    if !(2..=200).contains(&count) {
        return;
    }
    for (index, is_there) in studio.film.marks().enumerate() {
        let x = egui::lerp(rail.x_range(), index as f32 / (count - 1) as f32);
        let color = if is_there { colors.accent } else { colors.line };
        ui.painter().vline(x, rail.bottom() - 4.0..=rail.bottom() - 1.0, Stroke::new(1.5, color));
    }
}

fn player_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let side = 28.0;
        widgets::command_button(ui, view, Command::PreviousFrame, side, false);
        widgets::command_button(ui, view, Command::Play, side, studio.player.is_playing());
        widgets::command_button(ui, view, Command::NextFrame, side, false);
        mode_ui(ui, view, studio);
        widgets::divider(ui);
        for command in [Command::SliderStart, Command::SliderEnd, Command::SwapEnds, Command::ToggleSpherical] {
            widgets::command_button(ui, view, command, side, is_on(command, studio));
        }
        widgets::divider(ui);
        let mut frames = studio.exploration().slider.frames;
        let name = ui.label(RichText::new(view.text.get("slider-frames")).color(colors.weak));
        let value = DragValue::new(&mut frames).range(2..=MAX_FRAMES).speed(0.2).update_while_editing(false);
        if let Some(phase) = widgets::phase_of(&ui.add(value).labelled_by(name.id)) {
            view.wish(Wish::Frames(frames, phase));
        }
        let mut speed = studio.player.speed;
        let name = ui.label(RichText::new(view.text.get("player-speed")).color(colors.weak));
        let value = DragValue::new(&mut speed).range(0.1..=4.0).speed(0.02).suffix("×").max_decimals(1);
        if ui.add(value).labelled_by(name.id).changed() {
            view.wish(Wish::Speed(speed));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("{}  {}", icons::FILM, view.text.get("export-frames-short"));
            let button = ui.add_enabled(Command::ExportFrames.is_enabled(view.now), egui::Button::new(words));
            let name = view.text.get(&Command::ExportFrames.name_key());
            if widgets::named(button, &name).clicked() {
                view.run(Command::ExportFrames);
            }
        });
    });
}

fn mode_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let icon = match studio.player.mode {
        Playback::Once => icons::CARET_RIGHT,
        Playback::Loop => icons::REPEAT,
        Playback::PingPong => icons::PING_PONG,
    };
    if widgets::icon_button(ui, icon, &view.text.get(playback_key(studio.player.mode)), 28.0).clicked() {
        view.run(Command::PlayMode);
    }
}
