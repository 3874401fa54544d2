//! Padding with the image's own pixels: mirrored or repeated.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::check::{image_dims, is_own, refuse};
use crate::compute::element::{Element, for_each_plane, only_floats, values};

/// Pixels to add on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Columns on the left.
    pub left: usize,
    /// Columns on the right.
    pub right: usize,
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
}

impl Sides {
    /// The same on all four sides.
    #[must_use]
    pub const fn all(pad: usize) -> Self {
        Self { left: pad, right: pad, top: pad, bottom: pad }
    }
}

/// Mirrors `xs` `[n, c, h, w]` at its border pixels, which are not repeated (PyTorch's `reflection_pad2d`).
///
/// # Errors
/// One sentence with the shapes when the rank is not 4, the input empty, or a pad as large as its side.
pub fn reflection_pad2d(xs: &Tensor, sides: Sides) -> Result<Tensor> {
    let (_, _, h, w) = image_dims("reflection_pad2d", xs)?;
    if sides.left.max(sides.right) >= w || sides.top.max(sides.bottom) >= h {
        return refuse("reflection_pad2d", xs, &format!("{sides:?} must all be smaller than the image's sides"));
    }
    let mirrored = |at: isize, side: usize| {
        let last = side as isize - 1;
        (last - (last - at.abs()).abs()) as usize
    };
    pad(xs, sides, mirrored)
}

/// Repeats the border pixels of `xs` `[n, c, h, w]`.
///
/// # Errors
/// One sentence with the shape when the rank is not 4 or the input empty.
pub fn replication_pad2d(xs: &Tensor, sides: Sides) -> Result<Tensor> {
    image_dims("replication_pad2d", xs)?;
    pad(xs, sides, |at, side| at.clamp(0, side as isize - 1) as usize)
}

fn pad(xs: &Tensor, sides: Sides, source: impl Fn(isize, usize) -> usize) -> Result<Tensor> {
    let (_, _, h, w) = xs.dims4()?;
    let list = |before: usize, side: usize, after: usize| -> Vec<usize> {
        (-(before as isize)..(side + after) as isize).map(|at| source(at, side)).collect()
    };
    let (rows, columns) = (list(sides.top, h, sides.bottom), list(sides.left, w, sides.right));
    if is_own(xs.device()) {
        return xs.contiguous()?.apply_op1(PickOp { rows, columns, size: (h, w), is_adjoint: false });
    }
    let index = |list: Vec<usize>| {
        let list: Vec<u32> = list.into_iter().map(|at| at as u32).collect();
        Tensor::new(list, xs.device())
    };
    xs.contiguous()?.index_select(&index(rows)?, 2)?.index_select(&index(columns)?, 3)
}

/// `y[i, j] = x[rows[i], columns[j]]` in each plane; the adjoint sums back. The two are each other's gradients.
#[derive(Debug, Clone)]
struct PickOp {
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// Height and width of the image picked from.
    size: (usize, usize),
    is_adjoint: bool,
}

impl PickOp {
    fn run<T: Element>(&self, storage: &CpuStorage, layout: &Layout, out_count: usize) -> Result<CpuStorage> {
        let xs = values::<T>(self.name(), storage, layout)?;
        let ((h, w), (tall, wide)) = (self.size, (self.rows.len(), self.columns.len()));
        let mut out = vec![T::zero(); out_count];
        if self.is_adjoint {
            for_each_plane(&mut out, h * w, |at, plane| self.add_back(&xs[at * tall * wide..][..tall * wide], plane));
        } else {
            for_each_plane(&mut out, tall * wide, |at, plane| self.pick(&xs[at * h * w..][..h * w], plane));
        }
        Ok(T::to_cpu_storage_owned(out))
    }

    /// The run of result columns that is the whole image row, left of it and right of it the padding.
    fn body(&self) -> (usize, usize) {
        let width = self.size.1;
        let wide = self.columns.len();
        let start = (0..=wide - width).find(|at| (0..width).all(|x| self.columns[at + x] == x)).unwrap_or(0);
        (start, start + width)
    }

    fn pick<T: Element>(&self, xs: &[T], out: &mut [T]) {
        let width = self.size.1;
        let (start, end) = self.body();
        for (row, y) in out.chunks_mut(self.columns.len()).zip(&self.rows) {
            let source = &xs[y * width..][..width];
            row[start..end].copy_from_slice(source);
            for at in (0..start).chain(end..self.columns.len()) {
                row[at] = source[self.columns[at]];
            }
        }
    }

    fn add_back<T: Element>(&self, grad: &[T], out: &mut [T]) {
        let width = self.size.1;
        let (start, end) = self.body();
        for (row, y) in grad.chunks(self.columns.len()).zip(&self.rows) {
            let sums = &mut out[y * width..][..width];
            sums.iter_mut().zip(&row[start..end]).for_each(|(sum, g)| *sum += *g);
            for at in (0..start).chain(end..self.columns.len()) {
                sums[self.columns[at]] += row[at];
            }
        }
    }
}

impl CustomOp1 for PickOp {
    fn name(&self) -> &'static str {
        if self.is_adjoint { "pad2d_gradient" } else { "pad2d" }
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c] = [layout.dims()[0], layout.dims()[1]];
        let (h, w) = if self.is_adjoint { self.size } else { (self.rows.len(), self.columns.len()) };
        let shape = Shape::from((n, c, h, w));
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>(storage, layout, shape.elem_count())?,
            CpuStorage::F64(_) => self.run::<f64>(storage, layout, shape.elem_count())?,
            _ => return Err(only_floats(self.name(), storage)),
        };
        Ok((out, shape))
    }

    fn bwd(&self, _arg: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let adjoint = Self { is_adjoint: !self.is_adjoint, ..self.clone() };
        Ok(Some(grad.contiguous()?.apply_op1(adjoint)?))
    }
}
