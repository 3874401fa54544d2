//! Random gestures on a document keep its invariants, and history is a line of snapshots whatever is done to it.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::sync::Arc;

use pentimento::document::{Action, Candidate, Document, ErasureId, History, HistoryLimits, MAX_CANDIDATES, Recipe};
use pentimento::imaging::{
    ColorModel, FileFormat, Frame, Mask, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size,
};
use proptest::prelude::*;

const SIZE: Size = Size::new(40, 30);
const LIMITS: HistoryLimits = HistoryLimits { steps: 12, bytes: 6 * 256 * 256 };

/// What a person does. Numbers are taken modulo whatever there is.
#[derive(Clone, Debug)]
enum Deed {
    Paint(PixelRect, u8),
    Sources(PixelRect),
    Invert,
    Adopt(u64, usize),
    Reroll(usize, u64, usize),
    Choose(usize, usize),
    Toggle(usize),
    /// A slider drag over several values.
    Opacity(usize, Vec<f32>),
    Delete(usize),
    Move(usize, bool),
    Undo,
    Redo,
    JumpTo(usize),
    /// Presses and moves the brush, and does not release it.
    Half(PixelRect),
    /// Moves on with whatever is pressed.
    Drag(PixelRect),
    Release,
    Escape,
}

fn rects() -> impl Strategy<Value = PixelRect> {
    (-5..40, -5..30, 1..20, 1..20).prop_map(|(x, y, width, height)| PixelRect::new(x, y, x + width, y + height))
}

fn opacities() -> impl Strategy<Value = f32> {
    prop_oneof![8 => -0.5f32..1.5, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY), 1 => Just(1.0f32)]
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (rects(), any::<u8>()).prop_map(|(rect, value)| Deed::Paint(rect, value)),
        1 => rects().prop_map(Deed::Sources),
        1 => Just(Deed::Invert),
        3 => (any::<u64>(), 0usize..4).prop_map(|(seed, count)| Deed::Adopt(seed, count)),
        3 => (any::<usize>(), any::<u64>(), 0usize..30).prop_map(|(at, seed, count)| Deed::Reroll(at, seed, count)),
        2 => (any::<usize>(), 0usize..30).prop_map(|(at, index)| Deed::Choose(at, index)),
        1 => any::<usize>().prop_map(Deed::Toggle),
        2 => (any::<usize>(), prop::collection::vec(opacities(), 0..6)).prop_map(|(at, all)| Deed::Opacity(at, all)),
        1 => any::<usize>().prop_map(Deed::Delete),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(at, up)| Deed::Move(at, up)),
        4 => Just(Deed::Undo),
        3 => Just(Deed::Redo),
        1 => (0usize..16).prop_map(Deed::JumpTo),
        2 => rects().prop_map(Deed::Half),
        2 => rects().prop_map(Deed::Drag),
        1 => Just(Deed::Release),
        2 => Just(Deed::Escape),
    ]
}

fn photo(is_deep: bool) -> Photo {
    let (count, model) = (SIZE.area() * 3, ColorModel::Rgb);
    let samples = if is_deep {
        Samples::U16((0..count).map(|at| (at * 37 % 65_536) as u16).collect())
    } else {
        Samples::U8((0..count).map(|at| (at * 37 % 256) as u8).collect())
    };
    let frame = Frame::new(SIZE, model, samples).unwrap();
    Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Tiff)) }
}

/// Candidates as an engine makes them: one patch around the holes each.
fn candidates(document: &Document, seed: u64, count: usize) -> Vec<Arc<Candidate>> {
    let bounds = document.holes.bounds(1);
    let rect = if bounds.is_empty() { PixelRect::new(3, 3, 8, 9) } else { bounds };
    let patch = |seed: u64| {
        let len = rect.size().area() * 3;
        let samples = match document.photo.frame.samples() {
            Samples::U8(_) => Samples::U8(vec![seed as u8; len]),
            Samples::U16(_) => Samples::U16(vec![seed as u16; len]),
        };
        let pixels = Frame::new(rect.size(), document.photo.frame.model(), samples).unwrap();
        Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 200)).unwrap())
    };
    let seeds = (0..count as u64).map(|at| seed.wrapping_add(at));
    seeds.map(|seed| Arc::new(Candidate { seed, patches: vec![patch(seed)], origin: None })).collect()
}

fn paint(mask: &mut Arc<Mask>, rect: PixelRect, value: u8) {
    Arc::make_mut(mask).write(rect, |_, _, _| value);
}

/// A history beside the plainest model of it: all states ever, and which one is current.
struct Bench {
    history: History,
    states: Vec<Document>,
    at: usize,
    /// The document when the gesture under way began.
    pressed: Option<Document>,
}

impl Bench {
    fn new(photo: Photo) -> Self {
        let document = Document::new(photo);
        let history = History::new(document.clone(), LIMITS);
        Self { history, states: vec![document], at: 0, pressed: None }
    }

    /// What the model knows of the end of a gesture.
    fn note_end(&mut self) {
        let Some(before) = self.pressed.take() else { return };
        if *self.history.document() != before {
            self.states.truncate(self.at + 1);
            self.states.push(self.history.document().clone());
            self.at += 1;
        }
    }

    fn gesture(&mut self, action: Action, change: impl FnOnce(&mut Document)) {
        self.note_end();
        let before = self.history.document().clone();
        let is_step = self.history.commit(action, change);
        assert_eq!(is_step, *self.history.document() != before, "a step if and only if something changed");
        self.pressed = Some(before);
        self.note_end();
    }

