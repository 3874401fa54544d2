//! The themes: which are installed, and the networks that are loaded, shared by all who paint.
//!
//! A theme has a quick network for previews and one for full pictures, which may be the same. They are told by their names:
//! `sketch-cats-128-live` and `cats-final` are both of the theme `cats`. Without such an end the smallest is the quick one and the
//! largest the best; any other name is a theme of its own.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::Device;

use super::SketchError;
use crate::generators::catalog::sketcher;
use crate::generators::pix2pix;
use crate::generators::sketcher::{Sketcher, preview_side};
use crate::weights::{Catalog, Entry};

/// Networks of a theme: so many stay in memory unless [`Themes::keeping`] tells another number of themes.
const PER_THEME: usize = 2;

/// What the names of sketch networks may begin with.
const PREFIX: &str = "sketch-";

/// What the network for full pictures is called after its theme.
const BEST: [&str; 3] = ["-final", "-best", "-full"];

/// What the network for previews is called after its theme.
const LIVE: [&str; 2] = ["-live", "-preview"];

/// Which of a theme's networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The quick one.
    Live,
    /// The one for full pictures.
    Best,
}

/// What can be said of a theme without loading it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeInfo {
    /// What it is called: what a sketch names.
    pub name: Arc<str>,
    /// What it draws and where its pictures came from; empty if nobody said.
    pub about: String,
    /// Under which terms the weights may be used.
    pub licence: String,
    /// Pixels on a side of full pictures.
    pub side: u32,
    /// Pixels on a side of previews.
    pub preview_side: u32,
    /// Whether it takes colors as hints.
    pub has_hints: bool,
    /// Whether seeds give different pictures.
    pub has_variants: bool,
    /// Whether it turns photos into others rather than drawings into pictures.
    pub takes_photos: bool,
    /// The weights of previews.
    pub live: String,
    /// The weights of full pictures; the same where there is one network only.
    pub best: String,
}

/// A loaded network.
#[derive(Clone)]
pub struct Loaded {
    /// It paints.
    pub sketcher: Arc<dyn Sketcher>,
    /// What its weights are called.
    pub name: String,
    /// Pixels on a side of its pictures in its role.
    pub side: u32,
    /// Tells it from all others, also from one of the same name.
    pub key: u64,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("name", &self.name).field("side", &self.side).finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Source {
    Entry(Box<Entry>),
    Ready(Arc<dyn Sketcher>),
}

#[derive(Clone)]
struct Known {
    info: ThemeInfo,
    live: Source,
    best: Source,
}

/// The installed themes. Cheap to clone: all clones share what is loaded.
#[derive(Clone, Default)]
pub struct Themes(Arc<Shared>);

#[derive(Default)]
struct Shared {
    folders: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// `None` until the folders have been read.
    known: Option<Vec<Known>>,
    problems: Vec<String>,
    /// By the name of the weights and the file's checksum, the most recently used last.
    loaded: Vec<((String, String), Arc<dyn Sketcher>)>,
    /// How many networks may be loaded, if anybody told.
    most: Option<usize>,
}

impl fmt::Debug for Themes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Themes").field("folders", &self.0.folders).finish_non_exhaustive()
    }
}

impl Themes {
    /// Those whose weights lie in `folders`, the most important first. Nothing is read yet. They compute on the CPU.
    #[must_use]
    pub fn in_folders(folders: Vec<PathBuf>) -> Self {
        Self(Arc::new(Shared { folders, state: Mutex::default() }))
    }

    /// The same with the networks of `themes` themes in memory at the same time, rather than those of one.
    #[must_use]
    pub fn keeping(self, themes: usize) -> Self {
        self.lock().most = Some(PER_THEME * themes.max(1));
        self
    }

