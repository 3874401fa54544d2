//! Holistically-nested edge detection (Xie and Tu, Holistically-Nested Edge Detection, 2015): a trunk of VGG16 with an edge map
//! after each block, all of them mixed. Its soft maps become lines by `imaging::edges::thin_edges`.
//!
//! Keys are [`super::vgg::keys`], `side.1` to `side.5` and `fuse`. No weights come with the program; `scripts/convert_hed.py`
//! makes a file of published ones.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Bias, ConvLayer, Sizes};
use super::ops::{Sides, reflection_pad2d};
use super::vgg;
use crate::compute::Conv;

/// What is subtracted from blue, green and red in 0..=255.
const MEAN: [f32; 3] = [104.00699, 116.66877, 122.67892];
/// Pictures are mirrored this far around, because the detector fires on borders.
const BORDER: usize = 32;
/// Sides are brought to multiples of what four poolings divide by.
const MULTIPLE: usize = 16;

/// The detector.
#[derive(Debug, Clone)]
pub struct Detector {
    trunk: vgg::Trunk,
    sides: Vec<ConvLayer>,
    fuse: ConvLayer,
}

impl Detector {
    /// Reads the keys from `vb`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &vgg::Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let one = |c_in: usize, vb: VarBuilder<'_>| {
            ConvLayer::new(Sizes { c_in, c_out: 1, kernel: 1 }, Conv::padded(0), Bias::With, &vb)
        };
        let sides = config.widths.iter().enumerate().map(|(at, &width)| one(width, vb.pp(format!("side.{}", at + 1))));
        Ok(Self {
            trunk: vgg::Trunk::new(config, vb)?,
            sides: sides.collect::<Result<_>>()?,
            fuse: one(config.widths.len(), vb.pp("fuse"))?,
        })
    }

    /// How likely each pixel of `images` `[n, 3, h, w]` (red, green, blue in -1..1) is on an edge: `[n, 1, h, w]` in 0..=1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn edges(&self, images: &Tensor) -> Result<Tensor> {
        let (_, _, h, w) = images.dims4()?;
        // A mirror is no larger than what it shows.
        let border = BORDER.min(h.saturating_sub(1) / 2).min(w.saturating_sub(1) / 2);
        let rest = |side: usize| (side + 2 * border).next_multiple_of(MULTIPLE) - side - border;
        let sides = Sides { left: border, right: rest(w), top: border, bottom: rest(h) };
        let padded = reflection_pad2d(images, sides)?;
        self.run(&padded)?.narrow(2, border, h)?.narrow(3, border, w)?.contiguous()
    }

    /// As [`Detector::edges`], for sides that are multiples of 16, without a mirrored border.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn run(&self, images: &Tensor) -> Result<Tensor> {
        let (_, _, h, w) = images.dims4()?;
        let colors = images.affine(127.5, 127.5)?;
        let [red, green, blue] = [0, 1, 2].map(|at| colors.narrow(1, at, 1));
        let mean = Tensor::new(&MEAN, images.device())?.reshape((1, 3, 1, 1))?;
        let prepared = Tensor::cat(&[blue?, green?, red?], 1)?.broadcast_sub(&mean)?;
        let levels = self.trunk.levels_of(&prepared)?;
        let maps = self.sides.iter().zip(&levels).map(|(side, level)| enlarged(&side.forward(level)?, (h, w)));
        let fused = self.fuse.forward(&Tensor::cat(&maps.collect::<Result<Vec<_>>>()?, 1)?)?;
        candle_nn::ops::sigmoid(&fused)
    }
}

/// `xs` `[n, 1, h, w]` enlarged to another size, between the middles of its pixels; beyond the outermost they are repeated.
fn enlarged(xs: &Tensor, (tall, wide): (usize, usize)) -> Result<Tensor> {
    let (_, _, h, w) = xs.dims4()?;
    if (h, w) == (tall, wide) {
        return Ok(xs.clone());
    }
    let matrix = |from: usize, to: usize| -> Result<Tensor> {
        let mut values = vec![0.0_f32; from * to];
        for at in 0..to {
            let place = ((at as f32 + 0.5) * from as f32 / to as f32 - 0.5).clamp(0.0, from as f32 - 1.0);
            let (low, share) = (place as usize, place.fract());
            values[at * from + low] += 1.0 - share;
            values[at * from + (low + 1).min(from - 1)] += share;
        }
        Tensor::from_vec(values, (to, from), xs.device())
    };
    let rows = matrix(h, tall)?.broadcast_matmul(xs)?;
    rows.broadcast_matmul(&matrix(w, wide)?.transpose(D::Minus1, D::Minus2)?.contiguous()?)
}
