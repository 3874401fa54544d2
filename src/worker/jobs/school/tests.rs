//! Requests about lessons and the gallery, through the worker's front door.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};

use crate::document::Sketch;
use crate::document::sketch::SketchResult;
use crate::imaging::ink::{Sample, Stroke, Tool};
use crate::imaging::{ColorModel, Frame, Samples, Size};
use crate::library::gallery::Gallery;
use crate::school::{Lesson, Outcome, Practice, Standing, find};
use crate::worker::schooling::{
    GalleryAct, GalleryDid, GalleryShown, ProfileId, Reaction, SchoolDone, SchoolRequest, Shelf,
};
use crate::worker::{Done, Event, Failure, Request, Worker, WorkerOptions};

struct Bench {
    worker: Worker,
    awake: Receiver<()>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (worker, awake) = worker(Some(folder.path()));
        Self { worker, awake, folder }
    }

    fn ask(&self, asked: SchoolRequest) -> Result<SchoolDone, Failure> {
        ask(&self.worker, &self.awake, asked)
    }

    fn act(&self, act: GalleryAct) -> Result<(GalleryShown, GalleryDid), Failure> {
        self.look(act, Shelf::default())
    }

    fn look(&self, act: GalleryAct, shelf: Shelf) -> Result<(GalleryShown, GalleryDid), Failure> {
        match self.ask(SchoolRequest::Gallery { act, shelf })? {
            SchoolDone::Gallery { shown, did } => Ok((*shown, did)),
            other => panic!("the gallery, not {other:?}"),
        }
    }

    fn add(&self, name: &str) -> ProfileId {
        let (_, did) = self.act(GalleryAct::AddProfile { name: name.to_owned() }).unwrap();
        let GalleryDid::Added(id) = did else { panic!("{did:?}") };
        id
    }
}

fn worker(gallery: Option<&Path>) -> (Worker, Receiver<()>) {
    let (wake, awake) = bounded(1);
    let wake = Arc::new(move || {
        wake.try_send(()).ok();
    });
    let gallery = gallery.map(Path::to_owned);
    let options = WorkerOptions { threads: Some(1), gallery, ..WorkerOptions::default() };
    (Worker::start(wake, options).unwrap(), awake)
}

fn ask(worker: &Worker, awake: &Receiver<()>, asked: SchoolRequest) -> Result<SchoolDone, Failure> {
    let ticket = worker.submit(Request::School(asked));
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        while let Some(event) = worker.try_recv() {
            match event {
                Event::Done(of, Done::School(done)) if of == ticket => return Ok(done),
                Event::Failed(of, failure) if of == ticket => return Err(failure),
                _ => {}
            }
        }
        assert!(awake.recv_deadline(end).is_ok(), "an outcome in time");
    }
}

fn lesson() -> &'static Arc<Lesson> {
    find("cat-first").unwrap()
}

fn sketch(strokes: impl IntoIterator<Item = Arc<Stroke>>) -> Sketch {
    let mut sketch = Sketch::new("cats", "ink");
    assert!(sketch.add_strokes(strokes), "they are sound");
    sketch
}

/// The whole lesson, with a picture of these very lines.
fn painted() -> Sketch {
    let mut sketch = sketch(lesson().strokes());
    let size = Size::new(64, 64);
    let picture = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![90; size.area() * 3])).unwrap();
    let result = SketchResult { picture, of: sketch.key(), network: "toy".to_owned(), is_full: true };
    assert!(sketch.take_result(&Arc::new(result)), "it is of these lines");
    sketch
}

