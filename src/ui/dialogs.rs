//! Dialogs inside of the window: one at a time, closed by Escape, by a click beside it or by its buttons.

use std::path::PathBuf;

use egui::text::{CCursor, CCursorRange};
use egui::{Modal, RichText, Ui};

use super::app::App;
use super::commands::Situation;
use super::explore::{self, ExportChoice, SheetChoice};
use super::file_dialog::Purpose;
use super::intent::{After, Intent, View};
use super::panels::{palette, settings, shortcuts};
use super::text::Text;
use super::widgets;
use super::{icons, importing, theme};
use super::{school, sketch};
use crate::imaging::{FileFormat, Size};
use crate::worker::importing::ImportedModel;

/// A dialog that shows.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Asks for a path to be typed in.
    Path {
        /// What it is for.
        purpose: Purpose,
        /// What is typed so far.
        typed: String,
    },
    /// Asks for format and quality.
    Export {
        /// The format.
        format: FileFormat,
        /// JPEG quality, 1..=100.
        quality: u8,
    },
    /// Asks how soft the marks' edges get, in pixels.
    Feather(u32),
    /// Asks what to do with unsaved changes.
    Unsaved(After),
    /// All commands, or recent files, to search in.
    Palette(palette::State),
    /// All shortcuts.
    Shortcuts,
    /// The preferences.
    Settings,
    /// Models that can be explored.
    Models,
    /// What an imported file has become.
    ModelCard(Box<ImportedModel>),
    /// Themes that drawings can become pictures of.
    Themes,
    /// A sheet of mixed styles.
    MixSheet(SheetChoice),
    /// Lessons, to choose one.
    Lessons(school::LessonsState),
    /// Everyone who draws.
    Profiles(school::ProfilesState),
    /// Asks before something of the gallery goes for good.
    Sure(school::Question),
    /// Asks how frames are written: of so many pixels, or of a photo of this size.
    ExportFrames(ExportChoice, u32, Option<Size>),
}

/// Whether a dialog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It stays.
    Open,
    /// It closes.
    Close,
}

impl Dialog {
    /// Asks for a path to be typed in, beginning with `suggestion`.
    #[must_use]
    pub fn path(purpose: Purpose, suggestion: Option<PathBuf>) -> Self {
        let typed = suggestion.map_or_else(String::new, |path| path.to_string_lossy().into_owned());
        Self::Path { purpose, typed }
    }

    /// All commands, to search in.
    #[must_use]
    pub fn palette() -> Self {
        Self::Palette(palette::State::commands())
    }

    /// Recent files, to search in.
    #[must_use]
    pub fn recent() -> Self {
        Self::Palette(palette::State::recent())
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> Stay {
        match self {
            Self::Path { purpose, typed } => path_ui(ui, view, *purpose, typed),
            Self::Export { format, quality } => export_ui(ui, view, format, quality),
            Self::Feather(radius) => feather_ui(ui, view, radius),
            Self::Unsaved(after) => unsaved_ui(ui, view, after),
            Self::Palette(state) => palette::ui(ui, view, state),
            Self::Shortcuts => shortcuts::ui(ui, view),
            Self::Settings => settings::ui(ui, view),
            Self::Models => explore::models_ui(ui, view),
            Self::ModelCard(model) => importing::card_ui(ui, view, model),
            Self::Themes => sketch::themes_ui(ui, view),
            Self::MixSheet(choice) => explore::mix_sheet_ui(ui, view, choice),
            Self::Lessons(state) => school::lessons_ui(ui, view, state),
            Self::Profiles(state) => school::profiles_ui(ui, view, state),
            Self::Sure(question) => school::sure_ui(ui, view, *question),
            Self::ExportFrames(choice, side, photo) => explore::export_ui(ui, view, choice, (*side, *photo)),
        }
    }
}

impl App {
    pub(super) fn dialog_ui(&mut self, ctx: &egui::Context, intents: &mut Vec<Intent>) {
        let Some(mut dialog) = self.dialog.take() else { return };
        let now: Situation = self.situation();
        let mut parts = self.parts(&now, intents);
        let view = &mut parts.view;
        let frame = theme::dialog_frame(&ctx.global_style());
        let modal = Modal::new(egui::Id::unique("dialog")).backdrop_color(theme::backdrop(ctx.theme())).frame(frame);
        let shown = modal.show(ctx, |ui| {
            ui.set_width(theme::DIALOG_WIDTH);
            dialog.ui(ui, view)
        });
        if shown.inner == Stay::Open && !shown.should_close() {
            self.dialog = Some(dialog);
        }
    }
}

fn path_ui(ui: &mut Ui, view: &mut View<'_>, purpose: Purpose, typed: &mut String) -> Stay {
    let text = view.text;
    widgets::title(ui, &text.get(purpose.key()));
    ui.label(RichText::new(text.get("path-hint")).color(theme::colors(ui.visuals()).weak));
    let edit = egui::TextEdit::singleline(typed).desired_width(f32::INFINITY).hint_text(text.get("path-placeholder"));
    let egui::text_edit::TextEditOutput { response, mut state, .. } = edit.show(ui);
    let field = response.response;
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, text.get("path-label")));
    let has_entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if !field.has_focus() && !has_entered {
        field.request_focus();
        // What is proposed is selected, so that typing replaces it.
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(typed.chars().count()));
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), field.id);
    }
    let action = text.get(if purpose.is_saving() { "save" } else { "open" });
    let answer = widgets::answers(ui, text, &action, !typed.trim().is_empty());
    if answer == Some(true) || (has_entered && !typed.trim().is_empty()) {
        view.ask(Intent::UsePath(purpose, path_from(typed)));
        return Stay::Close;
    }
    if answer.is_some() { Stay::Close } else { Stay::Open }
}

