//! Latents and the variable that a search moves: `z = tanh y` where numbers are uniform, `z = y` where they are normal, and
//! differences to the mean style where a generator has styles.

mod prior;
mod spread;
mod styled;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use candle_core::{Error, Result, Tensor};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, VariantNames};

pub use prior::draw_start;
pub use spread::{Spread, mapped, sample};
use styled::Styled;

use crate::control::Rng;
use crate::generators::manifold::{Manifold, Prior, Styles};

/// A latent outside of tensors: `latent_dim` numbers, z and not y; the styles of all layers where a generator has styles.
pub type Latent = Arc<[f32]>;

/// How far starts around a latent spread, as a share of the prior's own deviation.
const SPREAD: f32 = 0.5;

/// Which styles a search may give to a generator that has styles.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum StyleSpace {
    /// One style for all layers: few numbers, and pictures like those that the generator draws by itself.
    #[default]
    #[serde(rename = "w")]
    W,
    /// One style for each layer (Abdal et al. 2019): more pictures can be met.
    #[serde(rename = "w+")]
    #[strum(serialize = "w+")]
    WPlus,
}

/// The variable y of a generator's latents.
#[derive(Clone, Debug)]
pub struct Space(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Plain { prior: Prior, dim: usize },
    Styled(Styled),
}

impl Space {
    /// The space of `manifold`; `styles` counts where it has styles. The first time that a generator with styles is met takes
    /// some ten milliseconds.
    ///
    /// # Errors
    /// When its mapping network fails.
    pub fn of(manifold: &dyn Manifold, styles: StyleSpace) -> Result<Self> {
        let kind = match manifold.styles() {
            None => Kind::Plain { prior: manifold.prior(), dim: manifold.latent_dim() },
            Some(inside) => Kind::Styled(Styled::new(inside, styles == StyleSpace::W)?),
        };
        Ok(Self(kind))
    }

    /// The space of latents of `dim` numbers without styles.
    #[must_use]
    pub const fn plain(prior: Prior, dim: usize) -> Self {
        Self(Kind::Plain { prior, dim })
    }

    /// The same space, of which `origin` is a part: with one style for all layers, what lies around it.
    #[must_use]
    pub fn around(self, origin: Option<&Latent>) -> Self {
        match (self.0, origin) {
            (Kind::Styled(styled), Some(origin)) => Self(Kind::Styled(styled.around(origin))),
            (kind, _) => Self(kind),
        }
    }

    /// Numbers of a variable.
    #[must_use]
    pub fn dim(&self) -> usize {
        match &self.0 {
            Kind::Plain { dim, .. } => *dim,
            Kind::Styled(styled) => styled.dim(),
        }
    }

    /// The deviation of a latent's numbers that a difference is measured by: 1 where there are no styles.
    #[must_use]
    pub fn scale(&self) -> f32 {
        match &self.0 {
            Kind::Plain { .. } => 1.0,
            Kind::Styled(styled) => styled.scale(),
        }
    }

    /// The variable of `latent`, or of the nearest one that the space has. Uniform numbers are cut to ±0.9999.
    #[must_use]
    pub fn y_of(&self, latent: &[f32]) -> Vec<f32> {
        match &self.0 {
            Kind::Plain { prior, .. } => prior::y_of(latent, *prior),
            Kind::Styled(styled) => styled.y_of(latent),
        }
    }

    /// The latent of the variable `y`.
    #[must_use]
    pub fn latent_of(&self, y: &[f32]) -> Latent {
        match &self.0 {
            Kind::Plain { prior, .. } => prior::z_of(y, *prior).into(),
            Kind::Styled(styled) => styled.latent_of(y),
        }
    }

    /// As [`Self::latent_of`] for `ys` `[n, dim]`: `[n, latent_dim]`; gradients reach `ys`.
    ///
    /// # Errors
    /// When candle cannot make the tensor.
    pub fn latents_of(&self, ys: &Tensor) -> Result<Tensor> {
        match &self.0 {
            Kind::Plain { prior, .. } => prior::latents_of(ys, *prior),
            Kind::Styled(styled) => styled.latents_of(ys),
        }
    }

    /// `count` latents as the generator draws them; those with styles a little nearer to the mean style.
    ///
    /// # Errors
    /// When the mapping network fails.
    pub fn draw_start(&self, manifold: &dyn Manifold, count: usize, rng: &mut Rng) -> Result<Vec<Latent>> {
        match &self.0 {
            Kind::Plain { prior, dim } => Ok(draw_start(*prior, count, *dim, rng)),
            Kind::Styled(styled) => styled.draw_start(styles_of(manifold)?, count, rng),
        }
    }

    /// `count` latents around `origin`, half as far spread as the generator draws them. Uniform numbers stay within ±0.99 (Zhu
    /// et al. 2016, released program).
    ///
    /// # Errors
    /// When the mapping network fails.
    pub fn draw_near(
        &self,
        manifold: &dyn Manifold,
        origin: &Latent,
        count: usize,
        rng: &mut Rng,
    ) -> Result<Vec<Latent>> {
        match &self.0 {
            Kind::Plain { prior, .. } => Ok(prior::draw_near(origin, *prior, count, rng)),
            Kind::Styled(styled) => styled.draw_near(origin, styles_of(manifold)?, count, rng),
        }
    }

    /// Shortens `y` to what the generator draws.
    pub fn stay_inside(&self, y: &mut [f32]) {
        match &self.0 {
            Kind::Plain { prior, .. } => prior::stay_inside(y, *prior),
            Kind::Styled(styled) => styled.stay_inside(y),
        }
    }

    /// How far the latents of `ys` `[n, dim]` lie beyond what the generator draws, as a share of that distance, squared: `[n]`.
    /// Without such a term a strange picture is chased to where the network was never trained. `None` where nothing can lie
    /// beyond.
    ///
    /// # Errors
    /// When candle cannot make the tensor.
    pub fn beyond(&self, ys: &Tensor) -> Result<Option<Tensor>> {
        match &self.0 {
            Kind::Plain { prior: Prior::Uniform, .. } => Ok(None),
            Kind::Plain { prior: Prior::Normal, dim } => {
                // The root has no slope at 0.
                let lengths = (ys.sqr()?.sum(1)? + 1e-12)?.sqrt()?;
                ((lengths / prior::longest(*dim))? - 1.0)?.relu()?.sqr().map(Some)
            }
            Kind::Styled(styled) => styled.beyond(ys).map(Some),
        }
    }
}

fn styles_of(manifold: &dyn Manifold) -> Result<&dyn Styles> {
    manifold.styles().ok_or_else(|| Error::Msg("the model has no styles, but its space has".to_owned()))
}
