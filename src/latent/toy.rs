//! A tiny `StyleGAN2` with random weights, for tests.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};

use super::space::sample;
use crate::generators::manifold::{Manifold, Prior, Styles};
use crate::generators::stylegan2::{Config, Generator};
use crate::generators::{Noise, seeded_normal};

/// Pictures of 16 pixels, six layers.
pub(crate) struct Toy {
    net: Generator,
    config: Config,
    mean: Tensor,
    affine: Vec<Tensor>,
}

impl Toy {
    pub(crate) fn new(seed: u64) -> Self {
        let config = Config { style_dim: 12, n_mapping: 2, base_channels: 64, max_channels: 8, ..Config::config_f(16) };
        let variables = VarMap::new();
        Generator::new(&config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu)).unwrap();
        let tensors: HashMap<String, Tensor> = {
            let all = variables.data().lock().unwrap();
            all.iter().map(|(name, var)| (name.clone(), seeded(name, var.as_tensor(), seed))).collect()
        };
        let places = ["conv1", "convs.0", "convs.1", "convs.2", "convs.3"];
        let affine = places.map(|place| tensors[&format!("{place}.conv.modulation.weight")].clone()).to_vec();
        let net = Generator::new(&config, &VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu)).unwrap();
        let mean = Tensor::zeros(config.style_dim, DType::F32, &Device::Cpu).unwrap();
        let mut toy = Self { net, config, mean, affine };
        toy.mean = sample(&toy, 512, 1).unwrap().mean(0).unwrap();
        toy
    }
}

/// Random kernels, no bias, and noise that shows, as if the network had learned to use it.
fn seeded(name: &str, tensor: &Tensor, seed: u64) -> Tensor {
    let normal = || seeded_normal(tensor.shape(), seed, name).unwrap();
    match name {
        _ if name.ends_with("noise.weight") => (tensor.ones_like().unwrap() * 0.5).unwrap(),
        _ if name.ends_with("modulation.bias") => tensor.ones_like().unwrap(),
        _ if name.ends_with("bias") => tensor.zeros_like().unwrap(),
        _ if name.starts_with("style.") => (normal() * 100.0).unwrap(),
        _ => normal(),
    }
}

impl Manifold for Toy {
    fn side(&self) -> usize {
        self.config.side
    }
    fn latent_dim(&self) -> usize {
        self.config.n_layers() * self.config.style_dim
    }
    fn prior(&self) -> Prior {
        Prior::Normal
    }
    fn macs(&self) -> u64 {
        self.config.conv_macs()
    }
    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        let shape = (latents.dim(0)?, self.config.n_layers(), self.config.style_dim);
        self.synthesize(&latents.reshape(shape)?, Noise::Constant)
    }
    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn features(&self, _: &Tensor) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }
    fn judge(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn styles(&self) -> Option<&dyn Styles> {
        Some(self)
    }
}

impl Styles for Toy {
    fn n_layers(&self) -> usize {
        self.config.n_layers()
    }
    fn style_dim(&self) -> usize {
        self.config.style_dim
    }
    fn mean_style(&self) -> &Tensor {
        &self.mean
    }
    fn map(&self, zs: &Tensor) -> Result<Tensor> {
        self.net.mapping.forward(zs)
    }
    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        // Random weights paint faintly.
        (self.net.synthesis.forward(ws, noise)? * 0.3)?.tanh()
    }
    fn synthesize_with_features(&self, _: &Tensor, _: Noise<'_>, _: usize) -> Result<(Tensor, Tensor)> {
        candle_core::bail!("a toy shows no features")
    }
    fn affine_weights(&self) -> Vec<&Tensor> {
        self.affine.iter().collect()
    }
    fn noise_sides(&self) -> Vec<usize> {
        vec![4, 8, 8, 16, 16]
    }
}
