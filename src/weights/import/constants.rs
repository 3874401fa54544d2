//! Tensors in checkpoints that are the same in all: the blur's kernel and the pattern that inserts zeros; and noise for those
//! that have none.

use candle_core::{Device, Tensor};

use crate::control;

/// What the blur's kernels are called when they are ignored.
pub(super) const BLUR: &str = "the fixed blur, which is built in";
/// What the pattern is called.
pub(super) const ZEROS: &str = "the fixed pattern of zeros, which is built in";

const TAPS: [f32; 4] = [1.0, 3.0, 3.0, 1.0];

/// Whether each 4x4 (or 4) numbers are the kernel [1, 3, 3, 1] both ways, with a gain of 1 or 4 (or, one way, 1 or 2).
pub(super) fn is_blur(tensor: &Tensor) -> bool {
    let Some((dims, values)) = flat(tensor) else { return false };
    let plane: Vec<f32> = match dims.as_slice() {
        [.., 4, 4] => TAPS.iter().flat_map(|y| TAPS.iter().map(move |x| x * y / 64.0)).collect(),
        [.., 4] => TAPS.iter().map(|tap| tap / 8.0).collect(),
        _ => return false,
    };
    values.chunks(plane.len()).all(|kernel| {
        let gain = kernel.iter().sum::<f32>();
        let is_known = [1.0, 2.0, 4.0].iter().any(|known| (gain - known).abs() < 1e-3);
        is_known && kernel.iter().zip(&plane).all(|(found, expected)| (found - gain * expected).abs() < 1e-3)
    })
}

/// Whether each 3x3 numbers are the kernel [1, 2, 1] both ways with a gain of 1.
pub(super) fn is_soft_blur(tensor: &Tensor) -> bool {
    let Some((dims, values)) = flat(tensor) else { return false };
    let taps = [1.0, 2.0, 1.0_f32];
    let plane: Vec<f32> = taps.iter().flat_map(|y| taps.iter().map(move |x| x * y / 16.0)).collect();
    matches!(dims.as_slice(), [.., 3, 3])
        && values.chunks(9).all(|kernel| kernel.iter().zip(&plane).all(|(found, wanted)| (found - wanted).abs() < 1e-3))
}

/// Whether the numbers are 1 at even rows and columns and 0 elsewhere.
pub(super) fn is_zero_pattern(tensor: &Tensor) -> bool {
    let Some((dims, values)) = flat(tensor) else { return false };
    let [.., h, w] = *dims.as_slice() else { return false };
    values.chunks(h * w).all(|plane| {
        plane.iter().enumerate().all(|(at, value)| *value == f32::from(u8::from(at / w % 2 == 0 && at % w % 2 == 0)))
    })
}

fn flat(tensor: &Tensor) -> Option<(Vec<usize>, Vec<f32>)> {
    let values = tensor.flatten_all().and_then(|tensor| tensor.to_vec1::<f32>()).ok()?;
    (!values.is_empty()).then(|| (tensor.dims().to_vec(), values))
}

/// Some projects draw new noise for each picture; one map for all of them is drawn here, another for each layer.
pub(super) fn noise_map(key: &str, dims: &[usize]) -> Result<Tensor, String> {
    let stream = key.bytes().fold(0, |stream: u64, byte| stream.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let values = control::normal(&mut control::rng(0, stream), dims.iter().product(), 0.0, 1.0);
    Tensor::from_vec(values, dims, &Device::Cpu).map_err(|error| format!("{key}: {error}"))
}
