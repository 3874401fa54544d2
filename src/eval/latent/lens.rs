//! What pictures are compared by: features of a trunk that a user names, or of the model's own discriminator.

use candle_core::{Device, Result, Tensor};

use super::super::FeatureTrunk;
use super::MeasureError;
use crate::generators::manifold::Manifold;

/// Keeps a feature of zeros from being divided by.
const EPS: f64 = 1e-10;

/// Features for comparing pictures, and the name under which distances on them are told.
#[derive(Debug)]
pub enum Lens {
    /// VGG16's convolutions from a file; with its linear layers it is the published one.
    Trunk(FeatureTrunk),
    /// The layers of the discriminator of the model that is measured.
    Discriminator,
}

impl Lens {
    /// `trunk` where there is one, else the discriminator of `manifold`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn of(manifold: &dyn Manifold, trunk: Option<FeatureTrunk>) -> std::result::Result<Self, MeasureError> {
        if let Some(trunk) = trunk {
            return Ok(Self::Trunk(trunk));
        }
        let side = manifold.side();
        let blank = Tensor::zeros((1, 3, side, side), candle_core::DType::F32, &Device::Cpu)?;
        if manifold.features(&blank)?.is_empty() {
            return Err(MeasureError::NoLens);
        }
        Ok(Self::Discriminator)
    }

    /// What stands beside each figure.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Trunk(trunk) => trunk.name().to_owned(),
            Self::Discriminator => "own discriminator".to_owned(),
        }
    }

    /// Whether distances are those of LPIPS with VGG16 (Zhang et al. 2018), on which the perceptual path length is defined.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        matches!(self, Self::Trunk(trunk) if trunk.is_published())
    }

    /// Whether it can look at a part of a picture.
    #[must_use]
    pub const fn takes_parts(&self) -> bool {
        matches!(self, Self::Trunk(_))
    }

    /// The distances `[n]` between pictures `a` and `b`, each `[n, 3, h, w]` in -1..1: at each level features are brought to
    /// length 1 at each position, their squared differences are summed over channels and averaged over positions; with linear
    /// layers the sum is weighted by them.
    pub(super) fn distances(&self, manifold: &dyn Manifold, a: &Tensor, b: &Tensor) -> Result<Vec<f64>> {
        self.between(&self.levels(manifold, a)?, &self.levels(manifold, b)?)
    }

    /// [`Lens::distances`] of pictures whose [`Lens::levels`] are known; `theirs` may be of one picture, to which all are compared.
    pub(super) fn between(&self, ours: &[Tensor], theirs: &[Tensor]) -> Result<Vec<f64>> {
        let mut sums = vec![0.0; ours.first().map_or(Ok(0), |level| level.dim(0))?];
        for (level, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let squares = unit(ours)?.broadcast_sub(&unit(theirs)?)?.sqr()?;
            let squares = match self.weights(level) {
                Some(weights) => squares.broadcast_mul(weights)?,
                None => squares,
            };
            let distances = squares.sum(1)?.mean((1, 2))?.to_vec1::<f32>()?;
            sums.iter_mut().zip(distances).for_each(|(sum, distance)| *sum += f64::from(distance));
        }
        Ok(sums)
    }

    /// The features of each picture, averaged over positions: of a trunk the last level, of a discriminator all levels one
    /// after the other.
    pub(super) fn pooled(&self, manifold: &dyn Manifold, pictures: &Tensor) -> Result<Vec<Vec<f32>>> {
        let levels = self.levels(manifold, pictures)?;
        let wanted = match self {
            Self::Trunk(_) => &levels[levels.len().saturating_sub(1)..],
            Self::Discriminator => &levels[..],
        };
        let means: Vec<Tensor> = wanted.iter().map(|level| level.mean((2, 3))).collect::<Result<_>>()?;
        Tensor::cat(&means, 1)?.to_vec2()
    }

    /// The features `[n, c, h, w]` of `pictures` `[n, 3, h, w]` at each level.
    pub(super) fn levels(&self, manifold: &dyn Manifold, pictures: &Tensor) -> Result<Vec<Tensor>> {
        let levels = match self {
            Self::Trunk(trunk) => trunk.levels(pictures)?,
            Self::Discriminator => manifold.features(pictures)?,
        };
        levels.into_iter().map(|level| level.detach().to_device(&Device::Cpu)).collect()
    }

    fn weights(&self, level: usize) -> Option<&Tensor> {
        match self {
            Self::Trunk(trunk) => trunk.linear(level),
            Self::Discriminator => None,
        }
    }
}

/// Features `[n, c, h, w]` of length 1 at each position.
fn unit(features: &Tensor) -> Result<Tensor> {
    let lengths = (features.sqr()?.sum_keepdim(1)?.sqrt()? + EPS)?;
    features.broadcast_div(&lengths)
}
