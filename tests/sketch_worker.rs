//! Sketches through the worker's front door, with a network that is a formula and counts how often it runs.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use candle_core::{Result as TensorResult, Tensor};
use crossbeam_channel::{Receiver, bounded};
use pentimento::document::sketch::UnderDrawing;
use pentimento::document::{Contents, Sketch};
use pentimento::generators::sketcher::{Inputs, Sketcher, Variation};
use pentimento::imaging::ink::{Background, Stroke, Tool, shapes};
use pentimento::imaging::io::{self, Limits};
use pentimento::imaging::{ColorModel, Frame, Samples, Size};
use pentimento::worker::sketching::{
    AnimationFormat, ExportSketch, ImportedDrawing, Quality, SketchDone, SketchExport, SketchPreview, SketchRequest,
    SketchShown, Themes, TimeLapse,
};
use pentimento::worker::{Done, Event, Failure, Lane, Preview, Request, Ticket, Worker, WorkerOptions};
use tempfile::TempDir;

/// Red where there is ink; blue is the seed.
struct Formula {
    runs: Arc<AtomicUsize>,
    time: Duration,
    side: usize,
}

impl Sketcher for Formula {
    fn side(&self) -> usize {
        self.side
    }

    fn multiple(&self) -> usize {
        4
    }

    fn inputs(&self) -> Inputs {
        Inputs { has_hints: false, is_for_ink: true }
    }

    fn macs(&self, side: usize) -> u64 {
        1_000_000 * (side * side) as u64
    }

    fn paint(&self, ink: &Tensor, _hints: Option<&Tensor>, variation: Variation) -> TensorResult<Tensor> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let start = Instant::now();
        while start.elapsed() < self.time {
            std::hint::spin_loop();
        }
        let seed = match variation {
            Variation::Steady => -1.0,
            Variation::Seeded(seed) => seed as f64 / 10.0,
        };
        Tensor::cat(&[ink.affine(2.0, -1.0)?, (ink.zeros_like()? - 1.0)?, (ink.zeros_like()? + seed)?], 1)
    }

    fn translate(&self, pictures: &Tensor, _variation: Variation) -> TensorResult<Tensor> {
        Ok(pictures.clone())
    }
}

/// Turns photos into their negatives.
struct Negative;

impl Sketcher for Negative {
    fn side(&self) -> usize {
        64
    }

    fn multiple(&self) -> usize {
        16
    }

    fn inputs(&self) -> Inputs {
        Inputs { has_hints: false, is_for_ink: false }
    }

    fn macs(&self, side: usize) -> u64 {
        (side * side) as u64
    }

    fn paint(&self, ink: &Tensor, _hints: Option<&Tensor>, variation: Variation) -> TensorResult<Tensor> {
        self.translate(&Tensor::cat(&[ink, ink, ink], 1)?, variation)
    }

    fn translate(&self, pictures: &Tensor, _variation: Variation) -> TensorResult<Tensor> {
        pictures.neg()
    }
}

