//! The few widgets that this window has of its own: each is egui's with the theme's looks and an accessible name.

use egui::{Align, Button, Layout, Response, RichText, Role, Ui, WidgetInfo, vec2};

use super::commands::Command;
use super::intent::{Phase, View};
use super::text::Text;
use super::{shortcut, theme};

/// A dialog's title.
pub fn title(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).heading().color(theme::colors(ui.visuals()).strong));
    ui.add_space(4.0);
}

/// The title of a part of a panel.
pub fn section(ui: &mut Ui, words: &str) {
    let colors = theme::colors(ui.visuals());
    ui.label(RichText::new(words).family(theme::heading_family()).size(12.0).color(colors.weak));
}

/// The button that the eye should find first.
pub fn primary(ui: &mut Ui, words: &str) -> Response {
    let colors = theme::colors(ui.visuals());
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for look in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            look.weak_bg_fill = colors.accent;
            look.fg_stroke.color = colors.on_accent;
        }
        widgets.hovered.bg_stroke = egui::Stroke::new(1.0, colors.strong);
        ui.add(Button::new(RichText::new(words).color(colors.on_accent)))
    })
    .inner
}

/// The row of buttons under a dialog: `Some(true)` for `action`, `Some(false)` for cancel.
pub fn answers(ui: &mut Ui, text: &Text, action: &str, is_enabled: bool) -> Option<bool> {
    ui.add_space(12.0);
    row_from_right(ui, |ui| {
        let has_entered = is_enabled && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let action = ui.add_enabled_ui(is_enabled, |ui| primary(ui, action)).inner.clicked() || has_entered;
        let cancel = ui.button(text.get("cancel")).clicked();
        if action { Some(true) } else { cancel.then_some(false) }
    })
}

/// A row of buttons at the right edge, no higher than they are.
pub fn row_from_right<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), content).inner
}

/// A square button that shows only an icon; `name` is what a screen reader and the tooltip say.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str, side: f32) -> Response {
    let button = Button::new(RichText::new(icon).size((side * 0.6).round())).frame_when_inactive(false);
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(0.0, 0.0);
        ui.add_sized(vec2(side, side), button)
    });
    named(response.inner, name)
}

/// Where the change of a number that is dragged or typed in stands: a drag is one step, however far it goes.
pub fn phase_of(response: &Response) -> Option<Phase> {
    if response.changed() {
        return Some(if response.dragged() { Phase::Drag } else { Phase::End });
    }
    response.drag_stopped().then_some(Phase::End)
}

/// Gives a widget that shows only an icon its name.
pub fn named(response: Response, name: &str) -> Response {
    let is_enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
    response.on_hover_text(name)
}

/// A square button for a command, with name, shortcut and explanation in its tooltip.
pub fn command_button(ui: &mut Ui, view: &mut View<'_>, command: Command, side: f32, is_on: bool) -> Response {
    let colors = theme::colors(ui.visuals());
    let is_enabled = command.is_enabled(view.now);
    let icon = RichText::new(command.icon()).size((side * 0.56).round());
    let icon = if is_on { icon.color(colors.accent) } else { icon };
    let mut button = Button::new(icon).frame_when_inactive(is_on);
    if is_on {
        button = button.fill(colors.selected);
    }
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(0.0, 0.0);
        ui.add_enabled_ui(is_enabled, |ui| ui.add_sized(vec2(side, side), button)).inner
    });
    let name = view.text.get(&command.name_key());
    let response = response.inner;
    response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, is_on, &name));
    if response.clicked() {
        view.run(command);
    }
    let tip = |ui: &mut Ui| tip_ui(ui, view.text, command, &name);
    response.on_hover_ui(tip).on_disabled_hover_ui(tip)
}

fn tip_ui(ui: &mut Ui, text: &Text, command: Command, name: &str) {
    let colors = theme::colors(ui.visuals());
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).color(colors.strong));
        if let Some(first) = command.shortcuts().first() {
            ui.label(RichText::new(shortcut::written(ui.ctx(), first)).color(colors.accent));
        }
    });
    ui.label(RichText::new(text.get(&command.tip_key())).color(colors.weak));
}

/// A word that tells a state, on a tinted ground.
pub fn badge(ui: &mut Ui, words: &str, color: egui::Color32) -> Response {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(16.0, 6.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, theme::WIDGET_RADIUS, color.gamma_multiply(0.14));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response
}

/// A place for widgets over what is drawn in `rect`, for which the widgets around it make no room of their own.
pub fn inside(ui: &mut Ui, rect: egui::Rect, layout: Layout) -> Ui {
    ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout))
}

/// A short line between things in a bar.
pub fn divider(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(9.0, 18.0), egui::Sense::hover());
    let color = theme::colors(ui.visuals()).line;
    ui.painter().vline(rect.center().x, rect.y_range(), egui::Stroke::new(1.0, color));
}

/// A slider that shows its value by the accent.
pub fn slider(ui: &mut Ui, slider: egui::Slider<'_>) -> Response {
    ui.scope(|ui| {
        ui.visuals_mut().selection.bg_fill = theme::colors(ui.visuals()).accent.gamma_multiply(0.85);
        ui.add(slider)
    })
    .inner
}
