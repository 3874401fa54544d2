//! The hyperbolic tangent, which closes most generators. The C library's takes as long as a convolution.

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Result, Shape, Tensor};

use super::check::is_own;
use crate::compute::element::{for_each_plane, values};

/// From here on the result is 1 in f32.
const EDGE: f32 = 9.0;
/// Values that are computed in one go.
const BLOCK: usize = 4096;

/// `tanh(xs)`; in f32 on the CPU, outside of a gradient graph, within 4e-7 of the value, else candle's own.
///
/// # Errors
/// Those of candle.
pub fn tanh(xs: &Tensor) -> Result<Tensor> {
    if !is_own(xs.device()) || xs.track_op() || xs.dtype() != DType::F32 {
        return xs.tanh();
    }
    xs.contiguous()?.apply_op1_no_bwd(&TanhOp)
}

#[derive(Debug)]
struct TanhOp;

impl CustomOp1 for TanhOp {
    fn name(&self) -> &'static str {
        "tanh"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let xs = values::<f32>("tanh", storage, layout)?;
        let mut out = vec![0.0; xs.len()];
        for_each_plane(&mut out, BLOCK, |at, out| block(out, &xs[at * BLOCK..]));
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }
}

/// Lambert's continued fraction (1768) down to 13 for a quarter of the value, then twice the formula of the double angle.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block(out: &mut [f32], xs: &[f32]) {
    for (y, x) in out.iter_mut().zip(xs) {
        let quarter = x.clamp(-EDGE, EDGE) * 0.25;
        let square = quarter * quarter;
        let above = quarter * (135_135.0 + square * (17_325.0 + square * (378.0 + square)));
        let below = 135_135.0 + square * (62_370.0 + square * (3_150.0 + square * 28.0));
        let once = above / below;
        let twice = 2.0 * once / (1.0 + once * once);
        *y = 2.0 * twice / (1.0 + twice * twice);
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn it_is_the_library_s() {
        let values: Vec<f32> = (-20_000..=20_000).map(|n| n as f32 / 1500.0).chain([1e-30, -80.0, f32::MAX]).collect();
        let xs = Tensor::new(values.as_slice(), &Device::Cpu).unwrap();
        let found = tanh(&xs).unwrap().to_vec1::<f32>().unwrap();
        for (x, y) in values.into_iter().zip(found) {
            let wanted = f64::from(x).tanh();
            let off = (f64::from(y) - wanted).abs();
            assert!(off < 4e-7 * wanted.abs().max(1e-30) && y.abs() <= 1.0, "tanh {x} is {wanted}, not {y}");
        }
        let nan = tanh(&Tensor::new(&[f32::NAN], &Device::Cpu).unwrap()).unwrap().to_vec1::<f32>().unwrap();
        assert!(nan[0].is_nan(), "what is no number stays none");
    }
}
