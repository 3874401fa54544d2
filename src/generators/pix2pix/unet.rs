//! The U-Net generator of pix2pix (Isola et al. 2017, §3.2.1 and appendix 6.1.1): every level halves the picture, every level
//! on the way back doubles it and sees what the way down had at that size.
//!
//! The files nest each level in the one around it; [`Config::level_key`] says where. Published skips carry a leaky activation that the
//! way back makes a plain one of: `relu(leaky(x)) = relu(x)`.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::norm::{Norm, NormKind, Pass, check_floats};
use crate::compute::{Activation, Conv, ConvTranspose};
use crate::generators::layers::{Bias, ConvLayer, ConvTransposeLayer, Sizes};
use crate::generators::ops::{relu_cat, tanh};

/// Side of all kernels.
const KERNEL: usize = 4;
const HALVE: Conv = Conv::strided(2, 1);
const DOUBLE: ConvTranspose = ConvTranspose::strided(2, 1);
const LEAKY: Activation = Activation::leaky(0.2);
/// Channels grow up to this many widths.
const WIDEST: usize = 8;
/// From this level to the one before the innermost values are dropped.
const DROPS_FROM: usize = 5;

/// Sizes of a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of the input.
    pub c_in: usize,
    /// Channels of the result.
    pub c_out: usize,
    /// Channels of the outermost level; twice, four times and eight times as many follow.
    pub width: usize,
    /// How often the picture is halved.
    pub n_levels: usize,
    /// What follows the convolutions but the outermost and the innermost.
    pub norm: NormKind,
    /// Whether the levels from the fifth to the one before the innermost drop values in training and in variants.
    pub has_dropout: bool,
}

impl Config {
    /// `unet_256` as published: pictures of a multiple of 256 px, batch norm, dropout.
    #[must_use]
    pub const fn unet_256(c_in: usize, width: usize) -> Self {
        Self { c_in, c_out: 3, width, n_levels: 8, norm: NormKind::Batch, has_dropout: true }
    }

    /// `unet_128` as published: pictures of a multiple of 128 px.
    #[must_use]
    pub const fn unet_128(c_in: usize, width: usize) -> Self {
        Self { n_levels: 7, ..Self::unet_256(c_in, width) }
    }

    /// Sides of pictures are multiples of this.
    #[must_use]
    pub const fn multiple(&self) -> usize {
        1 << self.n_levels
    }

    /// Channels after `level` halvings, from 1.
    #[must_use]
    pub const fn channels(&self, level: usize) -> usize {
        let times = 1 << (level - 1);
        self.width * if times > WIDEST { WIDEST } else { times }
    }

    /// Multiplications of the convolutions for one square picture.
    #[must_use]
    pub fn conv_macs(&self, side: usize) -> u64 {
        let mut macs = 0;
        for level in 1..=self.n_levels {
            let pixels = (side >> level) * (side >> level);
            let c_in = if level == 1 { self.c_in } else { self.channels(level - 1) };
            let c_back = if level == 1 { self.c_out } else { self.channels(level - 1) };
            let c_up = self.channels(level) * if level == self.n_levels { 1 } else { 2 };
            macs += (c_in * self.channels(level) + c_up * c_back) * KERNEL * KERNEL * pixels;
        }
        macs as u64
    }

    /// The keys of the batch norms, in the order in which a pass meets them.
    #[must_use]
    pub fn running_norms(&self) -> Vec<String> {
        if self.norm != NormKind::Batch {
            return Vec::new();
        }
        let n = self.n_levels;
        let down = (2..n).map(|level| format!("{}.2", Self::level_key(level)));
        let up = (2..=n).rev().map(|level| format!("{}.{}", Self::level_key(level), if level == n { 4 } else { 6 }));
        down.chain(up).collect()
    }

    /// What stands before the keys of the level, from 1: in the published files each level is module 1 (of the outermost) or 3
    /// of the one around it.
    #[must_use]
    pub fn level_key(level: usize) -> String {
        let mut key = "model.model".to_owned();
        for outer in 1..level {
            key.push_str(if outer == 1 { ".1.model" } else { ".3.model" });
        }
        key
    }
}

