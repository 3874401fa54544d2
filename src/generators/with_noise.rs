//! A manifold whose generator draws with other noise than the constant one that is kept with its weights.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use super::manifold::{Manifold, Prior, Styles};
use super::seeded_normal;
use super::styled::Noise;

/// Which noise a style-based generator adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseChoice {
    /// The maps that are kept with the weights.
    #[default]
    Constant,
    /// None.
    None,
    /// The maps that belong to a seed.
    Seed(u64),
}

/// One map `[1, 1, side, side]` for each of `sides`: the noise that belongs to `seed`.
///
/// # Errors
/// When candle cannot make the tensors.
pub fn noise_maps(sides: &[usize], seed: u64, device: &Device) -> Result<Vec<Tensor>> {
    let map = |(at, &side): (usize, &usize)| {
        seeded_normal((1, 1, side, side), seed, &format!("noise.{at}"))?.to_device(device)
    };
    sides.iter().enumerate().map(map).collect()
}

/// A manifold with its own noise replaced.
pub struct WithNoise {
    inner: Arc<dyn Manifold>,
    maps: Maps,
}

enum Maps {
    None,
    /// Its own, so many times as strong.
    Scaled(f64),
    Other(Vec<Tensor>),
}

impl WithNoise {
    /// `manifold` with the noise of `choice`; itself where nothing changes or it has no noise.
    ///
    /// # Errors
    /// When candle cannot make the noise.
    pub fn wrap(manifold: Arc<dyn Manifold>, choice: NoiseChoice) -> Result<Arc<dyn Manifold>> {
        Self::scaled(manifold, choice, 1.0)
    }

    /// As [`Self::wrap`] with noise `strength` times as strong as the network has learned.
    ///
    /// # Errors
    /// As [`Self::wrap`].
    pub fn scaled(manifold: Arc<dyn Manifold>, choice: NoiseChoice, strength: f32) -> Result<Arc<dyn Manifold>> {
        let Some(styles) = manifold.styles() else { return Ok(manifold) };
        let strength = f64::from(strength);
        let maps = match choice {
            NoiseChoice::Constant if strength == 1.0 => return Ok(manifold),
            NoiseChoice::Constant => Maps::Scaled(strength),
            NoiseChoice::None => Maps::None,
            NoiseChoice::Seed(seed) => {
                let maps = noise_maps(&styles.noise_sides(), seed, styles.mean_style().device())?;
                Maps::Other(maps.iter().map(|map| map.affine(strength, 0.0)).collect::<Result<_>>()?)
            }
        };
        Ok(Arc::new(Self { inner: manifold, maps }))
    }

    /// What is wrapped.
    fn inside(&self) -> &dyn Styles {
        self.inner.styles().unwrap_or_else(|| unreachable!("only what has styles is wrapped"))
    }

    /// The other noise where the constant one is asked for.
    fn instead<'a>(&'a self, noise: Noise<'a>) -> Noise<'a> {
        if matches!(noise, Noise::Constant) { self.noise() } else { noise }
    }

    fn noise(&self) -> Noise<'_> {
        match &self.maps {
            Maps::None => Noise::None,
            Maps::Scaled(strength) => Noise::Scaled(*strength),
            Maps::Other(maps) => Noise::Maps(maps),
        }
    }
}

impl Manifold for WithNoise {
    fn side(&self) -> usize {
        self.inner.side()
    }

    fn latent_dim(&self) -> usize {
        self.inner.latent_dim()
    }

    fn prior(&self) -> Prior {
        self.inner.prior()
    }

    fn macs(&self) -> u64 {
        self.inner.macs()
    }

    fn activations(&self) -> u64 {
        self.inner.activations()
    }

    fn latent_of_seed(&self, seed: u64) -> Result<Vec<f32>> {
        self.inner.latent_of_seed(seed)
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        let (styles, (n, _)) = (self.inside(), latents.dims2()?);
        styles.synthesize(&latents.reshape((n, styles.n_layers(), styles.style_dim()))?, self.noise())
    }

    fn predict(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        self.inner.predict(pictures)
    }

    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.inner.features(pictures)
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        self.inner.judge(pictures)
    }

    fn styles(&self) -> Option<&dyn Styles> {
        Some(self)
    }
}

/// What stands for the constant noise is the other one; who asks for a noise of its own gets that.
impl Styles for WithNoise {
    fn n_layers(&self) -> usize {
        self.inside().n_layers()
    }

    fn style_dim(&self) -> usize {
        self.inside().style_dim()
    }

    fn mean_style(&self) -> &Tensor {
        self.inside().mean_style()
    }

    fn map(&self, zs: &Tensor) -> Result<Tensor> {
        self.inside().map(zs)
    }

    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        self.inside().synthesize(ws, self.instead(noise))
    }

    fn synthesize_with_features(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<(Tensor, Tensor)> {
        self.inside().synthesize_with_features(ws, self.instead(noise), at)
    }

    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        self.inside().features_at(ws, self.instead(noise), at)
    }

    fn affine_weights(&self) -> Vec<&Tensor> {
        self.inside().affine_weights()
    }

    fn noise_sides(&self) -> Vec<usize> {
        self.inside().noise_sides()
    }

    fn has_noise(&self) -> Result<bool> {
        self.inside().has_noise()
    }
}
