//! Threads, scratch memory and the shared result of one kernel.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

/// Scratch that a thread keeps for its next job, in floats; more is given back at once.
const KEPT: usize = 16 << 20;

thread_local! {
    static MEMORY: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Hands `work` memory for all threads of one kernel, of no particular content, which this thread keeps for the next time.
pub(super) fn with_memory<const N: usize, R>(sizes: [usize; N], work: impl FnOnce([Shared; N]) -> R) -> R {
    let mut memory = MEMORY.take();
    let total: usize = sizes.iter().map(|size| size.next_multiple_of(16)).sum();
    if memory.capacity() < total + 16 {
        memory = Vec::with_capacity(total + 16);
    }
    let mut start = memory.as_ptr().align_offset(64).min(16);
    let whole = Shared::over(&mut memory);
    let parts = sizes.map(|size| {
        let part = Shared { start: whole.start.wrapping_add(start), len: size, is_finite: AtomicBool::new(true) };
        start += size.next_multiple_of(16);
        part
    });
    let result = work(parts);
    if memory.capacity() <= KEPT {
        MEMORY.set(memory);
    }
    result
}

/// Runs `job(index, scratch)` for each index, on the threads of the current rayon pool. `scratch` has `floats` values of no
/// particular content. Jobs are handed out in order, so that neighbours run at the same time.
pub(super) fn for_each_job(jobs: usize, floats: usize, job: impl Fn(usize, &mut [f32]) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut scratch = SCRATCH.take();
        if scratch.len() < floats + 16 {
            scratch = vec![0.0; floats + 16];
        }
        let aligned = scratch.as_ptr().align_offset(64).min(16);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= jobs {
                break;
            }
            job(index, &mut scratch[aligned..aligned + floats]);
        }
        if scratch.len() <= KEPT {
            SCRATCH.set(scratch);
        }
    };
    let threads = rayon::current_num_threads().min(jobs);
    if threads <= 1 {
        work();
    } else {
        (0..threads).into_par_iter().with_max_len(1).for_each(|_| work());
    }
}

/// A result that several threads write to, each its own part, and whether all of it is finite.
pub(super) struct Shared {
    start: *mut f32,
    len: usize,
    is_finite: AtomicBool,
}

// SAFETY: the pointer is only used through `part`, whose callers promise disjoint ranges.
unsafe impl Sync for Shared {}

impl Shared {
    /// Lets `fill` write all `len` values of a new buffer; `None` if any of them was not finite.
    ///
    /// # Safety
    /// `fill` writes every value.
    pub(super) unsafe fn fill(len: usize, fill: impl FnOnce(&Self)) -> Option<Vec<f32>> {
        let mut out = Vec::<f32>::with_capacity(len);
        let shared = Self { start: out.as_mut_ptr(), len, is_finite: AtomicBool::new(true) };
        fill(&shared);
        // SAFETY: `fill` wrote all of it.
        unsafe { out.set_len(len) };
        shared.is_finite.into_inner().then_some(out)
    }

    /// The whole capacity of `memory`, of no particular content.
    fn over(memory: &mut Vec<f32>) -> Self {
        Self { start: memory.as_mut_ptr(), len: memory.capacity(), is_finite: AtomicBool::new(true) }
    }

    /// `len` values from `at` on.
    ///
    /// # Safety
    /// No other thread holds an overlapping part meanwhile, and the values are written before they are read.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "the parts are disjoint; that is what this type is for")]
    pub(super) unsafe fn part(&self, at: usize, len: usize) -> &mut [f32] {
        assert!(at + len <= self.len, "a part of {len} at {at} of {}", self.len);
        // SAFETY: inside the buffer by the assertion, disjoint by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(at), len) }
    }

    /// Notes that a value is NaN or infinite.
    pub(super) fn note(&self, is_finite: bool) {
        if !is_finite {
            self.is_finite.store(false, Ordering::Relaxed);
        }
    }
}
