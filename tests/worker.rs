//! The worker with real threads: order, replacement, cancellation, panics, a window that does not read or is gone.
//!
//! Everything waits for an event with a deadline; nothing sleeps for a fixed time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use pentimento::control::{CancelToken, Progress};
use pentimento::document::explore::{Latent, Noise};
use pentimento::document::sketch::Sketch;
use pentimento::document::{Candidate, Document, ErasureId, Exploration};
use pentimento::imaging::{
    ColorModel, DisplayPyramid, FileFormat, Frame, Mask, Metadata, Patch, Photo, Place, Plane, Samples, Size,
};
use pentimento::worker::exploring::{AnimationFormat, DirectionsAsked, ExportFrames, MixSheet, Playback, Survey, Way};
use pentimento::worker::schooling::SchoolRequest;
use pentimento::worker::sketching::{Quality, SketchRequest};
use pentimento::worker::{
    Between, Context, Done, Event, Failure, Job, JobStep, Lane, Preview, Request, ShownPatch, Ticket, Worker,
};

const DEADLINE: Duration = Duration::from_secs(20);

/// A worker whose events can be waited for.
struct Bench {
    worker: Worker,
    awake: Receiver<()>,
    outcomes: Vec<(Ticket, Outcome)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Done,
    Failed(Failure),
    Cancelled,
}

impl Bench {
    fn new(factory: impl FnMut(Request, &CancelToken) -> Box<dyn Job> + Send + 'static) -> Self {
        let (wake, awake) = bounded(1);
        let wake = Arc::new(move || ring(&wake));
        let worker = Worker::with_jobs(wake, Some(1), factory).expect("the system gives threads");
        Self { worker, awake, outcomes: Vec::new() }
    }

    fn poll(&mut self) {
        for event in self.worker.events() {
            match event {
                Event::Done(ticket, _) => self.outcomes.push((ticket, Outcome::Done)),
                Event::Failed(ticket, failure) => self.outcomes.push((ticket, Outcome::Failed(failure))),
                Event::Cancelled(ticket) => self.outcomes.push((ticket, Outcome::Cancelled)),
                Event::Progress(..) | Event::Preview(..) | Event::Warning(..) => {}
            }
        }
    }

    /// Reads events until `is_met`, or fails the test with `what`.
    fn until(&mut self, what: &str, is_met: impl Fn(&Self) -> bool) {
        let end = Instant::now() + DEADLINE;
        loop {
            self.poll();
            if is_met(self) {
                return;
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "in time: {what}; so far {:?}", self.outcomes);
        }
    }

    fn outcome_of(&mut self, ticket: Ticket) -> Outcome {
        let found = |bench: &Self| bench.outcomes.iter().find(|(of, _)| *of == ticket).cloned();
        self.until(&format!("an outcome of {ticket:?}"), |bench| found(bench).is_some());
        found(self).expect("waited for above").1
    }
}

/// A full bell has rung already.
fn ring(bell: &Sender<()>) {
    bell.try_send(()).ok();
}

/// A job made of a closure.
struct Steps<F>(F);

impl<F: FnMut(&mut Context<'_>) -> JobStep + Send> Job for Steps<F> {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        (self.0)(context)
    }
}