    /// Themes of one network each that are there already: for tests and tools.
    #[must_use]
    pub fn ready(themes: Vec<(String, Arc<dyn Sketcher>)>) -> Self {
        let known = themes.into_iter().map(|(name, sketcher)| Known {
            info: ThemeInfo {
                name: name.as_str().into(),
                about: String::new(),
                licence: String::new(),
                side: sketcher.side() as u32,
                preview_side: preview_side(sketcher.side(), sketcher.multiple(), sketcher.macs(sketcher.side())) as u32,
                has_hints: sketcher.inputs().has_hints,
                has_variants: true,
                takes_photos: !sketcher.inputs().is_for_ink,
                live: name.clone(),
                best: name,
            },
            live: Source::Ready(Arc::clone(&sketcher)),
            best: Source::Ready(sketcher),
        });
        let state = State { known: Some(known.collect()), ..State::default() };
        Self(Arc::new(Shared { folders: Vec::new(), state: Mutex::new(state) }))
    }

    /// The installed themes by name, read anew, and sentences about manifests that cannot be understood.
    #[must_use]
    pub fn refresh(&self) -> (Vec<ThemeInfo>, Vec<String>) {
        let mut state = self.lock();
        if !self.0.folders.is_empty() {
            state.known = None;
        }
        let infos = self.look(&mut state).iter().map(|known| known.info.clone()).collect();
        (infos, state.problems.clone())
    }

    /// The theme called `name`.
    ///
    /// # Errors
    /// When there is none, with the names of those that there are.
    pub fn info(&self, name: &str) -> Result<ThemeInfo, SketchError> {
        Ok(self.find(name)?.info)
    }

    /// A network of the theme called `name`, loaded if it is not yet: that takes some tenths of a second.
    ///
    /// # Errors
    /// When there is no such theme, or its weights cannot be used.
    pub fn load(&self, name: &str, role: Role) -> Result<Loaded, SketchError> {
        let Known { info, live, best } = self.find(name)?;
        let (source, name, side) =
            if role == Role::Live { (live, info.live, info.preview_side) } else { (best, info.best, info.side) };
        let checksum = match &source {
            Source::Entry(entry) => entry.sha256.clone(),
            Source::Ready(_) => String::new(),
        };
        let key = key_of(&name, &checksum);
        let id = (name.clone(), checksum);
        if let Some(sketcher) = self.lock().loaded(&id) {
            return Ok(Loaded { sketcher, name, side, key });
        }
        let sketcher = match source {
            Source::Entry(entry) => sketcher(&entry, &Device::Cpu)?,
            Source::Ready(sketcher) => sketcher,
        };
        self.lock().keep(id, &sketcher);
        Ok(Loaded { sketcher, name, side, key })
    }

    fn find(&self, name: &str) -> Result<Known, SketchError> {
        let mut state = self.lock();
        let known = self.look(&mut state);
        if let Some(found) = known.iter().find(|known| &*known.info.name == name) {
            return Ok(found.clone());
        }
        let names: Vec<&str> = known.iter().map(|known| &*known.info.name).collect();
        let known = if names.is_empty() { "none is installed".to_owned() } else { names.join(", ") };
        Err(SketchError::UnknownTheme { name: name.to_owned(), known })
    }

