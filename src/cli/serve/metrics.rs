//! What happened so far, as numbers that Prometheus reads.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the histogram of seconds.
const BUCKETS: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Statuses that are counted one by one; all others together.
const STATUSES: [u16; 12] = [200, 400, 404, 405, 408, 413, 415, 422, 429, 500, 503, 0];

/// Counters. Each is exact; a text of several may be from between two requests.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    answers: [AtomicU64; STATUSES.len()],
    queued: AtomicI64,
    pictures: AtomicU64,
    failures: AtomicU64,
    micros: AtomicU64,
    buckets: [AtomicU64; BUCKETS.len()],
    bytes: AtomicU64,
}

impl Metrics {
    /// Counts a request's answer.
    pub(super) fn answered(&self, status: u16) {
        let at = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        self.answers[at].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts bytes of drawings.
    pub(super) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many drawings more wait.
    pub(super) fn queued(&self, more: i64) {
        self.queued.fetch_add(more, Ordering::Relaxed);
    }

    /// Counts what the painting thread did.
    pub(super) fn painted(&self, took: Duration, is_picture: bool) {
        if !is_picture {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.pictures.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
        if let Some(at) = BUCKETS.iter().position(|end| took.as_secs_f64() <= *end) {
            self.buckets[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Pictures so far.
    pub(super) fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    /// Drawings that wait.
    pub(super) fn waiting(&self) -> i64 {
        self.queued.load(Ordering::Relaxed).max(0)
    }

    /// How long a picture took in the mean, in seconds.
    pub(super) fn mean_wait(&self) -> f64 {
        let pictures = self.pictures().max(1) as f64;
        self.micros.load(Ordering::Relaxed) as f64 / 1e6 / pictures
    }

    /// All of it in the text format of Prometheus, version 0.0.4.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            // Writing into a string cannot fail.
            writeln!(text, "{words}").ok();
        };
        line(format_args!("# HELP pentimento_requests_total Requests by the status of their answer."));
        line(format_args!("# TYPE pentimento_requests_total counter"));
        for (status, count) in STATUSES.iter().zip(&self.answers) {
            let name = if *status == 0 { "other".to_owned() } else { status.to_string() };
            line(format_args!("pentimento_requests_total{{status=\"{name}\"}} {}", count.load(Ordering::Relaxed)));
        }
        let pictures = self.pictures();
        let rows = [
            ("received_bytes_total", "counter", "Bytes of drawings.", self.bytes.load(Ordering::Relaxed)),
            (
                "refused_drawings_total",
                "counter",
                "Drawings that became no picture.",
                self.failures.load(Ordering::Relaxed),
            ),
            ("waiting_drawings", "gauge", "Drawings in the queue.", self.waiting() as u64),
        ];
        for (name, kind, help, value) in rows {
            line(format_args!(
                "# HELP pentimento_{name} {help}\n# TYPE pentimento_{name} {kind}\npentimento_{name} {value}"
            ));
        }
        line(format_args!("# HELP pentimento_picture_seconds Seconds from drawing to picture, without waiting."));
        line(format_args!("# TYPE pentimento_picture_seconds histogram"));
        let mut sum = 0;
        for (end, count) in BUCKETS.iter().zip(&self.buckets) {
            sum += count.load(Ordering::Relaxed);
            line(format_args!("pentimento_picture_seconds_bucket{{le=\"{end}\"}} {sum}"));
        }
        line(format_args!("pentimento_picture_seconds_bucket{{le=\"+Inf\"}} {pictures}"));
        line(format_args!("pentimento_picture_seconds_sum {}", self.micros.load(Ordering::Relaxed) as f64 / 1e6));
        line(format_args!("pentimento_picture_seconds_count {pictures}"));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_histogram_is_cumulative() {
        let metrics = Metrics::default();
        for millis in [5, 20, 20, 700, 60_000] {
            metrics.painted(Duration::from_millis(millis), true);
        }
        metrics.painted(Duration::from_secs(1), false);
        metrics.answered(200);
        metrics.answered(418);
        let text = metrics.text();
        for row in [
            "pentimento_requests_total{status=\"200\"} 1",
            "pentimento_requests_total{status=\"other\"} 1",
            "pentimento_refused_drawings_total 1",
            "pentimento_picture_seconds_bucket{le=\"0.01\"} 1",
            "pentimento_picture_seconds_bucket{le=\"0.025\"} 3",
            "pentimento_picture_seconds_bucket{le=\"10\"} 4",
            "pentimento_picture_seconds_bucket{le=\"+Inf\"} 5",
            "pentimento_picture_seconds_count 5",
        ] {
            assert!(text.lines().any(|line| line == row), "{row} in\n{text}");
        }
    }
}
