//! A style-based generator with its discriminator as a manifold, whichever of the families it is. Its latents are styles: one for
//! each layer.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::manifold::{Manifold, Prior, Styles};
use super::styled::{Mapping, Noise, estimated_mean, same_for_all_layers};

/// A generator with styles.
pub trait StyleNet: Send + Sync {
    /// What sentences begin with.
    const FAMILY: &'static str;

    /// Height and width of its pictures.
    fn side(&self) -> usize;

    /// Styles that a picture takes.
    fn n_layers(&self) -> usize;

    /// Numbers in a latent and in a style.
    fn style_dim(&self) -> usize;

    /// Multiplications and additions pairs of one picture.
    fn macs(&self) -> u64;

    /// Numbers in the results of all layers of one picture.
    fn activations(&self) -> u64;

    /// From latents to styles.
    fn mapping(&self) -> &Mapping;

    /// Styles `[n, n_layers, style_dim]` to pictures, and the features `[n, c, at, at]` where they are asked for and there.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>, at: Option<usize>) -> Result<(Tensor, Option<Tensor>)>;

    /// As [`StyleNet::synthesize`], the features alone: what lies behind them is not computed.
    ///
    /// # Errors
    /// As [`StyleNet::synthesize`].
    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Option<Tensor>>;

    /// As [`Styles::affine_weights`].
    fn affine_weights(&self) -> Vec<&Tensor>;

    /// As [`Styles::noise_sides`].
    fn noise_sides(&self) -> Vec<usize>;

    /// How strongly each convolution adds its noise.
    fn noise_strengths(&self) -> Vec<&Tensor>;
}

/// A discriminator that can be asked for more than a score.
pub trait StyleJudge: Send + Sync {
    /// As [`Manifold::features`].
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>>;

    /// Scores `[n, 1]` of any number of pictures, each judged as if it were alone.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn forward_alone(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// A frozen generator with the discriminator that its file has. A latent holds the styles of all layers one after the other
/// (W+), `n_layers * style_dim` numbers.
#[derive(Debug, Clone)]
pub struct StyledModel<N, J> {
    generator: N,
    discriminator: Option<J>,
    mean_style: Tensor,
    device: Device,
}

impl<N: StyleNet, J: StyleJudge> StyledModel<N, J> {
    /// The networks of `vb`, with the mean style under `mean_style`; where that is missing it is estimated.
    pub(super) fn of(generator: N, discriminator: Option<J>, mean_style: &str, vb: &VarBuilder<'_>) -> Result<Self> {
        let dim = generator.style_dim();
        let mean_style = if vb.contains_tensor(mean_style) {
            vb.get(dim, mean_style)?
        } else {
            estimated_mean(generator.mapping(), dim, vb.device())?
        };
        Ok(Self { generator, discriminator, mean_style, device: vb.device().clone() })
    }

    /// The generator alone.
    #[must_use]
    pub const fn generator(&self) -> &N {
        &self.generator
    }

    /// Pictures as the discriminator sees them.
    fn seen(&self, pictures: &Tensor) -> Result<Tensor> {
        let side = self.generator.side();
        if !matches!(*pictures.dims(), [_, 3, h, w] if (h, w) == (side, side)) {
            candle_core::bail!("{}: the pictures are {:?}, not [n, 3, {side}, {side}]", N::FAMILY, pictures.dims());
        }
        pictures.to_device(&self.device)
    }
}

impl<N: StyleNet, J: StyleJudge> Manifold for StyledModel<N, J> {
    fn side(&self) -> usize {
        self.generator.side()
    }

    fn latent_dim(&self) -> usize {
        self.generator.n_layers() * self.generator.style_dim()
    }

    fn prior(&self) -> Prior {
        Prior::Normal
    }

    fn macs(&self) -> u64 {
        self.generator.macs()
    }

    fn activations(&self) -> u64 {
        self.generator.activations()
    }

    fn latent_of_seed(&self, seed: u64) -> Result<Vec<f32>> {
        let dim = self.style_dim();
        let z = Tensor::from_vec(Prior::Normal.latent_of_seed(dim, seed), (1, dim), &self.device)?;
        same_for_all_layers(&self.map(&z)?, self.n_layers())?.flatten_all()?.to_vec1()
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        let (n_layers, dim) = (self.n_layers(), self.style_dim());
        match *latents.dims() {
            [n, length] if length == n_layers * dim => {
                Styles::synthesize(self, &latents.reshape((n, n_layers, dim))?, Noise::Constant)
            }
            ref dims => candle_core::bail!("{}: the latents are {dims:?}, not [n, {}]", N::FAMILY, n_layers * dim),
        }
    }

    fn predict(&self, _pictures: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        let Some(discriminator) = &self.discriminator else { return Ok(Vec::new()) };
        discriminator.features(&self.seen(pictures)?)
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        let Some(discriminator) = &self.discriminator else { return Ok(None) };
        discriminator.forward_alone(&self.seen(pictures)?)?.flatten_all().map(Some)
    }

    fn styles(&self) -> Option<&dyn Styles> {
        Some(self)
    }
}

impl<N: StyleNet, J: StyleJudge> Styles for StyledModel<N, J> {
    fn n_layers(&self) -> usize {
        self.generator.n_layers()
    }

    fn style_dim(&self) -> usize {
        self.generator.style_dim()
    }

    fn mean_style(&self) -> &Tensor {
        &self.mean_style
    }

    fn map(&self, zs: &Tensor) -> Result<Tensor> {
        self.generator.mapping().forward(&zs.to_device(&self.device)?)
    }

    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        let (pictures, _) = self.generator.synthesize(&ws.to_device(&self.device)?, noise, None)?;
        Ok(pictures)
    }

    fn synthesize_with_features(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<(Tensor, Tensor)> {
        match self.generator.synthesize(&ws.to_device(&self.device)?, noise, Some(at))? {
            (pictures, Some(features)) => Ok((pictures, features)),
            (_, None) => candle_core::bail!("{}: there is no layer of {at} x {at} pixels", N::FAMILY),
        }
    }

    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        match self.generator.features_at(&ws.to_device(&self.device)?, noise, at)? {
            Some(features) => Ok(features),
            None => candle_core::bail!("{}: there is no layer of {at} x {at} pixels", N::FAMILY),
        }
    }

    fn affine_weights(&self) -> Vec<&Tensor> {
        self.generator.affine_weights()
    }

    fn noise_sides(&self) -> Vec<usize> {
        self.generator.noise_sides()
    }

    fn has_noise(&self) -> Result<bool> {
        for strengths in self.generator.noise_strengths() {
            let strengths = strengths.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
            if strengths.iter().any(|strength| *strength != 0.0) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
