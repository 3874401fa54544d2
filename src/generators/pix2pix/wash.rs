//! Spots of color spread over the whole paper: near a spot its own color, between spots a mixture.
//!
//! A generator with instance norm forgets what little a few spots say before it can carry them across a figure; a wash says the
//! same at every pixel. Spread by pull-push (Gortler et al., The Lumigraph, 1996, §3.4): sums over ever larger squares, then
//! back, each gap filled from the next larger square.

use candle_core::{Result, Tensor};

use crate::generators::ops::{BLUR_TAPS, upsample_2x};

/// Where nothing is meant at all weights are this small.
const NOTHING: f64 = 1e-6;
/// What stands for *spread to here*, between 0 (nothing is meant anywhere) and 1 (meant here).
const SPREAD: f64 = 0.5;

/// `colors` `[n, 3, h, w]` in -1..1 and where they are `meant` `[n, 1, h, w]` in 0..1, to `[n, 4, h, w]`: the wash, 0 where a
/// drawing has no spot, and a plane with 1 where a color is meant, 1/2 where it is spread to, 0 in drawings without spots.
///
/// # Errors
/// When the shapes do not fit.
pub(super) fn wash(colors: &Tensor, meant: &Tensor) -> Result<Tensor> {
    let (_, _, h, w) = meant.dims4()?;
    let mut levels = vec![(colors.broadcast_mul(meant)?, meant.clone())];
    let (mut height, mut width) = (h, w);
    while height % 2 == 0 && width % 2 == 0 {
        let pulled = levels.last().map(|(color, weight)| pull(color, weight)).transpose()?;
        levels.extend(pulled);
        (height, width) = (height / 2, width / 2);
    }
    let mut filled: Option<(Tensor, Tensor)> = None;
    for (color, weight) in levels.iter().rev() {
        filled = Some(match filled {
            None => everywhere(color, weight)?,
            Some((wide_color, wide_weight)) => {
                let gap = weight.affine(-1.0, 1.0)?;
                let color = (color + upsample_2x(&wide_color, &BLUR_TAPS)?.broadcast_mul(&gap)?)?;
                (color, (weight + (upsample_2x(&wide_weight, &BLUR_TAPS)? * gap)?)?)
            }
        });
    }
    let Some((color, weight)) = filled else { candle_core::bail!("a drawing without pixels") };
    let is_any = weight.ge(NOTHING)?.to_dtype(weight.dtype())?;
    let color = color.broadcast_div(&weight.maximum(NOTHING)?)?.broadcast_mul(&is_any)?;
    Tensor::cat(&[color, meant.maximum(&(is_any * SPREAD)?)?], 1)
}

/// Sums over squares of 2 x 2, with weights up to 1.
fn pull(color: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    let sum = (weight.avg_pool2d(2)? * 4.0)?;
    let least = sum.minimum(1.0)?;
    let factor = (&least / sum.maximum(NOTHING)?)?;
    Ok(((color.avg_pool2d(2)? * 4.0)?.broadcast_mul(&factor)?, least))
}

/// The mean of what is left when squares grow no more.
fn everywhere(color: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    let mean = |xs: &Tensor| xs.mean_keepdim(2)?.mean_keepdim(3)?.broadcast_as(xs.shape())?.contiguous();
    Ok((mean(color)?, mean(weight)?))
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    /// Planes with spots of `(x, y, color)`.
    fn spots(h: usize, w: usize, spots: &[(usize, usize, [f32; 3])]) -> (Tensor, Tensor) {
        let (mut colors, mut meant) = (vec![0.0; 3 * h * w], vec![0.0; h * w]);
        for &(x, y, color) in spots {
            meant[y * w + x] = 1.0;
            for (plane, value) in color.into_iter().enumerate() {
                colors[plane * h * w + y * w + x] = value;
            }
        }
        let tensor = |values, c| Tensor::from_vec(values, (1, c, h, w), &Device::Cpu).unwrap();
        (tensor(colors, 3), tensor(meant, 1))
    }

    fn at(washed: &Tensor, x: usize, y: usize) -> Vec<f32> {
        washed.narrow(2, y, 1).unwrap().narrow(3, x, 1).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn one_spot_colors_the_whole_paper() {
        for (h, w) in [(16, 16), (12, 20), (7, 5)] {
            let (colors, meant) = spots(h, w, &[(3, 2, [0.8, -0.5, 0.1])]);
            let washed = wash(&colors, &meant).unwrap();
            for (x, y) in [(0, 0), (w - 1, h - 1), (3, 2), (w / 2, h / 2)] {
                let found = at(&washed, x, y);
                let is_spot = (x, y) == (3, 2);
                let wanted = [0.8, -0.5, 0.1, if is_spot { 1.0 } else { 0.5 }];
                let near = found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-3);
                assert!(near, "{w}x{h} at {x}, {y}: {found:?}");
            }
        }
    }

    #[test]
    fn each_spot_has_its_surroundings_and_the_mixture_is_between() {
        let (colors, meant) = spots(32, 32, &[(4, 16, [1.0, -1.0, 0.0]), (27, 16, [-1.0, 1.0, 0.0])]);
        let washed = wash(&colors, &meant).unwrap();
        assert!(at(&washed, 2, 12)[0] > 0.6 && at(&washed, 29, 20)[0] < -0.6, "near a spot");
        let row: Vec<f32> = (4..28).map(|x| at(&washed, x, 16)[0]).collect();
        assert!(row.iter().all(|value| (-1.001..=1.001).contains(value)), "never outside of the colors: {row:?}");
        let steps = row.windows(2).map(|pair| (pair[0] - pair[1]).abs()).fold(0.0, f32::max);
        assert!(steps < 0.9, "no sharp border: {row:?}");
    }

    #[test]
    fn without_spots_nothing_is_said() {
        let (colors, meant) = spots(8, 8, &[]);
        let colors = (colors + 0.7).unwrap();
        let washed = wash(&colors, &meant).unwrap();
        let loudest = washed.abs().unwrap().max_all().unwrap().to_dtype(DType::F32).unwrap();
        assert!(loudest.to_scalar::<f32>().unwrap() < 1e-6);
    }
}