    fn id(&self, at: usize) -> ErasureId {
        let erasures = &self.history.document().erasures;
        erasures.get(at % (erasures.len() + 1)).map_or(ErasureId(u64::MAX), |erasure| erasure.id)
    }

    /// The oldest position of the model that history still knows.
    fn forgotten(&self) -> usize {
        self.states.len() - self.history.actions().len()
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Paint(rect, value) => self.gesture(Action::PaintMask, |d| paint(&mut d.holes, rect, value)),
            Deed::Sources(rect) => self.gesture(Action::PaintSources, |d| paint(&mut d.sample_never, rect, 255)),
            Deed::Invert => self.gesture(Action::ModifyMask, |d| {
                Arc::make_mut(&mut d.holes).write(SIZE.rect(), |_, _, old| 255 - old);
            }),
            Deed::Adopt(seed, count) => self.gesture(Action::Erase, |d| {
                let made = candidates(d, seed, count);
                assert_eq!(d.adopt(Recipe::default(), made).is_some(), count > 0, "adopted if there is anything");
            }),
            Deed::Choose(at, index) => {
                let id = self.id(at);
                self.gesture(Action::ChooseCandidate, |d| _ = d.choose(id, index));
            }
            Deed::Toggle(at) => {
                let id = self.id(at);
                self.gesture(Action::ToggleVisible, |d| _ = d.toggle_visible(id));
            }
            Deed::Delete(at) => {
                let id = self.id(at);
                self.gesture(Action::DeleteErasure, |d| _ = d.delete(id));
            }
            Deed::Move(at, is_up) => {
                let id = self.id(at);
                self.gesture(Action::ReorderErasures, |d| _ = if is_up { d.move_up(id) } else { d.move_down(id) });
            }
            Deed::Reroll(at, seed, count) => self.reroll(at, seed, count),
            Deed::Opacity(at, values) => self.slide(at, &values),
            deed => self.travel(&deed),
        }
    }

    fn reroll(&mut self, at: usize, seed: u64, count: usize) {
        let id = self.id(at);
        self.gesture(Action::Reroll, |d| {
            let made = candidates(d, seed, count);
            if d.add_candidates(id, made) {
                let erasure = d.erasure(id).unwrap();
                assert_eq!(erasure.candidate().unwrap().seed, seed, "the first new one shows");
                assert!(erasure.candidates.len() <= MAX_CANDIDATES, "bounded");
            }
        });
    }

    fn slide(&mut self, at: usize, values: &[f32]) {
        let (id, steps) = (self.id(at), self.history.actions().len());
        self.note_end();
        self.history.begin(Action::ChangeOpacity);
        self.pressed = Some(self.history.document().clone());
        for &value in values {
            self.history.edit(|d| _ = d.set_opacity(id, value));
        }
        self.history.end();
        self.note_end();
        assert!(self.history.actions().len() <= steps + 2, "a drag and what it ended are two steps at most");
    }

    /// Undo, redo and gestures that are not whole.
    fn travel(&mut self, deed: &Deed) {
        match deed {
            Deed::Half(rect) => {
                self.note_end();
                self.history.begin(Action::PaintMask);
                self.pressed = Some(self.history.document().clone());
                self.history.edit(|d| paint(&mut d.holes, *rect, 255));
            }
            Deed::Drag(rect) if self.history.is_in_gesture() => {
                self.history.edit(|d| paint(&mut d.holes, *rect, 90));
            }
            Deed::Release => {
                self.note_end();
                self.history.end();
            }
            Deed::Escape => {
                self.history.abort();
                if let Some(before) = self.pressed.take() {
                    assert!(self.history.document().is_same(&before), "taken back");
                }
            }
            Deed::Undo => {
                self.note_end();
                self.at -= usize::from(self.history.undo());
            }
            Deed::Redo => {
                self.note_end();
                self.at += usize::from(self.history.redo());
            }
            Deed::JumpTo(position) => {
                self.note_end();
                self.history.jump_to(*position);
                let last = self.history.actions().len() - 1;
                assert_eq!(self.history.position(), (*position).min(last), "there or as near as can be");
                self.at = self.forgotten() + self.history.position();
            }
            _ => {}
        }
    }

    fn check(&mut self, photo: &Photo) {
        let document = self.history.document().clone();
        assert_eq!(document.validate(), Ok(()), "invariants");
        assert!(document.photo.frame.is_same_buffer(&photo.frame), "the photo's buffer is never replaced");
        assert_eq!(document.photo, *photo, "nor changed");
        let states = self.history.actions().len();
        assert!(states <= 2 || self.history.undo_bytes() <= LIMITS.bytes, "bytes are bounded");
        assert!(self.history.position() <= LIMITS.steps, "steps are bounded");
        if self.history.is_in_gesture() {
            return;
        }
        assert_eq!(self.history.position() + self.forgotten(), self.at, "where the model is");
        assert!(document == self.states[self.at], "and what it has");
        if self.history.undo() {
            assert!(*self.history.document() == self.states[self.at - 1], "undo gives what was before");
            assert!(self.history.redo(), "and can be redone");
        }
        if self.history.redo() {
            assert!(*self.history.document() == self.states[self.at + 1], "redo gives what came after");
            assert!(self.history.undo(), "and can be undone");
        }
        assert!(self.history.document().is_same(&document), "both are the identity");
        assert_eq!(self.history.actions().len(), states, "and cost no state");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_gestures_keep_the_invariants(is_deep: bool, deeds in prop::collection::vec(deeds(), 1..40)) {
        let photo = photo(is_deep);
        let mut bench = Bench::new(photo.clone());
        for deed in deeds {
            bench.perform(deed);
            bench.check(&photo);
        }
    }
}
