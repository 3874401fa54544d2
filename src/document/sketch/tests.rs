//! Sketches: what can be done to them, their history, and files.

use std::sync::Arc;

use super::*;
use crate::document::journal::Journal;
use crate::document::{Contents, HistoryLimits, SessionLimits, SketchHistory, Timeline, recovery, session_file};
use crate::imaging::ink::{Sample, raster_layers, shapes};
use crate::imaging::{ColorModel, Frame, Samples, Size};

fn stroke(x: f32) -> Stroke {
    Stroke::computed(Tool::Pen, shapes::line((x, 0.2), (x, 0.8)))
}

fn picture(side: u32, value: u8) -> Frame {
    let size = Size::new(side, side);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).unwrap()
}

fn result(of: &Sketch, value: u8, is_full: bool) -> Arc<SketchResult> {
    Arc::new(SketchResult { picture: picture(8, value), of: of.key(), network: "cats".to_owned(), is_full })
}

fn shown(history: &SketchHistory) -> Option<u8> {
    let result = history.sketch().result.as_ref().filter(|_| history.sketch().is_fresh())?;
    Some(result.picture.rgb_at(0, 0)[0] as u8)
}

fn draw(history: &mut SketchHistory, x: f32) -> bool {
    history.commit(SketchAction::Draw, |sketch| assert!(sketch.add_stroke(stroke(x)), "there is room"))
}

fn history() -> SketchHistory {
    Timeline::new(Sketch::new("cats", "first"), HistoryLimits::default())
}

#[test]
fn one_undo_takes_back_a_stroke_and_its_picture() {
    let mut history = history();
    draw(&mut history, 0.2);
    let first = result(history.sketch(), 1, true);
    history.amend(|sketch| {
        sketch.take_result(&first);
    });
    draw(&mut history, 0.4);
    assert_eq!((shown(&history), history.sketch().is_fresh()), (None, false), "the old picture shows, and is stale");
    assert!(history.sketch().result.is_some(), "but it is not taken away");
    let second = result(history.sketch(), 2, true);
    draw(&mut history, 0.6);
    history.amend(|sketch| {
        sketch.take_result(&second);
    });
    assert_eq!(shown(&history), None, "a late picture is not that of the newest strokes");
    let third = result(history.sketch(), 3, true);
    history.amend(|sketch| {
        sketch.take_result(&third);
    });
    assert_eq!((history.position(), shown(&history)), (3, Some(3)), "three strokes, three steps");
    assert!(history.undo() && shown(&history) == Some(2), "one undo: the stroke and its picture");
    assert!(history.undo() && shown(&history) == Some(1), "and the one before");
    assert!(history.redo() && history.redo() && shown(&history) == Some(3), "forth again");
}

#[test]
fn a_preview_never_replaces_the_full_picture() {
    let mut sketch = Sketch::new("cats", "first");
    assert!(sketch.add_stroke(stroke(0.3)), "drawn");
    assert!(sketch.take_result(&result(&sketch, 1, false)), "a preview");
    assert!(sketch.take_result(&result(&sketch, 2, true)), "the full one");
    assert!(!sketch.take_result(&result(&sketch, 3, false)), "no way back");
    let key = sketch.key();
    assert!(sketch.set_seed(7) && sketch.key() != key && !sketch.is_fresh(), "another variant is another picture");
    assert!(sketch.set_seed(Sketch::STEADY) && sketch.is_fresh(), "and back");
    assert!(sketch.set_refinement(0.5) && sketch.key() != key, "so is another refinement");
}

#[test]
fn mirrored_strokes_come_and_go_together() {
    let mut history = history();
    assert!(
        history.commit(SketchAction::ChangeMirror, |sketch| assert!(sketch.set_mirror(Some(Mirror::MIDDLE)))),
        "set"
    );
    draw(&mut history, 0.2);
    let strokes = history.sketch().layers[0].strokes();
    assert_eq!((strokes.len(), strokes[1].samples[0].x), (2, 0.8), "both sides");
    assert!(history.undo() && history.sketch().stroke_count() == 0, "one step");
    let mut sketch = history.sketch().clone();
    assert!(!sketch.set_mirror(Some(Mirror::Level(1.5))), "outside of the paper");
}

#[test]
fn layers_are_ordered_hidden_and_soloed() {
    let mut sketch = Sketch::new("cats", "first");
    let first = sketch.active;
    assert!(sketch.add_stroke(stroke(0.2)), "on the first");
    let second = sketch.add_layer("second").unwrap();
    assert!(sketch.active == second && sketch.add_stroke(stroke(0.5)), "on the second");
    assert!(sketch.toggle_layer(second) && !sketch.add_stroke(stroke(0.6)), "nothing is drawn on a hidden layer");
    let at = |sketch: &Sketch, x: u32| raster_layers(&sketch.counting_strokes(), 100).at(x, 50) > 0.0;
    assert!(at(&sketch, 20) && !at(&sketch, 50), "hidden");
    let key = sketch.key();
    assert!(sketch.toggle_solo(second) && !at(&sketch, 20) && at(&sketch, 50), "soloed, even though hidden");
    assert_ne!(sketch.key(), key, "other ink");
    assert!(sketch.toggle_solo(second) && sketch.key() == key, "the same ink");
    assert!(sketch.rename_layer(second, "eyes") && sketch.key() == key, "a name is no ink");
    assert!(sketch.move_layer(second, 0) && sketch.layers[0].id == second && !sketch.move_layer(second, 0), "down");
    assert!(sketch.remove_layer(second) && sketch.active == first && !sketch.remove_layer(first), "the last one stays");
    assert!(!sketch.activate(second) && sketch.validate().is_ok(), "gone for good");
    assert_eq!(sketch.add_layer("third"), Some(LayerId(3)), "names are never used again");
}

