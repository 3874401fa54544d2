//! MI-GAN (Sargsyan et al., MI-GAN: A Simple Baseline for Image Inpainting on Mobile Devices, 2023): the layout of `CoModGAN`
//! without latents, styles and dense layers, each convolution split into a depthwise and a pointwise one.
//!
//! The keys are those of the public generator for inference.

mod separable;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::layers::{Bias, ConvLayer, Sizes};
use super::ops::{BLUR_TAPS, bias_act, upsample_2x};
use super::pyramid::Pyramid;
use super::styled::{LEAKY, clamped};
use crate::compute::Conv;
use separable::{Resample, Separable, Shape};

/// Sizes of a generator, as a manifest of weights keeps them too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Height and width of the picture: a power of two, at least 8.
    pub side: usize,
    /// At `r` pixels there are `base_channels / r` channels …
    pub base_channels: usize,
    /// … but no more than this.
    pub max_channels: usize,
    /// What activations are cut to, both ways: 256 in the public weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clamp: Option<f64>,
}

impl Config {
    /// The published sizes for pictures of `side` pixels (256 or 512).
    #[must_use]
    pub const fn official(side: usize) -> Self {
        Self { side, base_channels: 32_768, max_channels: 512, clamp: Some(256.0) }
    }

    /// How the sizes follow each other.
    #[must_use]
    pub const fn pyramid(&self) -> Pyramid {
        Pyramid { side: self.side, base_channels: self.base_channels, max_channels: self.max_channels }
    }

    /// Channels at `side` pixels.
    #[must_use]
    pub fn channels(&self, side: usize) -> usize {
        self.pyramid().channels(side)
    }

    /// Sides after the first 4 pixels: 8, 16, … up to the picture's.
    fn sides(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.pyramid().sides()
    }

    /// Multiplications of the convolutions for one picture.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let square = |side: usize| side * side;
        let separable =
            |c_in: usize, c_out: usize, deep: usize, wide: usize| 9 * c_in * square(deep) + c_in * c_out * square(wide);
        let (top, last) = (self.channels(self.side), self.channels(4));
        let levels = self.sides().map(|side| {
            let (c, c_half) = (self.channels(side), self.channels(side / 2));
            let encoder = separable(c, c, side, side) + separable(c, c_half, side, side / 2);
            let synthesis = separable(c_half, c, side / 2, side / 2) + separable(c, c, side, side);
            encoder + synthesis + 3 * c * square(side)
        });
        let first = 4 * separable(last, last, 4, 4) + 3 * last * 16;
        (4 * top * square(self.side) + first + levels.sum::<usize>()) as u64
    }
}

/// One size of the encoder: what is kept, and what halves it.
type Down = (Separable, Separable);

/// One size of the synthesis: doubled, joined with the encoder's layer, refined, painted.
#[derive(Debug, Clone)]
struct Level {
    up: Separable,
    same: Separable,
    to_rgb: ConvLayer,
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    from_rgb: ConvLayer,
    /// Largest first, the one at 4 pixels last.
    encoder: Vec<Down>,
    first: (Separable, Separable),
    first_rgb: ConvLayer,
    /// Smallest first.
    synthesis: Vec<Level>,
    clamp: Option<f64>,
    sees_holes: bool,
}

