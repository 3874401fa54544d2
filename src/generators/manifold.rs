//! A generator as a manifold that can be searched: latents in, pictures out, whatever the family.

use candle_core::{Result, Tensor};
use rand::Rng as _;

use super::styled::Noise;
use crate::control;

/// How latents are distributed, which decides the variable that a search moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prior {
    /// Each number uniform in -1..1 (iGAN): a search moves `y` with `z = tanh y`.
    #[default]
    Uniform,
    /// Each number normal with deviation 1 (Radford et al. 2016 in PyTorch's form): a search moves `z` itself.
    Normal,
}

/// Keeps the numbers of a seed's latent apart from those that other code draws from the same seed.
const STREAM: u64 = 0x5EED;

impl Prior {
    /// The latent of `dim` numbers that belongs to `seed`: the same on every machine, so that a seed names a picture.
    #[must_use]
    pub fn latent_of_seed(self, dim: usize, seed: u64) -> Vec<f32> {
        let mut rng = control::rng(seed, STREAM);
        match self {
            Self::Uniform => (0..dim).map(|_| rng.random_range(-1.0..=1.0)).collect(),
            Self::Normal => control::normal(&mut rng, dim, 0.0, 1.0),
        }
    }
}

/// A frozen generator with what was trained beside it.
pub trait Manifold: Send + Sync {
    /// Height and width of its pictures in pixels.
    fn side(&self) -> usize;

    /// Numbers in a latent.
    fn latent_dim(&self) -> usize;

    /// How latents are distributed.
    fn prior(&self) -> Prior;

    /// Multiplications and additions pairs of one picture, for planning.
    fn macs(&self) -> u64;

    /// Numbers in the results of all layers of one picture, for planning: how much memory is held while gradients are wanted.
    fn activations(&self) -> u64 {
        // As of a network whose last layers have some 20 channels.
        64 * (self.side() * self.side()) as u64
    }

    /// The latent of `latent_dim` numbers that belongs to `seed`: the same on every machine, so that a seed names a picture.
    ///
    /// # Errors
    /// When candle cannot compute.
    fn latent_of_seed(&self, seed: u64) -> Result<Vec<f32>> {
        Ok(self.prior().latent_of_seed(self.latent_dim(), seed))
    }

    /// Latents `[n, latent_dim]` to pictures `[n, 3, side, side]` in -1..1; gradients reach the latents. Networks of one
    /// channel give grey pictures with dark ink.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn draw(&self, latents: &Tensor) -> Result<Tensor>;

    /// Pictures `[n, 3, side, side]` in -1..1 to the latents `[n, latent_dim]` that the predictor P gives; `None` if the
    /// model has no predictor.
    ///
    /// # Errors
    /// As [`Manifold::draw`].
    fn predict(&self, pictures: &Tensor) -> Result<Option<Tensor>>;

    /// Features of pictures `[n, 3, side, side]` in -1..1, the discriminator's layers before its answer, finest first, each
    /// `[n, c, h, w]`; gradients reach the pictures. Empty if the model has no discriminator.
    ///
    /// # Errors
    /// As [`Manifold::draw`].
    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>>;

    /// How real pictures `[n, 3, side, side]` look to the discriminator: logits `[n]`; `None` if the model has none.
    ///
    /// # Errors
    /// As [`Manifold::draw`].
    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>>;

    /// The styles between latents and pictures; `None` where the generator has none.
    fn styles(&self) -> Option<&dyn Styles> {
        None
    }
}

/// The inside of a style-based generator (Karras et al. 2019 and 2020): latents z to styles w, styles to pictures. A picture
/// takes one style for each layer; `[n, n_layers, style_dim]` is the space W+ (Abdal et al. 2019), all layers alike is W.
pub trait Styles: Send + Sync {
    /// Layers that take a style.
    fn n_layers(&self) -> usize;

    /// Numbers in a latent z and in a style w.
    fn style_dim(&self) -> usize;

    /// The mean style, `[style_dim]`, which truncation pulls to.
    fn mean_style(&self) -> &Tensor;

    /// Latents `[n, style_dim]`, normally distributed, to styles `[n, style_dim]`, not truncated.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn map(&self, zs: &Tensor) -> Result<Tensor>;

    /// Styles `[n, n_layers, style_dim]` to pictures `[n, 3, side, side]`, nominally in -1..1; gradients reach the styles.
    ///
    /// # Errors
    /// As [`Styles::map`], and when noise maps are missing.
    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor>;

    /// As [`Styles::synthesize`], with the features `[n, c, at, at]` after the last convolution at `at` pixels, before
    /// colours are made of them: what point drag follows.
    ///
    /// # Errors
    /// As [`Styles::synthesize`], and when there is no layer of `at` pixels.
    fn synthesize_with_features(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<(Tensor, Tensor)>;

    /// The features of [`Styles::synthesize_with_features`] alone: what lies behind them need not be computed.
    ///
    /// # Errors
    /// As [`Styles::synthesize_with_features`].
    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        Ok(self.synthesize_with_features(ws, noise, at)?.1)
    }

    /// The weights `[channels, style_dim]` of the affine maps from a style to the factors of each layer's channels, in the
    /// order of the layers and without those that write colours: what closed-form factorisation (Shen and Zhou 2021) looks at.
    fn affine_weights(&self) -> Vec<&Tensor>;

    /// Height and width of the noise map of each convolution with noise, smallest first.
    fn noise_sides(&self) -> Vec<usize>;

    /// Whether noise changes a picture: it does not where all strengths are 0, as after training without.
    ///
    /// # Errors
    /// When candle cannot read the strengths.
    fn has_noise(&self) -> Result<bool> {
        Ok(!self.noise_sides().is_empty())
    }
}
