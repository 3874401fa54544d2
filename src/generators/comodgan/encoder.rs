//! The encoder of `CoModGAN`: a discriminator's trunk without residual skips, whose layers are kept.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use super::layer::Layer;
use crate::generators::layers::{NORMAL, Sizes};
use crate::generators::ops::EqualLinear;
use crate::generators::styled::{LEAKY, clamped};

/// What the encoder sees in a picture.
#[derive(Debug, Clone)]
pub struct Features {
    /// One `[n, c, h, w]` for each size, from 4 pixels up to the picture's.
    pub levels: Vec<Tensor>,
    /// `[n, global_dim]`
    pub global: Tensor,
}

/// Picture and mask to features.
#[derive(Debug, Clone)]
pub struct Encoder {
    from_rgb: Layer,
    /// At each size, largest first: what is kept, and what halves it.
    levels: Vec<(Layer, Layer)>,
    last: Layer,
    global: EqualLinear,
    clamp: Option<f64>,
}

impl Encoder {
    pub(super) fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let layer =
            |c_in, c_out, kernel, vb: &VarBuilder<'_>| Layer::new(Sizes { c_in, c_out, kernel }, config.clamp, vb);
        let levels = config.sides().rev().map(|side| -> Result<(Layer, Layer)> {
            let (c, c_half, vb) = (config.channels(side), config.channels(side / 2), vb.pp(format!("b{side}")));
            Ok((layer(c, c, 3, &vb.pp("conv0"))?, layer(c, c_half, 3, &vb.pp("conv1"))?))
        });
        let (first, last, b4) = (config.channels(config.side), config.channels(4), vb.pp("b4"));
        let fc = b4.pp("fc");
        let global = fc.get_with_hints((config.global_dim, last * 16), "weight", NORMAL)?;
        let bias = fc.get_with_hints(config.global_dim, "bias", Init::Const(0.0))?;
        Ok(Self {
            from_rgb: layer(4, first, 1, &vb.pp(format!("b{}", config.side)).pp("fromrgb"))?,
            levels: levels.collect::<Result<_>>()?,
            last: layer(last, last, 3, &b4.pp("conv"))?,
            global: EqualLinear::new(global, Some(bias), 1.0, LEAKY)?,
            clamp: config.clamp,
        })
    }

    /// `xs` `[n, 4, side, side]`: the mask minus 0.5 (1 is known), then the image where it is known and 0 elsewhere.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, xs: &Tensor) -> Result<Features> {
        let mut levels = Vec::with_capacity(self.levels.len() + 1);
        let mut xs = self.from_rgb.forward(xs)?;
        for (keep, halve) in &self.levels {
            let kept = keep.forward(&xs)?;
            xs = halve.halve(&kept)?;
            levels.push(kept);
        }
        let last = self.last.forward(&xs)?;
        let global = clamped(self.global.forward(&last.flatten_from(1)?)?, self.clamp)?;
        levels.push(last);
        levels.reverse();
        Ok(Features { levels, global })
    }
}
