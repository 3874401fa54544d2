//! What drawing well is worth: points for getting better, never a record that falls.

use serde::{Deserialize, Serialize};

/// The most stars.
pub const MAX_STARS: u8 = 3;

/// The best that somebody has done in a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// 0..=[`MAX_STARS`].
    pub stars: u8,
    /// 0..=1; tells drawings of as many stars apart.
    pub total: f32,
}

impl Standing {
    /// This or `new`, whichever is better; values out of range are brought into it, and what is no number counts as 0.
    #[must_use]
    pub fn improved(self, new: Self) -> Self {
        let total = if new.total.is_nan() { 0.0 } else { new.total.clamp(0.0, 1.0) };
        let new = Self { stars: new.stars.min(MAX_STARS), total };
        if (new.stars, new.total) > (self.stars, self.total) { new } else { self }
    }
}

/// The points for going from `before` to `after` stars in a lesson that is worth `worth` points: nothing for doing worse, and
/// all steps up to three stars together are `worth` exactly, however many there are and whatever is divided.
#[must_use]
pub fn reward(before: u8, after: u8, worth: u32) -> u32 {
    let earned = |stars: u8| u64::from(worth) * u64::from(stars.min(MAX_STARS)) / u64::from(MAX_STARS);
    u32::try_from(earned(after).saturating_sub(earned(before))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn points_are_worth_once_however_they_come(worth in any::<u32>(), tries in prop::collection::vec((0_u8..=5, any::<f32>()), 0..12)) {
            let (mut best, mut points) = (Standing::default(), 0_u64);
            for (stars, total) in tries {
                let new = best.improved(Standing { stars, total });
                prop_assert!((new.stars, new.total) >= (best.stars, best.total), "a record never falls");
                prop_assert!(new.stars <= MAX_STARS && (0.0..=1.0).contains(&new.total));
                points += u64::from(reward(best.stars, new.stars, worth));
                best = new;
            }
            prop_assert_eq!(points, u64::from(reward(0, best.stars, worth)), "the way there does not matter");
            prop_assert!(best.stars < 3 || points == u64::from(worth), "three stars are worth all of it");
        }
    }

    #[test]
    fn doing_worse_costs_nothing() {
        assert_eq!((reward(3, 1, 100), reward(1, 1, 100), reward(0, 3, 100)), (0, 0, 100));
        assert_eq!(reward(0, 1, 10) + reward(1, 2, 10) + reward(2, 3, 10), 10, "nothing is lost in dividing");
    }
}
