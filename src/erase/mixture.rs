//! Candidates between candidates: styles of several seeds, mixed.

/// Which style a network fills with: the styles of some seeds by their shares, which sum to 1. Mixing styles rather than
/// latents keeps every mixture as likely as its parts (Karras et al., "A Style-Based Generator Architecture for GANs", CVPR
/// 2019, section 4.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture(Vec<(u64, f32)>);

impl Mixture {
    /// The style of one seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(vec![(seed, 1.0)])
    }

    /// Seeds with shares; what is not positive is left out, and the rest scaled to sum to 1. `None` when nothing is left.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = (u64, f32)>) -> Option<Self> {
        let mut merged: Vec<(u64, f32)> = Vec::new();
        for (seed, share) in parts.into_iter().filter(|(_, share)| *share > 0.0 && share.is_finite()) {
            match merged.iter_mut().find(|(other, _)| *other == seed) {
                Some((_, sum)) => *sum += share,
                None => merged.push((seed, share)),
            }
        }
        let total: f32 = merged.iter().map(|(_, share)| share).sum();
        if let [(_, only)] = merged.as_mut_slice() {
            *only = 1.0;
        } else {
            for (_, share) in &mut merged {
                *share /= total;
            }
        }
        (!merged.is_empty()).then_some(Self(merged))
    }

    /// From `a` (at `t` 0) to `b` (at `t` 1). At the ends it is exactly what stands there.
    #[must_use]
    pub fn between(a: &Self, b: &Self, t: f32) -> Self {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let of_a = a.0.iter().map(|&(seed, share)| (seed, share * (1.0 - t)));
        let parts = of_a.chain(b.0.iter().map(|&(seed, share)| (seed, share * t)));
        Self::new(parts).unwrap_or_else(|| a.clone())
    }

    /// Seeds and shares.
    #[must_use]
    pub fn parts(&self) -> &[(u64, f32)] {
        &self.0
    }

    /// The seed with the largest share; of equal ones the first.
    #[must_use]
    pub fn main_seed(&self) -> u64 {
        let mut best = (0, f32::MIN);
        for &(seed, share) in &self.0 {
            if share > best.1 {
                best = (seed, share);
            }
        }
        best.0
    }

    /// Whether it is one seed's own style.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        self.0.len() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_exact_and_mixtures_mix_again() {
        let (a, b) = (Mixture::of(3), Mixture::of(8));
        assert_eq!((Mixture::between(&a, &b, 0.0), Mixture::between(&a, &b, 1.0)), (a.clone(), b.clone()), "ends");
        let middle = Mixture::between(&a, &b, 0.5);
        assert_eq!(middle.parts(), [(3, 0.5), (8, 0.5)], "half of each");
        assert_eq!(Mixture::between(&middle, &a, 0.5).parts(), [(3, 0.75), (8, 0.25)], "mixed again");
        assert_eq!(Mixture::between(&a, &b, 0.7).main_seed(), 8, "the larger share");
        assert_eq!(Mixture::between(&a, &b, f32::NAN), a, "no number is the start");
        assert_eq!(Mixture::new([(1, 0.0), (2, f32::NAN)]), None, "nothing is no mixture");
    }
}
