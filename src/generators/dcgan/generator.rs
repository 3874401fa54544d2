//! The generator: a layer to 4x4 pixels, then transposed convolutions that double the picture.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use candle_nn::ops::sigmoid;

use super::{Config, FIRST_SIDE, Paint, Prior};
use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};
use crate::generators::layers::SMALL_NORMAL;
use crate::generators::normed::{Layer, Norm};
use crate::generators::ops::{BatchStatistics, tanh};

/// Latents to pictures.
#[derive(Debug, Clone)]
pub struct Generator {
    config: Config,
    project: Layer,
    deconvs: Vec<Layer>,
    to_image: Weight,
}

impl Generator {
    /// Reads `project.weight` (`[16 c, n_latent]` with kernels of 5, `[n_latent, c, 4, 4]` with kernels of 4),
    /// `project_norm.*` (`[16 c]` or `[c]`), `deconv.{i}.weight` `[c_in, c_out, k, k]`, `deconv_norm.{i}.*` and
    /// `to_image.weight`; the norms have PyTorch's four names.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let weight = |at: usize, vb: &VarBuilder<'_>| {
            let (c_in, c_out) = config.channels(at);
            vb.get_with_hints((c_in, c_out, config.kernel, config.kernel), "weight", SMALL_NORMAL)
        };
        let deconv = |at: usize| -> Result<Layer> {
            let norm = Norm::new(config.channels(at).1, config.eps, &vb.pp("deconv_norm").pp(at))?;
            Layer::new(weight(at, &vb.pp("deconv").pp(at))?, norm, 1, Activation::RELU)
        };
        Ok(Self {
            project: project(config, vb)?,
            deconvs: (0..config.n_layers).map(deconv).collect::<Result<_>>()?,
            to_image: Weight::new(&weight(config.n_layers, &vb.pp("to_image"))?)?,
            config: config.clone(),
        })
    }

    /// The sizes it was built with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// `zs` `[n, n_latent]`, uniform ones cut to -1..1, to pictures `[n, c_out, side, side]`: light in -1..1, ink in 0..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, zs: &Tensor) -> Result<Tensor> {
        let zs = self.check_latents(zs)?;
        let mut xs = self.square(&self.project.forward(|weight, end| spread(&zs, weight, end))?)?;
        for layer in &self.deconvs {
            xs = layer.forward(|weight, end| conv_transpose2d(&xs, weight, self.config.double(), end))?;
        }
        self.paint(&xs)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned for
    /// [`crate::generators::ops::update_running`] in the order of [`Config::generator_norms`].
    ///
    /// # Errors
    /// As [`Self::forward`], for a single latent (one value has no deviation), and when the network was built from plain
    /// tensors.
    pub fn forward_train(&self, zs: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        let zs = self.check_latents(zs)?;
        let (features, statistics) = self.project.forward_train(|weight, end| spread(&zs, weight, end))?;
        let mut all = vec![statistics];
        let mut xs = self.square(&features)?;
        for layer in &self.deconvs {
            let double = self.config.double();
            let (ys, statistics) = layer.forward_train(|weight, end| conv_transpose2d(&xs, weight, double, end))?;
            all.push(statistics);
            xs = ys;
        }
        Ok((self.paint(&xs)?, all))
    }

    fn check_latents(&self, zs: &Tensor) -> Result<Tensor> {
        let (_, n_latent) = zs.dims2()?;
        if n_latent != self.config.n_latent {
            candle_core::bail!("dcgan: the latents are {:?}, not [n, {}]", zs.dims(), self.config.n_latent);
        }
        match self.config.prior {
            Prior::Uniform => zs.clamp(-1.0, 1.0),
            Prior::Normal => Ok(zs.clone()),
        }
    }

    fn square(&self, xs: &Tensor) -> Result<Tensor> {
        xs.reshape(((), self.config.first_channels(), FIRST_SIDE, FIRST_SIDE))
    }

    fn paint(&self, xs: &Tensor) -> Result<Tensor> {
        let ys = conv_transpose2d(xs, &self.to_image, self.config.double(), Epilogue::default())?;
        match self.config.paint {
            Paint::Light => tanh(&ys),
            Paint::Ink => sigmoid(&ys),
        }
    }
}

/// The first layer: `[n, features]`, or `[n, c, 4, 4]` where it is a transposed convolution in training.
fn spread(zs: &Tensor, weight: &Weight, end: Epilogue<'_>) -> Result<Tensor> {
    let (n, n_latent) = zs.dims2()?;
    if weight.tensor().dim(2)? > 1 {
        let pixels = zs.reshape((n, n_latent, 1, 1))?;
        return conv_transpose2d(&pixels, weight, ConvTranspose::strided(1, 0), end);
    }
    // The latents are the columns of one picture: so all samples share one product of matrices, and no gradient of frozen
    // weights is computed.
    let columns = zs.t()?.reshape((1, n_latent, n, 1))?;
    conv2d(&columns, weight, Conv::padded(0), end)?.squeeze(3)?.squeeze(0)?.t()?.contiguous()
}

/// The layer from a latent to 4x4 pixels. Its weights are those of a 1x1 convolution wherever that is the same: with kernels
/// of 5 always, with kernels of 4 where nothing is trained.
fn project(config: &Config, vb: &VarBuilder<'_>) -> Result<Layer> {
    let (n_latent, features, c) = (config.n_latent, config.features(), config.first_channels());
    let (weight, norm) = (vb.pp("project"), vb.pp("project_norm"));
    if config.kernel == 5 {
        let weight = weight.get_with_hints((features, n_latent), "weight", SMALL_NORMAL)?;
        let norm = Norm::new(features, config.eps, &norm)?;
        return Layer::new(weight.reshape((features, n_latent, 1, 1))?, norm, 0, Activation::RELU);
    }
    let weight = weight.get_with_hints((n_latent, c, FIRST_SIDE, FIRST_SIDE), "weight", SMALL_NORMAL)?;
    let norm = Norm::new(c, config.eps, &norm)?;
    if weight.track_op() || norm.is_tracked() {
        return Layer::new(weight, norm, 1, Activation::RELU);
    }
    let weight = weight.flatten_from(1)?.t()?.reshape((features, n_latent, 1, 1))?;
    Layer::new(weight, norm.repeated(FIRST_SIDE * FIRST_SIDE)?, 0, Activation::RELU)
}
