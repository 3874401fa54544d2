//! The models of several folders as one list.

use std::path::Path;

use super::manifest::read_manifest;
use super::{Entry, Family, WeightsError};

/// All models that were found. Of two with one name in different folders, the first folder's counts, so that one's own
/// training hides what came with the program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    entries: Vec<Entry>,
}

impl Catalog {
    /// Reads the manifests of `folders`, the most important first. Folders that do not exist or have none are empty.
    ///
    /// # Errors
    /// One sentence about the first manifest that cannot be understood.
    pub fn open(folders: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self, WeightsError> {
        let mut catalog = Self::default();
        for folder in folders {
            catalog.join(read_manifest(folder.as_ref())?);
        }
        Ok(catalog)
    }

    /// As [`Catalog::open`], but a folder whose manifest cannot be understood is left out and its sentence returned.
    #[must_use]
    pub fn open_all(folders: impl IntoIterator<Item = impl AsRef<Path>>) -> (Self, Vec<WeightsError>) {
        let (mut catalog, mut problems) = (Self::default(), Vec::new());
        for folder in folders {
            match read_manifest(folder.as_ref()) {
                Ok(entries) => catalog.join(entries),
                Err(problem) => problems.push(problem),
            }
        }
        (catalog, problems)
    }

    /// All of them, in the order of folders and manifests.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The one that is called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// What the manifest beside `file` says of it, where it is a model of ours of that `family`.
    #[must_use]
    pub fn entry_of(file: &Path, family: Family) -> Option<Entry> {
        let file = file.canonicalize().ok()?;
        let (catalog, _) = Self::open_all([file.parent()?]);
        let is_it = |entry: &Entry| entry.family == family && entry.file.canonicalize().is_ok_and(|path| path == file);
        catalog.entries.into_iter().find(is_it)
    }

    fn join(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if self.find(&entry.name).is_none() {
                self.entries.push(entry);
            }
        }
    }
}
