//! What chooses the best checkpoint: two plain figures on pictures that were never trained on.

use candle_core::{Result, Tensor};

use super::data::Batch;
use super::losses::coarse_l1;
use super::trainee::{Filler, Measured};

/// Blocks of this many pixels (at 64 pixels) are compared: what is where, not how its texture looks.
const BLOCKS_A_SIDE: usize = 16;
/// Weight of the gradients' share in the score.
const GRADIENT_WEIGHT: f64 = 0.1;

/// Measures the averaged generator: the mean absolute difference of blocks' colours in holes (colours in -1..1), and the
/// gradients' energy in holes, fill by original, of which 1 is right and less is blurred. The score is the difference of
/// colours, and how far the gradients are from right.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn measure_fills(trainee: &impl Filler, held_out: &Batch) -> Result<Measured> {
    let n = held_out.images.dim(0)?;
    let (mut difference, mut hole_share, mut energies) = (0.0, 0.0, [0.0; 2]);
    for first in (0..n).step_by(8) {
        let count = 8.min(n - first);
        let part = held_out.part(first, count)?;
        let fills = trainee.fills(&part, 0)?.to_device(part.images.device())?;
        let block = (part.images.dim(3)? / BLOCKS_A_SIDE).max(1);
        difference += count as f64 * number(&coarse_l1(&fills, &part.images, block)?)?;
        hole_share += count as f64 * (1.0 - number(&part.known.mean_all()?)?);
        for (energy, images) in energies.iter_mut().zip([&fills, &part.images]) {
            *energy += gradient_energy(images, &part.known)?;
        }
    }
    let (coarse_l1, gradient) = (difference / hole_share.max(1e-9), energies[0] / energies[1].max(1e-9));
    let score = coarse_l1 + GRADIENT_WEIGHT * gradient.max(1e-6).ln().abs();
    let scalars = vec![("held-out-l1", coarse_l1), ("held-out-gradient", gradient), ("held-out-score", score)];
    Ok(Measured { scalars, score })
}

/// The sum of absolute differences between neighbours that are both in a hole.
fn gradient_energy(images: &Tensor, known: &Tensor) -> Result<f64> {
    let is_hole = known.affine(-1.0, 1.0)?;
    let grey = images.mean_keepdim(1)?;
    let mut sum = 0.0;
    for dim in [2, 3] {
        let n = grey.dim(dim)? - 1;
        let difference = (grey.narrow(dim, 1, n)? - grey.narrow(dim, 0, n)?)?.abs()?;
        let both = (is_hole.narrow(dim, 1, n)? * is_hole.narrow(dim, 0, n)?)?;
        sum += number(&(difference * both)?.sum_all()?)?;
    }
    Ok(sum)
}

fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_scalar::<f32>()?))
}