struct Bench {
    worker: Worker,
    awake: Receiver<()>,
    runs: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Bench {
    fn new(time: Duration) -> Self {
        Self::with(time, 64)
    }

    /// With a network for pictures of `side` pixels.
    fn with(time: Duration, side: usize) -> Self {
        let (wake, awake) = bounded(1);
        let wake = Arc::new(move || {
            wake.try_send(()).ok();
        });
        let runs = Arc::new(AtomicUsize::new(0));
        let network: Arc<dyn Sketcher> = Arc::new(Formula { runs: Arc::clone(&runs), time, side });
        let negative: Arc<dyn Sketcher> = Arc::new(Negative);
        let themes = Themes::ready(vec![("rings".to_owned(), network), ("negative".to_owned(), negative)]);
        let options = WorkerOptions { threads: Some(1), themes, ..WorkerOptions::default() };
        let worker = Worker::start(wake, options).unwrap();
        Self { worker, awake, runs, folder: tempfile::tempdir().unwrap() }
    }

    fn submit(&self, asked: SketchRequest) -> Ticket {
        self.worker.submit(Request::Sketch(asked))
    }

    /// All events of `asked`, its outcome last.
    fn wait(&self, asked: Ticket) -> (Vec<Event>, Option<Result<SketchDone, Failure>>) {
        let end = Instant::now() + Duration::from_mins(1);
        let mut before = Vec::new();
        loop {
            while let Some(event) = self.worker.try_recv() {
                match event {
                    Event::Done(ticket, Done::Sketch(done)) if ticket == asked => return (before, Some(Ok(done))),
                    Event::Failed(ticket, failure) if ticket == asked => return (before, Some(Err(failure))),
                    Event::Cancelled(ticket) if ticket == asked => return (before, None),
                    other => before.push(other),
                }
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "an outcome in time, after {before:?}");
        }
    }

    fn ask(&self, asked: SketchRequest) -> (Vec<Event>, Result<SketchDone, Failure>) {
        let (before, outcome) = self.wait(self.submit(asked));
        (before, outcome.expect("nobody cancels it"))
    }

    fn paint(&self, sketch: &Sketch, quality: Quality) -> (Vec<Event>, SketchShown) {
        let (before, outcome) = self.ask(SketchRequest::Paint { sketch: sketch.clone(), quality });
        let Ok(SketchDone::Painted(shown)) = outcome else { panic!("a picture, not {outcome:?}") };
        (before, *shown)
    }

    fn runs(&self) -> usize {
        self.runs.swap(0, Ordering::SeqCst)
    }

    fn export(&self, sketch: &Sketch, name: &str, what: SketchExport) -> PathBuf {
        let path = self.folder.path().join(name);
        let asked = ExportSketch { sketch: sketch.clone(), path: path.clone(), what };
        let (_, outcome) = self.ask(SketchRequest::Export(asked));
        let Ok(SketchDone::Exported { path: written, bytes }) = outcome else { panic!("{name}: {outcome:?}") };
        assert!(written == path && bytes > 20, "{name} has {bytes} bytes");
        path
    }

    fn picture(&self, sketch: &Sketch, name: &str, what: SketchExport) -> Frame {
        io::read(&self.export(sketch, name, what), &Limits::default()).unwrap().frame
    }
}

fn ring(radius: f32) -> Stroke {
    Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (radius, radius)))
}

fn sketch() -> Sketch {
    let mut sketch = Sketch::new("rings", "first");
    assert!(sketch.add_stroke(ring(0.3)), "a ring");
    sketch
}

#[test]
fn a_preview_comes_first_and_nothing_runs_when_nothing_changed() {
    let bench = Bench::with(Duration::ZERO, 256);
    let mut sketch = sketch();
    let (before, shown) = bench.paint(&sketch, Quality::Full);
    let previews: Vec<_> = before
        .iter()
        .filter_map(|event| match event {
            Event::Preview(_, Preview::Sketch(SketchPreview::Picture(shown))) => Some(shown.clone()),
            _ => None,
        })
        .collect();
    let sides = |shown: &SketchShown| shown.result.as_ref().map(|result| (result.side(), result.is_full));
    assert_eq!(previews.iter().map(|shown| sides(shown)).collect::<Vec<_>>(), [Some((128, false))], "half the side");
    assert_eq!((sides(&shown), bench.runs()), (Some((256, true)), 2), "then the full one");
    assert!(shown.key == sketch.key() && previews[0].key == shown.key, "both belong to these strokes");
    assert!(shown.millis >= shown.network_millis && !shown.is_kept, "honest times");
    assert!(sketch.take_result(shown.result.as_ref().unwrap()) && sketch.is_fresh(), "the document takes it");
    let (_, again) = bench.paint(&sketch, Quality::Full);
    assert_eq!((again.is_kept, again.network_millis, bench.runs()), (true, 0.0, 0), "nothing runs");
    assert!(sketch.add_stroke(ring(0.3)), "the same ring once more: other strokes, the same ink");
    let (_, again) = bench.paint(&sketch, Quality::Preview);
    assert_eq!(
        (again.is_kept, again.key == sketch.key(), bench.runs()),
        (true, true, 0),
        "nor does it for the same ink"
    );
    assert!(sketch.add_stroke(ring(0.1)), "another ring");
    let (_, other) = bench.paint(&sketch, Quality::Preview);
    assert_eq!((other.is_kept, bench.runs()), (false, 1), "one run");
}

#[test]
fn small_pictures_have_no_smaller_preview() {
    let bench = Bench::with(Duration::ZERO, 128);
    let (before, shown) = bench.paint(&sketch(), Quality::Full);
    assert!(!before.iter().any(|event| matches!(event, Event::Preview(..))), "the view does not jump");
    assert_eq!(shown.result.map(|result| (result.side(), result.is_full)), Some((128, true)), "one picture");
    bench.runs();
    let (_, quick) = bench.paint(&sketch(), Quality::Preview);
    assert_eq!(quick.result.map(|result| result.side()), Some(128), "while the pen moves, too");
    assert!(quick.is_kept && bench.runs() == 0, "and what it saw is not painted again");
}

