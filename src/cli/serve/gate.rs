//! How much may come in: bytes in memory, and drawings a second from one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;

/// Bytes of drawings in memory at most, in units of [`UNIT`], unless one alone is larger.
const MOST_UNITS: usize = 256 << 10;
/// A unit of memory.
const UNIT: usize = 1024;
/// So many addresses are remembered.
const MOST_ADDRESSES: usize = 4096;

/// Drawings a second that another machine may send.
const RATE: u32 = 50;

/// Lets requests in or not.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// Drawings a second from one address; 0 for any number.
    rate: u32,
    /// Whether that holds for this machine's own programs too.
    limits_own: bool,
    max_bytes: usize,
    memory: Arc<Semaphore>,
    buckets: Arc<Mutex<BTreeMap<IpAddr, Bucket>>>,
}

/// What an address may still send (a token bucket).
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    since: Instant,
}

impl Gate {
    /// `rate` holds for all; without one, [`RATE`] for other machines.
    pub(super) fn new(rate: Option<u32>, max_megabytes: usize) -> Self {
        let max_bytes = max_megabytes << 20;
        let memory = Arc::new(Semaphore::new(MOST_UNITS.max(max_bytes.div_ceil(UNIT))));
        let (rate, limits_own) = (rate.unwrap_or(RATE), rate.is_some());
        Self { rate, limits_own, max_bytes, memory, buckets: Arc::default() }
    }

    /// The largest body in bytes.
    pub(super) const fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Room for a body of so many bytes, until the permit is dropped.
    ///
    /// # Errors
    /// When the body is larger than the limit, or all memory is taken.
    pub(super) fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        if bytes > self.max_bytes {
            return Err(too_large(self.max_bytes));
        }
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.memory).try_acquire_many_owned(units);
        permit.map_err(|_full| {
            let sentence = "too many drawings are under way: try again in a moment";
            Refusal::busy(StatusCode::SERVICE_UNAVAILABLE, sentence, Duration::from_secs(1))
        })
    }

    /// Counts a request of `address` at `now`.
    ///
    /// # Errors
    /// When it sent more than its rate allows: up to twice the rate at once, the rate in the long run.
    pub(super) fn knock(&self, address: IpAddr, now: Instant) -> Result<(), Refusal> {
        let is_own = address.to_canonical().is_loopback();
        if self.rate == 0 || (is_own && !self.limits_own) {
            return Ok(());
        }
        let (rate, most) = (f64::from(self.rate), 2.0 * f64::from(self.rate));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now_left = |bucket: &Bucket| {
            (bucket.left + rate * now.saturating_duration_since(bucket.since).as_secs_f64()).min(most)
        };
        if buckets.len() >= MOST_ADDRESSES {
            // Those who were quiet are as new.
            buckets.retain(|_, bucket| now_left(bucket) < most);
        }
        if buckets.len() >= MOST_ADDRESSES && !buckets.contains_key(&address) {
            let sentence = "too many clients at once: try again in a moment";
            return Err(Refusal::busy(StatusCode::SERVICE_UNAVAILABLE, sentence, Duration::from_secs(2)));
        }
        let bucket = buckets.entry(address).or_insert(Bucket { left: most, since: now });
        let left = now_left(bucket);
        if left < 1.0 {
            let sentence = format!("more than {} drawings a second: slow down", self.rate);
            let retry = Duration::from_secs_f64((1.0 - left) / rate);
            return Err(Refusal::busy(StatusCode::TOO_MANY_REQUESTS, sentence, retry));
        }
        *bucket = Bucket { left: left - 1.0, since: now };
        Ok(())
    }
}

/// What is said of a body that is too large.
pub(super) fn too_large(max_bytes: usize) -> Refusal {
    let sentence = format!("the drawing is larger than {} MB", max_bytes >> 20);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_for_each_address() {
        let (gate, start) = (Gate::new(Some(10), 1), Instant::now());
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let passed = |gate: &Gate, who, at: Duration, tries: usize| {
            (0..tries).filter(|_| gate.knock(who, start + at).is_ok()).count()
        };
        assert_eq!(passed(&gate, one, Duration::ZERO, 100), 20, "twice the rate at once");
        assert_eq!(passed(&gate, other, Duration::ZERO, 5), 5, "another address is not meant");
        assert_eq!(passed(&gate, one, Duration::from_secs(1), 100), 10, "then the rate");
        let refused = gate.knock(one, start + Duration::from_secs(1)).unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.retry.unwrap() <= Duration::from_millis(101), "it says when: {refused:?}");
        assert_eq!(passed(&Gate::new(Some(0), 1), one, Duration::ZERO, 1000), 1000, "no limit");
        let (own, usual) = (IpAddr::from([127, 0, 0, 1]), Gate::new(None, 1));
        assert_eq!(passed(&usual, own, Duration::ZERO, 1000), 1000, "this machine's programs are not held up");
        assert_eq!(passed(&usual, one, Duration::ZERO, 1000), 100, "others are, unasked");
        assert_eq!(passed(&Gate::new(Some(10), 1), own, Duration::ZERO, 1000), 20, "and all are when it is said");
    }

    #[test]
    fn it_forgets_who_was_quiet() {
        let (gate, start) = (Gate::new(Some(1), 1), Instant::now());
        for number in 0..2 * MOST_ADDRESSES as u32 {
            let at = start + Duration::from_millis(u64::from(number));
            gate.knock(IpAddr::from(number.to_be_bytes()), at).ok();
        }
        assert!(gate.buckets.lock().unwrap().len() <= MOST_ADDRESSES, "memory is bounded");
    }

    #[test]
    fn memory_is_lent_and_given_back() {
        let gate = Gate::new(Some(0), 200);
        let first = gate.room(200 << 20).unwrap();
        assert_eq!(gate.room(100 << 20).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE, "256 MB in all");
        drop(first);
        assert!(gate.room(100 << 20).is_ok(), "there is room again");
        assert_eq!(gate.room((200 << 20) + 1).unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