fn job(step: impl FnMut(&mut Context<'_>) -> JobStep + Send + 'static) -> Box<dyn Job> {
    Box::new(Steps(step))
}

fn finished() -> JobStep {
    JobStep::Done(Done::MaskImported { holes: Arc::new(Mask::empty(Size::new(1, 1))) })
}

/// Steps only when the test lets it: each value sent is one step, `true` the last one.
fn gated(steps: Receiver<bool>, stepped: Sender<()>) -> Box<dyn Job> {
    job(move |_| {
        stepped.try_send(()).ok();
        match steps.recv_timeout(DEADLINE) {
            Ok(false) => JobStep::More,
            Ok(true) | Err(_) => finished(),
        }
    })
}

fn frame() -> Frame {
    Frame::new(Size::new(2, 2), ColorModel::Gray, Samples::U8(vec![0; 4])).expect("four samples")
}

fn document() -> Document {
    Document::new(Photo { frame: frame(), metadata: Arc::new(Metadata::bare(FileFormat::Png)) })
}

fn mixtures(name: &str) -> MixSheet {
    let (model, noise) = (name.to_owned(), Noise::default());
    MixSheet { model, rows: vec![1], columns: vec![2], first: 0, last: 1, psi: 1.0, noise }
}

/// A request in `lane`; `name` comes back in [`name_of`].
fn request(lane: Lane, name: &str) -> Request {
    let (document, path) = (document(), PathBuf::from(name));
    match lane {
        Lane::Sketch => {
            Request::Sketch(SketchRequest::Paint { sketch: Sketch::new(name, "ink"), quality: Quality::Preview })
        }
        Lane::Themes => Request::Sketch(SketchRequest::ListThemes),
        Lane::School => Request::School(SchoolRequest::Score { lesson: name.into(), sketch: Sketch::new(name, "ink") }),
        Lane::Gallery => Request::School(SchoolRequest::ExportGallery { path }),
        Lane::Drawing => Request::Sketch(SketchRequest::Import { path }),
        Lane::Variants => Request::Sketch(SketchRequest::Variants { sketch: Sketch::new(name, "ink"), seeds: vec![1] }),
        Lane::Interpolate => Request::Interpolate {
            document,
            id: ErasureId(0),
            between: Between {
                from: Default::default(),
                to: Default::default(),
                t: 0.5,
                engine: "auto".to_owned(),
                recipe: Default::default(),
                is_final: false,
            },
        },
        Lane::Networks => Request::ListNetworks,
        Lane::Frames => {
            Request::DrawFrames { model: name.to_owned(), way: way(), count: 2, focus: 0.0, noise: Noise::default() }
        }
        Lane::Latents => Request::DrawLatents { model: name.to_owned(), latents: Vec::new(), noise: Noise::default() },
        Lane::Steer => Request::Steer { model: name.to_owned(), steering: Arc::default(), noise: Noise::default() },
        Lane::Mix => Request::MixSheet(mixtures(name)),
        Lane::Directions => Request::Directions { model: name.to_owned(), asked: DirectionsAsked::Pca(1) },
        Lane::DirectionFiles => Request::Directions { model: name.to_owned(), asked: DirectionsAsked::List },
        Lane::Map => Request::MapVisited { visited: Vec::new() },
        Lane::Optimize => Request::Explore { exploration: Exploration::new(name), is_warm: true },
        Lane::Drag => {
            Request::Drag { exploration: Exploration::new(name), latent: [0.0].into(), how: Default::default() }
        }
        Lane::Project => Request::Project {
            model: name.to_owned(),
            photo: document.photo,
            place: Place::upright(0.0, 0.0, 2.0),
            method: Default::default(),
            seed: 0,
            styles: Default::default(),
            noise: Noise::default(),
        },
        Lane::Transfer => Request::Transfer { exploration: Exploration::new(name), at: 0.5, is_final: false },
        Lane::Models => Request::ListModels,
        Lane::Survey => Request::Survey { model: name.to_owned(), what: Survey::Noise(4) },
        Lane::Animate => Request::ExportFrames(ExportFrames {
            model: name.to_owned(),
            way: way(),
            frames: 2,
            path,
            format: AnimationFormat::Gif,
            playback: Playback::Loop,
            rate: 10.0,
            scale: 1,
            noise: Noise::default(),
        }),
        Lane::Select => Request::SelectObject { document, rough: Mask::empty(Size::new(2, 2)), is_loop: false },
        Lane::Marks => Request::ChangeMarks { holes: document.holes, change: pentimento::worker::MarksChange::Invert },
        Lane::Measure => Request::Measure { document, with_difference: false },
        Lane::Open => Request::Open { path },
        Lane::Save => Request::Save { document, path, format: pentimento::worker::SaveFormat::AsSource },
        Lane::Session => Request::SaveSession { contents: document.into(), path },
        Lane::MaskFile => Request::ImportMask { document, path },
        Lane::Clipboard => Request::Copy { document, over: None },
        Lane::Erase => {
            let target = pentimento::worker::EraseTarget::Marked;
            Request::Erase { document, target, recipe: Default::default(), seeds: vec![1] }
        }
        Lane::Autosave => Request::Autosave { contents: document.into() },
    }
}

fn way() -> Way {
    let [from, to] = [Latent::from([0.0]), Latent::from([1.0])];
    Way::Between { from, to, interpolation: Default::default() }
}

fn name_of(request: &Request) -> String {
    match request {
        Request::Open { path }
        | Request::Save { path, .. }
        | Request::SaveSession { path, .. }
        | Request::ImportMask { path, .. } => path.display().to_string(),
        other => format!("{:?}", other.lane()),
    }
}

#[test]
fn the_newest_request_of_a_lane_replaces_waiting_and_running_ones() {
    let (go, steps) = bounded(9);
    let (stepped, has_stepped) = bounded(9);
    let ran = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&ran);
    let mut bench = Bench::new(move |request, _| {
        let name = name_of(&request);
        if name == "first" {
            return gated(steps.clone(), stepped.clone());
        }
        let log = Arc::clone(&log);
        job(move |_| {
            log.lock().unwrap().push(name.clone());
            finished()
        })
    });
    let first = bench.worker.submit(request(Lane::Open, "first"));
    has_stepped.recv_timeout(DEADLINE).expect("the first job runs");
    let second = bench.worker.submit(request(Lane::Open, "second"));
    let third = bench.worker.submit(request(Lane::Open, "third"));
    go.send(false).unwrap();
    assert_eq!(bench.outcome_of(first), Outcome::Cancelled, "it ran and was replaced");
    assert_eq!(bench.outcome_of(second), Outcome::Cancelled, "it waited and was replaced");
    assert_eq!(bench.outcome_of(third), Outcome::Done, "the newest wins");
    assert_eq!(*ran.lock().unwrap(), ["third"], "the second never ran");
}

