//! Random gestures on an exploration keep its invariants, and its history is a line of snapshots whatever is done to it.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::sync::Arc;

use pentimento::document::explore::{
    End, Interpolation, Latent, MAX_KEYS, Pick, PicturePos, ProjectMethod, Projection, StrokeId, StrokeTool,
    Transferred,
};
use pentimento::document::{Exploration, ExploreAction, ExploreHistory, HistoryLimits};
use pentimento::imaging::{
    ColorModel, FileFormat, Frame, ImagePos, Mask, Metadata, Patch, Photo, PixelRect, Place, Plane, Samples, Size,
};
use proptest::prelude::*;

const LIMITS: HistoryLimits = HistoryLimits { steps: 15, bytes: 1 << 20 };

/// What a person does. Numbers are taken modulo whatever there is.
#[derive(Clone, Debug)]
enum Deed {
    /// Press, move, release.
    Stroke(u8, Vec<(f32, f32)>, f32),
    Warp((f32, f32), Vec<(f32, f32)>),
    Weight(usize, Vec<f32>),
    Toggle(usize),
    Delete(usize),
    Clear,
    Choose(u64, f32, f32),
    SetEnd(bool, f32, usize),
    Slide(Vec<f32>),
    Frames(u32, bool),
    Fix(f32, f32),
    Restart,
    Key(f32, f32),
    MoveKey(usize, f32),
    DeleteKey(usize),
    Model(u8),
    Starts(u64, u32),
    OpenPhoto(u32, u32),
    ClosePhoto,
    Place(f32, f32, f32, f32),
    Project(f32, f32),
    KeepRegion(i32),
    Transfer(f32, i32),
    Undo,
    Redo,
    JumpTo(usize),
    /// Presses and does not release.
    Half((f32, f32)),
    Escape,
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![12 => -0.5f32..1.5, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY), 1 => Just(1e9f32), 2 => Just(0.5f32)]
}

fn spot() -> impl Strategy<Value = (f32, f32)> {
    (number(), number())
}

fn spots() -> impl Strategy<Value = Vec<(f32, f32)>> {
    prop::collection::vec(spot(), 0..6)
}

fn brushes() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (any::<u8>(), spots(), number()).prop_map(|(tool, points, width)| Deed::Stroke(tool, points, width)),
        2 => (spot(), spots()).prop_map(|(from, way)| Deed::Warp(from, way)),
        2 => (any::<usize>(), prop::collection::vec(number(), 0..4)).prop_map(|(at, all)| Deed::Weight(at, all)),
        1 => any::<usize>().prop_map(Deed::Toggle),
        1 => any::<usize>().prop_map(Deed::Delete),
        1 => Just(Deed::Clear),
    ]
}

fn latents() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (any::<u64>(), number(), number()).prop_map(|(id, value, cost)| Deed::Choose(id, value, cost)),
        1 => (any::<bool>(), number(), 3usize..6).prop_map(|(to, value, dim)| Deed::SetEnd(to, value, dim)),
        2 => prop::collection::vec(number(), 0..4).prop_map(Deed::Slide),
        1 => (0u32..2000, any::<bool>()).prop_map(|(frames, arc)| Deed::Frames(frames, arc)),
        1 => (number(), number()).prop_map(|(value, smoothness)| Deed::Fix(value, smoothness)),
        1 => Just(Deed::Restart),
        3 => (number(), number()).prop_map(|(time, value)| Deed::Key(time, value)),
        2 => (any::<usize>(), number()).prop_map(|(at, time)| Deed::MoveKey(at, time)),
        1 => any::<usize>().prop_map(Deed::DeleteKey),
        1 => (0u8..3).prop_map(Deed::Model),
        1 => (any::<u64>(), any::<u32>()).prop_map(|(seed, starts)| Deed::Starts(seed, starts)),
    ]
}

