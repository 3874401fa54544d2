//! Resampling with a fixed separable filter (`upfirdn2d`), each channel for itself, as a candle operation that is closed
//! under differentiation: its gradient is the same operation with up and down exchanged and the taps turned round.
//!
//! Source: Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020, appendix B; the sub-filters of an
//! up- or downsampling filter are its polyphase components.

mod kernel;

use candle_core::{CpuStorage, CustomOp1, Error, Layout, Result, Shape, Tensor};

use super::backend::serves;
use super::element::{Element, only_floats, values};

/// How a filter moves: zeros between the samples, zeros (or a crop) around them, the filter, then every `down`th sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fir {
    /// Each sample is followed by `up - 1` zeros, both ways; at least 1.
    pub up: usize,
    /// Every `down`th result is kept, both ways; at least 1.
    pub down: usize,
    /// Zeros added at the left and the right of the row with its inserted zeros; below 0 they are cut off.
    pub x_pads: (isize, isize),
    /// Zeros added above and below; below 0 they are cut off.
    pub y_pads: (isize, isize),
}

impl Fir {
    /// The same padding both ways.
    #[must_use]
    pub const fn new(up: usize, down: usize, pads: (isize, isize)) -> Self {
        Self { up, down, x_pads: pads, y_pads: pads }
    }
}

/// Convolves the rows and the columns of `xs` `[n, c, h, w]` with `taps`; result `[n, c, h', w']` with
/// `h' = (h up + sum of y_pads - taps) / down + 1`, rounded down.
///
/// A true convolution (the filter is turned round), which matters for filters that are not symmetric:
/// `y[m] = sum over j of taps[k - 1 - j] z[m down + j]`, `z` being the padded row with `up - 1` zeros after each sample.
/// Differentiable to any order.
///
/// # Errors
/// One sentence with the operation and the shapes when `xs` is not of rank 4 or empty, or shorter than the filter.
pub fn upfirdn2d(xs: &Tensor, taps: &[f64], fir: Fir) -> Result<Tensor> {
    let out = check(xs.dims(), taps, &fir)?;
    let op = FirOp { fir, correlation: taps.iter().rev().copied().collect(), out };
    if serves(xs.device()) { xs.contiguous()?.apply_op1(op) } else { op.composed(xs) }
}

/// Factors up to here are thinkable; each is a filter phase of its own.
const MOST_STEPS: usize = 64;

/// Pads, in samples.
const MOST_PADDING: usize = 1 << 20;

/// The most values of a result.
const MOST_VALUES: usize = 1 << 34;

fn check(dims: &[usize], taps: &[f64], fir: &Fir) -> Result<[usize; 4]> {
    let refuse =
        |why: &str| Err(Error::Msg(format!("upfirdn2d of {dims:?} with {} taps and {fir:?}: {why}", taps.len())));
    let [n, c, h, w] = *dims else { return refuse("the input needs four dimensions") };
    if dims.contains(&0) || taps.is_empty() {
        return refuse("nothing can be computed from an empty tensor or filter");
    }
    if fir.up == 0 || fir.down == 0 {
        return refuse("up and down are at least 1");
    }
    let pads = [fir.x_pads.0, fir.x_pads.1, fir.y_pads.0, fir.y_pads.1];
    if fir.up > MOST_STEPS || fir.down > MOST_STEPS || pads.iter().any(|pad| pad.unsigned_abs() > MOST_PADDING) {
        return refuse("such factors or pads are out of reach");
    }
    let size = |side: usize, (before, after): (isize, isize)| {
        let room = (side * fir.up) as isize + before + after - taps.len() as isize;
        (room >= 0).then(|| room as usize / fir.down + 1)
    };
    match (size(h, fir.y_pads), size(w, fir.x_pads)) {
        (Some(h), Some(w)) if n * c * h * w <= MOST_VALUES => Ok([n, c, h, w]),
        (Some(h), Some(w)) => refuse(&format!("the result would be {:?}", [n, c, h, w])),
        _ => refuse("the filter is longer than the padded input"),
    }
}

#[derive(Debug, Clone)]
struct FirOp {
    fir: Fir,
    /// The taps in the order in which they meet the samples.
    correlation: Vec<f64>,
    out: [usize; 4],
}

