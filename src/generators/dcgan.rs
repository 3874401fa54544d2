//! The DCGAN generator in the form of iGAN (Radford et al., Unsupervised Representation Learning with Deep Convolutional
//! Generative Adversarial Networks, 2016; Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, 2016).
//!
//! A fully connected layer to 4x4 pixels, then transposed convolutions that double the picture. Where nothing is trained,
//! batch norm is folded into the weights, so that the network is a handful of affine layers.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use candle_nn::ops::sigmoid;

use super::layers::SMALL_NORMAL;
use super::normed::{Layer, Norm};
use super::ops::BatchStatistics;
use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};

/// Side of the kernels.
const KERNEL: usize = 5;
/// Side of the picture after the first layer.
const FIRST_SIDE: usize = 4;
/// iGAN's networks add this to the variance.
const EPS: f64 = 1e-8;

/// Sizes of a generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Numbers in a latent.
    pub n_latent: usize,
    /// Channels before the last layer; each layer further up has twice as many.
    pub width: usize,
    /// Transposed convolutions before the last one.
    pub n_layers: usize,
    /// 3 for colours (the result ends in tanh), 1 for sketches (it ends in a sigmoid).
    pub c_out: usize,
}

impl Config {
    /// 64 px: 1024, 512, 256, 128 channels.
    #[must_use]
    pub const fn px_64() -> Self {
        Self { n_latent: 100, width: 128, n_layers: 3, c_out: 3 }
    }

    /// 128 px: 1024, 512, 256, 128, 64 channels.
    #[must_use]
    pub const fn px_128() -> Self {
        Self { n_latent: 100, width: 64, n_layers: 4, c_out: 3 }
    }

    /// Height and width of the result.
    #[must_use]
    pub const fn side(&self) -> usize {
        FIRST_SIDE << (self.n_layers + 1)
    }

    /// Channels at 4x4 pixels.
    const fn first_channels(&self) -> usize {
        self.width << self.n_layers
    }

    /// Channels into and out of the layer `at`, the last one included.
    const fn channels(&self, at: usize) -> (usize, usize) {
        let c_in = self.first_channels() >> at;
        (c_in, if at == self.n_layers { self.c_out } else { c_in / 2 })
    }

    /// Multiplications of all layers for one latent.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let first = self.n_latent * self.first_channels() * FIRST_SIDE * FIRST_SIDE;
        let rest = (0..=self.n_layers).map(|at| {
            let ((c_in, c_out), side) = (self.channels(at), FIRST_SIDE << at);
            c_in * c_out * KERNEL * KERNEL * side * side
        });
        (first + rest.sum::<usize>()) as u64
    }
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    config: Config,
    project: Layer,
    deconvs: Vec<Layer>,
    to_image: Weight,
}

impl Generator {
    /// Reads `project.weight` `[16 c, n_latent]`, `project_norm.*`, `deconv.{i}.weight` `[c_in, c_out, 5, 5]`,
    /// `deconv_norm.{i}.*` and `to_image.weight`; the norms have PyTorch's four names.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let features = config.first_channels() * FIRST_SIDE * FIRST_SIDE;
        let project = vb.pp("project").get_with_hints((features, config.n_latent), "weight", SMALL_NORMAL)?;
        // As the kernel of a 1x1 convolution.
        let project = project.reshape((features, config.n_latent, 1, 1))?;
        let weight = |at: usize, vb: &VarBuilder<'_>| {
            let (c_in, c_out) = config.channels(at);
            vb.get_with_hints((c_in, c_out, KERNEL, KERNEL), "weight", SMALL_NORMAL)
        };
        let deconv = |at: usize| -> Result<Layer> {
            let norm = Norm::new(config.channels(at).1, EPS, &vb.pp("deconv_norm").pp(at))?;
            Layer::new(weight(at, &vb.pp("deconv").pp(at))?, norm, 1, Activation::RELU)
        };
        let project_norm = Norm::new(features, EPS, &vb.pp("project_norm"))?;
        Ok(Self {
            project: Layer::new(project, project_norm, 0, Activation::RELU)?,
            deconvs: (0..config.n_layers).map(deconv).collect::<Result<_>>()?,
            to_image: Weight::new(&weight(config.n_layers, &vb.pp("to_image"))?)?,
            config: config.clone(),
        })
    }

    /// `zs` `[n, n_latent]`, cut to -1..1, to pictures `[n, c_out, side, side]`: colours in -1..1, sketches in 0..1 (ink is 1).
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, zs: &Tensor) -> Result<Tensor> {
        let columns = self.columns(zs)?;
        let mut xs = self.picture(&self.project.forward(|weight, end| conv2d(&columns, weight, POINTWISE, end))?)?;
        for layer in &self.deconvs {
            xs = layer.forward(|weight, end| conv_transpose2d(&xs, weight, DOUBLE, end))?;
        }
        self.paint(&xs)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned layer by layer for
    /// [`super::ops::update_running`].
    ///
    /// # Errors
    /// As [`Self::forward`], and when the network was built from plain tensors.
    pub fn forward_train(&self, zs: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        let columns = self.columns(zs)?;
        let project = |weight: &Weight, end: Epilogue<'_>| {
            // Batch norm wants the samples first.
            let ys = conv2d(&columns, weight, POINTWISE, end)?;
            ys.squeeze(3)?.squeeze(0)?.t()
        };
        let (features, statistics) = self.project.forward_train(project)?;
        let mut all = vec![statistics];
        let mut xs = self.square(&features)?;
        for layer in &self.deconvs {
            let (ys, statistics) = layer.forward_train(|weight, end| conv_transpose2d(&xs, weight, DOUBLE, end))?;
            all.push(statistics);
            xs = ys;
        }
        Ok((self.paint(&xs)?, all))
    }

    /// The latents as the columns of one picture, `[1, n_latent, n, 1]`: so all samples share one matrix product, and no
    /// gradient of frozen weights is computed.
    fn columns(&self, zs: &Tensor) -> Result<Tensor> {
        let (n, n_latent) = zs.dims2()?;
        if n_latent != self.config.n_latent {
            candle_core::bail!("dcgan: the latents are {:?}, not [n, {}]", zs.dims(), self.config.n_latent);
        }
        zs.clamp(-1.0, 1.0)?.t()?.reshape((1, n_latent, n, 1))
    }

    /// The first layer's result `[1, features, n, 1]` as `[n, c, 4, 4]`.
    fn picture(&self, xs: &Tensor) -> Result<Tensor> {
        self.square(&xs.squeeze(3)?.squeeze(0)?.t()?)
    }

    fn square(&self, xs: &Tensor) -> Result<Tensor> {
        xs.reshape(((), self.config.first_channels(), FIRST_SIDE, FIRST_SIDE))
    }

    fn paint(&self, xs: &Tensor) -> Result<Tensor> {
        let ys = conv_transpose2d(xs, &self.to_image, DOUBLE, Epilogue::default())?;
        if self.config.c_out == 1 { sigmoid(&ys) } else { ys.tanh() }
    }
}

const POINTWISE: Conv = Conv::padded(0);
const DOUBLE: ConvTranspose = ConvTranspose { stride: 2, padding: 2, output_padding: 1, groups: 1 };