fn photos() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => (0u32..40, 1u32..40).prop_map(|(width, height)| Deed::OpenPhoto(width, height)),
        1 => Just(Deed::ClosePhoto),
        2 => (-9.0f32..50.0, -9.0f32..50.0, number(), number()).prop_map(|(x, y, side, turn)| Deed::Place(x, y, side * 20.0, turn)),
        2 => (number(), number()).prop_map(|(value, error)| Deed::Project(value, error)),
        1 => (0i32..30).prop_map(Deed::KeepRegion),
        2 => (number(), -3i32..20).prop_map(|(at, x)| Deed::Transfer(at, x)),
    ]
}

fn travels() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Undo),
        3 => Just(Deed::Redo),
        1 => (0usize..20).prop_map(Deed::JumpTo),
        1 => spot().prop_map(Deed::Half),
        1 => Just(Deed::Escape),
    ]
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![4 => brushes(), 4 => latents(), 3 => photos(), 3 => travels()]
}

fn latent(value: f32) -> Latent {
    vec![value; 4].into()
}

fn picture(value: u8) -> Frame {
    Frame::new(Size::new(8, 8), ColorModel::Rgb, Samples::U8(vec![value; 192])).unwrap()
}

fn position((x, y): (f32, f32)) -> PicturePos {
    PicturePos::new(x, y)
}

fn photo(width: u32, height: u32) -> Photo {
    let size = Size::new(width, height);
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![width as u8; size.area() * 3])).unwrap();
    Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) }
}

fn transferred(at: f32, x: i32) -> Arc<Transferred> {
    let rect = PixelRect::new(x, 1, x + 4, 5);
    let pixels = Frame::new(rect.size(), ColorModel::Rgb, Samples::U8(vec![3; 48])).unwrap();
    let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 200)).unwrap());
    Arc::new(Transferred { patch, from: latent(0.1), to: latent(0.2), at })
}

/// A history beside the plainest model of it: all states ever, and which one is current.
struct Bench {
    history: ExploreHistory,
    states: Vec<Exploration>,
    at: usize,
    /// The exploration when the gesture under way began.
    pressed: Option<Exploration>,
}

impl Bench {
    fn new() -> Self {
        let exploration = Exploration::new("cats");
        let history = ExploreHistory::new(exploration.clone(), LIMITS);
        Self { history, states: vec![exploration], at: 0, pressed: None }
    }

    /// What the model knows of the end of a gesture.
    fn note_end(&mut self) {
        let Some(before) = self.pressed.take() else { return };
        if *self.history.exploration() != before {
            self.states.truncate(self.at + 1);
            self.states.push(self.history.exploration().clone());
            self.at += 1;
        }
    }

    fn begin(&mut self, action: ExploreAction) {
        self.note_end();
        self.history.begin(action);
        self.pressed = Some(self.history.exploration().clone());
    }

    fn end(&mut self) {
        let changed = self.pressed.as_ref().is_some_and(|before| before != self.history.exploration());
        assert_eq!(self.history.end(), changed, "a step if and only if something changed");
        self.note_end();
    }

    fn gesture(&mut self, action: ExploreAction, change: impl FnOnce(&mut Exploration)) {
        self.begin(action);
        self.history.edit(change);
        self.end();
    }

    fn id(&self, at: usize) -> StrokeId {
        let strokes = &self.history.exploration().strokes;
        strokes.get(at % (strokes.len() + 1)).map_or(StrokeId(u64::MAX), |stroke| stroke.id)
    }

