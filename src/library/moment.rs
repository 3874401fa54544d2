//! What time it is, where the user lives.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment and how far clocks are ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970 UTC.
    pub secs: u64,
    /// Seconds that clocks here are ahead of UTC.
    pub ahead: i64,
}

impl Moment {
    /// This one. The system may read its time zone from a file.
    #[must_use]
    pub fn now() -> Self {
        let secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { secs, ahead: i64::from(chrono::Local::now().offset().local_minus_utc()) }
    }

    /// Its day, in days since 1970.
    #[must_use]
    pub const fn day(self) -> i64 {
        (self.secs as i64 + self.ahead).div_euclid(86_400)
    }
}
