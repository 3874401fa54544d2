//! Where a fill came from: the engine's account as a document keeps it, and styles on their way back.

use crate::document::{Origin, OriginNetwork, OriginReason, Shares, WHOLE_SHARE};
use crate::erase::{self, Mixture};

/// What a document keeps of `origin`.
pub(super) fn origin_of(origin: &erase::Origin) -> Origin {
    let reason = origin.reason.as_ref().map(|reason| OriginReason {
        rule: <&str>::from(reason.rule).to_owned(),
        width: reason.width,
        network: reason.network.map(str::to_owned),
    });
    let network = origin.network.as_ref().map(|network| OriginNetwork {
        family: <&str>::from(network.family).to_owned(),
        side: network.side,
        scale_percent: (network.scale * 100.0).round() as u32,
        squares: network.squares as u32,
        is_guided: network.is_guided,
        style: network.mixture.as_ref().map(shares_of).unwrap_or_default(),
    });
    Origin { engine: origin.engine.name().to_owned(), reason, network }
}

fn shares_of(mixture: &Mixture) -> Shares {
    let share = |share: f32| (share * WHOLE_SHARE as f32).round() as u32;
    mixture.parts().iter().map(|&(seed, part)| (seed, share(part))).collect()
}

/// The style that a document keeps; `None` where there is none.
pub(super) fn mixture_of(shares: &Shares) -> Option<Mixture> {
    Mixture::new(shares.iter().map(|&(seed, share)| (seed, share as f32 / WHOLE_SHARE as f32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_survive() {
        for mixture in [Mixture::of(7), Mixture::between(&Mixture::of(1), &Mixture::of(2), 0.25)] {
            assert_eq!(mixture_of(&shares_of(&mixture)), Some(mixture), "there and back");
        }
        assert_eq!(mixture_of(&Shares::new()), None, "no style");
    }
}
