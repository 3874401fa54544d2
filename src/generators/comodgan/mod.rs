//! `CoModGAN` (Zhao et al., Large Scale Image Completion via Co-Modulated Generative Adversarial Networks, 2021): an encoder of
//! what is known, and a `StyleGAN2` synthesis whose styles see both the latent and the encoder's global vector.
//!
//! The keys are those of the PyTorch checkpoints that MI-GAN and SH-GAN are compared with.

mod discriminator;
mod encoder;
mod synthesis;

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};
use serde::{Deserialize, Serialize};

use super::pyramid::{Pyramid, macs};
use super::styled::{Mapping, Noise};
pub use discriminator::Discriminator;
pub use encoder::{Encoder, Features};
pub use synthesis::Synthesis;

/// How the encoder looks at a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EncoderKind {
    /// A discriminator's trunk: at each size a convolution whose result is kept, and one that halves it after a blur.
    #[default]
    Official,
    /// As VGG (Simonyan and Zisserman 2015): at each size two convolutions, the second of whose results is kept and halved by
    /// means of 2 x 2 pixels.
    Vgg,
}

impl EncoderKind {
    /// Files from before there was a choice do not name it.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_official(&self) -> bool {
        *self == Self::Official
    }
}

/// Sizes of a generator, as a manifest of weights keeps them too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Height and width of the picture: a power of two, at least 8.
    pub side: usize,
    /// Numbers in a latent and in a style.
    pub style_dim: usize,
    /// Layers of the mapping network.
    pub n_mapping: usize,
    /// Numbers in the encoder's global vector.
    pub global_dim: usize,
    /// At `r` pixels there are `base_channels / r` channels …
    pub base_channels: usize,
    /// … but no more than this.
    pub max_channels: usize,
    /// What activations are cut to, both ways: 256 in checkpoints trained in half precision, nothing in the official ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clamp: Option<f64>,
    /// The encoder's layers.
    #[serde(default, skip_serializing_if = "EncoderKind::is_official")]
    pub encoder: EncoderKind,
}

impl Config {
    /// The official sizes for pictures of `side` pixels.
    #[must_use]
    pub const fn official(side: usize) -> Self {
        Self {
            side,
            style_dim: 512,
            n_mapping: 8,
            global_dim: 1024,
            base_channels: 32_768,
            max_channels: 512,
            clamp: None,
            encoder: EncoderKind::Official,
        }
    }

    /// A light network for the CPU: a sixteenth of the official multiplications, at most 45 MB in half precision.
    #[must_use]
    pub const fn lite(side: usize) -> Self {
        Self { base_channels: 4096, max_channels: 256, global_dim: 512, ..Self::official(side) }
    }

    /// How the sizes follow each other, in encoder and synthesis alike.
    #[must_use]
    pub const fn pyramid(&self) -> Pyramid {
        Pyramid { side: self.side, base_channels: self.base_channels, max_channels: self.max_channels }
    }

    /// Channels at `side` pixels.
    #[must_use]
    pub fn channels(&self, side: usize) -> usize {
        self.pyramid().channels(side)
    }

    /// Channels that come into the size `side` of a VGG-like encoder: those of the size before, or mask and picture.
    fn seen_channels(&self, side: usize) -> usize {
        if side == self.side { 4 } else { self.channels(2 * side) }
    }

    /// Sides after the first 4 pixels: 8, 16, … up to the picture's.
    fn sides(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.pyramid().sides()
    }

    /// Styles that a picture takes.
    #[must_use]
    pub fn n_layers(&self) -> usize {
        self.pyramid().n_layers()
    }

    /// Multiplications of the convolutions for one picture.
    #[must_use]
    pub fn conv_macs(&self) -> u64 {
        let encoder = match self.encoder {
            EncoderKind::Official => self.pyramid().trunk_macs(4),
            EncoderKind::Vgg => {
                let pair = |side: usize| {
                    let c = self.channels(side);
                    macs(self.seen_channels(side), c, 3, side) + macs(c, c, 3, side)
                };
                pair(4) + self.sides().map(pair).sum::<u64>()
            }
        };
        self.pyramid().synthesis_macs() + encoder
    }
}

/// What a picture is made from beside image, holes and styles.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The noise that is added.
    pub noise: Noise<'a>,
    /// Factors on the global vector, `[n or 1, global_dim]`: 0 or 2 with equal chances in training and, officially, always.
    pub dropout: Option<&'a Tensor>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { noise: Noise::Constant, dropout: None }
    }
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Generator {
    /// Latents to styles.
    pub mapping: Mapping,
    /// The mean style, `[style_dim]`, for truncation.
    pub mean_style: Tensor,
    encoder: Encoder,
    synthesis: Synthesis,
    sees_holes: bool,
}

impl Generator {
    /// Reads `mapping.fc{i}`, `mapping.w_avg`, `encoder.b{side}` and `synthesis.b{side}`. The blur's kernels, which the files
    /// hold too (`resample_filter`), are always the same and not read.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.pyramid().check_side("comodgan")?;
        let mapping = vb.pp("mapping");
        let places = (0..config.n_mapping).map(|at| mapping.pp(format!("fc{at}")));
        Ok(Self {
            mapping: Mapping::new(config.style_dim, config.clamp, places)?,
            mean_style: mapping.get_with_hints(config.style_dim, "w_avg", Init::Const(0.0))?.detach(),
            encoder: Encoder::new(config, &vb.pp("encoder"))?,
            synthesis: Synthesis::new(config, &vb.pp("synthesis"))?,
            sees_holes: false,
        })
    }

    /// The same network for weights that were trained with a mask in which 1 is a hole. Only what the encoder sees is turned
    /// round: [`Generator::forward`] takes a mask of what is known all the same.
    #[must_use]
    pub fn with_mask_of_holes(self) -> Self {
        Self { sees_holes: true, ..self }
    }

    /// Fills the holes: `image` `[n, 3, side, side]` in -1..1, `known` `[n, 1, side, side]` (1 is known, 0 a hole) and styles
    /// `ws` `[n, n_layers, style_dim]` to `[n, 3, side, side]`. Where `known` is 1 the result is exactly the image.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, image: &Tensor, known: &Tensor, ws: &Tensor, options: Options<'_>) -> Result<Tensor> {
        let seen = image.broadcast_mul(known)?;
        let mask = if self.sees_holes { known.affine(-1.0, 0.5)? } else { (known - 0.5)? };
        let features = self.encoder.forward(&Tensor::cat(&[&mask, &seen], 1)?)?;
        let global = match options.dropout {
            None => features.global,
            Some(factors) => features.global.broadcast_mul(factors)?,
        };
        let painted = self.synthesis.forward(&features.levels, &global, ws, options.noise)?;
        painted.broadcast_mul(&known.affine(-1.0, 1.0)?)? + seen
    }
}
