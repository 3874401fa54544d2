//! A checkpoint from elsewhere: it is handed to the worker, and the card of what it has become is shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Label, RichText, Ui};

use super::app::App;
use super::dialogs::{Dialog, Stay};
use super::explore::Wish;
use super::file_dialog::CHECKPOINTS;
use super::intent::{View, file_name};
use super::sketch::SketchWish;
use super::{theme, widgets};
use crate::worker::Request;
use crate::worker::importing::{ImportedModel, ModelUse};

/// Whether `path` ends as files of weights do.
pub(super) fn is_checkpoint(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| CHECKPOINTS.contains(&ending.as_str()))
}

impl App {
    /// Has the worker make a model of `path`.
    pub(super) fn import_model(&mut self, path: PathBuf) {
        let name = file_name(&path);
        self.submit(Request::ImportModel { path }, name);
    }

    /// Shows what a file has become, and looks for it in the list that it belongs to.
    pub(super) fn take_imported_model(&mut self, model: ImportedModel) {
        match model.for_room {
            ModelUse::Erase => self.look_for_networks(),
            ModelUse::Explore => self.look_for_models(),
            ModelUse::Sketch => self.look_for_themes(),
        }
        self.dialog = Some(Dialog::ModelCard(Box::new(model)));
    }
}

/// Draws the card of `model`.
pub(super) fn card_ui(ui: &mut Ui, view: &mut View<'_>, model: &ImportedModel) -> Stay {
    let colors = theme::colors(ui.visuals());
    widgets::title(ui, &view.text.with("card-title", &[("name", (&model.name).into())]));
    let parameters = grouped(model.parameters);
    let facts = [
        ("family", (&model.family).into()),
        ("side", (model.side as usize).into()),
        ("parameters", (&parameters).into()),
        ("discriminator", if model.has_discriminator { "yes" } else { "no" }.into()),
    ];
    ui.label(view.text.with("card-facts", &facts));
    ui.add_space(4.0);
    let line = |ui: &mut Ui, words: &str| ui.add(Label::new(RichText::new(words).small().color(colors.weak)).wrap());
    line(ui, &model.note);
    for (key, lines) in [("card-ignored", &model.ignored), ("card-filled", &model.filled)] {
        if lines.is_empty() {
            continue;
        }
        ui.add_space(4.0);
        ui.label(RichText::new(view.text.get(key)).color(colors.text));
        for words in lines {
            line(ui, &format!("• {words}"));
        }
    }
    ui.add_space(4.0);
    line(ui, &view.text.get("card-licence"));
    ui.add_space(8.0);
    let mut stay = Stay::Open;
    widgets::row_from_right(ui, |ui| {
        if model.for_room != ModelUse::Erase && widgets::primary(ui, &view.text.get("card-use")).clicked() {
            match model.for_room {
                ModelUse::Sketch => view.sketch(SketchWish::Theme(Arc::from(model.chosen_as.as_str()))),
                _ => view.wish(Wish::Model(model.chosen_as.clone())),
            }
            stay = Stay::Close;
        }
        if ui.button(view.text.get("close")).clicked() {
            stay = Stay::Close;
        }
    });
    stay
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let all: Vec<String> = (!head.is_empty()).then(|| head.to_owned()).into_iter().chain(groups).collect();
    all.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (number, words) in [(0, "0"), (999, "999"), (1000, "1,000"), (30_034_338, "30,034,338")] {
            assert_eq!(grouped(number), words);
        }
    }

    #[test]
    fn checkpoints_are_told_by_their_endings() {
        for path in ["a.pt", "b.PTH", "c.safetensors", "d.dcgan_theano"] {
            assert!(is_checkpoint(Path::new(path)), "{path}");
        }
        for path in ["a.png", "pt", "b.pentimento", "c.json"] {
            assert!(!is_checkpoint(Path::new(path)), "{path}");
        }
    }
}
