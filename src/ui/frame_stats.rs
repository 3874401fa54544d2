//! How long the window's own thread works on each frame: its logic and drawing calls, without waiting for the screen.
//!
//! It measures and words a report; printing is left to the command line.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Width of a bucket of the histogram.
const BUCKET: Duration = Duration::from_micros(100);
/// Longer frames share the last bucket; the longest is kept exactly.
const BUCKETS: usize = 1000;
/// This long after the last input, animations have ended and a quiet window counts as idle.
const SETTLE: Duration = Duration::from_secs(1);

/// What was going on in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameKind {
    /// Whether holes were being filled.
    pub is_filling: bool,
    /// Whether the pen was on the paper.
    pub is_drawing: bool,
    /// Whether a hand dragged something in the room Explore: the slider, the pad, a brush.
    pub is_exploring: bool,
    /// Whether anything happened that calls for a frame: input, or an event of the worker.
    pub has_cause: bool,
}

/// Counts frames by the time they took. Its size does not grow.
#[derive(Clone, Debug)]
struct Histogram {
    buckets: Vec<u32>,
    count: u32,
    least: Duration,
    most: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, least: Duration::MAX, most: Duration::ZERO }
    }
}

impl Histogram {
    fn add(&mut self, work: Duration) {
        let at = (work.as_nanos() / BUCKET.as_nanos()) as usize;
        if let Some(bucket) = self.buckets.get_mut(at.min(BUCKETS - 1)) {
            *bucket += 1;
        }
        self.count += 1;
        self.least = self.least.min(work);
        self.most = self.most.max(work);
    }

    /// The time within which the part `part` (0..=1) of all frames ended, rounded up to a bucket.
    fn quantile(&self, part: f64) -> Duration {
        let wanted = ((f64::from(self.count) * part).ceil() as u32).max(1);
        let mut seen = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return (BUCKET * (at as u32 + 1)).min(self.most).max(self.least);
            }
        }
        self.most
    }

    fn describe(&self, name: &str, out: &mut String) {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let line = if self.count == 0 {
            writeln!(out, "{name}: no frames")
        } else {
            let (median, late) = (ms(self.quantile(0.5)), ms(self.quantile(0.99)));
            let (count, least, most) = (self.count, ms(self.least), ms(self.most));
            writeln!(
                out,
                "{name}: {count} frames, min {least:.2} ms, median {median:.2} ms, p99 {late:.2} ms, max {most:.2} ms"
            )
        };
        debug_assert!(line.is_ok(), "writing to a string does not fail");
    }
}

/// The frames of a run.
#[derive(Debug)]
pub struct FrameStats {
    start: Instant,
    /// When the frame at hand began, and what it has taken before that.
    begun: Option<Instant>,
    work: Duration,
    all: Histogram,
    filling: Histogram,
    drawing: Histogram,
    exploring: Histogram,
    /// The last frame with a cause, since the start.
    last_cause: Duration,
    idle: Duration,
    idle_frames: u32,
    /// Idle frames since the last one with a cause.
    open_frames: u32,
}

impl Default for FrameStats {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameStats {
    /// Begins to count.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            begun: None,
            work: Duration::ZERO,
            all: Histogram::default(),
            filling: Histogram::default(),
            drawing: Histogram::default(),
            exploring: Histogram::default(),
            last_cause: Duration::ZERO,
            idle: Duration::ZERO,
            idle_frames: 0,
            open_frames: 0,
        }
    }

    /// A part of a frame's work begins: call it at the begin of logic and of drawing.
    pub fn begin(&mut self) {
        self.begun = Some(Instant::now());
    }

    /// A part of a frame's work ends and more follows.
    pub fn pause(&mut self) {
        self.work += self.begun.take().map_or(Duration::ZERO, |begun| begun.elapsed());
    }

    /// The frame ends.
    pub fn end(&mut self, kind: FrameKind) {
        self.pause();
        let work = std::mem::take(&mut self.work);
        self.record(self.start.elapsed(), work, kind);
    }

    /// The report, as lines of text.
    #[must_use]
    pub fn report(&self) -> String {
        self.report_at(self.start.elapsed())
    }

    fn record(&mut self, now: Duration, work: Duration, kind: FrameKind) {
        self.all.add(work);
        if kind.is_filling {
            self.filling.add(work);
        }
        if kind.is_drawing {
            self.drawing.add(work);
        }
        if kind.is_exploring {
            self.exploring.add(work);
        }
        if kind.is_filling || kind.has_cause {
            self.idle += idle_between(self.last_cause, now);
            self.idle_frames += std::mem::take(&mut self.open_frames);
            self.last_cause = now;
        } else if now > self.last_cause + SETTLE {
            self.open_frames += 1;
        }
    }

    fn report_at(&self, now: Duration) -> String {
        let mut out = String::new();
        self.filling.describe("UI work a frame while filling", &mut out);
        self.drawing.describe("UI work a frame while the pen is down", &mut out);
        self.exploring.describe("UI work a frame while a hand explores", &mut out);
        self.all.describe("UI work a frame overall", &mut out);
        let idle = (self.idle + idle_between(self.last_cause, now)).as_secs_f64();
        let frames = self.idle_frames + self.open_frames;
        let rate = if idle > 0.0 { f64::from(frames) / idle } else { 0.0 };
        let line = write!(out, "idle: {frames} repaints in {idle:.1} s, {rate:.2} a second");
        debug_assert!(line.is_ok(), "writing to a string does not fail");
        out
    }
}