#[test]
fn blank_paper_gives_no_picture_and_runs_nothing() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = Sketch::new("rings", "first");
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(shown.result.is_none() && bench.runs() == 0, "calm");
    let eraser = Stroke { size: 0.9, ..Stroke::computed(Tool::Eraser, shapes::line((0.1, 0.5), (0.9, 0.5))) };
    assert!(sketch.add_stroke(ring(0.3)) && sketch.add_stroke(eraser), "drawn, and rubbed out");
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(shown.result.is_none() && bench.runs() == 0, "erased is blank too");
    let (_, outcome) = bench.ask(SketchRequest::Variants { sketch: sketch.clone(), seeds: vec![1, 2] });
    assert!(matches!(outcome, Ok(SketchDone::Variants(shown)) if shown.is_empty()), "no variants of nothing");
    let what = SketchExport::Result { background: Background::Keep };
    let path = bench.folder.path().join("none.png");
    let (_, outcome) = bench.ask(SketchRequest::Export(ExportSketch { sketch, path: path.clone(), what }));
    assert_eq!((outcome.unwrap_err().key, path.exists()), ("error-sketch-blank", false), "nothing is written");
}

#[test]
fn the_newest_strokes_win() {
    let bench = Bench::new(Duration::from_millis(40));
    let mut sketch = sketch();
    let mut tickets = Vec::new();
    for at in 0..12 {
        assert!(sketch.add_stroke(ring(0.05 + 0.02 * at as f32)), "more");
        tickets.push(bench.submit(SketchRequest::Paint { sketch: sketch.clone(), quality: Quality::Full }));
    }
    let newest = tickets[11];
    let (before, outcome) = bench.wait(newest);
    let Some(Ok(SketchDone::Painted(shown))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(shown.key, sketch.key(), "that of the newest");
    let outcomes = before.iter().filter(|event| matches!(event, Event::Cancelled(_) | Event::Done(..))).count();
    assert_eq!(outcomes, 11, "each of the others has its outcome");
    assert!(bench.runs() < 12, "not all of them ran");
    let ticket = bench.submit(SketchRequest::Paint { sketch: self::sketch(), quality: Quality::Full });
    bench.worker.cancel(Lane::Sketch);
    assert!(bench.wait(ticket).1.is_none(), "cancelled");
}

#[test]
fn variants_differ_and_belong_to_their_seeds() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = sketch();
    let seeds = vec![0, 3, 9];
    let (before, outcome) = bench.ask(SketchRequest::Variants { sketch: sketch.clone(), seeds: seeds.clone() });
    let Ok(SketchDone::Variants(variants)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(variants.iter().map(|one| one.seed).collect::<Vec<_>>(), seeds, "one each");
    let shown =
        before.iter().filter(|event| matches!(event, Event::Preview(_, Preview::Sketch(SketchPreview::Variant(_)))));
    assert_eq!(shown.count(), 3, "one after the other");
    assert_ne!(variants[1].result.picture, variants[2].result.picture, "they differ");
    assert!(sketch.set_seed(9) && sketch.take_result(&variants[2].result), "choosing one is free");
    bench.runs();
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(shown.is_kept && shown.result.unwrap().picture == variants[2].result.picture, "and it is kept");
}

#[test]
fn themes_are_listed_loaded_and_missed() {
    let bench = Bench::new(Duration::ZERO);
    let Ok(SketchDone::Themes { themes, problems }) = bench.ask(SketchRequest::ListThemes).1 else { panic!("themes") };
    assert!(problems.is_empty() && themes.len() == 2 && &*themes[0].name == "rings", "both");
    assert_eq!((themes[0].side, themes[0].preview_side), (64, 64), "its sides");
    let loaded = bench.ask(SketchRequest::LoadTheme { theme: "rings".into() }).1;
    assert!(matches!(loaded, Ok(SketchDone::ThemeLoaded { theme, .. }) if &*theme == "rings"), "ready");
    let mut sketch = sketch();
    sketch.set_theme("dragons");
    let (_, outcome) = bench.ask(SketchRequest::Paint { sketch, quality: Quality::Full });
    let failure = outcome.unwrap_err();
    assert_eq!(failure.key, "error-unknown-theme", "typed");
    assert_eq!(failure.headline, "no theme is called \"dragons\" (there are: rings, negative)", "and a sentence");
}

#[test]
fn ten_thousand_strokes_and_a_crowded_paper_are_painted() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = sketch();
    let wide = |at: u32| {
        let y = at as f32 / 10_000.0;
        Arc::new(Stroke { size: 0.05, ..Stroke::computed(Tool::Pen, shapes::line((0.45, y), (0.55, y))) })
    };
    assert!(sketch.add_strokes((0..10_000).map(wide)), "they fit");
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(shown.result.is_some(), "painted in {} ms", shown.millis);
}

