//! What this machine's cores can compute at best: a measured rate of fused multiply-adds, to set kernels beside.

use std::hint::black_box;
use std::time::{Duration, Instant};

use candle_core::{Error, Result};
use pulp::{Arch, Simd, WithSimd};

/// How long one round takes, about.
const ROUND: Duration = Duration::from_millis(50);
/// Rounds; the best one counts, as anything else that runs meanwhile only slows them.
const N_ROUNDS: usize = 8;
/// Multiply-adds of each accumulator between two looks at the clock.
const BURST: usize = 1 << 14;

/// The rate of f32 fused multiply-adds of `threads` threads together, in 10^9 operations a second, where one multiply-add
/// is two operations. Uses the widest vectors that the machine has; takes less than a second.
///
/// # Errors
/// When the threads cannot be started.
pub fn fma_peak_gflops(threads: usize) -> Result<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.build().map_err(|error| Error::Msg(format!("the threads cannot be started: {error}")))?;
    let mut best = 0.0_f64;
    for _ in 0..N_ROUNDS {
        let spans = pool.broadcast(|_| run_round());
        best = best.max(rate(&spans));
    }
    Ok(best / 1e9)
}

/// What one thread did in a round.
struct Span {
    start: Instant,
    end: Instant,
    operations: u64,
}

fn run_round() -> Span {
    let arch = Arch::new();
    // The first burst wakes the vector units.
    arch.dispatch(Burst);
    let start = Instant::now();
    let mut operations = 0;
    while start.elapsed() < ROUND {
        operations += arch.dispatch(Burst);
    }
    Span { start, end: Instant::now(), operations }
}

/// Operations a second from the first start to the last end, so that threads that share a core count for one.
fn rate(spans: &[Span]) -> f64 {
    let start = spans.iter().map(|span| span.start).min();
    let end = spans.iter().map(|span| span.end).max();
    let (Some(start), Some(end)) = (start, end) else { return 0.0 };
    let operations: u64 = spans.iter().map(|span| span.operations).sum();
    operations as f64 / (end - start).as_secs_f64()
}

/// Multiply-adds in registers only. Returns how many operations they were.
struct Burst;

impl WithSimd for Burst {
    type Output = u64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "only inlined does it compile with the vector instructions")]
    fn with_simd<S: Simd>(self, simd: S) -> u64 {
        // As many chains as fit into the registers beside two factors: enough to hide the latency of two to four units.
        if S::REGISTER_COUNT >= 32 { chains::<S, 24>(simd) } else { chains::<S, 12>(simd) }
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "only inlined does it compile with the vector instructions")]
fn chains<S: Simd, const N: usize>(simd: S) -> u64 {
    // Both stay near 1, so that no value becomes a slow one (denormal) or an infinity.
    let factor = simd.splat_f32s(black_box(0.999_999));
    let added = simd.splat_f32s(black_box(1e-6));
    let mut sums = [simd.splat_f32s(1.0); N];
    for _ in 0..BURST {
        for sum in &mut sums {
            *sum = simd.mul_add_e_f32s(*sum, factor, added);
        }
    }
    let total = sums.iter().fold(0.0, |total, sum| total + simd.reduce_sum_f32s(*sum));
    black_box(total);
    let lanes = size_of::<S::f32s>() / size_of::<f32>();
    (2 * BURST * N * lanes) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_add_up() {
        let one = fma_peak_gflops(1).unwrap();
        assert!(one > 0.1 && one < 10_000.0, "{one} GFLOP/s of one core");
        if std::thread::available_parallelism().is_ok_and(|cores| cores.get() >= 2) {
            // Other work on the machine may hold a core up for a whole measurement, hardly for several.
            let two = (0..8).map(|_| fma_peak_gflops(2).unwrap()).fold(0.0, f64::max);
            assert!(two > 0.75 * one, "two cores reach {two} GFLOP/s, one {one}");
        }
    }
}
