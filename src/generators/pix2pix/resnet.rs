//! The ResNet generator of pix2pix and `CycleGAN` (Johnson et al., Perceptual Losses for Real-Time Style Transfer, 2016; Zhu et
//! al., Unpaired Image-to-Image Translation, 2017): a stem, two halvings, residual blocks, two doublings, a head.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::norm::{Norm, NormKind, Pass, check_floats};
use crate::compute::{Activation, Conv, ConvTranspose};
use crate::generators::layers::{Bias, ConvLayer, ConvTransposeLayer, Sizes};
use crate::generators::ops::{NORM_EPS, Sides, reflection_pad2d, tanh};

/// The two families of checkpoints, which differ in what stands around the convolutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The PyTorch files of the pix2pix and `CycleGAN` authors: zeros around halved pictures, doubled ones cut at the start.
    #[serde(rename = "pytorch")]
    PyTorch,
    /// The `TensorFlow` files of the drawing service: mirrored borders throughout, doubled pictures cut at the end, an epsilon
    /// of 1e-3 in the norm.
    Service,
}

/// Sizes of a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of the input.
    pub c_in: usize,
    /// Channels of the result.
    pub c_out: usize,
    /// Channels after the stem; twice and four times as many follow.
    pub width: usize,
    /// Residual blocks.
    pub n_blocks: usize,
    /// What stands around the convolutions.
    pub dialect: Dialect,
    /// What follows all convolutions but the head's.
    pub norm: NormKind,
    /// Whether those convolutions have a bias: where the norm is [`NormKind::Instance`] they do as a rule.
    pub is_biased: bool,
    /// Whether blocks drop values between their convolutions in training and in variants.
    pub has_dropout: bool,
}

impl Config {
    /// Nine blocks for pictures of 256 px and more, in the PyTorch dialect; the input is in -1..1.
    #[must_use]
    pub const fn nine_blocks(c_in: usize) -> Self {
        Self {
            c_in,
            c_out: 3,
            width: 64,
            n_blocks: 9,
            dialect: Dialect::PyTorch,
            norm: NormKind::Instance,
            is_biased: true,
            has_dropout: false,
        }
    }

    /// Six blocks for pictures of 128 px, in the PyTorch dialect.
    #[must_use]
    pub const fn six_blocks(c_in: usize) -> Self {
        Self { n_blocks: 6, ..Self::nine_blocks(c_in) }
    }

    /// The drawing service's generator: one channel in 0..1, ink is 0 and paper 1.
    #[must_use]
    pub const fn service() -> Self {
        Self { dialect: Dialect::Service, norm: NormKind::AffineInstance, is_biased: false, ..Self::nine_blocks(1) }
    }

    /// Multiplications of the convolutions for one square picture.
    #[must_use]
    pub const fn conv_macs(&self, side: usize) -> u64 {
        let (pixels, width) = (side * side, self.width);
        let ends = (self.c_in + self.c_out) * width * 49 * pixels;
        let halves = 2 * (2 * width * width * 9) * pixels / 4;
        let quarters = (2 * (8 * width * width * 9) + self.n_blocks * 2 * (16 * width * width * 9)) * pixels / 16;
        (ends + halves + quarters) as u64
    }

    /// The keys of the batch norms, in the order in which a pass meets them.
    #[must_use]
    pub fn running_norms(&self) -> Vec<String> {
        if self.norm != NormKind::Batch {
            return Vec::new();
        }
        let n = 10 + self.n_blocks;
        let blocks = (10..n).flat_map(|at| [2, 6].map(|norm| format!("model.{at}.conv_block.{norm}")));
        let ends = |list: [usize; 3]| list.map(|at| format!("model.{at}")).into_iter();
        ends([2, 5, 8]).chain(blocks).chain([n + 1, n + 4].map(|at| format!("model.{at}"))).collect()
    }

    const fn inner_bias(&self) -> Bias {
        if self.is_biased { Bias::With } else { Bias::Without }
    }

    fn norm(&self, channels: usize, activation: Activation, vb: &VarBuilder<'_>) -> Result<Norm> {
        let eps = match self.dialect {
            Dialect::PyTorch => NORM_EPS,
            Dialect::Service => 1e-3,
        };
        Ok(Norm::new(self.norm, channels, activation, vb)?.with_eps(eps))
    }
}

/// Mirrors the border where there is one to mirror, convolves, normalises.
#[derive(Debug, Clone)]
struct ConvNorm {
    mirrored: usize,
    conv: ConvLayer,
    norm: Norm,
}

impl ConvNorm {
    fn forward(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let ys = match self.mirrored {
            0 => self.conv.forward(xs)?,
            pad => self.conv.forward(&reflection_pad2d(xs, Sides::all(pad))?)?,
        };
        self.norm.forward(&ys, pass)
    }
}

