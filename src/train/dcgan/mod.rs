//! Training DCGAN (Radford et al. 2016) as a manifold for editing (Zhu et al. 2016): the generator against a discriminator,
//! then a predictor that finds latents of pictures.

mod adversarial;
mod calibrate;
mod inversion;

use candle_core::{Device, Result, Tensor};
use rand::Rng as _;

use super::recipe::Recipe;
use crate::control::Rng;
use crate::generators::dcgan::Config;
use crate::generators::manifold::Prior;
use crate::generators::ops::NORM_EPS;
use crate::generators::{seeded_normal, seeded_uniform};
pub use adversarial::Dcgan;
pub use inversion::Inversion;

/// Side of the picture after the generator's first layer.
const FIRST_SIDE: usize = 4;

/// The sizes that a recipe asks for: `max_channels` are those at 4x4 pixels, halved with every doubling of the side.
#[must_use]
pub fn config_of(recipe: &Recipe) -> Config {
    let network = &recipe.network;
    let doublings = (network.side / FIRST_SIDE).max(2).trailing_zeros() as usize;
    Config {
        n_latent: network.style_dim,
        width: (network.max_channels >> (doublings - 1)).max(1),
        n_layers: doublings - 1,
        kernel: network.kernel,
        prior: network.prior,
        norm: network.discriminator_norm,
        eps: NORM_EPS,
        ..Config::px_64()
    }
}

/// Latents `[n, n_latent]` as the prior has them.
fn latents(config: &Config, n: usize, rng: &mut Rng, device: &Device) -> Result<Tensor> {
    seeded_latents(config, n, rng.random(), device)
}

fn seeded_latents(config: &Config, n: usize, seed: u64, device: &Device) -> Result<Tensor> {
    let draw = match config.prior {
        Prior::Uniform => seeded_uniform,
        Prior::Normal => seeded_normal,
    };
    draw((n, config.n_latent), seed, "z")?.to_device(device)
}

fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_dtype(candle_core::DType::F32)?.to_scalar::<f32>()?))
}
