//! What the program noted: the newest records of the log.

use egui::{Panel, RichText, ScrollArea, Ui};

use crate::logging::{self, Record};
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};

/// The records that were read last.
#[derive(Debug, Default)]
pub struct LogPanel {
    records: Vec<Record>,
}

impl LogPanel {
    /// Draws the panel.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let next = logging::next_number();
        if self.records.last().map_or(0, |record| record.number + 1) != next {
            self.records = logging::records(0);
        }
        let frame = theme::bar_frame(ui.style()).inner_margin(egui::Margin::symmetric(12, 8));
        let panel = Panel::bottom("log").resizable(true).default_size(176.0).size_range(96.0..=480.0).frame(frame);
        panel.show(ui, |ui| {
            self.head_ui(ui, view);
            let height = ui.text_style_height(&egui::TextStyle::Monospace) + 2.0;
            ui.spacing_mut().item_spacing.y = 2.0;
            let area = ScrollArea::both().auto_shrink([false, false]).stick_to_bottom(true);
            area.show_rows(ui, height - 2.0, self.records.len(), |ui, rows| {
                for record in self.records.iter().skip(rows.start).take(rows.len()) {
                    record_ui(ui, record);
                }
            });
        });
    }

    fn head_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        ui.horizontal(|ui| {
            widgets::section(ui, &view.text.get("log-title"));
            if self.records.is_empty() {
                ui.label(RichText::new(view.text.get("log-empty")).small().color(theme::colors(ui.visuals()).weak));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let close = view.text.get("close");
                if widgets::icon_button(ui, icons::CLOSE, &close, theme::ICON_BUTTON).clicked() {
                    view.run(Command::ToggleLog);
                }
                let copy = view.text.get("log-copy");
                if widgets::icon_button(ui, icons::COPY, &copy, theme::ICON_BUTTON).clicked() {
                    let lines: Vec<String> = self.records.iter().map(line).collect();
                    ui.ctx().copy_text(lines.join("\n"));
                }
            });
        });
    }
}

fn record_ui(ui: &mut Ui, record: &Record) {
    let colors = theme::colors(ui.visuals());
    let color = match record.level {
        tracing::Level::ERROR => colors.error,
        tracing::Level::WARN => colors.warning,
        tracing::Level::INFO => colors.text,
        _ => colors.weak,
    };
    let words = RichText::new(line(record)).monospace().color(color);
    ui.add(egui::Label::new(words).extend().selectable(true));
}

fn line(record: &Record) -> String {
    let seconds = record.time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (hours, minutes, seconds) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let target = record.target.strip_prefix("pentimento::").unwrap_or(&record.target);
    let message = record.message.replace('\n', " ");
    format!("{hours:02}:{minutes:02}:{seconds:02} {:<5} {target}  {message}", record.level)
}
