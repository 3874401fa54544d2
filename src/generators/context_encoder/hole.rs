//! How a hole is shown to the network, and what becomes of its answer.

use candle_core::{Device, Result, Tensor};

use super::{Config, Generator, Region};
use crate::generators::ops::pull_push;

/// What a hole is painted with, per colour, in -1..1: the mean of `ImageNet`, 117, 104 and 123 of 255. The original writes the
/// three numbers to the channels red, green, blue in this order; trained networks expect it.
pub const PAINT: [f32; 3] = [paint(117.0), paint(104.0), paint(123.0)];

const fn paint(value: f32) -> f32 {
    value / 255.0 * 2.0 - 1.0
}

/// `image` `[n, 3, h, w]` in -1..1 with [`PAINT`] wherever `known` `[n or 1, 1, h, w]` is 0 (1 is known).
///
/// # Errors
/// When the shapes do not fit.
pub fn paint_hole(image: &Tensor, known: &Tensor) -> Result<Tensor> {
    let paint = Tensor::new(&PAINT, image.device())?.to_dtype(image.dtype())?.reshape((1, 3, 1, 1))?;
    let seen = image.broadcast_mul(known)?;
    seen.broadcast_add(&known.affine(-1.0, 1.0)?.broadcast_mul(&paint)?)
}

/// What is known around the hole in the middle: `[1, 1, side, side]` in f32, 0 in the square of [`Config::hole_side`].
///
/// # Errors
/// When candle cannot make the tensor.
pub fn center_known(config: &Config, device: &Device) -> Result<Tensor> {
    outside_of_center(config.side, config.hole_side(), device)
}

/// `[1, 1, side, side]`: 0 in a square in the middle, 1 around it.
fn outside_of_center(side: usize, square: usize, device: &Device) -> Result<Tensor> {
    let start = (side - square) / 2;
    Tensor::zeros((1, 1, square, square), candle_core::DType::F32, device)?
        .affine(1.0, -1.0)?
        .pad_with_zeros(2, start, side - square - start)?
        .pad_with_zeros(3, start, side - square - start)?
        .affine(1.0, 1.0)
}

impl Generator {
    /// Fills the holes of `image` `[n, 3, side, side]` in -1..1, `known` `[n, 1, side, side]` (1 is known, 0 a hole): the
    /// whole picture with the network's answer pasted in, known pixels included where the network was trained to repaint
    /// them.
    ///
    /// A generator for the middle is shown its usual blank square of [`Config::hole_side`], whatever the hole is; that square
    /// and the holes in the overlap around it are the network's, everything else the photo's (as the
    /// published program pastes). In training the overlap was always known and is what the answer clings to, so holes in it are
    /// shown with the colours around them. A generator for anywhere answers in the holes only.
    ///
    /// # Errors
    /// One sentence when the shapes do not fit, or when a hole reaches out of the square that is painted.
    pub fn fill(&self, image: &Tensor, known: &Tensor) -> Result<Tensor> {
        let config = self.config();
        self.check_input(image)?;
        if !matches!(known.dims(), [n, 1, h, w] if (*n, *h, *w) == (image.dim(0)?, config.side, config.side)) {
            candle_core::bail!("context encoder: the holes are {:?}, the pictures {:?}", known.dims(), image.dims());
        }
        let seen = match config.region {
            Region::Anywhere => known.clone(),
            Region::Center => known.broadcast_mul(&center_known(config, image.device())?.to_dtype(known.dtype())?)?,
        };
        self.check_reach(&seen)?;
        let painted = self.forward(&self.shown(image, known)?)?;
        let around = (config.side - config.painted_side()) / 2;
        let painted = painted.pad_with_zeros(2, around, around)?.pad_with_zeros(3, around, around)?;
        painted.broadcast_mul(&seen.affine(-1.0, 1.0)?)? + image.broadcast_mul(&seen)?
    }

    /// What the network sees of `image`.
    fn shown(&self, image: &Tensor, known: &Tensor) -> Result<Tensor> {
        match self.config().region {
            Region::Anywhere => paint_hole(image, known),
            Region::Center => {
                let (around, _) = pull_push(image, known)?;
                let whole = (image.broadcast_mul(known)? + around.broadcast_mul(&known.affine(-1.0, 1.0)?)?)?;
                paint_hole(&whole, &center_known(self.config(), image.device())?.to_dtype(known.dtype())?)
            }
        }
    }

    /// # Errors
    /// When `seen` has holes outside of the painted square.
    fn check_reach(&self, seen: &Tensor) -> Result<()> {
        let (side, painted) = (self.config().side, self.config().painted_side());
        if side == painted {
            return Ok(());
        }
        let outside = outside_of_center(side, painted, seen.device())?.to_dtype(seen.dtype())?;
        let lost = seen.affine(-1.0, 1.0)?.broadcast_mul(&outside)?.max_all()?;
        if lost.to_dtype(candle_core::DType::F64)?.to_scalar::<f64>()? > 0.0 {
            candle_core::bail!("context encoder: a hole reaches out of the {painted} pixels in the middle of {side}");
        }
        Ok(())
    }
}
