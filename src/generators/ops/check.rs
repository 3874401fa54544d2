//! The sentences of operations that are asked for what they cannot do.

use candle_core::{Device, Error, Result, Tensor};

use crate::compute::{Backend, backend};

/// An error that names the operation and the input's shape.
pub(super) fn refuse<T>(op: &str, xs: &Tensor, why: &str) -> Result<T> {
    Err(Error::Msg(format!("{op} of {:?}: {why}", xs.dims())))
}

/// The four sides of a batch of images.
///
/// # Errors
/// When `xs` is of another rank or empty.
pub(super) fn image_dims(op: &str, xs: &Tensor) -> Result<(usize, usize, usize, usize)> {
    let [n, c, h, w] = *xs.dims() else {
        return refuse(op, xs, "the input needs four dimensions, [n, c, h, w]");
    };
    check_filled(op, xs)?;
    Ok((n, c, h, w))
}

/// # Errors
/// When `xs` has no values.
pub(super) fn check_filled(op: &str, xs: &Tensor) -> Result<()> {
    if xs.elem_count() == 0 { refuse(op, xs, "nothing can be computed from an empty tensor") } else { Ok(()) }
}

/// # Errors
/// When an operand has another shape than wanted or another type than `xs`.
pub(super) fn check_operand(op: &str, xs: &Tensor, name: &str, operand: &Tensor, wanted: &[&[usize]]) -> Result<()> {
    if !wanted.contains(&operand.dims()) {
        let wanted: Vec<_> = wanted.iter().map(|dims| format!("{dims:?}")).collect();
        return refuse(op, xs, &format!("the {name} is {:?}, not {}", operand.dims(), wanted.join(" or ")));
    }
    if operand.dtype() != xs.dtype() {
        return refuse(op, xs, &format!("the input is {:?}, the {name} {:?}", xs.dtype(), operand.dtype()));
    }
    Ok(())
}

/// Whether our own kernels serve tensors of `device`.
pub(super) fn is_own(device: &Device) -> bool {
    device.is_cpu() && backend() == Backend::Own
}
