//! A generator with what stands before it: polarity of ink, planes of hints, variants.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::palette::Palette;
use super::wash::wash;
use super::{Pass, resnet, unet};
use crate::generators::sketcher::{Inputs, Sketcher, Variation};

/// What the generator's input channels mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// One channel: -1 is ink, 1 is paper.
    Ink,
    /// One channel: 0 is ink, 1 is paper (the drawing service).
    UnitInk,
    /// Five channels: ink as in [`Reads::Ink`], colors (0 where nothing is meant), and where they are meant.
    InkAndHints,
    /// Five channels: ink as in [`Reads::Ink`], the meant colors spread over the whole paper, and a plane with 1 where a color is
    /// meant, 1/2 where it is spread to, 0 in drawings without any.
    InkAndWash,
    /// Three colors in -1..1; a drawing is a picture in black on white.
    Picture,
}

impl Reads {
    /// Whether colors in the drawing steer the picture.
    #[must_use]
    pub const fn has_hints(self) -> bool {
        matches!(self, Self::InkAndHints | Self::InkAndWash)
    }

    /// Channels of the input.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Ink | Self::UnitInk => 1,
            Self::InkAndHints | Self::InkAndWash => 5,
            Self::Picture => 3,
        }
    }

    /// The generator's input from ink `[n, 1, s, s]` (1 is ink) and hints `[n, 4, s, s]`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn input(self, ink: &Tensor, hints: Option<&Tensor>) -> Result<Tensor> {
        let (n, c, h, w) = ink.dims4()?;
        if c != 1 {
            bail!("ink has one channel, not {c}");
        }
        match self {
            Self::Ink => ink.affine(-2.0, 1.0),
            Self::UnitInk => ink.affine(-1.0, 1.0),
            Self::Picture => ink.affine(-2.0, 1.0)?.broadcast_as((n, 3, h, w))?.contiguous(),
            Self::InkAndHints => {
                let hints = match hints {
                    None => Tensor::zeros((n, 4, h, w), ink.dtype(), ink.device())?,
                    Some(hints) => {
                        let meant = hints.narrow(1, 3, 1)?;
                        Tensor::cat(&[hints.narrow(1, 0, 3)?.broadcast_mul(&meant)?, meant], 1)?
                    }
                };
                Tensor::cat(&[ink.affine(-2.0, 1.0)?, hints], 1)
            }
            Self::InkAndWash => {
                let washed = match hints {
                    None => Tensor::zeros((n, 4, h, w), ink.dtype(), ink.device())?,
                    Some(hints) => wash(&hints.narrow(1, 0, 3)?, &hints.narrow(1, 3, 1)?)?,
                };
                Tensor::cat(&[ink.affine(-2.0, 1.0)?, washed], 1)
            }
        }
    }
}

/// Which generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Network {
    /// Levels with skips.
    UNet(unet::Config),
    /// Residual blocks.
    ResNet(resnet::Config),
}

impl Network {
    /// Channels of the input and of the result.
    #[must_use]
    pub const fn channels(&self) -> (usize, usize) {
        match self {
            Self::UNet(config) => (config.c_in, config.c_out),
            Self::ResNet(config) => (config.c_in, config.c_out),
        }
    }

    /// The keys of the batch norms, in the order in which a pass meets them; none where there are other norms.
    #[must_use]
    pub fn running_norms(&self) -> Vec<String> {
        match self {
            Self::UNet(config) => config.running_norms(),
            Self::ResNet(config) => config.running_norms(),
        }
    }

    /// Sides are multiples of this.
    #[must_use]
    pub const fn multiple(&self) -> usize {
        match self {
            Self::UNet(config) => config.multiple(),
            Self::ResNet(_) => 4,
        }
    }

    /// Pairs of multiplications and additions for one picture of `side` pixels.
    #[must_use]
    pub fn macs(&self, side: usize) -> u64 {
        match self {
            Self::UNet(config) => config.conv_macs(side),
            Self::ResNet(config) => config.conv_macs(side),
        }
    }
}

/// Sizes of a painter, as a manifest holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Side in pixels of the pictures that it was trained for.
    pub side: usize,
    /// What its input channels mean.
    pub reads: Reads,
    /// Whether it is run as the authors' test program runs it: with each picture's own statistics.
    #[serde(default)]
    pub is_faithful: bool,
    /// Whether the file has colors to make variants of.
    #[serde(default)]
    pub has_palette: bool,
    /// The generator.
    pub network: Network,
}

