//! The part of a recipe that says how large the networks are.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::word;
use crate::generators::comodgan::EncoderKind;
use crate::generators::dcgan::DiscriminatorNorm;
use crate::generators::manifold::Prior;
use crate::generators::pix2pix::{NormKind, Reads};

/// Sizes of the networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Side of the pictures in pixels, a power of two
    #[arg(long, value_name = "PIXELS")]
    pub side: usize,
    /// Channels at r pixels are this by r (CoModGAN, StyleGAN2: 32768 official, 4096 or 2048 lite)
    #[arg(long, value_name = "N")]
    pub base_channels: usize,
    /// But no more than this
    #[arg(long, value_name = "N")]
    pub max_channels: usize,
    /// Numbers in the global vector (CoModGAN: 1024 official, 512 lite)
    #[arg(long, value_name = "N")]
    pub global_dim: usize,
    /// Numbers in a latent and in a style
    #[arg(long, value_name = "N")]
    pub style_dim: usize,
    /// Layers of the network from latents to styles (CoModGAN, StyleGAN2)
    #[arg(long, value_name = "N")]
    pub mapping_layers: usize,
    /// Whether the generator adds noise of its own (CoModGAN, StyleGAN); drawings without grain need none
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub noise: bool,
    /// The layers of the generator's encoder (CoModGAN): official or vgg
    #[arg(long, value_parser = word::<EncoderKind>, value_name = "KIND")]
    pub encoder: EncoderKind,
    /// The discriminator's channels as base-channels [default: the generator's]
    #[arg(long, value_name = "N")]
    pub discriminator_base_channels: Option<usize>,
    /// The discriminator's channels as max-channels [default: the generator's]
    #[arg(long, value_name = "N")]
    pub discriminator_max_channels: Option<usize>,
    /// Numbers in the bottleneck (Context Encoder)
    #[arg(long, value_name = "N")]
    pub bottleneck: usize,
    /// Side of the kernels (DCGAN): 4 or 5
    #[arg(long, value_name = "PIXELS")]
    pub kernel: usize,
    /// Whether latents are uniform in -1..1 or normal (DCGAN)
    #[arg(long, value_parser = word::<Prior>, value_name = "PRIOR")]
    pub prior: Prior,
    /// What normalises the discriminator (DCGAN); R1 needs none
    #[arg(long, value_parser = word::<DiscriminatorNorm>, value_name = "NORM")]
    pub discriminator_norm: DiscriminatorNorm,
    /// The generator of pictures from drawings (pix2pix): u-net or res-net
    #[arg(long, value_enum, value_name = "KIND")]
    pub painter: PainterKind,
    /// Its channels at full size (pix2pix); published ones have 64
    #[arg(long, value_name = "N")]
    pub painter_width: usize,
    /// How often its U-Net halves the picture, or how many blocks its ResNet has (pix2pix)
    #[arg(long, value_name = "N")]
    pub painter_levels: usize,
    /// What normalises it (pix2pix): batch, instance or affine-instance
    #[arg(long, value_parser = word::<NormKind>, value_name = "NORM")]
    pub painter_norm: NormKind,
    /// Whether it drops values in training, so that it has variants (pix2pix)
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub painter_dropout: bool,
    /// What it sees (pix2pix): ink, ink-and-hints, or ink-and-wash (meant colors spread over the paper)
    #[arg(long, value_parser = word::<Reads>, value_name = "READS")]
    pub painter_reads: Reads,
    /// Channels of the judge's first layer (pix2pix); published ones have 64
    #[arg(long, value_name = "N")]
    pub judge_width: usize,
    /// How often the judge halves the picture (pix2pix): 3 sees 70 pixels, 2 sees 34
    #[arg(long, value_name = "N")]
    pub judge_levels: usize,
}

/// The generator of pictures from drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PainterKind {
    /// Levels with skips: fast
    #[default]
    UNet,
    /// Residual blocks: eight times the work
    ResNet,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            side: 256,
            base_channels: 4096,
            max_channels: 128,
            global_dim: 512,
            style_dim: 256,
            mapping_layers: 8,
            noise: true,
            encoder: EncoderKind::Official,
            discriminator_base_channels: None,
            discriminator_max_channels: None,
            bottleneck: 4000,
            kernel: 4,
            prior: Prior::Uniform,
            discriminator_norm: DiscriminatorNorm::None,
            painter: PainterKind::default(),
            painter_width: 32,
            painter_levels: 7,
            painter_norm: NormKind::AffineInstance,
            painter_dropout: true,
            painter_reads: Reads::InkAndWash,
            judge_width: 32,
            judge_levels: 3,
        }
    }
}
