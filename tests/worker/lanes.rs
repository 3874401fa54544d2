//! Lanes: what replaces what, and what runs first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crossbeam_channel::bounded;
use pentimento::worker::Lane;

use super::kit::{Bench, DEADLINE, Outcome, finished, gated, job};
use super::requests::{name_of, request};

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
