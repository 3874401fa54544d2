//! The buffers behind candle's CPU tensors, as slices of f32 or f64.

use candle_core::backend::BackendStorage as _;
use candle_core::{CpuStorage, Error, Layout, Result, WithDType};
use rayon::prelude::*;

/// What our own kernels compute in.
pub(crate) trait Element: WithDType + Default {}
impl Element for f32 {}
impl Element for f64 {}

/// The values of a contiguous tensor.
///
/// # Errors
/// When the tensor is not contiguous or has another type.
pub(crate) fn values<'a, T: WithDType>(op: &str, storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [T]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg(format!("{op}: the tensor has strides {:?}", layout.stride())));
    };
    Ok(&storage.as_slice::<T>()?[start..end])
}

/// The sentence for a type that no kernel computes in.
pub(crate) fn only_floats(op: &str, storage: &CpuStorage) -> Error {
    Error::Msg(format!("{op}: the CPU computes in f32 and f64, not {:?}", storage.dtype()))
}

/// Less than this many values are not worth a second thread.
const WORTH_A_TASK: usize = 16 * 1024;

/// Calls `work(index, plane)` for each run of `plane` values of `out`, on several threads where that pays.
pub(crate) fn for_each_plane<T: Element>(out: &mut [T], plane: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    if out.len() <= WORTH_A_TASK {
        out.chunks_mut(plane).enumerate().for_each(|(at, plane)| work(at, plane));
        return;
    }
    let planes_per_task = (WORTH_A_TASK / plane).max(1);
    let tasks = out.par_chunks_mut(plane * planes_per_task).enumerate();
    tasks.for_each(|(task, planes)| {
        for (at, plane) in planes.chunks_mut(plane).enumerate() {
            work(task * planes_per_task + at, plane);
        }
    });
}
