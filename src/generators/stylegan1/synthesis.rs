//! The synthesis of `StyleGAN`: a constant, convolutions with noise, adaptive instance norm, and colours at each size.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::wide::Wide;
use super::{Config, Stage, TAPS};
use crate::compute::{Activation, Conv, Epilogue, conv2d};
use crate::generators::layers::{EqualWeight, NORMAL, Sizes};
use crate::generators::ops::{Affine, EqualLinear, NORM_EPS, blur, instance_norm, leaky_relu, nearest_2x};
use crate::generators::styled::{LEAKY_GAIN, LEAKY_SLOPE, Noise, style_of};

/// What a layer begins with.
#[derive(Debug, Clone)]
enum Source {
    /// `[1, c, 4, 4]`
    Constant(Tensor),
    Same(EqualWeight),
    Doubled(Wide),
}

/// Convolution, noise, bias, activation, and a norm whose factors and summands are the style's.
#[derive(Debug, Clone)]
struct Layer {
    source: Source,
    bias: Tensor,
    noise_map: Tensor,
    /// `[1, c, 1, 1]`
    noise_strength: Tensor,
    style: EqualLinear,
}

impl Layer {
    /// Keys: `weight` (or `const`), `bias`, `noise_const` `[side, side]`, `noise_strength` `[c]`, `style` (to twice as many
    /// numbers as channels: factors less 1, then summands).
    fn new(dim: usize, source: Source, (channels, side): (usize, usize), vb: &VarBuilder<'_>) -> Result<Self> {
        let style = vb.pp("style");
        let weight = style.get_with_hints((2 * channels, dim), "weight", NORMAL)?;
        let bias = style.get_with_hints(2 * channels, "bias", Init::Const(0.0))?;
        let noise_map = vb.get_with_hints((side, side), "noise_const", NORMAL)?;
        Ok(Self {
            source,
            bias: vb.get_with_hints(channels, "bias", Init::Const(0.0))?,
            // The map is no parameter: an optimiser gets no gradient for it.
            noise_map: noise_map.detach().reshape((1, 1, side, side))?,
            noise_strength: vb
                .get_with_hints(channels, "noise_strength", Init::Const(0.0))?
                .reshape((1, channels, 1, 1))?,
            style: EqualLinear::new(weight, Some(bias), 1.0, Activation::Identity)?,
        })
    }

    /// `xs` `[n, c_in, h, w]` (not looked at by the first layer) with the styles `[n, dim]` of the layer `at`.
    fn forward(&self, xs: Option<&Tensor>, styles: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        let epilogue = Epilogue::new(Some(&self.bias), Activation::Identity);
        let mut ys = match (&self.source, xs) {
            (Source::Constant(constant), _) => {
                let (_, c, h, w) = constant.dims4()?;
                let biased = constant.broadcast_add(&self.bias.reshape((1, c, 1, 1))?)?;
                biased.broadcast_as((styles.dim(0)?, c, h, w))?.contiguous()?
            }
            (Source::Same(weight), Some(xs)) => conv2d(xs, &weight.scaled()?, Conv::padded(1), epilogue)?,
            (Source::Doubled(wide), Some(xs)) => blur(&wide.double(xs, epilogue)?, &TAPS)?,
            (_, None) => candle_core::bail!("stylegan: a layer after the first has no input"),
        };
        if let Some(map) = noise.map(at, &self.noise_map)? {
            let strength = (&self.noise_strength * noise.factor())?;
            ys = ys.broadcast_add(&map.broadcast_mul(&strength)?)?;
        }
        let ys = leaky_relu(&ys, LEAKY_SLOPE, LEAKY_GAIN)?;
        let (style, c) = (self.style.forward(styles)?, ys.dim(1)?);
        let (weight, bias) = ((style.narrow(1, 0, c)? + 1.0)?, style.narrow(1, c, c)?.contiguous()?);
        instance_norm(&ys, Some(Affine { weight: &weight, bias: &bias }), NORM_EPS, Activation::Identity)
    }
}

/// One size: two layers, and what paints it.
#[derive(Debug, Clone)]
struct Level {
    first: Layer,
    second: Layer,
    to_rgb: EqualWeight,
    rgb_bias: Tensor,
}

impl Level {
    /// The features of the level `number` from those of the one before, which the first has none of.
    fn forward(&self, xs: Option<&Tensor>, ws: &Tensor, noise: Noise<'_>, number: usize) -> Result<Tensor> {
        let (first, second) = (2 * number, 2 * number + 1);
        let ys = self.first.forward(xs, &style_of(ws, first)?, noise, first)?;
        self.second.forward(Some(&ys), &style_of(ws, second)?, noise, second)
    }

    fn paint(&self, xs: &Tensor) -> Result<Tensor> {
        conv2d(xs, &self.to_rgb.scaled()?, Conv::padded(0), Epilogue::new(Some(&self.rgb_bias), Activation::Identity))
    }
}

