//! What is kept between runs: settings of the window and recent files.
//!
//! All of it is held in memory, so asking costs nothing; [`Library::flush`] writes what changed to an embedded
//! database. Losing the library loses no work, so trouble with it is a warning and never keeps the program from
//! starting. It knows nothing of documents or widgets.

mod database;
pub mod gallery;
mod moment;
mod settings;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use database::Store;
pub use moment::Moment;
pub use settings::{Fill, Language, Panels, Pens, Settings, Theme, WindowPlace};

/// The most recent files that are kept.
pub const MAX_RECENT: usize = 20;

/// The longest side of a thumbnail in pixels.
pub const MAX_THUMBNAIL: u32 = 160;

/// A file that was opened once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentFile {
    /// Absolute, valid Unicode.
    pub path: PathBuf,
    /// When, in seconds since 1970.
    pub opened_secs: u64,
    /// What it looked like.
    pub thumbnail: Option<Thumbnail>,
}

/// A small picture: interleaved red, green, blue, alpha (straight), sRGB, 8 bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Thumbnail {
    /// `None` unless both sides are in 1..=[`MAX_THUMBNAIL`] and `rgba` holds four values for each pixel.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        Self { width, height, rgba }.checked()
    }

    /// Columns and rows.
    #[must_use]
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The pixels in row order.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    fn checked(self) -> Option<Self> {
        let sides = 1..=MAX_THUMBNAIL;
        let is_sound = sides.contains(&self.width) && sides.contains(&self.height);
        (is_sound && self.rgba.len() == (self.width * self.height * 4) as usize).then_some(self)
    }
}

/// Something is not kept between runs as it should be. A warning, never a reason to stop.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// Another window of the program holds it.
    #[error("another window keeps the settings: changes in this one are forgotten when it closes: {}", .path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// It was damaged and has been put aside.
    #[error("the settings were damaged and start anew; the old ones are beside them: {}", .path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
    },
    /// The system refused.
    #[error("settings and recent files cannot be kept ({reason}): {}", .path.display())]
    Unwritable {
        /// The database.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

impl LibraryError {
    /// The key of its sentence in the text table.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "warning-library-locked",
            Self::Damaged { .. } => "warning-library-damaged",
            Self::Unwritable { .. } => "warning-library-unwritable",
        }
    }
}

/// Settings and recent files.
#[derive(Debug)]
pub struct Library {
    settings: Settings,
    recent: Vec<RecentFile>,
    store: Option<Store>,
    warning: Option<LibraryError>,
    is_changed: bool,
}

impl Library {
    /// The library in `folder`, which is created if need be. When it is locked by another instance, damaged or
    /// unwritable, what can be kept is kept in memory, and [`Library::warning`] says so.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let (store, warning) = Store::open(folder);
        let kept = store.as_ref().and_then(Store::read).unwrap_or_default();
        Self { settings: kept.settings, recent: kept.recent, store, warning, is_changed: false }
    }

    /// A library that is forgotten when it is dropped.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { settings: Settings::default(), recent: Vec::new(), store: None, warning: None, is_changed: false }
    }

    /// What is not as it should be with keeping things.
    #[must_use]
    pub const fn warning(&self) -> Option<&LibraryError> {
        self.warning.as_ref()
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Replaces the settings; values out of range are brought into it.
    pub fn set_settings(&mut self, settings: Settings) {
        let settings = settings.clamped();
        if settings != self.settings {
            self.settings = settings;
            self.is_changed = true;
        }
    }

    /// The newest first.
    #[must_use]
    pub fn recent(&self) -> &[RecentFile] {
        &self.recent
    }

    /// Puts a file that has just been opened on top. Paths that are not Unicode are not kept.
    pub fn add_recent(&mut self, path: &Path, thumbnail: Option<Thumbnail>) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if path.to_str().is_none() {
            return;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let opened_secs = since.map_or(0, |since| since.as_secs());
        self.recent.retain(|file| file.path != path);
        self.recent.insert(0, RecentFile { path, opened_secs, thumbnail });
        self.recent.truncate(MAX_RECENT);
        self.is_changed = true;
    }

    /// Takes a file out of the list, because it is gone.
    pub fn forget_recent(&mut self, path: &Path) {
        self.recent.retain(|file| file.path != path);
        self.is_changed = true;
    }

    /// Empties the list.
    pub fn clear_recent(&mut self) {
        self.recent.clear();
        self.is_changed = true;
    }

    /// Writes what changed since the last time. It waits for the disk, so it is for the worker or the very end.
    pub fn flush(&mut self) -> Result<(), LibraryError> {
        let Some(store) = self.store.as_ref().filter(|_| self.is_changed) else { return Ok(()) };
        store.write(&self.settings, &self.recent)?;
        self.is_changed = false;
        Ok(())
    }
}

/// The folder for settings and recent files; `None` where the system names none.
#[must_use]
pub fn default_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "Pentimento").map(|folders| folders.data_local_dir().to_owned())
}

/// The folder for autosave journals inside of a library's folder.
#[must_use]
pub fn autosave_root(folder: &Path) -> PathBuf {
    folder.join("autosave")
}