/// The way down of one level.
#[derive(Debug, Clone)]
struct Down {
    conv: ConvLayer,
    norm: Option<Norm>,
    /// Of what has no norm.
    activation: Activation,
}

/// The way back of one level.
#[derive(Debug, Clone)]
struct Up {
    conv: ConvTransposeLayer,
    /// The outermost has none.
    norm: Option<Norm>,
    drops: bool,
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    config: Config,
    /// The outermost first.
    downs: Vec<Down>,
    ups: Vec<Up>,
}

impl Generator {
    /// Reads the keys of the published files.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or there are fewer than three levels.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let n = config.n_levels;
        if !(3..=12).contains(&n) {
            candle_core::bail!("a U-Net has 3 to 12 levels, not {n}");
        }
        let (mut downs, mut ups) = (Vec::new(), Vec::new());
        for level in 1..=n {
            let vb = vb.pp(Config::level_key(level));
            let (is_outer, is_inner) = (level == 1, level == n);
            let c_in = if is_outer { config.c_in } else { config.channels(level - 1) };
            let c_back = if is_outer { config.c_out } else { config.channels(level - 1) };
            let c_here = config.channels(level);
            let inner_bias = config.norm.conv_bias();
            let (down, norm) = if is_outer { (0, None) } else { (1, (!is_inner).then_some(2)) };
            let sizes = Sizes { c_in, c_out: c_here, kernel: KERNEL };
            let conv = ConvLayer::new(sizes, HALVE, inner_bias, &vb.pp(down))?;
            let norm = norm.map(|at| Norm::new(config.norm, c_here, LEAKY, &vb.pp(at))).transpose()?;
            downs.push(Down { conv, norm, activation: if is_inner { Activation::RELU } else { LEAKY } });
            let (up, up_norm) = match (is_outer, is_inner) {
                (true, _) => (3, None),
                (_, true) => (3, Some(4)),
                _ => (5, Some(6)),
            };
            let sizes = Sizes { c_in: if is_inner { c_here } else { 2 * c_here }, c_out: c_back, kernel: KERNEL };
            let bias = if is_outer { Bias::With } else { inner_bias };
            let conv = ConvTransposeLayer::new(sizes, DOUBLE, bias, &vb.pp(up))?;
            let norm = up_norm.map(|at| Norm::new(config.norm, c_back, Activation::RELU, &vb.pp(at))).transpose()?;
            let drops = config.has_dropout && (DROPS_FROM..n).contains(&level);
            ups.push(Up { conv, norm, drops });
        }
        Ok(Self { config: *config, downs, ups })
    }

    /// The sizes.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// `xs` `[n, c_in, h, w]` in -1..1, sides multiples of [`Config::multiple`], to `[n, c_out, h, w]` in -1..1.
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
        let (_, _, h, w) = xs.dims4()?;
        let multiple = self.config.multiple();
        if h == 0 || w == 0 || h % multiple != 0 || w % multiple != 0 {
            candle_core::bail!("the picture is {w}x{h} pixels; this U-Net needs multiples of {multiple}");
        }
        let mut levels = Vec::with_capacity(self.downs.len());
        let mut ys = xs.clone();
        for down in &self.downs {
            ys = match &down.norm {
                Some(norm) => norm.forward(&down.conv.forward(&ys)?, pass)?,
                None => down.conv.forward_with(&ys, down.activation)?,
            };
            levels.push(ys.clone());
        }
        let mut back: Option<Tensor> = None;
        for (up, level) in self.ups.iter().zip(&levels).rev() {
            let joined = match back {
                None => level.clone(),
                Some(back) => relu_cat(level, &back)?,
            };
            let ys = up.conv.forward(&joined)?;
            let ys = up.norm.as_ref().map_or_else(|| Ok(ys.clone()), |norm| norm.forward(&ys, pass))?;
            back = Some(if up.drops { pass.drop_half(&ys)? } else { ys });
        }
        let Some(back) = back else { candle_core::bail!("a U-Net without levels") };
        tanh(&back)
    }
}
