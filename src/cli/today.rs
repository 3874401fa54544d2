//! Dates as people write them, and the moment that it is.

pub(super) use crate::library::Moment;
use crate::school::day_of_date;

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
