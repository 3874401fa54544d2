//! How long work is driven: cancellation, stepping, progress and seeded randomness.
//!
//! A leaf that every layer may use. It knows nothing of pixels, threads or windows: a [`Stepper`] is advanced by
//! whoever owns it, so cancel, pause, pre-emption and tests without threads need no support from the work itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::{Rng as _, SeedableRng as _};

/// The seeded generator that all stochastic code takes. The same seed gives the same numbers on every machine.
pub type Rng = rand_pcg::Pcg64Mcg;

/// A generator for `seed`, separated by `stream` so that two users of one seed do not draw the same numbers.
#[must_use]
pub fn rng(seed: u64, stream: u64) -> Rng {
    Rng::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Normally distributed numbers, made two at a time (Box and Muller 1958).
#[must_use]
pub fn normal(rng: &mut Rng, count: usize, mean: f64, stdev: f64) -> Vec<f32> {
    let mut values = Vec::with_capacity(count + 1);
    while values.len() < count {
        // 1 minus a number in 0..1 is never 0, whose logarithm is not finite.
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt() * stdev;
        let (sine, cosine) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
        values.extend([radius.mul_add(cosine, mean) as f32, radius.mul_add(sine, mean) as f32]);
    }
    values.truncate(count);
    values
}

/// What one step of a [`Stepper`] gave.
#[derive(Debug)]
pub enum Step<P, T> {
    /// There is more to do; `P` says how far it is and what can be shown already.
    More(P),
    /// The result. The stepper must not be stepped again.
    Done(T),
}

/// Long work that is advanced from outside, in steps of at most about 50 ms.
pub trait Stepper {
    /// What is worth showing between two steps.
    type Preview;
    /// The result.
    type Output;
    /// What can go wrong.
    type Error;

    /// Does the next piece of work.
    fn step(&mut self) -> Result<Step<Self::Preview, Self::Output>, Self::Error>;
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// In 0..=1.
    pub fraction: f32,
    /// A fixed word for what is being done, also the key of its translation: `decode`, `membrane`, `synthesis`, …
    pub stage: &'static str,
}

/// The owner's end of a cancellation: everything handed out before [`Canceller::restart`] or the drop is cancelled.
#[derive(Debug, Default)]
pub struct Canceller {
    generation: Arc<AtomicU64>,
}

impl Canceller {
    /// Cancels every token handed out so far and returns a live one.
    #[must_use]
    pub fn restart(&mut self) -> CancelToken {
        let current = self.generation.fetch_add(1, Ordering::AcqRel) + 1;
        CancelToken { generation: Arc::clone(&self.generation), current }
    }

    /// Cancels every token handed out so far.
    pub fn cancel(&mut self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

impl Drop for Canceller {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The worker's end of a cancellation. Cheap to clone and to ask.
#[derive(Clone, Debug)]
pub struct CancelToken {
    generation: Arc<AtomicU64>,
    current: u64,
}

impl CancelToken {
    /// A token that nobody cancels, for the command line and tests.
    #[must_use]
    pub fn never() -> Self {
        Self { generation: Arc::new(AtomicU64::new(0)), current: 0 }
    }

    /// Whether the work should end as soon as it can.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.generation.load(Ordering::Acquire) != self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_cancels_only_what_came_before() {
        let mut canceller = Canceller::default();
        let first = canceller.restart();
        assert!(!first.is_cancelled(), "fresh tokens live");
        let second = canceller.restart();
        assert!(first.is_cancelled(), "the older token is cancelled");
        assert!(!second.is_cancelled(), "the newer token lives");
        drop(canceller);
        assert!(second.is_cancelled(), "dropping the owner cancels");
    }

    #[test]
    fn seeds_and_streams_separate() {
        use rand::RngCore as _;
        assert_eq!(rng(7, 1).next_u64(), rng(7, 1).next_u64(), "same seed, same numbers");
        assert_ne!(rng(7, 1).next_u64(), rng(7, 2).next_u64(), "streams differ");
    }
}
