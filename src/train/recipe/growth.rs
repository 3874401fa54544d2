//! The part of a recipe that says how networks grow.

use clap::Args;
use serde::{Deserialize, Serialize};

/// How networks grow from small pictures to large ones (Karras et al., Progressive Growing of GANs, 2018, §2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Growth {
    /// Side of the first pictures in pixels (StyleGAN): a power of two from 4 on
    #[arg(long, value_name = "PIXELS")]
    pub first_side: usize,
    /// Thousands of pictures in which a new size is faded in
    #[arg(long, value_name = "KIMG")]
    pub fade_kimg: f64,
    /// Thousands of pictures from there until the next size
    #[arg(long, value_name = "KIMG")]
    pub steady_kimg: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { first_side: 8, fade_kimg: 600.0, steady_kimg: 600.0 }
    }
}

impl Growth {
    /// The side of the pictures after `images`, at most `side`, and how much of the newest size is seen, 0..=1. The first size
    /// is not faded in.
    #[must_use]
    pub fn stage(&self, images: u64, side: usize) -> (usize, f64) {
        let (fade, steady) = (self.fade_kimg * 1e3, self.steady_kimg * 1e3);
        let first = self.first_side.min(side);
        let mut left = images as f64 - steady;
        let mut at = first;
        while at < side && left >= 0.0 {
            at *= 2;
            if left < fade {
                return (at, left / fade);
            }
            left -= fade + steady;
        }
        (at, 1.0)
    }

    /// What is wrong with these values, for pictures of `side` pixels.
    ///
    /// # Errors
    /// One sentence.
    pub(super) fn check(&self, side: usize) -> Result<(), &'static str> {
        if !self.first_side.is_power_of_two() || !(4..=side).contains(&self.first_side) {
            return Err("growth.first_side must be a power of two from 4 to the side");
        }
        if ![self.fade_kimg, self.steady_kimg].iter().all(|kimg| kimg.is_finite() && *kimg > 0.0) {
            return Err("growth.fade_kimg and growth.steady_kimg must be positive");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_steady_and_faded_in_by_turns() {
        let growth = Growth { first_side: 8, fade_kimg: 1.0, steady_kimg: 2.0 };
        for (images, expected) in [
            (0, (8, 1.0)),
            (1999, (8, 1.0)),
            (2000, (16, 0.0)),
            (2250, (16, 0.25)),
            (3000, (16, 1.0)),
            (4999, (16, 1.0)),
            (5500, (32, 0.5)),
            (1_000_000, (32, 1.0)),
        ] {
            assert_eq!(growth.stage(images, 32), expected, "after {images}");
        }
        assert_eq!(growth.stage(0, 4), (4, 1.0), "no more than all of it");
    }
}
