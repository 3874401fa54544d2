//! What discriminator and predictor share: convolutions that halve a picture down to 4x4 pixels.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use candle_nn::init::{DEFAULT_KAIMING_NORMAL, Init};

use super::{Config, DiscriminatorNorm, FIRST_SIDE};
use crate::compute::{Activation, Conv, Epilogue, Weight, conv2d};
use crate::generators::layers::SMALL_NORMAL;
use crate::generators::normed::{Layer, Norm};
use crate::generators::ops::BatchStatistics;

/// The slope below 0 of the leaky ReLU after each convolution.
const LEAKY: Activation = Activation::leaky(0.2);

/// Halves pictures: blocks `0`, `1`, …, the first without norm.
#[derive(Debug, Clone)]
pub(super) struct Trunk {
    blocks: Vec<Block>,
    halve: Conv,
}

/// A convolution and a leaky ReLU, with batch norm between them or without.
#[derive(Debug, Clone)]
enum Block {
    Normed(Layer),
    Plain { weight: Weight, bias: Option<Tensor> },
}

impl Trunk {
    /// Reads `{i}.conv.weight` `[c_out, c_in, k, k]`, and with batch norm `{i}.norm.*` (from 1 on), else `{i}.conv.bias`.
    pub(super) fn new(config: &Config, norm: DiscriminatorNorm, vb: &VarBuilder<'_>) -> Result<Self> {
        let block = |at: usize| Block::new(config, norm, at, &vb.pp(at));
        Ok(Self { blocks: (0..=config.n_layers).map(block).collect::<Result<_>>()?, halve: config.halve() })
    }

    /// `[n, c_out, side, side]` to what each block gives, the finest first and `[n, c, 4, 4]` last.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Vec<Tensor>> {
        let mut all: Vec<Tensor> = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let xs = all.last().unwrap_or(xs);
            let ys = match block {
                Block::Normed(layer) => layer.forward(|weight, end| conv2d(xs, weight, self.halve, end))?,
                Block::Plain { weight, bias } => self.plain(xs, weight, bias.as_ref())?,
            };
            all.push(ys);
        }
        Ok(all)
    }

    /// The last block's result with the batch's own statistics, which are returned too.
    pub(super) fn forward_train(&self, xs: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        let (mut xs, mut all) = (xs.clone(), Vec::new());
        for block in &self.blocks {
            xs = match block {
                Block::Normed(layer) => {
                    let (ys, statistics) = layer.forward_train(|weight, end| conv2d(&xs, weight, self.halve, end))?;
                    all.push(statistics);
                    ys
                }
                Block::Plain { weight, bias } => self.plain(&xs, weight, bias.as_ref())?,
            };
        }
        Ok((xs, all))
    }

    fn plain(&self, xs: &Tensor, weight: &Weight, bias: Option<&Tensor>) -> Result<Tensor> {
        conv2d(xs, weight, self.halve, Epilogue::new(bias, LEAKY))
    }
}

impl Block {
    fn new(config: &Config, norm: DiscriminatorNorm, at: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        // The generator's layers backwards.
        let (c_out, c_in) = config.channels(config.n_layers - at);
        let conv = vb.pp("conv");
        let weight = |init| conv.get_with_hints((c_out, c_in, config.kernel, config.kernel), "weight", init);
        Ok(match (norm, at) {
            (DiscriminatorNorm::None, _) => {
                let bias = conv.get_with_hints(c_out, "bias", Init::Const(0.0))?;
                Self::Plain { weight: Weight::new(&weight(DEFAULT_KAIMING_NORMAL)?)?, bias: Some(bias) }
            }
            (DiscriminatorNorm::Batch, 0) => Self::Plain { weight: Weight::new(&weight(SMALL_NORMAL)?)?, bias: None },
            (DiscriminatorNorm::Batch, _) => {
                let norm = Norm::new(c_out, config.eps, &vb.pp("norm"))?;
                Self::Normed(Layer::new(weight(SMALL_NORMAL)?, norm, 0, LEAKY)?)
            }
        })
    }
}

/// The last layer: everything at 4x4 pixels to `c_out` numbers. A product of matrices, which it is: candle's is faster than
/// a convolution of pictures that small.
#[derive(Debug, Clone)]
pub(super) struct Head {
    weight: Tensor,
}

impl Head {
    /// Reads `weight` `[c_out, c, 4, 4]`.
    pub(super) fn new(config: &Config, c_out: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let shape = (c_out, config.first_channels(), FIRST_SIDE, FIRST_SIDE);
        Ok(Self { weight: vb.get_with_hints(shape, "weight", SMALL_NORMAL)? })
    }

    /// `[n, c, 4, 4]` to `[n, c_out]`.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        xs.flatten_from(1)?.matmul(&self.weight.flatten_from(1)?.t()?)
    }
}
