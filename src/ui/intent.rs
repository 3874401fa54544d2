//! What a panel asks the window to do. Panels draw and ask; they change nothing themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::commands::{Command, Situation};
use super::dialogs::Dialog;
use super::explore::{Pictures, Studio, Wish};
use super::file_dialog::Purpose;
use super::sample_pictures::SamplePictures;
use super::school::{School, SchoolWish};
use super::session::Session;
use super::sketch::{Easel, SketchWish};
use super::text::Text;
use super::thumbnails::Thumbnails;
use super::work::WorkList;
use crate::document::ErasureId;
use crate::imaging::{FileFormat, Frame};
use crate::library::{RecentFile, Settings};
use crate::worker::exploring::ModelShown;
use crate::worker::sketching::ThemeInfo;
use crate::worker::{Lane, NetworkInfo};

/// Where a drag of a slider is. The whole drag is one step of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It goes on.
    Drag,
    /// It is over.
    End,
}

/// What to do after unsaved changes were dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Close the document.
    Close,
    /// End the program.
    Quit,
    /// Open this.
    Open(Source),
}

/// Something that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A photo or a session.
    File(PathBuf),
    /// A sample that ships with the program, by its place in the list.
    Sample(usize),
    /// The picture on the clipboard.
    Clipboard,
    /// What the last run left unsaved.
    Leftover,
}

/// Something a panel asks for.
#[derive(Clone, Debug)]
pub enum Intent {
    /// A command of the table.
    Run(Command),
    /// Opens something.
    Open(Source),
    /// Throws away what the last run left unsaved.
    DiscardLeftover,
    /// Forgets the recent files.
    ClearRecent,
    /// Makes an erasure the one that commands are about.
    Select(ErasureId),
    /// Shows another candidate.
    Choose(ErasureId, usize),
    /// Hides or shows an erasure.
    ToggleVisible(ErasureId),
    /// Sets an erasure's opacity.
    Opacity(ErasureId, f32, Phase),
    /// Moves the slider between two candidates, given by index, to a place in 0..=1.
    Mix(ErasureId, (usize, usize, f32), Phase),
    /// Looks which networks are installed.
    LookForNetworks,
    /// Asks for more candidates.
    Reroll(ErasureId),
    /// Removes an erasure.
    Delete(ErasureId),
    /// Moves an erasure to this place, 0 being the lowest.
    MoveTo(ErasureId, usize),
    /// Goes to a state of the history.
    JumpTo(usize),
    /// Cancels the work of a lane.
    Cancel(Lane),
    /// Changes the preferences.
    Prefer(Box<Settings>),
    /// A path was chosen.
    UsePath(Purpose, PathBuf),
    /// Asks where to export to.
    Export {
        /// The format.
        format: FileFormat,
        /// JPEG quality, 1..=100.
        quality: u8,
    },
    /// Softens the marks' edges by so many pixels.
    Feather(u32),
    /// Loses unsaved changes.
    LoseChanges(After),
    /// Saves the session and then goes on.
    SaveFirst(After),
    /// Shows a dialog.
    Show(Box<Dialog>),
    /// Something of the room Explore.
    Explore(Wish),
    /// Something of the room Sketch.
    Sketch(SketchWish),
    /// Something about lessons or the gallery.
    School(SchoolWish),
}

/// What panels see of the window, and where they leave what they ask for.
pub struct View<'a> {
    /// The words.
    pub text: &'a Text,
    /// The open document.
    pub session: Option<&'a Session>,
    /// The open exploration.
    pub studio: Option<&'a Studio>,
    /// Models that can be explored.
    pub models: &'a [ModelShown],
    /// The open sketch.
    pub easel: Option<&'a Easel>,
    /// Themes that are installed; `None` until the worker has looked.
    pub themes: Option<&'a [ThemeInfo]>,
    /// The newest picture of each theme.
    pub subjects: &'a BTreeMap<Arc<str>, Frame>,
    /// Lessons and the gallery.
    pub school: &'a School,
    /// Small pictures of the rooms.
    pub pictures: &'a mut Pictures,
    /// What commands go by.
    pub now: &'a Situation,
    /// What is remembered.
    pub preferences: &'a Settings,
    /// Files opened before, newest first.
    pub recent: &'a [RecentFile],
    /// What the worker is asked for.
    pub work: &'a WorkList,
    /// Whether the last run left something unsaved.
    pub has_leftover: bool,
    /// Pictures of candidates.
    pub thumbnails: &'a mut Thumbnails,
    /// Pictures of samples.
    pub samples: &'a SamplePictures,
    /// Installed networks.
    pub networks: &'a [NetworkInfo],
    /// What is asked for.
    pub intents: &'a mut Vec<Intent>,
}

impl View<'_> {
    /// Asks for `intent`.
    pub fn ask(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    /// Asks for something of the room Explore.
    pub fn wish(&mut self, wish: Wish) {
        self.intents.push(Intent::Explore(wish));
    }

    /// Asks for something of the room Sketch.
    pub fn sketch(&mut self, wish: SketchWish) {
        self.intents.push(Intent::Sketch(wish));
    }

    /// Asks for something about lessons or the gallery.
    pub fn learn(&mut self, wish: SchoolWish) {
        self.intents.push(Intent::School(wish));
    }

    /// Asks for `command`.
    pub fn run(&mut self, command: Command) {
        self.intents.push(Intent::Run(command));
    }

    /// Changes the preferences.
    pub fn prefer(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut preferences = self.preferences.clone();
        change(&mut preferences);
        if preferences != *self.preferences {
            self.ask(Intent::Prefer(Box::new(preferences)));
        }
    }
}

/// The last part of a path, for people.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