impl FirOp {
    /// The operation that carries gradients from the result back to an input of `h` by `w`.
    fn adjoint(&self, dims: [usize; 4]) -> Self {
        let Fir { up, down, x_pads, y_pads } = self.fir;
        let k = self.correlation.len() as isize;
        // What stands at position i up + before of the padded row meets tap j where i up + before = m down + j.
        let pads = |(before, _): (isize, isize), side: usize, out: usize| {
            (k - 1 - before, ((side - 1) * up) as isize + 1 + before - (out * down) as isize)
        };
        let fir = Fir {
            up: down,
            down: up,
            x_pads: pads(x_pads, dims[3], self.out[3]),
            y_pads: pads(y_pads, dims[2], self.out[2]),
        };
        Self { fir, correlation: self.correlation.iter().rev().copied().collect(), out: dims }
    }

    fn run<T: Element>(&self, storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
        let &[_, _, h, w] = layout.dims() else { return Err(Error::Msg("upfirdn2d: rank".to_owned())) };
        let xs = values::<T>("upfirdn2d", storage, layout)?;
        let rows = kernel::Axis::new(&self.correlation, self.fir.up, self.fir.down, self.fir.y_pads.0);
        let columns = kernel::Axis::new(&self.correlation, self.fir.up, self.fir.down, self.fir.x_pads.0);
        let job = kernel::Job { xs, size: (h, w), rows, columns, out_size: (self.out[2], self.out[3]) };
        Ok(T::to_cpu_storage_owned(job.run(self.out[0] * self.out[1])))
    }

    /// The same from candle's operations: zeros by concatenation, then one convolution with the outer product of the taps.
    fn composed(&self, xs: &Tensor) -> Result<Tensor> {
        let (n, c, h, w) = xs.dims4()?;
        let Fir { up, down, x_pads, y_pads } = self.fir;
        let mut ys = xs.reshape((n * c, h, w))?;
        if up > 1 {
            let ys6 = ys.reshape((n * c, h, 1, w, 1))?.pad_with_zeros(4, 0, up - 1)?.pad_with_zeros(2, 0, up - 1)?;
            ys = ys6.reshape((n * c, h * up, w * up))?;
        }
        let k = self.correlation.len();
        let used = |out: usize| (out - 1) * down + k;
        // What no result meets is cut off, or candle's second gradients would not know the size.
        let ys = pad_or_crop(&pad_or_crop(&ys, 1, y_pads)?, 2, x_pads)?;
        let ys = ys.narrow(1, 0, used(self.out[2]))?.narrow(2, 0, used(self.out[3]))?;
        let taps = Tensor::from_slice(&self.correlation, k, xs.device())?;
        let kernel = taps.reshape((k, 1))?.broadcast_mul(&taps.reshape((1, k))?)?.reshape((1, 1, k, k))?;
        let ys = ys.unsqueeze(1)?.contiguous()?.conv2d(&kernel.to_dtype(xs.dtype())?, 0, down, 1, 1)?;
        ys.reshape(&self.out)
    }
}

/// Zeros before and after along one dimension; below zero, a crop.
fn pad_or_crop(xs: &Tensor, dim: usize, (before, after): (isize, isize)) -> Result<Tensor> {
    let crop = |pad: isize| (-pad).max(0) as usize;
    let padded = xs.pad_with_zeros(dim, before.max(0) as usize, after.max(0) as usize)?;
    let side = padded.dim(dim)?;
    let (first, last) = (crop(before), side.saturating_sub(crop(after)));
    padded.narrow(dim, first, last.saturating_sub(first))
}

impl CustomOp1 for FirOp {
    fn name(&self) -> &'static str {
        "upfirdn2d"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>(storage, layout)?,
            CpuStorage::F64(_) => self.run::<f64>(storage, layout)?,
            _ => return Err(only_floats("upfirdn2d", storage)),
        };
        Ok((out, Shape::from(self.out.to_vec())))
    }

    fn bwd(&self, arg: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let (n, c, h, w) = arg.dims4()?;
        Ok(Some(grad.contiguous()?.apply_op1(self.adjoint([n, c, h, w]))?))
    }
}
