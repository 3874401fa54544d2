//! Bilinear sampling at free positions, differentiable in the picture and in the positions.

use candle_core::{DType, Result, Tensor};

use super::check::{check_operand, image_dims, refuse};

/// What lies outside of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Zeros.
    Zeros,
    /// The nearest border pixel.
    Border,
}

/// What a position is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// Pixels: (0, 0) is the centre of the first pixel.
    Pixels,
    /// -1 is the picture's left or upper edge, 1 its right or lower one (PyTorch's `grid_sample`, `align_corners=false`).
    Unit,
}

/// Samples `xs` `[n, c, h, w]` at `positions` `[n, out_h, out_w, 2]`, x before y; result `[n, c, out_h, out_w]`.
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn grid_sample_bilinear(xs: &Tensor, positions: &Tensor, units: Positions, border: Border) -> Result<Tensor> {
    let op = "grid_sample_bilinear";
    let (n, c, h, w) = image_dims(op, xs)?;
    let (out_h, out_w) = match *positions.dims() {
        [m, out_h, out_w, 2] if m == n && out_h * out_w > 0 => (out_h, out_w),
        ref dims => return refuse(op, xs, &format!("the positions are {dims:?}, not [{n}, out_h, out_w, 2]")),
    };
    check_operand(op, xs, "position", positions, &[positions.dims()])?;
    let n_points = out_h * out_w;
    let points = positions.reshape((n, n_points, 2))?;
    let columns = Axis::new(&points.narrow(2, 0, 1)?.squeeze(2)?, w, units, border)?;
    let rows = Axis::new(&points.narrow(2, 1, 1)?.squeeze(2)?, h, units, border)?;
    let (width, mut index, mut weight) = (Tensor::new(w as u32, xs.device())?, Vec::new(), Vec::new());
    for (y, by_y) in rows.index.iter().zip(&rows.weight) {
        for (x, by_x) in columns.index.iter().zip(&columns.weight) {
            index.push((y.broadcast_mul(&width)? + x)?);
            weight.push((by_y * by_x)?);
        }
    }
    // The samples side by side, so that one selection serves all of them: its gradients are right to any order, those of
    // `gather` are not.
    let starts: Vec<u32> = (0..n).map(|sample| (sample * h * w) as u32).collect();
    let starts = Tensor::from_vec(starts, (n, 1, 1), xs.device())?;
    let index = Tensor::stack(&index, 1)?.broadcast_add(&starts)?.flatten_all()?; // [n * 4 * points]
    let weight = Tensor::stack(&weight, 1)?.unsqueeze(0)?; // [1, n, 4, points]
    let planes = xs.transpose(0, 1)?.contiguous()?.reshape((c, n * h * w))?;
    let neighbours = planes.index_select(&index, 1)?.reshape((c, n, 4, n_points))?;
    let sums = neighbours.broadcast_mul(&weight)?.sum(2)?; // [c, n, points]
    sums.transpose(0, 1)?.reshape((n, c, out_h, out_w))
}

/// The two neighbours along one direction: their indices (u32) and weights, each `[n, points]`.
struct Axis {
    index: [Tensor; 2],
    weight: [Tensor; 2],
}

impl Axis {
    fn new(at: &Tensor, side: usize, units: Positions, border: Border) -> Result<Self> {
        let (dtype, last) = (at.dtype(), (side - 1) as f64);
        let at = match units {
            Positions::Pixels => at.clone(),
            Positions::Unit => at.affine(side as f64 / 2.0, last / 2.0)?,
        };
        // Beyond the border nothing changes with the position; a NaN is sent to the first pixel.
        let at = match border {
            Border::Border => at.clamp(0.0, last)?,
            Border::Zeros => at.clamp(-1.0, side as f64)?,
        };
        let floor = at.detach().floor()?;
        let fraction = (&at - &floor)?;
        let neighbours = [floor.clone(), (floor + 1.0)?];
        let near = fraction.affine(-1.0, 1.0)?;
        let inside =
            |index: &Tensor| -> Result<Tensor> { index.ge(0.0)?.to_dtype(dtype)? * index.le(last)?.to_dtype(dtype)? };
        let weight = [(near * inside(&neighbours[0])?)?, (fraction * inside(&neighbours[1])?)?];
        let safe = |index: &Tensor| index.clamp(0.0, last)?.to_dtype(DType::U32);
        Ok(Self { index: [safe(&neighbours[0])?, safe(&neighbours[1])?], weight })
    }
}
