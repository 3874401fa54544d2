//! The synthesis of `CoModGAN`: styled convolutions that begin at the global vector, with the encoder's layers added.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use crate::generators::layers::NORMAL;
use crate::generators::ops::{BLUR_TAPS, EqualLinear, Resample, upsample_2x};
use crate::generators::styled::{LEAKY, Noise, StyledConv, StyledParts, ToRgb, affine, clamped, style_of};

/// One size: doubled, joined with the encoder's layer, refined, painted.
#[derive(Debug, Clone)]
struct Level {
    up: StyledConv,
    same: StyledConv,
    to_rgb: ToRgb,
}

/// Global vector, encoder's layers and styles to pictures.
#[derive(Debug, Clone)]
pub struct Synthesis {
    start: EqualLinear,
    c_first: usize,
    first: StyledConv,
    first_rgb: ToRgb,
    levels: Vec<Level>,
    n_layers: usize,
    clamp: Option<f64>,
}

impl Synthesis {
    pub(super) fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let c_first = config.channels(4);
        let levels = config.sides().map(|side| -> Result<Level> {
            let (c_in, c_out, vb) = (config.channels(side / 2), config.channels(side), vb.pp(format!("b{side}")));
            Ok(Level {
                up: styled_conv(config, (c_in, c_out, side), Resample::Up, &vb.pp("conv0"))?,
                same: styled_conv(config, (c_out, c_out, side), Resample::Same, &vb.pp("conv1"))?,
                to_rgb: to_rgb(config, c_out, &vb.pp("torgb"))?,
            })
        });
        let b4 = vb.pp("b4");
        let weight = b4.pp("fc").get_with_hints((c_first * 16, config.global_dim), "weight", NORMAL)?;
        let bias = b4.pp("fc").get_with_hints(c_first * 16, "bias", Init::Const(0.0))?;
        Ok(Self {
            start: EqualLinear::new(weight, Some(bias), 1.0, LEAKY)?,
            c_first,
            first: styled_conv(config, (c_first, c_first, 4), Resample::Same, &b4.pp("conv"))?,
            first_rgb: to_rgb(config, c_first, &b4.pp("torgb"))?,
            levels: levels.collect::<Result<_>>()?,
            n_layers: config.n_layers(),
            clamp: config.clamp,
        })
    }

    /// `features` as [`super::Features`] holds them, `global` `[n, global_dim]`, `ws` `[n, n_layers, style_dim]`, to pictures
    /// `[n, 3, side, side]`, nominally in -1..1, holes and known pixels alike.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, features: &[Tensor], global: &Tensor, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        let (_, n_layers, _) = ws.dims3()?;
        let (n_features, n_sizes) = (features.len(), self.levels.len() + 1);
        if n_layers != self.n_layers || n_features != n_sizes {
            let (dims, n_layers) = (ws.dims(), self.n_layers);
            candle_core::bail!(
                "comodgan: {n_features} sizes and styles {dims:?}, not {n_sizes} and [n, {n_layers}, dim]"
            );
        }
        // Co-modulation: each layer sees its style and the whole picture.
        let style = |at: usize| Tensor::cat(&[&style_of(ws, at)?, global], 1);
        let start = clamped(self.start.forward(global)?, self.clamp)?.reshape(((), self.c_first, 4, 4))?;
        let mut xs = self.first.forward(&(start + &features[0])?, &style(0)?, noise, 0)?;
        let mut rgb = self.first_rgb.forward(&xs, &style(1)?)?;
        for ((at, level), feature) in self.levels.iter().enumerate().zip(&features[1..]) {
            // The style that paints one size also doubles it to the next; the noise maps are numbered alike.
            let first = 2 * at + 1;
            xs = (level.up.forward(&xs, &style(first)?, noise, first)? + feature)?;
            xs = level.same.forward(&xs, &style(first + 1)?, noise, first + 1)?;
            rgb = (upsample_2x(&rgb, &BLUR_TAPS)? + level.to_rgb.forward(&xs, &style(first + 2)?)?)?;
        }
        Ok(rgb)
    }
}

/// Keys: `weight` `[c_out, c_in, 3, 3]`, `bias`, `affine`, `noise_const` `[side, side]`, `noise_strength` (one number).
fn styled_conv(
    config: &Config,
    (c_in, c_out, side): (usize, usize, usize),
    resample: Resample,
    vb: &VarBuilder<'_>,
) -> Result<StyledConv> {
    let noise_map = vb.get_with_hints((side, side), "noise_const", NORMAL)?;
    let parts = StyledParts {
        weight: vb.get_with_hints((c_out, c_in, 3, 3), "weight", NORMAL)?,
        bias: vb.get_with_hints(c_out, "bias", Init::Const(0.0))?,
        affine: affine(config.style_dim + config.global_dim, c_in, &vb.pp("affine"))?,
        noise_map: noise_map.reshape((1, 1, side, side))?,
        noise_strength: vb.get_with_hints((), "noise_strength", Init::Const(0.0))?,
    };
    StyledConv::new(parts, resample, config.clamp)
}

/// Keys: `weight` `[3, c_in, 1, 1]`, `bias`, `affine`.
fn to_rgb(config: &Config, c_in: usize, vb: &VarBuilder<'_>) -> Result<ToRgb> {
    let weight = vb.get_with_hints((3, c_in, 1, 1), "weight", NORMAL)?;
    let bias = vb.get_with_hints(3, "bias", Init::Const(0.0))?;
    ToRgb::new(&weight, affine(config.style_dim + config.global_dim, c_in, &vb.pp("affine"))?, &bias)
}
