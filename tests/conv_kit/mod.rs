//! What the tests of the convolution core share: random tensors, layouts that are not contiguous, random sizes, and the
//! definition of both convolutions in f64, written from the formulas and not from the program.

#![allow(dead_code, reason = "each test binary uses another part of the kit")]

use std::ops::RangeInclusive;

use candle_core::{DType, Device, Result, Tensor, Var};
use pentimento::compute::{Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};
use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _};

/// Uniform numbers from -1 to 1 in f64, the same for the same seed.
pub(crate) fn values(seed: u64, dims: &[usize]) -> Tensor {
    let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(seed);
    let count = dims.iter().product();
    let values: Vec<f64> = (0..count).map(|_| rng.random_range(-1.0..1.0)).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).unwrap()
}

/// As [`values`], rounded to f32.
pub(crate) fn values_f32(seed: u64, dims: &[usize]) -> Tensor {
    values(seed, dims).to_dtype(DType::F32).unwrap()
}

/// A variable with these values.
pub(crate) fn variable(tensor: &Tensor) -> Var {
    Var::from_tensor(tensor).unwrap()
}

/// All values in row-major order, in f64.
pub(crate) fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// The only value of a tensor of rank 0.
pub(crate) fn number(tensor: &Tensor) -> f64 {
    tensor.to_dtype(DType::F64).unwrap().to_scalar().unwrap()
}

/// Largest magnitude.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}

/// Largest difference of two tensors of one shape, as a share of the largest value of the second.
pub(crate) fn relative_error(got: &Tensor, want: &Tensor) -> f64 {
    assert_eq!(got.dims(), want.dims(), "two tensors of one shape");
    let (got, want) = (numbers(got), numbers(want));
    let difference: Vec<f64> = got.iter().zip(&want).map(|(got, want)| got - want).collect();
    assert!(difference.iter().all(|value| value.is_finite()), "finite values");
    largest(&difference) / largest(&want).max(1e-30)
}

/// The slope of `f` at `x` along `direction` (of length 1), by central differences of fourth order.
pub(crate) fn slope(x: &Tensor, direction: &Tensor, step: f64, f: impl Fn(&Tensor) -> Result<Tensor>) -> Result<f64> {
    let at = |steps: f64| {
        let moved = (x.detach() + (direction * (steps * step))?)?;
        Ok::<f64, candle_core::Error>(number(&f(&moved)?))
    };
    Ok((8.0 * (at(1.0)? - at(-1.0)?) - (at(2.0)? - at(-2.0)?)) / (12.0 * step))
}

/// Directions of length 1: two random ones, in which every value takes part, and the first and the last value alone.
pub(crate) fn directions(dims: &[usize], seed: u64) -> Result<Vec<Tensor>> {
    let count: usize = dims.iter().product();
    let single = |at: usize| {
        let values: Vec<f64> = (0..count).map(|index| f64::from(u8::from(index == at))).collect();
        Tensor::from_vec(values, dims, &Device::Cpu)
    };
    let random = |seed: u64| {
        let values = values(seed, dims);
        let length = number(&values.sqr()?.sum_all()?.sqrt()?);
        values / length
    };
    Ok(vec![random(seed)?, random(seed.wrapping_add(77))?, single(0)?, single(count - 1)?])
}

/// How a tensor of rank 4 lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    Contiguous,
    /// Columns before rows.
    Transposed,
    /// Channels before batch.
    ChannelsFirst,
    /// A window into something larger.
    Narrowed,
}

/// The same values, lying otherwise.
pub(crate) fn laid(tensor: &Tensor, lie: Lie) -> Result<Tensor> {
    let swapped = |a: usize, b: usize| tensor.transpose(a, b)?.contiguous()?.transpose(a, b);
    match lie {
        Lie::Contiguous => tensor.contiguous(),
        Lie::Transposed => swapped(2, 3),
        Lie::ChannelsFirst => swapped(0, 1),
        Lie::Narrowed => {
            let (b, c, h, w) = tensor.dims4()?;
            let mut wider = tensor.pad_with_zeros(0, 1, 0)?;
            for (dim, before) in [(1, 2), (2, 1), (3, 2)] {
                wider = wider.pad_with_zeros(dim, before, 1)?;
            }
            wider.narrow(0, 1, b)?.narrow(1, 2, c)?.narrow(2, 1, h)?.narrow(3, 2, w)
        }
    }
}

/// Sizes of one convolution or transposed convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) is_transposed: bool,
    pub(crate) batch: usize,
    pub(crate) c_in: usize,
    pub(crate) c_out: usize,
    /// Height and width of the input.
    pub(crate) side: (usize, usize),
    pub(crate) kernel: (usize, usize),
    pub(crate) stride: usize,
    pub(crate) padding: usize,
    pub(crate) output_padding: usize,
    pub(crate) is_depthwise: bool,
}