#[test]
fn a_storm_of_submits_and_cancels_gives_each_request_exactly_one_outcome() {
    use rand::Rng as _;
    let mut random = pentimento::control::rng(3, 1);
    let mut bench = Bench::new(|request, _| {
        let mut left = name_of(&request).len() % 4;
        job(move |context| {
            context.progress(Progress { fraction: 0.5, stage: "storm" });
            if left == 0 {
                return finished();
            }
            left -= 1;
            JobStep::More
        })
    });
    let lanes = [Lane::Select, Lane::Measure, Lane::Open, Lane::Save, Lane::Session, Lane::MaskFile, Lane::Erase];
    let mut tickets = Vec::new();
    for count in 0..2000 {
        let lane = lanes[random.random_range(0..lanes.len())];
        if random.random_bool(0.2) {
            bench.worker.cancel(lane);
        } else {
            tickets.push(bench.worker.submit(request(lane, &"x".repeat(count % 5))));
        }
        if random.random_bool(0.1) {
            bench.poll();
        }
    }
    let expected = tickets.len();
    bench.until("all outcomes", |bench| bench.outcomes.len() >= expected);
    let last = bench.worker.submit(request(Lane::Autosave, ""));
    bench.outcome_of(last);
    let mut counts: HashMap<Ticket, usize> = HashMap::new();
    for (ticket, _) in &bench.outcomes {
        *counts.entry(*ticket).or_default() += 1;
    }
    assert!(tickets.iter().all(|ticket| counts.get(ticket) == Some(&1)), "exactly one each");
    assert_eq!(counts.len(), expected + 1, "and none that nobody asked for");
}