#[test]
fn every_export_is_written_and_can_be_read_again() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = sketch();
    sketch.add_layer("second").unwrap();
    assert!(sketch.add_stroke(ring(0.1)), "on another layer");
    let below = Frame::new(Size::new(4, 2), ColorModel::Rgb, Samples::U8(vec![90; 24])).unwrap();
    assert!(sketch.set_under_drawing(Some(UnderDrawing::new(below, 0.5))), "drawn after this");
    let ink = bench.picture(&sketch, "ink.png", SketchExport::Ink { side: 400 });
    assert_eq!((ink.size(), ink.rgb_at(2, 2)[0]), (Size::new(400, 400), 255.0), "black on white");
    assert!(ink.rgb_at(320, 200)[0] < 60.0, "the ring");
    let keep = bench.picture(&sketch, "keep.png", SketchExport::Result { background: Background::Keep });
    assert_eq!((keep.size(), keep.model()), (Size::new(64, 64), ColorModel::Rgb), "as it is");
    let cut = bench.picture(&sketch, "cut.png", SketchExport::Result { background: Background::Silhouette });
    assert_eq!((cut.alpha_at(1, 1), cut.alpha_at(32, 32)), (0.0, 1.0), "only what the ring encloses");
    let pair = bench.picture(&sketch, "pair.png", SketchExport::Pair);
    assert_eq!(pair.size(), Size::new(128, 64), "A|B");
    let red =
        Stroke { size: 0.2, color: [255, 0, 0], ..Stroke::computed(Tool::Hint, shapes::line((0.5, 0.5), (0.5, 0.52))) };
    let mut hinted = sketch.clone();
    assert!(hinted.add_stroke(red), "a hint");
    let pair = bench.picture(&hinted, "hinted.png", SketchExport::Pair);
    assert_eq!(pair.rgb_at(32, 30)[1], 0.0, "colors show beside the lines");
    for (name, what) in [("a.svg", SketchExport::Svg), ("a.ndjson", SketchExport::QuickDraw)] {
        let path = bench.export(&sketch, name, what);
        let (_, outcome) = bench.ask(SketchRequest::Import { path, is_under: false });
        let Ok(SketchDone::Imported(drawing)) = outcome else { panic!("{name}: {outcome:?}") };
        let ImportedDrawing::Strokes { strokes, .. } = *drawing else { panic!("{name} holds strokes") };
        assert_eq!(strokes.len(), 2, "{name}");
    }
    let ora = std::fs::read(bench.export(&sketch, "a.ora", SketchExport::OpenRaster { side: 64 })).unwrap();
    assert_eq!(&ora[30..54], b"mimetypeimage/openraster", "layers");
    let lapse =
        |format| SketchExport::TimeLapse(TimeLapse { format, side: 64, frames: 5, rate: 10.0, has_pictures: true });
    let gif = std::fs::read(bench.export(&sketch, "a.gif", lapse(AnimationFormat::Gif))).unwrap();
    assert!(gif.starts_with(b"GIF89a"), "it moves");
    let last = bench.export(&sketch, "lapse", lapse(AnimationFormat::Pngs));
    let mut names: Vec<_> = last.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let end = io::read(names.last().unwrap(), &Limits::default()).unwrap().frame;
    assert_eq!(end.size(), Size::new(128, 64), "strokes and picture");
}

