//! The program's own jobs, each through the worker's front door: what a request gives, and what a failure says.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use pentimento::document::{Document, Erasure, ErasureId, Recipe};
use pentimento::imaging::io::{self, Encoding, JpegQuality};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, Photo, PixelRect, Samples, Size};
use pentimento::worker::{
    Done, EraseTarget, Event, Failure, Opened, Preview, Request, SaveFormat, Worker, WorkerOptions,
};
use tempfile::TempDir;

const SIZE: Size = Size { width: 300, height: 200 };
const HOLE: PixelRect = PixelRect::new(120, 90, 150, 115);

struct Bench {
    worker: Worker,
    awake: Receiver<()>,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder for the test"))
    }

    fn in_folder(folder: TempDir) -> Self {
        let (wake, awake) = bounded(1);
        let wake = Arc::new(move || {
            wake.try_send(()).ok();
        });
        let autosave_root = Some(folder.path().join("autosave"));
        let options = WorkerOptions { threads: Some(2), autosave_root, ..WorkerOptions::default() };
        let worker = Worker::start(wake, options).expect("the system gives threads");
        Self { worker, awake, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All events of `request`, its outcome last.
    fn ask(&self, request: Request) -> (Vec<Event>, Result<Done, Failure>) {
        let asked = self.worker.submit(request);
        let end = Instant::now() + Duration::from_mins(1);
        let mut before = Vec::new();
        loop {
            while let Some(event) = self.worker.try_recv() {
                match event {
                    Event::Done(ticket, done) if ticket == asked => return (before, Ok(done)),
                    Event::Failed(ticket, failure) if ticket == asked => return (before, Err(failure)),
                    Event::Cancelled(ticket) => panic!("{ticket:?} was cancelled by nobody"),
                    other => before.push(other),
                }
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "an outcome in time, after {before:?}");
        }
    }

    fn done(&self, request: Request) -> Done {
        self.ask(request).1.expect("the request succeeds")
    }

    fn failure(&self, request: Request) -> Failure {
        self.ask(request).1.expect_err("the request fails")
    }

    fn open(&self, name: &str) -> Opened {
        match self.done(Request::Open { path: self.path(name) }) {
            Done::Opened(opened) => *opened,
            other => panic!("not opened: {other:?}"),
        }
    }
}

fn document_of(opened: Opened) -> Document {
    opened.document.expect("a document was opened").document
}

fn photo() -> Photo {
    let value = |at: usize| (40 + (at / 3 % 300 / 5 % 5) * 30 + (at.wrapping_mul(2_654_435_761) >> 9) % 13) as u8;
    let samples = Samples::U8((0..SIZE.area() * 3).map(value).collect());
    let frame = Frame::new(SIZE, ColorModel::Rgb, samples).expect("as many samples as asked for");
    Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Jpeg)) }
}

fn marked() -> Document {
    let mut document = Document::new(photo());
    let mut holes = Mask::empty(SIZE);
    holes.write(HOLE, |_, _, _| 255);
    document.holes = Arc::new(holes);
    document
}

fn erase(document: &Document, target: EraseTarget, seeds: &[u64]) -> Request {
    Request::Erase { document: document.clone(), target, recipe: Recipe::default(), seeds: seeds.to_vec() }
}

/// `document` with its marked holes erased by `seeds`.
fn erased(bench: &Bench, document: &Document, seeds: &[u64]) -> Document {
    let done = bench.done(erase(document, EraseTarget::Marked, seeds));
    let Done::Erased { candidates, recipe, .. } = done else { panic!("not erased: {done:?}") };
    let mut after = document.clone();
    after.erasures.push(Arc::new(Erasure {
        id: ErasureId(after.next_id),
        holes: Arc::clone(&document.holes),
        sample_from: None,
        sample_never: None,
        recipe,
        candidates,
        chosen: 0,
        is_visible: true,
        opacity: 1.0,
    }));
    after.next_id += 1;
    after.holes = Arc::new(Mask::empty(SIZE));
    after
}

fn write_jpeg(path: &Path) {
    let photo = photo();
    let encoding = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::Quality(70) };
    let bytes = io::encode(&photo.frame, &photo.metadata, encoding).expect("a photo is encoded");
    std::fs::write(path, bytes).expect("the test's folder can be written to");
}

#[test]
fn opening_gives_the_document_and_its_pictures() {
    let bench = Bench::new();
    write_jpeg(&bench.path("in.jpg"));
    let (before, done) = bench.ask(Request::Open { path: bench.path("in.jpg") });
    let Ok(Done::Opened(opened)) = done else { panic!("not opened: {done:?}") };
    assert!(matches!(before.first(), Some(Event::Progress(..))), "it tells that it decodes: {before:?}");
    assert_eq!(opened.path, Some(bench.path("in.jpg")), "where it came from");
    assert!(!opened.is_session && opened.exploration.is_none(), "no session");
    let opened = opened.document.expect("a photo is a document");
    assert_eq!(opened.document.photo.frame.size(), SIZE, "the photo");
    assert_eq!(opened.display.levels[0].size, SIZE, "its picture");
    assert!(opened.shown.is_empty(), "no patch");
    let failure = bench.failure(Request::Open { path: bench.path("gone.jpg") });
    assert!(failure.headline.contains("gone.jpg") && !failure.headline.contains('\n'), "{failure:?}");
}

