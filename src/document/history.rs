//! Undo and redo as a line of snapshots.
//!
//! A gesture is [`History::begin`] on press, [`History::edit`] while it lasts, [`History::end`] on release or
//! [`History::abort`]; it becomes one step if it changed anything. [`History::commit`] is a whole gesture at once.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Document;
use crate::imaging::Mask;

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
    /// A candidate between two others was made.
    MixCandidates,
    /// An erasure was hidden or shown.
    ToggleVisible,
    /// An erasure's opacity.
    ChangeOpacity,
    /// An erasure was removed.
    DeleteErasure,
    /// Erasures changed places.
    ReorderErasures,
}

/// Bounds on what undo keeps. The oldest states are dropped first; one step back always stays, however large, because
/// an undo that is missing right after a mistake is worse than the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryLimits {
    /// Steps.
    pub steps: usize,
    /// Bytes of all distinct masks and patches that only undo still needs: see [`History::undo_bytes`].
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
            // Equal, but maybe made of copies: what the states share must stay shared.
            self.current.1 = before;
            return false;
        }
        let label = std::mem::replace(&mut self.current.0, action);
        self.past.push_back((label, before));
        self.future.clear();
        self.forget_oldest();
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

    /// Changes every state there is, past and future ones too, without a step of its own: for what belongs to an older
    /// step and arrives late, such as further candidates of an erasure. `change` leaves states alone that lack that step.
    pub fn amend(&mut self, change: impl Fn(&mut Document)) {
        let gesture = self.gesture.iter_mut().chain([&mut self.current]);
        for (_, document) in gesture.chain(&mut self.past).chain(&mut self.future) {
            change(document);
        }
        self.revision += 1;
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

    /// Whether [`History::undo`] would do something, if the gesture under way ends without a change.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`History::redo`] would do something, if the gesture under way ends without a change.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// The bytes of masks' tiles and of patches that are held only to undo, each counted once: all but those of the
    /// newest state. Undo and redo walk along the states and hold no more than before, so they leave this as it is. A gesture under way counts when
    /// it ends.
    #[must_use]
    pub fn undo_bytes(&self) -> usize {
        let mut seen = HashSet::new();
        let mut states = self.newest_first();
        if let Some(newest) = states.next() {
            unseen_bytes(newest, &mut seen);
        }
        states.map(|state| unseen_bytes(state, &mut seen)).sum()
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

    /// Undoes or redoes until state `position` is current, or the nearest there is. Ends a gesture under way.
    pub fn jump_to(&mut self, position: usize) {
        self.end();
        while self.position() > position && self.undo() {}
        while self.position() < position && self.redo() {}
    }

    fn newest_first(&self) -> impl Iterator<Item = &Document> {
        let current = self.gesture.as_ref().unwrap_or(&self.current);
        let future = self.future.iter().map(|state| &state.1);
        future.chain([&current.1]).chain(self.past.iter().rev().map(|state| &state.1))
    }

    /// Called when the current state is the newest.
    fn forget_oldest(&mut self) {
        let mut seen = HashSet::new();
        unseen_bytes(&self.current.1, &mut seen);
        let (mut bytes, mut keep) = (0, 0);
        for (_, state) in self.past.iter().rev().take(self.limits.steps) {
            bytes += unseen_bytes(state, &mut seen);
            if bytes > self.limits.bytes && keep > 0 {
                break;
            }
            keep += 1;
        }
        self.past.drain(..self.past.len() - keep);
    }
}

/// The bytes of the tiles and patches of `document` whose addresses `seen` lacks; adds them to it. The states of one
/// history share most of their parts, so whatever was seen as a whole is not looked into again.
fn unseen_bytes(document: &Document, seen: &mut HashSet<usize>) -> usize {
    let own = [&document.holes, &document.sample_from, &document.sample_never];
    let mut bytes: usize = own.into_iter().map(|mask| unseen_mask_bytes(mask, seen)).sum();
    for erasure in &document.erasures {
        if !seen.insert(Arc::as_ptr(erasure).addr()) {
            continue;
        }
        let masks = [Some(&erasure.holes), erasure.sample_from.as_ref(), erasure.sample_never.as_ref()];
        bytes += masks.into_iter().flatten().map(|mask| unseen_mask_bytes(mask, seen)).sum::<usize>();
        for patch in erasure.candidates.iter().flat_map(|candidate| &candidate.patches) {
            bytes += if seen.insert(Arc::as_ptr(patch).addr()) { patch.byte_len() } else { 0 };
        }
    }
    bytes
}

fn unseen_mask_bytes(mask: &Arc<Mask>, seen: &mut HashSet<usize>) -> usize {
    if !seen.insert(Arc::as_ptr(mask).addr()) {
        return 0;
    }
    let (columns, rows) = mask.tile_grid();
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    let tiles = places.filter_map(|(column, row)| mask.tile(column, row));
    tiles.map(|tile| if seen.insert(tile.as_ptr().addr()) { tile.len() } else { 0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Photo, PixelRect, Samples, Size};

    const TILE_BYTES: usize = 256 * 256;

    fn history(limits: HistoryLimits) -> History {
        let size = Size::new(30, 20);
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![0; size.area()])).unwrap();
        let photo = Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) };
        History::new(Document::new(photo), limits)
    }

    fn paint(history: &mut History, x: i32) -> bool {
        history.commit(Action::PaintMask, |document| {
            Arc::make_mut(&mut document.holes).write(PixelRect::new(x, 0, x + 1, 4), |_, _, _| 255);
        })
    }

    #[test]
    fn bytes_are_bounded_and_the_oldest_go_first() {
        let mut history = history(HistoryLimits { steps: 100, bytes: 3 * TILE_BYTES });
        for x in 0..10 {
            assert!(paint(&mut history, x), "a step");
        }
        assert_eq!(history.undo_bytes(), 3 * TILE_BYTES, "each state has a tile of its own");
        assert_eq!(history.position(), 3, "three tiles fit");
        history.jump_to(0);
        assert!(history.document().holes.is_hole(6, 0) && !history.document().holes.is_hole(7, 0), "the newest stay");
        assert_eq!(history.undo_bytes(), 3 * TILE_BYTES, "undo changes nothing in what is held");
        history.jump_to(99);
        assert!(history.document().holes.is_hole(9, 0), "and nothing is lost by it");
    }

    #[test]
    fn the_last_step_stays_and_steps_are_counted() {
        let mut tight = history(HistoryLimits { steps: 5, bytes: 0 });
        for x in 0..3 {
            paint(&mut tight, x);
        }
        assert!(tight.undo() && !tight.undo(), "one step back is always there");
        let mut short = history(HistoryLimits { steps: 5, bytes: usize::MAX });
        for x in 0..9 {
            paint(&mut short, x);
        }
        assert_eq!(short.position(), 5, "no more than five");
    }

    #[test]
    fn a_gesture_is_at_most_one_step() {
        let mut history = history(HistoryLimits::default());
        history.begin(Action::PaintMask);
        for x in 0..5 {
            history.edit(|document| {
                Arc::make_mut(&mut document.holes).write(PixelRect::new(x, 0, x + 1, 1), |_, _, _| 255);
            });
        }
        assert!(history.end(), "something changed");
        assert_eq!(history.actions(), [Action::Open, Action::PaintMask], "one step");
        history.begin(Action::PaintMask);
        history.edit(|document| document.holes = Arc::new((*document.holes).clone()));
        assert!(!history.end(), "an equal document is no step");
        history.begin(Action::ModifyMask);
        history.edit(|document| document.next_id += 1);
        history.jump_to(1);
        assert_eq!((history.position(), history.is_in_gesture()), (1, false), "a jump ends the gesture first");
    }
}
