//! Days, weeks, and the lesson of a day. Dates are plain numbers of days since 1 January 1970, in whatever zone the caller
//! lives.

use crate::imaging::ink::mix;

const SECS_A_DAY: i64 = 86_400;

/// A week from Monday 00:00 to Sunday 23:59:59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    /// Its Monday, in days since 1970.
    monday: i64,
}

impl Week {
    /// The week of a day.
    #[must_use]
    pub const fn of_day(day: i64) -> Self {
        // 1 January 1970 was a Thursday, three days after a Monday.
        Self { monday: day - (day + 3).rem_euclid(7) }
    }

    /// The week of a moment in seconds since 1970 UTC, where clocks are `ahead` seconds ahead of UTC.
    #[must_use]
    pub const fn of_secs(secs: i64, ahead: i64) -> Self {
        Self::of_day((secs.saturating_add(ahead)).div_euclid(SECS_A_DAY))
    }

    /// The day of its Monday.
    #[must_use]
    pub const fn monday(self) -> i64 {
        self.monday
    }
}

/// The day number of a date of the Gregorian calendar; `None` when there is no such date.
#[must_use]
pub fn day_of_date(year: i32, month: u32, day: u32) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let last = *days.get(month.checked_sub(1)? as usize)?;
    if !(1..=last).contains(&day) {
        return None;
    }
    let before: u32 = days[..month as usize - 1].iter().sum();
    let years = i64::from(year) - 1;
    let leaps = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    Some(years * 365 + leaps + i64::from(before + day - 1) - 719_162)
}

/// Year, month and day of a day number (backwards through [`day_of_date`]).
#[must_use]
pub fn date_of_day(day: i64) -> (i32, u32, u32) {
    let mut year = (day as f64 / 365.2425).floor() as i32 + 1970;
    while day_of_date(year, 1, 1).is_some_and(|first| first > day) {
        year -= 1;
    }
    while day_of_date(year + 1, 1, 1).is_some_and(|first| first <= day) {
        year += 1;
    }
    let starts = (1..=12).rev().filter_map(|month| Some((month, day_of_date(year, month, 1)?)));
    let (month, first) = starts.into_iter().find(|&(_, first)| first <= day).unwrap_or((1, day));
    (year, month, (day - first) as u32 + 1)
}

/// Which of `count` lessons is the topic of a day: each comes once before one comes again, in an order that is the same on
/// every machine, and never twice in a row. `None` when there are no lessons.
#[must_use]
pub fn topic_of_day(day: i64, count: usize) -> Option<usize> {
    let round = day.div_euclid(i64::try_from(count).ok().filter(|&count| count > 0)?);
    let at = day.rem_euclid(count as i64) as usize;
    let mut order = order(round, count);
    if count > 2 && order.first() == self::order(round - 1, count).last() {
        // The last two of a round stay where they are, so the round before is as it was written.
        order.swap(0, 1);
    }
    order.get(at).copied()
}

fn order(round: i64, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&lesson| (mix(mix(0x5EED, round as u64), lesson as u64), lesson));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        assert_eq!(day_of_date(1970, 1, 1), Some(0));
        assert_eq!(day_of_date(2000, 3, 1), Some(11_017));
        assert_eq!(day_of_date(2026, 11, 21), Some(20_778));
        assert_eq!((day_of_date(2023, 2, 29), day_of_date(2023, 13, 1), day_of_date(2023, 0, 1)), (None, None, None));
        for day in (-800_000..800_000).step_by(331) {
            let (year, month, of_month) = date_of_day(day);
            assert_eq!(day_of_date(year, month, of_month), Some(day), "{year}-{month}-{of_month}");
        }
    }

    #[test]
    fn weeks_begin_on_mondays() {
        let monday = day_of_date(2026, 11, 16).unwrap();
        assert!((0..7).all(|later| Week::of_day(monday + later).monday() == monday), "all of its days");
        assert_ne!(Week::of_day(monday - 1), Week::of_day(monday), "Sunday is another week");
        let sunday_night = (monday + 7) * SECS_A_DAY - 1;
        assert_eq!(Week::of_secs(sunday_night, 0).monday(), monday, "23:59:59");
        assert_eq!(Week::of_secs(sunday_night, 3600).monday(), monday + 7, "it is Monday further east");
    }

    #[test]
    fn each_topic_comes_once_a_round() {
        for count in [3, 4, 5, 24, 31] {
            let topics: Vec<usize> =
                (-5 * count..40 * count).map(|day| topic_of_day(day, count as usize).unwrap()).collect();
            for round in topics.chunks(count as usize) {
                let mut sorted = round.to_vec();
                sorted.sort_unstable();
                assert!(sorted.iter().copied().eq(0..count as usize), "each once: {round:?}");
            }
            assert!(topics.windows(2).all(|pair| pair[0] != pair[1]), "never twice in a row, of {count}");
        }
        assert_eq!((topic_of_day(5, 0), topic_of_day(5, 1)), (None, Some(0)), "none and one");
    }
}