#[test]
fn a_lesson_is_followed_and_scored_by_what_counts_on_the_paper() {
    let bench = Bench::new();
    let practice = Box::new(Practice::new(Arc::clone(lesson())));
    let first = sketch(lesson().steps[0].strokes.iter().cloned());
    let done = bench.ask(SchoolRequest::Follow { practice, sketch: first }).unwrap();
    let SchoolDone::Followed { practice, coverage } = done else { panic!("{done:?}") };
    assert!(coverage.accepted == 1 && matches!(practice.outcomes(), [Outcome::Drawn(_)]), "one step: {coverage:?}");
    let mut all = sketch(lesson().strokes());
    let name = &lesson().name;
    let done = bench.ask(SchoolRequest::Score { lesson: Arc::clone(name), sketch: all.clone() }).unwrap();
    let SchoolDone::Scored(score) = done else { panic!("{done:?}") };
    assert_eq!(score.stars, 3, "all of it: {}", score.total);
    let active = all.active;
    all.toggle_layer(active);
    let SchoolDone::Scored(score) = bench.ask(SchoolRequest::Score { lesson: Arc::clone(name), sketch: all }).unwrap()
    else {
        panic!("a score")
    };
    assert_eq!(score.stars, 0, "a hidden layer does not count");
    let unknown = bench.ask(SchoolRequest::Score { lesson: "no".into(), sketch: painted() }).unwrap_err();
    assert_eq!(unknown.key, "error-unknown-lesson", "{}", unknown.headline);
}

#[test]
fn a_drawing_hangs_with_its_picture_and_can_be_fetched_again() {
    let bench = Bench::new();
    let mina = bench.add("Mina");
    let scored = Some((Arc::clone(&lesson().name), 3));
    let act = GalleryAct::HangUp { profile: mina, sketch: painted(), scored };
    let (shown, did) = bench.act(act).unwrap();
    let [hung] = shown.drawings.as_slice() else { panic!("one: {}", shown.drawings.len()) };
    assert_eq!(did, GalleryDid::HungUp(hung.drawing.id), "this one");
    assert_eq!((&*hung.drawing.theme, hung.drawing.stars), ("cats", Some(3)), "with its stars");
    assert_eq!(hung.sketch.size(), Size::new(160, 160), "small");
    assert!(hung.picture.as_ref().is_some_and(|picture| picture.rgb_at(5, 5)[0] > 0.3), "and the picture");
    let SchoolDone::Fetched(fetched) = bench.ask(SchoolRequest::Fetch { drawing: hung.drawing.id }).unwrap() else {
        panic!("a drawing")
    };
    assert_eq!(fetched.strokes, lesson().strokes(), "all strokes as they were");
    let mut stale = painted();
    stale.add_stroke(Stroke::computed(Tool::Pen, vec![Sample::new(0.1, 0.1, 0), Sample::new(0.4, 0.1, 5)]));
    let (shown, _) = bench.act(GalleryAct::HangUp { profile: mina, sketch: stale, scored: None }).unwrap();
    assert!(shown.drawings[0].picture.is_none(), "a picture of older lines is not its picture");
    let blank = GalleryAct::HangUp { profile: mina, sketch: Sketch::new("cats", "ink"), scored: None };
    assert_eq!(bench.act(blank).unwrap_err().key, "error-sketch-blank", "nothing to hang");
}

#[test]
fn layers_keep_what_their_own_erasers_left() {
    let bench = Bench::new();
    let mina = bench.add("Mina");
    let across = |y: f32| Stroke::computed(Tool::Pen, vec![Sample::new(0.1, y, 0), Sample::new(0.9, y, 9)]);
    let mut two = sketch([Arc::new(across(0.5))]);
    two.add_layer("over");
    two.add_stroke(across(0.2));
    let eraser = Stroke::computed(Tool::Eraser, vec![Sample::new(0.5, 0.1, 0), Sample::new(0.5, 0.9, 9)]);
    two.add_stroke(eraser);
    let (shown, _) = bench.act(GalleryAct::HangUp { profile: mina, sketch: two, scored: None }).unwrap();
    let drawing = shown.drawings[0].drawing.id;
    let SchoolDone::Fetched(fetched) = bench.ask(SchoolRequest::Fetch { drawing }).unwrap() else { panic!("it") };
    assert!(fetched.strokes.iter().all(|stroke| stroke.tool == Tool::Pen), "nothing is left to erase");
    assert_eq!(fetched.strokes.len(), 3, "the line below is whole, the one above cut in two");
}