#[test]
fn a_cancel_takes_effect_within_one_step() {
    let (go, steps) = bounded(9);
    let (stepped, has_stepped) = bounded(9);
    let mut bench = Bench::new(move |_, _| gated(steps.clone(), stepped.clone()));
    let ticket = bench.worker.submit(request(Lane::Erase, ""));
    has_stepped.recv_timeout(DEADLINE).expect("a step runs");
    bench.worker.cancel(Lane::Erase);
    go.send(false).unwrap();
    assert_eq!(bench.outcome_of(ticket), Outcome::Cancelled, "after the step that ran");
    assert!(has_stepped.try_recv().is_err(), "no further step");
}

#[test]
fn a_long_step_can_see_the_cancel() {
    let (stepped, has_stepped) = bounded(9);
    let mut bench = Bench::new(move |_, _| {
        let stepped = stepped.clone();
        job(move |context| {
            stepped.try_send(()).ok();
            let end = Instant::now() + DEADLINE;
            while !context.token().is_cancelled() && Instant::now() < end {
                std::thread::yield_now();
            }
            finished()
        })
    });
    let ticket = bench.worker.submit(request(Lane::Erase, ""));
    has_stepped.recv_timeout(DEADLINE).expect("a step runs");
    let start = Instant::now();
    bench.worker.cancel(Lane::Erase);
    assert_eq!(bench.outcome_of(ticket), Outcome::Cancelled, "the step ended early");
    assert!(start.elapsed() < DEADLINE / 2, "it did not run to its own end");
}

#[test]
fn what_happened_outside_is_reported_although_it_was_cancelled() {
    let (go, steps) = bounded::<bool>(9);
    let (stepped, has_stepped) = bounded(9);
    let mut bench = Bench::new(move |_, _| {
        let (steps, stepped) = (steps.clone(), stepped.clone());
        job(move |_| {
            stepped.try_send(()).ok();
            steps.recv_timeout(DEADLINE).ok();
            JobStep::Done(Done::Saved { path: PathBuf::from("written"), bytes: 1 })
        })
    });
    let ticket = bench.worker.submit(request(Lane::Save, ""));
    has_stepped.recv_timeout(DEADLINE).expect("the write runs");
    bench.worker.cancel(Lane::Save);
    go.send(true).unwrap();
    assert_eq!(bench.outcome_of(ticket), Outcome::Done, "the file is written");
}

#[test]
fn a_panicking_job_fails_and_the_next_one_works() {
    let mut bench = Bench::new(|request, _| match name_of(&request).as_str() {
        "in the factory" => panic!("no job"),
        "in a step" => job(|_| panic!("the number was {}", 7)),
        _ => job(|_| finished()),
    });
    for (name, details) in [("in a step", "the number was 7"), ("in the factory", "no job")] {
        let ticket = bench.worker.submit(request(Lane::Open, name));
        let Outcome::Failed(failure) = bench.outcome_of(ticket) else { panic!("{name}: it must fail") };
        assert_eq!((failure.key, failure.details.as_str()), ("error-internal", details), "{name}");
        assert!(!failure.headline.contains("panic"), "a plain sentence: {}", failure.headline);
        let next = bench.worker.submit(request(Lane::Open, "fine"));
        assert_eq!(bench.outcome_of(next), Outcome::Done, "after {name} the worker lives on");
    }
}

#[test]
fn an_urgent_lane_runs_between_two_steps_of_a_slow_one() {
    let (go, steps) = bounded(9);
    let (stepped, has_stepped) = bounded(9);
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let mut bench = Bench::new(move |request, _| match request.lane() {
        Lane::Erase => {
            count.fetch_add(1, Ordering::Relaxed);
            gated(steps.clone(), stepped.clone())
        }
        _ => job(|_| finished()),
    });
    let slow = bench.worker.submit(request(Lane::Erase, ""));
    has_stepped.recv_timeout(DEADLINE).expect("the first slow step runs");
    let urgent = bench.worker.submit(request(Lane::Select, ""));
    go.send(false).unwrap();
    assert_eq!(bench.outcome_of(urgent), Outcome::Done, "although the slow one is not done");
    assert!(bench.outcomes.iter().all(|(ticket, _)| *ticket != slow), "the slow one has no outcome yet");
    has_stepped.recv_timeout(DEADLINE).expect("the slow one goes on");
    go.send(true).unwrap();
    assert_eq!(bench.outcome_of(slow), Outcome::Done, "it was paused, not killed");
    assert_eq!(made.load(Ordering::Relaxed), 1, "nor started again");
}