/// The path that was meant: without spaces and quotes around it, with the home folder for `~`.
fn path_from(typed: &str) -> PathBuf {
    let typed = typed.trim().trim_matches(|c| c == '"' || c == '\'');
    let typed = typed.strip_prefix("file://").unwrap_or(typed);
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match typed.strip_prefix("~/") {
        Some(rest) => home().map_or_else(|| PathBuf::from(typed), |home| home.join(rest)),
        None => PathBuf::from(typed),
    }
}

fn export_ui(ui: &mut Ui, view: &mut View<'_>, format: &mut FileFormat, quality: &mut u8) -> Stay {
    let text = view.text;
    widgets::title(ui, &text.get("export-title"));
    ui.horizontal(|ui| {
        for each in FileFormat::ALL {
            ui.selectable_value(format, each, format_name(each));
        }
    });
    ui.add_space(4.0);
    let note = match format {
        FileFormat::Jpeg => {
            let name = ui.label(text.get("export-quality"));
            widgets::slider(ui, egui::Slider::new(quality, 1..=100)).labelled_by(name.id);
            "export-note-jpeg"
        }
        FileFormat::Bmp => "export-note-bmp",
        _ => "export-note-lossless",
    };
    ui.label(RichText::new(text.get(note)).color(theme::colors(ui.visuals()).weak));
    match widgets::answers(ui, text, &text.get("export-action"), true) {
        Some(true) => {
            view.ask(Intent::Export { format: *format, quality: *quality });
            Stay::Close
        }
        Some(false) => Stay::Close,
        None => Stay::Open,
    }
}

/// How a format is called.
#[must_use]
pub const fn format_name(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Jpeg => "JPEG",
        FileFormat::Png => "PNG",
        FileFormat::WebP => "WebP",
        FileFormat::Tiff => "TIFF",
        FileFormat::Bmp => "BMP",
    }
}

fn feather_ui(ui: &mut Ui, view: &mut View<'_>, radius: &mut u32) -> Stay {
    let text = view.text;
    widgets::title(ui, &text.get("feather-title"));
    let name = ui.label(text.get("feather-radius"));
    widgets::slider(ui, egui::Slider::new(radius, 1..=100).suffix(" px")).labelled_by(name.id);
    match widgets::answers(ui, text, &text.get("apply"), true) {
        Some(true) => {
            view.ask(Intent::Feather(*radius));
            Stay::Close
        }
        Some(false) => Stay::Close,
        None => Stay::Open,
    }
}

fn unsaved_ui(ui: &mut Ui, view: &mut View<'_>, after: &After) -> Stay {
    let text: &Text = view.text;
    let name = view.session.map_or("", |session| session.name.as_str());
    ui.horizontal(|ui| {
        let color = theme::colors(ui.visuals()).warning;
        ui.label(RichText::new(icons::WARNING).color(color).size(22.0));
        widgets::title(ui, &text.get("unsaved-title"));
    });
    ui.label(text.with("unsaved-question", &[("name", name.into())]));
    ui.add_space(8.0);
    let mut stay = Stay::Open;
    widgets::row_from_right(ui, |ui| {
        if widgets::primary(ui, &text.get("unsaved-save")).clicked() {
            view.ask(Intent::SaveFirst(after.clone()));
            stay = Stay::Close;
        }
        if ui.button(text.get("cancel")).clicked() {
            stay = Stay::Close;
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            if ui.button(text.get("unsaved-lose")).clicked() {
                view.ask(Intent::LoseChanges(after.clone()));
                stay = Stay::Close;
            }
        });
    });
    stay
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn typed_paths_lose_what_was_pasted_around_them() {
        assert_eq!(path_from("  \"/a/b c.jpg\" "), Path::new("/a/b c.jpg"), "quotes and spaces");
        assert_eq!(path_from("file:///a/b.jpg"), Path::new("/a/b.jpg"), "an address");
        assert!(!path_from("~/x.png").starts_with("~"), "the home folder");
    }
}
