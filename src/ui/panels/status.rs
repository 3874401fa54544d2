//! The bar at the lower edge: what is shown, how much is touched, what is waited for.

use egui::{Panel, ProgressBar, RichText, Ui};

use crate::imaging::ColorModel;
use crate::ui::canvas::Canvas;
use crate::ui::commands::Room;
use crate::ui::dialogs::format_name;
use crate::ui::explore;
use crate::ui::intent::{Intent, View};
use crate::ui::session::Session;
use crate::ui::sketch;
use crate::ui::text::Text;
use crate::ui::work::lane_key;
use crate::ui::{icons, theme, widgets};
use crate::worker::{Lane, Measured};

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, canvas: &Canvas) {
    let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 0));
    let panel = Panel::bottom("status").exact_size(theme::BAR_HEIGHT).frame(frame);
    panel.show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            if let Some(studio) = view.studio.filter(|_| view.now.room == Room::Explore) {
                explore::status_ui(ui, view, studio);
            } else if let Some(easel) = view.easel.filter(|_| view.now.room == Room::Sketch) {
                sketch::status_ui(ui, view, easel);
            } else if let Some(session) = view.session.filter(|_| view.now.room == Room::Erase) {
                photo_ui(ui, view.text, session, canvas);
            } else {
                ui.label(RichText::new(view.text.get("status-ready")).small().color(theme::colors(ui.visuals()).weak));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| busy_ui(ui, view));
        });
    });
}

fn photo_ui(ui: &mut Ui, text: &Text, session: &Session, canvas: &Canvas) {
    let frame = &session.document().photo.frame;
    let weak = theme::colors(ui.visuals()).weak;
    let zoom = text.with("status-zoom", &[("percent", (&format!("{:.0}", canvas.view.zoom() * 100.0)).into())]);
    ui.label(RichText::new(zoom).small());
    widgets::divider(ui);
    let size = frame.size();
    let megapixels = size.area() as f64 / 1e6;
    ui.label(RichText::new(format!("{} × {}", size.width, size.height)).small());
    ui.label(RichText::new(format!("{megapixels:.1} MP")).small().color(weak));
    widgets::divider(ui);
    let model = match frame.model() {
        ColorModel::Gray => "status-gray",
        ColorModel::GrayAlpha => "status-gray-alpha",
        ColorModel::Rgb => "status-color",
        ColorModel::Rgba => "status-color-alpha",
    };
    let format = format_name(session.document().photo.metadata.format);
    let bits = frame.bits().to_string();
    let kind = text.with("status-kind", &[("format", format.into()), ("bits", (&bits).into())]);
    ui.label(RichText::new(format!("{kind}, {}", text.get(model))).small().color(weak));
    if let Some(measured) = &session.measured {
        badge_ui(ui, text, measured);
    }
    if let Some(pos) = canvas.hover() {
        ui.label(RichText::new(format!("{}, {}", pos.x.floor(), pos.y.floor())).small().color(weak));
    }
}

fn badge_ui(ui: &mut Ui, text: &Text, measured: &Measured) {
    let colors = theme::colors(ui.visuals());
    let words = touched(text, measured);
    let color = if measured.touched == 0 { colors.weak } else { colors.good };
    widgets::badge(ui, &format!("{}  {words}", icons::SHIELD), color).on_hover_text(text.get("status-touched-tip"));
}

/// `1 234 of 5 678 pixels touched (78.26 % untouched)`.
fn touched(text: &Text, measured: &Measured) -> String {
    if measured.touched == 0 {
        return text.get("status-untouched");
    }
    // Rounded down, so that a touched photo never claims 100 %.
    let untouched = 1.0 - measured.touched as f64 / measured.total.max(1) as f64;
    let percent = format!("{:.2}", (untouched * 10_000.0).floor() / 100.0);
    let (touched, total) = (grouped(measured.touched), grouped(measured.total));
    let args = [("touched", (&touched).into()), ("total", (&total).into()), ("percent", (&percent).into())];
    text.with("status-touched", &args)
}

/// A number with thin spaces between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

fn busy_ui(ui: &mut Ui, view: &mut View<'_>) {
    let Some(work) = view.work.busiest() else { return };
    let lane = work.lane;
    let cancel = view.text.get("cancel-work");
    if widgets::icon_button(ui, icons::CANCEL, &cancel, theme::ICON_BUTTON).clicked() {
        view.intents.push(Intent::Cancel(lane));
    }
    let bar = ProgressBar::new(work.progress.map_or(0.0, |progress| progress.fraction))
        .desired_width(120.0)
        .desired_height(6.0);
    ui.add(bar);
    let words = busy_words(view, lane);
    ui.label(RichText::new(words).small());
}

/// What is waited for: `Erasing: candidate 2 of 3, synthesis`.
fn busy_words(view: &View<'_>, lane: Lane) -> String {
    let text = view.text;
    let Some(work) = view.work.busiest() else { return String::new() };
    let stage = work.progress.and_then(|progress| text.find(&format!("stage-{}", progress.stage)));
    let what = match (lane, view.session.map(|session| session.erasing.counts())) {
        (Lane::Erase, Some((done, total))) if total > 1 => {
            let args = [("number", (done + 1).min(total).into()), ("total", total.into())];
            text.with("busy-erase-many", &args)
        }
        _ if work.name.is_empty() => text.get(lane_key(lane)),
        _ => format!("{} — {}", text.get(lane_key(lane)), work.name),
    };
    // What says the same twice is said once.
    let stage = stage.filter(|stage| !what.to_lowercase().contains(&stage.to_lowercase()));
    stage.map_or_else(|| what.clone(), |stage| format!("{what} · {stage}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::Language;

    #[test]
    fn a_touched_photo_is_never_wholly_untouched() {
        let text = Text::new(Language::English);
        let one = touched(&text, &Measured { touched: 1, total: 24_000_000, difference: None });
        assert!(one.contains("99.99") && one.contains("24\u{a0}000\u{a0}000"), "rounded down: {one}");
        let none = touched(&text, &Measured { touched: 0, total: 9, difference: None });
        assert!(!none.contains('%'), "no figure is needed: {none}");
    }
}
