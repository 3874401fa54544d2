//! The models that can be explored: which are installed, and those that are loaded, shared by all jobs.
//!
//! As `erase::Networks` for those that fill holes.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::Device;

use super::Failure;
use super::room::Room;
use crate::generators::catalog::manifold;
use crate::generators::manifold::Manifold;
use crate::imaging::Frame;
use crate::latent::project::TYPICAL_ERROR;
use crate::weights::{Catalog, Entry, user_folder};

/// At most this many loaded models are kept: each takes up to some hundred megabytes.
const MOST_LOADED: usize = 2;

/// What can be said of a model without loading it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// What its weights are called.
    pub name: String,
    /// The kind of network, as people call it.
    pub family: String,
    /// The side of its pictures in pixels.
    pub side: u32,
    /// What it draws and where its pictures came from, and what else is to be said; empty if nobody said.
    pub about: String,
    /// What its pictures are; empty if nobody said.
    pub knows: String,
    /// The mean squared error, colors in -1..1, of projections of held-out pictures of its own kind.
    pub typical_error: Option<f64>,
}

impl ModelInfo {
    /// What a manifest says.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let note = entry.note.iter().filter(|note| !note.is_empty()).cloned();
        let parameters =
            entry.card.iter().map(|card| format!("{:.2} million parameters", card.parameters as f64 / 1e6));
        let said = (!entry.data.is_empty()).then(|| entry.data.clone()).into_iter().chain(note).chain(parameters);
        Self {
            name: entry.name.clone(),
            family: entry.family.to_string(),
            side: entry.resolution,
            about: said.collect::<Vec<_>>().join("\n"),
            knows: entry.knows().to_owned(),
            typical_error: entry.metrics.get(TYPICAL_ERROR).copied(),
        }
    }
}

/// Where a model comes from.
#[derive(Clone)]
enum Source {
    Entry(Box<Entry>),
    Ready(Arc<dyn Manifold>),
}

/// A model that is known, and its file's checksum, which tells it from one of the same name.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) info: ModelInfo,
    sha256: String,
    source: Source,
}

/// A loaded model.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) manifold: Arc<dyn Manifold>,
    pub(super) info: ModelInfo,
    /// Tells it from all others, also from one of the same name.
    pub(super) key: ModelKey,
    /// What memory there is for it.
    pub(super) room: Room,
}

/// What a model was loaded from: a name, and the checksum of the file.
pub(super) type ModelKey = (String, String);

/// The installed models. Cheap to clone: all clones share what is loaded.
#[derive(Clone, Default)]
pub struct Manifolds {
    shared: Arc<Shared>,
    room: Room,
}

#[derive(Default)]
struct Shared {
    folders: Vec<PathBuf>,
    /// Where directions are saved.
    user_folder: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// `None` until the folders have been read.
    known: Option<Vec<Known>>,
    /// Sentences about manifests that cannot be understood.
    problems: Vec<String>,
    /// The most recently used last.
    loaded: Vec<Loaded>,
    /// A picture of each model that was drawn, and whether it has a predictor.
    faces: Vec<(ModelKey, Face)>,
}

/// What is known of a model once it was loaded.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) picture: Frame,
    pub(super) has_predictor: bool,
    /// 0 without styles.
    pub(super) layers: u32,
    pub(super) has_noise: bool,
}

impl fmt::Debug for Manifolds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifolds").field("folders", &self.shared.folders).finish_non_exhaustive()
    }
}

impl Manifolds {
    /// Those whose weights lie in `folders`, the most important first. Nothing is read yet. They compute on the CPU.
    #[must_use]
    pub fn in_folders(folders: Vec<PathBuf>) -> Self {
        Self::of(Shared { folders, user_folder: user_folder(), state: Mutex::default() })
    }

    /// As [`Manifolds::in_folders`], with another folder than the user's own for what is saved of models.
    #[must_use]
    pub fn in_folders_with(folders: Vec<PathBuf>, user_folder: PathBuf) -> Self {
        Self::of(Shared { folders, user_folder: Some(user_folder), state: Mutex::default() })
    }

    /// Models that are there already: for tests and tools.
    #[must_use]
    pub fn ready(models: Vec<(ModelInfo, Arc<dyn Manifold>)>) -> Self {
        Self::ready_with(models, None)
    }

    /// As [`Manifolds::ready`], with a folder for what is saved of models.
    #[must_use]
    pub fn ready_with(models: Vec<(ModelInfo, Arc<dyn Manifold>)>, user_folder: Option<PathBuf>) -> Self {
        let known = models.into_iter().map(|(info, manifold)| Known {
            info,
            sha256: String::new(),
            source: Source::Ready(manifold),
        });
        let state = State { known: Some(known.collect()), ..State::default() };
        Self::of(Shared { folders: Vec::new(), user_folder, state: Mutex::new(state) })
    }

    fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), room: Room::Machine }
    }

    /// As if the machine had so many bytes of memory left: for tests.
    #[must_use]
    pub fn with_memory(self, bytes: u64) -> Self {
        Self { room: Room::Bytes(bytes), ..self }
    }

    /// The folders that models are looked for in.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        self.shared.folders.clone()
    }

    /// What memory there is.
    pub(super) const fn room(&self) -> Room {
        self.room
    }

    /// The folder in which things are saved that belong to models.
    pub(super) fn user_folder(&self) -> Option<PathBuf> {
        self.shared.user_folder.clone()
    }

    /// The installed models in the order of their folders, read anew, and sentences about manifests that cannot be understood.
    pub(super) fn refresh(&self) -> (Vec<Known>, Vec<String>) {
        if !self.shared.folders.is_empty() {
            self.lock().known = None;
        }
        let mut state = self.lock();
        self.look(&mut state);
        (state.known.clone().unwrap_or_default(), state.problems.clone())
    }

    /// The model called `name`, loaded if it is not yet: that takes some tenths of a second.
    pub(super) fn load(&self, name: &str) -> Result<Loaded, Failure> {
        let known = self.find(name)?;
        let key = known.key();
        if let Some(found) = self.lock().loaded(&key) {
            return Ok(found);
        }
        let loaded = known.load(self.room)?;
        self.lock().keep(loaded.clone());
        Ok(loaded)
    }

    /// As [`Manifolds::load`] of a model that is only looked at: it does not push out those in use.
    pub(super) fn load_briefly(&self, known: &Known) -> Result<Loaded, Failure> {
        let found = self.lock().loaded.iter().find(|loaded| loaded.key == known.key()).cloned();
        found.map_or_else(|| known.load(self.room), Ok)
    }

    /// What was noted of a model, if it was looked at.
    pub(super) fn face(&self, known: &Known) -> Option<Face> {
        let key = known.key();
        self.lock().faces.iter().find(|(of, _)| *of == key).map(|(_, face)| face.clone())
    }

    /// Notes what a model looks like.
    pub(super) fn keep_face(&self, known: &Known, face: Face) {
        let key = known.key();
        let mut state = self.lock();
        state.faces.retain(|(of, _)| of.0 != key.0);
        state.faces.push((key, face));
    }

    fn find(&self, name: &str) -> Result<Known, Failure> {
        let mut state = self.lock();
        self.look(&mut state);
        let known = state.known.as_deref().unwrap_or_default();
        if let Some(found) = known.iter().find(|known| known.info.name == name) {
            return Ok(found.clone());
        }
        let names: Vec<&str> = known.iter().map(|known| known.info.name.as_str()).collect();
        let names = if names.is_empty() { "none is installed".to_owned() } else { names.join(", ") };
        let headline = format!("no model that can be explored is called \"{name}\" (there are: {names})");
        Err(Failure { key: "error-unknown-model", headline, details: state.problems.join("\n") })
    }

    fn look(&self, state: &mut State) {
        if state.known.is_some() {
            return;
        }
        let (catalog, problems) = Catalog::open_all(&self.shared.folders);
        state.problems = problems.iter().map(ToString::to_string).collect();
        let entries = catalog.entries().iter().filter(|entry| entry.family.is_manifold());
        let known = entries.map(|entry| Known {
            info: ModelInfo::of(entry),
            sha256: entry.sha256.clone(),
            source: Source::Entry(Box::new(entry.clone())),
        });
        state.known = Some(known.collect());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock can leave the state half changed.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn key(&self) -> ModelKey {
        (self.info.name.clone(), self.sha256.clone())
    }

    fn load(&self, room: Room) -> Result<Loaded, Failure> {
        let manifold = match &self.source {
            Source::Ready(manifold) => Arc::clone(manifold),
            Source::Entry(entry) => {
                room.for_weights(&entry.name, entry.bytes())?;
                manifold(entry, &Device::Cpu).map_err(|error| Failure::from_error("error-model", &error))?
            }
        };
        Ok(Loaded { manifold, info: self.info.clone(), key: self.key(), room })
    }
}

impl State {
    fn loaded(&mut self, key: &ModelKey) -> Option<Loaded> {
        let at = self.loaded.iter().position(|loaded| loaded.key == *key)?;
        let found = self.loaded.remove(at);
        self.loaded.push(found.clone());
        Some(found)
    }

    fn keep(&mut self, loaded: Loaded) {
        self.loaded.push(loaded);
        if self.loaded.len() > MOST_LOADED {
            self.loaded.remove(0);
        }
    }
}