#[test]
fn erasing_streams_levels_and_candidates() {
    let bench = Bench::new();
    let (before, done) = bench.ask(erase(&marked(), EraseTarget::Marked, &[3, 4]));
    let Ok(Done::Erased { candidates, shown, .. }) = done else { panic!("not erased: {done:?}") };
    let seeds: Vec<u64> = candidates.iter().map(|candidate| candidate.seed).collect();
    assert_eq!(seeds, [3, 4], "one candidate a seed");
    let streamed: Vec<_> = before
        .iter()
        .filter_map(|event| match event {
            Event::Preview(_, Preview::Candidate { index, candidate, .. }) => Some((*index, Arc::clone(candidate))),
            _ => None,
        })
        .collect();
    for (index, candidate) in &streamed {
        assert!(Arc::ptr_eq(candidate, &candidates[*index]), "what was streamed is what is given in the end");
    }
    let is_level = |event: &Event| matches!(event, Event::Preview(_, Preview::Level { .. }));
    assert!(before.iter().any(is_level), "a coarse fill is shown at once");
    assert_eq!(shown.len(), candidates.iter().map(|candidate| candidate.patches.len()).sum::<usize>(), "all patches");
    for shown in shown {
        assert_eq!(shown.display.levels[0].size, shown.patch.rect().size(), "each with its picture");
    }
}

#[test]
fn erasing_nothing_or_everything_fails_with_a_sentence() {
    let bench = Bench::new();
    let mut document = Document::new(photo());
    let failure = bench.failure(erase(&document, EraseTarget::Marked, &[1]));
    assert_eq!(failure.key, "error-empty-mask", "{failure:?}");
    let mut all = Mask::empty(SIZE);
    all.write(SIZE.rect(), |_, _, _| 255);
    document.holes = Arc::new(all);
    let failure = bench.failure(erase(&document, EraseTarget::Marked, &[1]));
    assert_eq!(failure.key, "error-full-mask", "{failure:?}");
    let failure = bench.failure(erase(&document, EraseTarget::Again(ErasureId(7)), &[1]));
    assert_eq!(failure.key, "error-no-such-erasure", "{failure:?}");
}

#[test]
fn a_session_comes_back_with_pictures_of_all_candidates() {
    let bench = Bench::new();
    let document = erased(&bench, &marked(), &[1, 2]);
    let path = bench.path("work.pentimento");
    bench.done(Request::SaveSession { contents: document.clone().into(), path });
    let opened = bench.open("work.pentimento");
    assert!(opened.is_session, "told by its content");
    let opened = opened.document.expect("the document");
    assert!(opened.document == document, "the same document");
    assert_eq!(opened.shown.len(), 2, "the hidden candidate too");
    let again = erase(&opened.document, EraseTarget::Again(ErasureId(1)), &[1]);
    let Done::Erased { candidates, .. } = bench.done(again) else { panic!("not erased") };
    assert_eq!(candidates[0], document.erasures[0].candidates[0], "the same seed gives the same candidate");
}

#[test]
fn saving_keeps_what_was_not_touched() {
    let bench = Bench::new();
    let document = erased(&bench, &marked(), &[1]);
    for (name, format) in [
        ("as.png", SaveFormat::As { format: FileFormat::Png, quality: None }),
        ("as.tif", SaveFormat::As { format: FileFormat::Tiff, quality: None }),
    ] {
        let done = bench.done(Request::Save { document: document.clone(), path: bench.path(name), format });
        let Done::Saved { path, bytes } = done else { panic!("not saved: {done:?}") };
        assert_eq!(bytes, std::fs::metadata(path).unwrap().len(), "{name}: the file's size");
        assert_eq!(document_of(bench.open(name)).photo.frame, document.flatten(), "{name} is lossless");
    }
    let as_source = Request::Save { document, path: bench.path("as"), format: SaveFormat::AsSource };
    bench.done(as_source);
    assert_eq!(document_of(bench.open("as")).photo.metadata.format, FileFormat::Jpeg, "the source's format");
}

