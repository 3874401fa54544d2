//! `pentimento models import`: another project's checkpoint becomes a model of ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde::Serialize;

use super::super::args::{Common, ImportArgs};
use super::super::errors::CliError;
use super::super::report::{print_json, print_line};
use super::{Model, hidden_theme};
use crate::erase::Engine;
use crate::generators::catalog::try_tensors;
use crate::weights::{
    Catalog, Entry, Family, Ignored, Imported, MANIFEST, WeightsError, add, import, is_name, user_folder,
};

/// What `--json` tells of an import.
#[derive(Serialize)]
struct Report<'a> {
    model: Model<'a>,
    /// Of the network that the family is named after.
    parameters: usize,
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
    if let Some(own) = own_entry(&args.file, entry.family) {
        // Its manifest knows more than its tensors tell.
        entry = Entry { name: args.name.clone(), ..own };
    }
    let hidden = entry.family.is_sketcher().then(|| hidden_theme(&args.name, common)).flatten();
    try_tensors(&entry, tensors.clone(), &Device::Cpu)?;
    let (parameters, has_judge) = count(&tensors);
    let entry = add(&folder, entry, tensors)?;
    if common.json {
        return print_json(&Report { model: Model::of_entry(&entry), parameters, ignored: &ignored, filled: &filled });
    }
    let (name, family, side) = (&entry.name, entry.family, entry.resolution);
    print_line(&format!("{name} ({family}, {side} pixels) is in {}", folder.display()))?;
    let judge = if has_judge { ", and a discriminator" } else { "" };
    print_line(&format!("{:.2} million parameters{judge}", parameters as f64 / 1e6))?;
    entry.note.iter().chain(&hidden).try_for_each(|words| print_line(words))?;
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Ignored { key, reason } in &ignored {
        reasons.entry(reason).or_default().push(key);
    }
    for (reason, keys) in reasons {
        let such = if keys.len() > 1 { ", such as" } else { ":" };
        print_line(&format!("not used, {reason}: {}{such} {}", keys.len(), keys[0]))?;
    }
    filled.iter().try_for_each(|filled| print_line(&format!("not in the file, filled in: {filled}")))
}

/// What the manifest beside `file` says of it, where it is a model of ours.
fn own_entry(file: &Path, family: Family) -> Option<Entry> {
    let file = file.canonicalize().ok()?;
    let (catalog, _) = Catalog::open_all([file.parent()?]);
    let is_it = |entry: &&Entry| entry.family == family && entry.file.canonicalize().is_ok_and(|path| path == file);
    catalog.entries().iter().find(is_it).cloned()
}

/// How many parameters the generator has, and whether there is a discriminator. Maps of noise, mean styles and running statistics
/// are none.
fn count(tensors: &BTreeMap<String, Tensor>) -> (usize, bool) {
    let is_judge = |key: &str| key.starts_with("discriminator.");
    let is_buffer = |key: &str| {
        let leaf = key.rsplit('.').next().unwrap_or(key);
        key.starts_with("noises.")
            || ["noise_const", "latent_avg", "w_avg", "running_mean", "running_var"].contains(&leaf)
    };
    let own = tensors.iter().filter(|(key, _)| !is_judge(key) && !is_buffer(key));
    (own.map(|(_, tensor)| tensor.elem_count()).sum(), tensors.keys().any(|key| is_judge(key)))
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