#[test]
fn lanes_step_in_the_order_of_their_urgency() {
    let (go, steps) = bounded(9);
    let (stepped, has_stepped) = bounded(9);
    let order = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&order);
    let mut bench = Bench::new(move |request, _| {
        if name_of(&request) == "gate" {
            return gated(steps.clone(), stepped.clone());
        }
        let (log, lane) = (Arc::clone(&log), request.lane());
        job(move |_| {
            log.lock().unwrap().push(lane);
            finished()
        })
    });
    bench.worker.submit(request(Lane::Open, "gate"));
    has_stepped.recv_timeout(DEADLINE).expect("the gate holds the worker");
    let asked = [Lane::Autosave, Lane::Erase, Lane::Clipboard, Lane::Save, Lane::Measure, Lane::Select];
    let tickets = asked.map(|lane| bench.worker.submit(request(lane, "")));
    go.send(true).unwrap();
    for ticket in tickets {
        bench.outcome_of(ticket);
    }
    let mut sorted = asked;
    sorted.sort_unstable();
    assert_eq!(*order.lock().unwrap(), sorted, "most urgent first");
}

#[test]
fn a_window_that_does_not_read_loses_previews_and_no_outcome() {
    let (flooded, is_flooded) = bounded(1);
    let mut bench = Bench::new(move |_, _| {
        let flooded = flooded.clone();
        let mut left = 1000;
        job(move |context| {
            if left == 0 {
                flooded.try_send(()).ok();
                return finished();
            }
            left -= 1;
            context.progress(Progress { fraction: 0.1, stage: "flood" });
            context.preview(candidate(left));
            JobStep::More
        })
    });
    let ticket = bench.worker.submit(request(Lane::Erase, ""));
    is_flooded.recv_timeout(DEADLINE).expect("the job reaches its end although nobody reads");
    let mut previews = 0;
    let end = Instant::now() + DEADLINE;
    'all: loop {
        while let Some(event) = bench.worker.try_recv() {
            match event {
                Event::Preview(..) => previews += 1,
                Event::Progress(..) => {}
                Event::Done(of, _) if of == ticket => break 'all,
                other => panic!("unexpected: {other:?}"),
            }
        }
        assert!(bench.awake.recv_deadline(end).is_ok(), "the outcome arrives");
    }
    assert!((1..100).contains(&previews), "as many as fit, the others dropped: {previews}");
    bench.poll();
    assert!(bench.outcomes.is_empty(), "one outcome only");
}

fn candidate(index: usize) -> Preview {
    let rect = Size::new(2, 2).rect();
    let patch = Arc::new(Patch::new(rect, frame(), Plane::filled(rect.size(), 255)).expect("sizes agree"));
    let display = Arc::new(DisplayPyramid { levels: Vec::new() });
    let shown = vec![ShownPatch { patch: Arc::clone(&patch), display }];
    Preview::Candidate {
        index,
        candidate: Arc::new(Candidate { seed: 1, patches: vec![patch], origin: None }),
        shown,
        explanation: None,
    }
}

#[test]
fn lossy_events_come_at_most_30_times_a_second() {
    let bench = Bench::new(|_, _| {
        let end = Instant::now() + Duration::from_millis(400);
        job(move |context| {
            context.progress(Progress { fraction: 0.5, stage: "busy" });
            if Instant::now() < end { JobStep::More } else { finished() }
        })
    });
    let ticket = bench.worker.submit(request(Lane::Erase, ""));
    let mut told = 0;
    let end = Instant::now() + DEADLINE;
    'all: loop {
        assert!(bench.awake.recv_deadline(end).is_ok(), "the job ends");
        while let Some(event) = bench.worker.try_recv() {
            match event {
                Event::Progress(..) => told += 1,
                Event::Done(of, _) if of == ticket => break 'all,
                other => panic!("unexpected: {other:?}"),
            }
        }
    }
    assert!((2..=14).contains(&told), "0.4 s at 30 a second, and the first at once: {told}");
}

