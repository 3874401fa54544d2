//! An open document with what the window needs of it: pictures, the work under way, what is selected.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::canvas::PatchDisplays;
use super::commands::Situation;
use super::erasing::EraseJob;
use super::mixing::Mixing;
use crate::document::{Candidate, Document, Erasure, ErasureId, History, HistoryLimits};
use crate::imaging::{DisplayPyramid, Patch};
use crate::worker::{Explanation, Measured, OpenedDocument, ShownPatch};

/// What a count is about: the patches that show with their opacities, and whether the difference is wanted.
pub type MeasureAsked = (Vec<(Arc<Patch>, f32)>, bool);

/// An open document.
pub struct Session {
    /// The document and its past.
    pub history: History,
    /// The photo's picture.
    pub photo: Arc<DisplayPyramid>,
    /// The pictures of patches.
    pub patches: PatchDisplays,
    /// The coarse fill that shows until the first candidate is there.
    pub preview: Option<ShownPatch>,
    /// The photo's file or the session's file; `None` for what was pasted.
    pub path: Option<PathBuf>,
    /// Where the session is saved.
    pub session_file: Option<PathBuf>,
    /// What the title shows.
    pub name: String,
    /// The erasure that commands are about.
    pub selected: Option<ErasureId>,
    /// The erasure under way.
    pub erasing: EraseJob,
    /// The slider between two candidates.
    pub mixing: Mixing,
    /// What networks saw and did, by the candidate they did it for.
    pub explanations: Vec<(Weak<Candidate>, Arc<Explanation>)>,
    /// How much is touched, when counted.
    pub measured: Option<Measured>,
    /// What was counted last.
    pub measure_asked: Option<MeasureAsked>,
    /// The document as it was opened, while that is what a file holds.
    pub opened: Option<Document>,
    /// The revision that a file holds.
    pub saved_revision: u64,
    /// The revision that the journal holds.
    pub autosaved_revision: u64,
    /// The newest revision seen, and when it was first seen.
    pub changed: (u64, Option<Instant>),
}

impl Session {
    /// What the worker opened; `name` stands in where there is no file.
    #[must_use]
    pub fn new(opened: OpenedDocument, path: Option<PathBuf>, is_session: bool, name: String) -> Self {
        let OpenedDocument { document, display, shown } = opened;
        let mut patches = PatchDisplays::default();
        for shown in shown {
            patches.insert(shown);
        }
        let selected = document.erasures.last().map(|erasure| erasure.id);
        let opened = Some(document.clone());
        let history = History::new(document, HistoryLimits::default());
        let revision = history.revision();
        let file_name = path.as_deref().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        Self {
            history,
            photo: display,
            patches,
            preview: None,
            session_file: path.clone().filter(|_| is_session),
            path,
            name: file_name.unwrap_or(name),
            selected,
            erasing: EraseJob::default(),
            mixing: Mixing::default(),
            explanations: Vec::new(),
            measured: None,
            measure_asked: None,
            opened,
            saved_revision: revision,
            autosaved_revision: revision,
            changed: (revision, None),
        }
    }

    /// The document as it is now.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.history.document()
    }

    /// The erasure that commands are about.
    #[must_use]
    pub fn selected(&self) -> Option<&Arc<Erasure>> {
        let selected = self.selected?;
        self.document().erasures.iter().find(|erasure| erasure.id == selected)
    }

    /// Whether something would be lost by closing.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        let is_as_opened = self.opened.as_ref().is_some_and(|opened| self.document().is_same(opened));
        self.history.revision() != self.saved_revision && !is_as_opened
    }

    /// Moves through the history by `step` and selects an erasure that comes back by it. Returns what `step` says.
    pub fn travel(&mut self, step: impl FnOnce(&mut History) -> bool) -> bool {
        let before: Vec<ErasureId> = self.document().erasures.iter().map(|erasure| erasure.id).collect();
        let has_moved = step(&mut self.history);
        let back = self.document().erasures.iter().map(|erasure| erasure.id).find(|id| !before.contains(id));
        self.selected = back.or(self.selected);
        self.repair_selection();
        has_moved
    }

    /// Selects the topmost erasure when the selected one is gone, as after an undo.
    pub fn repair_selection(&mut self) {
        if self.selected().is_none() {
            self.selected = self.document().erasures.last().map(|erasure| erasure.id);
        }
    }

    /// The erasure `steps` above the selected one, below when negative.
    #[must_use]
    pub fn neighbor(&self, steps: isize) -> Option<ErasureId> {
        let erasures = &self.document().erasures;
        let at = erasures.iter().position(|erasure| Some(erasure.id) == self.selected)?;
        erasures.get(at.checked_add_signed(steps)?).map(|erasure| erasure.id)
    }

    /// Adds to `now` what this document allows.
    pub fn describe(&self, now: &mut Situation) {
        let document = self.document();
        now.photo = true;
        now.marks = !document.holes.is_empty();
        now.sources = !document.sample_from.is_empty() || !document.sample_never.is_empty();
        now.undo = self.history.can_undo();
        now.redo = self.history.can_redo();
        now.work |= self.erasing.is_running();
        now.erasure = self.selected().is_some();
        now.candidates = self.selected().is_some_and(|erasure| erasure.candidates.len() > 1);
        now.above = self.neighbor(1).is_some();
        now.below = self.neighbor(-1).is_some();
    }
}
