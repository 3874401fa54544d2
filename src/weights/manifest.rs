//! `manifest.toml`: what models a folder holds.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::entry::read;
use super::{Entry, WeightsError};
use crate::imaging::io::write_atomic;

/// The file in each folder of weights that lists them.
pub const MANIFEST: &str = "manifest.toml";

const MAX_BYTES: u64 = 1 << 20;

const HEADING: &str =
    "# Models that `pentimento models list` shows. The files lie beside this one; sha256 is theirs.\n\n";

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(default, rename = "model")]
    models: Vec<Entry>,
}

/// Whether a model may be called so: 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or a digit.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.len() <= 64
        && name.bytes().all(is_inner)
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

/// The models of `folder`, their files with the folder before them. A folder without a manifest has none.
///
/// # Errors
/// One sentence about the first thing that is wrong with the manifest.
pub(super) fn read_manifest(folder: &Path) -> Result<Vec<Entry>, WeightsError> {
    let path = folder.join(MANIFEST);
    let bytes = match read(MANIFEST, &path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(WeightsError::Missing { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let refuse = |reason: String| WeightsError::Manifest { reason, path: path.clone() };
    let text = String::from_utf8(bytes).map_err(|_invalid| refuse("it is not text".to_owned()))?;
    let Manifest { mut models } = toml::from_str(&text).map_err(|error| refuse(told(&error, &text)))?;
    let mut names = BTreeSet::new();
    for model in &mut models {
        if !is_name(&model.name) {
            return Err(WeightsError::BadName { name: model.name.clone() });
        }
        if !names.insert(model.name.clone()) {
            return Err(WeightsError::DuplicateName { name: model.name.clone(), path });
        }
        if !is_plain(&model.file) {
            return Err(refuse(format!("the file of \"{}\" does not lie beside it", model.name)));
        }
        model.file = folder.join(&model.file);
    }
    Ok(models)
}

/// Writes the manifest of `folder`, in which the files of `models` lie.
///
/// # Errors
/// When it cannot be written; the old one is as it was.
pub(super) fn write_manifest(folder: &Path, models: &[Entry]) -> Result<(), WeightsError> {
    let path = folder.join(MANIFEST);
    let mut models = models.to_vec();
    for model in &mut models {
        model.file = model.file.file_name().unwrap_or_default().into();
    }
    let text = toml::to_string(&Manifest { models })
        .map_err(|error| WeightsError::Manifest { reason: error.to_string(), path: path.clone() })?;
    Ok(write_atomic(&path, format!("{HEADING}{text}").as_bytes())?)
}

/// Whether this is a file's name and nothing more, so that a manifest cannot reach out of its folder.
fn is_plain(file: &Path) -> bool {
    let mut parts = file.components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

/// The parser's words with the line that they are about.
fn told(error: &toml::de::Error, text: &str) -> String {
    let words = error.message().lines().collect::<Vec<_>>().join(", ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {words}", before.matches('\n').count() + 1),
        None => words,
    }
}