#[test]
fn strokes_are_rubbed_out_whole() {
    let mut sketch = Sketch::new("cats", "first");
    assert!(sketch.add_stroke(stroke(0.2)) && sketch.add_stroke(stroke(0.6)), "two");
    let (key, second) = (sketch.key(), stroke(0.6).digest());
    assert_eq!(sketch.rub_out(|stroke| stroke.digest() == second), 1, "the one that was touched");
    assert!(sketch.stroke_count() == 1 && sketch.key() != key, "the other one stays");
    assert!(sketch.add_stroke(stroke(0.6)) && sketch.key() == key, "drawn again it is the same ink");
    assert_eq!(sketch.rub_out(|_| false), 0, "a miss");
    assert!(sketch.clear() && sketch.is_blank() && !sketch.clear(), "cleared");
}

#[test]
fn what_is_out_of_range_changes_nothing() {
    let mut sketch = Sketch::new("cats", "first");
    let bad = [
        Stroke { size: 0.0, ..stroke(0.5) },
        Stroke { size: f32::NAN, ..stroke(0.5) },
        Stroke { thinning: 2.0, ..stroke(0.5) },
        stroke(99.0),
        Stroke::new(Tool::Pen, Vec::new()),
        Stroke::new(Tool::Pen, vec![Sample::new(0.1, 0.1, 9), Sample::new(0.2, 0.2, 3)]),
        Stroke::new(Tool::Pen, vec![Sample { pressure: f32::NAN, ..Sample::new(0.1, 0.1, 0) }]),
    ];
    let before = sketch.clone();
    for stroke in bad {
        assert!(!sketch.add_stroke(stroke.clone()), "{stroke:?}");
    }
    let below = UnderDrawing::new(picture(3, 0), 1.5);
    assert!(!sketch.set_under_drawing(Some(below)) && !sketch.set_refinement(f32::NAN), "nor settings");
    assert_eq!(sketch, before, "untouched");
    while sketch.layers.len() < MAX_LAYERS {
        sketch.add_layer("more").unwrap();
    }
    assert!(sketch.add_layer("too many").is_none() && sketch.validate().is_ok(), "full");
}

fn rich() -> Sketch {
    let mut sketch = Sketch::new("cats", "first");
    assert!(sketch.set_mirror(Some(Mirror::MIDDLE)) && sketch.add_stroke(stroke(0.2)), "mirrored");
    let below = UnderDrawing::new(picture(9, 200), 0.25);
    assert!(sketch.set_under_drawing(Some(below)) && sketch.set_refinement(0.3) && sketch.set_seed(u64::MAX), "set");
    sketch.add_layer("second").unwrap();
    assert!(
        sketch.add_stroke(Stroke { color: [1, 2, 3], ..Stroke::new(Tool::Hint, shapes::line((0.1, 0.1), (0.2, 0.3))) }),
        "a hint"
    );
    assert!(sketch.toggle_layer(LayerId(1)) && sketch.toggle_solo(LayerId(2)), "looks");
    let result = result(&sketch, 77, true);
    assert!(sketch.take_result(&result), "its picture");
    sketch
}

#[test]
fn sessions_and_journals_hold_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, limits) = (folder.path().join("a.pentimento"), SessionLimits::default());
    let contents = Contents::from(rich());
    session_file::save(&contents, &path).unwrap();
    let loaded = session_file::load(&path, &limits).unwrap();
    assert_eq!(loaded, contents, "as it was");
    assert!(loaded.sketch.is_some_and(|sketch| sketch.is_fresh()), "its picture is still that of its strokes");
    let mut journal = Journal::create(folder.path()).unwrap();
    journal.append(&contents).unwrap();
    let journal_path = folder.path().join("journal");
    let before = journal_path.metadata().unwrap().len();
    let mut more = contents.clone();
    assert!(more.sketch.as_mut().unwrap().add_stroke(stroke(0.9)), "one more");
    journal.append(&more).unwrap();
    let grown = journal_path.metadata().unwrap().len() - before;
    assert!(grown < 4000, "only the new stroke is written: {grown} bytes");
    assert_eq!(recovery::recover(folder.path(), &limits).unwrap(), Some(more), "the newest");
}

#[test]
fn ten_thousand_strokes_are_drawn_undone_and_saved() {
    let mut history = history();
    let samples: Arc<[Sample]> = shapes::line((0.1, 0.1), (0.2, 0.2)).into();
    let strokes = (0..10_000u32).map(|at| {
        let moved = samples.iter().map(|sample| Sample { x: sample.x + at as f32 / 20_000.0, ..*sample });
        Arc::new(Stroke::new(Tool::Pen, moved.collect::<Vec<_>>()))
    });
    let strokes: Vec<_> = strokes.collect();
    assert!(history.commit(SketchAction::Import, |sketch| assert!(sketch.add_strokes(strokes), "they fit")), "a step");
    for at in 0..250 {
        draw(&mut history, at as f32 / 250.0);
    }
    assert_eq!((history.position(), history.sketch().stroke_count()), (200, 10_250), "the oldest steps are forgotten");
    assert!(history.undo_bytes() > 200 * 8 * 10_000, "snapshots weigh something: {}", history.undo_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.pentimento");
    let contents = Contents::from(history.sketch().clone());
    session_file::save(&contents, &path).unwrap();
    assert_eq!(session_file::load(&path, &SessionLimits::default()).unwrap(), contents, "all of them");
}
