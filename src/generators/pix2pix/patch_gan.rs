//! The judge of patches (Isola et al. 2017, §3.2.2): every value of its map judges the square of 70 pixels around it, so it
//! looks at texture and strokes, not at the whole.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::norm::{Norm, NormKind, Pass};
use crate::compute::{Activation, Conv};
use crate::generators::layers::{Bias, ConvLayer, Sizes};
use crate::generators::ops::{NORM_EPS, Sides, bias_act, reflection_pad2d};

const KERNEL: usize = 4;
const LEAKY: Activation = Activation::leaky(0.2);
/// Epsilon of the drawing service's norm.
const SERVICE_EPS: f64 = 1e-3;
/// Channels grow up to this many widths.
const WIDEST: usize = 8;

/// Sizes of a judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of condition and picture together.
    pub c_in: usize,
    /// Channels after the first layer; twice, four and eight times as many follow.
    pub width: usize,
    /// Layers that halve the picture: 3 see 70 pixels, 2 see 34.
    pub n_halvings: usize,
    /// What follows the inner convolutions.
    pub norm: NormKind,
    /// Whether borders are mirrored before a convolution, as in the drawing service, or zeros, as in PyTorch's files.
    pub is_mirrored: bool,
}

impl Config {
    /// The published judge in the PyTorch dialect: batch norm, zeros at borders.
    #[must_use]
    pub const fn pytorch(c_in: usize) -> Self {
        Self { c_in, width: 64, n_halvings: 3, norm: NormKind::Batch, is_mirrored: false }
    }

    /// The drawing service's judge: affine instance norm with an epsilon of 1e-3, mirrored borders.
    #[must_use]
    pub const fn service(c_in: usize) -> Self {
        Self { norm: NormKind::AffineInstance, is_mirrored: true, ..Self::pytorch(c_in) }
    }

    /// Side of the square that one value of the map depends on.
    #[must_use]
    pub const fn receptive_field(&self) -> usize {
        // Backwards from one value: two layers at stride 1, then those that halve.
        let (mut field, mut at) = (1 + 2 * (KERNEL - 1), 0);
        while at < self.n_halvings {
            field = field * 2 + (KERNEL - 2);
            at += 1;
        }
        field
    }

    const fn channels(&self, layer: usize) -> usize {
        let times = 1 << layer;
        self.width * if times > WIDEST { WIDEST } else { times }
    }
}

/// One convolution with what follows it.
#[derive(Debug, Clone)]
struct Layer {
    conv: ConvLayer,
    norm: Option<Norm>,
}

/// The judge.
#[derive(Debug, Clone)]
pub struct Discriminator {
    layers: Vec<Layer>,
    head: ConvLayer,
    is_mirrored: bool,
}

impl Discriminator {
    /// Reads the keys of the published files: `model.0` (convolution), `model.2` and `model.3` (convolution and norm), `model.5` …
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let vb = vb.pp("model");
        let padding = usize::from(!config.is_mirrored);
        let n = config.n_halvings;
        let conv = |(c_in, c_out): (usize, usize), stride, bias, at: usize| {
            let sizes = Sizes { c_in, c_out, kernel: KERNEL };
            ConvLayer::new(sizes, Conv { stride, padding, ..Conv::padded(padding) }, bias, &vb.pp(at))
        };
        let mut layers = vec![Layer { conv: conv((config.c_in, config.width), 2, Bias::With, 0)?, norm: None }];
        for layer in 1..=n {
            let (c_in, c_out) = (config.channels(layer - 1), config.channels(layer));
            let stride = if layer < n { 2 } else { 1 };
            let at = 3 * layer - 1;
            let eps = if config.is_mirrored { SERVICE_EPS } else { NORM_EPS };
            let norm = Norm::new(config.norm, c_out, LEAKY, &vb.pp(at + 1))?.with_eps(eps);
            layers.push(Layer { conv: conv((c_in, c_out), stride, config.norm.conv_bias(), at)?, norm: Some(norm) });
        }
        let head = conv((config.channels(n), 1), 1, Bias::With, 3 * n + 2)?;
        Ok(Self { layers, head, is_mirrored: config.is_mirrored })
    }

    /// What each layer makes of `xs` `[n, c_in, h, w]` (condition and picture joined, in -1..1), finest first; the last is the
    /// map of scores `[n, 1, h / 8 - 2, w / 8 - 2]`, before any sigmoid.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn levels(&self, xs: &Tensor, pass: &mut Pass) -> Result<Vec<Tensor>> {
        let mut levels = Vec::with_capacity(self.layers.len() + 1);
        let mut ys = xs.clone();
        for layer in &self.layers {
            ys = layer.conv.forward(&self.bordered(&ys)?)?;
            ys = match &layer.norm {
                Some(norm) => norm.forward(&ys, pass)?,
                None => bias_act(&ys, None, LEAKY)?,
            };
            levels.push(ys.clone());
        }
        levels.push(self.head.forward(&self.bordered(&ys)?)?);
        Ok(levels)
    }

    /// The map of scores alone.
    ///
    /// # Errors
    /// As [`Discriminator::levels`].
    pub fn scores(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        match self.levels(xs, pass)?.pop() {
            Some(scores) => Ok(scores),
            None => candle_core::bail!("a judge without layers"),
        }
    }

    fn bordered(&self, xs: &Tensor) -> Result<Tensor> {
        if self.is_mirrored { reflection_pad2d(xs, Sides::all(1)) } else { Ok(xs.clone()) }
    }
}
