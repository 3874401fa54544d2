//! The sliced Wasserstein distance between two sets of pictures, which needs no network that was trained on anything.

use candle_core::{Device, Result, Tensor};
use rand::Rng as _;

use super::data::Batch;
use super::trainee::{Measured, Painter};
use crate::compute::{Fir, upfirdn2d};
use crate::control;
use crate::generators::ops::nearest_2x;
use crate::generators::seeded_normal;

/// Side of a patch in pixels.
const PATCH: usize = 7;
/// No level of the pyramid is smaller.
const LEAST_SIDE: usize = 16;
/// The stream of random numbers.
const PATCHES: u64 = 14;

/// Settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlicedWasserstein {
    /// Patches of each picture at each level.
    pub patches: usize,
    /// Directions on which they are compared.
    pub directions: usize,
    /// Decides places and directions.
    pub seed: u64,
}

impl Default for SlicedWasserstein {
    fn default() -> Self {
        Self { patches: 64, directions: 128, seed: 0 }
    }
}

/// The distance between pictures `a` and `b`, both `[n, c, side, side]` on the CPU, the mean over the levels of a Laplacian
/// pyramid, times 1000: patches of 7x7 pixels, each channel with mean 0 and deviation 1, are projected on random
/// directions, sorted, and compared (Karras et al., Progressive Growing of GANs, 2018, §5). 0 is equal.
///
/// # Errors
/// When the shapes differ or the pictures are smaller than 16 pixels.
pub fn sliced_wasserstein(a: &Tensor, b: &Tensor, settings: SlicedWasserstein) -> Result<f64> {
    if a.dims() != b.dims() {
        candle_core::bail!("pictures {:?} cannot be compared with {:?}", a.dims(), b.dims());
    }
    let (a, b) = (pyramid(a)?, pyramid(b)?);
    let n_levels = a.len();
    let distances = a.iter().zip(&b).map(|(a, b)| level_distance(a, b, settings));
    Ok(1000.0 * distances.sum::<Result<f64>>()? / n_levels as f64)
}

/// What each level adds to the next coarser one, the finest first; the last is the coarsest picture.
fn pyramid(pictures: &Tensor) -> Result<Vec<Tensor>> {
    let (_, _, h, w) = pictures.dims4()?;
    if h.min(w) < LEAST_SIDE {
        candle_core::bail!("pictures of {h} x {w} pixels are smaller than {LEAST_SIDE}");
    }
    // Binomial weights, as in Burt and Adelson's pyramid.
    let taps = [1.0, 4.0, 6.0, 4.0, 1.0].map(|tap: f64| tap / 16.0);
    let (mut levels, mut xs) = (Vec::new(), pictures.detach());
    while xs.dim(2)?.min(xs.dim(3)?) >= 2 * LEAST_SIDE {
        let small = upfirdn2d(&xs, &taps, Fir::new(1, 2, (2, 1)))?;
        levels.push((&xs - upfirdn2d(&nearest_2x(&small)?, &taps, Fir::new(1, 1, (2, 2)))?)?);
        xs = small;
    }
    levels.push(xs);
    Ok(levels)
}

fn level_distance(a: &Tensor, b: &Tensor, settings: SlicedWasserstein) -> Result<f64> {
    let (a, b) = (descriptors(a, settings)?, descriptors(b, settings)?);
    let directions = seeded_normal((a.dim(1)?, settings.directions), settings.seed, "directions")?;
    let lengths = directions.sqr()?.sum_keepdim(0)?.sqrt()?;
    let directions = directions.broadcast_div(&lengths)?;
    let sorted = |xs: &Tensor| -> Result<Vec<Vec<f32>>> {
        let mut rows = xs.matmul(&directions)?.t()?.to_vec2::<f32>()?;
        for row in &mut rows {
            row.sort_unstable_by(f32::total_cmp);
        }
        Ok(rows)
    };
    let (a, b) = (sorted(&a)?, sorted(&b)?);
    let differences = a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| f64::from((a - b).abs()));
    let count = (a.len() * a.first().map_or(0, Vec::len)).max(1);
    Ok(differences.sum::<f64>() / count as f64)
}

/// Random patches as rows `[n patches, 49 c]`, each channel with mean 0 and deviation 1 over all of them.
fn descriptors(level: &Tensor, settings: SlicedWasserstein) -> Result<Tensor> {
    let (n, c, h, w) = level.dims4()?;
    let values = level.contiguous()?.flatten_all()?.to_vec1::<f32>()?;
    let mut rng = control::rng(settings.seed, PATCHES);
    let mut rows = Vec::with_capacity(n * settings.patches * c * PATCH * PATCH);
    for picture in 0..n {
        for _ in 0..settings.patches {
            let (top, left) = (rng.random_range(0..=h - PATCH), rng.random_range(0..=w - PATCH));
            for channel in 0..c {
                for y in top..top + PATCH {
                    let start = ((picture * c + channel) * h + y) * w + left;
                    rows.extend_from_slice(&values[start..start + PATCH]);
                }
            }
        }
    }
    let rows = Tensor::from_vec(rows, (n * settings.patches, c, PATCH * PATCH), &Device::Cpu)?;
    let mean = rows.mean_keepdim((0, 2))?;
    let centered = rows.broadcast_sub(&mean)?;
    let deviation = (centered.sqr()?.mean_keepdim((0, 2))?.sqrt()? + 1e-6)?;
    centered.broadcast_div(&deviation)?.flatten_from(1)
}

/// How far the averaged generator's pictures are from held-out ones, as many of each.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn measure_pictures(trainee: &impl Painter, held_out: &Batch) -> Result<Measured> {
    let fakes = trainee.pictures(held_out.images.dim(0)?, u64::MAX)?.to_device(held_out.images.device())?;
    let score = sliced_wasserstein(&held_out.images, &fakes, SlicedWasserstein::default())?;
    Ok(Measured { scalars: vec![("sliced-wasserstein", score)], score })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_no_distance_and_others_have_more_the_more_they_differ() -> Result<()> {
        let settings = SlicedWasserstein { patches: 64, directions: 32, seed: 3 };
        let noise = |name| seeded_normal((48, 3, 32, 32), 5, name);
        let a = noise("a")?;
        assert!(sliced_wasserstein(&a, &a, settings)? < 1e-6, "a set is at no distance from itself");
        let alike = sliced_wasserstein(&a, &noise("b")?, settings)?;
        // Blocks of 4x4 equal pixels have other patches.
        let blocks = nearest_2x(&nearest_2x(&seeded_normal((48, 3, 8, 8), 5, "blocks")?)?)?;
        let other = sliced_wasserstein(&a, &blocks, settings)?;
        assert!(other > 1.5 * alike, "blocks are further from noise ({other}) than noise is ({alike})");
        Ok(())
    }
}
