//! Threads that prepare batches ahead.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, bounded};

use super::{Batch, Sampler};
use crate::train::TrainError;

/// Batches in order, prepared by other threads. They end when it is dropped.
pub struct Loader {
    ready: Receiver<(u64, Result<Batch, TrainError>)>,
    /// Came before their turn.
    early: BTreeMap<u64, Result<Batch, TrainError>>,
    next: u64,
}

impl Loader {
    /// From batch `first` on, `n` samples each, with `threads` threads.
    #[must_use]
    pub fn new(sampler: &Arc<Sampler>, first: u64, n: usize, threads: usize) -> Self {
        let threads = threads.clamp(1, 64);
        let (send, ready) = bounded(threads + 1);
        let number = Arc::new(AtomicU64::new(first));
        for _ in 0..threads {
            let (sampler, send, number) = (Arc::clone(sampler), send.clone(), Arc::clone(&number));
            let prepare = move || {
                loop {
                    let at = number.fetch_add(1, Ordering::Relaxed);
                    if send.send((at, sampler.batch(at * n as u64, n))).is_err() {
                        // Nobody listens any longer.
                        return;
                    }
                }
            };
            if let Err(error) = std::thread::Builder::new().name("pictures".to_owned()).spawn(prepare) {
                tracing::warn!("a thread that reads pictures cannot be started: {error}");
            }
        }
        Self { ready, early: BTreeMap::new(), next: first }
    }

    /// The next batch.
    ///
    /// # Errors
    /// When no picture can be decoded.
    pub fn take(&mut self) -> Result<Batch, TrainError> {
        loop {
            if let Some(batch) = self.early.remove(&self.next) {
                self.next += 1;
                return batch;
            }
            let Ok((at, batch)) = self.ready.recv() else {
                return Err(TrainError::AllBroken { reason: "the threads that read pictures have ended".to_owned() });
            };
            self.early.insert(at, batch);
        }
    }
}
