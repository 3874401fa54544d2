//! Latents and pictures of the generator that is measured.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use rand::Rng as _;

use super::MeasureError;
use crate::control::{Rng, normal};
use crate::generators::manifold::{Manifold, Prior, Styles};
use crate::generators::{Noise, same_for_all_layers};

/// Multiplications and additions of one step: about 50 ms on two cores.
const MACS_A_STEP: u64 = 2_000_000_000;

/// A generator with its numbers drawn as it was trained with them.
#[derive(Clone)]
pub(super) struct Painter {
    pub(super) manifold: Arc<dyn Manifold>,
}

impl Painter {
    /// Numbers in a z: of generators with styles a style's.
    pub(super) fn z_dim(&self) -> usize {
        self.manifold.styles().map_or_else(|| self.manifold.latent_dim(), Styles::style_dim)
    }

    /// `n` latents z `[n, dim]` one after the other.
    pub(super) fn zs(&self, n: usize, rng: &mut Rng) -> Vec<f32> {
        let count = n * self.z_dim();
        match self.manifold.prior() {
            Prior::Uniform => (0..count).map(|_| rng.random_range(-1.0..=1.0)).collect(),
            Prior::Normal => normal(rng, count, 0.0, 1.0),
        }
    }

    /// Pictures that fit into a step.
    pub(super) fn batch(&self) -> usize {
        (MACS_A_STEP / self.manifold.macs().max(1)).clamp(1, 64) as usize
    }

    /// The inside of a generator with styles; `what` is what is measured of it.
    pub(super) fn styles(&self, what: &'static str) -> Result<&dyn Styles, MeasureError> {
        self.manifold.styles().ok_or(MeasureError::NoStyles { what })
    }

    /// Pictures `[n, 3, side, side]` of latents z `[n, dim]`, by way of the mapping network where there is one.
    pub(super) fn pictures_of(&self, zs: &Tensor) -> Result<Tensor, MeasureError> {
        match self.manifold.styles() {
            Some(styles) => self.pictures_of_styles(&mapped(styles, zs)?),
            None => finite(&self.manifold.draw(zs)?),
        }
    }

    /// Pictures of styles `[n, dim]`, the same for all layers.
    pub(super) fn pictures_of_styles(&self, ws: &Tensor) -> Result<Tensor, MeasureError> {
        let styles = self.styles("pictures of styles")?;
        self.pictures_of_layers(&same_for_all_layers(ws, styles.n_layers())?)
    }

    /// Pictures of the styles of all layers `[n, n_layers, dim]`, with the noise that is kept with the weights.
    pub(super) fn pictures_of_layers(&self, ws: &Tensor) -> Result<Tensor, MeasureError> {
        finite(&self.styles("pictures of styles")?.synthesize(ws, Noise::Constant)?)
    }

    /// `values` as `[n, dim]`.
    pub(super) fn tensor(&self, values: &[f32]) -> Result<Tensor, MeasureError> {
        let dim = self.z_dim();
        Ok(Tensor::from_slice(values, (values.len() / dim, dim), &Device::Cpu)?)
    }
}

/// The styles `[n, dim]` of latents z, on the CPU.
pub(super) fn mapped(styles: &dyn Styles, zs: &Tensor) -> Result<Tensor, MeasureError> {
    Ok(styles.map(zs)?.to_device(&Device::Cpu)?.to_dtype(DType::F32)?)
}

/// `pictures` on the CPU, if all of their numbers are finite.
pub(super) fn finite(pictures: &Tensor) -> Result<Tensor, MeasureError> {
    let pictures = pictures.detach().to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
    if pictures.sum_all()?.to_scalar::<f32>()?.is_finite() { Ok(pictures) } else { Err(MeasureError::NotFinite) }
}