/// Halves the picture.
fn down(config: &Config, c_in: usize, at: usize, vb: &VarBuilder<'_>) -> Result<ConvNorm> {
    let sizes = Sizes { c_in, c_out: 2 * c_in, kernel: 3 };
    let (mirrored, padding) = match config.dialect {
        Dialect::PyTorch => (0, 1),
        Dialect::Service => (1, 0),
    };
    let conv = ConvLayer::new(sizes, Conv::strided(2, padding), config.inner_bias(), &vb.pp(at))?;
    let norm = config.norm(2 * c_in, Activation::RELU, &vb.pp(at + 1))?;
    Ok(ConvNorm { mirrored, conv, norm })
}

/// Doubles the picture.
#[derive(Debug, Clone)]
struct Up {
    conv: ConvTransposeLayer,
    norm: Norm,
    dialect: Dialect,
}

impl Up {
    fn new(config: &Config, c_in: usize, at: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let conv = match config.dialect {
            Dialect::PyTorch => ConvTranspose { stride: 2, padding: 1, output_padding: 1, groups: 1 },
            Dialect::Service => ConvTranspose::strided(2, 0),
        };
        let sizes = Sizes { c_in, c_out: c_in / 2, kernel: 3 };
        Ok(Self {
            conv: ConvTransposeLayer::new(sizes, conv, config.inner_bias(), &vb.pp(at))?,
            norm: config.norm(c_in / 2, Activation::RELU, &vb.pp(at + 1))?,
            dialect: config.dialect,
        })
    }

    fn forward(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let ys = self.conv.forward(xs)?;
        match self.dialect {
            Dialect::PyTorch => self.norm.forward(&ys, pass),
            Dialect::Service => {
                // One row and one column too many: the last ones go.
                let (_, _, h, w) = ys.dims4()?;
                self.norm.forward(&ys.narrow(2, 0, h - 1)?.narrow(3, 0, w - 1)?, pass)
            }
        }
    }
}

/// Two convolutions whose result is added to the input.
#[derive(Debug, Clone)]
struct Block {
    first: ConvNorm,
    second: ConvNorm,
    drops: bool,
}

impl Block {
    fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let channels = 4 * config.width;
        let half = |at: usize, activation| -> Result<ConvNorm> {
            let sizes = Sizes { c_in: channels, c_out: channels, kernel: 3 };
            let conv = ConvLayer::new(sizes, Conv::padded(0), config.inner_bias(), &vb.pp(at))?;
            Ok(ConvNorm { mirrored: 1, conv, norm: config.norm(channels, activation, &vb.pp(at + 1))? })
        };
        Ok(Self {
            first: half(1, Activation::RELU)?,
            second: half(5, Activation::Identity)?,
            drops: config.has_dropout,
        })
    }

    fn forward(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let mut ys = self.first.forward(xs, pass)?;
        if self.drops {
            ys = pass.drop_half(&ys)?;
        }
        xs + self.second.forward(&ys, pass)?
    }
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    stem: ConvNorm,
    downs: Vec<ConvNorm>,
    blocks: Vec<Block>,
    ups: Vec<Up>,
    head: ConvLayer,
}

impl Generator {
    /// Reads the keys `model.1` to `model.26` (of nine blocks): the layers are numbered with what has no weights.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let (vb, width, n_blocks) = (vb.pp("model"), config.width, config.n_blocks);
        let sizes = Sizes { c_in: config.c_in, c_out: width, kernel: 7 };
        let conv = ConvLayer::new(sizes, Conv::padded(0), config.inner_bias(), &vb.pp(1))?;
        let norm = config.norm(width, Activation::RELU, &vb.pp(2))?;
        let sizes = Sizes { c_in: width, c_out: config.c_out, kernel: 7 };
        Ok(Self {
            stem: ConvNorm { mirrored: 3, conv, norm },
            downs: vec![down(config, width, 4, &vb)?, down(config, 2 * width, 7, &vb)?],
            blocks: (10..10 + n_blocks)
                .map(|at| Block::new(config, &vb.pp(at).pp("conv_block")))
                .collect::<Result<_>>()?,
            ups: vec![Up::new(config, 4 * width, 10 + n_blocks, &vb)?, Up::new(config, 2 * width, 13 + n_blocks, &vb)?],
            head: ConvLayer::new(sizes, Conv::padded(0), Bias::With, &vb.pp(17 + n_blocks))?,
        })
    }

    /// `xs` `[n, c_in, h, w]`, sides multiples of 4 and at least 12, to `[n, c_out, h, w]` in -1..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.run(xs, &mut Pass::eval())
    }

    /// As [`Generator::forward`], in the way that `pass` says.
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn run(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        check_floats(xs)?;
        let mut ys = self.stem.forward(xs, pass)?;
        for layer in &self.downs {
            ys = layer.forward(&ys, pass)?;
        }
        for block in &self.blocks {
            ys = block.forward(&ys, pass)?;
        }
        for layer in &self.ups {
            ys = layer.forward(&ys, pass)?;
        }
        tanh(&self.head.forward(&reflection_pad2d(&ys, Sides::all(3))?)?)
    }
}
