//! Undo and redo as a line of snapshots.
//!
//! A gesture is [`History::begin`] on press, [`History::edit`] while it lasts, [`History::end`] on release or
//! [`History::abort`]; it becomes one step if it changed anything. [`History::commit`] is a whole gesture at once.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Document;

/// What a step did; the key of its text in the history panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// The photo was opened.
    Open,
    /// Brush, eraser, rectangle, lasso, polygon.
    PaintMask,
    /// Object select.
    SelectObject,
    /// Grow, shrink, feather, invert, clear.
    ModifyMask,
    /// A mask was read from a file.
    ImportMask,
    /// Sampling brushes.
    PaintSources,
    /// A fill was adopted.
    Erase,
    /// More candidates for an erasure.
    Reroll,
    /// Another candidate was chosen.
    ChooseCandidate,
    /// An erasure was hidden or shown.
    ToggleVisible,
    /// An erasure's opacity.
    ChangeOpacity,
    /// An erasure was removed.
    DeleteErasure,
    /// Erasures changed places.
    ReorderErasures,
}

/// Bounds on what undo keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryLimits {
    /// Steps.
    pub steps: usize,
    /// Bytes of all distinct masks and patches that only undo still needs.
    pub bytes: usize,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self { steps: 200, bytes: 512 << 20 }
    }
}

/// The document and its past and future.
#[derive(Debug)]
pub struct History {
    current: (Action, Document),
    past: VecDeque<(Action, Document)>,
    future: Vec<(Action, Document)>,
    gesture: Option<(Action, Document)>,
    limits: HistoryLimits,
    revision: u64,
}

impl History {
    /// Starts with `document` and nothing to undo.
    #[must_use]
    pub fn new(document: Document, limits: HistoryLimits) -> Self {
        let current = (Action::Open, document);
        Self { current, past: VecDeque::new(), future: Vec::new(), gesture: None, limits, revision: 0 }
    }

    /// The document as it is now, an unfinished gesture included.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.current.1
    }

    /// Goes up with every change, undo and redo included. Equal revisions mean an equal document.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether a gesture is under way.
    #[must_use]
    pub fn is_in_gesture(&self) -> bool {
        self.gesture.is_some()
    }

    /// Starts a gesture; one that is under way is ended first.
    pub fn begin(&mut self, action: Action) {
        self.end();
        self.gesture = Some((action, self.current.1.clone()));
    }

    /// Changes the document within a gesture. Without one nothing happens, in debug builds with an alarm.
    pub fn edit(&mut self, change: impl FnOnce(&mut Document)) {
        debug_assert!(self.gesture.is_some(), "edit outside of a gesture");
        if self.gesture.is_some() {
            change(&mut self.current.1);
            self.revision += 1;
        }
    }

    /// Ends the gesture. Returns whether it changed anything and so became a step.
    pub fn end(&mut self) -> bool {
        let Some((action, before)) = self.gesture.take() else { return false };
        if before == self.current.1 {
            return false;
        }
        let label = std::mem::replace(&mut self.current.0, action);
        self.past.push_back((label, before));
        self.future.clear();
        while self.past.len() > self.limits.steps {
            self.past.pop_front();
        }
        true
    }

    /// Takes the unfinished gesture back.
    pub fn abort(&mut self) {
        if let Some((_, before)) = self.gesture.take() {
            self.current.1 = before;
            self.revision += 1;
        }
    }

    /// A whole gesture at once. Returns whether it changed anything.
    pub fn commit(&mut self, action: Action, change: impl FnOnce(&mut Document)) -> bool {
        self.begin(action);
        self.edit(change);
        self.end()
    }

    /// Goes one step back; `false` when there is none.
    pub fn undo(&mut self) -> bool {
        self.end();
        let Some(before) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(&mut self.current, before));
        self.revision += 1;
        true
    }

    /// Goes one step forward; `false` when there is none.
    pub fn redo(&mut self) -> bool {
        self.end();
        let Some(after) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(&mut self.current, after));
        self.revision += 1;
        true
    }

    /// The actions of all states, oldest first, the current one at [`History::position`].
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        let past = self.past.iter().map(|state| state.0);
        past.chain([self.current.0]).chain(self.future.iter().rev().map(|state| state.0)).collect()
    }

    /// Index of the current state in [`History::actions`].
    #[must_use]
    pub fn position(&self) -> usize {
        self.past.len()
    }

    /// Undoes or redoes until state `position` is current.
    pub fn jump_to(&mut self, position: usize) {
        while self.position() > position && self.undo() {}
        while self.position() < position && self.redo() {}
    }
}
