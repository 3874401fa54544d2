//! The synthesis network of `StyleGAN2`: a constant, styled convolutions, and colours that each size adds to.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use crate::generators::layers::NORMAL;
use crate::generators::ops::{BLUR_TAPS, Resample, upsample_2x};
use crate::generators::styled::{Noise, StyledConv, StyledParts, ToRgb, affine, style_of};

/// One size: doubled, refined, painted.
#[derive(Debug, Clone)]
struct Level {
    up: StyledConv,
    same: StyledConv,
    to_rgb: ToRgb,
}

/// Styles to pictures.
#[derive(Debug, Clone)]
pub struct Synthesis {
    constant: Tensor,
    first: StyledConv,
    first_rgb: ToRgb,
    levels: Vec<Level>,
    n_layers: usize,
}

/// What a styled convolution is built from beside its keys.
#[derive(Clone, Copy)]
struct Shape {
    c_in: usize,
    c_out: usize,
    side: usize,
    /// Which noise map.
    noise: usize,
    resample: Resample,
}

impl Synthesis {
    /// One for each convolution.
    pub(super) fn noise_strengths(&self) -> Vec<&Tensor> {
        let levels = self.levels.iter().flat_map(|level| [&level.up, &level.same]);
        std::iter::once(&self.first).chain(levels).map(StyledConv::noise_strength).collect()
    }

    pub(super) fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let conv = |shape: Shape, place: &VarBuilder<'_>| styled_conv(config.style_dim, shape, place, vb);
        let rgb = |c_in: usize, place: &VarBuilder<'_>| to_rgb(config.style_dim, c_in, place);
        let c_first = config.channels(4);
        let levels = config.pyramid().sides().enumerate().map(|(at, side)| -> Result<Level> {
            let (c_in, c_out) = (config.channels(side / 2), config.channels(side));
            let (at_up, at_same) = (2 * at, 2 * at + 1);
            let up = Shape { c_in, c_out, side, noise: at_up + 1, resample: Resample::Up };
            let same = Shape { c_in: c_out, c_out, side, noise: at_same + 1, resample: Resample::Same };
            Ok(Level {
                up: conv(up, &vb.pp("convs").pp(at_up))?,
                same: conv(same, &vb.pp("convs").pp(at_same))?,
                to_rgb: rgb(c_out, &vb.pp("to_rgbs").pp(at))?,
            })
        });
        let first = Shape { c_in: c_first, c_out: c_first, side: 4, noise: 0, resample: Resample::Same };
        Ok(Self {
            constant: vb.pp("input").get_with_hints((1, c_first, 4, 4), "input", NORMAL)?,
            first: conv(first, &vb.pp("conv1"))?,
            first_rgb: rgb(c_first, &vb.pp("to_rgb1"))?,
            levels: levels.collect::<Result<_>>()?,
            n_layers: config.n_layers(),
        })
    }

    /// `ws` `[n, n_layers, style_dim]`, one style for each layer, to pictures `[n, 3, side, side]`, nominally in -1..1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        Ok(self.run(ws, noise, None)?.0)
    }

    /// The weights from a style to the factors of each convolution's channels.
    pub(super) fn affine_weights(&self) -> Vec<&Tensor> {
        let levels = self.levels.iter().flat_map(|level| [&level.up, &level.same]);
        std::iter::once(&self.first).chain(levels).map(StyledConv::affine_weight).collect()
    }

    /// The pictures, and the features where they have `at` pixels.
    pub(super) fn run(&self, ws: &Tensor, noise: Noise<'_>, at: Option<usize>) -> Result<(Tensor, Option<Tensor>)> {
        let mut xs = self.begin(ws, noise)?;
        let mut rgb = self.first_rgb.forward(&xs, &style_of(ws, 1)?)?;
        let mut features = (at == Some(xs.dim(2)?)).then(|| xs.clone());
        for (level_at, level) in self.levels.iter().enumerate() {
            xs = level.refine(&xs, ws, noise, level_at)?;
            let painted = level.to_rgb.forward(&xs, &style_of(ws, 2 * level_at + 3)?)?;
            rgb = (painted + upsample_2x(&rgb, &BLUR_TAPS)?)?;
            if at == Some(8 << level_at) {
                features = Some(xs.clone());
            }
        }
        Ok((rgb, features))
    }

    /// The features of `at` pixels and nothing beyond them; `None` if there are none.
    pub(super) fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Option<Tensor>> {
        let mut xs = self.begin(ws, noise)?;
        let mut levels = self.levels.iter().enumerate();
        while xs.dim(2)? != at {
            let Some((level_at, level)) = levels.next() else { return Ok(None) };
            xs = level.refine(&xs, ws, noise, level_at)?;
        }
        Ok(Some(xs))
    }

    /// The features of the first size.
    fn begin(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        let (n, n_layers, _) = ws.dims3()?;
        if n_layers != self.n_layers {
            candle_core::bail!("stylegan2: the styles are {:?}, not [n, {}, dim]", ws.dims(), self.n_layers);
        }
        let (_, c, h, w) = self.constant.dims4()?;
        let constant = self.constant.broadcast_as((n, c, h, w))?.contiguous()?;
        self.first.forward(&constant, &style_of(ws, 0)?, noise, 0)
    }
}

impl Level {
    /// Twice the size, and refined; `at` is this level's number.
    fn refine(&self, xs: &Tensor, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        // The style that paints one size also doubles it to the next; the noise maps are numbered alike.
        let first = 2 * at + 1;
        let xs = self.up.forward(xs, &style_of(ws, first)?, noise, first)?;
        self.same.forward(&xs, &style_of(ws, first + 1)?, noise, first + 1)
    }
}

/// Keys under `place`: `conv.weight` `[1, c_out, c_in, 3, 3]`, `conv.modulation`, `noise.weight` `[1]`, `activate.bias`.
fn styled_conv(dim: usize, shape: Shape, place: &VarBuilder<'_>, root: &VarBuilder<'_>) -> Result<StyledConv> {
    let Shape { c_in, c_out, side, noise, resample } = shape;
    let weight = place.pp("conv").get_with_hints((1, c_out, c_in, 3, 3), "weight", NORMAL)?;
    let parts = StyledParts {
        weight: weight.squeeze(0)?,
        bias: place.pp("activate").get_with_hints(c_out, "bias", Init::Const(0.0))?,
        affine: affine(dim, c_in, &place.pp("conv").pp("modulation"))?,
        noise_map: root.pp("noises").get_with_hints((1, 1, side, side), &format!("noise_{noise}"), NORMAL)?,
        noise_strength: place.pp("noise").get_with_hints(1, "weight", Init::Const(0.0))?,
    };
    StyledConv::new(parts, resample, None)
}

/// Keys under `place`: `conv.weight` `[1, 3, c_in, 1, 1]`, `conv.modulation`, `bias` `[1, 3, 1, 1]`.
fn to_rgb(dim: usize, c_in: usize, place: &VarBuilder<'_>) -> Result<ToRgb> {
    let weight = place.pp("conv").get_with_hints((1, 3, c_in, 1, 1), "weight", NORMAL)?;
    let bias = place.get_with_hints((1, 3, 1, 1), "bias", Init::Const(0.0))?;
    ToRgb::new(&weight.squeeze(0)?, affine(dim, c_in, &place.pp("conv").pp("modulation"))?, &bias)
}
