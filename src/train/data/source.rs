//! A folder or a tar archive of pictures.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::layers::{self, Layers};
use crate::imaging::io::{self, Limits};
use crate::imaging::{FileFormat, Frame};
use crate::train::TrainError;

/// Pictures by number, in the order of their names.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    pictures: Vec<Picture>,
    /// The open archive; folders have none.
    archive: Option<Mutex<File>>,
    /// Pictures are composed of these.
    layers: Option<Layers>,
}

#[derive(Debug)]
struct Picture {
    name: String,
    /// Within the archive.
    at: u64,
    bytes: u64,
}

impl Source {
    /// Lists the pictures of a folder (with its subfolders) or of a tar archive (not compressed), by their extensions. Where
    /// the folder holds layers, they are composed at random.
    ///
    /// # Errors
    /// When nothing is there or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, TrainError> {
        let fail = |reason: String| TrainError::Data { path: path.to_owned(), reason };
        if path.is_dir()
            && let Some(layers) = Layers::open(path).map_err(|error| fail(error.to_string()))?
        {
            return Ok(Self { path: path.to_owned(), pictures: Vec::new(), archive: None, layers: Some(layers) });
        }
        let (mut pictures, archive) = if path.is_dir() {
            let mut pictures = Vec::new();
            list_folder(path, path, &mut pictures).map_err(|error| fail(error.to_string()))?;
            (pictures, None)
        } else {
            let file = File::open(path).map_err(|error| fail(error.to_string()))?;
            let pictures = list_archive(&file).map_err(|error| fail(format!("it is no tar archive ({error})")))?;
            (pictures, Some(Mutex::new(file)))
        };
        pictures.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { path: path.to_owned(), pictures, archive, layers: None })
    }

    /// Folder or archive.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many pictures there are.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.layers.is_some() { layers::COUNT } else { self.pictures.len() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of a picture within the folder or archive.
    #[must_use]
    pub fn name(&self, at: usize) -> &str {
        let no_name = if self.layers.is_some() { "a composed picture" } else { "" };
        self.pictures.get(at).map_or(no_name, |picture| &picture.name)
    }

    /// Whether there is no end of pictures, so that keeping decoded ones is of no use.
    #[must_use]
    pub const fn is_endless(&self) -> bool {
        self.layers.is_some()
    }

    /// What the pictures can be told apart by without looking at them, each with the names of its classes: the layers that
    /// they are composed of, or else the folders that they lie in. Empty if there is nothing.
    #[must_use]
    pub fn groups(&self) -> Vec<(String, Vec<String>)> {
        if let Some(layers) = &self.layers {
            return layers.groups();
        }
        let mut folders: Vec<String> = self.pictures.iter().map(|picture| folder_of(&picture.name)).collect();
        folders.sort();
        folders.dedup();
        if folders.len() < 2 { Vec::new() } else { vec![("folder".to_owned(), folders)] }
    }

    /// The class of a picture in each of `groups`, which are this source's own.
    #[must_use]
    pub fn classes(&self, at: usize, groups: &[(String, Vec<String>)]) -> Vec<usize> {
        if let Some(layers) = &self.layers {
            return layers.classes(at);
        }
        let folder = self.pictures.get(at).map(|picture| folder_of(&picture.name)).unwrap_or_default();
        let place = |names: &[String]| names.iter().position(|name| *name == folder).unwrap_or(0);
        groups.iter().map(|(_, names)| place(names)).collect()
    }

    /// Decodes a picture.
    ///
    /// # Errors
    /// Why it cannot be, in a line.
    pub fn decode(&self, at: usize) -> Result<Frame, String> {
        if let Some(layers) = &self.layers {
            return layers.compose(at);
        }
        let picture = self.pictures.get(at).ok_or_else(|| format!("there is no picture {at}"))?;
        let limits = Limits { max_pixels: 100_000_000, ..Limits::default() };
        let photo = match &self.archive {
            None => io::read(&self.path.join(&picture.name), &limits),
            Some(archive) => {
                let bytes = read_at(archive, picture).map_err(|error| error.to_string())?;
                io::decode(&bytes, &limits)
            }
        };
        photo.map(|photo| photo.frame).map_err(|error| error.to_string())
    }
}

/// The folder that a picture lies in, within the source.
fn folder_of(name: &str) -> String {
    Path::new(name).parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(super) fn is_picture(name: &Path) -> bool {
    let is_hidden = name.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let extension = name.extension().and_then(std::ffi::OsStr::to_str);
    !is_hidden && extension.and_then(FileFormat::from_extension).is_some()
}

fn list_folder(root: &Path, folder: &Path, pictures: &mut Vec<Picture>) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        // Links to folders are not followed: they may lead in circles.
        if entry.file_type()?.is_dir() {
            list_folder(root, &path, pictures)?;
        } else if is_picture(&path)
            && let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str)
        {
            pictures.push(Picture { name: name.to_owned(), at: 0, bytes: 0 });
        }
    }
    Ok(())
}

fn list_archive(file: &File) -> std::io::Result<Vec<Picture>> {
    let mut archive = tar::Archive::new(file);
    let mut pictures = Vec::new();
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let path = entry.path()?;
        if entry.header().entry_type().is_file() && is_picture(&path) {
            let name = path.to_string_lossy().into_owned();
            pictures.push(Picture { name, at: entry.raw_file_position(), bytes: entry.size() });
        }
    }
    Ok(pictures)
}

fn read_at(archive: &Mutex<File>, picture: &Picture) -> std::io::Result<Vec<u8>> {
    let mut file = archive.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(picture.at))?;
    let mut bytes = Vec::new();
    std::io::Read::by_ref(&mut *file).take(picture.bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}
