//! In which order frames are shown.

use serde::{Deserialize, Serialize};

/// The order in which frames are played.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Playback {
    /// From the first to the last, then still.
    #[default]
    Once,
    /// From the first to the last, again and again.
    Loop,
    /// There and back, again and again; the ends are not shown twice.
    PingPong,
}

impl Playback {
    /// The frames of one round, of `n`.
    #[must_use]
    pub fn order(self, n: usize) -> Vec<usize> {
        let back = match self {
            Self::Once | Self::Loop => 0,
            Self::PingPong => n.saturating_sub(2),
        };
        (0..n).chain((1..=back).rev()).collect()
    }

    /// The frame, of `n`, that is shown `ticks` frames after the start; `None` when the playing is over or there is no frame.
    #[must_use]
    pub fn frame_at(self, ticks: usize, n: usize) -> Option<usize> {
        let round = match self {
            Self::Once => return (ticks < n).then_some(ticks),
            Self::Loop => n,
            Self::PingPong => (n * 2).saturating_sub(2).max(n.min(1)),
        };
        let at = ticks.checked_rem(round)?;
        Some(if at < n { at } else { round - at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_played_again_and_again() {
        assert_eq!(Playback::PingPong.order(4), [0, 1, 2, 3, 2, 1], "there and back");
        assert_eq!((Playback::PingPong.order(1), Playback::PingPong.order(2)), (vec![0], vec![0, 1]), "few frames");
        for playback in [Playback::Loop, Playback::PingPong] {
            for n in 1..6 {
                let order = playback.order(n);
                for ticks in 0..20 {
                    assert_eq!(
                        playback.frame_at(ticks, n),
                        Some(order[ticks % order.len()]),
                        "{playback} of {n} at {ticks}"
                    );
                }
            }
        }
        assert_eq!((Playback::Once.frame_at(3, 4), Playback::Once.frame_at(4, 4)), (Some(3), None), "once is over");
        assert_eq!(Playback::PingPong.frame_at(0, 0), None, "no frame");
    }
}
