//! The thread: how it ends, and that it sleeps.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use pentimento::control::Progress;
use pentimento::worker::{Context, JobStep, Lane, Worker};

use super::events::candidate;
use super::kit::{DEADLINE, finished, job, ring};
use super::requests::request;

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
