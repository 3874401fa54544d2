//! Events: which may be lost and how often they come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use pentimento::control::Progress;
use pentimento::document::Candidate;
use pentimento::imaging::{DisplayPyramid, Patch, Plane, Size};
use pentimento::worker::{Event, JobStep, Lane, Preview, ShownPatch};

use super::kit::{Bench, DEADLINE, finished, frame, job};
use super::requests::request;

pub(crate) fn candidate(index: usize) -> Preview {
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
