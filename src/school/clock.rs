//! The time that a drawing may take, for those who want it to be short.

/// Below this many milliseconds it becomes urgent.
const URGENT: u64 = 10_000;

/// Counts down while it is not paused. It asks no clock: [`Clock::tick`] says how much time went by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    limit: u64,
    spent: u64,
    is_paused: bool,
}

impl Clock {
    /// A clock that runs for `limit_secs`.
    #[must_use]
    pub const fn new(limit_secs: u32) -> Self {
        Self { limit: limit_secs as u64 * 1000, spent: 0, is_paused: false }
    }

    /// Lets `millis` go by; nothing while it is paused, as when a picture is being made.
    pub const fn tick(&mut self, millis: u64) {
        if !self.is_paused {
            let spent = self.spent.saturating_add(millis);
            self.spent = if spent > self.limit { self.limit } else { spent };
        }
    }

    /// Holds it, or lets it go on.
    pub const fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// Whether it is held.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// What is left, in milliseconds.
    #[must_use]
    pub const fn millis_left(&self) -> u64 {
        self.limit - self.spent
    }

    /// What is left of the whole, 1..=0.
    #[must_use]
    pub fn share_left(&self) -> f32 {
        if self.limit == 0 { 0.0 } else { self.millis_left() as f32 / self.limit as f32 }
    }

    /// Whether less than ten seconds are left.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        self.millis_left() <= URGENT
    }

    /// Whether no time is left.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.spent == self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_while_it_is_paused() {
        let mut clock = Clock::new(60);
        clock.tick(20_000);
        clock.pause(true);
        clock.tick(20_000);
        clock.pause(false);
        assert_eq!((clock.millis_left(), clock.is_urgent()), (40_000, false), "twenty seconds went by");
        clock.tick(30_000);
        assert!(clock.is_urgent() && !clock.is_over(), "ten are left");
        clock.tick(u64::MAX);
        assert!(clock.is_over() && clock.share_left() == 0.0, "it never runs below nothing");
    }
}
