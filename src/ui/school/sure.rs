//! Asks before something goes that cannot be brought back.

use egui::{RichText, Ui};

use super::card::language_of;
use super::state::School;
use super::wish::SchoolWish;
use crate::ui::dialogs::Stay;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::schooling::{DrawingId, ProfileId};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether a drawing is taken down.
    TakeDown(DrawingId),
    /// Whether somebody is removed with all that is theirs.
    RemoveProfile(ProfileId),
}

/// Draws the question.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, question: Question) -> Stay {
    let Some(gallery) = &view.school.gallery else { return Stay::Close };
    let (title, words, action, wish) = match question {
        Question::TakeDown(id) => {
            let Some(hung) = gallery.drawings.iter().find(|hung| hung.drawing.id == id) else { return Stay::Close };
            let name = title_of(view, &hung.drawing.theme, hung.drawing.lesson.as_deref());
            let words = view.text.with("sure-take-down", &[("name", (&name).into())]);
            ("sure-take-down-title", words, "sure-take-down-action", SchoolWish::TakeDown(id))
        }
        Question::RemoveProfile(id) => {
            let Some(profile) = gallery.profile(id) else { return Stay::Close };
            let words = view.text.with("sure-remove", &[("name", (&profile.name).into())]);
            ("sure-remove-title", words, "sure-remove-action", SchoolWish::RemoveProfile(id))
        }
    };
    ui.horizontal(|ui| {
        let color = theme::colors(ui.visuals()).warning;
        ui.label(RichText::new(icons::WARNING).color(color).size(22.0));
        widgets::title(ui, &view.text.get(title));
    });
    ui.add(egui::Label::new(words).wrap());
    match widgets::answers(ui, view.text, &view.text.get(action), true) {
        Some(true) => {
            view.learn(wish);
            Stay::Close
        }
        Some(false) => Stay::Close,
        None => Stay::Open,
    }
}

/// What a drawing is called: its lesson's title, or its theme.
pub(super) fn title_of(view: &View<'_>, theme: &str, lesson: Option<&str>) -> String {
    match lesson {
        Some(lesson) => School::title_of(lesson, language_of(view)),
        None => view.text.find(&format!("subject-{theme}")).unwrap_or_else(|| theme.to_owned()),
    }
}