#[test]
fn a_theme_for_photos_changes_what_lies_under_the_paper_and_is_drawn_over_it() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = Sketch::new("negative", "first");
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(shown.result.is_none(), "nothing below, nothing drawn");
    let photo =
        |value: u8| Frame::new(Size::new(40, 20), ColorModel::Rgb, Samples::U8(vec![value; 40 * 20 * 3])).unwrap();
    assert!(sketch.set_under_drawing(Some(UnderDrawing::new(photo(60), 0.5))), "a photo");
    let painted = |sketch: &Sketch| {
        let (_, shown) = bench.paint(sketch, Quality::Full);
        assert_eq!(shown.key, sketch.key(), "of this very sketch");
        shown.result.unwrap().picture.clone()
    };
    let picture = painted(&sketch);
    assert_eq!(picture.size(), Size::new(64, 64), "as the paper");
    let near = |value: f32, wanted: f32| (value - wanted).abs() < 3.0;
    assert!(
        near(picture.rgb_at(32, 32)[0], 195.0) && near(picture.rgb_at(32, 3)[0], 0.0),
        "the photo, and white beside it"
    );
    let before = sketch.key();
    assert!(
        sketch.set_under_drawing(Some(UnderDrawing::new(photo(60), 0.9))) && sketch.key() == before,
        "only fainter"
    );
    assert!(
        sketch.set_under_drawing(Some(UnderDrawing::new(photo(90), 0.9))) && sketch.key() != before,
        "another photo"
    );
    assert!(sketch.add_stroke(Stroke { size: 0.1, ..ring(0.25) }), "a line over it");
    let ring_at = |picture: &Frame| picture.rgb_at(48, 32)[0];
    assert!(near(picture.rgb_at(48, 32)[0], 195.0) && ring_at(&painted(&sketch)) > 215.0, "black lines become white");
}

#[test]
fn a_photo_is_said_to_be_one_and_a_drawing_becomes_strokes() {
    let bench = Bench::new(Duration::ZERO);
    let drawing = bench.export(&sketch(), "drawing.png", SketchExport::Ink { side: 200 });
    let (before, outcome) = bench.ask(SketchRequest::Import { path: drawing, is_under: false });
    let Ok(SketchDone::Imported(drawing)) = outcome else { panic!("{outcome:?}") };
    let ImportedDrawing::Picture { is_photo, strokes, picture } = *drawing else { panic!("a picture") };
    assert_eq!((is_photo, strokes.len(), picture.size()), (false, 1, Size::new(200, 200)), "its line");
    assert!(!before.iter().any(|event| matches!(event, Event::Warning(..))), "nothing to remark");
    let size = Size::new(80, 60);
    let samples = (0..size.area() * 3).map(|at| (100 + (at / 3 % 80) / 40 * 60) as u8).collect();
    let photo = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
    let png = io::Encoding::new(pentimento::imaging::FileFormat::Png);
    let bytes = io::encode(&photo, &pentimento::imaging::Metadata::bare(png.format), png).unwrap();
    let path = bench.folder.path().join("photo.png");
    std::fs::write(&path, bytes).unwrap();
    let (before, outcome) = bench.ask(SketchRequest::Import { path, is_under: false });
    let Ok(SketchDone::Imported(drawing)) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(*drawing, ImportedDrawing::Picture { is_photo: true, .. }), "a photo");
    let said =
        before.iter().any(|event| matches!(event, Event::Warning(_, failure) if failure.key == "warning-sketch-photo"));
    assert!(said, "and it says so");
    let path = bench.folder.path().join("photo.png");
    let (before, outcome) = bench.ask(SketchRequest::Import { path, is_under: true });
    let Ok(SketchDone::Imported(drawing)) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(&*drawing, ImportedDrawing::Picture { strokes, .. } if strokes.is_empty()), "no lines are wanted");
    assert!(!before.iter().any(|event| matches!(event, Event::Warning(..))), "so nothing is said of them");
    let (_, outcome) =
        bench.ask(SketchRequest::Import { path: bench.folder.path().join("no such file"), is_under: false });
    assert!(outcome.is_err(), "a sentence");
}

#[test]
fn a_session_with_a_sketch_is_saved_and_opened() {
    let bench = Bench::new(Duration::ZERO);
    let mut sketch = sketch();
    let (_, shown) = bench.paint(&sketch, Quality::Full);
    assert!(sketch.take_result(shown.result.as_ref().unwrap()), "with its picture");
    let path = bench.folder.path().join("a.pentimento");
    let contents = Contents::from(sketch.clone());
    let ticket = bench.worker.submit(Request::SaveSession { contents, path: path.clone() });
    let end = Instant::now() + Duration::from_mins(1);
    let outcome_of = |ticket: Ticket| loop {
        let mut events = bench.worker.events();
        if let Some(done) = events.find_map(|event| match event {
            Event::Done(of, done) if of == ticket => Some(done),
            _ => None,
        }) {
            break done;
        }
        assert!(bench.awake.recv_deadline(end).is_ok(), "in time");
    };
    assert!(matches!(outcome_of(ticket), Done::SessionSaved { .. }), "saved");
    let ticket = bench.worker.submit(Request::Open { path });
    let Done::Opened(opened) = outcome_of(ticket) else { panic!("opened") };
    assert_eq!(opened.sketch.unwrap(), sketch, "as it was");
}