#[test]
fn a_record_rises_and_never_falls_and_reactions_rank_a_week() {
    let bench = Bench::new();
    let [mina, juno] = ["Mina", "Juno"].map(|name| bench.add(name));
    let lesson = Arc::clone(&lesson().name);
    for (stars, best) in [(1, 1), (3, 3), (2, 3)] {
        let standing = Standing { stars, total: f32::from(stars) / 4.0 };
        let act = GalleryAct::Record { profile: mina, lesson: Arc::clone(&lesson), standing };
        let (shown, did) = bench.act(act).unwrap();
        let GalleryDid::Noted(recorded) = did else { panic!("{did:?}") };
        assert_eq!((recorded.best.stars, shown.record(mina, &lesson).unwrap().best.stars), (best, best), "{stars}");
    }
    let hang = |profile| bench.act(GalleryAct::HangUp { profile, sketch: painted(), scored: None }).unwrap();
    let GalleryDid::HungUp(drawing) = hang(mina).1 else { panic!("it hangs") };
    let react = |viewer, reaction| bench.act(GalleryAct::React { drawing, viewer, reaction }).unwrap().0;
    assert!(react(mina, Some(Reaction::Smile)).rankings.is_empty(), "one's own does not count");
    let shown = react(juno, Some(Reaction::Wow));
    assert_eq!(shown.rankings[0].1[0].reactions, 1, "somebody else's does");
    assert_eq!(shown.drawings[0].reactions.len(), 2, "both show");
    assert!(react(juno, None).rankings.is_empty(), "taken back");
    let before = Shelf { weeks_ago: 1, has_all: false };
    let (shown, _) = bench.look(GalleryAct::Look, before).unwrap();
    assert_eq!((shown.drawings.len(), shown.total), (0, 1), "nothing of the week before");
    assert!(shown.today - shown.week.monday() >= 7, "its Monday is past");
    let (shown, _) = bench.act(GalleryAct::TakeDown { drawing }).unwrap();
    assert_eq!((shown.drawings.len(), shown.records.len()), (0, 1), "records stay");
    let (shown, _) = bench.act(GalleryAct::RemoveProfile { profile: mina }).unwrap();
    assert_eq!((shown.profiles.len(), shown.records.len(), shown.newest), (1, 0, None), "with all that is theirs");
}

#[test]
fn what_cannot_be_done_is_one_sentence_and_the_rest_goes_on() {
    let bench = Bench::new();
    let mina = bench.add("Mina");
    let again = bench.act(GalleryAct::AddProfile { name: "mina".to_owned() }).unwrap_err();
    assert_eq!(again.key, "error-gallery-name-taken", "{}", again.headline);
    bench.act(GalleryAct::RenameProfile { profile: mina, name: "미나".to_owned() }).unwrap();
    let path = bench.folder.path().join("out.zip");
    let done = bench.ask(SchoolRequest::ExportGallery { path: path.clone() }).unwrap();
    assert!(matches!(done, SchoolDone::Exported(exported) if exported.path == path), "written");
    let twice = bench.ask(SchoolRequest::ExportGallery { path }).unwrap_err();
    assert_eq!(twice.key, "error-gallery-exists", "it is not overwritten");
    let held = Gallery::open(bench.folder.path()).unwrap();
    assert_eq!(bench.act(GalleryAct::Look).unwrap_err().key, "error-gallery-locked", "somebody else has it");
    drop(held);
    assert_eq!(bench.act(GalleryAct::Look).unwrap().0.profiles[0].name, "미나", "free again");
    let (alone, awake) = worker(None);
    let asked = SchoolRequest::Gallery { act: GalleryAct::Look, shelf: Shelf::default() };
    assert_eq!(ask(&alone, &awake, asked).unwrap_err().key, "error-no-gallery", "nowhere to keep it");
}
