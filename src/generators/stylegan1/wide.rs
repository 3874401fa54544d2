//! Convolutions that double or halve in one go: nearest neighbours then 3x3, or 3x3 then means of 2x2, both as one 4x4 kernel at
//! stride 2 (Karras et al., A Style-Based Generator Architecture, 2019, appendix C).

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::compute::{Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};
use crate::generators::layers::NORMAL;

/// Weights of 3x3, stored with deviation 1 and scaled by `1 / sqrt(9 c_in)` at run time. Frozen ones are widened once.
#[derive(Debug, Clone)]
pub(super) struct Wide {
    weight: Weight,
    /// What remains to be applied at each call.
    gain: Option<f64>,
}

impl Wide {
    /// For doubling: reads the key `weight`, `[c_in, c_out, 3, 3]`, as a transposed convolution has it.
    pub(super) fn doubling(c_in: usize, c_out: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new((c_in, c_out, 3, 3), ((9 * c_in) as f64).sqrt().recip(), vb)
    }

    /// For halving: reads the key `weight`, `[c_out, c_in, 3, 3]`.
    pub(super) fn halving(c_in: usize, c_out: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new((c_out, c_in, 3, 3), ((9 * c_in) as f64).sqrt().recip() / 4.0, vb)
    }

    fn new(dims: (usize, usize, usize, usize), gain: f64, vb: &VarBuilder<'_>) -> Result<Self> {
        let weight = vb.get_with_hints(dims, "weight", NORMAL)?;
        if weight.track_op() {
            return Ok(Self { weight: Weight::live(weight), gain: Some(gain) });
        }
        Ok(Self { weight: Weight::frozen(&widened(&weight, gain)?)?, gain: None })
    }

    /// The weights to convolve with now, 4x4.
    fn widened(&self) -> Result<Weight> {
        match self.gain {
            Some(gain) => Ok(Weight::live(widened(self.weight.tensor(), gain)?)),
            None => Ok(self.weight.clone()),
        }
    }

    /// `[n, c_in, h, w]` to `[n, c_out, 2h, 2w]`.
    pub(super) fn double(&self, xs: &Tensor, epilogue: Epilogue<'_>) -> Result<Tensor> {
        conv_transpose2d(xs, &self.widened()?, ConvTranspose::strided(2, 1), epilogue)
    }

    /// `[n, c_in, 2h, 2w]` to `[n, c_out, h, w]`.
    pub(super) fn halve(&self, xs: &Tensor, epilogue: Epilogue<'_>) -> Result<Tensor> {
        conv2d(xs, &self.widened()?, Conv::strided(2, 1), epilogue)
    }
}

/// The sum of the 3x3 kernels at the four places of a 4x4 one, times `gain`.
fn widened(weight: &Tensor, gain: f64) -> Result<Tensor> {
    let padded = weight.affine(gain, 0.0)?.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?;
    let rows = (padded.narrow(2, 0, 4)? + padded.narrow(2, 1, 4)?)?;
    rows.narrow(3, 0, 4)? + rows.narrow(3, 1, 4)?
}
