//! Values that are known here and there, spread to where they are not (pull-push: Gortler et al., The Lumigraph, 1996, §3.4):
//! sums over ever larger squares, then back, each gap filled from the next larger square.

mod planes;

use candle_core::{DType, Result, Tensor};

use super::check::is_own;
use super::{BLUR_TAPS, upsample_2x};

/// Weights below this count as none.
const NOTHING: f64 = 1e-6;

/// `values` `[n, c, h, w]`, known where `weight` `[n, 1, h, w]` (0..1) is 1, to values everywhere: where the weight is 1 they stay,
/// and a picture without any weight gets 0. Beside them `[n, 1, h, w]`: 1 in pictures with some weight, else 0. Gaps are filled
/// whole where both sides can be halved down to a few pixels; in what remains the mean counts.
///
/// # Errors
/// When the shapes do not fit.
pub fn pull_push(values: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    if is_plain(values, weight) {
        let spread = by_planes(values, weight, [1.0, 0.0])?;
        let channels = values.dim(1)?;
        return Ok((spread.narrow(1, 0, channels)?, spread.narrow(1, channels, 1)?));
    }
    composed(values, weight)
}

/// [`pull_push`] with what was known marked: `[n, c + 1, h, w]`, in the last plane the weight, but at least `mark` in pictures
/// with some weight.
///
/// # Errors
/// When the shapes do not fit.
pub fn pull_push_marked(values: &Tensor, weight: &Tensor, mark: f32) -> Result<Tensor> {
    if is_plain(values, weight) {
        return by_planes(values, weight, [mark, 1.0]);
    }
    let (spread, is_any) = composed(values, weight)?;
    Tensor::cat(&[spread, weight.maximum(&(is_any * f64::from(mark))?)?], 1)
}

/// Whether there is a quicker way, outside of every gradient graph.
fn is_plain(values: &Tensor, weight: &Tensor) -> bool {
    let is_tracked = values.track_op() || weight.track_op();
    is_own(values.device()) && !is_tracked && values.dtype() == DType::F32
}

fn by_planes(values: &Tensor, weight: &Tensor, marks: [f32; 2]) -> Result<Tensor> {
    values.contiguous()?.apply_op2_no_bwd(&weight.contiguous()?, &planes::PullPush { marks })
}

/// Of candle's operations, and differentiable.
fn composed(values: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    let (_, _, mut height, mut width) = weight.dims4()?;
    let mut levels = vec![(values.broadcast_mul(weight)?, weight.clone())];
    while height % 2 == 0 && width % 2 == 0 {
        let pulled = levels.last().map(|(value, weight)| pull(value, weight)).transpose()?;
        levels.extend(pulled);
        (height, width) = (height / 2, width / 2);
    }
    let mut filled: Option<(Tensor, Tensor)> = None;
    for (value, weight) in levels.iter().rev() {
        filled = Some(match filled {
            None => with_mean(value, weight)?,
            Some((wide_value, wide_weight)) => {
                let gap = weight.affine(-1.0, 1.0)?;
                let value = (value + upsample_2x(&wide_value, &BLUR_TAPS)?.broadcast_mul(&gap)?)?;
                (value, (weight + (upsample_2x(&wide_weight, &BLUR_TAPS)? * gap)?)?)
            }
        });
    }
    let Some((value, weight)) = filled else { candle_core::bail!("a picture without pixels") };
    let is_any = weight.ge(NOTHING)?.to_dtype(weight.dtype())?;
    Ok((value.broadcast_div(&weight.maximum(NOTHING)?)?.broadcast_mul(&is_any)?, is_any))
}

/// Sums over squares of 2 x 2, with weights up to 1.
fn pull(value: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    let sum = (weight.avg_pool2d(2)? * 4.0)?;
    let least = sum.minimum(1.0)?;
    let factor = (&least / sum.maximum(NOTHING)?)?;
    Ok(((value.avg_pool2d(2)? * 4.0)?.broadcast_mul(&factor)?, least))
}

