//! The sizes of one convolution.

/// A convolution from `wide` (the side that a stride thins out) to `narrow`; a transposed one runs the other way with the
/// same numbers. Kernel weights are `[c_narrow, c_wide / groups, k_h, k_w]` in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConvShape {
    pub(crate) batch: usize,
    pub(crate) c_wide: usize,
    pub(crate) c_narrow: usize,
    /// Height and width on the wide side.
    pub(crate) wide: (usize, usize),
    /// Height and width on the narrow side.
    pub(crate) narrow: (usize, usize),
    pub(crate) kernel: (usize, usize),
    pub(crate) stride: usize,
    pub(crate) padding: usize,
    /// 1, or the number of channels (depthwise).
    pub(crate) groups: usize,
}

impl ConvShape {
    /// Shape of the tensor on the wide side.
    pub(crate) const fn wide_dims(&self) -> [usize; 4] {
        [self.batch, self.c_wide, self.wide.0, self.wide.1]
    }

    /// Shape of the tensor on the narrow side.
    pub(crate) const fn narrow_dims(&self) -> [usize; 4] {
        [self.batch, self.c_narrow, self.narrow.0, self.narrow.1]
    }

    /// Shape of the weights.
    pub(crate) const fn weight_dims(&self) -> [usize; 4] {
        [self.c_narrow, self.c_wide / self.groups, self.kernel.0, self.kernel.1]
    }

    /// Multiplications of one pass, times two.
    pub(crate) fn flops(&self) -> f64 {
        let per_pixel = 2 * self.weight_dims().iter().product::<usize>();
        (per_pixel * self.batch * self.narrow.0 * self.narrow.1) as f64
    }

    pub(crate) const fn is_depthwise(&self) -> bool {
        self.groups > 1
    }
}
