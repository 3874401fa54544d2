//! Undo and redo as a line of snapshots.
//!
//! A gesture is [`Timeline::begin`] on press, [`Timeline::edit`] while it lasts, [`Timeline::end`] on release or
//! [`Timeline::abort`]; it becomes one step if it changed anything. [`Timeline::commit`] is a whole gesture at once.
//! What has a history is [`Undoable`]: a document, an exploration, a sketch.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Document, Exploration, Sketch};
use crate::imaging::{Mask, Patch};

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

/// Addresses of parts that were counted already.
pub(super) type Seen = HashSet<usize>;

/// A value with a history. Cloning it copies a few pointers; its states share most of their parts.
pub trait Undoable: Clone + PartialEq {
    /// What its steps are called.
    type Action: Copy + std::fmt::Debug;

    /// The action of the first state.
    const OPENED: Self::Action;

    /// The bytes of its large parts whose addresses `seen` lacks; adds them to it. The states of one history share most of
    /// their parts, so whatever was seen as a whole is not looked into again.
    fn unseen_bytes(&self, seen: &mut HashSet<usize>) -> usize;
}

/// A document and its past and future.
pub type History = Timeline<Document>;

/// An exploration and its past and future.
pub type ExploreHistory = Timeline<Exploration>;

/// A sketch and its past and future.
pub type SketchHistory = Timeline<Sketch>;

/// Bounds on what undo keeps. The oldest states are dropped first; one step back always stays, however large, because
/// an undo that is missing right after a mistake is worse than the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryLimits {
    /// Steps.
    pub steps: usize,
    /// Bytes of all distinct masks and patches that only undo still needs: see [`Timeline::undo_bytes`].
    pub bytes: usize,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self { steps: 200, bytes: 512 << 20 }
    }
}

/// A value and its past and future.
#[derive(Debug)]
pub struct Timeline<T: Undoable> {
    current: State<T>,
    past: VecDeque<State<T>>,
    future: Vec<State<T>>,
    gesture: Option<State<T>>,
    limits: HistoryLimits,
    revision: u64,
}

/// A value and what led to it; of a gesture under way, what it is called and the value before.
type State<T> = (<T as Undoable>::Action, T);

impl Timeline<Document> {
    /// The document as it is now, an unfinished gesture included.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.current.1
    }
}

impl Timeline<Exploration> {
    /// The exploration as it is now, an unfinished gesture included.
    #[must_use]
    pub const fn exploration(&self) -> &Exploration {
        &self.current.1
    }
}

impl Timeline<Sketch> {
    /// The sketch as it is now, an unfinished gesture included.
    #[must_use]
    pub const fn sketch(&self) -> &Sketch {
        &self.current.1
    }
}

impl<T: Undoable> Timeline<T> {
    /// Starts with `value` and nothing to undo.
    #[must_use]
    pub fn new(value: T, limits: HistoryLimits) -> Self {
        let current = (T::OPENED, value);
        Self { current, past: VecDeque::new(), future: Vec::new(), gesture: None, limits, revision: 0 }
    }

    /// The value as it is now, an unfinished gesture included.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.current.1
    }

    /// Goes up with every change, undo and redo included. Equal revisions mean an equal value.
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
    pub fn begin(&mut self, action: T::Action) {
        self.end();
        self.gesture = Some((action, self.current.1.clone()));
    }

    /// Changes the value within a gesture. Without one nothing happens, in debug builds with an alarm.
    pub fn edit(&mut self, change: impl FnOnce(&mut T)) {
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
    pub fn commit(&mut self, action: T::Action, change: impl FnOnce(&mut T)) -> bool {
        self.begin(action);
        self.edit(change);
        self.end()
    }

    /// Changes every state there is, past and future ones too, without a step of its own: for what belongs to an older
    /// step and arrives late, such as further candidates of an erasure. `change` leaves states alone that lack that step.
    pub fn amend(&mut self, change: impl Fn(&mut T)) {
        let gesture = self.gesture.iter_mut().chain([&mut self.current]);
        for (_, value) in gesture.chain(&mut self.past).chain(&mut self.future) {
            change(value);
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

    /// Whether [`Timeline::undo`] would do something, if the gesture under way ends without a change.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`Timeline::redo`] would do something, if the gesture under way ends without a change.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// The bytes of large parts, such as masks' tiles and patches, that are held only to undo, each counted once: all but those of the
    /// newest state. Undo and redo walk along the states and hold no more than before, so they leave this as it is. A gesture under way counts when
    /// it ends.
    #[must_use]
    pub fn undo_bytes(&self) -> usize {
        let mut seen = Seen::new();
        let mut states = self.newest_first();
        if let Some(newest) = states.next() {
            newest.unseen_bytes(&mut seen);
        }
        states.map(|state| state.unseen_bytes(&mut seen)).sum()
    }

    /// The actions of all states, oldest first, the current one at [`Timeline::position`].
    #[must_use]
    pub fn actions(&self) -> Vec<T::Action> {
        let past = self.past.iter().map(|state| state.0);
        past.chain([self.current.0]).chain(self.future.iter().rev().map(|state| state.0)).collect()
    }

    /// Index of the current state in [`Timeline::actions`].
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

    fn newest_first(&self) -> impl Iterator<Item = &T> {
        let current = self.gesture.as_ref().unwrap_or(&self.current);
        let future = self.future.iter().map(|state| &state.1);
        future.chain([&current.1]).chain(self.past.iter().rev().map(|state| &state.1))
    }

    /// Called when the current state is the newest.
    fn forget_oldest(&mut self) {
        let mut seen = Seen::new();
        self.current.1.unseen_bytes(&mut seen);
        let (mut bytes, mut keep) = (0, 0);
        for (_, state) in self.past.iter().rev().take(self.limits.steps) {
            bytes += state.unseen_bytes(&mut seen);
            if bytes > self.limits.bytes && keep > 0 {
                break;
            }
            keep += 1;
        }
        self.past.drain(..self.past.len() - keep);
    }
}

impl Undoable for Document {
    type Action = Action;

    const OPENED: Action = Action::Open;

    fn unseen_bytes(&self, seen: &mut Seen) -> usize {
        let own = [&self.holes, &self.sample_from, &self.sample_never];
        let mut bytes: usize = own.into_iter().map(|mask| unseen_mask_bytes(mask, seen)).sum();
        for erasure in &self.erasures {
            if !seen.insert(Arc::as_ptr(erasure).addr()) {
                continue;
            }
            let masks = [Some(&erasure.holes), erasure.sample_from.as_ref(), erasure.sample_never.as_ref()];
            bytes += masks.into_iter().flatten().map(|mask| unseen_mask_bytes(mask, seen)).sum::<usize>();
            let patches = erasure.candidates.iter().flat_map(|candidate| &candidate.patches);
            bytes += patches.map(|patch| unseen_patch_bytes(patch, seen)).sum::<usize>();
        }
        bytes
    }
}

/// The bytes of a patch unless it was seen.
pub(super) fn unseen_patch_bytes(patch: &Arc<Patch>, seen: &mut Seen) -> usize {
    if seen.insert(Arc::as_ptr(patch).addr()) { patch.byte_len() } else { 0 }
}

/// The bytes of the tiles of a mask that were not seen.
pub(super) fn unseen_mask_bytes(mask: &Arc<Mask>, seen: &mut Seen) -> usize {
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