    /// The oldest position of the model that history still knows.
    fn forgotten(&self) -> usize {
        self.states.len() - self.history.actions().len()
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Stroke(tool, points, width) => self.stroke(tool, &points, width),
            Deed::Warp(from, way) => self.warp(position(from), &way),
            Deed::Weight(at, values) => {
                let id = self.id(at);
                self.begin(ExploreAction::ChangeWeight);
                for value in values {
                    self.history.edit(|one| _ = one.set_weight(id, value));
                }
                self.end();
            }
            Deed::Toggle(at) => {
                let id = self.id(at);
                self.gesture(ExploreAction::ToggleStroke, |one| _ = one.toggle_stroke(id));
            }
            Deed::Delete(at) => {
                let id = self.id(at);
                self.gesture(ExploreAction::DeleteStroke, |one| {
                    assert_eq!(one.delete_stroke(id), id.0 != u64::MAX, "deleted if it is there");
                });
            }
            Deed::Clear => self.gesture(ExploreAction::ClearStrokes, |one| _ = one.clear_strokes()),
            deed => self.perform_on_latents(deed),
        }
    }

    fn stroke(&mut self, tool: u8, points: &[(f32, f32)], width: f32) {
        let (tool, action) = match tool % 3 {
            0 => (StrokeTool::Color { rgb: [tool; 3] }, ExploreAction::PaintColor),
            1 => (StrokeTool::Sketch { is_edge: tool > 99 }, ExploreAction::Sketch),
            _ => (StrokeTool::Keep { snapshot: picture(tool) }, ExploreAction::Keep),
        };
        self.begin(action);
        let mut id = None;
        self.history.edit(|one| id = one.add_stroke(tool, vec![PicturePos::new(0.5, 0.5)], width));
        assert_eq!(id.is_some(), width > 0.0 && width <= 1.0, "a width that can be drawn");
        for &point in points {
            let id = id.unwrap_or(StrokeId(u64::MAX));
            self.history.edit(|one| _ = one.extend_stroke(id, position(point)));
        }
        self.end();
    }

    fn warp(&mut self, from: PicturePos, way: &[(f32, f32)]) {
        self.begin(ExploreAction::Warp);
        let mut id = None;
        let tool = StrokeTool::Warp { from, to: from, snapshot: picture(1) };
        self.history.edit(|one| id = one.add_stroke(tool, Vec::new(), 0.3));
        for &to in way {
            self.history.edit(|one| _ = one.move_warp(id.unwrap_or(StrokeId(u64::MAX)), position(to)));
        }
        self.end();
    }

    fn perform_on_latents(&mut self, deed: Deed) {
        match deed {
            Deed::Choose(id, value, cost) => self.gesture(ExploreAction::Choose, |one| {
                let pick = Pick { id, latent: latent(value), start: latent(0.0), cost };
                assert_eq!(one.choose(pick), value.is_finite() && cost.is_finite(), "chosen if it is one");
            }),
            Deed::SetEnd(is_to, value, dim) => self.gesture(ExploreAction::SetEnd, |one| {
                let (end, latent) = (if is_to { End::To } else { End::From }, Latent::from(vec![value; dim]));
                let fits = one.latent_dim().is_none_or(|known| known == dim) && value.is_finite();
                assert_eq!(one.set_end(end, latent), fits, "of the right length");
                // Later deeds have latents of four numbers.
                if fits && dim != 4 {
                    (one.slider.from, one.slider.to) = (None, None);
                    one.visited.clear();
                }
            }),
            Deed::Slide(values) => {
                self.begin(ExploreAction::Slide);
                for value in values {
                    self.history.edit(|one| _ = one.slide(value));
                }
                self.end();
            }
            Deed::Frames(frames, is_arc) => self.gesture(ExploreAction::ChangeSlider, |one| {
                one.set_frames(frames);
                one.set_interpolation(if is_arc { Interpolation::Spherical } else { Interpolation::Linear });
            }),
            Deed::Fix(value, smoothness) => self.gesture(ExploreAction::Fix, |one| {
                assert_eq!(one.fix(latent(value)), value.is_finite(), "fixed");
                one.set_smoothness(smoothness);
            }),
            Deed::Restart => self.gesture(ExploreAction::Restart, |one| {
                one.restart();
                assert!(one.strokes.is_empty() && one.chosen.is_none() && one.fixed.is_none(), "all forgotten");
            }),
            Deed::Key(time, value) => self.gesture(ExploreAction::EditKeys, |one| {
                if one.set_key(time, latent(value)) {
                    assert!(one.keys.len() <= MAX_KEYS && one.keys.iter().any(|key| key.time == time), "it is there");
                }
            }),
            Deed::MoveKey(at, time) => self.gesture(ExploreAction::EditKeys, |one| {
                let at = at % (one.keys.len() + 1);
                let moved = one.keys.get(at).map(|key| key.latent.clone());
                if let Some(new) = one.move_key(at, time) {
                    assert_eq!(Some(&one.keys[new].latent), moved.as_ref(), "the same one");
                }
            }),
            Deed::DeleteKey(at) => self.gesture(ExploreAction::EditKeys, |one| _ = one.delete_key(at % 9)),
            Deed::Model(model) => self.gesture(ExploreAction::ChangeModel, |one| {
                if one.set_model(format!("model {model}")) {
                    assert_eq!(one.latents().count(), 0, "latents of another model mean nothing");
                }
            }),
            Deed::Starts(seed, starts) => self.gesture(ExploreAction::ChangeStarts, |one| one.set_starts(seed, starts)),
            deed => self.perform_on_photo(deed),
        }
    }

    fn perform_on_photo(&mut self, deed: Deed) {
        match deed {
            Deed::OpenPhoto(width, height) => self.gesture(ExploreAction::ChangePhoto, |one| {
                assert_eq!(one.open_photo(photo(width, height)), width > 0, "a photo has pixels");
            }),
            Deed::ClosePhoto => self.gesture(ExploreAction::ChangePhoto, |one| _ = one.close_photo()),
            Deed::Place(x, y, side, rotation) => self.gesture(ExploreAction::Place, |one| {
                one.set_place(Place { center: ImagePos::new(x, y), side, rotation });
            }),
            Deed::Project(value, error) => self.gesture(ExploreAction::Project, |one| {
                let projection = Projection { latent: latent(value), method: ProjectMethod::Hybrid, error };
                one.set_projection(projection);
            }),
            Deed::KeepRegion(x) => self.gesture(ExploreAction::KeepRegion, |one| {
                let size = one.photo.as_ref().map_or(Size::new(3, 3), |work| work.photo.frame.size());
                let mut kept = Mask::empty(size);
                kept.write(PixelRect::new(x, 0, x + 3, 2), |_, _, _| 255);
                one.set_kept(Arc::new(kept));
            }),
            Deed::Transfer(at, x) => self.gesture(ExploreAction::Transfer, |one| {
                one.set_result(Some(transferred(at, x)));
            }),
            deed => self.travel(&deed),
        }
    }

    /// Undo, redo and gestures that are not whole.
    fn travel(&mut self, deed: &Deed) {
        match deed {
            Deed::Half(at) => {
                self.begin(ExploreAction::PaintColor);
                let tool = StrokeTool::Color { rgb: [1, 2, 3] };
                self.history.edit(|one| _ = one.add_stroke(tool, vec![position(*at)], 0.1));
            }
            Deed::Escape => {
                self.history.abort();
                if let Some(before) = self.pressed.take() {
                    assert!(self.history.exploration().is_same(&before), "taken back");
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
                self.at = self.forgotten() + self.history.position();
            }
            _ => {}
        }
    }

    fn check(&mut self) {
        let exploration = self.history.exploration().clone();
        assert_eq!(exploration.validate(), Ok(()), "invariants");
        let states = self.history.actions().len();
        assert!(states <= 2 || self.history.undo_bytes() <= LIMITS.bytes, "bytes are bounded");
        assert!(self.history.position() <= LIMITS.steps, "steps are bounded");
        if self.history.is_in_gesture() {
            return;
        }
        assert_eq!(self.history.position() + self.forgotten(), self.at, "where the model is");
        assert!(exploration == self.states[self.at], "and what it has");
        if self.history.undo() {
            assert!(*self.history.exploration() == self.states[self.at - 1], "undo gives what was before");
            assert!(self.history.redo(), "and can be redone");
        }
        if self.history.redo() {
            assert!(*self.history.exploration() == self.states[self.at + 1], "redo gives what came after");
            assert!(self.history.undo(), "and can be undone");
        }
        assert!(self.history.exploration().is_same(&exploration), "both are the identity");
        assert_eq!(self.history.actions().len(), states, "and cost no state");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_gestures_keep_the_invariants(deeds in prop::collection::vec(deeds(), 1..50)) {
        let mut bench = Bench::new();
        for deed in deeds {
            bench.perform(deed);
            bench.check();
        }
    }
}