impl Generator {
    /// Reads `encoder.b{side}` and `synthesis.b{side}`. The kernels of the blur, which the files hold too, are always the same
    /// and not read.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.pyramid().check_side("migan")?;
        let (encoder, synthesis, clamp) = (vb.pp("encoder"), vb.pp("synthesis"), config.clamp);
        let last = config.channels(4);
        let new = |c_in, c_out, resample, noise: Option<usize>, vb: VarBuilder<'_>| {
            Separable::new(&Shape { c_in, c_out, resample, noise }, clamp, &vb)
        };
        let same = |c, vb: VarBuilder<'_>| new(c, c, Resample::Same, None, vb);
        let downs = config.sides().rev().map(|side| -> Result<Down> {
            let (c, c_half, vb) = (config.channels(side), config.channels(side / 2), encoder.pp(format!("b{side}")));
            Ok((same(c, vb.pp("conv1"))?, new(c, c_half, Resample::Down, None, vb.pp("conv2"))?))
        });
        let mut downs = downs.collect::<Result<Vec<Down>>>()?;
        let (b4, s4) = (encoder.pp("b4"), synthesis.pp("b4"));
        downs.push((same(last, b4.pp("conv1"))?, same(last, b4.pp("conv2"))?));
        let ups = config.sides().map(|side| -> Result<Level> {
            let (c, c_half, vb) = (config.channels(side), config.channels(side / 2), synthesis.pp(format!("b{side}")));
            Ok(Level {
                up: new(c_half, c, Resample::Up, Some(side), vb.pp("conv1"))?,
                same: new(c, c, Resample::Same, Some(side), vb.pp("conv2"))?,
                to_rgb: pointwise(c, 3, &vb.pp("torgb"))?,
            })
        });
        Ok(Self {
            from_rgb: pointwise(4, config.channels(config.side), &encoder.pp(format!("b{}.fromrgb", config.side)))?,
            encoder: downs,
            first: (same(last, s4.pp("conv1"))?, same(last, s4.pp("conv2"))?),
            first_rgb: pointwise(last, 3, &s4.pp("torgb"))?,
            synthesis: ups.collect::<Result<_>>()?,
            clamp,
            sees_holes: false,
        })
    }

    /// The same network for weights that were trained with a mask in which 1 is a hole. Only what the encoder sees is turned
    /// round: [`Generator::forward`] takes a mask of what is known all the same.
    #[must_use]
    pub fn with_mask_of_holes(self) -> Self {
        Self { sees_holes: true, ..self }
    }

    /// Fills the holes: `image` `[n, 3, side, side]` in -1..1 and `known` `[n, 1, side, side]` (1 is known, 0 a hole) to
    /// `[n, 3, side, side]`. Where `known` is 1 the result is exactly the image.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, image: &Tensor, known: &Tensor) -> Result<Tensor> {
        let seen = image.broadcast_mul(known)?;
        let mask = if self.sees_holes { known.affine(-1.0, 0.5)? } else { (known - 0.5)? };
        let painted = self.paint(&Tensor::cat(&[&mask, &seen], 1)?)?;
        painted.broadcast_mul(&known.affine(-1.0, 1.0)?)? + seen
    }

    /// `xs` `[n, 4, side, side]`, mask and picture, to colours.
    fn paint(&self, xs: &Tensor) -> Result<Tensor> {
        let mut xs = clamped(bias_act(&self.from_rgb.forward(xs)?, None, LEAKY)?, self.clamp)?;
        let mut features = Vec::with_capacity(self.encoder.len());
        for (keep, down) in &self.encoder {
            let kept = keep.forward(&xs)?;
            xs = down.forward(&kept)?;
            features.push(kept);
        }
        let mut features = features.into_iter().rev();
        let mut feature = || features.next().ok_or_else(|| candle_core::Error::Msg("migan: too few sizes".to_owned()));
        let (before, after) = &self.first;
        xs = after.forward(&(before.forward(&xs)? + feature()?)?)?;
        let mut rgb = self.first_rgb.forward(&xs)?;
        for level in &self.synthesis {
            xs = level.same.forward(&(level.up.forward(&xs)? + feature()?)?)?;
            rgb = (upsample_2x(&rgb, &BLUR_TAPS)? + level.to_rgb.forward(&xs)?)?;
        }
        Ok(rgb)
    }
}

/// A 1x1 convolution with a bias: keys `weight` `[c_out, c_in, 1, 1]`, `bias`.
fn pointwise(c_in: usize, c_out: usize, vb: &VarBuilder<'_>) -> Result<ConvLayer> {
    ConvLayer::new(Sizes { c_in, c_out, kernel: 1 }, Conv::padded(0), Bias::With, vb)
}