    fn look<'a>(&self, state: &'a mut State) -> &'a [Known] {
        let State { known, problems, .. } = state;
        known.get_or_insert_with(|| {
            let (catalog, found) = Catalog::open_all(&self.0.folders);
            *problems = found.iter().map(ToString::to_string).collect();
            themes_of(catalog.entries(), problems)
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock can leave the state half changed.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn loaded(&mut self, id: &(String, String)) -> Option<Arc<dyn Sketcher>> {
        let at = self.loaded.iter().position(|(of, _)| of == id)?;
        let found = self.loaded.remove(at);
        let sketcher = Arc::clone(&found.1);
        self.loaded.push(found);
        Some(sketcher)
    }

    fn keep(&mut self, id: (String, String), sketcher: &Arc<dyn Sketcher>) {
        self.loaded.push((id, Arc::clone(sketcher)));
        if self.loaded.len() > self.most.unwrap_or(PER_THEME) {
            self.loaded.remove(0);
        }
    }
}

fn key_of(name: &str, checksum: &str) -> u64 {
    use crate::imaging::ink::mix;
    name.bytes().chain([0]).chain(checksum.bytes()).fold(1, |digest, byte| mix(digest, u64::from(byte)))
}

/// The theme that weights called `name` draw.
#[must_use]
pub fn theme_name(name: &str) -> &str {
    theme_of(name).0
}

/// The theme and the role that the name of weights tells; without a role it is fit for both.
fn theme_of(name: &str) -> (&str, Option<Role>) {
    let mut rest = name.strip_prefix(PREFIX).filter(|rest| !rest.is_empty()).unwrap_or(name);
    let mut role = None;
    // Role and side may stand in either order.
    for _ in 0..2 {
        let without =
            |ends: &[&str]| ends.iter().find_map(|end| rest.strip_suffix(end)).filter(|left| !left.is_empty());
        if let Some(left) = without(&LIVE) {
            (rest, role) = (left, Some(Role::Live));
        } else if let Some(left) = without(&BEST) {
            (rest, role) = (left, Some(Role::Best));
        }
        let side = rest.rsplit_once('-').filter(|(left, side)| {
            !left.is_empty() && !side.is_empty() && side.bytes().all(|byte| byte.is_ascii_digit())
        });
        rest = side.map_or(rest, |(left, _)| left);
    }
    (rest, role)
}

fn themes_of(entries: &[Entry], problems: &mut Vec<String>) -> Vec<Known> {
    let mut found: Vec<(&str, [Option<&Entry>; 2])> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.family.is_sketcher()) {
        let (theme, role) = theme_of(&entry.name);
        let at = found.iter().position(|(name, _)| *name == theme).unwrap_or_else(|| {
            found.push((theme, [None, None]));
            found.len() - 1
        });
        let [live, best] = &mut found[at].1;
        let is_named = |entry: &Entry, wanted: Role| theme_of(&entry.name).1 == Some(wanted);
        // Of those whose names tell no role, the smallest is quick and the largest is best; of equals the first folder's counts.
        let is_quicker = |old: &Entry| !is_named(old, Role::Live) && entry.resolution < old.resolution;
        let is_better = |old: &Entry| !is_named(old, Role::Best) && entry.resolution > old.resolution;
        let takes_name = |old: &Entry, wanted: Role| role == Some(wanted) && !is_named(old, wanted);
        if role != Some(Role::Best) && live.is_none_or(|old| is_quicker(old) || takes_name(old, Role::Live)) {
            *live = Some(entry);
        }
        if role != Some(Role::Live) && best.is_none_or(|old| is_better(old) || takes_name(old, Role::Best)) {
            *best = Some(entry);
        }
    }
    let mut themes = Vec::new();
    for (name, [live, best]) in found {
        let (Some(live), Some(best)) = (live.or(best), best.or(live)) else { continue };
        match known_of(name, live, best) {
            Ok(known) => themes.push(known),
            Err(reason) => problems.push(format!("the theme \"{name}\" cannot be used: {reason}")),
        }
    }
    themes.sort_by(|a, b| a.info.name.cmp(&b.info.name));
    themes
}

fn known_of(name: &str, live: &Entry, best: &Entry) -> Result<Known, String> {
    let sizes = |entry: &Entry| {
        let config = entry.config.clone().try_into::<pix2pix::Config>();
        config.map_err(|error| error.message().lines().next().unwrap_or("its sizes are unclear").to_owned())
    };
    let (quick, full) = (sizes(live)?, sizes(best)?);
    let has_dropout = match &full.network {
        pix2pix::Network::UNet(config) => config.has_dropout,
        pix2pix::Network::ResNet(config) => config.has_dropout,
    };
    let info = ThemeInfo {
        name: name.into(),
        about: best.note.clone().unwrap_or_else(|| best.data.clone()),
        licence: best.licence.clone(),
        side: best.resolution,
        preview_side: preview_side(quick.side, quick.network.multiple(), quick.network.macs(quick.side)) as u32,
        has_hints: full.reads.has_hints(),
        has_variants: full.has_palette || has_dropout,
        takes_photos: full.reads == pix2pix::Reads::Picture,
        live: live.name.clone(),
        best: best.name.clone(),
    };
    let source = |entry: &Entry| Source::Entry(Box::new(entry.clone()));
    Ok(Known { info, live: source(live), best: source(best) })
}

#[cfg(test)]
mod tests;
