//! Painted pictures of earlier steps (Shrivastava et al., Learning from Simulated and Unsupervised Images through
//! Adversarial Training, 2017, §2.3), so that the judge does not forget what it has learned to refuse.

use candle_core::{Result, Tensor};
use rand::Rng as _;

use crate::control::Rng;
use crate::train::parameters::Tensors;

const KEY: &str = "pool";

/// Up to so many pictures with their conditions, as one tensor `[c, side, side]` each.
#[derive(Debug, Default)]
pub(super) struct Pool {
    most: usize,
    kept: Vec<Tensor>,
}

impl Pool {
    pub(super) const fn new(most: usize) -> Self {
        Self { most, kept: Vec::new() }
    }

    /// What the judge shall see instead of `pairs` `[n, c, side, side]`: while there is room each is kept and shown; then every second one is kept
    /// in the place of an old one, which is shown.
    pub(super) fn exchange(&mut self, pairs: &Tensor, rng: &mut Rng) -> Result<Tensor> {
        if self.most == 0 {
            return Ok(pairs.clone());
        }
        let mut shown = Vec::with_capacity(pairs.dim(0)?);
        for at in 0..pairs.dim(0)? {
            let pair = pairs.get(at)?.copy()?.detach();
            if self.kept.len() < self.most {
                self.kept.push(pair.clone());
                shown.push(pair);
            } else if rng.random::<bool>() {
                let place = rng.random_range(0..self.kept.len());
                shown.push(std::mem::replace(&mut self.kept[place], pair));
            } else {
                shown.push(pair);
            }
        }
        Tensor::stack(&shown, 0)
    }

    pub(super) fn save(&self, into: &mut Tensors) {
        into.extend(self.kept.iter().enumerate().map(|(at, pair)| (format!("{KEY}.{at:05}"), pair.clone())));
    }

    pub(super) fn restore(&mut self, from: &Tensors) {
        let ours = from.iter().filter(|(name, _)| name.starts_with("pool."));
        self.kept = ours.map(|(_, pair)| pair.clone()).take(self.most).collect();
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::control;

    #[test]
    fn a_full_pool_shows_old_pictures_for_half_of_the_new_ones() {
        let mut pool = Pool::new(50);
        let mut rng = control::rng(1, 0);
        let mut old = 0;
        for step in 0..400_u32 {
            let pair = Tensor::full(step as f32, (1, 1, 2, 2), &Device::Cpu).unwrap();
            let shown = pool.exchange(&pair, &mut rng).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert!(shown[0] <= step as f32, "nothing from the future");
            assert!(step >= 50 || shown[0] == step as f32, "new ones while there is room");
            old += u32::from(shown[0] < step as f32);
        }
        assert!((140..210).contains(&old), "{old} of 350 were old");
    }
}