/// Styles to pictures.
#[derive(Debug, Clone)]
pub struct Synthesis {
    /// From 4 pixels on.
    levels: Vec<Level>,
}

impl Synthesis {
    /// One for each convolution.
    pub(super) fn noise_strengths(&self) -> Vec<&Tensor> {
        self.levels.iter().flat_map(|level| [&level.first.noise_strength, &level.second.noise_strength]).collect()
    }

    /// Reads `b{side}.{conv0,conv1,torgb}` from 4 pixels on; at 4 `conv0` begins with `b4.const`.
    pub(super) fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let sizes = config.pyramid();
        let level = |side: usize| -> Result<Level> {
            let (c, vb) = (sizes.channels(side), vb.pp(format!("b{side}")));
            let (first, second) = (vb.pp("conv0"), vb.pp("conv1"));
            let source = if side == 4 {
                Source::Constant(vb.get_with_hints((1, c, 4, 4), "const", Init::Const(1.0))?)
            } else {
                Source::Doubled(Wide::doubling(sizes.channels(side / 2), c, &first)?)
            };
            let same = EqualWeight::new(Sizes { c_in: c, c_out: c, kernel: 3 }, 1.0, &second)?;
            let rgb = vb.pp("torgb");
            Ok(Level {
                first: Layer::new(config.style_dim, source, (c, side), &first)?,
                second: Layer::new(config.style_dim, Source::Same(same), (c, side), &second)?,
                to_rgb: EqualWeight::new(Sizes { c_in: c, c_out: 3, kernel: 1 }, 1.0, &rgb)?,
                rgb_bias: rgb.get_with_hints(3, "bias", Init::Const(0.0))?,
            })
        };
        let levels = std::iter::once(4).chain(sizes.sides()).map(level);
        Ok(Self { levels: levels.collect::<Result<_>>()? })
    }

    /// `ws` `[n, n_layers, style_dim]`, one style for each layer, to pictures `[n, 3, side, side]`, nominally in -1..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        self.forward_at(ws, noise, Stage::full(4 << (self.levels.len() - 1)))
    }

    /// As [`Self::forward`] while the network grows: pictures of the stage's side, the newest size faded in.
    ///
    /// # Errors
    /// As [`Self::forward`], and when the network has no such side.
    pub fn forward_at(&self, ws: &Tensor, noise: Noise<'_>, stage: Stage) -> Result<Tensor> {
        let (painted, _) = self.run(ws, noise, stage, None)?;
        Ok(painted)
    }

    /// The weights from a style to each layer's factors and summands, `[2 c, style_dim]`.
    pub(super) fn affine_weights(&self) -> Vec<&Tensor> {
        self.levels.iter().flat_map(|level| [&level.first, &level.second]).map(|layer| layer.style.weight()).collect()
    }

    fn check(&self, ws: &Tensor) -> Result<()> {
        let (n_layers, dims) = (2 * self.levels.len(), ws.dims());
        if !matches!(dims, [_, layers, _] if *layers == n_layers) {
            candle_core::bail!("stylegan: the styles are {dims:?}, not [n, {n_layers}, dim]");
        }
        Ok(())
    }

    /// The features after the last layer of `at` pixels, without what lies behind them; `None` when there is no such layer.
    pub(super) fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Option<Tensor>> {
        self.check(ws)?;
        let Some(last) = (0..self.levels.len()).find(|number| 4 << number == at) else { return Ok(None) };
        let mut xs = None;
        for (number, level) in self.levels[..=last].iter().enumerate() {
            xs = Some(level.forward(xs.as_ref(), ws, noise, number)?);
        }
        Ok(xs)
    }

    /// The pictures, and the features after the last layer of `at` pixels.
    pub(super) fn run(
        &self,
        ws: &Tensor,
        noise: Noise<'_>,
        stage: Stage,
        at: Option<usize>,
    ) -> Result<(Tensor, Option<Tensor>)> {
        self.check(ws)?;
        let n_levels = stage.levels(self.levels.len())?;
        let (mut xs, mut before, mut features) = (None, None, None);
        for (number, level) in self.levels.iter().take(n_levels).enumerate() {
            let ys = level.forward(xs.as_ref(), ws, noise, number)?;
            if at == Some(4 << number) {
                features = Some(ys.clone());
            }
            before = xs.replace(ys);
        }
        let (Some(last), Some(xs)) = (self.levels.get(n_levels - 1), xs) else {
            candle_core::bail!("stylegan: there is no layer");
        };
        let painted = last.paint(&xs)?;
        match (before, n_levels.checked_sub(2).and_then(|at| self.levels.get(at))) {
            (Some(before), Some(coarse)) if stage.fade < 1.0 => {
                let coarse = nearest_2x(&coarse.paint(&before)?)?;
                Ok((((painted * stage.fade)? + (coarse * (1.0 - stage.fade))?)?, features))
            }
            _ => Ok((painted, features)),
        }
    }
}
