//! What a skip connection carries, joined with what comes back from below.

use candle_core::{CpuStorage, CustomOp2, DType, Error, Layout, Result, Shape, Tensor};

use super::bias_act;
use super::check::is_own;
use crate::compute::Activation;
use crate::compute::element::{for_each_plane, values};

/// `relu(skipped)` and then `back`, both `[n, _, h, w]`, along the channels.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn relu_cat(skipped: &Tensor, back: &Tensor) -> Result<Tensor> {
    let is_plain = |xs: &Tensor| is_own(xs.device()) && !xs.track_op() && xs.dtype() == DType::F32;
    if is_plain(skipped) && is_plain(back) {
        return skipped.contiguous()?.apply_op2_no_bwd(&back.contiguous()?, &ReluCat);
    }
    Tensor::cat(&[&bias_act(skipped, None, Activation::RELU)?, back], 1)
}

/// Both in one pass, outside of every gradient graph.
#[derive(Debug)]
struct ReluCat;

impl CustomOp2 for ReluCat {
    fn name(&self) -> &'static str {
        "relu_cat"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (&[n, c, h, w], &[batch, below, tall, wide]) = (l1.dims(), l2.dims()) else {
            return Err(Error::Msg(format!("relu_cat of {:?} and {:?}: four dimensions each", l1.dims(), l2.dims())));
        };
        if (n, h, w) != (batch, tall, wide) || n * h * w == 0 {
            return Err(Error::Msg(format!("relu_cat of {:?} and {:?}: they do not fit", l1.dims(), l2.dims())));
        }
        let (skipped, back) = (values::<f32>("relu_cat", s1, l1)?, values::<f32>("relu_cat", s2, l2)?);
        let (plane, channels) = (h * w, c + below);
        let mut out = vec![0.0; n * channels * plane];
        for_each_plane(&mut out, plane, |at, out| {
            let (sample, channel) = (at / channels, at % channels);
            if channel < c {
                let xs = &skipped[(sample * c + channel) * plane..][..plane];
                // What is no number stays none.
                out.iter_mut().zip(xs).for_each(|(y, x)| *y = *x * if *x >= 0.0 { 1.0 } else { 0.0 });
            } else {
                out.copy_from_slice(&back[(sample * below + channel - c) * plane..][..plane]);
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((n, channels, h, w))))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn what_is_skipped_is_rectified_and_what_comes_back_is_not() {
        let tensor = |values: &[f32], c: usize| Tensor::from_slice(values, (2, c, 1, 2), &Device::Cpu).unwrap();
        let skipped = tensor(&[1.0, -2.0, 3.0, -4.0], 1);
        let back = tensor(&[-5.0, 6.0, -7.0, 8.0, -9.0, 10.0, -11.0, 12.0], 2);
        let joined = relu_cat(&skipped, &back).unwrap();
        assert_eq!(joined.dims(), [2, 3, 1, 2]);
        let wanted = [1.0, 0.0, -5.0, 6.0, -7.0, 8.0, 3.0, 0.0, -9.0, 10.0, -11.0, 12.0];
        assert_eq!(joined.flatten_all().unwrap().to_vec1::<f32>().unwrap(), wanted);
        assert!(relu_cat(&skipped, &back.narrow(0, 0, 1).unwrap()).is_err(), "another batch");
    }
}