impl Sizes {
    /// A convolution of one picture.
    pub(crate) const fn conv(c_in: usize, c_out: usize, side: (usize, usize), kernel: usize, stride: usize) -> Self {
        Self {
            is_transposed: false,
            batch: 1,
            c_in,
            c_out,
            side,
            kernel: (kernel, kernel),
            stride,
            padding: (kernel - 1) / 2,
            output_padding: 0,
            is_depthwise: false,
        }
    }

    pub(crate) const fn batch(self, batch: usize) -> Self {
        Self { batch, ..self }
    }

    pub(crate) const fn transposed(self) -> Self {
        Self { is_transposed: true, ..self }
    }

    pub(crate) const fn depthwise(self) -> Self {
        Self { is_depthwise: true, ..self }
    }

    pub(crate) const fn groups(&self) -> usize {
        if self.is_depthwise { self.c_in } else { 1 }
    }

    pub(crate) const fn input(&self) -> [usize; 4] {
        [self.batch, self.c_in, self.side.0, self.side.1]
    }

    pub(crate) const fn weight(&self) -> [usize; 4] {
        let (first, second) = if self.is_transposed { (self.c_in, self.c_out) } else { (self.c_out, self.c_in) };
        [first, if self.is_depthwise { 1 } else { second }, self.kernel.0, self.kernel.1]
    }

    /// The formulas in the documentation of `torch.nn.Conv2d` and `torch.nn.ConvTranspose2d`.
    pub(crate) fn output(&self) -> [usize; 4] {
        let length = |side: usize, kernel: usize| {
            if self.is_transposed {
                (side - 1) * self.stride + kernel + self.output_padding - 2 * self.padding
            } else {
                (side + 2 * self.padding - kernel) / self.stride + 1
            }
        };
        [self.batch, self.c_out, length(self.side.0, self.kernel.0), length(self.side.1, self.kernel.1)]
    }

    /// Products of the whole convolution, without those that the borders save.
    pub(crate) fn products(&self) -> usize {
        let counted = if self.is_transposed { self.input() } else { self.output() };
        self.weight().iter().product::<usize>() * counted[0] * counted[2] * counted[3]
    }

    /// Brings random numbers to sizes that mean something, with about `products` products at most.
    pub(crate) fn fitted(mut self, products: usize) -> Self {
        if self.is_depthwise {
            self.c_out = self.c_in;
        }
        self.output_padding = if self.is_transposed { self.output_padding % self.stride } else { 0 };
        loop {
            let fits = self.possible();
            if fits.products() <= products {
                return fits;
            }
            if self.side == (1, 1) {
                let fewer = |channels: usize| channels.div_ceil(2);
                (self.c_in, self.c_out) = (fewer(self.c_in), fewer(self.c_out));
                if (self.c_in, self.c_out) == (1, 1) {
                    return self.possible();
                }
            }
            self.batch = 1;
            self.side = (self.side.0.div_ceil(2), self.side.1.div_ceil(2));
        }
    }

    /// Enlarges an input that is smaller than the kernel, or takes padding away where it would leave nothing.
    fn possible(self) -> Self {
        let Self { side, kernel, stride, padding, output_padding, .. } = self;
        if self.is_transposed {
            let whole = |side: usize, kernel: usize| (side - 1) * stride + kernel + output_padding;
            let shorter = whole(side.0, kernel.0).min(whole(side.1, kernel.1));
            return Self { padding: padding.min((shorter - 1) / 2), ..self };
        }
        let least = |side: usize, kernel: usize| side.max(kernel.saturating_sub(2 * padding));
        Self { side: (least(side.0, kernel.0), least(side.1, kernel.1)), ..self }
    }

    /// Whether the program may choose Winograd's algorithm.
    pub(crate) fn may_be_winograd(&self) -> bool {
        // At stride 2 a kernel is four kernels of half its size, which F(4,2) and F(4,3) serve.
        let both = |sides: RangeInclusive<usize>| sides.contains(&self.kernel.0) && sides.contains(&self.kernel.1);
        let is_served = match self.stride {
            1 => both(3..=3),
            2 => both(3..=4) || both(5..=6),
            _ => false,
        };
        !self.is_depthwise && is_served
    }

    /// Whether that may be F(4,3): 3x3 kernels, and those of 5 and 6 at stride 2, which are four of them.
    fn may_be_f43(&self) -> bool {
        self.may_be_winograd() && !(self.stride == 2 && self.kernel.0 <= 4)
    }

    /// What a value may differ by, as a share of the largest, in f32.
    ///
    /// Summed products and F(4,2) are within 1e-5. F(4,3) (Lavin and Gray 2016, section 4) multiplies sums of inputs, scaled
    /// by up to 2.5, with sums of weights, and scales the products by up to 2.8 before they cancel, in both axes: that loses a
    /// digit or two of f32, so 5e-4.
    pub(crate) fn tolerance(&self) -> f64 {
        if self.may_be_f43() { 5e-4 } else { 1e-5 }
    }

