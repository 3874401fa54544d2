//! What a caller asked of a convolution, checked once, in one place.

use candle_core::{Error, Result};

use super::shape::ConvShape;

/// Strides and paddings up to here are thinkable.
const LARGEST: usize = 1 << 20;

/// The most values of a result: 64 GiB of them.
const MOST_VALUES: usize = 1 << 34;

/// What the caller asked for, before it is known to fit together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) op: &'static str,
    pub(super) input: &'a [usize],
    pub(super) weight: &'a [usize],
    pub(super) stride: usize,
    pub(super) padding: usize,
    pub(super) groups: usize,
}

impl Asked<'_> {
    /// The convolution from the wide side to the narrow one.
    ///
    /// # Errors
    /// A sentence that names the operation and the shapes when they do not fit.
    pub(super) fn forward(&self) -> Result<ConvShape> {
        let (input, weight) = self.dims()?;
        let groups = self.groups;
        if weight[1] * groups != input[1] {
            return self.refuse(&format!(
                "the input has {} channels, the weights are for {}",
                input[1],
                weight[1] * groups
            ));
        }
        self.check_groups(input[1], weight[0])?;
        let size = |side: usize, kernel: usize| {
            (side + 2 * self.padding).checked_sub(kernel).map(|room| room / self.stride + 1)
        };
        let (Some(h), Some(w)) = (size(input[2], weight[2]), size(input[3], weight[3])) else {
            return self.refuse(&format!("the kernel is larger than the input with its padding of {}", self.padding));
        };
        self.check_memory([input[0], weight[0], h, w])?;
        Ok(ConvShape {
            batch: input[0],
            c_wide: input[1],
            c_narrow: weight[0],
            wide: (input[2], input[3]),
            narrow: (h, w),
            kernel: (weight[2], weight[3]),
            stride: self.stride,
            padding: self.padding,
            groups,
        })
    }

    /// The convolution that the transposed one runs backwards.
    ///
    /// # Errors
    /// As [`Asked::forward`].
    pub(super) fn transposed(&self, output_padding: usize) -> Result<ConvShape> {
        let (input, weight) = self.dims()?;
        if weight[0] != input[1] {
            return self.refuse(&format!("the input has {} channels, the weights are for {}", input[1], weight[0]));
        }
        if output_padding >= self.stride {
            return self
                .refuse(&format!("an output padding of {output_padding} needs a larger stride than {}", self.stride));
        }
        let c_wide = weight[1] * self.groups;
        self.check_groups(input[1], c_wide)?;
        let size = |side: usize, kernel: usize| {
            ((side - 1) * self.stride + kernel + output_padding).checked_sub(2 * self.padding).filter(|size| *size > 0)
        };
        let (Some(h), Some(w)) = (size(input[2], weight[2]), size(input[3], weight[3])) else {
            return self.refuse(&format!("a padding of {} leaves nothing of the result", self.padding));
        };
        self.check_memory([input[0], c_wide, h, w])?;
        Ok(ConvShape {
            batch: input[0],
            c_wide,
            c_narrow: input[1],
            wide: (h, w),
            narrow: (input[2], input[3]),
            kernel: (weight[2], weight[3]),
            stride: self.stride,
            padding: self.padding,
            groups: self.groups,
        })
    }

    fn dims(&self) -> Result<([usize; 4], [usize; 4])> {
        let (Ok(input), Ok(weight)) = (<[usize; 4]>::try_from(self.input), <[usize; 4]>::try_from(self.weight)) else {
            return self.refuse("both need four dimensions");
        };
        if input.contains(&0) || weight.contains(&0) {
            return self.refuse("nothing can be computed from an empty tensor");
        }
        if self.padding > LARGEST || self.stride > LARGEST || self.groups > LARGEST {
            return self.refuse(&format!(
                "a stride of {}, a padding of {} and {} groups are out of reach",
                self.stride, self.padding, self.groups
            ));
        }
        if self.stride == 0 || self.groups == 0 {
            return self.refuse("stride and groups are at least 1");
        }
        Ok((input, weight))
    }

    /// A result that no machine holds would end the program instead of the operation.
    fn check_memory(&self, out: [usize; 4]) -> Result<()> {
        let values = out.iter().try_fold(1_usize, |values, side| values.checked_mul(*side));
        if values.is_some_and(|values| values <= MOST_VALUES) {
            return Ok(());
        }
        self.refuse(&format!("the result would be {out:?}"))
    }

    fn check_groups(&self, c_in: usize, c_out: usize) -> Result<()> {
        if self.groups == 1 || (self.groups == c_in && self.groups == c_out) {
            return Ok(());
        }
        self.refuse(&format!("{} groups are neither 1 nor as many as the {c_in} and {c_out} channels", self.groups))
    }

    fn refuse<T>(&self, why: &str) -> Result<T> {
        let Self { op, input, weight, .. } = self;
        Err(Error::Msg(format!("{op} of {input:?} with weights {weight:?}: {why}")))
    }
}