/// The last level with its gaps at the mean.
fn with_mean(value: &Tensor, weight: &Tensor) -> Result<(Tensor, Tensor)> {
    let mean = |xs: &Tensor| xs.mean_keepdim(2)?.mean_keepdim(3);
    let (gap, whole) = (weight.affine(-1.0, 1.0)?, mean(weight)?);
    let factor = whole.ge(NOTHING)?.to_dtype(whole.dtype())?.broadcast_div(&whole.maximum(NOTHING)?)?;
    let (of_value, of_weight) = (mean(value)?.broadcast_mul(&factor)?, whole.broadcast_mul(&factor)?);
    Ok(((value + gap.broadcast_mul(&of_value)?)?, (weight + gap.broadcast_mul(&of_weight)?)?))
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    /// One plane with `(x, y, value)` known.
    fn known(h: usize, w: usize, places: &[(usize, usize, f32)]) -> (Tensor, Tensor) {
        let (mut values, mut weight) = (vec![7.0; h * w], vec![0.0; h * w]);
        for &(x, y, value) in places {
            (values[y * w + x], weight[y * w + x]) = (value, 1.0);
        }
        let tensor = |values| Tensor::from_vec(values, (1, 1, h, w), &Device::Cpu).unwrap();
        (tensor(values), tensor(weight))
    }

    fn spread(h: usize, w: usize, places: &[(usize, usize, f32)]) -> Vec<Vec<f32>> {
        let (values, weight) = known(h, w, places);
        pull_push(&values, &weight).unwrap().0.squeeze(0).unwrap().squeeze(0).unwrap().to_vec2().unwrap()
    }

    #[test]
    fn one_value_goes_everywhere() {
        for (h, w) in [(16, 16), (12, 20), (7, 5)] {
            let found = spread(h, w, &[(3, 2, 0.8)]);
            assert!(found.iter().flatten().all(|value| (value - 0.8).abs() < 1e-3), "{w}x{h}: {found:?}");
        }
    }

    #[test]
    fn known_values_stay_and_others_lie_between() {
        let found = spread(32, 32, &[(4, 16, 1.0), (27, 16, -1.0)]);
        assert!((found[16][4] - 1.0).abs() < 1e-5 && (found[16][27] + 1.0).abs() < 1e-5, "known");
        let near = [found[15][4], -found[17][27], found[12][2], -found[20][29]];
        assert!(near[0] > 0.5 && near[1] > 0.5, "beside a value: {near:?}");
        assert!(near[2] > 0.2 && near[3] > 0.2, "a few pixels off its own counts: {near:?}");
        assert!(found.iter().flatten().all(|value| (-1.001..=1.001).contains(value)), "never outside");
        let steepest = found[16][5..27].windows(2).map(|pair| (pair[0] - pair[1]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.9, "no sharp border");
    }

    #[test]
    fn planes_are_spread_as_by_operations() {
        for (h, w) in [(32, 32), (16, 24), (12, 20), (7, 5), (2, 64)] {
            let mut rng = crate::control::rng(3, h as u64);
            let mut noise = |c: usize| {
                let values = (0..2 * c * h * w).map(|_| rand::Rng::random_range(&mut rng, -1.0_f32..1.0)).collect();
                Tensor::from_vec::<_, f32>(values, (2, c, h, w), &Device::Cpu).unwrap()
            };
            // Most pixels have no weight, a few a part of it.
            let (values, weight) = (noise(3), noise(1).affine(4.0, -3.0).unwrap().clamp(0.0, 1.0).unwrap());
            let ((spread, any), (wanted, wanted_any)) =
                (pull_push(&values, &weight).unwrap(), composed(&values, &weight).unwrap());
            for (found, wanted) in [(spread, wanted), (any, wanted_any)] {
                let off = (found - wanted).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
                assert!(off < 1e-5, "{w}x{h}: {off}");
            }
        }
    }

    #[test]
    fn nothing_known_is_nothing_said() {
        let (values, weight) = known(8, 8, &[]);
        let (found, is_any) = pull_push(&values, &weight).unwrap();
        let largest = |xs: &Tensor| xs.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(largest(&found) < 1e-6 && largest(&is_any) < 1e-6);
    }
}