    /// The program's convolution with these sizes.
    pub(crate) fn run(&self, xs: &Tensor, weight: &Weight, epilogue: Epilogue<'_>) -> Result<Tensor> {
        let Self { stride, padding, output_padding, .. } = *self;
        let groups = self.groups();
        if self.is_transposed {
            conv_transpose2d(xs, weight, ConvTranspose { stride, padding, output_padding, groups }, epilogue)
        } else {
            conv2d(xs, weight, Conv { stride, padding, groups }, epilogue)
        }
    }
}

/// Sides: mostly small, with 1 and sizes under the kernel among them.
fn sides() -> impl Strategy<Value = usize> {
    prop_oneof![1 => Just(1usize), 4 => 1usize..=9, 3 => 1usize..=40]
}

/// Channels: thin ones, odd ones, multiples of vectors, now and then many.
fn channels() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1usize..=4, 5 => 1usize..=40, 2 => prop::sample::select(vec![16usize, 32, 64, 67, 80, 128])]
}

/// Kernels: every rectangle up to 7 x 7, more often those that networks use.
fn kernels() -> impl Strategy<Value = (usize, usize)> {
    prop_oneof![
        2 => Just((3usize, 3usize)),
        2 => Just((4, 4)),
        1 => Just((1, 1)),
        1 => Just((7, 7)),
        4 => (1usize..=7, 1usize..=7)
    ]
}

/// Any sizes with at most `products` products.
pub(crate) fn sizes(is_transposed: bool, products: usize) -> impl Strategy<Value = Sizes> {
    let moves = (prop_oneof![2 => Just(1usize), 2 => Just(2usize), 1 => Just(3usize)], 0usize..=4, 0usize..=2);
    let all = (1usize..=3, channels(), channels(), (sides(), sides()), kernels(), moves, prop::bool::weighted(0.2));
    all.prop_map(move |(batch, c_in, c_out, side, kernel, (stride, padding, output_padding), is_depthwise)| {
        let drawn =
            Sizes { is_transposed, batch, c_in, c_out, side, kernel, stride, padding, output_padding, is_depthwise };
        drawn.fitted(products)
    })
}

pub(crate) fn lies() -> impl Strategy<Value = Lie> {
    prop_oneof![3 => Just(Lie::Contiguous), 1 => Just(Lie::Transposed), 1 => Just(Lie::ChannelsFirst), 1 => Just(Lie::Narrowed)]
}

/// One value of a convolution and how large a sum of such products usually is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum {
    pub(crate) value: f64,
    /// Root of the sum of the squared products: what the value would be had its products random signs. A value much smaller
    /// than this has cancelled by chance, and its rounding error must not be measured against it.
    pub(crate) spread: f64,
}

/// Both convolutions by their definition, one value at a time.
pub(crate) struct Definition {
    sizes: Sizes,
    xs: Vec<f64>,
    weights: Vec<f64>,
}

impl Definition {
    pub(crate) fn new(sizes: Sizes, xs: &Tensor, weights: &Tensor) -> Self {
        Self { sizes, xs: numbers(xs), weights: numbers(weights) }
    }

    /// The value of the plain convolution, without epilogue, at `[n, channel, y, x]`.
    pub(crate) fn at(&self, [n, channel, y, x]: [usize; 4]) -> Sum {
        let Sizes { c_in, side, kernel, is_depthwise, .. } = self.sizes;
        let inputs = if is_depthwise { channel..channel + 1 } else { 0..c_in };
        let (mut value, mut squares) = (0.0, 0.0);
        for from in inputs {
            let plane = (n * c_in + from) * side.0;
            let taps = self.kernel_of(from, channel) * kernel.0;
            for ky in 0..kernel.0 {
                let Some(row) = self.source(y, ky, side.0) else { continue };
                for kx in 0..kernel.1 {
                    let Some(column) = self.source(x, kx, side.1) else { continue };
                    let product = self.xs[(plane + row) * side.1 + column] * self.weights[(taps + ky) * kernel.1 + kx];
                    value += product;
                    squares += product * product;
                }
            }
        }
        Sum { value, spread: squares.sqrt() }
    }

    /// Which kernel of the weights leads from one channel to another.
    const fn kernel_of(&self, from: usize, to: usize) -> usize {
        let Sizes { c_in, c_out, is_transposed, is_depthwise, .. } = self.sizes;
        if is_depthwise {
            to
        } else if is_transposed {
            from * c_out + to
        } else {
            to * c_in + from
        }
    }

    /// The row (or column) of the input that a tap of the kernel brings to a row (or column) of the result.
    fn source(&self, to: usize, tap: usize, side: usize) -> Option<usize> {
        let Sizes { stride, padding, is_transposed, .. } = self.sizes;
        let from = if is_transposed {
            let steps = (to + padding).checked_sub(tap)?;
            if steps % stride != 0 {
                return None;
            }
            steps / stride
        } else {
            (to * stride + tap).checked_sub(padding)?
        };
        (from < side).then_some(from)
    }
}
