//! The variable of latents without styles: `z = tanh y` where numbers are uniform, `z = y` where they are normal.

use candle_core::{Result, Tensor};
use rand::Rng as _;

use super::{Latent, SPREAD};
use crate::control::{Rng, normal};
use crate::generators::manifold::Prior;

/// Latents nearer to ±1 than this have no usable `y`.
const EDGE: f32 = 0.9999;

/// Starts around a latent stay inside of this (Zhu et al. 2016, released program).
const START_EDGE: f32 = 0.99;

/// The variable of latents `z` (any number of them, one after the other). Uniform numbers are cut to ±0.9999.
pub(super) fn y_of(z: &[f32], prior: Prior) -> Vec<f32> {
    match prior {
        Prior::Uniform => z.iter().map(|z| z.clamp(-EDGE, EDGE).atanh()).collect(),
        Prior::Normal => z.to_vec(),
    }
}

/// The latents of the variable `y`.
pub(super) fn z_of(y: &[f32], prior: Prior) -> Vec<f32> {
    match prior {
        Prior::Uniform => y.iter().map(|y| y.tanh()).collect(),
        Prior::Normal => y.to_vec(),
    }
}

/// As [`z_of`] with tensors of any shape; gradients reach `ys`.
///
/// # Errors
/// When candle cannot make the tensor.
pub(super) fn latents_of(ys: &Tensor, prior: Prior) -> Result<Tensor> {
    match prior {
        Prior::Uniform => ys.tanh(),
        Prior::Normal => Ok(ys.clone()),
    }
}

/// `count` latents of `dim` numbers, drawn from the prior.
#[must_use]
pub fn draw_start(prior: Prior, count: usize, dim: usize, rng: &mut Rng) -> Vec<Latent> {
    let one = |rng: &mut Rng| -> Latent {
        match prior {
            Prior::Uniform => (0..dim).map(|_| rng.random::<f32>().mul_add(2.0, -1.0)).collect(),
            Prior::Normal => normal(rng, dim, 0.0, 1.0).into(),
        }
    };
    (0..count).map(|_| one(rng)).collect()
}

/// `count` latents around `origin`, half as far spread as the prior. Uniform numbers stay within ±0.99 (Zhu et al. 2016,
/// released program).
pub(super) fn draw_near(origin: &[f32], prior: Prior, count: usize, rng: &mut Rng) -> Vec<Latent> {
    let around = |start: &Latent| -> Latent {
        let moved = origin.iter().zip(start.iter()).map(|(origin, step)| SPREAD.mul_add(*step, *origin));
        match prior {
            Prior::Uniform => moved.map(|z| z.clamp(-START_EDGE, START_EDGE)).collect(),
            Prior::Normal => moved.collect(),
        }
    };
    draw_start(prior, count, origin.len(), rng).iter().map(around).collect()
}

/// Shortens `y` to what the prior draws. Uniform latents need nothing.
pub(super) fn stay_inside(y: &mut [f32], prior: Prior) {
    if prior == Prior::Uniform {
        return;
    }
    let longest = longest(y.len()) as f32;
    let length = y.iter().map(|y| y * y).sum::<f32>().sqrt();
    if length > longest {
        for y in y {
            *y *= longest / length;
        }
    }
}

/// The longest normal latent of `dim` numbers that is usual: its length is about `sqrt(dim)` with a deviation of `sqrt(1/2)`;
/// what is more than two deviations longer was never met in training.
pub(super) fn longest(dim: usize) -> f64 {
    (dim as f64).sqrt() + std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::rng;

    #[test]
    fn the_variable_and_the_latent_say_the_same() {
        for prior in [Prior::Uniform, Prior::Normal] {
            let z = &draw_start(prior, 3, 7, &mut rng(1, 2))[2];
            let back = z_of(&y_of(z, prior), prior);
            assert!(z.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-5), "{prior:?}: {z:?} became {back:?}");
        }
        assert!(
            y_of(&[1.0, -1.0, 2.0], Prior::Uniform).iter().all(|y| y.is_finite()),
            "the edge has a finite variable"
        );
    }

    #[test]
    fn starts_depend_on_the_generator_only_and_stay_near_their_origin() {
        let draw = || draw_near(&[0.9, -0.2], Prior::Uniform, 50, &mut rng(5, 0));
        assert_eq!(draw(), draw(), "same seed, same starts");
        for start in draw() {
            assert!((0.4..=0.99).contains(&start[0]) && (-0.7..=0.3).contains(&start[1]), "{start:?}");
        }
    }

    #[test]
    fn long_normal_latents_are_shortened() {
        let mut y = vec![4.0; 4];
        stay_inside(&mut y, Prior::Normal);
        let length = y.iter().map(|y| y * y).sum::<f32>().sqrt();
        assert!((length - 2.0 - std::f32::consts::SQRT_2).abs() < 1e-5, "{length}");
        let mut y = vec![4.0; 4];
        stay_inside(&mut y, Prior::Uniform);
        assert_eq!(y, [4.0; 4], "tanh keeps these inside");
    }
}
