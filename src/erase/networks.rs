//! The networks that can fill holes: which are installed, and those that are loaded, shared by all jobs.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::Device;
use serde::Serialize;

use super::{EraseError, Family};
use crate::generators::catalog::{HoleFiller, hole_filler};
use crate::weights::{Catalog, Entry, WeightsError};

/// At most this many loaded networks are kept: each takes hundreds of megabytes.
const MOST_LOADED: usize = 2;

/// What can be said of a network without loading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkInfo {
    /// What its weights are called.
    pub name: String,
    /// The kind of network.
    pub family: Family,
    /// The side in pixels of the square that it works at.
    pub resolution: u32,
}

impl NetworkInfo {
    /// What people call its family.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        title(self.family)
    }
}

/// What people call a family of networks.
#[must_use]
pub const fn title(family: Family) -> &'static str {
    match family {
        Family::Comodgan => "CoModGAN",
        Family::ContextEncoder => "Context Encoder",
        Family::Dcgan => "DCGAN",
        Family::Migan => "MI-GAN",
        Family::Pix2pix => "pix2pix",
        Family::Stylegan => "StyleGAN",
        Family::Stylegan2 => "StyleGAN2",
    }
}

/// Where a network comes from.
#[derive(Clone)]
enum Source {
    Entry(Box<Entry>),
    Ready(Arc<dyn HoleFiller>),
}

/// The installed networks. Cheap to clone: all clones share what is loaded.
#[derive(Clone, Default)]
pub struct Networks(Arc<Shared>);

#[derive(Default)]
struct Shared {
    folders: Vec<PathBuf>,
    device: Option<Device>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// `None` until the folders have been read.
    known: Option<Vec<(NetworkInfo, Source)>>,
    /// Sentences about manifests that cannot be understood.
    problems: Vec<String>,
    /// The most recently used last.
    loaded: Vec<(Loaded, Arc<dyn HoleFiller>)>,
}

/// What a loaded network was loaded from: a name, and the checksum of the file.
type Loaded = (String, String);

impl fmt::Debug for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Networks").field("folders", &self.0.folders).finish_non_exhaustive()
    }
}

impl Networks {
    /// Those whose weights lie in `folders`, the most important first, to compute on `device`. Nothing is read yet.
    #[must_use]
    pub fn in_folders(folders: Vec<PathBuf>, device: Device) -> Self {
        Self(Arc::new(Shared { folders, device: Some(device), state: Mutex::default() }))
    }

    /// Networks that are there already: for tests and tools.
    #[must_use]
    pub fn ready(fillers: Vec<(NetworkInfo, Arc<dyn HoleFiller>)>) -> Self {
        let known = fillers.into_iter().map(|(info, filler)| (info, Source::Ready(filler))).collect();
        let state = State { known: Some(known), ..State::default() };
        Self(Arc::new(Shared { state: Mutex::new(state), ..Shared::default() }))
    }

    /// Those that are installed, in the order of their folders. The manifests are read at the first call.
    #[must_use]
    pub fn list(&self) -> Vec<NetworkInfo> {
        self.with_known(|known, _| fillers(known))
    }

    /// As [`Networks::list`], but the manifests are read anew: networks may have been trained or imported since. Also
    /// sentences about manifests that cannot be understood.
    #[must_use]
    pub fn refresh(&self) -> (Vec<NetworkInfo>, Vec<String>) {
        if !self.0.folders.is_empty() {
            self.lock().known = None;
        }
        self.with_known(|known, problems| (fillers(known), problems.to_vec()))
    }

    /// The one of this name, else the first of the family of this name.
    pub fn find(&self, name: &str) -> Result<NetworkInfo, EraseError> {
        self.source(name).map(|(info, _)| info)
    }

    /// The network itself, loaded if it is not yet: that takes a second or so.
    pub fn load(&self, name: &str) -> Result<Arc<dyn HoleFiller>, EraseError> {
        let (info, source) = self.source(name)?;
        let entry = match source {
            Source::Ready(filler) => return Ok(filler),
            Source::Entry(entry) => entry,
        };
        let key = (info.name, entry.sha256.clone());
        if let Some(found) = self.lock().loaded(&key) {
            return Ok(found);
        }
        let device = self.0.device.clone().unwrap_or(Device::Cpu);
        let filler = hole_filler(&entry, &device).map_err(|error| EraseError::network(&error))?;
        self.lock().keep(key, &filler);
        Ok(filler)
    }

    fn source(&self, name: &str) -> Result<(NetworkInfo, Source), EraseError> {
        self.with_known(|known, problems| {
            let by_name = known.iter().find(|(info, _)| info.name == name);
            let by_family = || known.iter().find(|(info, _)| <&str>::from(info.family) == name);
            let found = by_name.or_else(by_family).cloned();
            if let Some((NetworkInfo { name, family, .. }, _)) = found.as_ref().filter(|(info, _)| !is_filler(info)) {
                let (name, family) = (name.clone(), family.to_string());
                return Err(EraseError::network(&WeightsError::FillsNoHoles { name, family }));
            }
            found.ok_or_else(|| {
                // It may stand in a manifest that cannot be understood: then that is what to tell.
                if let Some(problem) = problems.first() {
                    return EraseError::network(problem);
                }
                let own = super::Engine::OWN.map(|engine| engine.name().to_owned());
                let all: Vec<String> =
                    own.into_iter().chain(fillers(known).into_iter().map(|info| info.name)).collect();
                EraseError::UnknownModel { name: name.to_owned(), known: all.join(", ") }
            })
        })
    }

    fn with_known<T>(&self, look: impl FnOnce(&[(NetworkInfo, Source)], &[String]) -> T) -> T {
        let mut state = self.lock();
        if state.known.is_none() {
            let (catalog, problems) = Catalog::open_all(&self.0.folders);
            state.problems = problems.iter().map(ToString::to_string).collect();
            state.known = Some(catalog.entries().iter().map(known).collect());
        }
        look(state.known.as_deref().unwrap_or_default(), &state.problems)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock can leave the state half changed.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those that fill holes: other networks lie in the same folders.
fn fillers(known: &[(NetworkInfo, Source)]) -> Vec<NetworkInfo> {
    known.iter().map(|(info, _)| info).filter(|info| is_filler(info)).cloned().collect()
}

const fn is_filler(info: &NetworkInfo) -> bool {
    info.family.fills_holes()
}

fn known(entry: &Entry) -> (NetworkInfo, Source) {
    let info = NetworkInfo { name: entry.name.clone(), family: entry.family, resolution: entry.resolution };
    (info, Source::Entry(Box::new(entry.clone())))
}

impl State {
    fn loaded(&mut self, key: &Loaded) -> Option<Arc<dyn HoleFiller>> {
        let at = self.loaded.iter().position(|(loaded, _)| loaded == key)?;
        let found = self.loaded.remove(at);
        let filler = Arc::clone(&found.1);
        self.loaded.push(found);
        Some(filler)
    }

    fn keep(&mut self, key: Loaded, filler: &Arc<dyn HoleFiller>) {
        self.loaded.push((key, Arc::clone(filler)));
        if self.loaded.len() > MOST_LOADED {
            self.loaded.remove(0);
        }
    }
}
