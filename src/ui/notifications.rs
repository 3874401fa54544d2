//! Toasts: one sentence each, with details for those who ask. Errors stay until they are dismissed.

use std::time::{Duration, Instant};

use egui::{Align2, RichText, vec2};

use super::text::{Language, Text};
use super::{icons, theme};
use crate::worker::Failure;

/// At most this many show; the oldest that may go make room.
const MOST: usize = 4;
/// How long a toast shows that may go by itself.
const LIFETIME: Duration = Duration::from_secs(6);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It worked.
    Good,
    /// Worth knowing.
    Info,
    /// Done differently than asked.
    Warning,
    /// It failed.
    Error,
}

#[derive(Clone, Debug)]
struct Toast {
    number: u64,
    kind: Kind,
    sentence: String,
    details: String,
    is_open: bool,
    until: Option<Instant>,
    times: u32,
}

/// The toasts that show.
#[derive(Debug, Default)]
pub struct Notifications {
    toasts: Vec<Toast>,
    count: u64,
}

impl Notifications {
    /// Shows `sentence`; `details` may be empty.
    pub fn show(&mut self, kind: Kind, sentence: String, details: String) {
        let until = (kind != Kind::Error).then(|| Instant::now() + LIFETIME);
        let same = |toast: &&mut Toast| toast.kind == kind && toast.sentence == sentence;
        if let Some(toast) = self.toasts.iter_mut().find(same) {
            toast.times += 1;
            toast.until = until;
            toast.details = details;
            return;
        }
        while self.toasts.len() >= MOST {
            let at = self.toasts.iter().position(|toast| toast.kind != Kind::Error).unwrap_or(0);
            self.toasts.remove(at);
        }
        self.count += 1;
        self.toasts.push(Toast { number: self.count, kind, sentence, details, is_open: false, until, times: 1 });
    }

    /// Shows a failure in the window's language; its English headline stands in where the table lacks it.
    pub fn show_failure(&mut self, kind: Kind, failure: &Failure, text: &Text) {
        let (sentence, details) = words_of(failure, text);
        self.show(kind, sentence, details);
    }

    /// What shows now: kind, sentence, details.
    pub fn shown(&self) -> impl Iterator<Item = (Kind, &str, &str)> {
        self.toasts.iter().map(|toast| (toast.kind, toast.sentence.as_str(), toast.details.as_str()))
    }

    /// Draws the toasts above everything else, `bottom` points over the lower edge.
    pub fn ui(&mut self, ctx: &egui::Context, text: &Text, bottom: f32) {
        let now = Instant::now();
        self.toasts.retain(|toast| toast.is_open || toast.until.is_none_or(|until| until > now));
        if self.toasts.is_empty() {
            return;
        }
        let next = self.toasts.iter().filter(|toast| !toast.is_open).filter_map(|toast| toast.until).min();
        if let Some(next) = next {
            ctx.request_repaint_after(next.saturating_duration_since(now) + Duration::from_millis(10));
        }
        let mut dismissed = None;
        let area = egui::Area::new(egui::Id::unique("toasts")).order(egui::Order::Foreground);
        area.anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -bottom)).show(ctx, |ui| {
            ui.set_width(theme::TOAST_WIDTH);
            for toast in self.toasts.iter_mut().rev() {
                if toast_ui(ui, toast, text) {
                    dismissed = Some(toast.number);
                }
                ui.add_space(2.0);
            }
        });
        self.toasts.retain(|toast| Some(toast.number) != dismissed);
    }
}

/// The sentence and the details of a failure in the window's language.
#[must_use]
pub fn words_of(failure: &Failure, text: &Text) -> (String, String) {
    // The headline is English and tells in particular what the table says in general.
    let is_at_home = text.language() == Language::English && !failure.headline.is_empty();
    match text.find(failure.key).filter(|_| !is_at_home) {
        Some(sentence) => {
            let parts = [failure.headline.as_str(), failure.details.as_str()];
            (sentence, parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
        }
        None => (capitalized(&failure.headline), failure.details.clone()),
    }
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns whether the toast was dismissed.
fn toast_ui(ui: &mut egui::Ui, toast: &mut Toast, text: &Text) -> bool {
    let colors = theme::colors(ui.visuals());
    let (icon, color) = match toast.kind {
        Kind::Good => (icons::CHECK_CIRCLE, colors.good),
        Kind::Info => (icons::INFO, colors.accent),
        Kind::Warning => (icons::WARNING, colors.warning),
        Kind::Error => (icons::WARNING_CIRCLE, colors.error),
    };
    let frame =
        egui::Frame::popup(ui.style()).inner_margin(egui::Margin::same(12)).stroke(egui::Stroke::new(1.0, color));
    let mut is_dismissed = false;
    frame.show(ui, |ui| {
        ui.push_id(toast.number, |ui| {
            ui.set_width(theme::TOAST_WIDTH - 26.0);
            ui.horizontal_top(|ui| {
                ui.label(RichText::new(icon).color(color).size(18.0));
                ui.vertical(|ui| {
                    ui.set_width(theme::TOAST_WIDTH - 96.0);
                    let times = if toast.times > 1 { format!("  ×{}", toast.times) } else { String::new() };
                    ui.add(egui::Label::new(format!("{}{times}", toast.sentence)).wrap());
                    details_ui(ui, toast, text);
                });
                let close = egui::Button::new(RichText::new(icons::CLOSE).size(14.0)).frame_when_inactive(false);
                let close = ui.add(close).on_hover_text(text.get("dismiss"));
                close.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text.get("dismiss")));
                is_dismissed = close.clicked();
            });
        });
    });
    is_dismissed
}

fn details_ui(ui: &mut egui::Ui, toast: &mut Toast, text: &Text) {
    if toast.details.is_empty() {
        return;
    }
    let label = text.get(if toast.is_open { "hide-details" } else { "show-details" });
    if ui.link(label).clicked() {
        toast.is_open = !toast.is_open;
        toast.until = toast.until.map(|_| Instant::now() + LIFETIME);
    }
    if toast.is_open {
        let details = RichText::new(&toast.details).small().color(theme::colors(ui.visuals()).weak);
        ui.add(egui::Label::new(details).wrap().selectable(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_show_at_once_and_errors_are_the_last_to_go() {
        let mut notifications = Notifications::default();
        notifications.show(Kind::Error, "it failed".to_owned(), String::new());
        for n in 0..9 {
            notifications.show(Kind::Good, format!("done {n}"), String::new());
        }
        let shown: Vec<_> = notifications.shown().map(|(_, sentence, _)| sentence.to_owned()).collect();
        assert_eq!(shown, ["it failed", "done 6", "done 7", "done 8"], "the error and the newest");
        notifications.show(Kind::Error, "it failed".to_owned(), String::new());
        assert_eq!(notifications.shown().count(), MOST, "the same error is not shown twice");
    }

    #[test]
    fn a_failure_unknown_to_the_table_shows_its_headline() {
        let failure = Failure { key: "no-such-key", headline: "the disk is full".to_owned(), details: "28".to_owned() };
        let words = words_of(&failure, &Text::new(Language::Korean));
        assert_eq!(words, ("The disk is full".to_owned(), "28".to_owned()), "its own words");
    }
}
