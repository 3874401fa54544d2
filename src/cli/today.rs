//! What time it is, where the user lives.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::school::day_of_date;

/// A moment and how far clocks are ahead of UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Seconds since 1970 UTC.
    pub(super) secs: u64,
    /// Seconds that clocks here are ahead of UTC.
    pub(super) ahead: i64,
}

impl Moment {
    /// This one.
    pub(super) fn now() -> Self {
        let secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { secs, ahead: i64::from(chrono::Local::now().offset().local_minus_utc()) }
    }

    /// Its day, in days since 1970.
    pub(super) const fn day(self) -> i64 {
        (self.secs as i64 + self.ahead).div_euclid(86_400)
    }
}

/// Reads a date such as 2026-11-21 as days since 1970.
pub(super) fn parse_date(text: &str) -> Result<i64, String> {
    let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
    let mut part = || parts.next()?.ok();
    let date =
        (|| day_of_date(i32::try_from(part()?).ok().filter(|year| (1..=9999).contains(year))?, part()?, part()?))();
    date.ok_or_else(|| format!("\"{text}\" is no date such as 2026-11-21"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        assert_eq!(parse_date("1970-01-02"), Ok(1));
        for text in ["", "2026", "2026-2-30", "2026-11-21-1", "x-1-1", "99999-1-1", "-1-1-1"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }
}
