//! The variable of a generator with styles: differences to the mean style in units of the styles' deviation.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use super::spread::{Spread, mapped};
use super::{Latent, SPREAD};
use crate::control::{Rng, normal};
use crate::generators::manifold::Styles;

/// Starts lie so much nearer to the mean style than mapped latents: the likelier of the pictures.
const START_PSI: f32 = 0.8;

/// Styles around `base`.
#[derive(Clone, Debug)]
pub(super) struct Styled {
    spread: Arc<Spread>,
    n_layers: usize,
    /// Whether all layers have one variable.
    is_shared: bool,
    /// The latent with the variable 0.
    base: Latent,
}

impl Styled {
    pub(super) fn new(styles: &dyn Styles, is_shared: bool) -> Result<Self> {
        let (spread, n_layers) = (Spread::of(styles)?, styles.n_layers());
        let base = spread.mean().repeat(n_layers).into();
        Ok(Self { spread, n_layers, is_shared, base })
    }

    /// The same space around `origin`, if there is only one variable for all layers; else every latent can be met anyway.
    pub(super) fn around(mut self, origin: &Latent) -> Self {
        if self.is_shared && origin.len() == self.base.len() {
            self.base = Arc::clone(origin);
        }
        self
    }

    fn style_dim(&self) -> usize {
        self.spread.mean().len()
    }

    pub(super) fn dim(&self) -> usize {
        if self.is_shared { self.style_dim() } else { self.base.len() }
    }

    pub(super) fn scale(&self) -> f32 {
        self.spread.deviation()
    }

    /// The variable nearest to `latent`.
    pub(super) fn y_of(&self, latent: &[f32]) -> Vec<f32> {
        let away = latent.iter().zip(self.base.iter()).map(|(w, base)| (w - base) / self.scale());
        if self.is_shared { mean_of(away, self.style_dim(), self.n_layers) } else { away.collect() }
    }

    pub(super) fn latent_of(&self, y: &[f32]) -> Latent {
        let all = self.base.iter().zip(y.iter().cycle());
        all.map(|(base, y)| self.scale().mul_add(*y, *base)).collect()
    }

    /// As [`Self::latent_of`] for `ys` `[n, dim]`: `[n, n_layers * style_dim]`.
    pub(super) fn latents_of(&self, ys: &Tensor) -> Result<Tensor> {
        let n = ys.dim(0)?;
        let base = Tensor::new(&*self.base, ys.device())?.to_dtype(ys.dtype())?.unsqueeze(0)?;
        let away = ys.affine(f64::from(self.scale()), 0.0)?;
        let away = if self.is_shared {
            away.unsqueeze(1)?.broadcast_as((n, self.n_layers, self.style_dim()))?.flatten_from(1)?
        } else {
            away
        };
        away.broadcast_add(&base)
    }

    /// Latents of mapped numbers, drawn near to the mean style.
    pub(super) fn draw_start(&self, styles: &dyn Styles, count: usize, rng: &mut Rng) -> Result<Vec<Latent>> {
        let mean: Latent = self.spread.mean().repeat(self.n_layers).into();
        self.draw_about(&mean, START_PSI, styles, count, rng)
    }

    /// Latents around `origin`: all layers are moved alike.
    pub(super) fn draw_near(
        &self,
        origin: &Latent,
        styles: &dyn Styles,
        count: usize,
        rng: &mut Rng,
    ) -> Result<Vec<Latent>> {
        self.draw_about(origin, SPREAD, styles, count, rng)
    }

    fn draw_about(
        &self,
        middle: &Latent,
        psi: f32,
        styles: &dyn Styles,
        count: usize,
        rng: &mut Rng,
    ) -> Result<Vec<Latent>> {
        let dim = self.style_dim();
        let zs = Tensor::from_vec(normal(rng, count * dim, 0.0, 1.0), (count, dim), &Device::Cpu)?;
        let ws = mapped(styles, &zs)?.to_vec2::<f32>()?;
        let start = |w: Vec<f32>| -> Latent {
            let away: Vec<f32> = w.iter().zip(self.spread.mean()).map(|(w, mean)| psi * (w - mean)).collect();
            middle.iter().zip(away.iter().cycle()).map(|(middle, away)| middle + away).collect()
        };
        Ok(ws.into_iter().map(start).collect())
    }

    /// Shortens the difference of each style to the mean style to what mapped latents have. Where the base lies outside, the
    /// variable may stay as far out.
    pub(super) fn stay_inside(&self, y: &mut [f32]) {
        let dim = self.style_dim();
        let away =
            self.base.iter().zip(self.spread.mean().iter().cycle()).map(|(base, mean)| (base - mean) / self.scale());
        let offsets = if self.is_shared { mean_of(away, dim, self.n_layers) } else { away.collect() };
        for (y, offset) in y.chunks_mut(dim).zip(offsets.chunks(dim)) {
            let length = |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>().sqrt();
            let now = length(&mut y.iter().zip(offset).map(|(y, offset)| y + offset));
            let longest = self.spread.reach().max(length(&mut offset.iter().copied()));
            if now > longest {
                for (y, offset) in y.iter_mut().zip(offset) {
                    *y = (*y + offset) * (longest / now) - offset;
                }
            }
        }
    }

    /// How far the styles of variables `[n, dim]` lie beyond what mapped latents reach, as a share of it, squared: `[n]`, the
    /// mean over layers.
    pub(super) fn beyond(&self, ys: &Tensor) -> Result<Tensor> {
        let (n, dim) = (ys.dim(0)?, self.style_dim());
        let mean = Tensor::new(self.spread.mean(), ys.device())?.to_dtype(ys.dtype())?;
        let ws = self.latents_of(ys)?.reshape((n, self.n_layers, dim))?;
        let away = (ws.broadcast_sub(&mean)? / f64::from(self.scale()))?;
        // The root has no slope at 0.
        let lengths = (away.sqr()?.sum(2)? + 1e-12)?.sqrt()?;
        ((lengths / f64::from(self.spread.reach()))? - 1.0)?.relu()?.sqr()?.mean(1)
    }
}

/// The mean of `n` rows of `dim` numbers.
fn mean_of(values: impl Iterator<Item = f32>, dim: usize, n: usize) -> Vec<f32> {
    let mut sums = vec![0.0; dim];
    for (at, value) in values.enumerate() {
        sums[at % dim] += value;
    }
    sums.iter().map(|sum| sum / n.max(1) as f32).collect()
}
