//! The encoder of `CoModGAN`: a discriminator's trunk without residual skips, whose layers are kept; or one like VGG.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::{Config, EncoderKind};
use crate::generators::layers::{NORMAL, Sizes};
use crate::generators::ops::{EqualLinear, area_down};
use crate::generators::residual::Layer;
use crate::generators::styled::{LEAKY, clamped};

/// What the encoder sees in a picture.
#[derive(Debug, Clone)]
pub struct Features {
    /// One `[n, c, h, w]` for each size, from 4 pixels up to the picture's.
    pub levels: Vec<Tensor>,
    /// `[n, global_dim]`
    pub global: Tensor,
}

/// Two layers of one size.
#[derive(Debug, Clone)]
enum Level {
    /// What is kept, and what halves it.
    Official(Layer, Layer),
    /// The second is kept, and averaged to half the size.
    Vgg(Layer, Layer),
}

impl Level {
    /// What is kept, and what goes on at half the size.
    fn forward(&self, xs: &Tensor) -> Result<(Tensor, Tensor)> {
        match self {
            Self::Official(keep, halve) => {
                let kept = keep.forward(xs)?;
                let halved = halve.halve(&kept, LEAKY)?;
                Ok((kept, halved))
            }
            Self::Vgg(first, second) => {
                let kept = second.forward(&first.forward(xs)?)?;
                let halved = area_down(&kept, 2)?;
                Ok((kept, halved))
            }
        }
    }
}

/// Picture and mask to features.
#[derive(Debug, Clone)]
pub struct Encoder {
    from_rgb: Option<Layer>,
    /// Largest size first.
    levels: Vec<Level>,
    /// At 4 pixels.
    last: Vec<Layer>,
    global: EqualLinear,
    clamp: Option<f64>,
}

impl Encoder {
    /// Official: reads `b{side}.fromrgb`, `b{side}.{conv0,conv1}` from the picture's side down to 8, `b4.{conv,fc}`.
    /// Like VGG: `b{side}.{conv0,conv1}` from the picture's side down to 4, `b4.fc`.
    pub(super) fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let layer =
            |c_in, c_out, kernel, vb: &VarBuilder<'_>| Layer::new(Sizes { c_in, c_out, kernel }, config.clamp, vb);
        let vgg = |side: usize| -> Result<(Layer, Layer)> {
            let (c, vb) = (config.channels(side), vb.pp(format!("b{side}")));
            Ok((layer(config.seen_channels(side), c, 3, &vb.pp("conv0"))?, layer(c, c, 3, &vb.pp("conv1"))?))
        };
        let levels = config.sides().rev().map(|side| -> Result<Level> {
            let (c, c_half) = (config.channels(side), config.channels(side / 2));
            match config.encoder {
                EncoderKind::Official => {
                    let vb = vb.pp(format!("b{side}"));
                    Ok(Level::Official(layer(c, c, 3, &vb.pp("conv0"))?, layer(c, c_half, 3, &vb.pp("conv1"))?))
                }
                EncoderKind::Vgg => vgg(side).map(|(first, second)| Level::Vgg(first, second)),
            }
        });
        let (first, last, b4) = (config.channels(config.side), config.channels(4), vb.pp("b4"));
        let from_rgb = || layer(4, first, 1, &vb.pp(format!("b{}", config.side)).pp("fromrgb"));
        let (from_rgb, at_last) = match config.encoder {
            EncoderKind::Official => (Some(from_rgb()?), vec![layer(last, last, 3, &b4.pp("conv"))?]),
            EncoderKind::Vgg => (None, vgg(4).map(|(first, second)| vec![first, second])?),
        };
        let fc = b4.pp("fc");
        let global = fc.get_with_hints((config.global_dim, last * 16), "weight", NORMAL)?;
        let bias = fc.get_with_hints(config.global_dim, "bias", Init::Const(0.0))?;
        Ok(Self {
            from_rgb,
            levels: levels.collect::<Result<_>>()?,
            last: at_last,
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
        let mut xs = match &self.from_rgb {
            Some(layer) => layer.forward(xs)?,
            None => xs.clone(),
        };
        for level in &self.levels {
            let (kept, halved) = level.forward(&xs)?;
            levels.push(kept);
            xs = halved;
        }
        for layer in &self.last {
            xs = layer.forward(&xs)?;
        }
        let global = clamped(self.global.forward(&xs.flatten_from(1)?)?, self.clamp)?;
        levels.push(xs);
        levels.reverse();
        Ok(Features { levels, global })
    }
}
