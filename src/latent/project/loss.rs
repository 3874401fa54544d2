//! How far pictures are from the wanted one, for many latents at once, with gradients.

use candle_core::{DType, Device, Result, Tensor, Var};

use crate::generators::manifold::Manifold;
use crate::latent::space::Space;

/// The wanted picture and its features.
pub(super) struct Target {
    /// `[1, 3, side, side]` in -1..1.
    pub(super) picture: Tensor,
    features: Vec<Feature>,
    weight: f64,
}

struct Feature {
    values: Tensor,
    /// What its mean square is divided by.
    scale: f64,
}

/// One row of an evaluation.
pub(super) struct Loss {
    /// What is minimised.
    pub(super) total: f64,
    /// By the variable.
    pub(super) gradient: Vec<f64>,
    /// The pixels' part alone.
    pub(super) mse: f64,
}

impl Target {
    /// `weight` is that of the features' term; the discriminator is not run if it is 0.
    pub(super) fn new(manifold: &dyn Manifold, picture: Tensor, weight: f64) -> Result<Self> {
        let all = if weight > 0.0 { manifold.features(&picture)? } else { Vec::new() };
        let feature = |values: Tensor| {
            let scale = mean_square(&values)?.to_scalar::<f32>()?;
            Ok(Feature { values, scale: f64::from(scale).max(1e-6) })
        };
        Ok(Self { picture, features: all.into_iter().map(feature).collect::<Result<_>>()?, weight })
    }

    /// The losses at `rows` of the variable of `space`, and the pictures `[n, 3, side, side]` there.
    pub(super) fn evaluate(
        &self,
        manifold: &dyn Manifold,
        space: &Space,
        rows: &[&[f64]],
    ) -> Result<(Vec<Loss>, Tensor)> {
        let values: Vec<f32> = rows.iter().flat_map(|row| row.iter().map(|&value| value as f32)).collect();
        let y = Var::from_tensor(&Tensor::from_vec(values, (rows.len(), space.dim()), &Device::Cpu)?)?;
        let pictures = manifold.draw(&space.latents_of(&y)?)?;
        // The network may be on another device than latents are.
        let wanted = self.picture.to_device(pictures.device())?;
        let pixels = rows_mean(&pictures.broadcast_sub(&wanted)?.sqr()?)?;
        let mut total = pixels.clone();
        if !self.features.is_empty() {
            let share = self.weight / self.features.len() as f64;
            for (feature, values) in self.features.iter().zip(manifold.features(&pictures)?) {
                let term = rows_mean(&values.broadcast_sub(&feature.values)?.sqr()?)?;
                total = (total + (term * (share / feature.scale))?)?;
            }
        }
        if let Some(beyond) = space.beyond(&y)? {
            total = (total + beyond.to_device(pixels.device())?)?;
        }
        let gradients = total.sum_all()?.backward()?;
        let gradient =
            gradients.get(&y).ok_or_else(|| candle_core::Error::Msg("no gradient reaches the latent".into()))?;
        let gradient = gradient.to_dtype(DType::F32)?.to_vec2::<f32>()?;
        let (total, pixels) = (total.to_vec1::<f32>()?, pixels.to_vec1::<f32>()?);
        let losses = gradient.into_iter().zip(total).zip(pixels).map(|((gradient, total), mse)| Loss {
            total: total.into(),
            gradient: gradient.into_iter().map(f64::from).collect(),
            mse: mse.into(),
        });
        Ok((losses.collect(), pictures.detach()))
    }
}

/// The mean of each sample: `[n, …]` to `[n]`.
fn rows_mean(values: &Tensor) -> Result<Tensor> {
    values.flatten_from(1)?.mean(1)
}

fn mean_square(values: &Tensor) -> Result<Tensor> {
    values.sqr()?.mean_all()
}
