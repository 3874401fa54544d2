//! The history: what was done, newest last; a click goes there.

use egui::{Button, RichText, Ui};

use crate::document::Action;
use crate::ui::intent::{Intent, View};
use crate::ui::session::Session;
use crate::ui::{icons, theme};

/// The most points that the list takes.
const LIST_HEIGHT: f32 = 240.0;

/// Draws the list.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some(session) = view.session else { return };
    // A list of its own, so that following the newest step does not scroll the whole panel.
    let area = egui::ScrollArea::vertical().id_salt("history").max_height(LIST_HEIGHT).auto_shrink([false, true]);
    area.show(ui, |ui| list_ui(ui, view, session));
}

fn list_ui(ui: &mut Ui, view: &mut View<'_>, session: &Session) {
    let colors = theme::colors(ui.visuals());
    let current = session.history.position();
    ui.spacing_mut().item_spacing.y = 1.0;
    for (position, action) in session.history.actions().into_iter().enumerate() {
        let words = view.text.get(&format!("action-{}", <&str>::from(action)));
        let color = match position.cmp(&current) {
            std::cmp::Ordering::Less => colors.text,
            std::cmp::Ordering::Equal => colors.strong,
            std::cmp::Ordering::Greater => colors.weak,
        };
        let icon = RichText::new(icon_of(action)).color(if position == current { colors.accent } else { colors.weak });
        let button = Button::selectable(position == current, (icon, RichText::new(&words).color(color)));
        let button = button.min_size(egui::vec2(ui.available_width(), 24.0)).truncate();
        let response = ui.add(button);
        let is_current = position == current;
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_current, &words));
        if is_current && session.changed.1.is_some_and(|since| since.elapsed().as_millis() < 100) {
            response.scroll_to_me(None);
        }
        if response.clicked() && position != current {
            view.ask(Intent::JumpTo(position));
        }
    }
}

const fn icon_of(action: Action) -> &'static str {
    match action {
        Action::Open => icons::IMAGE,
        Action::PaintMask => icons::BRUSH,
        Action::SelectObject => icons::WAND,
        Action::ModifyMask => icons::SLIDERS,
        Action::ImportMask => icons::DOWNLOAD,
        Action::PaintSources => icons::TARGET,
        Action::Erase => icons::SPARKLE,
        Action::Reroll => icons::DICE,
        Action::ChooseCandidate => icons::SWAP,
        Action::ToggleVisible => icons::EYE,
        Action::ChangeOpacity => icons::CONTRAST,
        Action::MixCandidates => icons::DIVIDER,
        Action::DeleteErasure => icons::TRASH,
        Action::ReorderErasures => icons::STACK,
    }
}