/// The idle part of the time between two causes.
fn idle_between(last_cause: Duration, now: Duration) -> Duration {
    now.saturating_sub(last_cause).saturating_sub(SETTLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: FrameKind = FrameKind { is_filling: false, is_drawing: false, is_exploring: false, has_cause: false };
    const INPUT: FrameKind = FrameKind { has_cause: true, ..QUIET };
    const FILLING: FrameKind = FrameKind { is_filling: true, ..QUIET };
    const DRAWING: FrameKind = FrameKind { is_drawing: true, ..INPUT };
    const EXPLORING: FrameKind = FrameKind { is_exploring: true, ..INPUT };

    fn ms(value: u64) -> Duration {
        Duration::from_millis(value)
    }

    #[test]
    fn fills_are_counted_apart_and_quantiles_are_ordered() {
        let mut stats = FrameStats::new();
        for frame in 0..100 {
            stats.record(ms(frame * 16), ms(if frame == 99 { 40 } else { 2 }), FILLING);
        }
        stats.record(ms(1700), ms(500), INPUT);
        assert_eq!((stats.filling.count, stats.all.count), (100, 101), "one frame without a fill");
        assert!(stats.filling.quantile(0.99) <= ms(3), "99 of 100: {:?}", stats.filling.quantile(0.99));
        assert_eq!(stats.filling.quantile(1.0), ms(40), "the longest");
        assert_eq!(stats.all.most, ms(500), "kept exactly though it is over the last bucket");
        let report = stats.report_at(ms(1700));
        assert!(report.contains("while filling: 100 frames, min 2.00 ms, median 2.10 ms"), "{report}");
    }

    #[test]
    fn frames_with_the_pen_or_the_slider_in_hand_are_counted_apart() {
        let mut stats = FrameStats::new();
        stats.record(ms(0), ms(30), INPUT);
        for frame in 1..=10 {
            stats.record(ms(frame * 16), ms(4), DRAWING);
        }
        stats.record(ms(180), ms(7), EXPLORING);
        let report = stats.report_at(ms(200));
        assert!(report.contains("while the pen is down: 10 frames, min 4.00 ms, median 4.00 ms"), "{report}");
        assert!(report.contains("while a hand explores: 1 frames, min 7.00 ms"), "{report}");
    }

    #[test]
    fn only_frames_without_cause_in_quiet_seconds_are_idle_repaints() {
        let mut stats = FrameStats::new();
        stats.record(ms(0), ms(1), INPUT);
        stats.record(ms(500), ms(1), QUIET);
        stats.record(ms(3000), ms(1), QUIET);
        stats.record(ms(11000), ms(1), INPUT);
        assert_eq!(stats.idle, ms(10000), "11 seconds less one to settle");
        assert!(
            stats.report_at(ms(11000)).ends_with("1 repaints in 10.0 s, 0.10 a second"),
            "{}",
            stats.report_at(ms(11000))
        );
    }

    #[test]
    fn no_frame_at_all_is_no_trouble() {
        assert!(FrameStats::new().report_at(ms(0)).contains("no frames"), "says so");
    }
}
