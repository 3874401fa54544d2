//! `pentimento models import`: another project's checkpoint becomes a model of ours.

use std::path::{Path, PathBuf};

use candle_core::Device;
use serde::Serialize;

use super::super::args::{Common, ImportArgs};
use super::super::errors::CliError;
use super::super::report::{print_json, print_line};
use super::{Model, hidden_theme};
use crate::erase::Engine;
use crate::generators::catalog::try_tensors;
use crate::weights::{
    Card, Catalog, Entry, Ignored, Imported, MANIFEST, WeightsError, add, import, is_name, user_folder,
};

/// What `--json` tells of an import.
#[derive(Serialize)]
struct Report<'a> {
    model: Model<'a>,
    /// Of the network that the family is named after.
    parameters: u64,
    ignored: &'a [Ignored],
    filled: &'a [String],
}

/// Reads the checkpoint, builds the network from it, and only then writes it.
pub(super) fn run(args: &ImportArgs, common: &Common) -> Result<(), CliError> {
    let folder = target(common)?;
    check_name(&args.name, &folder)?;
    let Imported { mut entry, tensors, ignored, filled } = import(&args.file, args.family, &args.name, args.mask)?;
    entry.licence.clone_from(&args.licence);
    entry.data.clone_from(&args.data);
    entry.subject.clone_from(&args.subject);
    if let Some(own) = Catalog::entry_of(&args.file, entry.family) {
        // Its manifest knows more than its tensors tell.
        entry = Entry { name: args.name.clone(), card: entry.card, ..own };
    }
    let hidden = entry.family.is_sketcher().then(|| hidden_theme(&args.name, common)).flatten();
    try_tensors(&entry, tensors.clone(), &Device::Cpu)?;
    let entry = add(&folder, entry, tensors)?;
    let card = entry.card.clone().unwrap_or_default();
    if common.json {
        let (model, parameters) = (Model::of_entry(&entry), card.parameters);
        return print_json(&Report { model, parameters, ignored: &ignored, filled: &filled });
    }
    let (name, family, side) = (&entry.name, entry.family, entry.resolution);
    print_line(&format!("{name} ({family}, {side} pixels) is in {}", folder.display()))?;
    entry.note.iter().chain(&hidden).try_for_each(|words| print_line(words))?;
    lines_of(&card).iter().try_for_each(|line| print_line(line))
}

/// What a card says, a line each.
pub(super) fn lines_of(card: &Card) -> Vec<String> {
    let judge = if card.has_discriminator { ", and a discriminator" } else { "" };
    let mut lines = vec![format!("{:.2} million parameters{judge}", card.parameters as f64 / 1e6)];
    lines.extend(card.ignored.iter().map(|ignored| format!("not used, {ignored}")));
    lines.extend(card.filled.iter().map(|filled| format!("not in the file, filled in: {filled}")));
    lines
}

/// The folder that is written to.
fn target(common: &Common) -> Result<PathBuf, CliError> {
    common.weights.clone().or_else(user_folder).ok_or(CliError::NoUserFolder)
}

/// Refuses names that cannot be used, before a large file is read.
fn check_name(name: &str, folder: &Path) -> Result<(), CliError> {
    if !is_name(name) {
        return Err(WeightsError::BadName { name: name.to_owned() }.into());
    }
    let is_own = Engine::OWN.iter().any(|engine| engine.name() == name);
    if is_own || Catalog::open([folder])?.find(name).is_some() {
        return Err(WeightsError::DuplicateName { name: name.to_owned(), path: folder.join(MANIFEST) }.into());
    }
    Ok(())
}
