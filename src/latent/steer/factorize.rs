//! Directions read off the weights: those in which a style changes the layers' factors most (Shen and Zhou 2021, section 3.2).

use candle_core::{DType, Device, Tensor};

use super::eigen::leading;
use super::{Direction, SteerError};
use crate::generators::manifold::Styles;
use crate::latent::space::sample;

/// Mapped latents that say how far styles lie apart along a direction.
const SAMPLES: usize = 1024;

/// The `count` eigenvectors of `AᵀA` with the largest eigenvalues, where `A` are the weights of all layers' affine maps one
/// below the other. At once: nothing is sampled but the length of a step.
///
/// # Errors
/// When the model has no such weights, or its mapping network fails.
pub fn factorized(styles: &dyn Styles, count: usize) -> Result<Vec<Direction>, SteerError> {
    let (weights, dim) = (styles.affine_weights(), styles.style_dim());
    if weights.is_empty() {
        return Err(SteerError::NoStyles);
    }
    let weights = weights.into_iter().map(|weight| weight.to_device(&Device::Cpu)?.to_dtype(DType::F64));
    let stacked = Tensor::cat(&weights.collect::<candle_core::Result<Vec<_>>>()?, 0)?;
    let products = stacked.t()?.contiguous()?.matmul(&stacked)?.flatten_all()?.to_vec1::<f64>()?;
    let ws = sample(styles, SAMPLES, 2)?.to_vec2::<f32>()?;
    let found = leading(&products, dim, count);
    let named = |(at, (vector, _)): (usize, (crate::latent::Latent, f64))| {
        let sigma = deviation_along(&ws, &vector);
        Direction { name: format!("factor {}", at + 1), vector, sigma }
    };
    Ok(found.into_iter().enumerate().map(named).collect())
}

/// The deviation of the rows of `ws` along `vector`.
fn deviation_along(ws: &[Vec<f32>], vector: &[f32]) -> f32 {
    let dot = |w: &Vec<f32>| w.iter().zip(vector).map(|(w, v)| f64::from(w * v)).sum::<f64>();
    let along: Vec<f64> = ws.iter().map(dot).collect();
    let mean = along.iter().sum::<f64>() / along.len().max(1) as f64;
    (along.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / along.len().max(1) as f64).sqrt() as f32
}
