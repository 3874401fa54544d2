//! Each request has one outcome: when it is cancelled, when it panics, in a storm of others.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use crossbeam_channel::bounded;
use pentimento::control::Progress;
use pentimento::worker::{Done, JobStep, Lane, Ticket};

use super::kit::{Bench, DEADLINE, Outcome, finished, gated, job};
use super::requests::{name_of, request};

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
