//! Another project's checkpoint becomes a model of the user's.

use std::path::{Path, PathBuf};

use candle_core::Device;

use super::super::importing::ImportedModel;
use super::super::{Context, Done, Engine, Failure, Job, JobStep, Manifolds};
use super::{stage, step_of};
use crate::generators::catalog::try_tensors;
use crate::sketch::theme_name;
use crate::weights::{Catalog, Entry, Imported, MaskPolarity, WeightsError, add, import, is_name};

/// What is said of the terms: a file does not tell.
const NOT_TOLD: &str = "not told; ask where the file came from";
/// Letters of a file's name that a model is called by.
const MOST_LETTERS: usize = 56;

/// Reads and understands the file in one step, builds the network in another, and only then writes it.
pub(super) struct ImportModelJob {
    path: PathBuf,
    manifolds: Manifolds,
    read: Option<Box<Imported>>,
    is_tried: bool,
}

impl ImportModelJob {
    pub(super) const fn new(path: PathBuf, manifolds: Manifolds) -> Self {
        Self { path, manifolds, read: None, is_tried: false }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(imported) = &self.read else {
            stage(context, "decode", 0.0);
            self.read = Some(Box::new(self.read()?));
            return Ok(JobStep::More);
        };
        if !self.is_tried {
            stage(context, "network", 0.4);
            try_tensors(&imported.entry, imported.tensors.clone(), &Device::Cpu)?;
            self.is_tried = true;
            return Ok(JobStep::More);
        }
        stage(context, "write", 0.7);
        let Some(imported) = self.read.take() else { return Ok(JobStep::More) };
        let Imported { entry, tensors, .. } = *imported;
        let entry = add(&self.folder()?, entry, tensors)?;
        Ok(JobStep::Done(Done::ModelImported(Box::new(ImportedModel::of(&entry)))))
    }

    fn read(&self) -> Result<Imported, Failure> {
        let (catalog, _) = Catalog::open_all(self.manifolds.folders().iter().chain(&self.manifolds.user_folder()));
        let is_taken =
            |name: &str| Engine::OWN.iter().any(|engine| engine.name() == name) || catalog.find(name).is_some();
        let name = name_of(&self.path, is_taken);
        let bytes = std::fs::metadata(&self.path).map_or(0, |meta| meta.len());
        self.manifolds.room().for_weights(&name, bytes)?;
        // All public checkpoints call known pixels 1; who has others says so on the command line.
        let mut imported = import(&self.path, None, &name, MaskPolarity::Known)?;
        NOT_TOLD.clone_into(&mut imported.entry.licence);
        if let Some(own) = Catalog::entry_of(&self.path, imported.entry.family) {
            // Its manifest knows more than its tensors tell.
            imported.entry = Entry { name, card: imported.entry.card, ..own };
        }
        if imported.entry.family.is_sketcher() {
            let themes = catalog.entries().iter().filter(|entry| entry.family.is_sketcher());
            let themes: Vec<&str> = themes.map(|entry| theme_name(&entry.name)).collect();
            imported.entry.name = name_of_theme(imported.entry.name, &themes);
        }
        Ok(imported)
    }

    fn folder(&self) -> Result<PathBuf, Failure> {
        self.manifolds.user_folder().ok_or_else(|| {
            let headline = "the system names no folder for models of your own".to_owned();
            Failure { key: "error-no-user-folder", headline, details: String::new() }
        })
    }
}

impl Job for ImportModelJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

/// The file's name as a model's, with a number behind it where that is taken.
fn name_of(path: &Path, is_taken: impl Fn(&str) -> bool) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let letters: String = stem.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let base: String =
        letters.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(MOST_LETTERS).collect();
    let base = if is_name(&base) { base } else { "model".to_owned() };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(base)
}

/// `name`, or another one where it would take the place of one of `themes`, which nobody asked for.
fn name_of_theme(name: String, themes: &[&str]) -> String {
    let own = theme_name(&name);
    if !themes.contains(&own) {
        return name;
    }
    // A number alone would tell a side.
    let numbered = (2..).map(|number| format!("{own}-imported{number}"));
    let free = std::iter::once(format!("{own}-imported")).chain(numbered).find(|name| !themes.contains(&name.as_str()));
    free.unwrap_or_else(|| name.clone())
}

impl From<WeightsError> for Failure {
    fn from(error: WeightsError) -> Self {
        let key = match error {
            WeightsError::NotImported { .. } => "error-not-imported",
            WeightsError::NoSuchFile { .. } => "error-no-such-file",
            _ => "error-model",
        };
        Self::from_error(key, &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_called_as_its_file_if_it_can_be() {
        let named = |path: &str, taken: &[&str]| name_of(Path::new(path), |name| taken.contains(&name));
        assert_eq!(named("/a/cats 256.pt", &[]), "cats-256", "a space");
        assert_eq!(named("/a/__init__.pth", &[]), "init__", "begins with a letter or digit");
        assert_eq!(named("/a/\u{ace0}\u{c591}.pt", &[]), "model", "no letter that fits");
        assert_eq!(named("g.pt", &["g", "g-2"]), "g-3", "taken twice");
        let theme = |name: &str| name_of_theme(name.to_owned(), &["cats", "shoes", "shoes-imported"]);
        assert_eq!(theme("boots-256"), "boots-256", "a new theme");
        assert_eq!(theme("sketch-cats-256-final"), "cats-imported", "the cats stay as they are");
        assert_eq!(theme("shoes"), "shoes-imported2", "twice");
        assert!(is_name(&named(&format!("{}.pt", "x".repeat(300)), &[])), "a long one");
    }
}