impl Config {
    /// Whether the sizes make sense together and are within what any network has.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<()> {
        let (c_in, c_out) = self.network.channels();
        let (width, depth) = match self.network {
            Network::UNet(config) => (config.width, config.n_levels),
            Network::ResNet(config) => (config.width, config.n_blocks),
        };
        if !(1..=1024).contains(&width) || !(1..=64).contains(&depth) || !(1..=2048).contains(&self.side) {
            bail!("config: a width of {width}, a depth of {depth} and a side of {} are no painter's", self.side);
        }
        if c_in != self.reads.channels() || c_out != 3 {
            bail!(
                "config: {c_in} channels in and {c_out} out, but a painter of {:?} has {} and 3",
                self.reads,
                self.reads.channels()
            );
        }
        if let Network::UNet(config) = self.network
            && !(3..=12).contains(&config.n_levels)
        {
            bail!("config: a U-Net has 3 to 12 levels, not {}", config.n_levels);
        }
        if !self.side.is_multiple_of(self.network.multiple()) {
            bail!("config: the side {} is no multiple of {}", self.side, self.network.multiple());
        }
        Ok(())
    }
}

/// One of the generators.
#[derive(Debug, Clone)]
enum Net {
    UNet(unet::Generator),
    ResNet(resnet::Generator),
}

/// A generator that paints drawings.
#[derive(Debug, Clone)]
pub struct Painter {
    config: Config,
    net: Net,
    palette: Palette,
}

impl Painter {
    /// Reads the generator's own keys, and `palette` where there is one.
    ///
    /// # Errors
    /// When the sizes make no sense, or a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let net = match &config.network {
            Network::UNet(config) => Net::UNet(unet::Generator::new(config, vb)?),
            Network::ResNet(config) => Net::ResNet(resnet::Generator::new(config, vb)?),
        };
        let palette = if config.has_palette { Palette::read(vb)? } else { Palette::default() };
        Ok(Self { config: *config, net, palette })
    }

    /// The sizes.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The generator alone: `xs` `[n, c_in, s, s]` as [`Reads::input`] makes it.
    ///
    /// # Errors
    /// As [`Sketcher::paint`].
    pub fn run(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        match &self.net {
            Net::UNet(net) => net.run(xs, pass),
            Net::ResNet(net) => net.run(xs, pass),
        }
    }

    fn pass(&self, variation: Variation) -> Pass {
        match (self.config.is_faithful, variation) {
            (true, Variation::Steady) => Pass::faithful(0).without_dropout(),
            (true, Variation::Seeded(seed)) => Pass::faithful(seed),
            (false, Variation::Steady) => Pass::eval(),
            (false, Variation::Seeded(seed)) => Pass::variant(seed),
        }
    }
}

impl Sketcher for Painter {
    fn side(&self) -> usize {
        self.config.side
    }

    fn multiple(&self) -> usize {
        self.config.network.multiple()
    }

    fn inputs(&self) -> Inputs {
        let reads = self.config.reads;
        Inputs { has_hints: reads.has_hints(), is_for_ink: reads != Reads::Picture }
    }

    fn macs(&self, side: usize) -> u64 {
        self.config.network.macs(side)
    }

    fn paint(&self, ink: &Tensor, hints: Option<&Tensor>, variation: Variation) -> Result<Tensor> {
        let invented = match (hints, variation) {
            (None, Variation::Seeded(seed)) => self.palette.hints(ink, seed)?,
            // Without any color a wash is a guess of what is likely: brown.
            (None, Variation::Steady) if self.config.reads == Reads::InkAndWash => self.palette.hints(ink, 0)?,
            _ => None,
        };
        let input = self.config.reads.input(ink, hints.or(invented.as_ref()))?;
        self.run(&input, &mut self.pass(variation))
    }

    fn translate(&self, pictures: &Tensor, variation: Variation) -> Result<Tensor> {
        if self.config.reads != Reads::Picture {
            bail!("the network is for drawings, not for pictures");
        }
        self.run(pictures, &mut self.pass(variation))
    }
}