#[test]
fn what_a_format_cannot_hold_is_a_warning() {
    let bench = Bench::new();
    let frame = Frame::new(Size::new(1, 1), ColorModel::GrayAlpha, Samples::U16(vec![7, 9])).unwrap();
    let document = Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) });
    for (format, expected) in [
        (FileFormat::Jpeg, &["warning-depth-reduced", "warning-alpha-lost"][..]),
        (FileFormat::WebP, &["warning-depth-reduced"]),
        (FileFormat::Tiff, &[]),
    ] {
        let (document, path) = (document.clone(), bench.path("out"));
        let (before, done) =
            bench.ask(Request::Save { document, path, format: SaveFormat::As { format, quality: None } });
        assert!(done.is_ok(), "{format:?} is written all the same: {done:?}");
        let warned: Vec<_> = before
            .iter()
            .filter_map(|event| match event {
                Event::Warning(_, warning) => Some(warning.key),
                _ => None,
            })
            .collect();
        assert_eq!(warned, expected, "{format:?}");
    }
}

#[test]
fn saving_where_nothing_can_be_saved_fails_with_a_sentence() {
    let bench = Bench::new();
    let path = bench.path("no/such/folder/out.png");
    for request in [
        Request::Save { document: marked(), path: path.clone(), format: SaveFormat::AsSource },
        Request::SaveSession { contents: marked().into(), path: path.clone() },
        Request::ExportMask { document: marked(), path },
    ] {
        let failure = bench.failure(request);
        assert!(failure.headline.contains("folder"), "{failure:?}");
    }
}

#[test]
fn masks_go_out_and_come_back() {
    let bench = Bench::new();
    let path = bench.path("mask.png");
    bench.done(Request::ExportMask { document: marked(), path: path.clone() });
    let import = |document| Request::ImportMask { document, path: path.clone() };
    let Done::MaskImported { holes } = bench.done(import(marked())) else { panic!("not imported") };
    assert_eq!(holes, marked().holes, "the same holes");
    let mut other = photo();
    other.frame = other.frame.crop(PixelRect::new(0, 0, 10, 10));
    let failure = bench.failure(import(Document::new(other)));
    assert!(failure.headline.contains("300 x 200"), "{failure:?}");
}

#[test]
fn touched_pixels_are_counted() {
    let bench = Bench::new();
    let document = erased(&bench, &marked(), &[1]);
    let measure = |document: &Document, with_difference| {
        let done = bench.done(Request::Measure { document: document.clone(), with_difference });
        let Done::Measured(measured) = done else { panic!("not measured: {done:?}") };
        measured
    };
    let none = measure(&marked(), true);
    assert_eq!((none.touched, none.total), (0, 60_000), "nothing is touched");
    assert!(none.difference.is_none(), "no difference, no picture");
    let some = measure(&document, true);
    let difference = some.difference.expect("a difference picture");
    assert!((100..4000).contains(&some.touched), "the hole and its rim: {}", some.touched);
    assert_eq!(difference.display.levels[0].size, difference.rect.size(), "the picture covers the rectangle");
    assert!(HOLE.grow(24).contains_rect(difference.rect), "around the hole: {:?}", difference.rect);
}

#[test]
fn an_object_is_selected_from_a_loop() {
    let bench = Bench::new();
    let mut photo = photo();
    let object = PixelRect::new(140, 80, 180, 120);
    if let Samples::U8(samples) = photo.frame.samples_mut() {
        for y in object.y0..object.y1 {
            for x in object.x0..object.x1 {
                let at = (y as usize * SIZE.width as usize + x as usize) * 3;
                samples[at..at + 3].copy_from_slice(&[250, 20, (x * 3) as u8]);
            }
        }
    }
    let mut rough = Mask::empty(SIZE);
    rough.write(object.grow(12), |_, _, _| 255);
    let done = bench.done(Request::SelectObject { document: Document::new(photo), rough, is_loop: true });
    let Done::Selected { rect, coverage } = done else { panic!("not selected: {done:?}") };
    let selected =
        |x: i32, y: i32| rect.contains(x, y) && coverage.at((x - rect.x0) as u32, (y - rect.y0) as u32) >= 128;
    assert!(selected(160, 100), "the object's middle");
    assert!(!selected(132, 72), "not the corner of the loop");
}

#[test]
fn what_a_killed_run_left_is_recovered_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("autosave");
    let document = marked();
    {
        // A run that ends without a goodbye: its journal is written and never closed.
        let (mut autosave, _) = pentimento::document::Autosave::open(&root).unwrap();
        autosave.append(&document.clone().into()).unwrap();
    }
    let bench = Bench::in_folder(folder);
    assert!(bench.worker.has_recovery(), "it is offered");
    let Done::Opened(opened) = bench.done(Request::Recover) else { panic!("not recovered") };
    assert!(opened.path.is_none() && !opened.is_session, "nothing but the journal had it");
    assert!(opened.document.expect("a document").document == document, "the document as it was");
    assert_eq!(bench.failure(Request::Recover).key, "error-nothing-to-recover", "once");
    // It is in this run's own journal now, and that is closed with the worker.
    let Bench { worker, folder, .. } = bench;
    drop(worker);
    let bench = Bench::in_folder(folder);
    assert!(!bench.worker.has_recovery(), "a run that ends well leaves nothing");
    bench.done(Request::Autosave { contents: document.into() });
    bench.done(Request::DiscardRecovery);
}