#[test]
fn the_thread_ends_when_the_window_is_gone() {
    struct Witness(Sender<()>);
    impl Drop for Witness {
        fn drop(&mut self) {
            self.0.try_send(()).ok();
        }
    }
    let endless = |context: &mut Context<'_>| {
        context.progress(Progress { fraction: 0.0, stage: "endless" });
        context.preview(candidate(0));
        JobStep::More
    };
    for submitted in [&[][..], &[Lane::Erase], &[Lane::Erase, Lane::Select, Lane::Autosave]] {
        let (ended, has_ended) = bounded(1);
        let witness = Witness(ended);
        let wake = Arc::new(move || {
            let _alive = &witness;
        });
        let worker = Worker::with_jobs(wake, Some(1), move |_, _| job(endless)).unwrap();
        for lane in submitted {
            worker.submit(request(*lane, ""));
        }
        let start = Instant::now();
        drop(worker);
        assert!(start.elapsed() < Duration::from_secs(5), "the drop does not hang");
        has_ended.recv_timeout(DEADLINE).expect("the thread gives back what it owned");
    }
}

#[test]
fn the_thread_ends_although_it_waits_to_tell_an_outcome() {
    let steps = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&steps);
    let (woken, awake) = bounded(1);
    let wake = Arc::new(move || ring(&woken));
    let worker = Worker::with_jobs(wake, Some(1), move |_, _| {
        let count = Arc::clone(&count);
        job(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            finished()
        })
    })
    .unwrap();
    // More outcomes than the channel holds, none of them read: the next one must wait.
    let end = Instant::now() + DEADLINE;
    while steps.load(Ordering::Relaxed) < 64 && Instant::now() < end {
        worker.submit(request(Lane::Open, ""));
        awake.recv_timeout(Duration::from_millis(5)).ok();
    }
    worker.submit(request(Lane::Open, ""));
    worker.submit(request(Lane::Select, ""));
    let start = Instant::now();
    drop(worker);
    assert!(start.elapsed() < Duration::from_secs(5), "the drop does not hang");
}

/// An idle thread that only waits is never scheduled: its count of context switches stands still.
#[cfg(target_os = "linux")]
#[test]
fn an_idle_worker_is_never_scheduled() {
    let (told, thread) = bounded(1);
    let wake = Arc::new(move || {
        told.try_send(std::fs::read_link("/proc/thread-self").unwrap()).ok();
    });
    let worker = Worker::with_jobs(wake, Some(1), |_, _| job(|_| finished())).unwrap();
    worker.submit(request(Lane::Open, ""));
    let thread = thread.recv_timeout(DEADLINE).expect("the outcome is sent by the worker's own thread");
    let status = PathBuf::from("/proc").join(thread).join("status");
    let switches = || {
        let text = std::fs::read_to_string(&status).unwrap();
        let lines = text.lines().filter(|line| line.contains("ctxt_switches"));
        let counts: Vec<u64> = lines.filter_map(|line| line.split_whitespace().last()?.parse().ok()).collect();
        assert_eq!(counts.len(), 2, "both kinds of switches");
        counts.iter().sum::<u64>()
    };
    // It may still be on its way to sleep: a quiet quarter of a second must come soon.
    let end = Instant::now() + DEADLINE;
    loop {
        let before = switches();
        let quiet = Instant::now() + Duration::from_millis(250);
        let (_keep, never) = bounded::<()>(0);
        assert!(never.recv_deadline(quiet).is_err(), "nothing is sent");
        if switches() == before {
            break;
        }
        assert!(Instant::now() < end, "the idle thread keeps running");
    }
    drop(worker);
}
