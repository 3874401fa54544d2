//! A generator with what stands before it: polarity of ink, planes of hints, variants.

use candle_core::{DType, Result, Tensor, bail};
use candle_nn::VarBuilder;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::wash::wash;
use super::{Pass, resnet, unet};
use crate::control;
use crate::generators::sketcher::{Inputs, Sketcher, Variation};

/// Key of the colors that variants are made of, `[n, spots, 5]`: where in the ink's bounding box (x and y in 0..1), and
/// which color in -1..1.
pub(crate) const PALETTE: &str = "palette";
/// Combinations of colors that a network of ours carries.
pub(crate) const N_COMBINATIONS: usize = 32;
/// Spots of color in each.
pub(crate) const N_SPOTS: usize = 3;
/// Radius of a spot as a share of the side.
const SPOT: f32 = 0.05;
/// Which combination of colors a drawing without hints gets: one and the same, so that it stays while a person draws.
const STEADY: u64 = u64::MAX;
/// The stream of random numbers of variants.
const STREAM: u64 = 33;

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
    /// `[combination][spot][x, y, r, g, b]`.
    palette: Vec<Vec<[f32; 5]>>,
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
        let mut palette = Vec::new();
        if config.has_palette {
            let values = vb.get((N_COMBINATIONS, N_SPOTS, 5), PALETTE)?.to_dtype(DType::F32)?.to_vec3::<f32>()?;
            let spot = |spot: &Vec<f32>| std::array::from_fn(|at| spot[at]);
            palette = values.iter().map(|spots| spots.iter().map(spot).collect()).collect();
        }
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

    /// Hints of a combination of colors, laid over the bounding box of the first drawing's ink.
    fn invented(&self, ink: &Tensor, seed: u64) -> Result<Option<Tensor>> {
        let (n, _, h, w) = ink.dims4()?;
        let mut rng = control::rng(seed, STREAM);
        if self.palette.is_empty() {
            return Ok(None);
        }
        let spots = &self.palette[rng.random_range(0..self.palette.len())];
        let values = ink.narrow(0, 0, 1)?.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
        let Some([x0, y0, x1, y1]) = bounds(&values, w) else { return Ok(None) };
        let mut planes = vec![0.0; 4 * h * w];
        for &[x, y, red, green, blue] in spots {
            let center = [x0 + (x1 - x0) * x, y0 + (y1 - y0) * y];
            put_spot(&mut planes, (h, w), center, [red, green, blue]);
        }
        let hints = Tensor::from_vec(planes, (1, 4, h, w), ink.device())?;
        hints.to_dtype(ink.dtype())?.broadcast_as((n, 4, h, w))?.contiguous().map(Some)
    }
}

/// The smallest box around what is more ink than paper, in pixels: left, top, right, bottom.
fn bounds(values: &[f32], width: usize) -> Option<[f32; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for (y, row) in values.chunks_exact(width).enumerate() {
        let Some(first) = row.iter().position(|value| *value > 0.5) else { continue };
        let last = row.iter().rposition(|value| *value > 0.5).unwrap_or(first);
        let [left, top, right, _] = found.unwrap_or([first, y, last, y]);
        found = Some([left.min(first), top, right.max(last), y]);
    }
    found.map(|found| found.map(|side| side as f32))
}

/// A disc of one color in planes of red, green, blue and where they are meant.
pub(crate) fn put_spot(planes: &mut [f32], (h, w): (usize, usize), center: [f32; 2], color: [f32; 3]) {
    let radius = SPOT * w as f32;
    let near =
        |at: f32, side: usize| (at - radius).max(0.0) as usize..((at + radius + 1.0).max(0.0) as usize).min(side);
    for y in near(center[1], h) {
        for x in near(center[0], w) {
            let (dx, dy) = (x as f32 - center[0], y as f32 - center[1]);
            if dx.mul_add(dx, dy * dy) <= radius * radius {
                let at = y * w + x;
                for (plane, value) in color.into_iter().chain([1.0]).enumerate() {
                    planes[plane * h * w + at] = value;
                }
            }
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
            (None, Variation::Seeded(seed)) => self.invented(ink, seed)?,
            // Without any color a wash is a guess of what is likely: brown.
            (None, Variation::Steady) if self.config.reads == Reads::InkAndWash => self.invented(ink, STEADY)?,
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
